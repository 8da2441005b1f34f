"""Where words and marks go so that none lies on another and none leaves its frame. Plain geometry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

ABOVE, BELOW = 11.0, 3.5  # how far a line of text reaches over and under its base line
GAP = 2.0


@dataclass(frozen=True)
class Text:
    """Words at a place; `anchor` is start, middle or end."""

    x: float
    y: float
    words: str
    anchor: str = "start"


@dataclass(frozen=True)
class Box:
    """A rectangle."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: Box) -> bool:
        across = self.left < other.right and other.left < self.right
        return across and self.top < other.bottom and other.top < self.bottom

    def holds(self, other: Box) -> bool:
        return (
            self.left <= other.left
            and other.right <= self.right
            and self.top <= other.top
            and other.bottom <= self.bottom
        )


def box_of(text: Text, letter: float) -> Box:
    """What words cover, at this mean width of a letter."""
    width = len(text.words) * letter
    left = text.x - {"start": 0.0, "middle": width / 2, "end": width}[text.anchor]
    return Box(left, text.y - ABOVE, left + width, text.y + BELOW)


def first_free(offers: Sequence[Text], taken: Sequence[Box], frame: Box, letter: float) -> Text | None:
    """The first of these places that lies in the frame and on nothing that is there."""
    for offer in offers:
        box = box_of(offer, letter)
        if frame.holds(box) and not any(box.meets(other) for other in taken):
            return offer
    return None


def spread(wanted: Sequence[float], sizes: Sequence[float], low: float, high: float) -> list[float]:
    """Middles for things of these sizes, in order, near where each is wanted, between `low` and `high`.

    They fit: the caller sees to that. Those pushed against the end push the others back.
    """
    middles: list[float] = []
    edge = low
    for want, size in zip(wanted, sizes, strict=True):
        middle = max(want, edge + size / 2)
        middles.append(middle)
        edge = middle + size / 2 + GAP
    edge = high
    for at in range(len(middles) - 1, -1, -1):
        middles[at] = min(middles[at], edge - sizes[at] / 2)
        edge = middles[at] - sizes[at] / 2 - GAP
    return middles


@dataclass(frozen=True)
class Group:
    """Neighbours that share one mark: the first and the last of them by place, and where they are wanted."""

    first: int
    last: int
    at: float

    @property
    def is_one(self) -> bool:
        return self.first == self.last


@dataclass(frozen=True)
class Placed:
    """A group with its size, and where its middle came to lie."""

    group: Group
    size: float
    middle: float


def placed_in_groups(
    wanted: Sequence[float], one: float, several: float, low: float, high: float, most_away: float
) -> list[Placed]:
    """Things in order, each alone while it fits and stays near where it is wanted; else with its neighbours.

    Those nearest to each other come together first.
    """
    groups = [Group(at, at, want) for at, want in enumerate(wanted)]
    while True:
        sizes = [one if group.is_one else several for group in groups]
        fit = sum(size + GAP for size in sizes) - GAP <= high - low
        middles = spread([group.at for group in groups], sizes, low, high) if fit else []
        away = [abs(middle - group.at) for group, middle in zip(groups, middles, strict=False)]
        if len(groups) < 2 or (fit and max(away) <= most_away):
            return [Placed(*each) for each in zip(groups, sizes, middles, strict=True)]
        near = min(range(len(groups) - 1), key=lambda at: groups[at + 1].at - groups[at].at)
        left, right = groups[near], groups[near + 1]
        groups[near : near + 2] = [Group(left.first, right.last, (left.at + right.at) / 2)]
