"""Moments of life as they were told (`rec_episode`), and the schema that rests on them (ipt.md 4.21)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from openipt.core.course import known
from openipt.core.course.course import Course, once
from openipt.core.manual.model import Manual

EPISODE, SCHEMA = "rec_episode", "rec_schema"
LONGEST = 60  # of the words an episode is named by


def collects_episodes(manual: Manual) -> bool:
    """Whether this adaptation works with episodes and a schema that rests on them."""
    return bool(manual.tasks_shown_by(EPISODE) or manual.tasks_shown_by(SCHEMA))


def code_of(order: int) -> str:
    """What an episode is referred to by: its place among the records of the course, which never moves."""
    return f"e{order}"


@once
def episodes_told(course: Course) -> Mapping[str, str]:
    """Code -> a few words by which an episode is known again, oldest first."""
    return MappingProxyType(
        {code_of(entry.order): named(entry.values) for entry in course.entries_of(EPISODE)}
    )


def named(values: Mapping[str, Any]) -> str:
    """Where and when it was, else the first words that were said, felt or done."""
    place = ", ".join(str(values[key]).strip() for key in ("where", "when") if known.words(values.get(key)))
    said = next((words for key in ("feeling", "act") for words in known.words(values.get(key))), "")
    words = place or _first_said(values) or said or "An episode"
    return words if len(words) <= LONGEST else f"{words[: LONGEST - 1].rstrip()}…"


def _first_said(values: Mapping[str, Any]) -> str:
    return next((said for _, said in turns(values)), "")


def turns(values: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Who said what, turn by turn; of a file that holds the talk as one text, that text."""
    told = values.get("dialogue")
    if isinstance(told, str):
        return (("", told.strip()),) if told.strip() else ()
    rows = [row for row in told or () if isinstance(row, Mapping)]
    said = ((str(row.get("speaker") or "").strip(), str(row.get("said") or "").strip()) for row in rows)
    return tuple(turn for turn in said if turn[1])


def linked_episodes(schema: Mapping[str, Any]) -> tuple[str, ...]:
    """The episodes this version of a schema rests on, by their codes, in its order."""
    rows = (row for row in schema.get("links") or () if isinstance(row, Mapping))
    return tuple(dict.fromkeys(code for row in rows for code in known.words(row.get("episode"))))
