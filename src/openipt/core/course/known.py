"""What the record of a course says, read once and in one way: risk, focus, formulation, tasks, losses.

Payloads come from forms, imports and older versions, so every reader here takes what is there and
answers None or nothing where a value is absent. None means: not known.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import MAXYEAR, date, timedelta
from types import MappingProxyType
from typing import Any

from openipt.core.course.course import Answers, Course, Entry, Meeting, once
from openipt.core.course.phases import begun_again, since_begun_again
from openipt.core.course.scores import PHQ9, PRR, item_answers, latest_total
from openipt.core.fields.definitions import is_empty
from openipt.core.formulation.ranking import WEIGHTS, Issue, Ranking, rank_issues
from openipt.core.manual.model import Manual, Task
from openipt.core.safety.levels import RISK_ANSWERS, Level, level_of_item_9, positive_answers, says_yes

AGREED = ("agree", "partly")


# -- small readers -------------------------------------------------------------------------------


def words(value: object) -> tuple[str, ...]:
    """A list of words, also where one word stands alone."""
    if isinstance(value, str):
        return (value,) if value.strip() else ()
    if isinstance(value, list | tuple):
        return tuple(item for item in value if isinstance(item, str) and item.strip())
    return ()


def day(value: object) -> date | None:
    """A full date; a year or a month alone is no day."""
    if isinstance(value, date):
        return value
    if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value.strip()):
        return None
    try:
        return date.fromisoformat(value.strip())
    except ValueError:
        return None


MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), start=1
    )
}


def first_day(value: object) -> date | None:
    """The first day of "2025", "2025-03", "2025-03-21" or "March 2025"."""
    if isinstance(value, date):
        return value
    if not isinstance(value, str):
        return None
    if found := re.search(r"\b(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?\b", value):
        year, month, dom = found.groups()
        named = next(
            (n for word in re.findall(r"[a-z]+", value.lower()) if (n := MONTHS.get(word[:3]))), None
        )
        try:
            return date(int(year), int(month) if month else named or 1, int(dom) if dom else 1)
        except ValueError:
            return None
    return None


# -- tasks ---------------------------------------------------------------------------------------


def tasks_of_meeting(course: Course, meeting: Meeting) -> frozenset[str]:
    """Tasks done in one meeting: marked there, or shown by a record made for it."""
    shown = {e.for_task for e in course.entries if e.for_task and e.session == meeting.number}
    return frozenset(meeting.tasks_done) | (shown if meeting.number is not None else set())


def tasks_beside(course: Course, meeting: Meeting) -> frozenset[str]:
    """Tasks done in one meeting of another kind than the sessions."""
    shown = {e.for_task for e in course.entries if e.for_task and e.beside == meeting.key}
    return frozenset({*meeting.tasks_done, *shown})


@once
def tasks_done(course: Course) -> frozenset[str]:
    """Every task done so far in this course, in whatever session."""
    marked = {
        task
        for meeting in (*course.meetings, *course.beside)
        if meeting.attendance.is_held
        for task in meeting.tasks_done
    }
    return frozenset(marked | {entry.for_task for entry in course.entries if entry.for_task})


def done_here(manual: Manual, course: Course) -> frozenset[str]:
    """Every task done so far; where acute treatment began again, since then, and what was done before treatment."""
    again, since = begun_again(manual, course), since_begun_again(manual, course)
    if not again:
        return tasks_done(course)
    meetings = [m for m in course.held if (m.number or 0) > again]
    found = {task for meeting in meetings for task in meeting.tasks_done}
    found |= {
        entry.for_task
        for entry in course.entries
        if entry.for_task and ((entry.session or 0) > again or (entry.session is None and entry.on > since))
    }
    before = (t for t in tasks_done(course) if manual.has_task(t) and manual.task(t).phase == "pre")
    return frozenset((*found, *before))


def is_written(manual: Manual, course: Course, task: Task) -> bool:
    """Of a task of one field, once: a clinician wrote what it asks for, in whatever session or between two."""
    if not task.field or task.each_session or task.each_second_session:
        return False
    again, since = begun_again(manual, course), since_begun_again(manual, course)
    written = (
        entry
        for entry in course.entries_of(task.record)
        if entry.by_role != "client"
        and (not again or (entry.session or 0) > again or (entry.session is None and entry.on > since))
    )
    return any(not is_empty(entry.values.get(task.field)) for entry in written)


def answered_between(course: Course, after: date, until: date) -> bool:
    """Did the client answer anything after one session and by the day of the next?"""
    return any(
        answers.finished and answers.rater == "client" and after < answers.on <= until
        for answers in course.answers
    )


def last_done(course: Course, task_id: str) -> date | None:
    """The day a task was last done: in a meeting, or by a record made for it."""
    days = [m.on for m in course.meetings if m.attendance.is_held and task_id in m.tasks_done]
    days += [entry.on for entry in course.entries if entry.for_task == task_id]
    return max(days, default=None)


def months_after(day: date, months: int) -> date:
    """The same day of a later month, or its last day where the month is shorter; never past the calendar."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    if year > MAXYEAR:
        return date.max
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def last_of(course: Course, record: str) -> Entry | None:
    """The last record of a type that a clinician wrote."""
    found = [entry for entry in course.entries_of(record) if entry.by_role != "client"]
    return found[-1] if found else None


