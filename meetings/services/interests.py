"""Declarations of interest: what a councillor says, or the clerk for them, and what follows from it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from meetings import messages
from meetings.business_enums import InterestKind, SpeakerState
from meetings.business_queries import councillor_of, is_barred, sitting
from meetings.enums import Act, Action, Audience, EventKind, Role
from meetings.models import Declaration, RollEntry, Room
from meetings.models.interests import MAX_INTEREST_LENGTH
from meetings.services.acting import Actor, agenda_item_of, locked_room, tell, write_down
from meetings.services.errors import InterestMissing, ItemMissing, NoSuchCouncillor, NoSuchDeclaration
from meetings.services.speakers import leave_the_queue
from meetings.services.telling_motions import tell_vote
from wardmote.core.text import clean_text
from wards.models import Councillor


@transaction.atomic
def declare_interest(
    *,
    room_pk: int,
    actor: Actor,
    agenda_item_pk: int | None,
    kind: InterestKind,
    nature: str,
    declared_at: datetime,
    leaves_room: bool = False,
    has_dispensation: bool = False,
    councillor_pk: int | None = None,
) -> Declaration:
    """Declare an interest in an agenda item: a councillor their own, an officer that of the one with ``councillor_pk``.

    Declaring the same kind again puts right what was said of it. Whoever may take no part in the item leaves its
    queue and, in a vote that is open, their vote does not stand. Raises a ``RoomError``.
    """
    room = locked_room(room_pk, actor, Action.DECLARE)
    today = timezone.localdate(declared_at)
    if actor.role is Role.COUNCILLOR:
        councillor = councillor_of(actor.user, today)
    else:
        councillor = sitting(today).filter(pk=councillor_pk or 0).first()
    if councillor is None:
        raise NoSuchCouncillor
    item = agenda_item_of(room, agenda_item_pk)
    if item is None:
        raise ItemMissing
    nature = clean_text(nature, limit=MAX_INTEREST_LENGTH).strip()
    if not nature:
        raise InterestMissing
    declaration = room.declarations.standing().filter(
        agenda_item=item, councillor=councillor, kind=kind
    ).first() or Declaration(room=room, agenda_item=item, councillor=councillor, kind=kind)
    before = kind.value if declaration.pk else ""
    declaration.nature, declaration.declared_at = nature, declared_at
    declaration.leaves_room, declaration.has_dispensation = leaves_room, has_dispensation
    declaration.save()
    if not room.is_private:
        # What is declared in public is public, also where the same was declared inside a private session before.
        room.kept_inside.filter(collection="declarations", thing=declaration.pk).delete()
    tell(room, declared_at, dict.fromkeys(Audience, (EventKind.DECLARATION, messages.declaration_view(declaration))))
    _write_down(room, Act.DECLARE, declaration, actor, declared_at, before=before, after=kind.value)
    _follow_up(room, councillor, item.pk, actor, declared_at)
    return declaration


@transaction.atomic
def withdraw_declaration(*, declaration_pk: int, actor: Actor, withdrawn_at: datetime) -> Declaration:
    """The clerk takes back a declaration that was made by mistake; the record keeps it. Raises a ``RoomError``."""
    room_pk = Declaration.objects.filter(pk=declaration_pk).values_list("room", flat=True).first()
    if room_pk is None:
        raise NoSuchDeclaration
    room = locked_room(room_pk, actor, Action.RUN_MOTIONS)
    declaration = Declaration.objects.select_related("councillor").get(pk=declaration_pk)
    if declaration.withdrawn_at is not None:
        return declaration
    declaration.withdrawn_at = withdrawn_at
    declaration.save(update_fields=["withdrawn_at"])
    removed = (EventKind.DECLARATION_REMOVED, messages.Removed(id=declaration.pk))
    tell(room, withdrawn_at, dict.fromkeys(Audience, removed))
    _write_down(room, Act.WITHDRAW_INTEREST, declaration, actor, withdrawn_at, before=declaration.kind, after="")
    _follow_up(room, declaration.councillor, declaration.agenda_item_id, actor, withdrawn_at)
    return declaration


def _follow_up(room: Room, councillor: Councillor, item_pk: int | None, actor: Actor, moment: datetime) -> None:
    """Bring the queue and the roll of an open vote into line with what is declared now."""
    barred = is_barred(room, councillor, item_pk)
    if barred:
        waiting = room.speakers.filter(councillor=councillor, agenda_item=item_pk, state=SpeakerState.WAITING)
        for speaker in waiting:
            leave_the_queue(room, speaker, actor, moment)
    entry = (
        RollEntry.objects.filter(
            vote__motion__room=room,
            vote__motion__agenda_item=item_pk,
            vote__closed_at__isnull=True,
            councillor=councillor,
        )
        .select_related("vote__motion")
        .first()
    )
    if entry is None or entry.is_barred == barred:
        return
    before = entry.choice
    entry.is_barred, entry.choice, entry.cast_at = barred, "", None
    entry.save()
    if before:
        write_down(
            room,
            Act.CAST_VOTE,
            actor,
            moment,
            subject=entry.vote.motion.reference,
            before=before,
            after="",
            more={"councillor": f"councillor:{councillor.pk}"},
        )
    tell_vote(room, entry.vote, moment)


def _write_down(
    room: Room, act: Act, declaration: Declaration, actor: Actor, moment: datetime, *, before: str, after: str
) -> None:
    write_down(
        room,
        act,
        actor,
        moment,
        subject=declaration.reference,
        before=before,
        after=after,
        more={"councillor": f"councillor:{declaration.councillor_id}"},
    )
