"""The clerk's acts about interests, motions and votes. Each is a form that posts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from meetings import services
from meetings.business import Tally
from meetings.business_desk import press, take
from meetings.business_enums import Casting, Choice, VoteMethod
from meetings.business_forms import AmendedForm, ClerksInterestForm, CloseVoteForm, MotionForm, SecondForm
from meetings.desk import officers_only
from meetings.models import Declaration, Motion, Room
from meetings.services import Actor

BUTTONS: Mapping[str, Callable[[int, Actor, datetime], object]] = {
    "withdraw": lambda pk, actor, now: services.withdraw_motion(motion_pk=pk, actor=actor, withdrawn_at=now),
    "drop": lambda pk, actor, now: services.drop_motion(motion_pk=pk, actor=actor, dropped_at=now),
    "call_off": lambda pk, actor, now: services.call_off_vote(motion_pk=pk, actor=actor, called_off_at=now),
    "put_recorded": lambda pk, actor, now: _put(pk, actor, VoteMethod.RECORDED, now),
    "put_show": lambda pk, actor, now: _put(pk, actor, VoteMethod.SHOW, now),
}
"""What a button beside a motion does, by its value: ``(motion_pk, actor, moment)``."""


@require_POST
@officers_only
def declare(request: HttpRequest, room: Room, actor: Actor) -> HttpResponse:
    """Enter an interest that a councillor declares aloud."""
    now = timezone.now()
    form = ClerksInterestForm(request.POST, room=room, on=timezone.localdate(now))

    def enter() -> None:
        services.declare_interest(
            room_pk=room.pk,
            actor=actor,
            councillor_pk=form.chosen("councillor"),
            declared_at=now,
            **form.declared(),
        )

    return take(request, room, form, enter, "interests")


@require_POST
@officers_only
def withdraw_declaration(request: HttpRequest, room: Room, actor: Actor, declaration_pk: int) -> HttpResponse:
    """Take back a declaration that was made by mistake."""
    if not Declaration.objects.filter(pk=declaration_pk, room=room).exists():
        raise Http404
    return press(
        request,
        room,
        lambda now: services.withdraw_declaration(declaration_pk=declaration_pk, actor=actor, withdrawn_at=now),
        "interests",
    )


@require_POST
@officers_only
def move(request: HttpRequest, room: Room, actor: Actor) -> HttpResponse:
    """Enter a motion or an amendment."""
    now = timezone.now()
    form = MotionForm(request.POST, room=room, on=timezone.localdate(now))

    def enter() -> None:
        services.move_motion(
            room_pk=room.pk,
            actor=actor,
            text=form.cleaned_data["text"],
            mover_pk=form.chosen("mover"),
            seconder_pk=form.chosen("seconder"),
            agenda_item_pk=form.chosen("item"),
            amends_pk=form.chosen("amends"),
            is_budget=form.cleaned_data["is_budget"],
            moved_at=now,
        )

    return take(request, room, form, enter, "motions")


@require_POST
@officers_only
def change(request: HttpRequest, room: Room, actor: Actor, motion_pk: int) -> HttpResponse:
    """Put a motion to the vote, call the vote off, or enter that it is withdrawn or not put."""
    _find(room, motion_pk)
    act = BUTTONS.get(request.POST.get("change", ""))
    if act is None:
        raise Http404
    return press(request, room, lambda now: act(motion_pk, actor, now), "motions")


@require_POST
@officers_only
def second(request: HttpRequest, room: Room, actor: Actor, motion_pk: int) -> HttpResponse:
    """Enter who seconds a motion."""
    _find(room, motion_pk)
    now = timezone.now()
    form = SecondForm(request.POST, prefix=f"second-{motion_pk}", room=room, on=timezone.localdate(now))

    def enter() -> None:
        services.second_motion(motion_pk=motion_pk, actor=actor, seconder_pk=form.chosen("seconder"), seconded_at=now)

    return take(request, room, form, enter, "motions")


@require_POST
@officers_only
def amend(request: HttpRequest, room: Room, actor: Actor, motion_pk: int) -> HttpResponse:
    """Enter a motion's words as its carried amendments make them."""
    _find(room, motion_pk)
    now = timezone.now()
    form = AmendedForm(request.POST, prefix=f"amend-{motion_pk}", room=room, on=timezone.localdate(now))

    def enter() -> None:
        services.amend_motion(
            motion_pk=motion_pk,
            actor=actor,
            text=form.cleaned_data["text"],
            carried=_carried(request),
            amended_at=now,
        )

    return take(request, room, form, enter, "motions")


@require_POST
@officers_only
def enter_vote(request: HttpRequest, room: Room, actor: Actor, motion_pk: int, councillor_pk: int) -> HttpResponse:
    """Enter what a councillor says as the roll is read."""
    _find(room, motion_pk)
    choice = request.POST.get("choice", "")
    if choice not in Choice.values:
        raise Http404
    return press(
        request,
        room,
        lambda now: services.cast_vote(
            motion_pk=motion_pk, actor=actor, choice=Choice(choice), councillor_pk=councillor_pk, cast_at=now
        ),
        "motions",
    )


@require_POST
@officers_only
def close(request: HttpRequest, room: Room, actor: Actor, motion_pk: int) -> HttpResponse:
    """Close a vote, with the count of hands where they were raised, and the casting vote where votes are equal."""
    motion = _find(room, motion_pk)
    vote = getattr(motion, "vote", None)
    if vote is None:
        raise Http404
    now, prefix = timezone.now(), f"close-{motion_pk}"
    is_recorded = vote.method == VoteMethod.RECORDED
    form = CloseVoteForm(request.POST, prefix=prefix, room=room, on=timezone.localdate(now), is_recorded=is_recorded)

    def enter() -> None:
        given = form.cleaned_data
        services.close_vote(
            motion_pk=motion_pk,
            actor=actor,
            casting=Casting(given["casting"]) if given["casting"] else None,
            chair_pk=form.chosen("chair"),
            hands=None if is_recorded else _hands(given),
            closed_at=now,
        )

    return take(request, room, form, enter, "motions")


def _put(motion_pk: int, actor: Actor, method: VoteMethod, now: datetime) -> object:
    return services.open_vote(motion_pk=motion_pk, actor=actor, method=method, opened_at=now)


def _carried(request: HttpRequest) -> set[int]:
    """The amendments that the form was drawn with, by a field that is always as new as the page around it."""
    return {int(pk) for pk in request.POST.get("carried", "").split(",") if pk.isdecimal() and len(pk) < 19}


def _hands(given: dict[str, int | None]) -> Tally | None:
    votes_for, against = given["votes_for"], given["against"]
    if votes_for is None or against is None:
        return None
    return Tally(votes_for=votes_for, against=against, abstained=given["abstained"] or 0)


def _find(room: Room, motion_pk: int) -> Motion:
    motion = Motion.objects.filter(pk=motion_pk, room=room).select_related("vote").first()
    if motion is None:
        raise Http404
    return motion
