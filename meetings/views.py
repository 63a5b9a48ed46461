"""The room's pages: reading, asking and supporting work without JavaScript; the socket only makes them quicker."""

from __future__ import annotations

import json
import uuid
from datetime import datetime
from http import HTTPStatus
from typing import Any

from csp.decorators import csp_update
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import condition, require_POST, require_safe

from meetings import messages, services
from meetings.agenda_queries import give_documents
from meetings.business_contents import business_of
from meetings.business_page import Forms, room_business, yours
from meetings.business_words import business_words
from meetings.enums import Action, Audience, Reaction, Role, RoomState, StreamKind
from meetings.forms import AskForm, SupportForm
from meetings.guests import give_guest_cookie, guest_in
from meetings.hand_words import SIGNS, hand_words
from meetings.models import MeetingPage, PublicQuestion, Record, Room
from meetings.poll_cards import Refused, cards, polls_seen_open, readers_polls
from meetings.poll_words import poll_words
from meetings.posting import SECONDS, is_too_fast, too_fast
from meetings.queries import (
    intake_at,
    last_ward_of,
    open_to_supplementary,
    published,
    role_of,
    sitting,
    supported_by,
    version_of,
)
from meetings.rules import may
from meetings.services import Actor
from meetings.slates import slate_of, slate_words
from meetings.streams import Player, Segment, player_for, playlist
from meetings.words import room_words


def find_room(request: HttpRequest, pk: int) -> Room:
    """The room of a published meeting that the visitor may read."""
    if pk > messages.MAX_ROW_ID:
        raise Http404
    room = Room.objects.select_related("meeting__body", "meeting__locale").filter(pk=pk, meeting__live=True).first()
    if room is None:
        raise Http404
    if not all(restriction.accept_request(request) for restriction in room.meeting.get_view_restrictions()):
        raise Http404
    return room


def find_public_room(request: HttpRequest, pk: int) -> Room:
    """The same for what is handed out: nothing at all while the meeting is in private session (403)."""
    found = find_room(request, pk)
    if found.is_private:
        raise PermissionDenied
    return found


def actor_of(request: HttpRequest) -> Actor:
    """Who sends a request, in which role."""
    if request.user.is_authenticated:
        return Actor(role=role_of(request.user, timezone.localdate()), user=request.user)
    return Actor(role=Role.GUEST, guest=guest_in(request.COOKIES))


def meeting_in_language(room: Room) -> MeetingPage:
    """The meeting with its words in the visitor's language, where there is a published translation."""
    language = get_language() or settings.LANGUAGE_CODE
    if room.meeting.locale.language_code == language:
        return room.meeting
    translations = MeetingPage.objects.live().filter(
        translation_key=room.meeting.translation_key, locale__language_code=language
    )
    return translations.first() or room.meeting


def agenda_of(room: Room, meeting: MeetingPage) -> list[dict[str, Any]]:
    """The agenda in the visitor's language; each item under the key it has in the room, withdrawn when it is there.

    ``page`` is the one whose words the item has: an item that nobody has translated is shown in the meeting's first.
    """
    words = {item.translation_key: item for item in meeting.agenda_items.select_related("about_page")}
    return [
        {
            "pk": item.pk,
            "words": words.get(item.translation_key, item),
            "page": meeting if item.translation_key in words else room.meeting,
            "takes_questions": item.takes_questions and not item.is_withdrawn,
            "is_withdrawn": item.is_withdrawn,
        }
        for item in room.meeting.agenda_items.all()
    ]


@never_cache
@require_safe
def room(request: HttpRequest, pk: int) -> HttpResponse:
    """The room of a meeting: picture and agenda, and the questions a reader may see."""
    return show_room(request, find_room(request, pk))


