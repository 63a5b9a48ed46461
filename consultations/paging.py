"""A survey as pages, and how far somebody has come with them."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum

from consultations.conditions import Level
from consultations.kinds import PageBreak, Question

FIRST = "first"
"""Id of the page before the first page break; the others have their page break's."""

CHECK = "check"
"""Stands where a page's id may stand, for the last step: look through the answers and send them."""


class Progress(StrEnum):
    """How far a page has come: untouched; begun, or in need of something; gone on from with nothing amiss."""

    NOT_STARTED = "not_started"
    STARTED = "started"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class SurveyPage:
    """Blocks that are answered together. ``opening`` is the page break before them; the first page may have none."""

    id: str
    questions: tuple[Question, ...]
    opening: PageBreak | None = None

    @property
    def title(self) -> str:
        return self.opening.wording if self.opening else ""

    def is_asked(self, asked: AbstractSet[str]) -> bool:
        """Whether somebody to whom the blocks ``asked`` are put meets the page at all."""
        if self.opening and self.opening.id not in asked:
            return False
        takes_answers = [each.id for each in self.questions if each.is_asked]
        return not takes_answers or not asked.isdisjoint(takes_answers)


def pages_of(survey: Sequence[Question]) -> tuple[SurveyPage, ...]:
    """The pages of a survey; empty when it has no page break and is answered on one."""
    openings = [(place, each) for place, each in enumerate(survey) if isinstance(each, PageBreak)]
    if not openings:
        return ()
    pages = [SurveyPage(FIRST, tuple(survey[: openings[0][0]]))] if openings[0][0] else []
    ends = [place for place, _opening in openings[1:]] + [len(survey)]
    for (place, opening), end in zip(openings, ends, strict=True):
        pages.append(SurveyPage(opening.id, tuple(survey[place + 1 : end]), opening))
    return tuple(pages)


def asked_pages(survey: Sequence[Question], asked: AbstractSet[str]) -> tuple[SurveyPage, ...]:
    """The pages that somebody to whom the blocks ``asked`` are put goes through.."""
    return tuple(page for page in pages_of(survey) if page.is_asked(asked))


def is_paged(survey: Sequence[Question]) -> bool:
    return any(each.level == Level.PAGE for each in survey)
