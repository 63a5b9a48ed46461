"""Moments, questions and answers that the tests of consultations share."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from consultations.kinds import AnswerGiven
from consultations.services import Answers

OPENS_AT = datetime(2026, 11, 2, 9, tzinfo=UTC)
CLOSES_AT = datetime(2026, 12, 5, 17, tzinfo=UTC)
WHILE_OPEN = datetime(2026, 11, 20, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)

VIEW, DAYS, USES, AGREE = (f"0000000{n}-0000-4000-8000-000000000000" for n in range(1, 5))
"""Ids of the four questions, one of each kind."""


def option_items(*labels: str) -> list[dict[str, str]]:
    return [{"type": "item", "id": f"option-{label.lower()}", "value": label} for label in labels]


def question(kind: str, question_id: str, wording: str, **fields: Any) -> dict[str, Any]:
    value = {"wording": wording, "help": "", "is_required": False, **fields}
    if kind == "free_text":
        value.setdefault("max_characters", 2000)
    return {"type": kind, "id": question_id, "value": value}


def one_of_each_kind() -> list[dict[str, Any]]:
    return [
        question("free_text", VIEW, "What should change in the market?", is_required=True),
        question("single_choice", DAYS, "Which day suits you?", options=option_items("Friday", "Saturday")),
        question(
            "several_choices", USES, "What do you come for?", options=option_items("Food", "Clothes", "Company")
        ),
        question("agree_scale", AGREE, "How far do you agree with Sunday opening?"),
    ]


def answers(*given: AnswerGiven, **fields: Any) -> Answers:
    return Answers(**{"key": uuid4(), "language": "en", "given": given} | fields)
