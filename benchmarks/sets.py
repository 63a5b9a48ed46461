"""Themes, mapping, positions and quotes on labelled sets, beside going by words alone, in one run.

    python benchmarks/sets.py [--texts DIR] [--write]

``--texts`` is a folder with ``nhs_fft_dev.jsonl`` and ``consultation_gambling_1000.jsonl`` (by default one beside the
checkout; without it nothing is measured). Themes: texts with one theme, and texts by their first theme (the 23 most
common), as many groups asked for as there are themes; "stays": how far the groups of ten texts in eleven agree with
those of the same texts once the eleventh is added (adjusted Rand, 5 draws). Mapping: every text put to the 32 most
common themes, five-fold cross-validation.
Positions: 40 labels drawn, the others read, 20 draws. Quotes: 10, coverage by meaning, against 20 random choices.
"""

import argparse
import json
import random
import sys
from collections import Counter
from pathlib import Path

import numpy as np
from sklearn.metrics import adjusted_rand_score, f1_score, normalized_mutual_info_score

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from sentiment.nlp.encoder import Encoder, Floats
from sentiment.nlp.mapping import FrameTheme, Row, map_agreement
from sentiment.nlp.position import NotEnoughLabels, learn_positions
from sentiment.nlp.summary import summarise
from sentiment.nlp.themes import find_themes

BESIDE = Path(__file__).resolve().parents[2] / "shared/data/sentiment"
RESULT = Path(__file__).parent / "results" / "sets.md"
DRAWS, LABELS, QUOTES = 20, 40, 10
ADDED_DRAWS, FIRST_THEMES, MAPPED_THEMES = 5, 23, 32