# -- risk ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class RiskLevel:
    """The level as it stands. `provisional`: an answer to item 9 stands unassessed above what was set."""

    level: Level
    on: date
    provisional: bool = False


@once
def levels(course: Course) -> tuple[tuple[Entry, Level], ...]:
    """Every level a clinician recorded, oldest first."""
    return tuple(
        (entry, level)
        for entry in course.entries_of("rec_risk")
        if entry.by_role != "client" and (level := Level.named(entry.values.get("level"))) is not None
    )


def recorded_level(course: Course) -> tuple[Entry, Level] | None:
    """The level a clinician recorded last."""
    found = levels(course)
    return found[-1] if found else None


@once
def risk_level(course: Course) -> RiskLevel | None:
    """The level to act on: the recorded one, or what an answer to item 9 since then stands for if higher.

    An answer stands until a clinician has assessed it: a later zero lowers nothing (DR-02).
    """
    return _level_by(course, date.max)


def _level_by(course: Course, day: date) -> RiskLevel | None:
    """The level to act on by what stood in the record at the end of a day."""
    recorded = next((found for found in reversed(levels(course)) if found[0].on <= day), None)
    unassessed = [
        (level_of_item_9(value), answers.on)
        for answers, value in item_answers(course, PHQ9, 9)
        if value and answers.on <= day and (recorded is None or given_after(answers, recorded[0]))
    ]
    provisional, on = max(unassessed, default=(Level.GREEN, date.min))
    if provisional > (recorded[1] if recorded else Level.GREEN):
        return RiskLevel(provisional, on, provisional=True)
    return RiskLevel(recorded[1], recorded[0].on) if recorded else None


def given_after(answers: Answers, assessed: Entry) -> bool:
    """Was the item about risk answered after this assessment? On one day the moments decide, where both are
    known; else the answers of a day come before what is written of it (ipt.md 22.1).
    """
    if answers.on != assessed.on:
        return answers.on > assessed.on
    given, written = answers.risk_at, assessed.at
    if given is None or written is None or (given.tzinfo is None) != (written.tzinfo is None):
        return False
    return given > written


def level_before(course: Course, on: date) -> Level:
    """The level that stood before a day began, also one not yet assessed; green where none was known."""
    earlier = _level_by(course, on - timedelta(days=1))
    return earlier.level if earlier else Level.GREEN


def level_rose_on(course: Course) -> date | None:
    """The day the level last rose to yellow or above; None while it is green or was never set."""
    rose: date | None = None
    before = Level.GREEN
    for entry, level in levels(course):
        if level > before:
            rose = entry.on
        if level is Level.GREEN:
            rose = None
        before = level
    return rose


def open_risk(course: Course) -> tuple[str, ...]:
    """Questions last answered yes, and no clinician set the level to green in a later assessment.

    The protocol goes on until clinical green (ipt.md 11.3, step 9); green says that all of it is no (11.2).
    """
    said = said_of_risk(course)
    levels_set = [Level.named(entry.values.get("level")) for entry in risk_records(course)]
    greens = [place for place, level in enumerate(levels_set) if level is Level.GREEN]
    cleared = max(greens, default=-1)
    return tuple(question for question in positive_risk(course) if said[question].place >= cleared)


