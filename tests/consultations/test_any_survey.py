"""Any survey that an editor can build can be drawn, answered, resumed and read back the same, on one page or several."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.http import QueryDict
from django.template.loader import render_to_string
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from consultations.answer_fields import field_name
from consultations.conditions import Level, Operator, Rule
from consultations.enums import Agreement, QuestionKind, YesNoAnswer
from consultations.forms import AnswerForm, make_answer_form, make_page_form
from consultations.kinds import Question, read_questions
from consultations.kinds.blocks import QuestionsBlock
from consultations.kinds.numbers import write_number
from consultations.paging import pages_of
from tests.consultations.samples import option_items, question
from wardmote.core.text import clean_text

pytestmark = pytest.mark.django_db

ON = date(2026, 11, 20)
WORDS = st.text(min_size=1, max_size=60).filter(lambda text: clean_text(text).strip())
LINES = WORDS.filter(lambda text: len(clean_text(text)) <= 100)
LABELS = ["Food", "Clothes", "Company", "Books", "Music"]


@dataclass(frozen=True)
class Asked:
    """A block's settings, what somebody sends by part, and what must be kept of it."""

    kind: str
    fields: dict[str, Any]
    parts: dict[str, Any]
    ids: list[str]
    text: str = ""


@st.composite
def texts(draw: st.DrawFn) -> Asked:
    kind, said = draw(st.sampled_from(["free_text", "short_text"])), draw(LINES)
    return Asked(kind, {"max_characters": draw(st.integers(100, 300))}, {"": said}, [], clean_text(said))


@st.composite
def choices(draw: st.DrawFn) -> Asked:
    options = option_items(*LABELS[: draw(st.integers(2, 5))])
    has_other = draw(st.booleans())
    offered = [option["id"] for option in options] + ["other"] * has_other
    chosen = draw(st.lists(st.sampled_from(offered), min_size=1, unique=True))
    fields: dict[str, Any] = {"options": options, "has_other": has_other}
    kind = draw(st.sampled_from(["single_choice", "several_choices"]))
    if kind == "single_choice":
        chosen = chosen[:1]
    else:
        fields["at_least"] = draw(st.none() | st.integers(2, max(2, len(chosen)))) if len(chosen) > 1 else None
        fields["at_most"] = draw(st.none() | st.integers(max(2, len(chosen)), len(offered)))
    parts: dict[str, Any] = {"": chosen}
    text = ""
    if "other" in chosen:
        parts["other"] = draw(LINES)
        text = clean_text(parts["other"])
    return Asked(kind, fields, parts, chosen, text)


@st.composite
def fixed_choices(draw: st.DrawFn) -> Asked:
    kind, answers = draw(st.sampled_from([("yes_no", YesNoAnswer.values), ("agree_scale", Agreement.values)]))
    chosen = draw(st.sampled_from(answers))
    return Asked(kind, {}, {"": chosen}, [chosen])


@st.composite
def ratings(draw: st.DrawFn) -> Asked:
    points = draw(st.integers(2, 11))
    first = 0 if points == 11 else 1
    point = str(draw(st.integers(first, first + points - 1)))
    why = draw(WORDS) if draw(st.booleans()) else ""
    fields = {"points": points, "low": "Poor", "high": "Good", "asks_why": bool(why)}
    return Asked("rating", fields, {"": point} | ({"why": why} if why else {}), [point], clean_text(why))


@st.composite
def numbers(draw: st.DrawFn) -> Asked:
    is_whole = draw(st.booleans())
    number = draw(st.decimals(-(10**9), 10**9, places=0 if is_whole else 3))
    fields = {
        "is_whole": is_whole,
        "minimum": draw(st.none() | st.just(str(number)) | st.just(str(number - 1))),
        "maximum": draw(st.none() | st.just(str(number)) | st.just(str(number + 1))),
        "unit": draw(st.sampled_from(["", "£", "%", "miles"])),
    }
    return Asked("number", fields, {"": f"{number:,f}"}, [write_number(Decimal(number))])


@st.composite
def dates(draw: st.DrawFn) -> Asked:
    day = draw(st.dates(date(1000, 1, 1)))
    limits = st.none() | st.just(day.isoformat())
    parts = {"day": str(day.day), "month": f"{day.month:02}", "year": str(day.year)}
    return Asked("date", {"earliest": draw(limits), "latest": draw(limits)}, parts, [day.isoformat()])


