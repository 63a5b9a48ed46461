import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sentiment.nlp.campaigns import Campaign, find_campaigns, likeness

LETTER = (
    "I am writing to object to the proposal to close Elmbridge Library on Saturdays. Families who work all week can "
    "only come then, and the homework club has nowhere else to meet. Please think again and keep our library open."
)
PERSONAL = (
    "Dear councillor, I am writing to object to the plan to close Elmbridge Library at weekends. Families who work all "
    "week can only come on Saturdays, and my daughter's homework club has nowhere else to meet. Please keep it open!"
)
HONEST = (
    "Closing the library on Saturdays would hurt us. I take my grandson every week for the Lego table and we borrow "
    "six books each time, so do whatever you must with the budget but not this.",
    "Has anybody counted how many people use the library on a Saturday? When I go there are three of us and a dog.",
    "The bins on Harrow Lane were missed again, that makes four weeks out of six, and nobody answers the phone.",
)
LINKS = "the a of to and in that is for it on was with as at be this have are not by we they our but from or".split()
SUBJECTS = [
    f"{first}{last}" for first in ("park", "road", "bin", "lamp", "bus", "flood", "tree") for last in
    ("side", "way", "ing", "land", "shop", "men", "yard", "gate", "line", "post", "work", "age", "ward", "stead")
]  # fmt: skip


def written(draw: random.Random, words: int) -> list[str]:
    """As people write: half of the words are everybody's, half are about something."""
    return [draw.choice(LINKS) if draw.random() < 0.5 else draw.choice(SUBJECTS) for _ in range(words)]


def changed(draw: random.Random, words: list[str], share: float = 0.3) -> str:
    copy = list(words)
    for place in draw.sample(range(len(words)), round(share * len(words))):
        copy[place] = written(draw, 1)[0]
    return " ".join(copy)


def test_copies_of_a_letter_are_a_campaign_and_those_who_write_for_themselves_are_not():
    texts = [HONEST[0], LETTER, HONEST[1], PERSONAL, HONEST[2], LETTER.upper().replace(".", " !")]

    assert find_campaigns(texts) == (Campaign(representative=1, members=(1, 3, 5)),)


def test_larger_campaigns_come_first_and_small_ones_can_be_left_out():
    draw = random.Random(11)
    letters = [written(draw, 40) for _ in range(3)]
    texts = [changed(draw, letters[kind], 0.1) for kind in (0, 1, 1, 0, 1, 2, 1, 2, 2)]

    assert [campaign.members for campaign in find_campaigns(texts)] == [(1, 2, 4, 6), (5, 7, 8), (0, 3)]
    assert [campaign.size for campaign in find_campaigns(texts, fewest=3)] == [4, 3]


def test_the_version_most_people_sent_stands_for_a_campaign():
    draw = random.Random(5)
    letter = written(draw, 50)
    texts = [changed(draw, letter) for _ in range(6)] + [" ".join(letter)] + [changed(draw, letter) for _ in range(6)]

    assert find_campaigns(texts) == (Campaign(representative=6, members=tuple(range(13))),)


@pytest.mark.parametrize("words", [25, 40, 90])
def test_with_thirty_percent_of_words_changed_at_least_95_of_100_copies_are_found(words):
    draw = random.Random(words)
    honest = [" ".join(written(draw, draw.randint(15, 90))) for _ in range(400)]
    letters = [written(draw, words) for _ in range(40)]
    copies = [changed(draw, letter) for letter in letters]

    campaigns = find_campaigns([*honest, *map(" ".join, letters), *copies])

    first = len(honest)
    pairs = {(first + number, first + len(letters) + number) for number in range(len(letters))}
    assert len(pairs & {campaign.members for campaign in campaigns}) >= 38
    joined = sum(place < first for campaign in campaigns for place in campaign.members)
    assert joined <= 2


@pytest.mark.parametrize("words", [20, 25, 40])
def test_short_copies_are_found_together_when_nobody_sent_the_letter_itself(words):
    """Two copies of a letter, 30 % of each changed, have half of their words in common and not more."""
    draw = random.Random(words)
    honest = [" ".join(written(draw, draw.randint(15, 90))) for _ in range(400)]
    letters = [written(draw, words) for _ in range(60)]
    campaigns = find_campaigns([*honest, *(changed(draw, letter) for letter in letters for _ in range(5))])

    found = 0
    for number in range(len(letters)):
        copies = set(range(len(honest) + 5 * number, len(honest) + 5 * number + 5))
        largest = max(len(copies.intersection(campaign.members)) for campaign in campaigns)
        found += largest if largest > 1 else 0
    assert found >= 0.98 * 5 * len(letters)
    assert sum(place < len(honest) for campaign in campaigns for place in campaign.members) <= 2


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Yes",
        "I agree",
        "No complaints at all, thank you",
        "I agree with all of it and I have nothing more to say about that",
        "no no no no no no no no no no no no no no no no no no no no no",
        "同意" * 30,
    ],
)
def test_short_texts_are_never_a_campaign_however_often_they_are_sent(text):
    assert find_campaigns([text] * 50) == ()


def test_a_campaign_of_one_is_refused():
    with pytest.raises(ValueError, match="two texts"):
        find_campaigns([LETTER], fewest=1)


def test_likeness_is_the_part_of_the_words_that_stand_in_the_same_order():
    assert likeness("The bins, again!", "the BINS again") == 1.0
    assert likeness("a b c d", "d c b a") == 0.25
    assert likeness("a b c d", "a x c y z w") == 0.4
    assert likeness("", "") == 0.0


def test_the_same_groups_are_found_in_any_order():
    draw = random.Random(8)
    letters = [written(draw, 30) for _ in range(6)]
    texts = [changed(draw, draw.choice(letters)) for _ in range(60)] + [
        " ".join(written(draw, 30)) for _ in range(60)
    ]
    shuffled = draw.sample(texts, len(texts))

    def groups(order: list[str]) -> set[frozenset[str]]:
        return {frozenset(order[place] for place in campaign.members) for campaign in find_campaigns(order)}

    assert groups(shuffled) == groups(texts)
    assert len(groups(texts)) == 6


def test_thousands_of_texts_take_seconds():
    draw = random.Random(2)
    letter = written(draw, 60)
    texts = [changed(draw, letter) if each % 2 else " ".join(written(draw, 40)) for each in range(2_500)]
    start = time.process_time()

    (campaign,) = find_campaigns(texts, fewest=10)

    assert time.process_time() - start < 6  # about 1 s in practice
    assert campaign.size > 1_200


def test_one_word_a_million_times_is_read_in_bounded_time():
    start = time.process_time()

    assert find_campaigns(["bins " * 1_000_000] * 3) == ()
    assert likeness("bins " * 1_000_000, "bins " * 1_000_000) == 1.0
    assert time.process_time() - start < 1


@settings(max_examples=50, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.text(st.characters(), max_size=80),
            st.lists(st.sampled_from([*SUBJECTS[:12], *LINKS[:6]]), min_size=8, max_size=20).map(" ".join),
        ),
        max_size=8,
    )
)
def test_every_text_is_in_one_campaign_at_most_and_equal_texts_share_it(texts):
    campaigns = find_campaigns(texts)

    places = [place for campaign in campaigns for place in campaign.members]
    assert len(places) == len(set(places))
    for campaign in campaigns:
        assert campaign.size >= 2
        assert campaign.representative in campaign.members
        assert list(campaign.members) == sorted(campaign.members)
        held = {texts[place] for place in campaign.members}
        assert {place for place, text in enumerate(texts) if text in held} == set(campaign.members)
