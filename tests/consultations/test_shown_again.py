"""Pages that come back after a form was sent: what is typed on them is saved, and overwrites nothing newer."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

import pytest

from consultations import draft_views, page_views
from consultations.drafts import MAX_DRAFT_CHARACTERS
from consultations.models import Draft
from tests.consultations.samples import VIEW
from tests.consultations.test_draft_views import (  # noqa: F401  # a fixture
    chosen_form,
    clock,
    form_of,
    hidden_of,
    save_json,
    text_of,
    url,
)
from tests.consultations.test_paged import Walk, survey  # noqa: F401  # a fixture
from wardmote.core.limits import Limit

pytestmark = pytest.mark.django_db


def number_on(answer: Any) -> str:
    found = re.search(r'<input type="hidden" name="sequence"(?: value="(\d*)")?', answer.content.decode())
    assert found
    return found[1] or ""


@pytest.fixture
def sent(client, consultation) -> dict[str, Any]:
    """A form that its script has saved up to number 40, and that was sent then."""
    form = form_of(client, consultation) | {"sequence": "39"}
    assert save_json(client, consultation, form).json()["state"] == "saved"
    return form | {"revision": "1", "sequence": "40"}


def refuse_incomplete(client, page, sent, monkeypatch):
    return client.post(url("respond", page), sent)


def refuse_too_long(client, page, sent, monkeypatch):
    return client.post(url("save", page), sent | {f"q-{VIEW}": "x" * (MAX_DRAFT_CHARACTERS + 1)})


def refuse_too_many(client, page, sent, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(draft_views, "SAVES", Limit("none", 0, 60))
        return client.post(url("save", page), sent)


@pytest.mark.parametrize("refuse", [refuse_incomplete, refuse_too_long, refuse_too_many])
def test_what_is_typed_after_a_refusal_is_saved(client, consultation, sent, monkeypatch, refuse):
    again = refuse(client, consultation, sent, monkeypatch)
    assert again.status_code in (413, 422, 429)
    number = int(number_on(again) or 0) + 1
    mended = hidden_of(again) | {f"q-{VIEW}": "Mended", "sequence": str(number)}
    assert save_json(client, consultation, mended).json()["state"] == "saved"
    assert Draft.objects.get().fields == {f"q-{VIEW}": ["Mended"]}


def test_a_page_of_several_that_is_refused_goes_on_with_its_number(survey, monkeypatch):  # noqa: F811
    walk = Walk(survey).fill(cycles="yes")
    walk.hidden["sequence"] = "7"
    monkeypatch.setattr(page_views, "is_within", lambda *_args: False)
    assert (walk.fill(miles="5").answer.status_code, number_on(walk.answer)) == (429, "7")


def test_a_form_opened_anew_counts_from_the_start(client, consultation, sent):
    client.get(url("resume", consultation, sent["draft"]))
    assert number_on(client.get(url("saved", consultation))) == ""


def test_a_page_with_what_is_wrong_is_made_from_the_draft_and_says_what_has_come(survey):  # noqa: F811
    walk = Walk(survey).fill(cycles="yes")
    writer = walk.hidden["writer"]
    walk.hidden["sequence"] = "3"
    walk.fill(miles="many")
    page = walk.answer.content.decode()
    assert "shown=" in walk.answer.request["QUERY_STRING"]
    assert " data-unsaved>" not in page  # the device may hold words that are newer
    assert f"{writer}:3" in re.search(r'data-acknowledged="([^"]*)"', page)[1].split()


def test_an_answer_to_a_form_holds_what_is_not_saved(client, consultation):
    wrong = client.post(url("respond", consultation), form_of(client, consultation))
    assert (wrong.status_code, " data-unsaved>" in wrong.content.decode()) == (422, True)


@pytest.mark.parametrize("key", ["\0", "no key", ""])
def test_a_form_without_a_sensible_key_is_answered(client, consultation, key):
    answer = client.post(
        url("respond", consultation), form_of(client, consultation) | {"key": key, "no_postcode": "unsaid"}
    )
    assert answer.status_code == (422 if key == "\0" else 302)


def test_both_texts_that_are_too_long_together_come_back_to_be_shortened(client, consultation):
    long = "x" * (MAX_DRAFT_CHARACTERS // 2 + 1)
    mine = form_of(client, consultation)
    save_json(client, consultation, mine)
    theirs = mine | {"revision": "1", "writer": str(uuid4()), f"q-{VIEW}": f"Theirs {long}"}
    assert save_json(client, consultation, theirs).json()["state"] == "saved"
    both = client.post(url("save", consultation), mine | {"sequence": "1", f"q-{VIEW}": f"Mine {long}"})
    chosen = chosen_form(both) | {f"choose-q-{VIEW}": "both"}
    again = client.post(url("join", consultation), chosen)
    assert again.status_code == 413
    page = again.content.decode()
    assert "more than we can keep" in text_of(again)
    assert f"Theirs {long}\n\nMine {long}</textarea>" in page
    short = hidden_of(again) | {f"q-{VIEW}": "Theirs\n\nMine", "sequence": str(int(number_on(again) or 0) + 1)}
    assert save_json(client, consultation, short).json()["state"] == "saved"
    assert Draft.objects.get().fields == {f"q-{VIEW}": ["Theirs\n\nMine"]}