@st.composite
def lists(draw: st.DrawFn) -> Asked:
    options = option_items(*LABELS[: draw(st.integers(2, 5))])
    ids = [option["id"] for option in options]
    kind = draw(st.sampled_from(["ranking", "matrix", "budget"]))
    if kind == "ranking":
        order = draw(st.permutations(ids))[: draw(st.integers(1, len(ids)))]
        return Asked(kind, {"options": options}, {one: str(order.index(one) + 1) for one in order}, order)
    if kind == "matrix":
        scale = option_items("Poor", "Fair", "Good")
        points = {one: draw(st.sampled_from([point["id"] for point in scale])) for one in ids}
        pairs = [f"{row}:{point}" for row, point in points.items()]
        return Asked(kind, {"rows": options, "scale": scale}, points, pairs)
    amounts = {one: draw(st.integers(0, 1000)) for one in ids}
    amounts[ids[0]] += 1
    fields = {"options": options, "total": sum(amounts.values()), "unit": draw(st.sampled_from(["", "£", "points"]))}
    return Asked(kind, fields, {one: f"{amount:,}" for one, amount in amounts.items()}, ids)


@st.composite
def files(draw: st.DrawFn) -> Asked:
    held = draw(st.lists(st.uuids(), min_size=1, max_size=3, unique=True))
    values = [f"{each}:{draw(st.integers(1, 10**7))}:plan: {number}.pdf" for number, each in enumerate(held)]
    fields = {"accepts": ["pdf"], "at_most": draw(st.integers(len(held), 5))}
    return Asked("files", fields, {"": values}, [str(each) for each in held])


@st.composite
def places(draw: st.DrawFn) -> Asked:
    said = draw(st.just("") | LINES)
    latitude, longitude = draw(st.integers(-900_000, 900_000)), draw(st.integers(-1_800_000, 1_800_000))
    point = f"{Decimal(latitude).scaleb(-4)},{Decimal(longitude).scaleb(-4)}"
    parts = ({"": said} if said else {}) | {"at": point.replace(",", ", ")}
    return Asked("place", {"is_rough": False}, parts, [point], clean_text(said))


SECTION = st.sampled_from(["section_text", "page_break"]).map(
    lambda kind: Asked(kind, {"heading": "Your visits", "text": "<p>Think.</p>"}, {}, [])
)

ANY = st.one_of(
    texts(), choices(), fixed_choices(), ratings(), numbers(), dates(), lists(), files(), places(), SECTION
)


def test_every_kind_can_be_drawn_at_random():
    drawn = {"free_text", "short_text", "single_choice", "several_choices", "yes_no", "agree_scale"}
    assert drawn | {
        "ranking",
        "matrix",
        "budget",
        "rating",
        "number",
        "date",
        "section_text",
        "page_break",
        "files",
        "place",
    } == set(QuestionKind.values)


def rule_about(target: Question, draw: Any) -> dict[str, Any]:
    """A rule of a later block that looks at ``target``, as a block keeps it."""
    operator, answer = draw(st.sampled_from(target.operators)), ""
    offered = target.compared_with
    if operator != Operator.ANSWERED:
        answer = str(draw(st.integers(-9, 9))) if offered is None else draw(st.sampled_from(sorted(offered)))
    clause = {"question": target.id, "operator": operator.value, "answer": answer}
    return {"asked_if": [{"type": "item", "id": f"about-{target.id}", "value": clause}]}


def is_met(rule: Rule, said: dict[str, Any]) -> bool:
    (clause,) = rule.clauses
    values = said.get(clause.question_id, ())
    if clause.operator in (Operator.IS, Operator.INCLUDES):
        return clause.answer in values
    if clause.operator in (Operator.IS_NOT, Operator.EXCLUDES):
        return bool(values) and clause.answer not in values
    if clause.operator in (Operator.AT_LEAST, Operator.AT_MOST):
        sign = 1 if clause.operator == Operator.AT_LEAST else -1
        return bool(values) and sign * Decimal(values[0]) >= sign * Decimal(clause.answer)
    return bool(values)


