"""``{{ form|sent_values }}``: what was sent in a form, to be sent again by the next."""

from __future__ import annotations

from typing import cast

from django import template
from django.http import QueryDict

from consultations.forms import AnswerForm

register = template.Library()

NOT_PASSED_ON = ("csrfmiddlewaretoken", "revision")


@register.filter
def sent_values(form: AnswerForm) -> list[tuple[str, str]]:
    """Names and values, one pair for each value, without the old token, revision and choices."""
    sent = cast(QueryDict, form.data)
    return [
        (name, value)
        for name, values in sent.lists()
        if name not in NOT_PASSED_ON and not name.startswith("choose-")
        for value in values
    ]
