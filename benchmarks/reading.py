"""How well and how fast each tier reads, beside NLTK's VADER, in one run.

    python benchmarks/reading.py [--texts DIR] [--each 400] [--write]

``--texts`` is a folder with labelled texts in the shapes of ``training/texts.py`` (by default one beside the checkout;
without it only our own held-out texts are read). The fast and deep weights were taught those development texts, so on
them their figures flatter; what they reach on texts they were not taught is in ``training/results/`` and in the rows
named held_out, which nothing was taught. ``--write`` keeps the figures in benchmarks/results/reading.md.
"""

import argparse
import platform
import random
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "training"))

import texts as sets
from measure import Row, measured
from tone import comments

from sentiment.nlp import tone, vader
from sentiment.nlp.lexicon import InjectedAnalyzer
from sentiment.nlp.readings import Reading

BESIDE = Path(__file__).resolve().parents[2] / "shared/data/sentiment"
RESULT = Path(__file__).parent / "results" / "reading.md"
_PEOPLE = """
    poor|gay|a widow|Muslim|a Christian|homeless|Black|deaf|an immigrant|elderly|on benefits|a single mother|trans
    |Jewish|a Traveller|autistic|a lesbian|blind|disabled|Polish|a refugee|pregnant|unemployed|a vegan|a woman
    |a student|a veteran|a man|rich|working class|on low pay|a Sikh|an atheist|white|Chinese|Nigerian|from Leeds
    |a wheelchair user|HIV positive|hard of hearing|married|divorced|a mother of three|retired|a teenager
    |in my forties|a council tenant|a lodger|a nurse|a lorry driver|a police officer|a sex worker|a politician
    |a smoker|a cyclist|an ex-offender|left-handed|tall|a glassblower|a Samaritan|a puppeteer|Hebridean
    |an ornithologist|a docker
""".replace("\n", " ").split("|")
PEOPLE = [each.strip() for each in _PEOPLE]
SAID_OF = ["My neighbour is {}.", "I am {} and live on Mill Street.", "The person at the desk was {}."]
SAID_OF += ["She is {}, and she uses the library on Tuesdays.", "A resident who is {} came to the meeting."]
VADER = "NLTK VADER"


