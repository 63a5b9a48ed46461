"""What the editor of a consultation shows beside its fields."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminPageForm
from wagtail.admin.panels import Panel

from consultations.condition_words import offered_to_rules, say_fault, say_rule
from consultations.conditions import faults
from consultations.equality_questions import QUESTIONS
from consultations.fairness_check import check_page
from consultations.kinds import read_questions
from wards.queries import wards_to_choose


class ConsultationPageForm(WagtailAdminPageForm):
    """Offers the wards in force today, and those chosen before boundaries changed; and the list of equality questions."""

    equality_questions = forms.MultipleChoiceField(
        label=_("Questions of equality monitoring"),
        required=False,
        choices=[(question.key, question.name) for question in QUESTIONS],
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Asked on a page of their own once the answers were sent. Ask only what you will act on."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "wards" in self.fields:
            chosen = self.instance.wards.all() if self.instance.pk else []
            self.fields["wards"].queryset = wards_to_choose(timezone.localdate(), chosen)


class ResponsesPanel(Panel):
    """Says how many responses have come, so that nobody changes a question without knowing it."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "consultations/admin/responses_panel.html"

        def get_context_data(self, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
            canonical = self.instance.canonical() if self.instance.pk else None
            return (super().get_context_data(parent_context) or {}) | {
                "page": self.instance,
                "canonical": canonical,
                "response_count": canonical.responses.counted().count() if canonical else 0,
                "draft_count": canonical.drafts.count() if canonical else 0,
            }


class FairnessPanel(Panel):
    """What the fairness check finds in the draft as it was last saved. A page not saved yet has nothing to check."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "consultations/admin/fairness_panel.html"

        def get_context_data(self, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
            return (super().get_context_data(parent_context) or {}) | {
                "page": self.instance,
                "check": check_page(self.instance) if self.instance.pk else None,
            }


class AskedIfPanel(Panel):
    """Who is asked what, in sentences, as ``questions`` were last saved; and what the form of a rule may offer."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "consultations/admin/asked_if_panel.html"

        def get_context_data(self, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
            survey = read_questions(self.instance.questions)
            return (super().get_context_data(parent_context) or {}) | {
                "rules": [(each, say_rule(each.rule, survey)) for each in survey if each.rule],
                "findings": [say_fault(each, survey) for each in faults([each.step for each in survey])],
                "offered": json.dumps(offered_to_rules()),
            }


class EqualityPanel(Panel):
    """What asking about equality takes and gives, whose words the questions are in, and the way to the counts."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "consultations/admin/equality_panel.html"

        def get_context_data(self, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
            canonical = self.instance.canonical() if self.instance.pk else None
            return (super().get_context_data(parent_context) or {}) | {"canonical": canonical, "questions": QUESTIONS}


class IdentityPanel(Panel):
    """What each level of identity proves, what it costs people, and what is kept of them."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "consultations/admin/identity_panel.html"

        def get_context_data(self, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
            canonical = self.instance.canonical() if self.instance.pk else None
            return (super().get_context_data(parent_context) or {}) | {"canonical": canonical}
