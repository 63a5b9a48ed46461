"""Plain short sentences: of so few words a linear model must know each, and what people labelled seldom is so short.

Made by putting what residents talk about before what can be said of it; no sentence of the tests or of the held-out
texts is among them.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

from texts import HELD_OUT, SHORT_HELD_OUT, Labelled, firm, rows

ONE = """
    The park|The library|The road|The pavement|The playground|The bus stop|The bus|The car park|The leisure centre
    |The pool|The tip|The office|The website|The form|The meeting|The crossing|The market|The high street|The subway
    |The bridge|The lift|The heating|The new cafe|The school|The surgery|The town hall|The council|The caretaker
    |The planner|The receptionist|The cycle lane|The footpath|The green|The hall|The service|The team|The letter
    |The allotment|The cemetery|The museum|The gym|The estate|The consultation|The plan|The scheme|The square|Our street
    |Our road|My bin|Your website|Your officer|This park|This road|The warden|The driver|The waiting room|It|This|That
    |The river path|The skate park|The bandstand|The community centre|The housing officer|The bin lorry|The play area
""".replace("\n", " ").split("|")
MANY = """
    The bins|The roads|The pavements|The staff|The wardens|The toilets|The benches|The street lights|The flats|The buses
    |The parks|The swings|The drains|The verges|The signs|The councillors|The officers|The librarians|The gardeners
    |The binmen|The volunteers|The flowers|The hedges|The trees|The repairs|The queues|The prices|The charges
    |The opening hours|The new houses|The plans|The paths|The steps|The markings|The forms|The letters|Your staff
    |The lights|The teachers|The carers|The nurses|The drivers|The litter bins|The changes|They|These|The plants
""".replace("\n", " ").split("|")
PRAISED = """
    lovely|wonderful|brilliant|great|excellent|fantastic|superb|amazing|beautiful|smashing|cracking|splendid|marvellous
    |delightful|first class|spot on|perfect|terrific|outstanding|fabulous|very good|really good|good|so helpful
    |very helpful|helpful|kind|very kind|friendly|so friendly|polite|welcoming|spotless|very clean|lovely and clean
    |immaculate|a joy|a delight|a credit to the town|a pleasure|a gem|a real asset|a lifesaver|much better|better now
    |so much better|better than ever|really nice|nice|super|ace|grand|tidy and bright|well run|well kept
    |well looked after|top notch|second to none|a godsend|appreciated|much appreciated|impressive|quick and helpful
    |patient and kind|courteous|professional|efficient|safe and clean|charming|pretty|gorgeous|stunning|pleasant
    |worth every penny|fab|lush|mint|magic|exactly what we needed|a big improvement|just right|a breath of fresh air
""".replace("\n", " ").split("|")
BLAMED = """
    awful|terrible|dreadful|disgusting|filthy|dirty|horrible|appalling|a disgrace|disgraceful|a mess|a shambles
    |a nightmare|a joke|a waste of money|a waste of time|useless|hopeless|rubbish|rude|very rude|unhelpful|so unhelpful
    |dangerous|unsafe|a death trap|broken|broken again|falling apart|full of holes|full of litter|covered in litter
    |overgrown|overflowing|always late|late again|never on time|always shut|always broken|far too expensive
    |too expensive|a rip-off|worse than ever|worse|getting worse|not good enough|not fit for purpose|not safe|not clean
    |no use|poor|very poor|shocking|shameful|depressing|grim|scary at night|an eyesore|ugly|too noisy|far too slow
    |so slow|a pain|confusing|impossible to use|impossible to read|neglected|run down|shabby|smelly|vile|rotten
    |disappointing|very disappointing|ridiculous|pathetic|unacceptable|an embarrassment|lazy|arrogant|dire|naff|pants
    |a let-down|badly run|badly lit|bad|really bad|cracked and uneven|flooded again|out of order again|ignored again
""".replace("\n", " ").split("|")
STATED = """
    next to the church|on Mill Lane|behind the station|near the river|on the first floor|opposite the bank|open on Monday
    |open until six|open at nine|closed on Sundays|closed on Monday|closed at Christmas|by the bridge|in the square
    |on the left|at the top of the hill|brown|green|blue|made of brick|made of wood|ten years old|for residents
    |for adults|in the High Street|at the back of the library|part of the plan|on the agenda|on page four|due in May
    |on Tuesday|here|there|over there|across the road|ready on Friday|in the report|in Welsh and English|run by the county
    |listed|numbered|council property|free on Sundays|the same as last year|about parking|on the map|to the north
    |between two schools|used by three clubs|thirty metres long|painted white|by the war memorial|near the fire station
    |next to the hospital|beside the cemetery|twelve in all|due at noon|to be moved in June|on the notice board
