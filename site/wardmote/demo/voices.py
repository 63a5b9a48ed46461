"""What residents said, put in through the same services that residents' own words come through."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from consultations.enums import QuestionKind
from consultations.models import ConsultationPage
from consultations.services import AnswerGiven, Answers, submit_response
from wardmote.core.progress import progress
from wardmote.demo.files import comments, days_before
from wardmote.demo.pages import stable_id
from wards.models import Ward


def send_answers(pages: dict[str, ConsultationPage], wards: dict[str, Ward], moment: datetime) -> None:
    """Submit every answer of the demonstration at the moment it was given."""
    for said in progress(comments("answer"), label="answers", total=len(comments("answer"))):
        page = pages[said["consultation"]]
        submit_response(
            consultation=page,
            answers=Answers(
                key=UUID(stable_id("response", said["id"])),
                language=said["language"],
                ward=wards[said["ward"]],
                given=_given(page, said),
            ),
            submitted_at=_within(page, days_before(moment, said["days_ago"])),
        )


def _given(page: ConsultationPage, said: dict[str, Any]) -> tuple[AnswerGiven, ...]:
    """The closed answers as option ids, and the text."""
    kinds = {question.id: question.kind for question in page.question_list}
    closed = []
    for key, chosen in said["answers"].items():
        question_id = stable_id(page.slug, key)
        keys = chosen if isinstance(chosen, list) else [chosen]
        scale = kinds[question_id] == QuestionKind.AGREE_SCALE
        ids = keys if scale else [stable_id(page.slug, key, one) for one in keys]
        closed.append(AnswerGiven(question_id, choices=tuple(ids)))
    return (*closed, AnswerGiven(stable_id(page.slug, said["question"]), text=said["text"]))


def _within(page: ConsultationPage, moment: datetime) -> datetime:
    """Moments are told in days; opening and closing fall on the hour, so the first and last are drawn inside."""
    return min(max(moment, page.opens_at), page.closes_at - timedelta(minutes=1))
