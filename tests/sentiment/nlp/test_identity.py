import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentiment.nlp.identity import Hidden, hide_identity

PEOPLE = ["poor", "gay", "a widow", "Muslim", "a Christian", "homeless", "Black", "blind", "on benefits", "elderly"]
PEOPLE += ["a single mother", "an immigrant", "Jewish", "trans", "a refugee", "deaf", "autistic", "straight", "rich"]
PEOPLE += ["a wheelchair user", "a lesbian", "Polish", "unemployed", "a Traveller", "pregnant", "retired", "disabled"]


@pytest.mark.parametrize("person", PEOPLE)
@pytest.mark.parametrize(
    "sentence",
    [
        "My neighbour is {}.",
        "I am {} and live in the ward.",
        "The person at the desk was {}.",
        "She is {}, and she uses the library on Tuesdays.",
        "A resident who is {} came to the meeting.",
        "I'm {}!",
    ],
)
def test_who_somebody_is_reads_the_same_whoever_it_is(sentence: str, person: str) -> None:
    assert hide_identity(sentence.format(person)).text == sentence.format("local")


@pytest.mark.parametrize(
    ("text", "read_as"),
    [
        ("old people and Muslim families", "local people and local families"),
        ("asylum seekers in the hotel", "local in the hotel"),
        ("as a poor man from Leeds", "as local from Leeds"),
        ("A plumber lives next door.", "local lives next door."),
        ("I spoke to a retired police officer on Monday.", "I spoke to local on Monday."),
        ("Sam is a cancer survivor.", "Sam is local."),
        ("The new librarian is Polish.", "The new librarian is local."),
        ("My mam is 82 and on universal credit.", "My mam is local and on universal credit."),
        ("I am from Kent, in my forties and in a wheelchair.", "I am local, in my forties and in a wheelchair."),
    ],
)
def test_people_are_read_as_people(text: str, read_as: str) -> None:
    assert hide_identity(text).text == read_as


@pytest.mark.parametrize(
    "text",
    [
        "The service was poor.",
        "It is a poor show",
        "a blind corner by the black bins",
        "They are poor at answering",
        "the old library, the white lines and a straight road",
        "I think the lighting is poor.",
        "The streets are cleaner and the track is single.",
        "a cleaner and greener town",
        "The council is bankrupt.",
        "Mr Jones's wife drove a coach to a senior centre.",
        "The nurse was kind.",
        "",
    ],
)
def test_a_word_that_is_said_of_a_thing_is_kept(text: str) -> None:
    assert hide_identity(text) == Hidden(text, ())


def test_places_after_a_hidden_word_are_found_again_in_the_text_as_written() -> None:
    text = "A gay man and a Christian spoke well"
    hidden = hide_identity(text)
    assert hidden.text == "local and local spoke well"

    def written(piece: str, start: int = 0) -> str:
        first, last = hidden.origin(hidden.text.index(piece, start), hidden.text.index(piece, start) + len(piece))
        return text[first:last]

    assert [written("local"), written("and"), written("local", 3), written("spoke well")] == [
        "A gay man",
        "and",
        "a Christian",
        "spoke well",
    ]


@given(st.text(st.characters(), max_size=300))
def test_any_string_is_read_and_its_places_stay_in_order(text: str) -> None:
    hidden = hide_identity(text)
    places = [hidden.origin(place, place + 1) for place in range(len(hidden.text))]
    assert places == sorted(places)
    assert all(0 <= start < end <= len(text) for start, end in places)
