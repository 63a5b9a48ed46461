"""Reads behind the dashboards. A ward's figures are one stored row; only the quotes shown are read from texts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Coalesce

from dashboards.enums import Viewer
from meetings.enums import QuestionState
from meetings.models import PublicQuestion
from sentiment.checks import last_word, newest_checks
from sentiment.enums import FeedbackKind, ToneLabel
from sentiment.figures import COUNCIL_KINDS, PERIODS_DAYS, first_day, midnight
from sentiment.models import SURE_OF_WARD, Feedback, Source, WardSummary
from sentiment.nlp.agreement import Agreement, CannotTell, Label, agreement
from sentiment.nlp.small_numbers import publishable_total, suppress
from sentiment.nlp.uncertainty import Interval, share_interval
from wardmote.core.roles import is_officer
from wards.models import Term, Ward
from wards.queries import current_wards

USUAL_PERIOD_DAYS = 28
FEWEST_READ = 10
"""Texts with a tone below which no share is put into words: its 95 % interval would be 50 points wide or more."""
FEWEST_READ_IN_A_WEEK = 5
"""Texts below which a week has no share: one voice would swing it from nothing to all."""
FEWEST_CHECKS = 20
"""Texts checked at random below which nothing is said of how often the machine errs: a day's sample."""
FEWEST_JUDGED_TWICE = 81
"""Texts judged twice below which nothing is said of how far the judgements agree: so many tell an alpha of 0.667 from a
lower one at the 5 % level with four labels (Krippendorff 2019, "Content Analysis", by Bloch and Kraemer 1989, equation
3.7: 2 · 1.645² · ((1 + α)(3 − α) / (4 · ¼ · ¾ · (1 − α)) − α))."""
READ_LABELS = (ToneLabel.NEGATIVE, ToneLabel.NEUTRAL, ToneLabel.POSITIVE, ToneLabel.UNSURE)


def viewer_of(user: AbstractBaseUser | AnonymousUser, ward: Ward | None, on: date) -> Viewer:
    """Who ``user`` is to ``ward`` on a day."""
    if not user.is_authenticated or not user.is_active:
        return Viewer.ANYBODY
    if is_officer(user):
        return Viewer.OFFICER
    held = set(Term.objects.held_on(on).filter(councillor__user=user.pk).values_list("seat__ward_id", flat=True))
    if ward is not None and ward.pk in held:
        return Viewer.OWN_COUNCILLOR
    return Viewer.OTHER_COUNCILLOR if held else Viewer.USER


@dataclass(frozen=True, slots=True)
class KindCount:
    """Texts of one kind in a period, by tone, and how many there were in the period before."""

    kind: FeedbackKind
    labels: Mapping[str, int]
    before: int

    @property
    def total(self) -> int:
        return sum(self.labels.values())

    @property
    def tones(self) -> list[tuple[ToneLabel, int]]:
        return [(label, self.labels.get(label, 0)) for label in ToneLabel]

    @property
    def waiting(self) -> int:
        return self.labels.get("", 0)


@dataclass(frozen=True, slots=True)
class Share:
    """How many of the texts that were read have a tone, with the range the true share lies in (0 to 1)."""

    n: int
    of: int
    interval: Interval

    @property
    def share(self) -> float:
        return self.n / self.of if self.of else 0.0


@dataclass(frozen=True, slots=True)
class Week:
    """A week of what was said to the council: Monday, texts read, and the two shares (None when too few).

    ``is_change``: from this week on the tone differs from the weeks before.
    """

    monday: date
    read: int
    negative: Share | None
    positive: Share | None
    is_change: bool


@dataclass(frozen=True, slots=True)
class Quote:
    """A sentence in its own words, and the text it stands in."""

    feedback: Feedback
    text: str


@dataclass(frozen=True, slots=True)
class Phrase:
    """Something people talk about: the texts that hold it by kind, and quotes."""

    phrase: str
    kinds: tuple[tuple[FeedbackKind, int], ...]
    quotes: tuple[Quote, ...]


@dataclass(frozen=True, slots=True)
class Matter:
    kind: FeedbackKind
    about: str
    n: int


@dataclass(frozen=True, slots=True)
class Net:
    """Positive less negative texts as a share of all that was said to the council and read (-1 to +1).

    ``checks`` of officers corrected it (0: none did). ``own`` is what it was before it was drawn towards the
    council's mean.
    """

    net: float
    interval: Interval
    own: float
    checks: int


@dataclass(frozen=True, slots=True)
class ToneChange:
    """The Monday from which tone differs, and net tones (-1 to +1) of the weeks before and since."""

    monday: date
    before: float
    after: float

    @property
    def is_for_the_better(self) -> bool:
        return self.after > self.before


