"""What we tried, in words: for each issue its solutions, their attempts, what came of them, what next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from openipt.core.course.tried import Attempt, IssueTried, Solution, what_we_tried
from openipt.web.jinja import day, plural
from openipt.web.therapist.common import EpisodePage

KIND_WORDS = {
    "step": "Step",
    "rehearsal": "Rehearsal",
    "choice": "Choice",
    "talk": "Talk gone through",
    "message": "Message",
}
KIND_ICONS = {"step": "flag", "rehearsal": "people", "choice": "next", "talk": "quote", "message": "note"}
DONE_WORDS = {"yes": "Done", "partly": "Done in part", "no": "Not done"}
DONE_OF_KIND = {"message": {"yes": "Said", "no": "Not said"}, "talk": {"yes": "Tried", "no": "Not tried"}}
LINK_WORDS = {"record": "", "person": "by the person it is about", "focus": "by the focus of that day"}
NO_ISSUE = "Not for an issue of the ranking"
DISPUTE = "role_dispute"
ATTEMPTS_FIRST = 2  # clinical reference 17, step 3


@dataclass(frozen=True)
class AttemptLine:
    """One try: when, what, how it went."""

    when: str
    what: str
    done: str
    came_of_it: str
    mood: str
    address: str


@dataclass(frozen=True)
class SolutionView:
    """One thing tried."""

    kind: str
    icon: str
    title: str
    attempts: tuple[AttemptLine, ...]
    next: str
    next_words: str
    linked_by: str


@dataclass(frozen=True)
class IssueCard:
    """One issue with everything tried for it."""

    title: str
    area: str
    count: str
    note: str
    next: str
    next_title: str
    solutions: tuple[SolutionView, ...]


def present_tried(page: EpisodePage, address_of: Callable[[int | None], str]) -> tuple[IssueCard, ...]:
    """Every issue in the order agreed. `address_of` finds the page of a record by its place."""
    return tuple(_issue(page, one, address_of) for one in what_we_tried(page.course, page.on))


def _issue(page: EpisodePage, one: IssueTried, address_of: Callable[[int | None], str]) -> IssueCard:
    waiting = one.next
    area = one.issue.area if one.issue else ""
    return IssueCard(
        title=(one.issue.text or one.issue.id) if one.issue else NO_ISSUE,
        area=page.codes["areas"].get(area, area),
        count=f"{plural(len(one.solutions), 'thing')} tried, {plural(one.carried_out, 'attempt')} carried out"
        if one.solutions
        else "",
        note=_note(one, area),
        next=" ".join(filter(None, (waiting.next, waiting.next_words))) if waiting else "",
        next_title=waiting.title if waiting else "",
        solutions=tuple(
            _solution(page, each, address_of, said=each is waiting) for each in reversed(one.solutions)
        ),
    )


def _note(one: IssueTried, area: str) -> str:
    """Of a dispute: two rehearsed attempts carried out come before it is given up."""
    if area != DISPUTE or not one.solutions or one.carried_out >= ATTEMPTS_FIRST:
        return ""
    return (
        f"{plural(one.carried_out, 'attempt')} carried out. Two rehearsed ones come before a dispute is judged "
        "as beyond repair (clinical reference 17)."
    )


def _solution(
    page: EpisodePage, one: Solution, address_of: Callable[[int | None], str], *, said: bool
) -> SolutionView:
    """`said`: what is next stands above it already."""
    return SolutionView(
        kind=KIND_WORDS[one.kind],
        icon=KIND_ICONS[one.kind],
        title=_named(page, one.title) or KIND_WORDS[one.kind],
        attempts=tuple(_attempt(page, one.kind, each, address_of) for each in one.attempts),
        next="" if said else one.next,
        next_words="" if said else one.next_words,
        linked_by=LINK_WORDS.get(one.linked_by, ""),
    )


def _attempt(
    page: EpisodePage, kind: str, one: Attempt, address_of: Callable[[int | None], str]
) -> AttemptLine:
    done = DONE_OF_KIND.get(kind, DONE_WORDS).get(one.done, "")
    with_whom = f"with {_named(page, one.what)}" if kind == "step" and one.what else one.what
    return AttemptLine(
        when=day(one.on) + (f", session {one.session}" if one.session else ""),
        what=with_whom,
        done=done,
        came_of_it=one.came_of_it,
        mood=f"mood after {one.mood_after} of 10" if one.mood_after is not None else "",
        address=address_of(one.order),
    )


def _named(page: EpisodePage, words: str) -> str:
    """The label of somebody of the inventory in place of their code."""
    return page.people.get(words.strip(), words)
