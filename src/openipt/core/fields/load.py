"""From one TOML table to one record type, naming every fault of the file at once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from openipt.core.fields.definitions import (
    BELONGS_TO,
    CODE_KINDS,
    EXPLAINED_BY,
    LIST_KINDS,
    ROLES,
    FieldDefinition,
    FieldType,
    Option,
    RecordType,
    every_field,
)
from openipt.core.fields.layout import MOST_LINES, layout_faults, read_sheet, sheet_faults, with_bands
from openipt.errors import ContentFault

GROUPS = (
    "before",
    "initial",
    "middle",
    "ending",
    "safety",
    "administration",
    "supervision",
    "client",
    "group",
    "other_models",
    "carers",
)
_RECORD_KEYS: Mapping[str, type] = {
    "id": str,
    "title": str,
    "plain_title": str,
    "help": str,
    "group": str,
    "belongs": str,
    "many": bool,
    "seen_by": list,
    "client_may_write": bool,
    "seen_in_cover": bool,
    "never_on_client_device": bool,
    "needs_one_of": list,
    "version": str,
    "sheet": dict,
    "sources": list,
    "marks": list,
}
_FIELD_KEYS: Mapping[str, type | tuple[type, ...]] = {
    "key": str,
    "label": str,
    "type": str,
    "help": str,
    "required": bool,
    "final_required": bool,
    "quick": bool,
    "seen_by": list,
    "min": (int, float),
    "max": (int, float),
    "low": str,
    "high": str,
    "options": list,
    "open": bool,
    "from": str,
    "of": str,
    "field": list,
    "min_rows": int,
    "max_rows": int,
    "final_min_rows": int,
    "row_name": str,
    "row_labels": list,
    "position": bool,
    "where_asked": bool,
    "beside": str,
    "lines": int,
    "explained_by": str,
    "sources": list,
    "marks": list,
}
_NEEDS_OPTIONS = {FieldType.CHOICE, FieldType.CHOICES}
_NEEDS_CODES = {FieldType.CODE, FieldType.CODES}
_NEEDS_FIELDS = {FieldType.ROWS, FieldType.GROUP}
_KEY = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]*")
# Parts of a field that the form adds to its name: a key may not end so.
_FORM_PARTS = ("-words", "-new", "-other", "-measure", "-score")


class _Faults:
    """Gathers what is wrong, each fault with the key it is about."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.found: list[ContentFault] = []

    def add(self, key: str, reason: str, remedy: str = "") -> None:
        self.found.append(ContentFault(self.file, key, reason, remedy))


def load_record_type(
    table: Mapping[str, Any], file: str
) -> tuple[RecordType | None, tuple[ContentFault, ...]]:
    """The record type of one file, or None with every fault found."""
    faults = _Faults(file)
    record = table.get("record")
    if not isinstance(record, Mapping):
        faults.add("record", "the table [record] is missing.", "Begin the file with [record].")
        return None, tuple(faults.found)
    for key in set(table) - {"record", "field"}:
        faults.add(key, "is not known here.", "Only [record] and [[field]] stand at the top.")
    _check_keys(record, _RECORD_KEYS, "record", faults)
    _check_record(record, faults)
    fields = _load_fields(table.get("field", []), "", faults)
    if not fields:
        faults.add("field", "the record has no fields.", "Add at least one [[field]].")
    _check_against_fields(record, fields, faults)
    if faults.found:
        return None, tuple(faults.found)
    return _record_type(record, fields), ()


def _record_type(record: Mapping[str, Any], fields: tuple[FieldDefinition, ...]) -> RecordType:
    return RecordType(
        id=record["id"],
        title=record["title"],
        plain_title=record["plain_title"],
        help=record["help"],
        group=record["group"],
        belongs=record["belongs"],
        many=record["many"],
        seen_by=tuple(record["seen_by"]),
        fields=fields,
        client_may_write=record.get("client_may_write", False),
        seen_in_cover=record.get("seen_in_cover", False),
        never_on_client_device=record.get("never_on_client_device", False),
        needs_one_of=tuple(tuple(keys) for keys in record.get("needs_one_of", [])),
        version=record.get("version", "1"),
        sheet=read_sheet(record.get("sheet")),
        sources=tuple(record.get("sources", [])),
        marks=tuple(record.get("marks", [])),
    )


def _check_keys(table: Mapping[str, Any], known: Mapping[str, Any], where: str, faults: _Faults) -> None:
    for key, value in table.items():
        if key not in known:
            faults.add(f"{where}.{key}", "is not known here.", f"Known are: {', '.join(sorted(known))}.")
        elif not isinstance(value, known[key]) or (isinstance(value, bool) and known[key] is not bool):
            faults.add(f"{where}.{key}", "is of the wrong kind.")
        elif isinstance(value, list) and key in ("seen_by", "sources", "marks", "row_labels"):
            _check_words(value, f"{where}.{key}", faults)


