"""What we tried: for each issue every solution tried, its attempts, what came of it, what next.

Drawn from the records there are: steps, rehearsals, choices, talks gone through, messages. A record says
itself for which issue it stands (`issue`); else the person it is about tells, where that person belongs to
one area only; else the focus of that day. Which of the three it was is said with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from openipt.core.course import known
from openipt.core.course.course import Course, Entry
from openipt.core.fields.words import date_in_words
from openipt.core.safety.levels import says_yes

READY_FROM = 7  # a role play is repeated until readiness is 7 of 10 or more (ipt.md 6, tq_role_play; GKU)
BY_RECORD, BY_PERSON, BY_FOCUS = "record", "person", "focus"


@dataclass(frozen=True)
class IssueTold:
    """One issue as ranked or written down last."""

    id: str
    text: str
    area: str
    rank: int | None = None


@dataclass(frozen=True)
class StepTaken:
    """One step agreed, and what became of it as far as it was told. `done`: yes, partly, no, or "".

    `order` and `told_order` tell the entries in which it was agreed and in which its outcome stands.
    """

    step: str
    on: date
    session: int | None
    record: str
    order: int
    with_whom: str = ""
    supporter: str = ""
    fallback: str = ""
    done: str = ""
    result: str = ""
    mood_after: int | None = None
    told_on: date | None = None
    told_order: int | None = None
    issue: str = ""
    linked_by: str = ""
    area: str = ""


@dataclass(frozen=True)
class Attempt:
    """One try of a solution. `order` tells its entry."""

    on: date
    session: int | None
    order: int
    what: str = ""
    done: str = ""
    came_of_it: str = ""
    mood_after: int | None = None


@dataclass(frozen=True)
class Solution:
    """One thing tried. `kind`: step, rehearsal, choice, talk, message. `next_words` stand in the record."""

    kind: str
    title: str
    record: str
    attempts: tuple[Attempt, ...]
    next: str = ""
    next_words: str = ""
    linked_by: str = ""
    issue: str = ""

    @property
    def last_on(self) -> date:
        return self.attempts[-1].on

    @property
    def carried_out(self) -> int:
        """Attempts that were carried out, whole or in part."""
        return sum(attempt.done in ("yes", "partly") for attempt in self.attempts)


@dataclass(frozen=True)
class IssueTried:
    """One issue with everything tried for it. `issue` None: what belongs to none."""

    issue: IssueTold | None
    solutions: tuple[Solution, ...]

    @property
    def carried_out(self) -> int:
        return sum(solution.carried_out for solution in self.solutions if solution.kind != "rehearsal")

    @property
    def next(self) -> Solution | None:
        """The last solution that asks for something still."""
        waiting = [solution for solution in self.solutions if solution.next or solution.next_words]
        return max(waiting, key=lambda one: one.last_on) if waiting else None


def what_we_tried(course: Course, today: date) -> tuple[IssueTried, ...]:
    """Every issue in the order agreed, with its solutions oldest first; what belongs to none comes last."""
    course = course.as_of(today)
    links = _Links(course)
    solutions = sorted(_solutions(course, links, today), key=lambda one: (one.attempts[0].on, one.title))
    found = [
        IssueTried(issue, tuple(one for one in solutions if one.issue == issue.id)) for issue in links.issues
    ]
    others = tuple(one for one in solutions if one.issue not in {issue.id for issue in links.issues})
    return (*found, *((IssueTried(None, others),) if others else ()))


def issues_told(course: Course) -> tuple[IssueTold, ...]:
    """The issues: as ranked last and in the order agreed, then any that was only written down."""
    found: dict[str, IssueTold] = {}
    for number, entry in enumerate(course.entries_of("rec_issue"), start=1):
        name = str(entry.values.get("id") or f"issue-{number}")
        found[name] = IssueTold(
            name, str(entry.values.get("text") or ""), str(entry.values.get("area") or "")
        )
    for entry in known.latest_ranking_entries(course):
        name = str(entry.values.get("issue") or "")
        told = found.get(name, IssueTold(name, "", ""))
        rank = entry.values.get("final_rank", entry.values.get("rank"))
        found[name] = IssueTold(
            name,
            str(entry.values.get("text") or told.text),
            str(entry.values.get("area") or told.area),
            rank if isinstance(rank, int) and not isinstance(rank, bool) else None,
        )
    named = [issue for issue in found.values() if issue.id]
    return tuple(sorted(named, key=lambda issue: (issue.rank is None, issue.rank or 0)))


# -- to which issue something belongs ------------------------------------------------------------------


class _Links:
    """Tells for a record to which issue it belongs, and how that is known."""

    def __init__(self, course: Course) -> None:
        self.issues = issues_told(course)
        self._ids = {issue.id for issue in self.issues}
        self._names = _names(course)
        self._areas = _areas_of_people(course, self._names)
        self._focus = known.focus_history(course)

    def of(self, entry: Entry, *people: object) -> tuple[str, str, str]:
        """Issue, how it is linked, and the area it serves; "" where that is not known."""
        stated = str(entry.values.get("issue") or "")
        if stated in self._ids:
            return stated, BY_RECORD, self._area(stated)
        areas = {area for person in self._people(people) for area in self._areas.get(person, ())}
        if len(areas) == 1 and (found := self._first_of(*areas)):
            return found.id, BY_PERSON, found.area
        for area in self._focus_on(entry.on):
            if found := self._first_of(area):
                return found.id, BY_FOCUS, area
        return "", "", next(iter(self._focus_on(entry.on)), "")

    def _area(self, issue_id: str) -> str:
        return next(issue.area for issue in self.issues if issue.id == issue_id)

    def _first_of(self, area: str) -> IssueTold | None:
        return next((issue for issue in self.issues if issue.area == area), None)

    def _focus_on(self, day: date) -> tuple[str, ...]:
        earlier = [focus.areas for focus in self._focus if focus.on <= day]
        return earlier[-1] if earlier else ()

    def _people(self, said: Iterable[object]) -> set[str]:
        return {name for words in said for part in known.words(words) for name in _parts(part, self._names)}


def _names(course: Course) -> Mapping[str, str]:
    """Every way a person of the inventory is called, in small letters -> one name for that person."""
    found: dict[str, str] = {}
    for entry in course.entries_of("rec_inventory_person"):
        code, label = (str(entry.values.get(key) or "").strip() for key in ("person_id", "label"))
        for called in filter(None, (code, label)):
            found[called.lower()] = found.get(label.lower(), (code or label).lower())
    return found


def _parts(words: str, names: Mapping[str, str]) -> Iterator[str]:
    """The people named in a line such as "Beatriz, Teo", each by one name."""
    for part in (words, *re.split(r",|;|&|\band\b", words)):
        if part.strip():
            yield names.get(part.strip().lower(), part.strip().lower())


def _areas_of_people(course: Course, names: Mapping[str, str]) -> dict[str, set[str]]:
    """Person -> the areas they belong to: the other of a dispute, the one who died, whom a formulation names."""
    found: dict[str, set[str]] = {}
    for entry in course.entries:
        match entry.record:
            case "rec_dispute_map":
                said, areas = entry.values.get("other"), known.words("role_dispute")
            case "rec_loss_narrative":
                said, areas = entry.values.get("who"), known.words("grief")
            case "rec_formulation" if known.agreed(entry):
                said, areas = entry.values.get("person"), known.words(entry.values.get("problem_area"))
            case _:
                continue
        for words in known.words(said):
            for person in _parts(words, names):
                found.setdefault(person, set()).update(areas)
    return found


# -- steps -------------------------------------------------------------------------------------------


def steps_taken(course: Course) -> tuple[StepTaken, ...]:
    """Every step agreed, oldest first, each with the last word on what became of it."""
    return _steps(course, _Links(course))


def _steps(course: Course, links: _Links) -> tuple[StepTaken, ...]:
    found: list[StepTaken] = []
    for entry in sorted(course.entries, key=lambda one: (one.on, one.order)):
        if entry.record == "rec_action_plan" and known.words(entry.values.get("step")):
            _take(found, entry, links)
    found += _steps_in_words(course, found, links)
    return tuple(sorted(found, key=lambda step: (step.on, step.order)))


def _take(found: list[StepTaken], entry: Entry, links: _Links) -> None:
    """A new step, or a later word on one: the same words while its outcome was not told before that day."""
    same = [place for place, step in enumerate(found) if _same(step.step, entry.values["step"])]
    told = _told(entry)
    if same:
        last = found[same[-1]]
        if told and (not last.done or last.told_on == entry.on):
            issue = _linked(entry, links) if entry.values.get("issue") else {}
            found[same[-1]] = replace(last, **told, **issue)
            return
        if not told and not last.done and last.session == entry.session:
            found[same[-1]] = replace(_new_step(entry, links), order=last.order, on=last.on)
            return
    found.append(replace(_new_step(entry, links), **told))


def _same(one: object, other: object) -> bool:
    return " ".join(str(one).split()).casefold() == " ".join(str(other).split()).casefold()


def _told(entry: Entry) -> dict[str, Any]:
    """What this entry says of how the step went; nothing where it says nothing."""
    done = str(entry.values.get("done") or "")
    result = "".join(known.words(entry.values.get("result")))
    if not done and not result:
        return {}
    mood = entry.values.get("mood_after")
    return {
        "done": done,
        "result": result,
        "mood_after": mood if isinstance(mood, int) and not isinstance(mood, bool) else None,
        "told_on": entry.on,
        "told_order": entry.order,
    }


def _new_step(entry: Entry, links: _Links) -> StepTaken:
    with_whom, supporter, fallback = (
        ", ".join(known.words(entry.values.get(key))) for key in ("with_whom", "supporter", "fallback")
    )
    return StepTaken(
        step=str(entry.values["step"]),
        on=entry.on,
        session=entry.session,
        record=entry.record,
        order=entry.order,
        with_whom=with_whom,
        supporter=supporter,
        fallback=fallback,
        **_linked(entry, links),
    )


def _linked(entry: Entry, links: _Links) -> dict[str, Any]:
    issue, how, area = links.of(entry, entry.values.get("with_whom"))
    return {"issue": issue, "linked_by": how, "area": area}


def _steps_in_words(course: Course, planned: list[StepTaken], links: _Links) -> Iterator[StepTaken]:
    """Steps that stand in the session's own record only; a plan of that session, or of the same words, wins."""
    sessions = {step.session for step in planned if step.told_on != step.on}
    for entry in course.entries_of("rec_session"):
        words = known.words(entry.values.get("next_step"))
        if not words or entry.session in sessions or any(_same(step.step, words[0]) for step in planned):
            continue
        yield StepTaken(words[0], entry.on, entry.session, entry.record, entry.order, **_linked(entry, links))


