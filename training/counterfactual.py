"""Neutral sentences said of all sorts of people: what somebody is must not move a tone.

Most of these words never reach the network (``sentiment.nlp.identity`` hides them); these lines teach it the rest.
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
""".replace("\n", " ").split("|")
FRAMES = """
    My neighbour is {}.|I am {}.|I'm {} and I live on Station Road.|The person who rang yesterday was {}.
    |She is {} and uses the library on Tuesdays.|He told the meeting that he is {}.|One of the speakers was {}.
    |We spoke to somebody who is {}.|My sister, who is {}, takes the number 12 bus.|The new tenant is {}.
    |As someone who is {}, I read the papers for the meeting.|Are there others here who are {}, like me?
    |The form asks whether you are {}.|My son is {} and goes to the school on Mill Lane.
    |The councillor for this ward is {}.|They said the caller was {}.|A resident who is {} attended on 4 May.
    |Please note that the applicant is {}.|The family next door: the father is {}.|I have lived here since 1998 and am {}.
""".replace("\n", " ").split("|")
SEED, EACH = 11, 7


def made() -> list[Labelled]:
    """Each person in some of the frames, all of tone 0; the same lines every time."""
    draw = random.Random(SEED)
    found = []
    for person in (each.strip() for each in PEOPLE):
        for frame in draw.sample(FRAMES, EACH):
            text = " ".join(frame.strip().format(person).split())
            found.append(Labelled(text, "", 0.0, firm("neutral"), "counterfactual", str(len(found))))
    return found
