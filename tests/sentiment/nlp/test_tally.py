import tracemalloc

import pytest

from sentiment.nlp.tally import MOST_WARDS, SAMPLE_CHARACTERS, SAMPLE_TEXTS, Sample, TooManyWards, WardTallies
from sentiment.nlp.tone import read

READING = read("The lights are lovely")


def test_a_hundred_thousand_readings_take_the_memory_of_their_samples():
    tallies = WardTallies()
    tracemalloc.start()
    try:
        for number in range(100_000):
            tallies.add(f"Ward {number % 5}", f"comment {number}", READING)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert peak < 2_000_000  # 4,500 short texts; the stream itself would be ten times that


def test_a_sample_holds_everything_until_it_is_full_and_is_even_after():
    small = Sample(SAMPLE_TEXTS, "Gipping")
    for number in range(SAMPLE_TEXTS):
        small.add(str(number), READING)
    assert [kept.text for kept in small.kept] == [str(number) for number in range(SAMPLE_TEXTS)]

    large = Sample(SAMPLE_TEXTS, "Gipping")
    for number in range(30_000):
        large.add(str(number), READING)
    places = [int(kept.text) for kept in large.kept]
    assert len(set(places)) == SAMPLE_TEXTS
    assert 0.4 < sum(places) / len(places) / 30_000 < 0.6


def test_the_same_stream_gives_the_same_sample():
    samples = [Sample(10, "Gipping"), Sample(10, "Gipping")]
    for sample in samples:
        for number in range(1_000):
            sample.add(str(number), READING)

    assert samples[0].kept == samples[1].kept


def test_a_long_text_is_kept_by_its_beginning():
    sample = Sample(1, "Gipping")
    sample.add("x" * 10_000, READING)

    assert sample.kept[0].text == "x" * SAMPLE_CHARACTERS


def test_a_ward_keeps_the_name_it_was_first_written_with():
    tallies = WardTallies()
    for ward in ("St  John's ", "ST JOHN'S", "", "  "):
        tallies.add(ward, "fine", READING)

    assert tallies.name_of("st john's") == "St John's"
    assert [(ward.name, ward.total) for ward in tallies.figures()] == [("St John's", 2), ("No ward given", 2)]


def test_more_wards_than_a_council_has_are_refused():
    tallies = WardTallies()
    for number in range(MOST_WARDS):
        tallies.add(f"Ward {number}", "fine", READING)

    with pytest.raises(TooManyWards):
        tallies.add("one more", "fine", READING)
