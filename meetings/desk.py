"""The officer's desk: one page to run a room from, by keyboard and without JavaScript if need be."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
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
from meetings.business_answers import too_fast_at_work
from meetings.business_page import Forms, desk_business
from meetings.business_words import business_words
from meetings.desk_regions import regions_with
from meetings.enums import (
    Audience,
    Decision,
    ExemptParagraph,
    QuestionState,
    Role,
    RoomChange,
    RoomState,
    WordStanding,
)
from meetings.forms import AgendaForm, DecisionForm, DiscloseForm, RoomForm
from meetings.inside import things_kept_inside
from meetings.lookalikes import MOST_LOOKED_AT, alike_in, joined_in
from meetings.models import PublicQuestion, Record, Room
from meetings.models.questions import MAX_ANSWER_LENGTH
from meetings.poll_cards import officers_cards
from meetings.poll_forms import PollForm
from meetings.posting import is_too_fast_at_work
from meetings.queries import moderated, version_of
from meetings.room import QUESTION_DECISIONS, ROOM_CHANGES
from meetings.services import Actor
from meetings.slates import next_moment
from meetings.views import actor_of, agenda_of, find_room, meeting_in_language
from meetings.words import desk_words


def officers_only(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Refuse everybody but democratic services officers (403), and hand the view the room and who acts.

    Whoever sends forms too fast is told so (429), with what they sent.
    """

    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, pk: int, **rest: Any) -> HttpResponseBase:
        actor = actor_of(request)
        if actor.role is not Role.OFFICER:
            raise PermissionDenied
        room = find_room(request, pk)
        if request.method == "POST" and is_too_fast_at_work(actor):
            return too_fast_at_work(request, room)
        return view(request, room, actor, **rest)

    return guarded


@require_safe
@officers_only
def desk(request: HttpRequest, room: Room, actor: Actor) -> HttpResponse:
    return show_desk(request, room)


@require_POST
@officers_only
def change_room(request: HttpRequest, room: Room, actor: Actor) -> HttpResponse:
    """Start, adjourn, resume, close or reopen the room, or go into private session and back."""
    form, now = RoomForm(request.POST), timezone.now()
    if not form.is_valid():
        if "change" in form.errors:
            raise Http404
        return show_desk(request, room, refused=form)
    given = form.cleaned_data
    try:
        services.change_room(
            room_pk=room.pk,
            actor=actor,
            change=RoomChange(given["change"]),
            changed_at=now,
            paragraph=given["paragraph"],
            resumes_at=next_moment(given["until"], now) if given["until"] else None,
        )
    except services.ParagraphMissing as error:
        form.add_error("paragraph", str(error.message))
        return show_desk(request, room, refused=form)
    except services.RoomError as error:
        notices.error(request, str(error.message))
    return redirect("meetings:desk", pk=room.pk)


@require_POST
@officers_only
def disclose(request: HttpRequest, room: Room, actor: Actor) -> HttpResponse:
    """Let the public see a thing that a private session has kept inside."""
    form = DiscloseForm(request.POST)
    if not form.is_valid():
        raise Http404
    try:
        services.disclose(room_pk=room.pk, actor=actor, disclosed_at=timezone.now(), **form.cleaned_data)
    except services.RoomError as error:
        notices.error(request, str(error.message))
    return redirect(f"{reverse('meetings:desk', args=[room.pk])}#inside")


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
        return show_desk(request, room, refused=form, refused_pk=question_pk)
    given = form.cleaned_data
    try:
        services.decide_question(
            question_pk=question_pk,
            actor=actor,
            decision=Decision(given["decision"]),
            decided_at=timezone.now(),
            reason=given["reason"],
            answer=given["answer"],
            how=given["how"],
            answered_by=given["answered_by"],
        )
    except services.RoomError as error:
        form.add_error(error.field if error.field in form.fields else None, str(error.message))
        return show_desk(request, room, refused=form, refused_pk=question_pk)
    return redirect(f"{reverse('meetings:desk', args=[room.pk])}#questions")


def business_context(room: Room, moment: datetime, refused: Forms | None = None) -> dict[str, Any]:
    """What the desk's part about speakers, motions and votes needs, by itself or on the whole desk."""
    agenda = agenda_of(room, meeting_in_language(room))
    return {
        "room": room,
        "item_words": {item["pk"]: str(item["words"]) for item in agenda},
        **desk_business(room, moment, refused),
    }


def polls_context(room: Room, form: PollForm | None = None) -> dict[str, Any]:
    """What the desk's part about polls needs, by itself or on the whole desk."""
    cards = officers_cards(room)
    return {
        "room": room,
        "poll_cards": cards,
        "poll_form": form or PollForm(room=room),
        "words_waiting": sum(
            word.standing == WordStanding.HELD for card in cards if card.poll.is_open for word in card.waiting
        ),
    }


def hands_context(room: Room) -> dict[str, Any]:
    """What the desk's part about raised hands needs."""
    return {"room": room, "hands": list(room.hands.order_by("raised_at", "pk"))}


def show_desk(
    request: HttpRequest,
    room: Room,
    refused: DecisionForm | RoomForm | None = None,
    refused_pk: int | None = None,
    business_forms: Forms | None = None,
    poll_form: PollForm | None = None,
) -> HttpResponse:
    """The desk: 422 when a form on it was refused."""
    now = timezone.now()
    meeting = meeting_in_language(room)
    version = version_of(room, Audience.MODERATORS)
    lanes: list[dict[str, Any]] = [
        {"state": state, "questions": list(moderated(room, state)), "decisions": list(QUESTION_DECISIONS[state])}
        for state in (
            QuestionState.HELD,
            QuestionState.PUBLISHED,
            QuestionState.ANSWERED,
            QuestionState.WITHHELD,
        )
    ]
    kept_inside = [] if room.is_private else things_kept_inside(room)
    business = business_context(room, now, business_forms)
    polls = polls_context(room, poll_form)
    hands = hands_context(room)
    context = {
        "page": meeting,
        "room": room,
        "version": version,
        "agenda": agenda_of(room, meeting),
        "changes": [RoomChange(change) for change in ROOM_CHANGES[RoomState(room.state)]],
        "lanes": lanes,
        "regions": regions_with(
            {
                "questions": len(lanes[0]["questions"]),
                "speakers": len(business["queue"].waiting),
                "inside": len(kept_inside),
                "polls": polls["words_waiting"],
                "hands": len(hands["hands"]),
            },
            without=[
                region for region, is_there in {"inside": kept_inside, "join": room.code}.items() if not is_there
            ],
        ),
        "record": Record.objects.filter(room=room).first(),
        "form": refused,
        "refused_pk": refused_pk,
        "answer_limit": MAX_ANSWER_LENGTH,
        "now": now,
        **business,
        **polls,
        **hands,
        "states": {str(value): str(label) for value, label in RoomState.choices},
        "words": desk_words() | business_words(),
        "paragraphs": ExemptParagraph.choices,
        "kept_inside": kept_inside,
        "alike": alike_in(room, lanes[0]["questions"][:MOST_LOOKED_AT]),
        "joined": joined_in(room),
        "change_labels": {str(value): str(label) for value, label in RoomChange.choices},
        "room_changes": {str(state): [str(change) for change in changes] for state, changes in ROOM_CHANGES.items()},
    }
    status = (
        HTTPStatus.UNPROCESSABLE_ENTITY
        if refused or business_forms or (poll_form and poll_form.errors)
        else HTTPStatus.OK
    )
    return render(request, "meetings/desk.html", context, status=status)
