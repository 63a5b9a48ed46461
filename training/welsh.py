"""Fit the head that reads Welsh: taught on English texts alone, tried on Welsh sentences it was never shown.

    OMP_NUM_THREADS=1 nice python training/welsh.py --shared DIR --cache FILE.npz

Needs the ``welsh`` extra. Three thousand texts take about five minutes of one processor the first time; the cache
keeps their meanings. The network puts both languages in one space: labels learnt in one serve in the other.
"""

from __future__ import annotations

import argparse
import gettext
import hashlib
import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import texts as sets
from measure import report
from sklearn.linear_model import LogisticRegression, Ridge

from sentiment.nlp import welsh
from sentiment.nlp.welsh_identity import hide_identity

TAKEN = {"nhs": 900, "tweets": 200, "amazon": 200}
"""Texts of each shared source, beside as many council texts as make ``ALL``."""
ALL = 3000
FOLD, SEED = 0, 5
CHOICES_OF_C = (0.03, 0.1, 0.3, 1.0)
SCALE = 10.0
"""Of meanings before they are fitted: rows of length 1 lie so close together that the penalty would flatten them."""
LANGUAGE = 20_000.0
"""How dear it is to weigh a direction in which sentences differ from their translations; chosen by how often the head
says the same of both of a pair, and what that costs in English."""
CATALOGUE = sets.HERE.parent / "site/wardmote/locale/cy/LC_MESSAGES/django.mo"
PAIRS = 200
WELSH_FRAMES = (
    "Mae fy nghymydog yn {}.",
    "Dywedodd rhywun yn y cyfarfod ei fod yn {}.",
    "Rwy'n {} ac yn byw ar Heol yr Orsaf.",
)
WELSH_IDENTITIES = """
    hoyw|lesbiad|ddeurywiol|drawsryweddol|Fwslim|Gristion|Iddew|Hindŵ|Sikh|anffyddiwr|weddw|ddigartref|dlawd|gyfoethog
    |ddi-waith|anabl|fyddar|ddall|awtistig|ffoadur|ddu|wyn|hen|ifanc|Sais|Gymro|feichiog|ddyn|fenyw|lysieuwr
""".replace("\n", " ").split("|")
"""As they stand after "yn"."""


def sample(shared: Path) -> list[sets.Labelled]:
    draw = random.Random(SEED)
    known = sets.shared(shared)
    found = []
    for source, count in TAKEN.items():
        found += draw.sample([text for text in known if text.source == source], count)
    found += draw.sample(sets.council(), ALL - len(found))
    draw.shuffle(found)
    return found


def meanings(texts: Sequence[str], cache: Path) -> np.ndarray:
    """(n, 385) as ``sentiment.nlp.welsh`` makes them, from the cache where it knows them."""
    known = dict(np.load(cache)) if cache.exists() else {}
    embed = welsh._engine()
    changed = False
    keys = [hashlib.sha256(text.encode()).hexdigest()[:24] for text in texts]
    for number, (key, text) in enumerate(zip(keys, texts, strict=True)):
        if key not in known:
            changed = True
            parts = welsh.passages(text)
            known[key] = welsh.signals(parts, embed([part.text for part in parts])) if parts else np.zeros(385)
            if number % 200 == 199:
                np.savez(cache, **known)
                print(f"  {number + 1}/{len(texts)}", flush=True)
    if changed:
        np.savez(cache, **known)
    return np.array([known[key] for key in keys])


def translated(cache: Path) -> tuple[np.ndarray, np.ndarray]:
    """(pairs, 384) twice: meanings of the site's own English sentences, and of their Welsh translations."""
    with CATALOGUE.open("rb") as file:
        pairs = gettext.GNUTranslations(file)._catalog.items()
    usable = sorted(
        (english, welsh_text)
        for english, welsh_text in pairs
        if isinstance(english, str) and 4 <= len(english.split()) <= 25 and not set("%{<") & set(english + welsh_text)
    )
    chosen = random.Random(SEED).sample(usable, PAIRS)
    english, spoken = (meanings(each, cache)[:, :-1] for each in zip(*chosen, strict=True))
    return english, spoken


