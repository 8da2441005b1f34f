"""Who is told of an alert next, and when, while nobody has taken it on (ipt.md 11.3, all times DEFAULT).

The call tree: therapist and cover at once; when the time to take it on is over the supervisors; a step
later the service leads; then everybody again and again. Only a person's acknowledgement ends it. What is
to be done now or within a day goes on at any hour; what may wait longer is told in service hours.

Pure: the facts, the tree, the hours of the service and the moment come in; calls and the next moment to
look come out. A call is made once: `Call.round` names it, and whoever keeps the calls knows which were made.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from openipt.core.safety.hours import ServiceTimes
from openipt.core.safety.protocol import AlertFacts, PathStep, path

# Nobody has taken it on: then the next in the call tree (11.3, DEFAULT). The same time lies between
# supervisors and service leads: our own DEFAULT, no source gives one.
STEP = timedelta(minutes=30)

RAISED, SUPERVISORS, LEADS = "raised", "supervisors", "leads"
AGAIN, LATE = "again", "late"


class Urgency(StrEnum):
    """How soon somebody must take an alert on (11.3 step 3)."""

    NOW = "now"
    DAY = "day"
    WEEK = "week"


# When everybody is told again, as long as nobody has taken it on: our own DEFAULT.
AGAIN_AFTER = {
    Urgency.NOW: timedelta(hours=1),
    Urgency.DAY: timedelta(hours=4),
    Urgency.WEEK: timedelta(days=1),
}


def urgency(limit: timedelta) -> Urgency:
    """By the time that therapist and cover have to take it on."""
    if limit <= timedelta(hours=1):
        return Urgency.NOW
    return Urgency.DAY if limit <= timedelta(hours=24) else Urgency.WEEK


@dataclass(frozen=True)
class CallTree:
    """Who is told, in their order. A rung on which there is nobody takes no time."""

    first: tuple[Hashable, ...] = ()
    supervisors: tuple[Hashable, ...] = ()
    leads: tuple[Hashable, ...] = ()

    @property
    def everybody(self) -> tuple[Hashable, ...]:
        return tuple(dict.fromkeys((*self.first, *self.supervisors, *self.leads)))


@dataclass(frozen=True)
class Waiting:
    """An alert nobody has taken on. `counted_from`: raised, or made graver; `limit`: by when somebody must."""

    counted_from: datetime
    limit: timedelta
    step: timedelta = STEP

    @property
    def urgency(self) -> Urgency:
        return urgency(self.limit)


@dataclass(frozen=True)
class Call:
    """These people are told, for this reason, from this moment on."""

    round: str
    people: tuple[Hashable, ...]
    at: datetime


def calls(waiting: Waiting, tree: CallTree, times: ServiceTimes, now: datetime) -> tuple[Call, ...]:
    """Every call whose moment has come. Of those again and again only the last: nobody is told thrice at
    once because the machine was off.
    """
    rungs = _rungs(waiting, tree, times)
    due = [call for call in rungs if call.at <= now and call.people]
    again = _last_again(waiting, tree, times, rungs[-1].at, now)
    return (*due, again) if again is not None else tuple(due)


def next_call(waiting: Waiting, tree: CallTree, times: ServiceTimes, now: datetime) -> Call:
    """The first call that is still to come: there always is one."""
    rungs = _rungs(waiting, tree, times)
    coming = [call for call in rungs if call.at > now and call.people]
    if coming:
        return min(coming, key=lambda call: call.at)
    since = rungs[-1].at
    count = max(_passed(waiting, since, now), 0) + 1
    while (call := _again(waiting, tree, times, since, count)).at <= now:
        count += 1
    return _last_again(waiting, tree, times, since, call.at) or call  # a weekend's are one call on Monday


def _rungs(waiting: Waiting, tree: CallTree, times: ServiceTimes) -> tuple[Call, Call, Call]:
    place = _placed(waiting, times)
    raised = waiting.counted_from.astimezone(UTC)
    second = place(raised + waiting.limit) if tree.first else raised
    third = place(second + waiting.step) if tree.supervisors else second
    return (
        Call(RAISED, tree.first, raised),
        Call(SUPERVISORS, tree.supervisors, second),
        Call(LEADS, tree.leads, third),
    )


def _placed(waiting: Waiting, times: ServiceTimes) -> Callable[[datetime], datetime]:
    """What may wait is put off until the service is open."""
    return times.at_or_after if waiting.urgency is Urgency.WEEK else (lambda at: at)


def _again(waiting: Waiting, tree: CallTree, times: ServiceTimes, since: datetime, count: int) -> Call:
    at = _placed(waiting, times)(since + count * AGAIN_AFTER[waiting.urgency])
    return Call(f"{AGAIN}-{count}", tree.everybody, at)


def _passed(waiting: Waiting, since: datetime, now: datetime) -> int:
    return int((now - since) // AGAIN_AFTER[waiting.urgency])


def _last_again(
    waiting: Waiting, tree: CallTree, times: ServiceTimes, since: datetime, now: datetime
) -> Call | None:
    for count in range(_passed(waiting, since, now), 0, -1):
        call = _again(waiting, tree, times, since, count)
        if call.at <= now:
            return call if call.people else None
    return None


# -- steps of the path that are late -----------------------------------------------------------------


def late_calls(facts: AlertFacts, tree: CallTree, now: datetime) -> tuple[Call, ...]:
    """Every step of the path that is late is told to those who take it and to the service leads (step 10)."""
    people = tuple(dict.fromkeys((*tree.first, *tree.leads)))
    late = [step for step in _steps_with_a_time(facts) if step.is_late(now)]
    return tuple(Call(late_round(step), people, step.due_at or now) for step in late if people)


def late_round(step: PathStep) -> str:
    """A step with another time is late anew."""
    due = "" if step.due_at is None else f"-{step.due_at.astimezone(UTC):%Y%m%d%H%M}"
    return f"{LATE}-{step.id}{due}"


def next_late(facts: AlertFacts, now: datetime) -> datetime | None:
    """The first moment at which another step of the path is late: just after its time."""
    coming = [s.due_at for s in _steps_with_a_time(facts) if s.due_at is not None and not s.is_late(now)]
    return min(coming) + timedelta(seconds=1) if coming else None


def _steps_with_a_time(facts: AlertFacts) -> Iterator[PathStep]:
    """Open steps with a time. That nobody has taken the alert on is what the call tree is for."""
    spoken_for = {"acknowledged"} if facts.first("acknowledged") else {"acknowledged", "contacted"}
    for step in path(facts):
        if step.is_open and step.due_at is not None and step.id not in spoken_for:
            yield step
