"""How people find a consultation: by words, by ward and by topic."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from consultations.models.topics import Topic
from wards.models import Ward
from wards.queries import current_wards

if TYPE_CHECKING:
    from consultations.models.querysets import ConsultationQuerySet

LONGEST_WORDS = 100
"""Characters."""


class LocalNameField(forms.ModelChoiceField):
    """Offers rows by their ``local_name`` and takes their slug."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, to_field_name="slug", **kwargs)

    def label_from_instance(self, row: Any) -> str:
        return str(row.local_name)


class FindForm(forms.Form):
    """What a list of consultations is narrowed to. Every field may be empty; ``on`` is the day of the wards."""

    q = forms.CharField(
        label=_("Words"),
        required=False,
        max_length=LONGEST_WORDS,
        widget=forms.TextInput(attrs={"type": "search", "spellcheck": "true"}),
    )
    ward = LocalNameField(queryset=Ward.objects.none(), label=_("Ward"), empty_label=_("Every ward"))
    topic = LocalNameField(queryset=Topic.objects.none(), label=_("Topic"), empty_label=_("Every topic"))

    def __init__(self, *args: Any, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        wards, topics = self.fields["ward"], self.fields["topic"]
        wards.queryset = current_wards(on).order_by("name")  # type: ignore[attr-defined]
        topics.queryset = Topic.objects.order_by("name")  # type: ignore[attr-defined]
        wards.error_messages["invalid_choice"] = _("Choose a ward from the list")
        topics.error_messages["invalid_choice"] = _("Choose a topic from the list")

    @property
    def is_narrowed(self) -> bool:
        """Whether anything was asked for, found or not."""
        return any(self.data.get(name, "").strip() for name in self.fields)

    def narrow(self, consultations: ConsultationQuerySet) -> ConsultationQuerySet:
        """Those of ``consultations`` (in the site's first language) that fit; all of them where the form is invalid.

        A ward's are those that name it and those for the whole council area. Words are looked for in every language.
        """
        if not self.is_valid():
            return consultations
        asked = self.cleaned_data
        if asked["ward"]:
            consultations = consultations.for_ward(asked["ward"])
        if asked["topic"]:
            consultations = consultations.filter(topics=asked["topic"])
        if asked["q"]:
            consultations = consultations.matching(asked["q"])
        return consultations
