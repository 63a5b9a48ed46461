"""How well and how quickly campaigns are found: planted copies, honest texts, and 100,000 texts on one core.

    python benchmarks/campaigns.py [--texts 100000] [--data DIR] [--write]

Letters are made of words written for this file: half everybody's, half about something. A copy has 30 % of a letter's
words changed. "Together" counts copies in the same group as most of their campaign. With ``--data`` the texts of each
JSON lines file of a folder (``{"text": ...}``), which nobody sent as a campaign, are grouped too, so that honest
pairs wrongly joined can be counted on words people wrote. ``--write`` keeps the figures in
benchmarks/results/campaigns.json.
"""

import argparse
import json
import platform
import random
import resource
import sys
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from sentiment.nlp.campaigns import Campaign, find_campaigns

RESULT = Path(__file__).parent / "results" / "campaigns.json"
CHANGED = 0.3
LETTERS = 200  # of each length
LENGTHS = (15, 20, 25, 40, 80)

LINKS = "the a of to and in that is for it on was with as at be this have are not by we they our but from or".split()
PLACES = "park road bin lamp bus flood tree market school shop church bridge river play dog hill farm mill".split()
ENDINGS = "side way ing land house men yard gate line post work age ward stead field keeper ford ley".split()
SUBJECTS = [place + ending for place in PLACES for ending in ENDINGS]


def written(draw: random.Random, words: int) -> list[str]:
    return [draw.choice(LINKS) if draw.random() < 0.5 else draw.choice(SUBJECTS) for _ in range(words)]


def changed(draw: random.Random, letter: Sequence[str]) -> str:
    copy = list(letter)
    for place in draw.sample(range(len(copy)), round(CHANGED * len(copy))):
        copy[place] = written(draw, 1)[0]
    return " ".join(copy)


def together(campaigns: Iterable[Campaign], planted: Sequence[range]) -> float:
    """The share of planted texts that stand in one group with most of their campaign."""
    group = {place: number for number, campaign in enumerate(campaigns) for place in campaign.members}
    found = 0
    for places in planted:
        sizes = Counter(group[place] for place in places if place in group)
        largest = max(sizes.values(), default=0)
        found += largest if largest > 1 else 0
    return found / sum(map(len, planted))


def recall(words: int, copies: int, with_letter: bool) -> float:
    draw = random.Random(words)
    texts = [" ".join(written(draw, draw.randint(12, 100))) for _ in range(2_000)]
    planted = []
    for _ in range(LETTERS):
        letter = written(draw, words)
        first = len(texts)
        texts += [" ".join(letter)] * with_letter + [changed(draw, letter) for _ in range(copies)]
        planted.append(range(first, len(texts)))
    return round(together(find_campaigns(texts), planted), 3)


def honest(texts: Sequence[str]) -> dict[str, float]:
    campaigns = find_campaigns(texts)
    pairs = len(texts) * (len(texts) - 1) // 2
    joined = sum(campaign.size * (campaign.size - 1) // 2 for campaign in campaigns)
    return {
        "texts": len(texts),
        "pairs joined": joined,
        "share of pairs joined": round(joined / pairs, 6),
        "share of texts in a group": round(sum(campaign.size for campaign in campaigns) / len(texts), 4),
    }


def speed(count: int) -> dict[str, object]:
    """Three fifths written by single people, two fifths copies of five letters of 80 words."""
    draw = random.Random(2)
    letters = [written(draw, 80) for _ in range(5)]
    texts = [" ".join(written(draw, draw.randint(20, 60))) for _ in range(count * 3 // 5)]
    texts += [changed(draw, draw.choice(letters)) for _ in range(count - len(texts))]
    draw.shuffle(texts)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.process_time()
    campaigns = find_campaigns(texts)
    seconds = time.process_time() - start
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {
        "texts": count,
        "cpu seconds": round(seconds, 1),
        "megabytes more at the peak": (after - before) // 1024,
        "campaigns": [campaign.size for campaign in campaigns],
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--texts", type=int, default=100_000)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    results: dict[str, object] = {
        "python": platform.python_version(),
        "machine": platform.machine(),
        "speed": speed(asked.texts),
        "copies found, 30 % of words changed": {
            f"{words} words": {
                "a letter and one copy": recall(words, 1, with_letter=True),
                "a letter and five copies": recall(words, 5, with_letter=True),
                "five copies without the letter": recall(words, 5, with_letter=False),
                "twenty copies without the letter": recall(words, 20, with_letter=False),
            }
            for words in LENGTHS
        },
    }
    if asked.data:
        results["honest texts"] = {
            path.stem: honest([json.loads(line)["text"] for line in path.open(encoding="utf-8")])
            for path in sorted(asked.data.glob("*.jsonl"))
        }
    print(json.dumps(results, indent=2))
    if asked.write:
        RESULT.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
