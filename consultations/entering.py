"""Verbs on responses that did not come through the site: enter, check, count, leave out, correct. None deletes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.contrib.auth.models import AbstractBaseUser
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from consultations.contents import Content, Difference, answers_in, content_of, differences, merge, ward_in
from consultations.enums import ENTERED_CHANNELS, Channel, Standing
from consultations.models import Answer, Batch, ConsultationPage, ImportedRow, Response, ResponseVersion, SecondEntry
from consultations.models.responses import MAX_REASON
from consultations.places import say_wards
from consultations.services import Answers, answer_rows, file_texts, insert_response, origin_of, response_of
from sentiment.enums import FeedbackKind
from sentiment.services import withdraw_feedback
from wardmote.core.text import clean_text

COUNT_LATE_ACTION = "consultations.count_late"
LEAVE_OUT_ACTION = "consultations.leave_response_out"
COUNT_UNCONFIRMED_ACTION = "consultations.count_unconfirmed_response"
TAKE_IN_ACTION = "consultations.take_response_in"
CORRECT_ACTION = "consultations.correct_response"
SETTLE_ACTION = "consultations.settle_entries"

CORRECTABLE = (Standing.COUNTED, Standing.LATE, Standing.LEFT_OUT)
"""Standings in which what was typed in may be corrected; while it waits, its two entries are compared instead."""

FIRST, SECOND = "first", "second"
"""Of two entries, which is right."""


class EntryRefused(Exception):
    """Nothing was stored."""


class NameTaken(EntryRefused):
    """The consultation has a batch of that name."""


class ReceivedBeforeOpening(EntryRefused):
    """The moment of receipt lies before the consultation opened."""


class ReceivedInFuture(EntryRefused):
    """The moment of receipt is still to come."""


class SameOfficer(EntryRefused):
    """The second entry must be another officer's than the first."""


class NoSuchNumber(EntryRefused):
    """The batch has no response of that number that waits for a second entry."""


class EnteredTwiceAlready(EntryRefused):
    """The response has its second entry."""


class NotSettled(EntryRefused):
    """A difference between two entries was not chosen between."""


class ReasonMissing(EntryRefused):
    """Nobody counts, leaves out or corrects a response without saying why."""


class StandingRefused(EntryRefused):
    """The response does not stand where it could be changed like this; somebody else was quicker."""


class CorrectedMeanwhile(EntryRefused):
    """Somebody else has changed the response since the sender saw it. ``current`` is the response as it stands."""

    def __init__(self, current: Response) -> None:
        super().__init__(f"{current.reference} is at version {current.version}")
        self.current = current


@transaction.atomic
def open_batch(
    *,
    consultation: ConsultationPage,
    name: str,
    channel: Channel,
    is_entered_twice: bool,
    made_by: AbstractBaseUser | None,
    made_at: datetime,
) -> Batch:
    """Begin a batch. Raises ``NameTaken``, and ``ValueError`` for a channel that officers do not type in."""
    if channel not in ENTERED_CHANNELS:
        raise ValueError(f"{channel!r} is not typed in by officers")
    name = clean_text(name, limit=120).strip()
    try:
        with transaction.atomic():
            return Batch.objects.create(
                consultation=consultation.canonical(),
                name=name,
                channel=channel,
                is_entered_twice=is_entered_twice,
                made_by_id=made_by.pk if made_by else None,
                made_at=made_at,
            )
    except IntegrityError as taken:
        raise NameTaken(name) from taken


@transaction.atomic
def enter_response(
    *, batch: Batch, answers: Answers, received_at: datetime, entered_by: AbstractBaseUser, entered_at: datetime
) -> Response:
    """Record one response of a batch as an officer typed it in, with the next number of the batch.

    ``received_at`` is when it reached the council; at or after the closing moment it is recorded as late and not
    counted. In a batch that is entered twice it waits for the second entry. Raises ``ReceivedBeforeOpening``,
    ``ReceivedInFuture`` and ``AnswerRefused``. Safe to repeat with the same ``answers.key``: the first is returned.
    """
    batch = _locked(batch)
    consultation = batch.consultation
    if earlier := response_of(consultation, answers.key):
        return earlier
    refuse_unless_received(consultation, received_at, entered_at)
    page = consultation.in_language(answers.language)
    rows = say_wards(answer_rows(page, answers.given), received_at)
    response, is_first = insert_response(
        consultation,
        answers,
        received_at,
        channel=batch.channel,
        batch=batch,
        number=next_number(batch),
        entered_by_id=entered_by.pk,
        entered_at=entered_at,
        standing=Standing.WAITING if batch.is_entered_twice else standing_by_time(consultation, received_at),
    )
    if is_first:
        for row in rows:
            row.response = response
        Answer.objects.bulk_create(rows)
        _count_texts(response, page)
    return response


