"""The officer's desk: one page to run a room from, by keyboard and without JavaScript if need be."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.contrib import messages as notices
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from meetings import services
from meetings.enums import Audience, Decision, QuestionState, Role, RoomChange, RoomState
from meetings.forms import AgendaForm, DecisionForm
from meetings.models import PublicQuestion, Record, Room
from meetings.queries import moderated, version_of
from meetings.room import QUESTION_DECISIONS, ROOM_CHANGES
from meetings.services import Actor
from meetings.views import actor_of, agenda_of, find_room, meeting_in_language
from meetings.words import desk_words


def officers_only(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Refuse everybody but democratic services officers (403), and hand the view the room and who acts."""

    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, pk: int, **rest: Any) -> HttpResponseBase:
        actor = actor_of(request)
        if actor.role is not Role.OFFICER:
            raise PermissionDenied
        return view(request, find_room(request, pk), actor, **rest)

    return guarded


@require_safe
@officers_only
def desk(request: HttpRequest, room: Room, actor: Actor) -> HttpResponse:
    return _show(request, room)


@require_POST
@officers_only
def change_room(request: HttpRequest, room: Room, actor: Actor) -> HttpResponse:
    """Start, adjourn, resume, close or reopen the room."""
    try:
        change = RoomChange(request.POST.get("change", ""))
    except ValueError:
        raise Http404 from None
    try:
        services.change_room(room_pk=room.pk, actor=actor, change=change, changed_at=timezone.now())
    except services.RoomError as error:
        notices.error(request, str(error.message))
    return redirect("meetings:desk", pk=room.pk)


@require_POST
@officers_only
def set_agenda(request: HttpRequest, room: Room, actor: Actor) -> HttpResponse:
    """Say which agenda item is being taken, or none."""
    form = AgendaForm(request.POST)
    if not form.is_valid():
        raise Http404
    try:
        services.set_agenda_item(
            room_pk=room.pk, actor=actor, agenda_item_pk=form.cleaned_data["item"], changed_at=timezone.now()
        )
    except services.RoomError as error:
        notices.error(request, str(error.message))
    return redirect(f"{reverse('meetings:desk', args=[room.pk])}#agenda")


@require_POST
@officers_only
def decide(request: HttpRequest, room: Room, actor: Actor, question_pk: int) -> HttpResponse:
    """Publish, withhold, answer or reopen one question. A refused form comes back with what was typed."""
    if not PublicQuestion.objects.filter(pk=question_pk, room=room).exists():
        raise Http404
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return _show(request, room, refused=form, refused_pk=question_pk)
    given = form.cleaned_data
    try:
        services.decide_question(
            question_pk=question_pk,
            actor=actor,
            decision=Decision(given["decision"]),
            decided_at=timezone.now(),
            reason=given["reason"],
            answer=given["answer"],
        )
    except services.RoomError as error:
        form.add_error(error.field if error.field in form.fields else None, str(error.message))
        return _show(request, room, refused=form, refused_pk=question_pk)
    return redirect(f"{reverse('meetings:desk', args=[room.pk])}#questions")


def _show(
    request: HttpRequest, room: Room, refused: DecisionForm | None = None, refused_pk: int | None = None
) -> HttpResponse:
    meeting = meeting_in_language(room)
    version = version_of(room, Audience.MODERATORS)
    context = {
        "page": meeting,
        "room": room,
        "version": version,
        "agenda": agenda_of(room, meeting),
        "changes": [RoomChange(change) for change in ROOM_CHANGES[RoomState(room.state)]],
        "lanes": [
            {"state": state, "questions": list(moderated(room, state)), "decisions": list(QUESTION_DECISIONS[state])}
            for state in (
                QuestionState.HELD,
                QuestionState.PUBLISHED,
                QuestionState.ANSWERED,
                QuestionState.WITHHELD,
            )
        ],
        "record": Record.objects.filter(room=room).first(),
        "form": refused,
        "refused_pk": refused_pk,
        "now": timezone.now(),
        "states": {str(value): str(label) for value, label in RoomState.choices},
        "words": desk_words(),
        "change_labels": {str(value): str(label) for value, label in RoomChange.choices},
        "room_changes": {str(state): [str(change) for change in changes] for state, changes in ROOM_CHANGES.items()},
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if refused else HTTPStatus.OK
    return render(request, "meetings/desk.html", context, status=status)
