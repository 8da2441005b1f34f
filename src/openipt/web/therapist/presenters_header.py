"""The header of an episode in words: where the course is, its focus, its risk, its last score."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.utils import timezone

from openipt.core.course import known
from openipt.core.course.course import Attendance, EpisodeStatus, Meeting
from openipt.core.course.phases import (
    awaits_before,
    meetings_after,
    meetings_before,
    phase_by_plan,
    phase_on,
    planned_sessions,
    present_session,
    session_number,
    session_phase,
)
from openipt.core.course.progress import main_measure
from openipt.core.course.scores import PHQ9, answers_of, latest_total, start_score
from openipt.core.manual.model import Manual
from openipt.core.manual.names import PHASES_AFTER, PHASES_BEFORE
from openipt.core.measures.change import ReliableChange, reliable_change
from openipt.core.measures.definitions import Measure
from openipt.core.safety.levels import Level
from openipt.records.models import Alert
from openipt.web.drawing.phase_track import Mark, PhaseTrack, phase_track
from openipt.web.jinja import clock_time, short_day
from openipt.web.meeting_words import meeting_title, place_in_course, title_in_course
from openipt.web.shell import AlertLine, EpisodeHeader, episode_rooms
from openipt.web.status_words import STATUS_WORDS

if TYPE_CHECKING:
    from openipt.web.therapist.common import EpisodePage

COVER_ROOMS = ("safety",)
PHASE_WORDS = {"pre": "Before treatment"}
TONES = {Level.GREEN: "quiet", Level.YELLOW: "attention", Level.ORANGE: "danger", Level.RED: "danger"}
CHANGE_WORDS = {
    ReliableChange.IMPROVED: "a reliable improvement",
    ReliableChange.DETERIORATED: "a reliable deterioration",
    ReliableChange.NONE: "within the measure's error",
}
ASK_TITLE = "Ask about safety: a risk question was passed over"


def present_header(page: EpisodePage) -> EpisodeHeader:
    """The header for this person. A colleague in cover is shown name, phase and risk, and no more."""
    manual = page.manual
    risk, tone = risk_in_words(page)
    score = score_line(page) if page.sees_all else None
    track = present_track(page)
    return EpisodeHeader(
        episode=page.episode.pk,
        client=page.episode.client.name,
        treatment=f"{manual.title or manual.name}{', research only' if manual.research else ''}",
        phase=_standing(page),
        place=place_in_words(page, track),
        track=track,
        focus=focus_in_words(page) if page.sees_all else "",
        risk=risk,
        risk_tone=tone,
        score=score[0] if score else "",
        score_on=score[1] if score else None,
        change=score[2] if score else "",
        rooms=_rooms(page),
        alerts=tuple(alert_line(page, alert) for alert in page.alerts),
    )


def place_in_words(page: EpisodePage, track: PhaseTrack) -> str:
    """session 3 of 12, 12 sessions planned; of an ended episode without one, that no session was held."""
    if not session_number(page.course) and not track.dots:
        return f"no {page.manual.session_word} held"
    return place_in_course(page.manual, page.course, page.status.phase)


def _standing(page: EpisodePage) -> str:
    """The phase, and the part of the treatment where it has parts; of an episode that does not run, that it is
    paused or has ended.
    """
    if page.status.status in (EpisodeStatus.PAUSED, EpisodeStatus.ENDED):
        return STATUS_WORDS[page.status.status]
    part = page.manual.part_in(page.status.phase, page.status.session_number)
    title = phase_title(page, page.status.phase)
    return f"{title}, {part.title[:1].lower()}{part.title[1:]}" if part else title


def _rooms(page: EpisodePage):
    rooms = episode_rooms(page.episode.pk, page.room)
    if page.sees_all:
        return rooms
    ours = tuple(page.address(f"{room}/") for room in COVER_ROOMS)
    return tuple(link for link in rooms if link.address in ours)


def phase_title(page: EpisodePage, phase: str) -> str:
    """A phase in words, as the manual calls it."""
    named = {found.id: found.title for found in page.manual.phases}
    return named.get(phase) or PHASE_WORDS.get(phase) or phase.capitalize()


def focus_in_words(page: EpisodePage) -> str:
    areas = page.codes["areas"]
    return ", ".join(areas.get(area, area) for area in known.focus(page.course))


def risk_in_words(page: EpisodePage) -> tuple[str, str]:
    """The level with its day, and the tone it is shown in. What nobody has asked is said so."""
    found = known.risk_level(page.course)
    if found is None:
        return "Not asked yet", "quiet"
    if found.provisional:
        return f"{found.level.word.capitalize()} by item 9, not assessed yet", TONES[found.level]
    return f"{found.level.word.capitalize()}, set {short_day(found.on)}", TONES[found.level]


def score_line(page: EpisodePage) -> tuple[str, date, str] | None:
    """The last score of the main measure, its day, and the change from the start with its rule."""
    main = main_measure(page.manual, page.course) or PHQ9
    latest = latest_total(page.manual, page.course, main)
    if latest is None:
        return None
    on, total = latest
    measure = page.manual.measure_list[main]
    start = start_score(page.manual, page.course, main) if _answered_again(page, main) else None
    return f"{measure.title} {total:g}", on, change_in_words(measure, start, total)


def _answered_again(page: EpisodePage, measure: str) -> bool:
    """One score has nothing to be held against."""
    return len([answers for answers in answers_of(page.course, measure) if answers.finished]) > 1


def change_in_words(measure: Measure, start: float | None, now: float) -> str:
    """6 lower than at the start, a reliable improvement; nothing where there is no start to compare."""
    if start is None:
        return ""
    moved = abs(now - start)
    way = "lower" if now < start else "higher"
    size = f"{moved:g} {way} than at the start" if moved else "the same as at the start"
    verdict = reliable_change(measure, start, now)
    return f"{size}, {CHANGE_WORDS[verdict]}" if verdict and moved else size


def present_track(page: EpisodePage) -> PhaseTrack:
    """A dot for every meeting held or missed, and for every session still to come."""
    manual, course = page.manual, page.course
    titles = {phase.id: phase.title for phase in manual.phases} | PHASE_WORDS
    marks = [*_past_marks(page), *_coming_marks(page)]
    return phase_track(
        marks,
        session=session_number(course),
        planned=planned_sessions(course),
        titles=titles,
        word=manual.session_word,
        place=place_in_course(manual, course, page.status.phase) if meetings_after(manual, course) else "",
    )


def _past_marks(page: EpisodePage) -> list[Mark]:
    marks: list[Mark] = []
    phase = page.manual.phase_before.id if page.manual.phase_before else "initial"
    for meeting in page.course.meetings:
        if meeting.attendance.is_held and meeting.number:
            phase = session_phase(page.manual, page.course, meeting)
            state = "today" if meeting is present_session(page.course) and meeting.on == page.on else "held"
            name = (
                title_in_course(page.manual, page.course, meeting.number, phase)
                if phase in PHASES_AFTER
                else ""
            )
            marks.append(Mark(state, phase, meeting.number, short_day(meeting.on), name))
        elif meeting.attendance.is_held and meeting.phase in PHASES_BEFORE:
            state = "today" if meeting.on == page.on and not page.course.held else "held"
            marks.append(_before(state, meeting.phase, meeting.on))
        elif meeting.attendance in (Attendance.MISSED, Attendance.CANCELLED):
            marks.append(Mark(meeting.attendance.value, phase, None, short_day(meeting.on)))
    return marks


def _before(state: str, phase: str, on: date | None) -> Mark:
    """A meeting before session 1: it has no number."""
    return Mark(state, phase, None, short_day(on) if on else "", meeting_title(None, phase))


def _coming_marks(page: EpisodePage) -> list[Mark]:
    """Sessions to come by plan, the next with its date; today's open where it is planned for today.

    None of an ended episode: its end is where it ended.
    """
    course, held = page.course, len(page.course.held)
    dates = _planned_days(course.meetings, page.on)
    now = phase_on(page.manual, course, page.on)
    order = ["pre", *(phase.id for phase in page.manual.phases)]
    marks: list[Mark] = []
    if page.status.has_ended:
        return marks
    if phase_before := awaits_before(page.manual, course):
        assert page.manual.phase_before is not None
        for _ in range(page.manual.phase_before.meetings[0] - len(meetings_before(course))):
            day = dates.pop(0) if dates else None
            marks.append(_before("today" if day == page.on else "planned", phase_before, day))
    to_come = range(held + 1, held + page.status.remaining + 1)
    for place, number in enumerate(to_come):
        phase = max(phase_by_plan(page.manual, course, number), now, key=_place_in(order))
        day = dates[place] if place < len(dates) else None
        state = "today" if place == 0 and day == page.on else "planned"
        marks.append(Mark(state, phase, number, short_day(day)))
    return [*marks, *_after_marks(page, dates[len(to_come) :])]


def _after_marks(page: EpisodePage, dates: list[date]) -> list[Mark]:
    """Meetings after the contract: the fewest there are, or as many as are planned."""
    phase, held = page.manual.phase_after, len(meetings_after(page.manual, page.course))
    if phase is None or page.status.status is EpisodeStatus.MAINTENANCE:
        return []
    to_come = min(max(phase.meetings[0] - held, len(dates)), phase.meetings[1] - held)
    days = [*dates, *[None] * to_come][: max(0, to_come)]
    name = PHASES_AFTER[phase.id].capitalize()
    states = ["today" if day == page.on else "planned" for day in days]
    return [
        Mark(state, phase.id, None, short_day(day) if day else "", name)
        for state, day in zip(states, days, strict=True)
    ]


def _place_in(order: list[str]):
    return lambda phase: order.index(phase) if phase in order else 0


def _planned_days(meetings: tuple[Meeting, ...], today: date) -> list[date]:
    planned = [m.on for m in meetings if m.attendance is Attendance.PLANNED and m.on >= today]
    return sorted(planned)


def alert_line(page: EpisodePage, alert: Alert) -> AlertLine:
    """An open alert as it stands on top of every room, in words without a client's own."""
    return AlertLine(
        title=alert_title(page, alert),
        raised=when_in_words(page, alert),
        address=page.address(f"alerts/{alert.pk}/"),
        grave=alert.severity in ("warning", "critical"),
        detail=alert_detail(page, alert),
    )