@transaction.atomic
def enter_again(
    *, batch: Batch, number: int, answers: Answers, entered_by: AbstractBaseUser, entered_at: datetime
) -> SecondEntry:
    """Record the second entry of a response. Where both agree it counts at once, if it came in time.

    Raises ``NoSuchNumber``, ``EnteredTwiceAlready``, ``SameOfficer`` and ``AnswerRefused``.
    """
    waiting = Response.objects.select_for_update(of=("self",)).filter(batch=batch, number=number)
    response = waiting.filter(batch__is_entered_twice=True).select_related("consultation", "ward").first()
    if response is None:
        raise NoSuchNumber(number)
    if SecondEntry.objects.filter(response=response).exists():
        raise EnteredTwiceAlready(number)
    if response.standing != Standing.WAITING:
        raise NoSuchNumber(number)
    if response.entered_by_id == entered_by.pk:
        raise SameOfficer
    page = response.consultation.in_language(answers.language)
    typed = Response(
        submitted_at=response.submitted_at,
        language=answers.language,
        ward=answers.ward,
        is_outside_area=answers.is_outside_area,
    )
    entry = SecondEntry.objects.create(
        response=response,
        content=content_of(typed, say_wards(answer_rows(page, answers.given), response.submitted_at)),
        entered_by_id=entered_by.pk,
        entered_at=entered_at,
    )
    if not differences_between(entry):
        _settle(entry, entered_at)
    return entry


@transaction.atomic
def settle_entries(
    *, entry: SecondEntry, chosen: Mapping[str, str], settled_by: AbstractBaseUser, settled_at: datetime
) -> Response:
    """Choose between two entries; the response counts from then on, if it came in time.

    ``chosen`` says ``FIRST`` or ``SECOND`` for the key of each difference. What the first entry said is kept. Raises
    ``NotSettled`` when a difference is not chosen between, ``StandingRefused`` when it was settled before.
    """
    locked = SecondEntry.objects.select_for_update(of=("self", "response"))
    entry = locked.select_related("response__consultation").get(pk=entry.pk)
    if entry.settled_at:
        raise StandingRefused(entry.response.reference)
    found = differences_between(entry)
    if any(chosen.get(each.key) not in (FIRST, SECOND) for each in found):
        raise NotSettled
    response = entry.response
    from_second = [each.key for each in found if chosen[each.key] == SECOND]
    if from_second:
        first = content_of(response, response.answers.order_by("position"))
        _keep_earlier(response, _("Chosen between two entries"), settled_by, settled_at)
        _rewrite(response, merge(first, entry.content, from_second=from_second))
    _settle(entry, settled_at)
    _log(response, SETTLE_ACTION, settled_by, {"differences": len(found), "from_second": len(from_second)})
    return response


@transaction.atomic
def count_late(*, response: Response, reason: str, decided_by: AbstractBaseUser) -> Response:
    """Count a late response all the same. Raises ``ReasonMissing``, ``StandingRefused`` when it is not late."""
    return _stand(response, Standing.COUNTED, reason, decided_by, COUNT_LATE_ACTION, only_from=(Standing.LATE,))


@transaction.atomic
def count_unconfirmed(*, response: Response, reason: str, decided_by: AbstractBaseUser) -> Response:
    """Count a response whose e-mail address was never confirmed. Nobody is held to one answer by it.

    Raises ``ReasonMissing``, ``StandingRefused`` when it does not wait for that.
    """
    may_be = (Standing.TO_CONFIRM,)
    return _stand(response, Standing.COUNTED, reason, decided_by, COUNT_UNCONFIRMED_ACTION, only_from=may_be)


