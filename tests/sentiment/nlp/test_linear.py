"""The fast tier: exact reasons, bounded time, weights that are named when they cannot be used."""

from __future__ import annotations

import pickle
import time
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from sentiment.nlp import tone
from sentiment.nlp.identity import hide_identity
from sentiment.nlp.layer import Asked, asked_by
from sentiment.nlp.linear import LEFT_OUT, TOLD_FROM, WEIGHTS, Fast, Weights
from sentiment.nlp.readings import Reading, WeightsError
from sentiment.nlp.wordgrams import LONG, keys_of, runs, see, tokens

FAST = Fast()
LONGEST_MILLISECONDS = 50

WORDS = """
    the a of to and street bin bins collection council very really slightly not no never without isn't don't but good
    GREAT awful lovely Disgraceful late missed nothing "quoted" (aside) road. road, again! what? what?! :) ;-) <3 😡 👍
    is was as she he local people resident 3 3rd 10.30 half-hour and/or it's it’s
    please thank you worst best dont sooooo nice like https://example.org/x me@example.org @someone #fail <b>bold</b>
""".split()
QUESTIONS = ["", "What could we do better?", "What was good?", "Do you support the proposal?", "Any other comments?"]
texts = st.one_of(
    st.lists(st.sampled_from(WORDS), max_size=24).map(" ".join),
    st.lists(st.sampled_from(WORDS), max_size=12).map("".join),
    st.text(max_size=60),
)


@given(text=texts, question=st.sampled_from(QUESTIONS))
@settings(deadline=None, max_examples=100)
def test_each_reason_is_what_reading_again_without_the_word_finds(text: str, question: str) -> None:
    reading = FAST.read(text, question)
    assert reading.tone is not None
    without = {
        (token.start, token.end): text[: token.start] + text[token.end :]
        for token in tokens(text)
        if token.known.is_word
    }
    assume(not any(hide_identity(each).places for each in (text, *without.values())))  # what is hidden stays hidden
    effects = {place: reading.tone - FAST.tone_of(rest, question) for place, rest in without.items()}
    told = {(reason.start, reason.end): reason.weight for reason in reading.because}
    assert set(told) <= set(effects)
    assert {place: told.get(place, 0.0) for place in effects} == {
        place: pytest.approx(effect if abs(effect) >= TOLD_FROM or place in told else 0.0, abs=1e-9)
        for place, effect in effects.items()
    }


@given(text=st.text(max_size=200), question=st.text(max_size=40))
@settings(deadline=None, max_examples=50)
def test_any_string_is_read_and_its_reasons_lie_in_it_in_order(text: str, question: str) -> None:
    reading = FAST.read(text, question)
    assert reading.tone is not None
    assert -1 <= reading.tone <= 1
    assert reading.p is not None
    assert sum((reading.p.negative, reading.p.neutral, reading.p.positive)) == pytest.approx(1)
    assert [reason.text for reason in reading.because] == [text[each.start : each.end] for each in reading.because]
    ends = [0, *(reason.end for reason in reading.because)]
    assert all(end <= reason.start for end, reason in zip(ends, reading.because, strict=False))
    assert {reason.rule for reason in reading.because} <= {LEFT_OUT}


@pytest.mark.parametrize(
    "text", ["", "  \n", "...", "\0", "\ud800", "https://example.org/awful", "<br/>", "&amp;", "£ 5%"]
)
def test_a_text_without_words_says_nothing(text: str) -> None:
    reading = FAST.read(text)
    if text != "£ 5%":
        assert (reading.tone, reading.label, reading.because) == (0.0, "neutral", ())


def test_many_are_read_as_one_by_one() -> None:
    said = ["The new benches are lovely.", "", "Bins missed again, third week running!", "Nothing"]
    asked = ["", "", "Any other comments?", "What could we do better?"]
    assert FAST.read_many(said, asked) == [
        FAST.read(text, question) for text, question in zip(said, asked, strict=True)
    ]


@pytest.mark.parametrize(
    ("text", "question", "label"),
    [
        ("The wardens were lovely and so helpful.", "", "positive"),
        ("I strongly object to this application.", "", "negative"),
        ("The brown bin has been missed again, third week running.", "", "negative"),
        ("Could you tell me what day the glass is collected?", "", "neutral"),
        ("We walked past the war memorial to the fire station.", "", "neutral"),
        ("Nothing", "What could we do better?", "positive"),
        ("Nothing", "What did we do well?", "negative"),
        ("No complaints at all.", "", "positive"),
    ],
)
def test_what_residents_say_is_read_as_they_mean_it(text: str, question: str, label: str) -> None:
    assert FAST.read(text, question).label == label