@dataclass(frozen=True, slots=True)
class WardFigures:
    """What the dashboard of a ward shows for a period of ``length_days`` days that ended on ``last_day``."""

    ward: Ward
    length_days: int
    first_day: date
    last_day: date
    computed_at: datetime
    is_stale: bool
    kinds: tuple[KindCount, ...]
    negative: Share
    positive: Share
    net: Net | None
    weeks: tuple[Week, ...]
    change: ToneChange | None
    matters: tuple[Matter, ...]
    phrases: tuple[Phrase, ...]
    voices: tuple[Quote, ...]
    excluded_share: float
    considered: int

    @property
    def total(self) -> int:
        return sum(kind.total for kind in self.kinds)

    @property
    def before(self) -> int:
        return sum(kind.before for kind in self.kinds)

    @property
    def unread(self) -> int:
        return sum(kind.labels.get(ToneLabel.UNREAD, 0) for kind in self.kinds)

    @property
    def waiting(self) -> int:
        return sum(kind.waiting for kind in self.kinds)

    @property
    def unsure(self) -> int:
        """Of what was said to the council, texts for which the machine named no tone, or a person could not."""
        return sum(kind.labels.get(ToneLabel.UNSURE, 0) for kind in self.kinds if kind.kind in COUNCIL_KINDS)

    @property
    def can_say_tone(self) -> bool:
        return self.negative.of >= FEWEST_READ

    @property
    def excluded_percent(self) -> int:
        return round(100 * self.excluded_share)


def ward_figures(ward: Ward, length_days: int) -> WardFigures | None:
    """The stored figures of a ward, or None before its first counting. Two queries."""
    summary = _summary(ward)
    if summary is None or summary.computed_at is None:
        return None
    period = summary.figures["periods"][str(length_days)]
    last_day = date.fromisoformat(summary.figures["today"])
    places = [place for phrase in period["phrases"] for place in phrase["quotes"]] + period["voices"]
    quotes = _quotes(ward, places)
    kinds = _kinds(period)
    change = _tone_change(summary.figures.get("change"))
    return WardFigures(
        ward=ward,
        length_days=length_days,
        first_day=first_day(last_day, length_days),
        last_day=last_day,
        computed_at=summary.computed_at,
        is_stale=summary.revision > summary.computed_revision,
        kinds=kinds,
        negative=_share_of(kinds, ToneLabel.NEGATIVE),
        positive=_share_of(kinds, ToneLabel.POSITIVE),
        net=_net(summary.figures.get("net", {}).get(str(length_days))),
        weeks=tuple(_week(row, change) for row in summary.figures["weeks"]),
        change=change,
        matters=tuple(Matter(FeedbackKind(row["kind"]), row["about"], row["n"]) for row in period["matters"]),
        phrases=tuple(_phrase(phrase, quotes) for phrase in period["phrases"]),
        voices=_found(period["voices"], quotes),
        excluded_share=period["excluded_share"],
        considered=period["considered"],
    )


def _summary(ward: Ward) -> WardSummary | None:
    return WardSummary.objects.filter(ward=ward, computed_at__isnull=False).defer("phrase_texts").first()


def _kinds(period: Mapping[str, Any]) -> tuple[KindCount, ...]:
    return tuple(KindCount(kind, period["labels"][kind], period["before"][kind]) for kind in FeedbackKind)


def _share_of(kinds: Iterable[KindCount], label: ToneLabel) -> Share:
    """The share of ``label`` among what was said to the council and could be read."""
    spoken = [kind.labels for kind in kinds if kind.kind in COUNCIL_KINDS]
    n = sum(labels.get(label, 0) for labels in spoken)
    read = sum(labels.get(each, 0) for labels in spoken for each in READ_LABELS)
    return Share(n, read, share_interval(n, read))


def _net(kept: Mapping[str, Any] | None) -> Net | None:
    if kept is None:
        return None
    net, low, high = kept["shown"]
    return Net(net, Interval(low, high), kept["own"][0], kept["checks"])


def _tone_change(kept: Mapping[str, Any] | None) -> ToneChange | None:
    return None if kept is None else ToneChange(date.fromisoformat(kept["from"]), kept["before"], kept["after"])


