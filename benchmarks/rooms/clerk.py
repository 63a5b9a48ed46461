"""The house's own hand in a benchmark: a Django process that does what it is asked, one line of JSON at a time.

It makes the rows before servers start, signs people in, publishes while no server runs, and says at the end what the
database holds. It runs as ``python -m benchmarks.rooms.clerk`` in the house's environment.
"""

from __future__ import annotations

import json
import sys
import uuid
from datetime import date
from typing import Any

SENTENCE = "When will the library on Nacton Road open on Saturdays again? My children can only go then. "


def furnish(held: int, length: int) -> dict[str, Any]:
    """Council, ward, meeting in session, officer, and ``held`` held questions of ``length`` characters."""
    from django.contrib.auth import get_user_model
    from django.contrib.auth.models import Group, Permission
    from django.utils import timezone
    from wagtail.models import Site

    from meetings.enums import RoomState
    from meetings.models import Body, MeetingIndexPage, MeetingPage, Room
    from wardmote.core.roles import OFFICER_PERMISSION, OFFICERS_GROUP
    from wards.models import Council, Ward, WardSet

    council = Council.objects.create(code="E07000999", name="Example Borough Council")
    ward_set = WardSet.objects.create(council=council, name="Wards", from_date=date(2020, 5, 7))
    edge = [[1, 52], [1.01, 52], [1.01, 52.01], [1, 52.01], [1, 52]]
    boundary = {"type": "Polygon", "coordinates": [edge]}
    Ward.objects.create(ward_set=ward_set, code="E05000001", name="Alexandra", slug="a", boundary=boundary)
    index = Site.objects.get(is_default_site=True).root_page.add_child(
        instance=MeetingIndexPage(title="Meetings", slug="meetings")
    )
    body = Body.objects.create(name="Full Council")
    meeting = index.add_child(
        instance=MeetingPage(title="Full Council", body=body, starts_at=timezone.now(), venue="Council Chamber")
    )
    Room.objects.filter(pk=meeting.pk).update(state=RoomState.IN_SESSION)
    officer = get_user_model().objects.create_user("officer@example.org")
    group, _ = Group.objects.get_or_create(name=OFFICERS_GROUP)
    group.permissions.add(Permission.objects.get(codename=OFFICER_PERMISSION.split(".")[1]))
    officer.groups.add(group)
    questions = ask(room=meeting.pk, count=held, length=length)
    return {"room_pk": meeting.pk, "officer": _cookie_of(officer), "questions": questions}


def ask(room: int, count: int, length: int = 92) -> list[int]:
    """``count`` guests ask something; keys of the held questions."""
    from django.utils import timezone

    from meetings.enums import Role
    from meetings.services import Actor, ask_question
    from wards.models import Ward

    ward = Ward.objects.get()
    text = (SENTENCE * (length // len(SENTENCE) + 1))[:length].strip()
    return [
        ask_question(
            room_pk=room,
            actor=Actor(role=Role.GUEST, guest=uuid.uuid4().hex),
            key=uuid.uuid4(),
            text=text,
            name="Ada",
            ward=ward,
            asked_at=timezone.now(),
        ).pk
        for _ in range(count)
    ]


def publish(questions: list[int]) -> list[int]:
    """The officer publishes, from this process."""
    from django.contrib.auth import get_user_model
    from django.utils import timezone

    from meetings.enums import Decision, Role
    from meetings.services import Actor, decide_question

    officer = Actor(role=Role.OFFICER, user=get_user_model().objects.get(email="officer@example.org"))
    for pk in questions:
        decide_question(question_pk=pk, actor=officer, decision=Decision.PUBLISH, decided_at=timezone.now())
    return questions


def guests(count: int) -> list[str]:
    """Cookie headers of ``count`` guests' devices."""
    from meetings import guests as devices

    return [f"{devices.COOKIE}={devices._signer.sign(uuid.uuid4().hex)}" for _ in range(count)]


def residents(count: int) -> list[str]:
    """Cookie headers of ``count`` signed-in residents."""
    from django.contrib.auth import get_user_model

    make = get_user_model().objects.create_user
    return [_cookie_of(make(f"{uuid.uuid4().hex}@example.org")) for _ in range(count)]


def tally(question: int) -> dict[str, int]:
    """How many rows of support a question has, and of how many people."""
    from meetings.models import Upvote

    voters = list(Upvote.objects.filter(question=question).values_list("voter", flat=True))
    return {"rows": len(voters), "people": len(set(voters))}


def listing(room: int, audience: str) -> dict[str, Any]:
    """What a newcomer of ``audience`` would be shown now: the questions, from the rows."""
    from meetings.contents import room_contents

    contents = room_contents(room, 0)
    assert contents is not None
    return {"questions": list(contents.things[audience]["questions"].values()), "support": contents.support}


def asked(room: int) -> dict[str, list[Any]]:
    """Every question of the room by its key: its row, its text, how often it is filed as feedback, how often read."""
    from meetings.models import PublicQuestion
    from sentiment.models import Feedback

    filed: dict[str, list[str]] = {}
    for origin, read_by in Feedback.objects.values_list("origin", "read_by"):
        filed.setdefault(origin.rpartition(":")[2], []).append(read_by)
    rows = PublicQuestion.objects.filter(room=room).values_list("key", "pk", "text")
    return {
        str(key): [pk, text, len(filed.get(str(key), [])), sum(map(bool, filed.get(str(key), [])))]
        for key, pk, text in rows
    }


def _cookie_of(user: Any) -> str:
    from django.test import Client

    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return f"sessionid={client.cookies['sessionid'].value}"


DOES = {each.__name__: each for each in (furnish, ask, publish, guests, residents, tally, listing, asked)}


def main() -> None:
    import django

    django.setup()
    for line in sys.stdin:
        request = json.loads(line)
        print(json.dumps(DOES[request.pop("do")](**request)), flush=True)


if __name__ == "__main__":
    main()
