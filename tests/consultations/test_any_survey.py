"""Any survey that an editor can build can be drawn, answered and read back the same."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.http import QueryDict
from django.template.loader import render_to_string
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from consultations.enums import Agreement, QuestionKind, YesNoAnswer
from consultations.forms import field_name, make_answer_form
from consultations.kinds import read_questions
from consultations.kinds.blocks import QuestionsBlock
from consultations.kinds.numbers import write_number
from tests.consultations.samples import option_items, question
from wardmote.core.text import clean_text

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


SECTION = st.sampled_from(["section_text", "page_break"]).map(
    lambda kind: Asked(kind, {"heading": "Your visits", "text": "<p>Think.</p>"}, {}, [])
)

ANY = st.one_of(texts(), choices(), fixed_choices(), ratings(), numbers(), dates(), lists(), files(), SECTION)


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
    } == set(QuestionKind.values)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(survey=st.lists(st.tuples(ANY, st.booleans(), st.booleans()), min_size=1, max_size=6))
def test_any_survey_is_answered_and_read_back_the_same(survey):
    """Each question with whether it must be answered and, where it need not be, whether it is left empty."""
    asked = [
        question(one.kind, f"question-{place}", f"Is {place}% enough?", is_required=is_required, **one.fields)
        for place, (one, is_required, _is_left) in enumerate(survey)
    ]
    block = QuestionsBlock()
    stream = block.to_python(asked)
    block.clean(stream)  # an editor can save it
    questions = read_questions(stream)

    data = QueryDict(mutable=True)
    data["no_postcode"] = "unsaid"
    expected = []
    for each, (one, is_required, is_left) in zip(questions, survey, strict=True):
        is_answered = is_required or not is_left
        for part, said in one.parts.items() if is_answered else ():
            data.setlist(field_name(each, part), said if isinstance(said, list) else [said])
        if each.is_asked:
            expected.append((sorted(one.ids), one.text) if is_answered else ([], ""))

    form = make_answer_form(questions)(data, on=date(2026, 11, 20))
    assert form.errors == {}
    for group in form.question_groups():
        assert render_to_string(group.question.template, {"group": group})
    answers = form.answers("en").given
    kept = []
    for each, answer in zip([each for each in questions if each.is_asked], answers, strict=True):
        assert answer.question_id == each.id
        chosen = json.loads(json.dumps([] if answer.is_blank else each.keep(answer)))
        assert len(each.lines(chosen)) == len(chosen)
        kept.append((sorted(choice["id"] for choice in chosen), each.keep_text(answer)))
    assert kept == expected
