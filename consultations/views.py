"""Answering a consultation: the form, the receipt, and what happens to words that came too late."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from http import HTTPStatus
from typing import Any

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.cache import never_cache

from consultations import about_you, links, receipts
from consultations.answer_fields import SHOWN
from consultations.drafts import find_draft, hash_token
from consultations.enums import IdentityLevel, Route, Stage
from consultations.file_views import Taken, clear_away, take_files
from consultations.forms import AnswerForm, make_answer_form, make_last_form, make_page_form
from consultations.identity import AlreadyAnswered, NotProven, take_in
from consultations.identity_forms import evidence_of, is_too_often, with_identity
from consultations.journey import Journey
from consultations.models import ConsultationPage, Draft, Response
from consultations.paging import CHECK, is_paged, pages_of
from consultations.services import AnswerRefused, ConsultationClosed, ConsultationNotOpen, DraftChanged, Seen
from consultations.versions import differences


@method_decorator(never_cache, name="dispatch")
class RespondView(View):
    """The form of one consultation. Once sent, it leads to its receipt however often it is sent again."""

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        consultation = find_consultation(slug)
        now = timezone.now()
        if not consultation.live:
            raise Http404
        if is_barred(consultation, request) or not consultation.is_open_at(now):
            # The page says what stands in the way: a password, or the dates.
            return redirect(in_reader_language(consultation).url)
        if is_paged(in_reader_language(consultation).survey):
            return redirect("consultations:begin", slug)
        form = form_class(consultation)(on=timezone.localdate(now))
        return show_form(request, consultation, form)

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        consultation = find_consultation(slug)
        if is_barred(consultation, request):
            raise Http404
        now = timezone.now()
        made = form_class(consultation)
        taken = take_files(request, consultation, made.survey)
        form = _whole_form(consultation, made, taken)
        is_valid = form.is_valid()
        key = form.sent_key
        if key and (earlier := Response.objects.filter(consultation=consultation, key=key).first()):
            return to_receipt(request, earlier, form, is_repeat=True)
        if not consultation.live or not consultation.is_open_at(now):
            return hand_back(request, consultation, form)
        if not is_valid or form.left_over_texts() or form.newly_asked:
            clear_away(request, consultation)
            return show_form(request, consultation, form)
        draft = _draft_behind(consultation, form)
        seen = _seen(form, draft)
        if draft and seen is None:
            return _show_changed(request, consultation, form, taken, draft)
        if is_too_often(request, form):
            return show_form(request, consultation, form, status=HTTPStatus.TOO_MANY_REQUESTS)
        try:
            response = _take_in(request, consultation, form, seen, now)
        except DraftChanged as changed:
            return _show_changed(request, consultation, form, taken, changed.draft)
        except NotProven as missing:
            form.add_error(missing.field, missing.message)
            return show_form(request, consultation, form)
        except AlreadyAnswered:
            return hand_back(request, consultation, form, is_second=True)
        except (ConsultationClosed, ConsultationNotOpen):
            return hand_back(request, consultation, form)
        except AnswerRefused:
            # An officer changed the questions between the form's reading and the service's.
            form.add_error(None, _("The questions have just been changed. Look through them and send again"))
            return show_form(request, consultation, form)
        return to_receipt(request, response, form, is_repeat=response.submitted_at != now)


def find_consultation(slug: str) -> ConsultationPage:
    """The consultation at ``slug`` that is or was published: words typed before it was taken down must come back."""
    seen = Q(live=True) | Q(first_published_at__isnull=False)
    found = ConsultationPage.objects.canonical().filter(seen, slug=slug).order_by("-live", "pk").first()
    if found is None:
        raise Http404
    return found


def is_barred(consultation: ConsultationPage, request: HttpRequest) -> bool:
    """Whether the page lies behind a password or a group that ``request`` has not passed."""
    return not all(restriction.accept_request(request) for restriction in consultation.get_view_restrictions())


def in_reader_language(consultation: ConsultationPage) -> ConsultationPage:
    return consultation.in_language(get_language() or "en")


def form_class(consultation: ConsultationPage, step: str = "") -> type[AnswerForm]:
    """The form of everything, or of one ``step``: a page's id, or ``CHECK``."""
    survey = in_reader_language(consultation).survey
    if step == CHECK:
        return with_identity(make_last_form(survey), consultation)
    page = next((page for page in pages_of(survey) if page.id == step), None)
    return make_page_form(survey, page) if page else with_identity(make_answer_form(survey), consultation)


