"""What a case tells in other words than a form would: yes and no spelled out, whole numbers with a point.

Where the clinical reference lists the words of a choice, any other word is a fault. Where only our form
lists them, another word is no fault of the case: it is kept where there is a place for it, else left out,
and either is remarked on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from openipt.core.fields.definitions import FieldDefinition, FieldType, RecordType

Remark = Callable[[str], None]

# Choices that ipt.md 3.12 does not list word by word -> the field that can hold other words, if any.
OUR_OWN_CHOICES: Mapping[tuple[str, str], str] = {
    ("rec_inventory_person", "age_group"): "",
    ("rec_inventory_person", "contact_frequency"): "contact",
    ("rec_measure", "mode"): "",
    ("rec_skill_gap", "status"): "",
    ("rec_timeline", "precision"): "",
}
WHOLE = (FieldType.INTEGER, FieldType.SCALE, FieldType.CHOICE)
YES_NO = {"yes": True, "true": True, "no": False, "false": False}


def as_fields(kind: RecordType, values: Mapping[str, Any], remark: Remark) -> dict[str, Any]:
    """The values as the fields of this record hold them."""
    told = _as_fields(kind.fields, values)
    if kind.id == "rec_suitability":
        told = {key: _suitability(kind, key, value, remark) for key, value in told.items()}
    for (record, key), other in OUR_OWN_CHOICES.items():
        word = told.get(key)
        if record != kind.id or not isinstance(word, str) or not word.strip():
            continue
        if kind.field(key).option_label(word) is None:
            told.pop(key)
            if other and not told.get(other):
                told[other] = word
            else:
                remark(
                    f"{record}: “{key}” is told in a word that is not among its choices, and was left out."
                )
    return told


def _as_fields(fields: tuple[FieldDefinition, ...], values: Mapping[str, Any]) -> dict[str, Any]:
    known = {field.key: field for field in fields}
    return {key: _as_field(known[key], value) if key in known else value for key, value in values.items()}


def _as_field(field: FieldDefinition, value: Any) -> Any:
    if field.type is FieldType.YES_NO and isinstance(value, str):
        return YES_NO.get(value.strip().lower(), value)
    if field.type in WHOLE and isinstance(value, float) and value.is_integer():
        return int(value)
    if field.type is FieldType.GROUP and isinstance(value, Mapping):
        return _as_fields(field.fields, value)
    if field.type is FieldType.ROWS and isinstance(value, list):
        return [_as_fields(field.fields, row) if isinstance(row, Mapping) else row for row in value]
    return value


def _suitability(kind: RecordType, item: str, value: Any, remark: Remark) -> Any:
    """An item answered by a word alone, or in other words than the checklist has: those become its comment.

    "yes, mild" is a yes; what is neither yes nor no is not sure, and so nothing is taken for a no.
    """
    if not item.startswith("s_") or item not in kind:
        return value
    row = dict(value) if isinstance(value, Mapping) else {"answer": value}
    answer, options = row.get("answer"), kind.field(item).fields[0]
    if isinstance(answer, bool):
        return {**row, "answer": "yes" if answer else "no"} if options.option_label("no") else row
    if not isinstance(answer, str) or not answer.strip() or options.open:
        return row
    if options.option_label(answer) is not None:
        return row
    first = answer.strip().lower().split()[0].strip(",.;:")
    heard = first if options.option_label(first) is not None else "low" if item == "s_14" else "unsure"
    remark(f"rec_suitability: “{item}” is told in words of its own; they stand as its comment.")
    comment = "; ".join(part for part in (answer.strip(), str(row.get("comment") or "").strip()) if part)
    return {**row, "answer": heard, "comment": comment}
