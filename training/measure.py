"""How well a reader does on each kind of text: macro-F1 of three classes, Pearson's r of the tone, net error."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from texts import Labelled

Row = dict[str, object]
BINS = 10


def macro_f1(truth: NDArray[np.int64], said: NDArray[np.int64]) -> float:
    """Mean over the classes that occur in the truth of 2tp / (2tp + fp + fn)."""
    scores = []
    for each in np.unique(truth):
        right = ((truth == each) & (said == each)).sum()
        scores.append(2 * right / max(1, (truth == each).sum() + (said == each).sum()))
    return float(np.mean(scores))


def calibration_error(truth: NDArray[np.int64], shares: NDArray[np.float64]) -> float:
    """Expected calibration error (Guo et al. 2017): how far being sure lies from being right, over ten bins."""
    sure, right = shares.max(axis=1), shares.argmax(axis=1) == truth
    bins = np.minimum((sure * BINS).astype(int), BINS - 1)
    return float(sum((bins == b).mean() * abs(sure[bins == b].mean() - right[bins == b].mean()) for b in set(bins)))


def measured(texts: Sequence[Labelled], shares: NDArray[np.float64], tones: NDArray[np.float64]) -> list[Row]:
    """A row for each source, and for each kind of the texts held out. ``shares`` (n, 3), ``tones`` (n,)."""
    truth = np.array([int(np.argmax(text.classes)) for text in texts])
    graded = np.array([text.tone for text in texts])
    places = defaultdict(list)
    for place, text in enumerate(texts):
        places[text.source].append(place)
        if text.source == "held_out":
            places[f"held_out: {text.kind}"].append(place)
    rows: list[Row] = []
    for name, where in places.items():
        at = np.array(where)
        said = shares[at].argmax(1)
        varied = len(set(graded[at])) > 2
        rows.append(
            {
                "texts": name,
                "n": len(at),
                "macro_f1": round(macro_f1(truth[at], said), 3),
                "right": round(float((truth[at] == said).mean()), 3),
                "r": round(float(np.corrcoef(graded[at], tones[at])[0, 1]), 3) if varied else None,
                "net_error": round(float((said - truth[at]).mean()), 3),
                "calibration_error": round(calibration_error(truth[at], shares[at]), 3),
            }
        )
    return rows


def table(rows: Sequence[Row]) -> str:
    """The rows as plain text."""
    names = list(rows[0])
    lines = [[name.replace("_", " ") for name in names]]
    lines += [["-" if row[name] is None else str(row[name]) for name in names] for row in rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(names))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in lines)


def softmax(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    shares = np.exp(logits - logits.max(axis=1, keepdims=True))
    return shares / shares.sum(axis=1, keepdims=True)


def report(texts: Sequence[Labelled], read: NDArray[np.float64]) -> list[Row]:
    """Print and give the rows. ``read``: (n, 4), logits of negative, neutral, positive, and the tone."""
    rows = measured(texts, softmax(read[:, :3]), read[:, 3])
    print(table(rows), flush=True)
    return rows
