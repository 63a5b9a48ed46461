"""What comes to my ward: found by postcode, or from the list of wards; works without JavaScript."""

from __future__ import annotations

from http import HTTPStatus

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from wagtail.models import Locale

from meetings.coming import outlook_for
from meetings.models import MeetingIndexPage
from wards.forms import WardSearchForm
from wards.queries import current_wards, ward_by_slug


@require_safe
def choose_ward(request: HttpRequest) -> HttpResponse:
    """Lead a postcode to what comes to its ward; let the resident choose when it is split, or from all wards.

    422 when it is no postcode, 404 when it is not known here; the form keeps what was typed.
    """
    today = timezone.localdate()
    is_sent = "postcode" in request.GET
    form = WardSearchForm(request.GET if is_sent else None, on=today)
    if is_sent and form.is_valid() and form.match:
        if form.match.ward:
            return redirect("meetings:ward", slug=form.match.ward.slug)
        context = {
            "postcode": form.cleaned_data["postcode"],
            "wards": form.match.candidates,
            "target": "meetings:ward",
            "back": "meetings:wards",
        }
        return render(request, "wards/choose.html", context)
    status = HTTPStatus.OK
    if is_sent:
        status = HTTPStatus.NOT_FOUND if form.has_error("postcode", "unknown") else HTTPStatus.UNPROCESSABLE_ENTITY
    context = {"form": form, "wards": current_wards(today).defer("boundary"), "index": meeting_index()}
    return render(request, "meetings/wards.html", context, status=status)


@require_safe
def ward(request: HttpRequest, slug: str) -> HttpResponse:
    """What comes to one ward at meetings, and the questions asked from there."""
    now = timezone.now()
    shown = ward_by_slug(slug, timezone.localdate(now))
    if shown is None:
        raise Http404(_("There is no ward of this name."))
    context = {"ward": shown, "outlook": outlook_for(shown, now), "now": now, "index": meeting_index()}
    return render(request, "meetings/ward.html", context)


def meeting_index() -> MeetingIndexPage | None:
    """The list of meetings in the reader's language, to lead back to."""
    return MeetingIndexPage.objects.live().filter(locale=Locale.get_active()).first()
