"""Who somebody is says nothing of a text's tone: words of identity are hidden from the readers that learn.

A model taught on people's texts learns their prejudices with their words (Kiritchenko and Mohammad 2018, "Examining
gender and race bias in two hundred sentiment analysis systems"). Each such word is read as ``NEUTRAL_WORD``, so that
"my neighbour is gay" and "my neighbour is a Christian" are one and the same text to the reader. Words that are an
identity only sometimes ("poor", "blind", "black") are hidden only where they are said of people.
"""

import re
from dataclasses import dataclass

NEUTRAL_WORD = "local"

# The kinds of identity of the Equality Act 2010, section 4, with class, means and housing beside them.
_ALWAYS = """
    gay gays lesbian lesbians bisexual bisexuals queer transgender transsexual trans transwoman transman non-binary
    nonbinary heterosexual homosexual homosexuals lgbt lgbtq lgbtq+ lgbtqia+
    muslim muslims christian christians jew jews jewish hindu hindus sikh sikhs buddhist buddhists catholic catholics
    protestant protestants quaker quakers atheist atheists pagan pagans evangelical humanist agnostic
    widow widows widower widowers widowed divorced divorcee divorcé divorcée unmarried childless
    homeless unhoused jobless unemployed working-class middle-class upper-class pensioner pensioners retired wealthy
    disabled deaf deafblind autistic dyslexic neurodivergent neurodiverse quadriplegic paraplegic amputee schizophrenic
    bipolar epileptic diabetic infertile hiv-positive
    immigrant immigrants migrant migrants refugee refugees foreigner foreigners expat stateless
    asian african afro-caribbean caribbean arab arabs chinese indian pakistani bangladeshi somali nigerian turkish
    kurdish afghan syrian iraqi iranian polish romanian bulgarian lithuanian ukrainian russian albanian jamaican
    vietnamese filipino roma romani gypsy gypsies traveller travellers latino hispanic
    elderly teenage teenager teenagers octogenarian millennial pregnant menopausal
""".split()
_PHRASES = (
    r"asylum[ -]seekers?",
    r"rough[ -]sleepers?",
    r"wheelchair[ -]users?",
    r"jehovah['’]?s[ -]witness(?:es)?",
    r"(?:single|lone)[ -](?:mother|father|parent|mum|dad)s?",
    r"(?:hard of hearing|partially sighted|visually impaired|mentally ill|on benefits|of colou?r|out of work)",
    r"(?:mixed|dual)[ -](?:race|heritage)",
)
_SOMETIMES = """
    poor rich black white brown blind old young single straight married foreign english welsh scottish irish british
    european american french german spanish italian portuguese male female obese fat thin lonely vulnerable illiterate
    religious secular conservative socialist vegan vegetarian man men woman women
""".split()
# Only where said of people, as in "I am a nurse": what they do, where they live and come from, whom they belong to.
_ROLES = """
    academic accountant actor actress administrator apprentice architect artist artisan athlete author baker banker
    barber barista barrister bookkeeper bricklayer builder bus-driver businessman businesswoman butcher caretaker
    carpenter cashier chef chemist childminder civil-servant cleaner clerk coach cook courier dancer decorator dentist
    designer director doctor driver economist electrician engineer farmer farmhand firefighter fireman fisherman
    florist gardener gp grocer hairdresser handyman headteacher housewife househusband homemaker janitor joiner
    journalist judge labourer lawyer lecturer librarian lifeguard lorry-driver manager mechanic midwife miner model
    musician nanny nurse optician paramedic pharmacist photographer physicist physiotherapist pilot plasterer plumber
    poet policeman policewoman politician porter postman postwoman printer producer professor programmer psychologist
    publican receptionist roofer sailor scientist seamstress secretary shepherd shopkeeper singer soldier solicitor
    steelworker surgeon surveyor tailor teacher technician therapist trader translator trucker tutor undertaker vet
    waiter waitress warehouseman welder writer freelancer self-employed part-time full-time redundant contractor
    employee employer director entrepreneur intern trainee graduate undergraduate postgraduate student pupil
    schoolboy schoolgirl scholar volunteer veteran ex-soldier ex-serviceman ex-servicewoman reservist cadet
    ex-offender ex-prisoner ex-convict prisoner addict alcoholic
    baby toddler child kid youngster adolescent adult minor youth septuagenarian nonagenarian centenarian boomer
    middle-aged senior oap newborn
    boy girl lady gentleman intersex agender genderfluid genderqueer cisgender cis pansexual asexual drag-queen
    mother father mum dad mam parent stepmother stepfather stepson stepdaughter grandmother grandfather granny grandad
    grandparent great-grandmother son daughter brother sister twin triplet orphan adopted aunt uncle wife husband
    partner bachelor spinster bride groom fiancé fiancée engaged separated newlywed cohabiting celibate
    guardian carer caregiver breadwinner only-child
    mormon methodist baptist anglican presbyterian pentecostal rastafarian jain zoroastrian bahai sunni shia shiite
    ismaili ahmadi coptic orthodox wiccan druid scientologist spiritualist calvinist lutheran unitarian salvationist
    evangelist vicar imam rabbi priest nun monk bishop deacon chaplain churchgoer believer non-believer nonbeliever
    convert
    algerian american angolan argentinian armenian australian austrian azerbaijani bahraini barbadian basque belarusian
    belgian bolivian bosnian brazilian burmese cambodian cameroonian canadian catalan chilean colombian congolese
    cornish croatian cuban cypriot czech dane danish dutch dutchman ecuadorian egyptian emirati englishman englishwoman
    eritrean estonian ethiopian fijian finn finnish frenchman frenchwoman gambian georgian ghanaian greek guyanese
    haitian hungarian icelandic indonesian inuit irishman irishwoman israeli japanese jordanian kashmiri kazakh kenyan
    korean kosovan kuwaiti latvian lebanese liberian libyan macedonian malawian malaysian maltese manx mauritian maori
    mexican moldovan mongolian montenegrin moroccan mozambican namibian nepalese nepali norwegian omani palestinian
    panamanian peruvian pole portuguese punjabi gujarati tamil bengali romany rwandan saudi scot scotsman scotswoman
    senegalese serbian serb sierra-leonean singaporean slovak slovakian slovenian spaniard sri-lankan sudanese swede
    swedish swiss taiwanese tanzanian thai tibetan trinidadian tunisian turk ugandan uruguayan uzbek venezuelan
    welshman welshwoman yemeni zambian zimbabwean londoner mancunian liverpudlian scouser geordie brummie yorkshireman
    cockney glaswegian northerner southerner cornishman islander villager local newcomer incomer outsider national
    tenant renter lodger leaseholder freeholder homeowner home-owner landlord landlady squatter houseowner boater
    resident citizen commuter houseguest flatmate
    bankrupt broke skint posh low-paid millionaire billionaire aristocrat privately-educated state-educated
    housebound bedridden paralysed mute dyspraxic colour-blind colourblind short-sighted hearing-impaired
    sight-impaired arthritic asthmatic coeliac hiv-negative immunocompromised
    dyscalculic anorexic
    feminist liberal tory socialist communist marxist anarchist republican monarchist royalist unionist nationalist
    footballer cricketer zookeeper usher stonemason crofter jobseeker housebuilder kurd gender-fluid uneducated
    aristocratic foreign-born naturalised renting
    trade-unionist labour-voter environmentalist pacifist humanitarian independent councillor
    vegan vegetarian pescatarian teetotal teetotaller smoker non-smoker cyclist motorist motorcyclist pedestrian jogger
    runner swimmer walker dog-owner cat-owner gamer naturist goth punk hippie left-handed right-handed tall short bald
    ginger blond blonde brunette redhead red-haired tattooed bearded slim stout
""".split()
_PEOPLE = """
    person people man men woman women child children boy boys girl girls lad lads resident residents tenant tenants
    neighbour neighbours neighbor family families household households mother mothers father fathers mum mums dad dads
    parent parents couple couples student students worker workers pupil pupils citizen citizens adult adults friend
    friends voter voters community communities folk patient patients user users customer customers carer carers
    colleague boss cousin officer councillor caller visitor driver husband wife partner son daughter brother
    sister grandmother grandfather nan aunt uncle teacher nurse doctor landlord landlady lodger owner owners
    shopkeeper someone somebody anyone anybody everyone applicant applicants respondent speaker speakers
    gentleman lady ladies group groups
""".split()


