"""The dashboards' pages. Each asks the table of ``rules`` first."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from consultations.queries import open_with_ward_counts
from dashboards import queries, rules, words
from dashboards.enums import Screen, Viewer
from dashboards.forms import SaidForm
from meetings.queries import waiting_for_ward
from sentiment.enums import ToneLabel
from sentiment.figures import PERIODS_DAYS
from sentiment.forms import CheckForm, CorrectionForm, FlagForm
from sentiment.models import Feedback
from sentiment.queries import drawn_to_check, sample_for, told
from sentiment.services import correct_reading, flag_reading
from wards.models import Ward
from wards.queries import councillor_wards, ward_by_slug

TEXTS_A_PAGE = 20
CHECKED = "checked"
"""The reason of a check: the text was drawn, not noticed."""
QUESTIONS_SHOWN = 20
ORDERS = {"name": lambda row: row.ward.local_name, "most": lambda row: (-row.total, row.ward.local_name)}


@never_cache
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Officers get all wards beside each other, a councillor their own ward or the choice of their wards."""
    today = timezone.localdate()
    viewer = queries.viewer_of(request.user, None, today)
    if viewer is Viewer.ANYBODY:
        return redirect_to_login(request.get_full_path())
    if rules.may_see(viewer, Screen.OVERVIEW):
        return _overview(request)
    wards = list(councillor_wards(request.user, today))
    if not wards:
        raise PermissionDenied
    if len(wards) == 1:
        return redirect("dashboards:ward", slug=wards[0].slug)
    return render(request, "dashboards/own_wards.html", {"wards": wards})


def _overview(request: HttpRequest) -> HttpResponse:
    today = timezone.localdate()
    length = queries.period_of(request.GET.get("days"))
    order = request.GET.get("order", "")
    checked = queries.checked()
    rows = sorted(queries.overview(today, length), key=ORDERS.get(order, ORDERS["name"]))
    context = {
        "rows": rows,
        "days": length,
        "periods": PERIODS_DAYS,
        "order": order if order in ORDERS else "name",
        "unplaced": queries.unplaced(today, length),
        "checked": checked,
        "agreements": words.agreements(checked),
    }
    return render(request, "dashboards/overview.html", context)


@never_cache
@require_GET
def ward(request: HttpRequest, slug: str) -> HttpResponse:
    """A ward's dashboard: sentences first, numbers second, charts third."""
    found = _ward(slug)
    if refused := _refusal(request, found, Screen.WARD):
        return refused
    length = queries.period_of(request.GET.get("days"))
    figures = queries.ward_figures(found, length)
    questions = list(waiting_for_ward(found)[: QUESTIONS_SHOWN + 1])
    context = {
        "ward": found,
        "days": length,
        "periods": PERIODS_DAYS,
        "figures": figures,
        "sentences": words.opening_sentences(figures) if figures else [],
        "questions": questions[:QUESTIONS_SHOWN],
        "has_more_questions": len(questions) > QUESTIONS_SHOWN,
        "consultations": open_with_ward_counts(found, timezone.now()),
        "sources": queries.sources_heard(found),
    }
    return render(request, "dashboards/ward.html", context)


@never_cache
@require_GET
def said(request: HttpRequest, slug: str) -> HttpResponse:
    """Every text behind the numbers, narrowed by kind, tone, matter or phrase."""
    found = _ward(slug)
    if refused := _refusal(request, found, Screen.TEXTS):
        return refused
    form = SaidForm({"days": str(queries.USUAL_PERIOD_DAYS), **request.GET.dict()})
    if not form.is_valid():
        raise Http404
    chosen = form.cleaned_data
    texts = queries.texts_said(
        found,
        length_days=chosen["days"],
        today=timezone.localdate(),
        kind=chosen["kind"],
        label=chosen["label"],
        about=chosen["about"],
        phrase=chosen["phrase"],
    )
    page = Paginator(texts, TEXTS_A_PAGE).get_page(request.GET.get("p"))
    return render(request, "dashboards/said.html", {"ward": found, "form": form, "chosen": chosen, "page": page})


