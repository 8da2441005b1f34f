"""Are answers in a file answers to their measure? A number that no form offers is a typing error."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from openipt.core.measures.definitions import Measure
from openipt.core.portable.shape import Many, Number, Whole
from openipt.errors import FieldFault

Measures = Mapping[str, Measure]

ITEMS = Many(Whole(0, 100, optional=True))


def answers_faults(
    measure: Measure | None, items: Sequence[Any], path: str, *, whole: bool = True
) -> Iterator[FieldFault]:
    """Every item that is no answer, and a number of items that the measure does not have.

    A measure that is not here, or is kept as a total only, is checked for its form only. A sitting that is
    not `whole` may end before the last item.
    """
    found = list(ITEMS.faults(items, path))
    yield from found
    if found or measure is None or not measure.entry.takes_items:
        return
    asked, extra = len(measure.items), len(measure.extra_items)
    if len(items) not in (asked, asked + extra) and (whole or len(items) > asked):
        yield FieldFault(path, f"holds {len(items)} answers; {measure.title} has {asked} items.")
        return
    for item, answer in zip(measure.items, items, strict=False):
        if answer is not None and answer not in item.values:
            range_words = f"must lie from {item.lowest} to {item.highest}."
            yield FieldFault(f"{path}.{item.number}", range_words)


def total_fault(measure: Measure | None, total: Any, path: str) -> Iterator[FieldFault]:
    """A total that is no number, or none that the measure can come to."""
    if total is None:
        return
    found = list(Number().faults(total, path))
    yield from found
    if found or measure is None or measure.lowest is None or measure.highest is None:
        return
    if measure.has_whole_totals and total != int(total):
        yield FieldFault(path, "must be a whole number.")
    elif not measure.lowest <= total <= measure.highest:
        yield FieldFault(path, f"must lie from {measure.lowest:g} to {measure.highest:g}.")
