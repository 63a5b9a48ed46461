"""A question's words: changed by an officer, with those that were asked kept."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from meetings import record
from meetings.enums import Act, Action
from meetings.models import PublicQuestion
from meetings.models.questions import MAX_QUESTION_LENGTH
from meetings.services.acting import Actor, tell
from meetings.services.errors import ColleagueWasQuicker, NotPossible, TextMissing, WordsErased
from meetings.services.finding import question_and_room
from meetings.services.telling import file_question, told_of_change, write_down_act
from sentiment.nlp.wordcheck import look_over
from wardmote.core.text import clean_text


@transaction.atomic
def edit_question(*, question_pk: int, actor: Actor, text: str, seen: str, edited_at: datetime) -> PublicQuestion:
    """Change a question's words. Those it was asked in are kept, and come back when they are written again.

    ``seen`` are the words the officer changed: when a colleague has changed them since, this is refused. Raises a
    ``RoomError``.
    """
    question, room = question_and_room(question_pk, actor, Action.MODERATE)
    text = clean_text(text, limit=MAX_QUESTION_LENGTH).strip()
    if not text:
        raise TextMissing
    if text == question.text:
        return question
    if question.is_merged:
        raise NotPossible
    if not question.has_words:
        raise WordsErased
    if _plain(question.text) != _plain(seen):
        raise ColleagueWasQuicker
    before = question.text
    original = question.original_text or question.text
    question.text = text
    question.original_text, question.edited_at = ("", None) if text == original else (original, edited_at)
    if question.is_forgotten:
        # The words it was asked in are not kept any more, nor can anybody tell whether these are they.
        question.original_text, question.edited_at = "", edited_at
    question.findings = [{"kind": one.kind, "start": one.start, "end": one.end} for one in look_over(text)]
    question.save(update_fields=["text", "original_text", "edited_at", "findings"])
    tell(room, edited_at, told_of_change(question))
    if question.is_public:
        file_question(question, room)
    # Words that were never published stay out of the record, their hash too.
    was_public = {"before_sha256": record.fingerprint_of_words(before)} if question.is_public else {}
    write_down_act(question, room, Act.EDIT, actor, edited_at, more=was_public)
    return question


def _plain(text: str) -> str:
    """Without the line ends that a browser's form changes."""
    return " ".join(text.split())
