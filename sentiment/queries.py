"""Reads of feedback and sources."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, QuerySet

from sentiment.models import Correction, Feedback, Reading, Source
from sentiment.nlp.readings import RULES


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
    """A stretch of a text as it is shown. ``weight`` is what it added to the tone (0: nothing); ``rule`` says how."""

    text: str
    weight: float = 0.0
    rule: str = ""

    @property
    def side(self) -> str:
        return "positive" if self.weight > 0 else "negative" if self.weight < 0 else ""


@dataclass(frozen=True, slots=True)
class Told:
    """One text with how it was read: the reading shown, and every correction of the present text, newest first."""

    feedback: Feedback
    pieces: tuple[Piece, ...]
    reading: Reading | None
    corrections: tuple[Correction, ...]


def told(feedback: Feedback) -> Told:
    """A text opened up, for people who may see it. Two queries."""
    readings = feedback.readings.filter(text_hash=feedback.text_hash).order_by("-read_at", "-pk")
    corrections = feedback.corrections.filter(text_hash=feedback.text_hash).select_related("corrected_by")
    reading = readings.first()
    return Told(
        feedback=feedback,
        pieces=pieces(feedback.text, reading.because if reading else ()),
        reading=reading,
        corrections=tuple(corrections.order_by("-corrected_at", "-pk")),
    )


def pieces(text: str, because: Iterable[dict[str, object]]) -> tuple[Piece, ...]:
    """``text`` cut where a span of ``because`` begins and ends; joined again it is the text."""
    cut: list[Piece] = []
    reached = 0
    for span in because:
        start, end = int(str(span["start"])), int(str(span["end"]))
        if start > reached:
            cut.append(Piece(text[reached:start]))
        if end > start:
            cut.append(Piece(text[start:end], float(str(span["weight"])), rule_in_words(str(span["rule"]))))
        reached = max(reached, end)
    if reached < len(text):
        cut.append(Piece(text[reached:]))
    return tuple(cut)


def rule_in_words(rule: str) -> str:
    """The rules of a span ("lexicon+negation") in words for people."""
    return "; ".join(str(RULES.get(part, part)) for part in rule.split("+"))
