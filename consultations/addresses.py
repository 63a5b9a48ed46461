"""One spelling for the many in which an e-mail address reaches the same letter box."""

from __future__ import annotations

import unicodedata

import idna

SAME_DOMAIN = {
    "googlemail.com": "gmail.com",
    "me.com": "icloud.com",
    "mac.com": "icloud.com",
    "protonmail.com": "proton.me",
    "protonmail.ch": "proton.me",
    "pm.me": "proton.me",
}
"""Domains whose names before the @ belong to the same person. Sources: the providers' help pages on Gmail and Google
Mail, on iCloud Mail addresses, and on Proton's short domains."""

TAGGED = frozenset(
    "gmail.com icloud.com proton.me outlook.com hotmail.com hotmail.co.uk live.com live.co.uk msn.com fastmail.com "
    "fastmail.fm zoho.com zohomail.com zohomail.eu".split()
)
"""Domains that deliver ``name+anything`` to ``name``. Elsewhere such an address may be somebody else's."""

IGNORED = {"gmail.com": ".", "proton.me": ".-_"}
"""Characters that a provider does not read in the part before the @."""


def canonical_email(address: str) -> str:
    """The spelling under which ``address`` counts: the same for all that certainly reach one letter box.

    For telling repetition only: letters go to the address as typed. Canonical twice is canonical once. Compatibility
    characters and letter case never matter; dots, tags and other names of a domain only where its provider says so.
    """
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", address).lower()).strip()
    local, _at, domain = plain.rpartition("@")
    domain = _ascii(domain.strip().rstrip("."))
    domain = SAME_DOMAIN.get(domain, domain)
    name = local.strip()
    if domain in TAGGED:
        name = name.partition("+")[0] or name
    without = name.translate({ord(one): None for one in IGNORED.get(domain, "")})
    return f"{without or name}@{domain}"


def _ascii(domain: str) -> str:
    """The domain as the net knows it (IDNA 2008, mapped as UTS 46 says), or as it is where it cannot be one."""
    try:
        return idna.encode(domain, uts46=True).decode().lower()
    except idna.IDNAError:
        return domain
