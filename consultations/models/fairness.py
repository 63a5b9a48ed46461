"""What the council measures its consultations by, and what officers set aside of the findings, with their reasons."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.contrib.settings.models import BaseGenericSetting, register_setting

from consultations.bank_holidays import Nation
from consultations.fairness import Rule
from consultations.plain_english import read_jargon
from consultations.time_enough import Period, PeriodKind, Standard

SHORTEST_DAYS = 42
"""Six weeks, between the two and twelve that the government's Consultation Principles of 2012 named as usual."""

HIGHEST_GRADE = 9
"""Read with ease at about 14 years of age. A council may well aim lower."""

LONGEST_PERIOD = timedelta(days=366)

JARGON = """\
active travel: walking, wheeling and cycling
commence: start
consultee: person or group we ask
curtilage: the land around a building
expenditure: spending
facilitate: help
holistic: whole
in order to: to
mitigate: make less harmful
modal shift: people travelling another way
public realm: streets and open spaces
quantum: amount
section 106: what a developer pays or builds for the area
signpost: tell people where to go
stakeholder: person or group affected
utilise: use
with regard to: about
"""


def validate_jargon(lines: str) -> None:
    try:
        read_jargon(lines)
    except ValueError as error:
        raise ValidationError(str(error)) from error


@register_setting(icon="glasses")
class FairnessSettings(BaseGenericSetting):
    """What the fairness check measures by. The council's own figures, with ours to begin with."""

    nation = models.CharField(
        _("nation"),
        max_length=20,
        choices=[
            (Nation.ENGLAND.value, _("England")),
            (Nation.WALES.value, _("Wales: every consultation has a Welsh version")),
            (Nation.SCOTLAND.value, _("Scotland")),
            (Nation.NORTHERN_IRELAND.value, _("Northern Ireland")),
        ],
        default=Nation.ENGLAND.value,
        help_text=_("Whose bank holidays are not counted as time to answer."),
    )
    shortest_days = models.PositiveSmallIntegerField(
        _("shortest time, in days"),
        default=SHORTEST_DAYS,
        validators=[MinValueValidator(1), MaxValueValidator(366)],
        help_text=_("Days after the one it opens on, bank and school holidays not counted. No law sets a number."),
    )
    highest_grade = models.PositiveSmallIntegerField(
        _("highest reading grade"),
        default=HIGHEST_GRADE,
        validators=[MinValueValidator(1), MaxValueValidator(20)],
        help_text=_("By the Automated Readability Index. Add five for the reader's age in years."),
    )
    jargon = models.TextField(
        _("words of the office"),
        blank=True,
        default=JARGON,
        validators=[validate_jargon],
        help_text=_("One to a line: the term, a colon, what a neighbour would say."),
    )
    blocks_publishing = models.BooleanField(
        _("publish only when nothing is open"),
        default=False,
        help_text=_("Each finding must be mended or set aside with a reason first. Otherwise officers are warned."),
    )

    panels = [
        MultiFieldPanel([FieldPanel("nation"), FieldPanel("shortest_days")], heading=_("Time enough")),
        MultiFieldPanel([FieldPanel("highest_grade"), FieldPanel("jargon")], heading=_("Plain words")),
        FieldPanel("blocks_publishing"),
    ]

    class Meta:
        verbose_name = _("Fairness of consultations")

    def __str__(self) -> str:
        return str(self._meta.verbose_name)

    def standard(self) -> Standard:
        """These figures and the council's periods as plain values; one query."""
        return Standard(
            nation=Nation(self.nation),
            shortest_days=self.shortest_days,
            highest_grade=self.highest_grade,
            jargon=read_jargon(self.jargon),
            periods=tuple(period.as_value() for period in CouncilPeriod.objects.order_by("from_date", "pk")),
        )


class CouncilPeriod(models.Model):
    """Days on which people have less time to answer, or the council may say less."""

    kind = models.CharField(
        _("kind"),
        max_length=20,
        choices=[
            (PeriodKind.SCHOOL_HOLIDAY.value, _("School holiday")),
            (PeriodKind.PRE_ELECTION.value, _("Pre-election period")),
            (PeriodKind.BANK_HOLIDAY.value, _("Bank holiday proclaimed for one year")),
        ],
    )
    name = models.CharField(_("name"), max_length=120, help_text=_("For example “Summer holidays 2027”."))
    from_date = models.DateField(_("first day"))
    until_date = models.DateField(_("until"), help_text=_("The first day after it."))

    panels = [
        FieldPanel("kind"),
        FieldPanel("name"),
        FieldRowPanel([FieldPanel("from_date"), FieldPanel("until_date")]),
    ]

    class Meta:
        verbose_name = _("holiday or pre-election period")
        verbose_name_plural = _("holidays and pre-election periods")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(until_date__gt=models.F("from_date")),
                name="council_period_ends_after_it_begins",
                violation_error_message=_("A period must end after it begins."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        if self.from_date and self.until_date and self.until_date - self.from_date > LONGEST_PERIOD:
            raise ValidationError({"until_date": _("A period lasts a year at most. Is the year right?")})

    def as_value(self) -> Period:
        return Period(PeriodKind(self.kind), self.name, self.from_date, self.until_date)


class FindingSetAside(models.Model):
    """An officer's reason why a finding does not make the consultation unfair.

    It holds for the finding as it stood (``mark``): when the page changes what is found, the finding is open again.
    """

    page = models.ForeignKey(
        "consultations.ConsultationPage", models.CASCADE, related_name="findings_set_aside", verbose_name=_("page")
    )
    rule = models.CharField(_("rule"), max_length=20, choices=[(rule.value, rule.value) for rule in Rule])
    mark = models.CharField(max_length=32)
    found = models.TextField(_("what was found"))
    reason = models.TextField(_("reason"), max_length=1_000)
    set_aside_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("set aside by")
    )
    set_aside_at = models.DateTimeField(_("set aside at"))

    class Meta:
        verbose_name = _("finding set aside")
        verbose_name_plural = _("findings set aside")
        constraints = [
            models.UniqueConstraint(fields=["page", "rule", "mark"], name="finding_set_aside_once"),
            models.CheckConstraint(condition=~models.Q(reason=""), name="finding_set_aside_with_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.rule}: {self.reason}"
