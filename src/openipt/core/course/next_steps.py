"""What may be done next where a course is not on track: the manual's steps, in an order, never a choice.

A step is offered where one of its conditions holds. The order follows from the reasons (DEFAULT): first
what a deterioration asks for, then steps that answer a reason that stands, in the order of the reasons;
then steps that answer one that cannot be told; then the rest, as the manual lists them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from openipt.core.course import known
from openipt.core.course.course import Course
from openipt.core.course.not_on_track import OffTrack
from openipt.core.course.rules import rule_result
from openipt.core.manual.model import Manual, NextStep

URGENT = "deterioration"


@dataclass(frozen=True)
class Asked:
    """What a condition of a step looks at."""

    manual: Manual
    course: Course
    today: date
    found: OffTrack

    def signal(self, *rules: str) -> bool:
        return any(signal.rule in rules for signal in self.found.signals)

    def fired(self, rule_id: str) -> bool:
        if rule_id not in self.manual.rules:
            return False
        return rule_result(rule_id, self.manual, self.course, self.today).fired


@dataclass(frozen=True)
class Offer:
    """One step that is offered, by which conditions, and which reasons it answers that stand or may stand."""

    step: NextStep
    because: tuple[str, ...]
    answers: tuple[str, ...]
    may_answer: tuple[str, ...]


Condition = Callable[[Asked, NextStep], bool]

CONDITIONS: Mapping[str, Condition] = MappingProxyType(
    {
        "not-on-track": lambda asked, step: asked.found.is_off,
        "not-on-track-week-8": lambda asked, step: asked.signal("DR-21"),
        "deterioration": lambda asked, step: asked.signal("DR-22"),
        "answers-a-reason": lambda asked, step: bool(set(step.answers) & set(asked.found.standing)),
        "severe": lambda asked, step: asked.fired("DR-12"),
        "prolonged-grief": lambda asked, step: asked.fired("DR-11"),
        "response-without-remission": lambda asked, step: asked.fired("DR-30"),
        "no-response-at-the-end": lambda asked, step: asked.fired("DR-31"),
    }
)


def offered(manual: Manual, course: Course, today: date, found: OffTrack) -> tuple[Offer, ...]:
    """Every step this manual offers for this course and focus, in its order."""
    asked = Asked(manual, course.as_of(today), today, found)
    focus = set(known.focus(asked.course))
    offers = [
        offer
        for step in manual.next_steps.values()
        if _is_for(step, manual, focus) and (offer := _offer(step, asked)).because
    ]
    places = {reason.id: place for place, reason in enumerate(found.reasons)}
    return tuple(sorted(offers, key=lambda offer: _rank(offer, places)))


def _is_for(step: NextStep, manual: Manual, focus: set[str]) -> bool:
    """Not where another adaptation, another focus, or techniques of another model are meant."""
    here = not step.adaptations or manual.base in step.adaptations
    here = here and (not step.techniques or any(name in manual.techniques for name in step.techniques))
    return here and (not step.areas or bool(set(step.areas) & focus))


def _offer(step: NextStep, asked: Asked) -> Offer:
    untold = {reason.id for reason in asked.found.reasons if reason.holds is None}
    return Offer(
        step=step,
        because=tuple(name for name in step.when if CONDITIONS[name](asked, step)),
        answers=tuple(name for name in step.answers if name in asked.found.standing),
        may_answer=tuple(name for name in step.answers if name in untold),
    )


def _rank(offer: Offer, places: Mapping[str, int]) -> tuple[int, int]:
    """Sorting is stable: within one rank the manual's order stays."""
    if URGENT in offer.because:
        return (0, 0)
    if offer.answers:
        return (1, min(places[name] for name in offer.answers))
    if offer.may_answer:
        return (2, min(places[name] for name in offer.may_answer))
    return (3, 0)
