"""Places that put things in a chosen order, with as few of them changed as can be.

    places([(3, 1), (9, 2), (5, 3)])      (3, 4.0, 5): the second comes between the others

Each thing has a key, its place until now, and a number that decides between two of the same key.
"""

from __future__ import annotations

from collections.abc import Sequence

Key = tuple[float, int]


def places(keys: Sequence[Key]) -> tuple[float, ...]:
    """A place for each, so that by (place, number) they stand in the order given.

    What stands well among the others keeps its place; the rest come between those that do.
    """
    kept = _longest_rising(keys)
    found: list[float] = [key[0] for key in keys]
    ends = [-1, *kept, len(keys)]
    for before, after in zip(ends, ends[1:], strict=False):
        between = after - before - 1
        low = found[before] if before >= 0 else None
        high = found[after] if after < len(keys) else None
        for step in range(1, between + 1):
            found[before + step] = _between(low, high, step, between)
    numbered = [(place, number) for place, (_, number) in zip(found, keys, strict=True)]
    if numbered != sorted(numbered):
        return tuple(float(place) for place in range(1, len(keys) + 1))
    return tuple(found)


def _between(low: float | None, high: float | None, step: int, of: int) -> float:
    if low is None:
        return step if high is None else high - (of + 1 - step)
    return low + step if high is None else low + (high - low) * step / (of + 1)


def _longest_rising(keys: Sequence[Key]) -> list[int]:
    """Where the longest row of keys stands that is in order already."""
    best: list[list[int]] = []
    for place, key in enumerate(keys):
        before = [row for row in best if keys[row[-1]] < key]
        best.append([*max(before, key=len, default=[]), place])
    return max(best, key=len, default=[])
