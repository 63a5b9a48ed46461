"""Where officers upload a file of ModernGov."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.viewsets.base import ViewSet

from meetings.agendas import import_agenda
from meetings.moderngov import MAX_BYTES, FileRefused
from wardmote.core.roles import is_officer

IMPORT_URL_NAME = "meetings_import:index"


class UploadForm(forms.Form):
    file = forms.FileField(
        label=_("File"),
        help_text=_("XML as ModernGov's web service gives it: GetMeeting, GetMeetings or GetCommittees. Up to 5 MB."),
        error_messages={
            "required": _("Choose a file."),
            "empty": _("The file is empty."),
        },
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise forms.ValidationError(_("The file is too large: over 5 MB."))
        return file


class ImportView(WagtailAdminTemplateMixin, TemplateView):
    """Upload a file; what it did stands on the page that comes back."""

    header_icon = "download"
    page_title = _("Import from ModernGov")
    template_name = "meetings/admin/import.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not is_officer(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = UploadForm(request.POST, request.FILES)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        try:
            report = import_agenda(
                form.cleaned_data["file"].read(), user=request.user if request.user.is_authenticated else None
            )
        except FileRefused as error:
            form.add_error("file", str(error))
            return self.render_to_response(self.get_context_data(form=form), status=422)
        return self.render_to_response(self.get_context_data(form=UploadForm(), report=report))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("form", UploadForm())
        return super().get_context_data(**kwargs)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*super().get_breadcrumbs_items(), {"url": "", "label": self.get_page_title()}]


class ImportViewSet(ViewSet):
    name = "meetings_import"
    url_prefix = "meetings/import"
    menu_hook = None

    def get_urlpatterns(self) -> list[URLPattern]:
        return [path("", ImportView.as_view(), name="index")]
