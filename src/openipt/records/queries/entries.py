"""Entries as their reader may see them: record by record and field by field."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Q, QuerySet

from openipt import library
from openipt.core.fields.definitions import RecordType
from openipt.errors import NoAccess
from openipt.records import sealing
from openipt.records.access import Tie, ties, ties_to_each
from openipt.records.actors import Actor
from openipt.records.models import Entry, EntryState, Episode, Role, Session, User
from openipt.records.prepared import MANY, MANY_WORDS, Prepared

# Of these an episode may hold hundreds: sessions and writers are read once, not beside every row.
HELD_BY_HUNDREDS = frozenset({"rec_timeline"})

# A client sees what was written with them once it is final; the safety plan at once, and the circle, which holds
# nothing but where people stand and is drawn on the screen turned to them; and what they keep from day to day
# together, the diary of daily times, its targets and what disturbs them; and what is done if a call breaks off.
SEEN_BY_CLIENT_AT_ONCE = frozenset(
    {
        *("rec_safety_plan", "rec_closeness_circle", "rec_call_plan"),
        *("rec_rhythm_day", "rec_rhythm_target", "rec_rhythm_trigger"),
    }
)

_ROWS = Prepared(lambda episode: Entry.objects.filter(episode=episode).order_by("on", "order"), UUID)
_SESSIONS = Prepared(lambda episode: Session.objects.filter(episode=episode), UUID)
_WRITERS = Prepared(
    lambda episode: User.objects.filter(pk__in=Entry.objects.filter(episode=episode).values("by")), UUID
)
_OF_TYPE = Prepared(
    lambda episode, kind: (
        Entry.objects.filter(episode=episode, record_type=kind)
        .select_related("session", "by")
        .order_by("on", "order")
    ),
    UUID,
    str,
)
_OF_TYPES = Prepared(
    lambda episode, kinds: (
        Entry.objects.filter(episode=episode, record_type__in=kinds)
        .select_related("session", "by")
        .order_by("on", "order")
    ),
    UUID,
    MANY_WORDS,
)
_OF_TYPE_ALONE = Prepared(
    lambda episode, kind: Entry.objects.filter(episode=episode, record_type=kind).order_by("on", "order"),
    UUID,
    str,
)
_SINCE = Prepared(
    lambda episode, kind, since: (
        Entry.objects.filter(episode=episode, record_type=kind, on__gte=since)
        .select_related("session", "by")
        .order_by("on", "order")
    ),
    UUID,
    str,
    date,
)
_OF_MANY = Prepared(
    lambda episodes, kind: Entry.objects.filter(episode__in=episodes, record_type=kind).order_by(
        "on", "order"
    ),
    MANY,
    str,
)


def _standing() -> QuerySet[Entry]:
    """Entries that nobody has withdrawn, and that staff may know of."""
    return Entry.objects.exclude(state=EntryState.WITHDRAWN).exclude(by_role=Role.CLIENT, shared=False)


_LATER = Q(on__gt=OuterRef("on")) | Q(on=OuterRef("on"), order__gt=OuterRef("order"))
_LAST_OF_MANY = Prepared(
    lambda episodes, kind: (
        _standing()
        .filter(episode__in=episodes, record_type=kind)
        .exclude(Exists(_standing().filter(_LATER, episode=OuterRef("episode"), record_type=kind)))
    ),
    MANY,
    str,
)


def visible_entries(
    user: Actor, episode: Episode, on: date, *, record_type: str = "", withdrawn: bool = False
) -> list[Entry]:
    """Entries this reader may see, oldest first, each with `visible`: the values they may see of it."""
    return _seen(ties(user, episode, on), episode, _rows(episode, record_type), withdrawn=withdrawn)


def visible_since(user: Actor, episode: Episode, on: date, *, record_type: str, since: date) -> list[Entry]:
    """The same for one record type, of this day and later: of a diary nobody reads all years at once."""
    return _seen(ties(user, episode, on), episode, _SINCE(episode.pk, record_type, since))


def visible_entries_among(
    user: Actor, episodes: Collection[Episode], on: date, *, record_type: str
) -> list[Entry]:
    """The same over many episodes, for one record type."""
    return _seen_among(user, episodes, on, _OF_MANY((episode.pk for episode in episodes), record_type))


def last_visible_among(
    user: Actor, episodes: Collection[Episode], on: date, *, record_type: str
) -> list[Entry]:
    """Of each episode the last entry of this type that stands and is shared, where this reader may see it."""
    return _seen_among(user, episodes, on, _LAST_OF_MANY((episode.pk for episode in episodes), record_type))


def _seen_among(user: Actor, episodes: Collection[Episode], on: date, entries: list[Entry]) -> list[Entry]:
    rows: dict[UUID, list[Entry]] = defaultdict(list)
    for entry in entries:
        rows[entry.episode_id].append(entry)
    written = [episode for episode in episodes if episode.pk in rows]
    standing = ties_to_each(user, written, on)
    sealing.prepare(episode.client_id for episode in written)
    return [one for each in written for one in _seen(standing[each.pk], each, rows[each.pk])]


class VisibleEntries:
    """What `visible_entries` answers, for a page that only reads: each record type is read and opened once."""

    def __init__(self, user: Actor, episode: Episode, on: date) -> None:
        self._standing, self._episode = ties(user, episode, on), episode
        self._found: dict[str, list[Entry]] = {}

    def of(self, record_type: str = "") -> list[Entry]:
        found = self._found.get(record_type)
        if found is None:
            rows = _rows(self._episode, record_type)
            found = self._found[record_type] = _seen(self._standing, self._episode, rows)
        return list(found)

    def read(self, record_types: Iterable[str]) -> None:
        """These types in one query, for a page that is going to ask for each of them."""
        wanted = [record_type for record_type in record_types if record_type not in self._found]
        self._found |= {record_type: [] for record_type in wanted}
        for entry in _seen(self._standing, self._episode, _OF_TYPES(self._episode.pk, wanted)):
            self._found[entry.record_type].append(entry)


def _rows(episode: Episode, record_type: str) -> list[Entry]:
    """Entries with their session and writer; of a whole episode, each session and writer is read once."""
    if record_type and record_type not in HELD_BY_HUNDREDS:
        return _OF_TYPE(episode.pk, record_type)
    rows = _OF_TYPE_ALONE(episode.pk, record_type) if record_type else _ROWS(episode.pk)
    if not rows:
        return rows
    sessions = {row.pk: row for row in _SESSIONS(episode.pk)}
    writers = {row.pk: row for row in _WRITERS(episode.pk)}
    for row in rows:
        _SESSION(row, sessions.get(row.session_id))
        _WRITER(row, writers.get(row.by_id))
    return rows


# What is known of a row already is laid beside it as Django does itself, without asking what it was before.
_EPISODE, _SESSION, _WRITER = (
    Entry._meta.get_field(name).set_cached_value for name in ("episode", "session", "by")
)


def _seen(
    standing: frozenset[Tie], episode: Episode, rows: list[Entry], *, withdrawn: bool = False
) -> list[Entry]:
    found = []
    for entry in rows:
        if entry.state == EntryState.WITHDRAWN and not withdrawn:
            continue
        _EPISODE(entry, episode)
        values = _visible(standing, entry)
        if values is not None:
            entry.visible = values
            found.append(entry)
    return found


def visible_payload(user: Actor, entry: Entry, on: date) -> dict[str, Any]:
    """The values of one entry this reader may see; `NoAccess` where they may not see it at all."""
    values = _visible(ties(user, entry.episode, on), entry)
    if values is None:
        raise NoAccess
    return values


def entry_for(user: Actor, entry_id: UUID | str, on: date) -> Entry:
    """One entry with its `visible` values, or `NoAccess`."""
    try:
        found = Entry.objects.filter(pk=entry_id).select_related("episode__client", "session").first()
    except (ValidationError, ValueError):
        found = None
    if found is None:
        raise NoAccess
    found.visible = visible_payload(user, found, on)
    return found


def versions_of(user: Actor, entry: Entry, on: date) -> list[Any]:
    """Earlier versions of an entry, oldest first, each with the values this reader may see."""
    visible = set(visible_payload(user, entry, on)) | _keys(user, entry, on)
    found = list(entry.versions.order_by("version"))
    for version in found:
        version.entry = entry
        version.visible = {key: value for key, value in version.payload.items() if key in visible}
    return found


def _keys(user: Actor, entry: Entry, on: date) -> set[str]:
    kind = library.record_type(entry.record_type)
    role = _role(ties(user, entry.episode, on))
    return {field.key for field in kind.fields_for(role)}


def _visible(standing: frozenset[Tie], entry: Entry) -> dict[str, Any] | None:
    kind = library.record_type(entry.record_type)
    if entry.by_role == Role.CLIENT:
        return _visible_of_client(standing, entry, kind)
    if Tie.CLIENT in standing:
        ready = entry.state == EntryState.FINAL or kind.id in SEEN_BY_CLIENT_AT_ONCE
        return kind.values_for("client", entry.payload) if ready and "client" in kind.seen_by else None
    return _for_staff(standing, entry, kind)


def _visible_of_client(standing: frozenset[Tie], entry: Entry, kind: RecordType) -> dict[str, Any] | None:
    """What a client wrote is theirs; staff see it once it is shared."""
    if Tie.CLIENT in standing:
        return dict(entry.payload)
    return _for_staff(standing, entry, kind) if entry.shared else None


def _for_staff(standing: frozenset[Tie], entry: Entry, kind: RecordType) -> dict[str, Any] | None:
    role = _role(standing)
    if not role or role not in kind.seen_by:
        return None
    if role == "therapist" and Tie.THERAPIST not in standing and not kind.seen_in_cover:
        return None
    return kind.values_for(role, entry.payload)


def _role(standing: frozenset[Tie]) -> str:
    """The name under which `seen_by` knows a reader. Cover reads as a therapist, less what is closed."""
    if Tie.CLIENT in standing:
        return "client"
    if Tie.SUPERVISOR in standing:
        return "supervisor"
    return "therapist" if standing & {Tie.THERAPIST, Tie.COVER} else ""
