"""The officers' group in the admin: lists, one text opened, a correction, a source."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.urls import reverse

from sentiment import views
from sentiment.enums import FeedbackKind, LawfulBasis
from sentiment.models import Correction, Feedback, Source
from sentiment.services import file_feedback, flag_reading, refresh_summaries

pytestmark = pytest.mark.django_db

MOMENT = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
SOURCE = {
    "name": "Lantern",
    "address": "http://127.0.0.1:9/feed",
    "purpose": "Local news",
    "basis": LawfulBasis.PUBLIC_TASK,
    "dpia_url": "https://council.example/dpia",
    "cadence_seconds": 3600,
    "retention_days": 30,
    "is_on": True,
}


@pytest.fixture
def feedback(ward):
    row = file_feedback(
        kind=FeedbackKind.ANSWER,
        origin="answer:1",
        text="A wonderful <b>park</b>",
        said_at=MOMENT,
        ward=ward,
        about="Parks",
        url="/parks/",
    )
    refresh_summaries(MOMENT)
    return row


@pytest.fixture
def admin(client, officer, settings):
    settings.SECOND_FACTOR_REQUIRED = False
    client.force_login(officer)
    return client


def address(model, view, *args):
    return reverse(f"wagtailsnippets_sentiment_{model}:{view}", args=args)


def test_the_list_shows_texts_and_opens_them(admin, feedback):
    page = admin.get(address("feedback", "list"), {"label": "positive"})
    assert page.status_code == 200
    assert address("feedback", "inspect", feedback.pk) in page.content.decode()
    assert feedback.pk not in [
        row.pk for row in admin.get(address("feedback", "list"), {"label": "negative"}).context["object_list"]
    ]


def test_a_text_is_shown_escaped_with_the_words_behind_its_tone(admin, feedback):
    page = admin.get(address("feedback", "inspect", feedback.pk)).content.decode()
    assert '<mark class="wm-tone wm-tone--positive">wonderful</mark> &lt;b&gt;park&lt;/b&gt;' in page


def test_an_officer_corrects_with_a_reason(admin, feedback, officer):
    answer = admin.post(address("feedback", "inspect", feedback.pk), {"label": "negative", "reason": "Sarcasm"})
    assert answer.status_code == 302
    assert list(Correction.objects.values_list("label", "reason", "corrected_by")) == [
        ("negative", "Sarcasm", officer.pk)
    ]


def test_a_correction_without_a_reason_keeps_what_was_chosen(admin, feedback):
    page = admin.post(address("feedback", "inspect", feedback.pk), {"label": "negative", "reason": ""})
    assert page.status_code == 200
    assert page.context["form"].errors == {"reason": ["This field is required."]}
    assert Correction.objects.count() == 0


@pytest.mark.parametrize("view", ["add", "edit", "delete"])
def test_nobody_writes_what_others_said(admin, feedback, view):
    args = () if view == "add" else (feedback.pk,)
    assert admin.post(address("feedback", view, *args), {"text": "Other"}).status_code in (302, 403)
    assert Feedback.objects.get().text == "A wonderful <b>park</b>"


def test_residents_and_councillors_do_not_get_in(client, feedback, make_councillor, ward, resident):
    for user in (resident, make_councillor(ward)):
        client.force_login(user)
        assert client.get(address("feedback", "inspect", feedback.pk)).status_code == 302


def test_an_officer_adds_a_source(admin):
    answer = admin.post(address("source", "add"), SOURCE)
    assert answer.status_code == 302, answer.context["form"].errors
    assert Source.objects.get().is_on is True


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"address": "http://user:pw@news.example/feed"}, "address"),
        ({"address": "ftp://news.example/feed"}, "address"),
        ({"purpose": ""}, "purpose"),
        ({"dpia_url": ""}, "dpia_url"),
        ({"cadence_seconds": 3599}, "cadence_seconds"),
        ({"retention_days": 91}, "retention_days"),
    ],
)
def test_a_source_with_something_missing_or_wrong_is_refused_at_its_field(admin, change, field):
    page = admin.post(address("source", "add"), SOURCE | change)
    assert list(page.context["form"].errors) == [field]
    assert Source.objects.count() == 0


def test_a_post_is_removed_on_request(admin, feedback, ward):
    source = Source.objects.create(**SOURCE)
    Feedback.objects.update(source=source, origin=f"post:{source.pk}:abc", kind=FeedbackKind.POST)
    assert admin.post(address("feedback", "inspect", feedback.pk), {"remove": "1"}).status_code == 302
    assert (Feedback.objects.count(), source.tombstones.get().remote_id_hash) == (0, "abc")


@pytest.mark.parametrize("number", [1, 3])
def test_the_public_page_names_every_source_that_is_on(client, site, number, django_assert_max_num_queries):
    for index in range(number):
        Source.objects.create(**SOURCE | {"name": f"Lantern {index}", "address": f"https://news.example/{index}"})
    Source.objects.create(**SOURCE | {"name": "Switched off", "address": "https://off.example/", "is_on": False})
    page = client.get(reverse("sentiment:sources")).content.decode()
    assert [f"Lantern {index}" in page for index in range(number)] == [True] * number
    assert "Switched off" not in page
    assert "Public task" in page


@pytest.mark.parametrize("number", [1, 3])
def test_officers_see_what_councillors_flagged_unsettled_first(admin, feedback, make_user, number):
    for each in range(number):
        flag_reading(feedback=feedback, reason=f"Irony {each}", flagged_by=make_user(), flagged_at=MOMENT)
    page = admin.get(address("flag", "list"))
    assert [flag.reason for flag in page.context["object_list"]] == [
        f"Irony {each}" for each in reversed(range(number))
    ]
    assert address("feedback", "inspect", feedback.pk) in page.content.decode()


def test_the_public_page_says_how_the_machine_reads_and_which_reader_does(client, site):
    page = client.get(reverse("sentiment:reading")).content.decode()
    assert "read by <strong>the word list and its rules</strong>" in page
    assert "never says who is for or against something" in page


def test_the_model_card_is_there_where_the_weights_brought_one(client, site, tmp_path, monkeypatch):
    card = tmp_path / "CARD.md"
    monkeypatch.setattr(views, "MODEL_CARD", card)
    assert client.get(reverse("sentiment:model_card")).status_code == 404
    assert "model-card" not in client.get(reverse("sentiment:reading")).content.decode()
    card.write_text("# Card", encoding="utf-8")
    answer = client.get(reverse("sentiment:model_card"))
    assert (answer.content, answer["Content-Type"]) == (b"# Card", "text/plain; charset=utf-8")
    assert reverse("sentiment:model_card") in client.get(reverse("sentiment:reading")).content.decode()
