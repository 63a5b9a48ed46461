"""Consultations to test with: each a real page below a real list."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import pytest
from wagtail.models import Site

from consultations.models import ConsultationIndexPage, ConsultationPage
from tests.consultations.samples import CLOSES_AT, OPENS_AT, one_of_each_kind

_numbers = itertools.count(1)


@pytest.fixture
def index_page(site: Site) -> ConsultationIndexPage:
    return site.root_page.add_child(instance=ConsultationIndexPage(title="Consultations", slug="consultations"))


@pytest.fixture
def make_consultation(index_page: ConsultationIndexPage) -> Callable[..., ConsultationPage]:
    """Makes a published consultation with one question of each kind, open at ``WHILE_OPEN``."""

    def make(title: str = "", **fields: Any) -> ConsultationPage:
        wards = fields.pop("wards", ())
        values = {
            "title": title or f"Market {next(_numbers)}",
            "intro": "How should the market be run?",
            "opens_at": OPENS_AT,
            "closes_at": CLOSES_AT,
            "first_published_at": OPENS_AT,
            "questions": one_of_each_kind(),
        }
        page = ConsultationPage(**values | fields)
        page.wards = wards
        index_page.add_child(instance=page)
        return ConsultationPage.objects.get(pk=page.pk)

    return make


@pytest.fixture
def consultation(make_consultation: Callable[..., ConsultationPage]) -> ConsultationPage:
    return make_consultation("Market square")
