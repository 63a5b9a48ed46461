"""``python -m sentiment.nlp`` as a shell sees it."""

import json
import subprocess
import sys
from dataclasses import asdict
from io import BytesIO
from pathlib import Path

from sentiment.nlp.lines import Lines, parse_item
from sentiment.nlp.tone import read
from sentiment.nlp.vader import scores
from tests.sentiment.nlp.command_line import run

ROOT = Path(__file__).resolve().parents[3]


def jsonl(*items: object) -> bytes:
    return b"".join(json.dumps(item).encode() + b"\n" for item in items)


def test_read_answers_each_line_in_order():
    texts = ["The wardens were lovely.", "Mae'r parc yn hyfryd iawn heddiw.", "", "\ud800 awful"]
    lines = jsonl(*({"id": number, "text": text} for number, text in enumerate(texts)))
    command = [sys.executable, "-m", "sentiment.nlp", "read"]
    done = subprocess.run(command, input=lines, capture_output=True, cwd=ROOT, check=False)

    expected = [{"id": number, **asdict(read(text))} for number, text in enumerate(texts)]
    assert [json.loads(line) for line in done.stdout.splitlines()] == json.loads(json.dumps(expected))
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_line_is_answered_while_the_input_stays_open():
    command = [sys.executable, "-m", "sentiment.nlp", "read", "--tier", "lexicon"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT) as running:
        assert running.stdin is not None
        assert running.stdout is not None
        for number in range(2):
            running.stdin.write(jsonl({"id": number, "text": "fine"}))
            running.stdin.flush()
            assert json.loads(running.stdout.readline())["id"] == number
        running.stdin.close()


def test_the_batches_of_a_long_input_are_full_ones():
    items = Lines(BytesIO(jsonl(*({"id": number, "text": "fine"} for number in range(130)))), sys.stderr, parse_item)

    assert [len(batch) for batch in items.batches(64)] == [64, 64, 2]


def test_vader_answers_with_nltks_four_figures():
    done = run(["vader"], jsonl({"id": "a", "text": "Not good!!"}, {"text": "Mae'r parc yn hyfryd."}))

    assert [json.loads(line) for line in done.stdout.splitlines()] == [
        {"id": "a", **asdict(scores("Not good!!"))},
        {"id": None, "neg": 0.0, "neu": 1.0, "pos": 0.0, "compound": 0.0},
    ]


def test_bad_lines_are_named_by_number_and_the_rest_still_answered():
    lines = b"\n".join(
        [
            b'{"id": 1, "text": "fine"}',
            b"{broken",
            b"[1, 2]",
            b'{"id": 4}',
            b'{"id": 5, "text": 5}',
            b'{"id": 6, "text": "fine", "question": 6}',
            b'{"id": 7, "text": "\xff"}',
            b"[" * 100_000,
            b"",
            b'{"id": 10, "text": "fine", "question": null}',
        ]
    )
    done = run(["vader"], lines)

    assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == [1, 10]
    assert [line.split(b":")[0].decode() for line in done.stderr.splitlines()] == [
        f"line {number}" for number in (2, 3, 4, 5, 6, 7, 8)
    ]
    assert done.returncode == 1


def test_a_line_beyond_all_bounds_is_refused_and_the_next_is_read():
    done = run(["vader"], b'{"id": 1, "text": "' + b"x" * 9_000_000 + b'"}\n' + jsonl({"id": 2, "text": "ok"}))

    assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == [2]
    assert done.stderr == b"line 1: longer than 8,000,000 bytes\n"


def test_summarise_points_at_the_items_its_sentences_come_from():
    done = run(
        ["summarise", "--limit", "1"],
        jsonl(
            {"id": "x", "text": "The evening buses stop far too early."},
            {"id": "y", "text": "Evening buses must run later for us all."},
        ),
    )
    found = json.loads(done.stdout)

    assert set(found) == {"lead", "quotes", "coverage", "excluded_share", "considered"}
    assert found["quotes"][0]["id"] in ("x", "y")
    assert found["considered"] == 2


def test_campaigns_tells_each_item_its_group_and_whose_text_stands_for_it():
    letter = (
        "I object to closing Elmbridge Library on Saturdays because families who work all week can only come then."
    )
    done = run(
        ["campaigns"],
        jsonl(
            {"id": "a", "text": letter},
            {"id": "b", "text": "Yes"},
            {"id": "c", "text": "Dear council, " + letter + " Please think again."},
            {"id": "d", "text": "Yes"},
            {"id": "e", "text": letter.replace("work", "toil")},
        ),
    )
    campaign = {"campaign": 1, "size": 3, "representative": "a"}
    alone = {"campaign": None, "size": None, "representative": None}

    assert [json.loads(line) for line in done.stdout.splitlines()] == [
        {"id": "a", **campaign},
        {"id": "b", **alone},
        {"id": "c", **campaign},
        {"id": "d", **alone},
        {"id": "e", **campaign},
    ]


def test_groups_tells_each_participant_their_group_and_what_sets_it_apart():
    votes = [
        {"participant": person, "statement": f"s{number}", "vote": 1 if (person < 8) == (number < 4) else -1}
        for person in range(14)
        for number in range(7)
    ] + [{"participant": person, "statement": "shared", "vote": 1} for person in range(14)]
    done = run(["groups"], jsonl(*votes, {"participant": "late", "statement": "s0", "vote": 1}))
    lines = [json.loads(line) for line in done.stdout.splitlines()]

    assert (done.returncode, done.stderr) == (0, b"")
    assert [(line["participant"], line["group"]) for line in lines[:15]] == [
        *((person, 1 if person < 8 else 2) for person in range(14)),
        ("late", None),
    ]
    assert [(line["group"], line["size"]) for line in lines[15:17]] == [(1, 8), (2, 6)]
    assert {(each["statement"], each["side"]) for each in lines[16]["apart"]} == {
        *((f"s{number}", "disagree") for number in range(4)),
        *((f"s{number}", "agree") for number in range(4, 7)),
    }
    assert [each["statement"] for each in lines[17]["shared"]] == ["shared"]


def test_groups_refuses_by_name_and_tells_bad_votes_by_number():
    lines = [
        {"participant": 1, "statement": "a", "vote": 2},
        {"participant": None, "statement": "a", "vote": 1},
        {"participant": 1, "statement": True, "vote": 1},
        {"participant": 1, "statement": "a", "vote": True},
        {"participant": 1, "statement": "a", "vote": 0},
    ]
    done = run(["groups"], jsonl(*lines))

    assert done.returncode == 1
    assert json.loads(done.stdout)["refused"].startswith("too few voters: 1 participants")
    assert [line.split(b":")[0].decode() for line in done.stderr.splitlines()] == [
        f"line {number}" for number in (1, 2, 3, 4)
    ]


def test_no_input_gives_no_readings():
    done = run(["read"], b"")

    assert (done.stdout, done.returncode) == (b"", 0)


def test_the_library_loads_without_django_and_without_the_network():
    code = (
        "import socket, sys\n"
        "def refuse(*_, **__): raise AssertionError('network')\n"
        "socket.socket.connect = refuse\n"
        "import sentiment.nlp.analyse, sentiment.nlp.__main__\n"
        "from sentiment.nlp.tone import read\n"
        "assert read('lovely').label == 'positive'\n"
        "assert read('Mae parc newydd yn agor heddiw').label == 'unread'\n"
        "assert not [name for name in sys.modules if name.split('.')[0] in ('django', 'wagtail', 'channels')]\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, cwd=ROOT, check=False)

    assert (done.returncode, done.stderr) == (0, b"")
