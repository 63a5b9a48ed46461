"""The public pages of the wards."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from wards.forms import WardSearchForm
from wards.maps import ward_map
from wards.models import Ward
from wards.panels import panels_of
from wards.queries import current_ward_set, current_wards, seat_holdings, ward_by_slug


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """All wards in force today, on a map and as a list, with a search by postcode."""
    today = timezone.localdate()
    return render(request, "wards/index.html", _index_context(WardSearchForm(on=today), today))


@require_safe
def find(request: HttpRequest) -> HttpResponse:
    """Lead a postcode to its ward; let the resident choose when it is split; else say what is wrong with it.

    422 when it is no postcode, 404 when it is not known here; the form keeps what was typed.
    """
    today = timezone.localdate()
    if "postcode" not in request.GET:
        return redirect("wards:index")
    form = WardSearchForm(request.GET, on=today)
    if form.is_valid() and form.match:
        if form.match.ward:
            return redirect("wards:ward", slug=form.match.ward.slug)
        context = {
            "postcode": form.cleaned_data["postcode"],
            "wards": form.match.candidates,
            "target": "wards:ward",
            "back": "wards:index",
        }
        return render(request, "wards/choose.html", context)
    status = 404 if form.has_error("postcode", "unknown") else 422
    return render(request, "wards/index.html", _index_context(form, today), status=status)


@require_safe
def ward(request: HttpRequest, slug: str) -> HttpResponse:
    """One ward: where it is, who sits for it, and what the other rooms have for it."""
    today = timezone.localdate()
    shown = ward_by_slug(slug, today)
    if shown is None:
        raise Http404(_("There is no ward of this name."))
    until_date = shown.ward_set.until_date
    is_past = until_date is not None and until_date <= today
    context = {
        "ward": shown,
        "ward_set": shown.ward_set,
        "is_past": is_past,
        "neighbours": _neighbours(shown),
        "holdings": [] if is_past else seat_holdings([shown], today)[shown.pk],
        "panels": [] if is_past else _rendered_panels(request, shown),
    }
    return render(request, "wards/ward.html", context)


def _index_context(form: WardSearchForm, today: date) -> dict[str, Any]:
    wards = list(current_wards(today))
    holdings = seat_holdings(wards, today)
    return {
        "form": form,
        "ward_set": current_ward_set(today),
        "rows": [{"ward": one, "holdings": holdings[one.pk]} for one in wards],
    }


def _neighbours(shown: Ward) -> list[Ward]:
    drawn = ward_map(shown.ward_set).shape_of(shown)
    return list(Ward.objects.filter(pk__in=drawn.neighbours).defer("boundary").order_by("name")) if drawn else []


def _rendered_panels(request: HttpRequest, shown: Ward) -> list[SafeString]:
    return [
        render_to_string(panel.template, {"ward": shown, **panel.context}, request)
        for panel in panels_of(request, shown)
    ]
