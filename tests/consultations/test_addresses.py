"""Many spellings, one letter box; and different letter boxes stay apart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consultations.addresses import IGNORED, SAME_DOMAIN, TAGGED, canonical_email

NAME = st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=1, max_size=20)
ELSEWHERE = st.sampled_from(["example.org", "council.gov.uk", "straße.de", "université.fr", "xn--bcher-kva.example"])
DOMAIN = st.one_of(ELSEWHERE, st.sampled_from(sorted(TAGGED)))
FULL_WIDTH = str.maketrans({chr(code): chr(code + 0xFEE0) for code in range(0x21, 0x7F)})


@pytest.mark.parametrize(
    ("typed", "canonical"),
    [
        ("Jo.Smith+council@Gmail.com", "josmith@gmail.com"),
        ("jo.smith@googlemail.com", "josmith@gmail.com"),
        ("JO@example.org.", "jo@example.org"),
        ("jo+council@example.org", "jo+council@example.org"),
        ("jo.smith@example.org", "jo.smith@example.org"),
        ("jo-smith@pm.me", "josmith@proton.me"),
        ("jo@me.com", "jo@icloud.com"),
        ("jo+a@hotmail.co.uk", "jo@hotmail.co.uk"),
        ("jo@Bücher.example", "jo@xn--bcher-kva.example"),
        ("ｊｏ＠ｇｍａｉｌ．ｃｏｍ", "jo@gmail.com"),
        ("+tag@gmail.com", "+tag@gmail.com"),
    ],
)
def test_an_address_has_one_canonical_spelling(typed, canonical):
    assert canonical_email(typed) == canonical


@given(NAME, DOMAIN)
def test_canonical_twice_is_canonical_once_and_case_and_width_do_not_matter(name, domain):
    plain = canonical_email(f"{name}@{domain}")
    assert canonical_email(plain) == plain
    local, _at, _domain = plain.partition("@")
    for spelling in (f"{name.upper()}@{domain}", f" {name}@{domain}. ", f"{name.translate(FULL_WIDTH)}@{domain}"):
        assert canonical_email(spelling) == plain
    assert local == name


@given(st.text(max_size=60))
def test_canonical_twice_is_canonical_once_whatever_is_typed(text):
    once = canonical_email(text)
    assert canonical_email(once) == once


@given(NAME, NAME, st.sampled_from(sorted(TAGGED)), st.data())
def test_tags_and_ignored_characters_make_no_second_person(name, tag, domain, data):
    plain = canonical_email(f"{name}@{domain}")
    assert canonical_email(f"{name}+{tag}@{domain}") == plain
    for ignored in IGNORED.get(domain, ""):
        place = data.draw(st.integers(0, len(name)))
        assert canonical_email(f"{name[:place]}{ignored}{name[place:]}@{domain}") == plain
    for other, same in SAME_DOMAIN.items():
        if same == domain:
            assert canonical_email(f"{name}@{other}") == plain


@given(NAME, NAME, ELSEWHERE, st.sampled_from(".+-_"))
def test_elsewhere_what_stands_before_the_at_is_kept(name, more, domain, mark):
    assert canonical_email(f"{name}{mark}{more}@{domain}") != canonical_email(f"{name}@{domain}")
    assert canonical_email(f"{name}{mark}{more}@{domain}").startswith(f"{name}{mark}{more}@")
