"""What stands side by side, and what an option means: how it is written, and how each mistake is named."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.core.fields.made_values import RECORDS

from openipt.core.fields.layout import bands
from openipt.core.fields.load import load_record_type
from openipt.core.fields.places import places
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


def read(*fields: str, sheet: str = ""):
    head = HEAD + (f"[record.sheet]\n{sheet}\n" if sheet else "")
    return load_record_type(tomllib.loads(head + "".join(fields)), "records/rec_walk.toml")


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


PLACE = field("place", "position = true", type="number")
STEP = field("step", "required = true")
ROLE = field("role", "required = true", 'options = [{ value = "old", label = "Old" }]', type="choice")


def test_a_sheet_is_read_with_all_it_says():
    record, faults = read(
        STEP, PLACE, sheet='picture = "ladder"\norder = "place"\nfields = ["step"]\nrow_name = "step"'
    )
    assert faults == ()
    assert (record.sheet.picture, record.sheet.order, record.sheet.fields) == ("ladder", "place", ("step",))
    assert read(ROLE, sheet='columns = "role"')[0].sheet.is_written_together
    assert read(ROLE)[0].sheet is None


@pytest.mark.parametrize(
    ("fields", "sheet", "key", "reason", "remedy"),
    [
        ([STEP], 'picture = "tree"', "picture", "not one of the known pictures", "ladder"),
        ([STEP], 'colour = "red"', "colour", "is not known here", "fields, order, picture"),
        ([STEP], 'columns = "who"', "columns", "names the field who, which does not exist", "step"),
        ([STEP], 'columns = "step"', "columns", "does not say of each record where it stands", "a required choice"),
        (
            [STEP, field("hard", type="number")],
            'order = "hard"\nfields = ["step"]\nrow_name = "step"',
            "order",
            "is no place that nobody types",
            "position = true",
        ),
        ([STEP, PLACE], 'order = "place"\nfields = ["step"]', "row_name", "is missing", "row_name ="),
        ([STEP, PLACE], 'order = "place"\nrow_name = "step"', "fields", "leaves out step", 'Add "step"'),
        (
            [STEP, PLACE],
            'order = "place"\nrow_name = "step"\nfields = ["step", "x"]',
            "fields",
            "names the field x",
            "its own fields",
        ),
    ],
)  # fmt: skip
def test_every_mistake_of_a_sheet_is_named(fields, sheet, key, reason, remedy):
    record, (fault,) = read(*fields, sheet=sheet)
    assert record is None
    assert (fault.file, fault.key) == ("records/rec_walk.toml", f"record.sheet.{key}")
    assert reason in fault.reason and remedy in fault.remedy


@given(st.lists(st.integers(-3, 12), max_size=9), st.randoms())
def test_things_stand_as_they_were_put_and_few_places_change(hard, chance):
    keys = [(float(place), number) for number, place in enumerate(hard)]
    chance.shuffle(keys)
    found = places(keys)
    moved = [(place, number) for place, (_, number) in zip(found, keys, strict=True)]
    assert moved == sorted(moved)
    assert places(moved) == found
    if keys == sorted(keys):
        assert found == tuple(place for place, _ in keys)


def test_one_thing_that_moves_leaves_the_others_where_they_are():
    assert places([(2, 1), (9, 3), (5, 2), (7, 4)]) == (2, 3.5, 5, 7)
    assert places([(9, 3), (2, 1), (5, 2)]) == (1, 2, 5)
