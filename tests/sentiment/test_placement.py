"""Placing a post in a ward: by which evidence, and above all when not."""

from __future__ import annotations

import pytest

from sentiment.enums import PlacementMethod
from sentiment.placement import Placement, place, postcodes_in, ward_names

NAMES = ward_names(
    [
        (1, ["Holywells"]),
        (2, ["Castle Hill"]),
        (3, ["Bridge"]),
        (4, ["St Margaret's"]),
        (5, ["Whitton"]),
        (6, ["Stoke & Wherstead", "Stoke a Wherstead"]),
    ]
)
POSTCODES = {"IP3 0EX": 1, "IP1 6AB": 5}


def placed(text, source_ward=None):
    return place(text, names=NAMES, ward_of_postcode=POSTCODES.get, source_ward=source_ward)


@pytest.mark.parametrize(
    ("text", "ward", "words"),
    [
        ("Litter again in Holywells this morning", 1, "Holywells"),
        ("HOLYWELLS is lovely", 1, "HOLYWELLS"),
        ("Floods at Castle Hill.", 2, "Castle Hill"),
        ("Castle  Hill flooded", 2, "Castle  Hill"),
        ("At St. Margaret’s the clock is right at last", 4, "St. Margaret’s"),
        ("St Margarets fair", 4, "St Margarets"),
        ("In Bridge ward the bins were missed", 3, "Bridge"),
        ("#CastleHill looking splendid", 2, "#CastleHill"),
        ("Stoke and Wherstead parish", 6, "Stoke and Wherstead"),
        ("I like Whitton. Roads are bad though.", 5, "Whitton"),
        ("Whitton, whitton and Whitton!", 5, "Whitton"),
    ],
)
def test_a_ward_named_alone_places_the_post_with_its_words(text, ward, words):
    assert placed(text) == Placement(ward, 0.8, PlacementMethod.NAME, words)


@pytest.mark.parametrize(
    "text",
    [
        "Crossing the Bridge took an hour",
        "a bridge too far",
        "castle hill, said the child",
        "Castle Hill Road is closed",
        "Mrs Whitton retires",
        "Cllr. Whitton replied",
        "New Stoke & Wherstead Trust elects Jane Whitton",
        "Holywellsy",
        "Flooding along the Whitton",
        "Upper Whitton",
        "",
    ],
)
def test_a_name_that_is_not_the_place_places_nothing(text):
    assert placed(text).ward is None


def test_two_wards_named_place_nothing_and_the_words_are_kept():
    assert placed("From Holywells to Whitton") == Placement(None, 0.0, PlacementMethod.NONE, "Holywells, Whitton")


def test_a_postcode_beats_a_name_and_the_source():
    expected = Placement(1, 0.95, PlacementMethod.POSTCODE, "IP3 0EX")
    assert placed("Whitton lady at IP3 0EX", source_ward=5) == expected


def test_postcodes_of_two_wards_fall_back_to_the_source_and_else_to_nothing():
    text = "IP3 0EX and IP1 6AB, Holywells"
    assert placed(text, source_ward=2) == Placement(2, 0.9, PlacementMethod.SOURCE, "")
    assert placed(text) == Placement(None, 0.0, PlacementMethod.NONE, "IP3 0EX, IP1 6AB")


def test_a_postcode_outside_the_council_is_no_evidence():
    assert placed("Moved to M1 1AA from Whitton") == Placement(5, 0.8, PlacementMethod.NAME, "Whitton")


def test_a_name_that_two_wards_share_is_no_name():
    assert ward_names([(1, ["Marine", "Hove"]), (2, ["Marine", ""])]) == {"Hove": 1}


def test_postcodes_are_found_whole_once_and_in_order():
    assert postcodes_in("IP1 2DE, ip1 2de, IP12DE, XIP1 2DEX, EC1A 1BB, IP1 2DE") == ["IP1 2DE", "IP12DE", "EC1A 1BB"]


def test_a_long_text_of_names_is_placed_in_time_proportional_to_its_length():
    assert placed("Castle " * 700 + "#Holywells").ward == 1