def plan_days(course: Course) -> tuple[date, ...]:
    """The days on which a safety plan was saved, or looked at with the client as a risk review notes it.

    Nobody looks at a plan that is not there: a review counts after a plan was saved.
    """
    saved = [entry.on for entry in course.entries_of("rec_safety_plan")]
    reviewed = [
        entry.on
        for entry in risk_records(course)
        if says_yes(entry.values.get("plan_reviewed")) and any(on <= entry.on for on in saved)
    ]
    return tuple(sorted((*saved, *reviewed)))


@dataclass(frozen=True)
class RiskAnswer:
    """An answer to a risk item; `value` None: declined or not reached."""

    measure: str
    item: int
    on: date
    value: int | None


def latest_item_9(course: Course) -> RiskAnswer | None:
    """PHQ-9 item 9 on the last day it was asked. The highest of that day: a change from 2 to 0 keeps the 2."""
    return latest_risk_answer(course, PHQ9, 9)


def latest_risk_answer(
    course: Course, measure: str, item: int, points: Callable[[int], int] = int
) -> RiskAnswer | None:
    """One risk item on the last day it was asked, the highest of that day. `points`: what an answer counts."""
    asked = [(answers.on, value) for answers, value in item_answers(course, measure, item)]
    if not asked:
        return None
    last = max(on for on, _ in asked)
    values = [points(value) for on, value in asked if on == last and value is not None]
    return RiskAnswer(measure, item, last, max(values, default=None))


def latest_risk_record(course: Course) -> Entry | None:
    """The last risk assessment in which a clinician set a level or asked a question."""
    asked = ("level", *RISK_ANSWERS)
    found = [e for e in risk_records(course) if any(not is_empty(e.values.get(key)) for key in asked)]
    return found[-1] if found else None


@once
def risk_records(course: Course) -> tuple[Entry, ...]:
    """Every risk assessment of a clinician, oldest first."""
    return tuple(entry for entry in course.entries_of("rec_risk") if entry.by_role != "client")


@dataclass(frozen=True)
class Said:
    """What was answered last to one question, on which day, in which of the risk assessments (from 0)."""

    answer: object
    on: date
    place: int


@once
def said_of_risk(course: Course) -> Mapping[str, Said]:
    """What a clinician recorded last of each question of the risk assessment; one never asked is not there.

    An assessment that leaves a question out takes back nothing that was said of it before. A chain of
    self-harm with an act answers that question; the assessment after it answers anew.
    """
    said: dict[str, Said] = {}
    place = -1
    asked_or_told = [*risk_records(course), *course.entries_of("rec_self_harm_chain")]
    for entry in sorted(asked_or_told, key=lambda entry: (entry.on, entry.order)):
        if entry.record == "rec_risk":
            place += 1
            for question in RISK_ANSWERS:
                if not is_empty(answer := entry.values.get(question)):
                    said[question] = Said(answer, entry.on, place)
        elif says_yes(entry.values.get("act")):
            said["self_harm"] = Said(True, entry.on, place)
    return said


def last_said_of_risk(course: Course, question: str) -> object:
    """What was said last of one question; None: it was never asked."""
    said = said_of_risk(course).get(question)
    return said.answer if said else None


def positive_risk(course: Course) -> tuple[str, ...]:
    """Which questions of the risk assessment were last answered yes."""
    return positive_answers({question: said.answer for question, said in said_of_risk(course).items()})


# -- danger from another person (ipt.md 11.5) -------------------------------------------------------


@dataclass(frozen=True)
class Danger:
    """Grounds for locking conjoint work and rehearsal. No `persons`: nobody was named yet."""

    grounds: tuple[str, ...]
    persons: tuple[str, ...]


@once
def danger(course: Course) -> Danger:
    """Every ground in the record. A later negative screen does not take an earlier ground away (ipv_6)."""
    grounds: list[str] = []
    persons: list[str] = []
    for answers in course.answers_to("ms_hark"):
        total = answers.total if answers.total is not None else sum(i or 0 for i in answers.items)
        if total >= 1:
            grounds.append("ms_hark")
    for entry in course.entries:
        if entry.record in _WITH_GROUNDS and (ground := _ground(entry)):
            grounds.append(ground)
            persons += words(_person_of(entry))
    return Danger(tuple(dict.fromkeys(grounds)), tuple(dict.fromkeys(persons)))


