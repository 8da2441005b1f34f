"""The formulation as one short paragraph (ipt.md 3.11), written from what `rec_formulation` holds."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from openipt.core.fields.words import date_in_words
from openipt.core.manual.model import Manual

GAP = "…"
FIELDS = ("name", "disorder", "onset", "event", "person", "event_area", "N", "problem_area", "goals")
FACTORS = ("biological", "psychological", "social", "cultural_spiritual")
ATTACHMENT = "attachment"
OF_FOCUS = ("self", "other", "affect", "defence", "example_now", "example_past")  # of rec_ipaf (4.20)
OF_SCHEMA = ("wish", "self_image", "other_response", "self_response", "healthy_part")  # of rec_schema (4.21)
_SENTENCE_END = re.compile(r"(?<=[.?])\s+")
_NAMED = re.compile(r"\{(\w+)\}")


def paragraph(template: str, values: Mapping[str, Any], areas: Mapping[str, str]) -> str:
    """The template with its words; what is not known yet stands as a gap.

    A sentence whose only news is missing goes with it, so that a draft reads as far as it goes.
    """
    said = said_words(values, areas)
    sentences = _SENTENCE_END.split(" ".join(template.split()))
    return " ".join(_with_words(one, said) for one in sentences if _says_something(one, said))


def plain_paragraph(manual: Manual, values: Mapping[str, Any]) -> str:
    """The same said to the client in short words, with the plain names of the areas."""
    areas = {area.id: area.plain_title or area.title for area in manual.areas.values()}
    return paragraph(manual.formulation_plain or manual.formulation, values, areas)


def said_words(values: Mapping[str, Any], areas: Mapping[str, str]) -> dict[str, str]:
    """Each field of the paragraph in the words that stand in it; "" where nothing is known."""
    said = {key: str(values.get(key) or "").strip().rstrip(".") for key in (*FIELDS, *OF_FOCUS, *OF_SCHEMA)}
    said["onset"] = date_in_words(said["onset"]) if said["onset"] else ""
    said["problem_area"] = " and ".join(areas.get(one, one).lower() for one in _list(values, "problem_area"))
    said["goals"] = ", ".join(goal.rstrip(".") for goal in _list(values, "goals"))
    said |= {name: "; ".join(one.rstrip(".") for one in listed) for name, listed in factors(values).items()}
    said[ATTACHMENT] = str(values.get(ATTACHMENT) or "").strip().rstrip(".")
    return said


def factors(values: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """What plays a part, by its kind, in the order of the diagram."""
    listed = values.get("factors")
    found = listed if isinstance(listed, Mapping) else {}
    return {name: tuple(one.strip() for one in _list(found, name) if one.strip()) for name in FACTORS}


def missing(values: Mapping[str, Any], areas: Mapping[str, str]) -> tuple[str, ...]:
    """Fields of the paragraph that nobody has filled yet, in its order."""
    said = said_words(values, areas)
    return tuple(key for key in FIELDS if not said[key])


def _says_something(sentence: str, said: Mapping[str, str]) -> bool:
    named = _NAMED.findall(sentence)
    return not named or any(said.get(name) for name in named)


def _with_words(sentence: str, said: Mapping[str, str]) -> str:
    return _NAMED.sub(lambda found: said.get(found.group(1)) or GAP, sentence)


def _list(values: Mapping[str, Any], key: str) -> list[str]:
    found = values.get(key) or ()
    return [found] if isinstance(found, str) else [str(one) for one in found if one]