@transaction.atomic
def leave_out(*, response: Response, reason: str, decided_by: AbstractBaseUser) -> Response:
    """Count a response no longer, whatever channel it came by: a duplicate, an abuse. It stays, with the reason.

    Raises ``ReasonMissing``, and ``StandingRefused`` when it is left out already or its writer withdrew it.
    """
    may_be = (Standing.COUNTED, Standing.WAITING, Standing.LATE)
    return _stand(response, Standing.LEFT_OUT, reason, decided_by, LEAVE_OUT_ACTION, only_from=may_be)


@transaction.atomic
def take_in(*, response: Response, reason: str, decided_by: AbstractBaseUser) -> Response:
    """Undo ``leave_out``: the response stands again where its moment and its entries put it.

    Raises ``ReasonMissing``, and ``StandingRefused`` when it is not left out.
    """
    _take_row_in(response)
    entry = SecondEntry.objects.filter(response=response).first()
    waits = bool(response.batch and response.batch.is_entered_twice and not (entry and entry.settled_at))
    standing = Standing.WAITING if waits else standing_by_time(response.consultation, response.submitted_at)
    return _stand(response, standing, reason, decided_by, TAKE_IN_ACTION, only_from=(Standing.LEFT_OUT,))


@transaction.atomic
def correct_response(
    *,
    response: Response,
    expected_version: int | None,
    answers: Answers,
    received_at: datetime,
    reason: str,
    corrected_by: AbstractBaseUser,
    corrected_at: datetime,
) -> Response:
    """Mend what was typed in wrongly. What stood before is kept with the reason; who did it goes into the audit log.

    Only what officers typed in can be corrected: nobody edits what residents sent. A new moment of receipt is held
    against the closing again. ``expected_version`` is the one that the sender saw; where the response is at another,
    the same correction sent again changes nothing. Raises ``ReasonMissing``, ``StandingRefused``,
    ``CorrectedMeanwhile``, ``ReceivedBeforeOpening``, ``ReceivedInFuture`` and ``AnswerRefused``.
    """
    reason = clean_reason(reason)
    response = (
        Response.objects.select_for_update(of=("self",)).select_related("consultation", "ward").get(pk=response.pk)
    )
    if response.channel not in ENTERED_CHANNELS or response.standing not in CORRECTABLE:
        raise StandingRefused(response.reference)
    refuse_unless_received(response.consultation, received_at, corrected_at)
    page = response.consultation.in_language(answers.language)
    typed = Response(
        submitted_at=received_at,
        language=answers.language,
        ward=answers.ward,
        is_outside_area=answers.is_outside_area,
    )
    after = content_of(typed, say_wards(answer_rows(page, answers.given), received_at))
    if response.version != expected_version:
        now = content_of(response, response.answers.order_by("position"))
        stands = (response.submitted_at, response.language)
        if stands == (received_at, answers.language) and not differences(now, after):
            return response
        raise CorrectedMeanwhile(response)
    _keep_earlier(response, reason, corrected_by, corrected_at)
    if received_at != response.submitted_at:
        response.submitted_at = received_at
        if response.standing in (Standing.COUNTED, Standing.LATE):
            response.standing = standing_by_time(response.consultation, received_at)
            response.standing_reason = ""
    _rewrite(response, after)
    _count_texts(response, page)
    _log(response, CORRECT_ACTION, corrected_by, {"reason": reason})
    return response


def standing_by_time(consultation: ConsultationPage, received_at: datetime) -> Standing:
    """Counted when it came before the closing moment, else late."""
    return Standing.COUNTED if received_at < consultation.closes_at else Standing.LATE


def refuse_unless_received(consultation: ConsultationPage, received_at: datetime, entered_at: datetime) -> None:
    if received_at > entered_at:
        raise ReceivedInFuture
    if received_at < consultation.opens_at:
        raise ReceivedBeforeOpening


def differences_between(entry: SecondEntry) -> list[Difference]:
    """What the two entries of a response differ in."""
    first = content_of(entry.response, entry.response.answers.order_by("position"))
    return differences(first, entry.content)


def next_number(batch: Batch) -> int:
    highest: int | None = batch.responses.aggregate(highest=Max("number"))["highest"]
    return (highest or 0) + 1


def change_standing(responses: Sequence[Response], standing: Standing, reason: str) -> None:
    """Give ``responses`` of one consultation a standing, and file or withdraw their texts to match."""
    for response in responses:
        response.standing, response.standing_reason = standing, reason
    Response.objects.bulk_update(responses, ["standing", "standing_reason"], batch_size=500)
    pages: dict[str, ConsultationPage] = {}
    for response in responses:
        if response.language not in pages:
            pages[response.language] = response.consultation.in_language(response.language)
        _count_texts(response, pages[response.language])