_WITH_GROUNDS = frozenset(
    {
        "rec_ipv_screen",
        "rec_communication_analysis",
        "rec_dispute_map",
        "rec_inventory_person",
        "rec_issue",
        "rec_issue_ranking",
    }
)


def _ground(entry: Entry) -> str:
    """What in this record names a danger; "" where nothing does. Only records of `_WITH_GROUNDS` can."""
    values = entry.values
    match entry.record:
        case "rec_ipv_screen" if screened_positive(values):
            return "rec_ipv_screen.positive"
        case "rec_communication_analysis" if says_yes(values.get("safety_flag")):
            return "rec_communication_analysis.safety_flag"
        case "rec_dispute_map" if says_yes(values.get("danger")):
            return "rec_dispute_map.danger"
        case "rec_inventory_person" if says_yes(values.get("safety_concern")):
            return "rec_inventory_person.safety_concern"
        case "rec_issue" | "rec_issue_ranking" if (_factors(values).get("f_safety") or 0) >= 2:
            return f"{entry.record}.f_safety"
    return ""


HITS, HITS_FROM = "ms_hits", 11  # four answers of 1 (never) to 5; ipt.md 10.2


def screened_positive(screen: Mapping[str, Any]) -> bool:
    """As judged, or by its answers: one yes is enough (HARK >= 1, DR-06), or a HITS total of 11."""
    answers = [int(answer) for answer in _screen_answers(screen) if isinstance(answer, int)]
    if says_yes(screen.get("positive")):
        return True
    return sum(answers) >= HITS_FROM if screen.get("tool") == HITS else any(answers)


def _person_of(entry: Entry) -> object:
    keys = ("person_id", "other_person_id", "other", "person", "asked_of")
    return next((entry.values[key] for key in keys if entry.values.get(key)), "")


def screened_for_violence(course: Course) -> bool:
    """Has the client been asked alone, and was every question answered or the screen judged?"""
    asked = any(
        answers.measure == "ms_hark" and (answers.total is not None or None not in answers.items)
        for answers in course.answers
    )
    return asked or any(screened_apart(screen.values) for screen in screens_of_client(course))


def screens_of_client(course: Course) -> tuple[Entry, ...]:
    """The private screens of the client; those of another adult name whom they were asked of."""
    return tuple(e for e in course.entries_of("rec_ipv_screen") if not words(e.values.get("asked_of")))


def screened_others(course: Course) -> frozenset[str]:
    """Other adults who were asked alone, and whose screen was answered or judged."""
    screens = (e.values for e in course.entries_of("rec_ipv_screen") if screened_apart(e.values))
    return frozenset(name for values in screens for name in words(values.get("asked_of")))


def _screen_answers(screen: Mapping[str, Any]) -> tuple[Any, ...]:
    answers = screen.get("answers")
    return tuple(answers) if isinstance(answers, list | tuple) else ()


def screened_apart(screen: Mapping[str, Any]) -> bool:
    answers = _screen_answers(screen)
    judged = isinstance(screen.get("positive"), bool) or (bool(answers) and None not in answers)
    return says_yes(screen.get("alone_confirmed")) and judged


# -- focus and formulation ---------------------------------------------------------------------------


def agreed(entry: Entry) -> bool:
    """Agreed as it stands, or in part with the client's edit in words (ipt.md 3.11)."""
    agreement = entry.values.get("agreement")
    if agreement == "partly":
        return bool(words(entry.values.get("client_words"))) or says_yes(entry.values.get("edited"))
    return agreement == "agree"


def agreed_formulation(course: Course) -> Entry | None:
    """The last formulation the client agreed with."""
    found = [entry for entry in course.entries_of("rec_formulation") if agreed(entry)]
    return found[-1] if found else None


# What the work turns on, by the record that holds it: the formulation, or what a model without one has instead.
ACCOUNTS = MappingProxyType({"rec_formulation": "formulation", "rec_ipaf": "focus", "rec_schema": "schema"})


