"""Who wrote what in a draft: every order in which two open forms and a late one can save."""

from __future__ import annotations

from consultations.hands import Hand, hands_after

ONE, OTHER = "one", "other"
BOTH = frozenset({"a", "b"})


def of(writer: str, *names: str, since: int = 0, revision: int = 1, sequence: int = 1) -> Hand:
    return Hand(writer, frozenset(names), since, revision, sequence)


def test_a_hand_is_stored_and_read_again():
    hand = of(ONE, "b", "a", since=1, revision=2, sequence=3)
    assert hand.as_json() == {"writer": ONE, "names": ["a", "b"], "since": 1, "revision": 2, "sequence": 3}
    assert Hand.read(hand.as_json()) == hand


def test_what_one_hand_left_goes_over_to_whoever_changes_it():
    before = [of(ONE, "a", "b", revision=4)]
    after = hands_after(before, writer=OTHER, names=frozenset({"a"}), revision=5, sequence=1)
    assert after == [of(ONE, "b", revision=4), of(OTHER, "a", since=4, revision=5)]


def test_a_hand_of_which_nothing_stands_goes():
    after = hands_after([of(ONE, "a")], writer=OTHER, names=BOTH, revision=2, sequence=1)
    assert after == [of(OTHER, "a", "b", since=1, revision=2)]


def test_a_save_that_changes_nothing_is_remembered_until_the_next_writer():
    first = hands_after([of(ONE, "a")], writer=OTHER, names=frozenset(), revision=1, sequence=3)
    assert first == [of(ONE, "a"), of(OTHER, sequence=3)]
    assert hands_after(first, writer=ONE, names=frozenset(), revision=1, sequence=2) == [of(ONE, "a", sequence=2)]


def test_a_writer_knows_what_it_wrote_since_it_last_saw_another():
    hand = of(ONE, "a", since=3, revision=7)
    assert [hand.is_known_to(ONE, seen) for seen in (2, 3, 7)] == [False, True, True]
    assert [hand.is_known_to(OTHER, seen) for seen in (3, 6, 7, 8)] == [False, False, True, True]
