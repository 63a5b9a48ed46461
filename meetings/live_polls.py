"""Open polls as one server process tells them: counted once, encoded once, and sent only to those who may see.

An open poll's tally is state, not an event: the latest value goes out with the tick that carries support. Whoever has
not voted, or must wait for the closing, is never sent it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from meetings import messages
from meetings.enums import Audience, PollState
from meetings.members import Member
from meetings.poll_queries import OpenPoll, open_polls

Sight = tuple[str, ...]
"""Encoded tallies, in the order of their polls: members with the same sight get the same frame."""


class LivePolls:
    """How a room's open polls stand, and who has voted in them."""

    def __init__(self, found: Mapping[int, OpenPoll | None]) -> None:
        self._polls: dict[int, OpenPoll] = {}
        self._tallies: dict[str, dict[int, str]] = {Audience.PUBLIC: {}, Audience.MODERATORS: {}}
        self.take(found)

    def read(self, room_pk: int, things: Mapping[int, Mapping[str, Any]]) -> dict[int, OpenPoll | None]:
        """What is new of the polls that ``things`` say are open; nothing is read while none is."""
        if not self._polls and not any(poll["state"] == PollState.OPEN for poll in things.values()):
            return {}
        return open_polls(room_pk, {pk: poll.revision for pk, poll in self._polls.items()})

    def take(self, found: Mapping[int, OpenPoll | None]) -> set[int]:
        """Take in what was read; the polls that stand otherwise than before."""
        for pk in set(self._polls) - set(found):
            del self._polls[pk]
            for tallies in self._tallies.values():
                tallies.pop(pk, None)
        news = {pk: poll for pk, poll in found.items() if poll is not None}
        for pk, poll in news.items():
            self._polls[pk] = poll
            public = messages.tally_view(pk, poll.standing)
            moderated = messages.moderated_tally_view(pk, poll.standing)
            self._tallies[Audience.PUBLIC][pk] = public.model_dump_json(exclude_none=True)
            self._tallies[Audience.MODERATORS][pk] = moderated.model_dump_json(exclude_none=True)
        return set(news)

    def sight_of(self, member: Member, pks: Iterable[int] | None = None) -> Sight:
        """The tallies that ``member`` may see, of ``pks`` or of all open polls."""
        wanted = self._polls if pks is None else pks
        if member.audience == Audience.MODERATORS:
            return tuple(self._tallies[Audience.MODERATORS][pk] for pk in wanted)
        tallies = self._tallies[Audience.PUBLIC]
        return tuple(tallies[pk] for pk in wanted if member.person in self._polls[pk].seen_by)

    def by_sight(self, members: list[Member], pks: Iterable[int]) -> dict[Sight, list[Member]]:
        """Members by what they may see of the polls ``pks``: a frame is encoded for each group, not for each member."""
        groups: dict[Sight, list[Member]] = defaultdict(list)
        wanted = sorted(pks)
        if not wanted:
            return {(): members}
        for member in members:
            groups[self.sight_of(member, wanted)].append(member)
        return groups