# -- solutions ---------------------------------------------------------------------------------------


def _solutions(course: Course, links: _Links, today: date) -> Iterator[Solution]:
    yield from _step_solutions(_steps(course, links))
    for entry in course.entries:
        maker = _MAKERS.get(entry.record)
        if maker is not None and (made := maker(entry, today)) is not None:
            people = (entry.values.get(key) for key in ("other_person_id", "about_whom"))
            issue, how, _ = links.of(entry, *people)
            yield replace(made, issue=issue, linked_by=how)


def _step_solutions(steps: tuple[StepTaken, ...]) -> Iterator[Solution]:
    """Steps of the same words are attempts of one solution."""
    groups: list[list[StepTaken]] = []
    for step in steps:
        there = next((g for g in groups if _same(g[0].step, step.step) and g[0].issue == step.issue), None)
        if there is None:
            groups.append([step])
        else:
            there.append(step)
    for group in groups:
        last = group[-1]
        waits = last is steps[-1] and not last.done and not last.result
        yield Solution(
            kind="step",
            title=last.step,
            record=last.record,
            attempts=tuple(_step_attempt(step) for step in group),
            next="Not asked yet." if waits else "",
            next_words=last.fallback if last.done in ("no", "partly") else "",
            linked_by=last.linked_by,
            issue=last.issue,
        )


