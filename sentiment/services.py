"""Verbs on feedback: file what was said, withdraw it, correct how it was read, read sources, let posts expire."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from http import HTTPStatus

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from sentiment import analysis, figures, tasks
from sentiment.atlas import Atlas
from sentiment.enums import FeedbackKind, PlacementMethod, SourceState, ToneLabel
from sentiment.models import Correction, Feedback, Flag, Source, Tombstone, WardSummary
from sentiment.placement import place
from sentiment.sources.feed import Feed, NotAFeed, parse
from sentiment.sources.fetching import Fetched, FetchError, fetch, retry_at
from wardmote.core.text import clean_text
from wards.models import Ward

logger = logging.getLogger(__name__)

CURSOR_FIELDS = ["etag", "last_modified", "state", "failures", "error", "checked_at", "next_at"]
LONGEST_WAIT = timedelta(days=1)
"""Between two tries of a source that fails: a feed that comes back is heard within a day."""
LONGEST_OBEYED_WAIT = timedelta(days=7)
"""For which a server's Retry-After is honoured."""
READ_AT_ONCE = 200
"""Texts read by one tick: some twenty seconds' work in the deep tier."""
DELETED_AT_ONCE = 500
"""Posts deleted in one transaction: short enough that residents' answers need not wait."""


CORRECT_LABELS = frozenset({ToneLabel.NEGATIVE, ToneLabel.NEUTRAL, ToneLabel.POSITIVE, ToneLabel.UNSURE})
"""Tones a person can give."""


class NothingSaid(ValueError):
    """A text to be filed, or a reason, is blank."""


