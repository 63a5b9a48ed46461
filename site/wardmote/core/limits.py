"""How often something may be done by somebody, counted in the cache and nowhere else."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest


@dataclass(frozen=True, slots=True)
class Limit:
    """``count`` times in ``seconds``, counted from the first."""

    name: str
    count: int
    seconds: int


def is_within(limit: Limit, who: str) -> bool:
    """Count one more time for ``who``: whether it is still within the limit.

    ``who`` goes into the cache as a keyed hash, and out of it when the time is over.
    """
    hashed = hmac.digest(settings.SECRET_KEY.encode(), f"{limit.name}:{who}".encode(), "sha256").hex()
    key = f"limit:{hashed}"
    cache.add(key, 0, limit.seconds)
    try:
        times = cache.incr(key)
    except ValueError:  # its time was over between the two lines
        cache.set(key, 1, limit.seconds)
        return True
    if times == 1:  # Redis may have lost the key as it counted, and made it anew without an end
        cache.touch(key, limit.seconds)
    return times <= limit.count


def address_of(request: HttpRequest) -> str:
    """Where a request came from, as ``household_of`` counts it; behind the house's proxy, as that saw it."""
    seen = _seen_by_proxy(request.headers.get("X-Forwarded-For", "")) or str(request.META.get("REMOTE_ADDR", ""))
    return household_of(seen)


def address_of_socket(scope: dict[str, Any]) -> str:
    """A socket's, by its ASGI scope; ``""`` when it is this machine's own, which a proxy's is that tells nothing."""
    forwarded = dict(scope.get("headers", ())).get(b"x-forwarded-for", b"").decode("latin-1")
    address = _seen_by_proxy(forwarded) or str((scope.get("client") or ("",))[0])
    found = _read(address)
    return "" if found is None or found.is_loopback else address


def _seen_by_proxy(forwarded: str) -> str:
    return forwarded.split(",")[-1].strip() if settings.ALLAUTH_TRUSTED_PROXY_COUNT else ""


def household_of(address: str) -> str:
    """What one connection to the internet is given: an IPv4 address, or the first 64 bits of an IPv6 address.

    This machine's own address, and what is none, stay as they are.
    """
    found = _read(address)
    if found is None or found.is_loopback:
        return address
    return str(IPv6Network((int(found), 64), strict=False)) if isinstance(found, IPv6Address) else str(found)


def _read(address: str) -> IPv4Address | IPv6Address | None:
    """``address``, an IPv4 one for one that is written as IPv6."""
    try:
        found = ip_address(address)
    except ValueError:
        return None
    return (isinstance(found, IPv6Address) and found.ipv4_mapped) or found
