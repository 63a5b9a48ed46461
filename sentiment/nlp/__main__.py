"""``python -m sentiment.nlp``: JSON lines on standard input, JSON lines on standard output, in the same order.

::

    $ echo '{"id": 1, "text": "The wardens were lovely."}' | python -m sentiment.nlp vader
    {"id": 1, "neg": 0.0, "neu": 0.441, "pos": 0.559, "compound": 0.5859}

``read`` and ``vader`` answer as the lines come, in constant memory; the others take all lines as one set of texts. A
line that cannot be read is named by number on standard error and passed over; the command then ends with exit code
1.
"""

import argparse
import json
import sys
from dataclasses import asdict
from io import BufferedReader
from typing import TextIO, cast

from sentiment.nlp import tone, vader
from sentiment.nlp.campaigns import find_campaigns
from sentiment.nlp.lines import Lines
from sentiment.nlp.summary import Sentence, summarise

BATCH = 200  # items read together; fewer when the input ends or pauses


def read(items: Lines, out: TextIO, tier: tone.Tier) -> None:
    """A reading for each item: tone, label, probabilities, language, and the words behind it.

    Once a whole batch has come together, the deep tier leaves the reasons out: somebody waits for the answers to a few
    texts, nobody for the words behind each of a hundred thousand, and they would take twenty times as long.
    """
    in_bulk = False
    for batch in items.batches(BATCH):
        in_bulk = in_bulk or len(batch) == BATCH
        if in_bulk:
            readings = tone.read_many([item.text for item in batch], [item.question for item in batch], tier)
        else:
            readings = [tone.read(item.text, item.question, tier) for item in batch]
        for item, reading in zip(batch, readings, strict=True):
            _write({"id": item.id, **asdict(reading)}, out)
        out.flush()


def vader_scores(items: Lines, out: TextIO) -> None:
    """Exactly NLTK's four figures for each item, whatever its language."""
    for batch in items.batches(BATCH):
        for item in batch:
            _write({"id": item.id, **asdict(vader.scores(item.text))}, out)
        out.flush()


def summary(items: Lines, out: TextIO, limit: int) -> None:
    """One line for all items: lead, quotes (each with its item's ``id``), coverage and excluded share."""
    ids, texts = [], []
    for item in items:
        ids.append(item.id)
        texts.append(item.text)
    found = summarise(texts, limit)

    def told(sentence: Sentence) -> dict[str, object]:
        return {"id": ids[sentence.text_index], **asdict(sentence)}

    _write(
        {
            "lead": [told(sentence) for sentence in found.lead],
            "quotes": [told(sentence) for sentence in found.quotes],
            "coverage": found.coverage,
            "excluded_share": found.excluded_share,
            "considered": found.considered,
        },
        out,
    )


def campaigns(items: Lines, out: TextIO) -> None:
    """The campaign each item belongs to (1 is the largest), its size and whose text stands for it; null without one."""
    ids, texts = [], []
    for item in items:
        ids.append(item.id)
        texts.append(item.text)
    groups: dict[int, dict[str, object]] = {}
    for number, campaign in enumerate(find_campaigns(texts), 1):
        told = {"campaign": number, "size": campaign.size, "representative": ids[campaign.representative]}
        groups.update(dict.fromkeys(campaign.members, told))
    alone = {"campaign": None, "size": None, "representative": None}
    for place, each in enumerate(ids):
        _write({"id": each, **groups.get(place, alone)}, out)


def _write(found: dict[str, object], out: TextIO) -> None:
    out.write(json.dumps(found) + "\n")  # ASCII only: a lone surrogate goes out as it came in


def main(argv: list[str] | None = None) -> int:
    """Run the command; the exit code is 0, or 1 when a line could not be read."""
    parser = argparse.ArgumentParser(prog="python -m sentiment.nlp", description=(__doc__ or "").split("\n")[0])
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("read", help="tone, label, language and reasons of each text").add_argument(
        "--tier", choices=tone.TIERS, default=tone.DEFAULT_TIER, help="which reader (default %(default)s)"
    )
    commands.add_parser("vader", help="NLTK's VADER scores of each text")
    commands.add_parser("summarise", help="lead sentences and quotes of all texts together").add_argument(
        "--limit", type=int, default=3, help="how many quotes (default 3)"
    )
    commands.add_parser("campaigns", help="groups of near-identical texts")
    asked = parser.parse_args(argv)
    items = Lines(cast(BufferedReader, sys.stdin.buffer), sys.stderr)
    if asked.command == "read":
        try:
            read(items, sys.stdout, asked.tier)
        except tone.NoSuchTier as error:
            parser.error(str(error))
    elif asked.command == "vader":
        vader_scores(items, sys.stdout)
    elif asked.command == "campaigns":
        campaigns(items, sys.stdout)
    else:
        summary(items, sys.stdout, asked.limit)
    return 1 if items.bad else 0


if __name__ == "__main__":
    sys.exit(main())