@never_cache
@require_http_methods(["GET", "POST"])
def text(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """One text, the words that carried its tone, the officers' form to correct it and the councillor's to flag it."""
    found = _ward(slug)
    if refused := _refusal(request, found, Screen.TEXTS):
        return refused
    feedback = get_object_or_404(Feedback.objects.counted_for(found).select_related("source"), pk=pk)
    viewer = queries.viewer_of(request.user, found, timezone.localdate())
    may_correct = rules.may_see(viewer, Screen.CORRECTION)
    may_flag = rules.may_see(viewer, Screen.FLAG)
    is_flag = "flag" in request.POST
    form = FlagForm(request.POST or None) if may_flag else CorrectionForm(request.POST or None)
    if request.method == "POST":
        if not (may_flag if is_flag else may_correct) or not request.user.is_authenticated:
            raise PermissionDenied
        if form.is_valid():
            _record(request.user, feedback, form)
            said = (
                _("Officers will see what you wrote.")
                if is_flag
                else _("The correction was recorded. The machine’s reading is kept beside it.")
            )
            messages.success(request, said)
            return redirect("dashboards:text", slug=slug, pk=pk)
    context = {"ward": found, "told": told(feedback), "form": form, "may_correct": may_correct, "may_flag": may_flag}
    return render(request, "dashboards/text.html", context)


def _record(user: AbstractBaseUser, feedback: Feedback, form: FlagForm | CorrectionForm) -> None:
    reason, moment = form.cleaned_data["reason"], timezone.now()
    if isinstance(form, FlagForm):
        flag_reading(feedback=feedback, reason=reason, flagged_by=user, flagged_at=moment)
        return
    label = ToneLabel(form.cleaned_data["label"])
    correct_reading(feedback=feedback, label=label, reason=reason, corrected_by=user, corrected_at=moment)


@never_cache
@require_http_methods(["GET", "POST"])
def check(request: HttpRequest) -> HttpResponse:
    """A random sample of texts, one after the other, judged before the machine's tone is shown."""
    today = timezone.localdate()
    viewer = queries.viewer_of(request.user, None, today)
    if viewer is Viewer.ANYBODY or not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    if not rules.may_see(viewer, Screen.CHECKS):
        raise PermissionDenied
    form = CheckForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        pk = form.cleaned_data["feedback"]
        feedback = Feedback.objects.filter(pk=pk).first() if pk in drawn_to_check(today) else None
        if feedback is not None:
            correct_reading(
                feedback=feedback,
                label=ToneLabel(form.cleaned_data["label"]),
                reason=CHECKED,
                corrected_by=request.user,
                corrected_at=timezone.now(),
                is_random_check=True,
            )
        return redirect("dashboards:check")
    sample = sample_for(request.user, today)
    return render(request, "dashboards/check.html", {"sample": sample, "form": form})


@require_GET
def public_ward(request: HttpRequest, slug: str) -> HttpResponse:
    """What anybody may see: counts, with the small ones hidden, and not a word of what was said."""
    found = _ward(slug)
    return render(request, "dashboards/public_ward.html", {"ward": found, "results": queries.public_results(found)})


def _ward(slug: str) -> Ward:
    found = ward_by_slug(slug, timezone.localdate())
    if found is None:
        raise Http404
    return found


def _refusal(request: HttpRequest, ward: Ward, screen: Screen) -> HttpResponse | None:
    """None for who may see the screen; sign-in for who is not known yet. Raises ``PermissionDenied`` for the rest."""
    viewer = queries.viewer_of(request.user, ward, timezone.localdate())
    if rules.may_see(viewer, screen):
        return None
    if viewer is Viewer.ANYBODY:
        return redirect_to_login(request.get_full_path())
    raise PermissionDenied
