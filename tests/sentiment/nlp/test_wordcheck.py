import time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sentiment.nlp.wordcheck import KINDS, look_over


def kinds(text):
    return [(found.kind, found.text) for found in look_over(text)]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        *((word, word) for word in "fuck Shit CUNTS wanker bollocks bellend arseholes bastard".split()),
        *((word, word) for word in "cachu ffwcin Bastad".split()),
        ("Why is this council so f*cking slow?", "f*cking"),
        ("This is sh1t.", "sh1t"),
        ("sh1t!", "sh1t"),
        ("What a pile of $hit", "$hit"),
        ("You w@nkers", "w@nkers"),
        ("f u c k the council", "f u c k"),
        ("s.h.i.t service", "s.h.i.t"),
        ("f-u-c-k", "f-u-c-k"),
        ("f--k off", "f--k"),
        ("f*** off", "f***"),
        ("c**t", "c**t"),
        ("b*st*rd", "b*st*rd"),
        ("fuuuuuck", "fuuuuuck"),
        ("shiiit", "shiiit"),
        ("fu ck this", "fu ck"),
        ("youfuckingidiots", "fuck"),
        ("fück", "fück"),
        ("fuсk", "fuсk"),  # a Cyrillic letter
        ("ｆｕｃｋ", "ｆｕｃｋ"),
        ("𝓼𝓱𝓲𝓽", "𝓼𝓱𝓲𝓽"),
        ("f\u200buc\u200bk", "f\u200buc\u200bk"),
        ("malu cachu yw hyn", "malu cachu"),
        ("clear off you motherfucker", "motherfucker"),
    ],
)
def test_rude_words_are_found_in_every_disguise(text, word):
    assert kinds(text) == [("profanity", word)]


@pytest.mark.parametrize(
    "text",
    [
        "Will the Scunthorpe to Penistone bus come back?",
        "S c u n t h o r p e",
        "Lightwater, Clitheroe, Cockermouth, Cockfosters, Lower Shitterton Lane and Wankel engines",
        "Is there room for a shuttlecock, a cockerel, Dick Turpin, Cllr Hancock and the Cock Inn?",
        "Offa's Dyke, the slag heap, blue tits, a Maine Coon, faggots and peas, shiitake, cont. overleaf",
        "The assassin's class passed an essay on grass; the analyst was assessed. Pass it on. Push it! Wash it?",
        "Bloody damn crap weather, and the bins are a bugger.",
        "Mae'r cyngor wedi canu a chanu; pwy sy'n talu? Cer i'r ty bach. Dinas a thref.",
        "Will item 5* on p. 12 of the A.G.M. be s o l d?",
        "A 4-5 year old at B16 and A55, 50% of #budget: **free** parking_fees e.g. at 3.30 p.m.",
        "The scrutiny committee's analysis was a shock; the sniggering and swanky title set it apart",
        "pin prick of light, ears prick up",
    ],
)
def test_innocent_words_pass(text):
    assert kinds(text) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Ring me on 07700 900123.", ("phone", "07700 900123")),
        ("Ring (029) 2018 0123 please", ("phone", "(029) 2018 0123")),
        ("+44 (0)7700 900 123", ("phone", "+44 (0)7700 900 123")),
        ("0044 1632 960001", ("phone", "0044 1632 960001")),
        ("7700900123", ("phone", "7700900123")),
        ("+353 1 234 56789", ("phone", "+353 1 234 56789")),
        ("write to jo.o'x jo@example.org, please", ("email", "jo@example.org")),
        ("jo(at)example.co.uk", ("email", "jo(at)example.co.uk")),
        ("jo at example dot org", ("email", "jo at example dot org")),
        ("Mr Jones of 12 Mill Lane, Newtown, CF10 3AT", ("address", "12 Mill Lane, Newtown, CF10 3AT")),
        ("He lives at CF10 3AT, number 12", ("address", "CF10 3AT, number 12")),
        ("14b Heol y Felin cf103at", ("address", "14b Heol y Felin cf103at")),
        ("The van AB12 CDE is parked there", ("plate", "AB12 CDE")),
        ("ab12cde", ("plate", "ab12cde")),
        ("a car, reg P123 ABC", ("plate", "P123 ABC")),
        ("his number is QQ 12 34 56 C or rather AB 12 34 56 C", ("national_insurance", "AB 12 34 56 C")),
        ("Card 4111 1111 1111 1111 12/27", ("card", "4111 1111 1111 1111")),
        ("378282246310005", ("card", "378282246310005")),
    ],
)
def test_personal_data_is_found(text, found):
    assert kinds(text) == [found]


@pytest.mark.parametrize(
    "text",
    [
        "4111 1111 1111 1112",
        "Planning application 20/01234/FUL and 0800 123 4567 and 0300 123 4567",
        "In 2024 the council spent £1,234,567 on 25 homes at CF10 3AT. Why?",
        "What is planned for CF10 3AT?",
        "What is planned for 12 Mill Lane?",
        "The A470 THE COUNCIL PROMISED, 20 mph on B4265 and bus 25 from CF10 3AT",
        "Why 3,000 objections and 01/02/2026 10.30? Ref 123456789012",
        "@council #budget me@ @you a@b",
        "look at me dot",
    ],
)
def test_numbers_that_are_nobodys_pass(text):
    assert kinds(text) == []


def test_findings_come_in_order_and_the_longest_of_those_that_overlap():
    found = look_over("Shit, ring 07700 900123 or jo@example.org")
    assert [(each.kind, each.start, each.end) for each in found] == [
        ("profanity", 0, 4),
        ("phone", 11, 23),
        ("email", 27, 41),
    ]


AWKWARD = st.text(alphabet=st.sampled_from(list("fuckshitFUCK*@1 .-_0+4712@.comCF\u200b\u0301ｆс🇫")), max_size=120)


@settings(max_examples=150)
@given(st.one_of(st.text(), AWKWARD))
def test_any_text_has_findings_that_lie_inside_it_and_apart(text):
    found = look_over(text)
    assert [each.text for each in found] == [text[each.start : each.end] for each in found]
    assert all(each.end > each.start and each.kind in KINDS for each in found)
    assert all(one.end <= other.start for one, other in pairwise(found))


@pytest.mark.parametrize(
    "piece",
    "a|fuck|f |f*|f.u|0|07 |+4|a@|a.b@c.|CF10 3|12 Mill Lane |é|-| |AB12|1a ".split("|"),
)
def test_a_long_text_takes_time_in_proportion(piece):
    def seconds(length):
        text = (piece * length)[:length]
        began = time.process_time()
        look_over(text)
        return time.process_time() - began

    assert seconds(100_000) < 2.0
