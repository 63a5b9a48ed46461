"""Each kind of question, from what somebody types to what is kept, shown and counted."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.http import QueryDict
from wagtail.blocks.struct_block import StructBlockValidationError

from consultations.answer_fields import field_name
from consultations.enums import QuestionKind
from consultations.forms import make_answer_form
from consultations.kinds import KINDS, AnswerGiven, Question, Unfit, read_questions
from consultations.kinds.base import Figure
from consultations.kinds.blocks import QuestionsBlock
from tests.consultations.samples import option_items, question

ASKED = "00000000-0000-4000-8000-000000000009"


def asked(kind: str, **fields: Any) -> Question:
    """The question that an editor's block of ``kind`` asks."""
    told = question(kind, ASKED, "How?", **fields)
    return read_questions(QuestionsBlock().to_python([told]))[0]


def sent(one: Question, **parts: Any) -> Any:
    """The form after somebody filled in ``parts``; ``main`` is the question itself."""
    data = QueryDict(mutable=True)
    data["no_postcode"] = "unsaid"
    for part, value in parts.items():
        name = field_name(one, "" if part == "main" else part)
        data.setlist(name, value if isinstance(value, list) else [value])
    return make_answer_form([one])(data, on=date(2026, 11, 20))


def kept(one: Question, **parts: Any) -> tuple[list[str], str]:
    """What is shown of the answer once it is kept."""
    form = sent(one, **parts)
    assert form.errors == {}
    (given,) = form.answers("en").given
    return type(one).lines(one.keep(given)) if given.choices else [], one.keep_text(given)


def refusals(one: Question, **parts: Any) -> dict[str, list[str]]:
    """The messages by part. What was typed must still stand in the form."""
    form = sent(one, **parts)
    wrong = {name.removeprefix(f"q-{ASKED}").removeprefix("-"): list(said) for name, said in form.errors.items()}
    for group in form.question_groups():
        for part, field in group.parts.items():
            typed = parts.get(part or "main", "")
            assert (field.value() or "") == typed or (field.value() or []) == typed
    return wrong


def test_every_kind_has_a_class_and_a_block_and_no_other_is_there():
    assert set(KINDS) == set(QuestionKind)
    assert set(QuestionsBlock.base_blocks) == set(QuestionKind.values)


def test_a_short_text_is_kept_as_typed_but_not_filed_for_reading():
    one = asked("short_text", max_characters=20)
    assert kept(one, main=" Queen <b> Street ") == ([], " Queen <b> Street ")
    assert (one.takes_text, one.is_text_read) == (True, False)
    assert refusals(one, main="x" * 21) == {
        "": ["Your answer to “How?” is too long: it may have up to 20 characters, and it has 21"]
    }
    assert "maxlength" not in str(sent(one)[field_name(one)])


@pytest.mark.parametrize(
    ("typed", "unit", "shown"),
    [
        ("12", "", "12"),
        (" 1,200 ", "miles", "1,200 miles"),
        ("£40", "£", "£40"),
        ("12.50", "", "12.5"),
        ("-3", "%", "-3%"),
        ("\N{MINUS SIGN}0.5", "", "-0.5"),
        ("-0", "", "0"),
        ("007", "", "7"),
    ],
)
def test_a_number_is_understood_as_people_write_it(typed, unit, shown):
    assert kept(asked("number", unit=unit, is_whole=False), main=typed) == ([shown], "")


