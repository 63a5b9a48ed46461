"""Why a service of a room says no."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from meetings.polls import BadPoll


class RoomError(Exception):
    """A service said no; ``message`` may be shown, ``field`` names what to change."""

    message: str | Promise = _("That cannot be done.")
    field = ""


class NotAllowed(RoomError):
    message = _("You are not allowed to do that.")


class NoSuchRoom(RoomError):
    message = _("There is no such meeting.")


class RoomClosed(RoomError):
    message = _("The meeting is closed.")


class QuestionsNotOpen(RoomClosed):
    message = _("Questions are not taken yet.")


class QuestionsOver(RoomClosed):
    message = _("No more questions are taken.")


class NoticeOver(RoomClosed):
    message = _("The deadline for questions on notice has passed.")
    field = "on_notice"


class InPrivate(RoomError):
    message = _("The meeting is in private session. This is possible again when it returns to public session.")


class ParagraphMissing(RoomError):
    message = _("Choose why the public is excluded.")
    field = "paragraph"


class NotPossible(RoomError):
    message = _("Somebody else has changed this in the meantime. Look at it again.")


class ColleagueWasQuicker(NotPossible):
    message = _("A colleague was quicker. Look at it again.")


class CannotJoin(RoomError):
    message = _("Only a question that waits or is published can be joined, to another of this meeting.")
    field = "into"


class MainNotPublished(RoomError):
    message = _("Publish the other question first, or readers would lose this one.")
    field = "into"


class HasJoined(RoomError):
    message = _("Other questions are joined to this one. Join the other question to this one instead.")
    field = "into"


class NoSuchQuestion(RoomError):
    message = _("There is no such question in this meeting.")


class NoSuchPoll(RoomError):
    message = _("There is no such poll in this meeting.")


class NoSuchHand(RoomError):
    message = _("This hand is down already.")


class HandsOff(RoomError):
    message = _("Hands are not taken at the moment.")


class PollNotOpen(RoomError):
    message = _("The poll is closed.")


class PollNotAsked(RoomError):
    """A poll that cannot be asked as it is written."""

    def __init__(self, why: BadPoll) -> None:
        super().__init__(why)
        self.message, self.field = why.message, why.field


class BadBallot(RoomError):
    """A ballot that the poll does not take."""

    def __init__(self, why: BadPoll) -> None:
        super().__init__(why)
        self.message, self.field = why.message, why.field


class TooManyPolls(RoomError):
    message = _("Three polls are open already. Close one first.")


class TooManyWords(RoomError):
    message = _("So many different words have come in that no new one can be taken.")
    field = "words"


class NoSuchAgendaItem(RoomError):
    message = _("That item is not on the agenda.")
    field = "agenda_item"


class NoQuestionsOnItem(RoomError):
    message = _("No questions are taken on this item.")
    field = "agenda_item"


class NoSuchSpeaker(RoomError):
    message = _("There is no such speaker in this meeting.")


class SpeakerNameMissing(RoomError):
    message = _("Enter the speaker's name.")
    field = "name"


class TimeOutOfBounds(RoomError):
    message = _("A speaker has between one second and an hour.")
    field = "minutes"


class InterestBars(RoomError):
    message = _(
        "They have declared an interest in this item and can take no part in it (Localism Act 2011, section 31(4))."
    )


class InterestMissing(RoomError):
    message = _("Say what the interest is.")
    field = "nature"


class ItemMissing(RoomError):
    message = _("Choose an item on the agenda.")
    field = "item"


class NoSuchDeclaration(RoomError):
    message = _("There is no such declaration in this meeting.")


class NoSuchMotion(RoomError):
    message = _("There is no such motion in this meeting.")


class MotionTextMissing(RoomError):
    message = _("Enter the words of the motion.")
    field = "text"


class MoverMissing(RoomError):
    message = _("Choose who moves it, a councillor who sits at this meeting.")
    field = "mover"


class SeconderMissing(RoomError):
    message = _("Choose who seconds it, another councillor who sits at this meeting.")
    field = "seconder"


class NotAmendable(RoomError):
    message = _("Only a motion that is not decided yet can be amended.")
    field = "amends"


class AmendmentsFirst(RoomError):
    message = _("Its amendments come first: decide them, or say that they are withdrawn or not put.")


class TextNotAmended(RoomError):
    message = _("An amendment was carried: enter the motion's words as amended first.")


class MustBeRecorded(RoomError):
    message = _("A vote on the budget must be recorded by name.")
    field = "method"


class NobodyOnTheRoll(RoomError):
    message = _("Nobody at this meeting may vote on this.")


class VoteIsOpen(RoomError):
    message = _("A vote is open. Close it or call it off first.")


class VoteNotOpen(RoomError):
    message = _("No vote is open on this.")


class NotOnTheRoll(RoomError):
    message = _("They are not on the roll of this vote.")
    field = "councillor"


class CastingMissing(RoomError):
    message = _("The votes are equal. Enter what the person presiding does with their second or casting vote.")
    field = "casting"


class CastingOutOfPlace(RoomError):
    message = _("The votes are not equal, so there is no casting vote.")
    field = "casting"


class ChairMissing(RoomError):
    message = _("Choose who presides.")
    field = "chair"


class CountMissing(RoomError):
    message = _("Enter how many hands were raised for and against.")
    field = "votes_for"


class SomebodySpeaks(RoomError):
    message = _("Somebody is speaking. Stop or pause them first.")


class TextMissing(RoomError):
    message = _("Enter your question.")
    field = "text"


class NameMissing(RoomError):
    message = _("Enter your name. It is shown only if you choose so.")
    field = "name"


class EmailMissing(RoomError):
    message = _("Enter your e-mail address. Only officers see it.")
    field = "email"


class EmailWrong(RoomError):
    message = _("Enter an e-mail address like name@example.org.")
    field = "email"


class CouncillorMissing(RoomError):
    message = _("Choose the councillor who shall answer.")
    field = "councillor"


class NoSuchCouncillor(RoomError):
    message = _("Choose a councillor who sits on the council.")
    field = "councillor"


class NoSupplementary(RoomError):
    message = _(
        "A supplementary question can be asked once, by whoever asked, after an answer to a question on notice."
    )


class WardMissing(RoomError):
    message = _("Enter your postcode, so that your question reaches your ward's councillors.")
    field = "postcode"


class ReasonMissing(RoomError):
    message = _("Say why, in words the person who asked can read.")
    field = "reason"


class NotForgettable(RoomError):
    message = _("Decide first whether the question is published.")


class PeopleForgotten(RoomError):
    message = _(
        "The people who took part in this meeting have been forgotten, so that nothing can be counted once a person."
    )


class WordsErased(RoomError):
    message = _("The words of this question have been erased.")


class AnswerMissing(RoomError):
    message = _("Enter the answer.")
    field = "answer"


class NoCodeLeft(RoomError):
    message = _("No short code is free for this meeting.")


class KeyTaken(RoomError):
    message = _("This question was already sent by somebody else. Reload the page and ask again.")
