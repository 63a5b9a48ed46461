"""allauth's forms in our words: labels and hints instead of placeholders."""

from __future__ import annotations

from typing import Any

from allauth.account import forms as account_forms
from allauth.mfa.base import forms as mfa_forms
from allauth.mfa.totp import forms as totp_forms
from django import forms
from django.core.validators import EmailValidator
from django.utils.translation import gettext_lazy as _

EMAIL_ERRORS = {
    "required": _("Enter your e-mail address."),
    "invalid": _("Enter an e-mail address in the usual form, like name@example.com."),
}
PASSWORD_ERRORS = {"required": _("Enter your password.")}
CODE_ERRORS = {"required": _("Enter the code.")}


def say(
    field: forms.Field, label: Any, help_text: Any = "", errors: dict[str, Any] | None = None, **attrs: Any
) -> None:
    """Give ``field`` its words, and its control ``attrs`` instead of a placeholder."""
    field.label, field.help_text = label, help_text
    field.error_messages |= errors or {}
    for validator in field.validators:
        if isinstance(validator, EmailValidator):
            validator.message = EMAIL_ERRORS["invalid"]
    field.widget.attrs.pop("placeholder", None)
    field.widget.attrs |= attrs


def say_code(field: forms.Field, help_text: Any) -> None:
    # Codes may hold letters, and somebody may paste one: no numeric keyboard, no length limit.
    say(
        field,
        _("Code"),
        help_text,
        CODE_ERRORS,
        autocomplete="one-time-code",
        spellcheck="false",
        autocapitalize="off",
    )
    field.widget.attrs["class"] = "govuk-input--width-10"


class LoginForm(account_forms.LoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # allauth leaves the password out because making an account asks for none.
        self.fields["password"] = forms.CharField(
            strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
        )
        say(
            self.fields["login"],
            _("E-mail address"),
            errors=EMAIL_ERRORS,
            autocomplete="username",
            spellcheck="false",
        )
        say(self.fields["password"], _("Password"), errors=PASSWORD_ERRORS)


class RequestLoginCodeForm(account_forms.RequestLoginCodeForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        say(self.fields["email"], _("E-mail address"), errors=EMAIL_ERRORS, autocomplete="email", spellcheck="false")


class SignupForm(account_forms.SignupForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        say(
            self.fields["email"],
            _("E-mail address"),
            _("We send a code to it, and nothing else you did not ask for."),
            EMAIL_ERRORS,
            autocomplete="email",
            spellcheck="false",
        )


class ConfirmLoginCodeForm(account_forms.ConfirmLoginCodeForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        say_code(self.fields["code"], _("It is in the e-mail we sent you. Small or capital letters are the same."))


class ConfirmEmailForm(account_forms.ConfirmEmailVerificationCodeForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        say_code(self.fields["code"], _("It is in the e-mail we sent you. Small or capital letters are the same."))


class ReauthenticateForm(account_forms.ReauthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        say(self.fields["password"], _("Password"), errors=PASSWORD_ERRORS)


class ResetPasswordForm(account_forms.ResetPasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        say(self.fields["email"], _("E-mail address"), errors=EMAIL_ERRORS, autocomplete="email", spellcheck="false")


class ResetPasswordKeyForm(account_forms.ResetPasswordKeyForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say_new_password(self)


class ChangePasswordForm(account_forms.ChangePasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        say(self.fields["oldpassword"], _("Present password"), errors=PASSWORD_ERRORS)
        _say_new_password(self)


class SetPasswordForm(account_forms.SetPasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say_new_password(self)


def _say_new_password(form: forms.Form) -> None:
    hint = _("At least 12 characters. Three or four words that belong together only for you are good.")
    say(form.fields["password1"], _("New password"), hint, {"required": _("Enter a new password.")})
    say(form.fields["password2"], _("New password again"), "", {"required": _("Enter the new password again.")})


class AuthenticateForm(mfa_forms.AuthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        say_code(self.fields["code"], _("The six digits your app shows now, or one of your recovery codes."))


class MFAReauthenticateForm(mfa_forms.ReauthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        say_code(self.fields["code"], _("The six digits your app shows now, or one of your recovery codes."))


class ActivateTOTPForm(totp_forms.ActivateTOTPForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        say_code(self.fields["code"], _("The six digits your app shows now."))
