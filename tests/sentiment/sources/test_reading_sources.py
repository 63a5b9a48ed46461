"""A source read over HTTP into rows: once, again, edited, expired, refused, crashed in between."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from sentiment import services
from sentiment.enums import FeedbackKind, LawfulBasis, PlacementMethod, SourceState
from sentiment.models import Feedback, Reading, Source, Tombstone
from sentiment.services import expire_posts, file_feedback, read_due_sources, read_source, remove_post

pytestmark = pytest.mark.django_db

MOMENT = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)


def rss(*items):
    return f"<rss version='2.0'><channel><title>Lantern</title>{''.join(items)}</channel></rss>"


def item(guid, text, date="Mon, 02 Nov 2026 09:00:00 GMT"):
    return f"<item><guid isPermaLink='false'>{guid}</guid><title>{text}</title><pubDate>{date}</pubDate></item>"


@pytest.fixture
def make_source(peer):
    def make(path="/feed", **fields):
        values = {
            "address": peer.url(path),
            "name": f"Lantern {path}",
            "purpose": "Local news",
            "basis": LawfulBasis.PUBLIC_TASK,
            "dpia_url": "https://council.example/dpia",
            "is_on": True,
        }
        return Source.objects.create(**values | fields)

    return make


@pytest.fixture
def source(make_source):
    return make_source()


@pytest.fixture
def read(django_capture_on_commit_callbacks):
    def read(source, moment=MOMENT):
        with django_capture_on_commit_callbacks(execute=True):
            read_source(source, moment)
        source.refresh_from_db()
        return source

    return read


def texts():
    return list(Feedback.objects.order_by("pk").values_list("text", flat=True))


def test_posts_become_feedback_with_ward_evidence_and_tone(peer, source, ward, read):
    peer.gives(rss(item("1", "Northgate library is wonderful"), item("2", "Rain all week")), ETag='"v1"')
    read(source)
    fields = ("text", "ward", "ward_confidence", "ward_method", "ward_evidence", "label")
    assert list(Feedback.objects.order_by("pk").values_list(*fields)) == [
        ("Northgate library is wonderful", ward.pk, 0.8, "name", "Northgate", "positive"),
        ("Rain all week", None, 0.0, "none", "", "neutral"),
    ]
    said_at = datetime(2026, 11, 2, 9, tzinfo=UTC)
    assert set(Feedback.objects.values_list("kind", "about", "said_at")) == {("post", "Lantern /feed", said_at)}
    assert (source.state, source.etag, source.failures, source.error, source.checked_at, source.next_at) == (
        SourceState.WELL, '"v1"', 0, "", MOMENT, MOMENT + timedelta(hours=1),
    )  # fmt: skip


def test_the_same_page_again_changes_no_row_and_reads_nothing(peer, source, ward, read):
    peer.gives(rss(item("1", "Northgate news"), item("2", "Undated", date="")))
    read(source)
    before = list(Feedback.objects.order_by("pk").values())
    read(source, MOMENT + timedelta(hours=1))
    assert list(Feedback.objects.order_by("pk").values()) == before
    assert Reading.objects.count() == 2


def test_an_edited_post_is_updated_and_read_anew(peer, source, ward, read):
    peer.gives(rss(item("1", "Northgate pool is wonderful")))
    read(source)
    peer.gives(rss(item("1", "The pool is horrible")))
    read(source)
    assert list(Feedback.objects.values_list("text", "ward", "label")) == [("The pool is horrible", None, "negative")]


def test_two_feeds_with_the_same_ids_are_kept_apart(peer, make_source, read):
    for path in ("/a", "/b"):
        peer.gives(rss(item("1", f"News of {path}")), path=path)
        read(make_source(path))
    assert texts() == ["News of /a", "News of /b"]


def test_a_source_of_one_ward_gives_its_posts_that_ward(peer, make_source, ward, read):
    peer.gives(rss(item("1", "Meeting on Tuesday")))
    read(make_source(ward=ward))
    assert list(Feedback.objects.values_list("ward", "ward_confidence", "ward_method")) == [
        (ward.pk, 0.9, PlacementMethod.SOURCE)
    ]


def test_an_unchanged_feed_is_asked_conditionally_and_answers_with_nothing(peer, source, read):
    peer.gives(rss(item("1", "News")), ETag='"v1"', Last_Modified="Mon, 02 Nov 2026 09:00:00 GMT")
    read(source)
    peer.gives("", status=304)
    read(source, MOMENT + timedelta(hours=1))
    _path, headers = peer.requests[-1]
    assert (headers["if-none-match"], headers["if-modified-since"]) == ('"v1"', "Mon, 02 Nov 2026 09:00:00 GMT")
    assert (source.etag, source.state, source.checked_at) == ('"v1"', SourceState.WELL, MOMENT + timedelta(hours=1))


def test_a_crash_before_commit_leaves_cursor_and_posts_as_they_were_and_the_next_reading_has_both(
    peer, source, read, monkeypatch
):
    peer.gives(rss(item("1", "First"), item("2", "Second")), ETag='"v1"')
    real, filed = services.file_feedback, []

    def file_then_die(**values):
        filed.append(real(**values))
        if len(filed) == 2:
            raise KeyboardInterrupt
        return filed[-1]

    with monkeypatch.context() as patch:
        patch.setattr(services, "file_feedback", file_then_die)
        with pytest.raises(KeyboardInterrupt):
            read_source(source, MOMENT)
    source.refresh_from_db()
    assert (texts(), source.etag, source.state) == ([], "", SourceState.NEW)
    read(source)
    assert (texts(), source.etag) == (["First", "Second"], '"v1"')


def test_a_feed_gone_for_good_is_read_no_more(peer, source, read):
    peer.gives("", status=410)
    read(source)
    assert source.state == SourceState.GONE
    assert list(Source.objects.due_at(MOMENT + timedelta(days=400))) == []


def test_a_servers_wish_to_be_left_alone_is_honoured(peer, source, read):
    peer.gives("", status=429, Retry_After="7201")
    read(source)
    assert (source.state, source.error, source.next_at) == (
        SourceState.FAILING,
        "The server answered 429.",
        MOMENT + timedelta(seconds=7201),
    )


def test_waits_double_up_to_a_day_and_a_good_answer_ends_them(peer, source, read):
    peer.gives("oops", status=500)
    waits = [(read(source).next_at - MOMENT).total_seconds() / 3600 for _ in range(7)]
    assert waits == [1, 2, 4, 8, 16, 24, 24]
    peer.gives(rss())
    assert (read(source).failures, source.next_at) == (0, MOMENT + timedelta(hours=1))


@pytest.mark.parametrize("body", ["<html><body>Not a feed</body></html>", "", "\x00"])
def test_a_page_that_is_no_feed_is_said_to_be_none(peer, source, read, body):
    peer.gives(body, Content_Type="text/html")
    read(source)
    assert (source.state, source.error) == (
        SourceState.FAILING,
        "This is neither RSS nor Atom. Look for the address of the feed itself.",
    )


def test_a_feed_cut_short_is_filed_and_asked_for_whole_next_time(peer, source, read):
    peer.gives(rss(item("1", "Kept"))[:-20], ETag='"v1"')
    read(source)
    assert (texts(), source.etag, source.state) == (["Kept"], "", SourceState.WELL)
    assert source.error.startswith("The feed is malformed")


def test_posts_older_than_their_keeping_are_not_taken_in(peer, source, read):
    peer.gives(
        rss(
            item("1", "Thirty days to the second", "Sat, 03 Oct 2026 12:00:00 GMT"),
            item("2", "A second too old", "Sat, 03 Oct 2026 11:59:59 GMT"),
        )
    )
    read(source)
    assert texts() == ["Thirty days to the second"]


def test_a_post_from_the_future_was_said_now(peer, source, read):
    peer.gives(rss(item("1", "Early", "Mon, 02 Nov 2099 09:00:00 GMT")))
    read(source)
    assert Feedback.objects.get().said_at == MOMENT


def test_expired_posts_go_and_stay_gone_though_the_feed_still_carries_them(peer, source, read):
    peer.gives(rss(item("1", "Undated", date="")))
    read(source)
    assert expire_posts(MOMENT + timedelta(days=30)) == 0
    late = MOMENT + timedelta(days=30, seconds=1)
    assert expire_posts(late) == 1
    read(source, late)
    assert (texts(), Reading.objects.count(), Tombstone.objects.count()) == ([], 0, 1)


def test_expiry_touches_no_answer(source, ward):
    said_at = MOMENT - timedelta(days=900)
    file_feedback(
        kind=FeedbackKind.ANSWER, origin="answer:1", text="Old", said_at=said_at, ward=ward, about="", url=""
    )
    expire_posts(MOMENT)
    assert texts() == ["Old"]


def test_a_post_removed_on_request_does_not_come_back(peer, source, read, officer):
    peer.gives(rss(item("1", "About me"), item("2", "Other")))
    read(source)
    remove_post(feedback=Feedback.objects.get(text="About me"), removed_by=officer, removed_at=MOMENT)
    read(source)
    assert texts() == ["Other"]


def test_only_sources_that_are_on_and_due_are_read_and_one_failure_stops_nobody(
    peer, make_source, django_capture_on_commit_callbacks
):
    for path in ("/due", "/later", "/off"):
        peer.gives(rss(item(path, path)), path=path)
    make_source("/missing")
    make_source("/due", next_at=MOMENT)
    make_source("/later", next_at=MOMENT + timedelta(seconds=1))
    make_source("/off", is_on=False)
    with django_capture_on_commit_callbacks(execute=True):
        assert read_due_sources(MOMENT) == 2
    assert texts() == ["/due"]
    assert Source.objects.get(address=peer.url("/missing")).error == "The server answered 404."


@pytest.mark.parametrize("missing", ["purpose", "basis", "dpia_url"])
def test_a_source_without_its_papers_cannot_be_switched_on(make_source, missing):
    source = make_source(is_on=False, **{missing: ""})
    source.is_on = True
    with pytest.raises(ValidationError) as refused:
        source.full_clean()
    assert list(refused.value.error_dict) == [missing]
    with pytest.raises(IntegrityError), transaction.atomic():
        source.save()


def test_no_row_has_a_place_for_an_author():
    fields = {field.name for model in (Feedback, Reading, Source, Tombstone) for field in model._meta.get_fields()}
    assert [name for name in fields if "author" in name or "handle" in name or "user" in name] == []
