"""One form for every record type, made from its definition.

    form = RecordForm.from_post(record_type, request.POST, people=..., codes=...)
    if form.is_row_action: show the form again          # a row was added, moved or removed
    elif form.faults:      show the form again          # everything stands as it was typed
    else:                  save form.values

The form is drawn by `components/record_form.html`; the read view by `components/record_view.html`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from openipt.core.fields.check import check_entry
from openipt.core.fields.clean import clean
from openipt.core.fields.definitions import FieldDefinition, FieldType, RecordType
from openipt.errors import FieldFault, NoAccess
from openipt.web.record_typed import (
    EXTRA_SUFFIX,
    ROW_LISTS,
    Posted,
    RowAction,
    Typed,
    blank_row,
    fields_from_typed,
    read_fields,
    typed_fields,
    without_blank_rows,
)

Labels = Mapping[str, Mapping[str, str]]
WIDEST_SCALE = 11
WIDEST_HELP = 150  # beyond it a range only guards against slips, and saying it helps nobody
LINES_OF_A_PARAGRAPH = 3
PLACEHOLDER = "__row{depth}__"


@dataclass(frozen=True)
class Choice:
    """One thing to tick or pick; what tells it from the others where the content says so."""

    value: str
    label: str
    chosen: bool
    meaning: str = ""
    explained: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class RowMark:
    """What a page says of a row, and what it sends with it to know it again."""

    note: str = ""
    kept: str = ""


NO_MARK = RowMark()


@dataclass(frozen=True)
class ControlRow:
    """One row of a list, with its number as people count."""

    token: str
    number: int
    title: str
    controls: tuple[Control, ...]
    mark: RowMark


@dataclass(frozen=True)
class Control:
    """One field as the page draws it. `kind` names its macro."""

    field: FieldDefinition
    kind: str
    name: str
    id: str
    path: str
    label: str
    help: str
    error: str
    required: bool
    text: str = ""
    choices: tuple[Choice, ...] = ()
    extra_name: str = ""
    extra: str = ""
    controls: tuple[Control, ...] = ()
    rows: tuple[ControlRow, ...] = ()
    blank: ControlRow | None = None
    row_name: str = ""
    max_rows: int | None = None

    @property
    def band(self) -> str:
        """Named alike by those that stand side by side."""
        return self.field.band

    @property
    def lines(self) -> int:
        """How many lines a paragraph is given to begin with."""
        return self.field.lines if self.field.type is FieldType.TEXT else LINES_OF_A_PARAGRAPH

    @property
    def described_by(self) -> str:
        """Ids of the help and the error, for aria-describedby."""
        parts = [f"{self.id}-help"] if self.help else []
        return " ".join([*parts, *([f"{self.id}-error"] if self.error else [])])

    @property
    def focus_id(self) -> str:
        """The first thing of this field that can take the focus: the target of an error link."""
        if self.kind in ("radios", "explained", "scale", "checks", "yes_no", "yes_no_words"):
            return f"{self.id}-1"
        inner = self.controls or (self.rows[0].controls if self.rows else ())
        return inner[0].focus_id if inner else self.id


@dataclass(frozen=True)
class ErrorLine:
    """One line of the summary above the form."""

    id: str
    label: str
    message: str


class RecordForm:
    """The form of one record: what was typed, the values it makes, and what is wrong with them."""

    def __init__(
        self,
        record_type: RecordType,
        typed: dict[str, Typed],
        values: dict[str, Any],
        *,
        fields: tuple[FieldDefinition, ...],
        people: Mapping[str, str],
        codes: Labels,
        faults: tuple[FieldFault, ...] = (),
        action: RowAction | None = None,
        id_prefix: str = "",
        role: str = "therapist",
        marks: Mapping[str, RowMark] | None = None,
    ) -> None:
        self.record_type = record_type
        self.values = values
        self.faults = faults
        self.is_row_action = action is not None
        self.role = role
        self._fields = fields
        self._typed = typed
        self._people = people
        self._codes = codes
        self._prefix = f"{id_prefix}-" if id_prefix else ""
        self._action = action
        self._marks = marks or {}
        self._errors = _first_by_path(faults)
        self.controls = self._draw_fields(fields, typed, "", "", 1)

    @classmethod
    def from_values(
        cls,
        record_type: RecordType,
        values: Mapping[str, Any] | None = None,
        *,
        people: Mapping[str, str] | None = None,
        codes: Labels | None = None,
        only: Collection[str] = (),
        without: Collection[str] = (),
        role: str = "therapist",
        id_prefix: str = "",
        faults: tuple[FieldFault, ...] = (),
        marks: Mapping[str, RowMark] | None = None,
        tokens: Mapping[str, Sequence[int]] | None = None,
    ) -> RecordForm:
        """A form that shows these values. `only` draws a quick form with the fields named; `marks` say something
        of a row, by its name ("rows-2"); `tokens` are the numbers in the names of a field's rows.
        """
        values = dict(values or {})
        fields = _drawn_fields(record_type, only, without, role, values)
        typed = typed_fields(fields, values)
        for key, numbers in (tokens or {}).items():
            for row, number in zip(typed[key].rows, numbers, strict=True):
                row.token = number
        return cls(
            record_type,
            typed,
            values,
            fields=fields,
            people=people or {},
            codes=codes or {},
            faults=faults,
            id_prefix=id_prefix,
            role=role,
            marks=marks,
        )

    @classmethod
    def from_post(
        cls,
        record_type: RecordType,
        post: Any,
        *,
        people: Mapping[str, str] | None = None,
        codes: Labels | None = None,
        before: Mapping[str, Any] | None = None,
        only: Collection[str] = (),
        without: Collection[str] = (),
        role: str = "therapist",
        id_prefix: str = "",
        final: bool = False,
        marks: Mapping[str, RowMark] | None = None,
    ) -> RecordForm:
        """The form as sent. `before` holds the stored values: fields that were not drawn keep theirs."""
        fields = _drawn_fields(record_type, only, without, role, before or {})
        sent = Posted(post)
        action = RowAction.read(sent.one("_rows"))
        typed = read_fields(fields, "", sent, action)
        reading_faults: list[FieldFault] = []
        if not action:
            for part in fields:
                if part.key in typed:
                    without_blank_rows(part, typed[part.key])
        drawn = {part.key for part in fields if not part.position}
        kept = {key: value for key, value in (before or {}).items() if key not in drawn}
        values = kept | clean(record_type, fields_from_typed(fields, typed, "", reading_faults))
        checked = check_entry(record_type, values, codes=codes or {}, final=final)
        return cls(
            record_type,
            typed,
            values,
            fields=fields,
            people=people or {},
            codes=codes or {},
            faults=() if action else (*reading_faults, *checked),
            action=action,
            id_prefix=id_prefix,
            role=role,
            marks=marks,
        )

    def with_faults(self, faults: tuple[FieldFault, ...]) -> RecordForm:
        """The same form, as it was typed, with these faults at their fields."""
        return RecordForm(
            self.record_type,
            self._typed,
            self.values,
            fields=self._fields,
            people=self._people,
            codes=self._codes,
            faults=faults,
            id_prefix=self._prefix.removesuffix("-"),
            role=self.role,
            marks=self._marks,
        )

    def row_tokens(self, key: str) -> tuple[int, ...]:
        """The numbers that stand in the names of the rows of a field, in the order of its values."""
        return tuple(row.token for row in self._typed[key].rows if not row.typed.is_blank)

    @property
    def title(self) -> str:
        return self.record_type.plain_title if self.role == "client" else self.record_type.title

    @property
    def is_valid(self) -> bool:
        return not self.is_row_action and not self.faults

    @property
    def new_names(self) -> tuple[str, ...]:
        """Names in fields of people that are not yet in the inventory, each once."""
        found = _people_in(self.record_type.fields, self.values)
        return tuple(dict.fromkeys(name for name in found if name not in self._people))

    @property
    def record_error(self) -> str:
        """What is wrong with the record as a whole."""
        return self._errors.get("", "")

    @property
    def error_lines(self) -> tuple[ErrorLine, ...]:
        """Every fault with the field it leads to, in the order of the form."""
        lines = [
            ErrorLine(control.focus_id, control.label, control.error)
            for control in _every_control(self.controls)
            if control.error
        ]
        if self.record_error:
            first = self.controls[0].focus_id if self.controls else ""
            lines.insert(0, ErrorLine(first, self.title, self.record_error))
        placed = {line.message for line in lines}
        rest = [fault for fault in self.faults if fault.message not in placed]
        return (*lines, *(ErrorLine("", fault.path, fault.message) for fault in rest))

    @property
    def focus_id(self) -> str:
        """Where the focus belongs after a row was added, moved or removed; "" otherwise."""
        action = self._action
        found = [one for one in _every_control(self.controls) if action and one.name == action.name]
        if not action or not found:
            return ""
        (rows,) = found
        tokens = [row.token for row in rows.rows]
        if action.act == "add" and rows.rows:
            return rows.rows[-1].controls[0].focus_id
        if str(action.token) in tokens:
            return rows.rows[tokens.index(str(action.token))].controls[0].focus_id
        return f"{rows.id}-add"

    # Drawing ------------------------------------------------------------------------------------

    def _draw_fields(
        self,
        fields: tuple[FieldDefinition, ...],
        typed: Mapping[str, Typed],
        name: str,
        path: str,
        depth: int,
    ) -> tuple[Control, ...]:
        return tuple(
            self._draw(part, typed.get(part.key, Typed()), f"{name}{part.key}", f"{path}{part.key}", depth)
            for part in fields
            if not part.position
        )

    def _draw(self, part: FieldDefinition, typed: Typed, name: str, path: str, depth: int) -> Control:
        kind = _kind_of(part, self._codes)
        inner: dict[str, Any] = {}
        if part.type is FieldType.GROUP:
            inner["controls"] = self._draw_fields(part.fields, typed.parts, f"{name}-", f"{path}.", depth)
        if part.type in ROW_LISTS:
            inner |= self._draw_rows(part, typed, name, path, depth)
        return Control(
            field=part,
            kind=kind,
            name=name,
            id=self._prefix + name,
            path=path,
            label=part.label,
            help=_help_of(part, kind),
            error=self._error_at(path, part),
            required=part.required,
            text=typed.text,
            choices=self._choices(part, typed, kind),
            extra_name=_extra_name(part, name, self._codes),
            extra=typed.extra,
            row_name=part.row_name or ("score" if part.type is FieldType.SCORES else "line"),
            max_rows=part.max_rows,
            **inner,
        )

    def _draw_rows(
        self, part: FieldDefinition, typed: Typed, name: str, path: str, depth: int
    ) -> dict[str, Any]:
        rows = [(row.token, row.typed) for row in typed.rows]
        wanted = len(part.row_labels) or (max(1, part.min_rows, part.final_min_rows) if not rows else 0)
        if self._action and self._action.name == name:
            wanted = len(part.row_labels)
        token = max((token for token, _ in rows), default=0)
        while len(rows) < wanted:
            token += 1
            rows.append((token, blank_row(part)))
        drawn = tuple(
            self._draw_row(part, row, name, str(token), path, number, depth)
            for number, (token, row) in enumerate(rows, start=1)
        )
        placeholder = PLACEHOLDER.format(depth=depth)
        blank = self._draw_row(part, blank_row(part), name, placeholder, path, len(rows) + 1, depth)
        return {"rows": drawn, "blank": None if part.row_labels else blank}

    def _draw_row(
        self, part: FieldDefinition, typed: Typed, name: str, token: str, path: str, number: int, depth: int
    ) -> ControlRow:
        row_name, row_path = f"{name}-{token}", f"{path}.{number}"
        row_word = part.row_name or ("score" if part.type is FieldType.SCORES else "line")
        labels = part.row_labels
        title = labels[number - 1] if number <= len(labels) else row_word.capitalize()
        if part.type is FieldType.ROWS:
            controls = self._draw_fields(part.fields, typed.parts, f"{row_name}-", f"{row_path}.", depth + 1)
        elif part.type is FieldType.SCORES:
            controls = tuple(
                self._draw(one, typed.parts.get(one.key, Typed()), f"{row_name}-{one.key}", "\0", depth)
                for one in _SCORE_PARTS
            )
        else:
            line = _line_of(part, title)
            controls = (self._draw(line, typed, row_name, row_path, depth),)
        return ControlRow(token, number, title, controls, self._marks.get(row_name, NO_MARK))

    def _error_at(self, path: str, part: FieldDefinition) -> str:
        """The fault here; where nothing smaller can show it, also one that lies deeper."""
        if path in self._errors:
            return self._errors[path]
        if part.type in (FieldType.ROWS, FieldType.GROUP, FieldType.LIST):
            return ""
        return next((text for deep, text in self._errors.items() if deep.startswith(f"{path}.")), "")

    def _choices(self, part: FieldDefinition, typed: Typed, kind: str) -> tuple[Choice, ...]:
        known = self._known(part, kind)
        chosen = list(dict.fromkeys(typed.chosen or ([typed.text] if typed.text else [])))
        if kind in ("people", "codes"):
            # What is chosen stands first, in its own order: saving again changes nothing.
            order = [*chosen, *(value for value in known if value not in chosen)]
        else:
            order = [*known, *(value for value in chosen if value not in known and kind in _PICKED)]
        told = {str(option.value): (option.meaning, option.explained) for option in part.options}
        return tuple(
            Choice(value, known.get(value, value), value in chosen, *told.get(value, ())) for value in order
        )

    def _known(self, part: FieldDefinition, kind: str) -> dict[str, str]:
        if kind in ("person", "people"):
            return dict(self._people)
        if kind in ("code", "codes"):
            return dict(self._codes.get(part.codes_from, {}))
        if kind == "scale":
            ends = range(int(part.minimum or 0), int(part.maximum or 0) + 1)
            return {str(value): str(value) for value in ends}
        if kind in ("yes_no", "yes_no_words"):
            return {"yes": "Yes", "no": "No"}
        return {str(option.value): option.name or option.label for option in part.options}


_PICKED = ("person", "code", "people", "codes")
_SCORE_PARTS = (
    FieldDefinition("measure", "Measure", FieldType.CODE, codes_from="measures"),
    FieldDefinition("score", "Score", FieldType.NUMBER),
)
_KINDS = {
    FieldType.TEXT: "line",
    FieldType.LONG_TEXT: "paragraph",
    FieldType.INTEGER: "number",
    FieldType.NUMBER: "number",
    FieldType.SCALE: "scale",
    FieldType.CHOICE: "radios",
    FieldType.CHOICES: "checks",
    FieldType.YES_NO: "yes_no",
    FieldType.YES_NO_WORDS: "yes_no_words",
    FieldType.DATE: "line",
    FieldType.TIME: "line",
    FieldType.PARTIAL_DATE: "line",
    FieldType.PERSON: "person",
    FieldType.PEOPLE: "people",
    FieldType.CODE: "code",
    FieldType.CODES: "codes",
    FieldType.LIST: "list",
    FieldType.ROWS: "rows",
    FieldType.GROUP: "group",
    FieldType.SCORES: "rows",
}


def _kind_of(part: FieldDefinition, codes: Labels) -> str:
    if part.type is FieldType.SCALE and (part.maximum or 0) - (part.minimum or 0) >= WIDEST_SCALE:
        return "number"
    if part.type is FieldType.CODE and not codes.get(part.codes_from):
        return "line"
    if part.type is FieldType.TEXT and part.lines > 1:
        return "paragraph"
    if part.type is FieldType.CHOICE and any(option.meaning for option in part.options):
        return "explained"
    return _KINDS[part.type]


def _help_of(part: FieldDefinition, kind: str) -> str:
    """The help of the field; a date also says how it may be written, a scale what its ends mean."""
    parts = [part.help] if part.help else []
    if part.type is FieldType.DATE:
        parts.append("Such as 2025-03-21 or 21 March 2025.")
    if part.type is FieldType.PARTIAL_DATE and not part.help:
        parts.append("A year, a month or a day: 2025, 2025-03 or 2025-03-21.")
    if kind == "scale" and (part.low or part.high):
        parts.append(f"{part.minimum:g} is {part.low.lower()}, {part.maximum:g} is {part.high.lower()}.")
    if kind == "number" and part.minimum is not None and (part.maximum or WIDEST_HELP) < WIDEST_HELP:
        parts.append(f"From {part.minimum:g} to {part.maximum:g}.")
    return " ".join(parts)


def _extra_name(part: FieldDefinition, name: str, codes: Labels) -> str:
    """The name of the line for other words beside the choice, "" where there is none."""
    if part.type is FieldType.CHOICE and not part.open:
        return ""
    if part.type is FieldType.CODES and codes.get(part.codes_from):
        return ""
    suffix = EXTRA_SUFFIX.get(part.type, "")
    return f"{name}{suffix}" if suffix else ""


def _line_of(part: FieldDefinition, title: str) -> FieldDefinition:
    """One line of a list, as a field of its own."""
    kind = {"integer": FieldType.INTEGER, "date": FieldType.DATE}.get(part.of, FieldType.TEXT)
    return FieldDefinition(part.key, title, kind)


def _drawn_fields(
    record_type: RecordType,
    only: Collection[str],
    without: Collection[str],
    role: str,
    known: Mapping[str, Any],
) -> tuple[FieldDefinition, ...]:
    """The fields of this form. A client gets a form only for what a client may write."""
    if role == "client" and not record_type.client_may_write:
        raise NoAccess
    left_out = {*without, *record_type.left_out(known)}
    fields = record_type.fields_for(role)
    return tuple(part for part in fields if (not only or part.key in only) and part.key not in left_out)


def _first_by_path(faults: tuple[FieldFault, ...]) -> dict[str, str]:
    errors: dict[str, str] = {}
    for fault in faults:
        errors.setdefault(fault.path, fault.message)
    return errors


def _every_control(controls: tuple[Control, ...]):
    for control in controls:
        yield control
        yield from _every_control(control.controls)
        for row in control.rows:
            yield from _every_control(row.controls)


def _people_in(fields: tuple[FieldDefinition, ...], values: Mapping[str, Any]):
    for part in fields:
        value = values.get(part.key)
        if part.type is FieldType.PERSON and isinstance(value, str):
            yield value
        elif part.type is FieldType.PEOPLE and isinstance(value, list):
            yield from (one for one in value if isinstance(one, str))
        elif part.type is FieldType.GROUP and isinstance(value, Mapping):
            yield from _people_in(part.fields, value)
        elif part.type is FieldType.ROWS and isinstance(value, list):
            for row in value:
                yield from _people_in(part.fields, row if isinstance(row, Mapping) else {})
