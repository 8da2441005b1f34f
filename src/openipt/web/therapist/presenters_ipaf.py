"""The interpersonal-affective focus as a small diagram, its versions, and the moments in which it showed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from openipt.records.models import Entry, EntryState
from openipt.web.pattern import Pattern, pattern
from openipt.web.therapist.common import EpisodePage
from openipt.web.therapist.presenters_agreeing import PlainView, plain_view
from openipt.web.therapist.room_parts import may_write, new_address

FOCUS, FOCUS_EPISODE, GOODBYE = "rec_ipaf", "rec_ipaf_episode", "rec_goodbye"
LATEST = 6  # moments that stand beside the focus; the earlier ones are folded away


@dataclass(frozen=True)
class FocusView:
    """One version of the focus as it reads."""

    pattern: Pattern
    plain: PlainView
    agreed: bool
    is_shown: bool
    client_words: str
    on: date
    session: int | None
    address: str


@dataclass(frozen=True)
class FocusEpisode:
    """One moment in which the pattern showed."""

    situation: str
    self: str
    other: str
    affect: str
    on: date
    session: int | None
    by_client: bool
    address: str


@dataclass(frozen=True)
class FocusPart:
    """The focus in the Formulation room."""

    now: FocusView | None
    earlier: tuple[FocusView, ...]
    episodes: tuple[FocusEpisode, ...]
    earlier_episodes: tuple[FocusEpisode, ...]
    write_address: str
    episode_address: str


def is_used(page: EpisodePage) -> bool:
    """The adaptation works with such a focus, or one was written."""
    return bool(page.manual.tasks_shown_by(FOCUS) or page.entries(FOCUS))


def present_focus(page: EpisodePage) -> FocusPart | None:
    if not is_used(page):
        return None
    found = tuple(_view(page, entry) for entry in reversed(page.entries(FOCUS)))
    episodes = focus_episodes(page)
    return FocusPart(
        now=found[0] if found else None,
        earlier=found[1:],
        episodes=episodes[:LATEST],
        earlier_episodes=episodes[LATEST:],
        write_address=page.address("formulation/focus/") if may_write(page, FOCUS) else "",
        episode_address=new_address(page, FOCUS_EPISODE, task=_task(page, FOCUS_EPISODE)),
    )


def focus_task(page: EpisodePage) -> str:
    return _task(page, FOCUS)


def _task(page: EpisodePage, record: str) -> str:
    return next((task.id for task in page.manual.tasks_shown_by(record)), "")


def pattern_of(page: EpisodePage, values: Mapping[str, Any]) -> Pattern:
    return pattern(page.manual.record_types[FOCUS], values)


def _view(page: EpisodePage, entry: Entry) -> FocusView:
    values = entry.visible
    return FocusView(
        pattern=pattern_of(page, values),
        plain=plain_view(page, values),
        agreed=values.get("agreed") is True,
        is_shown=entry.state == EntryState.FINAL,
        client_words=str(values.get("client_words") or ""),
        on=entry.on,
        session=entry.session.number if entry.session else None,
        address=page.address(f"records/{entry.pk}/"),
    )


def focus_episodes(page: EpisodePage) -> tuple[FocusEpisode, ...]:
    """Every moment over the course, the last first."""
    found = sorted(page.entries(FOCUS_EPISODE), key=lambda entry: (entry.on, entry.order), reverse=True)
    return tuple(_episode(page, entry) for entry in found)


def _episode(page: EpisodePage, entry: Entry) -> FocusEpisode:
    said = {
        key: str(entry.visible.get(key) or "").strip() for key in ("situation", "self", "other", "affect")
    }
    return FocusEpisode(
        **said,
        on=entry.on,
        session=entry.session.number if entry.session else None,
        by_client=entry.by_role == "client",
        address=page.address(f"records/{entry.pk}/"),
    )