def _week(row: Mapping[str, Any], change: ToneChange | None) -> Week:
    monday = date.fromisoformat(row["from"])
    labels = [row[kind] for kind in COUNCIL_KINDS]
    read = sum(counts.get(label, 0) for counts in labels for label in READ_LABELS)

    def share(label: ToneLabel) -> Share | None:
        n = sum(counts.get(label, 0) for counts in labels)
        return Share(n, read, share_interval(n, read)) if read >= FEWEST_READ_IN_A_WEEK else None

    is_change = change is not None and change.monday == monday
    return Week(monday, read, share(ToneLabel.NEGATIVE), share(ToneLabel.POSITIVE), is_change)


def _phrase(row: Mapping[str, Any], quotes: Mapping[tuple[int, int, int], Quote]) -> Phrase:
    kinds = tuple((kind, row["kinds"][kind]) for kind in FeedbackKind if row["kinds"].get(kind))
    return Phrase(row["phrase"], kinds, _found(row["quotes"], quotes))


def _found(places: Iterable[list[Any]], quotes: Mapping[tuple[int, int, int], Quote]) -> tuple[Quote, ...]:
    wanted = (quotes.get((pk, start, end)) for pk, start, end, _hash in places)
    return tuple(quote for quote in wanted if quote is not None)


def _quotes(ward: Ward, places: list[list[Any]]) -> dict[tuple[int, int, int], Quote]:
    """The words at each place, left out where the text is gone, has changed, or is no longer the ward's."""
    rows = Feedback.objects.counted_for(ward).in_bulk([pk for pk, *_place in places])
    return {
        (pk, start, end): Quote(rows[pk], rows[pk].text[start:end])
        for pk, start, end, text_hash in places
        if pk in rows and rows[pk].text_hash == text_hash
    }


def phrase_texts(ward: Ward, length_days: int, phrase: str) -> list[int]:
    """Keys of the texts that held ``phrase`` when the ward was last counted."""
    summary = WardSummary.objects.filter(ward=ward, computed_at__isnull=False).only("phrase_texts").first()
    texts: list[int] = summary.phrase_texts[str(length_days)].get(phrase, []) if summary else []
    return texts


def texts_said(
    ward: Ward,
    *,
    length_days: int,
    today: date,
    kind: str = "",
    label: str = "",
    about: str = "",
    phrase: str = "",
) -> QuerySet[Feedback]:
    """What was said in a ward in a period, newest first, narrowed to what is given."""
    found = Feedback.objects.counted_for(ward).said_between(
        midnight(first_day(today, length_days)), midnight(today + timedelta(days=1))
    )
    if kind:
        found = found.filter(kind=kind)
    if label:
        found = found.filter(label="" if label == "waiting" else label)
    if about:
        found = found.filter(about=about)
    if phrase:
        found = found.filter(pk__in=phrase_texts(ward, length_days, phrase))
    return found.order_by("-said_at", "-pk")


def sources_heard(ward: Ward) -> list[Source]:
    """Sources that are listened to for a ward: its own and those of the whole council."""
    return list(Source.objects.filter(Q(ward=ward) | Q(ward__isnull=True), is_on=True).order_by("name", "pk"))


@dataclass(frozen=True, slots=True)
class OverviewRow:
    """One ward among all: texts by kind, the share of negative tone, and what waits."""

    ward: Ward
    kinds: tuple[KindCount, ...]
    negative: Share
    questions_waiting: int

    @property
    def total(self) -> int:
        return sum(kind.total for kind in self.kinds)

    @property
    def can_say_tone(self) -> bool:
        return self.negative.of >= FEWEST_READ


def overview(on: date, length_days: int) -> list[OverviewRow]:
    """Every ward in force, by name. Two queries."""
    waiting = Q(state=QuestionState.PUBLISHED) | Q(merged_into__state=QuestionState.PUBLISHED)
    questions = dict(
        PublicQuestion.objects.filter(waiting, room__meeting__live=True)
        .order_by()
        .values_list("ward")
        .annotate(n=Count(Coalesce("merged_into", "pk"), distinct=True))  # joined ones count once in each ward
    )
    wards = current_wards(on).select_related("feedback_summary")
    wards = wards.defer("boundary", "feedback_summary__phrase_texts")
    return [_overview_row(ward, length_days, questions.get(ward.pk, 0)) for ward in wards]


def _overview_row(ward: Ward, length_days: int, questions_waiting: int) -> OverviewRow:
    summary = getattr(ward, "feedback_summary", None)
    empty: dict[str, Any] = {"labels": {kind: {} for kind in FeedbackKind}, "before": dict.fromkeys(FeedbackKind, 0)}
    period = summary.figures["periods"][str(length_days)] if summary and summary.computed_at else empty
    kinds = _kinds(period)
    return OverviewRow(ward, kinds, _share_of(kinds, ToneLabel.NEGATIVE), questions_waiting)


