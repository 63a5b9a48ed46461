"""Texts a second of our tone reader beside NLTK's own, in one run, on one core.

    python benchmarks/tone.py [--texts 4000] [--parity 20000] [--data DIR] [--write]

The texts are drawn from example sentences written for this file, so that no resident's words are in it; sentences are
joined to comments of about 20 and of about 120 words. NLTK's analyser gets the same word list. Every text's four
figures are compared before anything is timed. ``--texts 0`` times nothing.

``--parity N`` then compares N more texts one by one, kept nowhere: plain ones, and ones made to be awkward (capitals,
marks, emoji, negations, idioms, boosters, shuffled words, letters of many alphabets, blanks that are not spaces). With
``--data`` two fifths of them start from the texts of each JSON lines file of a folder (``{"text": ...}``), as they
stand and made awkward. A million take some ten minutes of one core. ``--write`` keeps the figures in
benchmarks/results/tone.json and parity.json.
"""

import argparse
import json
import platform
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import cast

import nltk
from nltk.sentiment.vader import VaderConstants

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from sentiment.nlp import vader
from sentiment.nlp.lexicon import InjectedAnalyzer, vader_lexicon
from sentiment.nlp.tone import read, reader_version

RESULT = Path(__file__).parent / "results" / "tone.json"
PARITY = RESULT.with_name("parity.json")
SHOWN = 5  # texts scored unlike NLTK that are printed
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


MARKS = ". , ! !! !!! !!!! !!!!! ? ?? ??? ???? ?!? ... … ; ' \" ( )".split()
EMOJI = "😀 😡 👍🏽 💔 🇬🇧 👩‍👧 ❤️ :) :-( XD <3 :'( ^_^ (: :P d:<".split()
BLANKS = "\u00a0 \u2009 \u3000 \t \n \r\n \u2028 \u200b \x1c \x85 \v".split(" ")
LETTERS = "é ŵ ŷ ß İ ı ſ ǅ ﬁ Σ ς я 中 ا n\u0303 \u0301 \u202e ½ ٣ \ud800 \x00".split(" ")
TURNS = (
    "but|BUT|never so|never this|at least|very least|least|without doubt|no|no one|nor|kind of|sort of|just enough|so"
    "|this|not very|isn't|won’t|n't|cannot"
).split("|")


def _sayings(draw: random.Random) -> Callable[[], str]:
    """Draws one word, or a saying of several, that VADER's rules or its list know."""
    rules = VaderConstants
    kinds = [sorted(vader_lexicon()), sorted(rules.BOOSTER_DICT), sorted(rules.NEGATE), TURNS]
    kinds += [sorted(rules.SPECIAL_CASE_IDIOMS)]
    return lambda: draw.choice(draw.choices(kinds, (8, 3, 2, 2, 2))[0])


def _cased(draw: random.Random, word: str) -> str:
    return draw.choice((str.upper, str.lower, str.title, str.swapcase))(word)


def _marked(draw: random.Random, word: str) -> str:
    front, back = draw.choice(["", "", *MARKS]), draw.choice(["", *MARKS])
    return draw.choice((f"{front}{word}", f"{word}{back}", f"{front}{word}{back}"))


def _spelt(draw: random.Random, word: str) -> str:
    place = draw.randint(0, len(word))
    return draw.choice((f"{word[:place]}{draw.choice(LETTERS)}{word[place:]}", word[:place], word[place:], word * 2))


