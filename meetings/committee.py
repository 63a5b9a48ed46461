"""Reads: who sits on a body on a day, with the ward and the party they then sit for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from meetings.enums import MemberRole
from meetings.models import Body, CommitteeMember
from wards.models import Term, Ward

_ORDER = {role: place for place, role in enumerate(MemberRole)}


@dataclass(frozen=True, slots=True)
class Seated:
    """A member on a day. Without a ward and a party for whoever holds no seat then."""

    name: str
    role: MemberRole
    ward: Ward | None = None
    party: str = ""
    speaks_for: str = ""


def committee_on(body: Body, day: date) -> list[Seated]:
    """The members of ``body`` on ``day``: chair, vice-chair, members by name, co-opted members. Two queries."""
    members = list(CommitteeMember.objects.filter(body=body.pk).serving_on(day).select_related("councillor"))
    terms = Term.objects.held_on(day).select_related("councillor", "seat__ward").defer("seat__ward__boundary")
    if not body.has_every_councillor:
        terms = terms.filter(councillor__in=[member.councillor_id for member in members if member.councillor_id])
    term_of = {term.councillor_id: term for term in terms}
    seated = [_seated(member, term_of.get(member.councillor_id)) for member in members]
    if body.has_every_councillor:
        named = {member.councillor_id for member in members}
        seated += [
            Seated(term.councillor.name, MemberRole.MEMBER, term.seat.ward, term.party)
            for term in term_of.values()
            if term.councillor_id not in named
        ]
    return sorted(seated, key=lambda one: (_ORDER[one.role], one.name.casefold()))


def _seated(member: CommitteeMember, term: Term | None) -> Seated:
    return Seated(
        name=str(member),
        role=MemberRole(member.role),
        ward=term.seat.ward if term else None,
        party=term.party if term else "",
        speaks_for=member.speaks_for,
    )
