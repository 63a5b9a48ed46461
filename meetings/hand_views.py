"""Raised hands by their forms: one's own in the room, everybody's on the desk."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from meetings import services
from meetings.business_answers import done, not_done
from meetings.desk import hands_context, officers_only
from meetings.enums import Role
from meetings.models import Room
from meetings.models.questions import MAX_NAME_LENGTH
from meetings.posting import is_too_fast, too_fast
from meetings.services import Actor
from meetings.views import actor_of, asked_to_wait, find_room, show_room


@never_cache
@require_POST
def raise_hand(request: HttpRequest, pk: int) -> HttpResponse:
    """Raise one's own hand, or put it down."""
    room, actor, now = find_room(request, pk), actor_of(request), timezone.now()
    if is_too_fast(request, actor):
        return asked_to_wait(show_room(request, room, notice=too_fast()))
    try:
        if actor.role is Role.GUEST and not actor.guest:
            raise services.NotAllowed
        if "lower" in request.POST:
            services.lower_hand(room_pk=room.pk, actor=actor, lowered_at=now)
        else:
            name = request.POST.get("hand-name", "")[:MAX_NAME_LENGTH]
            services.raise_hand(room_pk=room.pk, actor=actor, name=name, raised_at=now)
    except services.RoomError as error:
        return show_room(request, room, notice=str(error.message))
    return redirect(f"{room.get_absolute_url()}#taking-part")


@require_safe
@officers_only
def hands(request: HttpRequest, room: Room, actor: Actor) -> HttpResponse:
    """The desk's part about raised hands alone, for the desk's script."""
    return render(request, "meetings/includes/desk_hands.html", hands_context(room))


@require_POST
@officers_only
def settle(request: HttpRequest, room: Room, actor: Actor) -> HttpResponse:
    """Put one hand down, or all."""
    hand, address = request.POST.get("hand", ""), _address(room)
    try:
        if hand == "all":
            services.settle_hands(room_pk=room.pk, actor=actor, settled_at=timezone.now())
        elif hand.isascii() and hand.isdecimal() and room.hands.filter(pk=int(hand[:18])).exists():
            services.settle_hand(hand_pk=int(hand), actor=actor, settled_at=timezone.now())
        else:
            raise services.NoSuchHand
    except services.RoomError as error:
        return not_done(request, address, error)
    return done(request, address)


@require_POST
@officers_only
def take_part(request: HttpRequest, room: Room, actor: Actor) -> HttpResponse:
    """Take reactions, or raised hands, or no longer."""
    taken = {"reactions": room.takes_reactions, "hands": room.takes_hands}
    switched = request.POST.get("switch", "")
    if switched not in taken:
        raise Http404
    taken[switched] = request.POST.get("on") == "yes"
    try:
        services.take_part(room_pk=room.pk, actor=actor, changed_at=timezone.now(), **taken)
    except services.RoomError as error:
        return not_done(request, _address(room), error)
    return done(request, _address(room))


def _address(room: Room) -> str:
    return f"{reverse('meetings:desk', args=[room.pk])}#hands"
