"""What a poll's card says, on the page that is drawn here and on the one that its script keeps up to date."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from meetings.enums import PollKind, PollState, ResultsPolicy
from meetings.models import Poll
from meetings.tallies import Bar
from meetings.words import Sentences, plural


def poll_words() -> Sentences:
    """What ``room-polls.js`` says."""
    return {
        "pollSingle": _("Choose one answer."),
        "pollMultiple": _("Choose up to {n} answers."),
        "pollRating": _("Give a score from 1 to 5."),
        "pollRanking": _("Give each answer a place of its own, 1 for the one you put first."),
        "pollWords": _("Write up to {n} words or short phrases. One is shown once two people have said it."),
        "pollAfterVoting": _("You see the results as soon as you have answered."),
        "pollAfterClosing": _("The results are shown when the poll is closed."),
        "pollOfficers": _("An officer decides when the results are shown."),
        "pollClosed": _("This poll is closed."),
        "pollKept": _("This poll is closed. Its results are not shown yet."),
        "pollSend": _("Send your answer"),
        "pollFold": _("Answer this poll"),
        "pollAnswered": _("You have answered: look or change"),
        "pollChange": _("Change your answer"),
        "pollTaken": _("Your answer is kept. You can change it until the poll is closed."),
        "pollNew": _("New poll: {question}"),
        "pollResults": _("The poll is closed: {question}"),
        "pollPeople": plural(lambda n: ngettext("{n} person has answered", "{n} people have answered", n)),
        "pollMean": _("Mean: {mean} of 5"),
        "pollTied": _("The first place is shared: a tie."),
        "pollFigure": _("{n} ({percent}%)"),
        "pollRanked": _("{place}; points: {points}; put first by: {n}"),
        "pollPlace": _("Place of “{option}”"),
        "pollWord": _("Word or phrase {n}"),
    }


def about(poll: Poll) -> str:
    """What is asked of people, and when they see the results; of a closed poll, that it is."""
    words = {name: said for name, said in poll_words().items() if isinstance(said, str)}
    if poll.state == PollState.CLOSED:
        return words["pollKept"]
    if poll.state == PollState.SHOWN:
        return words["pollClosed"]
    asked = {
        PollKind.SINGLE: words["pollSingle"],
        PollKind.MULTIPLE: words["pollMultiple"].replace("{n}", str(poll.at_most)),
        PollKind.RATING: words["pollRating"],
        PollKind.RANKING: words["pollRanking"],
        PollKind.WORDS: words["pollWords"].replace("{n}", str(poll.at_most)),
    }[PollKind(poll.kind)]
    seen = {
        ResultsPolicy.AFTER_VOTING: words["pollAfterVoting"],
        ResultsPolicy.AFTER_CLOSING: words["pollAfterClosing"],
        ResultsPolicy.OFFICERS: words["pollOfficers"],
    }[ResultsPolicy(poll.results)]
    return f"{asked} {seen}"


def figure(poll: Poll, bar: Bar) -> str:
    """How many put an option, as it stands beside its bar."""
    words = poll_words()
    if poll.kind == PollKind.WORDS:
        return str(bar.count)
    if poll.kind == PollKind.RANKING:
        place = f"{bar.place}=" if bar.is_tied else str(bar.place)
        said = str(words["pollRanked"]).replace("{place}", place).replace("{points}", str(bar.points))
        return said.replace("{n}", str(bar.count))
    return str(words["pollFigure"]).replace("{n}", str(bar.count)).replace("{percent}", str(round(100 * bar.share)))


def option_text(poll: Poll, text: str) -> str:
    """An option with, at the ends of a rating, what its score means."""
    label = ""
    if poll.kind == PollKind.RATING:
        label = {"1": poll.low_label, "5": poll.high_label}.get(text, "")
    return f"{text}: {label}" if label else text
