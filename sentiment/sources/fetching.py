"""One guarded GET: the only way a source's address is ever reached.

The address is resolved here and the connection made to the very address that was checked, so that a name which
answers differently the second time gains nothing. Each redirect is checked again. The whole exchange has a deadline,
the body a size, and neither cookies nor credentials are sent.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import zlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime

import httpx
from django.utils.translation import gettext as _

DEADLINE_SECONDS = 10.0
"""For resolving, connecting, all redirects and the body together."""
MAX_BODY_BYTES = 2 * 1024 * 1024
MAX_REDIRECTS = 5
SCHEMES = frozenset({"http", "https"})
PUBLIC_PORTS = frozenset({80, 443})
USER_AGENT = "Wardmote/0.1 (a council reading public feeds; at most hourly)"
ACCEPT = "application/atom+xml, application/rss+xml, application/xml, */*;q=0.1"

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class FetchError(Exception):
    """An address could not be read; the message says why in words for an officer."""


class AddressRefused(FetchError):
    """The address is one that the house does not reach out to."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """A server's answer. ``body`` is empty unless ``status`` is 200; ``retry_after`` is as the server wrote it."""

    status: int
    address: str
    body: bytes
    content_type: str
    etag: str
    last_modified: str
    retry_after: str


def fetch(address: str, *, etag: str = "", last_modified: str = "", private_addresses: bool = False) -> Fetched:
    """GET ``address``, conditionally if ``etag`` or ``last_modified`` are given. Raises ``FetchError``.

    Any status is an answer, not an error. ``private_addresses`` lets tests and trials reach their own machine.
    """
    headers = {"User-Agent": USER_AGENT, "Accept": ACCEPT}
    if etag:
        headers["If-None-Match"] = etag
    if last_modified:
        headers["If-Modified-Since"] = last_modified
    return asyncio.run(_within_deadline(address, headers, private_addresses))


def check_address(address: str, *, private_addresses: bool = False) -> httpx.URL:
    """``address`` as a URL that may be asked for, as far as it tells unresolved. Raises ``AddressRefused``."""
    try:
        url = httpx.URL(address)
    except (httpx.InvalidURL, ValueError) as error:
        raise AddressRefused(_("This is not a web address.")) from error
    if url.scheme not in SCHEMES or not url.host:
        raise AddressRefused(_("The address must begin with https:// or http://."))
    if url.userinfo:
        raise AddressRefused(_("The address must not hold a user name or password."))
    if not private_addresses and _port(url) not in PUBLIC_PORTS:
        raise AddressRefused(_("The address must use the usual web ports."))
    return url


def is_public(ip: str) -> bool:
    """Whether an IP address is reachable by everybody: not private, local, reserved, multicast or a cover for one."""
    address = ipaddress.ip_address(ip.split("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
        if address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            address = inner
    return address.is_global and not address.is_multicast and not address.is_reserved


def retry_at(retry_after: str, moment: datetime) -> datetime | None:
    """The moment a ``Retry-After`` header names, in seconds or as a date, or None if it names none."""
    value = retry_after.strip()
    try:
        if value.isascii() and value.isdigit():
            return datetime.fromtimestamp(moment.timestamp() + int(value), tz=moment.tzinfo)
        when = parsedate_to_datetime(value)
        return when if when.tzinfo else when.replace(tzinfo=moment.tzinfo)
    except (ValueError, OverflowError, OSError):
        return None


async def _within_deadline(address: str, headers: Mapping[str, str], private_addresses: bool) -> Fetched:
    try:
        async with asyncio.timeout(DEADLINE_SECONDS):
            return await _follow(address, headers, private_addresses)
    except TimeoutError as error:
        raise FetchError(_("No full answer within %d seconds.") % DEADLINE_SECONDS) from error
    except httpx.HTTPError as error:
        raise FetchError(_("The server could not be read: %s.") % (error or type(error).__name__)) from error


async def _follow(address: str, headers: Mapping[str, str], private_addresses: bool) -> Fetched:
    timeout = httpx.Timeout(DEADLINE_SECONDS)
    async with httpx.AsyncClient(timeout=timeout, follow_redirects=False, trust_env=False) as client:
        for _hop in range(MAX_REDIRECTS + 1):
            url = check_address(address, private_addresses=private_addresses)
            ip = await _resolve(url, private_addresses)
            request = client.build_request(
                "GET",
                url.copy_with(host=ip),
                headers={**headers, "Host": url.netloc.decode("ascii"), "Accept-Encoding": "gzip"},
                extensions={"sni_hostname": url.raw_host.decode("ascii")},
            )
            response = await client.send(request, stream=True)
            try:
                if response.status_code not in _REDIRECTS or "location" not in response.headers:
                    return await _answer(url, response)
                address = str(url.join(response.headers["location"]))
            except (httpx.InvalidURL, ValueError) as error:
                raise AddressRefused(_("The server sent us on to something that is not a web address.")) from error
            finally:
                client.cookies.clear()
                await response.aclose()
    raise FetchError(_("More than %d redirects.") % MAX_REDIRECTS)


async def _resolve(url: httpx.URL, private_addresses: bool) -> str:
    """One IP address of the URL's host. All of them must be public, or the name is not to be trusted."""
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(url.host.strip("[]"), _port(url), type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise FetchError(_("The server's name is not known.")) from error
    ips = [str(entry[4][0]) for entry in found]
    if not private_addresses and not all(map(is_public, ips)):
        raise AddressRefused(_("The address leads into a private network."))
    return ips[0]


async def _answer(url: httpx.URL, response: httpx.Response) -> Fetched:
    return Fetched(
        status=response.status_code,
        address=str(url),
        body=await _body(response) if response.status_code == httpx.codes.OK else b"",
        content_type=response.headers.get("content-type", ""),
        etag=response.headers.get("etag", "")[:500],
        last_modified=response.headers.get("last-modified", "")[:100],
        retry_after=response.headers.get("retry-after", "")[:100],
    )


async def _body(response: httpx.Response) -> bytes:
    """The body, unpacked here so that a small packed one cannot swell beyond the limit in memory."""
    encoding = response.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in {"identity", "gzip", ""}:
        raise FetchError(_("The server packed its answer in a way we did not ask for: %s.") % encoding[:40])
    body = bytearray()
    chunks = response.aiter_raw()
    async for chunk in _unpacked(chunks) if encoding == "gzip" else chunks:
        body += chunk
        if len(body) > MAX_BODY_BYTES:
            raise FetchError(_("The answer is larger than %d MiB.") % (MAX_BODY_BYTES // 1024 // 1024))
    return bytes(body)


async def _unpacked(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    unpacker = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    try:
        async for chunk in chunks:
            yield unpacker.decompress(chunk, MAX_BODY_BYTES + 1)
    except zlib.error as error:
        raise FetchError(_("The server's answer is packed wrongly.")) from error


def _port(url: httpx.URL) -> int:
    return url.port or (443 if url.scheme == "https" else 80)
