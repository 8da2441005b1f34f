"""The Safety room in words: the level and how it came about, the plan, what danger locks, whom to call."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from openipt.core.course import known
from openipt.core.course.call import is_remote
from openipt.core.fields.words import Line
from openipt.core.safety.levels import Level
from openipt.records import crisis, safety
from openipt.records.access import Act
from openipt.records.crisis import CrisisContact
from openipt.records.models import Alert, Entry, Session
from openipt.records.queries.alerts import alerts_of
from openipt.web.jinja import day, short_day
from openipt.web.therapist.common import EpisodePage
from openipt.web.therapist.presenters_alerts import moment, said_in_words, title_of
from openipt.web.therapist.presenters_call import CallCard, emergency_lines, present_call
from openipt.web.therapist.presenters_header import TONES
from openipt.web.therapist.presenters_records import (
    EntryLine,
    entry_line,
    lines_of,
    may_write_type,
    who,
)

LEVEL_WORDS = {
    Level.GREEN: "no sign of risk",
    Level.YELLOW: "wish to be dead, or thoughts without a method",
    Level.ORANGE: "thoughts with a method, or behaviour more than three months ago",
    Level.RED: "intent or plan, or behaviour in the last three months",
}
GROUND_WORDS = {
    "ms_hark": "a positive HARK",
    "rec_ipv_screen.positive": "a positive private screen",
    "rec_communication_analysis.safety_flag": "the safety flag of a communication analysis",
    "rec_dispute_map.danger": "danger marked on a dispute",
    "rec_inventory_person.safety_concern": "a safety concern marked in the inventory",
    "rec_issue_ranking.f_safety": "an issue rated 2 or more for safety",
}
# What a person dangerous to the client is asked about (ipt.md 11.5, ipv_3).
DANGER_SIGNS = (
    "weapon", "strangling", "threats", "stalking", "pregnancy", "recent separation", "escalation",
    "control of money", "children",
)  # fmt: skip
# Contacts with whom and where: fields of the client's profile, in the order of calling.
PROFILE_CONTACTS = (
    ("phone", "Client's phone"),
    ("email", "Client's e-mail"),
    ("address", "Client's address"),
)


@dataclass(frozen=True)
class LevelSet:
    """A level a clinician recorded: when, by whom, why."""

    level: str
    words: str
    tone: str
    on: date
    session: int | None
    by: str
    reason: str
    address: str


@dataclass(frozen=True)
class LevelNow:
    """The level to act on. `provisional`: an unassessed answer stands above what was set."""

    level: str
    words: str
    tone: str
    provisional: str
    history: tuple[LevelSet, ...]
    needs_plan: bool
    guard: str


@dataclass(frozen=True)
class Plan:
    """The safety plan as it stands, and where its versions are."""

    entry_id: str
    lines: tuple[Line, ...]
    on: date
    by: str
    state: str
    review: str
    address: str
    versions: tuple[EntryLine, ...]


@dataclass(frozen=True)
class Lock:
    """What danger from another person locks, and why."""

    grounds: tuple[str, ...]
    persons: tuple[str, ...]


@dataclass(frozen=True)
class AlertRow:
    """One alert in a list."""

    address: str
    title: str
    said: str
    when: str
    state: str
    is_open: bool


@dataclass(frozen=True)
class SafetyRoom:
    """The whole room."""

    level: LevelNow
    plan: Plan | None
    lock: Lock | None
    alerts: tuple[AlertRow, ...]
    contacts: tuple[tuple[str, str], ...]
    emergency: tuple[EntryLine, ...]
    emergency_lines: tuple[Line, ...]
    remote: CallCard | None
    crisis: tuple[CrisisContact, ...]
    region: str
    screens: tuple[tuple[str, str, str], ...]
    screened: str
    assess_address: str
    plan_address: str
    screen_address: str
    emergency_address: str
    may_review: bool
    second_lock_address: str


def present_safety(page: EpisodePage) -> SafetyRoom:
    """Everything of this episode that concerns safety, as far as this person may see it."""
    screens = tuple(reversed(page.entries("rec_ipv_screen")))
    emergency = tuple(reversed(page.entries("rec_emergency")))
    plan = present_plan(page)
    may_plan = _may_write(page, "rec_safety_plan")
    return SafetyRoom(
        level=present_level(page),
        plan=plan,
        lock=present_lock(page),
        alerts=tuple(_alert_row(page, alert) for alert in alerts_of(page.user, page.episode, page.on)),
        contacts=_contacts(page),
        emergency=tuple(entry_line(page, entry) for entry in emergency),
        emergency_lines=emergency_lines(page, number=True),
        remote=present_call(page, _remote_at_hand(page)),
        crisis=crisis.contacts(page.episode.client.region),
        region=page.episode.client.region,
        screens=tuple(
            (
                page.address(f"records/{entry.pk}/"),
                f"{_found(entry).capitalize()}, {day(entry.on)}",
                _of(page, entry),
            )
            for entry in screens
        ),
        screened=_screened(screens),
        assess_address=page.address("safety/assess/") if _may_write(page, "rec_risk") else "",
        plan_address=page.address("safety/plan/") if may_plan else "",
        screen_address=(
            page.address("safety/private-questions/") if _may_write(page, "rec_ipv_screen") else ""
        ),
        emergency_address=(
            page.address(f"records/rec_emergency/new/?next={page.address('safety/')}")
            if _may_write(page, "rec_emergency")
            else ""
        ),
        may_review=may_plan and plan is not None,
        second_lock_address=page.address("safety/second-lock/") if page.may(Act.WRITE_SAFETY) else "",
    )


def _may_write(page: EpisodePage, record: str) -> bool:
    return may_write_type(page, page.manual.record_types[record])


def _remote_at_hand(page: EpisodePage) -> Session | None:
    """The session by phone or video that is going on, if one is."""
    session = page.session_at_hand
    return session if session is not None and is_remote(session.format) else None


def _lines(page: EpisodePage, entry: Entry) -> tuple[Line, ...]:
    return lines_of(page, page.manual.record_types[entry.record_type], entry.visible)


# -- the level ---------------------------------------------------------------------------------------


def present_level(page: EpisodePage) -> LevelNow:
    """The level now and every level before it, the newest first."""
    now = known.risk_level(page.course)
    history = tuple(reversed([_level_set(page, entry) for entry in _levelled(page)]))
    level = now.level if now is not None else None
    return LevelNow(
        level=level.word.capitalize() if level is not None else "Not asked yet",
        words=LEVEL_WORDS[level] if level is not None else "No assessment has been written.",
        tone=TONES[level] if level is not None else "quiet",
        provisional=_provisional(now, history),
        history=history,
        needs_plan=safety.plan_missing(page.episode, on=page.on),
        guard=_guard(page),
    )


def _levelled(page: EpisodePage) -> list[Entry]:
    rows = page.entries("rec_risk")
    return [e for e in rows if e.by_role != "client" and Level.named(e.visible.get("level")) is not None]


def _level_set(page: EpisodePage, entry: Entry) -> LevelSet:
    level = Level.named(entry.visible.get("level")) or Level.GREEN
    return LevelSet(
        level=level.word.capitalize(),
        words=LEVEL_WORDS[level],
        tone=TONES[level],
        on=entry.on,
        session=entry.session.number if entry.session else None,
        by=who(entry.by),
        reason=str(entry.visible.get("reason") or ""),
        address=page.address(f"records/{entry.pk}/"),
    )


def _provisional(now: known.RiskLevel | None, history: tuple[LevelSet, ...]) -> str:
    if now is None or not now.provisional:
        return ""
    before = f" Recorded before: {history[0].level.lower()}." if history else ""
    return f"Provisional, by item 9 of {day(now.on)}, until a clinician has assessed.{before}"


def _guard(page: EpisodePage) -> str:
    """DR-02 where it stands: a zero lowers nothing."""
    found = page.status.rule("DR-02")
    return found.why if found.fired else ""


# -- the plan ----------------------------------------------------------------------------------------


def plans(page: EpisodePage) -> list[Entry]:
    """Every safety plan saved or reviewed, oldest first."""
    return page.entries("rec_safety_plan")


def present_plan(page: EpisodePage) -> Plan | None:
    saved = plans(page)
    if not saved:
        return None
    last = saved[-1]
    review = known.day(last.visible.get("review_date"))
    return Plan(
        entry_id=str(last.pk),
        lines=_lines(page, last),
        on=last.on,
        by=who(last.by),
        state="not complete yet" if last.state == "draft" else "",
        review=_review(review, page.on),
        address=page.address(f"records/{last.pk}/"),
        versions=tuple(entry_line(page, entry) for entry in reversed(saved)),
    )


def _review(on: date | None, today: date) -> str:
    if on is None:
        return ""
    return (
        f"to be looked at again since {short_day(on)}"
        if on < today
        else f"looked at again on {short_day(on)}"
    )


# -- danger ------------------------------------------------------------------------------------------


def present_lock(page: EpisodePage) -> Lock | None:
    """What DR-06 locks, where there is danger."""
    danger = known.danger(page.course)
    if not danger.grounds:
        return None
    return Lock(
        grounds=tuple(GROUND_WORDS.get(ground, ground) for ground in danger.grounds),
        persons=tuple(page.people.get(person, person) for person in danger.persons),
    )


def _screened(screens: tuple[Entry, ...]) -> str:
    if not screens:
        return ""
    last = screens[0]
    return f"Asked last on {day(last.on)} by {who(last.by) or 'a clinician'}: {_found(last)}."


def _of(page: EpisodePage, screen: Entry) -> str:
    """Of whom it was asked, where it was not the client."""
    name = str(screen.visible.get("asked_of") or "")
    return f"asked of {page.people.get(name, name)}" if name else ""


def _found(screen: Entry) -> str:
    """What it came to. The answers themselves stand on their own page alone."""
    return "positive" if known.screened_positive(screen.visible) else "negative"


# -- alerts and contacts -------------------------------------------------------------------------------


def _alert_row(page: EpisodePage, alert: Alert) -> AlertRow:
    closed = f"closed {moment(alert.resolved_at, page.at)}" if alert.resolved_at else ""
    taken = "taken on" if alert.acknowledged_at else "open"
    return AlertRow(
        address=page.address(f"alerts/{alert.pk}/"),
        title=title_of(page.manual, alert),
        said=said_in_words(page.manual, alert),
        when=f"Raised {moment(alert.raised_at, page.at)}",
        state=closed or taken,
        is_open=alert.is_open,
    )


def _contacts(page: EpisodePage) -> tuple[tuple[str, str], ...]:
    """How to reach the client, for those who may have to call."""
    if not page.may(Act.SEE_CONTACTS):
        return ()
    profile: dict[str, Any] = page.episode.client.profile
    return tuple((title, str(profile[key])) for key, title in PROFILE_CONTACTS if profile.get(key))


# -- for print and conflicts -----------------------------------------------------------------------------


@dataclass(frozen=True)
class PlanPrint:
    """The client's own copy: their words and the numbers to call, without what the therapist rates."""

    lines: tuple[Line, ...]
    on: date
    crisis: tuple[CrisisContact, ...]


def present_plan_print(page: EpisodePage) -> PlanPrint | None:
    saved = plans(page)
    if not saved:
        return None
    kind = page.manual.record_types["rec_safety_plan"]
    values = kind.values_for("client", saved[-1].visible)
    return PlanPrint(
        lines=lines_of(page, kind, values),
        on=saved[-1].on,
        crisis=crisis.contacts(page.episode.client.region),
    )
