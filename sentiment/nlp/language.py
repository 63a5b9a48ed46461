"""English or Welsh: the two languages a Welsh council answers in, told apart so that neither is read as the other.

A py3langid model (it comes inside that package) restricted to the two languages decides. A text counts as Welsh only
if the model is sure, for two reasons: a text taken for Welsh goes unread, which silences it, and the model leans to
Welsh on texts it knows nothing about ("ok", "N/A", a lone emoji). Texts of one to three words are settled by a short
list of Welsh words first, because there the model is guessing. Any other language is taken for whichever of the two
it resembles; both choices are wrong, and neither is worse than the other.
"""

import re
from functools import cache
from typing import Literal, Protocol

from py3langid.langid import MODEL_FILE, LanguageIdentifier

Language = Literal["en", "cy"]

ENGLISH: Language = "en"
WELSH: Language = "cy"
SURE_OF_WELSH = 0.9  # the model's probability; 2 of 14,806 English comments reached it when measured
LOOKED_AT_CHARACTERS = 1_000  # enough for certainty, and keeps the cost of a long text flat
SHORT_WORDS = 3  # up to this many words the word list may decide alone

# Words a one-line Welsh answer is made of, none of them an English word.
SHORT_WELSH = frozenset(
    "diolch yn fawr iawn gwych da hyfryd ardderchog bendigedig dim byd ie oes ydw ydy nac nag cytuno anghytuno "
    "gwael ofnadwy dda gwell siomedig hapus cymraeg croeso wrth gwrs pob lwc os gwelwch mwy llai".split()
)
# Of those, the ones too short or too common elsewhere to decide a text with no company.
_WEAK = frozenset({"da", "os", "pob", "oes", "nag", "nac", "ie", "yn"})

# Little words that are never both: where several English ones stand and no Welsh one does, the model need not be asked.
# (It agreed on every one of 14,806 English comments it was tried on.)
ENGLISH_MARKS = frozenset(
    "the and of that was for with have are this not it but they we be from has been would should there you your very "
    "please need our which were will when what".split()
)
WELSH_MARKS = frozenset(
    "yn mae y yr ac bod wedi ddim dim i'r o'r mae'r oedd roedd gan sydd hyn ond ar nid yw ydy fy ei eu neu".split()
)
ENOUGH_MARKS = 2

_NOT_LANGUAGE = re.compile(r"https?://\S+|www\.\S+|\S+@\S+|[@#]\w+")
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")


class _Identifier(Protocol):
    def classify(self, text: str) -> tuple[str, float]: ...


@cache
def _identifier() -> _Identifier:
    identifier: _Identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages([ENGLISH, WELSH])  # type: ignore[attr-defined]
    return identifier


def detect(text: str) -> Language:
    """``"cy"`` when the text is surely Welsh, else ``"en"``; so blank, wordless and doubtful texts are English.

    Looks at the first 1,000 characters, without links, e-mail addresses, @names and #tags. Never fails on a string.
    """
    looked_at = text[:LOOKED_AT_CHARACTERS]
    if "@" in looked_at or "#" in looked_at or "http" in looked_at or "www" in looked_at:
        looked_at = _NOT_LANGUAGE.sub(" ", looked_at)
    words = _WORD.findall(looked_at.replace("’", "'").lower())
    if not words:
        return ENGLISH
    kinds = frozenset(words)
    if len(kinds & ENGLISH_MARKS) >= ENOUGH_MARKS and not kinds & WELSH_MARKS:
        return ENGLISH
    if len(words) <= SHORT_WORDS and kinds <= SHORT_WELSH and not kinds <= _WEAK:
        return WELSH
    looked_at = looked_at.encode("utf-8", "replace").decode("utf-8")
    language, probability = _identifier().classify(looked_at)
    if language != WELSH or probability < SURE_OF_WELSH:
        return ENGLISH
    return WELSH
