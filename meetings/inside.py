"""What private sessions have kept inside, in words: an officer must know what it is that the public would see."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext as _

from meetings.business_words import business_kinds
from meetings.models import Declaration, Motion, Poll, PublicQuestion, Room, Speaker

_SAID_IN: dict[str, tuple[type[models.Model], str]] = {
    "questions": (PublicQuestion, "text"),
    "polls": (Poll, "question"),
    "speakers": (Speaker, "name"),
    "declarations": (Declaration, "councillor__name"),
    "motions": (Motion, "text"),
    "votes": (Motion, "text"),  # a vote has its motion's key
}


@dataclass(frozen=True, slots=True)
class Inside:
    """One thing that was kept inside: which it is, what it is called, what it says."""

    collection: str
    thing: int
    kind: str
    words: str


def things_kept_inside(room: Room) -> list[Inside]:
    """What a room's private sessions have kept inside. A query for each collection that has something."""
    kinds = {"questions": _("Question"), "polls": _("Poll"), **business_kinds()}
    kept = list(room.kept_inside.order_by("collection", "thing"))
    keys: defaultdict[str, list[int]] = defaultdict(list)
    for one in kept:
        keys[one.collection].append(one.thing)
    words = {
        (collection, key): said
        for collection, things in keys.items()
        if collection in _SAID_IN
        for key, said in _words_of(*_SAID_IN[collection], things)
    }
    return [
        Inside(
            collection=one.collection,
            thing=one.thing,
            kind=kinds.get(one.collection, one.collection),
            words=words.get((one.collection, one.thing), str(one.thing)),
        )
        for one in kept
    ]


def _words_of(model: type[models.Model], field: str, keys: list[int]) -> list[tuple[int, str]]:
    return list(model._default_manager.filter(pk__in=keys).values_list("pk", field))
