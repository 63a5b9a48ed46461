"""Questions that depend on earlier answers: building them, answering them without JavaScript, and what is kept."""

from __future__ import annotations

import csv
import html
import io
import re
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from wagtail.blocks import CharBlock, ListBlock, MultipleChoiceBlock

from consultations import queries
from consultations.conditions import Operator
from consultations.enums import QuestionKind
from consultations.forms import make_answer_form
from consultations.kinds import read_questions
from consultations.kinds.blocks import QuestionsBlock
from consultations.models import Answer, ConsultationPage, QuestionSet, Response
from consultations.services import submit_response
from sentiment.models import Feedback
from tests.consultations.samples import WHILE_OPEN, AnswerGiven, answers, option_items, question
from wardmote.home.officers import provide_officers

pytestmark = pytest.mark.django_db

CYCLES, OFTEN, MILES, WHY, LAST = (f"0000000{n}-0000-4000-8000-00000000000a" for n in range(1, 6))


def only_if(question_id: str, operator: str = "is", answer: str = "yes") -> dict[str, Any]:
    clause = {"question": question_id, "operator": operator, "answer": answer}
    return {"asked_if": [{"type": "item", "id": "clause", "value": clause}]}


def a_survey() -> list[dict[str, Any]]:
    return [
        question("yes_no", CYCLES, "Do you cycle?", is_required=True),
        question("free_text", WHY, "What stops you?", **only_if(CYCLES, "is", "no")),
        question("number", MILES, "How many miles a week?", is_required=True, **only_if(CYCLES)),
        question(
            "single_choice",
            OFTEN,
            "Which lane?",
            options=option_items("Wide", "Lit"),
            **only_if(MILES, "at_least", "20"),
        ),
        question("free_text", LAST, "Anything else?"),
    ]


@pytest.fixture(autouse=True)
def while_open(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: WHILE_OPEN)


@pytest.fixture
def survey(make_consultation) -> ConsultationPage:
    return make_consultation("Cycling", questions=a_survey())


@pytest.fixture
def send(client, survey):
    key = str(uuid4())

    def do(**parts: str):
        ids = {"cycles": CYCLES, "why": WHY, "miles": MILES, "often": OFTEN, "last": LAST}
        data = {"key": key, "no_postcode": "unsaid", "shown": parts.pop("shown", "")}
        data |= {f"q-{ids[name]}": said for name, said in parts.items()}
        return client.post(reverse("consultations:respond", args=[survey.slug]), data)

    return do


def hidden_in(response) -> dict[str, bool]:
    """Whether each question that has a rule is hidden in the page."""
    tags = re.findall(r'<div class="wm-asks"[^>]*data-rules[^>]*>', response.content.decode())
    return {re.search(r'data-question="([^"]*)"', tag).group(1): tag.endswith(" hidden>") for tag in tags}


def shown_in(response) -> str:
    return re.search(r'name="shown" value="([^"]*)"', response.content.decode()).group(1)


def test_the_form_draws_what_is_not_asked_yet_and_hides_it(client, survey):
    form = client.get(reverse("consultations:respond", args=[survey.slug]))
    assert hidden_in(form) == {WHY: True, MILES: True, OFTEN: True}
    assert shown_in(form) == ""


def test_a_question_is_asked_at_the_next_step_with_the_reason(send):
    first = send(cycles="yes", last="No")
    assert first.status_code == 200
    assert hidden_in(first) == {WHY: True, MILES: False, OFTEN: True}
    words = html.unescape(first.content.decode())
    assert "We have one more question" in words
    assert "Because you answered “Yes” to “Do you cycle?”, we also ask: How many miles a week?" in words
    assert "govuk-error-summary" not in words
    assert Response.objects.count() == 0

    empty = send(cycles="yes", shown=shown_in(first))
    assert empty.status_code == 422  # it could be seen now, and must be answered
    assert empty.context["form"].errors == {f"q-{MILES}": ["Enter a number for “How many miles a week?”"]}

    second = send(cycles="yes", miles="20", shown=shown_in(first))
    assert hidden_in(second) == {WHY: True, MILES: False, OFTEN: False}
    sent = send(cycles="yes", miles="20", often="option-lit", shown=shown_in(second))
    assert sent.status_code == 302
    assert list(Answer.objects.order_by("position").values_list("question_id", "is_asked")) == [
        (CYCLES, True),
        (MILES, True),
        (OFTEN, True),
    ]


def test_an_optional_question_that_was_shown_may_be_left_empty(send):
    first = send(cycles="no")
    assert hidden_in(first) == {WHY: False, MILES: True, OFTEN: True}
    assert send(cycles="no", shown=shown_in(first)).status_code == 302


def test_what_was_begun_though_not_shown_is_not_called_new(send):
    words = html.unescape(send(cycles="yes", miles="20").content.decode())
    assert "We have one more question" in words  # the miles came with the answers, so one is new
    assert "Because you answered “How many miles a week?”, we also ask: Which lane?" in words


