"""Makes typed values tidy without losing a word.

Unicode is normalised (NFC), control characters go except line breaks and tabs, line ends become one
kind, empty values and empty rows are left out. Right-to-left text, its direction marks and emoji stay
as they are; nothing is ever shortened. A value of the wrong kind passes unchanged: it is for
`check_entry` to name it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from openipt.core.fields.definitions import FieldDefinition, FieldType, RecordType, is_empty

# Controls but line breaks and tabs, and lone surrogates; format characters (direction marks, joiners of
# emoji) are words.
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def clean(record_type: RecordType, values: Mapping[str, Any]) -> dict[str, Any]:
    """The same values, tidy. Cleaning twice is cleaning once."""
    return _clean_fields(record_type.fields, values)


def clean_words(words: str, *, one_line: bool = False) -> str:
    """Words without control characters, in one Unicode form, without white space at the ends."""
    kept = _CONTROLS.sub("", words.replace("\r\n", "\n").replace("\r", "\n"))
    kept = unicodedata.normalize("NFC", kept)
    if one_line:
        kept = kept.replace("\n", " ").replace("\t", " ")
    return kept.strip()


def _clean_fields(fields: Sequence[FieldDefinition], values: Mapping[str, Any]) -> dict[str, Any]:
    known = {field.key: field for field in fields}
    tidy = {}
    for key, value in values.items():
        cleaned = _clean_value(known[key], value) if key in known else value
        if not is_empty(cleaned):
            tidy[key] = cleaned
    return tidy


def _clean_value(field: FieldDefinition, value: Any) -> Any:
    if isinstance(value, str):
        return clean_words(value, one_line=field.type is not FieldType.LONG_TEXT)
    if field.type is FieldType.ROWS and isinstance(value, list | tuple):
        return _clean_rows(field, value)
    if field.type is FieldType.GROUP and isinstance(value, Mapping):
        return _clean_fields(field.fields, value)
    if field.type is FieldType.SCORES and isinstance(value, Mapping):
        return {measure: score for measure, score in value.items() if not is_empty(score)}
    if isinstance(value, list | tuple):
        return _clean_list(field, value)
    return value


def _clean_rows(field: FieldDefinition, rows: Sequence[Any]) -> list[Any]:
    tidy = [_clean_fields(field.fields, row) if isinstance(row, Mapping) else row for row in rows]
    positions = [part.key for part in field.fields if part.position]
    filled = [row for row in tidy if not is_empty(_without(row, positions))]
    for place, row in enumerate(filled, start=1):
        if isinstance(row, dict):
            row.update(dict.fromkeys(positions, place))
    return filled


def _without(row: Any, keys: Sequence[str]) -> Any:
    if not isinstance(row, Mapping):
        return row
    return {key: value for key, value in row.items() if key not in keys}


def _clean_list(field: FieldDefinition, values: Sequence[Any]) -> list[Any]:
    """Empty lines go, except from numbers: there an empty place means a declined or missing answer."""
    tidy = [clean_words(one, one_line=True) if isinstance(one, str) else one for one in values]
    if field.type is FieldType.LIST and field.of == "integer":
        kept = [None if is_empty(one) else one for one in tidy]
        while field.row_labels and kept and kept[-1] is None:
            kept.pop()
        return kept
    return [one for one in tidy if not is_empty(one)]
