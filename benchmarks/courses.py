"""Short courses, written by the product's own actions, from a seed: what most of a large service consists of.

short_course(3)   the fourth kind: enquiry, some sessions with PHQ-9 and a note, for the most part an end
"""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

KINDS = (
    10  # of which eight have ended, one to eight years ago, one runs with an open alert and one has not begun
)
ENDED = 8
THERAPIST = "short.kinds"


def laid() -> list[Any]:
    """The courses as they were written, in their order."""
    from openipt.records.models import Episode

    mine = Episode.objects.filter(therapist__username=THERAPIST)
    return list(mine.select_related("client__user", "therapist").order_by("created_at"))


def short_course(number: int, *, therapist: Any = None, name: str = "Kim Sample") -> Any:
    """One course of this kind. The same number is the same course, whoever leads it."""
    from openipt.records.actions import checkins, clients, episodes, sessions
    from openipt.web import clock

    chance = random.Random(f"course {number}")  # noqa: S311
    by = therapist or _therapist()
    years = number % KINDS + 1 if number % KINDS < ENDED else 0
    at = clock.now() - timedelta(days=90 + 360 * years, minutes=60 - number)
    episode = clients.enrol_client(
        profile={"name": name, "email": "kim@example.org"},
        adaptation="ipt_acute",
        therapist=by,
        birth_year=chance.randint(1940, 2004),
        by=by,
        at=at,
    )
    clients.give_client_login(client=episode.client, by=by, at=at)
    if number % KINDS == 9:
        planned = clock.now() + timedelta(days=21)
        sessions.plan_session(episode=episode, planned_at=planned, by=by, at=at + timedelta(minutes=1))
        return episode
    _held(episode, chance, by, at)
    episode.refresh_from_db()
    if number % KINDS == ENDED:
        yesterday = clock.now() - timedelta(days=1)
        risk = {"ms_phq9": [1, 1, 1, 1, 1, 1, 1, 1, 2]}
        checkins.enter_answers(episode=episode, answers=risk, by=by, at=yesterday)
    else:
        ended = at + timedelta(days=80)
        episodes.change_status(episode=episode, status="ended", end_reason="completed", by=by, at=ended)
    return episode


def _held(episode: Any, chance: random.Random, by: Any, at: Any) -> None:
    from openipt.records.actions import checkins, entries, sessions

    score = chance.choice((1, 2, 2, 3))
    for week in range(chance.randint(2, 5)):
        on = at + timedelta(days=7 + 7 * week)
        held = sessions.begin_session(episode=episode, by=by, at=on, intake=week == 0)
        items = [max(0, min(3, score + chance.choice((-1, 0, 0, 1)))) for _ in range(8)]
        told = {"ms_phq9": [*items, 0]}
        checkins.enter_answers(
            episode=episode, answers=told, session=held, by=by, at=on + timedelta(minutes=5)
        )
        risk = {"thoughts": False, "level": "green", "reason": "asked in words"}
        entries.add_entry(
            episode=episode,
            record_type="rec_risk",
            payload=risk,
            session=held,
            by=by,
            at=on + timedelta(minutes=20),
        )
        blocks = [{"id": "own-1", "text": f"We talked about week {week + 1}.", "edited": True}]
        held = sessions.save_note(
            session=held, blocks=blocks, expected_version=0, by=by, at=on + timedelta(minutes=55)
        )
        sessions.sign_session(session=held, by=by, at=on + timedelta(minutes=58))
        score = max(0, score - chance.choice((0, 1)))


def _therapist() -> Any:
    from openipt.records.actions import accounts
    from openipt.records.actors import Operator
    from openipt.records.models import Role, User
    from openipt.web import clock

    found = User.objects.filter(username=THERAPIST).first()
    return found or accounts.create_user(
        username=THERAPIST, role=Role.THERAPIST, by=Operator("bench"), at=clock.now()
    )
