import json
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sentiment.nlp import tone
from sentiment.nlp.net import HELD_OUT, NO_CHECKS, TONES, Confusion, NetTone, confusion, net_tone, shrunk
from sentiment.nlp.uncertainty import Interval, mean_interval
from sentiment.nlp.vader import scores

# A reader that misses two complaints in three and hardly any praise, checked 400 times.
MISSES_COMPLAINTS = Confusion(((40.0, 40.0, 40.0, 0.0), (10.0, 50.0, 20.0, 0.0), (5.0, 15.0, 180.0, 0.0)))
ALWAYS_RIGHT = Confusion(((500.0, 0.0, 0.0, 0.0), (0.0, 500.0, 0.0, 0.0), (0.0, 0.0, 500.0, 0.0)))
# Dull and plain sentences in which VADER sees what is there, nothing, or the contrary.
SAYINGS = {
    "negative": ["The bins are awful.", "Nobody answered.", "What a lovely mess."],
    "neutral": ["The office is on Mill Road.", "The crime desk is upstairs.", "The bins are brown."],
    "positive": ["The wardens were lovely.", "It works now.", "Great, thank you!"],
}


ROOT = Path(__file__).resolve().parents[3]


def test_every_tier_has_its_own_held_out_figures():
    assert set(HELD_OUT) == {"vader", *tone.TIERS}
    assert len(set(HELD_OUT.values())) == len(HELD_OUT)
    assert all(min(map(sum, table.counts)) > 50 for table in HELD_OUT.values())


def test_the_fast_tiers_are_those_of_texts_kept_back_from_it():
    figures = json.loads((ROOT / "training/results/fast.json").read_text(encoding="utf-8"))
    (kept_back,) = [found for what, found in figures.items() if what.startswith("patients' feedback by tone")]
    assert HELD_OUT["fast"].counts == tuple(map(tuple, kept_back))


def test_the_deep_tiers_are_what_it_says_of_the_held_out_texts():
    texts = (ROOT / "benchmarks/texts/council_held_out.jsonl").read_text(encoding="utf-8")
    rows = [json.loads(line) for line in texts.splitlines()]
    read = tone.read_many([row["text"] for row in rows], [row.get("question", "") for row in rows], tier="deep")
    found = confusion(
        (reading.label, TONES[1 + (row["tone"] > 0) - (row["tone"] < 0)])
        for row, reading in zip(rows, read, strict=True)
    )
    differences = np.abs(np.array(found.counts) - np.array(HELD_OUT["deep"].counts))
    assert differences.max() <= 2  # int8 rounds differently on other processors


def held(
    truth: float, rates: Confusion, tones: tuple[float, float, float], n: int, draws: int
) -> tuple[float, float]:
    """How often the corrected and the naive interval hold the truth when labels are given at these rates."""
    draw = np.random.default_rng(n)
    table = np.array(rates.counts)
    labels = np.array(tones) @ (table / table.sum(axis=1, keepdims=True))
    ours = theirs = 0
    for _ in range(draws):
        negative, neutral, positive, unsure = draw.multinomial(n, labels).tolist()
        found = corrected(negative, neutral, positive, unsure)
        ours += found.interval.low <= truth <= found.interval.high
        values = [-1.0] * negative + [0.0] * (neutral + unsure) + [1.0] * positive
        naive = mean_interval(values)
        theirs += naive is not None and naive.low <= truth <= naive.high
    return ours / draws, theirs / draws


@cache
def corrected(negative: int, neutral: int, positive: int, unsure: int) -> NetTone:
    counts = {"negative": negative, "neutral": neutral, "positive": positive, "unsure": unsure}
    return net_tone(counts, MISSES_COMPLAINTS)


@pytest.mark.parametrize("n", [10, 20, 50, 100])
@pytest.mark.parametrize("tones", [(0.295, 0.121, 0.584), (0.7, 0.15, 0.15), (0.05, 0.05, 0.9)])
def test_the_interval_holds_the_truth_of_content_and_cross_wards_alike(n, tones):
    draws = 150
    by_chance = 2 * (0.06 * 0.94 / draws) ** 0.5  # two standard errors of a share of 94 %

    ours, _ = held(tones[2] - tones[0], MISSES_COMPLAINTS, tones, n, draws)

    assert ours >= 0.94 - by_chance


