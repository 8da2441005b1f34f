"""What stands side by side, and what an option means: how it is written, and how each mistake is named."""

from __future__ import annotations

import tomllib

import pytest
from tests.core.fields.made_values import RECORDS

from openipt.core.fields.layout import bands
from openipt.core.fields.load import load_record_type
from openipt.core.fields.words import in_words

HEAD = """
[record]
id = "rec_walk"
title = "Walk"
plain_title = "A walk"
help = "Where it went, and who came."
group = "middle"
belongs = "session"
many = true
seen_by = ["therapist"]
"""


def field(key: str, *lines: str, type: str = "text") -> str:
    return "\n".join(["[[field]]", f'key = "{key}"', 'label = "Word"', f'type = "{type}"', *lines, ""])


def read(*fields: str):
    return load_record_type(tomllib.loads(HEAD + "".join(fields)), "records/rec_walk.toml")


def keys(placed) -> list[list[str]]:
    return [[one.key for one in band] for band in bands(placed)]


def test_fields_that_name_the_one_before_stand_in_one_row():
    record, faults = read(
        field("a"), field("b", 'beside = "a"'), field("c", 'beside = "b"'), field("d"), field("e")
    )
    assert faults == ()
    assert keys(record.fields) == [["a", "b", "c"], ["d"], ["e"]]
    without = [one for one in record.fields if one.key != "a"]
    assert keys(without) == [["b", "c"], ["d"], ["e"]]


def test_what_was_not_answered_leaves_the_rest_of_its_row_together():
    said = in_words(RECORDS["rec_loss_narrative"], {"before": "x", "after": "y"}, people={}, codes={})
    assert keys(said) == [["before", "after"]]


@pytest.mark.parametrize(
    ("fields", "key", "reason", "remedy"),
    [
        ([field("a"), field("b", 'beside = "z"')], "b.beside", "names the field z, which does not exist", '"a"'),
        (
            [field("a"), field("b"), field("c", 'beside = "a"')],
            "c.beside",
            "does not stand directly before it",
            'Name the field directly before it: "b".',
        ),
        ([field("a", 'beside = "a"')], "a.beside", "does not stand directly before it", "Take it out"),
        (
            [field("a"), *(field(after, f'beside = "{before}"') for before, after in zip("abcd", "bcde", strict=True))],
            "e.beside",
            "is number 5 in one row",
            "at most 4",
        ),
        ([field("a", "lines = 7")], "a.lines", "must be from 1 to 6", "long_text"),
        ([field("a", "lines = 2", type="date")], "a.lines", "means nothing for a field of type date", "Take it"),
        ([field("a", 'explained_by = "stages"')], "a.explained_by", "means nothing for a field of type", "Take it"),
    ],
)  # fmt: skip
def test_every_mistake_is_named_with_its_file_its_key_and_what_mends_it(fields, key, reason, remedy):
    record, faults = read(*fields)
    assert record is None
    (fault,) = faults
    assert (fault.file, fault.key) == ("records/rec_walk.toml", key)
    assert reason in fault.reason and remedy in fault.remedy


def test_within_rows_the_fault_names_the_row_too():
    inner = '[[field.field]]\nkey = "b"\nlabel = "B"\ntype = "text"\nbeside = "a"\n'
    _, (fault,) = read(field("a"), field("steps", 'row_name = "step"', type="rows"), inner)
    assert fault.key == "steps.b.beside"
