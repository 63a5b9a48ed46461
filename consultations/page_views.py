"""Answering page by page: begin, a page, the list of pages, and looking through everything before it is sent.

What was typed is kept in a draft from the first page on, so each page is an address of its own and the browser's way
back loses nothing. The draft's secret travels in the cookie that a draft's link sets too.
"""

from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from consultations.answer_fields import SHOWN, done_name
from consultations.draft_views import SAVES, SAVES_FROM_ADDRESS, hidden_of, keep, save_typed, show_unknown
from consultations.drafts import AlreadySent, DraftMovedOn, DraftTooLong, Typed, find_draft
from consultations.enums import Route
from consultations.file_views import clear_away, take_files
from consultations.forms import AnswerForm
from consultations.journey import Journey
from consultations.links import carried_by, hand_over
from consultations.models import ConsultationPage, Draft, Response
from consultations.paging import CHECK, Progress, is_paged
from consultations.services import ConsultationClosed, ConsultationNotOpen
from consultations.views import (
    find_consultation,
    form_class,
    hand_back,
    in_reader_language,
    is_barred,
    show_both_versions,
    show_form,
    to_receipt,
)
from wardmote.core.limits import address_of, is_within


@never_cache
@require_safe
def begin(request: HttpRequest, slug: str) -> HttpResponse:
    """The way in. Where this browser has answers open already, it asks whether to go on with them first."""
    consultation = _open_consultation(request, slug)
    if isinstance(consultation, HttpResponse):
        return consultation
    draft = find_draft(consultation=consultation, token=carried_by(request))
    if draft and "anew" not in request.GET:
        context = {"page": in_reader_language(consultation), "consultation": consultation, "now": timezone.now()}
        return render(request, "consultations/begun.html", context)
    if consultation.canonical().way_through == Route.CONTENTS:
        return hand_over(redirect("consultations:contents", slug), slug, "")
    first = _journey(consultation, None).pages[0]
    return hand_over(redirect("consultations:page", slug, first.id), slug, "")


@never_cache
@require_safe
def go_on(request: HttpRequest, slug: str) -> HttpResponse:
    """Where somebody stopped: the list of pages, the first page that is not done, or the last step."""
    consultation = _open_consultation(request, slug)
    if isinstance(consultation, HttpResponse):
        return consultation
    if consultation.canonical().way_through == Route.CONTENTS:
        return redirect("consultations:contents", slug)
    draft = find_draft(consultation=consultation, token=carried_by(request))
    unfinished = _journey(consultation, draft).first_unfinished()
    return redirect("consultations:page", slug, unfinished.id if unfinished else CHECK)


@never_cache
@require_safe
def contents(request: HttpRequest, slug: str) -> HttpResponse:
    """The list of pages, to answer in any order, each with how far it has come."""
    consultation = _open_consultation(request, slug)
    if isinstance(consultation, HttpResponse):
        return consultation
    if consultation.canonical().way_through != Route.CONTENTS:
        return redirect("consultations:go_on", slug)
    draft = find_draft(consultation=consultation, token=carried_by(request))
    journey = _journey(consultation, draft)
    chapters = [(page, journey.progress(page)) for page in journey.pages]
    context = {
        "chapters": chapters,
        "done": sum(progress == Progress.DONE for _page, progress in chapters),
        "has_draft": draft is not None,
        "page": in_reader_language(consultation),
        "consultation": consultation,
        "now": timezone.now(),
    }
    return render(request, "consultations/contents.html", context)


