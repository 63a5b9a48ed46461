"""Unusual patterns among responses: looked for, said in words, and never acted on by the machine.

Three are looked for, among responses sent online. They are reasons to look, not proof: a letter that a charity wrote is
sent by people who mean it, and many answer at once when a newspaper writes about a consultation. No network address and
no mark of a browser is stored, so none is looked at.
"""

from __future__ import annotations

import hashlib
import math
import time
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from consultations.counting import fingerprint_of
from consultations.entering import change_standing, clean_reason, standing_by_time
from consultations.enums import Channel, Standing
from consultations.models import Answer, ConsultationPage, PatternReport, Response
from sentiment.nlp.campaigns import find_campaigns
from wardmote.core.moments import say_moment

SHARE_OF_TIME = 0.05
"""Of the time may go into looking at one consultation: what took two seconds is done every forty at most."""

FEWEST_ALIKE = 5
"""Responses with nearly the same long text: fewer are a family, or friends."""

FEWEST_SAME = 3
"""Responses that are the same in every answer, words included."""

FEWEST_WORDS_SAME = 6
"""Together in such a response: what is shorter many people write by chance."""

FEWEST_IN_BURST = 20

PEAK_OF_A_DAY = 3.0
"""How much more than the mean of all hours the busiest hour of a usual day may hold."""

CHANCE_OF_A_BURST = 1e-6
"""Under which an hour is no usual one; a consultation of three months has two thousand hours."""

LEAVE_OUT_TOGETHER_ACTION = "consultations.leave_responses_out"
TAKE_IN_TOGETHER_ACTION = "consultations.take_responses_in"

SAME_TEXT, SAME_ANSWERS, BURST = "same_text", "same_answers", "burst"


@dataclass(frozen=True, slots=True)
class Pattern:
    """Responses that have something unusual in common.

    ``most`` of them came between ``since`` and ``until`` (ISO moments); ``usual`` is the mean of the other hours, for a
    burst. ``responses`` are primary keys, in the order in which they came.
    """

    kind: str
    responses: tuple[int, ...]
    most: int
    since: str
    until: str
    usual: float = 0.0

    @property
    def key(self) -> str:
        """Names this pattern for as long as it holds the same responses."""
        told = f"{self.kind}:{','.join(map(str, self.responses))}"
        return hashlib.sha256(told.encode()).hexdigest()[:16]

    @property
    def size(self) -> int:
        return len(self.responses)

    @property
    def name(self) -> str:
        return {
            SAME_TEXT: _("The same letter from many"),
            SAME_ANSWERS: _("Every answer the same"),
            BURST: _("Very many in one hour"),
        }[self.kind]

    def reason(self, now: datetime) -> str:
        """Why it is shown, in a sentence or two."""
        since = say_moment(datetime.fromisoformat(self.since), now)
        until = say_moment(datetime.fromisoformat(self.until), now)
        told = {"count": self.size, "most": self.most, "since": since, "until": until, "usual": f"{self.usual:.1f}"}
        if self.kind == BURST:
            return (
                _(
                    "%(count)s responses came between %(since)s and %(until)s; the other hours have %(usual)s on "
                    "average. News or a newsletter does that too."
                )
                % told
            )
        alike = _("%(count)s responses hold nearly the same long text.")
        if self.kind == SAME_ANSWERS:
            alike = _("%(count)s responses are the same in every answer, words included.")
        when = _("%(most)s of them came between %(since)s and %(until)s.")
        if since == until:
            when = _("%(most)s of them came within a minute, on %(since)s.")
        group = _("It may be a letter that a group wrote and its supporters sent.")
        return " ".join(sentence % told for sentence in (alike, when, group))


def look_again(moment: datetime) -> int:
    """Look at every consultation that has something new, unless that was done just now: how many. The tick calls it."""
    answered = Response.objects.order_by().values("consultation").distinct()
    pages = ConsultationPage.objects.filter(pk__in=answered).select_related("pattern_report", "locale")
    return sum(_look_if_new(page, moment) for page in pages)