def _any_of(words: list[str]) -> str:
    """A pattern of any of the words, the longest that fits; by their first two letters, which is five times as quick."""
    by_start: dict[str, list[str]] = {}
    for word in sorted(set(words), key=lambda word: (-len(word), word)):
        by_start.setdefault(word[:2], []).append(re.escape(word[2:]))
    firsts: dict[str, list[str]] = {}
    for start, rest in by_start.items():
        firsts.setdefault(start[0], []).append(f"{re.escape(start[1:])}(?:{'|'.join(rest)})")
    return "|".join(f"{re.escape(first)}(?:{'|'.join(rest)})" for first, rest in sorted(firsts.items()))


_KINDS = """
    driver owner worker leaver patient survivor tenant voter buyer assistant servant cleaner teacher nurse officer soldier
    user claimant holder keeper student child mother father parent citizen resident couple agent porter warden adviser
    manager guard queen dweller carer addict alcoholic mum dad handler
""".split()
_ARTICLE = r"(?:\b(?:an?)\s+)?"
_NOUN = r"(?:\s+(?:man|woman|person))?(?![\w+-])"
_OF_PEOPLE = rf"(?=\s+(?:[a-z]+\s+)?(?:{_any_of(_PEOPLE)})\b)"
_PLACE = (
    r"(?:\s+(?:at|in|on|from|near|behind|of|for)\s+(?:the|my|our|this|number)\s+\w+"
    r"|(?:\s+who\s+lives?)?\s+(?:next\s+door|opposite|upstairs|downstairs|here)|\s+who\s+\w+\s+\w+)?"
)
_SUBJECT = rf"(?:\b(?:i|he|she|we|who|(?:whether|if) you)|\b(?:{_any_of(_PEOPLE)})\b{_PLACE})"
_BEING = r"(?:\s+(?:am|is|are|was|were|be|being|became)|['’](?:m|s|re))(?:\s+(?:also|very|quite|both|not))?"
_OF_SELF = rf"(?!\s+(?:man|woman|person|{_any_of(_KINDS)}|at|about|on|of|value|quality|service|for|with|to)\b)"
_AFTER_AGE = r"(?:and|came|attended|lives?|lived|spoke|uses?|who|asked|takes?|took|has|had|walks?|rang|wrote)\b"
_TENS = "twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
_AGES = (
    rf"(?:\d{{1,3}}|(?:{_TENS})(?:[ -](?:one|two|three|four|five|six|seven|eight|nine))?|eighteen|nineteen)"
    rf"(?:(?:[ -]years?[ -]olds?)|(?=\s*(?:[.,;!?)]|$|{_AFTER_AGE})))"
    rf"|in\s+(?:my|his|her|their|our)\s+(?:early\s+|mid[ -]|late\s+)?(?:teens|{_TENS.replace('y', 'ies')})"
    rf"|(?:over|under)\s+\d\d(?=\s*(?:[.,;!?)]|$|{_AFTER_AGE}))"
)
_MEANS = (
    r"on\s+(?:an?\s+|the\s+)?(?:low\s+pay|low\s+incomes?|(?:state\s+)?pension|universal\s+credit|minimum\s+wage"
    r"|zero[ -]hours\s+contract|disability\s+benefits?|housing\s+benefit|parole|probation|dialysis)"
    r"|(?:working|middle|upper)[ -]class|well[ -]off|better[ -]off|hard[ -]up|in\s+(?:debt|care)"
    r"|in\s+a\s+(?:wheelchair|civil\s+partnership|care\s+home|hostel|same[ -]sex\s+\w+)|long[ -]term\s+sick"
    r"|in\s+(?:temporary|sheltered|supported)\s+accommodation|in\s+(?:social|council)\s+housing|sofa[ -]surfing"
    r"|(?:terminally|chronically|long[ -]term)\s+ill|hiv[ -]positive|new\s+to\s+the\s+area|between\s+jobs"
    r"|living\s+with\s+(?:hiv|dementia|cancer|autism|epilepsy)|(?-i:from\s+[A-Z]\w+(?:\s+[A-Z]\w+)?)"
)
_BESIDE = """
    young old elderly retired former single first-time new only council private social foster care student home
    business shop office factory bus taxi lorry train delivery dog cat cancer stroke sex trade trainee junior
    senior part-time night shift war army civil police prison traffic parking estate hospital security fire call
    drag houseboat eu naturalised footpath working-class black white asian disabled gay lesbian trans muslim
    christian jewish catholic british english scottish welsh irish married divorced unemployed recovering
""".split()
_OF_THINGS = frozenset(
    "poor thin short slim stout tall fat broke minor senior straight independent free old black white brown blind single"
    " bankrupt redundant engaged separated paralysed posh illiterate vulnerable lonely male female full-time part-time"
    " local national model convert cleaner coach".split()
)
_FIRM = [word for word in (*_ROLES, *_SOMETIMES, *_ALWAYS) if word not in _OF_THINGS]  # said of whatever it may be
_ANYBODY = [
    word for word in _FIRM if word not in {"resident", "citizen", "councillor", "patient"}
]  # of whom all speak
_UNLESS_MORE = r"(?![\w+’'-])"
_BEFORE_ROLE = rf"(?:(?:{_any_of(_BESIDE)})[ -]+){{0,2}}"
_CHILDREN = r"(?:\s+of\s+(?:one|two|three|four|five|six|twins))?"
_AFTER_ROLE = rf"(?:[ -](?:{_any_of(_KINDS)}|man|woman|person))?{_CHILDREN}{_UNLESS_MORE}"
_TOGETHER = rf"(?:(?:{_any_of(_BESIDE)})[ -]+){{1,3}}(?:{_any_of(_KINDS)}){_UNLESS_MORE}|{_AGES}|{_MEANS}"
_ROLE = rf"(?:{_BEFORE_ROLE}(?:{_any_of([*_ROLES, *_SOMETIMES, *_ALWAYS])}){_AFTER_ROLE}|{_TOGETHER})"
_ROLE_OF_THEM = rf"(?:{_BEFORE_ROLE}(?:{_any_of(_FIRM)}){_AFTER_ROLE}|{_TOGETHER})"
_SAID_OF_PEOPLE = (
    rf"(?P<before>(?:{_SUBJECT}{_BEING}|\bam|\bbeing|\bas)\s+)"
    rf"{_ARTICLE}(?:{'|'.join(_PHRASES)}|{_ROLE}){_NOUN}{_OF_SELF}"
    rf"|(?P<them>\b(?:am|is|are|was|were|became|i['’]m|(?:he|she|who)['’]s|(?:we|they|you)['’]re)(?:\s+(?:also|both|not))?\s+){_ARTICLE}(?:{'|'.join(_PHRASES)}|{_ROLE_OF_THEM}){_NOUN}{_OF_SELF}"
)
_SOMEBODY = (  # "a nurse lives next door": with an article, and no other word that it could belong to
    rf"\ban?\s+(?:{'|'.join(_PHRASES)}|cleaner(?!\s+(?:and|or)\b)|{_BEFORE_ROLE}(?:{_any_of(_ANYBODY)}){_AFTER_ROLE}|{_TOGETHER})"
    r"(?=\s*(?:[.,;:!?)]|$)|\s+(?:lives?|lived|asks?|asked|spoke|speaks|came|comes|at|in|on|from|next|who|and|or|to|for|with|said"
    r"|says|told|rang|wrote|works?|uses?|used|took|met|attended|moved|is|was|has|had|by|near|here|there|upstairs|about)\b)"
)
_HIDDEN = re.compile(
    rf"{_SAID_OF_PEOPLE}|{_SOMEBODY}|{_ARTICLE}\b(?:{'|'.join(_PHRASES)}|{_any_of(_ALWAYS)}){_NOUN}"
    rf"|{_ARTICLE}\b(?:{_any_of(_SOMETIMES)})\b(?:\s+(?:man|woman|person)(?![\w+-])|{_OF_PEOPLE})",
    re.IGNORECASE,
)
_IN_PHRASES = (
    "asylum rough wheelchair lone hearing sighted impaired ill benefits color colour work mixed dual pension credit"
    " wage pay income incomes contract parole dialysis class off debt partnership sick"
    " accommodation housing surfing positive area jobs teens jehovah jehovahs eighteen nineteen"
    " hiv dementia cancer"
).split()
_AGE_WORDS = [*_TENS.split("|"), *_TENS.replace("y", "ies").split("|")]
_WORD = re.compile(r"[\w+-]+")
_TRIGGERS = frozenset(
    part
    for word in [*_ALWAYS, *_SOMETIMES, *_ROLES, *_IN_PHRASES, *_AGE_WORDS, *_KINDS]
    for part in _WORD.findall(word)
)
_BEING_OF = re.compile(
    r"(?:\b(?:am|is|are|was|were|be|being|as|became|also|very|quite|both|not)|['’](?:m|s|re))\s+"
    rf"(?:(?:over|under|an?)\s+)?(?:\d|in\s|hard\b|(?:{_TENS})-|(?-i:from\s+[A-Z]))",
    re.IGNORECASE,
)  # what begins with a word that is too common to look for


