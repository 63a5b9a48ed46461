import re

from django import forms
from django.template.loader import render_to_string

CONTROLS = {
    "govuk-input",
    "govuk-textarea",
    "govuk-radios__input",
    "govuk-checkboxes__input",
    "govuk-select",
    "govuk-file-upload",
}


class Sample(forms.Form):
    name = forms.CharField(label="Your name", help_text="As on letters & forms")
    words = forms.CharField(label="Your words", widget=forms.Textarea, max_length=20, required=False)
    side = forms.ChoiceField(label="Side", choices=[("n", "North"), ("s", "South")], widget=forms.RadioSelect)
    when = forms.MultipleChoiceField(
        label="When", choices=[("a", "Morning"), ("b", "Evening")], widget=forms.CheckboxSelectMultiple
    )
    agree = forms.BooleanField(label="I agree")
    ward = forms.ChoiceField(label="Ward", choices=[("1", "Gipping")])
    plan = forms.FileField(label="Plan", required=False)
    hidden = forms.CharField(widget=forms.HiddenInput, required=False)


def draw(form: forms.Form, name: str) -> str:
    return re.sub(r"\s+", " ", form[name].as_field_group()).strip()


def test_text_field_has_label_hint_and_control_tied_together() -> None:
    assert draw(Sample(), "name") == (
        '<div class="govuk-form-group"> <label class="govuk-label govuk-label--s" for="id_name">Your name</label> '
        '<div class="govuk-hint" id="id_name_helptext">As on letters &amp; forms</div> '
        '<input type="text" name="name" class="govuk-input" required aria-describedby="id_name_helptext" '
        'id="id_name"> </div>'
    )


def test_wrong_field_names_its_error_and_keeps_what_was_typed() -> None:
    drawn = draw(Sample({"words": "twenty-one characters", "side": "x"}), "words")
    assert 'aria-invalid="true"' in drawn
    assert 'aria-describedby="id_words_error"' in drawn
    assert '<p class="govuk-error-message" id="id_words_error">' in drawn
    assert "twenty-one characters</textarea>" in drawn
    assert "maxlength=" not in drawn.replace("data-maxlength", "")


def test_every_kind_of_field_has_its_component() -> None:
    form = Sample()
    drawn = {name: set(re.findall(r'class="([a-z_-]+)', draw(form, name))) for name in form.fields}
    assert {name: sorted(found & CONTROLS) for name, found in drawn.items()} == {
        "name": ["govuk-input"],
        "words": ["govuk-textarea"],
        "side": ["govuk-radios__input"],
        "when": ["govuk-checkboxes__input"],
        "agree": ["govuk-checkboxes__input"],
        "ward": ["govuk-select"],
        "plan": ["govuk-file-upload"],
        "hidden": [],
    }
    assert 'type="radio" name="side" value="n" id="id_side_0"' in draw(form, "side")
    assert draw(form, "hidden") == '<input type="hidden" name="hidden" id="id_hidden">'


def test_error_summary_leads_to_each_field() -> None:
    form = Sample({"name": "", "words": ""})
    summary = render_to_string("components/error_summary.html", {"form": form})
    targets = re.findall(r'href="#([^"]+)"', summary)
    assert targets == ["id_name", "id_side_0", "id_when_0", "id_agree", "id_ward"]
    page = "".join(draw(form, name) for name in form.fields)
    assert [target for target in targets if f'id="{target}"' not in page] == []


def test_form_without_errors_draws_no_summary() -> None:
    assert render_to_string("components/error_summary.html", {"form": Sample()}).strip() == ""


def test_wagtail_admin_keeps_the_plain_widgets() -> None:
    assert "govuk" not in str(Sample()["name"])
