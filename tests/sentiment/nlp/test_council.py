"""The council layer: every rule by its own examples, and what holds of all of them."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sentiment.nlp import vader
from sentiment.nlp.council import FEATURES, Council, features, read
from sentiment.nlp.layer import asked_by, squeezed, weigh
from sentiment.nlp.matching import Matcher
from sentiment.nlp.readings import LABELS, RULES, Probabilities
from sentiment.nlp.rulebook import BadRule, Example, Rule, parse_rule, rules

TOLD_FROM = 0.15  # |tone| from which an example counts as negative or positive

EXAMPLES = [
    pytest.param(rule, example, id=f"{rule.layer}: {example.question} {example.text}")
    for rule in rules()
    for example in rule.examples
]


@pytest.mark.parametrize(("rule", "example"), EXAMPLES)
def test_a_rule_does_what_its_example_shows(rule: Rule, example: Example) -> None:
    weighed = weigh(example.text, example.question)
    tone = squeezed(weighed.total)
    told = "negative" if tone <= -TOLD_FROM else "positive" if tone >= TOLD_FROM else "neutral"
    used = asked_by(example.question) == rule.worth if rule.layer == "questions" else rule in weighed.fired

    assert (told, used) == (example.tone, True)


@pytest.mark.parametrize(
    "rule",
    [rule for rule in rules() if rule.layer in ("names", "topics", "subjects") and rule.worth == 0],
    ids=lambda rule: rule.source[:40],
)
def test_a_topic_has_an_example_that_vader_takes_for_a_feeling(rule: Rule) -> None:
    assert any(vader.scores(example.text).compound for example in rule.examples)


def test_every_layer_is_explained_to_people() -> None:
    silent = {"names", "blank", "requests", "questions"}  # they add nothing themselves

    assert {rule.layer for rule in rules() if rule.layer not in silent} <= set(RULES)


def test_a_line_is_a_rule() -> None:
    assert parse_rule(
        "idioms", "gone to (the) dogs/pot; in_a .. state = -2 | [Well?] Gone to pot. -> negative"
    ) == Rule(
        layer="idioms",
        source="gone to (the) dogs/pot; in_a .. state",
        forms=(
            *(("gone", "to", *the, end) for the in ((), ("the",)) for end in ("dogs", "pot")),
            *(("in", "a", *["*"] * gap, "state") for gap in range(4)),
        ),
        worth=-2.0,
        examples=(Example("Gone to pot.", "Well?", "negative"),),
    )


@pytest.mark.parametrize(
    "line",
    [
        "no worth | A text. -> neutral",
        "no example = 1",
        "bad tone = 1 | A text. -> glad",
        "bad worth = x | A. -> neutral",
    ],
)
def test_a_line_that_is_no_rule_is_named(line: str) -> None:
    with pytest.raises(BadRule, match=line[:8]):
        parse_rule("idioms", line)


def found(text: str, *lines: str) -> list[tuple[str, str]]:
    """(words, rule) of each match of the given lines alone."""
    matcher = Matcher(parse_rule("test", f"{line} = 0 | A. -> neutral") for line in lines)
    raws = text.split()
    return [
        (" ".join(raws[match.first : match.last]), match.rule.source) for match in matcher.find(matcher.words(raws))
    ]


@pytest.mark.parametrize(
    ("text", "lines", "expected"),
    [
        ("the war memorial", ["war", "war memorial"], [("war memorial", "war memorial")]),
        ("It’s the dog's dinner!", ["dogs dinner"], [("dog's dinner!", "dogs dinner")]),
        ("to the Great Western Road", ["<name> <name> Road"], [("Great Western Road", "<name> <name> Road")]),
        ("Great Western Road", ["<name> <name> Road"], []),
        ("to the great western road", ["<name> <name> Road"], []),
        ("against it. Against it", ["^ against"], [("against", "^ against"), ("Against", "^ against")]),
        ("I am against it", ["^ against"], []),
        ("Nothing, thanks. Nothing else", ["^ nothing $"], [("Nothing,", "^ nothing $")]),
        ("It is our war. Memorial day", ["war memorial"], []),
        (
            "waited 3 weeks and two days",
            ["<number> <period>"],
            [(f, "<number> <period>") for f in ("3 weeks", "two days")],
        ),
        ("sick and tired of it", ["sick .. of"], [("sick and tired of", "sick .. of")]),
    ],
)
def test_forms_match_as_they_are_written(text: str, lines: list[str], expected: list[tuple[str, str]]) -> None:
    assert found(text, *lines) == expected


@pytest.mark.parametrize(
    ("text", "question", "sign"),
    [
        ("Nothing", "What could we do better?", 1),
        ("Nothing", "What did we do well?", -1),
        ("Nothing, it was perfect", "What could we do better?", 1),
        ("The staff", "What was good?", 1),
        ("More staff", "What could we do better?", -1),
        ("A bench by the pond", "What would you like to see?", 0),
        ("N/A", "What could we do better?", 0),
        ("Nothing", "", 0),
        ("No", "Do you agree with the plan?", -1),
        ("Yes", "Do you agree with the plan?", 1),
    ],
)
def test_the_question_asked_decides_what_an_answer_means(text: str, question: str, sign: int) -> None:
    tone = read(text, question).tone

    assert tone is not None
    assert (tone > 0) - (tone < 0) == sign


WORDS = sorted({word for rule in rules() for example in rule.examples for word in example.text.split()})
RULE_TEXTS = st.lists(
    st.sampled_from([*WORDS, "not", "but", "never", "very", "no", "!!", "??", "I", ":("]), max_size=30
)
QUESTIONS = st.sampled_from(["", *sorted({example.question for rule in rules() for example in rule.examples})])


@settings(max_examples=400, deadline=None)
@given(text=st.one_of(st.text(st.characters(), max_size=200), RULE_TEXTS.map(" ".join)), question=QUESTIONS)
def test_the_reasons_of_any_text_sum_to_its_tone(text: str, question: str) -> None:
    reading = read(text, question)

    assert reading.label in LABELS
    assert reading.tone is not None
    assert reading.p is not None
    assert math.isclose(reading.p.negative + reading.p.neutral + reading.p.positive, 1.0, abs_tol=1e-9)
    assert math.isclose(sum(reason.weight for reason in reading.because), reading.tone, abs_tol=1e-9)
    end = 0
    for reason in reading.because:
        assert text[reason.start : reason.end] == reason.text
        assert end <= reason.start <= reason.end
        assert set(reason.rule.split("+")) <= set(RULES)
        end = reason.end


@given(text=RULE_TEXTS.map(" ".join), question=QUESTIONS)
def test_what_the_probabilities_are_judged_by_stays_within_one(text: str, question: str) -> None:
    figures = features(text, weigh(text, question))

    assert len(figures) == len(FEATURES)
    assert all(-1.0 <= figure <= 1.0 for figure in figures)


@pytest.mark.parametrize("text", ["", "  ", "12345", "….", "\x00", "---"])
def test_a_text_that_says_nothing_is_surely_neutral(text: str) -> None:
    reading = read(text)

    assert (reading.tone, reading.p, reading.label) == (0.0, Probabilities(0.0, 1.0, 0.0), "neutral")


PEOPLE = (
    "poor rich gay a_lesbian trans straight Muslim a_Christian Jewish Hindu a_Sikh Black white Asian Polish elderly"
)
PEOPLE += (
    " young disabled deaf blind autistic a_widow a_single_mother homeless unemployed a_refugee an_immigrant pregnant"
)


@pytest.mark.parametrize("template", ["My neighbour is {}.", "I am {} and live in the ward.", "She is {}, I think."])
def test_who_somebody_is_has_no_tone(template: str) -> None:
    readings = [read(template.format(person.replace("_", " "))) for person in PEOPLE.split()]

    assert {(reading.tone, reading.p) for reading in readings} == {(readings[0].tone, readings[0].p)}


def test_the_reader_reads_one_text_as_it_reads_many() -> None:
    reader = Council()

    assert reader.read_many(["Lovely park.", "No."], ["", "Do you agree?"]) == [
        reader.read("Lovely park.", ""),
        reader.read("No.", "Do you agree?"),
    ]
