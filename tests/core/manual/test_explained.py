"""The options of a record with what they mean: the stages of a dispute, told once, in their area."""

from __future__ import annotations

from dataclasses import replace

from openipt import library
from openipt.core.fields.definitions import Option
from openipt.core.manual.explained import explained

MAP = "rec_dispute_map"


def test_each_stage_is_told_in_the_words_of_its_area():
    stages = library.areas()["role_dispute"].stages
    options = library.manual("ipt_acute").record_types[MAP].field("stage").options
    assert [option.meaning for option in options] == [stage.meaning for stage in stages]
    assert [dict(option.explained) for option in options] == [
        {"Markers": stage.markers, "The work": stage.work} for stage in stages
    ]


def test_an_option_that_nothing_explains_is_a_fault():
    kind = library.record_type(MAP)
    stage = kind.field("stage")
    odd = replace(stage, options=(*stage.options, Option("truce", "Truce")))
    fields = tuple(odd if field.key == "stage" else field for field in kind.fields)
    faults = []
    found = explained({MAP: replace(kind, fields=fields)}, library.areas().values(), faults)
    (fault,) = faults
    assert (fault.file, fault.key) == ("records/rec_dispute_map.toml", "stage.explained_by")
    assert "truce" in fault.reason and "[[stage]]" in fault.remedy
    assert found[MAP].field("stage").options[-1].meaning == ""