@dataclass(frozen=True, slots=True)
class Checked:
    """What officers' checks of random texts tell of the machine and of officers.

    ``same`` is how many texts both read alike, None for too few. ``officers`` is how far officers agree with each other
    on the texts that two or more of them checked, ``machine`` how far the machine agrees with them.
    """

    same: Share | None
    officers: Alpha
    machine: Alpha


@dataclass(frozen=True, slots=True)
class Alpha:
    """Krippendorff's alpha over ``texts`` that were judged twice; ``found`` is None below ``FEWEST_JUDGED_TWICE``, and
    where all judgements are one and the same.
    """

    texts: int
    found: Agreement | None

    @property
    def needed(self) -> int:
        """Texts still to be judged twice before alpha is told."""
        return max(0, FEWEST_JUDGED_TWICE - self.texts)


def checked() -> Checked:
    """How officers' checks of random texts compare with each other and with the machine. One query."""
    checks = newest_checks()
    last = last_word(checks)
    n = sum(check.machine == check.person for check in last)
    machine = [Label("machine", check.feedback, check.machine) for check in last]
    people = [Label("officers", check.feedback, check.person) for check in last]
    return Checked(
        same=Share(n, len(last), share_interval(n, len(last))) if len(last) >= FEWEST_CHECKS else None,
        officers=_alpha([Label(check.officer, check.feedback, check.person) for check in checks]),
        machine=_alpha(machine + people),
    )


def _alpha(labels: list[Label]) -> Alpha:
    judged = Counter(label.unit for label in labels)
    texts = sum(n > 1 for n in judged.values())
    if texts < FEWEST_JUDGED_TWICE:
        return Alpha(texts, None)
    try:
        return Alpha(texts, agreement(labels))
    except CannotTell:
        return Alpha(texts, None)


def unplaced(on: date, length_days: int) -> int:
    """Texts of a period that no ward could be told for: they count for the council as a whole."""
    unsure = Q(ward__isnull=True) | Q(ward_confidence__lt=SURE_OF_WARD)
    said = Feedback.objects.said_between(midnight(first_day(on, length_days)), midnight(on + timedelta(days=1)))
    return said.filter(unsure).count()


@dataclass(frozen=True, slots=True)
class PublicResults:
    """What anybody may see of a ward: counts of whole weeks, None where the number is too small to be shown."""

    first_day: date
    last_day: date
    kinds: tuple[tuple[FeedbackKind, int | None], ...]
    total: int | None
    tones: tuple[tuple[ToneLabel, int | None], ...] | None


def public_results(ward: Ward) -> PublicResults | None:
    """A ward's public counts, or None before its first counting. One query.

    Whole weeks only, so that nobody learns what one hour added by looking twice. Tones are shown for answers alone,
    and only beside a shown number of answers, so that the two tables cannot be subtracted from each other.
    """
    summary = _summary(ward)
    return public_results_of(summary.figures["weeks"]) if summary else None


def public_results_of(rows: list[dict[str, Any]]) -> PublicResults:
    """The public counts of a ward's weeks; the last one is still running and is left out."""
    weeks = rows[:-1]
    labels = {kind: dict.fromkeys((*ToneLabel.values, ""), 0) for kind in FeedbackKind}
    for week in weeks:
        for kind in FeedbackKind:
            for label, n in week[kind].items():
                labels[kind][label] += n
    counts = {kind.value: sum(labels[kind].values()) for kind in FeedbackKind}
    shown = suppress(counts)
    first = date.fromisoformat(weeks[0]["from"])
    return PublicResults(
        first_day=first,
        last_day=date.fromisoformat(weeks[-1]["from"]) + timedelta(days=6),
        kinds=tuple((kind, shown[kind]) for kind in FeedbackKind),
        total=publishable_total(counts),
        tones=_public_tones(labels[FeedbackKind.ANSWER]) if shown[FeedbackKind.ANSWER] else None,
    )


def _public_tones(labels: Mapping[str, int]) -> tuple[tuple[ToneLabel, int | None], ...] | None:
    """Tones of the answers. None where the answers' shown number would tell how small a hidden tone is."""
    counts = {label.value: labels.get(label, 0) for label in ToneLabel}
    counts[ToneLabel.UNREAD] += labels.get("", 0)
    if publishable_total(counts) is None:
        return None
    shown = suppress(counts)
    return tuple((label, shown[label]) for label in ToneLabel)


def period_of(value: str | None) -> int:
    """The period a page is asked for, in days; the usual one for anything that is not a period."""
    return int(value) if value in {str(days) for days in PERIODS_DAYS} else USUAL_PERIOD_DAYS
