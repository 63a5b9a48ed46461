"""Unusual patterns: found, said in words, left to an officer, and undone."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from wagtail.models import PageLogEntry

from consultations.counting import count
from consultations.entering import ReasonMissing, count_unconfirmed
from consultations.enums import Standing
from consultations.kinds import AnswerGiven
from consultations.models import PatternReport, Response
from consultations.services import submit_response
from consultations.watching import (
    BURST,
    FEWEST_ALIKE,
    FEWEST_IN_BURST,
    FEWEST_SAME,
    LEAVE_OUT_TOGETHER_ACTION,
    SAME_ANSWERS,
    SAME_TEXT,
    TAKE_IN_TOGETHER_ACTION,
    find_patterns,
    leave_out_together,
    look,
    look_again,
    patterns_of,
    tail_bound,
    take_in_together,
)
from sentiment.models import Feedback
from tests.consultations.samples import DAYS, OPENS_AT, SECOND, VIEW, WHILE_OPEN, answers
from wardmote.management.commands.tick import DUTIES

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
LETTER = (
    "The market square has been the heart of our town for three hundred years and the traders who stand there in all "
    "weathers deserve better than a car park between their stalls and the people who come to buy from them"
)
WORDS = (
    "bench bus bread rain market saturday parking lights children pram cobbles trader fish cheese awning noise music "
    "bin water tap toilet wheelchair kerb tree shade flower stall price rent morning evening church school library "
    "bicycle lorry delivery queue coffee dog litter police winter summer festival clock fountain statue lane path gate "
    "shop empty closed busy quiet narrow wide older younger visitor resident neighbour council money tax plan"
).split()


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    def set_clock(moment):
        monkeypatch.setattr(timezone, "now", lambda: moment)

    set_clock(WHILE_OPEN)
    return set_clock


@pytest.fixture
def send(consultation):
    def send(text: str, at: datetime, day: str = "option-friday") -> Response:
        given = [AnswerGiven(VIEW, text=text), AnswerGiven(DAYS, choices=(day,))]
        return submit_response(consultation=consultation, answers=answers(*given), submitted_at=at)

    return send


def own_words(draw: random.Random) -> str:
    return " ".join(draw.choices(WORDS, k=draw.randint(14, 40)))


def varied(letter: str, draw: random.Random) -> str:
    """The letter with every eighth word another one."""
    return " ".join(draw.choice(WORDS) if draw.random() < 0.12 else word for word in letter.split())


def kinds_of(patterns) -> list[tuple[str, int]]:
    return sorted((pattern.kind, pattern.size) for pattern in patterns)


def test_responses_the_same_in_every_answer_are_found_from_three(send, consultation):
    for number in range(FEWEST_SAME - 1):
        send(LETTER, OPENS_AT + number * HOUR)
    assert find_patterns(consultation, WHILE_OPEN) == []
    send(f"  {LETTER.upper()} ", OPENS_AT + 40 * HOUR)
    [pattern] = find_patterns(consultation, WHILE_OPEN)
    assert (pattern.kind, pattern.size) == (SAME_ANSWERS, 3)
    assert pattern.responses == tuple(Response.objects.order_by("submitted_at").values_list("pk", flat=True))
    # Another choice, and it is not the same answer.
    send(LETTER, OPENS_AT + 50 * HOUR, day="option-saturday")
    assert kinds_of(find_patterns(consultation, WHILE_OPEN)) == [(SAME_ANSWERS, 3)]


def test_short_answers_that_are_alike_are_what_many_people_honestly_write(send, consultation):
    for number in range(10):
        send("More benches, please.", OPENS_AT + number * 30 * HOUR)
    assert find_patterns(consultation, WHILE_OPEN) == []


def test_a_letter_that_its_senders_changed_a_little_is_found_and_said_in_words(send, consultation):
    draw = random.Random(1)
    for number in range(FEWEST_ALIKE + 2):
        send(varied(LETTER, draw), WHILE_OPEN - timedelta(minutes=5 * number), day="option-saturday")
    for number in range(20):
        send(own_words(draw), OPENS_AT + number * 17 * HOUR)
    [pattern] = find_patterns(consultation, WHILE_OPEN)
    assert (pattern.kind, pattern.size, pattern.most) == (SAME_TEXT, 7, 7)
    assert pattern.reason(WHILE_OPEN) == (
        "7 responses hold nearly the same long text. 7 of them came between Friday 20 November at 11:30am and "
        "Friday 20 November at midday. It may be a letter that a group wrote and its supporters sent."
    )


def test_the_time_told_is_the_shortest_in_which_nine_tenths_came(send, consultation):
    send(LETTER, OPENS_AT)
    for number in range(9):
        send(LETTER, WHILE_OPEN - number * SECOND)
    [pattern] = find_patterns(consultation, WHILE_OPEN)
    assert (pattern.size, pattern.most) == (10, 9)
    assert [pattern.since, pattern.until] == [(WHILE_OPEN - 8 * SECOND).isoformat(), WHILE_OPEN.isoformat()]


def test_an_hour_with_far_more_than_the_others_is_found(send, consultation):
    draw = random.Random(2)
    for number in range(30):
        send(own_words(draw), OPENS_AT + number * 13 * HOUR)
    for number in range(FEWEST_IN_BURST - 1):
        send(own_words(draw), OPENS_AT + 100 * HOUR + number * SECOND)
    assert find_patterns(consultation, WHILE_OPEN) == []
    send(own_words(draw), OPENS_AT + 101 * HOUR - SECOND)
    [pattern] = find_patterns(consultation, WHILE_OPEN)
    assert (pattern.kind, pattern.size) == (BURST, FEWEST_IN_BURST)
    assert pattern.since == (OPENS_AT + 100 * HOUR).isoformat()
    assert "News or a newsletter does that too." in pattern.reason(WHILE_OPEN)


@settings(max_examples=200)
@given(st.floats(0.01, 200), st.integers(0, 400))
def test_the_bound_is_never_below_the_chance_itself(mean, count):
    """The Poisson tail, summed from its own terms."""
    below = math.fsum(math.exp(-mean + k * math.log(mean) - math.lgamma(k + 1)) for k in range(count))
    assert tail_bound(mean, count) >= (1 - below) - 1e-9


def test_three_hundred_copies_among_two_hundred_people_are_told_apart(send, consultation):
    draw = random.Random(3)
    honest = {send(own_words(draw), OPENS_AT + timedelta(hours=2.1 * number)).pk for number in range(200)}
    letters = [LETTER, " ".join(draw.choices(WORDS, k=45)), " ".join(draw.choices(WORDS, k=60))]
    stuffed = {
        send(varied(draw.choice(letters), draw), WHILE_OPEN - timedelta(minutes=draw.randrange(600))).pk
        for _number in range(300)
    }
    patterns = find_patterns(consultation, WHILE_OPEN)
    of_words = {pk for pattern in patterns if pattern.kind != BURST for pk in pattern.responses}
    assert len(of_words & stuffed) >= 0.95 * len(stuffed)
    assert len(of_words & honest) <= 0.01 * len(honest)


def test_looking_changes_no_response_and_stores_no_words(send, consultation):
    for number in range(4):
        send(LETTER, WHILE_OPEN + number * SECOND)
    before = list(Response.objects.order_by("pk").values())
    look(consultation, WHILE_OPEN)
    assert list(Response.objects.order_by("pk").values()) == before
    assert "heart" not in str(list(PatternReport.objects.values()))
    _report, [pattern] = patterns_of(consultation)
    assert "4 of them came within a minute, on Friday 20 November at midday." in pattern.reason(WHILE_OPEN)
    assert pattern == find_patterns(consultation, WHILE_OPEN)[0]


def test_it_is_looked_again_when_something_is_new_and_not_too_often(send, consultation):
    assert look_again(WHILE_OPEN) == 0
    send(LETTER, WHILE_OPEN)
    assert [look_again(WHILE_OPEN), look_again(WHILE_OPEN + HOUR)] == [1, 0]
    PatternReport.objects.update(took_seconds=2.0, looked_at=WHILE_OPEN)
    send(LETTER, WHILE_OPEN)
    soon = WHILE_OPEN + timedelta(seconds=40)
    assert [look_again(soon - SECOND), look_again(soon)] == [0, 1]
    assert look_again in [duty for _name, duty in DUTIES]


# Leaving out, and taking back in


def stand(pks: Sequence[int]) -> set[str]:
    return set(Response.objects.filter(pk__in=pks).values_list("standing", flat=True))


def test_left_out_responses_stay_count_nowhere_and_come_back(send, consultation, officer):
    for number in range(4):
        send(LETTER, WHILE_OPEN - number * SECOND)
    kept = send("Leave the market where it is, I like it there very much.", WHILE_OPEN)
    [pattern] = find_patterns(consultation, WHILE_OPEN)
    assert Feedback.objects.count() == 5

    def leave(reason="The same person"):
        return leave_out_together(
            consultation=consultation, responses=pattern.responses, reason=reason, decided_by=officer
        )

    with pytest.raises(ReasonMissing):
        leave("  ")
    assert [leave(), leave()] == [4, 0]
    assert stand(pattern.responses) == {Standing.LEFT_OUT}
    assert set(Response.objects.filter(pk__in=pattern.responses).values_list("standing_reason", flat=True)) == {
        "The same person"
    }
    assert Feedback.objects.get().text.startswith("Leave the market")
    counts = count(consultation)
    assert [counts["questions"][0]["answered"], counts["with_left_out"][0]["answered"]] == [1, 5]
    # They are still found, so that they can come back.
    assert find_patterns(consultation, WHILE_OPEN) == [pattern]
    back = take_in_together(
        consultation=consultation, responses=pattern.responses, reason="A family", decided_by=officer
    )
    assert (back, stand([*pattern.responses, kept.pk]), Feedback.objects.count()) == (4, {Standing.COUNTED}, 5)
    logged = PageLogEntry.objects.filter(action__in=[LEAVE_OUT_TOGETHER_ACTION, TAKE_IN_TOGETHER_ACTION])
    told = {(entry.action, entry.user_id, entry.data["count"], entry.data["reason"]) for entry in logged}
    assert told == {
        (LEAVE_OUT_TOGETHER_ACTION, officer.pk, 4, "The same person"),
        (TAKE_IN_TOGETHER_ACTION, officer.pk, 4, "A family"),
    }


def test_what_does_not_count_for_another_reason_is_left_alone(send, consultation, officer):
    first, second, third = (send(LETTER, WHILE_OPEN - number * SECOND) for number in range(3))
    Response.objects.filter(pk=first.pk).update(standing=Standing.WITHDRAWN)
    Response.objects.filter(pk=second.pk).update(standing=Standing.TO_CONFIRM)
    everybody = [first.pk, second.pk, third.pk]
    verbs = {"responses": everybody, "reason": "Copies", "decided_by": officer, "consultation": consultation}
    assert [leave_out_together(**verbs), take_in_together(**verbs)] == [1, 1]
    assert stand(everybody) == {Standing.WITHDRAWN, Standing.TO_CONFIRM, Standing.COUNTED}
    # An officer may count what was never confirmed.
    count_unconfirmed(response=second, reason="She telephoned", decided_by=officer)
    assert stand([second.pk]) == {Standing.COUNTED}


# In the admin


def list_url(consultation):
    return reverse("consultation_patterns:index", args=[consultation.pk])


def pattern_url(consultation, pattern):
    return reverse("consultation_patterns:pattern", args=[consultation.pk, pattern.key])


@pytest.fixture
def pattern(send, consultation):
    for number in range(4):
        send(LETTER, WHILE_OPEN - number * SECOND)
    look(consultation, WHILE_OPEN)
    return patterns_of(consultation)[1][0]


@pytest.mark.parametrize(
    ("who", "status", "left_out"),
    [("nobody", 302, 0), ("resident", 302, 0), ("councillor", 302, 0), ("officer", 200, 4)],
)
def test_only_officers_see_patterns_and_leave_out(
    client, consultation, pattern, ward, officer, resident, make_councillor, who, status, left_out
):
    people = {"resident": resident, "councillor": make_councillor(ward), "officer": officer}
    if who in people:
        client.force_login(people[who])
    assert client.get(list_url(consultation)).status_code == status
    assert client.get(pattern_url(consultation, pattern)).status_code == status
    client.post(list_url(consultation))
    client.post(pattern_url(consultation, pattern), {"verb": "leave_out", "which": "all", "reason": "Copies"})
    assert Response.objects.filter(standing=Standing.LEFT_OUT).count() == left_out


def test_an_officer_reads_leaves_out_those_ticked_and_takes_all_back(client, consultation, pattern, officer):
    client.force_login(officer)
    listed = client.get(list_url(consultation)).content.decode()
    assert "4 responses are the same in every answer" in listed
    assert pattern_url(consultation, pattern) in listed
    shown = client.get(pattern_url(consultation, pattern)).content.decode()
    assert "4 of 4 are counted." in shown
    assert "The market square has been the heart" in shown

    def post(**fields):
        return client.post(pattern_url(consultation, pattern), fields)

    nothing = post(verb="leave_out", which="ticked", reason="Copies")
    assert (nothing.status_code, "Tick the responses that you mean" in nothing.content.decode()) == (422, True)
    ticked = [str(pk) for pk in pattern.responses[:2]]
    unsaid = post(verb="leave_out", which="ticked", response=ticked, reason="")
    assert (unsaid.status_code, unsaid.content.decode().count(" checked")) == (422, 3)
    assert post(verb="explode", which="all", reason="x").status_code == 422
    assert Response.objects.filter(standing=Standing.LEFT_OUT).count() == 0
    assert (
        post(verb="leave_out", which="ticked", response=[*ticked, "999999", "x"], reason="Copies").status_code == 302
    )
    assert stand(pattern.responses[:2]) == {Standing.LEFT_OUT}
    assert stand(pattern.responses[2:]) == {Standing.COUNTED}
    assert post(verb="take_in", which="all", reason="A mistake").status_code == 302
    assert stand(pattern.responses) == {Standing.COUNTED}
    assert client.get(reverse("consultation_patterns:pattern", args=[consultation.pk, "0" * 16])).status_code == 404


def test_the_pages_take_as_many_queries_for_many_as_for_few(client, consultation, pattern, send, officer):
    client.force_login(officer)
    client.get(list_url(consultation))

    def queries() -> list[int]:
        found = []
        for address in (list_url(consultation), pattern_url(consultation, patterns_of(consultation)[1][0])):
            with CaptureQueriesContext(connection) as taken:
                client.get(address)
            found.append(len(taken))
        return found

    few = queries()
    for number in range(8):
        send(LETTER, WHILE_OPEN - number * HOUR)
        send(LETTER.replace("town", "village"), WHILE_OPEN - number * HOUR)
    look(consultation, WHILE_OPEN)
    assert queries() == few