def blind(english: np.ndarray, spoken: np.ndarray) -> np.ndarray:
    """(384, 384) that shrinks the directions in which a sentence differs from its translation.

    A softer form of Ravfogel et al. 2020, "Null it out": what a linear head cannot see it cannot weigh.
    """
    apart = spoken - english - (spoken - english).mean(0)
    sizes, directions = np.linalg.eigh(np.eye(apart.shape[1]) + LANGUAGE * apart.T @ apart / len(apart))
    return directions @ np.diag(sizes**-0.5) @ directions.T


def fitted(
    found: np.ndarray, texts: list[sets.Labelled], seen: np.ndarray, c: float
) -> tuple[np.ndarray, np.ndarray]:
    """Classes (3, 385) and tone (385,), in the figures that the network gives."""
    middle = found[:, :-1].mean(0)
    inputs = (found[:, :-1] - middle) @ seen * SCALE
    rows = np.repeat(np.arange(len(texts)), 3)
    classes = LogisticRegression(C=c, max_iter=2000).fit(
        inputs[rows], np.tile([0, 1, 2], len(texts)), np.array([text.classes for text in texts]).ravel()
    )
    tone = Ridge(alpha=1 / c).fit(inputs, np.array([np.clip(text.tone, -1, 1) for text in texts]))
    weights = np.vstack([classes.coef_, tone.coef_[None]]) @ seen * SCALE
    constants = np.append(classes.intercept_, tone.intercept_) - weights @ middle
    whole = np.hstack([weights, constants[:, None]])
    return whole[:3], whole[3]


def loss(logits: np.ndarray, texts: list[sets.Labelled]) -> float:
    """Mean cross-entropy, in nats."""
    logged = (
        logits
        - np.log(np.exp(logits - logits.max(1, keepdims=True)).sum(1, keepdims=True))
        - logits.max(1, keepdims=True)
    )
    return float(-(np.array([text.classes for text in texts]) * logged).sum(1).mean())


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--shared", type=Path, required=True)
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--limit", type=int, default=ALL, help="fewer texts, for a quick trial")
    parser.add_argument("--out", type=Path, default=welsh.HEAD_FILE)
    asked = parser.parse_args()
    everything = sample(asked.shared)[: asked.limit]
    known = dict(
        zip((text.text for text in everything), meanings([t.text for t in everything], asked.cache), strict=True)
    )
    learn, check = sets.split(everything, FOLD)
    x, y = (np.array([known[text.text] for text in part]) for part in (learn, check))
    print(f"{len(learn)} English texts to learn from, {len(check)} held back", flush=True)
    probe = sets.held_out(sets.HERE / "welsh_probe.jsonl")
    glosses = [row["gloss"] for row in sets.rows(sets.HERE / "welsh_probe.jsonl")]
    spoken, glossed = (meanings(each, asked.cache) for each in ([hide_identity(t.text).text for t in probe], glosses))
    english, translation = translated(asked.cache)
    seen = blind(english, translation)
    best = min(CHOICES_OF_C, key=lambda c: loss(y @ fitted(x, learn, seen, c)[0].T, check))
    classes, tone = fitted(x, learn, seen, best)
    heat = min(np.arange(0.4, 3.0, 0.05), key=lambda heat: loss(y @ classes.T / heat, check))
    classes = classes / heat
    print(f"C {best}, temperature {heat:.2f}, loss {loss(y @ classes.T, check):.3f}")
    whole = np.vstack([classes, tone[None]])
    print("English, held back:")
    report(check, y @ whole.T)
    report([replace(text, source="all") for text in check], y @ whole.T)
    # Welsh lies to one side of English in the space: the constants of the head that reads it allow for that.
    shifted = whole.copy()
    shifted[:, -1] -= whole[:, :-1] @ (translation - english).mean(0)
    print("the probe's English glosses, then its Welsh:")
    report(probe, glossed @ whole.T)
    report(probe, spoken @ shifted.T)
    for frame in WELSH_FRAMES:
        tones = (
            meanings(
                [
                    said.strip()
                    for said in (hide_identity(frame.format(each.strip())).text for each in WELSH_IDENTITIES)
                ],
                asked.cache,
            )
            @ shifted[3]
        )
        order = np.argsort(tones)
        ends = ", ".join(f"{WELSH_IDENTITIES[place].strip()} {tones[place]:+.3f}" for place in (order[0], order[-1]))
        print(f"{frame} middle tone {np.median(tones):+.3f}; {ends}")
    np.savez(asked.out, classes=shifted[:3].astype(np.float32), tone=shifted[3].astype(np.float32))


if __name__ == "__main__":
    main()
