"""Random clean values of a record type, made from its definition alone."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

import openipt
from openipt.core.fields.clean import clean_words
from openipt.core.fields.definitions import CODE_KINDS, FieldDefinition, FieldType, RecordType, is_empty
from openipt.core.fields.load import load_record_type

FOLDER = Path(openipt.__file__).parent / "content" / "records"
RECORDS = {
    file.stem: load_record_type(tomllib.loads(file.read_text(encoding="utf-8")), file.name)[0]
    for file in sorted(FOLDER.glob("*.toml"))
}

CODES = {
    kind: {f"{kind[:2]}_{place}": f"{kind} {place}" for place in range(1, 5)} for kind in sorted(CODE_KINDS)
}
PEOPLE = {"p_dana": "Dana", "p_mila": "Mila", "p_emil": "Emil"}
KNOWN = {**CODES, "people": PEOPLE}

_letters = st.characters(exclude_categories=("Cs",))


def words(one_line: bool, longest: int) -> st.SearchStrategy[str]:
    raw = st.text(_letters, min_size=1, max_size=min(longest, 12)) | st.sampled_from(
        ["שלום לך", "naïve", "👩‍👧 ok", "<b>&amp;\"'", "-", "3", "yes"]
    )
    return raw.map(lambda text: clean_words(text, one_line=one_line)).filter(bool)


def dates() -> st.SearchStrategy[str]:
    return st.dates(min_value=date(1900, 1, 1), max_value=date(2100, 1, 1)).map(lambda day: day.isoformat())


def numbers(field: FieldDefinition) -> st.SearchStrategy[int]:
    low = int(field.minimum) if field.minimum is not None else -1000
    high = int(field.maximum) if field.maximum is not None else 1000
    return st.integers(low, high)


def person(field: FieldDefinition) -> st.SearchStrategy[str]:
    known = st.sampled_from(sorted(PEOPLE))
    return known | words(True, 12) if field.open else known


def chosen(values: list[Any]) -> st.SearchStrategy[list[Any]]:
    """Some of the values, at least one, in their own order."""
    return st.sets(st.sampled_from(range(len(values))), min_size=1).map(
        lambda places: [values[place] for place in sorted(places)]
    )


def value_of(field: FieldDefinition) -> st.SearchStrategy[Any]:
    match field.type:
        case FieldType.TEXT:
            return words(True, 12)
        case FieldType.LONG_TEXT:
            return words(False, 12)
        case FieldType.INTEGER | FieldType.SCALE:
            return numbers(field)
        case FieldType.NUMBER:
            low = field.minimum if field.minimum is not None else -1000
            high = field.maximum if field.maximum is not None else 1000
            return numbers(field) | st.floats(low, high).map(lambda one: round(one, 2) + 0.0).filter(
                lambda one: low <= one <= high and not one.is_integer()
            )
        case FieldType.CHOICE:
            options = st.sampled_from([option.value for option in field.options])
            return options | other_words(field) if field.open else options
        case FieldType.CHOICES:
            return chosen([option.value for option in field.options])
        case FieldType.YES_NO:
            return st.booleans()
        case FieldType.YES_NO_WORDS:
            return st.booleans() | words(True, 12)
        case FieldType.DATE:
            return dates()
        case FieldType.TIME:
            return st.times().map(lambda time: time.strftime("%H:%M"))
        case FieldType.PARTIAL_DATE:
            return dates().flatmap(lambda day: st.sampled_from([day, day[:7], day[:4]]))
        case FieldType.PERSON:
            return person(field)
        case FieldType.PEOPLE:
            return st.lists(person(field), min_size=1, max_size=4, unique=True)
        case FieldType.CODE:
            return st.sampled_from(sorted(CODES[field.codes_from]))
        case FieldType.CODES:
            return st.lists(
                st.sampled_from(sorted(CODES[field.codes_from])), min_size=1, max_size=3, unique=True
            )
        case FieldType.LIST:
            return lines(field)
        case FieldType.ROWS:
            return st.lists(
                values_of(field.fields).filter(lambda row: not is_empty(row)),
                min_size=1,
                max_size=min(3, field.max_rows or 3),
            ).map(lambda rows: with_places(field, rows))
        case FieldType.GROUP:
            return values_of(field.fields).filter(lambda group: not is_empty(group))
        case FieldType.SCORES:
            return st.dictionaries(
                st.sampled_from(sorted(CODES["measures"])), st.integers(0, 80), min_size=1, max_size=3
            )


def other_words(field: FieldDefinition) -> st.SearchStrategy[str]:
    known = {str(option.value) for option in field.options}
    return words(True, 12).filter(lambda one: one not in known)


def lines(field: FieldDefinition) -> st.SearchStrategy[list[Any]]:
    if field.of == "integer":
        return st.lists(st.none() | numbers(field), min_size=1, max_size=6).filter(
            lambda made: any(one is not None for one in made) and not (field.row_labels and made[-1] is None)
        )
    one = dates() if field.of == "date" else words(True, 12)
    return st.lists(one, min_size=1, max_size=min(4, field.max_rows or 4))


def with_places(field: FieldDefinition, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    keys = [part.key for part in field.fields if part.position]
    return [{**row, **dict.fromkeys(keys, place)} for place, row in enumerate(rows, start=1)]


def values_of(fields: tuple[FieldDefinition, ...]) -> st.SearchStrategy[dict[str, Any]]:
    """Every required field, and the others now and then. Places in a list are given by the list."""
    typed = [field for field in fields if not field.position]
    required = {field.key: value_of(field) for field in typed if field.required}
    optional = {field.key: value_of(field) for field in typed if not field.required}
    return st.fixed_dictionaries(required, optional=optional)


def entries_of(record: RecordType) -> st.SearchStrategy[dict[str, Any]]:
    """Valid values: not empty, and with one of each group of which one is needed."""

    def is_enough(values: dict[str, Any]) -> bool:
        return not is_empty(values) and all(
            any(not is_empty(values.get(key)) for key in keys) for keys in record.needs_one_of
        )

    return values_of(record.fields).filter(is_enough)
