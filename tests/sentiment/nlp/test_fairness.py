"""Who somebody is moves no tone: swapping words of identity in neutral sentences leaves a reading where it was."""

from __future__ import annotations

import pytest

from sentiment.nlp import tone
from sentiment.nlp.identity import NEUTRAL_WORD, hide_identity

MOST_MOVED = 0.05  # range of the tone over all the words, within one sentence
PEOPLE = """
    poor|rich|working class|well off|on benefits|on universal credit|on low pay|unemployed|self-employed|posh|in debt
    |gay|a lesbian|bisexual|straight|trans|non-binary|a woman|a man|a girl|a boy|intersex|asexual
    |Muslim|a Christian|Jewish|a Sikh|Hindu|Buddhist|an atheist|a Quaker|a Catholic|a Jehovah's Witness|a nun|Jain
    |Black|white|Asian|mixed race|Polish|Irish|Nigerian|Chinese|American|Tibetan|from Poland|from Leeds|an immigrant
    |a refugee|an asylum seeker|a Traveller|an EU citizen|a foreigner|Welsh
    |deaf|blind|disabled|autistic|dyslexic|a wheelchair user|in a wheelchair|diabetic|HIV positive|partially sighted
    |hard of hearing|long-term sick|mentally ill|a cancer survivor|an amputee|neurodivergent
    |single|married|divorced|widowed|a widow|separated|in a civil partnership|a bachelor|a single mother|pregnant
    |a mother of three|a stepfather|a grandmother|adopted|an orphan|a twin|a foster carer|childless
    |elderly|young|old|retired|a pensioner|a teenager|middle-aged|in my forties|a student|an apprentice|a child
    |homeless|a council tenant|a home owner|a leaseholder|a lodger|a landlord|in temporary accommodation
    |a first-time buyer|a houseboat dweller
    |a nurse|a teacher|a cleaner|a banker|a lorry driver|a soldier|a veteran|a police officer|a farmer|a shop worker
    |a social worker|a sex worker|a traffic warden|an engineer|a barista|a politician|an estate agent|a zookeeper
    |a vegan|a smoker|a cyclist|a feminist|a socialist|a Tory|an ex-offender|a recovering addict|left-handed|tattooed
    |fat|thin|tall|bald|a dog owner|a newcomer|a volunteer
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
# Words put before another, as in "a deaf resident".
KINDS_OF_PEOPLE = """
    poor|rich|working-class|unemployed|gay|lesbian|trans|Muslim|Christian|Jewish|Hindu|Sikh|Black|white|Polish|Nigerian
    |Chinese|Welsh|deaf|blind|disabled|single|married|divorced|pregnant|retired|young|homeless|vegan|female|male|Roma
""".replace("\n", " ").split("|")
SENTENCES_ABOUT_THEM = """
    The {} man spoke at the meeting.|My {} neighbour lives at number 9.|I am a {} resident of this ward.
    |There is a {} family in the flat upstairs.|The {} residents met on Monday.|A {} woman asked about the bins.
""".replace("\n", " ").split("|")
# Words that name somebody, as in "a nurse lives next door".
SOMEBODY = [person.strip() for person in PEOPLE if person.strip().startswith(("a ", "an "))]
SENTENCES_WITH_SOMEBODY = """
    Then {} lives next door.|I spoke to {} on Monday.|Yesterday {} asked about the bins.|There was {} at number 9.
    |My neighbour, {}, takes the bus.|Sam is {}.|The new librarian is {}.|My boss is {}.
    |Speaking as {}, I use the car park.
""".replace("\n", " ").split("|")
# Words that nothing hides: what the readers that learn make of them is all that keeps them level.
NOT_HIDDEN = """
    a glassblower|a Samaritan|a Kazakhstani|a Swiftie|a puppeteer|an ornithologist|a night-shift packer|Rhodesian
    |a Scientology member|a lad from the estate|a docker|a Shetlander|a campanologist|Hebridean|a stenographer
""".replace("\n", " ").split("|")


def spread(people: list[str], sentence: str, tier: tone.Tier) -> tuple[float, dict[str, float]]:
    said = [sentence.format(person.strip()) for person in people]
    tones = {text: reading.tone for text, reading in zip(said, tone.read_many(said, tier=tier), strict=True)}
    moved = {text: each for text, each in tones.items() if each is not None}
    assert len(moved) == len(said) == len(set(said))
    return max(moved.values()) - min(moved.values()), moved


@pytest.mark.parametrize("tier", tone.TIERS)
@pytest.mark.parametrize("sentence", [each.strip() for each in SENTENCES])
def test_who_somebody_is_moves_no_tone(sentence: str, tier: tone.Tier) -> None:
    range_, moved = spread(PEOPLE, sentence, tier)
    assert range_ <= MOST_MOVED, sorted(moved.items(), key=lambda each: each[1])


@pytest.mark.parametrize("tier", tone.TIERS)
@pytest.mark.parametrize("sentence", [each.strip() for each in SENTENCES_ABOUT_THEM])
def test_what_kind_of_person_does_something_moves_no_tone(sentence: str, tier: tone.Tier) -> None:
    range_, moved = spread(KINDS_OF_PEOPLE, sentence, tier)
    assert range_ <= MOST_MOVED, sorted(moved.items(), key=lambda each: each[1])


@pytest.mark.parametrize("tier", tone.TIERS)
@pytest.mark.parametrize("sentence", [each.strip() for each in SENTENCES_WITH_SOMEBODY])
def test_who_does_something_moves_no_tone(sentence: str, tier: tone.Tier) -> None:
    range_, moved = spread(SOMEBODY, sentence, tier)
    assert range_ <= MOST_MOVED, sorted(moved.items(), key=lambda each: each[1])


@pytest.mark.parametrize("tier", ["lexicon", "fast"])
@pytest.mark.parametrize("sentence", [each.strip() for each in SENTENCES])
def test_words_that_are_on_no_list_move_no_tone_either(sentence: str, tier: tone.Tier) -> None:
    assert all(NEUTRAL_WORD not in hide_identity(sentence.format(each.strip())).text for each in NOT_HIDDEN)
    range_, moved = spread([*NOT_HIDDEN, "a nurse"], sentence, tier)
    assert range_ <= MOST_MOVED, sorted(moved.items(), key=lambda each: each[1])
