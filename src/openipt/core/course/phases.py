"""Which phase a session is in, how many sessions are planned and how many remain (ipt.md 3.2, 22.1).

A past session's phase never moves: what was recorded when the session began wins, and where nothing
was recorded the plan that stood on that day decides.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from openipt.core.course.course import Course, Entry, EpisodeStatus, Meeting, PhaseChange, once
from openipt.core.manual.model import Manual
from openipt.core.manual.names import PHASES, PHASES_AFTER, PHASES_BEFORE

ORDER = PHASES
EARLIER = "acute"  # of a session before the present adaptation, where no phase was recorded
MAINTENANCE = "maintenance"  # the phase, and what a contract for it covers


@dataclass(frozen=True)
class Plan:
    """The number of sessions planned from a day on; `phase` is where added ones belong, if it was said."""

    planned: int
    on: date
    phase: str = ""


@once
def plans(course: Course) -> tuple[Plan, ...]:
    """Every plan in the order it was agreed: as the episode was opened, by contract, by extension."""
    from_contracts = [
        (entry.on, 0, Plan(planned + _before_contract(course, entry), entry.on))
        for entry in course.entries_of("rec_contract")
        if (planned := _whole(entry.values.get("sessions_planned"))) and not _of_maintenance(course, entry)
    ]
    from_changes = [
        (change.on, 1, Plan(change.planned_sessions, change.on, change.phase))
        for change in course.plan_changes
    ]
    agreed = [plan for *_, plan in sorted([*from_contracts, *from_changes], key=lambda found: found[:2])]
    return (Plan(course.planned_sessions, date.min), *agreed)


def _before_contract(course: Course, contract: Entry) -> int:
    """A contract counts the sessions of its own part of the course: those held before that come to them."""
    anew = [c for c in course.adaptation_changes if c.counts_anew and c.on <= contract.on]
    return anew[-1].session if anew else 0


def _of_maintenance(course: Course, contract: Entry) -> bool:
    """A maintenance contract (X01) plans sessions of its own; it does not change the acute course's number."""
    anew = _switched_on(course)
    begun = [c.on for c in course.status_changes if c.status is EpisodeStatus.MAINTENANCE and c.on >= anew]
    said = contract.for_task == "X01" or contract.values.get("covers") == MAINTENANCE
    return said or any(contract.on >= on for on in begun)


def sessions_before(course: Course) -> int:
    """Sessions held before the course went on by its present adaptation: its own are counted from there."""
    return course.begun_anew.session if course.begun_anew else 0


def begun_again(manual: Manual, course: Course) -> int:
    """Sessions held before acute treatment began again, such as after maintenance; 0 where it did not."""
    return sessions_before(course) if manual.is_acute else 0


def since_begun_again(manual: Manual, course: Course) -> date:
    """The day from which acute treatment is counted anew; the first day there is where it is not."""
    return course.begun_anew.on if course.begun_anew and manual.is_acute else date.min


def acute_sessions(manual: Manual, course: Course) -> int:
    """Sessions of the acute course: those planned, or those held when it went on by another adaptation."""
    if begun_again(manual, course):
        return planned_sessions(course) - begun_again(manual, course)
    return sessions_before(course) or planned_sessions(course)


def planned_sessions(course: Course) -> int:
    """How many sessions are planned: the latest contract or extension, else the plan at the opening."""
    return plans(course)[-1].planned


@once
def phase_spans(manual: Manual, course: Course) -> Mapping[str, tuple[int, int]]:
    """Phase -> (first, last session) by the plan as it stands, extensions in the phase that was named.

    Meetings after the contract follow on it, the most that there may be.
    """
    return _spans_by(manual, course, plans(course))


def _spans_by(manual: Manual, course: Course, agreed: tuple[Plan, ...]) -> dict[str, tuple[int, int]]:
    before = sessions_before(course)
    own = _of_this_adaptation(course, agreed)
    lengths = _lengths(manual, own[0].planned)
    for earlier, after in zip(own, own[1:], strict=False):
        lengths = _changed(manual, lengths, earlier.planned, after)
    if manual.phase_after:
        lengths = lengths | {manual.phase_after.id: manual.most_after}
    return {phase: (first + before, last + before) for phase, (first, last) in _spans(lengths).items()}


def _of_this_adaptation(course: Course, agreed: tuple[Plan, ...]) -> tuple[Plan, ...]:
    """The plans made since the course goes by its present adaptation, in sessions of its own."""
    if course.begun_anew is None:
        return agreed
    since, before = course.begun_anew.on, sessions_before(course)
    own = [plan for plan in agreed if plan.on >= since and plan.planned > before] or [agreed[-1]]
    return tuple(replace(plan, planned=max(1, plan.planned - before)) for plan in own)


def _lengths(manual: Manual, planned: int) -> dict[str, int]:
    return {phase: last - first + 1 for phase, (first, last) in manual.phase_split(planned).items()}


