"""What the public pages show, and what the editor is told."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from consultations.kinds import AnswerGiven
from consultations.models import ConsultationIndexPage, ConsultationPage
from consultations.services import submit_response
from tests.consultations.samples import CLOSES_AT, OPENS_AT, SECOND, VIEW, WHILE_OPEN, answers, one_of_each_kind

pytestmark = pytest.mark.django_db

OUTCOME = {
    "you_said": "<p>More seats.</p>",
    "we_did": "<p>Twelve benches.</p>",
    "outcome_published_at": CLOSES_AT + timedelta(days=10),
}


@pytest.fixture
def clock(monkeypatch):
    def set_clock(moment):
        monkeypatch.setattr(timezone, "now", lambda: moment)

    set_clock(WHILE_OPEN)
    return set_clock


def respond(page, count):
    for _ in range(count):
        submit_response(consultation=page, answers=answers(AnswerGiven(VIEW, text="Seats")), submitted_at=WHILE_OPEN)


@pytest.mark.parametrize(
    ("moment", "shown", "hidden"),
    [
        (OPENS_AT - SECOND, "You can answer from", "Give your view"),
        (OPENS_AT, "Give your view", "You can answer from"),
        (CLOSES_AT - SECOND, "Closes today at 5pm", "This consultation is closed"),
        (CLOSES_AT, "This consultation is closed", "Give your view"),
        (OUTCOME["outcome_published_at"] - SECOND, "This consultation is closed", "Twelve benches"),
        (OUTCOME["outcome_published_at"], "Twelve benches", "This consultation is closed"),
    ],
)
def test_the_page_says_what_can_be_done_now(client, clock, make_consultation, moment, shown, hidden):
    page = make_consultation(**OUTCOME)
    clock(moment)
    text = client.get(page.url).content.decode()
    assert shown in text
    assert hidden not in text


@pytest.mark.parametrize(("count", "shown"), [(0, "Fewer than 10 so far"), (9, "Fewer than 10 so far"), (10, ">10<")])
def test_a_small_number_of_responses_is_not_shown(client, clock, consultation, count, shown):
    respond(consultation, count)
    assert shown in client.get(consultation.url).content.decode()


def test_the_page_names_its_wards(client, clock, make_consultation, make_ward):
    page = make_consultation(wards=[make_ward("Westgate"), make_ward("Alexandra")])
    text = client.get(page.url).content.decode()
    assert text.index("Alexandra") < text.index("Westgate")
    assert "The whole council area" not in text


def test_the_body_is_shown_and_officers_words_are_escaped(client, clock, make_consultation):
    page = make_consultation(
        body=[
            {"type": "heading", "value": "Why <now>"},
            {"type": "paragraph", "value": "<p>Because <b>rents</b> rose.</p>"},
            {"type": "call_out", "value": {"title": "Note", "text": "<p>Closes early.</p>"}},
        ]
    )
    text = client.get(page.url).content.decode()
    assert "Why &lt;now&gt;</h2>" in text
    assert "Because <b>rents</b> rose." in text
    assert "Closes early." in text


def test_the_list_shows_each_consultation_under_its_stage(client, clock, index_page, make_consultation):
    make_consultation("Open one")
    make_consultation("Later one", opens_at=WHILE_OPEN + SECOND)
    make_consultation("Old one", opens_at=OPENS_AT - timedelta(days=9), closes_at=OPENS_AT)
    context = client.get(index_page.url).context
    assert [[page.title for page in context[name]] for name in ("open", "forthcoming", "closed")] == [
        ["Open one"],
        ["Later one"],
        ["Old one"],
    ]


def test_an_outcome_in_a_list_is_its_first_words(client, clock, index_page, make_consultation):
    page = make_consultation(**OUTCOME | {"we_did": f"<p>Twelve <b>benches</b>.</p><ul><li>{'word ' * 50}</li></ul>"})
    clock(OUTCOME["outcome_published_at"])
    assert page.outcome_in_short == f"Twelve benches. {' '.join(['word'] * 34)}…"
    assert page.outcome_in_short in client.get(index_page.url).content.decode()


def test_an_empty_list_says_so(client, clock, index_page):
    assert "Nothing is open to answer today" in client.get(index_page.url).content.decode()


def test_the_list_takes_the_same_number_of_queries_for_one_and_for_three(
    client, clock, index_page, make_consultation
):
    def queries_made(count):
        while ConsultationPage.objects.count() < count:
            make_consultation()
        with CaptureQueriesContext(connection) as made:
            assert len(client.get(index_page.url).context["open"]) == count
        return len(made)

    client.get(index_page.url)
    assert queries_made(1) == queries_made(3)


def test_the_database_refuses_a_consultation_that_closes_before_it_opens(consultation):
    with pytest.raises(IntegrityError), transaction.atomic():
        ConsultationPage.objects.filter(pk=consultation.pk).update(closes_at=OPENS_AT)


@pytest.mark.parametrize(
    ("fields", "errors"),
    [
        ({"closes_at": OPENS_AT}, {"closes_at"}),
        ({"closes_at": OPENS_AT + SECOND}, set()),
        ({**OUTCOME, "outcome_published_at": CLOSES_AT - SECOND}, {"outcome_published_at"}),
        ({**OUTCOME, "outcome_published_at": CLOSES_AT}, set()),
        ({"outcome_published_at": CLOSES_AT}, {"outcome_published_at"}),
        ({"slug": "market-square"}, {"slug"}),
    ],
)
def test_the_editor_is_told_what_does_not_fit_by_field(site, consultation, fields, errors):
    other_list = site.root_page.add_child(instance=ConsultationIndexPage(title="Other", slug="other"))
    page = ConsultationPage(
        **{
            "title": "Market hall",
            "slug": "market-hall",
            "intro": "How?",
            "opens_at": OPENS_AT,
            "closes_at": CLOSES_AT,
            "questions": one_of_each_kind(),
            "locale": other_list.locale,
        }
        | fields
    )
    page.set_url_path(other_list)
    page.path, page.depth = f"{other_list.path}0001", other_list.depth + 1
    found = set()
    try:
        page.full_clean()
    except ValidationError as refused:
        found = set(refused.message_dict)
    assert found == errors


def test_options_and_questions_keep_their_ids_however_they_were_made(index_page):
    questions = [
        {"type": "single_choice", "value": {"wording": "Which?", "options": ["A", "B"], "is_required": False}},
    ]
    page = ConsultationPage(title="Plain", intro="x", opens_at=OPENS_AT, closes_at=CLOSES_AT, questions=questions)
    index_page.add_child(instance=page)
    page.save_revision().publish()
    first = ConsultationPage.objects.get(pk=page.pk).question_list
    ConsultationPage.objects.get(pk=page.pk).save_revision().publish()
    assert ConsultationPage.objects.get(pk=page.pk).question_list == first
    assert all([first[0].id, *(option.id for option in first[0].options)])


def test_two_options_alike_are_refused(consultation):
    block = consultation.questions.stream_block.child_blocks["single_choice"].child_blocks["options"]
    with pytest.raises(ValidationError) as refused:
        block.clean(block.normalize(["Friday", " friday"]))
    assert set(refused.value.block_errors) == {1}


def test_officers_alone_see_how_it_goes(client, clock, consultation, officer, resident):
    respond(consultation, 3)
    for user, is_shown in [(None, False), (resident, False), (officer, True)]:
        if user:
            client.force_login(user)
        assert ("3 responses so far" in client.get(consultation.url).content.decode()) is is_shown
