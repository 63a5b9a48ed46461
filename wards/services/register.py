"""The register of seats, people and terms, as an import of councillors reads and writes it, one row at a time."""

from __future__ import annotations

import enum
from datetime import date

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from wards.models import Council, Councillor, Seat, Term, Ward, WardSet
from wards.naming import matching, plain
from wards.readers.councillor_table import TermRecord
from wards.readers.tables import RowRefused


class Outcome(enum.Enum):
    """What became of a row."""

    ADDED = "added"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


class Register:
    """One council's seats. ``names`` are the people of the file, made plain: a seat of nobody among them is free."""

    def __init__(self, council: Council, seats_per_ward: int | None, names: set[str]) -> None:
        self._council = council
        self._seats_per_ward = seats_per_ward
        self._names = names
        self._ward_sets: list[WardSet] = list(council.ward_sets.order_by("-from_date").prefetch_related("wards"))

    def current_wards(self) -> QuerySet[Ward]:
        """The wards of the latest ward set."""
        return self._ward_sets[0].wards.order_by("name")

    def ward_called(self, title: str, from_date: date | None, until_date: date | None) -> Ward:
        """The one ward that ``title`` (a name or an ONS code) means in the latest ward set of the period."""
        for ward_set in self._ward_sets:
            begins_in_time = until_date is None or ward_set.from_date < until_date
            ends_in_time = ward_set.until_date is None or from_date is None or from_date < ward_set.until_date
            if begins_in_time and ends_in_time:
                return self._ward_in(ward_set, title)
        raise RowRefused(_("No ward set was in force in this term. Expected the wards of that time to be imported."))

    def _ward_in(self, ward_set: WardSet, title: str) -> Ward:
        wards = list(ward_set.wards.all())
        names = set(matching(title, [ward.name for ward in wards]))
        found = [ward for ward in wards if ward.name in names or ward.code == title.strip().upper()]
        if len(found) == 1:
            return found[0]
        known = ", ".join(sorted(ward.name for ward in wards))
        told = {"title": title, "set": ward_set.name, "known": known[:1000]}
        if found:
            raise RowRefused(_("“%(title)s” could be several wards of “%(set)s”. Expected one of: %(known)s.") % told)
        raise RowRefused(_("“%(title)s” is no ward of “%(set)s”. Expected one of: %(known)s.") % told)

    def person(self, record: TermRecord, ward: Ward) -> tuple[Councillor, bool]:
        """The councillor a row is about, made when new, and whether their name or address changed.

        Somebody is known by their address; without one, or when it is new, by their name in this ward, then by their
        name in the council while the file's address does not tell them apart.
        """
        known = Councillor.objects.filter(email__iexact=record.email).first() if record.email else None
        known = known or self._namesake(record, ward)
        if known is None:
            return Councillor.objects.create(name=record.name, email=record.email), False
        told = {"name": record.name, "email": record.email}
        changes = {key: value for key, value in told.items() if value and value != getattr(known, key)}
        if set(changes) == {"email"} and changes["email"].lower() == known.email.lower():
            return known, False
        for key, value in changes.items():
            setattr(known, key, value)
        if changes:
            known.save(update_fields=list(changes))
        return known, bool(changes)

    def _namesake(self, record: TermRecord, ward: Ward) -> Councillor | None:
        namesakes = list(
            Councillor.objects.filter(
                name__iexact=record.name, terms__seat__ward__ward_set__council=self._council
            ).distinct()[:5]
        )
        here = [one for one in namesakes if one.terms.filter(seat__ward__name=ward.name).exists()]
        if len(here) == 1:
            return here[0]
        if record.email:
            namesakes = [one for one in namesakes if not one.email]
        if len(namesakes) > 1:
            raise RowRefused(
                _("There are several councillors called %(name)s. Expected an e-mail address to tell them apart.")
                % {"name": record.name}
            )
        return namesakes[0] if namesakes else None

    def seat_for(self, record: TermRecord, ward: Ward, councillor: Councillor) -> Seat:
        """The seat of a row: the numbered one, else the person's own, a free one, or one whose holder has gone."""
        if record.seat is not None:
            self._refuse_beyond(record.seat, ward)
            return Seat.objects.get_or_create(ward=ward, number=record.seat)[0]
        seats = list(ward.seats.order_by("number").prefetch_related("terms__councillor"))
        for chooses in (self._is_this_term, self._is_theirs, self._is_free, self._is_left):
            for seat in seats:
                if chooses(seat, record, councillor):
                    return seat
        number = seats[-1].number + 1 if seats else 1
        self._refuse_beyond(number, ward)
        return Seat.objects.create(ward=ward, number=number)

    def _refuse_beyond(self, number: int, ward: Ward) -> None:
        if self._seats_per_ward and number > self._seats_per_ward:
            raise RowRefused(
                _("%(ward)s has %(count)s seats and this would be one more. Expected a term_end for whoever left.")
                % {"ward": ward.name, "count": self._seats_per_ward}
            )

    def _is_this_term(self, seat: Seat, record: TermRecord, councillor: Councillor) -> bool:
        return any(
            term.councillor_id == councillor.pk and term.from_date == record.from_date for term in seat.terms.all()
        )

    def _is_theirs(self, seat: Seat, record: TermRecord, councillor: Councillor) -> bool:
        return any(term.councillor_id == councillor.pk and term.until_date is None for term in seat.terms.all())

    def _is_free(self, seat: Seat, record: TermRecord, councillor: Councillor) -> bool:
        assert record.from_date is not None  # noqa: S101  a term without a start never comes this far
        return not any(
            (term.until_date is None or term.until_date > record.from_date)
            and (record.until_date is None or term.from_date < record.until_date)
            for term in seat.terms.all()
        )

    def _is_left(self, seat: Seat, record: TermRecord, councillor: Councillor) -> bool:
        """Held until now by somebody who began earlier and is not in the file."""
        assert record.from_date is not None  # noqa: S101
        return any(
            term.until_date is None
            and term.from_date < record.from_date
            and plain(term.councillor.name) not in self._names
            for term in seat.terms.all()
        )

    def hold(self, seat: Seat, councillor: Councillor, record: TermRecord) -> tuple[Term, Outcome]:
        """Record the term of a row in its seat."""
        terms = list(seat.terms.order_by("from_date").select_related("councillor"))
        same = next((term for term in terms if term.from_date == record.from_date), None)
        if same is None:
            return self._begin(seat, councillor, record, terms), Outcome.ADDED
        if same.councillor_id != councillor.pk:
            raise RowRefused(
                _("Seat %(seat)s is held by %(name)s from %(day)s. Expected another seat or another term_start.")
                % {"seat": seat, "name": same.councillor.name, "day": same.from_date.isoformat()}
            )
        until_date = record.until_date or same.until_date
        party = record.party or same.party
        if (until_date, party) == (same.until_date, same.party):
            return same, Outcome.UNCHANGED
        self._refuse_overlap(terms, same.from_date, until_date)
        same.until_date, same.party = until_date, party
        same.save(update_fields=["until_date", "party"])
        return same, Outcome.CHANGED

    def _begin(self, seat: Seat, councillor: Councillor, record: TermRecord, terms: list[Term]) -> Term:
        """A new term; those that ran until now in this seat, or for this person elsewhere, end with it."""
        assert record.from_date is not None  # noqa: S101
        later = [term for term in terms if term.from_date > record.from_date]
        until_date = record.until_date or (later[0].from_date if later else None)
        running = Term.objects.filter(Q(seat=seat) | Q(councillor=councillor), from_date__lt=record.from_date)
        running.filter(until_date=None, seat__ward__ward_set__council=self._council).update(
            until_date=record.from_date
        )
        self._refuse_overlap(list(Term.objects.filter(seat=seat)), record.from_date, until_date)
        elsewhere = Term.objects.filter(councillor=councillor, from_date=record.from_date).select_related(
            "seat__ward"
        )
        for term in elsewhere.filter(seat__ward__ward_set__council=self._council):
            raise RowRefused(
                _("%(name)s already holds seat %(seat)s from that day. Expected a councillor once.")
                % {"name": councillor.name, "seat": term.seat}
            )
        return Term.objects.create(
            seat=seat,
            councillor=councillor,
            party=record.party,
            from_date=record.from_date,
            until_date=until_date,
        )

    def _refuse_overlap(self, terms: list[Term], from_date: date, until_date: date | None) -> None:
        for term in terms:
            ends_before = until_date is not None and until_date <= term.from_date
            begins_after = term.until_date is not None and term.until_date <= from_date
            if term.from_date != from_date and not ends_before and not begins_after:
                raise RowRefused(
                    _("The term runs into another of this seat, from %(day)s. Expected one after another.")
                    % {"day": term.from_date.isoformat()}
                )

    def vacate(self, ward: Ward, number: int, from_date: date | None) -> Outcome:
        """A row that says a numbered seat is vacant, from a day when somebody still holds it."""
        self._refuse_beyond(number, ward)
        seat, is_new = Seat.objects.get_or_create(ward=ward, number=number)
        holder = seat.terms.filter(until_date=None).select_related("councillor").first()
        if holder is None:
            return Outcome.ADDED if is_new else Outcome.UNCHANGED
        if from_date is None:
            raise RowRefused(
                _("Seat %(seat)s is held by %(name)s. Expected in term_start the day from which it is vacant.")
                % {"seat": seat, "name": holder.councillor.name}
            )
        if holder.from_date >= from_date:
            return Outcome.UNCHANGED  # it has been filled since
        holder.until_date = from_date
        holder.save(update_fields=["until_date"])
        return Outcome.CHANGED

    def have_vacant(self, ward: Ward, count: int) -> Outcome:
        """See to it that a ward has at least ``count`` seats nobody holds."""
        if ward.seats.exclude(terms__until_date=None, terms__isnull=False).count() >= count:
            return Outcome.UNCHANGED
        last = ward.seats.order_by("-number").first()
        number = last.number + 1 if last else 1
        self._refuse_beyond(number, ward)
        Seat.objects.create(ward=ward, number=number)
        return Outcome.ADDED
