"""Answering a poll by its form, without JavaScript."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from meetings import services
from meetings.enums import Role
from meetings.poll_cards import Refused
from meetings.poll_forms import choices_in, places_in, words_in
from meetings.posting import is_too_fast, too_fast
from meetings.views import actor_of, asked_to_wait, find_room, show_room


@never_cache
@require_POST
def cast_ballot(request: HttpRequest, pk: int, poll_pk: int) -> HttpResponse:
    """Take a ballot. One that is refused comes back with what was on it and why."""
    room, actor = find_room(request, pk), actor_of(request)
    if not room.polls.public().filter(pk=poll_pk).exists():
        raise Http404
    places, words = places_in(request.POST), words_in(request.POST)
    if is_too_fast(request, actor):
        return asked_to_wait(show_room(request, room, refused_ballot=Refused(poll_pk, places, words, too_fast())))
    try:
        if actor.role is Role.GUEST and not actor.guest:
            raise services.NotAllowed
        services.cast_ballot(
            poll_pk=poll_pk, actor=actor, choices=choices_in(places), words=words, cast_at=timezone.now()
        )
    except services.RoomError as error:
        return show_room(request, room, refused_ballot=Refused(poll_pk, places, words, str(error.message)))
    return redirect(f"{room.get_absolute_url()}?answered={poll_pk}#poll-{poll_pk}")
