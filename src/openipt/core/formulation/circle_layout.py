"""Where the people of a closeness circle are drawn: who stands in which ring becomes places on a paper.

Pure geometry. The same people give the same places, and nothing ever lies on anything: no disc on a disc, no
name on a name or a disc, nothing on the self or on the name of a ring. The ring is the truth: a disc lies within
the lines of its own ring, whatever else has to give way.

Each person looks for a place at an angle of their own: the one they were dragged to, else one that follows from
their number in the inventory alone. Who was dragged comes first, then the order of the inventory; each takes the
free place nearest to their angle. So one more person at the end moves nobody, as long as the drawing keeps its
step, and somebody who changes the ring goes in or out on their own ray.

A drawing has four steps, and takes the first in which everybody finds a place:

| step | how people are drawn |
|---|---|
| named | a disc with the name under it |
| close, closer | smaller discs, smaller and shorter names |
| numbered | a number in the disc, the names in a key beneath; the rings share the room by how many they hold |
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from math import asin, cos, floor, hypot, pi, radians, sin

from openipt.core.formulation.circle import RINGS, TURN
from openipt.core.formulation.label_width import shortened, width

GOLDEN_ANGLE = 137.508  # each next one far from all before (the angle at which leaves grow around a stem)
NAMED, CLOSE, CLOSER, NUMBERED = STEPS = "named", "close", "closer", "numbered"
SIZES = (0.8, 1.0, 1.2)  # of a disc: little contact, some or not known, daily
MARKS = 5.0  # the room around a disc that its marks may take
GAP = 2.0
LINE = 1.3  # the height of a line of words, in heights of its letters
NAME_HALF = 4.2  # half of the longest name of a ring ("Middle: nobody"), in heights of its letters
APART = (9.0, 6.0, 3.0, GAP)  # between discs that hold numbers, the roomiest first
LOST_TO_NAMES = 3  # places of an orbit that may lie under the name of a ring
FULL_SHARE = 0.8  # names that would cover more of a ring than this are not tried
ANGLE_STEP = 5

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Standing:
    """Somebody to be drawn. `number` is their number in the inventory; `angle` in degrees, clockwise from the top."""

    code: str
    label: str
    ring: int
    number: int = 1
    size: int = 1
    angle: int | None = None

    @property
    def wanted(self) -> int:
        return own_angle(self.number) if self.angle is None else self.angle % TURN


@dataclass(frozen=True)
class Step:
    """How large people are drawn: the disc, the letters, the longest name."""

    name: str
    disc: float
    letters: float
    longest: float = 0.0
    apart: float = GAP  # between two discs, where they hold numbers


@dataclass(frozen=True)
class Paper:
    """A sheet the circle is drawn on, in units of one pixel. `lines` are the outer ends of the three rings."""

    name: str
    width: float
    height: float
    self_radius: float
    lines: tuple[float, float, float]
    letters: float
    steps: tuple[Step, ...]  # with names, the roomiest first
    numbered: Step

    @property
    def middle(self) -> tuple[float, float]:
        return self.width / 2, self.height / 2


WIDE = Paper(
    "wide", 680, 600, 30, (118, 208, 292), 12.5,
    (Step(NAMED, 18, 15, 200), Step(CLOSE, 14, 13.5, 128), Step(CLOSER, 11, 12.5, 84)),
    Step(NUMBERED, 13, 12.5),
)  # fmt: skip
NARROW = Paper(
    "narrow", 358, 364, 20, (72, 124, 174), 11,
    (Step(NAMED, 11, 13, 112), Step(CLOSE, 9, 12, 78), Step(CLOSER, 8, 12, 58)),
    Step(NUMBERED, 10, 12),
)  # fmt: skip
PAPERS = (WIDE, NARROW)


@dataclass(frozen=True)
class Disc:
    """One person as drawn: the middle of the disc, its radius, the words under it or the number in it."""

    code: str
    label: str
    ring: int
    x: float
    y: float
    radius: float
    words: str
    number: int
    angle: int

    @property
    def is_shortened(self) -> bool:
        return self.words != self.label


@dataclass(frozen=True)
class Ring:
    """One ring: its outer line, and where its name stands."""

    ring: int
    radius: float
    name_y: float
    count: int


@dataclass(frozen=True)
class Layout:
    """A whole circle on one paper."""

    paper: Paper
    step: Step
    rings: tuple[Ring, ...]
    discs: tuple[Disc, ...]

    @property
    def is_numbered(self) -> bool:
        return self.step.name == NUMBERED


def own_angle(number: int) -> int:
    """The angle of somebody who was never dragged."""
    return round(number * GOLDEN_ANGLE) % TURN


def layout(people: Sequence[Standing], paper: Paper = WIDE) -> Layout:
    """Everybody in their ring, on this paper, in the first step that has room for all."""
    order = sorted(range(len(people)), key=lambda at: (people[at].angle is None, at))
    for step in paper.steps:
        words = [shortened(one.label, step.letters, step.longest) for one in people]
        bodies = tuple(
            _Body(people[at].ring, people[at].size, _room_of(words[at], step), people[at].wanted)
            for at in order
        )
        spots = _named_spots(paper, step, bodies)
        if spots is not None:
            return _drawn(people, paper, step, paper.lines, words, order, spots)
    step = paper.numbered
    wants = tuple((people[at].ring, people[at].wanted) for at in order)
    lines, spots, step = _numbered_spots(paper, step, wants)
    words = [str(at + 1) for at in range(len(people))]
    return _drawn(people, paper, step, lines, words, order, spots)


def _drawn(
    people: Sequence[Standing],
    paper: Paper,
    step: Step,
    lines: tuple[float, ...],
    words: Sequence[str],
    order: Sequence[int],
    spots: Sequence[tuple[float, float]],
) -> Layout:
    place = dict(zip(order, spots, strict=True))
    discs = [
        Disc(
            code=one.code,
            label=one.label,
            ring=one.ring,
            x=place[at][0],
            y=place[at][1],
            radius=disc_radius(step, one.size),
            words=words[at],
            number=at + 1,
            angle=one.wanted,
        )
        for at, one in enumerate(people)
    ]
    counts = {ring: sum(1 for one in people if one.ring == ring) for ring in RINGS}
    rings = tuple(
        Ring(ring, line, round(_name_y(paper, line), 1), counts[ring])
        for ring, line in zip(RINGS, lines, strict=True)
    )
    return Layout(paper, step, rings, tuple(discs))


def disc_radius(step: Step, size: int) -> float:
    """Discs of one step; numbers need every disc to be as large as the others."""
    return step.disc if step.name == NUMBERED else round(step.disc * SIZES[size], 1)


def disc_box(x: float, y: float, radius: float) -> Box:
    """A disc with the room for its marks."""
    return (x - radius - MARKS, y - radius - MARKS, x + radius + MARKS, y + radius + GAP)


def label_box(x: float, y: float, radius: float, room: float, letters: float) -> Box:
    """A name under its disc."""
    top = y + radius + GAP
    return (x - room / 2, top, x + room / 2, top + letters * LINE)


def boxes_of(disc: Disc, step: Step) -> tuple[Box, ...]:
    """All that a person covers."""
    if step.name == NUMBERED:
        return ((disc.x - disc.radius, disc.y - disc.radius, disc.x + disc.radius, disc.y + disc.radius),)
    room = _room_of(disc.words, step)
    return (
        disc_box(disc.x, disc.y, disc.radius),
        label_box(disc.x, disc.y, disc.radius, room, step.letters),
    )


def reserved(paper: Paper, lines: Iterable[float]) -> tuple[Box, ...]:
    """What nobody may lie on: the self, and the names of the rings."""
    x, y = paper.middle
    around = paper.self_radius
    half, high = NAME_HALF * paper.letters, paper.letters * LINE / 2
    names = [(x - half, at - high, x + half, at + high) for line in lines for at in (_name_y(paper, line),)]
    return ((x - around, y - around, x + around, y + around), *names)


def _name_y(paper: Paper, line: float) -> float:
    """A ring's name stands just inside of its line, at the foot."""
    return paper.height / 2 + line - paper.letters * 0.85