@never_cache
@require_POST
def ask(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a question from the form. What was typed comes back with what is wrong."""
    found, actor, now = find_room(request, pk), actor_of(request), timezone.now()
    form = ask_form(request, found, actor)
    if is_too_fast(request, actor):
        return asked_to_wait(show_room(request, found, form, notice=too_fast()))
    if not form.is_valid():
        return show_room(request, found, form)
    given = form.cleaned_data
    ward = form.chosen_ward
    if ward is None and actor.user is not None:
        ward = last_ward_of(actor.user, timezone.localdate(now))
    try:
        if actor.role is Role.GUEST and not actor.guest:
            raise services.NotAllowed
        question = services.ask_question(
            room_pk=found.pk,
            actor=actor,
            key=given["key"],
            text=given["text"],
            name=given["name"],
            name_is_public=given.get("name_is_public", False),
            email=given.get("email", ""),
            ward=ward,
            agenda_item_pk=given["agenda_item"].pk if given["agenda_item"] else None,
            on_notice=given.get("on_notice", False),
            councillor_pk=given["councillor"].pk if given.get("councillor") else None,
            supplementary_to_pk=given["supplementary_to"],
            asked_at=now,
        )
    except services.RoomError as error:
        form.add_error(error.field if error.field in form.fields else None, str(error.message))
        return show_room(request, found, form)
    return redirect(f"{found.get_absolute_url()}?asked={question.key}#asked")


@require_POST
def support(request: HttpRequest, pk: int) -> HttpResponse:
    """Support a question, or take support back, by the form beside it."""
    found, actor, form = find_room(request, pk), actor_of(request), SupportForm(request.POST)
    if not form.is_valid():
        raise Http404
    if is_too_fast(request, actor):
        return asked_to_wait(show_room(request, found, notice=too_fast()))
    clicked = {"question_pk": form.cleaned_data["question"], "room_pk": found.pk, "actor": actor}
    try:
        if actor.role is Role.GUEST and not actor.guest:
            raise services.NotAllowed
        if form.cleaned_data["withdraw"]:
            services.withdraw_support(**clicked, withdrawn_at=timezone.now())
        else:
            services.support_question(**clicked, given_at=timezone.now())
    except services.NoSuchQuestion:
        raise Http404 from None
    except services.RoomError as error:
        return show_room(request, found, notice=str(error.message))
    return redirect(f"{found.get_absolute_url()}#question-{clicked['question_pk']}")


def _questions_tag(request: HttpRequest, pk: int) -> str:
    """Changes with what there is to see for this visitor: with a ballot only in a poll whose tally they may see."""
    found = find_room(request, pk)
    seen = ".".join(f"{poll.pk}:{poll.revision}" for poll in polls_seen_open(found, actor_of(request).key))
    return f'"{version_of(found, Audience.PUBLIC).tag}-{seen}"'


@require_safe
@condition(etag_func=_questions_tag)
def questions(request: HttpRequest, pk: int) -> HttpResponse:
    """What a reader may see, as the socket's snapshot frame, for a page that has no socket. Asked again by its ETag."""
    found = find_room(request, pk)
    version = version_of(found, Audience.PUBLIC)
    rows = list(published(found))
    polls, tallies = readers_polls(found, actor_of(request).key)
    snapshot = messages.Snapshot(
        epoch=found.epoch,
        sequence=version.sequence,
        room=messages.room_view(found, Audience.PUBLIC),
        questions=tuple(messages.question_view(question) for question in rows),
        support={question.pk: question.support for question in rows},  # type: ignore[attr-defined]
        polls=polls,
        tallies=tallies,
        present=0,
        **business_of(found, Audience.PUBLIC),  # type: ignore[arg-type]  # a field for each collection
    )
    response = HttpResponse(snapshot.model_dump_json(), content_type="application/json")
    patch_cache_control(response, no_cache=True, private=True)
    return response


@require_safe
def fate(request: HttpRequest, pk: int, key: uuid.UUID) -> HttpResponse:
    """What became of a question, to whoever knows its key: the socket's fate frame."""
    question = PublicQuestion.objects.with_people().filter(room=find_public_room(request, pk), key=key).first()
    if question is None:
        raise Http404
    response = JsonResponse(json.loads(messages.fate_of(question).model_dump_json()))
    patch_cache_control(response, no_store=True)
    return response


@require_safe
def stream(request: HttpRequest, pk: int) -> HttpResponse:
    """The demonstration's endless live playlist, computed from the clock."""
    find_public_room(request, pk)
    index = settings.DEMONSTRATION_STREAM / "index.json"
    if not index.exists():
        raise Http404
    segments = [
        Segment(static(f"demonstration-stream/{piece['file']}"), round(piece["duration_seconds"] * 1000))
        for piece in json.loads(index.read_text(encoding="utf-8"))["segments"]
    ]
    response = HttpResponse(playlist(timezone.now(), segments), content_type="application/vnd.apple.mpegurl")
    patch_cache_control(response, no_cache=True)
    return response


def asked_to_wait(response: HttpResponse) -> HttpResponse:
    """The room's page, with what was typed, as the answer to somebody who sends too much."""
    response.status_code = HTTPStatus.TOO_MANY_REQUESTS
    response["Retry-After"] = str(SECONDS)
    return response


def show_room(
    request: HttpRequest,
    found: Room,
    form: AskForm | None = None,
    notice: str = "",
    your_forms: Forms | None = None,
    refused_ballot: Refused | None = None,
) -> HttpResponse:
    """The room's page: 422 when a form in it was refused."""
    actor = actor_of(request)
    meeting = meeting_in_language(found)
    now = timezone.now()
    state = RoomState(found.state)
    intake = intake_at(found, now)
    version = version_of(found, Audience.PUBLIC)
    polls = cards(found, actor.key, refused_ballot, request.GET.get("answered", ""))
    player = None if found.is_private else player_of(found)
    agenda = agenda_of(found, meeting)
    give_documents([item["words"] for item in agenda], now)
    context = {
        "page": meeting,
        "room": found,
        "agenda": agenda,
        "version": version,
        "questions": published(found),
        "supported": supported_by(found, actor.key),
        "form": form or ask_form(request, found, actor),
        "asked": _asked(request, found),
        "record": Record.objects.filter(room=found).first() if found.is_closed else None,
        "notice": notice,
        "player": player,
        "intake": intake,
        "may_ask": may(actor.role, state, Action.ASK, intake),
        "may_give_notice": _may_give_notice(found, actor, now),
        "may_support": may(actor.role, state, Action.SUPPORT, intake),
        "supplementary": open_to_supplementary(found, actor.key),
        "may_run": actor.role is Role.OFFICER,
        "is_councillor": actor.role is Role.COUNCILLOR,
        "now": now,
        **room_business(found, now),
        "item_words": {item["pk"]: str(item["words"]) for item in agenda},
        "polls": polls,
        "has_closed": any(card.poll.is_closed for card in polls),
        "poll_frames": [messages.poll_view(card.poll, card.standing).model_dump(mode="json") for card in polls],
        "reactions": [{"value": one.value, "label": one.label, "sign": SIGNS[one]} for one in Reaction],
        "hand": found.hands.filter(person=actor.key).first(),
        "may_raise": may(actor.role, state, Action.RAISE_HAND),
        "is_guest": actor.role is Role.GUEST,
        "may_vote": may(actor.role, state, Action.CAST_BALLOT),
        "yours": yours(found, actor, now, your_forms),
        "your_forms": your_forms or {},
        "states": {str(value): str(label) for value, label in RoomState.choices},
        "words": room_words() | business_words() | poll_words() | hand_words(),
        "slate": slate_of(found),
        "slate_words": slate_words(),
    }
    is_refused = bool(notice or your_forms or refused_ballot or (form and form.errors))
    status = HTTPStatus.UNPROCESSABLE_ENTITY if is_refused else HTTPStatus.OK
    response = render(request, "meetings/room.html", context, status=status)
    give_guest_cookie(request, response)
    if player and player.directives:
        csp_update(player.directives)(lambda _request: response)(request)  # marks this one response
    return response


def ask_form(request: HttpRequest, found: Room, actor: Actor) -> AskForm:
    given = request.POST if request.method == "POST" and "text" in request.POST else None
    name = actor.user.get_full_name() if actor.user else ""  # type: ignore[attr-defined]
    now = timezone.now()
    today = timezone.localdate(now)
    supplementary = request.GET.get("supplementary", "")
    return AskForm(
        given,
        items=found.meeting.agenda_items.filter(takes_questions=True, is_withdrawn=False),
        role=actor.role,
        on=today,
        meeting=found.meeting,
        councillors=sitting(today),
        takes_live=may(actor.role, RoomState(found.state), Action.ASK, intake_at(found, now)),
        takes_notice=_may_give_notice(found, actor, now),
        initial={"name": name, "supplementary_to": supplementary if supplementary.isascii() else ""},
    )


def _may_give_notice(found: Room, actor: Actor, moment: datetime) -> bool:
    intake = intake_at(found, moment, Action.GIVE_NOTICE)
    return may(actor.role, RoomState(found.state), Action.GIVE_NOTICE, intake)


def player_of(found: Room) -> Player | None:
    return player_for(
        StreamKind(found.meeting.stream_kind),
        found.meeting.stream_url,
        playlist_url=reverse("meetings:stream", args=[found.pk]),
        embed_hosts=settings.EMBED_HOSTS,
    )


def _asked(request: HttpRequest, found: Room) -> PublicQuestion | None:
    """The question that the visitor has just asked, by the key in the address; not while the session is private."""
    if found.is_private:
        return None
    try:
        key = uuid.UUID(request.GET.get("asked", ""))
    except ValueError:
        return None
    return PublicQuestion.objects.with_people().filter(room=found, key=key).first()
