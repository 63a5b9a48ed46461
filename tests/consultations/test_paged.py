"""Consultations answered page by page, without JavaScript: one after the other, or from a list."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from consultations.enums import Route
from consultations.models import Answer, ConsultationPage, Draft, Response
from consultations.paging import FIRST, pages_of
from tests.consultations.samples import CLOSES_AT, WHILE_OPEN, question
from tests.consultations.test_asked_if import only_if

pytestmark = pytest.mark.django_db

CYCLES, MILES, SHOPS, LAST = (f"0000000{n}-0000-4000-8000-00000000000b" for n in range(4))
RIDING, TOWN = "riding", "town"


def page_break(page_id: str, heading: str, **fields: Any) -> dict[str, Any]:
    return {"type": "page_break", "id": page_id, "value": {"heading": heading, "text": "<p>Read this.</p>", **fields}}


def a_survey() -> list[dict[str, Any]]:
    return [
        question("yes_no", CYCLES, "Do you cycle?", is_required=True),
        page_break(RIDING, "Riding", **only_if(CYCLES)),
        question("number", MILES, "How many miles a week?", is_required=True),
        page_break(TOWN, "The town"),
        question("free_text", SHOPS, "Which shops do you miss?"),
        question("free_text", LAST, "What do you carry?", **only_if(CYCLES)),
    ]


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    def set_clock(moment):
        monkeypatch.setattr(timezone, "now", lambda: moment)

    set_clock(WHILE_OPEN)
    return set_clock


@pytest.fixture
def survey(make_consultation) -> ConsultationPage:
    return make_consultation("Cycling", questions=a_survey())


class Walk:
    """One resident's way through the pages, by the forms alone."""

    def __init__(self, page: ConsultationPage) -> None:
        self.slug, self.client, self.at = page.slug, Client(), None
        self.answer = self.client.get(reverse("consultations:respond", args=[self.slug]), follow=True)
        self.seen()

    def seen(self) -> Walk:
        self.path = self.answer.request["PATH_INFO"]
        text = self.answer.content.decode()
        self.hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', text))
        self.words = " ".join(html.unescape(re.sub(r"<[^>]*>", " ", text)).split())
        return self

    @property
    def step(self) -> str:
        return self.path.rstrip("/").rpartition("/")[2]

    def go(self, path: str) -> Walk:
        self.answer = self.client.get(path, follow=True)
        return self.seen()

    def fill(self, go: str = "next", **said: str) -> Walk:
        ids = {"cycles": CYCLES, "miles": MILES, "shops": SHOPS, "last": LAST}
        sent = {name: value for name, value in self.hidden.items() if not name.startswith(("q-", "done-"))}
        sent |= {f"q-{ids[name]}": value for name, value in said.items()} | {"go": go}
        self.answer = self.client.post(reverse("consultations:page", args=[self.slug, self.step]), sent, follow=True)
        return self.seen()

    def send(self, **said: str) -> Walk:
        sent = self.hidden | {"no_postcode": "unsaid"} | said
        self.answer = self.client.post(reverse("consultations:respond", args=[self.slug]), sent, follow=True)
        return self.seen()


def kept() -> list[tuple[str, str, bool]]:
    return [(each.question_id, each.in_one_line, each.is_asked) for each in Answer.objects.order_by("position")]


def test_pages_are_what_stands_between_the_breaks(survey, make_consultation):
    assert [(page.id, page.title, len(page.questions)) for page in pages_of(survey.survey)] == [
        (FIRST, "", 1),
        (RIDING, "Riding", 1),
        (TOWN, "The town", 2),
    ]
    assert pages_of(make_consultation().survey) == ()
    opened = make_consultation(questions=a_survey()[1:])
    assert [page.id for page in pages_of(opened.survey)] == [RIDING, TOWN]


