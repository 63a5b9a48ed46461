"""The last steps after ``deep.py``: the blend with the lexicon tier, the int8 file and its manifest.

    python training/finish.py --weights FULL.pt --fold-weights FOLD.pt --fold 0 --shared DIR --base DIR --version NAME

The blend is fitted on the fold that FOLD.pt was not taught, so that it knows how sure the network may be of new texts.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import tempfile
from pathlib import Path

import numpy as np
import texts as sets
import torch
from export import exported, quantised
from measure import report
from network import Network
from sklearn.linear_model import LogisticRegression, Ridge

from sentiment.nlp.council import Council
from sentiment.nlp.encoder import MANIFEST_FILE, MODEL_FILE, VOCABULARY_FILE, Encoder, _session
from sentiment.nlp.identity import hide_identity
from sentiment.nlp.wordpiece import WordPiece

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "training/results"
GRADED_WEIGHT = 0.35
"""Of a graded text in the blend, beside 1 for a text somebody said to a public service or a council."""


def loaded(path: Path) -> Network:
    net = Network()
    net.load_state_dict(torch.load(path, map_location="cpu"))
    return net.eval()


def signals(encoder: Encoder, texts: list[sets.Labelled]) -> np.ndarray:
    """(n, 5) as ``sentiment.nlp.deep`` makes them."""
    hidden = [hide_identity(text.text).text for text in texts]
    parts = [(row, each) for row, text in enumerate(texts) for each in encoder.passages(hidden[row], text.question)]
    read = encoder.run([each for _, each in parts]).read
    found, weight = np.zeros((len(texts), 5)), np.zeros(len(texts))
    for (row, each), said in zip(parts, read, strict=True):
        found[row, :4] += said * len(each)
        weight[row] += len(each)
    found[:, :4] /= np.maximum(weight, 1)[:, None]
    found[:, 4] = [each.tone for each in Council().read_many(hidden, [text.question for text in texts])]
    return found


def blend(found: np.ndarray, texts: list[sets.Labelled]) -> dict[str, list]:
    """The manifest's head: classes (3, 6) and tone (6,), each with its constant last."""
    weights = np.array([GRADED_WEIGHT if text.source in sets.GRADED else 1.0 for text in texts])
    rows = np.repeat(np.arange(len(texts)), 3)
    classes = LogisticRegression(C=1.0, max_iter=2000).fit(
        found[rows],
        np.tile([0, 1, 2], len(texts)),
        np.array([text.classes for text in texts]).ravel() * weights[rows],
    )
    tone = Ridge(alpha=1.0).fit(found[:, 3:], np.array([text.tone for text in texts]), weights)
    return {
        "classes": np.hstack([classes.coef_, classes.intercept_[:, None]]).round(5).tolist(),
        "tone": [0.0, 0.0, 0.0, *tone.coef_.round(5).tolist(), round(float(tone.intercept_), 5)],
    }


def told(found: np.ndarray, head: dict[str, list]) -> np.ndarray:
    whole = np.hstack([found, np.ones((len(found), 1))])
    return np.hstack([whole @ np.array(head["classes"]).T, (whole @ np.array(head["tone"]))[:, None]])


def as_encoder(net: Network, base: Path, folder: Path) -> Encoder:
    exported(net, folder / "whole.onnx")
    quantised(folder / "whole.onnx", folder / MODEL_FILE)
    return Encoder(
        _session(folder / MODEL_FILE), WordPiece((base / "vocab.txt").read_text(encoding="utf-8").splitlines()), {}
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--weights", type=Path, required=True)
    parser.add_argument("--fold-weights", type=Path, required=True)
    parser.add_argument("--fold", type=int, default=0)
    parser.add_argument("--shared", type=Path, required=True)
    parser.add_argument("--base", type=Path, required=True)
    parser.add_argument("--version", required=True)
    parser.add_argument("--out", type=Path, default=ROOT / "sentiment/nlp/weights")
    asked = parser.parse_args()
    torch.set_num_threads(1)
    _, check = sets.split(sets.shared(asked.shared) + sets.council(), asked.fold)
    held = sets.held_out()
    with tempfile.TemporaryDirectory() as first, tempfile.TemporaryDirectory() as second:
        fold = as_encoder(loaded(asked.fold_weights), asked.base, Path(first))
        found = signals(fold, check)
        head = blend(found, check)
        figures = {"fold": asked.fold, "the network alone": report(check, found[:, :4])}
        figures["blended, fitted on this fold"] = report(check, told(found, head))
        figures["blended, held out"] = report(held, told(signals(fold, held), head))
        as_encoder(loaded(asked.weights), asked.base, Path(second))
        asked.out.mkdir(parents=True, exist_ok=True)
        shutil.copy(Path(second) / MODEL_FILE, asked.out)
        shutil.copy(asked.base / "vocab.txt", asked.out / VOCABULARY_FILE)
    digests = {
        name: hashlib.sha256((asked.out / name).read_bytes()).hexdigest() for name in (MODEL_FILE, VOCABULARY_FILE)
    }
    manifest = {"version": asked.version, "sha256": digests, "head": head}
    (asked.out / MANIFEST_FILE).write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")
    figures["as shipped, held out"] = report(held, told(signals(Encoder.load(asked.out), held), head))
    (RESULTS / "deep.json").write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