@pytest.mark.parametrize(
    ("limits", "typed", "message"),
    [
        ({}, "", "Enter a number for “How?”"),
        ({"is_whole": True}, "12.5", "The answer to “How?” must be a whole number, like 12"),
        ({}, "a dozen", "The answer to “How?” must be a number, like 12.5"),
        ({}, "NaN", "The answer to “How?” must be a number, like 12.5"),
        ({}, "1e9", "The answer to “How?” must be a number, like 12.5"),
        ({"minimum": "0"}, "-1", "The answer to “How?” must be 0 or more"),
        ({"maximum": "9.5"}, "9.51", "The answer to “How?” must be 9.5 or less"),
        (
            {"minimum": "0", "maximum": "24", "unit": "hours"},
            "25",
            "The answer to “How?” must be between 0 hours and 24 hours",
        ),
        ({}, "9" * 20, "The answer to “How?” must be 1,000,000,000,000 or less"),
    ],
)
def test_a_number_that_does_not_fit_is_told_what_would(limits, typed, message):
    assert refusals(asked("number", **{"is_required": True, "is_whole": False} | limits), main=typed) == {
        "": [message]
    }


def test_numbers_at_their_limits_are_taken():
    one = asked("number", minimum="-2", maximum="2.5", is_whole=False)
    assert [kept(one, main=typed) for typed in ("-2", "2.5", "")] == [(["-2"], ""), (["2.5"], ""), ([], "")]


def test_numbers_are_summed_up():
    counts = asked("number").count([([{"id": "10", "label": "10"}], 1), ([{"id": "2", "label": "2"}], 3)])
    assert (counts.answered, [figure.value for figure in counts.figures]) == (4, [2, 2, 4, 10])
    assert asked("number").count([]).figures == ()


def test_a_date_is_kept_and_shown_in_words():
    assert kept(asked("date"), day="1", month="02", year="2026") == (["1 February 2026"], "")
    assert kept(asked("date"), day="", month="", year="") == ([], "")


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        (("", "", ""), {"day": ["Enter a date for “How?”, like 27 3 2026"]}),
        (("", "3", "2026"), {"day": ["The date for “How?” must include a day"]}),
        (
            ("27", "", ""),
            {
                "month": ["The date for “How?” must include a month"],
                "year": ["The date for “How?” must include a year"],
            },
        ),
        (("31", "2", "2026"), {"day": ["The answer to “How?” must be a real date, like 27 3 2026"]}),
        (("1", "June", "2026"), {"day": ["The answer to “How?” must be a real date, like 27 3 2026"]}),
        (("1", "6", "26"), {"day": ["The answer to “How?” must be a real date, like 27 3 2026"]}),
        (("31", "12", "2025"), {"day": ["The date for “How?” must be 1 January 2026 or later"]}),
        (("1", "1", "2027"), {"day": ["The date for “How?” must be 31 December 2026 or earlier"]}),
    ],
)
def test_a_date_that_does_not_fit_is_told_what_would(typed, wrong):
    one = asked("date", is_required=True, earliest="2026-01-01", latest="2026-12-31")
    assert refusals(one, **dict(zip(("day", "month", "year"), typed, strict=True))) == wrong


def test_dates_are_summed_up_by_the_first_and_the_last():
    rows = [([{"id": iso, "label": iso}], 1) for iso in ("2026-03-01", "2025-12-31")]
    assert asked("date").count(rows).figures == (
        Figure("Earliest", date(2025, 12, 31)),
        Figure("Latest", date(2026, 3, 1)),
    )


def test_yes_no_and_dont_know_are_kept_and_counted():
    one = asked("yes_no")
    assert [kept(one, main=each) for each in ("yes", "no", "dont_know")] == [
        (["Yes"], ""),
        (["No"], ""),
        (["Don’t know"], ""),
    ]
    counts = one.count([([{"id": "no", "label": "No"}], 2)])
    assert [(each.option.id, each.count) for each in counts.options] == [("yes", 0), ("no", 2), ("dont_know", 0)]


CHOICES = {"options": option_items("A", "B", "C")}


def test_other_is_said_in_a_line_and_need_not_be_chosen_as_well():
    one, several = (asked(kind, has_other=True, **CHOICES) for kind in ("single_choice", "several_choices"))
    assert kept(one, main="other", other="D") == (["Other"], "D")
    assert kept(one, other="D") == (["Other"], "D")
    assert kept(one, main="option-a") == (["A"], "")
    assert kept(several, main=["option-a"], other="D") == (["A", "Other"], "D")
    assert kept(several, main=["option-b", "other"], other="D") == (["B", "Other"], "D")
    assert kept(several) == ([], "")
    assert (one.is_text_read, asked("single_choice", **CHOICES).is_text_read) == (True, False)


