"""What officers did with the live meeting's questions beside publishing and answering them."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.utils import timezone

from meetings.enums import Role
from meetings.models import MeetingPage, PublicQuestion
from meetings.services import Actor, ask_question, assign_question, merge_question, take_question
from wardmote.accounts.models import User
from wardmote.demo.files import comments
from wardmote.demo.pages import stable_id
from wards.models import Ward
from wards.queries import sitting_councillors

ASKED_TWICE, ASSIGNED, BEING_ANSWERED = "c021", "c074", "c072"
ASKED_AGAIN = "If the signs alone cut speeds by only 1 or 2 mph, what are we buying for £640,000 then?"


def work_on_questions(meetings: dict[str, MeetingPage], wards: dict[str, Ward], officer: User) -> None:
    """In the live meeting, join two questions that ask the same, assign one, and answer one this very moment."""
    clerk, now = Actor(Role.OFFICER, officer), timezone.now()
    said = {one["id"]: one for one in comments("question")}
    page, ward = meetings[said[ASKED_TWICE]["meeting"]], wards[said[ASSIGNED]["ward"]]
    twice, assigned, taken = (
        PublicQuestion.objects.get(key=UUID(stable_id("question", name)))
        for name in (ASKED_TWICE, ASSIGNED, BEING_ANSWERED)
    )
    again = ask_question(
        room_pk=page.pk,
        actor=Actor(Role.GUEST, guest=stable_id("asker", ASKED_TWICE, "again")),
        key=UUID(stable_id("question", ASKED_TWICE, "again")),
        text=ASKED_AGAIN,
        asked_at=twice.asked_at + timedelta(minutes=2),
        name="Demonstration",
        ward=ward,
        agenda_item_pk=twice.agenda_item_id,
    )
    merge_question(question_pk=again.pk, into_pk=twice.pk, actor=clerk, merged_at=now)
    councillor = sitting_councillors(ward, timezone.localdate(now)).first()
    if councillor:
        assign_question(question_pk=assigned.pk, actor=clerk, councillor_pk=councillor.pk, assigned_at=now)
    take_question(room_pk=page.pk, actor=clerk, question_pk=taken.pk, taken_at=now)
