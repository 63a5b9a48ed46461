"""Reads of feedback and sources."""

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import Count, F, QuerySet

from sentiment import words
from sentiment.enums import ToneLabel
from sentiment.figures import COUNCIL_KINDS, midnight
from sentiment.models import Correction, Feedback, Flag, Reading, Source

TONES = (ToneLabel.NEGATIVE, ToneLabel.NEUTRAL, ToneLabel.POSITIVE)
HEAVY, MOST_HEAVY = 8, 10
"""Words behind a tone that are shown at once, and how many may be before the rest waits behind "show all": a list of
more is read by nobody, and hiding one or two would be a game."""
CHECKS_A_DAY = 20
"""Texts drawn for officers to check: ten minutes' work."""
CHECKED_DAYS = 28
"""Whole days before today from which they are drawn."""


def heard_sources() -> QuerySet[Source]:
    """Sources that are listened to, by name, each with ``held``: how many of its texts are kept."""
    return (
        Source.objects.filter(is_on=True)
        .select_related("ward")
        .annotate(held=Count("feedback"))
        .order_by("name", "pk")
    )


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a text as it is shown. ``weight`` is what it added to the tone (0: nothing); ``rule`` says how;
    ``is_light`` where many others weigh more.
    """

    text: str
    weight: float = 0.0
    rule: str = ""
    is_light: bool = False

    @property
    def side(self) -> str:
        return "positive" if self.weight > 0 else "negative" if self.weight < 0 else ""


@dataclass(frozen=True, slots=True)
class Chance:
    """How likely a tone is in the reader's judgement: 0 to 1, and in words."""

    tone: ToneLabel
    p: float
    words: str

    @property
    def in_hundred(self) -> int:
        return round(100 * self.p)


@dataclass(frozen=True, slots=True)
class Told:
    """One text with how it was read: the reading shown, every correction of the present text, newest first, and the
    flags that no officer has looked at. ``chances`` are empty for a text left unread.
    """

    feedback: Feedback
    pieces: tuple[Piece, ...]
    reading: Reading | None
    corrections: tuple[Correction, ...]
    flags: tuple[Flag, ...]
    chances: tuple[Chance, ...]
    reader: str

    @property
    def likeliest(self) -> Chance:
        """Of the chances, which must be there, the greatest."""
        return max(self.chances, key=lambda chance: chance.p)

    @property
    def heavy(self) -> tuple[Piece, ...]:
        """The pieces that moved the tone most, the heaviest first."""
        return tuple(piece for piece in self._by_weight if not piece.is_light)

    @property
    def light(self) -> tuple[Piece, ...]:
        """The pieces that moved it less than those, the heaviest first."""
        return tuple(piece for piece in self._by_weight if piece.is_light)

    @property
    def _by_weight(self) -> list[Piece]:
        return sorted((piece for piece in self.pieces if piece.side), key=lambda piece: -abs(piece.weight))


def told(feedback: Feedback) -> Told:
    """A text opened up, for people who may see it. Three queries."""
    readings = feedback.readings.filter(text_hash=feedback.text_hash).order_by("-read_at", "-pk")
    corrections = feedback.corrections.filter(text_hash=feedback.text_hash).select_related("corrected_by")
    reading = readings.first()
    return Told(
        feedback=feedback,
        pieces=pieces(feedback.text, reading.because if reading else ()),
        reading=reading,
        corrections=tuple(corrections.order_by("-corrected_at", "-pk")),
        flags=tuple(feedback.flags.filter(settled_at=None).select_related("flagged_by").order_by("flagged_at", "pk")),
        chances=chances(reading) if reading else (),
        reader=words.reader_in_words(reading.reader) if reading else "",
    )


def chances(reading: Reading) -> tuple[Chance, ...]:
    """The three probabilities of a reading in words; none for a text left unread."""
    shares = (reading.p_negative, reading.p_neutral, reading.p_positive)
    return tuple(Chance(tone, p, words.how_likely(p)) for tone, p in zip(TONES, shares, strict=True) if p is not None)


def pieces(text: str, because: Iterable[dict[str, object]]) -> tuple[Piece, ...]:
    """``text`` cut where a span of ``because`` begins and ends; joined again it is the text. Beyond ``MOST_HEAVY`` spans,
    all but the ``HEAVY`` heaviest are light; of equals, the first is the heavier.
    """
    because = list(because)
    by_weight = sorted(because, key=lambda span: -abs(float(str(span["weight"]))))
    light = {int(str(span["start"])) for span in by_weight[HEAVY:]} if len(because) > MOST_HEAVY else set()
    cut: list[Piece] = []
    reached = 0
    for span in because:
        start, end = int(str(span["start"])), int(str(span["end"]))
        if start > reached:
            cut.append(Piece(text[reached:start]))
        if end > start:
            rule = words.rule_in_words(str(span["rule"]))
            cut.append(Piece(text[start:end], float(str(span["weight"])), rule, start in light))
        reached = max(reached, end)
    if reached < len(text):
        cut.append(Piece(text[reached:]))
    return tuple(cut)


@dataclass(frozen=True, slots=True)
class Sample:
    """What is drawn for a day and how far one officer is: texts ``checked`` ``of`` all, and the ``next`` one."""

    checked: int
    of: int
    next: Feedback | None


def drawn_to_check(day: date) -> list[int]:
    """Keys of ``CHECKS_A_DAY`` texts drawn at random for a day, the same whoever asks and however often.

    They are drawn from what was said to the council in the ``CHECKED_DAYS`` days before and could be read: those
    whose hash together with the day comes first, so that a text withdrawn meanwhile changes the draw by one.
    """
    until = midnight(day)
    said = Feedback.objects.said_between(until - timedelta(days=CHECKED_DAYS), until).filter(kind__in=COUNCIL_KINDS)
    read = said.filter(read_as__in=(*TONES, ToneLabel.UNSURE)).values_list("pk", flat=True)
    return heapq.nsmallest(CHECKS_A_DAY, read, key=lambda pk: hashlib.sha256(f"{day}:{pk}".encode()).digest())


def sample_for(officer: AbstractBaseUser, day: date) -> Sample:
    """The day's sample as ``officer`` stands with it. Three queries."""
    drawn = drawn_to_check(day)
    checked = set(
        Correction.objects.filter(
            feedback__in=drawn,
            corrected_by=officer.pk,
            is_random_check=True,
            text_hash=F("feedback__text_hash"),
        ).values_list("feedback", flat=True)
    )
    left = [pk for pk in drawn if pk not in checked]
    return Sample(len(checked), len(drawn), Feedback.objects.filter(pk=left[0]).first() if left else None)
