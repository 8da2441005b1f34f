"""What an adaptation asks of everybody in the inventory beside the questions of all: trust, say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from openipt.core.fields.definitions import FieldDefinition, FieldType
from openipt.web.circle_standing import PERSON
from openipt.web.therapist.common import EpisodePage, role_of


def questions(page: EpisodePage) -> tuple[FieldDefinition, ...]:
    """What this adaptation asks of everybody beside the questions of all: each sorts the inventory."""
    kind = page.manual.record_types[PERSON]
    asked = (one for one in kind.fields_for(role_of(page)) if one.where_asked and one.key not in kind.unasked)
    return tuple(one for one in asked if one.type in (FieldType.SCALE, FieldType.CHOICE))


def choices_of(asked: FieldDefinition) -> tuple[tuple[str, Any, str], ...]:
    """Each answer as (value of the form, stored value, label)."""
    if asked.type is FieldType.CHOICE:
        return tuple((str(one.value), one.value, one.label) for one in asked.options)
    numbers = range(int(asked.minimum or 0), int(asked.maximum or 10) + 1)
    return tuple((str(number), number, str(number)) for number in numbers)


def answers_in_words(asked: FieldDefinition) -> Mapping[str, str]:
    of = f" of {int(asked.maximum or 10)}" if asked.type is FieldType.SCALE else ""
    return {value: f"{label}{of}" for value, _, label in choices_of(asked)}


def said_of(asked: tuple[FieldDefinition, ...], values: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """What was answered to each of these questions, as (question, answer)."""
    found = ((one.label, answers_in_words(one).get(str(values.get(one.key)), "")) for one in asked)
    return tuple((question, answer) for question, answer in found if answer)