def agreed_account(manual: Manual, course: Course) -> Entry | None:
    """What was agreed of what the work turns on: the formulation, or the focus of a model without one."""
    record = next((one for one in ACCOUNTS if manual.tasks_shown_by(one)), "")
    if record == "rec_formulation":
        return agreed_formulation(course)
    found = [e for e in course.entries_of(record) if e.by_role != "client" and e.values.get("agreed") is True]
    return found[-1] if found else None


def account_of(manual: Manual) -> str:
    """What that is called; "" where the adaptation asks for none."""
    return next((name for record, name in ACCOUNTS.items() if manual.tasks_shown_by(record)), "")


@dataclass(frozen=True)
class Focus:
    """The problem areas agreed from a day on."""

    areas: tuple[str, ...]
    on: date


@once
def focus_history(course: Course) -> tuple[Focus, ...]:
    """Every change of focus, by formulation or contract. Of one day the last word counts."""
    stated = [
        (entry.on, entry.order, areas)
        for entry in (*course.entries_of("rec_formulation"), *course.entries_of("rec_contract"))
        if (areas := areas_chosen(entry))
    ]
    history: list[Focus] = []
    for on, _, areas in sorted(stated):
        if history and history[-1].on == on:
            history.pop()
        if not history or set(history[-1].areas) != set(areas):
            history.append(Focus(areas, on))
    return tuple(history)


def areas_chosen(entry: Entry) -> tuple[str, ...]:
    """The problem areas a contract, or a formulation the client agreed with, chooses; none otherwise."""
    if entry.record == "rec_contract":
        return words(entry.values.get("focus"))
    return words(entry.values.get("problem_area")) if agreed(entry) else ()


def focus(course: Course) -> tuple[str, ...]:
    """The problem areas agreed now."""
    history = focus_history(course)
    return history[-1].areas if history else ()


ENDED = ("resolved", "dropped")


def ended_areas(course: Course) -> frozenset[str]:
    """Areas whose issues are all marked resolved or dropped (ipt.md 3.3: then a second focus may be taken up)."""
    last = {str(e.values.get("id") or e.order): e.values for e in course.entries_of("rec_issue")}
    open_areas = {one.get("area") for one in last.values() if one.get("state") not in ENDED}
    return frozenset(str(one["area"]) for one in last.values() if one.get("area")) - open_areas


# -- ranking of issues ---------------------------------------------------------------------------------


def latest_ranking_entries(course: Course) -> tuple[Entry, ...]:
    """The issues as rated last: of each issue the last rating of the last day issues were rated."""
    entries = course.entries_of("rec_issue_ranking")
    if not entries:
        return ()
    last: dict[str, Entry] = {}
    for entry in entries:
        if entry.on == entries[-1].on:
            last[str(entry.values.get("issue"))] = entry
    return tuple(last.values())


@once
def latest_ranking(course: Course) -> Ranking | None:
    """The last ranking, computed again from its factors; None where no issue has its factors."""
    issues = [_issue(entry) for entry in latest_ranking_entries(course) if _factors(entry.values)]
    return rank_issues(issues[: WEIGHTS.most_issues], WEIGHTS) if issues else None


def _factors(values: Mapping[str, Any]) -> Mapping[str, Any]:
    factors = values.get("factors")
    return factors if isinstance(factors, Mapping) else {}


def _issue(entry: Entry) -> Issue:
    name = str(entry.values.get("issue", ""))
    rated = {f: r for f, r in _factors(entry.values).items() if r is None or r in (0, 1, 2, 3)}
    return Issue(name, str(entry.values.get("text", "")), str(entry.values.get("area", "")), rated)


# -- losses, births, medication, episodes ------------------------------------------------------------

# Words that name a death or a birth in an event of the time line (project definition for DR-37).
_KIN = (
    r"(mother|father|mum|dad|parents?|brother|sister|twin|son|daughter|child|baby|husband|wife|partner"
    r"|friend|grand\w+|uncle|aunt|cousin)"
)
_DEATH = (
    r"dies|died|death|dead(?![- ]?end)|funeral|suicide(?! attempt)|stillb\w+|miscarr\w+|passed away|killed"
    rf"|drowned|lost (her|his|their|my|a|the) {_KIN}|loss of (her|his|their|my|a|the) {_KIN}"
)
LOSS_OR_BIRTH = re.compile(rf"\b({_DEATH}|birth|born)\b", re.IGNORECASE)
DEATH = re.compile(rf"\b({_DEATH})\b", re.IGNORECASE)


