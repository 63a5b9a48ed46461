"""Rude words, however they are disguised: whole words of folded text, so that Scunthorpe and a shuttlecock pass.

What Ofcom found people to call mild ("Attitudes to potentially offensive language and gestures on TV and radio", 2016:
bloody, crap, bugger, damn and the like) passes. So does a word that a council hears in its innocent sense more often
than not: Offa's Dyke, a slag heap, blue tits, the Cock Inn, Dick Turpin. The lists are our own, English and some Welsh.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import groupby

MOST_LETTERS = 40
"""Of one word are compared; a longer run of letters is noise, looked at only for the strongest words inside it."""

_STRONG = {  # the strongest words; they are found in every disguise
    "fuck": "s ed er ers ing in wit wits up off face head",
    "cunt": "s y ish",
    "shit": "s ty e er ers ting head heads hole holes house show storm face load",
    "wank": "s er ers ing ed",
    "nigg": "er ers a as",
    "motherfuck": "er ers ing",
}
_OTHER = {
    **dict.fromkeys("twat bellend arsehole asshole dickhead knobhead shithead tosser prick wazzock".split(), "s"),
    **dict.fromkeys("bullshit horseshit dipshit batshit clusterfuck feck fecking bollock bollox".split(), "s"),
    **dict.fromkeys("bastard whore slut paedo pikey pikie gyppo gippo tranny spastic spaz mong retard".split(), "s"),
    **dict.fromkeys("paki wog kike coon golliwog raghead towelhead chinky poof poofter yid cocksucker".split(), "s"),
    "bitch": "es y ing",
    "piss": "ed ing off flaps",
    "retarded": "",
    "trannies": "",
    "pakis": "",
    "scrote": "s",
    "gobshite": "s",
    # Welsh
    "cachu": "",
    "cachwr": "",
    "cachgi": "",
    "ffwc": "io in ed iwr",
    "ffyc": "io in ed",
    "bastad": "s iaid",
    "hwren": "",
    "hwrod": "",
    "twllt": "",
}
_PHRASES = ("twll din", "twll tin", "malu cachu", "son of a bitch", "piss off")
_INNOCENT_PHRASES = re.compile(r"\b(?:maine coons?|prick(?:ed)? (?:up|out)|pin pricks?|for the nonce)\b")
_INSIDE = re.compile("fuck|motherf|bollocks")
"""What no innocent word holds."""

_INNOCENT_WHEN_SPACED = re.compile("scunthorpe|mishit|shitake|shiitake|shihtzu|swank|snigger")

_USUAL = frozenset(
    "a i it is in an as at on or us he me so to up be by do go if my no of we am off her the ten".split()
)

# Letters of other alphabets that look like Latin ones (a short list of Unicode's "confusables"), and of no alphabet.
_LOOKS_LIKE = {
    **dict(zip("абвеёзийкмнорстухсѕіјһԁԛԝ", "abbee3nnkmhopctyxcsijhdqw", strict=True)),
    **dict(zip("αβγδεηικνορτυχωϲ", "abydenikvoptuxwc", strict=True)),
    **dict(zip("ɑɡɩıłøđħŧƒʂʏᴀᴄᴇᴋᴏᴜ", "agiilodhtfsyacekou", strict=True)),
    "ß": "s",
    **{chr(0x1F1E6 + place): chr(97 + place) for place in range(26)},  # letters of flags
    **{chr(0x1F170 + place): chr(97 + place) for place in range(26)},  # white on a square
    **{chr(0x1F150 + place): chr(97 + place) for place in range(26)},  # white on a disc
    **{chr(0x1F130 + place): chr(97 + place) for place in range(26)},  # in a square
}
_STANDS_FOR = {
    **dict(zip("0345789", "oeastbg", strict=True)),
    **dict(zip("@$!+(€£", "asitcel", strict=True)),
    **dict.fromkeys("1|", "il"),
}
_COVERS = "*#%•·×"
"""A mark that stands for a letter somebody did not write."""

_JOINS = "-._–"
"""A mark that joins words, and stands for a letter only inside a strong word whose ends are there: ``f-ck``."""

_TOKEN = re.compile(r"[^\s,;:?\"“”()\[\]{}<>/\\’'~]+")
_LETTERS = re.compile(r"[a-z]+")
_SPACED = re.compile(r"(?<![a-z0-9])(?:[a-z0-9@$!*][ ._\-–*|/,]{1,3}){2,60}[a-z0-9@$!*](?![a-z0-9])")
_PAIR = re.compile(r"(?<![a-z0-9'’])([a-z]{1,8})[ .\-_](?=([a-z]{1,9})(?![a-z0-9]))")
_TRIPLED = re.compile(r"([a-z])\1\1")


def _forms(stems: dict[str, str]) -> frozenset[str]:
    return frozenset(stem + ending for stem, endings in stems.items() for ending in ("", *endings.split()))


def _squeezed(word: str) -> str:
    return "".join(letter for letter, _run in groupby(word))


STRONG = _forms(_STRONG) - {"nigg"}
RUDE = STRONG | _forms(_OTHER)
_SQUEEZED_STRONG = frozenset(map(_squeezed, STRONG))
_SQUEEZED = frozenset(map(_squeezed, RUDE))
_BY_LENGTH: dict[int, tuple[str, ...]] = {
    length: tuple(sorted(word for word in RUDE if len(word) == length)) for length in set(map(len, RUDE))
}
_PARTS = frozenset((word[:at], word[at:]) for word in STRONG for at in range(1, len(word)))
_IN_SPACED = re.compile("|".join(sorted(RUDE, key=lambda word: (-len(word), word))))


def rude_words(text: str) -> Iterator[tuple[int, int]]:
    """Where rude words stand in ``text``: (start, end) in characters, in no order, and some of them twice."""
    folded, places = _folded(text)
    innocent = [found.span() for found in _INNOCENT_PHRASES.finditer(folded)]
    for start, end in _found(folded):
        if not any(first <= start and end <= last for first, last in innocent):
            yield places[start], places[end - 1] + 1


def _folded(text: str) -> tuple[str, range | list[int]]:
    """The text in small Latin letters without accents and invisible characters, and each one's place in ``text``."""
    if text.isascii():
        return text.lower(), range(len(text))
    letters: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        folded = _letter(character)
        letters.append(folded)
        places.extend([place] * len(folded))
    return "".join(letters), places


