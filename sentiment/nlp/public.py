"""An analysis made fit to be published: small numbers hidden, and what would give them away, and nobody's own words.

Ward totals are suppressed as one table with the total of all wards. Within a ward whose total is shown, the labels
are suppressed as another. The labels of all wards together are shown only if nothing at all was hidden, because
otherwise the wards' labels could be worked out of them. Quotes are left out: nobody has checked them for names. A
phrase is shown when as many people as the threshold used it.
"""

from dataclasses import dataclass

from sentiment.nlp.phrases import Phrase
from sentiment.nlp.readings import LABELS, Label
from sentiment.nlp.small_numbers import THRESHOLD, publishable_total, suppress
from sentiment.nlp.summary import Summary
from sentiment.nlp.tally import Analysis, Figures, Sampled
from sentiment.nlp.uncertainty import Interval


@dataclass(frozen=True, slots=True)
class Shown:
    """One ward's line, or that of all wards. ``total`` and ``counts`` hold None where the number is hidden."""

    name: str
    total: int | None
    counts: dict[Label, int | None]
    mean: float | None
    interval: Interval | None
    phrases: tuple[Phrase, ...]
    apart: tuple[Phrase, ...]
    summary: Summary | None
    sample: tuple[Sampled, ...]

    @property
    def is_hidden(self) -> bool:
        return self.total is None


@dataclass(frozen=True, slots=True)
class Report:
    """What a table, a file or a page may show. ``blank`` is None in public."""

    wards: tuple[Shown, ...]
    overall: Shown
    blank: int | None
    is_public: bool


def for_council(analysis: Analysis) -> Report:
    """Everything, for the council's own use."""
    return Report(
        wards=tuple(_whole(ward) for ward in analysis.wards),
        overall=_whole(analysis.overall),
        blank=analysis.blank,
        is_public=False,
    )


def for_public(analysis: Analysis, threshold: int = THRESHOLD) -> Report:
    """What may be published, by the rules above."""
    totals = {ward.name: ward.total for ward in analysis.wards}
    shown_totals = suppress(totals, threshold)
    wards = tuple(_published(ward, shown_totals[ward.name], threshold) for ward in analysis.wards)
    everything_shown = all(count is not None for ward in wards for count in (ward.total, *ward.counts.values()))
    overall = _published(analysis.overall, publishable_total(totals, threshold), threshold)
    if not everything_shown:
        overall = _without_counts(overall)
    return Report(wards=wards, overall=overall, blank=None, is_public=True)


def _whole(figures: Figures) -> Shown:
    counts: dict[Label, int | None] = dict(figures.counts)
    return Shown(
        name=figures.name,
        total=figures.total,
        counts=counts,
        mean=figures.mean,
        interval=figures.interval,
        phrases=figures.phrases,
        apart=figures.apart,
        summary=figures.summary,
        sample=figures.sample,
    )


def _published(figures: Figures, total: int | None, threshold: int) -> Shown:
    if total is None:
        return Shown(figures.name, None, dict.fromkeys(LABELS), None, None, (), (), None, ())
    named = {str(label): count for label, count in figures.counts.items()}
    shown = suppress(named, threshold)
    counts: dict[Label, int | None] = {label: shown[label] for label in LABELS}
    if publishable_total(named, threshold) is None:
        counts = dict.fromkeys(LABELS)  # too few to split; with the zeros hidden as well, the total tells nothing
    return Shown(
        name=figures.name,
        total=total,
        counts=counts,
        mean=figures.mean,
        interval=figures.interval,
        phrases=tuple(phrase for phrase in figures.phrases if phrase.count >= threshold),
        apart=tuple(phrase for phrase in figures.apart if phrase.count >= threshold),
        summary=None,
        sample=(),
    )


def _without_counts(shown: Shown) -> Shown:
    return Shown(
        shown.name, shown.total, dict.fromkeys(LABELS), shown.mean, shown.interval, shown.phrases, (), None, ()
    )
