"""Commands about raised hands."""

from __future__ import annotations

from datetime import datetime

from meetings import messages, services
from meetings.models import Hand
from meetings.services import Actor


def raise_hand(command: messages.RaiseHand, room_pk: int, actor: Actor, moment: datetime) -> messages.Ack:
    if command.raised:
        services.raise_hand(room_pk=room_pk, actor=actor, name=command.name, raised_at=moment)
    else:
        services.lower_hand(room_pk=room_pk, actor=actor, lowered_at=moment)
    return messages.Ack(id=command.id)


def settle(command: messages.SettleHand, room_pk: int, actor: Actor, moment: datetime) -> messages.Ack:
    if command.hand is None:
        services.settle_hands(room_pk=room_pk, actor=actor, settled_at=moment)
        return messages.Ack(id=command.id)
    if not Hand.objects.filter(pk=command.hand, room=room_pk).exists():
        raise services.NoSuchHand
    services.settle_hand(hand_pk=command.hand, actor=actor, settled_at=moment)
    return messages.Ack(id=command.id)


def take_part(command: messages.TakePart, room_pk: int, actor: Actor, moment: datetime) -> messages.Ack:
    services.take_part(
        room_pk=room_pk, actor=actor, reactions=command.reactions, hands=command.hands, changed_at=moment
    )
    return messages.Ack(id=command.id)
