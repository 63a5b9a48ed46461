"""Raised hands, and whether a room takes hands and reactions at all."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from wagtail.log_actions import log

from meetings import messages
from meetings.enums import Act, Action, Audience, EventKind, person_audience
from meetings.models import Hand, Room
from meetings.models.questions import MAX_NAME_LENGTH
from meetings.services.acting import Actor, Told, locked_room, tell, tell_everybody, write_down
from meetings.services.errors import HandsOff, NoSuchHand
from wardmote.core.text import clean_text


@transaction.atomic
def raise_hand(*, room_pk: int, actor: Actor, raised_at: datetime, name: str = "") -> Hand:
    """Raise a hand, once a person: raising it again changes nothing. ``name`` is for officers; an account has its own.

    Raises a ``RoomError``; ``HandsOff`` where the meeting takes no hands.
    """
    room = locked_room(room_pk, actor, Action.RAISE_HAND)
    if not room.takes_hands:
        raise HandsOff
    own = actor.user.get_full_name() if actor.user else ""  # type: ignore[attr-defined]
    given = clean_text(own or name, limit=MAX_NAME_LENGTH).strip()
    hand, is_new = Hand.objects.get_or_create(
        room=room,
        person=actor.key,
        defaults={"user_id": actor.user.pk if actor.user else None, "name": given, "raised_at": raised_at},
    )
    if is_new:
        told: Told = {Audience.MODERATORS: (EventKind.HAND, messages.hand_view(hand))}
        tell(room, raised_at, {**told, **_own(hand, is_raised=True)})
    return hand


@transaction.atomic
def lower_hand(*, room_pk: int, actor: Actor, lowered_at: datetime) -> bool:
    """Put one's own hand down: whether it was up."""
    room = locked_room(room_pk, actor, Action.RAISE_HAND)
    hand = room.hands.filter(person=actor.key).first()
    if hand is None:
        return False
    put_down(room, hand, lowered_at)
    return True


@transaction.atomic
def settle_hand(*, hand_pk: int, actor: Actor, settled_at: datetime) -> None:
    """An officer puts somebody's hand down: they were heard, or will not be. Raises a ``RoomError``."""
    room_pk = Hand.objects.filter(pk=hand_pk).values_list("room", flat=True).first()
    if room_pk is None:
        raise NoSuchHand
    room = locked_room(room_pk, actor, Action.RUN_HANDS)
    hand = room.hands.filter(pk=hand_pk).first()
    if hand is None:
        raise NoSuchHand
    put_down(room, hand, settled_at)
    _write_down(room, actor, settled_at, Act.SETTLE_HANDS, "1", "0")


@transaction.atomic
def settle_hands(*, room_pk: int, actor: Actor, settled_at: datetime) -> int:
    """An officer puts all hands down: how many there were."""
    room = locked_room(room_pk, actor, Action.RUN_HANDS)
    return settle_all(room, actor, settled_at)


@transaction.atomic
def take_part(*, room_pk: int, actor: Actor, reactions: bool, hands: bool, changed_at: datetime) -> Room:
    """Say whether the room takes reactions and raised hands. Saying it again changes nothing. Raises a ``RoomError``."""
    room = locked_room(room_pk, actor, Action.RUN_HANDS)
    before = _in_words(room)
    if (room.takes_reactions, room.takes_hands) == (reactions, hands):
        return room
    room.takes_reactions, room.takes_hands = reactions, hands
    room.save(update_fields=["takes_reactions", "takes_hands"])
    tell_everybody(
        room, changed_at, {audience: (EventKind.ROOM, messages.room_view(room, audience)) for audience in Audience}
    )
    if not hands:
        settle_all(room, actor, changed_at)
    _write_down(room, actor, changed_at, Act.TAKE_PART, before, _in_words(room))
    return room


def settle_all(room: Room, actor: Actor, moment: datetime) -> int:
    """Put every hand in a locked room down, in the caller's transaction: how many there were."""
    hands = list(room.hands.order_by("pk"))
    for hand in hands:
        put_down(room, hand, moment)
    if hands:
        _write_down(room, actor, moment, Act.SETTLE_HANDS, str(len(hands)), "0")
    return len(hands)


def put_down(room: Room, hand: Hand, moment: datetime) -> None:
    """Take a hand away in a locked room and tell the desk and whoever raised it, in the caller's transaction."""
    told: Told = {Audience.MODERATORS: (EventKind.HAND_REMOVED, messages.Removed(id=hand.pk))}
    tell(room, moment, {**told, **_own(hand, is_raised=False)})
    hand.delete()


def _own(hand: Hand, *, is_raised: bool) -> Told:
    return {person_audience(hand.person): (EventKind.OWN_HAND, messages.OwnHand(raised=is_raised))}


def _in_words(room: Room) -> str:
    taken = {"reactions": room.takes_reactions, "hands": room.takes_hands}
    return ", ".join(name for name, is_taken in taken.items() if is_taken)


def _write_down(room: Room, actor: Actor, moment: datetime, act: Act, before: str, after: str) -> None:
    subject = "hands" if act is Act.SETTLE_HANDS else "room"
    entry = write_down(room, act, actor, moment, subject=subject, before=before, after=after)
    log(
        room.meeting,
        f"meetings.{act.value}",
        user=actor.user,
        data={"role": actor.role.value, "before": before, "after": after, "entry": entry},
    )
