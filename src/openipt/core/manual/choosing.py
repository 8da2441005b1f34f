"""What leads to an adaptation and what speaks against one, as data: `choosing.toml`, and the evidence beside it.

A sign is something the record may show: an answer of the suitability checklist, a rule that fired, or a fact
of the closed list `CHOOSING_FACTS`. Each line says of one sign, for one adaptation or for all of them, that it
speaks for it, asks something first, or speaks against it. What comes of it is `core.course.choosing`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType
from typing import Any

from openipt.core import tables
from openipt.core.fields.definitions import RecordType, every_field
from openipt.core.manual.names import CHOOSING_FACTS, EVIDENCE_GRADES, FORMATS, MARKS
from openipt.errors import ContentFault

FILE, EVIDENCE_FILE = "choosing.toml", "evidence.toml"
CHECKLIST = "rec_suitability"
TOLD = (
    "helps",
    "other",
    "not_known",
)  # how a client reads a statement: what helps, what does better, what nobody knows


class Says(StrEnum):
    """What a sign says of an adaptation."""

    FOR = "for"
    CONDITION = "condition"
    AGAINST = "against"


@dataclass(frozen=True)
class Sign:
    """Something that is looked at. Exactly one of `item`, `rule` and `fact` says where.

    `title` says it where it holds, `asks` what is missing where it is not known. `part` names another part of
    the checklist's item than its answer.
    """

    id: str
    title: str
    asks: str = ""
    item: str = ""
    part: str = "answer"
    answers: tuple[str, ...] = ()
    rule: str = dataclasses.field(default="", metadata={"pattern": r"DR-\d\d"})
    fact: str = dataclasses.field(default="", metadata={"names": CHOOSING_FACTS})
    parameters: Mapping[str, Any] = dataclasses.field(default_factory=lambda: MappingProxyType({}))

    def __post_init__(self) -> None:
        if sum(bool(place) for place in (self.item, self.rule, self.fact)) != 1:
            raise ValueError("must name exactly one of item, rule and fact.")
        if self.item and not self.answers:
            raise ValueError("names an item and no answers.")


@dataclass(frozen=True)
class Line:
    """What one sign says. `must_know`: until it is known, nobody can tell whether the adaptation fits."""

    sign: str
    says: Says
    text: str
    must_know: bool = False
    but_not: tuple[str, ...] = ()
    section: str = ""
    sources: tuple[str, ...] = ()
    marks: tuple[str, ...] = dataclasses.field(default=(), metadata={"names": MARKS})


@dataclass(frozen=True)
class Candidate:
    """One adaptation as the choice shows it, whether or not its manual is here yet.

    `evidence` names statements of evidence.toml; `needs` are conditions that always hold, `only_if` signs
    without which it is not done. What is for `research` only is never proposed; what is not `offered` cannot be chosen at all.
    """

    id: str
    name: str
    population: str
    sessions: str
    grade: str = dataclasses.field(metadata={"names": EVIDENCE_GRADES})
    grade_note: str = ""
    format: str = dataclasses.field(default="individual", metadata={"names": FORMATS})
    evidence: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    only_if: tuple[str, ...] = ()
    research: bool = False
    offered: bool = True
    modifier: bool = False
    section: str = ""
    lines: tuple[Line, ...] = dataclasses.field(default=(), metadata={"table": "line"})
    sources: tuple[str, ...] = ()
    marks: tuple[str, ...] = dataclasses.field(default=(), metadata={"names": MARKS})


@dataclass(frozen=True)
class Statement:
    """What may be said of the evidence for one condition (ipt.md 16). `plain` says the same to a client."""

    id: str
    condition: str
    statement: str
    grade: str = ""
    figures: str = ""
    plain: str = ""
    told: str = dataclasses.field(default="", metadata={"names": TOLD})
    sources: tuple[str, ...] = ()

    @property
    def grades(self) -> tuple[str, ...]:
        """The grades named, in words (0.5): "N / C" names two."""
        letters = self.grade.replace("/", " ").split()
        return tuple(EVIDENCE_GRADES[letter] for letter in letters if letter in EVIDENCE_GRADES)


@dataclass(frozen=True)
class Choosing:
    """All of it: signs by id, lines for every adaptation, the adaptations in order, statements by id."""

    signs: Mapping[str, Sign]
    general: tuple[Line, ...]
    candidates: tuple[Candidate, ...]
    statements: Mapping[str, Statement]

    def candidate(self, adaptation: str) -> Candidate | None:
        """The adaptation as the choice shows it; None for one of a service's own."""
        return self._by_id.get(adaptation)

    @cached_property
    def _by_id(self) -> Mapping[str, Candidate]:
        return {candidate.id: candidate for candidate in self.candidates}

    def lines_of(self, candidate: Candidate) -> tuple[Line, ...]:
        """Its own lines, then those for every adaptation that do not leave it out; none of those for a modifier."""
        if candidate.modifier:
            return candidate.lines
        return (*candidate.lines, *(line for line in self.general if candidate.id not in line.but_not))

    def evidence_of(self, candidate: Candidate) -> tuple[Statement, ...]:
        return tuple(self.statements[name] for name in candidate.evidence if name in self.statements)