def timeline_items(course: Course) -> Iterator[Mapping[str, Any]]:
    """Every item of the time line; one entry holds one item."""
    yield from (e.values for e in course.entries_of("rec_timeline") if words(e.values.get("text")))


@once
def days_of_loss(course: Course) -> tuple[date, ...]:
    """Full dates of deaths: from the loss narrative, the time line and the inventory."""
    found = [day(e.values.get("date")) for e in course.entries_of("rec_loss_narrative")]
    found += [
        day(item.get("date"))
        for item in timeline_items(course)
        if item.get("type") == "event" and DEATH.search(str(item.get("text", "")))
    ]
    found += [
        first_day(text)
        for entry in course.entries_of("rec_inventory_person")
        if entry.values.get("alive") is False and (text := _change_text(entry)) and _has_full_date(text)
    ]
    return tuple(sorted({on for on in found if on is not None}))


def _change_text(entry: Entry) -> str:
    change = entry.values.get("change_near_onset")
    return str(change.get("text", "")) if isinstance(change, Mapping) else ""


def _has_full_date(text: str) -> bool:
    return re.search(r"\b\d{4}-\d{2}-\d{2}\b", text) is not None


def days_to_remember(course: Course) -> tuple[date, ...]:
    """Full dates of losses and births."""
    births = [
        day(item.get("date"))
        for item in timeline_items(course)
        if item.get("type") == "event" and LOSS_OR_BIRTH.search(str(item.get("text", "")))
    ]
    return tuple(sorted({*days_of_loss(course), *(on for on in births if on is not None)}))


def has_loss(course: Course) -> bool:
    """A death is part of the story as recorded."""
    dead = any(e.values.get("alive") is False for e in course.entries_of("rec_inventory_person"))
    narrated = bool(course.entries_of("rec_loss_narrative")) or "grief" in focus(course)
    return dead or narrated or bool(days_of_loss(course))


def months_between(earlier: date, later: date) -> int:
    """Whole months from one day to another."""
    months = (later.year - earlier.year) * 12 + later.month - earlier.month
    return months - (1 if later.day < earlier.day else 0)


def medications(course: Course) -> tuple[Entry, ...]:
    """The last word on each drug that is named; what a later record leaves out stays as it was said before."""
    last: dict[str, Entry] = {}
    for entry in course.entries_of("rec_medication"):
        said = {key: value for key, value in entry.values.items() if not is_empty(value)}
        for drug in words(entry.values.get("drug")):
            before = last[drug.lower()].values if drug.lower() in last else {}
            last[drug.lower()] = replace(entry, values={**before, **said})
    return tuple(last.values())


def against_depression(drug: Entry, names: Iterable[str]) -> bool | None:
    """Is this drug taken against depression: as noted, else by its name; None where neither tells.

    `names`: those of drugs against depression. Another name alone says nothing of what it is taken for.
    """
    noted = drug.values.get("for_depression")
    if not is_empty(noted):
        return says_yes(noted)
    called = " ".join(words(drug.values.get("drug"))).lower()
    return True if any(re.search(rf"\b{re.escape(name)}\b", called) for name in names) else None


def has_prescriber(course: Course) -> bool:
    return any(words(entry.values.get("prescriber")) for entry in course.entries_of("rec_medication"))


def asked_about_medication(course: Course) -> bool:
    return bool(course.entries_of("rec_medication"))


GAP_BETWEEN_EPISODES = timedelta(days=365)  # DEFAULT: a symptom this long before onset is an earlier episode


def earlier_episodes(course: Course) -> int:
    """How many earlier episodes the time line shows: symptoms more than a year before this one began.

    So does a treatment that is told as one for depression, or of an episode.
    """
    onset = _onset(course)
    symptoms = sorted(
        on
        for item in timeline_items(course)
        if _is_of_an_episode(item) and (on := last_day(item.get("date"))) is not None
    )
    earlier = [on for on in symptoms if onset is not None and onset - on > GAP_BETWEEN_EPISODES]
    return sum(1 for n, on in enumerate(earlier) if n == 0 or on - earlier[n - 1] > GAP_BETWEEN_EPISODES)


