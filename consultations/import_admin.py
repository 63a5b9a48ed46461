"""Importing responses from a spreadsheet in the admin: upload, map the columns, look at what would come, import, undo."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages
from wagtail.admin.viewsets.base import ViewSet

from consultations.entering import ReasonMissing
from consultations.entry_forms import ReasonForm
from consultations.entry_pages import EntryPage
from consultations.enums import Channel
from consultations.import_columns import RECEIVED, Column, choose, guess, taken_twice, targets_for
from consultations.import_rows import BadRow, Plan, ReadRow, read_rows
from consultations.import_tables import MAX_BYTES, SHAPE_NAMES, FileUnreadable, Table, read_table
from consultations.importing import (
    MAX_SOURCE,
    ImportRefused,
    ImportReport,
    hold_file,
    import_table,
    saved_targets,
    throw_away,
    undo_import,
)
from consultations.models import Batch, ConsultationPage, ImportFile

IMPORTS_URL_NAME = "consultation_import:imports"
MAP_URL_NAME = "consultation_import:map"

MOST_ROWS_HERE = 2_000
"""Rows imported while an officer waits, half a minute at most; longer files go through the command."""

ROWS_SHOWN = 5
BAD_SHOWN = 50


class UploadForm(forms.Form):
    """The file. What is in it is judged when its columns are mapped."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("CSV or XLSX, as Citizen Space, Microsoft Forms, Qualtrics or this site export it."),
        error_messages={"required": gettext_lazy("Choose a file")},
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            most = MAX_BYTES // 1_000_000
            raise ValidationError(_("The file is larger than %(most)d MB. Split it.") % {"most": most})
        return file


