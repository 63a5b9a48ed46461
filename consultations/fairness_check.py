"""The fairness check of one page: its facts read from the page, its findings, and what officers set aside of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from bs4 import BeautifulSoup
from django.apps import apps
from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import log
from wagtail.models import Page

from consultations.fairness import Facts, Finding, OptionSetAside, findings
from consultations.kinds.sections import SectionText
from consultations.models.fairness import FairnessSettings, FindingSetAside

if TYPE_CHECKING:
    from consultations.models.pages import ConsultationPage

WELSH = "cy"
SET_ASIDE_ACTION = "consultations.set_finding_aside"
TAKEN_BACK_ACTION = "consultations.take_finding_back"


class FindingChanged(Exception):
    """The finding is not there any more as the officer saw it; nothing is recorded."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A finding, and the officer's reason to set it aside as it stands, if there is one."""

    finding: Finding
    set_aside: FindingSetAside | None
    earlier: FindingSetAside | None
    """The last reason given while the page said something else: the finding has come open again since."""


@dataclass(frozen=True, slots=True)
class Check:
    open: tuple[Judged, ...]
    set_aside: tuple[Judged, ...]
    blocks_publishing: bool

    @property
    def holds_back(self) -> bool:
        """Whether the council wants nothing published as it stands."""
        return self.blocks_publishing and bool(self.open)


def check_page(page: ConsultationPage) -> Check:
    """The check of ``page`` as it is given, saved or not, in a fixed number of queries."""
    measured = FairnessSettings.load()
    rows: dict[str, list[FindingSetAside]] = {}
    for row in FindingSetAside.objects.filter(page=page.pk).select_related("set_aside_by").order_by("-set_aside_at"):
        rows.setdefault(row.rule, []).append(row)
    judged = [_judge(found, rows.get(found.rule, [])) for found in findings(facts_of(page), measured.standard())]
    return Check(
        open=tuple(each for each in judged if not each.set_aside),
        set_aside=tuple(each for each in judged if each.set_aside),
        blocks_publishing=measured.blocks_publishing,
    )


def draft_of(thing: Any) -> ConsultationPage | None:
    """The newest draft of ``thing`` where it is a consultation."""
    consultations = apps.get_model("consultations", "ConsultationPage")
    if not isinstance(thing, Page) or not issubclass(thing.specific_class or Page, consultations):
        return None
    draft: ConsultationPage = consultations.objects.get(pk=thing.pk).get_latest_revision_as_object()
    return draft


def check_draft(thing: Any) -> Check | None:
    """The check of the newest draft of ``thing``; ``None`` where it is no consultation."""
    draft = draft_of(thing)
    return check_page(draft) if draft else None


@transaction.atomic
def set_finding_aside(
    *, page: ConsultationPage, mark: str, reason: str, user: Any, set_aside_at: datetime
) -> FindingSetAside:
    """Record why the finding named by ``mark`` is no unfairness. Raises ``FindingChanged`` where it is gone.

    Safe to repeat: the first reason is returned and nothing is added.
    """
    found = next((finding for finding in _findings_of(page) if finding.mark == mark), None)
    if found is None:
        raise FindingChanged
    row, is_new = FindingSetAside.objects.get_or_create(
        page_id=page.pk,
        rule=found.rule.value,
        mark=mark,
        defaults={
            "found": "\n".join((found.reason, *found.details)),
            "reason": reason,
            "set_aside_by": user,
            "set_aside_at": set_aside_at,
        },
    )
    if is_new:
        log(
            instance=page,
            action=SET_ASIDE_ACTION,
            user=user,
            data={"rule": row.rule, "found": found.reason, "reason": reason},
        )
    return row


@transaction.atomic
def take_finding_back(*, page: ConsultationPage, mark: str, user: Any) -> None:
    """Open the finding again. The page's history keeps who had set it aside, when and why. Safe to repeat."""
    for row in FindingSetAside.objects.filter(page=page.pk, mark=mark):
        log(
            instance=page,
            action=TAKEN_BACK_ACTION,
            user=user,
            data={"rule": row.rule, "found": row.found, "reason": row.reason},
        )
        row.delete()


def facts_of(page: ConsultationPage) -> Facts:
    """What the check needs to know of ``page``. Its dates are those of the page in the site's first language."""
    canonical = page.canonical()
    opens_at, closes_at = canonical.opens_at, canonical.closes_at
    language = page.locale.language_code
    reasons = plain_paragraphs(page.reasons)
    options = tuple(
        OptionSetAside(block.value["option"] or "", block.value["why"] or "") for block in page.options_set_aside
    )
    translations = page.get_translations().filter(locale__language_code=WELSH, alias_of__isnull=True)
    return Facts(
        language=language,
        is_formative=page.is_formative,
        paragraphs=(*_words_put_to_the_public(page), *reasons, *(each.why for each in options)),
        reasons=" ".join(reasons),
        options=options,
        opens_on=timezone.localdate(opens_at) if opens_at else None,
        last_day=timezone.localdate(closes_at - timedelta(microseconds=1)) if closes_at else None,
        has_contact=bool(page.contact_email or page.contact_phone),
        formats=page.alternative_formats,
        has_welsh=language == WELSH or translations.exists(),
    )


def plain_paragraphs(html: str) -> tuple[str, ...]:
    """The paragraphs and list items of a rich text, without markup. An item's own list is read item by item."""
    soup = BeautifulSoup(html or "", "html.parser")
    for line_break in soup.find_all("br"):
        line_break.replace_with("\n")
    found = []
    for element in reversed(soup.find_all(["p", "li"])):
        found.append(element.extract().get_text().strip())
    return tuple(text for text in reversed(found) if text)


def _words_put_to_the_public(page: ConsultationPage) -> Iterator[str]:
    """What has to be read in order to answer. Headings are no sentences, and the privacy notice is not the matter."""
    yield from (page.intro or "").splitlines()
    for block in page.body:
        if block.block_type == "paragraph":
            yield from plain_paragraphs(block.value.source)
        elif block.block_type == "call_out":
            yield from plain_paragraphs(block.value["text"].source)
    for each in page.survey:
        if isinstance(each, SectionText):
            yield from plain_paragraphs(each.text)
        else:
            yield each.wording
            yield from each.help.splitlines()


def _findings_of(page: ConsultationPage) -> tuple[Finding, ...]:
    return findings(facts_of(page), FairnessSettings.load().standard())


def _judge(finding: Finding, rows: list[FindingSetAside]) -> Judged:
    """``rows``: what was set aside under the finding's rule, the last first."""
    holding = next((row for row in rows if row.mark == finding.mark), None)
    return Judged(finding, holding, None if holding else next(iter(rows), None))
