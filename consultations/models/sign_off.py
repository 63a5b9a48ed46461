"""The step of a workflow at which a consultation is approved with the fairness check in sight."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.log_actions import log
from wagtail.models import AbstractGroupApprovalTask, WorkflowState
from wagtail.workflows import publish_workflow_state

from consultations.fairness_check import Check, check_draft

APPROVED_ACTION = "consultations.approve_with_findings"
HELD_BACK_ACTION = "consultations.hold_back"


def publish_unless_held_back(workflow_state: WorkflowState, user: Any) -> None:
    """Publish what the last step approved, whichever kind of step it was; what is held back stays a draft."""
    page = workflow_state.content_object
    check = check_draft(page)
    if check and check.holds_back:
        log(instance=page, action=HELD_BACK_ACTION, user=user, data={"findings": _rules(check)})
    else:
        publish_workflow_state(workflow_state, user=user)


def _rules(check: Check) -> list[str]:
    return [judged.finding.rule.value for judged in check.open]


class FairnessSignOffTask(AbstractGroupApprovalTask):
    """A step of a workflow at which the approver reads what the fairness check finds before approving."""

    class Meta:
        verbose_name = _("Sign-off with fairness check")
        verbose_name_plural = _("Sign-offs with fairness check")

    @classmethod
    def get_description(cls) -> Any:
        return _("Members of the chosen groups approve a consultation, with its open findings before them")

    def get_actions(self, obj: Any, user: Any) -> list[tuple[str, Any, bool]]:
        """Approving always opens the page with the findings; it is not offered where they hold publishing back."""
        actions = super().get_actions(obj, user)
        check = check_draft(obj) if actions else None
        if check is None or not check.open:
            return list(actions)
        if check.holds_back:
            return [action for action in actions if action[0] != "approve"]
        return [("reject", _("Request changes"), True), ("approve", _("Approve with open findings"), True)]

    def get_template_for_action(self, action: str) -> str:
        return "consultations/admin/fairness_sign_off.html"

    def on_action(self, task_state: Any, user: Any, action_name: str, **kwargs: Any) -> Any:
        """Approve or ask for changes; who approved over which open findings goes into the page's history."""
        page = task_state.workflow_state.content_object
        check = check_draft(page) if action_name == "approve" else None
        if check and check.open:
            log(instance=page, action=APPROVED_ACTION, user=user, data={"findings": _rules(check)})
        return super().on_action(task_state, user, action_name, **kwargs)
