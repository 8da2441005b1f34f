"""What of an episode file will lie in the clear once it is kept: numbers, days and known codes, never a word.

Names, labels, notes and records are sealed when they are kept. Beside them stand columns the service counts
and sorts by; here every value a file puts into one of those is held against what it may be. A file made by
hand, or by another program, may hold anything.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from openipt.core.course.phases import ORDER
from openipt.core.course.rules.codes import ASK_RULE, INPUT_NAMES, WORDS_OF_RULES
from openipt.core.fields.definitions import FieldDefinition, RecordType
from openipt.core.manual.joined import base_of, modifiers_of
from openipt.core.manual.model import Manual, Rule, Severity
from openipt.errors import FieldFault

# A language, with its script and its country: pt, pt-BR, zh-Hant-TW.
LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z]{4})?(-([a-z]{2}|\d{3}))?", re.IGNORECASE | re.ASCII)
VERSION = re.compile(r"\d{1,4}([.-]\d{1,4}){0,3}", re.ASCII)
OF_MANUAL = re.compile(
    rf"{VERSION.pattern}(\+{VERSION.pattern})*", re.ASCII
)  # with those of what goes with it
ROLES = ("therapist", "client", "supervisor")
RATERS = (*ROLES, "clinician", "client and therapist")

_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_ITEM = re.compile(r"s_\d\d|[A-Z]-?\d\d", re.ASCII)  # of the checklist, of a rating

NO_CODE = "is no code that is known here"
OF_INPUTS = (
    "holds words. Inputs can be read by whoever has the database: only numbers, days and known codes may "
    "stand there. Put the words into a record, or leave them out."
)


@dataclass(frozen=True)
class KnownCodes:
    """Every code a clear column may hold."""

    adaptations: frozenset[str]
    modifiers: frozenset[str]
    areas: frozenset[str]
    phases: frozenset[str]
    kinds: frozenset[str]
    tasks: frozenset[str]
    strategies: frozenset[str]
    techniques: frozenset[str]
    measures: frozenset[str]
    rules: frozenset[str]
    records: frozenset[str]
    fields: frozenset[str]  # of records: `rec_risk.mania`
    named: frozenset[str]  # measures that rules name among their parameters: `ms_hdrs`

    @classmethod
    def of(
        cls,
        manuals: Collection[Manual],
        measures: Collection[str],
        rules: Mapping[str, Rule],
        record_types: Mapping[str, RecordType],
        modifiers: Collection[str] = (),
    ) -> KnownCodes:
        def all_of(kind: str) -> frozenset[str]:
            return frozenset(code for manual in manuals for code in manual.codes(kind))

        return cls(
            adaptations=frozenset(manual.base for manual in manuals),
            modifiers=frozenset(modifiers),
            areas=all_of("areas"),
            phases=all_of("phases") | set(ORDER) | {"pre"},
            kinds=frozenset(kind.id for manual in manuals for kind in manual.kinds),
            tasks=all_of("tasks"),
            strategies=all_of("strategies"),
            techniques=all_of("techniques"),
            measures=frozenset(measures),
            rules=frozenset((*rules, ASK_RULE)),
            records=frozenset(record_types),
            fields=frozenset(
                f"{key}.{name}" for key, kind in record_types.items() for name in _keys(kind.fields)
            ),
            named=frozenset(
                word for rule in rules.values() for word in _words(rule.parameters) if word.startswith("ms_")
            ),
        )

    def is_adaptation(self, text: str) -> bool:
        """An adaptation, with what goes with it or without."""
        return base_of(text) in self.adaptations and self.modifiers.issuperset(modifiers_of(text))

    def is_input(self, text: str) -> bool:
        """May this stand among the inputs of a rule or an alert?"""
        if _ITEM.fullmatch(text) or _UUID.fullmatch(text) or _is_moment(text):
            return True
        if text in WORDS_OF_RULES or text in set(Severity):
            return True
        known = (self.adaptations, self.areas, self.phases, self.tasks, self.measures, self.rules)
        return any(text in codes for codes in (*known, self.records, self.fields, self.named))


def _keys(fields: Iterable[FieldDefinition]) -> Iterator[str]:
    """The keys of fields and of the fields within them."""
    for field in fields:
        yield field.key
        yield from _keys(field.fields)


def _words(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from _words(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _words(part)


def _is_moment(text: str) -> bool:
    if _DAY.fullmatch(text):
        return True
    try:
        return bool(_DAY.match(text)) and datetime.fromisoformat(text) is not None
    except ValueError:
        return False


def clear_faults(data: Mapping[str, Any], known: KnownCodes) -> Iterator[FieldFault]:
    """Everything in an episode file that would lie in the clear and is no number, day or known code.

    Reads the file as it stands, also one with other faults: what has the wrong shape is passed over here.
    """
    client = data.get("client")
    language = client.get("language") if isinstance(client, Mapping) else None
    if isinstance(language, str) and language and not LANGUAGE.fullmatch(language.strip()):
        yield FieldFault("client.language", "must be the code of a language, such as en or pt-BR.")
    yield from _changes(data, known)
    yield from _meetings(data, known)
    yield from _answers(data, known)
    yield from _entries(data, known)
    yield from _alerts_and_firings(data, known)


def _changes(data: Mapping[str, Any], known: KnownCodes) -> Iterator[FieldFault]:
    """The manuals a course went by, and the tasks each brought."""
    for path, row in _rows(data, "adaptation_changes"):
        for key in ("adaptation_from", "adaptation"):
            named = row.get(key)
            if isinstance(named, str) and named and not known.is_adaptation(named):
                yield FieldFault(f"{path}.{key}", f"{NO_CODE}. Check it or leave it out.")
        for key in ("version_from", "manual_version"):
            yield from _version(row, key, path, OF_MANUAL)
        for place, code in enumerate(_list(row.get("brought")), start=1):
            yield from _code(code, known.tasks, f"{path}.brought.{place}")


def _meetings(data: Mapping[str, Any], known: KnownCodes) -> Iterator[FieldFault]:
    kinds = {"tasks_done": known.tasks, "strategies": known.strategies, "techniques": known.techniques}
    for path, row in (*_rows(data, "meetings"), *_rows(data, "beside")):
        yield from _code(row.get("kind"), known.kinds, f"{path}.kind")
        for key, codes in kinds.items():
            for place, code in enumerate(_list(row.get(key)), start=1):
                yield from _code(code, codes, f"{path}.{key}.{place}")


def _answers(data: Mapping[str, Any], known: KnownCodes) -> Iterator[FieldFault]:
    for path, row in _rows(data, "answers"):
        if isinstance(row.get("measure"), str) and row["measure"] not in known.measures:
            yield FieldFault(
                f"{path}.measure",
                "is no measure of this service. Add its definition, or leave these answers out.",
            )
        yield from _version(row, "version", path)
        yield from _code(row.get("rater"), RATERS, f"{path}.rater")


def _entries(data: Mapping[str, Any], known: KnownCodes) -> Iterator[FieldFault]:
    for path, row in _rows(data, "entries"):
        yield from _code(row.get("record"), known.records, f"{path}.record")
        yield from _version(row, "version", path)
        yield from _code(row.get("for_task"), known.tasks, f"{path}.for_task")
        yield from _code(row.get("by_role"), ROLES, f"{path}.by_role")
    for path, row in _rows(data, "client_entries"):
        yield from _code(row.get("worksheet"), known.records, f"{path}.worksheet")


def _alerts_and_firings(data: Mapping[str, Any], known: KnownCodes) -> Iterator[FieldFault]:
    for path, row in (*_rows(data, "alerts"), *_rows(data, "firings")):
        yield from _code(row.get("rule"), known.rules, f"{path}.rule")
        yield from _version(row, "rule_version", path)
        yield from _version(row, "manual_version", path, OF_MANUAL)
        yield from _inputs(row.get("inputs"), known, f"{path}.inputs")


def _inputs(value: Any, known: KnownCodes, path: str) -> Iterator[FieldFault]:
    if isinstance(value, str):
        if value and not known.is_input(value):
            yield FieldFault(path, OF_INPUTS)
    elif isinstance(value, Mapping):
        for key, part in value.items():
            name = str(key)
            if name not in INPUT_NAMES and not known.is_input(name):
                yield FieldFault(f"{path}.{name}", "is not the name of an input. Check it or leave it out.")
            yield from _inputs(part, known, f"{path}.{name}")
    elif isinstance(value, list | tuple):
        for place, part in enumerate(value, start=1):
            yield from _inputs(part, known, f"{path}.{place}")


def _code(value: Any, codes: Collection[str], path: str) -> Iterator[FieldFault]:
    if isinstance(value, str) and value and value not in codes:
        yield FieldFault(path, f"{NO_CODE}. Check it or leave it out.")


def _version(
    row: Mapping[str, Any], key: str, path: str, pattern: re.Pattern[str] = VERSION
) -> Iterator[FieldFault]:
    value = row.get(key)
    if isinstance(value, str) and not pattern.fullmatch(value):
        yield FieldFault(f"{path}.{key}", "must be the number of a version, such as 1 or 1.2.")


def _rows(data: Mapping[str, Any], key: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for place, row in enumerate(_list(data.get(key)), start=1):
        if isinstance(row, Mapping):
            yield f"{key}.{place}", row


def _list(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else []
