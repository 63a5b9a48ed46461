"""Make the fast tier's weights: a few minutes on one core.

    PYTHONPATH=. python training/fast.py --shared DIR [--fold N] [--without movie] [--out sentiment/nlp/weights/fast.npz]

A multinomial logistic regression for the three classes and a ridge regression for the tone, over the runs of words
and the signals that ``sentiment.nlp.wordgrams`` sees. ``--fold`` keeps a fifth back and reports on it.
"""

from __future__ import annotations

import argparse
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import counterfactual
import numpy as np
import texts as sets
from measure import report
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import minimize, minimize_scalar

from sentiment.nlp.identity import hide_identity
from sentiment.nlp.wordgrams import asked_by, runs, scale, see

VERSION = "fast/1"
LEAST_TEXTS = 2  # a run said in fewer is left out
CLASS_PENALTY = (0.4, 0.4, 0.4)  # L2 on the weights of runs of one, two and three, chosen on fold 0
TONE_PENALTY = (1.0, 2.0, 3.0)
SIGNAL_PENALTY = 0.1
CLASS_STEPS, TONE_STEPS = 80, 80

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
        seen = see(hide_identity(text.text).text)
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


def fit_classes(x: sparse.csr_matrix, shares: Matrix, penalty: Matrix) -> Matrix:
    """(columns, 3) weights of a multinomial logistic regression on class shares, by L-BFGS."""
    turned = x.T.tocsr()

    def loss(flat: Matrix) -> tuple[float, Matrix]:
        weights = flat.reshape(-1, 3)
        logs = log_shares(x @ weights)
        slope = turned @ (np.exp(logs) - shares) + penalty[:, None] * weights
        return float(-(shares * logs).sum() + 0.5 * (penalty[:, None] * weights**2).sum()), slope.ravel()

    found = minimize(loss, np.zeros(x.shape[1] * 3), jac=True, method="L-BFGS-B", options={"maxiter": CLASS_STEPS})
    return found.x.reshape(-1, 3)


def fit_tone(x: sparse.csr_matrix, tones: Matrix, penalty: Matrix) -> Matrix:
    """(columns,) weights of a ridge regression, by conjugate gradients (scaled by the diagonal)."""
    turned = x.T.tocsr()
    easing = 1 / (np.asarray(x.multiply(x).sum(axis=0)).ravel() + penalty)
    weights = np.zeros(x.shape[1])
    left = turned @ tones
    step = eased = easing * left
    size = left @ eased
    for _ in range(TONE_STEPS):
        moved = turned @ (x @ step) + penalty * step
        reach = size / (step @ moved)
        weights += reach * step
        left -= reach * moved
        eased = easing * left
        size, before = left @ eased, size
        step = eased + size / before * step
    return weights


def fit(x: sparse.csr_matrix, texts: list[sets.Labelled], names: list[str]) -> Matrix:
    """(columns, 4): three classes and the tone."""
    signals = x.shape[1] - len(names)
    shares, tones = np.array([text.classes for text in texts]), np.array([text.tone for text in texts])
    classes = fit_classes(x, shares, penalties(names, CLASS_PENALTY, signals))
    return np.hstack([classes, fit_tone(x, tones, penalties(names, TONE_PENALTY, signals))[:, None]])


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


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--shared", type=Path, required=True)
    parser.add_argument("--council", type=Path, default=sets.HERE / "council")
    parser.add_argument("--fold", type=int, default=0, help="kept back to report and calibrate on")
    parser.add_argument("--without", action="append", default=[], help="a source not to learn from")
    parser.add_argument("--out", type=Path)
    asked = parser.parse_args()
    everything = sets.shared(asked.shared) + sets.council(asked.council)
    learn, check = sets.split(everything, asked.fold)
    if asked.without:
        check = [text for text in everything if text.source in asked.without]
        learn = [text for text in learn if text.source not in asked.without]
    learn += counterfactual.made()
    seen = seen_of(learn)
    names = names_of(seen)
    weights = fit(matrix_of(seen, names), learn, names)
    found = read(matrix_of(seen_of(check), names), weights)
    by = sharpness(found[:, :3], np.array([text.classes for text in check]))
    print(f"{len(learn)} texts, {len(names)} runs; on the texts kept back, logits are {by:.3f} times as sharp:")
    report(check, found)
    if asked.out:
        texts = everything + counterfactual.made()
        seen = seen_of(texts)
        names = names_of(seen)
        weights = fit(matrix_of(seen, names), texts, names)
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
