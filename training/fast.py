"""Make the fast tier's weights: two minutes on one core, and ten for all the figures.

    PYTHONPATH=. python training/fast.py --shared DIR --distilled FILE [--fold N] [--without movie]    # print figures
    PYTHONPATH=. python training/fast.py --shared DIR --distilled FILE --figures                       # keep them
    PYTHONPATH=. python training/fast.py --shared DIR --distilled FILE --out sentiment/nlp/weights/fast.npz

A multinomial logistic regression for the three classes and a ridge regression for the tone, over the runs of words
and the signals that ``sentiment.nlp.wordgrams`` sees. Taught on what people labelled; on what the deep tier says of
stretches of those texts (``distil.py``); on plain short sentences (``plain.py``) and neutral ones about all sorts of
people (``counterfactual.py``).

Figures are of texts kept back: a fifth at a time with every stretch cut from it (``--figures`` takes each fifth in turn),
or a whole source (``--without``). The deep tier that spoke of the stretches was itself taught all the texts, so a little
of what was kept back may come in by that way; ``results/fast.json`` has both, with its words and without any.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import counterfactual
import numpy as np
import plain
import texts as sets
from distil import fold_of
from measure import Row, measured, report, softmax
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import minimize, minimize_scalar

from sentiment.nlp import vader
from sentiment.nlp.identity import hide_identity
from sentiment.nlp.layer import asked_by
from sentiment.nlp.readings import UNSURE_MARGIN
from sentiment.nlp.wordgrams import runs, scale, see, tokens

VERSION = "fast/2"
LEAST_TEXTS = 2  # a run said in fewer is left out
CLASS_PENALTY = (0.4, 0.4, 0.4)  # L2 on the weights of runs of one, two and three, chosen on folds 0 and 1
TONE_PENALTY = (1.0, 2.0, 3.0)
SIGNAL_PENALTY = 0.1
CLASS_STEPS, TONE_STEPS = 60, 80
COUNTS = {"nhs": 3.0, **dict.fromkeys((*sets.GRADED, "short", "distilled"), 1.0), "counterfactual": 8.0}
COUNTS_OF_COUNCIL = 4.0
"""As how many texts each counts, by source."""
RESULT = sets.HERE / "results" / "fast.json"
LABELS = ("negative", "neutral", "positive")
PATIENTS = "patients' feedback by tone (negative, neutral, positive) and label (the same, unsure)"

Matrix = NDArray[np.float64]


@dataclass(frozen=True)
class Seen:
    """Of n texts: the runs in each, what their sum is scaled by, and the signals (n, k)."""

    runs: list[list[str]]
    scales: Matrix
    signals: Matrix

    def rows(self, chosen: NDArray[np.bool_]) -> Seen:
        return Seen(
            [each for each, take in zip(self.runs, chosen, strict=True) if take],
            self.scales[chosen],
            self.signals[chosen],
        )


def seen_of(texts: list[sets.Labelled]) -> Seen:
    found, scales, signals = [], [], []
    for text in texts:
        seen = see(tokens(hide_identity(text.text).text))
        found.append(list(runs(seen.keys, asked_by(text.question))))
        scales.append(scale(seen.totals.length))
        signals.append(seen.totals.signals())
    return Seen(found, np.array(scales), np.array(signals))


def names_of(seen: Seen) -> list[str]:
    """The runs that ``LEAST_TEXTS`` texts or more hold, in alphabetical order."""
    counts: Counter[str] = Counter()
    for each in seen.runs:
        counts.update(set(each))
    return sorted(run for run, count in counts.items() if count >= LEAST_TEXTS)


def matrix_of(seen: Seen, names: list[str]) -> sparse.csr_matrix:
    """(n, runs + signals): counts scaled by length, then the signals."""
    rows = {name: row for row, name in enumerate(names)}
    known = [[rows[run] for run in each if run in rows] for each in seen.runs]
    sizes = np.array([len(each) for each in known])
    counts = sparse.csr_matrix(
        (np.repeat(seen.scales, sizes), np.concatenate(known), np.concatenate([[0], np.cumsum(sizes)])),
        shape=(len(known), len(names)),
    )
    counts.sum_duplicates()
    return sparse.hstack([counts, sparse.csr_matrix(seen.signals)]).tocsr()


def penalties(names: list[str], by_length: tuple[float, ...], signals: int) -> Matrix:
    return np.array([by_length[min(name.count(" "), 2)] for name in names] + [SIGNAL_PENALTY] * signals)


def log_shares(logits: Matrix) -> Matrix:
    logits = logits - logits.max(axis=1, keepdims=True)
    return logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))


def fit_classes(x: sparse.csr_matrix, shares: Matrix, penalty: Matrix, counts: Matrix) -> Matrix:
    """(columns, 3) weights of a multinomial logistic regression on class shares, by L-BFGS."""
    turned = x.T.tocsr()
    # Every column is stretched as its curvature asks, without which rare runs take hundreds of steps.
    easing = (0.2 * np.asarray(x.multiply(x).T @ counts).ravel() + penalty)[:, None] ** -0.5

    def loss(flat: Matrix) -> tuple[float, Matrix]:
        weights = easing * flat.reshape(-1, 3)
        logs = log_shares(x @ weights)
        slope = turned @ (counts[:, None] * (np.exp(logs) - shares)) + penalty[:, None] * weights
        whole = -counts @ (shares * logs).sum(axis=1) + 0.5 * (penalty[:, None] * weights**2).sum()
        return float(whole), (easing * slope).ravel()

    found = minimize(loss, np.zeros(x.shape[1] * 3), jac=True, method="L-BFGS-B", options={"maxiter": CLASS_STEPS})
    return easing * found.x.reshape(-1, 3)


def fit_tone(x: sparse.csr_matrix, tones: Matrix, penalty: Matrix, counts: Matrix) -> Matrix:
    """(columns,) weights of a ridge regression, by conjugate gradients (scaled by the diagonal)."""
    turned = x.T.tocsr()
    easing = 1 / (np.asarray(x.multiply(x).T @ counts).ravel() + penalty)
    weights = np.zeros(x.shape[1])
    left = turned @ (counts * tones)
    step = eased = easing * left
    size = left @ eased
    for _ in range(TONE_STEPS):
        moved = turned @ (counts * (x @ step)) + penalty * step
        reach = size / (step @ moved)
        weights += reach * step
        left -= reach * moved
        eased = easing * left
        size, before = left @ eased, size
        step = eased + size / before * step
    return weights


def fit(x: sparse.csr_matrix, texts: list[sets.Labelled], names: list[str], counts: Matrix) -> Matrix:
    """(columns, 4): three classes and the tone. ``counts``: as how many texts each counts."""
    signals = x.shape[1] - len(names)
    shares, tones = np.array([text.classes for text in texts]), np.array([text.tone for text in texts])
    classes = fit_classes(x, shares, penalties(names, CLASS_PENALTY, signals), counts)
    return np.hstack([classes, fit_tone(x, tones, penalties(names, TONE_PENALTY, signals), counts)[:, None]])


def bent(whole: Matrix) -> Matrix:
    return whole * (1 + whole**4) ** -0.25


def read(x: sparse.csr_matrix, weights: Matrix) -> Matrix:
    found = x @ weights
    found[:, 3] = bent(found[:, 3])
    return found


def sharpness(logits: Matrix, shares: Matrix) -> float:
    """The factor on logits of texts not learnt from that makes their shares likeliest (Guo et al. 2017)."""
    return float(
        minimize_scalar(lambda by: -(shares * log_shares(by * logits)).sum(), bounds=(0.2, 3), method="bounded").x
    )


@dataclass(frozen=True)
class Taught:
    """All that can be learnt from: labelled texts first, then what was made. ``counts`` (n,); ``folds`` and ``sources``
    are those whose texts each comes from: none for what comes from nobody's.
    """

    texts: list[sets.Labelled]
    seen: Seen
    counts: Matrix
    folds: list[set[int]]
    sources: list[set[str]]
    labelled: int

    def apart_from(self, folds: set[int], sources: set[str], distilled: bool = True) -> NDArray[np.bool_]:
        return np.array(
            [
                folds.isdisjoint(self.folds[place])
                and sources.isdisjoint(self.sources[place])
                and (distilled or text.source != "distilled")
                for place, text in enumerate(self.texts)
            ]
        )

    def of(self, folds: set[int], sources: set[str]) -> NDArray[np.bool_]:
        """Labelled texts in any of these folds and of any of these sources."""
        return np.array(
            [
                place < self.labelled and not folds.isdisjoint(self.folds[place]) and text.source in sources
                for place, text in enumerate(self.texts)
            ]
        )


def taught(labelled: list[sets.Labelled], distilled: Path | None) -> Taught:
    made = counterfactual.made() + plain.made()
    said = [] if distilled is None else list(sets.rows(distilled))
    spoken = [sets.Labelled(row["text"], "", row["tone"], tuple(row["p"]), "distilled", "") for row in said]
    texts = labelled + made + spoken
    return Taught(
        texts,
        seen_of(texts),
        np.array([COUNTS.get(text.source, COUNTS_OF_COUNCIL) for text in texts]),
        [{fold_of(text)} for text in labelled] + [set() for _ in made] + [set(row["folds"]) for row in said],
        [{text.source} for text in labelled] + [set() for _ in made] + [set(row["sources"]) for row in said],
        len(labelled),
    )


def learnt(have: Taught, chosen: NDArray[np.bool_]) -> tuple[list[str], Matrix]:
    """The runs and their weights, from the texts chosen."""
    seen = have.seen.rows(chosen)
    names = names_of(seen)
    texts = [text for text, take in zip(have.texts, chosen, strict=True) if take]
    return names, fit(matrix_of(seen, names), texts, names, have.counts[chosen])


def kept_back(have: Taught, check: NDArray[np.bool_], learn: NDArray[np.bool_]) -> tuple[list[sets.Labelled], Matrix]:
    """The texts to check on, and (n, 4): what weights learnt from the others read in them."""
    names, weights = learnt(have, learn)
    found = read(matrix_of(have.seen.rows(check), names), weights)
    return [text for text, take in zip(have.texts, check, strict=True) if take], found


def shares_of(texts: Sequence[sets.Labelled]) -> Matrix:
    return np.array([text.classes for text in texts])


def by_folds(have: Taught, sources: set[str], distilled: bool) -> tuple[list[sets.Labelled], Matrix]:
    """Every labelled text as read by weights that were taught four fifths, logits made as sharp as is right for the
    texts of the other folds.
    """
    found = [
        kept_back(have, have.of({fold}, sources), have.apart_from({fold}, set(), distilled))
        for fold in range(sets.FOLDS)
    ]
    for fold, (_, logits) in enumerate(found):
        others = [each for place, each in enumerate(found) if place != fold]
        by = sharpness(
            np.vstack([other[:, :3] for _, other in others]), np.vstack([shares_of(texts) for texts, _ in others])
        )
        found[fold] = (found[fold][0], np.hstack([by * logits[:, :3], logits[:, 3:]]))
    return [text for texts, _ in found for text in texts], np.vstack([logits for _, logits in found])


def confusion(texts: Sequence[sets.Labelled], shares: Matrix) -> list[list[int]]:
    """(3, 4): of the texts of each tone, how many are said to be negative, neutral, positive and unsure."""
    counts = np.zeros((3, 4), dtype=int)
    ordered = np.sort(shares, axis=1)
    said = np.where(ordered[:, 2] - ordered[:, 1] < UNSURE_MARGIN, 3, shares.argmax(axis=1))
    np.add.at(counts, (shares_of(texts).argmax(axis=1), said), 1)
    return counts.tolist()


def by_vader(texts: Sequence[sets.Labelled]) -> list[Row]:
    compound = np.array([vader.scores(text.text).compound for text in texts])
    return measured(texts, np.eye(3)[1 + (compound >= 0.05).astype(int) - (compound <= -0.05)], compound)


def figures(have: Taught) -> dict[str, object]:
    everybody = {text.source for text in have.texts[: have.labelled]}
    folds = set(range(sets.FOLDS))
    texts, found = by_folds(have, everybody, distilled=True)
    alone, alone_found = by_folds(have, everybody, distilled=False)
    at = np.array([text.source == "nhs" for text in texts])
    patients = [text for text in texts if text.source == "nhs"]
    elsewhere = {}
    council = everybody - {"nhs", *sets.GRADED}
    for name, left_out in [*((each, {each}) for each in ("nhs", *sets.GRADED)), ("council", council)]:
        check = have.of(folds, left_out)
        rows = {}
        for what, distilled in (("labels alone", False), ("with stretches of the other sources", True)):
            judged, logits = kept_back(have, check, have.apart_from(set(), left_out, distilled))
            rows[what] = report(judged, logits)
        elsewhere[name] = rows | {
            "VADER": by_vader([text for text, take in zip(have.texts, check, strict=True) if take])
        }
    return {
        "what": "texts kept back, each read by weights taught four fifths of the others (folds) or no text of its source",
        "five folds": report(texts, found),
        "five folds, labels alone": report(alone, alone_found),
        "five folds, VADER": by_vader(texts),
        PATIENTS: confusion(patients, softmax(found[at, :3])),
        "without one source": elsewhere,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--shared", type=Path, required=True)
    parser.add_argument("--council", type=Path, default=sets.HERE / "council")
    parser.add_argument("--distilled", type=Path, help="what distil.py made; without it labels alone teach")
    parser.add_argument("--fold", type=int, default=0, help="kept back to report and calibrate on")
    parser.add_argument("--without", action="append", default=[], help="a source not to learn from")
    parser.add_argument("--figures", action="store_true", help="measure everything, into results/fast.json")
    parser.add_argument("--out", type=Path)
    asked = parser.parse_args()
    have = taught(sets.shared(asked.shared) + sets.council(asked.council), asked.distilled)
    if asked.figures:
        RESULT.write_text(json.dumps(figures(have), indent=1) + "\n", encoding="utf-8")
        return
    without = set(asked.without)
    everybody = {text.source for text in have.texts[: have.labelled]}
    check = have.of(set(range(sets.FOLDS)), without) if without else have.of({asked.fold}, everybody)
    learn = have.apart_from(set() if without else {asked.fold}, without)
    judged, found = kept_back(have, check, learn)
    by = sharpness(found[:, :3], shares_of(judged))
    print(f"{learn.sum()} texts; on the {len(judged)} kept back, logits are {by:.3f} times as sharp:")
    report(judged, found)
    if asked.out:
        names, weights = learnt(have, np.ones(len(have.texts), dtype=bool))
        weights[:, :3] *= by
        save(asked.out, names, weights)


def save(path: Path, names: list[str], weights: Matrix) -> None:
    np.savez_compressed(
        path,
        version=VERSION,
        runs=np.frombuffer("\n".join(names).encode(), dtype=np.uint8),
        weights=weights[: len(names)].astype(np.float16),
        signals=weights[len(names) :],
    )
    print(f"{path}: {path.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
