import pytest

from sentiment.nlp.agreement import CannotTell, Label, agreement

# The worked example of Krippendorff (2011), "Computing Krippendorff's Alpha-Reliability", section C: four observers,
# twelve units, missing values ("."): nominal alpha 0.743, interval alpha 0.849.
OBSERVERS = {
    "A": "1 2 3 3 2 1 4 1 2 . . .",
    "B": "1 2 3 3 2 2 4 1 2 5 . 3",
    "C": ". 3 3 3 2 3 4 2 2 5 1 .",
    "D": "1 2 3 3 2 4 4 1 2 5 1 .",
}
EXAMPLE = [
    Label(coder, unit, int(value))
    for coder, values in OBSERVERS.items()
    for unit, value in enumerate(values.split())
    if value != "."
]


@pytest.mark.parametrize(("scale", "alpha"), [("nominal", 0.743), ("interval", 0.849)])
def test_the_published_example_comes_out_as_published(scale, alpha) -> None:
    found = agreement(EXAMPLE, scale)
    assert (round(found.alpha, 3), found.units, found.coders) == (alpha, 11, 4)


def test_the_interval_holds_alpha_and_is_the_same_each_time() -> None:
    found = agreement(EXAMPLE)
    assert found.interval is not None
    assert found.interval.low < found.alpha < found.interval.high <= 1
    assert found == agreement(EXAMPLE)


@pytest.mark.parametrize("scale", ["nominal", "interval"])
def test_the_interval_is_drawn_from_the_very_alpha_that_is_told(scale) -> None:
    """Of texts that are all alike every draw is the same set, so that its alpha is the one NLTK gives."""
    one_text = [("a", 1), ("b", 1), ("c", 3)]
    labels = [Label(coder, unit, value) for unit in range(12) for coder, value in one_text]
    found = agreement(labels, scale)
    assert found.interval is not None
    assert (found.interval.low, found.interval.high) == pytest.approx((found.alpha, found.alpha))


def test_full_agreement_is_one_and_firm() -> None:
    labels = [Label(coder, unit, unit % 3) for coder in "ab" for unit in range(12)]
    found = agreement(labels)
    assert (found.alpha, found.is_firm) == (1.0, True)


def test_labels_that_always_differ_are_worse_than_chance() -> None:
    labels = [Label(coder, unit, (unit + (coder == "b")) % 2) for coder in "ab" for unit in range(12)]
    assert agreement(labels).alpha < 0


def test_a_few_texts_get_no_interval() -> None:
    labels = [Label(coder, unit, unit % 2) for coder in "ab" for unit in range(9)]
    assert agreement(labels).interval is None


@pytest.mark.parametrize(
    ("labels", "why"),
    [
        ([], "fewer than two coders"),
        ([Label("a", 1, "x"), Label("a", 2, "y")], "fewer than two coders"),
        ([Label("a", 1, "x"), Label("b", 2, "y")], "no text was labelled by two"),
        ([Label("a", 1, "x"), Label("b", 1, "x")], "all labels are the same"),
        ([Label("a", 1, "x"), Label("a", 1, "y"), Label("b", 1, "x")], "labelled the text 1 twice"),
    ],
)
def test_what_cannot_be_told_is_refused_by_name(labels: list[Label], why: str) -> None:
    with pytest.raises(CannotTell, match=why):
        agreement(labels)
