"""How well a reader does on each kind of text: macro-F1 of three classes, Pearson's r of the tone, net error."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
from numpy.typing import NDArray
from texts import Labelled

SURE_RATING = 0.5


def macro_f1(truth: NDArray[np.int64], said: NDArray[np.int64]) -> float:
    """Mean over the classes that occur in the truth of 2tp / (2tp + fp + fn)."""
    scores = []
    for each in np.unique(truth):
        right = ((truth == each) & (said == each)).sum()
        scores.append(2 * right / max(1, (truth == each).sum() + (said == each).sum()))
    return float(np.mean(scores))


def report(texts: list[Labelled], read: NDArray[np.float32]) -> None:
    """``read``: (n, 4), logits or shares of negative, neutral, positive, and the tone."""
    truth = np.array([int(np.argmax(text.classes)) for text in texts])
    tones = np.array([text.tone for text in texts])
    said = read[:, :3].argmax(1)
    places = defaultdict(list)
    for place, text in enumerate(texts):
        places[text.source].append(place)
        if text.kind and text.source == "held_out":
            places[f"  {text.kind}"].append(place)
    for name, where in places.items():
        at = np.array(where)
        net, true_net = (said[at] - 1).mean(), (truth[at] - 1).mean()
        r = np.corrcoef(tones[at], read[at, 3])[0, 1] if tones[at].std() > 0 else float("nan")
        print(
            f"{name:<16} n {len(at):>5}  macro-F1 {macro_f1(truth[at], said[at]):.3f}  right "
            f"{(truth[at] == said[at]).mean():.3f}  r {r:.3f}  net error {net - true_net:+.3f}",
            flush=True,
        )