def asked_by_hand(questions: tuple[Question, ...], said: dict[str, Any]) -> set[str]:
    """What is asked, by walking down the page with a finger."""
    asked: set[str] = set()
    page_is_on = section_is_on = True
    for each in questions:
        counted = {question_id: values for question_id, values in said.items() if question_id in asked}
        is_on = each.rule is None or is_met(each.rule, counted)
        if each.level == Level.PAGE:
            page_is_on, section_is_on = is_on, True
        elif each.level == Level.SECTION:
            section_is_on = is_on
        if page_is_on and section_is_on and is_on:
            asked.add(each.id)
    return asked


@settings(max_examples=60, deadline=None, suppress_health_check=[*HealthCheck])
@given(
    survey=st.lists(st.tuples(ANY, st.booleans(), st.booleans(), st.booleans()), min_size=1, max_size=7),
    data=st.data(),
)
def test_any_survey_is_answered_resumed_and_read_back_the_same(survey, data):
    """Each block with whether it must be answered, whether it is left empty all the same where it may be, and whether
    it has a rule."""
    block = QuestionsBlock()
    blocks: list[dict[str, Any]] = []
    for place, (one, is_required, _is_left, has_rule) in enumerate(survey):
        earlier = [each for each in read_questions(block.to_python(blocks)) if each.is_asked]
        rule = rule_about(data.draw(st.sampled_from(earlier)), data.draw) if has_rule and earlier else {}
        fields = {**one.fields, **rule}
        blocks.append(
            question(one.kind, f"question-{place}", f"Is {place}% enough?", is_required=is_required, **fields)
        )
    stream = block.to_python(blocks)
    block.clean(stream)  # an editor can save it
    questions = read_questions(stream)

    sent = QueryDict(mutable=True)
    sent["no_postcode"] = "unsaid"
    sent["shown"] = ",".join(each.id for each in questions)
    said: dict[str, Any] = {}
    expected = {}
    for each, (one, is_required, is_left, _has_rule) in zip(questions, survey, strict=True):
        is_answered = is_required or not is_left
        for part, typed in one.parts.items() if is_answered else ():
            sent.setlist(field_name(each, part), typed if isinstance(typed, list) else [typed])
        if each.is_asked:
            expected[each.id] = (sorted(one.ids), one.text) if is_answered else ([], "")
            said[each.id] = (one.ids or [one.text]) if is_answered else ()

    whole = make_answer_form(questions)
    form = whole(sent, on=ON)
    assert form.errors == {}
    for group in form.question_groups():
        assert render_to_string(group.question.template, {"group": group})
    assert form.asked == asked_by_hand(questions, said)
    assert kept_of(form, questions) == expected

    fields = dict(form.typed("en").fields)
    resumed = whole.resumed(fields, on=ON, hidden={})
    assert resumed.asked == form.asked
    assert kept_of(resumed, questions) == expected

    through: dict[str, list[str]] = {}
    for page in pages_of(questions):
        one_page = QueryDict(mutable=True)
        one_page["shown"] = sent["shown"]
        for each in page.questions:
            for part in each.fields():
                if (name := field_name(each, part)) in sent:
                    one_page.setlist(name, sent.getlist(name))
        page_form = make_page_form(questions, page)(one_page, on=ON, elsewhere=through)
        if page.is_asked(form.asked):
            assert page_form.errors == {}
        through = {**through, **page_form.typed("en").fields}
    if pages_of(questions):
        last = whole.holding({**through, "no_postcode": ["unsaid"]}, on=ON)
        assert last.errors == {}
        assert (last.asked, kept_of(last, questions)) == (form.asked, expected)


def kept_of(form: AnswerForm, questions: tuple[Question, ...]) -> dict[str, Any]:
    """Choices and text, as they would be kept, by question."""
    kept = {}
    given = {answer.question_id: answer for answer in form.given}
    for each in questions:
        if each.is_asked:
            answer = given[each.id]
            chosen = json.loads(json.dumps([] if answer.is_blank else each.keep(answer)))
            assert len(each.lines(chosen)) == len(chosen)
            kept[each.id] = (sorted(choice["id"] for choice in chosen), each.keep_text(answer))
    return kept
