"""What the pages have in common where officers type in, import and correct responses."""

from __future__ import annotations

from typing import Any, cast

from django.contrib.auth.models import AbstractBaseUser
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from consultations.entering import ReceivedBeforeOpening, ReceivedInFuture
from consultations.entry_forms import EntryForm
from consultations.reports import LIST_URL_NAME, OfficersOnly


@method_decorator(never_cache, name="dispatch")
class EntryPage(OfficersOnly, WagtailAdminTemplateMixin, TemplateView):
    """What the pages here share: officers only, and the way up."""

    header_icon = "edit"

    @property
    def officer(self) -> AbstractBaseUser:
        return cast(AbstractBaseUser, self.request.user)  # OfficersOnly lets nobody else in

    def trail(self) -> list[tuple[str, str]]:
        """Addresses and labels between the list of consultations and this page."""
        return []

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        up = [(reverse(LIST_URL_NAME), _("Consultations")), *self.trail(), ("", self.get_page_title())]
        return [*super().get_breadcrumbs_items(), *({"url": url, "label": label} for url, label in up)]


def add_refusal(form: EntryForm, refused: Exception) -> None:
    """Say at its field why a service refused."""
    match refused:
        case ReceivedBeforeOpening():
            form.add_error("received_date", _("This is before the consultation opened. Check the day."))
        case ReceivedInFuture():
            form.add_error("received_date", _("This moment is still to come. Check the day and the time."))
        case _:
            form.add_error(None, _("The questions have just been changed. Look through the codes and save again."))
