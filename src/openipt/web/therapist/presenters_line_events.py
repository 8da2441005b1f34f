"""What stands in time on the line: life events, medication, sudden changes, alerts, arrangements."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any
from uuid import UUID

from django.utils import timezone

from openipt import library
from openipt.core.course import known
from openipt.core.course.course import AdaptationChange, Attendance
from openipt.core.course.medication import MedicationEvent, medication_events
from openipt.core.course.sudden import SuddenChange, sudden_changes
from openipt.core.fields.when import When
from openipt.core.fields.words import date_in_words
from openipt.records.models import Alert
from openipt.records.prepared import Prepared
from openipt.web.drawing.symptom_line import Happening
from openipt.web.jinja import plural
from openipt.web.meeting_words import kind_name
from openipt.web.therapist.common import EpisodePage
from openipt.web.therapist.presenters_header import alert_detail, alert_title

_ALERTS = Prepared(lambda episode: Alert.objects.filter(episode=episode).order_by("raised_at"), UUID)

LIFE = "rec_timeline"
# A month stands in its middle, a year too: a date that is not sure is not drawn as a first of the month.
MIDDLE_DAY, MIDDLE_MONTH = 15, 7


def happenings(page: EpisodePage, layers: frozenset[str]) -> tuple[Happening, ...]:
    """Everything of the layers asked for, oldest first."""
    found = [one for layer, make in _SOURCES.items() if layer in layers for one in make(page)]
    return tuple(sorted(found, key=lambda happening: happening.on))


def _life_events(page: EpisodePage) -> Iterator[Happening]:
    """Events of the time line that have a date."""
    for entry in page.entries(LIFE):
        values = entry.visible
        when, text = When.of_values(values), values.get("text")
        if values.get("type") == "event" and text and when is not None:
            on = when.day_known or drawn_on(values.get("date")) or when.named
            yield Happening(on, str(text), kind="event", when="" if when.day_known else _said(when))


def _said(when: When) -> str:
    words = when.words()
    return f"{words[0].upper()}{words[1:]}"


def drawn_on(said: Any) -> date | None:
    """The day a date stands at: itself; the middle of a month or a year."""
    first = known.first_day(said)
    if first is None or known.day(said) is not None or not isinstance(said, str):
        return first
    month = first.month if len(said.strip()) > 4 else MIDDLE_MONTH
    return date(first.year, month, MIDDLE_DAY)


def _medication(page: EpisodePage) -> Iterator[Happening]:
    for event in medication_events(page.course):
        on = drawn_on(event.since) if event.is_start and event.since else None
        when = "" if known.day(event.since) or not event.since else date_in_words(event.since)
        yield Happening(on or event.on, medication_words(event), kind="medication", when=when)


def medication_words(event: MedicationEvent) -> str:
    if event.is_start:
        return f"{event.drug} {event.dose} begun".replace("  ", " ")
    return f"{event.drug} changed from {event.before} to {event.dose}, as written down that day"


def _sudden(page: EpisodePage) -> Iterator[Happening]:
    for change in sudden_changes(page.manual, page.course):
        yield Happening(change.after.on, sudden_words(change), kind="jump")


def sudden_words(change: SuddenChange) -> str:
    """Sudden gain with its rule; a loss is ours and says so."""
    moved = (
        f"PHQ-9 {change.before.total:g} to {change.after.total:g} "
        f"between sessions {change.before.session} and {change.after.session}"
    )
    if change.is_gain:
        return f"Sudden gain, {moved} (rule DR-25, project default). Ask what happened."
    return f"Sudden loss, {moved} (the mirror of DR-25, ours, project default)."


def _alerts(page: EpisodePage) -> Iterator[Happening]:
    for alert in _ALERTS(page.episode.pk):
        words = f"{alert_title(page, alert)}. {alert_detail(page, alert)}".strip()
        yield Happening(timezone.localtime(alert.raised_at).date(), words, attention=True, kind="alert")


def _arrangements(page: EpisodePage) -> Iterator[Happening]:
    """Sessions not held, focus and plan."""
    for meeting in page.course.meetings:
        if meeting.attendance in (Attendance.MISSED, Attendance.CANCELLED):
            yield Happening(meeting.on, f"Session {meeting.attendance.value}", kind="arrangement")
    for meeting in page.course.beside:
        if meeting.attendance is not Attendance.PLANNED:
            number = meeting.number or meeting.attendance.value
            name = kind_name(page.manual, meeting.kind, None)
            yield Happening(meeting.on, f"{name} {number}", kind="arrangement")
    for focus in known.focus_history(page.course):
        areas = ", ".join(page.codes["areas"].get(area, area) for area in focus.areas)
        yield Happening(focus.on, f"Focus: {areas}", kind="arrangement")
    manner_on = {change.on for change in page.course.adaptation_changes if change.is_of_manner}
    for change in page.course.plan_changes:
        if change.on in manner_on:  # the number stayed as it was
            continue
        yield Happening(change.on, f"{plural(change.planned_sessions, 'session')} agreed", kind="arrangement")
    for over in page.course.adaptation_changes:
        yield Happening(over.on, f"Goes on as {_title(over)}", kind="arrangement")


def _title(over: AdaptationChange) -> str:
    try:
        manual = library.manual(over.adaptation, over.manual_version)
    except KeyError:
        return over.adaptation
    return manual.title or manual.name


_SOURCES: dict[str, Callable[[EpisodePage], Iterator[Happening]]] = {
    "event": _life_events,
    "medication": _medication,
    "jump": _sudden,
    "alert": _alerts,
    "arrangement": _arrangements,
}
