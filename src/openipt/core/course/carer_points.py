"""Where the points stand at which parents or carers are invited, read from the tasks that they are."""

from __future__ import annotations

from datetime import date

from openipt.core.course import known
from openipt.core.course.carers import Point, PointState, left_out
from openipt.core.course.course import Course
from openipt.core.course.tasks import State, TaskState
from openipt.core.manual.model import CarerPoint, Manual

OF_STATE = {
    State.DONE: PointState.HELD,
    State.DUE: PointState.DUE,
    State.OVERDUE: PointState.OVERDUE,
    State.LATER: PointState.TO_COME,
    State.OPEN: PointState.DUE,
    State.NOT_APPLICABLE: PointState.NOT_CALLED_FOR,
}


def carer_points(manual: Manual, course: Course, states: tuple[TaskState, ...]) -> tuple[Point, ...]:
    """Each point of the adaptation, in its order."""
    by_task = {found.task.id: found for found in states}
    return tuple(_point(course, point, by_task[point.task]) for point in manual.carer_points)


def _point(course: Course, point: CarerPoint, found: TaskState) -> Point:
    if found.state is not State.DONE and point.task in left_out(course):
        return Point(point, PointState.LEFT_OUT, left_out(course)[point.task].on)
    held: date | None = known.last_done(course, point.task) if found.state is State.DONE else None
    return Point(point, OF_STATE[found.state], held, found.why)
