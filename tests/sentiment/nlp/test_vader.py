"""Our quick VADER against NLTK's own class, both fed with the same word list."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nltk.sentiment.vader import SentimentIntensityAnalyzer, VaderConstants

from sentiment.nlp import vader
from sentiment.nlp.lexicon import InjectedAnalyzer, parse_lexicon, vader_lexicon


@pytest.fixture(scope="module")
def nltk_vader() -> SentimentIntensityAnalyzer:
    return InjectedAnalyzer(dict(vader_lexicon()))


def as_nltk(scores: vader.Scores) -> dict[str, float]:
    return {"neg": scores.neg, "neu": scores.neu, "pos": scores.pos, "compound": scores.compound}


COUNCIL_SENTENCES = [
    "",
    " \t\n",
    "a",
    "I",
    "The new crossing outside the library is very good.",
    "The new crossing outside the library is NOT very good, but the wardens are lovely!!",
    "Least helpful letter I have had. It was the least helpful letter, at least.",
    "Kind of awful, sort of sad, kind people. Kind of you!",
    "never so happy, never this sad; so so happy and this so bad",
    "The drainage works were the kiss of death for the market. Yeah right, a bad ass plan!",
    "WHY??? why?? why? Why???? is the bus SO late and the driver SO RUDE",
    "good good GOOD Good not good. Without good without",
    "'happy' \"happy\" happy' 'happy ..happy happy!? happy?!? happy-",
    ":) :D (: <3 ;) (?: ?? !!",
    "Don't like it, dont like it, doesn't help, isnt safe",
    "ALL OF IT IS TERRIBLE AND UGLY",
    "Diolch yn fawr am y parc",
    "\x00 good\x00 \ud800good good \u2028 great\x1cgreat",
    "İstanbul is GREAT ß SS ǅ",
]


@pytest.mark.parametrize("text", COUNCIL_SENTENCES)
def test_a_sentence_scores_exactly_as_nltk_scores_it(text, nltk_vader):
    assert as_nltk(vader.scores(text)) == nltk_vader.polarity_scores(text)


WORDS = st.one_of(
    st.sampled_from(sorted(vader_lexicon())),
    st.sampled_from(sorted(VaderConstants.BOOSTER_DICT) + sorted(VaderConstants.NEGATE)),
    st.sampled_from(sorted(VaderConstants.SPECIAL_CASE_IDIOMS)),
    st.sampled_from("never so this least at very but kind of good bad great shit bomb ass death path bus x".split()),
)
SHAPES = st.sampled_from([str, str, str, str.upper, str.title])
MARKS = st.sampled_from(["", "", "", "", *VaderConstants.PUNC_LIST, "...", "!!!!", "'s"])


@st.composite
def vader_like_texts(draw: st.DrawFn) -> str:
    words = draw(st.lists(st.tuples(MARKS, SHAPES, WORDS, MARKS), max_size=12))
    return " ".join(before + shape(word) + after for before, shape, word, after in words)


@settings(max_examples=600, deadline=None)
@given(text=vader_like_texts())
def test_any_mixture_of_rule_words_scores_exactly_as_nltk_scores_it(text, nltk_vader):
    assert as_nltk(vader.scores(text)) == nltk_vader.polarity_scores(text)


@settings(max_examples=300, deadline=None)
@given(text=st.text(st.characters(), max_size=80))
def test_any_unicode_scores_exactly_as_nltk_scores_it(text, nltk_vader):
    assert as_nltk(vader.scores(text)) == nltk_vader.polarity_scores(text)


@settings(max_examples=300, deadline=None)
@given(text=vader_like_texts())
def test_hits_and_emphasis_sum_to_the_total_behind_the_compound(text):
    explained = vader.explain(text)

    points = sum(hit.valence for hit in explained.hits) + explained.exclamation + explained.question
    assert math.isclose(points, explained.total, abs_tol=1e-9)
    assert explained.scores == vader.scores(text)
    assert explained.scores.compound == round(explained.total / math.sqrt(explained.total**2 + 15), 4)


@settings(max_examples=200, deadline=None)
@given(text=st.one_of(vader_like_texts(), st.text(st.characters(), max_size=60)))
def test_token_spans_cut_out_the_words_vader_sees(text, nltk_vader):
    from nltk.sentiment.vader import SentiText

    constants = nltk_vader.constants
    seen = SentiText(text, constants.PUNC_LIST, constants.REGEX_REMOVE_PUNCTUATION).words_and_emoticons
    assert [text[start:end] for start, end in vader.token_spans(text)] == seen


def test_a_full_memo_starts_again_and_changes_no_score(monkeypatch):
    monkeypatch.setattr(vader, "MEMO_SIZE", 3)
    monkeypatch.setattr(vader, "_MEMO", vader._Memo())
    text = "The park is lovely but the road is terrible and the noise is worse"

    first = vader.scores(text)

    assert len(vader._MEMO) <= 3
    assert vader.scores(text) == first


def test_a_very_long_token_is_not_remembered():
    vader.scores("x" * 5_000)

    assert "x" * 5_000 not in vader._MEMO


def test_lexicon_lines_are_read_as_nltk_reads_them():
    assert parse_lexicon("fine\t0.8\t0.6\t[1]\n bleak\t-1.5\t0.1 \n\nfine\t0.9\n") == {"fine": 0.9, "bleak": -1.5}
