"""The chamber's big screen, and the ways from it into the room: a short code and its QR code."""

from __future__ import annotations

from datetime import datetime, timedelta
from http import HTTPStatus

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from meetings.business_page import room_business
from meetings.business_words import business_words
from meetings.codes import qr_svg, typed_code
from meetings.enums import Audience, QuestionState, RoomState
from meetings.models import Room
from meetings.motions_page import latest_vote
from meetings.poll_cards import Card, cards
from meetings.poll_words import poll_words
from meetings.queries import published, version_of
from meetings.slates import slate_of, slate_words
from meetings.views import agenda_of, find_room, meeting_in_language
from meetings.words import screen_words

QUESTIONS_ON_SCREEN = 3
"""What can be read from the back row."""

RESULTS_SECONDS = 300
"""How long a closed poll's results stand on the screen, unless another poll is opened."""

REFRESH_SECONDS = 20
"""How often the screen is loaded again where no script runs."""


@never_cache
@require_safe
def screen(request: HttpRequest, pk: int) -> HttpResponse:
    """What the meeting is at, for everybody in the chamber."""
    room = find_room(request, pk)
    meeting = meeting_in_language(room)
    version = version_of(room, Audience.PUBLIC)
    questions = list(published(room))
    open_questions = [question for question in questions if question.state == QuestionState.PUBLISHED]
    answering = next((question for question in questions if question.pk == room.public_question_id), None)
    now = timezone.now()
    business = room_business(room, now)
    join_path = reverse("join:room", args=[room.code]) if room.code else ""
    context = {
        "page": meeting,
        "room": room,
        "version": version,
        "agenda": agenda_of(room, meeting),
        "card": poll_on_screen(room, now),
        "results_seconds": RESULTS_SECONDS,
        "answering": answering,
        "questions": open_questions[:QUESTIONS_ON_SCREEN],
        "shown_at_most": QUESTIONS_ON_SCREEN,
        "refresh_seconds": REFRESH_SECONDS,
        "join_host": request.get_host(),
        "join_path": join_path,
        "states": {str(value): str(label) for value, label in RoomState.choices},
        "words": screen_words() | business_words() | poll_words(),
        **business,
        "vote_row": latest_vote(business["motions"], room.public_agenda_item_id),
        "slate": slate_of(room),
        "slate_words": slate_words(),
    }
    return render(request, "meetings/screen.html", context)


def poll_on_screen(room: Room, moment: datetime) -> Card | None:
    """The poll opened last of those that are open, else the one closed last, for some minutes and with its results."""
    oldest = moment - timedelta(seconds=RESULTS_SECONDS)
    told = cards(room, voter="")
    if running := next((card for card in told if card.poll.is_open), None):
        return running
    closed = [
        (card.poll.closed_at, card.poll.pk, card)
        for card in told
        if card.standing is not None and card.poll.closed_at is not None and card.poll.closed_at > oldest
    ]
    return max(closed, default=(None, 0, None))[2]


@never_cache
@require_safe
def join_by_code(request: HttpRequest) -> HttpResponse:
    """Where a code is typed in."""
    typed = request.GET.get("code", "")
    if not typed:
        return render(request, "meetings/join.html", {"typed": "", "is_unknown": False})
    room = _room_with(typed)
    if room is None:
        context = {"typed": typed[:20], "is_unknown": True}
        return render(request, "meetings/join.html", context, status=HTTPStatus.NOT_FOUND)
    return redirect(room)


@never_cache
@require_safe
def join(request: HttpRequest, code: str) -> HttpResponse:
    """From a code to its room; whoever mistyped may try again."""
    room = _room_with(code)
    if room is None:
        context = {"typed": code[:20], "is_unknown": True}
        return render(request, "meetings/join.html", context, status=HTTPStatus.NOT_FOUND)
    find_room(request, room.pk)
    return redirect(room)


@require_safe
def qr(request: HttpRequest, code: str) -> HttpResponse:
    """The QR code of a meeting's short address, as a picture."""
    room = _room_with(code)
    if room is None:
        raise Http404
    address = request.build_absolute_uri(reverse("join:room", args=[room.code]))
    response = HttpResponse(qr_svg(address), content_type="image/svg+xml")
    patch_cache_control(response, public=True, max_age=3600)
    return response


def _room_with(typed: str) -> Room | None:
    code = typed_code(typed)
    return Room.objects.filter(code=code, meeting__live=True).first() if code else None
