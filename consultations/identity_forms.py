"""What a consultation's form asks beside the answers, so that they count: an address, a code, a postcode in the area."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consultations.addresses import canonical_email
from consultations.enums import IdentityLevel
from consultations.forms import AnswerForm
from consultations.identity import Evidence
from consultations.models import ConsultationPage
from consultations.one_time_codes import LENGTH, CodeMistyped, read_code
from consultations.residence import NOT_SURE, Residence, ResidenceUnclear
from wardmote.core.limits import Limit, address_of, is_within
from wards.models import Ward
from wards.queries import PostcodeUnknown, WardMatch, find_ward

IDENTITY_FIELDS = ("email", "code")

CODE_TRIES = Limit("one-time-codes", 60, 600)
"""Forms with a well-formed code, from one network address: everybody in a library for ten minutes."""


LETTERS_TO_ADDRESS = Limit("confirm-letters-to", 5, 3_600)
"""To one e-mail address: whoever types in somebody else's does not fill their letter box."""

LETTERS_FROM_ADDRESS = Limit("confirm-letters-from", 300, 3_600)
"""From one network address: a school on the last evening, or one of those that a mobile carrier gives to thousands."""


class AddressField(forms.EmailField):
    """An e-mail address; one typed in full-width characters is read as what it looks like."""

    def to_python(self, value: Any) -> str:
        return super().to_python(unicodedata.normalize("NFKC", value) if isinstance(value, str) else value) or ""


class CodeField(forms.CharField):
    """A one-time code, however grouped; cleaned to its twelve characters."""

    def clean(self, value: Any) -> str:
        typed = super().clean(value)
        try:
            return read_code(typed)
        except CodeMistyped as mistyped:
            message = _(
                "Check the code against your letter: a character is missing or mistyped. It has %(length)s letters and "
                "digits"
            )
            raise ValidationError(message % {"length": LENGTH}, code="mistyped") from mistyped


class AsksEmail(forms.Form):
    email = AddressField(
        label=gettext_lazy("What is your e-mail address?"),
        help_text=gettext_lazy(
            "We send you a link to confirm it. Your answers count once you have pressed the button behind that link. "
            "Then we delete the address: it is never kept with your answers."
        ),
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
        max_length=254,
        error_messages={
            "required": gettext_lazy("Enter your e-mail address"),
            "invalid": gettext_lazy("Enter an e-mail address, like name@example.org"),
        },
    )


class AsksCode(forms.Form):
    code = CodeField(
        label=gettext_lazy("What is the code in your letter?"),
        help_text=gettext_lazy(
            "Three groups of four letters and digits. It can be used once. We do not know whose letter a code stood in."
        ),
        widget=forms.TextInput(
            attrs={
                "autocomplete": "off",
                "autocapitalize": "characters",
                "spellcheck": "false",
                "class": "govuk-input--width-20 govuk-input--extra-letter-spacing",
            }
        ),
        max_length=40,
        error_messages={"required": gettext_lazy("Enter the code in your letter")},
    )


class AsksPostcodeInArea(AnswerForm):
    """``area`` holds the wards asked; none of them means the council's whole area."""

    area: tuple[Ward, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["no_postcode"]
        field = self.fields["postcode"]
        field.error_messages["required"] = _("Enter your postcode: this consultation asks the people of one area")
        field.help_text = _(
            "This consultation asks the people of one area, so it is needed. Only your ward is kept: your postcode is "
            "not."
        )

    def _clean_residence(self) -> None:
        postcode = self.cleaned_data.get("postcode")
        if not postcode:
            return
        try:
            self._residence = self._place(postcode, find_ward(postcode, self.on))
        except PostcodeUnknown:
            message = _(
                "We do not know the postcode %(postcode)s as one of this council’s. Check it. If it is right, save your "
                "answers and write to us"
            )
            self.add_error("postcode", message % {"postcode": postcode})
        except ResidenceUnclear as unclear:
            if unclear.wards:
                self._ask_ward(unclear)
            if unclear.field not in self.errors:
                self.add_error(unclear.field, unclear.message)

    def _place(self, postcode: str, match: WardMatch) -> Residence:
        inside = [ward for ward in match.candidates if self._is_asked(ward)]
        if not inside:
            message = _("%(postcode)s is not in the area that this consultation asks")
            raise ResidenceUnclear("postcode", message % {"postcode": postcode})
        if match.ward:
            return Residence(ward=match.ward)
        chosen = self.data.get("ward", "")
        for ward in match.candidates:
            if str(ward.pk) == chosen and ward in inside:
                return Residence(ward=ward)
        if chosen == NOT_SURE and len(inside) == len(match.candidates):
            return Residence()
        message = _("The homes at %(postcode)s are in more than one ward. Choose yours") % {"postcode": postcode}
        if chosen:
            message = _("Choose a ward that this consultation asks: %(wards)s") % {
                "wards": ", ".join(ward.local_name for ward in inside)
            }
        raise ResidenceUnclear("ward", message, match.candidates)

    def _is_asked(self, ward: Ward) -> bool:
        # Wards chosen before boundaries changed have successors of the same code.
        return not self.area or any(ward.pk == one.pk or ward.code == one.code for one in self.area)


def with_identity(form: type[AnswerForm], consultation: ConsultationPage) -> type[AnswerForm]:
    """``form`` with what ``consultation`` (canonical) asks for beside the answers."""
    level = consultation.identity_level
    if level == IdentityLevel.EMAIL:
        return type("AnswerForm", (_ShowsIdentity, AsksEmail, form), {"identity_names": ("email",)})
    if level == IdentityLevel.CODE:
        return type("AnswerForm", (_ShowsIdentity, AsksCode, form), {"identity_names": ("code",)})
    if level == IdentityLevel.POSTCODE:
        bases = (AsksPostcodeInArea, form)
        return type("AnswerForm", bases, {"area": tuple(consultation.wards.all()), "questions": form.questions})
    return form


class _ShowsIdentity(AnswerForm):
    identity_names: tuple[str, ...] = ()

    def identity_fields(self) -> Iterator[BoundField]:
        return (self[name] for name in self.identity_names)


def evidence_of(request: HttpRequest, form: AnswerForm) -> Evidence:
    """What ``request`` says of its sender, as far as its valid ``form`` asked for it. Counts the letter it asks for."""
    user = request.user
    email = form.cleaned_data.get("email", "")
    return Evidence(
        email=email,
        may_write=not (email and is_letter_too_often(request, email)),
        code=form.cleaned_data.get("code", ""),
        account_pk=user.pk if user.is_authenticated else None,
        account_email=getattr(user, "email", ""),
    )


def is_too_often(request: HttpRequest, form: forms.Form) -> bool:
    """Count a code tried from this network address; ``form`` says so when there were too many.

    Answers are never refused because of a letter: they wait for it.
    """
    if "code" in form.cleaned_data and not is_within(CODE_TRIES, address_of(request)):
        form.add_error("code", _("Too many codes were tried from here. Wait ten minutes, then send again"))
        return True
    return False


def is_letter_too_often(request: HttpRequest, email: str) -> bool:
    """Count a letter asked for, from this network address and to ``email``: whether it is one too many."""
    here, to = address_of(request), canonical_email(email)
    return not (is_within(LETTERS_FROM_ADDRESS, here) and is_within(LETTERS_TO_ADDRESS, to))
