"""Which places of a text made its tone: valence points told as ``Reason``s whose weights sum to the tone.

Points are summed and squeezed into -1..+1 by total / sqrt(total² + 15), as VADER does. Each place gets its points
times that same factor; the heaviest takes the rounding of the tone to four decimals.
"""

import re
from collections.abc import Sequence

from sentiment.nlp import vader
from sentiment.nlp.layer import Weighed
from sentiment.nlp.readings import Reason

DECIMALS = 4  # of a tone, as of VADER's compound score

_LETTERS = re.compile(r"\w.*\w|\w", re.DOTALL)
_RUNS = (("exclamation marks", re.compile("!+")), ("question marks", re.compile(r"\?+")))

_Place = tuple[int, int, float, str]  # start and end in the text, valence points, rule


def because(text: str, weighed: Weighed) -> tuple[float, tuple[Reason, ...]]:
    """The tone, and the places of ``text`` that carried it: in text order, never overlapping."""
    factor = (weighed.total * weighed.total + vader.ALPHA) ** -0.5
    tone = round(weighed.total * factor, DECIMALS)
    places = _word_places(text, weighed)
    for (rule, runs), points in zip(_RUNS, (weighed.exclamation, weighed.marks), strict=True):
        if points:
            places.append((*_first_free(runs, text, places), points, rule))
            places.sort()
    if weighed.leaning:
        places.append((*_longest_free(text, places), weighed.leaning, "question"))
        places.sort()
    weights = [points * factor for _, _, points, _ in places]
    if weights:
        rounding = tone - sum(weights)
        weights[max(range(len(weights)), key=[abs(weight) for weight in weights].__getitem__)] += rounding
    return tone, tuple(
        [
            Reason(start, end, text[start:end], weight, rule)
            for (start, end, _, rule), weight in zip(places, weights, strict=True)
        ]
    )


def _word_places(text: str, weighed: Weighed) -> list[_Place]:
    """One place a part, reaching back over the words that changed it ("not very good") as far as they are free."""
    if not weighed.parts:
        return []
    starts = []
    end = 0
    for raw in weighed.raws[: weighed.parts[-1].last]:
        starts.append(text.index(raw, end))
        end = starts[-1] + len(raw)
    places = []
    taken = 0
    for part in weighed.parts:
        first, last = max(part.first, taken), part.last - 1
        start, end = starts[first] + weighed.words[first].start, starts[last] + weighed.words[last].end
        taken = part.last
        places.append((start, end, part.points, "+".join(part.rules)))
    return places


def _first_free(runs: re.Pattern[str], text: str, taken: Sequence[_Place]) -> tuple[int, int]:
    """Where a run of marks first stands outside the places; the empty end of the text when they hold every one."""
    place = 0
    for run in runs.finditer(text):
        while place < len(taken) and taken[place][1] <= run.start():
            place += 1
        if place == len(taken) or taken[place][0] >= run.end():
            return run.span()
    return len(text), len(text)


def _longest_free(text: str, taken: Sequence[_Place]) -> tuple[int, int]:
    """The longest stretch of words between the places; the empty end of the text when there is none."""
    best = (len(text), len(text))
    ends = [0, *(end for _, end, _, _ in taken)]
    starts = [*(start for start, _, _, _ in taken), len(text)]
    for first, last in zip(ends, starts, strict=True):
        found = _LETTERS.search(text, first, last)
        if found is not None and found.end() - found.start() > best[1] - best[0]:
            best = found.span()
    return best
