"""Who may answer: what a consultation asks for before answers count, and once each. Nobody is named beside them."""

from __future__ import annotations

import hmac
import logging
import smtplib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from consultations import notifications
from consultations.addresses import canonical_email
from consultations.claims import AlreadyAnswered, Claim, claim, digest_of
from consultations.drafts import LetterNotSent, hash_token, is_token, make_token
from consultations.enums import IdentityLevel, Standing
from consultations.models import CodeBatch, Confirmation, ConsultationPage, OneTimeCode, Respondent, Response
from consultations.one_time_codes import make_code, print_code
from consultations.services import Answers, file_texts, submit_response

logger = logging.getLogger(__name__)

CONFIRM_WITHIN = timedelta(days=7)
"""Of sending the answers. They came in time, so that closing meanwhile changes nothing."""

MARKS_KEPT = timedelta(days=90)
"""After closing; then nobody can answer again, and who answered is of no more use."""

CODES_MADE_ACTION = "consultations.make_codes"
CODES_STOPPED_ACTION = "consultations.stop_codes"

__all__ = ["AlreadyAnswered", "LetterNotSent", "NotProven", "take_in"]


class NotProven(Exception):
    """What the consultation asks for is missing or wrong. ``field`` names the form's field, or is None for none."""

    def __init__(self, field: str | None, message: str) -> None:
        super().__init__(message)
        self.field = field
        self.message = message


class NothingToConfirm(Exception):
    """The link opens nothing: a newer letter was asked for, it is too late, or it was mistyped."""


class CodesMadeAlready(Exception):
    """The codes that this form asked for were made, printed once and cannot be shown again."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What somebody sent of themselves: an address, a code as ``read_code`` gives it, the account signed in with.

    ``may_write`` is false where too many letters were asked for: the response then waits, to be written to later.
    """

    email: str = ""
    may_write: bool = True
    code: str = ""
    account_pk: int | None = None
    account_email: str = ""


def take_in(
    *, consultation: ConsultationPage, answers: Answers, evidence: Evidence, submitted_at: datetime
) -> Response:
    """Record a response as far as ``evidence`` allows: counted, or waiting for its address to be confirmed.

    Raises ``NotProven``, ``AlreadyAnswered`` (nothing is stored), and what ``submit_response`` raises. Safe to repeat
    with the same ``answers.key``. A confirmation letter that cannot or may not be sent is no error: the response waits,
    and ``Confirmation.written_at`` says that none has gone.
    """
    consultation = consultation.canonical()
    if earlier := Response.objects.filter(consultation=consultation, key=answers.key).first():
        return earlier
    if consultation.identity_level == IdentityLevel.EMAIL:
        return _take_in_to_confirm(consultation, answers, evidence, submitted_at)
    claims = claims_of(consultation, evidence)
    return submit_response(
        consultation=consultation, answers=replace(answers, claims=claims), submitted_at=submitted_at
    )


def claims_of(consultation: ConsultationPage, evidence: Evidence) -> tuple[Claim, ...]:
    """What ``evidence`` lets somebody answer once with. Raises ``NotProven``."""
    if consultation.identity_level == IdentityLevel.CODE:
        return (_known_code(consultation, evidence.code),)
    if consultation.identity_level == IdentityLevel.RESIDENT:
        if evidence.account_pk is None:
            raise NotProven(None, _("Sign in before you send your answers"))
        # The account, and the address it was made with: several accounts of one letter box are one person.
        address = canonical_email(evidence.account_email)
        return (Claim("account", str(evidence.account_pk)), Claim("address", address))
    return ()


def _known_code(consultation: ConsultationPage, code: str) -> Claim:
    asked = Claim("code", code)
    digest = digest_of(consultation, asked)
    found = OneTimeCode.objects.filter(consultation=consultation, digest=digest).select_related("batch").first()
    # The database looks up a keyed hash, so that how long it takes says nothing of how near a guess is.
    if found is None or not hmac.compare_digest(found.digest, digest):
        raise NotProven("code", _("We made no such code for this consultation. Check it against your letter"))
    if found.batch.stopped_at:
        raise NotProven("code", _("This code has been stopped. Ask us for a new one"))
    return asked


def _take_in_to_confirm(
    consultation: ConsultationPage, answers: Answers, evidence: Evidence, submitted_at: datetime
) -> Response:
    email = evidence.email
    if not email:
        raise NotProven("email", _("Enter your e-mail address"))
    with transaction.atomic():
        waiting = replace(answers, standing=Standing.TO_CONFIRM)
        response = submit_response(consultation=consultation, answers=waiting, submitted_at=submitted_at)
        is_first = not Confirmation.objects.filter(response=response).exists()
        if is_first:
            Confirmation.objects.create(
                response=response,
                email=email,
                token_hash=hash_token(make_token()),
                expires_at=submitted_at + CONFIRM_WITHIN,
            )
    if is_first and evidence.may_write:
        try:
            write_confirmation(response=response, email=email, sent_at=submitted_at)
        except LetterNotSent:
            logger.warning("A response waits for a letter that could not be sent")
    return response