def _look_if_new(page: ConsultationPage, moment: datetime) -> bool:
    earlier: PatternReport | None = getattr(page, "pattern_report", None)
    if earlier and moment < earlier.looked_at + timedelta(seconds=earlier.took_seconds / SHARE_OF_TIME):
        return False
    if earlier and earlier.fingerprint == fingerprint_of(page):
        return False
    look(page, moment)
    return True


def look(page: ConsultationPage, moment: datetime) -> PatternReport:
    """Look for patterns among the responses to ``page`` (in the site's first language), and keep what is found."""
    began = time.perf_counter()
    fingerprint = fingerprint_of(page)
    patterns = find_patterns(page, moment)
    values = {
        "looked_at": moment,
        "took_seconds": time.perf_counter() - began,
        "fingerprint": fingerprint,
        "patterns": [asdict(pattern) for pattern in patterns],
    }
    return PatternReport.objects.update_or_create(consultation=page, defaults=values)[0]


def patterns_of(page: ConsultationPage) -> tuple[PatternReport | None, list[Pattern]]:
    """What was found when it was last looked for; one query."""
    report = PatternReport.objects.filter(consultation=page).first()
    found = report.patterns if report else []
    return report, [Pattern(**{**told, "responses": tuple(told["responses"])}) for told in found]


def find_patterns(page: ConsultationPage, moment: datetime) -> list[Pattern]:
    """The patterns, largest first; two queries. What officers left out is looked at too, so that it can come back."""
    came = dict(
        Response.objects.filter(
            consultation=page, channel=Channel.ONLINE, standing__in=[Standing.COUNTED, Standing.LEFT_OUT]
        )
        .order_by("submitted_at", "pk")
        .values_list("pk", "submitted_at")
    )
    texts: defaultdict[int, list[str]] = defaultdict(list)
    said: defaultdict[int, list[str]] = defaultdict(list)
    for response, question, text, choices in (
        Answer.objects.filter(response__consultation=page, is_asked=True)
        .order_by("response", "position")
        .values_list("response", "question_id", "text", "choices")
        .iterator(chunk_size=2_000)
    ):
        if response in came:
            if text:
                texts[response].append(text)
            chosen = [(choice["id"], choice.get("value")) for choice in choices]
            said[response].append(f"{question}|{' '.join(text.lower().split())}|{chosen}")
    same = _same_answers(came, texts, said)
    covered = [set(pattern.responses) for pattern in same]
    alike = [
        pattern
        for pattern in _same_texts(came, texts)
        if not any(set(pattern.responses) <= others for others in covered)
    ]
    return sorted([*same, *alike, *_bursts(page, came, moment)], key=lambda one: (-one.size, one.key))


def _same_answers(
    came: Mapping[int, datetime], texts: Mapping[int, list[str]], said: Mapping[int, list[str]]
) -> list[Pattern]:
    groups: defaultdict[str, list[int]] = defaultdict(list)
    for response in came:
        if sum(len(text.split()) for text in texts.get(response, ())) >= FEWEST_WORDS_SAME:
            groups["\x1e".join(said[response])].append(response)
    return [_pattern(SAME_ANSWERS, came, group) for group in groups.values() if len(group) >= FEWEST_SAME]


def _same_texts(came: Mapping[int, datetime], texts: Mapping[int, list[str]]) -> list[Pattern]:
    places = [response for response in came if response in texts]
    campaigns = find_campaigns(["\n".join(texts[response]) for response in places], fewest=FEWEST_ALIKE)
    return [_pattern(SAME_TEXT, came, [places[member] for member in each.members]) for each in campaigns]


