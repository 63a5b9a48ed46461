"""VADER's word list and rule constants, taken from installed packages without touching NLTK's data search.

NLTK 3.10 refuses lexicon files outside its own data folders, and refuses hard-linked ones; neither rule can be met
by a file inside another wheel. So the list is read with ``importlib.resources`` from the ``vaderSentiment`` package
(MIT licence) and given to NLTK's own class as a dictionary. Nothing is downloaded, ever.
"""

from functools import cache
from importlib.resources import files

from nltk.sentiment.vader import SentimentIntensityAnalyzer, VaderConstants

LEXICON_PACKAGE = "vaderSentiment"
LEXICON_FILE = "vader_lexicon.txt"


def parse_lexicon(lines: str) -> dict[str, float]:
    """Word or emoticon to mean valence, -4 (most negative) to +4, from tab-separated lines.

    Reads as NLTK does: each line stripped, the first two columns, the last of two equal words wins. Blank lines
    are skipped.
    """
    lexicon: dict[str, float] = {}
    for line in lines.split("\n"):
        if line.strip():
            word, valence = line.strip().split("\t")[:2]
            lexicon[word] = float(valence)
    return lexicon


@cache
def vader_lexicon() -> dict[str, float]:
    """VADER's word list (7,506 entries), read once."""
    return parse_lexicon((files(LEXICON_PACKAGE) / LEXICON_FILE).read_text(encoding="utf-8"))


class InjectedAnalyzer(SentimentIntensityAnalyzer):  # type: ignore[misc]  # NLTK has no type hints
    """NLTK's own analyser, given its word list as a dictionary instead of a file name."""

    def __init__(self, lexicon: dict[str, float] | None = None) -> None:
        # Not calling the parent's __init__ is the point: it would look for a data file.
        self.lexicon = vader_lexicon() if lexicon is None else lexicon
        self.constants = VaderConstants()