def test_the_naive_interval_holds_it_ever_less_often():
    tones = (0.7, 0.15, 0.15)

    assert [held(-0.55, MISSES_COMPLAINTS, tones, n, 60)[1] < 0.8 for n in (10, 20, 50, 100)] == [True] * 4


def test_a_reader_proved_right_is_believed():
    found = net_tone({"negative": 30, "neutral": 20, "positive": 50}, ALWAYS_RIGHT)

    assert found.net == pytest.approx(0.2, abs=0.01)
    assert found.interval == Interval(pytest.approx(0.02, abs=0.03), pytest.approx(0.37, abs=0.03))
    assert found.n == 100


def test_few_checks_make_a_wide_interval_and_many_a_narrow_one():
    def width(times: float) -> float:
        checks = Confusion(tuple(tuple(times * count for count in row) for row in MISSES_COMPLAINTS.counts))
        found = net_tone({"negative": 60, "neutral": 80, "positive": 260}, checks, held_out=MISSES_COMPLAINTS)
        return found.interval.high - found.interval.low

    widths = [width(times) for times in (0, 0.25, 1, 10)]

    assert widths == sorted(widths, reverse=True)
    assert widths[0] > 1.5 * widths[-1]


def test_held_out_checks_stand_in_for_what_officers_have_not_checked_yet():
    checks = Confusion(((4.0, 1.0, 0.0, 0.0), (0.0, 20.0, 0.0, 0.0), (0.0, 0.0, 0.0, 0.0)))

    topped_up = checks.topped_up(Confusion(((10.0, 10.0, 0.0, 0.0), (1.0, 0.0, 0.0, 0.0), (0.0, 0.0, 25.0, 5.0))))

    assert topped_up == Confusion(((9.0, 6.0, 0.0, 0.0), (0.0, 20.0, 0.0, 0.0), (0.0, 0.0, 12.5, 2.5)))


def test_checks_are_counted_by_what_the_person_found():
    pairs = [
        ("negative", "negative"),
        ("positive", "negative"),
        ("unsure", "neutral"),
        ("unread", "neutral"),
        ("positive", "unsure"),
    ]

    assert confusion(pairs) == Confusion(((1.0, 0.0, 1.0, 0.0), (0.0, 0.0, 0.0, 1.0), (0.0, 0.0, 0.0, 0.0)))


def test_checking_real_readings_corrects_the_wards_figure():
    said = [
        (label_of_score(scores(text).compound), tone) for tone, texts in SAYINGS.items() for text in texts
    ]  # fmt: skip
    checks = confusion(said * 60)
    draw = np.random.default_rng(4)
    truth = [TONES[kind] for kind in draw.choice(3, 400, p=[0.6, 0.3, 0.1])]
    labels = [label_of_score(scores(str(draw.choice(SAYINGS[tone]))).compound) for tone in truth]
    counts = {label: labels.count(label) for label in TONES}

    found = net_tone(counts, checks)

    naive = (counts["positive"] - counts["negative"]) / 400
    assert naive > -0.2
    assert found.net is not None
    assert found.net < naive - 0.3
    assert found.interval.low <= -0.5 <= found.interval.high


def label_of_score(compound: float) -> str:
    return "negative" if compound <= -0.05 else "positive" if compound >= 0.05 else "neutral"


def test_without_a_text_anything_is_possible():
    assert net_tone({}) == net_tone({"unread": 5}, MISSES_COMPLAINTS) == NetTone(None, Interval(-1.0, 1.0), 0)


def test_a_count_below_zero_is_refused():
    with pytest.raises(ValueError, match="fewer than zero"):
        net_tone({"negative": -1})


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(st.sampled_from(["negative", "neutral", "positive", "unsure", "unread"]), st.integers(0, 10**9)),
    st.sampled_from([NO_CHECKS, MISSES_COMPLAINTS, ALWAYS_RIGHT]),
)
def test_every_ward_has_a_figure_within_its_interval_within_bounds(counts, checks):
    found = net_tone(counts, checks, HELD_OUT["deep"])

    assert -1 <= found.interval.low < found.interval.high <= 1
    assert found.net is None or found.interval.low <= found.net <= found.interval.high
    assert net_tone(dict(reversed(counts.items())), checks, HELD_OUT["deep"]) == found