def _awkward(draw: random.Random, text: str, saying: Callable[[], str]) -> tuple[str, str]:
    """The text changed in one way or in all, and what the way is called."""
    words = text.split(" ")
    how = draw.choice(("capitals", "marks", "emoji", "sayings", "order", "letters", "blanks", "everything"))
    for _ in range(draw.randint(1, 4 + len(words) // 8)):
        place = draw.randrange(len(words))
        match how if how != "everything" else draw.choice(("capitals", "marks", "emoji", "sayings", "letters")):
            case "capitals":
                words[place] = _cased(draw, words[place])
            case "marks":
                words[place] = _marked(draw, words[place])
            case "emoji":
                words.insert(place, draw.choice(EMOJI))
            case "sayings":
                words.insert(place, saying())
            case "letters":
                words[place] = _spelt(draw, words[place])
    if how == "capitals" and draw.random() < 0.2:
        words = [word.upper() for word in words]
    if how == "order":
        draw.shuffle(words)
        words += draw.choices(words, k=draw.randint(0, 4))  # repeated: scored where a word first stands
    blank = draw.choice(BLANKS) if how in ("blanks", "everything") else " "
    return how, "".join(word + (blank if draw.random() < 0.3 else " ") for word in words)


def varied(count: int, given: Sequence[str], seed: int) -> Iterator[tuple[str, str]]:
    """So many texts, each with the name of its kind, one at a time. No text depends on how many are asked for."""
    draw = random.Random(seed)
    saying = _sayings(draw)
    for _ in range(count):
        if given and draw.random() < 0.4:
            text, kind = draw.choice(given), "given"
        elif draw.random() < 0.5:
            said = draw.choices(SENTENCES, k=draw.randint(1, 3))
            text = " ".join(each.format(place=draw.choice(PLACES), number=draw.randint(2, 90)) for each in said)
            kind = "sentences"
        else:
            text, kind = " ".join(saying() for _ in range(draw.randint(1, 25))), "words of the list"
        if draw.random() < 0.75:
            how, text = _awkward(draw, text, saying)
            kind = f"{kind}, {how}"
        yield kind, text


def parity(count: int, given: Sequence[str]) -> dict[str, object]:
    """How many of so many texts are scored unlike NLTK in any of the four figures, and of which kinds they are."""
    analyzer = InjectedAnalyzer()
    kinds, unlike = Counter[str](), Counter[str]()
    words = 0
    for kind, text in varied(count, given, seed=2026):
        kinds[kind] += 1
        words += text.count(" ") + 1
        if analyzer.polarity_scores(text) != asdict(vader.scores(text)):
            unlike[kind] += 1
            if unlike.total() <= SHOWN:
                print(f"  unlike NLTK ({kind}): {text!r}")
    return {
        "texts": count,
        "words": words,
        "given": len(given),
        "unlike NLTK": unlike.total(),
        "unlike": dict(unlike),
    } | {"texts by kind": dict(sorted(kinds.items()))}


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
    parser.add_argument("--parity", type=int, default=20_000, metavar="N")
    parser.add_argument("--data", type=Path)
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    about: dict[str, object] = {
        "reader": reader_version("lexicon"),
        "nltk": nltk.__version__,
        "python": platform.python_version(),
        "machine": platform.machine(),
    }
    mismatches = 0.0
    if asked.texts:
        timed, mismatches = timings(asked.texts)
        if asked.write:
            _keep(RESULT, about | {"unit": "texts a CPU-second on one core"} | timed)
    if asked.parity:
        files = sorted(asked.data.glob("*.jsonl")) if asked.data else []
        given = [json.loads(line)["text"] for path in files for line in path.open(encoding="utf-8")]
        compared = parity(asked.parity, given)
        mismatches += cast(int, compared["unlike NLTK"])
        print(f"\n{asked.parity:,} varied texts compared, {compared['unlike NLTK']:,} scored unlike NLTK")
        if asked.write:
            _keep(PARITY, about | compared)
    return 1 if mismatches else 0


def timings(count: int) -> tuple[dict[str, object], float]:
    """The figures of short and of long comments, printed too, and how many were scored unlike NLTK."""
    results: dict[str, object] = {}
    mismatches = 0.0
    for words in (20, 120):
        texts = comments(count, words, seed=words)
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
    return results, mismatches


def _keep(path: Path, results: dict[str, object]) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    print(f"\nWritten to {path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path}")


if __name__ == "__main__":
    sys.exit(main())