def test_somebody_goes_through_every_page_and_sends(survey):
    walk = Walk(survey)
    assert (walk.step, "Page 1 of 2" in walk.words) == (FIRST, True)
    walk.fill(cycles="yes")
    assert (walk.step, "Page 2 of 3" in walk.words, "Read this." in walk.words) == (RIDING, True, True)
    walk.fill(miles="12")
    assert (walk.step, "Page 3 of 3" in walk.words) == (TOWN, True)
    walk.fill(shops="The baker’s", last="Bread")
    assert walk.step == "check"
    for said in ("Do you cycle? Yes", "How many miles a week? 12", "Which shops do you miss? The baker’s"):
        assert said in walk.words
    assert Response.objects.count() == 0
    walk.send()
    assert "Your answers were sent" in walk.words
    assert kept() == [
        (CYCLES, "Yes", True),
        (MILES, "12", True),
        (SHOPS, "The baker’s", True),
        (LAST, "Bread", True),
    ]
    assert Draft.objects.count() == 0


def test_a_page_that_does_not_concern_somebody_is_left_out(survey):
    walk = Walk(survey).fill(cycles="no")
    assert (walk.step, "Page 2 of 2" in walk.words) == (TOWN, True)
    assert 'id="asked-' + LAST + '" data-question="' + LAST in walk.answer.content.decode()
    walk.go(reverse("consultations:page", args=[survey.slug, RIDING]))
    assert walk.step == TOWN  # its address leads on
    walk.fill(shops="The baker’s")
    assert "miles" not in walk.words
    walk.send()
    assert kept() == [(CYCLES, "No", True), (SHOPS, "The baker’s", True)]


def test_what_is_wrong_on_a_page_is_said_there_and_kept(survey):
    walk = Walk(survey).fill(cycles="yes").fill(miles="many")
    assert (walk.answer.status_code, walk.step) == (422, RIDING)
    assert "must be a whole number" in walk.words
    walk.fill(go="back", miles="many")
    assert walk.step == FIRST
    walk.fill(cycles="yes")
    assert 'value="many"' in walk.answer.content.decode()


def test_going_back_keeps_what_is_on_the_page(survey):
    walk = Walk(survey).fill(cycles="yes").fill(miles="3").fill(go="back", shops="Fish")
    assert (walk.step, 'value="3"' in walk.answer.content.decode()) == (RIDING, True)
    assert "Fish" in walk.fill(miles="3").words


def test_a_changed_answer_leads_back_to_the_check(survey):
    walk = Walk(survey).fill(cycles="yes").fill(miles="3").fill(shops="Fish")
    walk.go(reverse("consultations:page", args=[survey.slug, RIDING]) + "?to=check").fill(miles="4")
    assert (walk.step, "How many miles a week? 4" in walk.words) == ("check", True)


def test_a_changed_answer_that_asks_for_more_leads_to_what_is_asked(survey):
    walk = Walk(survey).fill(cycles="no").fill(shops="Fish")
    assert walk.step == "check"
    walk.go(reverse("consultations:page", args=[survey.slug, FIRST]) + "?to=check").fill(cycles="yes")
    assert walk.step == RIDING
    walk.fill(miles="4")
    assert walk.step == TOWN  # it was done, but asks one more question now
    assert "What do you carry?" in walk.words
    assert walk.fill(shops="Fish").step == "check"
    walk.send()
    assert kept() == [(CYCLES, "Yes", True), (MILES, "4", True), (SHOPS, "Fish", True)]


def test_an_answer_that_no_longer_applies_is_shown_as_kept_aside(survey):
    walk = Walk(survey).fill(cycles="yes").fill(miles="3").fill(shops="Fish")
    walk.go(reverse("consultations:page", args=[survey.slug, FIRST]) + "?to=check").fill(cycles="no")
    assert walk.step == "check"
    assert walk.words.index("Kept aside, not counted") < walk.words.index("How many miles a week?")
    walk.send()
    assert kept() == [(CYCLES, "No", True), (MILES, "3", False), (SHOPS, "Fish", True)]


