"""Every key the rooms listen to, in words. Each of them has its button too."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Place:
    """Where these keys work. `id` is what script knows the place by."""

    id: str
    title: str
    keys: tuple[tuple[tuple[str, ...], str], ...]
    note: str = ""


PLACES = (
    Place(
        "everywhere",
        "Everywhere",
        (
            (("Ctrl K",), "Go to a client, a room or a page by its name"),
            (("?",), "These keys, when you are in no field"),
            (("Esc",), "Close what is open"),
        ),
        "On a Mac, Command in place of Ctrl.",
    ),
    Place(
        "session",
        "Session",
        (
            (("F2",), "Turn the screen to the client, and back"),
            (("F8",), "Keep the client’s words: what is selected, or a line to write"),
            (("F9", "/"), "Find a strategy, technique or record"),
        ),
        "F2, F8 and F9 work while you type.",
    ),
    Place(
        "circle",
        "Closeness circle",
        (
            (("←", "→", "↑", "↓"), "From person to person"),
            (("Home", "End"), "The first person, the last"),
            (("1", "2", "3"), "Put into this ring"),
            (("+", "-"), "Closer, further away"),
            (("[", "]"), "Around the ring"),
            (("0", "Del"), "Off the circle"),
            (("A",), "Add somebody"),
            (("U", "R"), "Undo, do again"),
            (("F2",), "Turn the screen to the client, and back"),
        ),
    ),
    Place(
        "line",
        "Line",
        (
            (("←", "→"), "From score to score"),
            (("Home", "End"), "The first, the last"),
            (("+", "-"), "Closer, further away"),
            (("[", "]"), "From here on, up to here"),
            (("0",), "The whole course"),
        ),
    ),
    Place(
        "timeline",
        "Timeline",
        (
            (("←", "→"), "From event to event"),
            (("Home", "End"), "The first, the last"),
            (("+", "-"), "Closer, further away"),
            (("Page Up", "Page Down"), "Earlier, later"),
            (("0",), "The whole life"),
        ),
    ),
    Place("order", "Order of the issues", ((("Alt ↑", "Alt ↓"), "Move up, move down"),)),
    Place(
        "rows", "Rows of a form", ((("Enter",), "The next row"), (("Alt ↑", "Alt ↓"), "Move up, move down"))
    ),
)
