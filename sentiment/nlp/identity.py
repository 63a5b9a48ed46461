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
    r"(?:single|lone)[ -](?:mother|father|parent|mum|dad)s?",
    r"(?:hard of hearing|partially sighted|visually impaired|mentally ill|on benefits|of colou?r|out of work)",
    r"(?:mixed|dual)[ -](?:race|heritage)",
)
_SOMETIMES = """
    poor rich black white brown blind old young single straight married foreign english welsh scottish irish british
    european american french german spanish italian portuguese male female obese fat thin lonely vulnerable illiterate
    religious secular conservative socialist vegan vegetarian man men woman women
""".split()
_PEOPLE = """
    person people man men woman women child children boy boys girl girls lad lads resident residents tenant tenants
    neighbour neighbours neighbor family families household households mother mothers father fathers mum mums dad dads
    parent parents couple couples student students worker workers pupil pupils citizen citizens adult adults friend
    friends voter voters community communities folk patient patients user users customer customers carer carers
    colleague officer councillor caller visitor driver husband wife partner son daughter brother sister grandmother
    grandfather nan aunt uncle teacher nurse doctor landlord landlady lodger owner owners shopkeeper someone somebody
    anyone anybody everyone applicant applicants respondent speaker speakers gentleman lady ladies
""".split()


def _any_of(words: list[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


_ARTICLE = r"(?:\b(?:an?)\s+)?"
_NOUN = r"(?:\s+(?:man|woman|person))?(?![\w+-])"
_OF_PEOPLE = rf"(?=\s+(?:[a-z]+\s+)?(?:{_any_of(_PEOPLE)})\b)"
_PLACE = (
    r"(?:\s+(?:at|in|on|from|near|behind|of|for)\s+(?:the|my|our|this|number)\s+\w+"
    r"|\s+(?:opposite|upstairs|downstairs|here)|\s+who\s+\w+\s+\w+)?"
)
_SUBJECT = rf"(?:\b(?:i|he|she|we|who|(?:whether|if) you)|\b(?:{_any_of(_PEOPLE)})\b{_PLACE})"
_BEING = r"(?:\s+(?:am|is|are|was|were|be|being|became)|['’](?:m|s|re))(?:\s+(?:also|very|quite|both|not))?"
_OF_SELF = r"(?!\s+(?:at|about|on|value|quality|service|for|with|to)\b)"
_SAID_OF_PEOPLE = (
    rf"(?P<before>(?:{_SUBJECT}{_BEING}|\bam|\bbeing|\bas)\s+)"
    rf"{_ARTICLE}(?:{'|'.join(_PHRASES)}|{_any_of(_SOMETIMES)}){_NOUN}{_OF_SELF}"
)
_HIDDEN = re.compile(
    rf"{_ARTICLE}\b(?:{'|'.join(_PHRASES)}|{_any_of(_ALWAYS)}){_NOUN}"
    rf"|{_ARTICLE}\b(?:{_any_of(_SOMETIMES)})\b{_OF_PEOPLE}|{_SAID_OF_PEOPLE}",
    re.IGNORECASE,
)
_IN_PHRASES = (
    "asylum rough wheelchair lone hearing sighted impaired ill benefits color colour work mixed dual".split()
)
_TRIGGERS = frozenset([*_ALWAYS, *_SOMETIMES, *_IN_PHRASES])
_WORD = re.compile(r"[\w+-]+")


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
    if _TRIGGERS.isdisjoint(_WORD.findall(text.lower())):
        return Hidden(text, ())  # nearly every text: ten times as quick as looking for the pattern
    places, parts, told = [], [], 0
    for found in _HIDDEN.finditer(text):
        start = found.end("before") if found["before"] else found.start()
        places.append((start, found.end()))
        parts += [text[told:start], NEUTRAL_WORD]
        told = found.end()
    return Hidden("".join([*parts, text[told:]]), tuple(places))