def _changed(manual: Manual, lengths: dict[str, int], before: int, plan: Plan) -> dict[str, int]:
    added = plan.planned - before
    if added == 0:
        return lengths
    if added < 0 or plan.phase not in lengths:
        return _lengths(manual, plan.planned)
    return {phase: n + (added if phase == plan.phase else 0) for phase, n in lengths.items()}


def _spans(lengths: Mapping[str, int]) -> dict[str, tuple[int, int]]:
    spans, last = {}, 0
    for phase, length in lengths.items():
        spans[phase] = (last + 1, last + length)
        last += length
    return spans


def phase_by_plan(manual: Manual, course: Course, number: int) -> str:
    """The phase a session of this number falls in by plan; beyond the plan, the last phase."""
    return _in_spans(phase_spans(manual, course), number)


def _in_spans(spans: Mapping[str, tuple[int, int]], number: int) -> str:
    if number < 1:
        return "pre"
    for phase, (first, last) in spans.items():
        if first <= number <= last:
            return phase
    return EARLIER if number < min(first for first, _ in spans.values()) else list(spans)[-1]


def present_session(course: Course) -> Meeting | None:
    """The session in progress, or the last one held; None before session 1."""
    return course.held[-1] if course.held else None


@once
def meetings_before(course: Course) -> tuple[Meeting, ...]:
    """Meetings held before session 1 that belong to a phase of their own, such as those before a group, in order.

    They have no number, and no contract counts them.
    """
    held = (m for m in course.meetings if m.attendance.is_held and m.number == 0)
    return tuple(sorted((m for m in held if m.phase in PHASES_BEFORE), key=lambda m: m.on))


def awaits_before(manual: Manual, course: Course) -> str:
    """The phase whose meetings come next, while the fewest before session 1 were not held; "" where none do."""
    phase = manual.phase_before
    if phase is None or course.held or len(meetings_before(course)) >= phase.meetings[0]:
        return ""
    return phase.id


def session_number(course: Course) -> int:
    """The number of the present session, 0 before session 1."""
    present = present_session(course)
    return present.number or 0 if present else 0


def remaining(course: Course) -> int:
    """Planned sessions minus held ones, the present one counted as held once it has begun; never below 0.

    None in a phase after the contract, also where not all of it was held.
    """
    return 0 if beyond_contract(course) else max(0, planned_sessions(course) - len(course.held))


def beyond_contract(course: Course) -> bool:
    """The course is in a phase of meetings after the contract: it was decided, or one of them was held."""
    since = _switched_on(course)
    decided = any(c.phase in PHASES_AFTER and c.on >= since for c in course.phase_changes)
    return decided or any(m.phase in PHASES_AFTER and m.on >= since for m in course.held)


@once
def meetings_after(manual: Manual, course: Course) -> tuple[Meeting, ...]:
    """Meetings held after the contract, such as boosters, in order."""
    if manual.phase_after is None:
        return ()
    return tuple(m for m in course.held if session_phase(manual, course, m) == manual.phase_after.id)


def after_words(manual: Manual, course: Course, number: int = 0) -> str:
    """`booster 1 of up to 4`: the meeting of this number, or the next one; `booster` where there is but one."""
    held, most = [m.number for m in meetings_after(manual, course)], manual.most_after
    name = PHASES_AFTER[manual.phase_after.id] if manual.phase_after else ""
    place = held.index(number) + 1 if number in held else len(held) + 1
    if most == 1 and place == 1:
        return name
    of_all = f"{most}" if manual.fewest_after == most else f"up to {most}"
    return f"{name} {place} of {of_all}" if place <= most else f"{name} {place}"


def days_after(manual: Manual, course: Course) -> tuple[date, date] | None:
    """The first and last day for the first meeting after the contract, where the manual says when and it is to come."""
    phase = manual.phase_after
    if phase is None or not any(phase.weeks) or remaining(course) or meetings_after(manual, course):
        return None
    if not course.held or has_ended(course):
        return None
    earliest, latest = (course.held[-1].on + timedelta(weeks=weeks) for weeks in phase.weeks)
    return earliest, latest


def session_phase(manual: Manual, course: Course, meeting: Meeting) -> str:
    """The phase of one held session: as recorded, else by the plan of its day and never an earlier one."""
    if meeting.phase in ORDER and meeting.phase != "pre":
        return meeting.phase
    if before := _before_a_change(course, meeting):
        return before
    agreed = plans(course)
    then = tuple(plan for plan in agreed if plan.on <= meeting.on)
    spans = phase_spans(manual, course) if len(then) == len(agreed) else _spans_by(manual, course, then)
    phases = [_in_spans(spans, meeting.number or 0)]
    place = (meeting.on, meeting.number or 0)
    earlier = next((m for m in reversed(course.held) if (m.on, m.number or 0) < place), None)
    since = _switched_on(course)
    if earlier is not None and (earlier.number or 0) > sessions_before(course):
        phases.append(session_phase(manual, course, earlier))
    changes = (change for change in course.phase_changes if since <= change.on <= meeting.on)
    phases += [change.phase for change in changes if _came_before(change, meeting)]
    if _in_maintenance(course, meeting.on):
        phases.append("maintenance")
    return max(phases, key=ORDER.index)


