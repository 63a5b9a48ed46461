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
from pathlib import Path
from typing import Literal, TextIO, cast

import numpy as np

from sentiment.nlp import tone, vader
from sentiment.nlp.campaigns import find_campaigns
from sentiment.nlp.encoder import Encoder, Floats
from sentiment.nlp.groups import Apart, Shared, TooFewVoters, opinion_groups
from sentiment.nlp.lines import Item, Lines, Vote, parse_item, parse_vote
from sentiment.nlp.mapping import FrameTheme, map_by_names
from sentiment.nlp.position import NotEnoughLabels, learn_positions
from sentiment.nlp.readings import WeightsError
from sentiment.nlp.summary import Sentence, summarise
from sentiment.nlp.themes import find_themes, in_order

BATCH = 200  # items read together; fewer when the input ends or pauses


def read(items: Lines[Item], out: TextIO, tier: tone.Tier) -> None:
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


def vader_scores(items: Lines[Item], out: TextIO) -> None:
    """Exactly NLTK's four figures for each item, whatever its language."""
    for batch in items.batches(BATCH):
        for item in batch:
            _write({"id": item.id, **asdict(vader.scores(item.text))}, out)
        out.flush()


def summary(items: Lines[Item], out: TextIO, limit: int) -> None:
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


def campaigns(items: Lines[Item], out: TextIO) -> None:
    """The campaign each item belongs to (1 is the largest), its size and whose text stands for it; null without one."""
    ids, texts = _all(items)
    groups: dict[int, dict[str, object]] = {}
    for number, campaign in enumerate(find_campaigns(texts), 1):
        told = {"campaign": number, "size": campaign.size, "representative": ids[campaign.representative]}
        groups.update(dict.fromkeys(campaign.members, told))
    alone = {"campaign": None, "size": None, "representative": None}
    for place, each in enumerate(ids):
        _write({"id": each, **groups.get(place, alone)}, out)


def themes(items: Lines[Item], out: TextIO, k: int | Literal["auto"], names: Path | None) -> None:
    """Each item's theme and how strongly it bears it; then, unless ``names`` gives the frame, each theme."""
    ids, texts = _all(items)
    order = in_order(texts)
    vectors = _vectors([texts[place] for place in order])
    if vectors is not None:
        vectors = vectors[np.argsort(order)]
    if names is not None:
        frame = [FrameTheme(line.strip()) for line in names.read_text(encoding="utf-8").splitlines() if line.strip()]
        known = map_by_names(frame, _vectors([theme.told for theme in frame]))
        for each, given in zip(ids, known.read(texts, vectors), strict=True):
            first = asdict(given[0]) if given else {"theme": None, "strength": 0.0}
            _write({"id": each, **first, "also": [asdict(other) for other in given[1:]]}, out)
        return
    found = find_themes(texts, vectors, k)
    for each, place in zip(ids, found.places, strict=True):
        label = None if place.theme is None else found.themes[place.theme].label
        _write({"id": each, "theme": label, "strength": place.strength}, out)
    for theme in found.themes:
        quotes = [{"id": ids[quote.text_index], **asdict(quote)} for quote in theme.quotes]
        _write({"theme": theme.label, "words": theme.words, "size": theme.size, "quotes": quotes}, out)
    if found.refused:
        _write({"refused": found.refused}, out)


def position(items: Lines[Item], out: TextIO, labelled: Path) -> bool:
    """Each item's position as officers' labels teach it, then how far that agrees with them; False when refused."""
    rows = [json.loads(line) for line in labelled.read_text(encoding="utf-8").splitlines() if line.strip()]
    taught, labels = [row["text"] for row in rows], [row["position"] for row in rows]
    found = learn_positions(taught, labels, _vectors(taught))
    if isinstance(found, NotEnoughLabels):
        _write({"refused": found.reason}, out)
        return False
    ids, texts = _all(items)
    for each, read in zip(ids, found.read(texts, _vectors(texts)), strict=True):
        _write({"id": each, "position": read.position, "p": None if read.p is None else dict(read.p)}, out)
    _write({"agreement": asdict(found.agreement), "left_out": found.left_out}, out)
    return True


