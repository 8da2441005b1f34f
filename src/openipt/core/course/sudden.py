"""Sudden gains (DR-25) and sudden losses of PHQ-9 over a whole course.

A gain is a fall of 5 points or more between two held sessions that follow each other (22.1, DEFAULT). A loss
is its mirror, a rise of as much: no source names one, it is ours (DEFAULT), and it raises nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

from openipt.core.course.course import Course
from openipt.core.course.scores import PHQ9, Point, points
from openipt.core.manual.model import Manual

RULE = "DR-25"


@dataclass(frozen=True)
class SuddenChange:
    """A jump between two sessions that follow each other."""

    before: Point
    after: Point

    @property
    def points(self) -> float:
        """How many points, without a sign."""
        return abs(self.after.total - self.before.total)

    @property
    def is_gain(self) -> bool:
        return self.after.total < self.before.total


def sudden_changes(manual: Manual, course: Course) -> tuple[SuddenChange, ...]:
    """Every sudden gain and loss, in order. A session without a score stands between no two others."""
    least = manual.rule(RULE).parameters["fall_from"]
    held = [meeting.number for meeting in course.held]
    scored = {point.session: point for point in points(manual, course, PHQ9)}
    pairs = [(scored.get(a or 0), scored.get(b or 0)) for a, b in zip(held, held[1:], strict=False)]
    return tuple(
        SuddenChange(before, after)
        for before, after in pairs
        if before and after and abs(after.total - before.total) >= least
    )
