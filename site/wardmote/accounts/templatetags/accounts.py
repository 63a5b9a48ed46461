"""What the pages and letters of signing in need to know."""

from __future__ import annotations

from django import forms, template
from django.conf import settings

from wardmote.accounts.duties import needs_second_factor
from wardmote.accounts.forms import RequestLoginCodeForm
from wardmote.accounts.models import User

register = template.Library()


@register.simple_tag
def login_code_form() -> forms.Form:
    """An empty form that asks for a code, drawn beside the one that asks for a password."""
    return RequestLoginCodeForm()


@register.simple_tag
def letters_are_files() -> bool:
    """Whether this site writes its letters into its data folder instead of sending them."""
    return settings.EMAIL_BACKEND.endswith("filebased.EmailBackend")


@register.simple_tag
def must_keep_second_factor(user: User) -> bool:
    return needs_second_factor(user)
