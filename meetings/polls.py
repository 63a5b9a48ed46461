"""What a poll may ask, the life it leads and which ballots it takes, as tables and plain functions.

Nothing here knows a clock, a database or a socket.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from meetings.enums import PollChange, PollKind, PollState, ResultsPolicy
from meetings.room import ImpossibleChange

MAX_QUESTION_LENGTH = 200
"""Characters: what fits the big screen."""

MAX_OPTION_LENGTH = 80
MAX_OPTIONS = 10
MAX_RANKED = 7
"""Options of a ranking: more than people hold in mind at once (Miller 1956, "seven, plus or minus two")."""

SCORES = 5
"""A rating's steps."""

MAX_WORDS = 3
"""Words or short phrases that one person may put into a cloud."""

MAX_WORD_LENGTH = 30
MAX_FOLDED_LENGTH = 2 * MAX_OPTION_LENGTH
"""Characters of an option or word as it is counted: folding may make more of one."""

MAX_DIFFERENT_WORDS = 1_000
"""Different words in one cloud; a new one after that is refused, so that no crowd can fill the server."""

MAX_OPEN = 3
"""Polls open at once in one room: more cannot be answered, and each is counted twice a second."""

WITH_OPTIONS = (PollKind.SINGLE, PollKind.MULTIPLE, PollKind.RANKING)
"""The kinds for which an officer writes the options."""

_CHANGES: Mapping[PollState, Mapping[PollChange, PollState]] = MappingProxyType(
    {
        PollState.DRAFT: {PollChange.OPEN: PollState.OPEN},
        PollState.OPEN: {PollChange.CLOSE: PollState.SHOWN},
        # A poll closed by mistake goes on; once its results are out they must be kept again first.
        PollState.CLOSED: {PollChange.SHOW: PollState.SHOWN, PollChange.REOPEN: PollState.OPEN},
        PollState.SHOWN: {PollChange.KEEP: PollState.CLOSED},
    }
)


class BadPoll(Exception):
    """A poll that cannot be asked so, or a ballot it does not take: ``field`` names what to change."""

    message: str | Promise

    def __init__(self, field: str, message: str | Promise) -> None:
        super().__init__(message)
        self.field = field
        self.message = message


def changes_from(state: PollState) -> tuple[PollChange, ...]:
    """What an officer can do to a poll in ``state``."""
    return tuple(_CHANGES[state])


def poll_after(state: PollState, change: PollChange, policy: ResultsPolicy) -> PollState:
    """The state after ``change``. Raises ``ImpossibleChange``."""
    try:
        after = _CHANGES[state][change]
    except KeyError:
        raise ImpossibleChange(f"{change.value} from {state.value}") from None
    is_kept = change is PollChange.CLOSE and policy is ResultsPolicy.OFFICERS
    return PollState.CLOSED if is_kept else after


def is_seen_open(policy: ResultsPolicy, has_voted: bool) -> bool:
    """Whether a reader may see how an open poll stands."""
    return has_voted and policy is ResultsPolicy.AFTER_VOTING


def option_lines(text: str) -> tuple[str, ...]:
    """The options in what an officer typed, one a line; empty lines are none."""
    return tuple(" ".join(line.split()) for line in text.splitlines() if line.strip())


def options_for(kind: PollKind, written: Sequence[str]) -> tuple[str, ...]:
    """The options a poll starts with: as written, the scores of a rating, none for words. Raises ``BadPoll``."""
    if kind is PollKind.RATING:
        return tuple(str(score) for score in range(1, SCORES + 1))
    if kind is PollKind.WORDS:
        return ()
    most = MAX_RANKED if kind is PollKind.RANKING else MAX_OPTIONS
    if len(written) < 2:
        raise BadPoll("options", _("Write at least two options, one on each line."))
    if len(written) > most:
        raise BadPoll("options", _("There are too many options: %(most)d at most.") % {"most": most})
    if any(len(option) > MAX_OPTION_LENGTH for option in written):
        raise BadPoll("options", _("An option must be 80 characters or fewer."))
    if len({told_apart(option) for option in written}) < len(written):
        raise BadPoll("options", _("Two options are the same."))
    return tuple(written)


def most_marks(kind: PollKind, wanted: int | None, options: int) -> int:
    """How many marks a ballot may have: what the officer wants, within what the kind allows. Raises ``BadPoll``."""
    if kind in {PollKind.SINGLE, PollKind.RATING}:
        return 1
    if kind is PollKind.RANKING:
        return options
    if kind is PollKind.MULTIPLE:
        most = wanted or options
        if not 2 <= most <= options:
            raise BadPoll("at_most", _("Let people choose at least two, and not more than there are options."))
        return most
    most = wanted or MAX_WORDS
    if not 1 <= most <= MAX_WORDS:
        raise BadPoll("at_most", _("Let people send one, two or three words."))
    return most


def check_choices(kind: PollKind, chosen: Sequence[int], options: Sequence[int], at_most: int) -> None:
    """Whether a ballot of a poll with options is one it takes. Raises ``BadPoll``."""
    if kind is PollKind.RANKING and (len(chosen) != len(options) or len(set(chosen)) != len(options)):
        raise BadPoll("choices", _("Give each answer a place of its own."))
    if not chosen:
        raise BadPoll("choices", _("Choose an answer."))
    if not set(chosen) <= set(options):
        raise BadPoll("choices", _("Choose one of the answers shown."))
    if len(set(chosen)) != len(chosen):
        raise BadPoll("choices", _("Choose an answer only once."))
    if len(chosen) > at_most:
        raise BadPoll("choices", _("Choose %(most)d at most.") % {"most": at_most})


def check_words(words: Sequence[str], at_most: int) -> dict[str, str]:
    """The words of a ballot by the form they are counted in. The same word twice is one. Raises ``BadPoll``."""
    given = {fold(word): " ".join(word.split()) for word in words if fold(word)}
    if not given:
        raise BadPoll("words", _("Write a word or two."))
    if len(given) > at_most:
        raise BadPoll("words", _("Write %(most)d at most.") % {"most": at_most})
    if any(len(word) > MAX_WORD_LENGTH or len(folded) > MAX_FOLDED_LENGTH for folded, word in given.items()):
        raise BadPoll("words", _("A word or phrase must be 30 characters or fewer."))
    return given


def fold(text: str) -> str:
    """A word as it is counted: without case, width, outer signs and extra spaces, so that "Buses!" is "buses".

    Empty when there is no letter or digit in it.
    """
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    # Combining marks belong to the letter before them: Welsh ẁ may come as two signs.
    kept = [place for place, sign in enumerate(plain) if sign.isalnum() or unicodedata.category(sign)[0] == "M"]
    if not any(sign.isalnum() for sign in plain):
        return ""
    return " ".join(plain[kept[0] : kept[-1] + 1].split())


def told_apart(option: str) -> str:
    """What makes an option another one: all of its signs, so that "+2%" is not "-2%"; not its case, width or spaces."""
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", option).casefold())
    return " ".join(plain.split())[:MAX_FOLDED_LENGTH]
