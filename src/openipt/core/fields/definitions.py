"""What a record type is made of: its fields, who may see them, what makes a record whole.

A record type is data (`content/records/rec_*.toml`). One mechanism shows, edits, checks, stores,
prints and exports every one of them, so nothing here knows a particular record.

The values of a record are plain JSON values under the field keys:

| type | value |
|---|---|
| text, long_text | words; a text has no line breaks |
| integer, scale | whole number |
| number | number |
| choice | the value of one option (a word or a whole number) |
| choices | a list of such values |
| yes_no | true or false; absent or null means: not asked |
| yes_no_words | false, true, or the words of the yes ("tablets at home") |
| date, time | "2025-03-21"; "07:30" |
| partial_date | "2025", "2025-03" or "2025-03-21" |
| person, people | an id of the inventory or a name; a list of them |
| code, codes | an id of the manual; a list of them |
| list | a list of lines, whole numbers or dates (`of`) |
| rows | a list of objects with the sub-fields |
| group | one object with the sub-fields |
| scores | an object: measure id -> number |
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from typing import Any

TEXT_LIMIT = 500
LONG_TEXT_LIMIT = 50_000
NAME_LIMIT = 60


class FieldType(StrEnum):
    """The closed list of what a field can hold."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    INTEGER = "integer"
    NUMBER = "number"
    SCALE = "scale"
    CHOICE = "choice"
    CHOICES = "choices"
    YES_NO = "yes_no"
    YES_NO_WORDS = "yes_no_words"
    DATE = "date"
    TIME = "time"
    PARTIAL_DATE = "partial_date"
    PERSON = "person"
    PEOPLE = "people"
    CODE = "code"
    CODES = "codes"
    LIST = "list"
    ROWS = "rows"
    GROUP = "group"
    SCORES = "scores"


CODE_KINDS = frozenset(
    {
        *("strategies", "techniques", "areas", "styles", "measures", "tasks", "phases", "rules"),
        *("off_track_reasons", "next_steps", "issues", "episodes"),
    }
)
LIST_KINDS = frozenset({"text", "integer", "date"})
EXPLAINED_BY = frozenset({"stages"})
ROLES = frozenset({"therapist", "supervisor", "client"})
BELONGS_TO = frozenset({"session", "episode", "person", "client"})


@dataclass(frozen=True)
class Option:
    """One thing that can be chosen. Numbers stay numbers, so that a rating can be computed with.

    Where `meaning` says in a sentence what it is, `name` alone stands before it; `explained` is what else tells it
    from the others, each under its title.
    """

    value: str | int
    label: str
    name: str = ""
    meaning: str = ""
    explained: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class FieldDefinition:
    """One field of a record, or one sub-field of its rows or groups.

    `required` makes the record mean something at all; `final_required` and `final_min_rows` are asked
    only before signing or agreeing. `seen_by` is empty where the record's own list holds. `open`
    lets a choice or person be answered in other words. `where_asked`: it stands in the form only where an
    adaptation asks for it. `position` marks a number that is simply
    a place (that of a row: 1, 2, 3 ...): nobody types it. `row_name` names one row ("turn"); `row_labels`
    names every line of a list of fixed length. `band` names those it stands beside on a page; `lines` how
    many lines a text is given to be typed in; `explained_by` what else in the content tells its options apart.
    """

    key: str
    label: str
    type: FieldType
    help: str = ""
    required: bool = False
    final_required: bool = False
    quick: bool = False
    seen_by: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    low: str = ""
    high: str = ""
    options: tuple[Option, ...] = ()
    open: bool = False
    codes_from: str = ""
    of: str = "text"
    fields: tuple[FieldDefinition, ...] = ()
    min_rows: int = 0
    max_rows: int | None = None
    final_min_rows: int = 0
    row_name: str = ""
    row_labels: tuple[str, ...] = ()
    position: bool = False
    where_asked: bool = False
    band: str = ""
    lines: int = 1
    explained_by: str = ""
    sources: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()

    def field(self, key: str) -> FieldDefinition:
        """The sub-field with this key; KeyError if there is none."""
        return _by_key(self.fields, key)

    def option_label(self, value: object) -> str | None:
        """The label of an option, None for a value that is not among them."""
        for option in self.options:
            if option.value == value and type(option.value) is type(value):
                return option.label
        return None


@dataclass(frozen=True)
class Caution:
    """What an adaptation forbids or warns of where a record is filled; `plain` says it to a client."""

    text: str
    plain: str = ""


