"""Each rule at its boundary, and the arithmetic of days."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consultations.bank_holidays import Nation, bank_holidays
from consultations.fairness import FEWEST_REASON_WORDS, Facts, OptionSetAside, Rule, findings
from consultations.plain_english import Jargon
from consultations.time_enough import Period, PeriodKind, Standard, Time, earliest_last_day, time_given

DAY = timedelta(days=1)
FAIR = Facts(
    language="en",
    is_formative=True,
    paragraphs=("We propose a longer market day.", "Tell us what you think."),
    reasons=" ".join(["reason"] * FEWEST_REASON_WORDS),
    options=(OptionSetAside("Do nothing", "Stalls would go."),),
    opens_on=date(2026, 9, 7),
    last_day=date(2026, 10, 19),
    has_contact=True,
    formats="Large print on request.",
    has_welsh=False,
)
STANDARD = Standard(nation=Nation.ENGLAND, shortest_days=42, highest_grade=9)
HALF_TERM = Period(PeriodKind.SCHOOL_HOLIDAY, "Half term", date(2026, 10, 12), date(2026, 10, 17))
ELECTION = Period(PeriodKind.PRE_ELECTION, "By-election", date(2026, 10, 20), date(2026, 11, 6))


def rules(facts=FAIR, standard=STANDARD, **changed):
    return [finding.rule for finding in findings(replace(facts, **changed), standard)]


def test_a_fair_consultation_has_no_finding():
    assert findings(FAIR, STANDARD) == ()


def long(count):
    return " ".join(["Word", *["word"] * (count - 1)]) + "."


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"is_formative": False}, [Rule.FORMATIVE]),
        ({"paragraphs": ("We have decided to close it.",)}, [Rule.DECIDED_WORDS]),
        ({"paragraphs": ("The council has already agreed the plan.",)}, [Rule.DECIDED_WORDS]),
        ({"paragraphs": ("A final decision was made in May.",)}, [Rule.DECIDED_WORDS]),
        ({"paragraphs": ("We have not decided. No decision has been made.",)}, []),
        ({"paragraphs": ("Nothing has been decided. The council will decide in May.",)}, []),
        ({"reasons": ""}, [Rule.REASONS]),
        ({"reasons": " ".join(["reason"] * (FEWEST_REASON_WORDS - 1))}, [Rule.REASONS]),
        ({"reasons": " ".join(["reason"] * (FEWEST_REASON_WORDS + 1))}, []),
        ({"options": ()}, [Rule.OPTIONS]),
        ({"options": (OptionSetAside("Do nothing", " "),)}, [Rule.OPTIONS_WHY]),
        ({"last_day": FAIR.last_day - DAY}, [Rule.TIME]),
        ({"last_day": FAIR.last_day + DAY}, []),
        ({"opens_on": FAIR.opens_on + DAY}, [Rule.TIME]),
        ({"opens_on": FAIR.opens_on - DAY}, []),
        ({"opens_on": None}, []),
        ({"last_day": None}, []),
        ({"paragraphs": (long(25),)}, []),
        ({"paragraphs": (long(26),)}, [Rule.LONG_SENTENCES]),
        ({"has_contact": False}, [Rule.CONTACT]),
        ({"formats": " \n"}, [Rule.FORMATS]),
    ],
)
def test_each_rule_finds_what_it_should_and_no_more(changed, expected):
    assert rules(**changed) == expected


@pytest.mark.parametrize(("highest", "expected"), [(8, [Rule.GRADE]), (9, [])])
def test_the_grade_may_be_as_high_as_the_council_says(highest, expected):
    # 4.71 × 5.4 letters + 0.5 × 10 words - 21.43 = 9.0
    paragraph = ("Letter " + "letter " * 5 + "words " * 2 + "four four. ") * 10
    assert rules(standard=replace(STANDARD, highest_grade=highest), paragraphs=(paragraph,)) == expected


def test_jargon_is_named_with_its_plain_words():
    standard = replace(STANDARD, jargon=(Jargon("utilise", "use"),))
    (found,) = findings(replace(FAIR, paragraphs=("We utilise it.",)), standard)
    assert (found.rule, found.details) == (Rule.JARGON, ("utilise: use",))


def test_what_is_known_of_english_is_not_asked_of_welsh():
    text = ("We have decided to utilise it. " * 20,)
    standard = replace(STANDARD, highest_grade=0, jargon=(Jargon("utilise", "use"),))
    assert rules(standard=standard, paragraphs=text) == [Rule.DECIDED_WORDS, Rule.GRADE, Rule.JARGON]
    assert rules(standard=standard, paragraphs=text, language="cy", has_welsh=True) == []


@pytest.mark.parametrize("nation", list(Nation))
@pytest.mark.parametrize("has_welsh", [True, False])
def test_a_welsh_version_is_asked_for_in_wales_alone(nation, has_welsh):
    found = rules(standard=replace(STANDARD, nation=nation), has_welsh=has_welsh)
    assert found == ([Rule.WELSH] if nation == Nation.WALES and not has_welsh else [])


def test_holidays_are_not_counted_and_the_day_that_is_enough_is_named():
    standard = replace(STANDARD, periods=(HALF_TERM,))
    (found,) = findings(FAIR, standard)
    assert found.reason == (
        "People have 42 days after the day it opens, of which 0 bank holidays and 5 days of school holidays "
        "are not counted: 37. Your council gives at least 42."
    )
    assert found.mend == "Take answers until the end of Saturday 24 October 2026 or later."
    assert rules(standard=standard, last_day=date(2026, 10, 23)) == [Rule.TIME]
    assert rules(standard=standard, last_day=date(2026, 10, 24)) == []


def test_a_bank_holiday_in_the_school_holidays_is_taken_off_once():
    christmas = Period(PeriodKind.SCHOOL_HOLIDAY, "Christmas", date(2026, 12, 21), date(2027, 1, 4))
    proclaimed = Period(PeriodKind.BANK_HOLIDAY, "A royal wedding", date(2026, 12, 18), date(2026, 12, 19))
    standard = replace(STANDARD, periods=(christmas, proclaimed))
    assert time_given(date(2026, 12, 1), date(2027, 1, 10), standard) == Time(40, 4, 11)


@pytest.mark.parametrize(
    ("opens_on", "last_day", "days"),
    [
        (date(2026, 8, 1), date(2026, 10, 19), None),
        (date(2026, 8, 1), date(2026, 10, 20), "1 day"),
        (date(2026, 8, 1), date(2026, 10, 21), "2 days"),
        (date(2026, 11, 4), date(2027, 1, 30), "2 days"),
        (date(2026, 11, 5), date(2027, 1, 30), "1 day"),
        (date(2026, 11, 6), date(2027, 1, 30), None),
    ],
)
def test_days_in_a_pre_election_period_are_named(opens_on, last_day, days):
    found = findings(replace(FAIR, opens_on=opens_on, last_day=last_day), replace(STANDARD, periods=(ELECTION,)))
    assert [finding.reason for finding in found] == (
        [
            f"It is open on {days} of the pre-election period “By-election”, "
            "Tuesday 20 October 2026 to Thursday 5 November 2026."
        ]
        if days
        else []
    )


def test_a_mark_changes_with_what_is_found_and_with_nothing_else():
    def mark(**changed):
        (found,) = findings(replace(FAIR, **changed), STANDARD)
        return found.mark

    short, shorter = FAIR.last_day - DAY, FAIR.last_day - 2 * DAY
    assert mark(last_day=short) == mark(last_day=short, formats="Audio.")
    assert mark(last_day=short) != mark(last_day=shorter)


DATES = st.dates(date(2020, 1, 1), date(2060, 1, 1))
PERIODS = st.lists(
    st.builds(
        lambda kind, start, length: Period(kind, "x", start, start + length * DAY),
        st.sampled_from(list(PeriodKind)),
        DATES,
        st.integers(1, 60),
    ),
    max_size=6,
).map(tuple)
STANDARDS = st.builds(
    lambda nation, shortest, periods: Standard(nation, shortest, 9, (), periods),
    st.sampled_from(list(Nation)),
    st.integers(1, 120),
    PERIODS,
)


@given(DATES, st.integers(0, 200), STANDARDS)
def test_every_day_is_counted_once(opens_on, length, standard):
    time = time_given(opens_on, opens_on + length * DAY, standard)
    assert time.days == length
    assert 0 <= time.counted <= length
    assert min(time.bank_holidays, time.school_holidays) >= 0


@given(DATES, st.integers(0, 200), STANDARDS)
def test_a_day_more_never_makes_the_time_shorter(opens_on, length, standard):
    last = opens_on + length * DAY
    more = time_given(opens_on, last + DAY, standard).counted - time_given(opens_on, last, standard).counted
    assert more in (0, 1)
    if last + DAY in bank_holidays((last + DAY).year, standard.nation):
        assert more == 0


@given(DATES, STANDARDS)
def test_the_day_named_is_the_first_that_is_enough(opens_on, standard):
    last = earliest_last_day(opens_on, standard)
    assert time_given(opens_on, last, standard).counted == standard.shortest_days
    assert time_given(opens_on, last - DAY, standard).counted == standard.shortest_days - 1
