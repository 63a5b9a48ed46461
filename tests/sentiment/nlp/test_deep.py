import itertools
import logging
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sentiment.nlp import deep as deep_tier
from sentiment.nlp import encoder, tone
from sentiment.nlp.deep import Deep
from sentiment.nlp.readings import Probabilities, Reading


@pytest.fixture(scope="module")
def deep() -> Deep:
    return Deep()


@pytest.mark.parametrize(
    ("text", "question", "label"),
    [
        ("The wardens were lovely.", "", "positive"),
        ("Third week running the brown bin has been left.", "", "negative"),
        ("I object to the closure of Station Road.", "", "negative"),
        ("I am in favour of the closure of Station Road.", "", "positive"),
        ("The fire station on Great Western Road opened in 1962.", "", "neutral"),
        ("Could you send me the map, please?", "", "neutral"),
        ("Oh brilliant, another consultation nobody will read.", "", "negative"),
        ("Not bad at all.", "", "positive"),
        ("Nothing", "What could we do better?", "positive"),
        ("Nothing", "What did we do well?", "negative"),
    ],
)
def test_a_text_is_read_as_a_resident_means_it(deep: Deep, text: str, question: str, label: str) -> None:
    assert deep.read(text, question).label == label


def test_probabilities_sum_to_one_and_the_tone_is_within_bounds(deep: Deep) -> None:
    for reading in deep.read_many(["Awful, awful, awful!", "Wonderful!", "On Tuesday."], [""] * 3):
        assert reading.p is not None
        assert reading.p.negative + reading.p.neutral + reading.p.positive == pytest.approx(1)
        assert -1 <= (reading.tone or 0) <= 1


@pytest.mark.parametrize("text", ["", "   ", "\n", "….", "\x00", "😀", "!!!", "\ud800"])
def test_a_text_without_words_says_nothing(deep: Deep, text: str) -> None:
    assert deep.read(text) == Reading(0.0, "neutral", Probabilities(0.0, 1.0, 0.0), "en", (), deep.version)


def test_a_reason_is_what_leaving_its_word_out_does_to_the_tone(deep: Deep) -> None:
    text = "The staff were kind but the wait was a disgrace."
    reading = deep.read(text)
    assert {reason.text for reason in reading.because} >= {"kind", "disgrace"}
    for reason in reading.because:
        assert text[reason.start : reason.end] == reason.text
        without = deep.read(text[: reason.start] + text[reason.end :])
        assert reason.weight == pytest.approx((reading.tone or 0) - (without.tone or 0), abs=1e-6)


def test_reasons_are_in_order_and_never_overlap(deep: Deep) -> None:
    because = deep.read("A gay man and a Christian were kind, and the lift's door was broken.").because
    places = [(reason.start, reason.end) for reason in because]
    assert all(first[1] <= second[0] for first, second in itertools.pairwise(places))


def test_a_text_is_read_the_same_alone_and_in_company(deep: Deep) -> None:
    texts = ["The path is safe now.", "It floods.", "Why was the bus cut? We were told nothing. " * 20]
    alone = [deep.read(text) for text in texts]
    together = deep.read_many(texts, [""] * 3)
    assert [(each.tone, each.p) for each in alone] == [(each.tone, each.p) for each in together]


def test_a_long_text_is_explained_within_a_second_of_processor_time(deep: Deep) -> None:
    text = "The hall was cold and nobody could hear the speaker, which was a shame. " * 250
    started = time.process_time()
    deep.read(text[:18_000])
    assert time.process_time() - started < 10  # a wide bound for a busy machine; the benchmark prints the figure


@settings(max_examples=40, deadline=None)
@given(text=st.text(st.characters(), max_size=120), question=st.text(max_size=30))
def test_any_string_is_read(text: str, question: str) -> None:
    reading = tone.read(text, question, "deep")
    assert reading.label in ("negative", "neutral", "positive", "unsure", "unread")


def test_without_its_weights_the_tier_below_reads_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(deep_tier, "Encoder", _EncoderOf(tmp_path))
    monkeypatch.setitem(tone.BELOW, "deep", "lexicon")
    tone._reader.cache_clear()
    try:
        with caplog.at_level(logging.WARNING):
            reading = tone.read("The wardens were lovely.", tier="deep")
    finally:
        tone._reader.cache_clear()
    assert reading.reader == tone.reader_version("lexicon")
    assert "manifest.json cannot be read" in caplog.text


class _EncoderOf:
    """Loads from a folder of one's choice."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def load(self) -> encoder.Encoder:
        return encoder.Encoder.load(self._folder)