def write_confirmation(*, response: Response, email: str, sent_at: datetime) -> None:
    """Write the link that confirms ``response`` to ``email``, which becomes its address. Its older links go.

    Raises ``LetterNotSent``, and ``NothingToConfirm`` when it is confirmed already or its time is over.
    """
    token = make_token()
    waiting = Confirmation.objects.filter(response=response, confirmed_at=None, expires_at__gt=sent_at)
    if not waiting.update(email=email, token_hash=hash_token(token), written_at=None):
        raise NothingToConfirm
    try:
        notifications.write_confirmation(
            response=response, token=token, to=email, until=waiting.get().expires_at, now=sent_at
        )
    except (OSError, smtplib.SMTPException) as error:
        logger.warning("A letter to confirm an address could not be written: %s", type(error).__name__)
        raise LetterNotSent from error
    waiting.update(written_at=sent_at)


def find_confirmation(*, consultation: ConsultationPage, token: str, moment: datetime) -> Confirmation | None:
    """What the letter's link stands for: waiting, or confirmed already. None when there is nothing, or too late."""
    if not is_token(token):
        return None
    found = (
        Confirmation.objects.select_related("response")
        .filter(response__consultation=consultation, token_hash=hash_token(token))
        .first()
    )
    if found is None or (found.confirmed_at is None and moment >= found.expires_at):
        return None
    return found


def confirm(*, consultation: ConsultationPage, token: str, confirmed_at: datetime) -> Response:
    """Count the response that waits for this link, and delete its address. Safe to repeat.

    Raises ``NothingToConfirm``, and ``AlreadyAnswered`` when another response from the same address counts: then
    this one never will, and its address is deleted too.
    """
    consultation = consultation.canonical()
    try:
        return _confirm(consultation, token, confirmed_at)
    except AlreadyAnswered:
        Confirmation.objects.filter(response__consultation=consultation, token_hash=hash_token(token)).update(
            email=""
        )
        raise


@transaction.atomic
def _confirm(consultation: ConsultationPage, token: str, confirmed_at: datetime) -> Response:
    rows = Confirmation.objects.select_for_update(of=("self",))
    found = find_confirmation(consultation=consultation, token=token, moment=confirmed_at)
    if found is None:
        raise NothingToConfirm
    confirmation = rows.select_related("response").get(pk=found.pk)
    response = confirmation.response
    if confirmation.confirmed_at:
        return response
    if not confirmation.email:
        raise AlreadyAnswered
    claim(consultation, [Claim("address", canonical_email(confirmation.email))])
    waiting = Response.objects.filter(pk=response.pk, standing=Standing.TO_CONFIRM)
    if not waiting.update(standing=Standing.COUNTED):
        raise NothingToConfirm  # withdrawn meanwhile, or taken out
    response.standing = Standing.COUNTED
    confirmation.email, confirmation.confirmed_at = "", confirmed_at
    confirmation.save()
    rows_of = list(response.answers.order_by("position"))
    file_texts(rows_of, response=response, page=consultation.in_language(response.language))
    return response


@transaction.atomic
def make_codes(
    *, consultation: ConsultationPage, count: int, key: UUID, user: Any, made_at: datetime
) -> tuple[CodeBatch, list[str]]:
    """Make ``count`` codes, as they are printed. They are stored as keyed hashes: this is the only time they are told.

    ``key`` is the one-use key of the form; the same one again raises ``CodesMadeAlready``.
    """
    consultation = consultation.canonical()
    try:
        with transaction.atomic():
            batch = CodeBatch.objects.create(
                consultation=consultation, key=key, count=count, made_at=made_at, made_by=user
            )
    except IntegrityError as made:
        raise CodesMadeAlready from made
    codes: set[str] = set()
    while len(codes) < count:
        codes.add(make_code())
    rows = [
        OneTimeCode(consultation=consultation, batch=batch, digest=digest_of(consultation, Claim("code", code)))
        for code in codes
    ]
    # In the order of their hashes, which is not the order in which they are printed.
    OneTimeCode.objects.bulk_create(sorted(rows, key=lambda row: row.digest), batch_size=500)
    log(instance=consultation, action=CODES_MADE_ACTION, user=user, data={"count": count})
    return batch, [print_code(code) for code in codes]


@transaction.atomic
def stop_codes(*, batch: CodeBatch, user: Any, stopped_at: datetime) -> None:
    """Let no unused code of ``batch`` be used any more: letters that were lost or never printed. Safe to repeat."""
    if CodeBatch.objects.filter(pk=batch.pk, stopped_at=None).update(stopped_at=stopped_at):
        log(instance=batch.consultation, action=CODES_STOPPED_ACTION, user=user, data={"count": batch.count})


def used_codes(consultation: ConsultationPage) -> int:
    """How many of all codes of ``consultation`` were used. Never told by batch: a batch may be one person's."""
    used = Respondent.objects.filter(consultation=OuterRef("consultation"), digest=OuterRef("digest"))
    return OneTimeCode.objects.filter(Exists(used), consultation=consultation).count()


def forget_addresses(moment: datetime) -> int:
    """Delete the addresses that were not confirmed in time, and who answered what closed long ago: how many."""
    late = Confirmation.objects.filter(expires_at__lte=moment).exclude(email="").update(email="")
    over = Respondent.objects.filter(consultation__closes_at__lte=moment - MARKS_KEPT)
    marks, _by_model = over.delete()
    return late + marks


def letters_of(codes: Sequence[str], addresses: Sequence[Sequence[str]]) -> list[tuple[Sequence[str], str]]:
    """Address lines and code of each letter; without addresses, letters to nobody."""
    lines: Sequence[Sequence[str]] = addresses or [()] * len(codes)
    return list(zip(lines, codes, strict=True))
