"""What the editors of a meeting and of a body show and check beside their fields."""

from __future__ import annotations

from itertools import combinations
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import InlinePanel

from wards.queries import wards_to_choose


class TickInColumns(forms.CheckboxSelectMultiple):
    """Boxes to tick, side by side."""

    class Media:
        css = {"all": ["meetings/editor.css"]}

    def __init__(self) -> None:
        super().__init__(attrs={"class": "wm-columns"})


class AgendaItemForm(WagtailAdminModelForm):
    """Offers the wards in force today, and those chosen before boundaries changed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "wards" in self.fields:
            chosen = self.instance.wards.all() if self.instance.pk else []
            self.fields["wards"].queryset = wards_to_choose(timezone.localdate(), chosen)


class AgendaPanel(InlinePanel):
    """The agenda items, each with a form of its own."""

    def get_form_options(self) -> dict[str, Any]:
        options: dict[str, Any] = super().get_form_options()
        options["formsets"][self.relation_name]["form"] = AgendaItemForm
        return options


class BodyForm(WagtailAdminModelForm):
    """Refuses a councillor who would be a member twice on one day, at the later of the two rows."""

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        formset = self.formsets.get("members")
        if formset is None or not formset.is_valid():
            return cleaned  # the rows say what is wrong with them
        rows = [form for form in formset.forms if form.has_changed() or form.instance.pk]
        rows = [form for form in rows if form not in formset.deleted_forms and form.instance.councillor_id]
        for first, second in combinations(rows, 2):
            one, other = first.instance, second.instance
            if one.councillor_id == other.councillor_id and one.overlaps(other):
                second.add_error(
                    "from_date",
                    _("%(name)s is a member from %(day)s already. Give that membership an end first.")
                    % {"name": one.councillor.name, "day": one.from_date.isoformat()},
                )
        return cleaned