def test_what_is_not_asked_need_not_be_right(send):
    assert send(cycles="no", miles="many", why="Cars", shown=WHY).status_code == 302
    assert list(Answer.objects.order_by("position").values_list("question_id", flat=True)) == [CYCLES, WHY]


def test_a_wrong_answer_further_up_is_the_only_thing_said(send):
    wrong = send(cycles="perhaps", miles="many")
    assert wrong.status_code == 422
    assert list(wrong.context["form"].errors) == [f"q-{CYCLES}"]
    assert 'value="many"' in wrong.content.decode()


def test_an_answer_no_longer_asked_is_kept_aside_and_not_counted(client, officer, settings, survey, send):
    sent = send(cycles="no", why="Cars", miles="25", often="option-lit", shown=",".join([WHY, MILES, OFTEN]))
    assert list(Answer.objects.order_by("position").values_list("question_id", "text", "is_asked")) == [
        (CYCLES, "", True),
        (WHY, "Cars", True),
        (MILES, "", False),
        (OFTEN, "", False),
    ]
    assert [each.answered for each in queries.answer_counts(survey)] == [1, 1, 0, 0, 0]
    receipt = html.unescape(client.get(sent.url).content.decode())
    assert receipt.index("Cars") < receipt.index("Kept aside, not counted") < receipt.index("Which lane?")

    settings.SECOND_FACTOR_REQUIRED = False
    provide_officers(survey.get_parent().get_parent())
    client.force_login(officer)
    url = reverse("consultation_responses:index", args=[survey.pk])
    exported = b"".join(client.get(f"{url}?export=csv").streaming_content).decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(exported)))[1][6:] == ["No", "Cars", "", "", ""]
    shown = client.get(reverse("consultation_responses:response", args=[survey.pk, Response.objects.get().pk]))
    assert shown.content.decode().count("kept aside, not counted") == 2


def test_a_text_kept_aside_is_not_filed_for_reading(survey):
    said = (AnswerGiven(CYCLES, choices=("yes",)), AnswerGiven(WHY, text="Cars"), AnswerGiven(LAST, text="Trees"))
    submit_response(consultation=survey, answers=answers(*said), submitted_at=WHILE_OPEN)
    assert list(Feedback.objects.values_list("text", flat=True)) == ["Trees"]


def test_a_sections_rule_holds_for_the_questions_below_it(client, make_consultation):
    section = {"type": "section_text", "id": "section", "value": {"heading": "Lanes", "text": "", **only_if(CYCLES)}}
    page = make_consultation(
        questions=[
            question("yes_no", CYCLES, "Do you cycle?"),
            section,
            question("free_text", OFTEN, "How often?"),
            {"type": "section_text", "id": "other", "value": {"heading": "The rest", "text": ""}},
            question("free_text", LAST, "Anything else?"),
        ]
    )
    form = client.get(reverse("consultations:respond", args=[page.slug]))
    assert hidden_in(form) == {"section": True, OFTEN: True}


# Building


def errors_of(asked: list[dict[str, Any]], **saving: bool) -> dict[int, Any]:
    """Messages by place of the block, of the clause, and by field of the clause."""
    block = QuestionsBlock()
    try:
        clean = block.clean_deferred if saving.get("draft") else block.clean
        clean(block.to_python(asked))
    except ValidationError as wrong:
        return {
            place: {
                number: {field: error.message for field, error in clause.block_errors.items()}
                for number, clause in struct.block_errors["asked_if"].block_errors.items()
            }
            for place, struct in wrong.block_errors.items()
        }
    return {}


def test_a_survey_with_sound_rules_is_saved():
    assert errors_of(a_survey()) == {}


@pytest.mark.parametrize(
    ("rule", "field", "message"),
    [
        (
            only_if("gone"),
            "question",
            "The rule of “What stops you?” looks at a question that is no longer here. "
            "Choose another question, or take the rule away",
        ),
        (
            only_if(WHY),
            "question",
            "The rule of “What stops you?” looks at its own answer. Choose an earlier question",
        ),
        (
            only_if(LAST, "answered", ""),
            "question",
            "The rule of “What stops you?” looks at “Anything else?”, which comes later. "
            "Move “Anything else?” up, or choose an earlier question",
        ),
        (
            only_if(CYCLES, "at_least", "3"),
            "operator",
            "The rule of “What stops you?” compares with “Do you cycle?” in a way it cannot. "
            "Choose: is, is not, was answered",
        ),
        (
            only_if(CYCLES, "is", "sometimes"),
            "answer",
            "The rule of “What stops you?” names an answer that “Do you cycle?” does not offer. Choose one it does",
        ),
    ],
)
def test_a_rule_that_cannot_be_judged_is_refused_by_field(rule, field, message):
    asked = a_survey()
    asked[1]["value"] |= rule
    assert errors_of(asked) == {1: {0: {field: message}}}