def test_other_and_what_it_says_must_go_together():
    one, several = (asked(kind, has_other=True, **CHOICES) for kind in ("single_choice", "several_choices"))
    empty = {"other": ["You chose “Other” for “How?”: say what it is"]}
    assert refusals(one, main="other", other="  ") == refusals(several, main=["other"]) == empty
    assert refusals(one, main="option-a", other="D") == {
        "other": ["You wrote another answer to “How?” but chose “A”. Choose “Other”, or clear what you wrote"]
    }
    assert refusals(one, other="x" * 301) == {
        "other": ["Your answer to “How?” is too long: it may have up to 300 characters, and it has 301"]
    }


@pytest.mark.parametrize(
    ("limits", "hint"),
    [
        ({}, "Choose all that apply."),
        ({"at_least": 2}, "Choose at least 2."),
        ({"at_most": 2}, "Choose up to 2."),
        ({"at_least": 2, "at_most": 3}, "Choose 2 to 3."),
        ({"at_least": 2, "at_most": 2}, "Choose 2."),
        ({"at_most": 2, "help": "For a year."}, "For a year. Choose up to 2."),
        ({"help": "For a year."}, "For a year."),
    ],
)
def test_how_many_to_choose_is_said_before_the_options(limits, hint):
    assert asked("several_choices", **CHOICES, **limits).hint == hint


def test_too_few_and_too_many_choices_are_told_how_many_to_make():
    one = asked("several_choices", at_least=2, at_most=2, has_other=True, **CHOICES)
    assert refusals(one, main=["option-a"]) == {"": ["Choose at least 2 answers to “How?”: you chose 1"]}
    three = ["option-a", "option-b", "option-c"]
    assert refusals(one, main=three) == {"": ["Choose no more than 2 answers to “How?”: you chose 3"]}
    assert refusals(one, main=three[:2], other="D")[""] == ["Choose no more than 2 answers to “How?”: you chose 3"]
    assert kept(one, main=[]) == ([], "")


def rating(points: int, **fields: Any) -> Question:
    return asked("rating", points=points, low="Poor", high="Good", **fields)


def test_a_rating_names_both_ends_and_eleven_points_run_from_nought():
    assert [option.label for option in rating(2).options] == ["1 – Poor", "2 – Good"]
    assert [option.label for option in rating(3).options] == ["1 – Poor", "2", "3 – Good"]
    assert [option.id for option in rating(11).options] == [str(point) for point in range(11)]


def test_a_rating_is_kept_with_its_scale_and_why_with_or_without_it():
    one = rating(5, asks_why=True)
    assert kept(one, main="2", why="Too dark") == (["2, where 1 – Poor and 5 – Good"], "Too dark")
    assert kept(one, main="2") == (["2, where 1 – Poor and 5 – Good"], "")
    assert kept(one, why="Too dark") == ([], "Too dark")
    assert one.is_text_read is True


def test_a_rating_that_does_not_fit_is_told_what_would():
    one = rating(5, asks_why=True, is_required=True)
    assert refusals(one, why="Too dark") == {"": ["Choose an answer to “How?”"]}
    assert refusals(one, main="6") == {"": ["Choose one of the answers offered to “How?”"]}
    assert refusals(one, main="1", why="x" * 2001) == {
        "why": ["Your answer to “How?” is too long: it may have up to 2000 characters, and it has 2001"]
    }


def test_ratings_are_counted_by_point_with_their_average():
    rows = [([{"id": "5", "label": "5"}], 3), ([{"id": "2", "label": "2"}], 1), ([], 1)]
    counts = rating(5).count(rows)
    assert (counts.answered, [each.count for each in counts.options]) == (5, [0, 1, 0, 0, 3])
    assert counts.figures == (Figure("Average", Decimal("4.25")),)