def _check_words(value: list[Any], where: str, faults: _Faults) -> None:
    if not all(isinstance(one, str) and one for one in value):
        faults.add(where, "must be a list of words.")


def _check_record(record: Mapping[str, Any], faults: _Faults) -> None:
    for key in ("id", "title", "plain_title", "help", "group", "belongs"):
        if not record.get(key):
            faults.add(f"record.{key}", "is missing.")
    for key in ("many", "seen_by"):
        if key not in record:
            faults.add(f"record.{key}", "is missing.", "Who may see it, and how often, is never guessed.")
    if not re.fullmatch(r"rec_[a-z0-9_]+", str(record.get("id", "rec_x"))):
        faults.add("record.id", "must look like rec_emotion_log.")
    _check_one_of(record.get("group"), GROUPS, "record.group", faults)
    _check_one_of(record.get("belongs"), BELONGS_TO, "record.belongs", faults)
    _check_roles(record.get("seen_by", []), "record.seen_by", faults)
    sees = "client" in record.get("seen_by", [])
    if record.get("client_may_write") and not sees:
        faults.add("record.client_may_write", "the client may write what the client may not see.")
    if record.get("never_on_client_device") and (sees or record.get("client_may_write")):
        faults.add("record.never_on_client_device", "the client is among those who see it.")


def _check_one_of(value: Any, known: Any, where: str, faults: _Faults) -> None:
    if value and value not in known:
        faults.add(where, "is not one of the known words.", f"Known are: {', '.join(sorted(known))}.")


def _check_roles(roles: Any, where: str, faults: _Faults) -> None:
    for role in roles if isinstance(roles, list) else []:
        _check_one_of(role, ROLES, where, faults)


def _load_fields(tables: Any, prefix: str, faults: _Faults) -> tuple[FieldDefinition, ...]:
    if not isinstance(tables, list) or not all(isinstance(table, Mapping) for table in tables):
        faults.add(f"{prefix}field", "must be written as [[field]] tables.")
        return ()
    fields = [_load_field(table, prefix, faults) for table in tables]
    keys = [field.key for field in fields if field]
    for key in sorted({key for key in keys if keys.count(key) > 1}):
        faults.add(f"{prefix}{key}", "is defined twice.", "Give each field its own key.")
    for where, reason, remedy in layout_faults(tables):
        faults.add(f"{prefix}{where}", reason, remedy)
    return with_bands([field for field in fields if field], tables)


def _load_field(table: Mapping[str, Any], prefix: str, faults: _Faults) -> FieldDefinition | None:
    where = f"{prefix}{table.get('key', '?')}"
    before = len(faults.found)
    _check_keys(table, _FIELD_KEYS, where, faults)
    for key in ("key", "label", "type"):
        if not table.get(key):
            faults.add(where, f"has no {key}.")
    if len(faults.found) > before:
        return None
    _check_one_of(table["type"], [str(kind) for kind in FieldType], f"{where}.type", faults)
    if table["type"] not in list(FieldType):
        return None
    field_type = FieldType(table["type"])
    _check_field(table, field_type, where, faults)
    subfields = _load_fields(table.get("field", []), f"{where}.", faults)
    return _field(table, field_type, subfields, _load_options(table, where, faults))


def _field(
    table: Mapping[str, Any],
    field_type: FieldType,
    fields: tuple[FieldDefinition, ...],
    options: tuple[Option, ...],
) -> FieldDefinition:
    return FieldDefinition(
        key=table["key"],
        label=table["label"],
        type=field_type,
        help=table.get("help", ""),
        required=table.get("required", False),
        final_required=table.get("final_required", False),
        quick=table.get("quick", False),
        seen_by=tuple(table.get("seen_by", [])),
        minimum=table.get("min"),
        maximum=table.get("max"),
        low=table.get("low", ""),
        high=table.get("high", ""),
        options=options,
        open=table.get("open", False),
        codes_from=table.get("from", ""),
        of=table.get("of", "text"),
        fields=fields,
        min_rows=table.get("min_rows", 0),
        max_rows=table.get("max_rows"),
        final_min_rows=table.get("final_min_rows", 0),
        row_name=table.get("row_name", ""),
        row_labels=tuple(table.get("row_labels", [])),
        position=table.get("position", False),
        where_asked=table.get("where_asked", False),
        lines=table.get("lines", 1),
        explained_by=table.get("explained_by", ""),
        sources=tuple(table.get("sources", [])),
        marks=tuple(table.get("marks", [])),
    )