def test_what_is_missing_at_the_end_is_linked_to_its_page(survey):
    walk = Walk(survey).fill(cycles="yes")
    walk.go(reverse("consultations:page", args=[survey.slug, "check"]))
    assert "Needs an answer" in walk.words
    assert "There is a problem" not in walk.words
    walk.send(no_postcode="")
    assert (walk.answer.status_code, Response.objects.count()) == (422, 0)
    at = reverse("consultations:page", args=[survey.slug, RIDING])
    content = walk.answer.content.decode()
    assert f'<a href="{at}?to=check#id_q-{MILES}">Enter a number for “How many miles a week?”</a>' in content
    assert '<a href="#id_postcode">Enter your postcode, or tick one of the boxes below it</a>' in content


def test_from_a_list_pages_are_answered_in_any_order(make_consultation):
    survey = make_consultation("Long", questions=a_survey(), way_through=Route.CONTENTS)
    walk = Walk(survey)
    assert walk.step == "contents"
    assert "First questions Not started The town Not started" in walk.words
    assert "Check your answers" not in walk.words
    walk.go(reverse("consultations:page", args=[survey.slug, TOWN])).fill(shops="Fish")
    assert walk.step == "contents"
    assert "You have done 1 of 2 pages." in walk.words
    assert "First questions Not started The town Done" in walk.words
    walk.go(reverse("consultations:page", args=[survey.slug, FIRST])).fill(cycles="yes")
    assert "First questions Done Riding Not started The town Started" in walk.words
    walk.go(reverse("consultations:page", args=[survey.slug, RIDING])).fill(miles="many")
    assert walk.answer.status_code == 422
    walk.go(reverse("consultations:contents", args=[survey.slug]))
    assert "Riding Started" in walk.words
    walk.go(reverse("consultations:page", args=[survey.slug, RIDING]) + "?to=check").fill(miles="2")
    assert walk.step == TOWN
    walk.hidden["to"] = "check"
    assert walk.fill(shops="Fish").step == "check"
    assert "Your answers were sent" in walk.send().words


def test_whoever_opens_the_link_goes_on_where_it_was_left(survey):
    walk = Walk(survey).fill(cycles="yes")
    other = Client().get(reverse("consultations:resume", args=[survey.slug, walk.hidden["draft"]]), follow=True)
    assert other.request["PATH_INFO"] == reverse("consultations:page", args=[survey.slug, RIDING])


def test_a_browser_with_answers_open_is_asked_first_and_shows_none(survey):
    walk = Walk(survey).fill(cycles="yes").fill(miles="77")
    walk.go(reverse("consultations:respond", args=[survey.slug]))
    assert (walk.step, "77" in walk.words) == ("begin", False)
    assert walk.go(reverse("consultations:go_on", args=[survey.slug])).step == TOWN
    walk.go(reverse("consultations:begin", args=[survey.slug]) + "?anew")
    assert (walk.step, " checked" in walk.answer.content.decode()) == (FIRST, False)


def test_a_page_saved_for_later_keeps_the_other_pages(survey):
    walk = Walk(survey).fill(cycles="yes")
    sent = walk.hidden | {f"q-{MILES}": "5"}
    walk.client.post(reverse("consultations:save", args=[survey.slug]), sent)
    fields = Draft.objects.get().fields
    assert (fields[f"q-{CYCLES}"], fields[f"q-{MILES}"]) == (["yes"], ["5"])


def test_another_hand_on_the_same_page_is_shown_before_anything_is_overwritten(survey):
    walk = Walk(survey).fill(cycles="yes").fill(miles="5")
    other = Walk(survey)
    other.go(reverse("consultations:resume", args=[survey.slug, walk.hidden["draft"]]))
    other.fill(shops="Fish")
    walk.fill(shops="Bread")
    assert (walk.answer.status_code, "Two versions of your answers" in walk.words) == (409, True)
    chosen = walk.hidden | {f"choose-q-{SHOPS}": "both"}
    walk.answer = walk.client.post(reverse("consultations:join", args=[survey.slug]), chosen, follow=True)
    assert Draft.objects.get().fields[f"q-{SHOPS}"] == ["Fish\n\nBread"]
    assert Draft.objects.get().fields[f"q-{MILES}"] == ["5"]