def sent_form(request: HttpRequest, consultation: ConsultationPage) -> AnswerForm:
    """Everything that is sent: what stands in the form, and for a survey of several pages what its draft holds."""
    made = form_class(consultation)
    return _whole_form(consultation, made, take_files(request, consultation, made.survey))


def _whole_form(consultation: ConsultationPage, made: type[AnswerForm], taken: Taken) -> AnswerForm:
    form = made(taken.data, on=timezone.localdate(), refused=taken.refused)
    draft = _draft_behind(consultation, form) if form.is_of_pages else None
    return _with_pages(form, taken, draft) if draft else form


def _with_pages(form: AnswerForm, taken: Taken, draft: Draft) -> AnswerForm:
    """What was sent with the last page, and for the pages before it what ``draft`` holds."""
    together = taken.data.copy()
    for name, values in draft.fields.items():
        if name not in together:
            together.setlist(name, values)
    together[SHOWN] = ",".join(question.id for question in form.questions)
    return type(form)(together, on=form.on, refused=taken.refused)


def _draft_behind(consultation: ConsultationPage, form: AnswerForm) -> Draft | None:
    draft = find_draft(consultation=consultation, token=form.draft_token)
    return draft if draft and draft.key == form.sent_key else None


def _seen(form: AnswerForm, draft: Draft | None) -> Seen | None:
    """What the sender of ``form`` has seen of the ``draft`` behind it. None when somebody else has changed it since."""
    seen = Seen(form.expected_revision, form.typed("").writer)
    if draft is None or draft.follows(revision=seen.revision, writer=seen.writer):
        return seen if draft else None
    # Whoever says the same in a form that shows every question overwrites nobody.
    is_same = not form.is_of_pages and not differences(form, draft.fields, printed_only=False)
    return replace(seen, revision=draft.revision) if is_same else None


def _take_in(
    request: HttpRequest, consultation: ConsultationPage, form: AnswerForm, seen: Seen | None, now: datetime
) -> Response:
    answers, evidence = form.answers(get_language() or "en"), evidence_of(request, form)
    while True:
        try:
            return take_in(
                consultation=consultation, answers=replace(answers, seen=seen), evidence=evidence, submitted_at=now
            )
        except DraftChanged as changed:
            seen = _seen(form, changed.draft)
            if seen is None:
                raise


def _show_changed(
    request: HttpRequest, consultation: ConsultationPage, form: AnswerForm, taken: Taken, draft: Draft
) -> HttpResponse:
    """What somebody else has made of the answers, before they are sent: to look through, or to choose from."""
    if not form.is_of_pages:
        return show_both_versions(request, consultation, form, draft)
    problem = _("Somebody else has changed these answers. Look through them, and send them again")
    shown = taken.data.copy()
    shown["revision"] = str(draft.revision)  # which is what is looked through now
    again = _with_pages(form, replace(taken, data=shown), draft)
    return show_form(request, consultation, again, problem=problem, status=HTTPStatus.CONFLICT)


