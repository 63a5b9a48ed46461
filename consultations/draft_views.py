"""Saving answers that are not sent yet, coming back to them by a link, and joining what two people wrote."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from consultations.drafts import (
    AlreadySent,
    DraftMovedOn,
    DraftNotYours,
    DraftTooLong,
    Typed,
    find_draft,
    is_token,
    make_token,
    save_draft,
)
from consultations.forms import AnswerForm, differences, left_over_in
from consultations.models import ConsultationPage, Draft
from consultations.services import ConsultationClosed, ConsultationNotOpen
from consultations.views import (
    find_consultation,
    form_class,
    hand_back,
    in_reader_language,
    is_barred,
    show_both_versions,
    show_form,
)
from wardmote.core.limits import Limit, address_of, is_within
from wardmote.core.moments import say_clock, say_moment

OPENED = "wardmote_draft"
"""A cookie that carries a link's secret to the form, so that the form's own address holds nothing of it."""

OPENED_FOR = timedelta(hours=2)
"""As long as a receipt: a shared computer must not show one person's words to the next."""

SAVES = Limit("draft-saves", 90, 60)
"""Of one draft. The page itself saves once in a second at most."""

SAVES_FROM_ADDRESS = Limit("draft-saves-address", 3_000, 60)
"""From one address: fifty people in one library, each typing."""


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def save(request: HttpRequest, slug: str) -> HttpResponse:
    """Save what is typed. Answers with a page that holds the link, or with JSON where the page's script asks."""
    if request.method != "POST":  # its address typed in, or asked for in another language
        return redirect(reverse("consultations:respond", args=(slug,)))
    consultation, form = _sent_form(request, slug)
    key, token = form.sent_key, form.draft_token
    if not is_within(SAVES, str(key)) or not is_within(SAVES_FROM_ADDRESS, address_of(request)):
        return _too_many(request, consultation, form)
    typed = form.typed(get_language() or "en")
    try:
        draft, token = _save(consultation, key, token, typed, form.expected_revision)
    except DraftMovedOn as moved:
        if _wants_json(request):
            return _say(consultation, "moved_on", HTTPStatus.CONFLICT, revision=moved.current.revision)
        return show_both_versions(request, consultation, form, moved.current)
    except AlreadySent:
        if _wants_json(request):
            return _say(consultation, "sent", HTTPStatus.CONFLICT)
        return hand_back(request, consultation, form, is_sent=True)
    except (ConsultationClosed, ConsultationNotOpen):
        if _wants_json(request):
            return _say(consultation, "closed", HTTPStatus.GONE)
        return hand_back(request, consultation, form)
    except DraftTooLong:
        if _wants_json(request):
            return _say(consultation, "too_long", HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        problem = _("This is more than we can keep. Shorten it and save again")
        status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        return show_form(request, consultation, form.as_typed(), problem=problem, status=status)
    if _wants_json(request):
        return _say(consultation, "saved", **_saved_words(draft), key=str(draft.key), draft=token)
    return _show_saved(request, consultation, draft, token)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, slug: str) -> HttpResponse:
    """Save what somebody chose of two versions, and show the form with it."""
    if request.method != "POST":
        return redirect(reverse("consultations:respond", args=(slug,)))
    consultation, form = _sent_form(request, slug)
    draft = find_draft(consultation=consultation, token=form.draft_token)
    if draft is None or draft.key != form.sent_key:
        return show_form(request, consultation, form.as_typed())
    if draft.revision != form.expected_revision:
        return show_both_versions(request, consultation, form, draft)
    typed = form.typed(get_language() or "en")
    joined = dict(typed.fields)
    for one in differences(form, draft.fields):
        choice = request.POST.get(f"choose-{one.id}", "")
        if choice not in ("mine", "theirs", *(["both"] if one.can_keep_both else [])):
            problem = _("Choose what to keep for each question")
            return show_both_versions(request, consultation, form, draft, problem=problem)
        for name in one.names:
            if choice == "theirs":
                joined[name] = draft.fields.get(name, [])
            elif choice == "both":
                joined[name] = ["\n\n".join((*draft.fields[name], *typed.fields[name]))]
    together = Typed(joined, typed.asked, typed.writer, typed.sequence, typed.language)
    try:
        saved, token = _save(consultation, draft.key, form.draft_token, together, draft.revision)
    except DraftMovedOn as moved:
        return show_both_versions(request, consultation, form, moved.current)
    except (AlreadySent, ConsultationClosed, ConsultationNotOpen, DraftTooLong):
        filled = form_class(consultation).holding(joined, on=form.on)
        return hand_back(request, consultation, filled, is_sent=_is_open(consultation))
    notice = _("What you chose is saved. Look through it, then send it.")
    return _show_draft(request, consultation, saved, token, notice=notice)