def alert_title(page: EpisodePage, alert: Alert) -> str:
    rule = page.manual.rules.get(alert.rule)
    return rule.title if rule else ASK_TITLE


def alert_detail(page: EpisodePage, alert: Alert) -> str:
    """What raised it: the item and every value chosen, in their order; or the record."""
    return choices_in_words(page.manual, alert)


def choices_in_words(manual: Manual, alert: Alert) -> str:
    """PHQ-9 item 9: 2, then 0. Or the record it came from."""
    choices = alert.inputs.get("choices", [])
    if choices:
        measure = manual.measure_list.get(choices[0]["measure"])
        title = measure.title if measure else choices[0]["measure"]
        item = f" item {choices[0]['item']}" if choices[0]["item"] else ""
        values = ", then ".join("declined" if c["value"] is None else f"{c['value']:g}" for c in choices)
        return f"{title}{item}: {values}."
    record = manual.record_types.get(alert.inputs.get("record", ""))
    return f"From the record: {record.title.lower()}." if record else ""


def when_in_words(page: EpisodePage, alert: Alert) -> str:
    """today 08:41; 3 Mar 08:41, and that somebody has it in hand."""
    day = timezone.localtime(alert.raised_at).date()
    said = "today" if day == page.on else short_day(day)
    seen = ", acknowledged" if alert.acknowledged_at else ""
    return f"{said} {clock_time(alert.raised_at)}{seen}"
