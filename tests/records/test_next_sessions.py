"""The next session of each of many episodes, in one query."""

from __future__ import annotations

from typing import Any

import pytest

from openipt.records.actions import sessions
from openipt.records.models import Episode
from openipt.records.queries.sessions import next_of_each
from tests import factories as make

pytestmark = pytest.mark.django_db


def planned(episode: Episode, *days: int) -> list[Any]:
    return [
        sessions.plan_session(
            episode=episode, planned_at=make.at_day(day), by=episode.therapist, at=make.at_day(0)
        )
        for day in days
    ]


def test_the_first_of_those_to_come_and_nothing_that_was(django_assert_num_queries: Any) -> None:
    one, two, three = (make.active_episode()[0] for _ in range(3))
    planned(one, 21, 14, 3)
    planned(two, 30)
    with django_assert_num_queries(1):
        found = next_of_each([one, two, three], make.at_day(7))
    assert {pk: session.planned_at for pk, session in found.items()} == {
        one.pk: make.at_day(14),
        two.pk: make.at_day(30),
    }
    assert next_of_each([], make.at_day(7)) == {}


def test_a_session_that_was_held_or_cancelled_is_not_to_come() -> None:
    episode, _ = make.active_episode()
    first, second = planned(episode, 14, 21)
    sessions.record_absence(session=first, attendance="cancelled", by=episode.therapist, at=make.at_day(10))
    assert next_of_each([episode], make.at_day(7)) == {episode.pk: second}
