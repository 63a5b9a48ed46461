"""Texts as filing and reading leave them, and a ward counted from them."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from sentiment.enums import FeedbackKind
from sentiment.figures import refresh
from sentiment.models import Feedback
from sentiment.services import hash_of

_numbers = itertools.count(1)


@pytest.fixture
def say(ward) -> Callable[..., Feedback]:
    """Writes one text; said a fortnight ago unless told otherwise."""

    def say(
        text: str = "Words", *, kind: str = FeedbackKind.ANSWER, label: str = "neutral", **fields: Any
    ) -> Feedback:
        values = {
            "ward": ward,
            "about": "Parks",
            "language": "en",
            "said_at": timezone.now() - timedelta(days=14),
            "text": text,
            "text_hash": hash_of(text),
        }
        return Feedback.objects.create(kind=kind, origin=f"row:{next(_numbers)}", label=label, **values | fields)

    return say


@pytest.fixture
def count(ward) -> Callable[[], None]:
    return lambda: refresh(ward.pk, timezone.now())
