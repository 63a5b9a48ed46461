import pytest

from wardmote.core.templatetags.opening import opening


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("<p>One &amp; <b>two</b>.</p><p>Three.</p>", "One & two."),
        ('<ul><li class="x">First</li><li>Second</li></ul>', "First"),
        ("<pre>not a paragraph</pre>", "not a paragraph"),
        ("plain words", "plain words"),
        ("", ""),
    ],
)
def test_first_paragraph_is_told_in_plain_words(html: str, words: str) -> None:
    assert opening(html) == words
