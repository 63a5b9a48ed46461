"""Where a text came from, how it was read, and how a source is doing."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class FeedbackKind(models.TextChoices):
    """How a text reached us. Kinds are counted apart: an answer was given to the council, a post was not."""

    ANSWER = "answer", _("Answer to a consultation")
    PUBLIC_QUESTION = "question", _("Question to a meeting")
    POST = "post", _("Local post")


class ToneLabel(models.TextChoices):
    """The tone of a text in a word. Tone is not position: nothing here says whether somebody supports a proposal."""

    NEGATIVE = "negative", _("Negative")
    NEUTRAL = "neutral", _("Neutral")
    POSITIVE = "positive", _("Positive")
    UNSURE = "unsure", _("Unsure")
    UNREAD = "unread", _("Not read")


class SourceKind(models.TextChoices):
    FEED = "feed", _("Web feed (RSS or Atom)")


class SourceState(models.TextChoices):
    """A source begins as new; each reading ends well or badly. Gone: its server said so, and it is read no more."""

    NEW = "new", _("Not read yet")
    WELL = "well", _("Read")
    FAILING = "failing", _("Failing")
    GONE = "gone", _("Gone")


class LawfulBasis(models.TextChoices):
    """Bases of UK GDPR Article 6(1) that a council may rest listening on."""

    PUBLIC_TASK = "public_task", _("Public task (UK GDPR Article 6(1)(e))")
    LEGAL_OBLIGATION = "legal_obligation", _("Legal obligation (UK GDPR Article 6(1)(c))")
    CONSENT = "consent", _("Consent (UK GDPR Article 6(1)(a))")


class PlacementMethod(models.TextChoices):
    """What gave a text its ward."""

    GIVEN = "given", _("Given with it")
    POSTCODE = "postcode", _("A postcode in the text")
    SOURCE = "source", _("The ward its source writes about")
    NAME = "name", _("A ward named in the text")
    NONE = "none", _("Nothing: counted for the council as a whole")