@dataclass(frozen=True)
class Sheet:
    """How all records of one type make one sheet.

    `picture` names how they are drawn together. `columns` is a choice: the records of each of its options are
    written side by side. `order` is a place that nobody types: the records are written one after another, with
    `fields` of each, and a `row_name` for one; where none was put anywhere, the number `sorted_by` sorts them.
    One is done when the field `done_by` holds something; the first that is not is the one now.
    """

    picture: str = ""
    columns: str = ""
    order: str = ""
    sorted_by: str = ""
    done_by: str = ""
    fields: tuple[str, ...] = ()
    row_name: str = ""

    @property
    def is_written_together(self) -> bool:
        return bool(self.columns or self.order)


@dataclass(frozen=True)
class RecordType:
    """One kind of record (`rec_*`), as the forms, the engine and the exports know it.

    `needs_one_of` holds groups of keys of which at least one must be filled. `seen_in_cover` says that
    a colleague who covers may see it; `never_on_client_device` that not even its empty form may be
    sent to a device the client uses (questions about violence at home). `cautions` are those of the
    adaptation whose record it is, `unasked` the fields it does not ask for: kept and read, and in a
    form only where they hold something. `sheet` says how all records of the type are one sheet.
    """

    id: str
    title: str
    plain_title: str
    help: str
    group: str
    belongs: str
    many: bool
    seen_by: tuple[str, ...]
    fields: tuple[FieldDefinition, ...]
    client_may_write: bool = False
    seen_in_cover: bool = False
    never_on_client_device: bool = False
    needs_one_of: tuple[tuple[str, ...], ...] = ()
    version: str = "1"
    cautions: tuple[Caution, ...] = ()
    unasked: tuple[str, ...] = ()
    sheet: Sheet | None = None
    sources: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()

    def field(self, key: str) -> FieldDefinition:
        """The field with this key; KeyError if there is none."""
        return _by_key(self.fields, key)

    def __contains__(self, key: object) -> bool:
        return any(field.key == key for field in self.fields)

    def in_adaptation(
        self, asks_for: Collection[str], cautions: tuple[Caution, ...] = (), *, has_areas: bool = True
    ) -> RecordType:
        """The record as one adaptation has it: which fields it asks for, and what it warns of.

        Without areas there is none to name.
        """
        unasked = tuple(
            f.key
            for f in self.fields
            if (f.where_asked and f.key not in asks_for) or (f.codes_from == "areas" and not has_areas)
        )
        return replace(self, unasked=unasked, cautions=cautions) if unasked or cautions else self

    def left_out(self, values: Mapping[str, Any]) -> frozenset[str]:
        """Fields that a form of these values leaves out: not asked for, and empty."""
        return frozenset(key for key in self.unasked if is_empty(values.get(key)))

    @property
    def quick_fields(self) -> tuple[str, ...]:
        """The keys a quick line offers: the one or two that make a valid record."""
        return tuple(field.key for field in self.fields if field.quick)

    def fields_for(self, role: str) -> tuple[FieldDefinition, ...]:
        """The fields this role may see, in order; none if the record is not for the role."""
        return self._fields_by_role.get(role, ())

    def values_for(self, role: str, values: Mapping[str, Any]) -> dict[str, Any]:
        """The values this role may see."""
        seen = self._keys_by_role.get(role, frozenset())
        return {key: value for key, value in values.items() if key in seen}

    @cached_property
    def _fields_by_role(self) -> Mapping[str, tuple[FieldDefinition, ...]]:
        return {
            role: tuple(field for field in self.fields if not field.seen_by or role in field.seen_by)
            for role in self.seen_by
        }

    @cached_property
    def _keys_by_role(self) -> Mapping[str, frozenset[str]]:
        return {
            role: frozenset(field.key for field in fields) for role, fields in self._fields_by_role.items()
        }


def is_empty(value: object) -> bool:
    """Nothing was entered: no value, no words, or a list or object that holds nothing but that."""
    if value is None:
        return True
    if isinstance(value, str):
        return not value.strip()
    if isinstance(value, Mapping):
        return all(is_empty(part) for part in value.values())
    if isinstance(value, list | tuple):
        return all(is_empty(part) for part in value)
    return False


def every_field(fields: tuple[FieldDefinition, ...]) -> Iterator[FieldDefinition]:
    """All fields and sub-fields, depth first."""
    for field in fields:
        yield field
        yield from every_field(field.fields)


def _by_key(fields: tuple[FieldDefinition, ...], key: str) -> FieldDefinition:
    for field in fields:
        if field.key == key:
            return field
    raise KeyError(key)
