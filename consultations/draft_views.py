"""Saving answers that are not sent yet, coming back to them by a link, and joining what two people wrote."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from consultations import links
from consultations.addresses import canonical_email
from consultations.changes import find_response
from consultations.draft_forms import LetterForm
from consultations.drafts import (
    AlreadySent,
    DraftMovedOn,
    DraftNotYours,
    DraftTooLong,
    LetterNotSent,
    Typed,
    can_remind,
    find_draft,
    is_token,
    make_token,
    save_draft,
    send_link,
)
from consultations.file_views import clear_away, take_files
from consultations.forms import AnswerForm
from consultations.models import ConsultationPage, Draft
from consultations.paging import is_paged
from consultations.services import ConsultationClosed, ConsultationNotOpen
from consultations.versions import differences, left_over_in
from consultations.views import (
    find_consultation,
    form_class,
    hand_back,
    in_reader_language,
    is_barred,
    sent_form,
    show_both_versions,
    show_form,
)
from wardmote.core.limits import Limit, address_of, is_within
from wardmote.core.moments import say_clock, say_moment

SAVES = Limit("draft-saves", 90, 60)
"""Of one draft. The page itself saves once in a second at most."""

SAVES_FROM_ADDRESS = Limit("draft-saves-address", 3_000, 60)
"""From one address: fifty people in one library, each typing."""

LETTERS_TO_ADDRESS = Limit("draft-letters-to", 3, 3_600)
"""To one e-mail address: whoever types in somebody else's does not fill their letter box."""

LETTERS_FROM_ADDRESS = Limit("draft-letters-from", 30, 3_600)
"""From one network address."""


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def save(request: HttpRequest, slug: str) -> HttpResponse:
    """Save what is typed. Answers with a page that holds the link, or with JSON where the page's script asks."""
    if request.method != "POST":  # its address typed in, or asked for in another language
        return redirect(reverse("consultations:respond", args=(slug,)))
    kept = keep(request, slug)
    if isinstance(kept, HttpResponse):
        return kept
    if _wants_json(request):
        return _say(kept.consultation, "saved", **_saved_words(kept.draft), key=str(kept.draft.key), draft=kept.token)
    return _show_saved(request, kept.consultation, kept.draft, kept.token)


@dataclass(frozen=True, slots=True)
class Kept:
    """A draft just saved, with the secret of its link."""

    consultation: ConsultationPage
    draft: Draft
    token: str


def keep(request: HttpRequest, slug: str) -> Kept | HttpResponse:
    """Save the form that was posted. Where that cannot be done, the answer that says why and hands back the words."""
    consultation, form = _sent_form(request, slug)
    key, token = form.sent_key, form.draft_token
    if not is_within(SAVES, str(key)) or not is_within(SAVES_FROM_ADDRESS, address_of(request)):
        return _too_many(request, consultation, form)
    typed = form.typed(get_language() or "en")
    try:
        draft, token = save_typed(consultation, key, token, typed, form.expected_revision)
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
        return _show_too_long(request, consultation, form.as_typed())
    clear_away(request, consultation)
    return Kept(consultation, draft, token)


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
    together = replace(typed, fields=joined)
    try:
        saved, token = save_typed(consultation, draft.key, form.draft_token, together, draft.revision)
    except DraftMovedOn as moved:
        return show_both_versions(request, consultation, form, moved.current)
    except DraftTooLong:
        return _show_too_long(request, consultation, form.as_typed(joined))
    except (AlreadySent, ConsultationClosed, ConsultationNotOpen):
        filled = form_class(consultation).holding(joined, on=form.on)
        return hand_back(request, consultation, filled, is_sent=_is_open(consultation))
    clear_away(request, consultation)
    notice = _("What you chose is saved. Look through it, then send it.")
    return _show_draft(request, consultation, saved, token, notice=notice)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def letter(request: HttpRequest, slug: str) -> HttpResponse:
    """Write the link to an e-mail address, and note whether to remind."""
    if request.method != "POST":
        return redirect(reverse("consultations:respond", args=(slug,)))
    consultation = find_consultation(slug)
    if is_barred(consultation, request):
        raise Http404
    now, token = timezone.now(), request.POST.get("draft", "")
    draft = find_draft(consultation=consultation, token=token) if is_token(token) else None
    if draft is None:
        return show_unknown(request, consultation)
    form = LetterForm(request.POST, can_remind=can_remind(consultation, now))
    if not form.is_valid():
        return _show_saved(request, consultation, draft, token, letter_form=form)
    email = form.cleaned_data["email"]
    here, to = address_of(request), canonical_email(email)
    if not is_within(LETTERS_FROM_ADDRESS, here) or not is_within(LETTERS_TO_ADDRESS, to):
        form.add_error("email", _("Too many letters were asked for. Copy the link instead, or try again in an hour"))
        return _show_saved(request, consultation, draft, token, letter_form=form, status=HTTPStatus.TOO_MANY_REQUESTS)
    try:
        reminder = send_link(
            draft=draft,
            token=token,
            email=email,
            is_to_remind=form.cleaned_data.get("is_to_remind", False),
            language=get_language() or "en",
            sent_at=now,
        )
    except (ConsultationClosed, ConsultationNotOpen):
        filled = form_class(consultation).holding(draft.fields, on=timezone.localdate(now))
        return hand_back(request, consultation, filled)
    except LetterNotSent:
        form.add_error("email", _("The letter could not be sent just now. Copy the link instead, or try again later"))
        status = HTTPStatus.SERVICE_UNAVAILABLE
        return _show_saved(request, consultation, draft, token, letter_form=form, status=status)
    return _show_saved(request, consultation, draft, token, written_to=email, will_remind=reminder is not None)


