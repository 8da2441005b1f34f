"""The closeness circle, ready to be drawn: people in their rings, twice (wide and narrow), with words for each.

It knows no page: who opens a person, and whether a concern about safety may be seen, is given to it. So the same
drawing serves the therapist's rooms, the screen turned to the client, paper, and the client's own pages.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from openipt.core.formulation.circle import RING_WORDS, RINGS, Marks
from openipt.core.formulation.circle_layout import PAPERS, Disc, Layout, Paper, Standing, layout
from openipt.core.formulation.label_width import DOTS, width
from openipt.web.drawing.placing import Text

RING_NAMES = {1: "Inner", 2: "Middle", 3: "Outer"}
NOBODY = "nobody"
PULLS = {"supports": "supports abstinence", "neutral": "neutral to use", "pulls": "pulls to use"}
FULL, INITIALS, NO_NAMES = "names", "initials", "none"


@dataclass(frozen=True)
class Person:
    """Somebody of the circle. `ring` None: not placed. `number` is their number in the inventory."""

    code: str
    label: str
    number: int
    ring: int | None = None
    angle: int | None = None
    marks: Marks = Marks()
    relation: str = ""


@dataclass(frozen=True)
class Mark:
    """One person as drawn. `words` is the whole of what the drawing says of them."""

    person: Person
    disc: Disc
    address: str
    words: str
    edge: float
    label_y: float
    corner: float
    room: float

    @property
    def classes(self) -> str:
        shown = self.person.marks
        named = (("absent", shown.is_absent), ("conflict", shown.conflict), ("safety", shown.safety))
        return " ".join(["circle-person", *(f"circle-{name}" for name, is_so in named if is_so)])


@dataclass(frozen=True)
class RingLine:
    """A ring with its name at the foot; an empty one says so."""

    ring: int
    radius: float
    name: Text
    is_empty: bool


@dataclass(frozen=True)
class Trace:
    """Where somebody stood before, and the way they went."""

    x: float
    y: float
    to_x: float
    to_y: float
    radius: float


@dataclass(frozen=True)
class Drawing:
    """One variant."""

    layout: Layout
    rings: tuple[RingLine, ...]
    marks: tuple[Mark, ...]
    traces: tuple[Trace, ...]

    @property
    def paper(self) -> Paper:
        return self.layout.paper

    @property
    def lines(self) -> str:
        return " ".join(f"{ring.radius:g}" for ring in self.rings)


@dataclass(frozen=True)
class Circle:
    """The whole circle. `key` stands under a drawing in which numbers stand for names."""

    id: str
    words: str
    self_word: str
    drawings: tuple[Drawing, ...]
    key: tuple[tuple[str, tuple[tuple[int, str], ...]], ...]
    unplaced: tuple[Person, ...]
    shows_safety: bool
    shows_quarrels: bool = True
    shows_pulls: bool = False

    @property
    def is_numbered(self) -> tuple[bool, ...]:
        return tuple(one.layout.is_numbered for one in self.drawings)


def circle(
    people: Sequence[Person],
    *,
    id: str = "circle",
    self_word: str = "Self",
    safety: bool = False,
    quarrels: bool = True,
    address: Callable[[Person], str] = lambda person: "",
    before: Mapping[str, tuple[int, int | None]] | None = None,
    papers: Sequence[Paper] = PAPERS,
) -> Circle:
    """The drawing of these people. Without `safety` it holds nothing of a concern, not even hidden, nor who
    pulls which way; without
    `quarrels` no conflict and nothing that changed.

    `before`: where people stood earlier, as ring and angle, to draw the way they went.
    """
    seen = [replace(one, marks=_shown(one.marks, safety, quarrels)) for one in people]
    placed = [one for one in seen if one.ring in RINGS]
    drawings = tuple(_drawing(placed, paper, address, before or {}) for paper in papers)
    return Circle(
        id=id,
        words=in_words(placed),
        self_word=self_word,
        drawings=drawings,
        key=_key(placed) if any(one.layout.is_numbered for one in drawings) else (),
        unplaced=tuple(one for one in seen if one.ring not in RINGS),
        shows_safety=safety,
        shows_quarrels=quarrels,
        shows_pulls=any(one.marks.pull for one in placed),
    )


def _shown(known: Marks, safety: bool, quarrels: bool) -> Marks:
    if not safety:
        known = replace(known, safety=False, pull="")
    return known if quarrels else replace(known, conflict=False, changed=False)


def in_words(placed: Sequence[Person]) -> str:
    """The whole drawing in a sentence."""
    parts = []
    for ring in RINGS:
        names = [one.label for one in placed if one.ring == ring]
        parts.append(f"{RING_NAMES[ring]} ring: {', '.join(names) or NOBODY}.")
    return " ".join(parts)


def of_person(person: Person) -> str:
    """What the drawing says of one person."""
    shown = person.marks
    said = [
        RING_WORDS.get(person.ring or 0, "not placed"),
        "has died" if shown.has_died else "in the past" if shown.in_past else "",
        f"{shown.support} {'kind' if shown.support == 1 else 'kinds'} of support" if shown.support else "",
        "conflict" if shown.conflict else "",
        "changed near onset" if shown.changed else "",
        "safety concern" if shown.safety else "",
        PULLS.get(shown.pull, ""),
    ]
    who = f"{person.label}, {person.relation}" if person.relation else person.label
    return f"{who}: {', '.join(filter(None, said))}"


def named_as(people: Sequence[Person], names: str) -> list[Person]:
    """The same people by name, by initials, or by number alone, as a paper that leaves the house may need it."""
    if names == FULL:
        return list(people)
    called = _initials if names == INITIALS else lambda person: str(person.number)
    return [replace(one, label=called(one), relation="") for one in people]


def _initials(person: Person) -> str:
    return " ".join(f"{part[0].upper()}." for part in person.label.split() if part) or DOTS


def _drawing(
    placed: Sequence[Person],
    paper: Paper,
    address: Callable[[Person], str],
    before: Mapping[str, tuple[int, int | None]],
) -> Drawing:
    found = layout([_standing(one) for one in placed], paper)
    rings = tuple(
        RingLine(
            ring.ring,
            ring.radius,
            Text(paper.width / 2, round(ring.name_y + paper.letters * 0.36, 1), _ring_name(ring.ring, ring.count), "middle"),
            not ring.count,
        )
        for ring in found.rings
    )  # fmt: skip
    marks = tuple(_mark(one, disc, found, address) for one, disc in zip(placed, found.discs, strict=True))
    return Drawing(found, rings, marks, _traces(placed, found, before))


def _standing(one: Person) -> Standing:
    assert one.ring is not None
    return Standing(one.code, one.label, one.ring, one.number, one.marks.size, one.angle)


def _ring_name(ring: int, count: int) -> str:
    return RING_NAMES[ring] if count else f"{RING_NAMES[ring]}: {NOBODY}"


def _mark(person: Person, disc: Disc, found: Layout, address: Callable[[Person], str]) -> Mark:
    step = found.step
    return Mark(
        person=person,
        disc=disc,
        address=address(person),
        words=of_person(person),
        edge=_edge(person.marks, step.disc),
        label_y=round(step.letters * 0.36 if found.is_numbered else disc.radius + step.letters * 1.05 + 2, 1),
        corner=round(disc.radius * (0.95 if found.is_numbered else 0.74), 1),
        room=0.0 if found.is_numbered else round(width(disc.words, step.letters), 1),
    )


THIN, EACH_SUPPORT, SEEN_BROKEN, SMALL_DISC = 1.25, 0.9, 1.75, 10  # a thinner broken edge would not be seen


def _edge(shown: Marks, disc: float) -> float:
    """The weight of a disc's edge: support, and enough of it for a broken one to be seen."""
    weight = max(THIN + EACH_SUPPORT * shown.support, SEEN_BROKEN if shown.conflict else 0.0)
    return round(weight * (1.0 if disc >= SMALL_DISC else 0.75), 2)


def _traces(
    placed: Sequence[Person], found: Layout, before: Mapping[str, tuple[int, int | None]]
) -> tuple[Trace, ...]:
    moved = [one for one in placed if one.code in before and before[one.code][0] != one.ring]
    if not moved:
        return ()
    then = [
        replace(one, ring=before[one.code][0], angle=before[one.code][1])
        for one in placed
        if one.code in before
    ]
    stood = {disc.code: disc for disc in layout([_standing(one) for one in then], found.paper).discs}
    now = {disc.code: disc for disc in found.discs}
    return tuple(
        Trace(stood[one.code].x, stood[one.code].y, now[one.code].x, now[one.code].y, stood[one.code].radius)
        for one in moved
    )


def _key(placed: Sequence[Person]) -> tuple[tuple[str, tuple[tuple[int, str], ...]], ...]:
    """Numbers and whole names, ring by ring; the numbers are those in the discs."""
    return tuple(
        (
            f"{RING_NAMES[ring]} ring",
            tuple((at, one.label) for at, one in enumerate(placed, start=1) if one.ring == ring),
        )
        for ring in RINGS
    )
