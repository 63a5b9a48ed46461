"""The paper form in the admin: what an officer prints, of a draft as well."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_safe
from wagtail.admin.viewsets.base import ViewSet
from wagtail.models import Page

from consultations.models import ConsultationPage
from consultations.paper_views import show_paper
from wardmote.core.roles import is_officer

PAPER_URL_NAME = "consultation_paper:form"


@require_safe
def paper_form(request: HttpRequest, pk: int) -> HttpResponse:
    """The form of the page in its own language: as it is published, else as the newest draft has it."""
    page = ConsultationPage.objects.filter(pk=pk).first()
    if page is None:
        raise Http404
    may_edit = Page.objects.get(pk=pk).permissions_for_user(request.user).can_edit()
    if not (is_officer(request.user) or may_edit):
        raise PermissionDenied
    shown: Any = page if page.live else page.get_latest_revision_as_object()
    return show_paper(request, shown, back_url=reverse("wagtailadmin_pages:edit", args=[pk]), is_draft=not page.live)


class PaperViewSet(ViewSet):
    """The paper form is reached from its consultation, so there is nothing in the menu."""

    name = "consultation_paper"
    url_prefix = "consultations/paper"
    menu_hook = None

    def get_urlpatterns(self) -> list[URLPattern]:
        return [path("<int:pk>/", paper_form, name="form")]