@never_cache
@require_safe
def closing(request: HttpRequest, slug: str) -> HttpResponse:
    """When the consultation closes, as it stands now: what an open page asks as the moment comes."""
    consultation = find_consultation(slug)
    if is_barred(consultation, request):
        raise Http404
    return _say(consultation, "closing")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def words(request: HttpRequest, slug: str) -> HttpResponse:
    """What was typed, as a text file to keep; nothing is stored."""
    consultation = find_consultation(slug)
    if is_barred(consultation, request):
        raise Http404
    if request.method != "POST":
        return redirect(reverse("consultations:respond", args=(slug,)))
    form = sent_form(request, consultation)
    said = [f"{question}\n\n{text}" for question, text in form.typed_texts()] + form.left_over_texts()
    page = in_reader_language(consultation)
    answer = HttpResponse("\n\n\n".join([page.title, *said]) + "\n", content_type="text/plain; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{consultation.slug}.txt"'
    return answer


@never_cache
@require_safe
def resume(request: HttpRequest, slug: str, token: str) -> HttpResponse:
    """The link: hands its secret to the form by a cookie, so that it stands in no address that is kept or passed on.

    It looks nothing up and never fails, so that no log of errors holds a link.
    """
    answer = redirect(reverse("consultations:saved", args=(slug,)))
    answer["Referrer-Policy"] = "no-referrer"
    return links.hand_over(answer, slug, token)


@never_cache
@require_safe
def saved(request: HttpRequest, slug: str) -> HttpResponse:
    """The form as its draft has it, in the browser that opened the link. After closing, its words to take away.

    Once its answers were sent, the link leads to their receipt.
    """
    consultation = find_consultation(slug)
    if is_barred(consultation, request):
        raise Http404
    token = links.carried_by(request)
    draft = find_draft(consultation=consultation, token=token) if token else None
    if draft is None:
        sent = find_response(consultation=consultation, token=token) if token else None
        if sent is not None:
            return redirect(reverse("consultations:receipt", args=(slug, sent.reference)))
        return show_unknown(request, consultation)
    if not _is_open(consultation):
        form = form_class(consultation).holding(draft.fields, on=timezone.localdate())
        return hand_back(request, consultation, form)
    return _show_draft(request, consultation, draft, token)


def show_unknown(request: HttpRequest, consultation: ConsultationPage) -> HttpResponse:
    context = {"page": in_reader_language(consultation), "consultation": consultation, "now": timezone.now()}
    return render(request, "consultations/draft_unknown.html", context, status=HTTPStatus.NOT_FOUND)


def _sent_form(request: HttpRequest, slug: str) -> tuple[ConsultationPage, AnswerForm]:
    consultation = find_consultation(slug)
    if is_barred(consultation, request):
        raise Http404
    made = form_class(consultation, request.POST.get("step", ""))
    taken = take_files(request, consultation, made.questions)
    form = made(taken.data, on=timezone.localdate(), refused=taken.refused)
    if request.POST.get("step") and (draft := find_draft(consultation=consultation, token=form.draft_token)):
        form = made(taken.data, on=form.on, elsewhere=draft.fields, refused=taken.refused)
    return consultation, form


def save_typed(
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
    made = form_class(consultation)
    if is_paged(made.survey):
        return links.hand_over(redirect("consultations:go_on", consultation.slug), consultation.slug, token)
    form = made.resumed(draft.fields, on=timezone.localdate(), hidden=hidden_of(draft, token))
    left_over = left_over_in(draft.fields, form)
    return show_form(request, consultation, form, left_over=left_over, notice=notice)


def hidden_of(draft: Draft, token: str) -> dict[str, str]:
    """What a form that shows ``draft`` says of it."""
    return {
        "key": str(draft.key),
        "draft": token,
        "revision": str(draft.revision),
        "writer": str(uuid4()),
        "acknowledged": " ".join(f"{hand.writer}:{hand.sequence}" for hand in draft.hand_list()),
    }


def _show_saved(
    request: HttpRequest,
    consultation: ConsultationPage,
    draft: Draft,
    token: str,
    *,
    letter_form: LetterForm | None = None,
    written_to: str = "",
    will_remind: bool = False,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    """The page with the link. 422 when the letter's form was filled in wrongly, unless ``status`` says otherwise."""
    now = timezone.now()
    has_time = can_remind(consultation, now)
    if letter_form and letter_form.errors and status == HTTPStatus.OK:
        status = HTTPStatus.UNPROCESSABLE_ENTITY
    context = {
        "draft": draft,
        "link": request.build_absolute_uri(reverse("consultations:resume", args=(consultation.slug, token))),
        "kept_until": consultation.closes_at + timedelta(days=settings.CONFIG.draft_days),
        "form": letter_form or LetterForm(initial={"draft": token}, can_remind=has_time),
        "written_to": written_to,
        "will_remind": will_remind,
        "reminded_at": consultation.closes_at - timedelta(days=settings.CONFIG.reminder_days),
        "page": in_reader_language(consultation),
        "consultation": consultation,
        "now": now,
    }
    return render(request, "consultations/draft_saved.html", context, status=status)


def _too_many(request: HttpRequest, consultation: ConsultationPage, form: AnswerForm) -> HttpResponse:
    if _wants_json(request):
        answer: HttpResponse = _say(consultation, "too_many", HTTPStatus.TOO_MANY_REQUESTS)
    else:
        problem = _("This was saved too often in a short time. Wait a minute, then save again")
        status = HTTPStatus.TOO_MANY_REQUESTS
        answer = show_form(request, consultation, form.as_typed(), problem=problem, status=status)
    answer["Retry-After"] = str(SAVES.seconds)
    return answer


def _show_too_long(request: HttpRequest, consultation: ConsultationPage, form: AnswerForm) -> HttpResponse:
    problem = _("This is more than we can keep. Shorten it and save again")
    return show_form(request, consultation, form, problem=problem, status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)


def _wants_json(request: HttpRequest) -> bool:
    return request.headers.get("Accept") == "application/json"


def _say(consultation: ConsultationPage, state: str, status: int = HTTPStatus.OK, **words: Any) -> JsonResponse:
    """What autosave.js reads: ``state``, the closing moment as it stands now, and what belongs to the state."""
    now, closes_at = timezone.now(), consultation.closes_at
    closing = {
        "closes_at": timezone.localtime(closes_at).isoformat(timespec="seconds"),
        "closes": say_moment(closes_at, now),
        "closes_in": max(0, round((closes_at - now).total_seconds() * 1000)),
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
