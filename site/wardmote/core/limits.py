"""How often something may be done by somebody, counted in the cache and nowhere else."""

from __future__ import annotations

import hmac
from dataclasses import dataclass

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
    return times <= limit.count


def address_of(request: HttpRequest) -> str:
    """The network address a request came from; behind the house's proxy, the one that the proxy saw."""
    forwarded = request.headers.get("X-Forwarded-For", "").split(",")
    if settings.ALLAUTH_TRUSTED_PROXY_COUNT and forwarded[-1].strip():
        return forwarded[-1].strip()
    return str(request.META.get("REMOTE_ADDR", ""))
