"""Unusual patterns in the admin: the report, one pattern's responses, and leaving them out or taking them back in."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, cast

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.text import Truncator
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.admin.viewsets.base import ViewSet

from consultations.consultation_admin import ConsultationView
from consultations.entry_forms import ReasonForm
from consultations.enums import Standing
from consultations.models import Answer, Response
from consultations.reports import WORDS_SHOWN, response_url
from consultations.watching import Pattern, leave_out_together, look, patterns_of, take_in_together

PATTERNS_URL_NAME = "consultation_patterns:index"
PATTERN_URL_NAME = "consultation_patterns:pattern"

SHOWN_AT_ONCE = 100


class PatternsView(ConsultationView):
    """What looked unusual when it was last looked for. ``POST`` looks again."""

    header_icon = "search"
    page_title = _("Unusual patterns")
    template_name = "consultations/admin/patterns.html"

    pk_kwarg = "consultation_pk"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        look(self.consultation, timezone.now())
        return redirect(PATTERNS_URL_NAME, self.consultation.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        report, patterns = patterns_of(self.consultation)
        now = timezone.now()
        concerned = {response for pattern in patterns for response in pattern.responses}
        left_out = set(
            Response.objects.filter(consultation=self.consultation, standing=Standing.LEFT_OUT).values_list(
                "pk", flat=True
            )
        )
        rows = [
            {
                "pattern": pattern,
                "reason": pattern.reason(now),
                "left_out": len(left_out.intersection(pattern.responses)),
                "url": reverse(PATTERN_URL_NAME, args=[self.consultation.pk, pattern.key]),
            }
            for pattern in patterns
        ]
        return super().get_context_data(**kwargs) | {
            "consultation": self.consultation,
            "report": report,
            "rows": rows,
            "concerned": len(concerned),
            "now": now,
        }


class PatternView(PatternsView):
    """The responses of one pattern. ``POST`` leaves them out, or takes them back in, with a reason."""

    template_name = "consultations/admin/pattern.html"

    @cached_property
    def pattern(self) -> Pattern:
        _report, patterns = patterns_of(self.consultation)
        for pattern in patterns:
            if pattern.key == self.kwargs["key"]:
                return pattern
        raise Http404

    def get_page_title(self) -> str:
        return self.pattern.name

    def further_breadcrumbs(self) -> list[dict[str, Any]]:
        return [
            {"url": reverse(PATTERNS_URL_NAME, args=[self.consultation.pk]), "label": _("Unusual patterns")},
            {"url": "", "label": self.get_page_title()},
        ]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = ReasonForm(request.POST)
        verb = {"leave_out": leave_out_together, "take_in": take_in_together}.get(request.POST.get("verb", ""))
        chosen, problem = self._chosen(), ""
        if not chosen:
            problem = gettext("Tick the responses that you mean, or choose all of them")
        if verb is None or problem or not form.is_valid():
            context = self.get_context_data(form=form, chosen=chosen, problem=problem)
            return self.render_to_response(context, status=HTTPStatus.UNPROCESSABLE_ENTITY)
        count = verb(
            consultation=self.consultation,
            responses=chosen,
            reason=form.cleaned_data["reason"],
            decided_by=cast(AbstractBaseUser, request.user),
        )
        if verb is leave_out_together:
            text = ngettext(
                "%(count)s response is left out and no longer counted. It is kept, and you can take it back in.",
                "%(count)s responses are left out and no longer counted. They are kept, and you can take them back in.",
                count,
            )
        else:
            text = ngettext("%(count)s response is taken back in.", "%(count)s responses are taken back in.", count)
        messages.success(request, text % {"count": count})
        return redirect(PATTERN_URL_NAME, self.consultation.pk, self.pattern.key)

    def _chosen(self) -> list[int]:
        if self.request.POST.get("which") == "all":
            return list(self.pattern.responses)
        ticked = set(self.request.POST.getlist("response"))
        return [response for response in self.pattern.responses if str(response) in ticked]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = Paginator(self.pattern.responses, SHOWN_AT_ONCE).get_page(self.request.GET.get("p"))
        shown = list(page.object_list)
        found = Response.objects.filter(consultation=self.consultation).in_bulk(shown)
        words = _first_words(shown)
        rows = [
            {"response": found[pk], "url": response_url(found[pk]), "words": words.get(pk, "")}
            for pk in shown
            if pk in found
        ]
        counted = Response.objects.counted().filter(pk__in=self.pattern.responses).count()
        return super().get_context_data(**kwargs) | {
            "pattern": self.pattern,
            "reason": self.pattern.reason(timezone.now()),
            "rows": rows,
            "page_of_rows": page,
            "counted": counted,
            "form": kwargs.get("form") or ReasonForm(),
            "chosen": kwargs.get("chosen", []),
            "problem": kwargs.get("problem", ""),
        }


def _first_words(responses: list[int]) -> dict[int, str]:
    answers = Answer.objects.filter(response__in=responses, is_asked=True).exclude(text="").order_by("position")
    words: dict[int, str] = {}
    for response, text in answers.values_list("response", "text"):
        words.setdefault(response, Truncator(text).words(WORDS_SHOWN))
    return words


class PatternsViewSet(ViewSet):
    """Patterns are reached from their consultation, so there is nothing in the menu."""

    name = "consultation_patterns"
    url_prefix = "consultations/patterns"
    menu_hook = None

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("<int:consultation_pk>/", PatternsView.as_view(), name="index"),
            path("<int:consultation_pk>/<str:key>/", PatternView.as_view(), name="pattern"),
        ]
