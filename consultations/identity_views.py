"""Confirming an address by a letter's link, and signing in without losing what was typed."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from consultations import about_you, draft_views, links, receipts
from consultations.enums import Standing
from consultations.identity import (
    AlreadyAnswered,
    LetterNotSent,
    NothingToConfirm,
    confirm,
    find_confirmation,
    write_confirmation,
)
from consultations.identity_forms import AsksEmail, is_letter_too_often
from consultations.models import Confirmation, Response
from consultations.receipt_views import seen_response
from consultations.views import find_consultation, in_reader_language


class AgainForm(AsksEmail):
    """Where to write the link again: the same address, or the right one."""

    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = gettext_lazy("E-mail address")
        self.fields["email"].help_text = ""


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def check_letter_box(request: HttpRequest, slug: str, reference: str) -> HttpResponse:
    """Says that the answers wait for the letter's link; ``POST`` writes it again. In the browser that sent
    them, or has their link."""
    response = seen_response(request, slug, reference)
    if response.standing != Standing.TO_CONFIRM:
        return redirect(reverse("consultations:receipt", args=(slug, reference)))
    if request.method != "POST":
        email = Confirmation.objects.filter(response=response).values_list("email", flat=True).first() or ""
        return _show_check(request, response, AgainForm(initial={"email": email}))
    form = AgainForm(request.POST)
    if not form.is_valid():
        return _show_check(request, response, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    email = form.cleaned_data["email"]
    if is_letter_too_often(request, email):
        form.add_error("email", _("Too many letters were asked for. Wait an hour, then send again"))
        return _show_check(request, response, form, status=HTTPStatus.TOO_MANY_REQUESTS)
    try:
        write_confirmation(response=response, email=email, sent_at=timezone.now())
    except NothingToConfirm:
        return redirect(request.path)
    except LetterNotSent:
        form.add_error("email", _("The letter could not be sent just now. Try again later: your answers are kept"))
        return _show_check(request, response, form, status=HTTPStatus.SERVICE_UNAVAILABLE)
    return _show_check(request, response, AgainForm(initial={"email": email}), is_again=True)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_address(request: HttpRequest, slug: str, token: str) -> HttpResponse:
    """The letter's link. Opening it confirms nothing, since mail servers open links too: its button does."""
    consultation, now = find_consultation(slug), timezone.now()
    state, status, reference = "ready", HTTPStatus.OK, ""
    if request.method == "POST":
        try:
            waited = find_confirmation(consultation=consultation, token=token, moment=now)
            reference = confirm(consultation=consultation, token=token, confirmed_at=now).reference
            state = "counted"
            if consultation.equality_questions and waited and waited.confirmed_at is None:
                about_you.ask(request.session, slug, now)
        except AlreadyAnswered:
            state, status = "second", HTTPStatus.CONFLICT
        except NothingToConfirm:
            state, status = "nothing", HTTPStatus.GONE
    else:
        found = find_confirmation(consultation=consultation, token=token, moment=now)
        if found is None:
            state, status = "nothing", HTTPStatus.GONE
        elif found.confirmed_at:
            state, reference = "counted", found.response.reference
    context = {
        "state": state,
        "reference": reference,
        "has_receipt": bool(reference) and receipts.find(request.session, reference, now) is not None,
        "asks_about_you": state == "counted"
        and bool(consultation.equality_questions)
        and about_you.is_asked(request.session, slug, now),
        "page": in_reader_language(consultation),
        "consultation": consultation,
        "now": now,
    }
    return render(request, "consultations/confirm.html", context, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def save_and_sign_in(request: HttpRequest, slug: str) -> HttpResponse:
    """Keep what is typed as a draft, go and sign in, and come back to it."""
    saved = reverse("consultations:saved", args=(slug,))
    if request.method != "POST":
        return redirect_to_login(reverse("consultations:respond", args=(slug,)), reverse("account_login"))
    kept = draft_views.keep(request, slug)
    if isinstance(kept, HttpResponse):
        return kept
    answer = redirect(saved) if request.user.is_authenticated else redirect_to_login(saved, reverse("account_login"))
    return links.hand_over(answer, slug, kept.token)


def _show_check(
    request: HttpRequest, response: Response, form: AgainForm, *, is_again: bool = False, status: int = HTTPStatus.OK
) -> HttpResponse:
    confirmation = Confirmation.objects.filter(response=response).first()
    context = {
        "response": response,
        "confirmation": confirmation,
        "is_over": confirmation is None or timezone.now() >= confirmation.expires_at,
        "form": form,
        "is_again": is_again,
        "page": in_reader_language(response.consultation),
        "consultation": response.consultation,
        "now": timezone.now(),
    }
    return render(request, "consultations/letter_box.html", context, status=status)