@dataclass(frozen=True, slots=True)
class Hidden:
    """A text as the readers that learn see it, and the places (start, end) of what was hidden in the one written."""

    text: str
    places: tuple[tuple[int, int], ...]

    def origin(self, start: int, end: int) -> tuple[int, int]:
        """Where a stretch of ``text`` stands in the text as written; one that touches a hidden word has all of it."""
        return self._origin(start)[0], self._origin(end - 1)[1] if end > start else self._origin(start)[0]

    def _origin(self, place: int) -> tuple[int, int]:
        """The character at a place, or the hidden word that it is in."""
        shift = 0
        for start, end in self.places:
            if place < start + shift:
                break
            if place < start + shift + len(NEUTRAL_WORD):
                return start, end
            shift += len(NEUTRAL_WORD) - (end - start)
        return place - shift, place - shift + 1


def hide_identity(text: str) -> Hidden:
    """The text with every word of identity, and the article before it, read as ``NEUTRAL_WORD``."""
    if _TRIGGERS.isdisjoint(_WORD.findall(text.lower())) and not _BEING_OF.search(text):
        return Hidden(text, ())  # nearly every text: ten times as quick as looking for the pattern
    places, parts, told = [], [], 0
    for found in _HIDDEN.finditer(text):
        start = max(found.end("before"), found.end("them"), found.start())
        places.append((start, found.end()))
        parts += [text[told:start], NEUTRAL_WORD]
        told = found.end()
    return Hidden("".join([*parts, text[told:]]), tuple(places))