def hash_of(text: str) -> str:
    """SHA-256 of a text, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


@transaction.atomic
def file_feedback(
    *,
    kind: FeedbackKind,
    origin: str,
    text: str,
    said_at: datetime,
    ward: Ward | None,
    about: str,
    url: str,
    question: str = "",
    source: Source | None = None,
    ward_confidence: float = 1.0,
    ward_method: PlacementMethod = PlacementMethod.GIVEN,
    ward_evidence: str = "",
) -> Feedback:
    """Put one text before the reader. Call it inside your own transaction; the reading is queued on commit.

    ``origin`` names the row the text came from ("answer:12"); filing the same origin again updates its one row, and a
    changed text is read anew. ``said_at`` is timezone-aware; ``ward_confidence`` runs from 0 to 1, and below 0.6 the
    text counts for the council only. Raises ``NothingSaid`` for a blank text.
    """
    text = clean_text(text)
    if not text.strip():
        raise NothingSaid(f"{kind} {origin} is blank")
    values = {
        "text": text,
        "text_hash": hash_of(text),
        "said_at": said_at,
        "ward": ward,
        "about": clean_text(about, limit=255),
        "url": clean_text(url, limit=2000),
        "question": clean_text(question),
        "source": source,
        "ward_confidence": ward_confidence if ward else 0.0,
        "ward_method": ward_method if ward else PlacementMethod.NONE,
        "ward_evidence": clean_text(ward_evidence, limit=200),
    }
    feedback, created = Feedback.objects.select_for_update().get_or_create(kind=kind, origin=origin, defaults=values)
    if created:
        transaction.on_commit(partial(tasks.read_feedback.enqueue, feedback.pk))
        return feedback
    changed = {name for name, value in values.items() if getattr(feedback, name) != value}
    if changed:
        _update(feedback, {name: values[name] for name in changed})
    return feedback


@dataclass(frozen=True, slots=True)
class Said:
    """One text of several that came together. ``origin`` names the row it came from, ``question`` what it answers."""

    origin: str
    text: str
    question: str = ""


@transaction.atomic
def file_together(
    *, kind: FeedbackKind, said: Sequence[Said], said_at: datetime, ward: Ward | None, about: str, url: str
) -> None:
    """File texts that one person sent at one moment, as ``file_feedback`` would each, in as many queries for any number.

    Only a text whose origin was filed before takes queries of its own. Raises ``NothingSaid`` for a blank one.
    """
    if not said:
        return
    known = set(
        Feedback.objects.filter(kind=kind, origin__in=[each.origin for each in said]).values_list("origin", flat=True)
    )
    new = []
    for each in said:
        if each.origin in known:
            file_feedback(
                kind=kind,
                origin=each.origin,
                text=each.text,
                said_at=said_at,
                ward=ward,
                about=about,
                url=url,
                question=each.question,
            )
        elif not (text := clean_text(each.text)).strip():
            raise NothingSaid(f"{kind} {each.origin} is blank")
        else:
            new.append(
                Feedback(
                    kind=kind,
                    origin=each.origin,
                    text=text,
                    text_hash=hash_of(text),
                    said_at=said_at,
                    ward=ward,
                    about=clean_text(about, limit=255),
                    url=clean_text(url, limit=2000),
                    question=clean_text(each.question),
                    ward_confidence=1.0 if ward else 0.0,
                    ward_method=PlacementMethod.GIVEN if ward else PlacementMethod.NONE,
                )
            )
    if new:
        pks = [feedback.pk for feedback in Feedback.objects.bulk_create(new)]
        transaction.on_commit(partial(tasks.read_texts.enqueue, pks))


def _update(feedback: Feedback, values: dict[str, object]) -> None:
    """Store what changed; read a changed text anew, and count again the wards it left or stands in."""
    ward_pks = {feedback.ward_id}
    for name, value in values.items():
        setattr(feedback, name, value)
    if "text_hash" in values:
        feedback.label = feedback.read_as = feedback.read_by = ""
        feedback.flags.all().delete()  # they spoke of words that are gone
        transaction.on_commit(partial(tasks.read_feedback.enqueue, feedback.pk))
    feedback.save()
    count_again(ward_pks | {feedback.ward_id})


@transaction.atomic
def withdraw_feedback(*, kind: FeedbackKind, origin: str) -> None:
    """Delete a text with its readings and corrections; its ward is counted again. No row, no error."""
    feedback = Feedback.objects.select_for_update().filter(kind=kind, origin=origin).first()
    if feedback is None:
        return
    ward_pk = feedback.ward_id
    feedback.delete()
    count_again({ward_pk})


@transaction.atomic
def correct_reading(
    *,
    feedback: Feedback,
    label: ToneLabel,
    reason: str,
    corrected_by: AbstractBaseUser,
    corrected_at: datetime,
    is_random_check: bool = False,
) -> Correction:
    """Record what a person decided the tone is. It is shown from now on; the machine's reading is kept.

    Flags on the text are settled by it. ``is_random_check`` says that the text was drawn at random and judged before
    the machine's tone was seen. Raises ``NothingSaid`` without a reason, and ``ValueError`` for a label a person
    cannot give.
    """
    reason = clean_text(reason, limit=500).strip()
    if not reason:
        raise NothingSaid("a correction needs its reason")
    if label not in CORRECT_LABELS:
        raise ValueError(f"{label!r} is not a tone a person can give")
    feedback = Feedback.objects.select_for_update().get(pk=feedback.pk)
    before = feedback.label
    correction = Correction.objects.create(
        feedback=feedback,
        text_hash=feedback.text_hash,
        label=label,
        reason=reason,
        corrected_by_id=corrected_by.pk,
        corrected_at=corrected_at,
        is_random_check=is_random_check,
    )
    feedback.flags.filter(settled_at=None).update(settled_at=corrected_at)
    analysis.settle(feedback)
    log(
        feedback,
        "sentiment.correct",
        user=corrected_by,
        title=feedback.origin,
        data={"before": before, "after": label, "reason": reason},
    )
    count_again({feedback.ward_id})
    return correction


@transaction.atomic
def flag_reading(*, feedback: Feedback, reason: str, flagged_by: AbstractBaseUser, flagged_at: datetime) -> Flag:
    """Tell officers that a text was read wrongly. Saying so again changes the reason; the label stays as it is.

    Raises ``NothingSaid`` without a reason.
    """
    reason = clean_text(reason, limit=500).strip()
    if not reason:
        raise NothingSaid("a flag needs its reason")
    flag, _created = Flag.objects.update_or_create(
        feedback=feedback,
        flagged_by_id=flagged_by.pk,
        settled_at=None,
        defaults={"reason": reason, "flagged_at": flagged_at},
    )
    return flag


@transaction.atomic
def remove_post(*, feedback: Feedback, removed_by: AbstractBaseUser, removed_at: datetime) -> None:
    """Delete a local post because somebody asked; a later reading of its source does not bring it back."""
    if feedback.source_id is None:
        raise ValueError("only a post can be removed; answers and questions are withdrawn where they were made")
    # The origin, never the words: a log would keep what somebody asked us to forget.
    log(feedback, "sentiment.remove", user=removed_by, title=feedback.origin)
    _bury([feedback], removed_at)


def read_due_sources(moment: datetime) -> int:
    """Read each source whose next reading has come, and say how many. One that fails does not stop the others."""
    due = list(Source.objects.due_at(moment).order_by("next_at", "pk"))
    for source in due:
        try:
            read_source(source, moment)
        except Exception:
            logger.exception("source %s failed", source.pk)
            _note_failure(source, moment, _("An error in Wardmote; see its log."))
    return len(due)


def read_source(source: Source, moment: datetime) -> None:
    """Read one source and file what is new or changed.

    The posts and the cursor (ETag, next reading) are stored in one transaction after the network has been heard, so a
    crash in between means only that the same page is read again, and reading it again changes nothing.
    """
    try:
        fetched = fetch(
            source.address,
            etag=source.etag,
            last_modified=source.last_modified,
            private_addresses=settings.CONFIG.may_fetch_private_addresses,
        )
        if fetched.status == HTTPStatus.OK:
            feed = parse(fetched.body, address=fetched.address, content_type=fetched.content_type)
            _file_page(source, feed, fetched, moment)
        elif fetched.status == HTTPStatus.NOT_MODIFIED:
            _note_reading(source, moment, error="")
        elif fetched.status == HTTPStatus.GONE:
            _note_failure(
                source, moment, _("The server says that this feed is gone for good."), state=SourceState.GONE
            )
        else:
            _note_failure(
                source,
                moment,
                _("The server answered %d.") % fetched.status,
                not_before=retry_at(fetched.retry_after, moment),
            )
    except (FetchError, NotAFeed) as error:
        _note_failure(source, moment, str(error))


@transaction.atomic
def _file_page(source: Source, feed: Feed, fetched: Fetched, moment: datetime) -> None:
    """File the posts of a page and move the cursor: all of it or none."""
    locked = Source.objects.select_for_update(of=("self",)).select_related("ward").get(pk=source.pk)
    oldest = moment - timedelta(days=locked.retention_days)
    atlas = Atlas(moment.date())
    page = {hash_of(item.remote_id): item for item in feed.items}
    buried = set(locked.tombstones.filter(remote_id_hash__in=page).values_list("remote_id_hash", flat=True))
    origins = {key: f"post:{locked.pk}:{key}" for key in page if key not in buried}
    first_seen = dict(locked.feedback.filter(origin__in=origins.values()).values_list("origin", "said_at"))
    for remote_hash, origin in origins.items():
        item = page[remote_hash]
        said_at = min(item.posted_at or first_seen.get(origin, moment), moment)
        if said_at < oldest:
            continue
        found = place(item.text, names=atlas.names, ward_of_postcode=atlas.ward_of_postcode, source_ward=locked.ward)
        file_feedback(
            kind=FeedbackKind.POST,
            origin=origin,
            text=item.text,
            said_at=said_at,
            ward=found.ward,
            ward_confidence=found.confidence,
            ward_method=found.method,
            ward_evidence=found.evidence,
            about=locked.name,
            url=item.url,
            source=locked,
        )
    # A broken page is asked for whole next time, since what was cut off is still to come.
    locked.etag, locked.last_modified = ("", "") if feed.is_broken else (fetched.etag, fetched.last_modified)
    _note_reading(locked, moment, error=_("The feed is malformed; what could be read was.") if feed.is_broken else "")


def _note_reading(source: Source, moment: datetime, *, error: str) -> None:
    source.state, source.failures, source.error, source.checked_at = SourceState.WELL, 0, error, moment
    source.next_at = moment + timedelta(seconds=source.cadence_seconds)
    source.save(update_fields=CURSOR_FIELDS)


def _note_failure(
    source: Source,
    moment: datetime,
    error: str,
    *,
    state: SourceState = SourceState.FAILING,
    not_before: datetime | None = None,
) -> None:
    """Wait longer after each failure, and at least as long as the server asked."""
    source.state, source.failures, source.error = state, source.failures + 1, error[:300]
    wait = min(timedelta(seconds=source.cadence_seconds) * 2 ** min(source.failures - 1, 5), LONGEST_WAIT)
    asked = min(not_before, moment + LONGEST_OBEYED_WAIT) if not_before else moment
    source.next_at = max(moment + wait, asked)
    source.save(update_fields=["state", "failures", "error", "next_at"])


def expire_posts(moment: datetime) -> int:
    """Delete posts that their source's days of keeping are over for, and say how many."""
    expired = 0
    for source in Source.objects.all():
        oldest = moment - timedelta(days=source.retention_days)
        while batch := list(source.feedback.filter(said_at__lt=oldest).select_related("source")[:DELETED_AT_ONCE]):
            with transaction.atomic():
                _bury(batch, moment)
            expired += len(batch)
    return expired


