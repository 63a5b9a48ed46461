"""A ward's figures: what was said there, counted by day, tone, matter and phrase, with the quotes that stand for it.

They are made by a task and kept in ``WardSummary.figures``, so that a dashboard reads one row. Quotes are kept as
places in a text (key, start, end), never as words: a text that is withdrawn is gone from the page at once.

The kinds are counted apart in every figure. Days are the council's (``TIME_ZONE``); a period of 28 days ends today.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count
from django.db.models.functions import TruncDate
from django.utils import timezone

from sentiment import net_tone
from sentiment.checks import last_word, newest_checks
from sentiment.enums import FeedbackKind, ToneLabel
from sentiment.models import Feedback, WardSummary
from sentiment.nlp.changes import change_point
from sentiment.nlp.phrases import key_phrases
from sentiment.nlp.summary import Sentence, summarise
from sentiment.nlp.terms import term
from sentiment.nlp.tokens import WORD_PATTERN, sentences
from wards.models import Ward

PERIODS_DAYS = (7, 28, 90)
WEEKS = 13
"""Weeks in a tone chart: a quarter of a year, the longest period."""
MOST_TEXTS = 2_000
"""Texts of a period looked at for phrases and quotes, newest first: a few seconds' work."""
PHRASES, QUOTES_A_PHRASE, VOICES, MATTERS = 8, 2, 5, 8

FALSE_ALARMS = 0.01
"""Of wards where nothing changed, the share marked as changed all the same: one in 100, so that a council of some tens
of wards rarely shows a mark that chance made."""

COUNCIL_KINDS = (FeedbackKind.ANSWER, FeedbackKind.PUBLIC_QUESTION)
"""Said to the council. Only these make the line of tone over time: posts are deleted after some weeks."""

_PIECE = re.compile(f"({WORD_PATTERN})|[^\\w\\s]")
_BREAK = "\x1e"


@dataclass(frozen=True, slots=True)
class _Text:
    pk: int
    kind: str
    text: str
    hash: str
    stems: str


def refresh(ward_pk: int, moment: datetime) -> None:
    """Count a ward again and store it. What changes meanwhile queues the next counting."""
    summary, _created = WardSummary.objects.get_or_create(ward_id=ward_pk)
    rows = WardSummary.objects.filter(pk=summary.pk)
    rows.update(is_queued=False)
    revision = rows.values_list("revision", flat=True).get()
    found = compute(Ward.objects.get(pk=ward_pk), moment)
    phrase_texts = {
        length: {phrase["phrase"]: phrase.pop("texts") for phrase in period["phrases"]}
        for length, period in found["periods"].items()
    }
    rows.filter(computed_revision__lte=revision).update(
        figures=found,
        phrase_texts=phrase_texts,
        computed_at=moment,
        computed_revision=revision,
    )


def compute(ward: Ward, moment: datetime) -> dict[str, Any]:
    """The figures of ``ward`` at ``moment``, as JSON can hold them."""
    today = timezone.localtime(moment).date()
    days = _by_day(ward, today)
    weeks = _weeks(days, today)
    return {
        "today": today.isoformat(),
        "weeks": weeks,
        "change": _change(weeks),
        "periods": {str(length): _period(ward, today, length, days) for length in PERIODS_DAYS},
        "net": _net(ward, today, days),
    }


def midnight(day: date) -> datetime:
    """The first moment of a day, where the council is."""
    return timezone.make_aware(datetime.combine(day, time.min))


def first_day(today: date, length: int) -> date:
    """The first of ``length`` days that end with ``today``."""
    return today - timedelta(days=length - 1)


Days = dict[tuple[date, str, str, str], int]
"""Texts by day, kind, label and the machine's label."""


def _by_day(ward: Ward, today: date) -> Days:
    """Counts far enough back for the period before the longest one."""
    from_day = first_day(today, 2 * max(PERIODS_DAYS))
    rows = (
        _said(ward, from_day, today)
        .annotate(day=TruncDate("said_at"))
        .values_list("day", "kind", "label", "read_as")
        .annotate(n=Count("pk"))
        .order_by()
    )
    return {(day, kind, label, read_as): n for day, kind, label, read_as, n in rows}


def _said(ward: Ward, from_day: date, last_day: date) -> Any:
    return Feedback.objects.counted_for(ward).said_between(midnight(from_day), midnight(last_day + timedelta(days=1)))


def _weeks(days: Days, today: date) -> list[dict[str, Any]]:
    """The last weeks from Monday to Sunday, the running one last: texts by kind and label."""
    this_monday = today - timedelta(days=today.weekday())
    mondays = [this_monday - timedelta(weeks=back) for back in reversed(range(WEEKS))]
    weeks = {monday: {kind.value: Counter[str]() for kind in FeedbackKind} for monday in mondays}
    for (day, kind, label, _read_as), n in days.items():
        week = weeks.get(day - timedelta(days=day.weekday()))
        if week is not None:
            week[kind][label] += n
    return [
        {"from": monday.isoformat(), **{kind: dict(labels) for kind, labels in week.items()}}
        for monday, week in weeks.items()
    ]


