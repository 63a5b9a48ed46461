"""Short plain sentences, as residents write them: the tier that reads unless another is asked for knows what they say."""

from __future__ import annotations

import pytest

from sentiment.nlp import tone

POSITIVE = """
    The wardens were lovely.|The park is lovely|The staff were kind.|The new benches are smashing.
    |What a cracking little park.|Cheers for fixing the lamp post.|The caretaker is a gem.
    |Really chuffed with the new crossing.|The library is brilliant.|Your officer was very helpful.
    |The lollipop lady is wonderful.|The allotments look beautiful.|I love the park
    |Thank you for mending the swings.|The gritters did a cracking job.|The steps are spotless.
""".replace("\n", " ").split("|")
NEGATIVE = """
    The bins are awful.|The road is a mess.|The wardens were rude.|The lift is broken again.|Nobody answered the phone.
    |The pavement is dangerous.|The toilets were filthy.|Absolute shambles.|The car park is a rip-off.|The subway stinks.
    |The street lights are out again.|Gutted about the youth club closing.|The bus never turns up.|The road is awful
    |The form is a nightmare to fill in.|I am fed up with the noise.
""".replace("\n", " ").split("|")
NEUTRAL = """
    The library opens at nine.|The meeting is on Tuesday.|The bins go out on Mondays.|The crossing opens on Monday.
    |Where is the nearest tip?|The war memorial is on Castle Street.|Which day is garden waste collected?
    |The fire station is next to the school.|The ward has three councillors.|The crime panel meets on Thursday.
    |The consultation closes in May.|My bin is brown.|Council tax is due in April.|Can I pay by cheque?
    |The road is closed|The wardens wear green jackets.
""".replace("\n", " ").split("|")


@pytest.mark.parametrize(
    ("text", "label"),
    [
        (text.strip(), label)
        for label, texts in (("positive", POSITIVE), ("negative", NEGATIVE), ("neutral", NEUTRAL))
        for text in texts
    ],
)
def test_a_short_plain_sentence_is_read_as_it_is_meant(text: str, label: str) -> None:
    reading = tone.read(text)
    assert reading.label == label, reading.p


def test_as_many_of_each_are_asked() -> None:
    assert len(POSITIVE) == len(NEGATIVE) == len(NEUTRAL) == 16