def read_choosing(
    table: Mapping[str, Any],
    evidence: Mapping[str, Any],
    record_types: Mapping[str, RecordType],
    rules: Collection[str],
) -> tuple[Choosing, tuple[ContentFault, ...]]:
    """Both files as values, and every fault in them together."""
    faults: list[ContentFault] = []
    signs = _rows(Sign, table, "sign", FILE, faults)
    general = _rows(Line, table, "general", FILE, faults)
    candidates = _rows(Candidate, table, "adaptation", FILE, faults)
    statements = _rows(Statement, evidence, "evidence", EVIDENCE_FILE, faults)
    known = Choosing(
        signs=MappingProxyType({sign.id: sign for sign in signs}),
        general=tuple(general),
        candidates=tuple(candidates),
        statements=MappingProxyType({statement.id: statement for statement in statements}),
    )
    faults += _faults(known, record_types, rules)
    return known, tuple(faults)


def _rows(
    kind: type[Any], table: Mapping[str, Any], name: str, file: str, faults: list[ContentFault]
) -> list[Any]:
    found, seen = [], set()
    for number, row in enumerate(table.get(name, ()), start=1):
        ident = str(row.get("id", number)) if isinstance(row, Mapping) else str(number)
        item, wrong = tables.read(kind, row, file=file, at=f"{name}[{ident}]")
        faults += wrong
        if ident in seen:
            faults.append(ContentFault(file, f"{name}[{ident}]", "is there twice.", "Keep one of the two."))
        elif item is not None:
            found.append(item)
        seen.add(ident)
    return found


def _faults(
    known: Choosing, record_types: Mapping[str, RecordType], rules: Collection[str]
) -> Iterator[ContentFault]:
    ids = {candidate.id for candidate in known.candidates}
    for sign in known.signs.values():
        yield from _of_sign(sign, record_types, rules)
    for line in known.general:
        yield from _of_line(line, f"general[{line.sign}]", known)
        for name in line.but_not:
            if name not in ids:
                yield _unknown(f"general[{line.sign}].but_not", "adaptation", name, ids)
    for candidate in known.candidates:
        at = f"adaptation[{candidate.id}]"
        for line in candidate.lines:
            yield from _of_line(line, f"{at}.line[{line.sign}]", known)
        for name in candidate.only_if:
            if name not in known.signs:
                yield _unknown(f"{at}.only_if", "sign", name, known.signs)
        for name in candidate.evidence:
            if name not in known.statements:
                yield _unknown(f"{at}.evidence", "statement", name, known.statements)


def _of_sign(
    sign: Sign, record_types: Mapping[str, RecordType], rules: Collection[str]
) -> Iterator[ContentFault]:
    at = f"sign[{sign.id}]"
    if sign.rule and sign.rule not in rules:
        yield _unknown(f"{at}.rule", "rule", sign.rule, rules)
    if not sign.item or CHECKLIST not in record_types:
        return
    fields = {field.key: field for field in record_types[CHECKLIST].fields}
    if sign.item not in fields:
        yield _unknown(f"{at}.item", "item of the checklist", sign.item, fields)
        return
    parts = {part.key: part for part in every_field((fields[sign.item],))}
    field = parts.get(sign.part) or fields[sign.item]
    values = {str(option.value) for option in field.options}
    for answer in sign.answers:
        if answer not in values:
            yield _unknown(f"{at}.answers", "answer", answer, values)


def _of_line(line: Line, at: str, known: Choosing) -> Iterator[ContentFault]:
    if line.sign not in known.signs:
        yield _unknown(f"{at}.sign", "sign", line.sign, known.signs)


def _unknown(key: str, kind: str, name: str, known: Collection[str]) -> ContentFault:
    reason = f'names the {kind} "{name}", which is not there.'
    return ContentFault(FILE, key, reason, tables.suggestion(name, known) or f"Add the {kind}.")
