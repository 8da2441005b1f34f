"""The service in figures: every number with its unit and its days, no name and no word of a client."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from django.utils import timezone

from openipt.core.course.course import EndReason, EpisodeStatus
from openipt.core.course.enquiry import Late, Targets
from openipt.records.models import Channel, Delivery, Role
from openipt.records.queries.alerts import Envelope
from openipt.records.queries.audits import AuditCheck
from openipt.records.queries.enquiries import WaitFigures
from openipt.records.queries.service import WINDOW_DAYS, AlertFigures, Completeness, Figures, Share, Waits
from openipt.records.queries.worker import Health
from openipt.web.jinja import clock_time, plural, short_day
from openipt.web.status_words import STATUS_WORDS
from openipt.web.told import CHANNEL_WORDS, known_of

END_WORDS = {
    EndReason.COMPLETED: "completed",
    EndReason.NOT_SUITABLE: "not suitable",
    EndReason.DROPPED_OUT: "dropped out",
    EndReason.REFERRED: "referred",
    EndReason.MOVED: "moved",
    EndReason.DIED: "died",
    EndReason.OTHER: "other",
}
MACHINE = "The service's own system"
ROLES = {Role.MANAGER: "service lead"}
SEVERITY_WORDS = {"info": "information", "notice": "notice", "warning": "warning", "critical": "critical"}


@dataclass(frozen=True)
class EnvelopeLine:
    """An overdue alert from outside. `reference` names it to the therapist without naming a client."""

    reference: str
    therapist: str
    cover: str
    step: str
    severity: str
    tone: str
    raised: str
    due: str
    late: str


@dataclass(frozen=True)
class Line:
    """One figure: what is counted, the number with its unit, and how it is meant."""

    what: str
    number: str
    note: str = ""


@dataclass(frozen=True)
class FigureWords:
    """The figures of the page, group by group."""

    window: str
    statuses: tuple[tuple[str, int], ...]
    ended: str
    waits: tuple[Line, ...]
    alerts: tuple[Line, ...]
    completeness: tuple[Line, ...]
    is_empty: bool


@dataclass(frozen=True)
class AuditWords:
    """The last check of the audit."""

    words: str
    when: str
    tone: str
    faults: tuple[str, ...] = ()


@dataclass(frozen=True)
class WorkerWords:
    """What tells people by itself, and how it does."""

    words: str
    tone: str
    lines: tuple[Line, ...]
    told: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class Service:
    """The whole page."""

    date: date
    envelopes: tuple[EnvelopeLine, ...]
    figures: FigureWords
    audit: AuditWords
    worker: WorkerWords
    asking: tuple[Line, ...] = ()
    late: int = 0
    number: int = 1
    pages: int = 1


def envelopes(found: Sequence[Envelope], now: datetime) -> tuple[EnvelopeLine, ...]:
    """The longest overdue first, as they come."""
    return tuple(
        EnvelopeLine(
            reference=str(envelope.alert_id)[:8],
            therapist=envelope.therapist_name,
            cover=", ".join(envelope.cover_names),
            step=envelope.step,
            severity=SEVERITY_WORDS.get(envelope.severity, envelope.severity),
            tone="danger" if envelope.severity in ("warning", "critical") else "attention",
            raised=_moment(envelope.raised_at),
            due=_moment(envelope.due_at),
            late=span(now - envelope.due_at),
        )
        for envelope in found
    )


def span(time: timedelta) -> str:
    """2 days 3 hours; 3 hours 12 minutes; 5 minutes"""
    minutes = max(1, int(time.total_seconds() // 60))
    if minutes >= 24 * 60:
        days, hours = divmod(minutes // 60, 24)
        return f"{plural(days, 'day')} {plural(hours, 'hour')}" if hours else plural(days, "day")
    hours, minutes = divmod(minutes, 60)
    if not hours:
        return plural(minutes, "minute")
    return f"{plural(hours, 'hour')} {plural(minutes, 'minute')}" if minutes else plural(hours, "hour")


def _moment(at: datetime) -> str:
    local = timezone.localtime(at)
    return f"{short_day(local)}, {clock_time(local)}"


def figures(found: Figures, on: date) -> FigureWords:
    """Every figure of the page in words."""
    statuses = tuple((STATUS_WORDS[s], found.by_status.get(s.value, 0)) for s in EpisodeStatus)
    return FigureWords(
        window=(
            f"the last {WINDOW_DAYS} days, since {short_day(found.since)}, "
            f"counted at {clock_time(found.counted_at)}"
        ),
        statuses=statuses,
        ended=", ".join(
            f"{found.ended_by_reason[reason.value]} {END_WORDS[reason]}"
            for reason in EndReason
            if found.ended_by_reason.get(reason.value)
        ),
        waits=_waits(found.waits),
        alerts=_alerts(found.alerts, on),
        completeness=(*_completeness(found.completeness), *_attendance(found)),
        is_empty=not any(count for _, count in statuses),
    )


def _waits(waits: Waits) -> tuple[Line, ...]:
    longest = "" if waits.longest is None else f"the longest for {plural(waits.longest, 'day')}"
    median = "–" if waits.median_to_begin is None else f"{_days(waits.median_to_begin)}"
    return (
        Line("Waiting for session 1", str(waits.waiting), longest),
        Line("From enquiry to session 1, median", median, f"of {waits.began} who began"),
    )


def asking_lines(found: WaitFigures, targets: Targets, takers: int) -> tuple[Line, ...]:
    """Those who asked on the public page and have no therapist yet: numbers alone."""
    longest = f"the longest for {plural(found.longest, 'day')}" if found.waiting else ""
    lines = [
        Line("Asked for help, not handed over yet", str(found.waiting), longest),
        Line(
            "Of these without a first try in time",
            str(found.number(Late.UNANSWERED)),
            f"target {plural(targets.answer_days, 'day')}",
        ),
        Line(
            "Of these waiting too long",
            str(found.number(Late.WAITS)),
            f"target {plural(targets.wait_days, 'day')}",
        ),
    ]
    if not takers:
        lines.append(
            Line("People who take enquiries", "0", "the public form is closed: look at OPENIPT_INTAKE")
        )
    if urgent := found.number(Late.DANGER):
        lines.append(Line("To be looked at first, and not reached yet", str(urgent), "ask intake at once"))
    return tuple(lines)


def _days(number: float) -> str:
    return f"{number:g} {'day' if number == 1 else 'days'}"


def _alerts(alerts: AlertFigures, on: date) -> tuple[Line, ...]:
    due = ""
    if alerts.next_due is not None:
        local = timezone.localtime(alerts.next_due)
        when = clock_time(local) if local.date() == on else _moment(local)
        due = f"the next limit is {'today at ' if local.date() == on else ''}{when}"
    return (
        Line("Waiting, within their limit", str(alerts.unanswered_in_time), due),
        Line("Taken on by a clinician, still open", str(alerts.being_worked)),
        Line("Acknowledged in time", share_in_words(alerts.answered_in_time)),
    )


def _completeness(found: Completeness) -> tuple[Line, ...]:
    return (
        Line("Sessions held with a PHQ-9", share_in_words(found.scores)),
        Line("Sessions held and signed", share_in_words(found.signed)),
        Line("Check-ins begun and finished", share_in_words(found.check_ins)),
        Line("Active episodes with a baseline", share_in_words(found.baseline), "today"),
    )


def _attendance(found: Figures) -> tuple[Line, ...]:
    missed = share_in_words(found.sessions_missed)
    return (Line("Sessions missed, of those held or missed", missed, "cancelled ones are not counted"),)


def share_in_words(share: Share) -> str:
    """12 of 14 (86 %); a dash where there is nothing to count."""
    return f"{share.part} of {share.whole} ({share.percent} %)" if share.whole else "–"


def check_in_words(check: AuditCheck | None, on: date) -> AuditWords:
    """When the audit was last checked and what was found."""
    if check is None:
        return AuditWords("Not checked yet.", "", "info")
    local = timezone.localtime(check.at)
    day = "today" if local.date() == on else short_day(local)
    when = f"Checked {day} at {clock_time(local)}."
    counted = f"{check.events:,} events in {plural(check.chains, 'chain')}"
    if check.is_whole:
        return AuditWords(f"Whole: {counted}, none changed, none missing.", when, "done")
    return AuditWords(f"Broken: {counted} were walked.", when, "danger", check.faults)


def worker_in_words(found: Health, told: Sequence[Delivery], now: datetime) -> WorkerWords:
    """Whether anybody is told by itself, what waits, and the last telling to each by each channel."""
    return replace(_how_it_does(found, now), told=tuple(_told(row, now) for row in told))


def _told(row: Delivery, now: datetime) -> tuple[str, ...]:
    person, known = row.recipient, known_of(row, now)
    name = MACHINE
    if person is not None:
        name = f"{person.display_name or person.username}, {ROLES.get(Role(person.role), person.role)}"
    return name, CHANNEL_WORDS[Channel(row.channel)], known.state, known.tries or "–", known.last


def _how_it_does(found: Health, now: datetime) -> WorkerWords:
    beat = f"Last sign of life {_moment(found.beat_at)}." if found.beat_at else "It has never run."
    if not found.runs:
        words = "It does not run: nobody is told by e-mail, and no alert goes on through the call tree."
        return WorkerWords(f"{words} {beat}", "danger", _worker_lines(found))
    if found.is_well:
        return WorkerWords(f"It runs. {beat}", "done", _worker_lines(found))
    wrong = "the audit is broken" if found.audit_is_broken else "something does not arrive"
    tone = "danger" if found.audit_is_broken else "attention"
    return WorkerWords(f"It runs, and {wrong}: see below. {beat}", tone, _worker_lines(found))


def _worker_lines(found: Health) -> tuple[Line, ...]:
    answer = f"last answer {found.last_code}" if found.last_code else "no answer" if found.failing else ""
    lag = span(found.lag) if found.lag >= timedelta(minutes=1) else "none"
    lines = [
        Line("Work that is late", lag, f"{plural(found.looks_due, 'alert')} to look at"),
        Line("Messages that wait to be sent", str(found.waiting)),
        Line("Of these tried and not accepted", str(found.failing), answer),
        Line("Given up in the last 7 days", str(found.given_up)),
        Line("Done by", found.holder or "nobody"),
        Line("E-mail", "on" if found.mail_on else "off", _addresses(found)),
        Line("Webhook", "on" if found.webhook_on else "off"),
    ]
    if found.clock_back_at is not None:
        lines.append(
            Line("The clock went back", _moment(found.clock_back_at), "everything was looked at anew")
        )
    return tuple(lines)


def _addresses(found: Health) -> str:
    if not found.without_address:
        return ""
    return f"{plural(found.without_address, 'person', 'people')} of the staff without an address"