def _all(items: Lines[Item]) -> tuple[list[object], list[str]]:
    ids, texts = [], []
    for item in items:
        ids.append(item.id)
        texts.append(item.text)
    return ids, texts


def _vectors(texts: list[str]) -> Floats | None:
    """The meaning of each text; None, with a warning, where the weights cannot be used: then words alone count."""
    try:
        return Encoder.load().embed(texts)
    except WeightsError as error:
        print(f"going by words alone: {error}", file=sys.stderr)
        return None


def _count(text: str) -> int | Literal["auto"]:
    if text == "auto":
        return "auto"
    if not text.isdecimal() or int(text) < 2:
        raise argparse.ArgumentTypeError("“auto” or a number of 2 or more")
    return int(text)


def groups(votes: Lines[Vote], out: TextIO) -> None:
    """Each participant's group (1 is the largest) and place on the map; then each group's statements; then the shared."""
    ballots = {(vote.participant, vote.statement): vote.vote for vote in votes}  # of two votes the later counts
    people = list(dict.fromkeys(participant for participant, _ in ballots))
    statements = list(dict.fromkeys(statement for _, statement in ballots))
    rows, columns = ({name: place for place, name in enumerate(names)} for names in (people, statements))
    table = np.full((len(people), len(statements)), np.nan)
    for (participant, statement), vote in ballots.items():
        table[rows[participant], columns[statement]] = vote
    found = opinion_groups(table)

    def told(statement: Apart | Shared) -> dict[str, object]:
        return {**asdict(statement), "statement": statements[statement.statement]}

    numbers = {row: number for number, group in enumerate(found.groups, 1) for row in group.members}
    for row, participant in enumerate(people):
        _write({"participant": participant, "group": numbers.get(row), "place": found.places[row]}, out)
    for number, group in enumerate(found.groups, 1):
        _write({"group": number, "size": len(group.members), "apart": list(map(told, group.apart))}, out)
    _write({"shared": list(map(told, found.shared)), "silhouette": found.silhouette}, out)


def _write(found: dict[str, object], out: TextIO) -> None:
    out.write(json.dumps(found) + "\n")  # ASCII only: a lone surrogate goes out as it came in


def main(argv: list[str] | None = None) -> int:
    """Run the command; the exit code is 0, or 1 when a line could not be read or the answer was refused."""
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
    asks = commands.add_parser("themes", help="the points that many of the texts make")
    asks.add_argument("--k", type=_count, default="auto", help="how many themes at most, or auto (default)")
    asks.add_argument("--names", type=Path, help="a file of theme names, a line each, to put the texts to")
    asks = commands.add_parser("position", help="support, oppose, mixed or unclear, learned from officers' labels")
    asks.add_argument("--labelled", type=Path, required=True, help='JSON lines of "text" and "position"')
    commands.add_parser("groups", help="opinion groups, from votes on statements")
    asked = parser.parse_args(argv)
    stream = cast(BufferedReader, sys.stdin.buffer)
    if asked.command == "groups":
        votes = Lines(stream, sys.stderr, parse_vote)
        try:
            groups(votes, sys.stdout)
        except TooFewVoters as error:
            _write({"refused": f"too few voters: {error}"}, sys.stdout)
            return 1
        return 1 if votes.bad else 0
    items = Lines(stream, sys.stderr, parse_item)
    if asked.command == "read":
        try:
            read(items, sys.stdout, asked.tier)
        except tone.NoSuchTier as error:
            parser.error(str(error))
    elif asked.command == "themes":
        themes(items, sys.stdout, asked.k, asked.names)
    elif asked.command == "position":
        try:
            return 0 if position(items, sys.stdout, asked.labelled) and not items.bad else 1
        except (OSError, ValueError, KeyError, TypeError) as error:
            parser.error(f"--labelled {asked.labelled}: {error}")
    elif asked.command == "vader":
        vader_scores(items, sys.stdout)
    elif asked.command == "campaigns":
        campaigns(items, sys.stdout)
    else:
        summary(items, sys.stdout, asked.limit)
    return 1 if items.bad else 0


if __name__ == "__main__":
    sys.exit(main())
