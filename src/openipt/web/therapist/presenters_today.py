"""Today in words: the sessions of the day in their order, and who needs the therapist and why."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.utils import timezone

from openipt.core.course.course import Attendance
from openipt.core.course.rules import RuleResult
from openipt.core.manual.model import Manual, Severity
from openipt.core.manual.names import PHASES_AFTER, PHASES_BEFORE
from openipt.records.manuals import manual_of
from openipt.records.models import Alert, CheckIn, Episode, Session
from openipt.records.queries.firings import NOTHING_SETTLED, Settled
from openipt.web.jinja import clock_time, day, plural, week_day
from openipt.web.meeting_words import kind_name, meeting_name
from openipt.web.therapist.presenters_alerts import banner_of
from openipt.web.therapist.summaries import Summary

GRAVE = (Severity.WARNING, Severity.CRITICAL)
SEVERITY_WORDS = {
    Severity.INFO: "for information",
    Severity.NOTICE: "to notice",
    Severity.WARNING: "warning",
    Severity.CRITICAL: "critical",
}
FORMAT_WORDS = {"in_person": "in person", "phone": "by phone", "video": "by video"}
ATTENDANCE_WORDS = {
    "planned": "planned",
    "attended": "held",
    "late": "held, began late",
    "cancelled": "cancelled",
    "missed": "missed",
}
# Safety rules speak through their alerts; what comes here would only say it twice.
SPOKEN_BY_ALERTS = frozenset({"DR-01", "DR-06"})


@dataclass(frozen=True)
class SessionToday:
    """One meeting of the day."""

    session: UUID
    episode: UUID
    time: str
    client: str
    where: str
    place: str
    address: str
    state: str
    state_tone: str
    can_begin: bool
    can_move: bool
    minutes: int
    planned_on: str
    planned_time: str


@dataclass(frozen=True)
class Need:
    """One reason why somebody needs the therapist: what, why with its source, what next."""

    what: str
    why: tuple[str, ...]
    next: str
    address: str
    act: str
    tone: str = "attention"
    source: str = ""
    mark: str = ""
    decide: str = ""
    decide_words: str = "Decide"


@dataclass(frozen=True)
class Today:
    """The whole page."""

    date: date
    sessions: tuple[SessionToday, ...]
    alerts: tuple[Need, ...]
    off_track: tuple[Need, ...]
    check_ins: tuple[Need, ...]
    unsigned: tuple[Need, ...]
    endings: tuple[Need, ...]
    next_session: str
    open_alerts: int = 0
    handed: tuple[Need, ...] = ()
    asking: tuple[Need, ...] = ()

    @property
    def needs(self) -> int:
        told = (self.alerts, self.asking, self.handed)
        groups = (*told, self.off_track, self.check_ins, self.unsigned, self.endings)
        return sum(len(group) for group in groups)

    @property
    def more_alerts(self) -> int:
        """Open alerts that stand on a page of their own."""
        return max(0, self.open_alerts - len(self.alerts))


@dataclass(frozen=True)
class AllAlerts:
    """One page of every open alert."""

    alerts: tuple[Need, ...]
    whole: int
    page: int
    pages: int


# -- sessions ----------------------------------------------------------------------------------------


def session_today(session: Session, summary: Summary) -> SessionToday:
    """One meeting with its number: the one it has, or the one it will get."""
    number = session.number if session.number is not None else summary.session_number + 1
    before = session.phase if session.number is not None else summary.next_before
    if session.kind:
        count = kind_name(manual_of(session.episode), session.kind, session.of_kind)
        count = count[:1].lower() + count[1:]
    elif number == 0 or (before in PHASES_BEFORE and session.number is None):
        count = meeting_name(0, before)
    elif session.phase in PHASES_AFTER:
        count = meeting_name(number, session.phase)
    elif session.number is None and summary.next_after and session.attendance == Attendance.PLANNED:
        count = summary.next_after
    else:
        count = f"{summary.word} {number} of {summary.planned_sessions}"
    planned = session.attendance == Attendance.PLANNED
    local = timezone.localtime(session.planned_at) if session.planned_at else None
    state, tone = _state(session)
    return SessionToday(
        session=session.pk,
        episode=session.episode_id,
        time=clock_time(session.planned_at or session.began_at) or "no time set",
        client=session.episode.client.name,
        where=f"{summary.phase}, {count}",
        place=", ".join(filter(None, (FORMAT_WORDS.get(session.format, ""), session.place))),
        address=f"/episodes/{session.episode_id}/sessions/{session.pk}/",
        state=state,
        state_tone=tone,
        can_begin=planned,
        can_move=planned,
        minutes=session.minutes,
        planned_on=local.date().isoformat() if local else "",
        planned_time=f"{local:%H:%M}" if local else "",
    )


def _state(session: Session) -> tuple[str, str]:
    if session.is_signed:
        return f"{ATTENDANCE_WORDS[session.attendance]}, signed", "quiet"
    if session.is_held:
        return "note open", "attention"
    return (
        ("", "quiet") if session.attendance == "planned" else (ATTENDANCE_WORDS[session.attendance], "quiet")
    )


# -- needs -------------------------------------------------------------------------------------------


def alert_need(alert: Alert, at: datetime) -> Need:
    """An open alert: it stays until a clinician has worked it through."""
    found = banner_of(alert, at)
    raised = f"Raised {found.when}. {found.in_hand}"
    return Need(
        what=f"{alert.episode.client.name}: {_lower(found.title)}",
        why=tuple(filter(None, (found.said, raised, f"{found.limit}." if found.limit else ""))),
        next=f"Late. {found.next}" if found.is_late else found.next,
        address=found.address,
        act="Work it through",
        tone="danger" if found.is_grave else "attention",
        source=found.source,
        mark=mark_in_words(("DEFAULT",)) if found.limit else "",
    )


def off_track_needs(
    episode: Episode, summary: Summary, settled: Settled = NOTHING_SETTLED
) -> tuple[Need, ...]:
    """One card for an episode, with every rule that fired as a warning or more and waits for a decision."""
    told_apart = summary.off_track.rules if summary.off_track else ()  # by a card of their own
    fired = tuple(r for r in grave_rules(settled.left(summary.fired)) if r.id not in told_apart)
    if not fired:
        return ()
    manual = manual_of(episode)
    first = manual.rules[fired[0].id]
    marks = tuple(mark for result in fired for mark in manual.rules[result.id].marks)
    return (
        Need(
            what=f"{episode.client.name}: {_lower(first.title)}",
            why=tuple(rule_in_words(manual, result) for result in fired),
            next=first.then_text,
            address=f"/episodes/{episode.pk}/#rules",
            act="Look at the course",
            source=", ".join(dict.fromkeys(source_in_words(manual, result.id) for result in fired)),
            mark=mark_in_words(marks),
            decide=f"/episodes/{episode.pk}/rules/#{fired[0].id}",
        ),
    )


def progress_needs(episode: Episode, summary: Summary) -> tuple[Need, ...]:
    """Not on track and nothing decided yet, or what was decided is to be looked at again."""
    card = summary.off_track
    if card is None or not card.is_open:
        return ()
    manual = manual_of(episode)
    marks = tuple(mark for rule in card.rules for mark in manual.rules[rule].marks)
    return (
        Need(
            what=f"{episode.client.name}: {card.what}",
            why=card.why,
            next=card.next,
            address=f"/episodes/{episode.pk}/progress/",
            act="See why, and decide",
            source=", ".join(source_in_words(manual, rule) for rule in card.rules),
            mark=mark_in_words(marks),
        ),
    )


def grave_rules(fired: Iterable[RuleResult]) -> tuple[RuleResult, ...]:
    """Rules of warning and above, the gravest first, less those that speak through an alert."""
    found = [r for r in fired if r.severity in GRAVE and r.id not in SPOKEN_BY_ALERTS]
    return tuple(sorted(found, key=lambda result: result.severity is not Severity.CRITICAL))


def rule_in_words(manual: Manual, result: RuleResult) -> str:
    """What the rule found, with the names of tasks and measures in place of their ids."""
    return f"{manual.rules[result.id].title}: {in_plain_words(manual, result.why)}"


def in_plain_words(manual: Manual, text: str) -> str:
    """A reason of the engine with titles for the ids it names."""
    for task in manual.tasks:
        if task.id in text:
            text = _whole_word(text, f"{task.id} {task.title}", f"{task.title.lower()} ({task.id})")
            text = _whole_word(text, task.id, f"{task.title.lower()} ({task.id})")
    for measure in manual.measure_list.values():
        text = _whole_word(text, measure.id, measure.title)
    for condition, words in CONDITIONS.items():
        text = _whole_word(text, condition, words)
    return text


CONDITIONS = {
    "client-agreed": "the client's agreement to the formulation",
    "risk-not-red": "a risk level that is not red",
    "baseline-present": "the baseline measures",
    "prescriber-on-record": "somebody who prescribes",
}


def _whole_word(text: str, word: str, other: str) -> str:

    return re.sub(rf"(?<![\w(-]){re.escape(word)}(?![\w-])", other, text) if word in text else text


def check_in_need(session: Session, summary: Summary, on: date, begun: CheckIn | None) -> Need | None:
    """A session is near and the answers due for it are not there."""
    if not summary.measures_due:
        return None
    measures = [manual_of(session.episode).measure_list[measure] for measure in summary.measures_due]
    own = [measure.title for measure in measures if measure.may_go_to_client]
    together = ", ".join(measure.title for measure in measures if not measure.may_go_to_client)
    if not own:
        return None if session.on != on else _together_need(session, together)
    when = "today" if session.on == on else "tomorrow"
    why = [f"The session is {when} at {clock_time(session.planned_at)}; {', '.join(own)} not answered yet."]
    if together:
        why.append(f"To answer together, from the form itself: {together}.")
    if begun is not None:
        why.append(f"A check-in was begun on {day(begun.on)} and not finished.")
    return Need(
        what=f"{session.episode.client.name}: check-in missing",
        why=tuple(why),
        next="Remind the client, or answer together at the beginning of the session.",
        address=f"/episodes/{session.episode_id}/measures/",
        act="Go to Measures",
        source="clinical reference 10.5",
    )


def _together_need(session: Session, titles: str) -> Need:
    """Only measures are due that no client can answer on their own device: nothing of theirs is missing."""
    return Need(
        what=f"{session.episode.client.name}: {titles} to answer together",
        why=(
            f"Due for the session today at {clock_time(session.planned_at)}. Its words are not ours to show.",
        ),
        next="Answer from the form itself at the beginning of the session, and enter the numbers.",
        address=f"/episodes/{session.episode_id}/measures/",
        act="Go to Measures",
        source="clinical reference 10.5",
    )


def unsigned_need(session: Session, on: date) -> Need:
    name = meeting_name(session.number, session.phase)
    if session.kind:
        name = kind_name(manual_of(session.episode), session.kind, session.of_kind).lower()
    age = (on - session.on).days
    ago = "today" if age == 0 else f"{plural(age, 'day')} ago"
    return Need(
        what=f"{session.episode.client.name}: note of {name} not signed",
        why=(f"Held on {week_day(session.on)}, {ago}.",),
        next="Finish the note and sign it.",
        address=f"/episodes/{session.episode_id}/sessions/{session.pk}/",
        act="Open the note",
    )


def _what_ends(episode: Episode) -> str:
    """The end of the treatment; where it goes on into maintenance, only that of its acute part."""
    return "planned end" if manual_of(episode).ends_treatment else "last meeting as planned"


def ending_need(episode: Episode, summary: Summary, planned: list[Session], on: date) -> Need | None:
    """The last planned session lies within the week to come."""
    of_sessions = (s for s in planned if not s.kind and on <= s.on <= on + timedelta(days=6))
    coming = sorted(of_sessions, key=lambda s: s.planned_at)
    if not summary.session_number or not 0 < summary.remaining <= len(coming):
        return None
    last = coming[summary.remaining - 1]
    return Need(
        what=f"{episode.client.name}: the {_what_ends(episode)} is this week",
        why=(f"Session {summary.planned_sessions} of {summary.planned_sessions} is on {week_day(last.on)}.",),
        next="Go through the ending: what changed, what helped, and the plan for afterwards.",
        address=f"/episodes/{episode.pk}/ending/",
        act="Go to Ending",
        source="clinical reference 3.7",
    )


# -- words shared by the rooms -----------------------------------------------------------------------


def source_in_words(manual: Manual, rule_id: str) -> str:
    """The rule's id and where its ground stands."""
    rule = manual.rules.get(rule_id)
    if rule is None:
        return "clinical reference 11.3"
    section = f", section {rule.section}" if rule.section else ""
    cited = f" [{', '.join(rule.sources)}]" if rule.sources else ""
    return f"rule {rule.id}{section}{cited}"


MARK_WORDS: Mapping[str, str] = {"DEFAULT": "project default", "GKU": "unverified"}


def mark_in_words(marks: Iterable[str]) -> str:
    """project default, unverified: what a clinician must know of a threshold."""
    return ", ".join(dict.fromkeys(MARK_WORDS[mark] for mark in marks if mark in MARK_WORDS))


def _lower(title: str) -> str:
    """A title within a sentence. Names of measures keep their capitals."""
    return title[:1].lower() + title[1:] if title[1:2].islower() or title[1:2] == " " else title


def day_limits(on: date, days: int = 1) -> tuple[datetime, datetime]:
    """The first moment of a day and that of the day so many days later."""
    first = timezone.make_aware(datetime.combine(on, datetime.min.time()))
    last = timezone.make_aware(datetime.combine(on + timedelta(days=days), datetime.min.time()))
    return first, last
