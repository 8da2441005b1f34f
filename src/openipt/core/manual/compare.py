"""Two adaptations side by side, in words a clinician reads: only what differs, part by part.

Each side is said by the same function, so a row is there exactly where the two would be told
differently. An empty side means: not there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from openipt.core.manual.model import (
    NOWHERE,
    CarerPoint,
    Length,
    Manual,
    MeetingKind,
    Phase,
    Requirement,
    ScheduleItem,
    Task,
    TreatmentPart,
)
from openipt.core.manual.names import (
    EXIT_CONDITIONS,
    LEAVING_REASONS,
    MARKS,
    MEASURE_CONDITIONS,
    MEETING_FORMATS,
    PHASES,
    PHASES_AFTER,
    PHASES_BEFORE,
    TASK_LIMITS,
)

REQUIREMENTS = {
    Requirement.REQUIRED: "required",
    Requirement.CONDITIONAL: "required under a condition",
    Requirement.OPTIONAL: "optional",
}
FREQUENCIES = {
    "weekly": "weekly",
    "twice_weekly": "twice a week",
    "fortnightly": "fortnightly",
    "monthly": "monthly",
    "as_agreed": "as agreed",
}
MOMENTS = {
    "baseline": "before session 1",
    "session": "each session",
    "sessions_3_8_12": "certain sessions",
    "end": "at the end",
    "follow_up": "after the end",
}
MARK_WORDS = {"GKU": "unverified", "DEFAULT": "project default"}
UNTIL = {"": "", "midpoint": " up to the midpoint"}
assert set(MARK_WORDS) == set(MARKS) and set(UNTIL) == {"", *TASK_LIMITS}


@dataclass(frozen=True)
class Difference:
    """One thing that the two say differently; "" where one of them does not have it.

    `aspect` says what of the subject it is, where both have the subject.
    """

    subject: str
    aspect: str
    left: str
    right: str


@dataclass(frozen=True)
class Part:
    """One part of the manual: what differs in it, and how many of its subjects are the same in both."""

    title: str
    differences: tuple[Difference, ...]
    same: int


Told = Mapping[tuple[str, str], str]  # subject and aspect -> what one manual says of it


def compare(left: Manual, right: Manual) -> tuple[Part, ...]:
    """Every part of the two, in the order in which a manual is read."""
    return tuple(_part(title, tell(left, right), tell(right, left)) for title, tell in PARTS)


def _part(title: str, left: Told, right: Told) -> Part:
    keys = [*left, *(key for key in right if key not in left)]
    told = [Difference(*key, left.get(key, ""), right.get(key, "")) for key in keys]
    different = tuple(row for row in told if row.left != row.right)
    subjects = {row.subject for row in told}
    return Part(title, different, len(subjects - {row.subject for row in different}))


def _whole(told: Mapping[str, str]) -> Told:
    """Subjects that are told in one sentence."""
    return {(subject, ""): words for subject, words in told.items()}


RESEARCH_ONLY = "for research only: proposed nowhere, begun within a study"


# -- the card ------------------------------------------------------------------------------------


def _card(manual: Manual, _: Manual) -> Told:
    evidence = manual.evidence
    first = " to ".join(str(minutes) for minutes in manual.first_minutes)
    grade = f"grade {evidence.grade}: {evidence.text}{_cited(evidence.sources)}" if evidence else ""
    told = {
        "Status": RESEARCH_ONLY if manual.research else "",
        "For": manual.population,
        "Format": ". ".join(part for part in (manual.format, manual.format_note) if part),
        "Sessions": str(manual.sessions),
        "Minutes": f"{manual.minutes}{f', the first {first}' if first else ''}",
        "Frequency": ", ".join(p for p in (FREQUENCIES[manual.frequency], manual.duration) if p),
        "Focus": manual.focus,
        "Not done in it": "; ".join(manual.not_done),
        "Parts": "; ".join(part_in_words(part) for part in manual.parts),
        "Beside the sessions": "; ".join(kind_in_words(manual, kind) for kind in manual.kinds),
        "Parents and carers are invited": "; ".join(point_in_words(one) for one in manual.carer_points),
        "Warned of where it is written": " ".join(caution.text for caution in manual.cautions),
        "Not for": "; ".join(manual.contraindications),
        "Evidence": grade,
        "Sources": ", ".join(manual.sources),
    }
    return _whole(told)


def part_in_words(part: TreatmentPart) -> str:
    """`Acute part, sessions 1-18: alliance, fewer crises (unverified)`."""
    where = span((part.first, part.last))
    return f"{part.title}, sessions {where}: {', '.join(part.goals)}{ground(part)}"


def kind_in_words(manual: Manual, kind: MeetingKind) -> str:
    """`ward group, 8 of 90 minutes: hear how this member was [S20]`"""
    told = f"{kind.name}, {kind.count} of {manual.minutes_of(kind.id)} minutes"
    return f"{told}: {kind.text}{ground(kind)}" if kind.text else f"{told}{ground(kind)}"


def point_in_words(point: CarerPoint) -> str:
    """`At the start (A-02): the illness explained [S45]`."""
    told = f"{point.title} ({point.task})"
    return f"{told}: {point.text}{ground(point)}" if point.text else f"{told}{ground(point)}"


def card_in_words(manual: Manual) -> tuple[tuple[str, str], ...]:
    """What an adaptation says of itself, line by line; what it does not say is left out."""
    return tuple((subject, words) for (subject, _), words in _card(manual, manual).items() if words)


# -- phases --------------------------------------------------------------------------------------


def _lengths(manual: Manual, other: Manual) -> Told:
    """Every length that either of the two allows, and where the phases lie in it."""
    every = sorted({*manual.allowed_lengths, *other.allowed_lengths})
    return _whole({f"{planned} sessions": _length(manual, planned) for planned in every})


def _length(manual: Manual, planned: int) -> str:
    if planned not in manual.sessions:
        return ""
    spans = ", ".join(
        f"{phase_title(manual, phase)} {span(where)}" for phase, where in manual.phase_split(planned).items()
    )
    return f"{spans}{ground(manual.length_of(planned) or manual.other_lengths)}"


def other_lengths(manual: Manual) -> str:
    """How the phases lie in a length that is not listed, in words."""
    other = manual.other_lengths
    if other.continuation_sessions:
        return f"continuation the first {other.continuation_sessions}, maintenance the rest"
    if not other.initial_last and not other.ending_sessions:
        return f"{phase_title(manual, 'middle')} all of them"
    return (
        f"initial {span((1, other.initial_last))} ({span((1, other.initial_last_from_18))} from 18 on), "
        f"{_rest(manual)}"
        + (f", preventive the {other.preventive_sessions} before it" if other.preventive_sessions else "")
    )


def _rest(manual: Manual) -> str:
    last = manual.other_lengths.ending_sessions
    return f"ending the last {last}" if last else f"{phase_title(manual, 'middle')} the rest"


def phase_title(manual: Manual, phase_id: str) -> str:
    """The title of a phase without the word phase, in small letters: `initial`."""
    return _phase_words(manual, phase_id).removesuffix(" phase")


def _phase_words(manual: Manual, phase_id: str) -> str:
    titles = {phase.id: phase.title for phase in manual.phases}
    return titles.get(phase_id, phase_id).lower()


def _phases_words(manual: Manual, task: Task) -> str:
    """`initial, middle and ending phase`."""
    *before, last = task.phases
    named = ", ".join(phase_title(manual, phase) for phase in before)
    return f"{named} and {_phase_words(manual, last)}" if named else _phase_words(manual, last)


def _phases(manual: Manual, _: Manual) -> Told:
    told: dict[tuple[str, str], str] = {}
    for phase in manual.phases:
        told[phase.title, "goals"] = "; ".join(phase.goals)
        told[phase.title, "how often"] = ", then ".join(FREQUENCIES[one] for one in phase.frequencies)
        if phase.is_before or phase.is_after:
            told[phase.title, "its meetings"] = meetings_in_words(manual, phase)
        told[phase.title, "what lets it be left"] = _leaving(manual, phase)
    return told


def meetings_in_words(manual: Manual, phase: Phase) -> str:
    """`1 or 2 individual meetings before the group, of 50 minutes`; `up to 1 booster, of 50 minutes, 2 to 4 weeks after
    the last session`
    """
    if phase.meetings == NOWHERE:
        return ""
    first, last = phase.weeks
    weeks = f"{first} to {last}" if first < last else f"{first}"
    after = f", {weeks} weeks after the last {manual.session_word}" if any(phase.weeks) else ""
    return f"{count_meetings(phase)}, of {manual.minutes_in(phase.id)} minutes{after}"


def count_meetings(phase: Phase) -> str:
    """`1 or 2 individual meetings before the group`, `up to 4 boosters`."""
    fewest, most = phase.meetings
    count = str(fewest) if fewest == most else f"{fewest} {'or' if most == fewest + 1 else 'to'} {most}"
    count = f"up to {most}" if not fewest else count
    if phase.is_after:
        return f"{count} {PHASES_AFTER[phase.id]}{'s' if most > 1 else ''}"
    name = PHASES_BEFORE[phase.id]
    return f"{count} {name if most == 1 else name.replace('meeting', 'meetings', 1)}"


def _leaving(manual: Manual, phase: Phase) -> str:
    tasks = [f"{task} {manual.task(task).title}" for task in phase.exit_tasks if manual.has_task(task)]
    all_of = [*tasks, *(EXIT_CONDITIONS[name] for name in phase.exit_conditions)]
    any_one = [LEAVING_REASONS[name] for name in phase.leaves_when]
    return "; or ".join(part for part in ("; ".join(all_of), "; or ".join(any_one)) if part)


# -- tasks ---------------------------------------------------------------------------------------


def _tasks(manual: Manual, other: Manual) -> Told:
    """A task that both have is told aspect by aspect, one that only this has in one go."""
    told: dict[tuple[str, str], str] = {}
    for task in sorted(manual.tasks, key=lambda task: PHASES.index(task.phase)):
        aspects = _aspects(manual, task)
        if other.has_task(task.id):
            subject = task.id if other.task(task.id).title != task.title else f"{task.id} {task.title}"
            told |= {(subject, aspect): words for aspect, words in aspects.items()}
        else:
            told[f"{task.id} {task.title}", ""] = _in_one_go(aspects)
    return told


def _in_one_go(aspects: Mapping[str, str]) -> str:
    """A task as two sentences: what is done; when, how much, and by what it is seen."""
    same = aspects["the same act as"]
    how = (
        aspects["when"],
        aspects["how much it is asked"],
        f"shown by {aspects['shown by']}",
        f"the same act as {same}" if same else "",
    )
    said = f"{_sentence(aspects['what is done'])} {_sentence('; '.join(part for part in how if part))}"
    return f"{said} {aspects['ground']}".rstrip()


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:].removesuffix('.')}."


def needed(task: Task) -> str:
    """How much a task is asked, in words."""
    conditional = task.requirement is Requirement.CONDITIONAL
    return f"required if {task.condition_text}" if conditional else REQUIREMENTS[task.requirement]


def _aspects(manual: Manual, task: Task) -> Mapping[str, str]:
    return {
        "title": task.title,
        "what is done": task.action,
        "when": f"{_phases_words(manual, task)}, {when(manual, task)}",
        "how much it is asked": needed(task),
        "shown by": " or ".join(_record(manual, record) for record in task.records) + kept(task),
        "the same act as": ", ".join(task.same_as),
        "ground": ground(task).strip(),
    }


def when(manual: Manual, task: Task) -> str:
    """When a task is due in a course of the usual length, in words."""
    return f"{_when(manual, task)} {_held(task.formats)}".rstrip()


def _held(formats: tuple[str, ...]) -> str:
    """`by phone or video`."""
    words = [MEETING_FORMATS[one] for one in formats]
    return " or ".join([*words[:1], *(word.removeprefix("by ") for word in words[1:])])


def _when(manual: Manual, task: Task) -> str:
    if kind := manual.kind(task.beside):
        return f"each {kind.name}"
    window = manual.window(task, manual.sessions.typical)
    if (task.has_window or task.in_last) and window:
        return f"session {span(window)}"
    if task.each_session:
        return f"each session{UNTIL[task.until]}"
    if task.each_second_session:
        return "at least each second session"
    if task.every_months:
        return every(task.every_months)
    return {"midpoint": "at the midpoint", "last_session": "last session"}.get(task.at, "once")


def every(months: int) -> str:
    """`once a year`, `every 6 months`."""
    years, over = divmod(months, 12)
    if over:
        return f"every {months} months" if months > 1 else "every month"
    return f"every {years} years" if years > 1 else "once a year"


def kept(task: Task) -> str:
    """For a task that a diary shows too: on how many days it is kept; that answers show too: that they do."""
    if task.answered_before:
        return ", or the client's answers before the session"
    of_each = " since the session before" if task.each_session else ""
    return f", or kept on {task.days_kept} days{of_each}" if task.days_kept else ""


def _record(manual: Manual, record: str) -> str:
    known = manual.record_types.get(record)
    return known.title if known else record


def _records(manual: Manual, _: Manual) -> Told:
    """Each record, and the tasks that ask for it."""
    asked: dict[str, list[str]] = {}
    for task in manual.tasks:
        for record in task.records:
            asked.setdefault(record, []).append(task.id)
    return _whole({_record(manual, record): f"asked for by {', '.join(t)}" for record, t in asked.items()})


# -- measures, areas, techniques, rules ------------------------------------------------------------


def _measures(manual: Manual, _: Manual) -> Told:
    told = {"Named on its card": ", ".join(_measure(manual, name) for name in manual.measures)}
    for item in manual.schedule:
        told[_moment(item)] = ", ".join(
            [
                *(f"{_measure(manual, name)}{_only_if(item, name)}" for name in item.measures),
                *(f"{_measure(manual, name)} (alone with the client)" for name in item.private),
            ]
        )
    return _whole(told)


def _measure(manual: Manual, name: str) -> str:
    known = manual.measure_list.get(name)
    return known.title if known else name


def _only_if(item: ScheduleItem, name: str) -> str:
    condition = item.conditions.get(name)
    return f" (if {MEASURE_CONDITIONS.get(condition, condition)})" if condition else ""


def _moment(item: ScheduleItem) -> str:
    if item.sessions:
        return f"Due at sessions {', '.join(map(str, item.sessions))}"
    if item.months:
        return f"Due {' and '.join(map(str, item.months))} months after the end"
    return f"Due {MOMENTS[item.when]}"


def _areas(manual: Manual, _: Manual) -> Told:
    return _whole({area.title: area.definition for area in manual.areas.values()})


def _techniques(manual: Manual, _: Manual) -> Told:
    """Those at hand for an area of the manual, and those that fill a record its tasks ask for."""
    records = {record for task in manual.tasks for record in task.records}
    at_hand = {name for area in manual.areas.values() for name in area.techniques}
    told = {
        technique.name: technique.purpose
        for technique in manual.techniques.values()
        if technique.id in at_hand or technique.record in records
    }
    return _whole(told)


def _rules(manual: Manual, _: Manual) -> Told:
    """Every rule is read for every adaptation; here are those that speak of this one by its name."""
    told = {
        f"{rule.id} {rule.title}": rule.then_text
        for rule in manual.rules.values()
        if _names(rule.parameters.values(), manual.base)
    }
    return _whole(told)


def _names(values: Iterable[object], manual_id: str) -> bool:
    return any(
        value == manual_id or (isinstance(value, list | tuple) and manual_id in value) for value in values
    )


PARTS: tuple[tuple[str, Callable[[Manual, Manual], Told]], ...] = (
    ("What it is", _card),
    ("Where the phases lie", _lengths),
    ("Phases", _phases),
    ("Tasks", _tasks),
    ("Records", _records),
    ("Measures", _measures),
    ("Problem areas", _areas),
    ("Techniques at hand", _techniques),
    ("Rules that name it", _rules),
)


# -- small words -----------------------------------------------------------------------------------


def span(where: tuple[int, int]) -> str:
    """`4-13`, or `1` where it is one session."""
    return str(where[0]) if where[0] == where[1] else f"{where[0]}-{where[1]}"


def _cited(sources: Iterable[str]) -> str:
    listed = ", ".join(sources)
    return f" [{listed}]" if listed else ""


def ground(item: Length | Task | object) -> str:
    """The sources and marks of an item, as a page shows them: ` [S31] (unverified)`."""
    marks = ", ".join(MARK_WORDS[mark] for mark in getattr(item, "marks", ()))
    return f"{_cited(getattr(item, 'sources', ()))}{f' ({marks})' if marks else ''}"
