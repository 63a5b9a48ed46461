"""The dashboards' pages. Each asks the table of ``rules`` first."""

from __future__ import annotations

from django.contrib import messages
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
from sentiment.forms import CorrectionForm
from sentiment.models import Feedback
from sentiment.queries import told
from sentiment.services import correct_reading
from wards.models import Ward
from wards.queries import councillor_wards, ward_by_slug

TEXTS_A_PAGE = 20
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
    rows = sorted(queries.overview(today, length), key=ORDERS.get(order, ORDERS["name"]))
    context = {
        "rows": rows,
        "days": length,
        "periods": PERIODS_DAYS,
        "order": order if order in ORDERS else "name",
        "unplaced": queries.unplaced(today, length),
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
    """One text, the words that carried its tone, and for officers the form to correct it."""
    found = _ward(slug)
    if refused := _refusal(request, found, Screen.TEXTS):
        return refused
    feedback = get_object_or_404(Feedback.objects.counted_for(found).select_related("source"), pk=pk)
    viewer = queries.viewer_of(request.user, found, timezone.localdate())
    may_correct = rules.may_see(viewer, Screen.CORRECTION)
    form = CorrectionForm(request.POST or None)
    if request.method == "POST":
        if not may_correct or not request.user.is_authenticated:
            raise PermissionDenied
        if form.is_valid():
            correct_reading(
                feedback=feedback,
                label=ToneLabel(form.cleaned_data["label"]),
                reason=form.cleaned_data["reason"],
                corrected_by=request.user,
                corrected_at=timezone.now(),
            )
            messages.success(request, _("The correction was recorded. The machine’s reading is kept beside it."))
            return redirect("dashboards:text", slug=slug, pk=pk)
    context = {"ward": found, "told": told(feedback), "form": form, "may_correct": may_correct}
    return render(request, "dashboards/text.html", context)


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
