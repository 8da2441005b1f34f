"""The path of an alert (ipt.md 11.3; for violence 11.5): each step, by when, and whether it was taken.

Every time limit here is a project default (DEFAULT in ipt.md 11.3). Nothing here closes an alert.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from openipt.core.safety.levels import SPEAK_WITHIN, Level

RISK, ASK, VIOLENCE = "DR-01", "DR-01-ASK", "DR-06"

# By when supervisor, prescriber or referrer are told, and the next contact is held (11.3 steps 7 and 8).
TELL_WITHIN = {Level.ORANGE: timedelta(hours=24), Level.RED: timedelta(0)}
FOLLOW_UP_WITHIN = {Level.ORANGE: timedelta(hours=72), Level.RED: timedelta(hours=24)}


@dataclass(frozen=True)
class Taken:
    """A step that was taken. `kind` is its name in the record; `at` is when it happened."""

    kind: str
    at: datetime
    level: str = ""
    on: date | None = None


@dataclass(frozen=True)
class AlertFacts:
    """What is known of one alert. `answer`: the highest value chosen of its item, None where not known."""

    rule: str
    raised_at: datetime
    due_at: datetime | None = None
    answer: int | None = None
    taken: tuple[Taken, ...] = ()
    plan_wanted: bool = False

    @property
    def level(self) -> Level | None:
        """The level a clinician set for this alert last."""
        found = [Level.named(step.level) for step in self.taken if step.level]
        return found[-1] if found else None

    def first(self, *kinds: str) -> datetime | None:
        return min((step.at for step in self.taken if step.kind in kinds), default=None)

    def last(self, *kinds: str) -> datetime | None:
        return max((step.at for step in self.taken if step.kind in kinds), default=None)


@dataclass(frozen=True)
class PathStep:
    """One step of the path. `limit` says the time in words; `due_at` is the moment, where there is one."""

    id: str
    title: str
    limit: str = ""
    due_at: datetime | None = None
    done_at: datetime | None = None
    needed: bool = True
    why: str = ""

    def is_late(self, now: datetime) -> bool:
        return self.needed and self.done_at is None and self.due_at is not None and self.due_at < now

    @property
    def is_open(self) -> bool:
        return self.needed and self.done_at is None


def path(facts: AlertFacts) -> tuple[PathStep, ...]:
    """Every step of this alert in its order; one that is not needed says why."""
    asked_alone = facts.rule == VIOLENCE
    first = () if asked_alone else (_shown(facts),)
    return (
        *first,
        _acknowledged(facts),
        _spoken(facts),
        _assessed(facts),
        _level(facts),
        _plan(facts),
        _emergency(facts),
        _told(facts),
        _follow_up(facts),
        PathStep("resolved", "Closed in words, by a clinician", done_at=facts.first("resolved")),
    )


def next_step(facts: AlertFacts) -> PathStep | None:
    """The first step that is still to be taken. Contacts can be handed over at any time."""
    return next((step for step in path(facts) if step.is_open and step.id != "shown"), None)


def overdue(facts: AlertFacts, now: datetime) -> PathStep | None:
    """The step that has waited longest past its time; None where everything is in time."""
    if facts.first("resolved"):
        return None
    late = [step for step in path(facts) if step.is_late(now)]
    return min(late, key=lambda step: step.due_at or now, default=None)


def late_at(facts: AlertFacts) -> datetime | None:
    """The first time that an open step of the path has: after it the alert is late. None where none has one."""
    if facts.first("resolved"):
        return None
    return min(
        (step.due_at for step in path(facts) if step.is_open and step.due_at is not None), default=None
    )


def speak_by(facts: AlertFacts) -> datetime:
    """By when the clinician speaks with the client (11.3 step 3)."""
    if facts.rule == VIOLENCE:
        return facts.raised_at
    within = SPEAK_WITHIN.get(min(facts.answer, 3)) if facts.answer else SPEAK_WITHIN[1]
    return facts.raised_at + (within if within is not None else SPEAK_WITHIN[1])


def assessed(taken: Iterable[Taken]) -> bool:
    """Has a clinician asked, since the alert was raised?"""
    return any(step.kind == "assessed" for step in taken)


# -- the steps ---------------------------------------------------------------------------------------


def _shown(facts: AlertFacts) -> PathStep:
    return PathStep(
        "shown", "Crisis contacts shown to the client", "at once", done_at=facts.first("shown_to_client")
    )


def _acknowledged(facts: AlertFacts) -> PathStep:
    now = facts.due_at is not None and facts.due_at - facts.raised_at <= timedelta(hours=1)
    limit = "before the time to speak with the client"
    if now and facts.due_at is not None:
        minutes = round((facts.due_at - facts.raised_at).total_seconds() / 60)
        limit = f"within {minutes} minutes, in service hours"
    done = facts.first("acknowledged")
    return PathStep("acknowledged", "Taken on by a clinician", limit, facts.due_at, done)


def _spoken(facts: AlertFacts) -> PathStep:
    due = speak_by(facts)
    limit = {timedelta(0): "now", SPEAK_WITHIN[2]: "within 24 hours"}.get(
        due - facts.raised_at, "before or in the next session, within 7 days"
    )
    title = "Spoken with the client alone" if facts.rule == VIOLENCE else "Spoken with the client"
    done = facts.first("contacted", "assessed")
    return PathStep("contacted", title, limit, due + _grace(facts, due), done)


def _grace(facts: AlertFacts, due: datetime) -> timedelta:
    """What is to be done now is late once the time to take the alert on is over."""
    if due > facts.raised_at or facts.due_at is None:
        return timedelta(0)
    return max(facts.due_at - facts.raised_at, timedelta(0))


def _assessed(facts: AlertFacts) -> PathStep:
    title = "Danger asked about" if facts.rule == VIOLENCE else "Risk asked about, question by question"
    return PathStep("assessed", title, "in the same contact", done_at=facts.last("assessed"))


def _level(facts: AlertFacts) -> PathStep:
    return PathStep(
        "level", "Level set, with its reason", "in the same contact", done_at=facts.last("level_set")
    )


def _plan(facts: AlertFacts) -> PathStep:
    level = facts.level
    if level is None or level < Level.YELLOW:
        why = "" if level is None else f"The level is {level.word}."
        return PathStep(
            "plan", "Safety plan made or looked at together", "yellow and above", needed=False, why=why
        )
    done = facts.last("plan_saved") if not facts.plan_wanted else None
    why = "A plan stands since the level last rose." if done is None and not facts.plan_wanted else ""
    return PathStep(
        "plan",
        "Safety plan made or looked at together",
        "yellow and above",
        done_at=done,
        needed=facts.plan_wanted or done is not None,
        why=why,
    )


def _emergency(facts: AlertFacts) -> PathStep:
    red = facts.level is Level.RED
    return PathStep(
        "emergency",
        "Emergency service or psychiatric assessment the same day; the client is not left alone",
        "now, when red is confirmed or the client cannot be reached",
        due_at=facts.last("level_set") if red else None,
        done_at=facts.first("emergency"),
        needed=red or facts.first("emergency") is not None,
    )


def _told(facts: AlertFacts) -> PathStep:
    within, since = _since_level(facts, TELL_WITHIN)
    return PathStep(
        "told",
        "Supervisor, prescriber or referrer told",
        "red: now; orange: within 24 hours",
        due_at=since + within if since is not None and within is not None else None,
        done_at=facts.first("told_supervisor"),
        needed=within is not None or facts.first("told_supervisor") is not None,
    )


def _follow_up(facts: AlertFacts) -> PathStep:
    within, since = _since_level(facts, FOLLOW_UP_WITHIN)
    return PathStep(
        "follow_up",
        "Next contact agreed and held",
        "red: within 24 hours of handing over; orange: within 72 hours",
        due_at=since + within if since is not None and within is not None else None,
        done_at=facts.last("follow_up", "review"),
        needed=within is not None or facts.last("follow_up", "review") is not None,
    )


def _since_level(
    facts: AlertFacts, limits: dict[Level, timedelta]
) -> tuple[timedelta | None, datetime | None]:
    level = facts.level
    return (limits.get(level) if level is not None else None), facts.last("level_set")
