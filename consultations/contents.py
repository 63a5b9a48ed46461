"""A response as plain values: what two entries of one paper are compared by, and what a correction writes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from consultations.enums import QuestionKind
from consultations.kinds import KINDS
from consultations.models import Answer, Response
from wards.models import Ward

Content = dict[str, Any]
"""``received_at`` (ISO), ``language``, ``ward`` (pk or None), ``ward_name``, ``is_outside_area`` and ``answers``, a list
of what an ``Answer`` holds: ``question_id, position, kind, wording, text, choices, is_asked``."""

RESIDENCE = "residence"
"""Names the difference that is about where the respondent lives."""

_ANSWER_FIELDS = ("question_id", "position", "kind", "wording", "text", "choices", "is_asked")


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing on which two entries differ: a question's id or ``RESIDENCE``, and what each says, line by line."""

    key: str
    wording: str
    first: tuple[str, ...]
    second: tuple[str, ...]


def content_of(response: Response, rows: Iterable[Answer]) -> Content:
    """``response`` with its answers ``rows``, kept or not yet."""
    return {
        "received_at": response.submitted_at.isoformat(),
        "language": response.language,
        "ward": response.ward_id,
        "ward_name": response.ward.name if response.ward else "",
        "is_outside_area": response.is_outside_area,
        "answers": [{name: getattr(row, name) for name in _ANSWER_FIELDS} for row in rows],
    }


def answers_in(content: Content) -> list[Answer]:
    """Unsaved rows of the answers in ``content``."""
    return [Answer(**answer) for answer in content["answers"]]


def ward_in(content: Content) -> Ward | None:
    return Ward.objects.get(pk=content["ward"]) if content["ward"] else None


def differences(first: Content, second: Content) -> list[Difference]:
    """What two entries differ in, in the order of the questions. Blanks and line ends of a text are no difference."""
    one, other = _by_question(first), _by_question(second)
    questions = sorted({**other, **one}.values(), key=lambda answer: answer["position"])
    found = [
        Difference(
            answer["question_id"],
            answer["wording"],
            lines_of(one.get(answer["question_id"])),
            lines_of(other.get(answer["question_id"])),
        )
        for answer in questions
        if _compared(one.get(answer["question_id"])) != _compared(other.get(answer["question_id"]))
    ]
    if _lives(first) != _lives(second):
        found.append(Difference(RESIDENCE, _("Where they live"), (say_origin(first),), (say_origin(second),)))
    return found


def merge(first: Content, second: Content, *, from_second: Iterable[str]) -> Content:
    """``first`` with what ``from_second`` names (question ids, ``RESIDENCE``) taken from ``second``."""
    taken = set(from_second)
    kept = [answer for answer in first["answers"] if answer["question_id"] not in taken]
    added = [answer for answer in second["answers"] if answer["question_id"] in taken]
    merged = first | {"answers": sorted([*kept, *added], key=lambda answer: answer["position"])}
    if RESIDENCE in taken:
        merged |= {name: second[name] for name in ("ward", "ward_name", "is_outside_area")}
    return merged


def lines_of(answer: Mapping[str, Any] | None) -> tuple[str, ...]:
    """An answer as people read it; nothing for none."""
    if answer is None:
        return ()
    labels: Sequence[str] = KINDS[QuestionKind(answer["kind"])].lines(answer["choices"])
    return (*labels, *([answer["text"]] if answer["text"] else []))


def say_origin(content: Content) -> str:
    if content["ward"]:
        return str(content["ward_name"])
    return _("Outside the area") if content["is_outside_area"] else _("Not said")


def _by_question(content: Content) -> dict[str, Mapping[str, Any]]:
    return {answer["question_id"]: answer for answer in content["answers"]}


def _compared(answer: Mapping[str, Any] | None) -> tuple[Any, ...]:
    if answer is None:
        return ("", [])
    return " ".join(answer["text"].split()), [
        {name: value for name, value in choice.items() if name != "label"} for choice in answer["choices"]
    ]


def _lives(content: Content) -> tuple[Any, ...]:
    return content["ward"], content["is_outside_area"]
