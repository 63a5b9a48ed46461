"""Who is here: sockets by role in every process, officers at the desk by name, nobody else."""

from __future__ import annotations

from typing import Any

import pytest
from asgiref.sync import sync_to_async

from meetings.enums import Role
from meetings.hub import PRESENT, the_hub
from meetings.models import Room
from meetings.presence import Presence, presence_of, presence_told
from tests.meetings.test_consumers import guest_cookie, session_cookie, socket_in


def test_people_are_counted_by_role_and_only_officers_are_named() -> None:
    people = [(Role.GUEST, "Ada"), (Role.RESIDENT, "Bel"), (Role.COUNCILLOR, "Con"), (Role.OFFICER, "Dee")]
    here = presence_of([*people, (Role.OFFICER, "Dee"), (Role.OFFICER, "")])
    assert here == Presence(public=2, councillors=1, officers=3, colleagues=frozenset({"Dee"}))
    assert (here.sockets, presence_told(here.told())) == (6, here)
    assert presence_told({"sockets": 4}) == Presence(public=4)
    assert here + Presence(1, 1, 1, frozenset({"Eve"})) == Presence(3, 2, 4, frozenset({"Dee", "Eve"}))


@pytest.mark.django_db(transaction=True)
async def test_moderators_see_who_is_here_in_all_processes_and_readers_do_not(
    room: Room, officer: Any, resident: Any
) -> None:
    await sync_to_async(type(officer).objects.filter(pk=officer.pk).update)(first_name="Ceri", last_name="Pugh")
    cookies = await sync_to_async(session_cookie)(officer)
    resident_cookies = await sync_to_async(session_cookie)(resident)
    async with socket_in(room, cookies, "?as=moderator") as moderator:
        await moderator.hello()
        alone = {"type": "here", "public": 0, "councillors": 0, "officers": 1, "colleagues": ["Ceri Pugh"]}
        assert await moderator.frame("here") == alone
        async with socket_in(room, guest_cookie()) as guest, socket_in(room, resident_cookies) as reader:
            for socket in (guest, reader):
                await socket.hello()
            here = await moderator.frame("here")
            while here["public"] < 2:
                here = await moderator.frame("here")
            assert here == alone | {"public": 2}
            # What another process tells is added up at the next announcement.
            hub = the_hub()
            hub._hear({"type": PRESENT, "room": room.pk, "process": "other", **Presence(40, 1, 1).told()})
            elsewhere = hub._elsewhere[room.pk]["other"][0]
            hub._feeds[room.pk].elsewhere = elsewhere
            here = await moderator.frame("here")
            assert (here["public"], here["councillors"], here["officers"]) == (42, 1, 2)
            assert "here" not in {frame["type"] for frame in [*guest.received, *reader.received]}
