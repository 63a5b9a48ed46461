"""What the history of a consultation says of each act that was logged about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _
from wagtail.log_actions import LogActionRegistry, LogFormatter
from wagtail.models import PageLogEntry

from consultations import entering, importing, watching
from consultations.fairness_check import SET_ASIDE_ACTION, TAKEN_BACK_ACTION
from consultations.identity import CODES_MADE_ACTION, CODES_STOPPED_ACTION
from consultations.models.sign_off import APPROVED_ACTION, HELD_BACK_ACTION
from consultations.reports import DOWNLOAD_ACTION, EXPORT_ACTION

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

SENTENCES: dict[str, tuple[StrOrPromise, StrOrPromise]] = {
    # Who took which responses out of the house.
    EXPORT_ACTION: (
        _("Export responses"),
        _("%(responses)s responses exported as %(format)s"),
    ),
    # Who imported which file.
    importing.IMPORT_ACTION: (
        _("Import responses"),
        _("%(added)s responses imported from %(source)s, %(late)s of them late (%(file)s)"),
    ),
    # Who undid an import, and why.
    importing.UNDO_ACTION: (
        _("Undo an import"),
        _("Import “%(batch)s” undone, %(responses)s responses left out. Reason: %(reason)s"),
    ),
    # Who counted a response that came late, and why.
    entering.COUNT_LATE_ACTION: (
        _("Count a late response"),
        _("%(reference)s came late and is counted. Reason: %(reason)s"),
    ),
    # Who left a response out, and why.
    entering.LEAVE_OUT_ACTION: (
        _("Leave a response out"),
        _("%(reference)s is left out and no longer counted. Reason: %(reason)s"),
    ),
    # Who left several responses out at once, and why.
    watching.LEAVE_OUT_TOGETHER_ACTION: (
        _("Leave responses out"),
        _("%(count)s responses are left out and no longer counted. Reason: %(reason)s"),
    ),
    # Who took several responses back in at once, and why.
    watching.TAKE_IN_TOGETHER_ACTION: (
        _("Take responses back in"),
        _("%(count)s responses are taken back in. Reason: %(reason)s"),
    ),
    # Who counted a response whose address was never confirmed, and why.
    entering.COUNT_UNCONFIRMED_ACTION: (
        _("Count a response that was not confirmed"),
        _("%(reference)s was not confirmed and is counted. Reason: %(reason)s"),
    ),
    # Who took a response back in that had been left out.
    entering.TAKE_IN_ACTION: (
        _("Take a response back in"),
        _("%(reference)s is taken back in. Reason: %(reason)s"),
    ),
    # Who corrected what had been typed in. The words before and after stand with the response.
    entering.CORRECT_ACTION: (
        _("Correct a response"),
        _("%(reference)s was typed in wrongly and is corrected. Reason: %(reason)s"),
    ),
    # Who chose between two entries of a paper.
    entering.SETTLE_ACTION: (
        _("Settle two entries"),
        _("%(reference)s: %(differences)s differences settled, %(from_second)s by the second entry"),
    ),
    # Who took a respondent's file out of the house.
    DOWNLOAD_ACTION: (
        _("Save a respondent’s file"),
        _("File “%(file)s” of response %(reference)s saved"),
    ),
    # Who made one-time codes, and how many; never which.
    CODES_MADE_ACTION: (
        _("Make one-time codes"),
        _("%(count)s one-time codes made and printed"),
    ),
    # Who put the unused codes of a batch out of use.
    CODES_STOPPED_ACTION: (
        _("Stop one-time codes"),
        _("A batch of %(count)s one-time codes stopped"),
    ),
    # Who found a consultation fair against a finding, and why.
    SET_ASIDE_ACTION: (
        _("Set a fairness finding aside"),
        _("Fairness finding set aside: “%(found)s” Reason: %(reason)s"),
    ),
    # Who opened a finding again, and the reason it had been set aside for.
    TAKEN_BACK_ACTION: (
        _("Open a fairness finding again"),
        _("Fairness finding open again: “%(found)s” It had been set aside for: %(reason)s"),
    ),
    # Who signed a consultation off over which open findings.
    APPROVED_ACTION: (
        _("Approve with open fairness findings"),
        _("Approved with open fairness findings: %(rules)s"),
    ),
    # Why an approved consultation is still a draft.
    HELD_BACK_ACTION: (
        _("Hold back for open fairness findings"),
        _("Approved but not published, with open fairness findings: %(rules)s"),
    ),
}
"""By action: what it is called, and the sentence that the entry's data fill in."""


def formatter(label: StrOrPromise, sentence: StrOrPromise) -> type[LogFormatter]:
    """Wagtail's way of saying an act. The open findings an entry names are said as ``rules``."""

    class Formatter(LogFormatter):
        def format_message(self, log_entry: PageLogEntry) -> str:
            data: dict[str, Any] = log_entry.data
            return str(sentence) % (data | {"rules": ", ".join(data.get("findings", ()))})

    Formatter.label = label
    return Formatter


def register_log_actions(actions: LogActionRegistry) -> None:
    for action, (label, sentence) in SENTENCES.items():
        actions.register_action(action)(formatter(label, sentence))
