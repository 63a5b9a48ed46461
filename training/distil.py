"""What the deep reader says of stretches and single words of the texts that the fast one is taught: about ten minutes.

    PYTHONPATH=. python training/distil.py --shared DIR --out FILE.jsonl

A linear model that has met a word twice knows little of it; the network knows more. Each text is cut at its stops and
into stretches of two to eight words, each word it holds is put into a frame or two, and the deep tier as it ships says
how each sounds. A line keeps the folds and the sources of the texts it was cut from, so that ``fast.py`` never learns
from a stretch of a text that it is judged by; a word is of all in which it occurs (VADER's own words are of none). The
deep reader itself has been taught the texts kept back as well; ``fast.py`` says what that can and cannot show.
"""

from __future__ import annotations

import argparse
import json
import random
import re
from collections.abc import Iterator
from pathlib import Path

import texts as sets

from sentiment.nlp import tone
from sentiment.nlp.lexicon import vader_lexicon

SEED = 7
STRETCHES = 5
"""Of each text, beside its clauses."""
SHORTEST, LONGEST = 2, 8
FRAMES = """
    {}|It is {}.|The staff were {}.|The road is {}.|very {}|It was not {}.|I am {} about it.|What a {}!|They {} it.
    |A {} meeting|so {}|The {} is here.|There is {} in the park.|We {} the bins.|{}, thanks
""".replace("\n", " ").split("|")
FRAMES_EACH, FRAMES_KNOWN = 2, 4
"""Frames a word is put in; of one in VADER's list."""
_STOP = re.compile(r"(?<=[.!?;:])\s+|,\s+(?=\w+ \w+)|\s+(?=but\b|although\b|however\b)")
_WORD = re.compile(r"[a-z][a-z'’-]+[a-z]|[a-z]{2,}")


def fold_of(text: sets.Labelled) -> int:
    """The fold that ``texts.split`` keeps the text back in."""
    return random.Random(f"{text.source} {text.group}").randrange(sets.FOLDS)


def stretches(text: str, draw: random.Random) -> set[str]:
    """The clauses of a text and some stretches of its words."""
    found = {clause.strip() for clause in _STOP.split(text)}
    words = text.split()
    for _ in range(min(STRETCHES, len(words) - 2)):
        size = draw.randint(SHORTEST, LONGEST)
        start = draw.randrange(max(1, len(words) - size))
        found.add(" ".join(words[start : start + size]))
    return {each for each in found if each and each != text and any(map(str.isalpha, each))}


def made(everything: list[sets.Labelled]) -> Iterator[dict]:
    """Each stretch and each framed word once, with the folds and sources it is of."""
    draw = random.Random(SEED)
    said: dict[str, set[tuple[int, str]]] = {}
    words: dict[str, set[tuple[int, str]]] = {}
    own = {word for word in vader_lexicon() if _WORD.fullmatch(word)}
    for text in everything:
        of = (fold_of(text), text.source)
        for each in sorted(stretches(text.text, draw)):
            said.setdefault(each, set()).add(of)
        for word in _WORD.findall(text.text.lower()):
            words.setdefault(word, set()).add(of)
    for each, of_each in said.items():
        yield _line(each, of_each)
    for word in sorted(own.union(words)):
        for frame in draw.sample(FRAMES, FRAMES_KNOWN if word in own else FRAMES_EACH):
            yield _line(frame.strip().format(word), set() if word in own else words[word])


def _line(text: str, of: set[tuple[int, str]]) -> dict:
    return {"text": text, "folds": sorted({fold for fold, _ in of}), "sources": sorted({source for _, source in of})}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--shared", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    asked = parser.parse_args()
    rows = list(made(sets.shared(asked.shared) + sets.council()))
    random.Random(SEED).shuffle(rows)
    with asked.out.open("w", encoding="utf-8") as file:
        for start in range(0, len(rows), 256):
            some = rows[start : start + 256]
            for row, found in zip(some, tone.read_many([row["text"] for row in some], tier="deep"), strict=True):
                if found.p is not None and found.tone is not None:
                    p = [round(each, 4) for each in (found.p.negative, found.p.neutral, found.p.positive)]
                    file.write(json.dumps(row | {"tone": round(found.tone, 4), "p": p}) + "\n")
            if start % (256 * 40) == 0:
                print(f"{start:,} of {len(rows):,}", flush=True)


if __name__ == "__main__":
    main()
