"""Questions are joined and separated while people support them: everybody is counted once, whoever is quicker."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Barrier

import pytest
from django.db import connections

from meetings import check_record, record, services
from meetings.enums import Role
from meetings.models import PublicQuestion, Room
from meetings.services import Actor

PEOPLE = 24


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("separates", [False, True], ids=["joined", "joined and separated"])
def test_a_storm_of_support_across_two_questions_that_are_being_joined_counts_everybody_once(
    separates: bool, room: Room, make_question: Callable[..., PublicQuestion], clerk: Actor, moment: datetime
) -> None:
    main, question = make_question(), make_question()
    together = Barrier(5)

    def vote(part: int) -> None:
        try:
            together.wait()
            for number in range(part, PEOPLE, 4):
                voter = Actor(role=Role.GUEST, guest=f"{number:x}")
                # A third support only the one that goes, a third only the other, a third both.
                chosen = [[question], [main], [question, main]][number % 3]
                for each in chosen:
                    services.support_question(question_pk=each.pk, actor=voter, given_at=moment)
        finally:
            connections.close_all()

    def moderate() -> None:
        try:
            together.wait()
            services.merge_question(question_pk=question.pk, into_pk=main.pk, actor=clerk, merged_at=moment)
            if separates:
                services.unmerge_question(question_pk=question.pk, actor=clerk, unmerged_at=moment)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(5) as pool:
        for work in [*(pool.submit(vote, part) for part in range(4)), pool.submit(moderate)]:
            work.result()
    on_main = set(main.upvotes.values_list("voter", flat=True))
    on_both = on_main | set(question.upvotes.values_list("voter", flat=True))
    everybody = {f"guest:{number:x}" for number in range(PEOPLE)}
    if separates:
        assert on_both == everybody
        assert not main.upvotes.filter(came_from__isnull=False).exists()
    else:
        assert on_main == everybody | {question.asker_key}
        assert main.upvotes.count() == PEOPLE + 1
    assert check_record.check(line.encode() for line in record.export_lines(room))
