"""How often the interval of a ward's net tone holds the truth, and how wide it is, beside the naive one.

    python benchmarks/intervals.py [--draws 150] [--data FILE] [--write]

Wards of 10 to 100 texts are drawn from a population whose net tone is known; the texts get machine labels at the rates
of a confusion table; officers check a random sample of texts from elsewhere in the same population. "Naive" is
Student's t on the machine's labels as if they were the truth. Two readers: one with the rates of NLTK's VADER on UK
public-service comments, one with rates like those of a fine-tuned reader. With ``--data``, a JSON lines file of texts
that people labelled ({"text", "label"}), real texts are drawn: half of them are checked, wards come from the other
half, VADER labels both; once with all checks, once with 60 and the table of ``OTHERS``. The last part draws councils
of 20 wards of 10 to 100 texts, which differ little, some or much, and looks at the figures before and after
shrinking. ``--write`` keeps the figures in
benchmarks/results/intervals.json.
"""

import argparse
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from sentiment.nlp.net import ANSWERS, HELD_OUT, TONES, Confusion, confusion, net_tone, shrunk
from sentiment.nlp.readings import Label
from sentiment.nlp.uncertainty import Interval, mean_interval
from sentiment.nlp.vader import scores

RESULT = Path(__file__).parent / "results" / "intervals.json"
SIZES = (10, 20, 50, 100)
NOMINAL = 0.94
LEXICON = np.array(HELD_OUT["vader"].counts) / np.array(HELD_OUT["vader"].counts).sum(axis=1, keepdims=True)
TUNED = np.array([[0.80, 0.05, 0.10, 0.05], [0.25, 0.35, 0.30, 0.10], [0.05, 0.03, 0.89, 0.03]])
# VADER's table on product reviews (vader_amazon): how an evaluation from elsewhere differs.
OTHERS = Confusion(((264, 197, 162, 0), (50, 224, 144, 0), (60, 180, 637, 0)))
TRUTHS = {"content": (0.05, 0.05, 0.90), "as the NHS set": (0.295, 0.121, 0.584), "cross": (0.70, 0.15, 0.15)}
SPREADS = (0.05, 0.15, 0.3)  # standard deviations of wards' true net tones
WORTH = np.array([-1.0, 0.0, 1.0, 0.0])

_Floats = NDArray[np.float64]
_Draw = np.random.Generator


@dataclass(slots=True)
class Study:
    """Intervals seen so far against a truth."""

    held: list[bool] = field(default_factory=list)
    widths: list[float] = field(default_factory=list)
    errors: list[float] = field(default_factory=list)

    def add(self, net: float, interval: Interval, truth: float) -> None:
        self.held.append(interval.low <= truth <= interval.high)
        self.widths.append(interval.high - interval.low)
        self.errors.append(abs(net - truth))

    def told(self) -> dict[str, float]:
        return {
            "holds the truth": round(float(np.mean(self.held)), 3),
            "mean width": round(float(np.mean(self.widths)), 2),
            "mean error": round(float(np.mean(self.errors)), 3),
        }


def naive(counts: NDArray[np.int64]) -> tuple[float, Interval]:
    """Machine labels taken for the truth: unsure as neutral, no spread as an interval of one point."""
    values = np.repeat(WORTH, counts)
    mean = float(values.mean())
    return mean, mean_interval(values.tolist()) or Interval(mean, mean)


def by_label(counts: NDArray[np.int64]) -> dict[Label, int]:
    return dict(zip(ANSWERS, counts.tolist(), strict=True))


def compare(
    draws: int, truth: float, ward: Callable[[_Draw, int], NDArray[np.int64]], checks: Callable[[_Draw], Confusion],
    held_out: Confusion = HELD_OUT["vader"],
) -> dict[str, dict[str, dict[str, float]]]:  # fmt: skip
    """Both intervals for each size of ward. New checks are drawn for every ten wards."""
    found = {}
    for size in SIZES:
        draw = np.random.default_rng(size)
        ours, theirs = Study(), Study()
        for number in range(draws):
            if number % 10 == 0:
                checked = checks(draw)
            counts = ward(draw, size)
            mine = net_tone(by_label(counts), checked, held_out)
            ours.add(mine.net or 0.0, mine.interval, truth)
            theirs.add(*naive(counts), truth)
        found[f"n = {size}"] = {"corrected": ours.told(), "naive": theirs.told()}
    return found


