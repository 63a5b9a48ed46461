"""What councillors and the clerk fill in about speakers, interests, motions and votes."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from meetings.business_enums import Casting, InterestKind, MotionState, Side, SpeakerKind, VoteMethod
from meetings.business_queries import entitled_councillors, sitting
from meetings.models import AgendaItem, Motion, Room
from meetings.models.interests import MAX_INTEREST_LENGTH
from meetings.models.motions import MAX_MOTION_LENGTH
from meetings.models.speakers import DEFAULT_ALLOTTED_SECONDS, MAX_ALLOTTED_SECONDS, MAX_SPEAKER_NAME_LENGTH
from wards.models import Councillor

SIDES = [("", _("Not said")), *Side.choices]


class ItemField(forms.ModelChoiceField):
    """One of the meeting's agenda items, or none."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            **{
                "label": _("Agenda item"),
                "queryset": AgendaItem.objects.none(),
                "required": False,
                "empty_label": _("No item"),
                "error_messages": {
                    "invalid_choice": _("Choose an item on the agenda."),
                    "required": _("Choose an item on the agenda."),
                },
                **kwargs,
            }
        )


class CouncillorField(forms.ModelChoiceField):
    """A councillor: anyone who holds a seat, or (``votes_here``) who votes at the meeting."""

    def __init__(self, *, votes_here: bool = False, **kwargs: Any) -> None:
        self.votes_here = votes_here
        super().__init__(
            **{
                "label": _("Councillor"),
                "queryset": Councillor.objects.none(),
                "empty_label": _("Choose a councillor"),
                "error_messages": {
                    "invalid_choice": _("Choose a councillor who sits at this meeting."),
                    "required": _("Choose a councillor who sits at this meeting."),
                },
                **kwargs,
            }
        )


