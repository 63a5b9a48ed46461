"""How often one person and one address may send a room's forms; sockets have limits of their own.

Councillors and officers at work are counted by account alone: a whole chamber has one network address.
"""

from __future__ import annotations

from ipaddress import ip_network

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _

from meetings.enums import Role
from meetings.services import Actor
from wardmote.core.limits import Limit, address_of, is_within

SECONDS = 60


def is_too_fast(request: HttpRequest, actor: Actor) -> bool:
    """Count one more form from a person and an address: whether it is one too many. Officers are never too fast."""
    if actor.role is Role.OFFICER:
        return False
    person = Limit("room-posts", settings.ROOM_POSTS_PER_PERSON, SECONDS)
    if (actor.user or actor.guest) and not is_within(person, actor.key):
        return True
    everybody_there = Limit("room-posts-address", settings.ROOM_POSTS_PER_ADDRESS, SECONDS)
    household = _household(request)
    return bool(household) and not is_within(everybody_there, household)


def is_too_fast_at_work(actor: Actor) -> bool:
    """Count one more form of a councillor's or an officer's work: whether it is one too many.

    It is counted apart from what the same person sends as everybody may, so that support uses up no vote.
    """
    is_officer = actor.role is Role.OFFICER
    count = settings.DESK_POSTS_PER_PERSON if is_officer else settings.COUNCILLOR_POSTS_PER_PERSON
    return not is_within(Limit("work-posts", count, SECONDS), actor.key)


def too_fast() -> str:
    """What somebody who sends too much is told."""
    return _("That was a lot at once. Wait a minute, then send it again.")


def _household(request: HttpRequest) -> str:
    """Where a form came from; ``""`` for this machine's own address, which a proxy's is that tells nothing."""
    address = address_of(request)
    try:
        return "" if ip_network(address).is_loopback else address
    except ValueError:
        return ""
