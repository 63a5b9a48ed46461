"""Feeds as they are in the world: RSS and Atom, broken and hostile ones; and nobody's name."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime

import pytest

from sentiment.sources.feed import MAX_ITEMS, Item, NotAFeed, parse, plain_text

ADDRESS = "https://news.example/feed"

RSS = """<?xml version="1.0"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/">
<channel><title>The &amp; Lantern</title>
<item><title>Bins missed &amp; missed again</title><link>https://news.example/1</link><guid>https://news.example/?p=1</guid>
<dc:creator>Jane Author</dc:creator><author>jane@example.org (Jane Author)</author>
<pubDate>Mon, 02 Nov 2026 09:30:00 +0000</pubDate>
<description>Short &lt;b&gt;form&lt;/b&gt;</description>
<content:encoded><![CDATA[
<p>The whole <b>story</b> of a&lt;b.</p><script>alert(1)</script><p>Second.</p>]]></content:encoded>
</item>
<item><title>No id, no date</title><link>/2</link></item>
<item><description></description></item>
</channel></rss>"""

ATOM = """<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom"><title>Neighbours</title>
<entry><id>tag:example,2026:1</id><title type="html">Tŷ &amp;amp; gardd</title><link href="/posts/1"/>
<updated>2026-11-02T10:00:00+01:00</updated><author><name>Jane Author</name></author>
<summary type="text">Plain a &lt; b and c &gt; d</summary></entry></feed>"""


def test_rss_gives_the_fullest_text_in_lines_and_a_moment():
    feed = parse(RSS.encode(), address=ADDRESS)
    assert feed.title == "The & Lantern"
    assert feed.is_broken is False
    assert feed.items == (
        Item(
            remote_id="//news.example/?p=1",
            title="Bins missed & missed again",
            text="Bins missed & missed again\nThe whole story of a<b.\nSecond.",
            url="https://news.example/1",
            posted_at=datetime(2026, 11, 2, 9, 30, tzinfo=UTC),
        ),
        Item("//news.example/2", "No id, no date", "No id, no date", "https://news.example/2", None),
    )


def test_atom_is_read_with_its_text_as_typed():
    assert parse(ATOM.encode(), address=ADDRESS).items == (
        Item(
            remote_id="tag:example,2026:1",
            title="Tŷ & gardd",
            text="Tŷ & gardd\nPlain a < b and c > d",
            url="https://news.example/posts/1",
            posted_at=datetime(2026, 11, 2, 9, 0, tzinfo=UTC),
        ),
    )


@pytest.mark.parametrize("body", [RSS, ATOM])
def test_nobodys_name_is_taken(body):
    items = [asdict(item) for item in parse(body.encode(), address=ADDRESS).items]
    assert "Jane" not in str(items)
    assert "author" not in str(items)


def test_turning_to_https_or_to_whole_addresses_makes_no_second_post():
    def id_of(guid):
        body = f"<rss version='2.0'><channel><item><guid>{guid}</guid><title>A</title></item></channel></rss>"
        return parse(body.encode(), address=ADDRESS).items[0].remote_id

    assert {id_of("http://news.example/?p=1"), id_of("https://news.example/?p=1"), id_of("/?p=1")} == {
        "//news.example/?p=1"
    }


def test_an_id_met_twice_on_a_page_is_one_post_the_first():
    item = "<item><guid>a</guid><title>{}</title></item>"
    body = f"<rss version='2.0'><channel>{item.format('New')}{item.format('Old')}</channel></rss>"
    assert [found.title for found in parse(body.encode(), address=ADDRESS).items] == ["New"]


def test_a_feed_cut_short_gives_what_could_be_read_and_says_so():
    feed = parse(RSS[: RSS.index("<item><title>No id")].encode(), address=ADDRESS)
    assert feed.is_broken is True
    assert [item.title for item in feed.items] == ["Bins missed & missed again"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\x00\xff\xfe not xml",
        b"<!doctype html><html><head><title>News</title></head><body><p>Hello</p></body></html>",
        b"<opml version='2.0'><body/></opml>",
        b'{"version": "https://jsonfeed.org/version/1.1"}',
    ],
)
def test_what_is_no_feed_is_refused_in_words(body):
    with pytest.raises(NotAFeed, match="neither RSS nor Atom"):
        parse(body, address=ADDRESS, content_type="text/html")


def test_entities_of_a_feeds_own_are_refused_before_they_can_swell():
    bomb = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    body = f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY l0 "ha">{bomb}]><rss version="2.0"><channel/></rss>'
    with pytest.raises(NotAFeed, match="entities"):
        parse(body.encode(), address=ADDRESS)


def test_an_outside_entity_is_not_fetched():
    body = '<!DOCTYPE rss [<!entity x SYSTEM "file:///etc/passwd">]><rss version="2.0"><channel/></rss>'
    with pytest.raises(NotAFeed):
        parse(body.encode(), address=ADDRESS)


def test_a_page_of_very_many_items_is_cut():
    items = "".join(f"<item><guid>{n}</guid><title>{n}</title></item>" for n in range(MAX_ITEMS + 1))
    feed = parse(f"<rss version='2.0'><channel>{items}</channel></rss>".encode(), address=ADDRESS)
    assert len(feed.items) == MAX_ITEMS


def test_a_link_that_runs_script_is_dropped():
    body = "<rss version='2.0'><channel><item><guid>1</guid><title>A</title><link>javascript:alert(1)</link></item>"
    assert parse(f"{body}</channel></rss>".encode(), address=ADDRESS).items[0].url == ""


@pytest.mark.parametrize("date", ["Mon, 99 Foo 2026", ""])
def test_a_date_that_is_none_leaves_the_post_undated(date):
    item = f"<item><guid>1</guid><title>A</title><pubDate>{date}</pubDate></item>"
    body = f"<rss version='2.0'><channel>{item}</channel></rss>"
    assert parse(body.encode(), address=ADDRESS).items[0].posted_at is None


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("<p>One</p><p>Two</p>", "One\nTwo"),
        ("a<br>b<br/>c", "a\nb\nc"),
        ("<ul><li>Bins<li>Trees</ul>", "Bins\nTrees"),
        ("&lt;b&gt; &amp;amp; &eacute; &#128512;", "<b> &amp; é 😀"),
        ("<style>p{}</style><SCRIPT>x()</SCRIPT>seen", "seen"),
        ("<img src=x onerror=alert(1)>seen", "seen"),
        ("half <a href='", "half"),
        ("a\u00a0b   c\t d", "a b c d"),
    ],
)
def test_html_becomes_its_words(markup, expected):
    assert plain_text(markup) == expected
