"""A record in words, for showing, printing and exporting: labels and plain sentences, no ids."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from openipt.core.fields.check import MONTHS
from openipt.core.fields.definitions import FieldDefinition, FieldType, RecordType, is_empty

Labels = Mapping[str, Mapping[str, str]]
A_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True)
class Line:
    """One field in words. A single value stands in `text`, a list in `items`, a group in `lines`,
    and rows in `rows`, each row being its own lines. Lines of one `band` stand side by side."""

    key: str
    label: str
    text: str = ""
    items: tuple[str, ...] = ()
    lines: tuple[Line, ...] = ()
    rows: tuple[tuple[Line, ...], ...] = ()
    row_name: str = ""
    band: str = ""


def in_words(
    record_type: RecordType,
    values: Mapping[str, Any],
    *,
    people: Mapping[str, str],
    codes: Labels,
    role: str = "therapist",
) -> tuple[Line, ...]:
    """What was entered and what this role may see, in the order of the form.

    `people` maps person ids to names, `codes` maps each kind to id -> title; what is not found there
    is shown as it stands.
    """
    fields = record_type.fields_for(role)
    return _lines(fields, values, _Names(people, codes))


def date_in_words(value: str) -> str:
    """The day "2025-03-21" as "21 March 2025", "2025-03" as "March 2025"; other words unchanged."""
    parts = value.split("-")
    if len(parts) > 3 or not all(part.isdigit() for part in parts):
        return value
    if len(parts) > 1 and not 1 <= int(parts[1]) <= 12:
        return value
    named = [parts[0]] if len(parts) == 1 else [MONTHS[int(parts[1]) - 1], parts[0]]
    return " ".join([str(int(parts[2])), *named] if len(parts) == 3 else named)


@dataclass(frozen=True)
class _Names:
    people: Mapping[str, str]
    codes: Labels

    def person(self, value: Any) -> str:
        return self.people.get(value, str(value)) if isinstance(value, str) else str(value)

    def code(self, kind: str, value: Any) -> str:
        return self.codes.get(kind, {}).get(value, str(value)) if isinstance(value, str) else str(value)


def _lines(fields: Sequence[FieldDefinition], values: Mapping[str, Any], names: _Names) -> tuple[Line, ...]:
    return tuple(
        _line(field, values[field.key], names)
        for field in fields
        if not field.position and not is_empty(values.get(field.key))
    )


def _line(field: FieldDefinition, value: Any, names: _Names) -> Line:
    band = field.band
    if field.type is FieldType.GROUP and isinstance(value, Mapping):
        return Line(field.key, field.label, lines=_lines(field.fields, value, names), band=band)
    if field.type is FieldType.ROWS and isinstance(value, list | tuple):
        rows = tuple(_lines(field.fields, row, names) for row in value if isinstance(row, Mapping))
        return Line(field.key, field.label, rows=rows, row_name=field.row_name, band=band)
    if field.type is FieldType.SCORES and isinstance(value, Mapping):
        items = tuple(
            f"{names.code('measures', measure)}: {_number(score)}"
            for measure, score in value.items()
            if not is_empty(score)
        )
        return Line(field.key, field.label, items=items, band=band)
    if isinstance(value, list | tuple):
        return Line(field.key, field.label, items=_items(field, value, names), band=band)
    return Line(field.key, field.label, text=_one(field, value, names), band=band)


def _items(field: FieldDefinition, values: Sequence[Any], names: _Names) -> tuple[str, ...]:
    """Lines of a list; a list of fixed places, such as answers, keeps its empty ones under their labels."""
    if field.type is FieldType.LIST and (field.row_labels or field.row_name == "answer"):
        said = ["not given" if is_empty(one) else _one(field, one, names) for one in values]
        labels = [
            *field.row_labels,
            *(str(place) for place in range(len(field.row_labels) + 1, len(said) + 1)),
        ]
        return tuple(f"{label}: {words}" for label, words in zip(labels, said, strict=False))
    return tuple(_one(field, one, names) for one in values if not is_empty(one))


def _one(field: FieldDefinition, value: Any, names: _Names) -> str:
    kind = field.of if field.type is FieldType.LIST else field.type
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if kind in (FieldType.CHOICE, FieldType.CHOICES):
        return field.option_label(value) or str(value)
    if kind in (FieldType.PERSON, FieldType.PEOPLE):
        return names.person(value)
    if kind in (FieldType.CODE, FieldType.CODES):
        return names.code(field.codes_from, value)
    if kind in (FieldType.DATE, FieldType.PARTIAL_DATE) and isinstance(value, str):
        return date_in_words(value)
    if isinstance(value, int | float):
        return _with_range(field, value)
    if isinstance(value, str) and A_DAY.fullmatch(value):  # "a day or a moment": the day, where it is one
        return date_in_words(value)
    return str(value)


def _with_range(field: FieldDefinition, value: float) -> str:
    """A rating says what it is out of: "7 of 10"."""
    if field.type is FieldType.SCALE and field.maximum is not None:
        return f"{_number(value)} of {_number(field.maximum)}"
    return _number(value)


def _number(value: Any) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