def test_another_hand_on_another_page_is_no_quarrel(survey):
    walk = Walk(survey).fill(cycles="yes").fill(miles="5")
    other = Walk(survey)
    other.go(reverse("consultations:resume", args=[survey.slug, walk.hidden["draft"]]))
    other.go(reverse("consultations:page", args=[survey.slug, RIDING])).fill(miles="6")
    walk.fill(shops="Bread")
    assert walk.step == "check"
    fields = Draft.objects.get().fields
    assert (fields[f"q-{MILES}"], fields[f"q-{SHOPS}"]) == (["6"], ["Bread"])


def test_a_page_saved_as_it_is_typed_stays_done(survey):
    walk = Walk(survey).fill(cycles="yes").fill(miles="5").fill(shops="Bread")
    walk.go(reverse("consultations:page", args=[survey.slug, RIDING]))
    walk.client.post(reverse("consultations:save", args=[survey.slug]), walk.hidden | {f"q-{MILES}": "6"})
    assert walk.go(reverse("consultations:go_on", args=[survey.slug])).step == "check"


def test_answers_changed_by_another_hand_are_looked_through_again_before_they_are_sent(survey):
    walk = Walk(survey).fill(cycles="yes").fill(miles="5").fill(shops="Bread")
    other = Walk(survey)
    other.go(reverse("consultations:resume", args=[survey.slug, walk.hidden["draft"]]))
    other.go(reverse("consultations:page", args=[survey.slug, RIDING])).fill(miles="6")
    walk.send()
    assert (walk.answer.status_code, Response.objects.count()) == (409, 0)
    assert "Somebody else has changed these answers" in walk.words
    assert "How many miles a week? 6" in walk.words
    walk.send()
    assert "Your answers were sent" in walk.words
    assert kept()[1] == (MILES, "6", True)


def test_a_page_that_comes_too_late_gives_every_word_back(clock, survey):
    walk = Walk(survey).fill(cycles="yes").fill(miles="5")
    clock(CLOSES_AT)
    walk.fill(shops="Bread")
    assert walk.answer.status_code == 410
    for said in ("Yes", "5", "Bread"):
        assert said in walk.words
    assert walk.go(reverse("consultations:page", args=[survey.slug, TOWN])).answer.status_code == 410
    assert "How many miles a week?" in walk.words


def test_a_page_of_answers_already_sent_leads_to_the_receipt(survey):
    walk = Walk(survey).fill(cycles="no").fill(shops="Fish")
    before = dict(walk.hidden)
    walk.send()
    walk.path, walk.hidden = reverse("consultations:page", args=[survey.slug, TOWN]), before | {"step": TOWN}
    walk.fill(shops="More fish")
    assert "You had already sent this form" in walk.words
    assert Response.objects.count() == 1


@pytest.mark.parametrize("step", ["nowhere", "check"])
def test_an_address_that_leads_nowhere_helps_on(survey, step):
    found = Client().get(reverse("consultations:page", args=[survey.slug, step]), follow=True)
    assert found.status_code == (404 if step == "check" else 200)


def test_a_consultation_on_one_page_has_no_pages(client, consultation):
    for name in ("begin", "go_on", "contents"):
        answer = client.get(reverse(f"consultations:{name}", args=[consultation.slug]))
        assert answer.url == reverse("consultations:respond", args=[consultation.slug])


def test_a_page_costs_the_same_however_many_there_are(make_consultation):
    def queries_made(count: int) -> int:
        breaks = [
            block
            for n in range(count)
            for block in (page_break(f"page-{n}", f"Page {n}"), question("yes_no", f"asked-{n}", f"Question {n}?"))
        ]
        walk = Walk(make_consultation(questions=[question("yes_no", CYCLES, "Do you cycle?"), *breaks]))
        walk.fill(cycles="yes")
        with CaptureQueriesContext(connection) as made:
            walk.client.get(walk.path)
        return len(made)

    queries_made(1)
    assert queries_made(1) == queries_made(3)
