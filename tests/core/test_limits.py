"""Where a socket comes from, and what counts as one connection to the internet."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import RequestFactory

from wardmote.core.limits import address_of, address_of_socket, household_of


def test_a_sockets_address_is_its_own_or_what_the_houses_proxy_saw(settings: Any) -> None:
    scope = {"client": ("192.0.2.7", 4711), "headers": [(b"x-forwarded-for", b"203.0.113.9, 198.51.100.4")]}
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 0
    assert [
        address_of_socket(one) for one in (scope, {}, {"client": ("127.0.0.1", 4711)}, {"client": ("unix", 0)})
    ] == [
        "192.0.2.7",
        "",
        "",
        "",
    ]
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    assert address_of_socket(scope) == "198.51.100.4"
    assert address_of_socket({"client": ["192.0.2.7", 4711]}) == "192.0.2.7"


def test_a_household_is_an_ipv4_address_or_sixty_four_bits_of_ipv6() -> None:
    assert household_of("192.0.2.7") == "192.0.2.7"
    assert household_of("2001:db8:1:2:3::9") == household_of("2001:db8:1:2::1") == "2001:db8:1:2::/64"
    assert household_of("::ffff:81.2.69.142") == household_of("81.2.69.142") == "81.2.69.142"
    assert [household_of(odd) for odd in ("", "unknown", "::1", "fe80::1%eth0")] == [
        "",
        "unknown",
        "::1",
        "fe80::/64",
    ]


@pytest.mark.parametrize(
    ("seen", "counted"),
    [("192.0.2.7", "192.0.2.7"), ("2001:db8:1:2:3::9", "2001:db8:1:2::/64"), ("::ffff:192.0.2.7", "192.0.2.7")],
)
def test_forms_are_counted_by_household(settings: Any, seen: str, counted: str) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 0
    assert address_of(RequestFactory().post("/", REMOTE_ADDR=seen)) == counted
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    assert address_of(RequestFactory().post("/", headers={"X-Forwarded-For": f"10.0.0.1, {seen}"})) == counted


def test_this_machines_own_address_is_told_whichever_way_it_is_written() -> None:
    assert [address_of_socket({"client": (own, 1)}) for own in ("::1", "127.0.0.1", "::ffff:127.0.0.1")] == [""] * 3
