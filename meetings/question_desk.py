"""Working on one question: its words, what asks the same, who shall answer, and which is being answered now."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from meetings import services
from meetings.desk import officers_only
from meetings.forms import AssignForm, EditForm, ForgetForm, MergeForm, ShortlistForm, TakeForm
from meetings.lookalikes import alike_in
from meetings.models import PublicQuestion, Room
from meetings.queries import sitting
from meetings.services import Actor

Call = Callable[[Room, Actor, PublicQuestion, dict[str, Any], datetime], object]


def _edit(_room: Room, actor: Actor, question: PublicQuestion, given: dict[str, Any], now: datetime) -> object:
    return services.edit_question(
        question_pk=question.pk, actor=actor, text=given["text"], seen=given["seen"], edited_at=now
    )


def _merge(_room: Room, actor: Actor, question: PublicQuestion, given: dict[str, Any], now: datetime) -> object:
    return services.merge_question(question_pk=question.pk, into_pk=given["into"], actor=actor, merged_at=now)


def _unmerge(_room: Room, actor: Actor, question: PublicQuestion, _given: dict[str, Any], now: datetime) -> object:
    return services.unmerge_question(question_pk=question.pk, actor=actor, unmerged_at=now)


def _assign(_room: Room, actor: Actor, question: PublicQuestion, given: dict[str, Any], now: datetime) -> object:
    councillor_pk = given["councillor"].pk if given["councillor"] else None
    return services.assign_question(
        question_pk=question.pk, actor=actor, councillor_pk=councillor_pk, assigned_at=now
    )


def _shortlist(_room: Room, actor: Actor, question: PublicQuestion, given: dict[str, Any], now: datetime) -> object:
    return services.shortlist_question(
        question_pk=question.pk, actor=actor, is_shortlisted=given["is_shortlisted"], shortlisted_at=now
    )


def _take(room: Room, actor: Actor, question: PublicQuestion, given: dict[str, Any], now: datetime) -> object:
    taken = question.pk if given["is_taken"] else None
    return services.take_question(room_pk=room.pk, actor=actor, question_pk=taken, taken_at=now)


def _forget(_room: Room, actor: Actor, question: PublicQuestion, given: dict[str, Any], now: datetime) -> object:
    return services.forget_asker(question_pk=question.pk, actor=actor, reason=given["why"], forgotten_at=now)


def _assign_form(given: QueryDict) -> forms.Form:
    return AssignForm(given, councillors=sitting(timezone.localdate()))


ACTS: dict[str, tuple[Callable[[QueryDict], forms.Form], Call]] = {
    "edit": (EditForm, _edit),
    "merge": (MergeForm, _merge),
    "unmerge": (forms.Form, _unmerge),
    "assign": (_assign_form, _assign),
    "shortlist": (ShortlistForm, _shortlist),
    "take": (TakeForm, _take),
    "forget": (ForgetForm, _forget),
}


@require_safe
@officers_only
def work(request: HttpRequest, room: Room, actor: Actor, question_pk: int) -> HttpResponse:
    """All that can be done with one question, on a page of its own; the desk shows it inside the question's card."""
    return _show(request, room, _question(room, question_pk))


@require_POST
@officers_only
def act(request: HttpRequest, room: Room, actor: Actor, question_pk: int, act: str) -> HttpResponse:
    """Do one of ``ACTS``. A refused form comes back with what was typed."""
    if act not in ACTS:
        raise Http404
    question = _question(room, question_pk)
    make, call = ACTS[act]
    form = make(request.POST)
    if form.is_valid():
        try:
            call(room, actor, question, form.cleaned_data, timezone.now())
        except services.RoomError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error.message))
        else:
            return redirect(f"{reverse('meetings:desk', args=[room.pk])}#question-{question.pk}")
    return _show(request, room, _question(room, question_pk), refused=form)


def _question(room: Room, pk: int) -> PublicQuestion:
    found: PublicQuestion = get_object_or_404(PublicQuestion.objects.with_people().with_support(), pk=pk, room=room)
    return found


def _show(
    request: HttpRequest, room: Room, question: PublicQuestion, refused: forms.Form | None = None
) -> HttpResponse:
    councillors = sitting(timezone.localdate())
    edit: forms.Form = refused if isinstance(refused, EditForm) else EditForm(initial={"text": question.text})
    merge: forms.Form = refused if isinstance(refused, MergeForm) else MergeForm()
    assign = (
        refused
        if isinstance(refused, AssignForm)
        else AssignForm(councillors=councillors, initial={"councillor": question.assigned_to_id})
    )
    forget: forms.Form = refused if isinstance(refused, ForgetForm) else ForgetForm()
    for each in (edit, merge, assign, forget):
        each.auto_id = "work_%s"  # one of several forms with a field "text" on the desk
    context = {
        "page": room.meeting,
        "room": room,
        "question": question,
        "edit": edit,
        "merge": merge,
        "assign": assign,
        "forget": forget,
        "form": refused,
        "alike": alike_in(room, [question])[question.pk],
        "joined": question.merged.order_by("asked_at", "pk"),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if refused else HTTPStatus.OK
    return render(request, "meetings/question_work.html", context, status=status)
