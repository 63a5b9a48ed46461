"""Once per person, as a constraint of the database: the keyed hash of what somebody proved can be stored once."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db import IntegrityError, transaction

from consultations.models import ConsultationPage, Respondent


class AlreadyAnswered(Exception):
    """Whoever claims this has answered before; nothing of the new response is stored."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What one person may answer once with: ``kind`` is address, account or code, ``value`` its canonical form."""

    kind: str
    value: str


def digest_of(consultation: ConsultationPage, claim: Claim) -> str:
    """HMAC-SHA-256 of ``claim`` in hexadecimal, under a key that only this consultation (canonical) has.

    The same address has another digest in every consultation, so that what people answer cannot be joined up.
    """
    name = f"consultations.respondents:{consultation.translation_key}"
    key = hmac.digest(settings.SECRET_KEY.encode(), name.encode(), "sha256")
    return hmac.digest(key, f"{claim.kind}:{claim.value}".encode(), "sha256").hex()


def claim(consultation: ConsultationPage, claims: Sequence[Claim]) -> None:
    """Use up ``claims``, within the caller's transaction. Raises ``AlreadyAnswered`` when one was used before."""
    rows = [Respondent(consultation=consultation, digest=digest_of(consultation, one)) for one in claims]
    # In one order for everybody, so that two who claim the same never wait for each other.
    rows.sort(key=lambda row: row.digest)
    try:
        with transaction.atomic():
            for row in rows:
                row.save(force_insert=True)
    except IntegrityError as taken:
        raise AlreadyAnswered from taken


def is_claimed(consultation: ConsultationPage, claims: Sequence[Claim]) -> bool:
    """Whether one of ``claims`` was used: to tell somebody beforehand. What holds is the constraint."""
    digests = [digest_of(consultation, one) for one in claims]
    return Respondent.objects.filter(consultation=consultation, digest__in=digests).exists()