def _step_attempt(step: StepTaken) -> Attempt:
    order = step.told_order if step.told_order is not None else step.order
    return Attempt(step.on, step.session, order, step.with_whom, step.done, step.result, step.mood_after)


def _rehearsal(entry: Entry, today: date) -> Solution | None:
    """A role play: what was tried and what it changed, until it feels ready."""
    values = entry.values
    title = _first(values, "goal", "opening_line", "situation")
    attempts = tuple(
        _attempt(entry, _first(row, "what_tried"), _first(row, "what_changed"))
        for row in _rows(values, "attempts")
    )
    ready = values.get("readiness_0_10")
    again = isinstance(ready, int | float) and ready < READY_FROM
    return Solution(
        kind="rehearsal",
        title=title,
        record=entry.record,
        attempts=attempts or (_attempt(entry),),
        next=f"Ready {ready:g} of 10: rehearse again, until {READY_FROM} or more." if again else "",
    )


def _choice(entry: Entry, today: date) -> Solution | None:
    """Options laid out; what was chosen."""
    question, chosen = _first(entry.values, "question"), _first(entry.values, "choice")
    attempt = _attempt(entry, chosen)
    return Solution("choice", question, entry.record, (attempt,), "" if chosen else "No choice is made yet.")


def _talk(entry: Entry, today: date) -> Solution | None:
    """A talk gone through line by line: how it ended, the other words found, and what came of them."""
    values, after = entry.values, _group(entry.values, "follow_up")
    tried = after.get("tried")
    ended, mood = _first(values, "outcome"), values.get("mood_after_0_10")
    if tried is not None:
        ended, mood = _first(after, "what_happened") or ended, after.get("mood_after")
    done = "" if tried is None else "yes" if says_yes(tried) else "no"
    return Solution(
        kind="talk",
        title=_first(values, "context", "wish_unsaid", "place"),
        record=entry.record,
        attempts=(replace(_attempt(entry, "", ended, mood), done=done),),
        next=_when_planned(values, today) if tried is None else "",
        next_words="" if tried is not None else _other_words(values),
    )