def rows(path: Path) -> list[dict]:
    with path.open(encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def themes(name: str, texts: list[str], truth: list[str], vectors: Floats) -> list[str]:
    """Purity and normalised mutual information of the groups, words alone and with meaning, and whether they stay."""
    lines = []
    for how, known in (("words alone", None), ("with meaning", vectors)):
        said = _groups(texts, known, len(set(truth)))
        stays = []
        for draw in range(ADDED_DRAWS):
            before = sorted(random.Random(draw).sample(range(len(texts)), len(texts) * 10 // 11))
            part = _groups(
                [texts[place] for place in before], known if known is None else known[before], len(set(truth))
            )
            stays.append(adjusted_rand_score([said[place] for place in before], part))
        groups: dict[int, Counter[str]] = {}
        for group, theme in zip(said, truth, strict=True):
            groups.setdefault(group, Counter())[theme] += 1
        purity = sum(group.most_common(1)[0][1] for group in groups.values()) / len(truth)
        shared = normalized_mutual_info_score(truth, said)
        lines.append(f"| {name}, {how} | {len(texts)} | {len(set(truth))} | {purity:.3f} | {shared:.3f} |")
        lines[-1] += f" {np.mean(stays):.3f} |"
    return lines


def _groups(texts: list[str], vectors: Floats | None, count: int) -> list[int]:
    """The group of each text, -1 for those that say nothing."""
    return [-1 if place.theme is None else place.theme for place in find_themes(texts, vectors, count).places]


def mapping(feedback: list[dict], vectors: Floats, encoder: Encoder) -> list[str]:
    """Agreement with the people who coded the texts, learned from their codes, words alone and with meaning."""
    common = Counter(name for row in feedback for name in row["themes"]).most_common(MAPPED_THEMES)
    known_names = frozenset(name for name, _count in common)
    frame = [FrameTheme(name) for name in sorted(known_names)]
    rows_coded = [Row(place, known_names.intersection(row["themes"])) for place, row in enumerate(feedback)]
    texts, names = [row["text"] for row in feedback], encoder.embed([theme.told for theme in frame])
    lines = []
    for how, known, told in (("words alone", None, None), ("with meaning", vectors, names)):
        found = map_agreement(frame, rows_coded, texts, known, told)
        lines.append(
            f"| {how} | {found.n} | {len(frame)} | {found.micro:.3f} | {found.macro:.3f} | {found.samples:.3f} |"
        )
    return lines


def positions(texts: list[str], labels: list[str], vectors: Floats) -> list[str]:
    """Macro-F1 and accuracy on the texts not drawn; "unclear" counts as wrong."""
    lines = []
    for how, known in (("words alone", None), ("with meaning", vectors)):
        scores = []
        for draw in range(DRAWS):
            taught = random.Random(draw).sample(range(len(texts)), LABELS)
            rest = sorted(set(range(len(texts))) - set(taught))
            reader = learn_positions(
                [texts[place] for place in taught],
                [labels[place] for place in taught],  # type: ignore[misc]
                None if known is None else known[taught],
            )
            if isinstance(reader, NotEnoughLabels):
                continue
            read = reader.read([texts[place] for place in rest], None if known is None else known[rest])
            said, true = [each.position for each in read], [labels[place] for place in rest]
            right = float(np.mean([one == other for one, other in zip(said, true, strict=True)]))
            scores.append((f1_score(true, said, labels=sorted(set(true)), average="macro"), right))
        macro, right = np.mean(scores, axis=0)
        lines.append(f"| {how} | {LABELS} | {macro:.3f} | {right:.3f} |")
    return lines


def quotes(texts: list[str], vectors: Floats, encoder: Encoder) -> str:
    """How much nearer a text is, on average, to the nearest quote chosen than to the nearest of random texts."""
    chosen = summarise(texts, QUOTES, embed=encoder.embed).quotes
    coverage = _coverage(vectors, encoder.embed([quote.text for quote in chosen]))
    by_words = _coverage(vectors, encoder.embed([quote.text for quote in summarise(texts, QUOTES).quotes]))
    drawn = [random.Random(draw).sample(range(len(texts)), QUOTES) for draw in range(DRAWS)]
    chance = float(np.mean([_coverage(vectors, vectors[places]) for places in drawn]))
    told = [f"Coverage by {QUOTES} quotes of {len(texts)} texts: random {chance:.3f}"]
    told += [
        f"{how} {found:.3f} ({found / chance - 1:+.1%})"
        for how, found in (("by words", by_words), ("by meaning", coverage))
    ]
    return ", ".join(told) + "."


def _coverage(vectors: Floats, quoted: Floats) -> float:
    return float((vectors @ quoted.T).max(axis=1).mean())


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--texts", type=Path, default=BESIDE)
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    if not asked.texts.is_dir():
        print(f"no texts at {asked.texts}: nothing measured")
        return 0
    encoder = Encoder.load()
    coded = rows(asked.texts / "nhs_fft_dev.jsonl")
    of_coded = encoder.embed([row["text"] for row in coded])
    usual = Counter(row["themes"][0] for row in coded if row["themes"]).most_common(FIRST_THEMES)
    first = [place for place, row in enumerate(coded) if row["themes"] and row["themes"][0] in dict(usual)]
    feedback = [row for row in coded if len(row["themes"]) == 1]
    common = {theme for theme, count in Counter(row["themes"][0] for row in feedback).items() if count >= 5}
    feedback = [row for row in feedback if row["themes"][0] in common]
    answers = rows(asked.texts / "consultation_gambling_1000.jsonl")
    single = [row for row in answers if len(row["topics"]) == 1]
    said, replied = [row["text"] for row in feedback], [row["text"] for row in answers]
    of_said, of_replied = encoder.embed(said), encoder.embed(replied)
    of_single = of_replied[[place for place, row in enumerate(answers) if len(row["topics"]) == 1]]
    labels = ["support" if row["position"] == "Yes" else "oppose" for row in answers]
    lines = [
        "# Sets of texts: themes, positions, quotes",
        "",
        f"Encoder `{encoder.manifest['version']}`. UK public-service feedback (development half, which the encoder was",
        "taught the tone of, never the themes) and synthetic consultation answers, whose positions are noisy.",
        "",
        "| themes of | texts | themes | purity | NMI | stays |",
        "| --- | --- | --- | --- | --- | --- |",
        *themes("public-service feedback", said, [row["themes"][0] for row in feedback], of_said),
        *themes(
            "public-service feedback, first theme",
            [coded[place]["text"] for place in first],
            [coded[place]["themes"][0] for place in first],
            of_coded[first],
        ),
        *themes(
            "consultation answers", [row["text"] for row in single], [row["topics"][0] for row in single], of_single
        ),
        "",
        "| mapping of feedback | texts | themes | micro F1 | macro F1 | samples F1 |",
        "| --- | --- | --- | --- | --- | --- |",
        *mapping(coded, of_coded, encoder),
        "",
        "| positions | labels | macro-F1 | accuracy |",
        "| --- | --- | --- | --- |",
        *positions(replied, labels, of_replied),
        "",
        quotes(said, of_said, encoder),
    ]
    print("\n".join(lines))
    if asked.write:
        RESULT.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