def meet(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _room_of(words: str, step: Step) -> float:
    return round(width(words, step.letters) + GAP, 1)


# -- with names ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Body:
    """What a person takes of the paper. Numbers only: what is kept of a layout holds nobody's name."""

    ring: int
    size: int
    room: float
    wanted: int


@lru_cache(maxsize=1024)
def _named_spots(
    paper: Paper, step: Step, bodies: tuple[_Body, ...]
) -> tuple[tuple[float, float], ...] | None:
    """A place for each, in their order; None where somebody finds none."""
    if _too_full(paper, step, bodies):
        return None
    taken = list(reserved(paper, paper.lines))
    found = []
    for body in bodies:
        spot = _free_spot(paper, step, body, taken)
        if spot is None:
            return None
        found.append(spot[0])
        taken += spot[1]
    return tuple(found)


def _too_full(paper: Paper, step: Step, bodies: Iterable[_Body]) -> bool:
    covered = dict.fromkeys(RINGS, 0.0)
    for body in bodies:
        disc = 2 * (disc_radius(step, body.size) + MARKS)
        covered[body.ring] += disc * disc + body.room * step.letters * LINE
    return any(covered[ring] > FULL_SHARE * _area(*_band(paper, ring)) for ring in RINGS)


def _area(inner: float, outer: float) -> float:
    return pi * (outer * outer - inner * inner)


def _band(paper: Paper, ring: int) -> tuple[float, float]:
    return (paper.self_radius if ring == 1 else paper.lines[ring - 2]), paper.lines[ring - 1]


def _free_spot(
    paper: Paper, step: Step, body: _Body, taken: Sequence[Box]
) -> tuple[tuple[float, float], tuple[Box, Box]] | None:
    """The free place nearest to the wanted angle in the ring, with what is covered there."""
    radius = disc_radius(step, body.size)
    inner, outer = _band(paper, body.ring)
    low, high = inner + radius + GAP, outer - radius - GAP
    x0, y0 = paper.middle
    lift = step.letters * LINE / 2
    for turn, out in _offers(paper, step, body.ring):
        angle = radians(body.wanted + turn)
        x, y = round(x0 + out * sin(angle), 1), round(y0 - out * cos(angle) - lift, 1)
        if not low <= hypot(x - x0, y - y0) <= high:
            continue
        disc = disc_box(x, y, radius)
        label = label_box(x, y, radius, body.room, step.letters)
        if label[0] < 0 or label[2] > paper.width or disc[1] < 0 or label[3] > paper.height:
            continue
        if not any(meet(disc, other) or meet(label, other) for other in taken):
            return (x, y), (disc, label)
    return None


@lru_cache(maxsize=64)
def _offers(paper: Paper, step: Step, ring: int) -> tuple[tuple[int, float], ...]:
    """Turns away from the wanted angle and distances from the middle, the nearest first."""
    inner, outer = _band(paper, ring)
    middle = (inner + outer) / 2
    lift = step.letters * LINE / 2
    room = (outer - inner) / 2 - step.disc * SIZES[0] + lift
    outs = sorted({middle + room * part / 4 for part in range(-4, 5)}, key=lambda out: abs(out - middle))
    turns = [turn for at in range(0, TURN // 2 + 1, ANGLE_STEP) for turn in ((at,) if at == 0 else (at, -at))]
    offers = [(turn, out) for turn in turns for out in outs]
    return tuple(sorted(offers, key=lambda one: (round(_away(one, middle), 3), one[0] < 0, one[1])))


def _away(offer: tuple[int, float], middle: float) -> float:
    turn, out = offer
    return hypot(radians(abs(turn)) * middle, out - middle)


# -- with numbers -------------------------------------------------------------------------------------


@lru_cache(maxsize=1024)
def _numbered_spots(
    paper: Paper, step: Step, wants: tuple[tuple[int, int], ...]
) -> tuple[tuple[float, ...], tuple[tuple[float, float], ...], Step]:
    """The lines of the rings, a place for each, and the step: closer, then smaller, where so many stand."""
    for apart in APART:
        tried = replace(step, apart=apart)
        found = _orbits(paper, tried, wants)
        if found is not None:
            return (*found, tried)
    while True:
        tried = replace(tried, disc=tried.disc * 0.85)
        found = _orbits(paper, tried, wants)
        if found is not None:
            return (*found, tried)


def _orbits(
    paper: Paper, step: Step, wants: tuple[tuple[int, int], ...]
) -> tuple[tuple[float, ...], tuple[tuple[float, float], ...]] | None:
    """People on circles within each ring, as many as the ring needs; None where the paper is too small."""
    each = 2 * step.disc + step.apart
    needed = _orbits_needed(paper, wants, each)
    spare = paper.lines[2] - paper.self_radius - GAP - sum(needed) * each
    if spare < 0:
        return None
    wider = spare / len(RINGS)
    radius, lines, at = paper.self_radius + GAP, [], []
    for count in needed:
        at.append([radius + (wider + count * each) * (orbit + 0.5) / count for orbit in range(count)])
        radius += wider + count * each
        lines.append(round(radius, 1))
    slots = [_slots(paper, step, radii, lines) for radii in at]
    spots = []
    for ring, wanted in wants:
        free = slots[ring - 1]
        if not free:
            return None
        best = min(range(len(free)), key=lambda place: (_turned(free[place][0], wanted), free[place][1]))
        _, _, spot = free.pop(best)
        spots.append(spot)
    return tuple(lines), tuple(spots)


def _orbits_needed(paper: Paper, wants: tuple[tuple[int, int], ...], each: float) -> list[int]:
    """For each ring the orbits that hold all who stand in it, were it drawn as far in as can be."""
    counts = [sum(1 for ring, _ in wants if ring == one) for one in RINGS]
    radius, needed = paper.self_radius + GAP + each / 2, []
    for count in counts:
        orbits, holds = 0, 0
        while orbits == 0 or holds < count:
            holds += max(1, floor(2 * pi * radius / each) - LOST_TO_NAMES)
            orbits, radius = orbits + 1, radius + each
        needed.append(orbits)
    return needed


def _slots(
    paper: Paper, step: Step, radii: Sequence[float], lines: Sequence[float]
) -> list[tuple[float, float, tuple[float, float]]]:
    """Every place on these orbits: its angle, its orbit, and where it lies."""
    x0, y0 = paper.middle
    names = reserved(paper, lines)
    disc = step.disc
    found = []
    for out in radii:
        count = floor(pi / asin((disc + step.apart / 2) / out))
        for at in range(count):
            angle = TURN * at / count
            x, y = round(x0 + out * sin(radians(angle)), 1), round(y0 - out * cos(radians(angle)), 1)
            box = (x - disc, y - disc, x + disc, y + disc)
            if not any(meet(box, name) for name in names):
                found.append((angle, out, (x, y)))
    return found


def _turned(angle: float, wanted: int) -> float:
    away = abs(angle - wanted) % TURN
    return round(min(away, TURN - away), 3)