def show_form(
    request: HttpRequest,
    consultation: ConsultationPage,
    form: AnswerForm,
    *,
    left_over: Sequence[str] = (),
    notice: str = "",
    problem: str = "",
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    """The form. 422 when something in it is wrong, else ``status``; ``problem`` says what else stands in the way."""
    left_over_texts = form.left_over_texts() if form.is_bound else list(left_over)
    page = in_reader_language(consultation)
    context = {
        "form": form,
        "page": page,
        "consultation": consultation,
        "left_over_texts": left_over_texts,
        "notice": notice,
        "problem": problem,
        "is_unsaved": form.is_bound and request.method == "POST",
        "to": request.POST.get("to") or request.GET.get("to", ""),
        "words": draft_words(),
        "now": timezone.now(),
        **_who_may_answer(request, consultation),
    }
    if status == HTTPStatus.OK and form.is_bound and (form.errors or left_over_texts):
        status = HTTPStatus.UNPROCESSABLE_ENTITY
    template = "consultations/respond.html"
    if form.is_of_pages:
        journey = Journey(form.whole, form.known, on=form.on)
        template = "consultations/answer_page.html" if form.page else "consultations/check.html"
        context |= _page_context(consultation, form, journey)
    return render(request, template, context, status=status)


def _who_may_answer(request: HttpRequest, consultation: ConsultationPage) -> dict[str, Any]:
    level = consultation.identity_level
    asked = consultation.wards.all() if level == IdentityLevel.POSTCODE else ()
    return {
        "must_sign_in": level == IdentityLevel.RESIDENT and not request.user.is_authenticated,
        "area": sorted(asked, key=lambda ward: ward.local_name),
    }


def _page_context(consultation: ConsultationPage, form: AnswerForm, journey: Journey) -> dict[str, Any]:
    has_contents = consultation.canonical().way_through == Route.CONTENTS
    if form.page:
        return {
            "survey_page": form.page,
            "number": journey.number(form.page.id),
            "count": len(journey.pages),
            "before": journey.before(form.page.id),
            "has_contents": has_contents,
        }
    return {
        "has_contents": has_contents,
        "is_judged": form.is_bound,
        "pages": [(page, journey.said_on(page)) for page in journey.pages],
        "kept_aside": journey.kept_aside,
    }


def show_both_versions(
    request: HttpRequest, consultation: ConsultationPage, form: AnswerForm, draft: Draft, *, problem: str = ""
) -> HttpResponse:
    """What was sent beside what somebody else saved meanwhile, to choose from question by question."""
    context = {
        "form": form,
        "draft": draft,
        "differences": differences(form, draft.fields),
        "page": in_reader_language(consultation),
        "consultation": consultation,
        "problem": problem,
        "now": timezone.now(),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if problem else HTTPStatus.CONFLICT
    return render(request, "consultations/both_versions.html", context, status=status)


def hand_back(
    request: HttpRequest,
    consultation: ConsultationPage,
    form: AnswerForm,
    *,
    is_sent: bool = False,
    is_second: bool = False,
) -> HttpResponse:
    """Give their words back to somebody whose answers can no longer be taken, so that nothing is lost.

    ``is_sent``: somebody sent the answers already, and these words came after them. ``is_second``: whoever sends them
    has answered before.
    """
    is_forthcoming = consultation.stage_at(timezone.now()) == Stage.FORTHCOMING
    context: dict[str, Any] = {
        "form": form,
        "texts": list(form.typed_texts()),
        "left_over_texts": form.left_over_texts(),
        "page": in_reader_language(consultation),
        "consultation": consultation,
        "is_forthcoming": is_forthcoming,
        "is_sent": is_sent,
        "is_second": is_second,
        "now": timezone.now(),
    }
    status = HTTPStatus.CONFLICT if is_forthcoming or is_sent or is_second else HTTPStatus.GONE
    return render(request, "consultations/handed_back.html", context, status=status)


def draft_words() -> dict[str, str]:
    """What autosave.js says."""
    return {
        "saved": _("Saved at {clock}"),
        "offline": _(
            "Not saved: there is no connection. What you type is kept on this device and saved when it is back."
        ),
        "retrying": _("Not saved yet. What you type is kept on this device, and we go on trying."),
        "tooLong": _("Not saved: this is more than we can keep. Shorten it, or copy it elsewhere."),
        "movedOn": _("Somebody else has changed these answers. Press “Save and come back later” to see both."),
        "sent": _("These answers have been sent already. What you typed since is on this device only: copy it."),
        "closed": _("This consultation has closed. What you typed is on this device only: copy it."),
        "closesMoved": _("The closing time has changed. It now closes {moment}."),
        "restored": _("Your answers are back where they were."),
    }


def to_receipt(request: HttpRequest, response: Response, form: AnswerForm, *, is_repeat: bool) -> HttpResponse:
    """Lead on to the receipt, which this browser may open from now on."""
    slug = response.consultation.slug
    receipts.keep(request.session, response.reference, timezone.now(), is_repeat=is_repeat)
    if response.consultation.equality_questions and response.is_counted and not is_repeat:
        about_you.ask(request.session, slug, timezone.now())
    answer = redirect(reverse("consultations:receipt", args=(slug, response.reference)))
    if form.draft_token and hash_token(form.draft_token) == response.token_hash:
        links.hand_over(answer, slug, form.draft_token)
    return answer