def wards(nets: np.ndarray, errors: np.ndarray, draw: np.random.Generator) -> list[NetTone]:
    seen = np.clip(draw.normal(nets, errors), -1, 1)
    return [
        NetTone(float(net), Interval(float(net - 1.96 * error), float(net + 1.96 * error)), 20)
        for net, error in zip(seen, errors, strict=True)
    ]


def test_shrinking_small_wards_lowers_their_error_and_keeps_their_intervals_honest():
    draw = np.random.default_rng(6)
    before, after, inside, widths = [], [], [], []
    for _ in range(60):
        nets = draw.normal(0.2, 0.12, 16)
        figures = wards(nets, draw.uniform(0.05, 0.35, 16), draw)
        for raw, moved, net in zip(figures, shrunk(figures), nets, strict=True):
            before.append(abs((raw.net or 0) - net))
            after.append(abs((moved.net or 0) - net))
            inside.append(moved.interval.low <= net <= moved.interval.high)
            widths.append((moved.interval.high - moved.interval.low) / (raw.interval.high - raw.interval.low))

    assert np.mean(after) < 0.7 * np.mean(before)
    assert np.mean(inside) > 0.94
    assert np.mean(widths) < 0.8


@pytest.mark.parametrize("sizes", [(10, 20, 50, 100) * 4, (10, 100) * 8])
def test_what_the_reader_gets_wrong_everywhere_is_not_evened_out_by_other_wards(sizes):
    """Every ward shares one error of the reader; its sampling error falls with its texts."""
    draw = np.random.default_rng(12)
    inside = []
    for _ in range(150):
        nets = draw.normal(0.2, 0.12, len(sizes))
        everywhere = draw.normal(0, 0.15)
        figures = []
        for net, n in zip(nets, sizes, strict=True):
            error = (0.7 / n) ** 0.5
            seen = net + everywhere + draw.normal(0, error)
            half = 1.96 * (error**2 + 0.15**2) ** 0.5
            figures.append(NetTone(float(seen), Interval(float(seen - half), float(seen + half)), n))
        inside += [
            moved.interval.low <= net <= moved.interval.high for moved, net in zip(shrunk(figures), nets, strict=True)
        ]

    assert np.mean(inside) > 0.94


def test_a_ward_at_the_end_of_the_scale_is_as_uncertain_as_its_longer_side_says():
    """An interval that is cut off at +1 looks half as wide as it is."""
    content = NetTone(1.0, Interval(0.2, 1.0), 10)
    others = [NetTone(net, Interval(net - 0.4, net + 0.4), 10) for net in (0.0, 0.1, 0.2, 0.3)]

    uncut = [NetTone(1.0, Interval(0.2, 1.8), 10), *others]

    assert shrunk([content, *others]) == shrunk(uncut)


def test_wards_that_surely_differ_are_left_nearly_alone():
    figures = [NetTone(net, Interval(net - 0.02, net + 0.02), 900) for net in (-0.6, -0.2, 0.1, 0.4, 0.7)]

    moved = shrunk(figures)

    assert [ward.net for ward in moved] == pytest.approx([ward.net for ward in figures], abs=0.002)


def test_a_ward_nobody_wrote_from_gets_the_councils_mean_and_little_certainty():
    figures = [NetTone(net, Interval(net - 0.1, net + 0.1), 90) for net in (-0.2, 0.0, 0.2, 0.4)]
    silent = NetTone(None, Interval(-1.0, 1.0), 0)

    moved = shrunk([*figures, silent])

    assert moved[-1].net == pytest.approx(0.1, abs=0.001)
    assert moved[-1].interval.high - moved[-1].interval.low > 0.9


def test_three_wards_cannot_tell_how_much_wards_differ():
    figures = (NetTone(0.1, Interval(0.0, 0.2), 50),) * 3

    assert shrunk(figures) == figures
