"""A worksheet on paper, to be filled with a pen: its questions with lines to write on and boxes to tick."""

from __future__ import annotations

from collections.abc import Sequence

from openipt.core.fields.definitions import FieldDefinition, FieldType, RecordType
from openipt.core.fields.layout import bands
from openipt.web.paper.blocks import Block, Paper, flat, heading, quiet

LONG, SHORT = 5, 1  # lines to write on
LIST_LINES, TABLE_ROWS, WIDEST = 4, 6, 8
BOXES = frozenset({FieldType.CHOICE, FieldType.CHOICES})
YES_NO = frozenset({FieldType.YES_NO, FieldType.YES_NO_WORDS})
IN_WORDS = frozenset({FieldType.TEXT, FieldType.LONG_TEXT, FieldType.LIST, FieldType.PERSON})
NOT_BY_HAND = frozenset({FieldType.SCORES, FieldType.CODE, FieldType.CODES})
FEW = 3  # options that fit into the head of a column
MOST_MARKS = 11  # a scale of more steps is written as a number
FOOTER = "Keep this sheet where only you can read it."


def blank_sheet(kind: RecordType) -> Paper:
    """The empty form of a record in the words of whoever fills it. It names nobody."""
    head = tuple(quiet(words) for words in (kind.help, *(one.plain for one in kind.cautions)) if words)
    fields = [part for part in kind.fields if part.key not in kind.unasked and not part.position]
    dated = any(part.type is FieldType.DATE for part in fields)
    when = () if dated else (Block("space", "Day", rules=SHORT),)
    return Paper(kind.title, "", flat(head, when, *map(_together, bands(fields))), FOOTER)


def _together(band: Sequence[FieldDefinition]) -> tuple[Block, ...]:
    """Words that stand side by side on the screen have columns side by side on paper."""
    if len(band) == 1 or not all(part.type in IN_WORDS for part in band):
        return flat(*map(_space, band))
    rows = tuple(("",) * len(band) for _ in range(max(_height(part) for part in band)))
    note = " ".join(part.help for part in band if part.help)
    return (Block("table", note=note, head=tuple(part.label for part in band), rows=rows, rules=SHORT),)


def _height(part: FieldDefinition) -> int:
    return LIST_LINES if part.type is FieldType.LIST else _lines(part)


def _space(part: FieldDefinition) -> tuple[Block, ...]:
    if part.type in NOT_BY_HAND:
        return ()
    if part.type is FieldType.GROUP:
        return (heading(part.label), *flat(*map(_space, part.fields)))
    if part.type is FieldType.ROWS:
        return _rows(part)
    return (_one(part),)


def _one(part: FieldDefinition) -> Block:
    options = _options(part)
    if options:
        return Block("space", part.label, note=part.help, items=options, rules=SHORT if part.open else 0)
    if part.type is FieldType.LIST:
        return Block("space", part.label, note=part.help, rules=max(LIST_LINES, part.min_rows))
    return Block("space", part.label, note=_note(part), rules=_lines(part))


def _options(part: FieldDefinition) -> tuple[str, ...]:
    if part.type in BOXES:
        return tuple(option.label for option in part.options)
    if part.type in YES_NO:
        return ("Yes", "No")
    if part.type is FieldType.SCALE and part.minimum is not None and part.maximum is not None:
        low, high = int(part.minimum), int(part.maximum)
        if high - low < MOST_MARKS:
            named = {low: part.low, high: part.high}
            return tuple(" ".join(filter(None, (str(n), named.get(n, "")))) for n in range(low, high + 1))
    return ()


def _lines(part: FieldDefinition) -> int:
    if part.type is FieldType.LONG_TEXT:
        return LONG
    return SHORT + 1 if part.type in (FieldType.TEXT, FieldType.PEOPLE) else SHORT


def _note(part: FieldDefinition) -> str:
    if part.type is FieldType.SCALE and part.minimum is not None and part.maximum is not None:
        return f"A number from {part.minimum:g} ({part.low}) to {part.maximum:g} ({part.high})"
    return part.help


def _rows(part: FieldDefinition) -> tuple[Block, ...]:
    """A table where it is narrow enough to be written in, else one part after the other, twice."""
    asked = [one for one in part.fields if one.type not in NOT_BY_HAND and not one.position]
    if not asked:
        return ()
    if len(asked) <= WIDEST:
        rows = tuple(("",) * len(asked) for _ in range(max(TABLE_ROWS, part.min_rows)))
        head = tuple(_column(one) for one in asked)
        return (Block("table", part.label, note=part.help, head=head, rows=rows, rules=SHORT),)
    twice = [
        (heading(f"{(part.row_name or part.label).capitalize()} {number}", 3), *flat(*map(_space, asked)))
        for number in (1, 2)
    ]
    return (heading(part.label), *flat(*twice))


def _column(part: FieldDefinition) -> str:
    options = _options(part)
    if not options:
        return part.label
    if part.type is FieldType.SCALE:
        return f"{part.label} ({options[0]} to {options[-1]})"
    return f"{part.label} ({' / '.join(options)})" if len(options) <= FEW else part.label