def _check_field(table: Mapping[str, Any], kind: FieldType, where: str, faults: _Faults) -> None:
    if not _KEY.fullmatch(table["key"]) or table["key"].endswith(_FORM_PARTS):
        faults.add(where, "is no good key.", "Use letters, digits and underscores.")
    if kind in _NEEDS_OPTIONS and not table.get("options"):
        faults.add(where, "is a choice without options.", "Add options = [{value=, label=}, ...].")
    if kind in _NEEDS_CODES:
        if not table.get("from"):
            faults.add(
                where, "does not say which codes.", f"Add from = one of {', '.join(sorted(CODE_KINDS))}."
            )
        _check_one_of(table.get("from"), CODE_KINDS, f"{where}.from", faults)
    if kind in _NEEDS_FIELDS and not table.get("field"):
        faults.add(where, "has no fields of its own.", "Add [[field.field]] tables.")
    if kind is FieldType.SCALE and not {"min", "max"} <= set(table):
        faults.add(where, "is a scale without both ends.", "Add min and max.")
    if "min" in table and "max" in table and table["min"] >= table["max"]:
        faults.add(where, "has its ends the wrong way round.", "Let min be below max.")
    if not 1 <= table.get("lines", 1) <= MOST_LINES:
        faults.add(f"{where}.lines", f"must be from 1 to {MOST_LINES}.", "What is longer is a long_text.")
    _check_one_of(table.get("explained_by"), EXPLAINED_BY, f"{where}.explained_by", faults)
    _check_one_of(table.get("of"), LIST_KINDS, f"{where}.of", faults)
    _check_roles(table.get("seen_by", []), f"{where}.seen_by", faults)
    _check_belonging(table, kind, where, faults)


_ONLY_FOR: Mapping[str, frozenset[FieldType]] = {
    "options": frozenset(_NEEDS_OPTIONS),
    "from": frozenset(_NEEDS_CODES),
    "field": frozenset(_NEEDS_FIELDS),
    "of": frozenset({FieldType.LIST}),
    "row_labels": frozenset({FieldType.LIST}),
    "open": frozenset({FieldType.CHOICE, FieldType.PERSON, FieldType.PEOPLE}),
    "low": frozenset({FieldType.SCALE}),
    "high": frozenset({FieldType.SCALE}),
    "position": frozenset({FieldType.INTEGER, FieldType.NUMBER}),
    "lines": frozenset({FieldType.TEXT}),
    "explained_by": frozenset({FieldType.CHOICE}),
    "min_rows": frozenset({FieldType.ROWS}),
    "final_min_rows": frozenset({FieldType.ROWS}),
    "min": frozenset({FieldType.INTEGER, FieldType.NUMBER, FieldType.SCALE, FieldType.LIST}),
    "max": frozenset({FieldType.INTEGER, FieldType.NUMBER, FieldType.SCALE, FieldType.LIST}),
}


def _check_belonging(table: Mapping[str, Any], kind: FieldType, where: str, faults: _Faults) -> None:
    for key, kinds in _ONLY_FOR.items():
        if key in table and kind not in kinds:
            faults.add(f"{where}.{key}", f"means nothing for a field of type {kind}.", "Take it out.")


def _load_options(table: Mapping[str, Any], where: str, faults: _Faults) -> tuple[Option, ...]:
    options = []
    for option in table.get("options", []):
        if (
            isinstance(option, Mapping)
            and set(option) == {"value", "label"}
            and isinstance(option["value"], str | int)
            and not isinstance(option["value"], bool)
            and isinstance(option["label"], str)
            and option["label"]
        ):
            options.append(Option(option["value"], option["label"]))
        else:
            faults.add(f"{where}.options", "each option needs a value and a label, nothing else.")
    if len({str(option.value) for option in options}) < len(options):
        faults.add(f"{where}.options", "two options have the same value.")
    return tuple(options)


def _check_against_fields(
    record: Mapping[str, Any], fields: tuple[FieldDefinition, ...], faults: _Faults
) -> None:
    keys = {field.key for field in fields}
    for group in record.get("needs_one_of", []):
        unknown = sorted(set(group) - keys) if isinstance(group, list) else ["?"]
        for key in unknown:
            faults.add("record.needs_one_of", f"names the field {key}, which does not exist.")
    for where, reason, remedy in sheet_faults(record.get("sheet"), fields, many=record.get("many") is True):
        faults.add(where, reason, remedy)
    seers = set(record.get("seen_by", []))
    for field in fields:
        if not set(field.seen_by) <= seers:
            faults.add(f"{field.key}.seen_by", "is wider than the record's own list.", "Narrow it.")
        for inner in every_field(field.fields):
            if inner.seen_by:
                faults.add(f"{field.key}.{inner.key}.seen_by", "only a whole field can be kept from someone.")
            if inner.where_asked:
                faults.add(f"{field.key}.{inner.key}.where_asked", "only a whole field can be asked for.")
        if field.where_asked and (field.required or field.quick):
            remedy = "Ask it without; a task's own quick line may name it."
            faults.add(f"{field.key}.where_asked", "is required or quick, and not asked everywhere.", remedy)
    required = [field for field in fields if field.required]
    hidden = [field.key for field in required if field.seen_by and "client" not in field.seen_by]
    if record.get("client_may_write") and hidden:
        faults.add("record.client_may_write", f"the client cannot see the required field {hidden[0]}.")
