"""What pages say of a reading, in words."""

from __future__ import annotations

import pytest
from django.utils.translation import override

from sentiment.nlp.readings import RULES
from sentiment.words import how_likely, reader_in_words, rule_in_words


@pytest.mark.parametrize(
    ("p", "words"),
    [
        (0.0, "a remote chance"),
        (0.074, "a remote chance"),
        (0.075, "highly unlikely"),
        (0.3, "unlikely"),
        (0.5, "a realistic possibility"),
        (0.7, "likely"),
        (0.924, "highly likely"),
        (0.925, "almost certain"),
        (1.0, "almost certain"),
    ],
)
def test_a_probability_is_said_in_the_words_of_its_range(p, words):
    assert how_likely(p) == words


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_is_said_in_the_readers_own_words(rule):
    assert rule_in_words(rule) == RULES[rule]


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_is_said_in_welsh_too(rule):
    with override("cy"):
        assert rule_in_words(rule) not in (RULES[rule], rule)


def test_several_rules_are_said_one_after_the_other_and_an_unknown_one_as_it_is():
    assert rule_in_words("lexicon+unheard of") == "a word with a tone of its own; unheard of"


@pytest.mark.parametrize(
    ("reader", "known"), [("deep-3", True), ("lexicon/council-1", True), ("fast-1", True), ("x", False)]
)
def test_a_reader_is_known_by_the_tier_its_name_begins_with(reader, known):
    assert bool(reader_in_words(reader)) is known
