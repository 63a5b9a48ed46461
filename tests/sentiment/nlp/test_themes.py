"""Themes, frames, mapping and positions, on a planted set: four matters, each said in many ways."""

import json
import random
from pathlib import Path

import numpy as np
import pytest

from sentiment.nlp.frames import Adopt, Assign, EditRefused, Merge, Part, Rename, Split, edited
from sentiment.nlp.mapping import FrameTheme, Row, learn_map, map_agreement, map_by_names
from sentiment.nlp.position import NotEnoughLabels, learn_positions
from sentiment.nlp.themes import find_themes
from tests.sentiment.nlp import command_line

MATTERS = {
    "buses": ["evening buses", "the bus timetable", "late buses", "bus fares"],
    "trees": ["street trees", "felled trees", "planting trees", "the old trees"],
    "bins": ["overflowing bins", "bin collections", "recycling bins", "missed bins"],
    "library": ["library hours", "the library roof", "library staff", "library books"],
}
ENDINGS = ["matter to us most", "have got worse this year", "need more money", "should come first", "worry my mother"]


def planted() -> tuple[list[str], list[str]]:
    texts = [
        (f"{said.capitalize()} {ending}.", matter)
        for matter, all_said in MATTERS.items()
        for said in all_said
        for ending in ENDINGS
    ]
    random.Random(1).shuffle(texts)
    return [text for text, _ in texts], [matter for _, matter in texts]


TEXTS, TRUTH = planted()
VECTORS = np.array([[float(matter == each) for each in MATTERS] for matter in TRUTH], dtype=np.float32)


def purity(found: list[int | None]) -> float:
    said: dict[int | None, list[str]] = {}
    for theme, matter in zip(found, TRUTH, strict=True):
        said.setdefault(theme, []).append(matter)
    return sum(max(map(group.count, set(group))) for group in said.values()) / len(TRUTH)


@pytest.mark.parametrize(("vectors", "pure"), [(None, 0.85), (VECTORS, 1.0)], ids=["words alone", "with meaning"])
def test_planted_matters_are_found_and_named_by_what_people_wrote(vectors, pure: float) -> None:
    found = find_themes(TEXTS, vectors, 4)
    assert purity([place.theme for place in found.places]) >= pure
    assert len({theme.label for theme in found.themes}) == len(found.themes) == 4
    assert sum(theme.size for theme in found.themes) == len(TEXTS)
    for theme in found.themes:
        for quote in theme.quotes:
            assert TEXTS[quote.text_index][quote.start : quote.end] == quote.text


def test_the_order_of_the_texts_does_not_matter() -> None:
    turned = find_themes(TEXTS[::-1], VECTORS[::-1], 4)
    straight = find_themes(TEXTS, VECTORS, 4)
    assert [place.theme for place in turned.places[::-1]] == [place.theme for place in straight.places]
    assert [theme.label for theme in turned.themes] == [theme.label for theme in straight.themes]


def test_a_tenth_more_texts_leave_the_others_where_they_were() -> None:
    more = [*TEXTS, *("Late buses and bus fares are a daily worry." for _ in range(8))]
    vectors = np.vstack([VECTORS, np.tile(VECTORS[TRUTH.index("buses")], (8, 1))])
    before = [place.theme for place in find_themes(TEXTS, VECTORS, 4).places]
    after = [place.theme for place in find_themes(more, vectors, 4).places][: len(TEXTS)]
    pairs = set(zip(before, after, strict=True))
    assert len(pairs) == 4


def test_texts_that_say_nothing_take_no_part() -> None:
    found = find_themes([*TEXTS, "None", "N/A", "no comment"], None, 4)
    assert [place.theme for place in found.places[-3:]] == [None] * 3


@pytest.mark.parametrize("texts", [[], ["One text only about a bus."], ["The same words."] * 30, ["None"] * 30])
def test_a_set_without_themes_is_refused_by_name(texts: list[str]) -> None:
    found = find_themes(texts)
    assert found.themes == ()
    assert found.refused


def test_vectors_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="vectors"):
        find_themes(TEXTS, VECTORS[:-1])


