"""Every record type: its fields, what each may hold, when it is asked for and who sees it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from openipt import library
from openipt.core.fields.definitions import FieldDefinition, RecordType
from tests.documentation.markdown import cell, codes, facts, ground, printed_from, slug, span, table


def page() -> str:
    records = sorted(library.record_types().values(), key=lambda one: one.id)
    overview = table(
        ["record", "name", "belongs to", "seen by"],
        ([f"[{one.id}](#{slug(one.id)})", one.title, one.belongs, ", ".join(one.seen_by)] for one in records),
    )
    opening = f"""# Record types

{printed_from("`src/openipt/content/records/`")}
One mechanism shows, checks, seals, prints and exports all of them. Words are encrypted at rest. *Asked*: **always**
makes the record mean something, **to sign** is asked before signing or agreeing only, **quick** stands in the quick
line of the Session room. A field that names nobody under *seen by* is seen by those who see the record; the table of
[access](access.md) holds before both. What a type may hold is told under [content files](content-format.md).

"""
    return opening + overview + "\n" + "\n".join(map(_section, records)).rstrip() + "\n"


def _section(one: RecordType) -> str:
    rows = [_row(field, path) for field, path in _all(one.fields)]
    return "\n".join(
        [
            f"## {one.id}\n",
            f"**{cell(one.title)}.** {cell(one.help)}\n",
            facts(_facts(one)),
            table(["field", "what it is", "holds", "asked", "seen by", "ground"], rows),
        ]
    )


def _facts(one: RecordType) -> Iterator[tuple[str, object]]:
    yield "To a client", one.plain_title
    yield "Version", one.version
    yield "Belongs to", f"{one.belongs}, {'many' if one.many else 'one'}"
    yield "Seen by", ", ".join(one.seen_by) + (", and by cover" if one.seen_in_cover else "")
    yield "Written by the client too", "yes" if one.client_may_write else ""
    yield "Never on a client's device", "yes" if one.never_on_client_device else ""
    yield "At least one of", "; ".join(codes(group) for group in one.needs_one_of)
    yield "Ground", ground(one)


def _all(fields: Iterable[FieldDefinition], above: str = "") -> Iterator[tuple[FieldDefinition, str]]:
    for field in fields:
        path = f"{above}{field.key}"
        yield field, path
        yield from _all(field.fields, f"{path}.")


def _row(field: FieldDefinition, path: str) -> list[str]:
    return [f"`{path}`", field.label, _holds(field), _asked(field), ", ".join(field.seen_by), ground(field)]


def _holds(field: FieldDefinition) -> str:
    kind = field.type.value.replace("_", " ")
    parts = [f"{kind} of {field.of}s" if kind == "list" else kind, span(field.minimum, field.maximum)]
    if field.low or field.high:
        parts.append(f"{field.low} … {field.high}")
    if field.options:
        parts.append("; ".join(f"`{option.value}` {option.label}" for option in field.options))
    if field.codes_from:
        parts.append(f"of {field.codes_from.replace('_', ' ')}")
    if field.min_rows or field.max_rows:
        parts.append(f"lines: {span(field.min_rows, field.max_rows)}")
    if field.open:
        parts.append("or other words")
    return ": ".join([parts[0], ", ".join(part for part in parts[1:] if part)]).rstrip(": ")


def _asked(field: FieldDefinition) -> str:
    asked = [
        ("always", field.required),
        ("to sign", field.final_required or field.final_min_rows),
        ("quick", field.quick),
        ("where an adaptation asks for it", field.where_asked),
        ("never typed", field.position),
    ]
    return ", ".join(word for word, holds in asked if holds)
