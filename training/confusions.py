"""How each tier labels texts that it was not taught, for ``sentiment.nlp.net.HELD_OUT``.

    PYTHONPATH=. python training/confusions.py --shared DIR

The lexicon tier: patients' comments, its probabilities fitted five times without a fifth. The fast tier: what
``fast.py --figures`` kept in ``results/fast.json``. The deep tier: the held-out texts to councils.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
import texts as sets
from calibrate_lexicon import figures, fitted
from fast import LABELS, PATIENTS, RESULT, confusion

from sentiment.nlp import tone


def lexicon(folder: Path) -> list[list[int]]:
    texts = sets.shared(folder) + sets.council()
    rows, place = figures(texts), {id(text): number for number, text in enumerate(texts)}
    p = np.zeros((len(texts), 3))
    for fold in range(sets.FOLDS):
        learn, check = ([place[id(text)] for text in part] for part in sets.split(texts, fold))
        p[check] = fitted([texts[each] for each in learn], rows[learn]).predict_proba(rows[check])
    at = [number for number, text in enumerate(texts) if text.source == "nhs"]
    return confusion([texts[number] for number in at], p[at])


def deep() -> list[list[int]]:
    held = sets.held_out()
    counts = np.zeros((3, 4), dtype=int)
    read = tone.read_many([text.text for text in held], [text.question for text in held], "deep")
    for text, found in zip(held, read, strict=True):
        counts[int(np.argmax(text.classes)), (*LABELS, "unsure").index(found.label)] += 1
    return counts.tolist()


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--shared", type=Path, required=True)
    asked = parser.parse_args()
    print("lexicon", lexicon(asked.shared))
    print("fast   ", json.loads(RESULT.read_text(encoding="utf-8"))[PATIENTS])
    print("deep   ", deep())


if __name__ == "__main__":
    main()
