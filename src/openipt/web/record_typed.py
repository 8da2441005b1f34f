"""What a person typed into a record's form, kept exactly as typed, and its way to values and back.

A `Typed` holds one field: `text` for a line, `chosen` for what was ticked, `extra` for the words
beside a choice, `parts` for a group, `rows` for a list. Names are nested with dashes
(`turns-2-said`); a row keeps the order in which the browser sent it, so moving a row on the page
moves it in the record.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from openipt.core.fields.check import MONTHS
from openipt.core.fields.clean import clean_words
from openipt.core.fields.definitions import FieldDefinition, FieldType, is_empty
from openipt.errors import FieldFault

ROW_LISTS = (FieldType.LIST, FieldType.ROWS, FieldType.SCORES)
MANY_CHOSEN = (FieldType.CHOICES, FieldType.CODES, FieldType.PEOPLE)
ONE_CHOSEN = (FieldType.CHOICE, FieldType.YES_NO, FieldType.YES_NO_WORDS, FieldType.PERSON)
EXTRA_SUFFIX = {
    FieldType.CHOICE: "-other",
    FieldType.YES_NO_WORDS: "-words",
    FieldType.PERSON: "-new",
    FieldType.PEOPLE: "-new",
    FieldType.CODES: "-new",
}
_YES_NO = {"yes": True, "no": False}


@dataclass
class Typed:
    """One field as typed."""

    text: str = ""
    chosen: list[str] = field(default_factory=list)
    extra: str = ""
    parts: dict[str, Typed] = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)

    @property
    def is_blank(self) -> bool:
        return (
            not clean_words(self.text)
            and not any(self.chosen)
            and not clean_words(self.extra)
            and all(part.is_blank for part in self.parts.values())
            and all(row.typed.is_blank for row in self.rows)
        )


@dataclass
class Row:
    """One row; its token is the number that stands in the names of its inputs."""

    token: int
    typed: Typed


@dataclass(frozen=True)
class RowAction:
    """A wish about rows: `turns:add`, `turns:up:2`, `turns:down:2`, `turns:remove:1`."""

    name: str
    act: str
    token: int = 0

    @classmethod
    def read(cls, wish: str) -> RowAction | None:
        match = re.fullmatch(r"([A-Za-z0-9_-]+):(?:(add)|(up|down|remove):(\d{1,6}))", wish)
        if not match:
            return None
        return cls(match[1], match[2] or match[3], int(match[4] or 0))


class Posted:
    """What a form sent: names to lists of words, in the order sent."""

    def __init__(self, post: Any) -> None:
        many = getattr(post, "getlist", None)
        self._words: dict[str, list[str]] = {}
        for name in post:
            values = many(name) if many else post[name]
            self._words[name] = [values] if isinstance(values, str) else list(values)

    def one(self, name: str) -> str:
        return (self._words.get(name) or [""])[-1]

    def all(self, name: str) -> list[str]:
        return [value for value in self._words.get(name, []) if value]

    def tokens(self, name: str) -> list[int]:
        """Tokens of the rows under a name, in the order sent."""
        pattern = re.compile(re.escape(name) + r"-(\d{1,6})(?:-|$)", re.ASCII)
        found = (pattern.match(sent) for sent in self._words)
        return list(dict.fromkeys(int(match[1]) for match in found if match))


# Values -> typed --------------------------------------------------------------------------------


def typed_fields(fields: Iterable[FieldDefinition], values: Mapping[str, Any]) -> dict[str, Typed]:
    """What would have been typed to make these values."""
    return {part.key: typed_value(part, values.get(part.key)) for part in fields if not part.position}


def typed_value(definition: FieldDefinition, value: Any) -> Typed:
    kind = definition.type
    if kind in ROW_LISTS:
        return Typed(rows=_typed_rows(definition, value))
    if kind is FieldType.GROUP:
        return Typed(parts=typed_fields(definition.fields, value if isinstance(value, Mapping) else {}))
    if is_empty(value):
        return Typed()
    if kind in MANY_CHOSEN:
        return Typed(chosen=[str(one) for one in value] if isinstance(value, list | tuple) else [str(value)])
    if kind in (FieldType.YES_NO, FieldType.YES_NO_WORDS):
        return _typed_yes_no(value)
    if kind is FieldType.CHOICE:
        known = definition.option_label(value) is not None
        return Typed(chosen=[str(value)]) if known or not definition.open else Typed(extra=str(value))
    if kind is FieldType.PERSON:
        return Typed(chosen=[str(value)])
    return Typed(text=str(value))


def _typed_yes_no(value: Any) -> Typed:
    if isinstance(value, bool):
        return Typed(chosen=["yes" if value else "no"])
    return Typed(chosen=["yes"], extra=str(value))


def _typed_rows(definition: FieldDefinition, value: Any) -> list[Row]:
    if definition.type is FieldType.SCORES:
        scores = value if isinstance(value, Mapping) else {}
        made = [
            Typed(parts={"measure": Typed(text=str(measure)), "score": Typed(text=str(score))})
            for measure, score in scores.items()
        ]
    elif not isinstance(value, list | tuple):
        made = []
    elif definition.type is FieldType.ROWS:
        made = [
            Typed(parts=typed_fields(definition.fields, row)) for row in value if isinstance(row, Mapping)
        ]
    else:
        made = [Typed(text="" if one is None else str(one)) for one in value]
    return [Row(token, typed) for token, typed in enumerate(made, start=1)]


def blank_row(definition: FieldDefinition) -> Typed:
    """A row with nothing in it, all its parts there."""
    if definition.type is FieldType.SCORES:
        return Typed(parts={"measure": Typed(), "score": Typed()})
    return Typed(parts=typed_fields(definition.fields, {}))


# Post -> typed ----------------------------------------------------------------------------------


def read_fields(
    fields: Iterable[FieldDefinition], prefix: str, post: Posted, action: RowAction | None
) -> dict[str, Typed]:
    """What was typed, field by field, with a wish about rows carried out."""
    return {
        part.key: _read(part, f"{prefix}{part.key}", post, action) for part in fields if not part.position
    }


def _read(definition: FieldDefinition, name: str, post: Posted, action: RowAction | None) -> Typed:
    kind = definition.type
    if kind in ROW_LISTS:
        return Typed(rows=_read_rows(definition, name, post, action))
    if kind is FieldType.GROUP:
        return Typed(parts=read_fields(definition.fields, f"{name}-", post, action))
    extra = post.one(name + EXTRA_SUFFIX[kind]) if kind in EXTRA_SUFFIX else ""
    if kind in MANY_CHOSEN:
        return Typed(chosen=post.all(name), extra=extra)
    if kind in ONE_CHOSEN:
        return Typed(chosen=[post.one(name)] if post.one(name) else [], extra=extra)
    return Typed(text=post.one(name))


def _read_rows(definition: FieldDefinition, name: str, post: Posted, action: RowAction | None) -> list[Row]:
    rows = []
    for token in post.tokens(name):
        prefix = f"{name}-{token}"
        if definition.type is FieldType.LIST:
            typed = Typed(text=post.one(prefix))
        elif definition.type is FieldType.SCORES:
            parts = {key: Typed(text=post.one(f"{prefix}-{key}")) for key in ("measure", "score")}
            typed = Typed(parts=parts)
        else:
            typed = Typed(parts=read_fields(definition.fields, f"{prefix}-", post, action))
        rows.append(Row(token, typed))
    if action and action.name == name:
        return moved(rows, action, definition)
    return rows


def moved(rows: list[Row], action: RowAction, definition: FieldDefinition) -> list[Row]:
    """The rows after one was added, moved or removed. A token that is not there changes nothing."""
    if action.act == "add":
        return [*rows, Row(max((row.token for row in rows), default=0) + 1, blank_row(definition))]
    place = next((place for place, row in enumerate(rows) if row.token == action.token), None)
    if place is None:
        return rows
    rest = [*rows[:place], *rows[place + 1 :]]
    if action.act == "remove":
        return rest
    to = max(0, place - 1) if action.act == "up" else min(len(rest), place + 1)
    return [*rest[:to], rows[place], *rest[to:]]


def without_blank_rows(definition: FieldDefinition, typed: Typed) -> Typed:
    """Rows nobody filled go. In a list of numbers an empty place means "not answered" and stays."""
    for part in definition.fields:
        for holder in [typed, *(row.typed for row in typed.rows)]:
            if part.key in holder.parts:
                without_blank_rows(part, holder.parts[part.key])
    if definition.type in ROW_LISTS and (definition.of != "integer" or typed.is_blank):
        typed.rows = [row for row in typed.rows if not row.typed.is_blank]
    return typed


# Typed -> values --------------------------------------------------------------------------------


def fields_from_typed(
    fields: Iterable[FieldDefinition], typed: Mapping[str, Typed], prefix: str, faults: list[FieldFault]
) -> dict[str, Any]:
    """The values of what was typed. What cannot be read stays as typed, for the check to name it."""
    values = {}
    for part in fields:
        if part.key in typed and not typed[part.key].is_blank:
            values[part.key] = _from_typed(part, typed[part.key], f"{prefix}{part.key}", faults)
    return values


def _from_typed(definition: FieldDefinition, typed: Typed, path: str, faults: list[FieldFault]) -> Any:
    match definition.type:
        case FieldType.GROUP:
            return fields_from_typed(definition.fields, typed.parts, f"{path}.", faults)
        case FieldType.ROWS:
            filled = [row for row in typed.rows if not row.typed.is_blank]
            return [
                fields_from_typed(definition.fields, row.typed.parts, f"{path}.{place}.", faults)
                for place, row in enumerate(filled, start=1)
            ]
        case FieldType.SCORES:
            return _scores(typed, path, faults)
        case FieldType.LIST:
            return [_from_line(definition.of, row.typed.text) for row in typed.rows]
        case FieldType.PEOPLE | FieldType.CODES:
            return list(dict.fromkeys([*typed.chosen, *_names(typed.extra)]))
        case FieldType.CHOICES:
            return [_option(definition, one) for one in typed.chosen]
        case FieldType.YES_NO:
            return _YES_NO.get(typed.chosen[0], typed.chosen[0])
        case FieldType.YES_NO_WORDS:
            return _yes_no_words(typed, path, faults)
        case FieldType.CHOICE | FieldType.PERSON:
            return _one_or_other(definition, typed, path, faults)
        case kind:
            return _from_line(kind, typed.text)


def _names(extra: str) -> list[str]:
    """New names, several of them set apart by a semicolon."""
    return [name for part in extra.split(";") if (name := clean_words(part, one_line=True))]


def _option(definition: FieldDefinition, chosen: str) -> Any:
    values = {str(option.value): option.value for option in definition.options}
    return values.get(chosen, chosen)


def _yes_no_words(typed: Typed, path: str, faults: list[FieldFault]) -> Any:
    words = clean_words(typed.extra, one_line=True)
    if words and typed.chosen == ["no"]:
        faults.append(FieldFault(path, "You chose no and also wrote words. Choose yes, or clear the words."))
    return words or _YES_NO.get(typed.chosen[0], typed.chosen[0])


def _one_or_other(definition: FieldDefinition, typed: Typed, path: str, faults: list[FieldFault]) -> Any:
    words = clean_words(typed.extra, one_line=True)
    if words and any(typed.chosen):
        faults.append(FieldFault(path, "Choose one of those shown or write your own words, not both."))
    return words or _option(definition, typed.chosen[0])


def _scores(typed: Typed, path: str, faults: list[FieldFault]) -> dict[str, Any]:
    scores: dict[str, Any] = {}
    for row in typed.rows:
        if row.typed.is_blank:
            continue
        measure = row.typed.parts["measure"].text
        if not measure:
            faults.append(FieldFault(path, "Choose the measure for each score."))
        elif measure in scores:
            faults.append(FieldFault(path, "Give each measure only one score."))
        elif not clean_words(row.typed.parts["score"].text):
            faults.append(FieldFault(path, "Enter a score for each measure you chose."))
        else:
            scores[measure] = _number(row.typed.parts["score"].text)
    return scores


def _from_line(kind: str, text: str) -> Any:
    if kind in (FieldType.INTEGER, FieldType.SCALE, FieldType.NUMBER):
        return _number(text) if clean_words(text) else None
    if kind in (FieldType.DATE, FieldType.PARTIAL_DATE):
        return date_as_typed(text)
    if kind == FieldType.TIME:
        return _time(text)
    return text


def _number(text: str) -> Any:
    """A number as people write it, also with a decimal comma; anything else stays as typed."""
    plain = clean_words(text, one_line=True).replace("\u2212", "-")
    if re.fullmatch(r"[+-]?\d{1,15}", plain, re.ASCII):
        return int(plain)
    if re.fullmatch(r"[+-]?\d{1,15}[.,]\d{1,17}", plain, re.ASCII):
        return float(plain.replace(",", "."))
    return text


def _time(text: str) -> str:
    """7:30, 7.30 and 0730 are all half past seven."""
    match = re.fullmatch(r"(\d{1,2})[:.h](\d{2})|(\d{2})(\d{2})", clean_words(text), re.ASCII)
    if not match:
        return text
    hours, minutes = match[1] or match[3], match[2] or match[4]
    return f"{int(hours):02}:{minutes}"


def date_as_typed(text: str) -> str:
    """A date as people write it (21.3.2025, 21/3/2025, 21 March 2025, March 2025) as year-month-day.

    With points or slashes the day stands first. What is none of these stays as typed.
    """
    plain = " ".join(clean_words(text, one_line=True).replace(",", " ").split())
    if match := re.fullmatch(r"(\d{1,2})[./](\d{1,2})[./](\d{4})", plain, re.ASCII):
        return f"{match[3]}-{int(match[2]):02}-{int(match[1]):02}"
    if match := re.fullmatch(r"(\d{4})-(\d{1,2})(?:-(\d{1,2}))?", plain, re.ASCII):
        return "-".join([match[1], *(f"{int(part):02}" for part in match.groups()[1:] if part)])
    match = re.fullmatch(r"(?:(\d{1,2})\.? )?([A-Za-z]{3,9})\.? (\d{4})", plain, re.ASCII)
    month = _month(match[2]) if match else 0
    if not match or not month:
        return plain
    return "-".join([match[3], f"{month:02}", *([f"{int(match[1]):02}"] if match[1] else [])])


def _month(word: str) -> int:
    found = [place for place, name in enumerate(MONTHS, start=1) if name.lower().startswith(word.lower())]
    return found[0] if len(found) == 1 else 0
