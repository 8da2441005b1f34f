"""When a theme recurs."""

from __future__ import annotations

import pytest

from openipt.core.formulation.patterns import recurrence


def rows(*seen: tuple[str, str]) -> dict:
    return {"seen_with": [{"person_id": who, "when": when, "evidence": "said so"} for who, when in seen]}


@pytest.mark.parametrize(
    ("values", "recurs"),
    [
        (rows(), False),
        (rows(("dana", "present")), False),
        (rows(("dana", "present"), ("dana", "present")), False),
        (rows(("dana", "past"), ("dana", "present")), True),
        (rows(("dana", "present"), ("father", "past")), True),
        (rows(("dana", "present"), ("father", "present")), True),
        ({"seen_with": [{"person_id": "dana", "when": "past"}, {"person_id": "father"}]}, False),
        ({}, False),
    ],
)
def test_two_people_or_then_and_now_with_words_that_show_it(values: dict, recurs: bool) -> None:
    assert recurrence(values).recurs is recurs


def test_people_are_counted_once_and_times_in_order() -> None:
    found = recurrence(rows(("dana", "present"), ("dana", "past"), ("father", "past")))
    assert (found.people, found.times, found.instances) == (("dana", "father"), ("past", "present"), 3)
