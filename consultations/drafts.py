"""Verbs on drafts: begin one, save it, forget it. A draft is answers being written, kept without an account."""

from __future__ import annotations

import hashlib
import hmac
import logging
import re
import secrets
import smtplib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q

from consultations import notifications
from consultations.models import ConsultationPage, Draft, DraftReminder, Response
from consultations.services import REFERENCE_TRIES, make_reference, refuse_unless_open
from wardmote.core.text import clean_text

logger = logging.getLogger(__name__)

TOKEN_BYTES = 24
"""192 bits: more than the 128 that nobody guesses."""

TOKEN_PATTERN = re.compile(r"[A-Za-z0-9_-]{32}")

MAX_DRAFT_CHARACTERS = 200_000
"""Of all values together: forty full answers of the longest kind."""

MAX_DRAFT_FIELDS = 1_000

CLAIM_LASTS = timedelta(hours=1)
"""After which a reminder whose letter was being written when its process died counts as sent: never two letters."""

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


class LetterNotSent(Exception):
    """The mail server took no letter."""


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
    upwards; ``language`` is the one it is written in. ``marks`` are fields that hold nobody's words: they become what
    the form says, whoever changed them before.
    """

    fields: Mapping[str, list[str]]
    asked: frozenset[str]
    writer: UUID
    sequence: int = 0
    language: str = "en"
    marks: frozenset[str] = frozenset()

    def onto(self, before: Mapping[str, list[str]]) -> Fields:
        """The draft's fields once this form is laid over them. Raises ``DraftTooLong``."""
        # NUL and lone surrogates cannot be stored; whatever a reader can see stays as typed.
        own = {
            clean_text(name, limit=200): [clean_text(value, limit=MAX_DRAFT_CHARACTERS + 1) for value in values]
            for name, values in self.fields.items()
            if any(values)
        }
        here = self.asked | self.marks
        fields = {name: values for name, values in before.items() if name not in here} | own
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
    hashed = hash_token(token)
    drafts = Draft.objects.filter(consultation=consultation.canonical())
    found = drafts.filter(Q(token_hash=hashed) | Q(reminder__token_hash=hashed)).first()
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
                draft = Draft(
                    consultation=consultation,
                    key=key,
                    token_hash=hash_token(token),
                    reference=reference,
                    fields=fields,
                    language=typed.language,
                    created_at=saved_at,
                    saved_at=saved_at,
                )
                words = frozenset(fields) - typed.marks
                draft.take_down(writer=typed.writer, names=words, sequence=typed.sequence)
                draft.save()
                return draft
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
    nothing, and neither does one that says what stands there. Raises ``DraftMovedOn`` when somebody else changed one of
    the same fields in between, and what ``start_draft`` raises.
    """
    consultation = consultation.canonical()
    refuse_unless_open(consultation, saved_at)
    draft = Draft.objects.select_for_update().filter(consultation=consultation, key=key).first()
    if draft is None:
        draft = start_draft(consultation=consultation, key=key, token=token, typed=typed, saved_at=saved_at)
    if not _opens(token, draft):
        raise DraftNotYours
    if draft.is_overtaken(writer=typed.writer, sequence=typed.sequence):
        return draft
    fields = typed.onto(draft.fields)
    changed = {name for name in fields.keys() | draft.fields.keys() if fields.get(name) != draft.fields.get(name)}
    words = changed - typed.marks
    if not draft.follows(revision=expected_revision, writer=typed.writer, names=words):
        raise DraftMovedOn(draft)
    if changed:
        draft.fields, draft.language = fields, typed.language
        draft.revision += 1
        draft.saved_at = max(saved_at, draft.created_at)
    before = draft.hands
    # Even when nothing changed, so that the next page can tell the device that this save has come.
    draft.take_down(writer=typed.writer, names=words, sequence=typed.sequence)
    if changed or draft.hands != before:
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


def can_remind(consultation: ConsultationPage, moment: datetime) -> bool:
    """Whether there is time for a reminder before ``consultation`` closes."""
    return moment < consultation.closes_at - timedelta(days=settings.CONFIG.reminder_days)


def send_link(
    *, draft: Draft, token: str, email: str, is_to_remind: bool, language: str, sent_at: datetime
) -> DraftReminder | None:
    """Write the draft's link to ``email``, and keep the address for one reminder where that is asked for.

    Raises ``ConsultationNotOpen``, ``ConsultationClosed``, and ``LetterNotSent`` when the mail server took no letter;
    then nothing is kept. A reminder that waits already goes to the new address; one that was sent is not sent again.
    """
    consultation = draft.consultation.canonical()
    refuse_unless_open(consultation, sent_at)
    is_to_remind = is_to_remind and can_remind(consultation, sent_at)
    try:
        notifications.write_link(
            draft=draft, token=token, to=email, is_to_remind=is_to_remind, language=language, now=sent_at
        )
    except (OSError, smtplib.SMTPException) as error:
        logger.warning("The link to a draft could not be written: %s", type(error).__name__)
        raise LetterNotSent from error
    return _keep_for_reminder(draft, email, language) if is_to_remind else None


def send_copy(*, response: Response, email: str, language: str, sent_at: datetime) -> None:
    """Write a copy of what was sent to ``email``, which is kept nowhere. Raises ``LetterNotSent``."""
    try:
        notifications.write_copy(response=response, to=email, language=language, now=sent_at)
    except (OSError, smtplib.SMTPException) as error:
        logger.warning("The copy of a response could not be written: %s", type(error).__name__)
        raise LetterNotSent from error


@transaction.atomic
def _keep_for_reminder(draft: Draft, email: str, language: str) -> DraftReminder:
    reminder, _is_new = DraftReminder.objects.select_for_update().get_or_create(
        draft=draft, defaults={"email": email, "language": language}
    )
    if reminder.sent_at is None:
        reminder.email, reminder.language = email, language
        reminder.save()
    return reminder


def send_reminders(moment: datetime) -> int:
    """Write the reminders that are due at ``moment``, each once: how many. Their addresses are deleted.

    A letter that the mail server does not take waits for the next time. One whose process dies while it is written is
    not written again.
    """
    soon = moment + timedelta(days=settings.CONFIG.reminder_days)
    due = DraftReminder.objects.filter(
        sent_at__isnull=True,
        draft__consultation__live=True,
        draft__consultation__closes_at__gt=moment,
        draft__consultation__closes_at__lte=soon,
    )
    count = sum(_send_reminder(pk, moment) for pk in list(due.order_by("pk").values_list("pk", flat=True)))
    died = DraftReminder.objects.filter(sent_at__lte=moment - CLAIM_LASTS).exclude(email="")
    died.update(email="")
    return count


def _send_reminder(pk: int, moment: datetime) -> bool:
    token = make_token()
    waiting = DraftReminder.objects.filter(pk=pk, sent_at__isnull=True)
    # Claimed before it is written, so that of two processes one writes; no transaction waits for the mail server.
    if not waiting.update(sent_at=moment, token_hash=hash_token(token)):
        return False
    reminder = DraftReminder.objects.select_related("draft__consultation").get(pk=pk)
    try:
        notifications.write_reminder(
            draft=reminder.draft, token=token, to=reminder.email, language=reminder.language, now=moment
        )
    except (OSError, smtplib.SMTPException) as error:
        logger.warning("A reminder could not be written: %s", type(error).__name__)
        DraftReminder.objects.filter(pk=pk).update(sent_at=None, token_hash=None)
        return False
    DraftReminder.objects.filter(pk=pk).update(email="")
    return True


def _opens(token: str, draft: Draft) -> bool:
    hashed = hash_token(token)
    reminder = DraftReminder.objects.filter(draft=draft).first()
    known = [draft.token_hash, reminder.token_hash if reminder and reminder.token_hash else draft.token_hash]
    return any(hmac.compare_digest(hashed, one) for one in known)