_OF_DEPRESSION = re.compile(r"\b(episode|depress\w+)\b", re.IGNORECASE)


def _is_of_an_episode(item: Mapping[str, Any]) -> bool:
    treated = item.get("type") == "treatment" and _OF_DEPRESSION.search(str(item.get("text", "")))
    return item.get("type") == "symptom" or bool(treated)


def last_day(value: object) -> date | None:
    """The last day that "2025", "2025-03" or "2025-03-21" can mean."""
    first = first_day(value)
    if first is None or not isinstance(value, str) or day(value) is not None:
        return first
    if re.fullmatch(r"\d{4}", value.strip()):
        return date(first.year, 12, 31)
    return first.replace(day=monthrange(first.year, first.month)[1])


def _onset(course: Course) -> date | None:
    formulation = agreed_formulation(course)
    stated = first_day(formulation.values.get("onset")) if formulation else None
    return stated or (course.started_on - timedelta(days=365) if course.started_on else None)


def suitability_stops(course: Course, items: Iterable[str]) -> tuple[str, ...]:
    """Which of these suitability items were last answered yes."""
    answers = _suitability_answers(course)
    return tuple(item for item in items if _is_yes(answers.get(item)))


def suitability_not_known(course: Course, items: Iterable[str]) -> tuple[str, ...]:
    """Which of these suitability items are answered neither yes nor no: left out, or not sure."""
    answers = _suitability_answers(course)
    return tuple(item for item in items if not (_is_yes(answers.get(item)) or _is_no(answers.get(item))))


@once
def _suitability_answers(course: Course) -> dict[str, object]:
    """The last answer to each item; an item asked again and left open keeps the answer it had."""
    answers: dict[str, object] = {}
    for entry in course.entries_of("rec_suitability"):
        for item, row in entry.values.items():
            answer = row.get("answer") if isinstance(row, Mapping) else None
            if answer not in (None, ""):
                answers[item] = answer
    return answers


def _is_yes(answer: object) -> bool:
    return answer is True or (
        isinstance(answer, str) and answer.strip().lower() in ("yes", "true", "positive")
    )


def _is_no(answer: object) -> bool:
    """A history of mania (s_04) is none now: it leads to another treatment, and stops nothing (DR-09)."""
    words_of_no = ("no", "none", "false", "negative", "history")
    return answer is False or (isinstance(answer, str) and answer.strip().lower() in words_of_no)


def resolution(manual: Manual, course: Course) -> float | None:
    """The client's last rating of how far the focus problem is resolved, 1 to 5 (`ms_prr`)."""
    found = latest_total(manual, course, PRR)
    return found[1] if found else None


def frequency(manual: Manual, course: Course) -> str:
    """How often they meet, as the last contract says, else as the manual does."""
    contract = contract_of_now(course)
    return words(contract.values["frequency"])[0].strip().lower() if contract else manual.frequency


def contract_of_now(course: Course) -> Entry | None:
    """The last contract that says how often they meet, leaving out one that is for maintenance to come."""
    said = (e for e in course.entries_of("rec_contract") if e.values.get("covers") != "maintenance")
    return next((e for e in reversed(tuple(said)) if words(e.values.get("frequency"))), None)


def override_reason(course: Course) -> str:
    """Why a clinician went on in spite of a suitability stop, as last written; "" if nobody did."""
    reasons = [words(e.values.get("override_reason")) for e in course.entries_of("rec_suitability")]
    return reasons[-1][0] if reasons and reasons[-1] else ""


def months_since_loss(course: Course, measure: str, on: date) -> int | None:
    """Months from the first recorded death to a day, else as noted with the total; None: not known."""
    losses = [death for death in days_of_loss(course) if death <= on]
    if losses:
        return months_between(losses[-1], on)
    noted = [
        int(found.group(1))
        for entry in course.entries_of("rec_measure")
        if entry.values.get("measure_id") == measure and entry.on <= on
        for flag in words(entry.values.get("flags"))
        if (found := re.fullmatch(r"months_since_loss:(\d+)", flag))
    ]
    return noted[-1] if noted else None


def score_of_issue(entry: Entry) -> float | None:
    """The score of a rated issue as kept with it."""
    total = entry.values.get("total")
    return float(total) if isinstance(total, int | float) and not isinstance(total, bool) else None
