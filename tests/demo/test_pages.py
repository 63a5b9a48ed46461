"""The demonstration's consultations are ones that an editor could have made, one in each stage."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from wagtail.models import Locale, Site

from consultations.enums import Stage
from consultations.models import ConsultationIndexPage, ConsultationPage
from wardmote.demo.pages import make_consultations

pytestmark = pytest.mark.django_db

MOMENT = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def pages(site: Site) -> dict[str, ConsultationPage]:
    welsh, _ = Locale.objects.get_or_create(language_code="cy")
    index = site.root_page.add_child(instance=ConsultationIndexPage(title="Consultations", slug="consultations"))
    index.copy_for_translation(welsh, copy_parents=True)
    make_consultations(index, MOMENT)
    return {page.slug: page for page in ConsultationPage.objects.canonical()}


def test_there_is_one_in_each_stage_and_a_draft(pages):
    assert {page.stage_at(MOMENT) for page in pages.values() if page.live} == set(Stage)
    assert [slug for slug, page in pages.items() if not page.live] == ["road-verges"]


def test_every_survey_passes_the_editors_own_checks(pages):
    for page in pages.values():
        page.questions.stream_block.clean(page.questions)
    asked = pages["living-in-orwell"].question_list
    assert len(asked) == 40
    assert sum(question.rule is not None for question in asked) >= 8
