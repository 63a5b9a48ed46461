"""Who somebody is, said in Welsh: hidden from the reader of Welsh as ``identity`` hides it from those of English.

Welsh changes a word's first letter after others ("tlawd", "yn dlawd", "a thlawd"), so each word stands here with the
forms it takes.
"""

import re

from sentiment.nlp.identity import Hidden

NEUTRAL_WORD = "lleol"  # as long as the English one, which ``Hidden`` counts on

# The kinds of identity of the Equality Act 2010, section 4, with class, means and housing beside them.
_WORDS = """
    hoyw lesbiad lesbiaid lesbiaidd deurywiol ddeurywiol trawsryweddol drawsryweddol anneuaidd
    mwslim fwslim mwslimiaid fwslimiaid mwslimaidd fwslimaidd cristion gristion christion cristnogion gristnogion
    iddew iddewes iddewon iddewig hindŵ hindŵaidd sikh sikhiaid bwdhydd fwdhydd anffyddiwr anffyddwyr
    gweddw weddw gwidman ddi-waith di-waith digartref ddigartref tlawd dlawd thlawd tlodion dlodion cyfoethog gyfoethog
    chyfoethog anabl byddar fyddar dall ddall awtistig dyslecsig ffoadur ffoaduriaid mewnfudwr fewnfudwr mewnfudwyr
    fewnfudwyr tramorwr dramorwr sais saeson saesnes cymro gymro cymraes gymraes cymry gymry pwyliaid bwyliaid
    pensiynwr bensiynwr pensiynwyr bensiynwyr beichiog feichiog ysgaredig llysieuwr lysieuwr figan
    teithiwr deithiwr sipsi sipsiwn oedrannus
""".split()
_PEOPLE = """
    pobl bobl phobl person berson dyn ddyn dynion ddynion menyw fenyw menywod fenywod plentyn blentyn plant blant
    teulu deulu teuluoedd deuluoedd gŵr ŵr gwraig wraig merch ferch bachgen fachgen cwpl gwpl cymydog gymydog
    nghymydog
""".split()
_AFTER_PEOPLE = (
    "du ddu duon gwyn wyn gwynion hen hŷn ifanc ifainc tew dew tenau denau cymraeg gymraeg saesneg".split()
)
_AFTER_YN = "ddyn fenyw ddynes ferch fachgen ŵr wraig".split()  # "she is a woman"

_HIDDEN = re.compile(
    rf"(?<![\w-])(?:(?P<before>(?:{'|'.join(_PEOPLE)})\s+(?:yn\s+)?)(?:{'|'.join(_AFTER_PEOPLE)})|{'|'.join(_WORDS)}"
    rf"|(?<=\byn )(?:{'|'.join(_AFTER_YN)}))"
    r"(?![\w-])",
    re.IGNORECASE,
)


def hide_identity(text: str) -> Hidden:
    """The Welsh text with every word of identity read as ``NEUTRAL_WORD``."""
    places, parts, told = [], [], 0
    for found in _HIDDEN.finditer(text):
        start = found.end("before") if found["before"] else found.start()
        places.append((start, found.end()))
        parts += [text[told:start], NEUTRAL_WORD]
        told = found.end()
    return Hidden("".join([*parts, text[told:]]), tuple(places))
