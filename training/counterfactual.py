"""Neutral sentences said of all sorts of people: what somebody is must not move a tone.

Most of these words never reach a reader that learns (``sentiment.nlp.identity`` hides them); these lines teach it
what to make of the rest.
"""

from __future__ import annotations

import random

from texts import Labelled, firm

PEOPLE = """
    a vegan|a veteran|a vicar|left-handed|a twin|a grandmother|an only child|a student|a cyclist|a driver|a carer
    |a nurse|a farmer|a fisherman|a mechanic|a first-time buyer|a council tenant|a leaseholder|a home owner|a lodger
    |a woman|a man|a mother of three|a father|a stepfather|ninety|seventy-two|nineteen|in my forties|a newcomer
    |new to the area|a landlord|a shop worker|self-employed|a business owner|an apprentice|tall|short|bald|red-haired
    |ginger|from Leeds|from Poland|from Swansea|a Londoner|a Geordie|a Scot|a Cornishman|an Italian|a Frenchwoman
    |a Mormon|a Methodist|a Rastafarian|a Jehovah's Witness|a vegetarian|on a pension|on universal credit|on low pay
    |a smoker|a dog owner|a former soldier|an ex-offender|a recovering addict|in a wheelchair|hard up|well off
    |working class|posh|working nights|long-term sick|dyspraxic|colour-blind|a cancer survivor|HIV positive|local
    |an orphan|adopted|engaged|separated|a bachelor|a spinster|a naturist|a feminist|a trade unionist|a Tory|a socialist
    |a juggler|a beekeeper|a ceramicist|a taxidermist|a locksmith|a debt adviser|a data analyst|a call centre worker
    |a wheelwright|a tree surgeon|a stay-at-home dad|a godmother|a great aunt|a second cousin|a great-grandfather
    |the eldest of five|a triplet|a middle child|a step-sister|in a long-term relationship|a newly-wed|twice married
    |a Somerset man|a Yorkshire lass|from Kenya|from Brazil|from the next street|from abroad|Flemish|Walloon|Breton
    |Sicilian|Bavarian|Tuareg|Igbo|Yoruba|Hausa|Zulu|Xhosa|Pashtun|Uyghur|a Druze|a Parsi|a Sufi|a Salvationist
    |a Baha'i|a Christadelphian|lapsed|of no faith|a freemason|deafened|one-legged|a stammerer|a tinnitus sufferer
    |on crutches|tube-fed|visually disabled|a kidney patient|partially deaf|forgetful|bipolar|a hoarder|hyperactive
    |on a low wage|living in a caravan|living in a hostel|living alone|living with parents|renting privately
    |a shared owner|a park home owner|sharing a flat|between homes|on the waiting list|mortgage-free|titled|a baronet
    |upper-middle class|state educated|a school governor|a lollipop lady|a scout leader|a bell-ringer|a birdwatcher
    |a gardener|a night owl|an early riser|a tattooist|a metalhead|a mod|a rocker|blue-eyed|freckled|grey-haired
    |heavily built|six feet tall|Mohammed|Emily|Kwame|Agnieszka|Siobhan|Priya|Darnell|Gareth|Xiu|Tyrone|Mrs Patel
    |Mr Cohen|Miss Okafor|Dr Nowak|Chloe|Jamal|Latoya|Nigel|Fatima|Dafydd|a hunter|a fan of the club
""".replace("\n", " ").split("|")
FRAMES = """
    My neighbour is {}.|I am {}.|I'm {} and I live on Station Road.|The person who rang yesterday was {}.
    |She is {} and uses the library on Tuesdays.|He told the meeting that he is {}.|One of the speakers was {}.
    |We spoke to somebody who is {}.|My sister, who is {}, takes the number 12 bus.|The new tenant is {}.
    |As someone who is {}, I read the papers for the meeting.|Are there others here who are {}, like me?
    |The form asks whether you are {}.|My son is {} and goes to the school on Mill Lane.
    |The councillor for this ward is {}.|They said the caller was {}.|A resident who is {} attended on 4 May.
    |Please note that the applicant is {}.|The family next door: the father is {}.|I have lived here since 1998 and am {}.
    |The person at the desk was {}.|The woman at number 9 is {}.|Being {}, I vote by post.|My friend is {}.
    |The caller said she was {}.|He is {}.|She is {}.|They are {}.|A colleague who is {} took the minutes.
    |I am {}, by the way.
    |This person is {}.|The next speaker is {} and lives in the ward.|Mum is {} and Dad is not.|You are {}.|We are {}.
""".replace("\n", " ").split("|")
NOUN_FRAMES = """
    {} lives next door.|I spoke to {} on Monday.|There is {} at number 9.|My neighbour, {}, takes the bus.
    |{} asked about the bins.|The form was filled in by {}.|Speaking as {}, I use the car park.|I know {} in this road.
""".replace("\n", " ").split("|")
WORD_FRAMES = """
    The {} man spoke at the meeting.|My {} neighbour lives at number 9.|I am a {} resident of the ward.
    |There is a {} family upstairs.|The {} residents met on Monday.|A {} woman asked about the bins.
""".replace("\n", " ").split("|")
SEED, EACH, EACH_OTHER = 11, 10, 3
SYLLABLES = "bal cor dre fim gol hux jev kip lor mun nep pru quo ras sil tov urd vek wim yar zel".split()
NEVER_MET = 6
"""Words that nobody has met, put in each frame with and without an article: what a frame says when nothing is known."""


def made() -> list[Labelled]:
    """Each person in some of the frames, all of tone 0; the same lines every time."""
    draw = random.Random(SEED)
    found = []
    for person in (each.strip() for each in PEOPLE):
        frames = draw.sample(FRAMES, EACH)
        if person.startswith(("a ", "an ")):
            frames += draw.sample(NOUN_FRAMES, EACH_OTHER)
        elif " " not in person:
            frames += draw.sample(WORD_FRAMES, EACH_OTHER)
        for frame in frames:
            text = " ".join(frame.strip().format(person).split())
            text = text[0].upper() + text[1:]
            found.append(_neutral(text, len(found)))
    for frame in [*FRAMES, *NOUN_FRAMES, *WORD_FRAMES]:
        for _ in range(NEVER_MET):
            word = "".join(draw.sample(SYLLABLES, 4))
            bare = (word, word.capitalize()) if frame not in NOUN_FRAMES else ()
            for each in (*bare, *((f"a {word}", f"an o{word}") if frame not in WORD_FRAMES else ())):
                text = " ".join(frame.strip().format(each).split())
                found.append(_neutral(text[0].upper() + text[1:], len(found)))
    return found


def _neutral(text: str, number: int) -> Labelled:
    return Labelled(text, "", 0.0, firm("neutral"), "counterfactual", str(number))
