"""The dashboards' pages: who gets in, what stands on them, what never does, and what they cost."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from dashboards.enums import Viewer
from dashboards.queries import FEWEST_READ, viewer_of
from sentiment.enums import FeedbackKind, LawfulBasis
from sentiment.models import Correction, Feedback, Source, WardSummary
from wards.models import Term

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _one_factor(settings, site):
    settings.SECOND_FACTOR_REQUIRED = False


@pytest.fixture
def councillor(ward, make_councillor):
    return make_councillor(ward)


@pytest.fixture
def pages(ward, say):
    feedback = say("A text")
    return {
        "ward": reverse("dashboards:ward", args=[ward.slug]),
        "said": reverse("dashboards:said", args=[ward.slug]),
        "text": reverse("dashboards:text", args=[ward.slug, feedback.pk]),
    }


def test_nobody_signed_in_is_asked_to_sign_in(client, pages):
    for address in [*pages.values(), reverse("dashboards:index")]:
        answer = client.get(address)
        assert (answer.status_code, answer.url) == (302, f"{reverse('account_login')}?next={address}")


def test_residents_other_councillors_and_former_ones_are_refused(
    client, pages, resident, make_ward, ward, make_councillor
):
    former = make_councillor(ward)
    Term.objects.filter(councillor__user=former).update(until_date=timezone.localdate())
    for user in (resident, make_councillor(make_ward()), former):
        client.force_login(user)
        assert [client.get(address).status_code for address in pages.values()] == [403, 403, 403]


def test_the_wards_councillor_and_officers_get_in(client, pages, councillor, officer):
    for user in (councillor, officer):
        client.force_login(user)
        assert [client.get(address).status_code for address in pages.values()] == [200, 200, 200]


def test_a_term_counts_up_to_but_not_on_its_last_date(ward, councillor):
    Term.objects.filter(councillor__user=councillor).update(until_date=date(2026, 11, 2))
    assert viewer_of(councillor, ward, date(2026, 11, 1)) is Viewer.OWN_COUNCILLOR
    assert viewer_of(councillor, ward, date(2026, 11, 2)) is Viewer.USER


def test_the_index_leads_each_to_their_place(client, ward, make_ward, councillor, officer, resident):
    index = reverse("dashboards:index")
    client.force_login(councillor)
    assert client.get(index).url == reverse("dashboards:ward", args=[ward.slug])
    client.force_login(officer)
    assert client.get(index).templates[0].name == "dashboards/overview.html"
    client.force_login(resident)
    assert client.get(index).status_code == 403


def test_a_text_of_another_ward_or_too_unsure_of_this_one_cannot_be_opened_here(
    client, officer, ward, make_ward, say
):
    client.force_login(officer)
    for feedback in (say(ward=make_ward()), say(ward_confidence=0.59)):
        assert client.get(reverse("dashboards:text", args=[ward.slug, feedback.pk])).status_code == 404
    assert client.get(reverse("dashboards:ward", args=["nowhere"])).status_code == 404


def test_sentences_come_first_and_count_the_kinds_apart(client, councillor, ward, say, count):
    for number in range(3):
        say(f"Answer {number}")
    say("Why?", kind=FeedbackKind.PUBLIC_QUESTION)
    say("Post one", kind=FeedbackKind.POST)
    say("Before", said_at=timezone.now() - timedelta(days=35))
    count()
    client.force_login(councillor)
    page = client.get(reverse("dashboards:ward", args=[ward.slug]))
    assert page.context["sentences"][:2] == [
        "In the last 28 days 5 things were said in Northgate: 3 answers, 1 question and 1 local post. "
        "That is more than the 1 of the 28 days before.",
        "Too little was said to the council to speak of its tone.",
    ]
    content = page.content.decode()
    assert content.index("5 things were said") < content.index("<table")


@pytest.mark.parametrize(("read", "says"), [(FEWEST_READ - 1, False), (FEWEST_READ, True)])
def test_tone_is_put_into_words_from_ten_texts_on(client, councillor, ward, say, count, read, says):
    for number in range(read):
        say(f"Answer {number}", label="negative" if number < 4 else "positive")
    say("Post", kind=FeedbackKind.POST, label="negative")
    count()
    client.force_login(councillor)
    sentence = client.get(reverse("dashboards:ward", args=[ward.slug])).context["sentences"][1]
    expected = (
        "Of the 10 answers and questions that could be read, 4 (40 in 100; between 17 and 69 if more had spoken) "
        "sounded negative and 6 (60 in 100; between 31 and 83 if more had spoken) positive."
    )
    assert sentence == (expected if says else "Too little was said to the council to speak of its tone.")


def test_welsh_and_waiting_texts_are_counted_and_said(client, councillor, ward, say, count):
    say("Diolch yn fawr", label="unread", language="cy")
    say("New", label="", language="")
    count()
    client.force_login(councillor)
    assert client.get(reverse("dashboards:ward", args=[ward.slug])).context["sentences"][-1] == (
        "1 text in Welsh has no tone: the machine reads English only. It is counted. 1 text waits to be read."
    )


def test_a_withdrawn_or_changed_text_is_quoted_no_more_even_before_the_next_counting(
    client, councillor, ward, say, count
):
    for number in range(4):
        say(f"The bus shelter of canary-{number} leaks on people every single morning now.")
    count()
    client.force_login(councillor)
    address = reverse("dashboards:ward", args=[ward.slug])
    assert "canary-" in client.get(address).content.decode()
    Feedback.objects.filter(text__contains="canary-0").delete()
    Feedback.objects.update(text="Changed", text_hash="0" * 64)
    assert "canary-" not in client.get(address).content.decode()


def test_a_ward_never_counted_says_what_will_come(client, councillor, ward):
    client.force_login(councillor)
    assert "Nothing has been counted yet" in client.get(reverse("dashboards:ward", args=[ward.slug])).content.decode()


@pytest.mark.parametrize(("asked", "length"), [("7", 7), ("90", 90), ("8", 28), ("", 28), ("x", 28), ("-1", 28)])
def test_a_period_is_one_of_three(client, councillor, ward, asked, length):
    client.force_login(councillor)
    assert client.get(reverse("dashboards:ward", args=[ward.slug]), {"days": asked}).context["days"] == length


def test_the_list_is_narrowed_by_kind_tone_matter_and_phrase(client, officer, ward, say, count):
    say("The bus shelter leaks", label="negative", about="Buses")
    say("Another bus shelter broke", label="neutral")
    say("Unheard", label="", kind=FeedbackKind.POST)
    count()
    client.force_login(officer)

    def found(**asked):
        page = client.get(reverse("dashboards:said", args=[ward.slug]), asked).context["page"]
        return sorted(feedback.text for feedback in page)

    shelters = ["Another bus shelter broke", "The bus shelter leaks"]
    assert found() == [*shelters, "Unheard"]
    assert found(kind="post") == ["Unheard"]
    assert found(label="waiting") == ["Unheard"]
    assert found(label="negative", about="Buses") == ["The bus shelter leaks"]
    assert found(phrase="bus shelter") == shelters
    assert found(phrase="unknown") == []


@pytest.mark.parametrize("asked", [{"kind": "all"}, {"label": "angry"}, {"days": "1000"}, {"about": "x" * 256}])
def test_a_filter_the_list_does_not_have_is_not_found(client, officer, ward, asked):
    client.force_login(officer)
    assert client.get(reverse("dashboards:said", args=[ward.slug]), asked).status_code == 404


def test_an_officer_corrects_on_the_page_and_a_councillor_cannot(client, officer, councillor, pages):
    client.force_login(councillor)
    assert client.post(pages["text"], {"label": "negative", "reason": "Sarcasm"}).status_code == 403
    client.force_login(officer)
    page = client.post(pages["text"], {"label": "negative", "reason": " "})
    assert (page.status_code, page.context["form"]["label"].value()) == (200, "negative")
    assert Correction.objects.count() == 0
    assert client.post(pages["text"], {"label": "negative", "reason": "Sarcasm"}).status_code == 302
    assert Feedback.objects.get().label == "negative"


def test_what_is_heard_and_what_fails_is_said(client, councillor, ward, make_ward):
    values = {"purpose": "p", "basis": LawfulBasis.PUBLIC_TASK, "dpia_url": "https://c.example/d", "is_on": True}
    Source.objects.create(name="Lantern", address="https://a.example/", state="failing", error="Broken", **values)
    Source.objects.create(name="Elsewhere", address="https://b.example/", ward=make_ward(), **values)
    client.force_login(councillor)
    page = client.get(reverse("dashboards:ward", args=[ward.slug])).content.decode()
    assert "Lantern: cannot be read at the moment (Broken)" in page
    assert "Elsewhere" not in page
    assert "not what the ward thinks" in page


def test_pages_cost_the_same_queries_for_one_and_for_three_of_everything(
    client, officer, ward, make_ward, say, count, django_assert_max_num_queries
):
    client.force_login(officer)
    addresses = [
        reverse("dashboards:index"),
        *(reverse(f"dashboards:{name}", args=[ward.slug]) for name in ("ward", "said")),
    ]

    def cost():
        counts = []
        for address in addresses:
            with django_assert_max_num_queries(60) as captured:
                assert client.get(address).status_code == 200
            counts.append(len(captured))
        return counts

    say("The bus shelter leaks every morning on all of us.")
    count()
    cost()
    once = cost()
    for number in range(2):
        make_ward()
        say(f"A bus shelter was mended by number {number} and we are glad.", label="positive")
    count()
    assert cost() == once


def test_public_results_hold_counts_and_not_a_word(client, ward, say, count, site):
    for number in range(12):
        say(f"CANARY private words {number} about the bus shelter", about="CANARY matter", label="positive")
    say("CANARY question", kind=FeedbackKind.PUBLIC_QUESTION)
    say("CANARY this week", said_at=timezone.now())
    count()
    for address in (reverse("dashboards:public_ward", args=[ward.slug]), reverse("wards:ward", args=[ward.slug])):
        page = client.get(address)
        assert page.status_code == 200
        assert "CANARY" not in page.content.decode()
    results = client.get(reverse("dashboards:public_ward", args=[ward.slug])).context["results"]
    assert dict(results.kinds) == {"answer": None, "question": None, "post": 0}


def test_a_ward_never_counted_has_no_public_results(client, ward):
    assert client.get(reverse("dashboards:public_ward", args=[ward.slug])).context["results"] is None
    assert WardSummary.objects.count() == 0
