"""Where officers put saved questions into a consultation, keep questions of one, and start one from another."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.text import slugify
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.admin.viewsets.base import ViewSet
from wagtail.admin.widgets import AdminDateTimeInput
from wagtail.snippets.views.snippets import SnippetViewSet

from consultations.draft_admin import DraftView
from consultations.models import ConsultationPage, QuestionSet
from consultations.saved import keep_questions, put_questions, start_from

SAVED_URL_NAME = "consultation_saved:saved"
NEW_FROM_URL_NAME = "consultation_saved:new_from"


class KeepForm(forms.Form):
    """Which questions to keep, and under what name."""

    questions = forms.MultipleChoiceField(
        label=_("Questions"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Tick the questions to save.")},
    )
    name = forms.CharField(
        label=_("Name"),
        max_length=120,
        error_messages={"required": _("Give the questions a name to find them by.")},
    )
    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("When to use it, and where its wording comes from."),
    )

    def __init__(self, *args: Any, page: ConsultationPage, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(each.id, each.wording) for each in page.survey]
        self.fields["questions"].choices = choices  # type: ignore[attr-defined]

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if QuestionSet.objects.filter(name=name).exists():
            raise ValidationError(_("Other questions are saved under this name. Choose another one."))
        return name


class StartForm(forms.Form):
    """What the new consultation does not take from the earlier one."""

    title = forms.CharField(label=_("Title"), max_length=255, error_messages={"required": _("Give it a title.")})
    opens_at = forms.DateTimeField(
        label=_("Opens"), widget=AdminDateTimeInput, error_messages={"required": _("Say when it opens.")}
    )
    closes_at = forms.DateTimeField(
        label=_("Closes"), widget=AdminDateTimeInput, error_messages={"required": _("Say when it closes.")}
    )

    def clean_title(self) -> str:
        title: str = self.cleaned_data["title"]
        slug = slugify(title, allow_unicode=True)
        if not slug:
            raise ValidationError(_("Use letters or digits: the address is made from them."))
        if ConsultationPage.objects.filter(slug=slug).exists():
            raise ValidationError(_("Another consultation has this address already. Choose another title."))
        self.cleaned_data["slug"] = slug
        return title

    def clean(self) -> None:
        opens_at, closes_at = self.cleaned_data.get("opens_at"), self.cleaned_data.get("closes_at")
        if opens_at and closes_at and closes_at <= opens_at:
            self.add_error("closes_at", _("The consultation must close after it opens. Choose a later date or time."))


class SavedView(DraftView):
    """Saved questions to put into the draft, and the draft's questions to save."""

    header_icon = "list-ul"
    page_title = _("Saved questions")
    template_name = "consultations/admin/saved.html"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self._put(request) if "set" in request.POST else self._keep(request)

    def _put(self, request: HttpRequest) -> HttpResponse:
        chosen = request.POST["set"]
        question_set = QuestionSet.objects.filter(pk=chosen).first() if chosen.isdecimal() else None
        if question_set is None:
            messages.error(request, gettext("These questions were taken away meanwhile."))
            return self.render_to_response(self.get_context_data(), status=409)
        put_questions(page=self.draft, question_set=question_set, user=request.user)
        messages.success(request, gettext("“%(name)s” stands at the end of the questions.") % {"name": question_set})
        return redirect("wagtailadmin_pages:edit", self.draft.pk)

    def _keep(self, request: HttpRequest) -> HttpResponse:
        form = KeepForm(request.POST, page=self.draft)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        said = form.cleaned_data
        try:
            copied = keep_questions(
                page=self.draft, question_ids=said["questions"], name=said["name"], note=said["note"]
            )
        except IntegrityError:
            form.add_error("name", _("Other questions are saved under this name. Choose another one."))
            return self.render_to_response(self.get_context_data(form=form), status=422)
        messages.success(request, gettext("Saved as “%(name)s”.") % said)
        if copied.rules_dropped:
            text = ngettext(
                "%(count)s rule was left behind: it looks at a question that was not saved.",
                "%(count)s rules were left behind: they look at questions that were not saved.",
                copied.rules_dropped,
            )
            messages.warning(request, text % {"count": copied.rules_dropped})
        return redirect(SAVED_URL_NAME, self.draft.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("form", KeepForm(page=self.draft))
        return super().get_context_data(**kwargs) | {
            "page": self.draft,
            "sets": QuestionSet.objects.order_by("name"),
        }


class NewFromView(DraftView):
    """A new consultation with the words and questions of an earlier one."""

    header_icon = "copy"
    page_title = _("New consultation from this one")
    template_name = "consultations/admin/new_from.html"

    def is_allowed(self, permissions: Any) -> bool:
        parent = self.draft.get_parent()
        return super().is_allowed(permissions) and parent.permissions_for_user(self.request.user).can_add_subpage()

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = StartForm(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        made = start_from(draft=self.draft, user=request.user, **form.cleaned_data)
        messages.success(request, gettext("“%(title)s” is a draft. Nobody sees it yet.") % {"title": made.title})
        return redirect("wagtailadmin_pages:edit", made.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("form", StartForm())
        return super().get_context_data(**kwargs) | {"page": self.draft}


class SavedQuestionsViewSet(ViewSet):
    """Reached from a consultation's editor, so there is nothing in the menu."""

    name = "consultation_saved"
    url_prefix = "consultations/saved"
    menu_hook = None

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("<int:pk>/", SavedView.as_view(), name="saved"),
            path("<int:pk>/new/", NewFromView.as_view(), name="new_from"),
        ]


class QuestionSetsViewSet(SnippetViewSet):
    """The council's saved questions."""

    model = QuestionSet
    icon = "list-ul"
    menu_label = _("Saved questions")
    list_display = ["name", "note"]
    ordering = ["name"]
