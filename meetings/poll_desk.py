"""The officer's acts about polls. Each is a form that posts; ``live-forms.js`` only keeps the page in place."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from meetings import services
from meetings.business_answers import add_refusal, done, first_error, is_script, not_done
from meetings.desk import officers_only, polls_context, show_desk
from meetings.enums import PollChange, WordStanding
from meetings.models import PollOption, Room
from meetings.poll_forms import PollForm, WordForm
from meetings.services import Actor

REMOVE = "remove"


@require_safe
@officers_only
def polls(request: HttpRequest, room: Room, actor: Actor) -> HttpResponse:
    """The desk's part about polls alone, for the desk's script."""
    return render(request, "meetings/includes/desk_polls.html", polls_context(room))


@require_POST
@officers_only
def write(request: HttpRequest, room: Room, actor: Actor) -> HttpResponse:
    """Write a poll; what is wrong with it comes back beside what was typed."""
    form = PollForm(request.POST, room=room)
    if form.is_valid():
        try:
            services.write_poll(
                room_pk=room.pk,
                actor=actor,
                key=form.cleaned_data["key"],
                words=form.words(),
                written_at=timezone.now(),
            )
            return done(request, _address(room))
        except services.RoomError as error:
            add_refusal(form, error)
    return first_error(form) if is_script(request) else show_desk(request, room, poll_form=form)


@require_POST
@officers_only
def change(request: HttpRequest, room: Room, actor: Actor, poll_pk: int) -> HttpResponse:
    """Open or close a poll, show its results or keep them, or take a draft away."""
    wanted = request.POST.get("change", "")
    if not room.polls.filter(pk=poll_pk).exists() or wanted not in {*PollChange.values, REMOVE}:
        raise Http404
    now = timezone.now()
    try:
        if wanted == REMOVE:
            services.remove_poll(poll_pk=poll_pk, actor=actor, removed_at=now)
        else:
            services.change_poll(poll_pk=poll_pk, actor=actor, change=PollChange(wanted), changed_at=now)
    except services.RoomError as error:
        return not_done(request, _address(room), error)
    return done(request, _address(room))


@require_POST
@officers_only
def judge_word(request: HttpRequest, room: Room, actor: Actor, option_pk: int) -> HttpResponse:
    """Let a word of a cloud through, or do not show it."""
    form = WordForm(request.POST)
    if not form.is_valid() or not PollOption.objects.filter(pk=option_pk, poll__room=room).exists():
        raise Http404
    standing = WordStanding(form.cleaned_data["standing"])
    try:
        services.judge_word(option_pk=option_pk, actor=actor, standing=standing, judged_at=timezone.now())
    except services.RoomError as error:
        return not_done(request, _address(room), error)
    return done(request, _address(room))


def _address(room: Room) -> str:
    return f"{reverse('meetings:desk', args=[room.pk])}#polls"
