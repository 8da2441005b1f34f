"""DR-48: Item text without a licence."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

from openipt import library
from openipt.core.course.rules import rule_result
from openipt.core.measures.definitions import Licence
from tests.spec.world import FIRED, NOT_FIRED, START, course, state

rule = "DR-48"
title = "Item text without a licence"


def holding(**changes):
    """The manual with one measure that ships item text, changed."""
    manual = library.manual("ipt_acute")
    changed = replace(manual.measure_list["ms_phq9"], **changes)
    measures = MappingProxyType({**manual.measure_list, "ms_phq9": changed})
    return rule_result("DR-48", replace(manual, measure_list=measures), course(), START)


def test_what_is_loaded_has_its_licence():
    """Loading refuses such a file, so of the content in use it never fires."""
    assert state("DR-48", course()) is NOT_FIRED


def test_item_text_of_another_class_fires():
    """L2 and L3 ship no item text; a service that holds a licence says which."""
    assert holding(licence=Licence.L2).inputs["measures"] == ["ms_phq9"]
    assert holding(licence=Licence.L2).state is FIRED
    assert holding(licence=Licence.L2, licence_held="holder, number, date").state is NOT_FIRED