def _pattern(kind: str, came: Mapping[int, datetime], group: Collection[int]) -> Pattern:
    """The group with the shortest time within which nine tenths of it came."""
    ordered = sorted(group, key=lambda response: (came[response], response))
    most = math.ceil(0.9 * len(ordered))
    first = min(
        range(len(ordered) - most + 1), key=lambda start: came[ordered[start + most - 1]] - came[ordered[start]]
    )
    since, until = came[ordered[first]], came[ordered[first + most - 1]]
    return Pattern(kind, tuple(ordered), most, since.isoformat(), until.isoformat())


def _bursts(page: ConsultationPage, came: Mapping[int, datetime], moment: datetime) -> list[Pattern]:
    """Hours that hold far more than the others do, counted from the opening."""
    hours = Counter(_hour(page, at) for at in came.values())
    until = min(moment, page.closes_at)
    length = max(1, math.ceil((until - page.opens_at) / timedelta(hours=1)))
    found = []
    for hour, count in sorted(hours.items()):
        usual = (len(came) - count) / max(1, length - 1)
        if count >= FEWEST_IN_BURST and tail_bound(PEAK_OF_A_DAY * usual, count) < CHANCE_OF_A_BURST:
            group = tuple(response for response, at in came.items() if _hour(page, at) == hour)
            begins = page.opens_at + timedelta(hours=hour)
            ends = begins + timedelta(hours=1)
            found.append(Pattern(BURST, group, count, begins.isoformat(), ends.isoformat(), usual))
    return found


def _hour(page: ConsultationPage, at: datetime) -> int:
    return (at - page.opens_at) // timedelta(hours=1)


def tail_bound(mean: float, count: int) -> float:
    """At most how likely ``count`` or more are, where ``mean`` are usual and each comes by itself (Chernoff, Poisson)."""
    if count <= mean:
        return 1.0
    if mean <= 0:
        return 0.0
    return math.exp(count - mean - count * math.log(count / mean))


@transaction.atomic
def leave_out_together(
    *, consultation: ConsultationPage, responses: Sequence[int], reason: str, decided_by: AbstractBaseUser
) -> int:
    """Count those of ``responses`` no longer that count: how many. They stay, with the reason, and can come back.

    Raises ``ReasonMissing``. Safe to repeat.
    """
    reason = clean_reason(reason)
    found = _locked(consultation, responses, Standing.COUNTED)
    change_standing(found, Standing.LEFT_OUT, reason)
    _log(consultation, LEAVE_OUT_TOGETHER_ACTION, found, reason, decided_by)
    return len(found)


@transaction.atomic
def take_in_together(
    *, consultation: ConsultationPage, responses: Sequence[int], reason: str, decided_by: AbstractBaseUser
) -> int:
    """Undo ``leave_out_together`` for those of ``responses`` that are left out: how many. Raises ``ReasonMissing``."""
    reason = clean_reason(reason)
    found = [each for each in _locked(consultation, responses, Standing.LEFT_OUT) if each.channel == Channel.ONLINE]
    by_standing: defaultdict[Standing, list[Response]] = defaultdict(list)
    for response in found:
        by_standing[standing_by_time(consultation, response.submitted_at)].append(response)
    for standing, group in by_standing.items():
        change_standing(group, standing, reason)
    _log(consultation, TAKE_IN_TOGETHER_ACTION, found, reason, decided_by)
    return len(found)


def _locked(consultation: ConsultationPage, responses: Sequence[int], standing: Standing) -> list[Response]:
    rows = Response.objects.select_for_update(of=("self",)).select_related("consultation__locale", "ward")
    return list(rows.filter(consultation=consultation, pk__in=responses, standing=standing).order_by("pk"))


def _log(
    consultation: ConsultationPage, action: str, found: Sequence[Response], reason: str, user: AbstractBaseUser
) -> None:
    if found:
        references = [response.reference for response in found]
        data = {"count": len(found), "reason": reason, "references": references}
        log(instance=consultation, action=action, user=user, data=data)