class BusinessForm(forms.Form):
    """A form about one meeting: its agenda items and councillors are offered, the item being taken chosen."""

    def __init__(self, *args: Any, room: Room, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.room = room
        for field in self.fields.values():
            if isinstance(field, ItemField):
                field.queryset = AgendaItem.objects.filter(meeting=room.meeting_id, is_withdrawn=False)
                field.initial = room.current_agenda_item_id
            elif isinstance(field, CouncillorField):
                field.queryset = entitled_councillors(room, on) if field.votes_here else sitting(on)

    def chosen(self, name: str) -> int | None:
        """The key of what was chosen in a field of a valid form."""
        row = self.cleaned_data.get(name)
        return cast("int", row.pk) if row else None


class AskToSpeakForm(BusinessForm):
    """A councillor asks to speak."""

    prefix = "speak"

    item = ItemField()
    side = forms.ChoiceField(label=_("Side"), choices=SIDES, required=False)
    is_point_of_order = forms.BooleanField(label=_("It is a point of order"), required=False)


class SpeakerForm(BusinessForm):
    """The clerk puts somebody into the queue: a councillor who is chosen, or somebody else by name."""

    prefix = "speaker"

    kind = forms.ChoiceField(label=_("Speaks as"), choices=SpeakerKind.choices)
    councillor = CouncillorField(required=False)
    name = forms.CharField(
        label=_("Name"),
        required=False,
        max_length=MAX_SPEAKER_NAME_LENGTH,
        help_text=_("Of an officer or a registered member of the public. Everybody sees it."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    item = ItemField()
    side = forms.ChoiceField(label=_("Side"), choices=SIDES, required=False)
    minutes = forms.DecimalField(
        label=_("Minutes"),
        min_value=Decimal("0.5"),
        max_value=Decimal(MAX_ALLOTTED_SECONDS // 60),
        decimal_places=1,
        initial=DEFAULT_ALLOTTED_SECONDS // 60,
        error_messages={
            "required": _("Enter how many minutes they have."),
            "invalid": _("Enter minutes as a number, such as 3 or 2.5."),
            "min_value": _("A speaker has at least half a minute."),
            "max_value": _("A speaker has at most an hour."),
            "max_decimal_places": _("Enter minutes as a number, such as 3 or 2.5."),
        },
    )
    is_point_of_order = forms.BooleanField(label=_("It is a point of order"), required=False)


class InterestForm(BusinessForm):
    """A councillor declares an interest. The kinds are those of the Localism Act and of the LGA's model code."""

    prefix = "interest"

    item = ItemField(required=True, empty_label=_("Choose an item"))
    kind = forms.ChoiceField(
        label=_("Kind of interest"),
        choices=InterestKind.choices,
        widget=forms.RadioSelect,
        help_text=_(
            "A disclosable pecuniary interest keeps a councillor from speaking and voting on the item, unless they "
            "have a dispensation (Localism Act 2011, sections 31 and 33). For the other kinds, see the code of conduct."
        ),
        error_messages={"required": _("Choose the kind of interest.")},
    )
    nature = forms.CharField(
        label=_("What the interest is"),
        max_length=MAX_INTEREST_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Everybody can read it. Of a sensitive interest (section 32) say only that there is one."),
        error_messages={
            "required": _("Say what the interest is."),
            "max_length": _("Say what the interest is in 500 characters or fewer."),
        },
    )
    has_dispensation = forms.BooleanField(label=_("There is a dispensation (section 33)"), required=False)
    leaves_room = forms.BooleanField(
        label=_("They leave the room for this item, and so take no part in it"), required=False
    )

    def declared(self) -> dict[str, Any]:
        """What a valid form says of the interest, as ``services.declare_interest`` takes it."""
        given = self.cleaned_data
        return {
            "agenda_item_pk": self.chosen("item"),
            "kind": InterestKind(given["kind"]),
            "nature": given["nature"],
            "leaves_room": given["leaves_room"],
            "has_dispensation": given["has_dispensation"],
        }


class OwnInterestForm(InterestForm):
    """A councillor declares their own interest."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["leaves_room"].label = _("I leave the room for this item, and so take no part in it")
        self.fields["has_dispensation"].label = _("I have a dispensation (section 33)")


class ClerksInterestForm(InterestForm):
    """The clerk enters the interest that a councillor declares aloud."""

    councillor = CouncillorField()
    field_order = ("councillor",)


class AmendsField(forms.ModelChoiceField):
    """The motion that an amendment amends, by its number and the beginning of its words."""

    def label_from_instance(self, obj: Any) -> str:
        return str(_("An amendment to motion %(number)s: %(words)s") % {"number": obj.number, "words": str(obj)})


class MotionForm(BusinessForm):
    """The clerk enters a motion or an amendment."""

    prefix = "motion"

    amends = AmendsField(
        label=_("Motion or amendment"),
        queryset=Motion.objects.none(),
        required=False,
        empty_label=_("A new motion"),
        error_messages={"invalid_choice": _("Only a motion that is not decided yet can be amended.")},
    )
    item = ItemField(help_text=_("Of a new motion; an amendment belongs to its motion's item."))
    text = forms.CharField(
        label=_("Its words"),
        max_length=MAX_MOTION_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={
            "required": _("Enter the words of the motion."),
            "max_length": _("Enter the words in 5,000 characters or fewer."),
        },
    )
    mover = CouncillorField(
        label=_("Moved by"),
        votes_here=True,
        error_messages={"required": _("Choose who moves it, a councillor who sits at this meeting.")},
    )
    seconder = CouncillorField(
        label=_("Seconded by"), votes_here=True, required=False, empty_label=_("Not seconded yet")
    )
    is_budget = forms.BooleanField(
        label=_("It decides the budget or the council tax"),
        required=False,
        help_text=_(
            "Votes at a budget decision meeting, also on amendments, must be recorded by name (Local Authorities "
            "(Standing Orders) (England) (Amendment) Regulations 2014, SI 2014/165)."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        undecided = self.room.motions.filter(amends=None, state__in=[MotionState.MOVED, MotionState.SECONDED])
        cast("forms.ModelChoiceField", self.fields["amends"]).queryset = undecided.order_by("number")


class SecondForm(BusinessForm):
    """Who seconds a motion."""

    seconder = CouncillorField(
        label=_("Seconded by"),
        votes_here=True,
        error_messages={"required": _("Choose who seconds it, another councillor who sits at this meeting.")},
    )


class AmendedForm(BusinessForm):
    """The words of a motion as its carried amendments make them."""

    text = forms.CharField(
        label=_("The motion's words as amended"),
        max_length=MAX_MOTION_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("The words as moved are kept beside them."),
        error_messages={
            "required": _("Enter the words of the motion."),
            "max_length": _("Enter the words in 5,000 characters or fewer."),
        },
    )


class OpenVoteForm(BusinessForm):
    """How a motion is put to the vote."""

    method = forms.ChoiceField(choices=VoteMethod.choices)


class CloseVoteForm(BusinessForm):
    """The count of hands, where they were raised; what the person presiding does when votes are equal."""

    votes_for = forms.IntegerField(label=_("Hands for"), min_value=0, max_value=10_000, required=False)
    against = forms.IntegerField(label=_("Hands against"), min_value=0, max_value=10_000, required=False)
    abstained = forms.IntegerField(label=_("Abstentions"), min_value=0, max_value=10_000, required=False)
    casting = forms.ChoiceField(
        label=_("If votes are equal"),
        choices=[("", _("They are not equal")), *Casting.choices],
        required=False,
        help_text=_(
            "The person presiding then has a second or casting vote (Local Government Act 1972, schedule 12, "
            "paragraph 39(2))."
        ),
    )
    chair = CouncillorField(label=_("Who presides"), votes_here=True, required=False, empty_label=_("Nobody chosen"))

    def __init__(self, *args: Any, is_recorded: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_recorded:
            for name in ("votes_for", "against", "abstained"):
                del self.fields[name]
