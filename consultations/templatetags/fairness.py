"""The fairness check where Wagtail gives a template the page alone."""

from __future__ import annotations

from typing import Any

from django import template

from consultations.fairness_check import Check, check_draft

register = template.Library()


@register.simple_tag
def fairness_check(page: Any) -> Check | None:
    """The check of the page's newest draft: what an approver approves."""
    return check_draft(page)