def ranked(*places: str) -> dict[str, str]:
    return dict(zip(("option-a", "option-b", "option-c"), places, strict=True))


def test_a_ranking_is_kept_in_its_order_and_may_leave_some_out():
    one = asked("ranking", **CHOICES)
    assert kept(one, **ranked("3", "1", "2")) == (["1. B", "2. C", "3. A"], "")
    assert kept(one, **ranked("", "1", "")) == (["1. B"], "")
    assert kept(one, **ranked("", "", "")) == ([], "")


@pytest.mark.parametrize(
    ("places", "wrong"),
    [
        (("", "", ""), {"option-a": ["Give 1 to what matters most to you in “How?”"]}),
        (("1", "2", "1"), {"option-c": ["You gave 1 twice in “How?”: give each its own number"]}),
        (("3", "1", ""), {"option-b": ["Number from 1 without a gap in “How?”: nothing has 2"]}),
        (("", "2", ""), {"option-b": ["Number from 1 without a gap in “How?”: nothing has 1"]}),
        (("4", "", ""), {"option-a": ["Choose one of the answers offered to “How?”"]}),
    ],
)
def test_a_ranking_that_does_not_fit_is_told_what_would(places, wrong):
    assert refusals(asked("ranking", is_required=True, **CHOICES), **ranked(*places)) == wrong


def test_rankings_are_counted_by_first_places_with_the_average_place():
    one = asked("ranking", **CHOICES)
    rows = [
        (one.keep(AnswerGiven(ASKED, choices=("option-b", "option-a"))), 3),
        (one.keep(AnswerGiven(ASKED, choices=("option-a",))), 1),
    ]
    counts = one.count(rows)
    assert (counts.answered, [each.count for each in counts.options]) == (4, [1, 3, 0])
    assert counts.figures == (Figure("A", Decimal("1.75")), Figure("B", Decimal(1)))


MATRIX = {"rows": option_items("A", "B"), "scale": option_items("Bad", "Good")}


def test_rows_are_answered_on_one_scale_and_some_may_be_left():
    one = asked("matrix", **MATRIX)
    both = {"option-a": "option-good", "option-b": "option-bad"}
    assert kept(one, **both) == (["A: Good", "B: Bad"], "")
    assert kept(one, **{"option-b": "option-bad"}) == (["B: Bad"], "")
    counts = one.count([(one.keep(AnswerGiven(ASKED, choices=("option-a:option-good",))), 2)])
    assert [(each.option.label, each.count) for each in counts.options] == [
        ("A: Bad", 0),
        ("A: Good", 2),
        ("B: Bad", 0),
        ("B: Good", 0),
    ]


def test_a_row_that_is_missing_or_strange_is_named():
    one = asked("matrix", is_required=True, **MATRIX)
    assert refusals(one, **{"option-a": "option-good"}) == {"option-b": ["Choose an answer for “B” in “How?”"]}
    assert refusals(one, **{"option-a": "option-good", "option-b": "fine"}) == {
        "option-b": ["Choose one of the answers offered for “B” in “How?”"]
    }


BUDGET = CHOICES | {"total": 100, "unit": "£"}


def test_a_budget_is_kept_with_every_amount_as_people_write_it():
    one = asked("budget", **BUDGET)
    assert kept(one, **ranked("£60", " 40 ", "")) == (["A: £60", "B: £40", "C: £0"], "")
    assert kept(one, **ranked("", "", "")) == ([], "")