def _switched_on(course: Course) -> date:
    """The day the course went on by its present adaptation; what was decided before says nothing of its phases."""
    return course.begun_anew.on if course.begun_anew else date.min


def _before_a_change(course: Course, meeting: Meeting) -> str:
    """The phase a session had when the course was changed over to another manual; "" for a later session."""
    number = meeting.number or 0
    for change in course.adaptation_changes:
        if 1 <= number <= len(change.phases):
            return change.phases[number - 1]
    return ""


def _in_maintenance(course: Course, day: date) -> bool:
    """Had the episode gone on to maintenance before this day? The last session of treatment may be on the day itself."""
    before = sorted((c for c in course.status_changes if c.on < day), key=lambda change: change.on)
    running = [c.status for c in before if c.status in (EpisodeStatus.ACTIVE, EpisodeStatus.MAINTENANCE)]
    return running[-1:] == [EpisodeStatus.MAINTENANCE]


def _came_before(change: PhaseChange, meeting: Meeting) -> bool:
    """Was the phase changed before this meeting began? One made in or after it counts for the next."""
    earlier_session = change.session is not None and change.session < (meeting.number or 0)
    return change.phase in ORDER and (change.on < meeting.on or earlier_session)


def phase_on(manual: Manual, course: Course, today: date) -> str:
    """The phase as things stand: of the present session, or as changed on a day after it."""
    present = _last_meeting(course)
    since = present.on if present else date.min
    changes = [
        (c.on, c.phase)
        for c in course.phase_changes
        if c.phase in ORDER and (c.on > since or (c.phase in PHASES_AFTER and c.on == since < today))
    ]
    changes += [  # gone on to on the day of the last session, it counts from the next day
        (c.on, "maintenance")
        for c in course.status_changes
        if c.status is EpisodeStatus.MAINTENANCE and (c.on > since or c.on == since < today)
    ]
    changes += [  # so does another adaptation
        (c.on, manual.first_phase)
        for c in course.adaptation_changes[-1:]
        if c.counts_anew and (c.on > since or c.on == since < today)
    ]
    if changes:
        return sorted(changes, key=lambda change: change[0])[-1][1]  # of one day the last word counts
    return _present_phase(manual, course)


@once
def _present_phase(manual: Manual, course: Course) -> str:
    present = present_session(course)
    if present is not None:
        return session_phase(manual, course, present)
    before = _last_meeting(course)
    return before.phase if before else "pre"


def _last_meeting(course: Course) -> Meeting | None:
    """The present session; before session 1 the last meeting of a phase that holds meetings before it."""
    before = meetings_before(course)
    return present_session(course) or (before[-1] if before else None)


def beside_words(manual: Manual, course: Course, kind_id: str, number: int | None = None) -> str:
    """`ward group 3 of 8`: the meeting of this number, or the last one held; `ward group 0 of 8` before the first."""
    kind = manual.kind(kind_id)
    if kind is None:
        return f"meeting {number}" if number else "meeting"
    held = course.held_beside(kind_id)
    place = number if number is not None else len(held)
    return f"{kind.name} {place} of {kind.count}" if place <= kind.most else f"{kind.name} {place}"


def status_on(course: Course) -> EpisodeStatus | None:
    """The latest recorded status of the episode; None where none was recorded."""
    changes = sorted(course.status_changes, key=lambda change: change.on)
    return changes[-1].status if changes else None


def is_over(course: Course) -> bool:
    """Acute treatment is over: the episode ended, went on to maintenance or to what comes after the contract."""
    return left_treatment(course) or beyond_contract(course)


def left_treatment(course: Course) -> bool:
    """The episode ended or went on to maintenance."""
    return status_on(course) in (EpisodeStatus.ENDED, EpisodeStatus.MAINTENANCE)


def has_ended(course: Course) -> bool:
    """The episode has ended: nothing of it is still to come. (It may have ended with sessions remaining.)"""
    return status_on(course) is EpisodeStatus.ENDED


def acute_end_reached(manual: Manual, course: Course) -> bool:
    """The last planned session has begun, or a discharge is recorded, or the episode ended as completed.

    What goes on from an acute course has its end behind it.
    """
    if not manual.is_acute:
        return bool(course.held)
    if course.held and remaining(course) == 0:
        return True
    since = since_begun_again(manual, course)
    if any(entry.on >= since for entry in course.entries_of("rec_discharge")):
        return True
    return any(
        change.status is EpisodeStatus.MAINTENANCE
        or (change.status is EpisodeStatus.ENDED and change.reason == "completed")
        for change in course.status_changes
        if change.on >= since
    )


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None