class PlanForm(forms.Form):
    """What holds for the whole file."""

    source = forms.CharField(
        label=gettext_lazy("Where the file comes from"),
        max_length=MAX_SOURCE,
        help_text=gettext_lazy(
            "A name for this one survey, such as “Microsoft Forms: library hours”. Rows are known again by it: use the "
            "same name for later files of the same survey, and another for another survey."
        ),
        error_messages={"required": gettext_lazy("Say where the file comes from.")},
    )
    received_at = forms.DateTimeField(
        label=gettext_lazy("When it was received, where no column says it"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={"required": gettext_lazy("Enter the day and time at which the file was received")},
    )
    language = forms.ChoiceField(label=gettext_lazy("Language, where no column says it"), choices=settings.LANGUAGES)


@dataclass(frozen=True, slots=True)
class ColumnShown:
    """A column with its choice of targets and what its first cells hold."""

    column: Column
    field: str
    cells: list[str]
    is_twice: bool


class ImportsView(EntryPage):
    """What was imported into one consultation, and a new file."""

    template_name = "consultations/admin/imports.html"
    header_icon = "upload"

    @cached_property
    def consultation(self) -> ConsultationPage:
        return get_object_or_404(ConsultationPage.objects.canonical(), pk=self.kwargs["consultation_pk"])

    def get_page_title(self) -> str:
        return _("Import responses")

    def get_page_subtitle(self) -> str:
        return self.consultation.title

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = UploadForm(request.POST, request.FILES)
        if form.is_valid():
            content = form.cleaned_data["file"].read()
            try:
                read_table(content, form.cleaned_data["file"].name)
            except FileUnreadable as unreadable:
                form.add_error("file", str(unreadable))
            else:
                held = hold_file(
                    consultation=self.consultation,
                    name=form.cleaned_data["file"].name,
                    content=content,
                    uploaded_by=self.officer,
                    uploaded_at=timezone.now(),
                )
                return redirect(MAP_URL_NAME, held.pk)
        return self.render_to_response(self.get_context_data(form=form), status=HTTPStatus.UNPROCESSABLE_ENTITY)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        imported = self.consultation.batches.filter(channel=Channel.IMPORTED).select_related("made_by")
        return (
            {"form": UploadForm()}
            | super().get_context_data(**kwargs)
            | {
                "consultation": self.consultation,
                "imports": imported.order_by("-made_at", "-pk"),
            }
        )


class MapView(EntryPage):
    """One file before it is imported: what each column is, what the first rows become, what is wrong and where."""

    template_name = "consultations/admin/import_map.html"
    header_icon = "upload"

    @cached_property
    def held(self) -> ImportFile:
        files = ImportFile.objects.select_related("consultation__locale")
        return get_object_or_404(files, pk=self.kwargs["pk"], uploaded_by=self.officer.pk)

    @cached_property
    def table(self) -> Table:
        return read_table(bytes(self.held.content), self.held.name)

    def get_page_title(self) -> str:
        return _("Map the columns")

    def get_page_subtitle(self) -> str:
        return f"{self.held.name} – {self.held.consultation.title}"

    def trail(self) -> list[tuple[str, str]]:
        return [(reverse(IMPORTS_URL_NAME, args=[self.held.consultation_id]), _("Import responses"))]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        source, targets = saved_targets(self.held.consultation, self.table)
        columns = guess(self.table, self.held.consultation.survey, targets)
        form = PlanForm(
            initial={
                "source": source or SHAPE_NAMES[self.table.shape],
                "received_at": timezone.localtime(),
                "language": self.held.consultation.locale.language_code,
            }
        )
        return self._show(form, columns, HTTPStatus.OK, was_saved=bool(targets))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "throw_away" in request.POST:
            consultation_pk = self.held.consultation_id
            throw_away(held=self.held)
            messages.success(request, _("The file is thrown away. Nothing was imported."))
            return redirect(IMPORTS_URL_NAME, consultation_pk)
        form = PlanForm(request.POST)
        places = range(len(self.table.headers))
        try:
            sent = [request.POST.get(field_of(place), "") for place in places]
            columns = choose(self.table, sent, self.held.consultation.survey)
        except ValueError:
            messages.error(request, _("The questions have changed meanwhile. Look at the columns again."))
            columns = guess(self.table, self.held.consultation.survey)
            return self._show(form, columns, HTTPStatus.UNPROCESSABLE_ENTITY)
        if not form.is_valid() or taken_twice(columns):
            return self._show(form, columns, HTTPStatus.UNPROCESSABLE_ENTITY)
        if "import" not in request.POST:
            return self._show(form, columns, HTTPStatus.OK)
        if len(self.table.rows) > MOST_ROWS_HERE:
            return self._show(form, columns, HTTPStatus.UNPROCESSABLE_ENTITY)
        try:
            report = import_table(
                consultation=self.held.consultation,
                table=self.table,
                plan=self._plan(form, columns),
                imported_by=self.officer,
                imported_at=timezone.now(),
            )
        except ImportRefused as refused:
            messages.error(request, str(refused))
            return self._show(form, columns, HTTPStatus.UNPROCESSABLE_ENTITY)
        return self._after(report)

    def _after(self, report: ImportReport) -> HttpResponse:
        consultation_pk = self.held.consultation_id
        throw_away(held=self.held)
        if report.batch is None:
            text = _("Nothing was added: %(known)s rows were imported before, %(bad)s have mistakes.")
            bad = len({row.line for row in report.bad})
            messages.warning(self.request, text % {"known": report.known, "bad": bad})
            return redirect(IMPORTS_URL_NAME, consultation_pk)
        messages.success(self.request, _("%(added)s responses are imported.") % {"added": report.added})
        return redirect("consultation_import:imported", report.batch.pk)

    def _plan(self, form: PlanForm, columns: Sequence[Column]) -> Plan:
        told = form.cleaned_data
        return Plan(columns, told["source"], told["received_at"], told["language"])

    def _show(
        self, form: PlanForm, columns: Sequence[Column], status: HTTPStatus, *, was_saved: bool = False
    ) -> HttpResponse:
        twice = {column.place for column in taken_twice(columns)}
        first = self.table.rows[:ROWS_SHOWN]
        context = self.get_context_data(
            form=form,
            held=self.held,
            table=self.table,
            shape=SHAPE_NAMES[self.table.shape],
            columns=[
                ColumnShown(
                    column, field_of(column.place), [row.cells[column.place] for row in first], column.place in twice
                )
                for column in columns
            ],
            targets=targets_for(self.held.consultation.survey),
            was_saved=was_saved,
            has_moment=any(column.target == RECEIVED for column in columns),
            is_too_long=len(self.table.rows) > MOST_ROWS_HERE,
            most_rows=MOST_ROWS_HERE,
            **self._preview(form, columns, is_told=not twice),
        )
        return self.render_to_response(context, status=status)

    def _preview(self, form: PlanForm, columns: Sequence[Column], *, is_told: bool) -> dict[str, Any]:
        """What the rows would become, once a plan was sent that can be read."""
        if not (form.is_bound and form.is_valid() and is_told):
            return {}
        consultation = self.held.consultation
        wordings = {question.id: question for question in consultation.question_list}
        bad: list[BadRow] = []
        becoming: list[tuple[ReadRow, list[tuple[str, list[str]]]]] = []
        good = 0
        rows = self.table.rows[:MOST_ROWS_HERE]
        for read in read_rows(consultation, self.table, self._plan(form, columns), now=timezone.now(), rows=rows):
            if isinstance(read, list):
                bad += read
                continue
            good += 1
            if len(becoming) < ROWS_SHOWN:
                lines = [
                    (wordings[each.question_id].wording, lines_of_given(wordings[each.question_id], each))
                    for each in read.answers.given
                    if each.question_id in wordings and not each.is_blank
                ]
                becoming.append((read, lines))
        return {
            "is_read": True,
            "good": good,
            "bad": bad[:BAD_SHOWN],
            "bad_rows": len({row.line for row in bad}),
            "becoming": becoming,
        }


class ImportedView(EntryPage):
    """What came of one import; from here it is undone."""

    template_name = "consultations/admin/imported.html"
    header_icon = "upload"

    @cached_property
    def batch(self) -> Batch:
        batches = Batch.objects.filter(channel=Channel.IMPORTED).select_related("consultation", "made_by")
        return get_object_or_404(batches, pk=self.kwargs["pk"])

    def get_page_title(self) -> str:
        return self.batch.name

    def get_page_subtitle(self) -> str:
        return self.batch.consultation.title

    def trail(self) -> list[tuple[str, str]]:
        return [(reverse(IMPORTS_URL_NAME, args=[self.batch.consultation_id]), _("Import responses"))]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = ReasonForm(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=HTTPStatus.UNPROCESSABLE_ENTITY)
        try:
            left_out = undo_import(
                batch=self.batch,
                reason=form.cleaned_data["reason"],
                undone_by=self.officer,
                undone_at=timezone.now(),
            )
        except (ImportRefused, ReasonMissing) as refused:
            messages.error(request, str(refused) or _("Write the reason."))
        else:
            messages.success(request, _("Undone: %(n)s responses no longer count.") % {"n": left_out})
        return redirect("consultation_import:imported", self.batch.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        counted = self.batch.responses.counted().count()
        return {"form": ReasonForm()} | super().get_context_data(**kwargs) | {"batch": self.batch, "counted": counted}


def field_of(place: int) -> str:
    """Name of the field in which the target of the column at ``place`` is chosen."""
    return f"column-{place}"


def lines_of_given(question: Any, given: Any) -> list[str]:
    """An answer as people read it."""
    lines = question.lines(question.keep(given)) if given.choices else []
    return [*lines, *([given.text] if given.text else [])]


class ImportViewSet(ViewSet):
    """Imports are reached from their consultation, so there is nothing in the menu."""

    name = "consultation_import"
    url_prefix = "consultations/import"
    menu_hook = None

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("<int:consultation_pk>/", ImportsView.as_view(), name="imports"),
            path("file/<int:pk>/", MapView.as_view(), name="map"),
            path("batch/<int:pk>/", ImportedView.as_view(), name="imported"),
        ]
