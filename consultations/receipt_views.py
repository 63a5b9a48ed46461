"""What was sent: its receipt, a copy by e-mail, changing it and taking it back."""

from __future__ import annotations

from contextlib import suppress
from http import HTTPStatus

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from consultations import about_you, links, receipts
from consultations.addresses import canonical_email
from consultations.answer_fields import field_name
from consultations.changes import ChangeRefused, ResponseMovedOn, change_response, find_response, withdraw_response
from consultations.draft_forms import CopyForm
from consultations.draft_views import show_unknown
from consultations.drafts import LetterNotSent, hash_token, send_copy
from consultations.enums import Standing
from consultations.file_views import clear_away, take_files
from consultations.forms import AnswerForm
from consultations.identity_forms import IDENTITY_FIELDS
from consultations.models import ConsultationPage, Response
from consultations.services import AnswerRefused, ConsultationClosed, ConsultationNotOpen
from consultations.views import find_consultation, form_class, hand_back, in_reader_language, is_barred
from wardmote.core.limits import Limit, address_of, is_within

COPIES_TO_ADDRESS = Limit("copies-to", 3, 3_600)
"""To one e-mail address: whoever types in somebody else's does not fill their letter box."""

COPIES_FROM_ADDRESS = Limit("copies-from", 30, 3_600)
"""From one network address."""


