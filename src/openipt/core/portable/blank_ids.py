"""Ids of people that say nothing: a file may call somebody `p_beatriz`, and ids lie in the clear."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from openipt.core.fields.definitions import FieldDefinition, FieldType, RecordType
from openipt.core.portable.episode import PortableEpisode

LETTERS, DIGITS = "bcdfghjkmnpqrstvwxz", "23456789"  # no vowels, nothing that looks like another
_BLANK = re.compile(rf"p_(?=[a-z]*\d)[{LETTERS}{DIGITS}]{{8}}", re.ASCII)
_PEOPLE = (FieldType.PERSON, FieldType.PEOPLE)


def is_blank(person_id: str) -> bool:
    """Made by a service: no vowel and a digit, so that no name is spelled so."""
    return _BLANK.fullmatch(person_id) is not None


def with_blank_ids(
    episode: PortableEpisode, record_types: Mapping[str, RecordType], new_id: Callable[[], str]
) -> PortableEpisode:
    """The same episode, every id of a person that could say who they are replaced wherever it stands."""
    ids = {person.id: new_id() for person in episode.people if not is_blank(person.id)}
    if not ids:
        return episode

    def told(record: str, values: Mapping[str, Any]) -> dict[str, Any]:
        kind = record_types.get(record)
        return _of_fields(kind.fields if kind else (), values, ids)

    return replace(
        episode,
        people=tuple(replace(person, id=ids.get(person.id, person.id)) for person in episode.people),
        entries=tuple(replace(entry, values=told(entry.record, entry.values)) for entry in episode.entries),
        client_entries=tuple(
            replace(
                written,
                values=told(written.worksheet, written.values),
                people=tuple(ids.get(person, person) for person in written.people),
            )
            for written in episode.client_entries
        ),
    )


def _of_fields(
    fields: Iterable[FieldDefinition], values: Mapping[str, Any], ids: Mapping[str, str]
) -> dict[str, Any]:
    known = {field.key: field for field in fields}
    return {key: _of_field(known.get(key), value, ids) for key, value in values.items()}


def _of_field(field: FieldDefinition | None, value: Any, ids: Mapping[str, str]) -> Any:
    """An id in a field for people; elsewhere only what is plainly one (`p_`)."""
    if isinstance(value, str):
        is_id = (field is not None and field.type in _PEOPLE) or value.startswith("p_")
        return ids.get(value, value) if is_id else value
    if isinstance(value, Mapping):
        return _of_fields(field.fields if field else (), value, ids)
    if isinstance(value, list | tuple):
        return [_of_field(field, part, ids) for part in value]
    return value