def _when_planned(values: Mapping[str, Any], today: date) -> str:
    planned = known.day(values.get("planned_date"))
    if planned is None:
        return ""
    return f"Planned for {date_in_words(planned.isoformat())}." if planned >= today else "Not asked yet."


def _other_words(values: Mapping[str, Any]) -> str:
    """The first of the other words that were found."""
    return next(filter(None, (_first(row, "line") for row in _rows(values, "alternatives"))), "")


def _message(entry: Entry, today: date) -> Solution | None:
    """A message prepared, said or not, and the reply."""
    values = entry.values
    said = values.get("said")
    attempt = _attempt(entry, _first(values, "message"), _first(values, "reply"), values.get("mood_after"))
    return Solution(
        kind="message",
        title=_first(values, "wish", "feeling", "message"),
        record=entry.record,
        attempts=(replace(attempt, done="" if said is None else "yes" if says_yes(said) else "no"),),
        next="" if says_yes(said) else "Prepared, not said yet.",
    )


_MAKERS = {
    "rec_role_play": _rehearsal,
    "rec_decision_analysis": _choice,
    "rec_communication_analysis": _talk,
    "rec_expression_plan": _message,
}


def _attempt(entry: Entry, what: str = "", came_of_it: str = "", mood: object = None) -> Attempt:
    mood_after = mood if isinstance(mood, int) and not isinstance(mood, bool) else None
    return Attempt(entry.on, entry.session, entry.order, what, "", came_of_it, mood_after)


def _first(values: Mapping[str, Any], *keys: str) -> str:
    """The first of these fields that holds words."""
    return next((" ".join(said) for key in keys if (said := known.words(values.get(key)))), "")


def _rows(values: Mapping[str, Any], key: str) -> tuple[Mapping[str, Any], ...]:
    rows = values.get(key)
    return tuple(row for row in rows if isinstance(row, Mapping)) if isinstance(rows, list | tuple) else ()


def _group(values: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    group = values.get(key)
    return group if isinstance(group, Mapping) else {}
