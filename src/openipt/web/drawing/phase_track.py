"""The phase track: a dot per session, grouped by phase, the end always in view.

Held sessions are full dots, today's is open, missed and cancelled ones are small and hollow between
the numbered ones, and sessions still to come are outlines. Thirty sessions fit a 320 px screen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

HEIGHT = 28.0
MIDDLE = 10.0
WIDTH = 320.0
EDGE = 8.0
PHASE_GAP = 0.8  # of one step, added between phases
LARGEST_STEP = 26.0

WORDS = {
    "held": "held",
    "today": "today",
    "missed": "missed",
    "cancelled": "cancelled",
    "planned": "to come",
}


@dataclass(frozen=True)
class Mark:
    """One meeting of the track. `state` is a key of WORDS; a missed one has no number.

    `name` is what it is called, where it is not by its number.
    """

    state: str
    phase: str
    number: int | None = None
    on: str = ""
    name: str = ""


@dataclass(frozen=True)
class Dot:
    """A mark with its place."""

    x: float
    y: float
    radius: float
    state: str
    words: str


@dataclass(frozen=True)
class PhaseSpan:
    """The line under the dots of one phase."""

    title: str
    start: float
    end: float
    current: bool


@dataclass(frozen=True)
class PhaseTrack:
    """The drawing, and the same in words."""

    width: float
    height: float
    dots: tuple[Dot, ...]
    spans: tuple[PhaseSpan, ...]
    words: str


def phase_track(
    marks: Sequence[Mark],
    *,
    session: int,
    planned: int,
    titles: dict[str, str],
    word: str = "session",
    place: str = "",
) -> PhaseTrack:
    """Lay out the track. `marks` in order of time; `titles` names the phases by id, `word` the sessions.

    `place` says where the course stands, where it is not by the number of its sessions.
    """
    groups = [(phase, list(of)) for phase, of in groupby(marks, key=lambda mark: mark.phase)]
    steps = max(1.0, len(marks) - 1 + PHASE_GAP * max(0, len(groups) - 1))
    step = min(LARGEST_STEP, (WIDTH - 2 * EDGE) / steps)
    radius = max(2.4, min(6.0, step * 0.34))
    current = _current_phase(marks)
    dots: list[Dot] = []
    spans: list[PhaseSpan] = []
    x = EDGE
    for phase, of in groups:
        start = x
        for mark in of:
            dots.append(_dot(mark, x, radius, word))
            x += step
        title = titles.get(phase, phase)
        spans.append(
            PhaseSpan(title, round(start - radius, 1), round(x - step + radius, 1), phase == current)
        )
        x += step * PHASE_GAP
    width = (dots[-1].x if dots else EDGE) + EDGE
    return PhaseTrack(
        round(width, 1),
        HEIGHT,
        tuple(dots),
        tuple(spans),
        _words(groups, session, planned, titles, word, place),
    )


def _dot(mark: Mark, x: float, radius: float, word: str) -> Dot:
    size = radius * 0.62 if mark.state in ("missed", "cancelled") else radius
    size = radius * 1.25 if mark.state == "today" else size
    name = mark.name or (f"{word.capitalize()} {mark.number}" if mark.number is not None else "Meeting")
    when = f", {mark.on}" if mark.on else ""
    return Dot(round(x, 1), MIDDLE, round(size, 1), mark.state, f"{name}: {WORDS[mark.state]}{when}")


def _current_phase(marks: Sequence[Mark]) -> str:
    """The phase of today's session; else of the next one to come; else of the last one."""
    for state in ("today", "planned"):
        for mark in marks:
            if mark.state == state:
                return mark.phase
    return marks[-1].phase if marks else ""


def _words(
    groups: list[tuple[str, list[Mark]]],
    session: int,
    planned: int,
    titles: dict[str, str],
    word: str,
    place: str,
) -> str:
    of_all = f" of {planned}" if session <= planned else ""  # in maintenance sessions go on beyond the plan
    parts = [f"{word.capitalize()} {session}{of_all}." if session else f"Before {word} 1 of {planned}."]
    if place:
        parts = [f"{place[:1].upper()}{place[1:]}."]
    for phase, of in groups:
        counts = [
            f"{sum(mark.state == state for mark in of)} {word}"
            for state, word in WORDS.items()
            if any(mark.state == state for mark in of)
        ]
        parts.append(f"{titles.get(phase, phase)}: {', '.join(counts)}.")
    return " ".join(parts).replace("1 today", "one today")
