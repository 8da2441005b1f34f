"""One TOML table -> one frozen dataclass, gathering every fault rather than stopping at the first.

The dataclass is the format: its field names are the keys a table may have, its types say what each
may hold, and a field without a default must be there. Field metadata says the rest:

- ``table``: the TOML key where it differs from the field's name (``[[strategy]]`` -> ``strategies``);
- ``min``, ``max``: the range of a number, or of every number in a list;
- ``names``: a closed list the value, or every value in a list, must come from;
- ``pattern``: a regular expression that the text must match whole.

A ``ValueError`` from ``__post_init__`` becomes a fault too.
"""

from __future__ import annotations

import dataclasses
import difflib
import re
import types
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from enum import Enum
from types import MappingProxyType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from openipt.errors import ContentFault

T = TypeVar("T")
Names = Iterable[str]

_WORDS: Mapping[type, str] = MappingProxyType(
    {
        str: "a text",
        int: "a whole number",
        float: "a number",
        bool: "true or false",
        date: "a date",
    }
)
_HOW_TO_WRITE: Mapping[str, str] = MappingProxyType(
    {
        "a text": 'Write it in quotes: "…".',
        "a whole number": "Write digits alone: 12.",
        "a number": "Write digits alone: 12 or 12.5.",
        "true or false": "Write true or false, without quotes.",
        "a date": "Write it without quotes: 2026-03-21.",
        "a list": "Write it in brackets: [ …, … ].",
        "a table": "Write it as [table], or in braces: { key = … }.",
    }
)
_BAD = object()


def read(
    kind: type[T], table: Mapping[str, Any], *, file: str, at: str = ""
) -> tuple[T | None, tuple[ContentFault, ...]]:
    """The value a table describes, or None, with everything that is wrong with the table.

    `at` says where in the file the table stands; it goes before the key in every fault.
    """
    reader = _Reader(file)
    value = reader.table(kind, table, at)
    return (None if value is _BAD else value), tuple(reader.faults)


def keys_of(kind: type[Any]) -> tuple[str, ...]:
    """The keys that a table of this kind may have."""
    return tuple(_key(field) for field in dataclasses.fields(kind) if field.init)


def nearest(word: str, known: Names) -> str:
    """The known name most like `word`, "" where none is near."""
    found = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return found[0] if found else ""


def suggestion(word: str, known: Names) -> str:
    """A remedy for an unknown name: the nearest one, else the whole list where it is short."""
    known = sorted(known)
    near = nearest(word, known)
    if near:
        return f'Did you mean "{near}"?'
    return f"Known: {', '.join(known)}." if 0 < len(known) <= 20 else ""


def unknown_keys(table: Mapping[str, Any], known: Names, *, file: str, at: str = "") -> list[ContentFault]:
    """A fault for each key that is not known, with the nearest that is."""
    known = tuple(known)
    return [
        ContentFault(file, _join(at, key), "is not a known key.", suggestion(key, known) or "Remove it.")
        for key in table
        if key not in known
    ]


