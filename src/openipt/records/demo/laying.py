"""Lays the demo: accounts, ties, and every episode step by step, in the order in which it happened."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, time, timedelta

from django.conf import settings
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from openipt.errors import NotAllowedNow
from openipt.records import audit
from openipt.records.actions import accounts
from openipt.records.actors import Operator, day_of, this_operator
from openipt.records.demo import asking, files
from openipt.records.demo.replay import Replay
from openipt.records.models import Role, User

FOUNDED_BEFORE = timedelta(days=30)  # the service is that much older than its oldest episode
NOT_ON_LIVE = "This is a live service. The demo is for a service of its own, with OPENIPT_MODE=demo."
NOT_ONLY_DEMO = (
    "This database holds logins that were not made by a demo. It is left as it is. "
    "Choose another folder with OPENIPT_HOME for a demo."
)


def is_laid() -> bool:
    """Whether the demo's people are in this database."""
    return User.objects.filter(username__in=[person.username for person in files.service().people]).exists()


def load(at: datetime, only: Collection[str] | None = None) -> bool:
    """Lay the demo as it stands on the day of `at`, whole or not at all; not where it lies already.

    `only` names the episode files to lay, where a part of the demo will do.
    """
    _refuse_live()
    if is_laid():
        return False
    service = files.service()
    with transaction.atomic():
        _lay(service if only is None else service.only(only), at)
    return True


def reset(at: datetime) -> None:
    """Empty this demo's database and lay the demo anew. Never touches logins that are not a demo's."""
    _refuse_live()
    if User.objects.filter(is_demo=False).exists():
        raise NotAllowedNow((NOT_ONLY_DEMO,))
    call_command("flush", interactive=False, verbosity=0)
    audit.anchor_path().unlink(missing_ok=True)
    load(at)


def _refuse_live() -> None:
    if settings.ENVIRONMENT.is_live:
        raise NotAllowedNow((NOT_ON_LIVE,))


def _lay(service: files.Service, at: datetime) -> None:
    today = day_of(at)
    replays = [Replay(planned, files.portable(planned, today), today=today) for planned in service.episodes]
    steps = [
        (when, number, order, do)
        for number, replay in enumerate(replays)
        for order, (when, do) in enumerate(replay.steps())
    ]
    first = day_of(min(when for when, *_ in steps)) if steps else today
    founded = timezone.make_aware(datetime.combine(first - FOUNDED_BEFORE, time(9)))
    people = _people(service, founded)
    _ties(service, people, at, founded)
    supervisor_of = {pair.therapist: people[pair.other] for pair in service.supervisions}
    for replay in replays:
        therapist = replay.planned.therapist
        replay.staff(people[therapist], supervisor_of.get(therapist))
    taker = people[service.of_role(Role.THERAPIST)[-1].username]
    steps += [(when, len(replays), order, do) for order, (when, do) in enumerate(asking.steps(at, taker))]
    for when, _, _, do in sorted(steps, key=lambda step: step[:3]):
        do(when)
    accounts.give_demo_password(
        usernames=service.usernames, password=service.password, by=this_operator(), at=at
    )


def _people(service: files.Service, at: datetime) -> dict[str, User]:
    """The administrator first, by whoever loads the demo; all others by the administrator."""
    found: dict[str, User] = {}
    by: User | Operator = this_operator()
    for person in sorted(service.people, key=lambda person: person.role != Role.ADMINISTRATOR):
        found[person.username] = accounts.create_user(
            username=person.username,
            role=person.role,
            display_name=person.name,
            by=by,
            at=at,
        )
        if person.role == Role.ADMINISTRATOR:
            by = found[person.username]
    return found


def _ties(service: files.Service, people: dict[str, User], at: datetime, founded: datetime) -> None:
    administrator = people[service.of_role(Role.ADMINISTRATOR)[0].username]
    for pair in service.supervisions:
        accounts.start_supervision(
            therapist=people[pair.therapist],
            supervisor=people[pair.other],
            from_on=day_of(founded),
            by=administrator,
            at=founded,
        )
    for pair in service.covers:
        accounts.arrange_cover(
            therapist=people[pair.therapist],
            cover=people[pair.other],
            from_on=day_of(at) + timedelta(days=pair.from_day),
            to_on=day_of(at) + timedelta(days=pair.to_day),
            by=people[pair.therapist],
            at=founded,
        )