@pytest.mark.parametrize(
    "text",
    [
        "bad " * 100_000,
        "a1" * 50_000,
        "<a " * 40_000,
        "not good but awful. " * 5_000,
        "!" * 100_000,
        "x" * 100_000,
        "AWFUL awful " * 9_000,
        "a@" * 50_000,
        "né " * 30_000,
        "lovely " * 1_000_000,
        "I am a young single nurse " * 4_000,
        "she is in " * 10_000,
        "a young " * 10_000,
    ],
    ids=lambda text: text[:8],
)
def test_no_text_takes_long(text: str) -> None:
    tone.read("warm", tier="fast")
    spent = []
    for _ in range(3):
        began = time.process_time()
        tone.read(text, tier="fast")
        spent.append(time.process_time() - began)
    assert min(spent) * 1000 < LONGEST_MILLISECONDS


def test_a_long_text_is_the_mean_of_its_passages_not_their_sum() -> None:
    sentence = "The meeting was all right and the chair was helpful. "
    assert FAST.tone_of(sentence * 40) == pytest.approx(FAST.tone_of(sentence * 80), abs=0.02)
    assert len(see(tokens(sentence * 40)).known) > LONG


def test_reasons_of_many_are_those_of_one_and_the_same_each_time_they_are_asked() -> None:
    text = "The lift isn't safe, and nobody answers."
    [many] = FAST.read_many([text], [""])
    assert many.because == many.because == FAST.read(text).because
    assert {reason.text for reason in many.because} >= {"isn't", "nobody"}
    assert asdict(many)["because"] == tuple(asdict(reason) for reason in many.because)
    plain = Reading(many.tone, many.label, many.p, many.language, many.because, many.reader)
    assert pickle.loads(pickle.dumps(many)) == many == plain == many
    assert len({many, plain}) == 1
    assert many != replace(plain, because=())


def test_words_in_reach_of_a_negation_are_other_words() -> None:
    known = [token.known for token in tokens("Not a good day, but we don't mind.")]
    assert keys_of(known) == ["not", "a_", "good_", "day_", ",", "but", "we", "dont", "mind_", "."]


def test_runs_are_of_one_two_and_three_and_short_answers_say_what_was_asked() -> None:
    assert list(runs(["a", "b"])) == ["a", "b", "^ a", "a b", "b $", "^ a b", "a b $"]
    assert list(runs(["a"], "blame")) == [
        *("a", "^ a", "a $", "^ a $", "blame:"),
        *("blame: a", "blame: ^ a", "blame: a $", "blame: ^ a $", "blame: ^$"),
    ]


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("What could we do better?", "blame"),
        ("How could we improve?", "blame"),
        ("Do you have any concerns about the proposal?", "blame"),
        ("What was good?", "praise"),
        ("What do you like about the proposal?", "praise"),
        ("What would you like to see on Steep Hill?", ""),
        ("What did you like, and what could we improve?", ""),
        ("Do you support the proposal?", "view"),
        ("Any other comments?", ""),
        ("", ""),
    ],
)
def test_a_question_asks_for_praise_blame_or_a_view(question: str, asked: Asked) -> None:
    assert asked_by(question) == asked


def test_weights_that_are_gone_damaged_or_of_another_reader_are_named(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match=r"gone\.npz cannot be read"):
        Weights.load(tmp_path / "gone.npz")
    torn = tmp_path / "torn.npz"
    torn.write_bytes(WEIGHTS.read_bytes()[:50_000])
    with pytest.raises(WeightsError, match=r"torn\.npz is damaged"):
        Weights.load(torn)
    flipped = bytearray(WEIGHTS.read_bytes())
    flipped[len(flipped) // 2] ^= 255
    (tmp_path / "flipped.npz").write_bytes(flipped)
    with pytest.raises(WeightsError, match=r"flipped\.npz is damaged"):
        Weights.load(tmp_path / "flipped.npz")
    np.savez(
        tmp_path / "other.npz",
        version="x",
        runs=np.frombuffer(b"a\nb", np.uint8),
        weights=np.zeros((3, 4)),
        signals=np.zeros((2, 4)),
    )
    with pytest.raises(WeightsError, match=r"other\.npz does not fit"):
        Weights.load(tmp_path / "other.npz")


def test_weights_are_small() -> None:
    assert WEIGHTS.stat().st_size < 12_000_000


def test_the_fast_tier_is_read_with_these_weights() -> None:
    reading = tone.read("Lovely.", tier="fast")
    assert isinstance(reading, Reading)
    assert reading.reader == FAST.version