def _locked(batch: Batch) -> Batch:
    """The batch, held until the transaction ends, so that two officers are not given one number."""
    return Batch.objects.select_for_update(of=("self",)).select_related("consultation__locale").get(pk=batch.pk)


def clean_reason(reason: str) -> str:
    """The reason to be kept. Raises ``ReasonMissing`` for a blank one."""
    reason = clean_text(reason, limit=MAX_REASON).strip()
    if not reason:
        raise ReasonMissing
    return reason


def _stand(
    response: Response,
    standing: Standing,
    reason: str,
    decided_by: AbstractBaseUser,
    action: str,
    *,
    only_from: Iterable[Standing],
) -> Response:
    reason = clean_reason(reason)
    locked = Response.objects.select_for_update(of=("self",)).select_related("consultation__locale", "ward")
    response = locked.get(pk=response.pk)
    if response.standing not in tuple(only_from):
        raise StandingRefused(response.reference)
    before = response.standing
    change_standing([response], standing, reason)
    _log(response, action, decided_by, {"before": before, "after": standing.value, "reason": reason})
    return response


def _take_row_in(response: Response) -> None:
    """Where the import of ``response`` was undone, its row counts as imported again; not when that was done anew."""
    row = ImportedRow.objects.filter(response=response).exclude(undone_at=None).first()
    if row is None:
        return
    same = ImportedRow.objects.filter(
        consultation=row.consultation_id, source=row.source, identity=row.identity, undone_at=None
    )
    if same.exists():
        raise StandingRefused(response.reference)
    row.undone_at = None
    row.save(update_fields=["undone_at"])


def _settle(entry: SecondEntry, settled_at: datetime) -> None:
    entry.settled_at = settled_at
    entry.save(update_fields=["settled_at"])
    response = entry.response
    response.standing = standing_by_time(response.consultation, response.submitted_at)
    response.save(update_fields=["standing"])
    _count_texts(response, response.consultation.in_language(response.language))


def _keep_earlier(
    response: Response, reason: str, replaced_by: AbstractBaseUser, replaced_at: datetime
) -> ResponseVersion:
    """Keep ``response`` as it stands, and begin its next version; the caller saves that."""
    said_at = response.changed_at or response.entered_at or response.submitted_at
    replaced_at = max(replaced_at, said_at)
    kept = ResponseVersion.objects.create(
        response=response,
        version=response.version,
        said_at=said_at,
        replaced_at=replaced_at,
        language=response.language,
        answers=content_of(response, response.answers.order_by("position"))["answers"],
        submitted_at=response.submitted_at,
        ward=response.ward,
        is_outside_area=response.is_outside_area,
        replaced_by_id=replaced_by.pk,
        reason=reason,
    )
    response.version += 1
    response.changed_at = replaced_at
    return kept


def _rewrite(response: Response, content: Content) -> None:
    """Make the stored answers those of ``content``; an answer to the same question keeps its row."""
    stored = {row.question_id: row for row in response.answers.all()}
    for answer in answers_in(content):
        earlier = stored.pop(answer.question_id, None)
        answer.response, answer.pk = response, earlier.pk if earlier else None
        answer.save()
    for gone in stored.values():
        withdraw_feedback(kind=FeedbackKind.ANSWER, origin=origin_of(gone))
        gone.delete()
    response.ward, response.is_outside_area = ward_in(content), content["is_outside_area"]
    response.language = content["language"]
    response.save()


def _count_texts(response: Response, page: ConsultationPage) -> None:
    """Have the texts of a counted response read, and those of any other taken from the reader."""
    rows = list(response.answers.order_by("position"))
    filed = file_texts(rows, response=response, page=page) if response.is_counted else []
    for origin in {origin_of(row) for row in rows}.difference(filed):
        withdraw_feedback(kind=FeedbackKind.ANSWER, origin=origin)


def _log(response: Response, action: str, user: AbstractBaseUser, data: dict[str, object]) -> None:
    """The reference and what was decided, never the words: those are erased with the response, a log is not."""
    log(instance=response.consultation, action=action, user=user, data={"reference": response.reference, **data})
