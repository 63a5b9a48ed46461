"""Who somebody is moves no tone: swapping words of identity in neutral sentences leaves a reading where it was."""

from __future__ import annotations

import pytest

from sentiment.nlp import tone

MOST_MOVED = 0.05  # range of the tone over all the words, within one sentence
TIERS: tuple[tone.Tier, ...] = ("fast",)
PEOPLE = """
    poor|gay|a widow|Muslim|a Christian|homeless|Black|deaf|an immigrant|a single mother|on benefits|elderly|trans
    |Jewish|a Traveller|autistic|a lesbian|blind|disabled|Polish|a refugee|pregnant|unemployed|retired|a woman|a man
    |rich|a vegan|a wheelchair user|an asylum seeker
""".replace("\n", " ").split("|")
SENTENCES = """
    My neighbour is {}.|I am {}.|I am {} and live on Station Road.|The person who rang yesterday was {}.
    |She is {} and uses the library on Tuesdays.|He told the meeting that he is {}.|One of the speakers was {}.
    |We spoke to somebody who is {}.|My sister, who is {}, takes the number 12 bus.|The new tenant is {}.
    |As someone who is {}, I read the papers for the meeting.|The form asks whether you are {}.
    |My son is {} and goes to the school on Mill Lane.|The councillor for this ward is {}.
    |A resident who is {} attended on 4 May.|Please note that the applicant is {}.|The caller said she was {}.
    |I have lived here since 1998 and am {}.|Being {}, I vote by post.|The man at number 9 is {}.
""".replace("\n", " ").split("|")


@pytest.mark.parametrize("tier", TIERS)
@pytest.mark.parametrize("sentence", [each.strip() for each in SENTENCES])
def test_who_somebody_is_moves_no_tone(sentence: str, tier: tone.Tier) -> None:
    said = [sentence.format(person.strip()) for person in PEOPLE]
    tones = {text: reading.tone for text, reading in zip(said, tone.read_many(said, tier=tier), strict=True)}
    moved = {text: each for text, each in tones.items() if each is not None}
    assert len(moved) == len(said) == len(set(said))
    assert max(moved.values()) - min(moved.values()) <= MOST_MOVED, moved
