"""Answering a consultation: the form, the receipt, and what happens to words that came too late."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from consultations import receipts
from consultations.enums import Stage
from consultations.forms import AnswerForm, make_answer_form
from consultations.models import ConsultationPage, Response
from consultations.services import AnswerRefused, ConsultationClosed, ConsultationNotOpen, submit_response


@method_decorator(never_cache, name="dispatch")
class RespondView(View):
    """The form of one consultation. Once sent, it leads to its receipt however often it is sent again."""

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        consultation = _find(slug)
        now = timezone.now()
        if not consultation.live:
            raise Http404
        if _is_barred(consultation, request) or not consultation.is_open_at(now):
            # The page says what stands in the way: a password, or the dates.
            return redirect(_in_reader_language(consultation).url)
        form = _form_class(consultation)(on=timezone.localdate(now))
        return _show_form(request, consultation, form)

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        consultation = _find(slug)
        if _is_barred(consultation, request):
            raise Http404
        now = timezone.now()
        form = _form_class(consultation)(request.POST, on=timezone.localdate(now))
        is_valid = form.is_valid()
        earlier = Response.objects.filter(consultation=consultation, key=form.cleaned_data["key"]).first()
        if earlier:
            return _to_receipt(request, earlier, slug, is_repeat=True)
        if not consultation.live or not consultation.is_open_at(now):
            return _hand_back(request, consultation, form)
        if not is_valid or form.left_over_texts():
            return _show_form(request, consultation, form)
        try:
            response = submit_response(
                consultation=consultation, answers=form.answers(get_language() or "en"), submitted_at=now
            )
        except (ConsultationClosed, ConsultationNotOpen):
            return _hand_back(request, consultation, form)
        except AnswerRefused:
            # An officer changed the questions between the form's reading and the service's.
            form.add_error(None, _("The questions have just been changed. Look through them and send again"))
            return _show_form(request, consultation, form)
        return _to_receipt(request, response, slug, is_repeat=response.submitted_at != now)


@never_cache
@require_safe
def receipt(request: HttpRequest, slug: str, reference: str) -> HttpResponse:
    """A copy of what was sent, in the browser that sent it. The reference alone opens nothing."""
    held = receipts.find(request.session, reference, timezone.now())
    if held is None:
        raise Http404
    response = get_object_or_404(
        Response.objects.select_related("ward", "consultation__locale"), reference=reference, consultation__slug=slug
    )
    context = {
        "response": response,
        "answers": response.answers.order_by("position"),
        "is_repeat": held.is_repeat,
        "consultation": response.consultation,
        "page": _in_reader_language(response.consultation),
        "now": timezone.now(),
    }
    return render(request, "consultations/receipt.html", context)


def _find(slug: str) -> ConsultationPage:
    """The consultation at ``slug`` that is or was published: words typed before it was taken down must come back."""
    seen = Q(live=True) | Q(first_published_at__isnull=False)
    found = ConsultationPage.objects.canonical().filter(seen, slug=slug).order_by("-live", "pk").first()
    if found is None:
        raise Http404
    return found


def _is_barred(consultation: ConsultationPage, request: HttpRequest) -> bool:
    """Whether the page lies behind a password or a group that ``request`` has not passed."""
    return not all(restriction.accept_request(request) for restriction in consultation.get_view_restrictions())


def _in_reader_language(consultation: ConsultationPage) -> ConsultationPage:
    return consultation.in_language(get_language() or "en")


def _form_class(consultation: ConsultationPage) -> type[AnswerForm]:
    return make_answer_form(_in_reader_language(consultation).survey)


def _show_form(request: HttpRequest, consultation: ConsultationPage, form: AnswerForm) -> HttpResponse:
    left_over = form.left_over_texts() if form.is_bound else []
    context = {
        "form": form,
        "page": _in_reader_language(consultation),
        "consultation": consultation,
        "left_over_texts": left_over,
        "now": timezone.now(),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors or left_over else HTTPStatus.OK
    return render(request, "consultations/respond.html", context, status=status)


def _hand_back(request: HttpRequest, consultation: ConsultationPage, form: AnswerForm) -> HttpResponse:
    """Give their words back to somebody whose answers can no longer be taken, so that nothing is lost."""
    is_forthcoming = consultation.stage_at(timezone.now()) == Stage.FORTHCOMING
    context: dict[str, Any] = {
        "texts": list(form.typed_texts()),
        "left_over_texts": form.left_over_texts(),
        "page": _in_reader_language(consultation),
        "consultation": consultation,
        "is_forthcoming": is_forthcoming,
        "now": timezone.now(),
    }
    status = HTTPStatus.CONFLICT if is_forthcoming else HTTPStatus.GONE
    return render(request, "consultations/handed_back.html", context, status=status)


def _to_receipt(request: HttpRequest, response: Response, slug: str, *, is_repeat: bool) -> HttpResponse:
    receipts.keep(request.session, response.reference, timezone.now(), is_repeat=is_repeat)
    return redirect(reverse("consultations:receipt", args=(slug, response.reference)))
