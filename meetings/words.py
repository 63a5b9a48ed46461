"""The sentences that a room's script says, in the page's language."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from meetings.enums import QuestionState

Sentences = dict[str, str | dict[str, str]]

ANSWER_TOO_LONG = gettext_lazy("The answer must be 2,000 characters or fewer.")

PLURALS = {
    "en": {"one": 1, "other": 2},
    "cy": {"zero": 0, "one": 1, "two": 2, "few": 3, "many": 6, "other": 4},
}
"""A number of each plural category of Unicode CLDR, as the browser's ``Intl.PluralRules`` names them."""


def plural(counted: Callable[[int], str]) -> dict[str, str]:
    """A counted sentence for each plural category of the page's language; its number stays as ``{n}``.

    ``counted`` says it of a number by a call of ``ngettext``, so that the sentence is found for the catalogue.
    """
    examples = PLURALS.get((get_language() or "en").split("-")[0], PLURALS["en"])
    return {category: counted(number) for category, number in examples.items()}


def finding_words() -> dict[str, str]:
    """What a moderator is told that the word check found, by kind."""
    return {
        "profanity": _("a rude word"),
        "card": _("a card number"),
        "national_insurance": _("a National Insurance number"),
        "email": _("an e-mail address"),
        "phone": _("a telephone number"),
        "address": _("somebody’s address"),
        "plate": _("a registration mark"),
    }


def say_findings(findings: Iterable[Mapping[str, Any]]) -> str:
    """What the word check found in a question, each kind once; nothing when it found nothing."""
    words = finding_words()
    kinds = dict.fromkeys(words[found["kind"]] for found in findings)
    return _("Look at this first: %(kinds)s.") % {"kinds": ", ".join(kinds)} if kinds else ""


def room_words() -> Sentences:
    """What ``room.js`` says."""
    return {
        "newQuestions": plural(lambda n: ngettext("{n} new question", "{n} new questions", n)),
        "present": plural(lambda n: ngettext("{n} person here now", "{n} people here now", n)),
        "newQuestion": _("New question: {text}"),
        "live": _("Live: what is new appears by itself"),
        "connecting": _("Connecting again…"),
        "full": _(
            "Many people are here: the list is looked up every few seconds. You can ask and support as always."
        ),
        "polling": _("Slow connection: the list is looked up every few seconds"),
        "offline": _("You are offline. What you send is kept here and goes out when you are back."),
        "stopped": _("This page is out of date. Reload it to go on."),
        "held": _("An officer reads it before it is published."),
        "sending": _("Being sent…"),
        "kept": _("Kept on this device. It is sent as soon as you are connected."),
        "published": _("Published"),
        "answered": _("Answered"),
        "withheld": _("Not published: {reason}"),
        "waitsHere": _("It goes out as soon as you are connected. Keep this page open."),
        "sendAgain": _("We cannot tell whether that arrived. Send it again."),
        "notConnected": _("You are not connected. Send it when you are back."),
        "noQuestion": _("Enter your question."),
        "tooManyCharacters": _("Your question must be 500 characters or fewer."),
        "tooLong": _("This message is too long."),
        "ownRefused": _("Not sent: {reason}"),
        "changeOwn": _("Change it and send it again"),
        "chooseWard": _("Choose your ward"),
        "sendNow": _("Send it now"),
        "removeOwn": _("Remove it"),
        "ownGone": _("You removed a question that was not sent."),
        "undo": _("Undo"),
        "otherInForm": _("Something else is written here. Send it first, or empty the field."),
        "ownHeld": _("Your question has arrived. An officer reads it before it is published."),
        "ownPublished": _("Your question is published."),
        "ownAnswered": _("Your question is marked as answered."),
        "ownWithheld": _("Your question is not published: {reason}"),
        "ownMerged": _("Your question was joined to another that asks the same."),
        "ownMergedAnswered": _("The question yours was joined to is answered."),
        "ownMergedWithheld": _("The question yours was joined to is not published: {reason}"),
        "seeIt": _("See that question"),
        "removed": _("This question is no longer shown."),
        "joined": _("This question was joined to another that asks the same."),
        "edited": _("edited by the council"),
        "answeringNow": _("Being answered now: {text}"),
        "answeredBy": _("{name} answers:"),
        "answeredLive": _("Answered at the meeting."),
        "answeredInWriting": _("Answered in writing."),
        "nowTaken": _("Now: item {number}, {title}"),
        "roomIs": _("The meeting is now: {state}"),
        "from": _("from {ward}"),
        "item": _("item {number}"),
        "onNotice": _("on notice"),
        "onNoticeTo": _("on notice, to {name}"),
        "supplementary": _("supplementary question"),
        "support": _("Support"),
        "tooFast": _("That was a lot at once. Wait a moment and try again."),
    }


def answering_words() -> Sentences:
    """What becomes of an answer that is typed on the desk or on a councillor's page."""
    return {"answerTooLong": str(ANSWER_TOO_LONG), "notReached": _("That did not reach us. Try again.")}


def desk_words() -> Sentences:
    """What ``desk.js`` says."""
    return {
        **room_words(),
        **answering_words(),
        "waiting": plural(lambda n: ngettext("{n} question waiting", "{n} questions waiting", n)),
        "done": _("Done."),
        "found": _("Look at this first: {kinds}."),
        "findings": finding_words(),
        "supporters": plural(lambda n: ngettext("{n} person supports it", "{n} people support it", n)),
        "assignedTo": _("assigned to {name}"),
        "number": _("Question {number}"),
        "openAt": _("{name} has this open"),
        "overtaken": _("A colleague has decided on this question meanwhile. What you have typed is still here."),
    }


def assigned_words() -> Sentences:
    """What ``assigned.js`` says."""
    return {
        **room_words(),
        **answering_words(),
        "state": {str(value): str(label) for value, label in QuestionState.choices},
        "proposed": _("Your answer has gone to the officers."),
        "newlyAssigned": _("A question is assigned to you: {text}"),
        "takenBack": _("This question is no longer yours to answer. What you wrote stays until you leave this page."),
    }


def screen_words() -> Sentences:
    """What ``screen.js`` says."""
    return {
        "supporters": plural(lambda n: ngettext("{n} person supports it", "{n} people support it", n)),
        "from": _("from {ward}"),
        "item": _("Item {number}"),
        "pollNow": _("Answer now on your own screen"),
        "pollOver": _("How it was answered"),
    }
