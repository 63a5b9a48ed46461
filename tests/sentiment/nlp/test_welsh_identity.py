import pytest

from sentiment.nlp import identity
from sentiment.nlp.welsh_identity import NEUTRAL_WORD, hide_identity

PEOPLE = """
    hoyw lesbiad ddeurywiol drawsryweddol Fwslim Gristion Iddew Hindŵ Sikh anffyddiwr weddw ddigartref dlawd gyfoethog
    ddi-waith anabl fyddar ddall awtistig ffoadur Sais Gymro feichiog lysieuwr
""".split()


@pytest.mark.parametrize("sentence", ["Mae fy nghymydog yn {}.", "Rwy'n {} ac yn byw ar Heol yr Orsaf.", "{}"])
@pytest.mark.parametrize("person", PEOPLE)
def test_a_sentence_reads_the_same_whoever_it_is_said_of(sentence: str, person: str) -> None:
    assert hide_identity(sentence.format(person)).text == sentence.format(NEUTRAL_WORD)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("pobl hŷn a phobl ddu", "pobl lleol a phobl lleol"),
        ("Mae fy nghymydog yn ddu.", "Mae fy nghymydog yn lleol."),
        ("Mae fy nghymydog yn fenyw.", "Mae fy nghymydog yn lleol."),
        ("Mae menyw yn y neuadd.", "Mae menyw yn y neuadd."),
        ("llyfrgell hen a char du", "llyfrgell hen a char du"),
        ("y gweithiwr tlawd-ei-fyd", "y gweithiwr tlawd-ei-fyd"),
    ],
)
def test_words_that_are_an_identity_only_sometimes_are_hidden_where_they_are_said_of_people(
    text: str, read: str
) -> None:
    assert hide_identity(text).text == read


def test_the_place_of_a_hidden_word_leads_back_to_the_word_as_written() -> None:
    text = "Roedd menyw ddigartref yno."
    hidden = hide_identity(text)
    start = hidden.text.index(NEUTRAL_WORD)

    assert text[slice(*hidden.origin(start, start + len(NEUTRAL_WORD)))] == "ddigartref"
    assert len(NEUTRAL_WORD) == len(identity.NEUTRAL_WORD)