def synthetic(rates: _Floats, tones: tuple[float, ...], draws: int, checked: int) -> dict[str, object]:
    """Checks are drawn from a council like the NHS set, wards from ``tones``."""
    council = np.array(TRUTHS["as the NHS set"])[:, None] * rates

    def ward(draw: _Draw, size: int) -> NDArray[np.int64]:
        return draw.multinomial(size, np.array(tones) @ rates)

    def checks(draw: _Draw) -> Confusion:
        return Confusion(tuple(map(tuple, draw.multinomial(checked, council.ravel()).reshape(3, 4).tolist())))

    return {**compare(draws, tones[2] - tones[0], ward, checks)}


def real(path: Path, draws: int, checked: int | None, held_out: Confusion) -> dict[str, object]:
    rows = [json.loads(line) for line in path.open(encoding="utf-8")]
    truth = np.array([TONES.index(row["label"]) for row in rows])
    compounds = np.array([scores(row["text"]).compound for row in rows])
    said = np.where(compounds <= -0.05, 0, np.where(compounds >= 0.05, 2, 1))
    order = np.random.default_rng(3).permutation(len(rows))
    for_checks, population = order[: len(rows) // 2], order[len(rows) // 2 :]

    def ward(draw: _Draw, size: int) -> NDArray[np.int64]:
        return np.bincount(said[draw.choice(population, size)], minlength=4)

    def checks(draw: _Draw) -> Confusion:
        chosen = for_checks if checked is None else draw.choice(for_checks, checked, replace=False)
        return confusion((ANSWERS[said[each]], TONES[truth[each]]) for each in chosen)

    return {**compare(draws, float((truth[population] - 1).mean()), ward, checks, held_out)}


def shrinking(rates: _Floats, spread: float, councils: int) -> dict[str, object]:
    """Councils of 20 wards, five of each size, whose true net tones differ with a standard deviation of ``spread``."""
    draw = np.random.default_rng(9)
    names = ("naive", "corrected", "corrected and shrunk")
    studies = {name: {size: Study() for size in (*SIZES, None)} for name in names}
    council = np.array(TRUTHS["as the NHS set"])[:, None] * rates
    sizes = SIZES * 5
    for _ in range(councils):
        checks = Confusion(tuple(map(tuple, draw.multinomial(300, council.ravel()).reshape(3, 4).tolist())))
        nets = np.clip(draw.normal(0.29, spread, len(sizes)), -0.85, 0.85)
        counts = [
            draw.multinomial(size, np.array([(0.88 - net) / 2, 0.12, (0.88 + net) / 2]) @ rates)
            for net, size in zip(nets, sizes, strict=True)
        ]
        corrected = [net_tone(by_label(each), checks, HELD_OUT["vader"]) for each in counts]
        told = {
            "naive": [naive(each) for each in counts],
            "corrected": [(ward.net or 0.0, ward.interval) for ward in corrected],
            "corrected and shrunk": [(ward.net or 0.0, ward.interval) for ward in shrunk(corrected)],
        }
        for name, figures in told.items():
            for (figure, interval), size, net in zip(figures, sizes, nets, strict=True):
                studies[name][size].add(figure, interval, net)
                studies[name][None].add(figure, interval, net)
    return {
        name: {f"n = {size}" if size else "all": study.told() for size, study in by_size.items()}
        for name, by_size in studies.items()
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--draws", type=int, default=150)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    results: dict[str, object] = {"nominal": 0.95, "wanted": NOMINAL, "wards drawn for each figure": asked.draws}
    for reader, rates in (("VADER's rates", LEXICON), ("a tuned reader's rates", TUNED)):
        for name, tones in TRUTHS.items():
            results[f"{reader}, wards {name}, 200 checks"] = synthetic(rates, tones, asked.draws, 200)
    if asked.data:
        real_draws = 4 * asked.draws
        results["real texts, VADER, half of them checked"] = real(asked.data, real_draws, None, HELD_OUT["vader"])
        results["real texts, VADER, 60 checked, held-out table from product reviews"] = real(
            asked.data, real_draws, 60, OTHERS
        )
    for reader, rates in (("VADER's rates", LEXICON), ("a tuned reader's rates", TUNED)):
        for spread in SPREADS:
            name = f"shrinking, {reader}, wards differ by {spread}, 300 checks"
            results[name] = shrinking(rates, spread, max(3, asked.draws // 2))
    print(json.dumps(results, indent=2))
    if asked.write:
        RESULT.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
