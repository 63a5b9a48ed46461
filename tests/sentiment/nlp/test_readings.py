import pytest

from sentiment.nlp.readings import UNSURE_MARGIN, Probabilities, label_of


@pytest.mark.parametrize(
    ("p", "label"),
    [
        (Probabilities(0.6, 0.3, 0.1), "negative"),
        (Probabilities(0.1, 0.6, 0.3), "neutral"),
        (Probabilities(0.1, 0.3, 0.6), "positive"),
        (Probabilities(0.5, 0.0, 0.5), "unsure"),
        (Probabilities(0.5, 0.5 - UNSURE_MARGIN * 1.01, 0.0), "negative"),
        (Probabilities(0.5, 0.5 - UNSURE_MARGIN * 0.99, 0.0), "unsure"),
        (None, "unread"),
    ],
)
def test_the_likeliest_tone_is_the_label_unless_another_is_about_as_likely(p, label):
    assert label_of(p) == label
