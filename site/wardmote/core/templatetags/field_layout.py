"""Which of our layouts draws a form field. Used by ``templates/django/forms/field.html`` alone.

Widgets keep Django's own templates, because Wagtail's admin draws its forms with the same renderer.
"""

from __future__ import annotations

from typing import Any

from django import forms, template
from django.forms.boundfield import BoundField
from django.utils.safestring import SafeString

register = template.Library()

_LAYOUTS: tuple[tuple[tuple[type[forms.Widget], ...], str, str], ...] = (
    ((forms.CheckboxSelectMultiple,), "choices", "govuk-checkboxes"),
    ((forms.RadioSelect,), "choices", "govuk-radios"),
    ((forms.CheckboxInput,), "checkbox", "govuk-checkboxes__input"),
    ((forms.Textarea,), "textarea", "govuk-textarea"),
    ((forms.SelectMultiple, forms.Select), "single", "govuk-select"),
    ((forms.FileInput,), "single", "govuk-file-upload"),
    ((forms.Widget,), "single", "govuk-input"),
)
"""Widget types, the template of ``components/fields/`` that draws them, the class their control carries."""


def _layout(field: BoundField) -> tuple[str, str]:
    return next((name, css) for types, name, css in _LAYOUTS if isinstance(field.field.widget, types))


@register.simple_tag
def layout_template(field: BoundField) -> str:
    """The template that draws ``field``."""
    return f"components/fields/{_layout(field)[0]}.html"


@register.simple_tag
def control(field: BoundField, **attrs: Any) -> SafeString:
    """The field's control with our classes added to whatever the widget carries.

    A text area loses ``maxlength``, which cuts what somebody pastes without a word; the form refuses it aloud.
    """
    css = _layout(field)[1]
    classes = [css, field.field.widget.attrs.get("class", "")]
    if field.errors:
        classes.append(f"{css}--error")
    if isinstance(field.field.widget, forms.Textarea):
        field.field.widget.attrs.pop("maxlength", None)
        classes.append("govuk-js-character-count")  # by which GOV.UK Frontend finds what to count
    return field.as_widget(attrs={**attrs, "class": " ".join(filter(None, classes))})


@register.simple_tag
def error_target(field: BoundField) -> str:
    """The id to which an error summary's link leads: the control, or the first of several."""
    return f"{field.auto_id}_0" if _layout(field)[0] == "choices" else field.id_for_label or field.auto_id


@register.simple_tag
def kind_of_choices(field: BoundField) -> str:
    """``radios`` or ``checkboxes``: the stem of the component's class names."""
    return _layout(field)[1].removeprefix("govuk-")
