"""The words a consultation uses about itself."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class IdentityLevel(models.TextChoices):
    """What a consultation asks of somebody before their answers count. Nobody's name is asked at any of them.

    ``EMAIL``, ``CODE`` and ``RESIDENT`` hold everybody to one response (``Respondent``); ``OPEN`` and ``POSTCODE``
    cannot tell one person from another, so only a form sent twice is noticed.
    """

    OPEN = "open", _("Open to anybody")
    EMAIL = "email", _("An e-mail address, confirmed")
    POSTCODE = "postcode", _("A postcode in the area")
    CODE = "code", _("A one-time code sent by post")
    RESIDENT = "resident", _("Signed in with an account")


class Stage(models.TextChoices):
    """Where a consultation stands.

    It is forthcoming until ``opens_at``, open until ``closes_at``, closed until its outcome is published, and
    reported from then on. Nothing sets a stage: it follows from the moment (``consultations.rules.stage_at``).
    """

    FORTHCOMING = "forthcoming", _("Opening soon")
    OPEN = "open", pgettext_lazy("a consultation", "Open")
    CLOSED = "closed", pgettext_lazy("a consultation", "Closed")
    REPORTED = "reported", _("Outcome published")


class QuestionKind(models.TextChoices):
    """How a question may be answered. The values name the blocks of the question stream."""

    FREE_TEXT = "free_text", _("Free text")
    SHORT_TEXT = "short_text", _("Short text")
    SINGLE_CHOICE = "single_choice", _("Single choice")
    SEVERAL_CHOICES = "several_choices", _("Several choices")
    YES_NO = "yes_no", _("Yes, no or don’t know")
    AGREE_SCALE = "agree_scale", _("Agree or disagree")
    RATING = "rating", _("Rating")
    RANKING = "ranking", _("Ranking")
    MATRIX = "matrix", _("Several on one scale")
    BUDGET = "budget", _("Budget to share out")
    NUMBER = "number", _("Number")
    DATE = "date", _("Date")
    PLACE = "place", _("Place")
    FILES = "files", _("Files")
    SECTION_TEXT = "section_text", _("Text that asks nothing")
    PAGE_BREAK = "page_break", _("Page break")


class Route(models.TextChoices):
    """How people go through a consultation that has page breaks."""

    LINEAR = "linear", _("One page after the other")
    CONTENTS = "contents", _("From a list of pages, in any order")


class Agreement(models.TextChoices):
    """The answers to an agree-disagree question, from one end to the other; "don't know" stands apart."""

    STRONGLY_AGREE = "strongly_agree", _("Strongly agree")
    AGREE = "agree", _("Agree")
    NEITHER = "neither", _("Neither agree nor disagree")
    DISAGREE = "disagree", _("Disagree")
    STRONGLY_DISAGREE = "strongly_disagree", _("Strongly disagree")
    DONT_KNOW = "dont_know", _("Don’t know")


class YesNoAnswer(models.TextChoices):
    """The answers to a yes-or-no question."""

    YES = "yes", _("Yes")
    NO = "no", _("No")
    DONT_KNOW = "dont_know", _("Don’t know")


class Channel(models.TextChoices):
    """How a response reached the council."""

    ONLINE = "online", _("Online")
    PAPER = "paper", _("Paper")
    PHONE = "phone", _("Telephone")
    DROP_IN = "drop_in", _("Drop-in")
    EMAIL = "email", _("E-mail")
    IMPORTED = "imported", _("Imported")


ENTERED_CHANNELS = (Channel.PAPER, Channel.PHONE, Channel.DROP_IN, Channel.EMAIL)
"""Those whose responses an officer types in."""


class Standing(models.TextChoices):
    """Whether a response counts, and if not, why. It is the only thing that says so.

    A response that came in time counts from the start, or once its writer has confirmed their address where the
    consultation asks for that. One entered for the first of two times waits; one that came
    late counts only when an officer takes it in; its writer may withdraw it; an officer may leave it out with a
    reason, or an import whole. It may come back. Nothing is ever deleted for its standing.
    """

    COUNTED = "counted", _("Counted")
    WAITING = "waiting", _("Waits for the second entry")
    TO_CONFIRM = "to_confirm", _("Waits for its e-mail address to be confirmed")
    LATE = "late", _("Came after closing")
    WITHDRAWN = "withdrawn", _("Withdrawn by its writer")
    LEFT_OUT = "left_out", _("Left out by an officer")