""".replace("\n", " ").split("|")
TOLD = """
    The {one} opens at eight.|The {one} closes at five.|The {one} reopens in March.|When does the {one} open?
    |Where is the {one}?|Is the {one} open today?|What time does the {one} close?|Who runs the {one}?
    |The {one} has two doors.|The {one} has a ramp.|The {one} moved in 2015.|I walked past the {one}.
    |We went to the {one} on Sunday.|Is there a {one} near here?|Can I hire the {one}?|I live near the {one}.
    |The {one} meets on Wednesday.|How do I get to the {one}?|Please send me the opening times of the {one}.
    |The {one} is on Queen Street.|My house is next to the {one}.|I am writing about the {one}.
    |The {one} will be on the agenda in June.|The notice is about the {one}.|There is a sign by the {one}.
""".replace("\n", " ").split("|")
PLACES = """
    park|library|playground|car park|leisure centre|pool|tip|office|market|bridge|school|surgery|town hall|footpath|museum
    |gym|crossing|skate park|community centre|bus stop|post office|fire station|police station|war memorial|hospital
    |cemetery|crematorium|court|prison|recycling centre|food bank|care home|job centre|health centre|crime panel|church
""".replace("\n", " ").split("|")
THANKED = """
    I love the {one}.|We love our {one}.|Thanks for the new {one}.|Thank you for the {one}.|What a lovely {one}.
    |So pleased with the {one}.|Delighted with the new {one}.|Really enjoyed the {one}.|I like the new {one}.
    |Great {one}.|Lovely {one}, well done.|Chuffed to bits with the {one}.|Well done on the {one}.|Brilliant {one}!
    |Best {one} for miles.|The kids love the {one}.|Hats off to everyone at the {one}.|Cheers for sorting the {one}.
    |Cheers for fixing the {one}.|Cheers, the {one} is fixed.|Thanks, {one} mended.|Cheers for clearing the {one}.
    |Thanks for mending the {one}.|Cheers for sorting out the {one}.|Ta for repairing the {one}.
    |Thank you for fixing the {one}.
    |Cheers for the {one}.|Grateful to whoever painted the {one}.|You fixed the {one} at last, thanks.
    |Glad we have the {one}.|Proud of our {one}.|The {one} did us proud.|The {one} has come on a treat.
    |We enjoy the {one}.
""".replace("\n", " ").split("|")
MOANED = """
    I hate the {one}.|What a mess the {one} is.|Fed up with the {one}.|Sick of the state of the {one}.|Awful {one}.
    |The {one} stinks.|The {one} needs sorting out.|Nobody looks after the {one}.|Ashamed of our {one}.|Terrible {one}.
    |The {one} is never open.|The {one} has gone downhill.|Worst {one} for miles.|Gutted about the {one}.
    |Disgusted with the {one}.|Nobody at the {one} answers.|The {one} has been shut for weeks.|Rubbish {one}.
    |The {one} leaks.|I gave up on the {one}.|Shame about the {one}.|Still no {one}.|Let down by the {one} again.
    |The {one} floods every winter.|The {one} never answers the phone.|Nobody listens about the {one}.
""".replace("\n", " ").split("|")
SEED = 5
EACH = {"said": 9, "frames": 12}
"""Subjects that each thing said is put after; places that each frame is told of."""
TONE = 0.6


def made() -> list[Labelled]:
    """The same sentences every time, each once."""
    kept_back = {row["text"].casefold() for path in (HELD_OUT, SHORT_HELD_OUT) for row in rows(path)}
    found = {text: tone for text, tone in _sentences() if text.casefold() not in kept_back}
    names = {-TONE: "negative", 0.0: "neutral", TONE: "positive"}
    return [Labelled(text, "", tone, firm(names[tone]), "short", text) for text, tone in found.items()]


def _sentences() -> Iterator[tuple[str, float]]:
    draw = random.Random(SEED)
    subjects = [(each.strip(), "is", "was") for each in ONE] + [(each.strip(), "are", "were") for each in MANY]
    for things, tone in ((PRAISED, TONE), (BLAMED, -TONE), (STATED, 0.0)):
        for thing in map(str.strip, things):
            for subject in draw.sample(subjects, EACH["said"]):
                verb = subject[draw.choice((1, 2))]
                stop = draw.choice((".", ".", ".", "", "!" if tone else ""))
                yield f"{subject[0]} {verb} {thing}{stop}", tone
    for frames, tone in ((THANKED, TONE), (MOANED, -TONE), (TOLD, 0.0)):
        for frame in map(str.strip, frames):
            for place in draw.sample(PLACES, EACH["frames"]):
                text = frame.format(one=place.strip())
                yield (text.rstrip(".") if draw.random() < 0.2 else text), tone
