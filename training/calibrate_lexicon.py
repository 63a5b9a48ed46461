"""Make the weights of the lexicon tier's probabilities: a logistic regression on twelve figures of a text.

    python training/calibrate_lexicon.py FOLDER_OF_SHARED_SETS [--write]

Learns from the shared development halves and from the council texts beside this file, each set counting the same
whatever its size, and reports by five-fold cross-validation: macro-F1, calibration error (mean gap between the
likeliest label's probability and how often it is right, over ten equal bins), and what share of texts is left unsure.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from measure import macro_f1
from texts import FOLDS, Labelled, council, shared, split

from sentiment.nlp.council import FEATURES, WEIGHTS_FILE, features
from sentiment.nlp.identity import hide_identity
from sentiment.nlp.layer import weigh
from sentiment.nlp.readings import UNSURE_MARGIN

WRITTEN = Path(__file__).resolve().parents[1] / "sentiment" / "nlp" / WEIGHTS_FILE
COUNTS = {"nhs": 1.0, "tweets": 0.2, "amazon": 0.2, "nyt": 0.2, "movie": 0.1}  # a set's weight beside the council's 1
STRENGTH = 1.0  # inverse of the regularisation; between 0.1 and 10 nothing changes in the third decimal
BINS = 10


def figures(texts: list[Labelled]) -> NDArray[np.float64]:
    """(n, 12)."""
    rows = []
    for text in texts:
        hidden = hide_identity(text.text).text
        rows.append(features(hidden, weigh(hidden, text.question)))
    return np.array(rows)


def truth_of(texts: list[Labelled]) -> NDArray[np.int64]:
    return np.array([int(np.argmax(text.classes)) for text in texts])


def weights_of(texts: list[Labelled]) -> NDArray[np.float64]:
    """(n,): each set as heavy as ``COUNTS`` says, and in it each class as heavy as the square root of its share."""
    sources = np.array([text.source if text.source in COUNTS else "council" for text in texts])
    truth = truth_of(texts)
    found = np.ones(len(texts))
    for source in np.unique(sources):
        at = sources == source
        for each in range(3):
            found[at & (truth == each)] /= np.sqrt(max(1, (at & (truth == each)).sum()) / at.sum())
        found[at] *= COUNTS.get(source, 1.0) * 1_000 / found[at].sum()
    return found


def fitted(texts: list[Labelled], rows: NDArray[np.float64]) -> LogisticRegression:
    model = LogisticRegression(C=STRENGTH, max_iter=2_000)
    return model.fit(rows, truth_of(texts), sample_weight=weights_of(texts))


def calibration_error(truth: NDArray[np.int64], p: NDArray[np.float64]) -> float:
    sure, right = p.max(1), p.argmax(1) == truth
    bins = np.minimum((sure * BINS).astype(int), BINS - 1)
    return float(sum(abs(right[bins == b].mean() - sure[bins == b].mean()) * (bins == b).mean() for b in set(bins)))


def report(texts: list[Labelled], p: NDArray[np.float64], tones: NDArray[np.float64]) -> None:
    truth = truth_of(texts)
    ordered = np.sort(p, axis=1)
    unsure = ordered[:, 2] - ordered[:, 1] < UNSURE_MARGIN
    sources = np.array([text.source if text.source in COUNTS else "council" for text in texts])
    graded = np.array([text.tone for text in texts])
    for source in [*COUNTS, "council"]:
        at = sources == source
        said = p[at].argmax(1)
        print(
            f"{source:<8} n {at.sum():>5}  macro-F1 {macro_f1(truth[at], said):.3f}  "
            f"r {np.corrcoef(graded[at], tones[at])[0, 1]:.3f}  "
            f"calibration error {calibration_error(truth[at], p[at]):.3f}  unsure {unsure[at].mean():.3f}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("shared", type=Path)
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    texts = shared(asked.shared) + council()
    rows = figures(texts)
    place = {id(text): number for number, text in enumerate(texts)}
    p = np.zeros((len(texts), 3))
    for fold in range(FOLDS):
        learn, check = ([place[id(text)] for text in part] for part in split(texts, fold))
        p[check] = fitted([texts[each] for each in learn], rows[learn]).predict_proba(rows[check])
    report(texts, p, rows[:, 0])
    model = fitted(texts, rows)
    for name, weights in zip(FEATURES, model.coef_.T, strict=True):
        print(f"  {name:<34}", " ".join(f"{weight:+.2f}" for weight in weights))
    if asked.write:
        found = {
            "features": ["constant", *FEATURES],
            **{
                label: [round(float(each), 4) for each in (constant, *row)]
                for label, constant, row in zip(
                    ("negative", "neutral", "positive"), model.intercept_, model.coef_, strict=True
                )
            },
        }
        WRITTEN.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
        print(f"Written to {WRITTEN.name}")


if __name__ == "__main__":
    main()