@never_cache
@require_safe
def resume(request: HttpRequest, slug: str, token: str) -> HttpResponse:
    """The link: hands its secret to the form by a cookie, so that it stands in no address that is kept or passed on.

    It looks nothing up and never fails, so that no log of errors holds a link.
    """
    answer = redirect(reverse("consultations:saved", args=(slug,)))
    answer["Referrer-Policy"] = "no-referrer"
    for path in _saved_paths(slug):
        answer.set_cookie(
            _cookie_name(path),
            token if is_token(token) else "",
            max_age=OPENED_FOR,
            path=path,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
    return answer


@never_cache
@require_safe
def saved(request: HttpRequest, slug: str) -> HttpResponse:
    """The form as its draft has it, in the browser that opened the link. After closing, its words to take away."""
    consultation = find_consultation(slug)
    if is_barred(consultation, request):
        raise Http404
    token = request.COOKIES.get(_cookie_name(request.path), "")
    draft = find_draft(consultation=consultation, token=token) if is_token(token) else None
    if draft is None:
        context = {"page": in_reader_language(consultation), "consultation": consultation, "now": timezone.now()}
        return render(request, "consultations/draft_unknown.html", context, status=HTTPStatus.NOT_FOUND)
    if not _is_open(consultation):
        form = form_class(consultation).holding(draft.fields, on=timezone.localdate())
        return hand_back(request, consultation, form)
    return _show_draft(request, consultation, draft, token)


def _sent_form(request: HttpRequest, slug: str) -> tuple[ConsultationPage, AnswerForm]:
    consultation = find_consultation(slug)
    if is_barred(consultation, request):
        raise Http404
    return consultation, form_class(consultation)(request.POST, on=timezone.localdate())


def _save(
    consultation: ConsultationPage, key: UUID | None, token: str, typed: Typed, expected_revision: int
) -> tuple[Draft, str]:
    """Save under the form's key and token, or under new ones where those are not a pair that opens anything."""
    now = timezone.now()
    if key and token:
        try:
            found = save_draft(
                consultation=consultation,
                key=key,
                token=token,
                typed=typed,
                expected_revision=expected_revision,
                saved_at=now,
            )
        except DraftNotYours:
            pass
        else:
            return found, token
    token = make_token()
    return save_draft(
        consultation=consultation, key=uuid4(), token=token, typed=typed, expected_revision=0, saved_at=now
    ), token


def _show_draft(
    request: HttpRequest, consultation: ConsultationPage, draft: Draft, token: str, *, notice: str = ""
) -> HttpResponse:
    hidden = {"key": str(draft.key), "draft": token, "revision": str(draft.revision), "writer": str(uuid4())}
    form = form_class(consultation).resumed(draft.fields, on=timezone.localdate(), hidden=hidden)
    left_over = left_over_in(draft.fields, form)
    return show_form(request, consultation, form, left_over=left_over, notice=notice)


def _show_saved(request: HttpRequest, consultation: ConsultationPage, draft: Draft, token: str) -> HttpResponse:
    link = request.build_absolute_uri(reverse("consultations:resume", args=(consultation.slug, token)))
    context = {
        "draft": draft,
        "link": link,
        "kept_until": consultation.closes_at + timedelta(days=settings.CONFIG.draft_days),
        "page": in_reader_language(consultation),
        "consultation": consultation,
        "now": timezone.now(),
    }
    return render(request, "consultations/draft_saved.html", context)


def _too_many(request: HttpRequest, consultation: ConsultationPage, form: AnswerForm) -> HttpResponse:
    if _wants_json(request):
        answer: HttpResponse = _say(consultation, "too_many", HTTPStatus.TOO_MANY_REQUESTS)
    else:
        problem = _("This was saved too often in a short time. Wait a minute, then save again")
        status = HTTPStatus.TOO_MANY_REQUESTS
        answer = show_form(request, consultation, form.as_typed(), problem=problem, status=status)
    answer["Retry-After"] = str(SAVES.seconds)
    return answer


def _wants_json(request: HttpRequest) -> bool:
    return request.headers.get("Accept") == "application/json"


def _say(consultation: ConsultationPage, state: str, status: int = HTTPStatus.OK, **words: Any) -> JsonResponse:
    """What autosave.js reads: ``state``, the closing moment as it stands now, and what belongs to the state."""
    now, closes_at = timezone.now(), consultation.closes_at
    closing = {
        "closes_at": timezone.localtime(closes_at).isoformat(timespec="seconds"),
        "closes": say_moment(closes_at, now),
        "is_open": _is_open(consultation),
    }
    return JsonResponse({"state": state} | closing | words, status=status)


def _saved_words(draft: Draft) -> dict[str, Any]:
    return {
        "revision": draft.revision,
        "reference": draft.reference,
        "saved_at": draft.saved_at.isoformat(),
        "clock": say_clock(draft.saved_at),
    }


def _is_open(consultation: ConsultationPage, moment: datetime | None = None) -> bool:
    return bool(consultation.live and consultation.is_open_at(moment or timezone.now()))


def _saved_paths(slug: str) -> Iterator[str]:
    """The form's address in every language, so that changing language keeps the draft open."""
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            yield reverse("consultations:saved", args=(slug,))


def _cookie_name(path: str) -> str:
    """One for each path: an answer can set a cookie's name once."""
    return f"{OPENED}_{path.split('/')[1]}"
