import math
import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sentiment.nlp.tone import LABELS, READER, RULES, Reading, Reason, label_of, read
from sentiment.nlp.vader import Scores


def because(text: str) -> list[tuple[str, str]]:
    return [(reason.text, reason.rule) for reason in read(text).because]


def test_a_plain_text_is_read_whole():
    assert read("The wardens were lovely.") == Reading(
        tone=0.5859,
        label="positive",
        scores=Scores(neg=0.0, neu=0.441, pos=0.559, compound=0.5859),
        language="en",
        because=(Reason(17, 23, "lovely", 0.5859, "lexicon"),),
        reader=READER,
    )


def test_welsh_is_left_unread_and_given_no_tone():
    assert read("Mae'r parc newydd yn hyfryd ond mae'r ffordd yn beryglus.") == Reading(
        tone=None, label="unread", scores=None, language="cy", because=(), reader=READER
    )


@pytest.mark.parametrize("text", ["", "   ", "\n", "12345", "….", "\x00"])
def test_a_text_that_says_nothing_is_neutral_with_no_reasons(text):
    reading = read(text)

    assert (reading.tone, reading.label, reading.because) == (0.0, "neutral", ())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The path is safe", [("safe", "lexicon")]),
        ("The path is not very safe", [("not very safe", "lexicon+booster+negation")]),
        ("The path is slightly dangerous", [("slightly dangerous", "lexicon+dampener")]),
        ("The path is DANGEROUS at night", [("DANGEROUS", "lexicon+capitals")]),
        ("The least helpful letter", [("least helpful", "lexicon+least")]),
        ("The plan is the kiss of death", [("kiss", "lexicon+idiom"), ("death", "lexicon+idiom")]),
        ("I was never so happy", [("never so happy", "lexicon+booster+never so+so")]),
        ("Nice idea, but terrible map", [("Nice", "lexicon+before but"), ("terrible", "lexicon+after but")]),
        ("Sad news. Not sad, news", [("Sad", "lexicon"), ("Not sad", "lexicon+negation")]),
        ("sad news, so very sad", [("sad", "lexicon"), ("sad", "lexicon+repeated")]),
        ("Great!! Really??", [("Great", "lexicon"), ("!!", "exclamation marks"), ("??", "question marks")]),
        ("(?: bus (?: bus", [("(?:", "lexicon"), ("(?:", "lexicon+repeated"), ("", "question marks")]),
        ("Not good or safe", [("Not good", "lexicon+negation"), ("safe", "lexicon+negation")]),
        (
            "Not today! Good grief",
            [("Good", "lexicon+negation"), ("!", "exclamation marks"), ("grief", "lexicon+negation")],
        ),
        ("kind of you", []),
    ],
)
def test_reasons_name_the_words_and_the_rule(text, expected):
    assert sorted(because(text)) == sorted(expected)


def test_every_rule_a_reason_can_have_is_explained():
    texts = [
        "not very GOOD but slightly bad bad!! what?? never so happy, the least good",
        "we never went so good, the kiss of death",
    ]
    rules = {rule for text in texts for _, combined in because(text) for rule in combined.split("+")}

    assert rules <= set(RULES)


@pytest.mark.parametrize(
    ("tone", "label"),
    [
        *((-1.0, "negative"), (-0.05, "negative"), (-0.0499, "neutral"), (0.0, "neutral"), (0.0499, "neutral")),
        *((0.05, "positive"), (1.0, "positive"), (None, "unread")),
    ],
)
def test_label_changes_at_five_hundredths(tone, label):
    assert label_of(tone) == label


TEXTS = st.one_of(
    st.text(st.characters(), max_size=300),
    st.lists(
        st.sampled_from(
            "good bad not very BUT but never so this least at kind of awful GREAT :) (?: !! ?? ! ? 😀 \ud83d \x00 "
            "<b> https://example.org/x lovely. 'terrible' dim diolch yn fawr".split(" ")
        ),
        max_size=40,
    ).map(" ".join),
)


@settings(max_examples=500, deadline=None)
@given(text=TEXTS)
@example(text="\ud800")
@example(text="😀" * 50)
def test_any_string_gets_a_reading_whose_reasons_sum_to_the_tone(text):
    reading = read(text)

    assert reading.label in LABELS
    if reading.tone is None:
        assert reading.because == ()
        return
    assert -1.0 <= reading.tone <= 1.0
    assert math.isclose(sum(reason.weight for reason in reading.because), reading.tone, abs_tol=1e-9)
    end = 0
    for reason in reading.because:
        assert text[reason.start : reason.end] == reason.text
        assert end <= reason.start <= reason.end
        assert reason.weight != 0
        assert set(reason.rule.split("+")) <= set(RULES)
        end = reason.end


@pytest.mark.parametrize(
    "text",
    ["good " * 200_000, "not " * 200_000, "!" * 1_000_000, "x" * 1_000_000, "? good " * 100_000, "a." * 300_000],
    ids=["one word", "negations", "marks", "no blanks", "marks and words", "dots"],
)
def test_a_million_characters_are_read_in_bounded_time(text):
    start = time.process_time()

    read(text)

    assert time.process_time() - start < 6  # about 1 s in practice; quadratic work would take hours


def test_the_question_does_not_change_this_readers_mind():
    assert read("Nothing at all.", "How could we improve?") == read("Nothing at all.")