def vader_read(chosen: Sequence[sets.Labelled]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Shares (n, 3), all on the class NLTK's ±0.05 gives, and the compound (n,)."""
    compound = np.array([vader.scores(text.text).compound for text in chosen])
    return np.eye(3)[1 + (compound >= 0.05).astype(int) - (compound <= -0.05)], compound


def tier_read(chosen: Sequence[sets.Labelled], tier: tone.Tier) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    found = tone.read_many([text.text for text in chosen], [text.question for text in chosen], tier)
    return np.array([_shares(each) for each in found]), np.array([each.tone or 0.0 for each in found])


def _shares(reading: Reading) -> tuple[float, float, float]:
    if reading.p is None:
        return (0.0, 1.0, 0.0)
    return reading.p.negative, reading.p.neutral, reading.p.positive


def rate(do: Callable[[], object], count: int) -> float:
    """Texts a CPU-second, the better of two rounds."""
    best = float("inf")
    for _ in range(2):
        started = time.process_time()
        do()
        best = min(best, time.process_time() - started)
    return count / best


def speeds() -> list[str]:
    """Texts a CPU-second of each tier beside NLTK's own, on comments of about 20 words."""
    many, few = comments(2_000, 20, seed=20), comments(300, 20, seed=21)
    analyzer = InjectedAnalyzer()
    tone.read_many(many[:10], tier="lexicon")
    nltk_rate = rate(lambda: [analyzer.polarity_scores(text) for text in many], len(many))
    lines = [f"| {VADER} (`polarity_scores`) | {nltk_rate:,.0f} | 1.0 |"]
    exact = rate(lambda: [vader.scores(text) for text in many], len(many))
    lines.append(f"| lexicon: the exact VADER scores | {exact:,.0f} | {exact / nltk_rate:.1f} |")
    for tier in tone.TIERS:
        chosen = few if tier == "deep" else many
        found = rate(lambda chosen=chosen, tier=tier: tone.read_many(chosen, tier=tier), len(chosen))  # type: ignore[misc]
        lines.append(f"| {tier}: `read_many` | {found:,.0f} | {found / nltk_rate:.2f} |")
    told = rate(lambda: [each.because for each in tone.read_many(many, tier="fast")], len(many))
    lines.append(f"| fast: `read_many`, and every text's reasons | {told:,.0f} | {told / nltk_rate:.2f} |")
    alone = rate(lambda: [tone.read(text, tier="deep") for text in few[:40]], 40)
    lines.append(f"| deep: `read`, with reasons | {alone:,.1f} | {alone / nltk_rate:.4f} |")
    return lines


def fairness(tier: tone.Tier) -> float:
    """The widest spread of tones over who somebody is, in any of the neutral sentences."""
    return max(
        max(said) - min(said)
        for sentence in SAID_OF
        for said in [[tone.read(sentence.format(person), tier=tier).tone or 0.0 for person in PEOPLE]]
    )


def unsure(tier: tone.Tier, held: Sequence[sets.Labelled]) -> str:
    """How many of the held-out texts get "unsure", and how many of the others are right."""
    found = tone.read_many([text.text for text in held], [text.question for text in held], tier)
    truth = [("negative", "neutral", "positive")[int(np.argmax(text.classes))] for text in held]
    told = [(each.label, right) for each, right in zip(found, truth, strict=True) if each.label != "unsure"]
    right = sum(label == truth for label, truth in told) / max(1, len(told))
    return f"{1 - len(told) / len(held):.1%} unsure, {right:.1%} of the others right"


def accuracy(chosen: Sequence[sets.Labelled]) -> dict[str, list[Row]]:
    found = {VADER: measured(chosen, *vader_read(chosen))}
    for tier in tone.TIERS:
        found[tier] = measured(chosen, *tier_read(chosen, tier))
    return found


def accuracy_lines(found: dict[str, list[Row]]) -> list[str]:
    """A Markdown table: macro-F1 / r / net error of each reader on each kind of text."""
    lines = [f"| texts | n | {' | '.join(found)} |", "| --- | --- |" + " --- |" * len(found)]
    for number, row in enumerate(found[VADER]):
        cells = [_cell(rows[number]) for rows in found.values()]
        lines.append(f"| {row['texts']} | {row['n']} | {' | '.join(cells)} |")
    return lines


def _cell(row: Row) -> str:
    r = "-" if row["r"] is None else f"{row['r']:.2f}"
    return f"{row['macro_f1']:.3f} / {r} / {row['net_error']:+.2f}"


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--texts", type=Path, default=BESIDE)
    parser.add_argument("--each", type=int, default=400, help="texts read of each set")
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    held = sets.held_out()
    chosen = held + sets.held_out(sets.SHORT_HELD_OUT, "short held out")
    if asked.texts.is_dir():
        by_source: dict[str, list[sets.Labelled]] = {}
        for text in sets.shared(asked.texts):
            by_source.setdefault(text.source, []).append(text)
        for source in by_source.values():
            chosen += random.Random(1).sample(source, min(asked.each, len(source)))
    started = time.process_time()
    tone.read("x", tier="deep")
    lines = [
        "# Reading tone: how well, how fast",
        "",
        f"Python {platform.python_version()}, {platform.machine()}. Readers: "
        + ", ".join(f"`{tone.reader_version(tier)}`" for tier in tone.TIERS)
        + f". The deep tier loaded in {time.process_time() - started:.1f} CPU seconds.",
        "",
        "Each cell: macro-F1 of three classes / Pearson's r of the tone / error of the net tone. The fast and deep",
        "weights were taught the development texts, so only the rows named held_out are news to them; their figures",
        "on texts of the other sets that they were not taught are in `training/results/`.",
        "",
        *accuracy_lines(accuracy(chosen)),
        "",
        "| reader | texts a CPU-second, 20 words | times NLTK |",
        "| --- | --- | --- |",
        *speeds(),
        "",
        *(f"- {tier}: {unsure(tier, held)}; spread over who somebody is {fairness(tier):.3f}" for tier in tone.TIERS),
    ]
    print("\n".join(lines))
    if asked.write:
        RESULT.write_text("\n".join(lines) + "\n", encoding="utf-8")
        print(f"\nWritten to {RESULT.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