def test_what_officers_do_to_candidates_becomes_rows_to_learn_from() -> None:
    found = find_themes(TEXTS, VECTORS, 4)
    of = {TRUTH[next(i for i, place in enumerate(found.places) if place.theme == n)]: n for n in range(4)}
    buses = [place for place, matter in enumerate(TRUTH) if matter == "buses"]
    frame = edited(
        found,
        [
            Adopt(of["buses"], "Buses"),
            Adopt(of["trees"], "Trees"),
            Adopt(of["bins"], "Bins"),
            Rename("Trees", "Trees and parks"),
            Merge(("Bins", "Trees and parks"), "Streets"),
            Split("Buses", (Part("Fares", frozenset(buses[:10])), Part("Buses", frozenset(buses[10:])))),
            Assign(TRUTH.index("library"), frozenset()),
        ],
    )
    assert {theme.name for theme in frame.themes} == {"Buses", "Fares", "Streets"}
    borne = {row.text_index: row.themes for row in frame.rows}
    assert borne[buses[0]] == {"Fares"}
    assert borne[TRUTH.index("trees")] == borne[TRUTH.index("bins")] == {"Streets"}
    assert borne[TRUTH.index("library")] == frozenset()
    known = learn_map(frame.themes, frame.rows, TEXTS, VECTORS)
    new = known.read(["More street trees by the bins, please."], VECTORS[[TRUTH.index("trees")]])
    assert [given.theme for given in new[0]] == ["Streets"]


@pytest.mark.parametrize("edit", [Adopt(99, "x"), Rename("Nobody", "x"), Merge(("Nobody",), "x"), Adopt(0, " ")])
def test_an_edit_that_makes_no_sense_is_refused_with_its_number(edit) -> None:
    with pytest.raises(EditRefused, match="edit 1"):
        edited(find_themes(TEXTS, VECTORS, 4), [edit])


def test_a_frame_of_names_alone_finds_texts_that_share_its_words() -> None:
    known = map_by_names([FrameTheme("Library books"), FrameTheme("Street trees")])
    read = known.read(["The library books are old.", "Plant street trees.", "None"])
    assert [[given.theme for given in each] for each in read] == [["Library books"], ["Street trees"], []]


def test_agreement_of_a_map_is_measured_on_texts_kept_back() -> None:
    frame = [FrameTheme(matter) for matter in MATTERS]
    rows = [Row(place, frozenset({matter})) for place, matter in enumerate(TRUTH)]
    measured = map_agreement(frame, rows, TEXTS, VECTORS)
    assert measured.n == len(TEXTS)
    assert min(measured.micro, measured.macro, measured.samples) > 0.9
    assert map_agreement(frame, rows[:19], TEXTS, VECTORS).refused == "not enough examples: 19 of the 20 needed"


POSITIONS = ["support" if matter in ("buses", "trees") else "oppose" for matter in TRUTH]


def test_positions_are_learned_from_officers_labels_with_their_agreement() -> None:
    reader = learn_positions(TEXTS[:40], POSITIONS[:40], VECTORS[:40])
    assert not isinstance(reader, NotEnoughLabels)
    read = [each.position for each in reader.read(TEXTS[40:], VECTORS[40:])]
    assert read == POSITIONS[40:]
    assert reader.agreement.n == 40
    assert reader.agreement.accuracy > 0.9


def test_below_twenty_labels_nothing_is_learned() -> None:
    assert learn_positions(TEXTS[:19], POSITIONS[:19]) == NotEnoughLabels("not enough labels: 19 of the 20 needed")


def run(*words: str, lines: list[dict]) -> tuple[int, list[dict]]:
    done = command_line.run(list(words), "".join(json.dumps(line) + "\n" for line in lines).encode())
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()]


def test_the_themes_command_gives_each_text_its_theme_and_then_the_themes() -> None:
    code, out = run("themes", "--k", "4", lines=[{"id": n, "text": text} for n, text in enumerate(TEXTS)])
    assert code == 0
    assert [line["id"] for line in out[: len(TEXTS)]] == list(range(len(TEXTS)))
    labels = {line["theme"] for line in out[len(TEXTS) :]}
    assert {line["theme"] for line in out[: len(TEXTS)]} <= labels
    assert sum(line["size"] for line in out[len(TEXTS) :]) == len(TEXTS)


def test_the_position_command_reads_with_labels_from_a_file(tmp_path: Path) -> None:
    labelled = tmp_path / "labels.jsonl"
    rows = [{"text": text, "position": said} for text, said in zip(TEXTS[:40], POSITIONS[:40], strict=True)]
    labelled.write_text("\n".join(map(json.dumps, rows)))
    code, out = run("position", "--labelled", str(labelled), lines=[{"id": 1, "text": TEXTS[41]}])
    assert code == 0
    assert out[0]["position"] == POSITIONS[41]
    assert out[1]["agreement"]["n"] == 40
    labelled.write_text("\n".join(map(json.dumps, rows[:5])))
    code, out = run("position", "--labelled", str(labelled), lines=[])
    assert (code, out) == (1, [{"refused": "not enough labels: 5 of the 20 needed"}])