class _Reader:
    """Reads tables of one file; `faults` fills as it goes."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.faults: list[ContentFault] = []

    def fault(self, key: str, reason: str, remedy: str = "") -> Any:
        self.faults.append(ContentFault(self.file, key, reason, remedy))
        return _BAD

    def wrong(self, wanted: str, value: Any, key: str) -> Any:
        """A fault for a value of the wrong type."""
        remedy = _HOW_TO_WRITE.get(wanted, f"Use {wanted}.")
        return self.fault(key, f"must be {wanted}, not {_describe(value)}.", remedy)

    def table(self, kind: type[Any], table: Any, at: str) -> Any:
        if not isinstance(table, Mapping):
            return self.wrong("a table", table, at)
        fields = {_key(field): field for field in dataclasses.fields(kind) if field.init}
        before = len(self.faults)
        self.faults += unknown_keys(table, fields, file=self.file, at=at)
        values = {}
        for key, field in fields.items():
            if key in table:
                values[field.name] = self.field(kind, field, table[key], _join(at, key))
            elif _must_be_there(field):
                self.fault(
                    _join(at, key), "is missing.", f"Add {key} = … ({_wanted(_hints(kind)[field.name])})."
                )
        if len(self.faults) > before:
            return _BAD
        try:
            return kind(**values)
        except ValueError as error:
            return self.fault(at or kind.__name__, str(error), "Let its values fit together.")

    def field(self, kind: type[Any], field: dataclasses.Field[Any], value: Any, key: str) -> Any:
        converted = self.value(_hints(kind)[field.name], value, key)
        if converted is not _BAD:
            for one in converted if isinstance(converted, tuple) else (converted,):
                self.limits(field.metadata, one, key)
        return converted

    def limits(self, metadata: Mapping[str, Any], value: Any, key: str) -> None:
        """What the field's metadata asks beyond its type."""
        if "min" in metadata and value is not None and value < metadata["min"]:
            self.fault(key, f"is {value}, below the least allowed.", f"Use {metadata['min']} or more.")
        if "max" in metadata and value is not None and value > metadata["max"]:
            self.fault(key, f"is {value}, above the most allowed.", f"Use {metadata['max']} or less.")
        if "names" in metadata and value and value not in metadata["names"]:
            self.fault(key, f'"{value}" is not a known name.', suggestion(value, metadata["names"]))
        if "pattern" in metadata and value and not re.fullmatch(metadata["pattern"], value):
            self.fault(key, f'"{value}" is not written as it should be.', f"Match {metadata['pattern']}.")

    def value(self, hint: Any, value: Any, key: str) -> Any:
        """`value` as the type `hint` asks, or a fault."""
        origin = get_origin(hint)
        if hint is Any:
            return freeze(value)
        if origin in (Union, types.UnionType):
            return self.either(get_args(hint), value, key)
        if origin is tuple:
            return self.list(get_args(hint), value, key)
        if origin is not None and isinstance(origin, type) and issubclass(origin, Mapping):
            return self.mapping(get_args(hint), value, key)
        if origin is Literal:
            return self.one_of(get_args(hint), value, key)
        if dataclasses.is_dataclass(hint) and isinstance(hint, type):
            return self.table(hint, value, key)
        if isinstance(hint, type) and issubclass(hint, Enum):
            named = self.one_of([member.value for member in hint], value, key)
            return named if named is _BAD else hint(named)
        return self.plain(hint, value, key)

    def plain(self, hint: type, value: Any, key: str) -> Any:
        if hint is float and isinstance(value, int) and not isinstance(value, bool):
            return float(value)
        exact = not (hint is int and isinstance(value, bool)) and not (
            hint is date and isinstance(value, datetime)
        )
        if isinstance(value, hint) and exact:
            return value
        return self.wrong(_wanted(hint), value, key)

    def either(self, hints: tuple[Any, ...], value: Any, key: str) -> Any:
        """The first of several types that takes the value without a fault."""
        for hint in hints:
            trial = _Reader(self.file)
            converted = trial.value(hint, value, key) if hint is not type(None) else _BAD
            if converted is not _BAD:
                return converted
        wanted = [hint for hint in hints if hint is not type(None)]
        if len(wanted) == 1:
            return self.value(wanted[0], value, key)
        return self.wrong(" or ".join(map(_wanted, wanted)), value, key)

    def list(self, hints: tuple[Any, ...], value: Any, key: str) -> Any:
        if not isinstance(value, (list, tuple)):
            return self.wrong("a list", value, key)
        if hints[-1] is not Ellipsis and len(value) != len(hints):
            reason = f"must hold {len(hints)} values, not {len(value)}."
            return self.fault(key, reason, f"Give {len(hints)} values.")
        each = [hints[0]] * len(value) if hints[-1] is Ellipsis else hints
        found = [self.value(h, v, _item(key, i, v)) for i, (h, v) in enumerate(zip(each, value, strict=True))]
        return _BAD if any(item is _BAD for item in found) else tuple(found)

    def mapping(self, hints: tuple[Any, ...], value: Any, key: str) -> Any:
        if not isinstance(value, Mapping):
            return self.wrong("a table", value, key)
        found = {name: self.value(hints[1], inner, _join(key, name)) for name, inner in value.items()}
        return _BAD if any(item is _BAD for item in found.values()) else MappingProxyType(found)

    def one_of(self, allowed: Iterable[Any], value: Any, key: str) -> Any:
        allowed = tuple(allowed)
        if value in allowed:
            return value
        return self.fault(
            key,
            f"{_describe(value)} is not one of the allowed values.",
            suggestion(str(value), map(str, allowed)),
        )


def freeze(value: Any) -> Any:
    """A value that cannot be changed: lists become tuples, tables become read-only mappings."""
    if isinstance(value, Mapping):
        return MappingProxyType({key: freeze(inner) for key, inner in value.items()})
    if isinstance(value, (list, tuple)):
        return tuple(freeze(inner) for inner in value)
    return value


_HINTS: dict[Any, dict[str, Any]] = {}


def _hints(kind: type[Any]) -> dict[str, Any]:
    """The types of a dataclass's fields, worked out once."""
    if kind not in _HINTS:
        _HINTS[kind] = get_type_hints(kind)
    return _HINTS[kind]


def _key(field: dataclasses.Field[Any]) -> str:
    return str(field.metadata.get("table", field.name))


def _must_be_there(field: dataclasses.Field[Any]) -> bool:
    return field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING


def _join(at: str, key: str) -> str:
    return f"{at}.{key}" if at else key


def _item(key: str, index: int, value: Any) -> str:
    """A list's item by its id where it has one, else by its place, counted from 1."""
    name = value.get("id") or value.get("key") if isinstance(value, Mapping) else None
    return f"{key}[{name or index + 1}]"


def _wanted(hint: Any) -> str:
    if hint in _WORDS:
        return _WORDS[hint]
    if get_origin(hint) is tuple:
        return "a list"
    if isinstance(hint, type) and issubclass(hint, Enum):
        return "one of " + ", ".join(str(member.value) for member in hint)
    return "a table"


def _describe(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f'"{value}"' if len(value) <= 40 else f'the text "{value[:37]}…"'
    if isinstance(value, Mapping):
        return "a table"
    if isinstance(value, (list, tuple)):
        return "a list"
    return str(value)
