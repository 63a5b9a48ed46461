"""A councillor's page of a meeting: the questions assigned to them, and the answers they propose."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from meetings import services
from meetings.business_answers import too_fast_at_work
from meetings.business_queries import councillor_of
from meetings.enums import COUNCILLOR_PREFIX, COUNCILLORS_SEE
from meetings.forms import ProposeForm
from meetings.models import PublicQuestion, Room
from meetings.models.questions import MAX_ANSWER_LENGTH
from meetings.posting import is_too_fast_at_work
from meetings.queries import version_of
from meetings.services import Actor
from meetings.views import actor_of, find_room, meeting_in_language
from meetings.words import assigned_words
from wards.models import Councillor


def councillors_only(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Refuse everybody who holds no seat today (403), and hand the view the room, who acts and as whom.

    Whoever sends forms too fast is told so (429), with what they sent.
    """

    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, pk: int, **rest: Any) -> HttpResponseBase:
        actor = actor_of(request)
        councillor = councillor_of(actor.user, timezone.localdate())
        if councillor is None:
            raise PermissionDenied
        room = find_room(request, pk)
        if request.method == "POST" and is_too_fast_at_work(actor):
            return too_fast_at_work(request, room)
        return view(request, room, actor, councillor, **rest)

    return guarded


@require_safe
@councillors_only
def assigned(request: HttpRequest, room: Room, actor: Actor, councillor: Councillor) -> HttpResponse:
    return _show(request, room, councillor)


@require_POST
@councillors_only
def propose(request: HttpRequest, room: Room, actor: Actor, councillor: Councillor, question_pk: int) -> HttpResponse:
    """Propose a written answer. A refused form comes back with what was typed."""
    if not _questions(room, councillor).filter(pk=question_pk).exists():
        raise Http404
    form = ProposeForm(request.POST)
    if not form.is_valid():
        return _show(request, room, councillor, form, question_pk)
    try:
        services.propose_answer(
            question_pk=question_pk, actor=actor, answer=form.cleaned_data["answer"], proposed_at=timezone.now()
        )
    except services.RoomError as error:
        form.add_error(error.field if error.field in form.fields else None, str(error.message))
        return _show(request, room, councillor, form, question_pk)
    return redirect(f"{reverse('meetings:assigned', args=[room.pk])}#question-{question_pk}")


def _questions(room: Room, councillor: Councillor) -> Any:
    """The questions of a room that a councillor is to answer; none while the session is private."""
    if room.is_private:
        return PublicQuestion.objects.none()
    assigned_here = room.questions.filter(assigned_to=councillor, state__in=COUNCILLORS_SEE)
    return assigned_here.with_people().with_support().order_by("answered_at", "asked_at", "pk")


def _show(
    request: HttpRequest,
    room: Room,
    councillor: Councillor,
    refused: ProposeForm | None = None,
    refused_pk: int | None = None,
) -> HttpResponse:
    version = version_of(room, f"{COUNCILLOR_PREFIX}{councillor.pk}")
    context = {
        "page": meeting_in_language(room),
        "room": room,
        "version": version,
        "questions": _questions(room, councillor),
        "form": refused,
        "refused_pk": refused_pk,
        "answer_limit": MAX_ANSWER_LENGTH,
        "words": assigned_words(),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if refused else HTTPStatus.OK
    return render(request, "meetings/assigned.html", context, status=status)