def _change(weeks: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The Monday from which what was said to the council sounds different, with the net tones before and since; None
    when chance would do. A text of unsure tone counts as neither. Judged once a week has ended, not as it fills.
    """
    counts = [sum((Counter(week[kind]) for kind in COUNCIL_KINDS), Counter[str]()) for week in weeks[:-1]]
    found = change_point(
        [
            (each[ToneLabel.NEGATIVE], each[ToneLabel.NEUTRAL] + each[ToneLabel.UNSURE], each[ToneLabel.POSITIVE])
            for each in counts
        ],
        FALSE_ALARMS,
    )
    if found is None:
        return None
    return {"from": weeks[found.week]["from"], "before": round(found.before, 4), "after": round(found.after, 4)}


def _period(ward: Ward, today: date, length: int, days: Days) -> dict[str, Any]:
    start = first_day(today, length)
    texts = _texts(ward, start, today)
    voices = summarise([text.text for text in texts], limit=VOICES)
    return {
        "labels": _labels(days, start, today),
        "before": {kind: sum(labels.values()) for kind, labels in _labels(days, *_before(start, length)).items()},
        "matters": _matters(ward, start, today),
        "phrases": _phrases(texts),
        "voices": [_quote(texts, sentence) for sentence in voices.quotes],
        "excluded_share": voices.excluded_share,
        "considered": voices.considered,
    }


def _labels(days: Days, start: date, last: date) -> dict[str, dict[str, int]]:
    """Texts of a period by kind and label; a text not read yet has the label ""."""
    counts = {kind.value: dict.fromkeys((*ToneLabel.values, ""), 0) for kind in FeedbackKind}
    for (day, kind, label, _read_as), n in days.items():
        if start <= day <= last:
            counts[kind][label] += n
    return counts


def _net(ward: Ward, today: date, days: Days) -> dict[str, Any]:
    """Net tone by period, from what was said to the council, among the other wards as they were last counted."""
    checks = last_word(newest_checks())
    counted = WardSummary.objects.exclude(ward=ward).exclude(computed_at=None)
    others = [kept or {} for kept in counted.values_list("figures__net", flat=True)]
    found = {}
    for length in map(str, PERIODS_DAYS):
        heard: Counter[str] = Counter()
        for (day, kind, _label, read_as), n in days.items():
            if first_day(today, int(length)) <= day <= today and kind in COUNCIL_KINDS:
                heard[read_as] += n
        mine = net_tone.own(heard, checks, settings.CONFIG.reader_tier)
        found[length] = net_tone.among(mine, [kept.get(length) for kept in others])
    return found


def _before(start: date, length: int) -> tuple[date, date]:
    """First and last day of the period that ended when this one began."""
    last = start - timedelta(days=1)
    return first_day(last, length), last


def _matters(ward: Ward, start: date, last: date) -> list[dict[str, Any]]:
    """What most of it was said about: consultations, meetings and sources."""
    rows = (
        _said(ward, start, last)
        .exclude(about="")
        .values("kind", "about")
        .annotate(n=Count("pk"))
        .order_by("-n", "about")[:MATTERS]
    )
    return [{"kind": row["kind"], "about": row["about"], "n": row["n"]} for row in rows]


def _texts(ward: Ward, start: date, last: date) -> list[_Text]:
    """The newest texts of a period that can be read for phrases; Welsh ones would be read with English words."""
    rows = (
        _said(ward, start, last)
        .exclude(language="cy")
        .order_by("-said_at", "-pk")
        .values_list("pk", "kind", "text", "text_hash")[:MOST_TEXTS]
    )
    return [_Text(pk, kind, text, text_hash, stems(text)) for pk, kind, text, text_hash in rows]


def stems(text: str) -> str:
    """The stems of a text's words in order, marked where something stands between them, for finding phrases."""
    pieces = (term(match[1]).stem if match[1] else _BREAK for match in _PIECE.finditer(text))
    return " " + " ".join(pieces) + " "


def _phrases(texts: list[_Text]) -> list[dict[str, Any]]:
    """What people talk about, each phrase with the texts that hold it and quotes in their own words."""
    found = []
    for phrase in key_phrases([text.text for text in texts], limit=PHRASES):
        wanted = stems(phrase.text)
        holders = [text for text in texts if wanted in text.stems]
        found.append(
            {
                "phrase": phrase.text,
                "kinds": dict(Counter(text.kind for text in holders)),
                "texts": [text.pk for text in holders],
                "quotes": _quotes_with(wanted, holders),
            }
        )
    return found


def _quotes_with(wanted: str, holders: list[_Text]) -> list[list[Any]]:
    """The sentences that stand best for all sentences with a phrase."""
    spoken = []
    for text in holders:
        holding = (span for span in sentences(text.text) if wanted in stems(span.text))
        span = next(holding, None)
        if span is not None:
            spoken.append((text, span.start, span.end))
    chosen = summarise([text.text[start:end] for text, start, end in spoken], limit=QUOTES_A_PHRASE)
    quotes = []
    for sentence in chosen.quotes:
        text, start, _end = spoken[sentence.text_index]
        quotes.append([text.pk, start + sentence.start, start + sentence.end, text.hash])
    return quotes


def _quote(texts: list[_Text], sentence: Sentence) -> list[Any]:
    """A quote as kept: the text's key, start and end in it, and the hash that tells whether it still says so."""
    text = texts[sentence.text_index]
    return [text.pk, sentence.start, sentence.end, text.hash]
