"""The form on paper: for residents who would rather write, and for officers before it is published."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, override
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from consultations.directions import say_directions
from consultations.enums import Stage
from consultations.models import ConsultationPage
from consultations.paper import print_form, say_deadline, say_length
from wardmote.core.translations import language_of_words

LARGE = "large"


@never_cache
@require_safe
def paper_form(request: HttpRequest, slug: str) -> HttpResponse:
    """The printable form of a published consultation that has not closed, in the reader's language."""
    consultation = ConsultationPage.objects.canonical().live().filter(slug=slug).order_by("pk").first()
    if consultation is None:
        raise Http404
    page = consultation.in_language(get_language() or "en")
    is_barred = not all(each.accept_request(request) for each in consultation.get_view_restrictions())
    if is_barred or consultation.stage_at(timezone.now()) not in (Stage.OPEN, Stage.FORTHCOMING):
        # The page says what stands in the way: a password, or the dates.
        return redirect(page.url)
    return show_paper(request, page, back_url=page.url)


def show_paper(
    request: HttpRequest, page: ConsultationPage, *, back_url: str | None, is_draft: bool = False
) -> HttpResponse:
    """``page`` as a paper form, wholly in the language of its words. ``?size=large`` makes it large print."""
    is_large = request.GET.get("size") == LARGE
    with override(language_of_words(page)):
        form = print_form(page.survey, is_large=is_large, directions=say_directions)
        context = {
            "page": page,
            "form": form,
            "length": say_length(form),
            "deadline": say_deadline(page.canonical().closes_at),
            "is_large": is_large,
            "is_draft": is_draft,
            "back_url": back_url,
        }
        return render(request, "consultations/paper.html", context)
