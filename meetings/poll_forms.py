"""What officers fill in about a poll, and how a ballot's form is read."""

from __future__ import annotations

import uuid
from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from meetings.business_forms import ItemField
from meetings.enums import PollKind, ResultsPolicy, WordStanding
from meetings.models import AgendaItem, Room
from meetings.models.polls import MAX_LABEL_LENGTH
from meetings.polls import (
    MAX_OPTION_LENGTH,
    MAX_OPTIONS,
    MAX_QUESTION_LENGTH,
    MAX_WORD_LENGTH,
    MAX_WORDS,
    option_lines,
)
from meetings.services import PollWords


class PollForm(forms.Form):
    """A poll as it is written on the desk."""

    prefix = "poll"

    key = forms.UUIDField(widget=forms.HiddenInput)
    question = forms.CharField(
        label=_("What do you want to ask?"),
        max_length=MAX_QUESTION_LENGTH,
        error_messages={"required": _("Write what you want to ask.")},
    )
    kind = forms.ChoiceField(label=_("People give"), choices=PollKind.choices)
    options = forms.CharField(
        label=_("Options"),
        required=False,
        max_length=MAX_OPTIONS * (MAX_OPTION_LENGTH + 2) * 2,
        help_text=_("One on each line. A rating and a word cloud need none."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    at_most = forms.IntegerField(
        label=_("Choices or words at most"),
        required=False,
        min_value=1,
        max_value=MAX_OPTIONS,
        help_text=_("For several choices or a word cloud."),
    )
    low_label = forms.CharField(
        label=_("What 1 stands for"), required=False, max_length=MAX_LABEL_LENGTH, help_text=_("For a rating.")
    )
    high_label = forms.CharField(
        label=_("What 5 stands for"), required=False, max_length=MAX_LABEL_LENGTH, help_text=_("For a rating.")
    )
    results = forms.ChoiceField(label=_("People see the results"), choices=ResultsPolicy.choices)
    agenda_item = ItemField()

    def __init__(self, *args: Any, room: Room, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["key"].initial = uuid.uuid4
        item = cast("forms.ModelChoiceField", self.fields["agenda_item"])
        item.queryset = AgendaItem.objects.filter(meeting=room.meeting_id, is_withdrawn=False)
        item.initial = room.current_agenda_item_id

    def words(self) -> PollWords:
        """What a valid form says."""
        given = self.cleaned_data
        return PollWords(
            question=given["question"],
            kind=PollKind(given["kind"]),
            options=option_lines(given["options"]),
            at_most=given["at_most"],
            low_label=given["low_label"],
            high_label=given["high_label"],
            results=ResultsPolicy(given["results"]),
            agenda_item_pk=given["agenda_item"].pk if given["agenda_item"] else None,
        )


class WordForm(forms.Form):
    standing = forms.ChoiceField(
        choices=[(one.value, one.label) for one in (WordStanding.ALLOWED, WordStanding.HIDDEN)]
    )


def places_in(post: QueryDict) -> dict[int, str]:
    """The options marked in a ballot's form; of a ranking with the place typed for each."""
    chosen = {int(value): "" for value in post.getlist("choice")[:MAX_OPTIONS] if _is_key(value)}
    ranked = {
        int(name.removeprefix("place-")): str(post[name])[:2]
        for name in post
        if name.startswith("place-") and _is_key(name.removeprefix("place-")) and post[name]
    }
    return chosen | ranked


def choices_in(places: dict[int, str]) -> list[int]:
    """The options of a ballot, those of a ranking by their places; not one whose place another has, or is no number."""
    ranks = [place for place in places.values() if place]
    clear = [option for option, place in places.items() if not place or (_is_key(place) and ranks.count(place) == 1)]
    return sorted(clear, key=lambda option: int(places[option] or 0))


def words_in(post: QueryDict) -> tuple[str, ...]:
    return tuple(word[: 4 * MAX_WORD_LENGTH] for word in post.getlist("word")[:MAX_WORDS])


def _is_key(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 18
