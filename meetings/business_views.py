"""What a councillor does from the room's page: plain forms that ``live-forms.js`` only makes quicker."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from meetings import services
from meetings.business_answers import add_refusal, done, first_error, is_script, not_done, too_fast_at_work
from meetings.business_enums import Choice, SpeakerChange
from meetings.business_forms import AskToSpeakForm, BusinessForm, OwnInterestForm
from meetings.business_page import yours
from meetings.enums import Role
from meetings.models import Motion, Room, Speaker
from meetings.posting import is_too_fast_at_work
from meetings.services import Actor
from meetings.views import actor_of, agenda_of, find_room, meeting_in_language, show_room


def councillors_act(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Hand the view the room and the councillor who acts in it; 403 for everybody else.

    Whoever sends forms too fast is told so (429), with what they sent.
    """

    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, pk: int, **rest: Any) -> HttpResponse:
        room, actor = find_room(request, pk), actor_of(request)
        if actor.role is not Role.COUNCILLOR:
            raise PermissionDenied
        if request.method == "POST" and is_too_fast_at_work(actor):
            return too_fast_at_work(request, room)
        return view(request, room, actor, **rest)

    return guarded


@require_safe
@councillors_act
def your_part(request: HttpRequest, room: Room, actor: Actor) -> HttpResponse:
    """A councillor's part of the room's page alone, for the page's script."""
    agenda = agenda_of(room, meeting_in_language(room))
    context = {
        "room": room,
        "yours": yours(room, actor, timezone.now()),
        "item_words": {item["pk"]: str(item["words"]) for item in agenda},
    }
    return render(request, "meetings/includes/yours.html", context)


@require_POST
@councillors_act
def ask_to_speak(request: HttpRequest, room: Room, actor: Actor) -> HttpResponse:
    """A councillor puts themself into the queue."""
    now = timezone.now()
    form = AskToSpeakForm(request.POST, room=room, on=timezone.localdate(now))

    def ask() -> None:
        services.ask_to_speak(
            room_pk=room.pk,
            actor=actor,
            agenda_item_pk=form.chosen("item"),
            side=form.cleaned_data["side"],
            is_point_of_order=form.cleaned_data["is_point_of_order"],
            asked_at=now,
        )

    return _take(request, room, form, ask)


@require_POST
@councillors_act
def declare(request: HttpRequest, room: Room, actor: Actor) -> HttpResponse:
    """A councillor declares an interest of their own."""
    now = timezone.now()
    form = OwnInterestForm(request.POST, room=room, on=timezone.localdate(now))

    def enter() -> None:
        services.declare_interest(
            room_pk=room.pk,
            actor=actor,
            declared_at=now,
            **form.declared(),
        )

    return _take(request, room, form, enter)


@require_POST
@councillors_act
def vote(request: HttpRequest, room: Room, actor: Actor, motion_pk: int) -> HttpResponse:
    """A councillor votes."""
    choice = request.POST.get("choice", "")
    if choice not in Choice.values or not Motion.objects.filter(pk=motion_pk, room=room).exists():
        raise Http404
    address = f"{room.get_absolute_url()}#yours"
    try:
        services.cast_vote(motion_pk=motion_pk, actor=actor, choice=Choice(choice), cast_at=timezone.now())
    except services.RoomError as error:
        return not_done(request, address, error)
    return done(request, address)


@require_POST
@councillors_act
def leave_queue(request: HttpRequest, room: Room, actor: Actor, speaker_pk: int) -> HttpResponse:
    """A councillor takes themself out of the queue."""
    if not Speaker.objects.filter(pk=speaker_pk, room=room).exists():
        raise Http404
    address = f"{room.get_absolute_url()}#yours"
    try:
        services.change_speaker(
            speaker_pk=speaker_pk, actor=actor, change=SpeakerChange.REMOVE, changed_at=timezone.now()
        )
    except services.RoomError as error:
        return not_done(request, address, error)
    return done(request, address)


def _take(request: HttpRequest, room: Room, form: BusinessForm, act: Callable[[], object]) -> HttpResponse:
    """Do what a form says; what is wrong with it comes back beside what was typed."""
    if form.is_valid():
        try:
            act()
            return done(request, f"{room.get_absolute_url()}#yours")
        except services.RoomError as error:
            add_refusal(form, error)
    if is_script(request):
        return first_error(form)
    return show_room(request, room, your_forms={form.prefix or "": form})
