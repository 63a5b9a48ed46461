"""Who sits on a committee, from when until when."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, FieldRowPanel
from wagtail.models import Orderable

from meetings.enums import MemberRole
from wards.models import Councillor


class CommitteeMemberQuerySet(models.QuerySet["CommitteeMember"]):
    def serving_on(self, day: date) -> CommitteeMemberQuerySet:
        """Members on ``day``; their periods are half-open."""
        return self.filter(from_date__lte=day).filter(
            models.Q(until_date__isnull=True) | models.Q(until_date__gt=day)
        )


class CommitteeMember(Orderable):
    """The dated membership of a body: of a councillor, or of somebody who is none."""

    body = ParentalKey("meetings.Body", on_delete=models.CASCADE, related_name="members")
    councillor = models.ForeignKey(
        Councillor,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("councillor"),
    )
    name = models.CharField(_("or the name of somebody who is not a councillor"), max_length=120, blank=True)
    speaks_for = models.CharField(
        _("whom they speak for"), max_length=120, blank=True, help_text=_("For example “Parent governors”.")
    )
    role = models.CharField(_("role"), max_length=12, choices=MemberRole.choices, default=MemberRole.MEMBER)
    from_date = models.DateField(_("from"))
    until_date = models.DateField(
        _("until"), null=True, blank=True, help_text=_("The first day on which they are no longer a member.")
    )

    objects = CommitteeMemberQuerySet.as_manager()

    panels = [
        FieldPanel("role"),
        FieldRowPanel([FieldPanel("councillor"), FieldPanel("name")]),
        FieldPanel("speaks_for"),
        FieldRowPanel([FieldPanel("from_date"), FieldPanel("until_date")]),
    ]

    class Meta(Orderable.Meta):
        verbose_name = _("member of a body")
        verbose_name_plural = _("members of a body")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(until_date__isnull=True) | models.Q(until_date__gt=models.F("from_date")),
                name="membership_ends_after_it_begins",
                violation_error_message=_("The membership must end after it begins."),
            ),
            models.CheckConstraint(
                condition=models.Q(councillor__isnull=False, name="")
                | (models.Q(councillor__isnull=True) & ~models.Q(name="")),
                name="member_is_a_councillor_or_a_name",
                violation_error_message=_("Choose a councillor or give a name, one of the two."),
            ),
            models.CheckConstraint(
                condition=~models.Q(role=MemberRole.CO_OPTED) | models.Q(councillor__isnull=True),
                name="co_opted_member_is_no_councillor",
                violation_error_message=_("A co-opted member is somebody who is not a councillor: give their name."),
            ),
            models.CheckConstraint(condition=models.Q(role__in=MemberRole.values), name="member_role_is_known"),
            models.UniqueConstraint(
                fields=["body", "councillor"],
                condition=models.Q(until_date__isnull=True),
                name="councillor_on_a_body_once_now",
            ),
        ]

    def __str__(self) -> str:
        return self.name or str(self.councillor)

    def overlaps(self, other: CommitteeMember) -> bool:
        """Whether some day falls into both memberships."""
        return (self.until_date is None or other.from_date < self.until_date) and (
            other.until_date is None or self.from_date < other.until_date
        )
