"""Is a record right as it stands? One answer with every fault, each at its field.

Paths count rows from 1, as people do: `turns.2.said` is what was said in the second turn. An empty
path speaks of the whole record. Messages are written for the person who typed; none repeats what
was typed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from datetime import date
from typing import Any

from openipt.core.fields.definitions import (
    LONG_TEXT_LIMIT,
    NAME_LIMIT,
    TEXT_LIMIT,
    FieldDefinition,
    FieldType,
    RecordType,
    is_empty,
)
from openipt.errors import FieldFault

Codes = Mapping[str, Collection[str]]

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
EARLIEST_YEAR, LATEST_YEAR = 1880, 2120
_CODE = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,79}")
_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")


def check_entry(
    record_type: RecordType, values: Mapping[str, Any], *, codes: Codes, final: bool = False
) -> tuple[FieldFault, ...]:
    """Every fault of these values; none means that the record may be kept.

    `codes` maps a kind ("strategies", "areas", "measures" ...) to the ids that exist; a kind it does
    not hold is checked for its form only. "people" may hold the known person ids: without it any name
    will do. `final` asks in addition for what must be there before signing or agreeing.
    """
    if is_empty(dict(values)):
        return (FieldFault("", "Nothing has been entered yet. Fill in at least one field."),)
    faults = _check_fields(record_type.fields, values, "", codes, final)
    for keys in record_type.needs_one_of:
        if all(is_empty(values.get(key)) for key in keys):
            faults.append(FieldFault(keys[0], _one_of_message(record_type, keys)))
    return tuple(faults)


def _one_of_message(record_type: RecordType, keys: tuple[str, ...]) -> str:
    labels = [f"“{record_type.field(key).label}”" for key in keys]
    return f"Fill in {' or '.join(labels)}."


def _check_fields(
    fields: tuple[FieldDefinition, ...],
    values: Mapping[str, Any],
    prefix: str,
    codes: Codes,
    final: bool,
) -> list[FieldFault]:
    known = {field.key for field in fields}
    faults = [
        FieldFault(f"{prefix}{key}", "This record has no such field. Check its name or leave it out.")
        for key in values
        if key not in known
    ]
    for field in fields:
        faults += _check_field(field, values.get(field.key), f"{prefix}{field.key}", codes, final)
    return faults


def _check_field(
    field: FieldDefinition, value: Any, path: str, codes: Codes, final: bool
) -> list[FieldFault]:
    if is_empty(value):
        nothing_to_name = field.codes_from == "areas" and not codes.get("areas", True)
        asked = field.required or (final and (field.final_required or field.final_min_rows > 0))
        missing = asked and not nothing_to_name
        return [FieldFault(path, _missing_message(field, final))] if missing else []
    match field.type:
        case FieldType.ROWS:
            return _check_rows(field, value, path, codes, final)
        case FieldType.GROUP:
            if not isinstance(value, Mapping):
                return [FieldFault(path, "This must hold its own fields.")]
            return _check_fields(field.fields, value, f"{path}.", codes, final)
        case FieldType.SCORES:
            return _check_scores(value, path, codes)
        case FieldType.LIST | FieldType.CHOICES | FieldType.PEOPLE | FieldType.CODES:
            return _check_many(field, value, path, codes)
        case _:
            message = _single_fault(field, value, codes)
            return [FieldFault(path, message)] if message else []


def _missing_message(field: FieldDefinition, final: bool) -> str:
    name = field.row_name or "row"
    if field.type is FieldType.ROWS and (count := max(field.min_rows, field.final_min_rows if final else 0)):
        return f"Add at least {_counted(count, name)}."
    if field.type in (FieldType.CHOICE, FieldType.SCALE, FieldType.YES_NO, FieldType.CODE):
        return f"Choose an answer for “{field.label}”."
    return f"Fill in “{field.label}”."


def _counted(count: int, name: str) -> str:
    return f"{count} {name}" if count == 1 else f"{count} {name}s"


def _check_rows(field: FieldDefinition, value: Any, path: str, codes: Codes, final: bool) -> list[FieldFault]:
    if not isinstance(value, list | tuple):
        return [FieldFault(path, "This must be a list of rows.")]
    name = field.row_name or "row"
    filled = [row for row in value if not is_empty(row)]
    least = max(field.min_rows, field.final_min_rows if final else 0)
    faults = []
    if len(filled) < least:
        faults.append(FieldFault(path, f"Add at least {_counted(least, name)}."))
    if field.max_rows is not None and len(filled) > field.max_rows:
        faults.append(FieldFault(path, f"Keep to {_counted(field.max_rows, name)} or fewer."))
    for place, row in enumerate(value, start=1):
        if is_empty(row):
            continue
        if isinstance(row, Mapping):
            faults += _check_fields(field.fields, row, f"{path}.{place}.", codes, final)
        else:
            faults.append(FieldFault(f"{path}.{place}", f"This {name} must hold its own fields."))
    return faults


def _check_scores(value: Any, path: str, codes: Codes) -> list[FieldFault]:
    if not isinstance(value, Mapping):
        return [FieldFault(path, "This must hold one number for each measure.")]
    faults = []
    for measure, score in value.items():
        if message := _code_fault("measures", measure, codes):
            faults.append(FieldFault(f"{path}.{measure}", message))
        elif not is_empty(score) and not _is_number(score):
            faults.append(FieldFault(f"{path}.{measure}", "Enter a number."))
    return faults


def _check_many(field: FieldDefinition, value: Any, path: str, codes: Codes) -> list[FieldFault]:
    if not isinstance(value, list | tuple):
        return [FieldFault(path, "This must be a list.")]
    single = _CHECK_OF_ONE[field.of if field.type is FieldType.LIST else field.type]
    faults = []
    for place, one in enumerate(value, start=1):
        if not is_empty(one) and (message := single(field, one, codes)):
            faults.append(FieldFault(f"{path}.{place}", message))
    if field.type is not FieldType.LIST and len(set(map(str, value))) < len(value):
        faults.append(FieldFault(path, "Choose each one only once."))
    if field.max_rows is not None and len(value) > field.max_rows:
        faults.append(
            FieldFault(path, f"Keep to {_counted(field.max_rows, field.row_name or 'line')} or fewer.")
        )
    return faults


def _single_fault(field: FieldDefinition, value: Any, codes: Codes) -> str:
    return _CHECK_OF_ONE[field.type](field, value, codes)


def _text_fault(field: FieldDefinition, value: Any, codes: Codes) -> str:
    if not isinstance(value, str):
        return "Write this in words."
    if "\n" in value.strip():
        return "Write this on one line."
    return _length_fault(value, TEXT_LIMIT)


def _long_text_fault(field: FieldDefinition, value: Any, codes: Codes) -> str:
    return _length_fault(value, LONG_TEXT_LIMIT) if isinstance(value, str) else "Write this in words."


def _length_fault(value: str, limit: int) -> str:
    if len(value) <= limit:
        return ""
    return (
        f"This is {len(value):,} characters long; {limit:,} fit here. "
        "Everything you typed is still there: shorten it or put part of it elsewhere."
    )


def _whole_number_fault(field: FieldDefinition, value: Any, codes: Codes) -> str:
    if isinstance(value, int) and not isinstance(value, bool) and _within(field, value):
        return ""
    verb = "Choose a number" if field.type is FieldType.SCALE else "Enter a whole number"
    return f"{verb}{_range_words(field)}."


def _number_fault(field: FieldDefinition, value: Any, codes: Codes) -> str:
    return "" if _is_number(value) and _within(field, value) else f"Enter a number{_range_words(field)}."


def _is_number(value: Any) -> bool:
    return (
        isinstance(value, int | float)
        and not isinstance(value, bool)
        and value == value
        and abs(value) < 1e15
    )


def _within(field: FieldDefinition, value: float) -> bool:
    above = field.minimum is None or value >= field.minimum
    below = field.maximum is None or value <= field.maximum
    return above and below and abs(value) < 1e15


def _range_words(field: FieldDefinition) -> str:
    low, high = field.minimum, field.maximum
    if low is not None and high is not None:
        return f" from {low:g} to {high:g}"
    if low is not None:
        return f" of {low:g} or more"
    return f" of {high:g} or less" if high is not None else ""


def _choice_fault(field: FieldDefinition, value: Any, codes: Codes) -> str:
    if isinstance(value, str | int) and field.option_label(value) is not None:
        return ""
    if field.open and isinstance(value, str):
        return _text_fault(field, value, codes)
    return "Choose one of the answers shown."


def _yes_no_fault(field: FieldDefinition, value: Any, codes: Codes) -> str:
    return "" if isinstance(value, bool) else "Choose yes or no."


def _yes_no_words_fault(field: FieldDefinition, value: Any, codes: Codes) -> str:
    if isinstance(value, bool):
        return ""
    return (
        _text_fault(field, value, codes)
        if isinstance(value, str)
        else "Choose yes or no, or say it in words."
    )


def _date_fault(field: FieldDefinition, value: Any, codes: Codes) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value.strip(), re.ASCII):
        return "Enter a date as year-month-day, such as 2025-03-21."
    return calendar_fault(*(int(part) for part in value.strip().split("-")))


def _partial_date_fault(field: FieldDefinition, value: Any, codes: Codes) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"\d{4}(-\d{2}){0,2}", value.strip(), re.ASCII):
        return "Enter a year, a month or a day, such as 2025, 2025-03 or 2025-03-21."
    return calendar_fault(*(int(part) for part in value.strip().split("-")))


def calendar_fault(year: int, month: int = 1, day: int = 1) -> str:
    if not EARLIEST_YEAR <= year <= LATEST_YEAR:
        return f"Enter a year from {EARLIEST_YEAR} to {LATEST_YEAR}."
    if not 1 <= month <= 12:
        return f"Enter a date that exists. There is no month {month}."
    try:
        date(year, month, day)
    except ValueError:
        return f"Enter a date that exists. {day} {MONTHS[month - 1]}{_of_leap(year, month, day)} does not."
    return ""


def _of_leap(year: int, month: int, day: int) -> str:
    """29 February exists in some years, so the year is named with it."""
    return f" {year}" if (month, day) == (2, 29) else ""


def _time_fault(field: FieldDefinition, value: Any, codes: Codes) -> str:
    if isinstance(value, str) and _TIME.fullmatch(value.strip()):
        return ""
    return "Enter a time from 00:00 to 23:59, such as 07:30."


def _person_fault(field: FieldDefinition, value: Any, codes: Codes) -> str:
    if not isinstance(value, str) or "\n" in value.strip():
        return "Choose a person or write a name."
    if len(value) > NAME_LIMIT:
        return f"This name is {len(value):,} characters long; {NAME_LIMIT} fit here. Use a shorter one."
    known = codes.get("people")
    if known is not None and not field.open and value not in known:
        return "Choose a person who is in this course."
    return ""


def _coded_fault(field: FieldDefinition, value: Any, codes: Codes) -> str:
    return _code_fault(field.codes_from, value, codes)


def _code_fault(kind: str, value: Any, codes: Codes) -> str:
    known = codes.get(kind)
    if isinstance(value, str) and (value in known if known is not None else _CODE.fullmatch(value)):
        return ""
    return f"Choose one of the {kind} of this course."


_CheckOfOne = Callable[[FieldDefinition, Any, Codes], str]

_CHECK_OF_ONE: dict[str, _CheckOfOne] = {
    FieldType.TEXT: _text_fault,
    FieldType.LONG_TEXT: _long_text_fault,
    FieldType.INTEGER: _whole_number_fault,
    FieldType.SCALE: _whole_number_fault,
    FieldType.NUMBER: _number_fault,
    FieldType.CHOICE: _choice_fault,
    FieldType.CHOICES: _choice_fault,
    FieldType.YES_NO: _yes_no_fault,
    FieldType.YES_NO_WORDS: _yes_no_words_fault,
    FieldType.DATE: _date_fault,
    FieldType.TIME: _time_fault,
    FieldType.PARTIAL_DATE: _partial_date_fault,
    FieldType.PERSON: _person_fault,
    FieldType.PEOPLE: _person_fault,
    FieldType.CODE: _coded_fault,
    FieldType.CODES: _coded_fault,
}
