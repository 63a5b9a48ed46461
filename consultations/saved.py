"""Saved questions put into a consultation, kept from one, and a new consultation made from an earlier one."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.db import transaction

from consultations.models import ConsultationPage, QuestionSet

NOT_CARRIED = frozenset(
    {
        "id",
        "page_ptr",
        "opens_at",
        "closes_at",
        "we_asked",
        "you_said",
        "we_did",
        "outcome_published_at",
        "is_formative",
    }
)
"""Fields of a consultation that a new one made from it begins without: its own moments, outcome and declarations."""

PAIR = ":"
"""Joins the ids of a row and a point of a matrix."""

Block = dict[str, Any]
"""A block of a question stream as it is stored: ``type``, ``id`` and ``value``."""


@dataclass(frozen=True, slots=True)
class Copied:
    """Blocks with ids of their own, and how many rules were left behind because what they look at did not come."""

    blocks: list[Block]
    rules_dropped: int


def copy_blocks(stored: Collection[Block]) -> Copied:
    """``stored`` with new ids for every question and option; rules among them are carried over.

    A question that keeps its id would be taken for the one it was copied from, and its answers with it.
    """
    blocks = deepcopy(list(stored))
    new_ids: dict[str, str] = {}
    for item in (*blocks, *_items(blocks)):
        old = item.get("id")
        item["id"] = str(uuid4())
        if old:
            new_ids[old] = item["id"]
    dropped = 0
    for block in blocks:
        clauses = block["value"].get("asked_if") or []
        kept = [_carried(clause, new_ids) for clause in clauses if _clause(clause)["question"] in new_ids]
        dropped += len(clauses) - len(kept)
        if clauses:
            block["value"]["asked_if"] = kept
    return Copied(blocks, dropped)


def _items(blocks: Collection[Block]) -> Iterator[dict[str, Any]]:
    """The options, rows and points of the blocks; clauses of rules have no id that anything looks at."""
    for block in blocks:
        for name, value in block["value"].items():
            if isinstance(value, list) and name != "asked_if":
                for place, item in enumerate(value):
                    # Older drafts hold bare labels, which get an id when they are read.
                    if not isinstance(item, dict):
                        value[place] = {"type": "item", "value": item}
                    yield value[place]


def _clause(stored: dict[str, Any]) -> dict[str, Any]:
    inner: dict[str, Any] = stored.get("value", stored)
    return inner


def _carried(stored: dict[str, Any], new_ids: dict[str, str]) -> dict[str, Any]:
    clause = _clause(stored)
    clause["question"] = new_ids[clause["question"]]
    clause["answer"] = PAIR.join(new_ids.get(part, part) for part in (clause["answer"] or "").split(PAIR))
    if "id" in stored:
        stored["id"] = str(uuid4())
    return stored


@transaction.atomic
def put_questions(*, page: ConsultationPage, question_set: QuestionSet, user: Any) -> None:
    """Add a copy of ``question_set`` to the end of the newest draft of ``page``, as a draft of its own."""
    stored = [*page.questions.get_prep_value(), *copy_blocks(question_set.questions.get_prep_value()).blocks]
    page.questions = stored
    page.save_revision(user=user, log_action=True, clean=False)


@transaction.atomic
def keep_questions(*, page: ConsultationPage, question_ids: Collection[str], name: str, note: str = "") -> Copied:
    """Keep copies of the chosen blocks of ``page`` under ``name``, which no set has yet (``IntegrityError``)."""
    chosen = [block for block in page.questions.get_prep_value() if block["id"] in question_ids]
    copied = copy_blocks(chosen)
    QuestionSet.objects.create(name=name, note=note, questions=copied.blocks)
    return copied


@transaction.atomic
def start_from(
    *, draft: ConsultationPage, title: str, slug: str, opens_at: datetime, closes_at: datetime, user: Any
) -> ConsultationPage:
    """A new draft beside the consultation of ``draft``, with its words, wards, topics and questions.

    The questions get ids of their own; responses, findings set aside, moments and the outcome stay behind.
    """
    carried = {
        field.name: getattr(draft, field.name)
        for field in ConsultationPage._meta.local_fields
        if field.name not in NOT_CARRIED
    }
    made: ConsultationPage = draft.copy(
        recursive=False,
        copy_revisions=False,
        keep_live=False,
        reset_translation_key=True,
        user=user,
        update_attrs={
            **carried,
            "questions": copy_blocks(draft.questions.get_prep_value()).blocks,
            "title": title,
            "draft_title": title,
            "slug": slug,
            "opens_at": opens_at,
            "closes_at": closes_at,
            "is_formative": False,
            "we_asked": "",
            "you_said": "",
            "we_did": "",
            "outcome_published_at": None,
            "first_published_at": None,
        },
    )
    return made
