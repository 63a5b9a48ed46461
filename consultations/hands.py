"""Who wrote what in a draft, so that nobody overwrites what they have not seen. Knows no Django."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import asdict, dataclass, replace
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Hand:
    """One open form that wrote in a draft. ``names`` are the fields that still stand as it left them.

    ``sequence`` is the number of its latest save, and ``revision`` what that made of the draft. Since revision
    ``since`` nobody but it changed those fields, so that a save whose acknowledgement was lost is no quarrel with
    oneself.
    """

    writer: str
    names: frozenset[str]
    since: int
    revision: int
    sequence: int

    @classmethod
    def read(cls, stored: dict[str, Any]) -> Self:
        return cls(**{**stored, "names": frozenset(stored["names"])})

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "names": sorted(self.names)}

    def is_known_to(self, writer: str, revision: int) -> bool:
        """Whether ``writer``, who last saw ``revision``, knows what this hand left."""
        return revision >= self.revision or (writer == self.writer and revision >= self.since)


def hands_after(
    hands: Iterable[Hand], *, writer: str, names: AbstractSet[str], revision: int, sequence: int
) -> list[Hand]:
    """The hands once ``writer``, who is then the last, has changed ``names``: those whose every word is gone go."""
    before = list(hands)
    own = next((each for each in before if each.writer == writer), Hand(writer, frozenset(), 0, revision, sequence))
    others = [each for each in before if each.writer != writer]
    overwritten = (each.revision for each in others if not names.isdisjoint(each.names))
    left = [replace(each, names=each.names - names) for each in others]
    return [
        *(each for each in left if each.names),
        Hand(
            writer=writer,
            names=own.names | names,
            since=max([own.since, *overwritten]),
            revision=revision if names else own.revision,
            sequence=sequence,
        ),
    ]