@pytest.mark.parametrize(
    ("amounts", "wrong"),
    [
        (("", "", ""), {"option-a": ["Share out £100 in “How?”: enter a number for at least one choice"]}),
        (("60", "30", ""), {"option-a": ["Your amounts in “How?” add up to £90: they must add up to £100"]}),
        (("60", "41", ""), {"option-a": ["Your amounts in “How?” add up to £101: they must add up to £100"]}),
        (
            ("-1", "some", "101"),
            {
                f"option-{name.lower()}": [f"The amount for “{name}” in “How?” must be a whole number from 0 to £100"]
                for name in "ABC"
            },
        ),
    ],
)
def test_a_budget_that_does_not_add_up_is_told_by_how_much(amounts, wrong):
    assert refusals(asked("budget", is_required=True, **BUDGET), **ranked(*amounts)) == wrong


def test_budgets_are_counted_by_who_gave_anything_with_the_average_amount():
    one = asked("budget", **BUDGET)
    rows = [
        (one.keep(AnswerGiven(ASKED, choices=("option-a:100", "option-b:0", "option-c:0"))), 1),
        (one.keep(AnswerGiven(ASKED, choices=("option-a:50", "option-b:50", "option-c:0"))), 1),
    ]
    counts = one.count(rows)
    assert (counts.answered, [each.count for each in counts.options]) == (2, [2, 1, 0])
    assert [figure.value for figure in counts.figures] == [75, 25, 0]


@pytest.mark.parametrize(
    ("kind", "fields", "given"),
    [
        ("number", {}, {"choices": ("many",)}),
        ("number", {}, {"choices": ("1", "2")}),
        ("number", {"is_whole": True}, {"choices": ("1.5",)}),
        ("number", {"maximum": "5"}, {"choices": ("6",)}),
        ("date", {}, {"choices": ("yesterday",)}),
        ("date", {"latest": "2026-01-01"}, {"choices": ("2026-01-02",)}),
        ("yes_no", {}, {"choices": ("yes", "no")}),
        ("ranking", CHOICES, {"choices": ("option-a", "option-a")}),
        ("matrix", MATRIX, {"choices": ("option-a:option-bad", "option-a:option-good")}),
        ("matrix", MATRIX, {"choices": ("option-c:option-bad",)}),
        ("budget", BUDGET, {"choices": ("option-a:60", "option-b:30")}),
        ("budget", BUDGET, {"choices": ("option-a:50", "option-a:50")}),
        ("budget", BUDGET, {"choices": ("option-a:150", "option-b:-50")}),
        ("rating", {"points": 5, "low": "a", "high": "b"}, {"choices": ("0",)}),
        ("rating", {"points": 5, "low": "a", "high": "b"}, {"choices": ("1",), "text": "Why not"}),
        ("section_text", {"heading": "How?", "text": ""}, {"choices": ("1",)}),
        ("several_choices", CHOICES | {"at_least": 2}, {"choices": ("option-a",)}),
        ("several_choices", CHOICES | {"at_most": 2}, {"choices": ("option-a", "option-b", "option-c")}),
        ("single_choice", CHOICES, {"choices": ("other",), "text": "D"}),
        ("single_choice", CHOICES | {"has_other": True}, {"choices": ("other",)}),
        ("single_choice", CHOICES | {"has_other": True}, {"choices": ("option-a",), "text": "D"}),
    ],
)
def test_what_is_not_asked_is_not_kept(kind, fields, given):
    one, answer = asked(kind, **fields), AnswerGiven(ASKED, **given)
    with pytest.raises(Unfit):
        (one.keep_text(answer), one.keep(answer))


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("number", {"minimum": Decimal(2), "maximum": Decimal(1)}),
        ("date", {"earliest": date(2026, 1, 2), "latest": date(2026, 1, 1)}),
        ("several_choices", CHOICES | {"at_least": 3, "at_most": 2}),
        ("several_choices", CHOICES | {"at_most": 4}),
    ],
)
def test_an_editor_cannot_ask_for_what_nobody_can_give(kind, fields):
    block = QuestionsBlock().child_blocks[kind]
    value = block.to_python(question(kind, ASKED, "How?", **fields)["value"])
    with pytest.raises(StructBlockValidationError):
        block.clean(value)