@never_cache
@require_safe
def receipt(request: HttpRequest, slug: str, reference: str) -> HttpResponse:
    """A copy of what was sent, in the browser that sent it or opened its link. The reference alone opens nothing."""
    response = seen_response(request, slug, reference)
    if response.standing == Standing.TO_CONFIRM:
        return redirect(reverse("consultations:letter_box", args=(slug, reference)))
    return _show_receipt(request, response)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def copy(request: HttpRequest, slug: str, reference: str) -> HttpResponse:
    """Write the copy to an e-mail address, which is not kept."""
    response = seen_response(request, slug, reference)
    if request.method != "POST":
        return redirect(reverse("consultations:receipt", args=(slug, reference)))
    form = CopyForm(request.POST)
    if not form.is_valid():
        return _show_receipt(request, response, copy_form=form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    email = form.cleaned_data["email"]
    here, to = address_of(request), canonical_email(email)
    if not is_within(COPIES_FROM_ADDRESS, here) or not is_within(COPIES_TO_ADDRESS, to):
        form.add_error(
            "email", _("Too many letters were asked for. Print or save this page, or try again in an hour")
        )
        return _show_receipt(request, response, copy_form=form, status=HTTPStatus.TOO_MANY_REQUESTS)
    try:
        send_copy(response=response, email=email, language=get_language() or "en", sent_at=timezone.now())
    except LetterNotSent:
        form.add_error(
            "email", _("The letter could not be sent just now. Print or save this page, or try again later")
        )
        return _show_receipt(request, response, copy_form=form, status=HTTPStatus.SERVICE_UNAVAILABLE)
    return _show_receipt(request, response, written_to=email)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, slug: str) -> HttpResponse:
    """The form with what was sent, to change it until the consultation closes."""
    consultation, response = _own_response(request, slug)
    if response is None:
        return show_unknown(request, consultation)
    to_receipt = redirect(reverse("consultations:receipt", args=(slug, response.reference)))
    if request.method != "POST":
        if not _can_change(response):
            return to_receipt
        form = _without_residence(_filled(consultation, response))
        return _show_change(request, response, form, version=response.version)
    now = timezone.now()
    made = form_class(consultation)
    taken = take_files(request, consultation, made.survey)
    form = _without_residence(made(taken.data, on=timezone.localdate(now), refused=taken.refused))
    version = form.expected_revision
    if not consultation.live or not consultation.is_open_at(now):
        return hand_back(request, consultation, form)
    if not form.is_valid() or form.left_over_texts() or form.newly_asked:
        clear_away(request, consultation)
        return _show_change(request, response, form, version=version)
    language = get_language() or "en"
    try:
        change_response(
            response=response,
            given=form.answers(language).given,
            language=language,
            expected_version=version,
            changed_at=now,
        )
    except (ConsultationClosed, ConsultationNotOpen):
        return hand_back(request, consultation, form)
    except ResponseMovedOn as moved:
        problem = _(
            "These answers were changed in another window since you opened them. Your words are still here: look "
            "through them and send again to put them in place of the others, which are kept too"
        )
        return _show_change(request, response, form, version=moved.current.version, problem=problem)
    except ChangeRefused:
        return hand_back(request, consultation, form, is_sent=True)
    except AnswerRefused:
        form.add_error(None, _("The questions have just been changed. Look through them and send again"))
        return _show_change(request, response, form, version=version)
    return to_receipt


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask once whether to take a response back, then do it."""
    consultation, response = _own_response(request, slug)
    if response is None:
        return show_unknown(request, consultation)
    to_receipt = redirect(reverse("consultations:receipt", args=(slug, response.reference)))
    if response.is_withdrawn or not _is_open(consultation):
        return to_receipt
    if request.method != "POST":
        return render(request, "consultations/withdraw.html", _about(consultation) | {"response": response})
    with suppress(ConsultationClosed, ConsultationNotOpen):  # the receipt says that it has closed
        withdraw_response(response=response, withdrawn_at=timezone.now())
    return to_receipt


def seen_response(request: HttpRequest, slug: str, reference: str) -> Response:
    """The response, where this browser sent it or carries its link."""
    if "\0" in reference:  # which PostgreSQL takes in no text
        raise Http404
    found = get_object_or_404(
        Response.objects.select_related("ward", "consultation__locale"), reference=reference, consultation__slug=slug
    )
    if receipts.find(request.session, reference, timezone.now()) is None and not _holds_link(request, found):
        raise Http404
    return found


def _holds_link(request: HttpRequest, response: Response) -> bool:
    token = links.carried_by(request)
    return bool(token) and hash_token(token) == response.token_hash


def _own_response(request: HttpRequest, slug: str) -> tuple[ConsultationPage, Response | None]:
    consultation = find_consultation(slug)
    if is_barred(consultation, request):
        raise Http404
    token = links.carried_by(request)
    return consultation, find_response(consultation=consultation, token=token) if token else None


def _is_open(consultation: ConsultationPage) -> bool:
    return bool(consultation.live and consultation.is_open_at(timezone.now()))


def _can_change(response: Response) -> bool:
    consultation = response.consultation
    return consultation.answers_may_change and not response.is_withdrawn and _is_open(consultation)


def _filled(consultation: ConsultationPage, response: Response) -> AnswerForm:
    made = form_class(consultation)
    questions = {question.id: question for question in made.questions}
    fields = {
        field_name(questions[answer.question_id], part): values
        for answer in response.answers.all()
        if answer.question_id in questions
        for part, values in questions[answer.question_id].fill(answer.text, answer.choices).items()
    }
    return made.resumed(fields, on=timezone.localdate(), hidden={"key": str(response.key), "draft": ""})


def _without_residence(form: AnswerForm) -> AnswerForm:
    """Where somebody lives stays as they said it: the postcode was not kept, so it cannot be shown to be changed.

    So does who they are.
    """
    for name in ("postcode", "no_postcode", *IDENTITY_FIELDS):
        form.fields.pop(name, None)
    return form


def _about(consultation: ConsultationPage) -> dict[str, object]:
    return {"consultation": consultation, "page": in_reader_language(consultation), "now": timezone.now()}


def _show_change(
    request: HttpRequest, response: Response, form: AnswerForm, *, version: int, problem: str = ""
) -> HttpResponse:
    left_over = form.left_over_texts() if form.is_bound else []
    context = _about(response.consultation) | {
        "form": form,
        "response": response,
        "version": version,
        "problem": problem,
        "left_over_texts": left_over,
    }
    status = HTTPStatus.OK
    if problem:
        status = HTTPStatus.CONFLICT
    elif form.is_bound and (form.errors or left_over):
        status = HTTPStatus.UNPROCESSABLE_ENTITY
    return render(request, "consultations/change.html", context, status=status)


def _show_receipt(
    request: HttpRequest,
    response: Response,
    *,
    copy_form: CopyForm | None = None,
    written_to: str = "",
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    held = receipts.find(request.session, response.reference, timezone.now())
    answers = list(response.answers.order_by("position"))
    holds_link = _holds_link(request, response)
    address = reverse("consultations:resume", args=(response.consultation.slug, links.carried_by(request) or "-"))
    context = _about(response.consultation) | {
        "response": response,
        "answers": [answer for answer in answers if answer.is_asked],
        "kept_aside": [answer for answer in answers if not answer.is_asked],
        "is_repeat": bool(held and held.is_repeat),
        "form": copy_form or CopyForm(),
        "written_to": written_to,
        "link": request.build_absolute_uri(address) if holds_link else "",
        "is_open": _is_open(response.consultation),
        "asks_about_you": bool(response.consultation.equality_questions)
        and about_you.is_asked(request.session, response.consultation.slug, timezone.now()),
        "can_change": holds_link and _can_change(response),
        "can_withdraw": holds_link and not response.is_withdrawn and _is_open(response.consultation),
    }
    return render(request, "consultations/receipt.html", context, status=status)
