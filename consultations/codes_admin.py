"""One-time codes in the admin: made, printed as letters once, counted as a whole, stopped."""

from __future__ import annotations

import csv
import io
from http import HTTPStatus
from typing import Any
from uuid import uuid4

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _
from django.views import View
from django.views.decorators.cache import never_cache
from wagtail.admin import messages
from wagtail.admin.viewsets.base import ViewSet

from consultations.consultation_admin import ConsultationView
from consultations.identity import CodesMadeAlready, letters_of, make_codes, stop_codes, used_codes
from consultations.models import CodeBatch, ConsultationPage
from consultations.paper import say_deadline
from consultations.reports import OfficersOnly

CODES_URL_NAME = "consultation_codes:index"
STOP_URL_NAME = "consultation_codes:stop"

MOST_CODES = 2_000
"""At once: as many letters as a browser prints in one go. More are several batches."""

MOST_BYTES = 1_000_000
"""Of a file of addresses: 500 for each letter."""

MOST_LINES = 7
"""Of an address: what fits in the window of an envelope."""

LANGUAGES = [
    ("en", _("English")),
    ("cy", _("Welsh")),
    ("en cy", _("English, then Welsh")),
    ("cy en", _("Welsh, then English")),
]


class CodesForm(forms.Form):
    """How many letters, or to whom. Once valid, ``addresses`` holds the lines of each; they are stored nowhere."""

    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
    count = forms.IntegerField(
        label=_("How many codes"),
        min_value=1,
        max_value=MOST_CODES,
        required=False,
        help_text=_("Leave it empty if you give a list of addresses."),
    )
    addresses = forms.FileField(
        label=_("Addresses, as a CSV file"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
        help_text=_(
            "One address in a row, one line of it in each column, headings in the first row. They are printed on the "
            "letters and stored nowhere: keep your list."
        ),
    )
    languages = forms.ChoiceField(label=_("Language of the letters"), choices=LANGUAGES)

    def clean_addresses(self) -> list[list[str]]:
        file = self.cleaned_data["addresses"]
        return read_addresses(file) if file else []

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        addresses, count = cleaned.get("addresses"), cleaned.get("count")
        if not self.errors and not addresses and count is None:
            self.add_error("count", _("Enter how many codes you need, or choose a file of addresses"))
        if addresses and count is not None and count != len(addresses):
            message = _("The file holds %(addresses)s addresses. Leave this empty, or enter that number")
            self.add_error("count", ValidationError(message, params={"addresses": len(addresses)}))
        return cleaned


def read_addresses(file: UploadedFile) -> list[list[str]]:
    """The lines of every address in a CSV file, its first row left out. Raises ``ValidationError``, naming the row."""
    if (file.size or 0) > MOST_BYTES:
        raise ValidationError(_("The file is too large. Split it into several"))
    raw = file.read()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("cp1252", "replace")  # as Excel saves it
    try:
        rows = [[cell.strip() for cell in row if cell.strip()] for row in csv.reader(io.StringIO(text, newline=""))]
    except csv.Error as error:
        raise ValidationError(_("The file is not a CSV file")) from error
    for number, row in enumerate(rows, start=1):
        if len(row) > MOST_LINES or any(len(cell) > 60 or "\x00" in cell for cell in row):
            message = _("Row %(row)s does not fit in the window of an envelope: at most 7 lines of 60 characters")
            raise ValidationError(message, params={"row": number})
    addresses = [row for row in rows[1:] if row]
    if not addresses:
        raise ValidationError(_("The file holds no address below its row of headings"))
    if len(addresses) > MOST_CODES:
        message = _("The file holds %(count)s addresses. At most %(most)s are printed at once: split it")
        raise ValidationError(message, params={"count": len(addresses), "most": MOST_CODES})
    return addresses


@method_decorator(never_cache, name="dispatch")
class CodesView(ConsultationView):
    """The batches made so far. ``POST`` makes one and answers with its letters, which cannot be shown again."""

    header_icon = "key"
    page_title = _("One-time codes")
    template_name = "consultations/admin/codes.html"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = CodesForm(request.POST, request.FILES)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=HTTPStatus.UNPROCESSABLE_ENTITY)
        addresses = form.cleaned_data["addresses"]
        try:
            _batch, codes = make_codes(
                consultation=self.consultation,
                count=len(addresses) or form.cleaned_data["count"],
                key=form.cleaned_data["key"],
                user=request.user,
                made_at=timezone.now(),
            )
        except CodesMadeAlready:
            message = gettext(
                "These letters were made and shown once already. If they were not printed, stop that batch."
            )
            messages.error(request, message)
            return redirect(CODES_URL_NAME, self.consultation.pk)
        letters = letters_of(codes, addresses)
        return show_letters(request, self.consultation, letters, form.cleaned_data["languages"].split())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        batches = CodeBatch.objects.filter(consultation=self.consultation).select_related("made_by").order_by("-pk")
        return super().get_context_data(**kwargs) | {
            "consultation": self.consultation,
            "form": kwargs.get("form") or CodesForm(),
            "batches": batches,
            "made": sum(batch.count for batch in batches),
            "used": used_codes(self.consultation),
        }


class StopView(OfficersOnly, View):
    """Puts the unused codes of a batch out of use."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int, batch_pk: int) -> HttpResponse:
        batch = get_object_or_404(CodeBatch.objects.select_related("consultation"), pk=batch_pk, consultation=pk)
        stop_codes(batch=batch, user=request.user, stopped_at=timezone.now())
        messages.success(request, gettext("The unused codes of that batch no longer work."))
        return redirect(CODES_URL_NAME, pk)


def show_letters(
    request: HttpRequest, consultation: ConsultationPage, letters: list[Any], languages: list[str]
) -> HttpResponse:
    """The letters to print, each with its text in ``languages``, one below the other."""
    texts = []
    for language in languages:
        with override(language):
            page = consultation.in_language(language)
            address = settings.CONFIG.base_url.rstrip("/") + reverse(
                "consultations:respond", args=(consultation.slug,)
            )
            texts.append(
                {
                    "language": language,
                    "page": page,
                    "address": address,
                    "deadline": say_deadline(consultation.closes_at),
                }
            )
    with override(languages[0]):
        context = {"consultation": consultation, "letters": letters, "texts": texts, "back_pk": consultation.pk}
        return render(request, "consultations/letters/codes.html", context)


class CodesViewSet(ViewSet):
    """Codes are reached from their consultation, so there is nothing in the menu."""

    name = "consultation_codes"
    url_prefix = "consultations/codes"
    menu_hook = None

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("<int:pk>/", CodesView.as_view(), name="index"),
            path("<int:pk>/stop/<int:batch_pk>/", StopView.as_view(), name="stop"),
        ]
