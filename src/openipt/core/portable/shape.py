"""Shapes of plain JSON values: one description checks a file, names every fault by path, and prints a schema."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from openipt.errors import FieldFault

TEXT_LIMIT = 200_000  # of one text; a whole note fits many times
NUMBER_LIMIT = 10**15  # beyond it no two programs agree on a number
DEEPEST = 40  # lists within lists; a record is a handful deep
EARLIEST_YEAR, LATEST_YEAR = 1880, 2120


def unkeepable(value: Any, path: str = "", depth: int = 0) -> Iterator[FieldFault]:
    """What no record can hold, wherever it stands: control characters, half characters, endless numbers."""
    if depth > DEEPEST:
        yield FieldFault(path, "is nested too deeply.")
    elif isinstance(value, str):
        if not is_plain(value):
            yield FieldFault(path, "holds a control character or half a character. Take it out.")
    elif isinstance(value, int | float) and not (math.isfinite(value) and abs(value) < NUMBER_LIMIT):
        yield FieldFault(path, "is no number that can be kept.")
    elif isinstance(value, Mapping):
        for key, part in value.items():
            name = str(key) if is_plain(str(key)) else "(a key with a control character)"
            here = f"{path}.{name}" if path else name
            if name != str(key):
                yield FieldFault(here, "is no name of a field.")
            yield from unkeepable(part, here, depth + 1)
    elif isinstance(value, list | tuple):
        for place, part in enumerate(value, start=1):
            yield from unkeepable(part, f"{path}.{place}" if path else str(place), depth + 1)


def is_plain(words: str) -> bool:
    """No control character but line breaks and tabs, and no lone surrogate."""
    if words.isascii() and words.isprintable():
        return True
    return not any(unicodedata.category(mark) in ("Cc", "Cs") and mark not in "\n\r\t" for mark in words)


class Shape:
    """What one value must look like. `optional` allows it to be absent or null."""

    optional: bool = False

    def faults(self, value: Any, path: str) -> Iterator[FieldFault]:
        raise NotImplementedError

    def schema(self) -> dict[str, Any]:
        """This shape as JSON Schema."""
        raise NotImplementedError


def _or_null(shape: Shape, schema: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [schema, {"type": "null"}]} if shape.optional else schema


def _fault(path: str, message: str) -> FieldFault:
    return FieldFault(path, message)


@dataclass(frozen=True)
class Text(Shape):
    """Words. `pattern` for ids."""

    pattern: str = ""
    optional: bool = False

    def faults(self, value: Any, path: str) -> Iterator[FieldFault]:
        if not isinstance(value, str):
            yield _fault(path, "must be text.")
        elif len(value) > TEXT_LIMIT:
            yield _fault(path, f"is longer than {TEXT_LIMIT:,} characters.")
        elif self.pattern and not re.fullmatch(self.pattern, value):
            yield _fault(path, "is not an id of the expected form.")

    def schema(self) -> dict[str, Any]:
        pattern = {"pattern": f"^{self.pattern}$"} if self.pattern else {}
        return _or_null(self, {"type": "string", "maxLength": TEXT_LIMIT, **pattern})


@dataclass(frozen=True)
class OneOf(Shape):
    """One of a few words."""

    words: tuple[str, ...]
    optional: bool = False

    def faults(self, value: Any, path: str) -> Iterator[FieldFault]:
        if value not in self.words:
            yield _fault(path, f"must be one of {', '.join(word or '(empty)' for word in self.words)}.")

    def schema(self) -> dict[str, Any]:
        return _or_null(self, {"enum": list(self.words)})


@dataclass(frozen=True)
class Whole(Shape):
    """A whole number in a range."""

    lowest: int = 0
    highest: int = 10_000
    optional: bool = False

    def faults(self, value: Any, path: str) -> Iterator[FieldFault]:
        if not isinstance(value, int) or isinstance(value, bool):
            yield _fault(path, "must be a whole number.")
        elif not self.lowest <= value <= self.highest:
            yield _fault(path, f"must lie from {self.lowest} to {self.highest}.")

    def schema(self) -> dict[str, Any]:
        return _or_null(self, {"type": "integer", "minimum": self.lowest, "maximum": self.highest})


@dataclass(frozen=True)
class Number(Shape):
    """Any number that is one."""

    optional: bool = False

    def faults(self, value: Any, path: str) -> Iterator[FieldFault]:
        if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < NUMBER_LIMIT:
            yield _fault(path, "must be a number.")

    def schema(self) -> dict[str, Any]:
        return _or_null(self, {"type": "number"})


@dataclass(frozen=True)
class YesNo(Shape):
    """True or false."""

    optional: bool = False

    def faults(self, value: Any, path: str) -> Iterator[FieldFault]:
        if not isinstance(value, bool):
            yield _fault(path, "must be true or false.")

    def schema(self) -> dict[str, Any]:
        return _or_null(self, {"type": "boolean"})


@dataclass(frozen=True)
class Day(Shape):
    """A day that exists, as 2025-03-21."""

    optional: bool = False

    def faults(self, value: Any, path: str) -> Iterator[FieldFault]:
        if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value, re.ASCII):
            yield _fault(path, "must be a day such as 2025-03-21.")
            return
        try:
            day = date.fromisoformat(value)
        except ValueError:
            yield _fault(path, "is no day of the calendar.")
            return
        if not EARLIEST_YEAR <= day.year <= LATEST_YEAR:
            yield _fault(path, f"must lie in a year from {EARLIEST_YEAR} to {LATEST_YEAR}.")

    def schema(self) -> dict[str, Any]:
        return _or_null(self, {"type": "string", "format": "date"})


@dataclass(frozen=True)
class Moment(Shape):
    """A moment in ISO form, or a day where the time is not known."""

    optional: bool = False

    def faults(self, value: Any, path: str) -> Iterator[FieldFault]:
        try:
            moment = datetime.fromisoformat(value)
        except (TypeError, ValueError):
            yield _fault(path, "must be a day or a moment such as 2025-03-21T19:40.")
            return
        if not EARLIEST_YEAR <= moment.year <= LATEST_YEAR:
            yield _fault(path, f"must lie in a year from {EARLIEST_YEAR} to {LATEST_YEAR}.")

    def schema(self) -> dict[str, Any]:
        return _or_null(self, {"type": "string", "description": "ISO 8601 date or date and time"})


@dataclass(frozen=True)
class Many(Shape):
    """A list; every item has the same shape."""

    of: Shape
    optional: bool = False

    def faults(self, value: Any, path: str) -> Iterator[FieldFault]:
        if not isinstance(value, list | tuple):
            yield _fault(path, "must be a list.")
            return
        for place, item in enumerate(value, start=1):
            here = f"{path}.{place}"
            if item is None and self.of.optional:
                continue
            yield from self.of.faults(item, here)

    def schema(self) -> dict[str, Any]:
        return _or_null(self, {"type": "array", "items": self.of.schema()})


@dataclass(frozen=True)
class Anything(Shape):
    """An object whose keys are not said here: payloads are checked by their record type."""

    optional: bool = False

    def faults(self, value: Any, path: str) -> Iterator[FieldFault]:
        if not isinstance(value, Mapping):
            yield _fault(path, "must be an object.")

    def schema(self) -> dict[str, Any]:
        return _or_null(self, {"type": "object"})


@dataclass(frozen=True)
class Object(Shape):
    """An object with these keys and no others. Keys of optional shapes may be left out."""

    keys: Mapping[str, Shape] = field(default_factory=dict)
    optional: bool = False
    others_allowed: bool = False

    def faults(self, value: Any, path: str) -> Iterator[FieldFault]:
        if not isinstance(value, Mapping):
            yield _fault(path, "must be an object.")
            return
        for key, shape in self.keys.items():
            here = f"{path}.{key}" if path else key
            if value.get(key) is None:
                if not shape.optional:
                    yield _fault(here, "is missing.")
                continue
            yield from shape.faults(value[key], here)
        if not self.others_allowed:
            for key in sorted(str(key) for key in set(value) - set(self.keys)):
                yield _fault(
                    f"{path}.{key}" if path else key, "is not known here. Check its name or leave it out."
                )

    def schema(self) -> dict[str, Any]:
        return _or_null(
            self,
            {
                "type": "object",
                "properties": {key: shape.schema() for key, shape in self.keys.items()},
                "required": [key for key, shape in self.keys.items() if not shape.optional],
                "additionalProperties": self.others_allowed,
            },
        )
