"""What a therapist or client might have put down on a walk: values of any record, made by chance.

Chance comes in as an argument: the same one makes the same values.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Protocol, TypeVar

from openipt.core.fields.definitions import FieldDefinition, FieldType, RecordType
from openipt.core.manual.model import Manual

T = TypeVar("T")


class Chance(Protocol):
    """What is asked of chance; `random.Random(seed)` is one."""

    def random(self) -> float:
        """From 0 up to 1."""

    def choice(self, seq: Sequence[T], /) -> T:
        """One of them."""

    def randint(self, a: int, b: int, /) -> int:
        """From a to b, both included."""


WORDS = ("said nothing", "lost the job", "mother died", "talked it over", "born in March", "went for a walk")
PERSONS = ("p1", "p2", "p3")
LONG_AGO = "2025-01-06"
LONGEST = 7 * 365  # days that a date may lie back


def values_of(record: RecordType, manual: Manual, chance: Chance, today: date) -> dict[str, Any]:
    """A record as somebody in a hurry fills it: what is required, and some of the rest."""
    return _filled(record.fields, manual, chance, today)


def _filled(fields: Sequence[FieldDefinition], manual: Manual, chance: Chance, today: date) -> dict[str, Any]:
    return {
        field.key: _value(field, manual, chance, today)
        for field in fields
        if field.required or chance.random() < 0.4
    }


def _value(field: FieldDefinition, manual: Manual, chance: Chance, today: date) -> Any:
    match field.type:
        case FieldType.GROUP:
            return _filled(field.fields, manual, chance, today)
        case FieldType.ROWS:
            rows = range(max(field.min_rows, chance.randint(0, 2)))
            return [_filled(field.fields, manual, chance, today) for _ in rows]
        case FieldType.SCORES:
            return {"ms_phq9": chance.randint(0, 27)}
        case FieldType.LIST | FieldType.CHOICES | FieldType.CODES | FieldType.PEOPLE:
            return [_one(field, manual, chance, today) for _ in range(chance.randint(1, 2))]
    return _one(field, manual, chance, today)


def _one(field: FieldDefinition, manual: Manual, chance: Chance, today: date) -> Any:
    kind = field.of if field.type is FieldType.LIST else field.type.value
    match kind:
        case "integer" | "scale" | "number":
            lowest = int(field.minimum or 0)
            return chance.randint(lowest, max(lowest, int(field.maximum or 10)))
        case "choice" | "choices":
            return chance.choice([option.value for option in field.options] or ["other"])
        case "yes_no":
            return chance.random() < 0.3
        case "yes_no_words":
            return chance.choice([False, True, "at home"])
        case "date":
            return _day(chance, today).isoformat()
        case "partial_date":
            return _day(chance, today).isoformat()[: chance.choice([4, 7, 10])]
        case "time":
            return f"{chance.randint(0, 23):02}:30"
        case "person" | "people":
            return chance.choice(PERSONS)
        case "code" | "codes":
            return chance.choice(manual.codes(field.codes_from) or ("i1",))
    return chance.choice(WORDS)


def _day(chance: Chance, today: date) -> date:
    """Mostly long ago; now and then soon."""
    days = chance.randint(0, LONGEST) if chance.random() < 0.8 else -chance.randint(0, 30)
    return today - timedelta(days=days)


def firm_values(record: str, manual: Manual, planned: int) -> Mapping[str, Any]:
    """What the record says where the client agrees and nothing is in the way."""
    areas = list(manual.problem_areas[:1])
    firm: Mapping[str, Mapping[str, Any]] = {
        "rec_formulation": {"agreement": "agree", "problem_area": areas},
        "rec_contract": {"focus": areas, "sessions_planned": planned},
        "rec_risk": {"level": "green", "thoughts": False},
        "rec_ipv_screen": {"alone_confirmed": True, "positive": False},
        "rec_call_privacy": {"private": True},
        "rec_medication": {"wish": "to go on with it", "prescriber": "the doctor"},
        "rec_ipaf": {"self": "in the way", "other": "impatient", "affect": "fear", "agreed": True},
        "rec_episode": {"where": "at the table", "feeling": "fear"},
        "rec_schema": {
            "wish": "to be seen",
            "self_image": "too much",
            "other_response": "turns away",
            "agreed": True,
            "links": [{"episode": "e1"}],
        },
        "rec_goodbye": {"text": "Goodbye.", "given_on": LONG_AGO},
    }
    return firm.get(record, {})