@method_decorator(never_cache, name="dispatch")
class AnswerPageView(View):
    """One page of a survey, or (``CHECK``) everything before it is sent."""

    def get(self, request: HttpRequest, slug: str, step: str) -> HttpResponse:
        consultation = _open_consultation(request, slug)
        if isinstance(consultation, HttpResponse):
            return consultation
        token = carried_by(request)
        draft = find_draft(consultation=consultation, token=token)
        if draft is None and step == CHECK:
            return show_unknown(request, consultation)
        if step != CHECK and _journey(consultation, draft).page(step) is None:
            return redirect("consultations:go_on", slug)
        made, on = form_class(consultation, step), timezone.localdate()
        if draft is None:
            form = made(on=on)
        elif SHOWN in request.GET:
            form = made.judged(draft.fields, on=on, hidden=hidden_of(draft, token), shown=request.GET[SHOWN])
            form.is_valid()
        else:
            form = made.resumed(draft.fields, on=on, hidden=hidden_of(draft, token))
        return show_form(request, consultation, form)

    def post(self, request: HttpRequest, slug: str, step: str) -> HttpResponse:
        consultation = find_consultation(slug)
        if is_barred(consultation, request):
            raise Http404
        made, on = form_class(consultation, step), timezone.localdate()
        if made.page is None:  # taken out since it was opened: what was typed on it stays
            kept = keep(request, slug)
            if isinstance(kept, HttpResponse):
                return kept
            return hand_over(redirect("consultations:saved", slug), slug, kept.token)
        taken = take_files(request, consultation, made.questions)
        form = made(taken.data, on=on)
        key = form.sent_key
        if key and (sent := Response.objects.filter(consultation=consultation, key=key).first()):
            return to_receipt(request, sent, form, is_repeat=True)
        draft = find_draft(consultation=consultation, token=form.draft_token)
        form = made(taken.data, on=on, elsewhere=draft.fields if draft else None, refused=taken.refused)
        if not is_within(SAVES, str(form.sent_key)) or not is_within(SAVES_FROM_ADDRESS, address_of(request)):
            problem = _("This was saved too often in a short time. Wait a minute, then save again")
            status = HTTPStatus.TOO_MANY_REQUESTS
            return show_form(request, consultation, form.as_typed(), problem=problem, status=status)
        is_complete = form.is_valid() and not form.newly_asked
        typed = _with_progress(form, _journey(consultation, draft), is_done=is_complete, go=_way(request))
        try:
            draft, token = save_typed(consultation, form.sent_key, form.draft_token, typed, form.expected_revision)
        except DraftMovedOn as moved:
            return show_both_versions(request, consultation, form, moved.current)
        except (AlreadySent, ConsultationClosed, ConsultationNotOpen) as refused:
            whole = form.whole.holding(form.known, on=on)
            return hand_back(request, consultation, whole, is_sent=isinstance(refused, AlreadySent))
        except DraftTooLong:
            problem = _("This is more than we can keep. Shorten it and save again")
            status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
            return show_form(request, consultation, form.as_typed(), problem=problem, status=status)
        clear_away(request, consultation)
        if form.refused:
            # What was wrong with a file that is not here is known to this answer alone.
            return hand_over(show_form(request, consultation, form), slug, token)
        if _way(request) == "next" and not is_complete:
            # Shown by an address of its own, so that the browser's way back leads through no form sent before.
            query = urlencode({SHOWN: request.POST.get(SHOWN, ""), "to": request.POST.get("to", "")})
            return hand_over(redirect(f"{reverse('consultations:page', args=(slug, step))}?{query}"), slug, token)
        return hand_over(_lead_on(request, consultation, step, draft), slug, token)


def _open_consultation(request: HttpRequest, slug: str) -> ConsultationPage | HttpResponse:
    """The consultation, if it is open and answered page by page, or where to go instead."""
    consultation = find_consultation(slug)
    if not consultation.live:
        raise Http404
    is_open = not is_barred(consultation, request) and consultation.is_open_at(timezone.now())
    if is_open and is_paged(in_reader_language(consultation).survey):
        return consultation
    if find_draft(consultation=consultation, token=carried_by(request)):
        # Its own address hands the words back, or shows them in the one page that there is now.
        return redirect("consultations:saved", slug)
    # The page says what stands in the way.
    return redirect("consultations:respond", slug) if is_open else redirect(in_reader_language(consultation).url)


def _journey(consultation: ConsultationPage, draft: Draft | None) -> Journey:
    return Journey(form_class(consultation), draft.fields if draft else {}, on=timezone.localdate())


def _way(request: HttpRequest) -> str:
    """Where the button leads that was pressed: ``next``, ``back`` or ``contents``."""
    way = request.POST.get("go", "next")
    return way if way in ("back", "contents") else "next"


def _with_progress(form: AnswerForm, before: Journey, *, is_done: bool, go: str) -> Typed:
    """What is typed on a page, with whether it is done. Pages that are now asked something more are done no longer."""
    typed, own = form.typed(get_language() or "en"), done_name(form.step)
    goes_on = is_done and (go == "next" or before.fields.get(own))
    gained = form.asked - before.judged.asked
    reopened = {
        done_name(page.id)
        for page in before.pages
        if page.id != form.step and any(question.id in gained for question in page.questions)
    }
    return replace(
        typed, fields={**typed.fields, **({own: ["1"]} if goes_on else {})}, marks=frozenset({own, *reopened})
    )


def _lead_on(request: HttpRequest, consultation: ConsultationPage, step: str, draft: Draft) -> HttpResponse:
    slug, journey, way = consultation.slug, _journey(consultation, draft), _way(request)
    has_contents, is_change = consultation.canonical().way_through == Route.CONTENTS, request.POST.get("to") == CHECK
    if way == "back" and not has_contents:
        page = journey.before(step)
        return redirect("consultations:page", slug, page.id) if page else redirect("consultations:go_on", slug)
    if has_contents and not (way == "next" and is_change):
        return redirect("consultations:contents", slug)
    page = journey.first_unfinished() if has_contents else journey.after(step, unfinished_only=is_change)
    return redirect("consultations:page", slug, page.id if page else CHECK)
