"""Whether a consultation is fair, as far as its page can show it: plain values in, frozen findings out.

The first three of the four principles argued in *Gunning* can be checked before people are asked; the fourth, that the
answers are conscientiously taken into account, is shown by the outcome and by nothing here. A finding is a reason to
think again, never a ruling: an officer may set it aside and say why.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from hashlib import sha256

from consultations.bank_holidays import DAY, Nation
from consultations.plain_english import (
    LONGEST_SENTENCE_WORDS,
    jargon_in,
    long_sentences,
    reading_grade,
    sentences,
    words,
)
from consultations.time_enough import PeriodKind, Standard, earliest_last_day, time_given

FEWEST_REASON_WORDS = 20
"""Words below which reasons are named, not given: about one full sentence (ours)."""

ENGLISH = "en"

GUNNING = "R v Brent London Borough Council, ex parte Gunning (1985) 84 LGR 168"
MOSELEY = "R (Moseley) v Haringey London Borough Council [2014] UKSC 56"
FORMATIVE = f"{GUNNING}: consult when proposals are still at a formative stage"
REASONS = f"{GUNNING}: give sufficient reasons for intelligent consideration and response"
OPTIONS = f"{MOSELEY}: fairness may require the options set aside, and why"
TIME = f"{GUNNING}: give adequate time for consideration and response"
PUBLICITY = "Local Government Act 1986, section 2, and the code of practice on local authority publicity"
GRADE = "Automated Readability Index (Senter and Smith 1967, AMRL-TR-66-220)"
SENTENCES = "GOV.UK content design guidance: split sentences of more than 25 words"
JARGON = "Plain words: the list your council keeps in its fairness settings"
CONTACT = f"{GUNNING}: people can only consider what they can ask about"
FORMATS = "Equality Act 2010, section 20(6): information in an accessible format"
WELSH = "Welsh Language (Wales) Measure 2011 and the Welsh Language Standards made under it"

_DECIDED = re.compile(
    r"\b(?:we|(?:the )?(?:council|cabinet|committee)|councillors|members) (?:have|has) (?:now |already )?"
    r"(?:decided|agreed|resolved|approved)\b(?! nothing)"
    r"|\bwe[’']ve (?:now |already )?decided\b"
    r"|\b(?:has|have) already been (?:decided|agreed|approved)\b"
    r"|\b(?:a|the|our)(?: final)? decision (?:has been|was) (?:already )?(?:made|taken)\b",
    re.IGNORECASE,
)


class Rule(StrEnum):
    """What is looked at. Stored with each finding set aside: a name is never given another meaning."""

    FORMATIVE = "formative"
    DECIDED_WORDS = "decided_words"
    REASONS = "reasons"
    OPTIONS = "options"
    OPTIONS_WHY = "options_why"
    TIME = "time"
    PRE_ELECTION = "pre_election"
    GRADE = "grade"
    LONG_SENTENCES = "long_sentences"
    JARGON = "jargon"
    CONTACT = "contact"
    FORMATS = "formats"
    WELSH = "welsh"


@dataclass(frozen=True, slots=True)
class OptionSetAside:
    option: str
    why: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What the page says. Texts are without markup; ``paragraphs`` are all the words put to the public."""

    language: str
    is_formative: bool
    paragraphs: tuple[str, ...]
    reasons: str
    options: tuple[OptionSetAside, ...]
    opens_on: date | None
    last_day: date | None
    """The last day on which people can answer."""
    has_contact: bool
    formats: str
    has_welsh: bool


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that may not be fair: why it is said, on what ground, and what would mend it."""

    rule: Rule
    reason: str
    mend: str
    source: str
    details: tuple[str, ...] = ()

    @property
    def mark(self) -> str:
        """Names this finding as it stands: another count, date or sentence is another mark."""
        return sha256("\n".join((self.rule, self.reason, *self.details)).encode()).hexdigest()[:32]


def findings(facts: Facts, standard: Standard) -> tuple[Finding, ...]:
    """Everything that may not be fair, in the order of the principles; nothing when all is well."""
    return (
        *_of_stage(facts),
        *_of_reasons(facts),
        *_of_time(facts, standard),
        *_of_reading(facts, standard),
        *_of_reach(facts, standard),
    )


def _of_stage(facts: Facts) -> Iterator[Finding]:
    if not facts.is_formative:
        yield Finding(
            Rule.FORMATIVE,
            "Nobody has declared that the proposal can still change.",
            "If nothing is decided, tick “Nothing is decided yet”. If it is, do not consult: inform.",
            FORMATIVE,
        )
    said = tuple(s for paragraph in facts.paragraphs for s in sentences(paragraph) if _DECIDED.search(s))
    if said and facts.language == ENGLISH:
        yield Finding(
            Rule.DECIDED_WORDS,
            f"{_count(len(said), 'sentence reads', 'sentences read')} as if the matter were decided.",
            "Say what is proposed and what answers can change; keep “decided” for what is not being asked.",
            FORMATIVE,
            said,
        )


def _of_reasons(facts: Facts) -> Iterator[Finding]:
    given = len(words(facts.reasons))
    if given < FEWEST_REASON_WORDS:
        yield Finding(
            Rule.REASONS,
            f"The reasons have {_count(given, 'word', 'words')}." if given else "No reasons are given.",
            "Say under “Reasons” why it is proposed, what it rests on and whom it touches.",
            REASONS,
        )
    if not facts.options:
        yield Finding(
            Rule.OPTIONS,
            "No other option is named.",
            "Name what else could be done, also doing nothing, and why it is not proposed.",
            OPTIONS,
        )
    bare = tuple(each.option for each in facts.options if not words(each.why))
    if bare:
        yield Finding(
            Rule.OPTIONS_WHY,
            f"{_count(len(bare), 'option is', 'options are')} set aside without a reason.",
            "Say for each why it is not proposed.",
            OPTIONS,
            bare,
        )


def _of_time(facts: Facts, standard: Standard) -> Iterator[Finding]:
    if facts.opens_on is None or facts.last_day is None:
        return
    time = time_given(facts.opens_on, facts.last_day, standard)
    if time.counted < standard.shortest_days:
        enough = earliest_last_day(facts.opens_on, standard)
        yield Finding(
            Rule.TIME,
            f"People have {_count(time.days, 'day', 'days')} after the day it opens, of which "
            f"{_count(time.bank_holidays, 'bank holiday', 'bank holidays')} and "
            f"{_count(time.school_holidays, 'day', 'days')} of school holidays are not counted: "
            f"{time.counted}. Your council gives at least {standard.shortest_days}.",
            f"Take answers until the end of {_say(enough)} or later.",
            TIME,
        )
    for period in standard.periods:
        # The opening day counts here: publicity begins with it.
        first, until = max(period.start, facts.opens_on), min(period.until, facts.last_day + DAY)
        if period.kind == PeriodKind.PRE_ELECTION and first < until:
            yield Finding(
                Rule.PRE_ELECTION,
                f"It is open on {_count((until - first).days, 'day', 'days')} of the pre-election period "
                f"“{period.name}”, {_say(period.start)} to {_say(period.until - DAY)}.",
                "Open it after the poll, or ask your monitoring officer and record the answer.",
                PUBLICITY,
            )


def _of_reading(facts: Facts, standard: Standard) -> Iterator[Finding]:
    grade = reading_grade(facts.paragraphs) if facts.language == ENGLISH else None
    if grade is not None and grade > standard.highest_grade:
        yield Finding(
            Rule.GRADE,
            f"The text asks for reading grade {grade}, about {round(grade) + 5} years of age. "
            f"Your council writes for grade {standard.highest_grade} at most.",
            "Use shorter words and shorter sentences, beginning with those listed here.",
            GRADE,
        )
    if long := long_sentences(facts.paragraphs):
        yield Finding(
            Rule.LONG_SENTENCES,
            f"{_count(len(long), 'sentence has', 'sentences have')} more than {LONGEST_SENTENCE_WORDS} words.",
            "Split each in two, or take out what need not be said.",
            SENTENCES,
            tuple(f"{len(words(sentence))} words: {sentence}" for sentence in long),
        )
    jargon = jargon_in(facts.paragraphs, standard.jargon) if facts.language == ENGLISH else ()
    if jargon:
        yield Finding(
            Rule.JARGON,
            f"{_count(len(jargon), 'word', 'words')} of the office may not be understood.",
            "Use the plain words, or explain it where it first stands.",
            JARGON,
            tuple(f"{each.term}: {each.plain}" for each in jargon),
        )


def _of_reach(facts: Facts, standard: Standard) -> Iterator[Finding]:
    if not facts.has_contact:
        yield Finding(
            Rule.CONTACT,
            "There is no e-mail address and no telephone number to ask.",
            "Give at least one under “Whom to ask”.",
            CONTACT,
        )
    if not words(facts.formats):
        yield Finding(
            Rule.FORMATS,
            "No other format is offered.",
            "Say which formats people can have (large print, Easy Read, audio, sign language, paper) and how.",
            FORMATS,
        )
    if standard.nation == Nation.WALES and not facts.has_welsh:
        yield Finding(
            Rule.WELSH,
            "Your council serves Wales, and there is no Welsh version.",
            "Translate this page into Welsh, and publish both on the same day.",
            WELSH,
        )


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def _say(day: date) -> str:
    return f"{day:%A} {day.day} {day:%B %Y}"
