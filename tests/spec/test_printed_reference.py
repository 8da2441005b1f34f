"""Every rule has its specification, and the reference page is printed from it."""

from __future__ import annotations

from pathlib import Path

import pytest

from openipt import library
from openipt.core.course.rules import RULES
from tests.spec.printed import page, sentences, specification

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "rules.md"


@pytest.mark.parametrize("rule_id", sorted(RULES))
def test_every_rule_has_sentences_a_clinician_can_read(rule_id):
    assert specification(rule_id).rule == rule_id
    assert specification(rule_id).title == library.rules()[rule_id].title
    assert all(sentence.endswith((".", "?")) for sentence in sentences(rule_id))


def test_every_rule_of_the_reference_is_a_function():
    assert sorted(RULES) == sorted(library.rules()) == [f"DR-{n:02}" for n in range(1, 49)]


def test_the_page_is_up_to_date():
    """Print it again: python -m tests.spec.printed > docs/reference/rules.md"""
    assert PAGE.read_text(encoding="utf-8") == page()
