"""Every rule has its specification, from which the reference page is printed (tests/documentation)."""

from __future__ import annotations

import pytest

from openipt import library
from openipt.core.course.rules import RULES
from tests.spec.printed import sentences, specification


@pytest.mark.parametrize("rule_id", sorted(RULES))
def test_every_rule_has_sentences_a_clinician_can_read(rule_id):
    assert specification(rule_id).rule == rule_id
    assert specification(rule_id).title == library.rules()[rule_id].title
    assert all(sentence.endswith((".", "?")) for sentence in sentences(rule_id))


def test_every_rule_of_the_reference_is_a_function():
    assert sorted(RULES) == sorted(library.rules()) == [f"DR-{n:02}" for n in range(1, 49)]
