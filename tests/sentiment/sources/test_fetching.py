"""The one door to the network: what it refuses, how long it waits, how much it takes."""

from __future__ import annotations

import gzip
import time
from datetime import UTC, datetime

import pytest

from sentiment.sources import fetching
from sentiment.sources.fetching import AddressRefused, Fetched, FetchError, check_address, fetch, is_public, retry_at


def fetch_here(address, **conditions):
    return fetch(address, private_addresses=True, **conditions)


def test_a_page_is_fetched_with_what_the_next_request_needs(peer):
    peer.gives("<rss/>", Content_Type="text/xml", ETag='"v1"', Last_Modified="Mon, 02 Nov 2026 09:00:00 GMT")
    assert fetch_here(peer.url()) == Fetched(
        status=200,
        address=peer.url(),
        body=b"<rss/>",
        content_type="text/xml",
        etag='"v1"',
        last_modified="Mon, 02 Nov 2026 09:00:00 GMT",
        retry_after="",
    )


def test_the_host_is_named_and_no_cookie_or_credential_is_sent(peer):
    peer.gives("", path="/a", status=302, Location="/b", Set_Cookie="tracked=1")
    peer.gives("here", path="/b")
    assert fetch_here(peer.url("/a"), etag='"e"', last_modified="yesterday").body == b"here"
    (_path, first), (_other, second) = peer.requests
    assert first["host"] == peer.address.removeprefix("http://")
    assert (first["if-none-match"], first["if-modified-since"]) == ('"e"', "yesterday")
    assert {"cookie", "authorization"}.isdisjoint(first.keys() | second.keys())


def test_a_packed_answer_is_unpacked(peer):
    peer.gives(gzip.compress(b"words " * 100), Content_Encoding="gzip")
    assert fetch_here(peer.url()).body == b"words " * 100


@pytest.mark.parametrize("size", [fetching.MAX_BODY_BYTES, fetching.MAX_BODY_BYTES + 1])
@pytest.mark.parametrize("is_packed", [False, True])
def test_a_body_is_taken_up_to_two_mebibytes(peer, size, is_packed):
    body = bytes(size)
    peer.gives(gzip.compress(body) if is_packed else body, **({"Content_Encoding": "gzip"} if is_packed else {}))
    if size <= fetching.MAX_BODY_BYTES:
        assert len(fetch_here(peer.url()).body) == size
    else:
        with pytest.raises(FetchError, match="larger than 2 MiB"):
            fetch_here(peer.url())


def test_five_redirects_are_followed_and_not_six(peer):
    for hop in range(6):
        peer.gives("", path=f"/{hop}", status=301, Location=f"/{hop + 1}")
    peer.gives("end", path="/6")
    assert fetch_here(peer.url("/1")).body == b"end"
    with pytest.raises(FetchError, match="More than 5 redirects"):
        fetch_here(peer.url("/0"))


@pytest.mark.parametrize("target", ["file:///etc/passwd", "gopher://example.org/", "http://a:b@127.0.0.1/"])
def test_a_redirect_to_what_is_not_fetched_is_refused(peer, target):
    peer.gives("", status=302, Location=target)
    with pytest.raises(AddressRefused):
        fetch_here(peer.url())


def test_a_redirect_into_this_machine_is_refused_on_arrival(peer, monkeypatch):
    """The first hop plays a public site: only its own address is taken for public."""
    other = "127.0.0.2"
    monkeypatch.setattr(fetching, "is_public", lambda ip: ip == "127.0.0.1")
    monkeypatch.setattr(fetching, "PUBLIC_PORTS", {int(peer.address.rpartition(":")[2])})
    peer.gives("", status=302, Location=peer.url("/inner").replace("127.0.0.1", other))
    peer.gives("secret", path="/inner")
    with pytest.raises(AddressRefused, match="private network"):
        fetch(peer.url())
    assert [path for path, _headers in peer.requests] == ["/feed"]


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1/",
        "http://localhost/feed",
        "http://[::1]/",
        "http://[::ffff:10.0.0.1]/",
        "http://169.254.169.254/latest/meta-data/",
        "http://0.0.0.0/",
        "http://2130706433/",
        "http://example.org:8080/",
        "https://user@example.org/",
        "ftp://example.org/",
        "//example.org/",
        "javascript:alert(1)",
        "",
        "http://exa mple/",
    ],
)
def test_an_address_of_this_network_or_of_no_web_is_refused(address):
    with pytest.raises(FetchError):
        fetch(address)


@pytest.mark.parametrize(
    ("ip", "expected"),
    [
        ("93.184.215.14", True),
        ("2a00:1450:4009::200e", True),
        ("10.1.2.3", False),
        ("100.64.0.1", False),
        ("192.168.1.1", False),
        ("224.0.0.1", False),
        ("240.0.0.1", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("::ffff:127.0.0.1", False),
        ("64:ff9b::7f00:1", False),
        ("2002:7f00:1::", False),
        ("64:ff9b::5db8:d70e", True),
    ],
)
def test_only_addresses_open_to_everybody_are_public(ip, expected):
    assert is_public(ip) is expected


def test_a_server_that_drips_is_left_at_the_deadline(peer, monkeypatch):
    monkeypatch.setattr(fetching, "DEADLINE_SECONDS", 0.4)

    def drip(handler):
        handler.send_response(200)
        for _ in range(400):
            handler.wfile.write(b"X-Drip: 1\r\n")
            handler.wfile.flush()
            time.sleep(0.05)

    peer.answers["/feed"] = drip
    began = time.monotonic()
    with pytest.raises(FetchError, match="No full answer"):
        fetch_here(peer.url())
    assert time.monotonic() - began < 10  # half of what the drip would take


def test_nobody_listening_is_an_error_in_words():
    with pytest.raises(FetchError, match="could not be read"):
        fetch_here("http://127.0.0.1:9/")


@pytest.mark.parametrize("encoding", ["br", "deflate, gzip"])
def test_a_packing_not_asked_for_is_refused(peer, encoding):
    peer.gives("x", Content_Encoding=encoding)
    with pytest.raises(FetchError, match="packed"):
        fetch_here(peer.url())


def test_bytes_that_only_pretend_to_be_packed_are_refused(peer):
    peer.gives("not gzip", Content_Encoding="gzip")
    with pytest.raises(FetchError, match="packed wrongly"):
        fetch_here(peer.url())


@pytest.mark.parametrize("status", [304, 404, 410, 429, 500])
def test_any_status_is_an_answer(peer, status):
    peer.gives("", status=status, Retry_After="120")
    answer = fetch_here(peer.url())
    assert (answer.status, answer.body, answer.retry_after) == (status, b"", "120")


MOMENT = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("120", datetime(2026, 11, 2, 12, 2, tzinfo=UTC)),
        ("Mon, 02 Nov 2026 13:00:00 GMT", datetime(2026, 11, 2, 13, 0, tzinfo=UTC)),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("9" * 40, None),
        ("٣", None),
    ],
)
def test_retry_after_is_read_in_seconds_and_as_a_date(header, expected):
    assert retry_at(header, MOMENT) == expected


def test_a_public_address_passes():
    assert str(check_address("https://news.example.org/feed?a=b")) == "https://news.example.org/feed?a=b"