def refresh_summaries(moment: datetime) -> int:
    """Read what no worker has read, and count again each ward whose figures are old; how many wards that was.

    The tick calls this, so a lost task or a stopped worker delays figures and loses nothing.
    """
    read_waiting(moment)
    due = list(WardSummary.objects.due_at(moment).values_list("ward_id", flat=True))
    for ward_pk in due:
        figures.refresh(ward_pk, moment)
    return len(due)


def read_waiting(moment: datetime) -> int:
    """Read texts that were never read, then texts that another reader read last, newest first; say how many.

    ``READ_AT_ONCE`` at most, so that a new reader comes to every text in time and nothing else waits for it. A text
    that cannot be read does not keep the others from being read.
    """
    newest_first = Feedback.objects.order_by("-said_at", "-pk")
    pks = list(newest_first.filter(label="").values_list("pk", flat=True)[:READ_AT_ONCE])
    read_by_another = newest_first.not_read_by(analysis.present_readers()).exclude(label="")
    pks += read_by_another.values_list("pk", flat=True)[: READ_AT_ONCE - len(pks)]
    for pk in pks:
        try:
            analysis.read_feedback(pk, moment)
        except Exception:
            logger.exception("text %s cannot be read", pk)
    return len(pks)


def count_again(ward_pks: Iterable[int | None]) -> None:
    """Mark the figures of wards old, in the caller's transaction, and queue the counting on commit."""
    for ward_pk in sorted(pk for pk in set(ward_pks) if pk is not None):
        if analysis.mark_stale(ward_pk):
            transaction.on_commit(partial(tasks.refresh_summary.enqueue, ward_pk))


def _bury(posts: list[Feedback], moment: datetime) -> None:
    stones = [
        Tombstone(source=post.source, remote_id_hash=post.origin.rpartition(":")[2], buried_at=moment)
        for post in posts
    ]
    Tombstone.objects.bulk_create(stones, ignore_conflicts=True)
    Feedback.objects.filter(pk__in=[post.pk for post in posts]).delete()
    count_again(post.ward_id for post in posts)
