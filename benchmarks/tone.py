"""Texts a second of our tone reader beside NLTK's own, in one run, on one core.

    python benchmarks/tone.py [--texts 4000] [--write]

The texts are drawn from example sentences written for this file, so that no resident's words are in it; sentences are
joined to comments of about 20 and of about 120 words. NLTK's analyser gets the same word list. Every text's four
figures are compared before anything is timed. ``--write`` keeps the figures in benchmarks/results/tone.json.
"""

import argparse
import json
import platform
import random
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from pathlib import Path

import nltk

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from sentiment.nlp import vader
from sentiment.nlp.lexicon import InjectedAnalyzer
from sentiment.nlp.tone import read, reader_version

RESULT = Path(__file__).parent / "results" / "tone.json"
ROUNDS = 3  # the best of so many, because other programs share the machine

PLACES = ["Nacton Road", "the market", "Holywells Park", "our street", "the library", "the station", "the waterfront"]
SENTENCES = [
    "The new crossing at {place} is very good, my children can walk to school at last.",
    "I have reported the pothole near {place} three times and nobody has done anything!",
    "Could you not move the bins from {place}?",
    "The wardens at {place} were kind and helpful, but the letter was the least helpful I have had.",
    "Parking near {place} is a NIGHTMARE after six, it isn't safe and it is getting worse.",
    "No complaints about {place}.",
    "It takes {number} minutes to cross the road by {place}.",
    "We never so much as saw the plans for {place}, which is hardly fair to residents.",
    "The trees planted at {place} in 20{number} are lovely; thank you to everybody involved :)",
    "Street lights around {place} have been out for {number} weeks and people are afraid to walk home.",
    "Please keep {place} as it is.",
    "The drop-in about {place} was well run and the officers' answers were clear, honest and useful.",
]


def comments(count: int, words: int, seed: int) -> list[str]:
    """So many different comments of about so many words."""
    draw = random.Random(seed)
    made = []
    for _ in range(count):
        comment = ""
        while comment.count(" ") < words * 0.8:
            comment += draw.choice(SENTENCES).format(place=draw.choice(PLACES), number=draw.randint(2, 90)) + " "
        made.append(comment.strip())
    return made


def rate(read_one: Callable[[str], object], texts: list[str], rounds: int = ROUNDS) -> float:
    """Texts a CPU-second, the best of the rounds."""
    best = float("inf")
    for _ in range(rounds):
        start = time.process_time()
        for text in texts:
            read_one(text)
        best = min(best, time.process_time() - start)
    return len(texts) / best


def measure(texts: list[str]) -> dict[str, float]:
    analyzer = InjectedAnalyzer()
    read(texts[0])  # load the language model before the clock runs
    wrong = sum(analyzer.polarity_scores(text) != asdict(vader.scores(text)) for text in texts)
    vader.forget()
    cold = rate(vader.scores, texts, rounds=1)
    return {
        "mismatches": wrong,
        "nltk polarity_scores": rate(analyzer.polarity_scores, texts, rounds=1),
        "scores, nothing remembered": cold,
        "scores": rate(vader.scores, texts),
        "scores with the words behind them": rate(vader.explain, texts),
        "whole reading (language, tone, reasons)": rate(partial(read, tier="lexicon"), texts),
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--texts", type=int, default=4_000)
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    results: dict[str, object] = {
        "reader": reader_version("lexicon"),
        "nltk": nltk.__version__,
        "python": platform.python_version(),
        "machine": platform.machine(),
        "unit": "texts a CPU-second on one core",
    }
    mismatches = 0.0
    for words in (20, 120):
        texts = comments(asked.texts, words, seed=words)
        figures = measure(texts)
        mismatches += figures["mismatches"]
        base = figures["nltk polarity_scores"]
        print(f"\n{len(texts):,} comments of about {words} words, {figures['mismatches']:.0f} scored unlike NLTK")
        for name, value in figures.items():
            if name != "mismatches":
                print(f"  {name:<42} {value:>9,.0f} texts/s  {value / base:>5.1f} x")
        results[f"{words} words"] = {name: round(value) for name, value in figures.items()} | {
            "times nltk": {name: round(value / base, 1) for name, value in figures.items() if name != "mismatches"}
        }
    if asked.write:
        RESULT.parent.mkdir(exist_ok=True)
        RESULT.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
        print(f"\nWritten to {RESULT.relative_to(Path.cwd()) if RESULT.is_relative_to(Path.cwd()) else RESULT}")
    return 1 if mismatches else 0


if __name__ == "__main__":
    sys.exit(main())
