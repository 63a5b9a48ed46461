"""The clerk's acts of formal business. Each is a form that posts; ``live-forms.js`` only keeps the page in place."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from meetings import services
from meetings.business_answers import add_refusal, done, first_error, is_script, not_done
from meetings.business_enums import Move, SpeakerChange, SpeakerKind
from meetings.business_forms import BusinessForm, SpeakerForm
from meetings.desk import business_context, officers_only, show_desk
from meetings.models import Room, Speaker
from meetings.services import Actor


@require_safe
@officers_only
def business(request: HttpRequest, room: Room, actor: Actor) -> HttpResponse:
    """The desk's part about speakers, motions and votes alone, for the desk's script."""
    return render(request, "meetings/includes/desk_business.html", business_context(room, timezone.now()))


@require_POST
@officers_only
def add_speaker(request: HttpRequest, room: Room, actor: Actor) -> HttpResponse:
    """Put somebody into the queue."""
    now = timezone.now()
    form = SpeakerForm(request.POST, room=room, on=timezone.localdate(now))

    def add() -> None:
        given = form.cleaned_data
        services.add_speaker(
            room_pk=room.pk,
            actor=actor,
            kind=SpeakerKind(given["kind"]),
            councillor_pk=form.chosen("councillor"),
            name=given["name"],
            agenda_item_pk=form.chosen("item"),
            side=given["side"],
            is_point_of_order=given["is_point_of_order"],
            allotted_seconds=int(given["minutes"] * Decimal(60)),
            added_at=now,
        )

    return take(request, room, form, add, "speakers")


@require_POST
@officers_only
def queue_hand(request: HttpRequest, room: Room, actor: Actor, hand_pk: int) -> HttpResponse:
    """Put whoever raised a hand into the queue, under the name that everybody shall see."""
    if not room.hands.filter(pk=hand_pk).exists():
        raise Http404
    name = request.POST.get("name", "")
    return press(
        request,
        room,
        lambda now: services.queue_hand(hand_pk=hand_pk, actor=actor, name=name, queued_at=now),
        "speakers",
    )


@require_POST
@officers_only
def next_speaker(request: HttpRequest, room: Room, actor: Actor) -> HttpResponse:
    """Stop whoever speaks and start the next in the queue."""
    return press(
        request,
        room,
        lambda now: services.next_speaker(room_pk=room.pk, actor=actor, changed_at=now),
        "speakers",
    )


@require_POST
@officers_only
def change_speaker(request: HttpRequest, room: Room, actor: Actor, speaker_pk: int) -> HttpResponse:
    """Run one speaker's clock, move them in the queue, or take them out of it."""
    if not Speaker.objects.filter(pk=speaker_pk, room=room).exists():
        raise Http404
    change = request.POST.get("change", "")
    if change in Move.values:
        return press(
            request,
            room,
            lambda now: services.move_speaker(speaker_pk=speaker_pk, actor=actor, move=Move(change), moved_at=now),
            "speakers",
        )
    if change not in SpeakerChange.values:
        raise Http404
    return press(
        request,
        room,
        lambda now: services.change_speaker(
            speaker_pk=speaker_pk, actor=actor, change=SpeakerChange(change), changed_at=now
        ),
        "speakers",
    )


def press(request: HttpRequest, room: Room, act: Callable[[datetime], object], place: str) -> HttpResponse:
    """Do what a button says."""
    address = f"{reverse('meetings:desk', args=[room.pk])}#{place}"
    try:
        act(timezone.now())
    except services.RoomError as error:
        return not_done(request, address, error)
    return done(request, address)


def take(request: HttpRequest, room: Room, form: BusinessForm, act: Callable[[], object], place: str) -> HttpResponse:
    """Do what a form says; what is wrong with it comes back beside what was typed."""
    if form.is_valid():
        try:
            act()
            return done(request, f"{reverse('meetings:desk', args=[room.pk])}#{place}")
        except services.RoomError as error:
            add_refusal(form, error)
    if is_script(request):
        return first_error(form)
    return show_desk(request, room, business_forms={form.prefix or "": form})
