"""Files in answers: from the form without JavaScript to the officer's desk, and away when nothing holds them."""

from __future__ import annotations

import html
import io
import os
import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image
from wagtail.models import PageLogEntry

from consultations import draft_views, queries, uploads
from consultations.drafts import MAX_DRAFT_CHARACTERS, forget_drafts
from consultations.entry_forms import make_entry_form
from consultations.file_types import PDF
from consultations.kinds import files as limits
from consultations.kinds.files import FileHeld
from consultations.models import Answer, Draft, Response, Upload
from consultations.uploads import forget_uploads, safe_name
from tests.consultations import file_samples as samples
from tests.consultations.samples import CLOSES_AT, WHILE_OPEN, question
from tests.consultations.test_paged import Walk, page_break
from wardmote.core.limits import Limit
from wardmote.home.officers import provide_officers

pytestmark = pytest.mark.django_db

PLAN, WORDS = "00000001-0000-4000-8000-00000000000c", "00000002-0000-4000-8000-00000000000c"
FIELD, FILE, REMOVE = f"q-{PLAN}", f"file-{PLAN}", f"remove-{PLAN}"


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    def set_clock(moment):
        monkeypatch.setattr(timezone, "now", lambda: moment)

    set_clock(WHILE_OPEN)
    return set_clock


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.ANSWER_FILES_DIR = tmp_path / "answer-files"
    settings.SECOND_FACTOR_REQUIRED = False
    return settings.ANSWER_FILES_DIR


def asked(**fields: Any) -> dict[str, Any]:
    return question("files", PLAN, "Can you show us?", **{"accepts": ["pictures", "pdf"], "at_most": 2} | fields)


@pytest.fixture
def survey(make_consultation):
    return make_consultation(
        "Market", questions=[asked(), question("free_text", WORDS, "What else?", is_required=True)]
    )


