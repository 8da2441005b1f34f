"""Whether a change between two totals is larger than the measure's error (reliable change)."""

from __future__ import annotations

from enum import StrEnum

from openipt.core.measures.definitions import Direction, Measure


class ReliableChange(StrEnum):
    """What happened between two totals, as far as the measure can tell."""

    IMPROVED = "improved"
    DETERIORATED = "deteriorated"
    NONE = "none"


def improvement(measure: Measure, before: float, after: float) -> float:
    """How many points better: positive is better, whichever way the measure runs."""
    fall = before - after
    return fall if measure.direction is Direction.HIGHER_IS_WORSE else -fall


def reliable_change(measure: Measure, before: float, after: float) -> ReliableChange | None:
    """The change judged by the measure's reliable change index; None where it has none."""
    index = measure.reliable_change.points if measure.reliable_change else None
    if index is None:
        return None
    better = improvement(measure, before, after)
    if better >= index:
        return ReliableChange.IMPROVED
    return ReliableChange.DETERIORATED if -better >= index else ReliableChange.NONE