def test_a_number_to_compare_with_is_kept_in_its_shortest_writing():
    asked = a_survey()
    asked[3]["value"] |= only_if(MILES, "at_least", "1,200.50")
    block = QuestionsBlock()
    assert block.clean(block.to_python(asked))[3].value["asked_if"][0]["answer"] == "1200.5"
    asked[3]["value"] |= only_if(MILES, "at_least", "many")
    message = "The rule of “Which lane?” must compare “How many miles a week?” with a number, like 12"
    assert errors_of(asked) == {3: {0: {"answer": message}}}


def test_a_draft_may_hold_an_unfinished_rule_but_not_a_wrong_one():
    asked = a_survey()
    asked[1]["value"] |= only_if("")
    assert errors_of(asked, draft=True) == {}
    asked[1]["value"] |= only_if(CYCLES, answer="")
    assert errors_of(asked, draft=True) == {}
    assert list(errors_of(asked)) == [1]
    asked[1]["value"] |= only_if("gone")
    assert list(errors_of(asked, draft=True)) == [1]


def test_a_page_whose_rule_lost_its_question_is_served_and_the_editor_is_told(
    client, officer, settings, make_consultation
):
    page = make_consultation(questions=[question("free_text", LAST, "Anything else?", **only_if("gone"))])
    form = client.get(reverse("consultations:respond", args=[page.slug]))
    assert hidden_in(form) == {}
    settings.SECOND_FACTOR_REQUIRED = False
    officer.is_superuser = True
    officer.save()
    client.force_login(officer)
    editor = html.unescape(client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content.decode())
    assert "The rule of “Anything else?” looks at a question that is no longer here." in editor


def test_the_editor_reads_each_rule_as_a_sentence(client, officer, settings, survey):
    settings.SECOND_FACTOR_REQUIRED = False
    officer.is_superuser = True
    officer.save()
    client.force_login(officer)
    editor = html.unescape(client.get(reverse("wagtailadmin_pages:edit", args=[survey.pk])).content.decode())
    for sentence in (
        "Asked only if the answer to “Do you cycle?” is “No”.",
        "Asked only if the answer to “Do you cycle?” is “Yes”.",
        "Asked only if the answer to “How many miles a week?” is at least 20.",
    ):
        assert sentence in editor
    for operator in Operator:
        assert f'"{operator}"' in editor  # what the rule's form offers


def test_a_draft_comes_back_with_the_questions_its_answers_ask_for(client, survey):
    slug, token = survey.slug, "t" * 32
    data = {"key": str(uuid4()), "draft": token, "revision": "0", "writer": str(uuid4()), f"q-{CYCLES}": "yes"}
    saved = client.post(reverse("consultations:save", args=[slug]), data | {f"q-{WHY}": "Cars"})
    assert saved.status_code == 200
    form = client.get(reverse("consultations:resume", args=[slug, token]), follow=True)
    assert hidden_in(form) == {WHY: True, MILES: False, OFTEN: True}
    assert "Cars" in form.content.decode()


def test_paper_says_who_should_answer(client, survey):
    words = html.unescape(client.get(reverse("consultations:paper", args=[survey.slug])).content.decode())
    assert "Answer this only if you chose “No” at question 1." in words
    assert "Answer this only if your answer to question 3 is 20 or more." in words


def test_paper_gives_no_direction_from_a_rule_that_lost_its_question(client, make_consultation):
    lost = question("free_text", WHY, "Why?", **only_if("gone"))
    section = {"type": "section_text", "id": "section", "value": {"heading": "Lanes", "text": "", **only_if(CYCLES)}}
    page = make_consultation(questions=[question("yes_no", CYCLES, "Do you cycle?"), section, lost])
    words = html.unescape(client.get(reverse("consultations:paper", args=[page.slug])).content.decode())
    assert "Answer the questions under this heading only if you chose “Yes” at question 1." in words
    assert "Answer this only if" not in words


def test_saved_questions_are_edited_with_the_same_lists(client, officer, settings):
    settings.SECOND_FACTOR_REQUIRED = False
    officer.is_superuser = True
    officer.save()
    client.force_login(officer)
    saved = QuestionSet.objects.create(name="Cycling", questions=a_survey())
    url = reverse("wagtailsnippets_consultations_questionset:edit", args=[saved.pk])
    editor = html.unescape(client.get(url).content.decode())
    assert "Asked only if the answer to “Do you cycle?” is “No”." in editor
    assert "asked-if-editor.js" in editor


@pytest.mark.parametrize("kind", QuestionKind.values)
def test_a_draft_with_nothing_filled_in_is_saved_and_read(kind):
    """The editor saves drafts by itself, long before a new block is complete."""
    block = QuestionsBlock()
    child = block.child_blocks[kind]
    empty = {
        name: [] if isinstance(each, ListBlock | MultipleChoiceBlock) else "" if isinstance(each, CharBlock) else None
        for name, each in child.child_blocks.items()
    }
    stream = block.to_python([{"type": kind, "id": "new", "value": empty}])
    (read,) = read_questions(block.clean_deferred(stream))
    assert read.kind == kind
    assert make_answer_form([read])(on=WHILE_OPEN.date()).asked == {"new"}
