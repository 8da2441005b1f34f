"""The formulation as a paragraph: what is known in its words, what is not as a gap."""

from __future__ import annotations

from openipt import library
from openipt.core.formulation.paragraph import GAP, missing, paragraph

AREAS = {"role_dispute": "Role dispute", "grief": "Grief"}
WHOLE = {
    "name": "Nadia",
    "disorder": "depression",
    "onset": "2024-11",
    "event": "the hour after work stopped.",
    "person": "Pieter",
    "event_area": "talking",
    "N": 14,
    "problem_area": ["role_dispute", "grief"],
    "goals": ["talk again", "rest."],
}


def template() -> str:
    return library.manual("ipt_acute").formulation


def test_every_part_stands_in_its_words():
    text = paragraph(template(), WHOLE, AREAS)
    assert text.startswith("Nadia has depression; the symptoms began about November 2024.")
    assert "Around that time the hour after work stopped with Pieter." in text
    assert "for 14 meetings on role dispute and grief: talk again, rest." in text
    assert text.endswith("Does this fit your experience?")
    assert GAP not in text
    assert missing(WHOLE, AREAS) == ()


def test_what_is_not_known_is_a_gap_and_is_named():
    values = {"name": "Nadia", "disorder": "depression"}
    text = paragraph(template(), values, AREAS)
    assert f"began about {GAP}" in text
    assert "Around that time" not in text  # a sentence whose only news is missing goes with it
    assert missing(values, AREAS) == ("onset", "event", "person", "event_area", "N", "problem_area", "goals")


def test_braces_in_what_somebody_wrote_stay_as_they_are():
    assert "{N}" in paragraph(template(), {**WHOLE, "event": "a note saying {N}"}, AREAS)
