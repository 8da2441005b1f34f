"""The moments of life that were told, the inner states in them, and the schema that rests on them (ipt.md 4.21)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from openipt.core.course import known
from openipt.core.course.narrative import (
    EPISODE,
    SCHEMA,
    code_of,
    collects_episodes,
    linked_episodes,
    named,
    turns,
)
from openipt.records.models import Entry, EntryState
from openipt.web.pattern import Pattern, schema
from openipt.web.therapist.common import EpisodePage
from openipt.web.therapist.presenters_agreeing import PlainView, plain_view
from openipt.web.therapist.room_parts import edit_address, may_write, new_address

INNER, EXPERIMENT = "rec_emotion_log", "rec_experiment"
GONE = "An episode that was taken back"


@dataclass(frozen=True)
class InnerState:
    """The emotion, the thought and the body in one moment, as far as they were named: (what, in which words)."""

    parts: tuple[tuple[str, str], ...]
    address: str


@dataclass(frozen=True)
class Told:
    """One moment of life as it was told."""

    code: str
    name: str
    where: str
    when: str
    who: str
    turns: tuple[tuple[str, str], ...]
    feeling: str
    act: str
    states: tuple[InnerState, ...]
    supports: bool
    agreed: bool | None
    origin: str
    on: date
    session: int | None
    by_client: bool
    address: str
    state_address: str


@dataclass(frozen=True)
class Link:
    """One episode the schema rests on: where it may come from, and whether the client agrees."""

    code: str
    name: str
    origin: str
    agreed: bool | None


@dataclass(frozen=True)
class Tried:
    """One piece of experiential work: what it was for, what was expected, what came of it."""

    kind: str
    parts: tuple[tuple[str, str], ...]
    on: date
    session: int | None
    address: str


@dataclass(frozen=True)
class SchemaView:
    """One version of the schema as it reads."""

    pattern: Pattern
    plain: PlainView
    agreed: bool
    is_shown: bool
    client_words: str
    links: tuple[Link, ...]
    on: date
    session: int | None
    address: str


@dataclass(frozen=True)
class SchemaRoom:
    """Episodes and schema side by side."""

    now: SchemaView | None
    earlier: tuple[SchemaView, ...]
    told: tuple[Told, ...]
    loose: tuple[InnerState, ...]
    tried: tuple[Tried, ...]
    write_address: str
    episode_address: str
    may_link: bool


def is_used(page: EpisodePage) -> bool:
    """The adaptation works with episodes and a schema, or one was written."""
    return collects_episodes(page.manual) or bool(page.course.entries_of(SCHEMA))


def schema_task(page: EpisodePage) -> str:
    return next((task.id for task in page.manual.tasks_shown_by(SCHEMA) if not task.field), "")


def schema_of(page: EpisodePage, values: Mapping[str, Any]) -> Pattern:
    return schema(page.manual.record_types[SCHEMA], values)


def present_schema(page: EpisodePage) -> SchemaView | None:
    """The version that stands; None where none is written."""
    written = page.entries(SCHEMA)
    return schema_view(page, written[-1]) if written else None


def present_room(page: EpisodePage) -> SchemaRoom:
    page.read(EPISODE, SCHEMA, INNER, EXPERIMENT)
    versions = tuple(schema_view(page, entry) for entry in reversed(page.entries(SCHEMA)))
    states = _inner_states(page)
    may = may_write(page, SCHEMA)
    return SchemaRoom(
        now=versions[0] if versions else None,
        earlier=versions[1:],
        told=present_told(page, versions[0] if versions else None, states),
        loose=states.get("", ()),
        tried=tuple(_tried(page, entry) for entry in reversed(page.entries(EXPERIMENT))),
        write_address=page.address("schema/write/") if may else "",
        episode_address=_new(page, EPISODE),
        may_link=may and bool(versions),
    )


def present_told(
    page: EpisodePage, now: SchemaView | None, states: Mapping[str, tuple[InnerState, ...]] | None = None
) -> tuple[Told, ...]:
    """Every episode, the last told first."""
    links = {link.code: link for link in now.links} if now else {}
    states = _inner_states(page) if states is None else states
    found = sorted(page.entries(EPISODE), key=lambda entry: (entry.on, entry.order), reverse=True)
    return tuple(_told(page, entry, links.get(code_of(entry.order)), states) for entry in found)


def _told(
    page: EpisodePage, entry: Entry, link: Link | None, states: Mapping[str, tuple[InnerState, ...]]
) -> Told:
    values, code = entry.visible, code_of(entry.order)
    said = {key: str(values.get(key) or "").strip() for key in ("where", "when", "feeling", "act")}
    return Told(
        **said,
        code=code,
        name=named(values),
        who=", ".join(page.people.get(one, one) for one in known.words(values.get("who"))),
        turns=turns(values),
        states=states.get(code, ()),
        supports=link is not None,
        agreed=link.agreed if link else None,
        origin=link.origin if link else "",
        on=entry.on,
        session=entry.session.number if entry.session else None,
        by_client=entry.by_role == "client",
        address=edit_address(page, entry),
        state_address=_new(page, INNER, told=code),
    )


def _new(page: EpisodePage, record: str, **more: str) -> str:
    """Where one is begun, for the task that asks for it now, coming back to this page."""
    tasks = page.manual.tasks_shown_by(record)
    task = next((one.id for one in tasks if one.is_in(page.status.phase)), "")
    return new_address(page, record, next=page.address("schema/"), task=task, **more)


def _inner_states(page: EpisodePage) -> dict[str, tuple[InnerState, ...]]:
    """By the episode they belong to; "" holds those of a moment that was not told as an episode."""
    codes = _names(page)
    found: dict[str, tuple[InnerState, ...]] = {}
    for entry in page.entries(INNER):
        code = str(entry.visible.get("episode") or "")
        code = code if code in codes else ""
        found[code] = (*found.get(code, ()), _inner_state(page, entry, with_moment=not code))
    return found


def _inner_state(page: EpisodePage, entry: Entry, *, with_moment: bool) -> InnerState:
    values = entry.visible
    rows = [row for row in values.get("underlying_emotions") or () if isinstance(row, Mapping)]
    beneath = [_felt(row.get("word"), row.get("intensity")) for row in rows]
    emotion = "; ".join(
        filter(None, (_felt(values.get("first_word"), values.get("intensity_0_10")), *beneath))
    )
    parts = (
        ("Moment", str(values.get("situation") or "") if with_moment else ""),
        ("Emotion", emotion),
        ("Thought", str(values.get("thought") or "")),
        ("Body", str(values.get("body") or "")),
    )
    return InnerState(tuple((what, said) for what, said in parts if said.strip()), edit_address(page, entry))


def _felt(word: object, strength: object) -> str:
    said = str(word or "").strip()
    return f"{said} {strength}/10" if said and isinstance(strength, int) else said


def _tried(page: EpisodePage, entry: Entry) -> Tried:
    values, kind = entry.visible, page.manual.record_types[EXPERIMENT].field("kind")
    told = (("Aim", "aim"), ("Expected", "prediction"), ("What came", "result"))
    return Tried(
        kind=kind.option_label(values.get("kind")) or str(values.get("kind") or ""),
        parts=tuple((what, str(values[key])) for what, key in told if str(values.get(key) or "").strip()),
        on=entry.on,
        session=entry.session.number if entry.session else None,
        address=edit_address(page, entry),
    )


def _names(page: EpisodePage) -> Mapping[str, str]:
    return page.codes["episodes"]


def schema_view(page: EpisodePage, entry: Entry) -> SchemaView:
    """One version as it reads."""
    values, names = entry.visible, _names(page)
    return SchemaView(
        pattern=schema_of(page, values),
        plain=plain_view(page, values),
        agreed=values.get("agreed") is True,
        is_shown=entry.state == EntryState.FINAL,
        client_words=str(values.get("client_words") or ""),
        links=_links(values, names),
        on=entry.on,
        session=entry.session.number if entry.session else None,
        address=page.address(f"records/{entry.pk}/"),
    )


def _links(values: Mapping[str, Any], names: Mapping[str, str]) -> tuple[Link, ...]:
    rows = {str(row.get("episode")): row for row in values.get("links") or () if isinstance(row, Mapping)}
    return tuple(
        Link(
            code=code,
            name=names.get(code, GONE),
            origin=str(rows[code].get("past_origin") or ""),
            agreed=rows[code].get("agreed"),
        )
        for code in linked_episodes(values)
    )