def photo(name: str = "stall.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, samples.picture(), "image/jpeg")


def pdf(name: str = "plan.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, samples.PDF, "application/pdf")


def send(client, page, *files, key=None, **said):
    data = {"key": key or str(uuid4()), "no_postcode": "unsaid", f"q-{WORDS}": "Seats"} | said
    return client.post(reverse("consultations:respond", args=[page.slug]), data | ({FILE: files} if files else {}))


def held_in(answer) -> list[str]:
    return [html.unescape(each) for each in re.findall(rf'name="{FIELD}" value="([^"]*)"', answer.content.decode())]


def on_disk(folder) -> int:
    return sum(path.is_file() for path in folder.rglob("*"))


def test_files_go_from_the_form_to_the_receipt_the_counts_and_the_officer(client, officer, folder, settings, survey):
    form = client.get(reverse("consultations:respond", args=[survey.slug])).content.decode()
    assert 'enctype="multipart/form-data"' in form
    assert 'accept=".jpg,.png,.webp,.pdf" multiple' in form
    assert "Up to 2 files of 10.0\xa0MB each: pictures (JPG, PNG, WebP), PDF." in html.unescape(form)
    sent = send(client, survey, photo(), pdf())
    assert sent.status_code == 302
    answer = Answer.objects.get(question_id=PLAN)
    assert [label.partition(" (")[0] for label in answer.labels] == ["stall.jpg", "plan.pdf"]
    assert [each.response for each in Upload.objects.all()] == [answer.response] * 2
    assert "plan.pdf" in client.get(sent.url).content.decode()
    assert queries.answer_counts(survey)[0].answered == 1
    assert (on_disk(folder), settings.MEDIA_ROOT in folder.parents) == (2, False)
    assert {path.stat().st_mode & 0o777 for path in folder.rglob("*") if path.is_file()} == {0o600}

    provide_officers(survey.get_parent().get_parent())
    client.force_login(officer)
    shown = client.get(reverse("consultation_responses:response", args=[survey.pk, answer.response_id]))
    (url,) = re.findall(r'<a href="([^"]+)" download>stall\.jpg', shown.content.decode())
    got = client.get(url)
    assert (got["Content-Type"], got["X-Content-Type-Options"]) == ("image/jpeg", "nosniff")
    assert {"private", "no-store"} <= set(got["Cache-Control"].split(", "))
    assert got["Content-Disposition"] == 'attachment; filename="stall.jpg"'
    assert got["Content-Security-Policy"] == "default-src 'none'; sandbox"
    picture = Image.open(io.BytesIO(b"".join(got.streaming_content)))
    assert dict(picture.getexif()) == {}
    assert PageLogEntry.objects.filter(action="consultations.download_file").count() == 1


def test_only_officers_save_files(client, survey, make_user, make_councillor, ward):
    send(client, survey, pdf())
    upload = Upload.objects.get()
    url = reverse("consultation_responses:file", args=[survey.pk, upload.response_id, upload.pk])
    assert client.get(url).status_code == 302
    for user in (make_user(), make_councillor(ward), make_user(is_staff=True)):
        client.force_login(user)
        assert client.get(url).status_code in (302, 403)
    assert client.get(f"/media/answer-files/{upload.pk.hex[:2]}/{upload.pk.hex}").status_code == 404


def test_a_file_of_another_response_is_not_found_at_this_one(client, officer, survey):
    send(client, survey, pdf())
    send(client, survey, pdf())
    one, other = Upload.objects.all()
    provide_officers(survey.get_parent().get_parent())
    client.force_login(officer)
    address = [survey.pk, one.response_id, other.pk]
    assert client.get(reverse("consultation_responses:file", args=address)).status_code == 404


def test_a_file_is_sent_once_and_kept_while_something_else_is_mended(client, survey):
    key = str(uuid4())
    wrong = send(client, survey, pdf(), key=key, **{f"q-{WORDS}": ""})
    assert wrong.status_code == 422
    (held,) = held_in(wrong)
    assert FileHeld.read(held).name == "plan.pdf"
    assert send(client, survey, key=key, **{FIELD: held}).status_code == 302
    assert Answer.objects.get(question_id=PLAN).labels == [FileHeld.read(held).label]
    assert Upload.objects.count() == 1


def test_a_file_is_taken_away_by_its_box(client, folder, survey, django_capture_on_commit_callbacks):
    key = str(uuid4())
    held = held_in(send(client, survey, pdf(), photo(), key=key, **{f"q-{WORDS}": ""}))
    with django_capture_on_commit_callbacks(execute=True):
        again = send(client, survey, key=key, **{FIELD: held, REMOVE: FileHeld.read(held[0]).id, f"q-{WORDS}": ""})
    assert held_in(again) == held[1:]
    assert (Upload.objects.count(), on_disk(folder)) == (1, 1)


@pytest.mark.parametrize(
    ("file", "message"),
    [
        (SimpleUploadedFile("a.jpg", samples.HTML), "“a.jpg” is not of a kind we can take."),
        (SimpleUploadedFile("a.svg", samples.SVG), "“a.svg” is not of a kind we can take."),
        (SimpleUploadedFile("a.docx", samples.docx()), "“a.docx” is not of a kind we can take."),
        (SimpleUploadedFile("a.pdf", samples.PDF[:-7]), "“a.pdf” is damaged"),
        (SimpleUploadedFile("a.pdf", b""), "“a.pdf” is empty"),
        (SimpleUploadedFile("a.pdf", samples.PDF + b"/JavaScript %%EOF"), "“a.pdf” holds scripts"),
    ],
)
def test_a_file_that_cannot_be_taken_is_refused_by_name(client, folder, survey, file, message):
    wrong = send(client, survey, file)
    assert wrong.status_code == 422
    assert message in wrong.context["form"].errors[FIELD][0]
    assert (Upload.objects.count(), on_disk(folder), Response.objects.count()) == (0, 0, 0)


def test_a_large_file_is_stopped_while_it_arrives(client, monkeypatch, survey):
    monkeypatch.setattr("consultations.upload_handlers.MAX_FILE_BYTES", 1_000)
    wrong = send(client, survey, SimpleUploadedFile("big.pdf", b"%PDF-" + bytes(5_000) + b"%%EOF"))
    assert wrong.context["form"].errors[FIELD][0].startswith("“big.pdf” is too large. Up to 2 files")
    assert Upload.objects.count() == 0


def test_the_admin_is_not_held_to_the_limits_of_answers(monkeypatch, rf):
    from django.urls import ResolverMatch

    from consultations.upload_handlers import CappedUploadHandler

    request = rf.post("/admin/")
    request.resolver_match = ResolverMatch(lambda r: None, (), {}, namespaces=["wagtailimages"])
    handler = CappedUploadHandler(request)
    handler.handle_raw_input()
    assert handler.receive_data_chunk(bytes(limits.MAX_FILE_BYTES + 1), 0)


def test_more_files_than_are_wanted_are_refused(client, survey):
    wrong = send(client, survey, pdf("1.pdf"), pdf("2.pdf"), pdf("3.pdf"))
    assert "“3.pdf” is one too many" in wrong.context["form"].errors[FIELD][0]
    assert len(held_in(wrong)) == 2


def test_all_files_together_have_a_limit(client, monkeypatch, survey):
    monkeypatch.setattr(uploads, "MAX_TOTAL_BYTES", len(samples.PDF) + 1)
    wrong = send(client, survey, pdf("1.pdf"), pdf("2.pdf"))
    assert "With “2.pdf” your files have more than we can take" in wrong.context["form"].errors[FIELD][0]


def test_a_file_that_must_be_sent_is_asked_for(client, make_consultation):
    page = make_consultation(questions=[asked(is_required=True)])
    wrong = send(client, page, **{f"q-{WORDS}": ""})
    assert wrong.context["form"].errors == {FIELD: ["Choose a file for “Can you show us?”"]}
    assert send(client, page, pdf(), **{f"q-{WORDS}": ""}).status_code == 302


def test_a_file_somebody_else_sent_cannot_be_claimed(client, survey):
    theirs = held_in(send(client, survey, pdf(), **{f"q-{WORDS}": ""}))
    wrong = send(Client(), survey, **{FIELD: theirs})
    assert wrong.context["form"].errors[FIELD] == ["“plan.pdf” is not here any more. Add it again"]
    assert Response.objects.count() == 0


@pytest.mark.parametrize("value", ["x", "1:2:3", f"{uuid4()}:-1:a", f"{uuid4()}:1:", f"{uuid4()}", "::", "\0:1:a"])
def test_a_tampered_file_is_left_out(client, survey, value):
    assert FileHeld.read(value) is None
    assert send(client, survey, **{FIELD: value}).status_code == 302
    assert not Answer.objects.filter(question_id=PLAN).exists()


def test_a_form_without_its_key_keeps_no_file(client, survey):
    data = {"no_postcode": "unsaid", f"q-{WORDS}": "Seats", FILE: pdf()}
    wrong = client.post(reverse("consultations:respond", args=[survey.slug]), data)
    assert (wrong.status_code, Upload.objects.count()) == (422, 0)


def test_a_file_that_comes_too_late_is_not_kept(client, clock, folder, survey):
    clock(CLOSES_AT)
    assert (send(client, survey, pdf()).status_code, on_disk(folder)) == (410, 0)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("plan.pdf", "plan.pdf"),
        ("C:\\Users\\Siân\\My plan.PDF", "My plan.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("photo.jpg.html", "photo.jpg.pdf"),
        ("\u202egnp.exe", "gnp.pdf"),
        ("a\r\nb.pdf", "ab.pdf"),
        ("", "file.pdf"),
        ("...", "file.pdf"),
        ("x" * 300 + ".pdf", "x" * 100 + ".pdf"),
        ("Cynllun ŵ 🚲.pdf", "Cynllun ŵ 🚲.pdf"),
    ],
)
def test_a_name_is_made_harmless_and_says_what_the_file_is(given, kept):
    assert safe_name(given, PDF) == kept


def test_a_file_in_place_of_another_fits_where_both_would_not(client, monkeypatch, survey):
    key = str(uuid4())
    (held,) = held_in(send(client, survey, pdf(), key=key, **{f"q-{WORDS}": ""}))
    monkeypatch.setattr(uploads, "MAX_TOTAL_BYTES", len(samples.PDF) + 1)
    again = send(client, survey, pdf("2.pdf"), key=key, **{FIELD: held, REMOVE: FileHeld.read(held).id})
    assert again.status_code == 302
    assert [each.name for each in Upload.objects.all()] == ["2.pdf"]


# With drafts and pages


@pytest.fixture
def saved(client, survey) -> dict[str, Any]:
    """A draft that holds one file, and what takes it away."""
    data = {"key": str(uuid4()), "draft": "t" * 32, "revision": "0", "writer": str(uuid4())}
    client.post(reverse("consultations:save", args=[survey.slug]), data | {FILE: pdf()})
    (held,) = Draft.objects.get().fields[FIELD]
    return data | {"revision": "1", "sequence": "1", FIELD: held, REMOVE: FileHeld.read(held).id}


def test_a_file_is_taken_away_once_the_save_without_it_was_taken(client, survey, saved, monkeypatch):
    url = reverse("consultations:save", args=[survey.slug])
    with monkeypatch.context() as patch:
        patch.setattr(draft_views, "SAVES", Limit("none", 0, 60))
        assert client.post(url, saved).status_code == 429
    too_long = {f"q-{WORDS}": "x" * (MAX_DRAFT_CHARACTERS + 1)}
    assert client.post(url, saved | too_long).status_code == 413
    client.post(reverse("consultations:words", args=[survey.slug]), saved)
    assert Upload.objects.count() == 1
    assert client.post(url, saved).status_code == 200
    assert (Upload.objects.count(), FIELD in Draft.objects.get().fields) == (0, False)


@pytest.mark.parametrize(("choice", "left"), [("mine", 0), ("theirs", 1)])
def test_a_file_that_two_quarrel_about_stays_where_it_was_chosen(client, survey, saved, choice, left):
    url = reverse("consultations:save", args=[survey.slug])
    other = saved | {"writer": str(uuid4()), FILE: photo()}
    del other[REMOVE]
    client.post(url, other)
    both = client.post(url, saved)
    assert (both.status_code, Upload.objects.count()) == (409, 2)
    chosen = saved | {"revision": "2", f"choose-{FIELD}": choice}
    client.post(reverse("consultations:join", args=[survey.slug]), chosen)
    held = [FileHeld.read(each).id for each in Draft.objects.get().fields.get(FIELD, [])]
    assert (saved[REMOVE] in held, Upload.objects.filter(pk=saved[REMOVE]).count()) == (bool(left), left)


def test_a_page_takes_its_file_away(paged):
    walk = Walk(paged)
    url = reverse("consultations:page", args=[paged.slug, walk.step])
    walk.client.post(url, walk.hidden | {FILE: pdf(), "go": "next"})
    walk.go(url)
    (held,) = held_in(walk.answer)
    walk.client.post(url, walk.hidden | {FIELD: held, REMOVE: FileHeld.read(held).id, "go": "next"})
    assert (Upload.objects.count(), FIELD in Draft.objects.get().fields) == (0, False)


@pytest.fixture
def paged(make_consultation):
    blocks = [asked(), page_break("more", "More"), question("free_text", WORDS, "What else?")]
    return make_consultation("Pages", questions=blocks)


def test_a_file_stays_with_its_draft_through_the_pages(client, paged):
    walk = Walk(paged)
    url = reverse("consultations:page", args=[paged.slug, walk.step])
    walk.answer = walk.client.post(url, walk.hidden | {FILE: pdf(), "go": "next"}, follow=True)
    walk.seen()
    assert walk.step == "more"
    (value,) = Draft.objects.get().fields[FIELD]
    walk.go(url)
    assert held_in(walk.answer) == [value]
    wrong = walk.client.post(url, walk.hidden | {FIELD: value, FILE: photo("a.svg"), "go": "next"})
    assert wrong.status_code == 302  # told from its content, it is a picture
    walk.go(reverse("consultations:page", args=[paged.slug, "check"]))
    assert "plan.pdf" in walk.words
    assert "a.jpg" in walk.words
    walk.send()
    assert len(Answer.objects.get().choices) == 2


def test_what_is_wrong_with_a_file_is_said_on_its_page(client, paged):
    walk = Walk(paged)
    url = reverse("consultations:page", args=[paged.slug, walk.step])
    wrong = walk.client.post(url, walk.hidden | {FILE: SimpleUploadedFile("a.pdf", samples.HTML), "go": "next"})
    assert wrong.status_code == 422
    assert "“a.pdf” is not of a kind we can take." in html.unescape(wrong.content.decode())


def test_saving_for_later_takes_the_file_in(client, survey):
    data = {"key": str(uuid4()), "draft": "t" * 32, "revision": "0", "writer": str(uuid4()), FILE: pdf()}
    assert client.post(reverse("consultations:save", args=[survey.slug]), data).status_code == 200
    again = client.get(reverse("consultations:resume", args=[survey.slug, "t" * 32]), follow=True)
    assert held_in(again) == Draft.objects.get().fields[FIELD]


def test_files_of_a_draft_go_with_it(client, folder, settings, survey, django_capture_on_commit_callbacks):
    data = {"key": str(uuid4()), "draft": "t" * 32, "revision": "0", "writer": str(uuid4()), FILE: pdf()}
    client.post(reverse("consultations:save", args=[survey.slug]), data)
    assert forget_uploads(CLOSES_AT) == 0
    over = CLOSES_AT + timedelta(days=settings.CONFIG.draft_days)
    forget_drafts(over)
    with django_capture_on_commit_callbacks(execute=True):
        assert forget_uploads(over) == 1
    assert on_disk(folder) == 0


def test_a_file_that_nothing_holds_goes_after_a_day_and_a_sent_one_stays(
    client, folder, survey, django_capture_on_commit_callbacks
):
    send(client, survey, pdf())
    send(client, survey, pdf(), **{f"q-{WORDS}": ""})
    assert forget_uploads(WHILE_OPEN + uploads.UNHELD_FOR - timedelta(seconds=1)) == 0
    with django_capture_on_commit_callbacks(execute=True):
        assert forget_uploads(WHILE_OPEN + uploads.UNHELD_FOR) == 1
    assert ([each.response_id is not None for each in Upload.objects.all()], on_disk(folder)) == ([True], 1)


def test_a_responses_files_go_with_it(client, folder, survey, django_capture_on_commit_callbacks):
    send(client, survey, pdf())
    with django_capture_on_commit_callbacks(execute=True):
        Response.objects.get().delete()
    assert (Upload.objects.count(), on_disk(folder)) == (0, 0)


def test_bytes_that_no_row_knows_are_swept(folder, client, survey):
    send(client, survey, pdf())
    for name in (uuid4().hex, "half.part"):
        stray = folder / "ab" / name
        stray.parent.mkdir(parents=True, exist_ok=True)
        stray.write_bytes(b"stray")
    for path in folder.rglob("*"):
        os.utime(path, (0, 0))
    forget_uploads(WHILE_OPEN)
    assert on_disk(folder) == 1


def test_a_file_kept_aside_is_not_counted(client, make_consultation):
    from tests.consultations.test_asked_if import only_if

    asks = question("yes_no", WORDS, "Have you a picture?")
    page = make_consultation(questions=[asks, asked(**only_if(WORDS))])
    send(client, page, pdf(), **{f"q-{WORDS}": "no"})
    assert [(each.kind, each.is_asked) for each in Answer.objects.order_by("position")] == [
        ("yes_no", True),
        ("files", False),
    ]


def test_files_are_changed_with_the_answers_and_earlier_ones_stay(client, officer, make_consultation):
    page = make_consultation(questions=[asked()], answers_may_change=True)
    key, token = str(uuid4()), "t" * 32
    said = {f"q-{WORDS}": "", "draft": token}
    assert send(client, page, pdf("1.pdf"), key=key, **said).status_code == 302
    client.get(reverse("consultations:resume", args=[page.slug, token]))
    url = reverse("consultations:change", args=[page.slug])
    form = client.get(url)
    assert 'enctype="multipart/form-data"' in form.content.decode()
    (held,) = held_in(form)
    data = {"key": key, "revision": "1", FIELD: held, REMOVE: FileHeld.read(held).id, FILE: pdf("2.pdf")}
    assert client.post(url, data).status_code == 302
    assert [label.partition(" ")[0] for label in Answer.objects.get().labels] == ["2.pdf"]
    assert {each.name: each.response_id is not None for each in Upload.objects.all()} == {
        "1.pdf": True,
        "2.pdf": True,
    }


def test_a_paper_is_typed_in_without_its_files(client, survey):
    assert [question.kind for question in make_entry_form(survey).questions] == ["free_text"]
