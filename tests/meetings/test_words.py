"""What the scripts of a room say, in the page's language."""

from __future__ import annotations

from django.utils.translation import override

from meetings.poll_words import poll_words
from meetings.words import desk_words, screen_words


def test_counted_sentences_are_said_in_welsh_with_its_plurals() -> None:
    with override("cy"):
        counted = [
            words for words in (desk_words() | screen_words() | poll_words()).values() if isinstance(words, dict)
        ]
        present = desk_words()["present"]
    assert present == {
        "zero": "{n} o bobl yma nawr",
        "one": "{n} person yma nawr",
        "two": "{n} berson yma nawr",
        "few": "{n} o bobl yma nawr",
        "many": "{n} o bobl yma nawr",
        "other": "{n} o bobl yma nawr",
    }
    said = " ".join(sentence for words in counted for sentence in words.values())
    assert [word for word in ("person supports", "people", "question", "answered") if word in said] == []
