"""The five mechanisms of ipt.md 1.3, read from the record of one course [S05].

Each has one indicator or more; an indicator is a row of readings in time, or says what would make it known.
Nothing is guessed: a session without a record of feelings is no session with none named. How an indicator
counts where 1.3 leaves it open is ours (DEFAULT), and is said with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from openipt.core.course.course import Answers, Course, Entry
from openipt.core.course.known import words
from openipt.core.course.scores import PRR, THERAPIST, total_of
from openipt.core.manual.model import Manual

OSSS3, STRESS, ALLIANCE = "ms_osss3", "ms_focus_stress", "ms_alliance3"


@dataclass(frozen=True)
class Reading:
    """What an indicator stood at on a day. `words`: what was counted, where that is words."""

    on: date
    value: float
    session: int | None = None
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Indicator:
    """One indicator of a mechanism. `missing` says what would make it known while there is no reading.

    `counts` is how it counts, where that is a reading of ours; `each` a count that starts anew each time.
    """

    id: str
    title: str
    unit: str
    readings: tuple[Reading, ...]
    missing: str
    lowest: float = 0
    highest: float | None = None
    counts: str = ""
    each: bool = False

    @property
    def first(self) -> Reading | None:
        return self.readings[0] if self.readings else None

    @property
    def last(self) -> Reading | None:
        return self.readings[-1] if self.readings else None


@dataclass(frozen=True)
class Mechanism:
    """One mechanism, by the id under which the manual tells of it."""

    id: str
    indicators: tuple[Indicator, ...]

    @property
    def is_known(self) -> bool:
        return any(indicator.readings for indicator in self.indicators)


def mechanisms(manual: Manual, course: Course) -> tuple[Mechanism, ...]:
    """All five, in the order of 1.3, whatever is known of them."""
    return (
        Mechanism("mech_support", (_osss3(manual, course), _confidants(course), _contacts(course))),
        Mechanism("mech_stress", (_stress(manual, course),)),
        Mechanism("mech_emotion", (_feelings_named(course),)),
        Mechanism("mech_skill", (_rehearsals(course), _steps(course))),
        Mechanism("mech_resolution", _resolution(manual, course)),
    )


def alliance(manual: Manual, course: Course) -> Indicator:
    """The mean of goals, tasks and bond day by day, answered or asked aloud: what DR-36 reads."""
    found: dict[date, Reading] = {}
    for entry in course.entries_of("rec_alliance"):
        parts = [entry.values.get(key) for key in ("goals_0_10", "tasks_0_10", "bond_0_10")]
        rated = [part for part in parts if isinstance(part, int | float)]
        if len(rated) == len(parts):
            found[entry.on] = Reading(entry.on, sum(rated) / len(rated), entry.session)
    for answers, total in _totals(manual, course, ALLIANCE):
        found[answers.on] = Reading(answers.on, total, answers.session)
    readings = tuple(found[on] for on in sorted(found))
    return Indicator(
        "alliance", "Working together", "of 10", readings, "three questions at 3, 8 and 12", 0, 10
    )


# -- measures ----------------------------------------------------------------------------------------


def _totals(manual: Manual, course: Course, measure: str) -> Iterator[tuple[Answers, float]]:
    for answers in course.answers_to(measure):
        total = total_of(manual, answers) if answers.finished else None
        if total is not None:
            yield answers, total


def _osss3(manual: Manual, course: Course) -> Indicator:
    found = tuple(Reading(a.on, total, a.session) for a, total in _totals(manual, course, OSSS3))
    return Indicator("osss3", "OSSS-3", "points", found, "OSSS-3, before session 1 and at 3, 8 and 12", 3, 14)


def _stress(manual: Manual, course: Course) -> Indicator:
    found = tuple(Reading(a.on, total, a.session) for a, total in _totals(manual, course, STRESS))
    return Indicator(
        "focus_stress", "Stress from the focus", "of 10", found, "the weekly rating, 0 to 10", 0, 10
    )


def _resolution(manual: Manual, course: Course) -> tuple[Indicator, ...]:
    """Of the client; and of the therapist once there is one."""
    rated = list(_totals(manual, course, PRR))
    own = tuple(Reading(a.on, total, a.session) for a, total in rated if a.rater != THERAPIST)
    others = tuple(Reading(a.on, total, a.session) for a, total in rated if a.rater == THERAPIST)
    client = Indicator(
        "prr", "Focus problem", "of 5", own, "the problem rating, from the middle phase on", 1, 5
    )
    if not others:
        return (client,)
    return client, Indicator("prr_therapist", "Focus problem, by the therapist", "of 5", others, "", 1, 5)


# -- support -----------------------------------------------------------------------------------------

# Contacts a week that a word for frequency stands for (DEFAULT, ours). What is rarer counts nothing.
A_WEEK = {"daily": 7.0, "weekly": 1.0, "monthly": 0.25, "less": 0.0, "none": 0.0}
NO_SUPPORT = "none"
INVENTORY = "the inventory of people with the support each gives"


def _inventory(course: Course) -> Iterator[tuple[Entry, Mapping[str, Mapping[str, Any]]]]:
    """After each day on which the inventory was written: everybody in it, as last described."""
    known: dict[str, dict[str, Any]] = {}
    entries = course.entries_of("rec_inventory_person")
    for place, entry in enumerate(entries):
        person = str(entry.values.get("person_id") or entry.values.get("label") or "")
        said = {key: value for key, value in entry.values.items() if value is not None}
        known[person] = {**known.get(person, {}), **said}
        if place + 1 == len(entries) or entries[place + 1].on != entry.on:
            yield entry, known


def _in_life(person: Mapping[str, Any]) -> bool:
    gone = person.get("alive") is False or person.get("past_or_present") == "past"
    return not gone and _a_week(person) != 0


def _a_week(person: Mapping[str, Any]) -> float | None:
    """Contacts a week, by the choice made, else by the first word written; None where neither says."""
    said = words(person.get("contact_frequency")) or words(person.get("contact"))
    first = re.match(r"[a-z]+", said[0].strip().lower()) if said else None
    return A_WEEK.get(first.group()) if first else None


def _gives(person: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(words(person.get("support_type"))) - {NO_SUPPORT}


def _confidants(course: Course) -> Indicator:
    found = []
    for entry, people in _inventory(course):
        if any(_gives(person) or person.get("support_type") for person in people.values()):
            confidants = [p for p in people.values() if _in_life(p) and "emotional" in _gives(p)]
            found.append(Reading(entry.on, len(confidants), entry.session))
    return Indicator(
        "confidants", "Confidants", "", tuple(found), INVENTORY,
        counts="People in the client's life now who give comfort and listen.",
    )  # fmt: skip


def _contacts(course: Course) -> Indicator:
    found = []
    for entry, people in _inventory(course):
        a_week = [_a_week(p) for p in people.values() if _in_life(p) and _gives(p)]
        known = [count for count in a_week if count is not None]
        if known:
            found.append(Reading(entry.on, sum(known), entry.session))
    return Indicator(
        "contacts", "Support contacts", "a week", tuple(found), f"{INVENTORY} and how often they meet",
        counts="Of people who give support: daily counts 7, weekly 1, monthly a quarter.",
    )  # fmt: skip


# -- emotion -----------------------------------------------------------------------------------------

_BETWEEN = re.compile(r"[,;/]|\band\b|\bbut\b", re.IGNORECASE)


def _feelings_named(course: Course) -> Indicator:
    """Different words for feelings, session by session; what the client wrote goes to the next session."""
    named: dict[tuple[date, int | None], list[str]] = {}
    for entry in course.entries:
        feelings = list(_feelings(entry))
        if feelings:
            named.setdefault(_session_of(course, entry), []).extend(feelings)
    found = []
    for (on, session), said in sorted(named.items(), key=lambda item: item[0][0]):
        once = tuple(dict.fromkeys(word.casefold() for word in said))
        found.append(Reading(on, len(once), session, once))
    return Indicator(
        "feelings", "Feelings named", "words a session", tuple(found), "an emotion log, or a mood tied to an event",
        counts="Different words for feelings in the emotion logs, moods tied to events, roles and losses of a session.",
        each=True,
    )  # fmt: skip


def _feelings(entry: Entry) -> Iterator[str]:
    values = entry.values
    match entry.record:
        case "rec_emotion_log":
            yield from _apart(values.get("first_word"))
            yield from _apart(*(row.get("word") for row in _rows(values.get("underlying_emotions"))))
        case "rec_event_mood_link":
            yield from _apart(values.get("feeling_before"), values.get("feeling_after"))
        case "rec_role_balance" | "rec_loss_narrative":
            yield from _apart(*words(values.get("feelings")))


def _rows(value: object) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, list | tuple):
        yield from (row for row in value if isinstance(row, Mapping))


def _apart(*said: object) -> Iterator[str]:
    """ "shaken, less alone" is two feelings."""
    for one in said:
        for text in words(one):
            yield from (part.strip() for part in _BETWEEN.split(text) if part.strip())


def _session_of(course: Course, entry: Entry) -> tuple[date, int | None]:
    """The session a record belongs to: its own, else the next one held; its own day where none was."""
    for meeting in course.held:
        if meeting.number == entry.session or (entry.session is None and meeting.on >= entry.on):
            return meeting.on, meeting.number
    return entry.on, entry.session


# -- skill -------------------------------------------------------------------------------------------

DONE = {"yes": 2.0, "partly": 1.0, "no": 0.0}
DONE_WORDS = {2.0: "done", 1.0: "partly done", 0.0: "not done"}


def _rehearsals(course: Course) -> Indicator:
    """Talks rehearsed in a session; one tried three times is one talk."""
    counted: dict[tuple[date, int | None], int] = {}
    for entry in course.entries_of("rec_role_play"):
        place = _session_of(course, entry)
        counted[place] = counted.get(place, 0) + 1
    found = tuple(
        Reading(on, n, session) for (on, session), n in sorted(counted.items(), key=lambda p: p[0][0])
    )
    return Indicator("rehearsals", "Talks rehearsed", "a session", found, "a role play", each=True)


def _steps(course: Course) -> Indicator:
    """What became of each step that was looked at again; of one step the last word counts."""
    last: dict[str, Entry] = {}
    for entry in course.entries_of("rec_action_plan"):
        step = "".join(words(entry.values.get("step"))).strip().casefold()
        if step and "".join(words(entry.values.get("done"))) in DONE:
            last.pop(step, None)
            last[step] = entry
    found = tuple(Reading(e.on, DONE["".join(words(e.values["done"]))], e.session) for e in last.values())
    return Indicator(
        "steps", "Steps between sessions", "", found, "what came of a step, written at the next session", 0, 2,
        counts="0 not done, 1 partly, 2 done.", each=True,
    )  # fmt: skip