@lru_cache(maxsize=4_096)
def _letter(character: str) -> str:
    """What one character looks like: nothing for a mark that is laid over others or is not seen."""
    known = _LOOKS_LIKE.get(character) or _LOOKS_LIKE.get(character.lower())
    if known:
        return known
    parts = unicodedata.normalize("NFKD", character)
    seen = (part for part in parts if unicodedata.category(part) not in {"Mn", "Me", "Cf"})
    return "".join(_LOOKS_LIKE.get(part, part) for part in "".join(seen).lower())


def _found(folded: str) -> Iterator[tuple[int, int]]:
    for found in _LETTERS.finditer(folded):
        word = found.group()
        if len(word) <= MOST_LETTERS and _is_rude(word):
            yield found.span()
        elif len(word) > len("fuck"):
            yield from (
                (found.start() + inner.start(), found.start() + inner.end()) for inner in _INSIDE.finditer(word)
            )
    for phrase in _PHRASES:
        yield from (found.span() for found in re.finditer(rf"\b{phrase}\b", folded))
    yield from _disguised(folded)
    yield from _spaced(folded)
    for pair in _PAIR.finditer(folded):
        one, other = pair.groups()
        if (one, other) in _PARTS and one not in _USUAL and other not in _USUAL:
            yield pair.start(1), pair.end(2)


def _is_rude(word: str) -> bool:
    """Also with letters drawn out: no English word has three of one in a row."""
    if word in RUDE:
        return True
    squeezed = _squeezed(word)
    if squeezed == word:
        return False
    return squeezed in _SQUEEZED_STRONG or (bool(_TRIPLED.search(word)) and squeezed in _SQUEEZED)


def _disguised(folded: str) -> Iterator[tuple[int, int]]:
    """Words with figures and marks for letters: sh1t, f*ck, w@nker, f--k."""
    for token in _TOKEN.finditer(folded):
        raw = token.group()
        if len(raw) > MOST_LETTERS or raw.isalpha() or not any(map(str.isalpha, raw)):
            continue
        for bare in dict.fromkeys((raw.strip(_JOINS + _COVERS + "!"), raw.rstrip(_JOINS + "!"), raw.rstrip("."))):
            if any(_could_be(bare, word) for word in _BY_LENGTH.get(len(bare), ())):
                start = token.start() + raw.index(bare)
                yield start, start + len(bare)
                break


def _could_be(seen: str, word: str) -> bool:
    """Whether ``seen``, of the same length, is ``word`` in disguise."""
    letters = covered = joined = 0
    for mark, letter in zip(seen, word, strict=True):
        if mark == letter:
            letters += 1
        elif mark in _COVERS:
            covered += 1
        elif mark in _JOINS:
            joined += 1
        elif letter not in _STANDS_FOR.get(mark, ""):
            return False
    if covered or joined:
        if seen[0] in _COVERS + _JOINS:
            return False
        if joined:
            return word in STRONG and seen[-1] not in _COVERS + _JOINS and letters >= 2
        return letters >= (1 if word in STRONG and len(word) <= 5 else len(word) / 2)
    return letters >= 2


def _spaced(folded: str) -> Iterator[tuple[int, int]]:
    """Words written letter by letter: f u c k, s.h.i.t."""
    for run in _SPACED.finditer(folded):
        kept = [
            (place, mark) for place, mark in enumerate(run.group(), run.start()) if mark.isalnum() or mark in "@$"
        ]
        joined = "".join(_STANDS_FOR.get(mark, mark)[0] for _place, mark in kept)
        if _INNOCENT_WHEN_SPACED.search(joined):
            continue
        for found in _IN_SPACED.finditer(joined):
            yield kept[found.start()][0], kept[found.end() - 1][0] + 1
