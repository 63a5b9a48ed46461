"""What the demonstration's residents say: in every ward, no two alike, and fitting what they were asked."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path

import pytest

DATA = Path(__file__).resolve().parents[2] / "site" / "wardmote" / "demo" / "data"
SCALE = {"strongly_agree", "agree", "neither", "disagree", "strongly_disagree"}


def read_json(name: str):
    return json.loads((DATA / name).read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def wards() -> dict[str, str]:
    """Ward names by code."""
    features = read_json("wards.geojson")["features"]
    return {f["properties"]["WD13CD"]: f["properties"]["WD13NM"] for f in features}


@pytest.fixture(scope="module")
def consultations() -> dict[str, dict]:
    return {consultation["slug"]: consultation for consultation in read_json("consultations.json")}


@pytest.fixture(scope="module")
def comments() -> list[dict]:
    lines = (DATA / "comments.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


@pytest.fixture(scope="module")
def meetings() -> dict[str, dict]:
    return {meeting["slug"]: meeting for meeting in read_json("meeting.json")["meetings"]}


def test_there_are_enough_comments_in_every_ward(comments, wards):
    by_ward = Counter(comment["ward"] for comment in comments)
    assert set(by_ward) == set(wards.values())
    assert len(comments) >= 340
    assert min(by_ward.values()) >= 12
    assert sum(count >= 30 for count in by_ward.values()) >= 3


def test_comment_ids_are_distinct_and_in_order(comments):
    assert [comment["id"] for comment in comments] == [f"c{n:03d}" for n in range(1, len(comments) + 1)]


def test_no_two_comments_are_alike_but_the_campaign(comments):
    texts = [normal(c["text"]) for c in comments if not c.get("campaign")]
    assert [text for text, count in Counter(texts).items() if count > 1] == []
    shingles = [(c["id"], words_in_threes(c["text"])) for c in comments if not c.get("campaign")]
    long_enough = [(key, s) for key, s in shingles if len(s) >= 6]
    alike = [
        (a, b)
        for i, (a, first) in enumerate(long_enough)
        for b, second in long_enough[i + 1 :]
        if len(first & second) / len(first | second) > 0.25
    ]
    assert alike == []
    assert 6 <= sum(bool(c.get("campaign")) for c in comments) <= 8


def normal(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))


def words_in_threes(text: str) -> set[tuple[str, ...]]:
    words = normal(text).split()
    return set(zip(words, words[1:], words[2:], strict=False))


def test_at_least_twelve_comments_are_in_welsh(comments):
    assert sum(comment["language"] == "cy" for comment in comments) >= 12
    assert {comment["language"] for comment in comments} == {"en", "cy"}


def test_comments_carry_no_telephone_number(comments):
    assert [c["id"] for c in comments if re.search(r"\d[\d \-]{8,}\d", c["text"])] == []


def test_every_answer_fits_its_consultation(comments, consultations):
    for comment in comments:
        if comment["kind"] != "answer":
            continue
        consultation = consultations[comment["consultation"]]
        questions = {question["key"]: question for question in consultation["questions"]}
        assert questions[comment["question"]]["type"] == "free_text", comment["id"]
        assert -consultation["opens_days"] >= comment["days_ago"], comment["id"]
        assert comment["days_ago"] >= max(0, -consultation["closes_days"]), comment["id"]
        for key, given in comment["answers"].items():
            assert fits(questions[key], given), (comment["id"], key, given)
        required = {q["key"] for q in questions.values() if q["required"]}
        assert required <= set(comment["answers"]), comment["id"]


def fits(question: dict, given: str | list[str]) -> bool:
    options = {option["key"] for option in question["options"]}
    if question["type"] == "agree_scale":
        return given in SCALE
    if question["type"] == "single_choice":
        return given in options
    return isinstance(given, list) and set(given) <= options and len(set(given)) == len(given)


def test_every_meeting_question_belongs_to_an_agenda_item_that_takes_them(comments, meetings):
    for comment in comments:
        if comment["kind"] != "question":
            continue
        meeting = meetings[comment["meeting"]]
        taking = {item["key"] for item in meeting["agenda"] if item["public_questions"]}
        assert comment["agenda_item"] in taking, comment["id"]
        assert comment["state"] in {"held", "published", "answered"}, comment["id"]
        assert ("answer" in comment) == (comment["state"] == "answered"), comment["id"]
        assert 0 <= comment["upvotes"] < 60, comment["id"]
        assert 0 < comment["minute"] < min(-meeting["starts_minutes"], meeting["length_minutes"]), comment["id"]


def test_the_live_meeting_has_held_published_and_answered_questions(comments):
    states = Counter(c["state"] for c in comments if c["kind"] == "question" and c["meeting"] == "full-council-live")
    assert set(states) == {"held", "published", "answered"}
    assert sum(states.values()) >= 35


def test_every_post_comes_from_a_known_outlet_with_a_link_of_its_own(comments):
    outlets = {outlet["key"]: outlet for outlet in read_json("feeds.json")["outlets"]}
    posts = [comment for comment in comments if comment["kind"] == "feed"]
    assert len(posts) >= 45
    assert len({post["link"] for post in posts}) == len(posts)
    assert [p["id"] for p in posts if not p["link"].startswith(outlets[p["outlet"]]["site_url"])] == []
    assert [p["id"] for p in posts if not p["title"]] == []


def test_every_address_and_link_in_the_data_is_in_a_reserved_domain():
    text = "".join(
        (DATA / name).read_text(encoding="utf-8")
        for name in ("council.json", "comments.jsonl", "feeds.json", "meeting.json", "consultations.json")
    )
    hosts = re.findall(r"https?://([^/\s\"]+)", text) + re.findall(r"[\w.+-]+@([\w.-]+)", text)
    assert [host for host in hosts if not host.endswith(".example")] == []
