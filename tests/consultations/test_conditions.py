"""Rules of who is asked what, as plain values. The table is the browser's too (tests/js/asked-if.test.mjs)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consultations.conditions import (
    Asking,
    Clause,
    Fault,
    Faulty,
    Level,
    Operator,
    Rule,
    Step,
    as_json,
    asked,
    askings,
    faults,
    from_json,
)
from consultations.kinds.numbers import read_number, write_number

TABLE = json.loads(Path(__file__).with_name("conditions.json").read_text(encoding="utf-8"))

IDS = ["a", "b", "c", "d", "e"]
ANSWERS = ["yes", "no", "1", "2.5", "10"]
OPERATORS = st.sampled_from(Operator)

CLAUSES = st.builds(Clause, st.sampled_from([*IDS, "gone"]), OPERATORS, st.sampled_from([*ANSWERS, ""]))
RULES = st.builds(Rule, st.lists(CLAUSES, min_size=1, max_size=3).map(tuple), st.booleans())
SAID = st.dictionaries(st.sampled_from(IDS), st.lists(st.sampled_from(ANSWERS), max_size=2).map(tuple))


@st.composite
def step_lists(draw: st.DrawFn) -> list[Step]:
    return [
        Step(
            step_id,
            draw(st.none() | RULES),
            draw(st.sampled_from(Level)),
            draw(st.frozensets(OPERATORS)),
            draw(st.none() | st.frozensets(st.sampled_from(ANSWERS))),
        )
        for step_id in draw(st.permutations(IDS))
    ]


SURVEYS = st.permutations(IDS).flatmap(
    lambda ids: st.tuples(*(st.builds(Asking, st.just(one), st.lists(RULES, max_size=2).map(tuple)) for one in ids))
)


@pytest.mark.parametrize("row", TABLE["surveys"], ids=lambda row: row["about"])
def test_who_is_asked_what(row):
    survey = [Asking(each["id"], from_json(each["rules"])) for each in row["survey"]]
    found = asked(survey, row["said"])
    assert [each.id for each in survey if each.id in found] == row["asked"]


@pytest.mark.parametrize("row", TABLE["numbers"], ids=lambda row: repr(row["typed"]))
def test_numbers_are_read_as_the_browser_reads_them(row):
    number = read_number(row["typed"])
    assert (None if number is None else write_number(number)) == row["written"]


def test_the_table_tries_every_operator():
    tried = {
        clause["operator"]
        for row in TABLE["surveys"]
        for each in row["survey"]
        for rule in each["rules"]
        for clause in rule["clauses"]
    }
    assert tried == set(Operator)


@given(SURVEYS, SAID)
def test_answers_to_what_is_not_asked_change_nothing(survey, said):
    found = asked(survey, said)
    assert asked(survey, {each: values for each, values in said.items() if each in found}) == found


@given(SURVEYS, SAID, SAID, st.integers(0, len(IDS)))
def test_what_is_asked_does_not_depend_on_later_answers(survey, said, other, place):
    first = {each.id for each in survey[:place]}
    mixed = {each: values for each, values in said.items() if each in first}
    mixed |= {each: values for each, values in other.items() if each not in first}
    ahead = {each.id for each in survey[: place + 1]}
    assert asked(survey, said) & ahead == asked(survey, mixed) & ahead


@given(st.lists(RULES, max_size=3))
def test_rules_are_the_same_after_a_journey_to_the_browser(rules):
    assert from_json(json.loads(json.dumps(as_json(rules)))) == tuple(rules)


@given(step_lists(), SAID)
def test_whatever_is_stored_can_be_judged(steps, said):
    """However broken the rules are, each block is asked or not, and what could not be judged is named."""
    survey = askings(steps)
    assert [each.id for each in survey] == [step.id for step in steps]
    assert asked(survey, said) <= {step.id for step in steps}
    places = {step.id: place for place, step in enumerate(steps)}
    faulty = {(each.step_id, each.place) for each in faults(steps)}
    for step in steps:
        for place, clause in enumerate(step.rule.clauses if step.rule else ()):
            sound = clause.question_id in places and places[clause.question_id] < places[step.id]
            assert sound or (step.id, place) in faulty


@given(step_lists())
def test_rules_without_fault_are_kept_whole(steps):
    if faults(steps):
        return
    held = {each.id: each.rules for each in askings(steps)}
    for step in steps:
        if step.rule and step.level == Level.QUESTION:
            assert held[step.id][-1] == step.rule


YES = Rule((Clause("a", Operator.IS, "yes"),))
CHOOSES = frozenset([Operator.IS, Operator.ANSWERED])
ASKED_FIRST = Step("a", operators=CHOOSES, answers=frozenset(["yes", "no"]))


def test_a_sections_rule_reaches_to_the_next_section_and_a_pages_to_the_next_page():
    steps = [
        ASKED_FIRST,
        Step("page", YES, Level.PAGE),
        Step("b"),
        Step("section", YES, Level.SECTION),
        Step("c"),
        Step("other section", None, Level.SECTION),
        Step("d"),
        Step("other page", None, Level.PAGE),
        Step("e"),
    ]
    assert {each.id: len(each.rules) for each in askings(steps)} == {
        "a": 0,
        "page": 1,
        "b": 1,
        "section": 2,
        "c": 2,
        "other section": 1,
        "d": 1,
        "other page": 0,
        "e": 0,
    }


@pytest.mark.parametrize(
    ("clause", "fault"),
    [
        (Clause("a", Operator.IS, "yes"), None),
        (Clause("a", Operator.ANSWERED, "whatever"), None),
        (Clause("gone", Operator.IS, "yes"), Fault.GONE),
        (Clause("text", Operator.ANSWERED), Fault.GONE),
        (Clause("b", Operator.IS, "yes"), Fault.NOT_EARLIER),
        (Clause("later", Operator.ANSWERED), Fault.NOT_EARLIER),
        (Clause("a", Operator.AT_LEAST, "1"), Fault.OPERATOR),
        (Clause("a", Operator.IS, "maybe"), Fault.ANSWER),
        (Clause("number", Operator.IS, "12"), None),
        (Clause("number", Operator.IS, "a dozen"), Fault.ANSWER),
        (Clause("number", Operator.IS, "NaN"), Fault.ANSWER),
    ],
)
def test_a_clause_that_cannot_be_judged_is_found(clause, fault):
    steps = [
        ASKED_FIRST,
        Step("text"),
        Step("number", operators=CHOOSES, answers=None),
        Step("b", Rule((clause,))),
        Step("later", operators=CHOOSES),
    ]
    assert faults(steps) == ((Faulty("b", 0, clause, fault),) if fault else ())


def test_a_rule_that_lost_its_target_is_dropped_and_the_question_asked_of_everybody():
    lost = Clause("gone", Operator.IS, "yes")
    steps = [ASKED_FIRST, Step("b", Rule((lost,))), Step("c", Rule((lost, *YES.clauses)))]
    assert asked(askings(steps), {}) == {"a", "b"}
    assert asked(askings(steps), {"a": ["yes"]}) == {"a", "b", "c"}
