"""Letters of consultations: plain text, in their reader's language, about nothing but what they were asked for."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from consultations.models import Draft, Response
from wardmote.core.moments import say_moment


def write_link(*, draft: Draft, token: str, to: str, is_to_remind: bool, language: str, now: datetime) -> None:
    """The link to a draft, to whoever saved it. Raises ``OSError`` or ``SMTPException``."""
    _write("link", to, language, _about(draft, token, language, now) | {"is_to_remind": is_to_remind})


def write_reminder(*, draft: Draft, token: str, to: str, language: str, now: datetime) -> None:
    """The only reminder of a draft, with a link to it. Raises ``OSError`` or ``SMTPException``."""
    _write("reminder", to, language, _about(draft, token, language, now))


def write_copy(*, response: Response, to: str, language: str, now: datetime) -> None:
    """A copy of what was sent, to whoever sent it. Raises ``OSError`` or ``SMTPException``."""
    with translation.override(language):
        sent = say_moment(response.changed_at or response.submitted_at, now)
        ward = response.ward.local_name if response.ward else ""
    context = {
        "title": response.consultation.in_language(language).title,
        "reference": response.reference,
        "sent": sent,
        "ward": ward,
        "answers": [answer for answer in response.answers.order_by("position") if answer.is_asked],
    }
    _write("copy", to, language, context)


def write_confirmation(*, response: Response, token: str, to: str, until: datetime, now: datetime) -> None:
    """The link that confirms an address, in the response's language. Raises ``OSError`` or ``SMTPException``."""
    consultation, language = response.consultation, response.language
    with translation.override(language):
        path = reverse("consultations:confirm", args=(consultation.slug, token))
        before = say_moment(until, now)
    context = {
        "title": consultation.in_language(language).title,
        "link": settings.CONFIG.base_url.rstrip("/") + path,
        "before": before,
        "reference": response.reference,
    }
    _write("confirm", to, language, context)


def _about(draft: Draft, token: str, language: str, now: datetime) -> dict[str, Any]:
    consultation = draft.consultation
    with translation.override(language):
        path = reverse("consultations:resume", args=(consultation.slug, token))
        closes = say_moment(consultation.closes_at, now)
    return {
        "title": consultation.in_language(language).title,
        "link": settings.CONFIG.base_url.rstrip("/") + path,
        "closes": closes,
        "reference": draft.reference,
    }


def _write(letter: str, to: str, language: str, context: dict[str, Any]) -> None:
    with translation.override(language):
        subject = render_to_string(f"consultations/letters/{letter}_subject.txt", context)
        body = render_to_string(f"consultations/letters/{letter}.txt", context)
    EmailMessage(" ".join(subject.split()), body.strip() + "\n", to=[to]).send()
