"""Verbs on drafts: begin one, save it, forget it. A draft is answers being written, kept without an account."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef

from consultations.models import ConsultationPage, Draft, Response
from consultations.services import REFERENCE_TRIES, make_reference, refuse_unless_open
from wardmote.core.text import clean_text

TOKEN_BYTES = 24
"""192 bits: more than the 128 that nobody guesses."""

TOKEN_PATTERN = re.compile(r"[A-Za-z0-9_-]{32}")

MAX_DRAFT_CHARACTERS = 200_000
"""Of all values together: forty full answers of the longest kind."""

MAX_DRAFT_FIELDS = 1_000

Fields = dict[str, list[str]]
"""Posted values by field name."""


class DraftRefused(Exception):
    """Nothing was saved; what stood in the draft still stands there."""


class DraftTooLong(DraftRefused):
    """The draft holds more characters or fields than one may."""


class DraftNotYours(DraftRefused):
    """The token does not open the draft with this key."""


class AlreadySent(DraftRefused):
    """A response with this key was sent, so there is no draft any more."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.reference)
        self.response = response


class DraftMovedOn(DraftRefused):
    """Somebody else changed the draft since the sender saw it. ``current`` is the draft as it stands."""

    def __init__(self, current: Draft) -> None:
        super().__init__(f"{current.reference} is at revision {current.revision}")
        self.current = current


@dataclass(frozen=True, slots=True)
class Typed:
    """What one open form holds. ``fields`` are its values as posted; ``asked`` all names that stand on it.

    A name that is asked and has no value was emptied; a name that is not asked (on another page of the form, or of a
    question taken out since) keeps what the draft has. ``writer`` names the open form, ``sequence`` counts its saves
    upwards; ``language`` is the one it is written in.
    """

    fields: Mapping[str, list[str]]
    asked: frozenset[str]
    writer: UUID
    sequence: int = 0
    language: str = "en"

    def onto(self, before: Mapping[str, list[str]]) -> Fields:
        """The draft's fields once this form is laid over them. Raises ``DraftTooLong``."""
        # NUL and lone surrogates cannot be stored; whatever a reader can see stays as typed.
        own = {
            clean_text(name, limit=200): [clean_text(value, limit=MAX_DRAFT_CHARACTERS + 1) for value in values]
            for name, values in self.fields.items()
            if any(values)
        }
        fields = {name: values for name, values in before.items() if name not in self.asked} | own
        characters = sum(len(value) for values in fields.values() for value in values)
        if characters > MAX_DRAFT_CHARACTERS or len(fields) > MAX_DRAFT_FIELDS:
            raise DraftTooLong
        return fields


def make_token() -> str:
    """The secret of a draft's link: URL-safe, shown to its writer and never stored."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def hash_token(token: str) -> str:
    """SHA-256 in hexadecimal. The token is random, so it needs neither salt nor stretching."""
    return hashlib.sha256(token.encode()).hexdigest()


def is_token(text: str) -> bool:
    return TOKEN_PATTERN.fullmatch(text) is not None


def find_draft(*, consultation: ConsultationPage, token: str) -> Draft | None:
    """The draft that ``token`` opens, or None."""
    found = Draft.objects.filter(consultation=consultation.canonical(), token_hash=hash_token(token)).first()
    return found if found and _opens(token, found) else None


@transaction.atomic
def start_draft(*, consultation: ConsultationPage, key: UUID, token: str, typed: Typed, saved_at: datetime) -> Draft:
    """Begin the draft of the form that ``key`` and ``token`` were printed in. ``saved_at`` is timezone-aware.

    Safe to repeat: the draft of the same key and token is returned as it stands. Raises ``ConsultationNotOpen``,
    ``ConsultationClosed``, ``AlreadySent``, ``DraftNotYours``, ``DraftTooLong``.
    """
    consultation = consultation.canonical()
    refuse_unless_open(consultation, saved_at)
    if sent := Response.objects.filter(consultation=consultation, key=key).first():
        raise AlreadySent(sent)
    if not is_token(token):
        raise DraftNotYours
    fields = typed.onto({})
    for _ in range(REFERENCE_TRIES):
        reference = make_reference("DR")
        try:
            with transaction.atomic():
                return Draft.objects.create(
                    consultation=consultation,
                    key=key,
                    token_hash=hash_token(token),
                    reference=reference,
                    fields=fields,
                    writer=typed.writer,
                    sequence=typed.sequence,
                    language=typed.language,
                    created_at=saved_at,
                    saved_at=saved_at,
                )
        except IntegrityError:
            if earlier := Draft.objects.select_for_update().filter(consultation=consultation, key=key).first():
                if not _opens(token, earlier):
                    raise DraftNotYours from None
                return earlier
            if not Draft.objects.filter(reference=reference).exists():
                raise DraftNotYours from None  # the token is that of a draft with another key
    raise RuntimeError("No free reference was found")


@transaction.atomic
def save_draft(
    *,
    consultation: ConsultationPage,
    key: UUID,
    token: str,
    typed: Typed,
    expected_revision: int,
    saved_at: datetime,
) -> Draft:
    """Save what ``typed`` holds over the draft that the sender saw at ``expected_revision`` (0: none yet).

    The draft is begun where there is none. Safe to repeat. A save that a later one of the same writer overtook changes
    nothing, and neither does one that says what stands there. Raises ``DraftMovedOn`` when somebody else changed the
    draft in between, and what ``start_draft`` raises.
    """
    consultation = consultation.canonical()
    refuse_unless_open(consultation, saved_at)
    draft = Draft.objects.select_for_update().filter(consultation=consultation, key=key).first()
    if draft is None:
        draft = start_draft(consultation=consultation, key=key, token=token, typed=typed, saved_at=saved_at)
    if not _opens(token, draft):
        raise DraftNotYours
    is_same_writer = typed.writer == draft.writer
    if is_same_writer and typed.sequence < draft.sequence:
        return draft
    fields = typed.onto(draft.fields)
    if fields == draft.fields:
        return draft
    if not draft.follows(revision=expected_revision, writer=typed.writer):
        raise DraftMovedOn(draft)
    if not is_same_writer:
        draft.writer, draft.written_from = typed.writer, draft.revision
    draft.fields, draft.sequence, draft.language = fields, typed.sequence, typed.language
    draft.revision += 1
    draft.saved_at = max(saved_at, draft.created_at)
    draft.save()
    return draft


@transaction.atomic
def forget_drafts(moment: datetime) -> int:
    """Delete drafts whose consultation closed ``WARDMOTE_DRAFT_DAYS`` before ``moment``, or that were sent: how many."""
    closed_by = moment - timedelta(days=settings.CONFIG.draft_days)
    sent = Response.objects.filter(consultation=OuterRef("consultation"), key=OuterRef("key"))
    over = Draft.objects.filter(consultation__closes_at__lte=closed_by) | Draft.objects.filter(Exists(sent))
    count, _by_model = over.delete()
    return count


def _opens(token: str, draft: Draft) -> bool:
    return hmac.compare_digest(hash_token(token), draft.token_hash)
