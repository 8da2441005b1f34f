"""Properties that hold for every record type we ship, with values made from its definition."""

from __future__ import annotations

import copy
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.core.fields.made_values import CODES, KNOWN, PEOPLE, RECORDS, entries_of

from openipt.core.fields.check import check_entry
from openipt.core.fields.clean import clean, clean_words
from openipt.core.fields.definitions import FieldType
from openipt.core.fields.words import in_words

every_record = pytest.mark.parametrize("name", RECORDS)


@every_record
@settings(max_examples=12)
@given(data=st.data())
def test_what_is_made_by_the_definition_is_accepted_and_already_clean(name, data):
    record = RECORDS[name]
    values = data.draw(entries_of(record))
    assert check_entry(record, values, codes=KNOWN) == ()
    assert clean(record, values) == values


@every_record
@settings(max_examples=8)
@given(data=st.data())
def test_a_number_out_of_range_is_refused_at_its_own_path(name, data):
    record = RECORDS[name]
    values = data.draw(entries_of(record))
    ranged = [
        field
        for field in record.fields
        if field.maximum is not None and field.type not in (FieldType.LIST, FieldType.CHOICE)
    ]
    for field in ranged:
        for wrong in (field.maximum + 1, field.minimum - 1):
            broken = copy.deepcopy(values) | {field.key: int(wrong)}
            assert [fault.path for fault in check_entry(record, broken, codes=KNOWN)] == [field.key]


@every_record
@settings(max_examples=8)
@given(data=st.data())
def test_a_wrong_value_inside_a_row_is_refused_at_its_row(name, data):
    record = RECORDS[name]
    values = data.draw(entries_of(record))
    for field in record.fields:
        if field.type is not FieldType.ROWS or not values.get(field.key):
            continue
        place = data.draw(st.integers(1, len(values[field.key])))
        part = data.draw(st.sampled_from([part for part in field.fields if not part.position]))
        broken = copy.deepcopy(values)
        broken[field.key][place - 1][part.key] = {"not": "this"}
        paths = [fault.path for fault in check_entry(record, broken, codes=KNOWN)]
        assert paths == [f"{field.key}.{place}.{part.key}"]


messy = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)


@every_record
@settings(max_examples=8)
@given(data=st.data())
def test_cleaning_twice_is_cleaning_once_and_nothing_breaks_it(name, data):
    record = RECORDS[name]
    keys = st.sampled_from([field.key for field in record.fields]) | st.text(max_size=4)
    values = data.draw(st.dictionaries(keys, messy, max_size=5))
    once = clean(record, values)
    assert repr(clean(record, once)) == repr(once)
    check_entry(record, values, codes=KNOWN)
    check_entry(record, once, codes=KNOWN, final=True)


@every_record
@settings(max_examples=8)
@given(data=st.data())
def test_every_filled_field_is_said_in_words(name, data):
    record = RECORDS[name]
    values = data.draw(entries_of(record))
    said = in_words(record, values, people=PEOPLE, codes=CODES)
    assert {line.key for line in said} == set(values)
    assert all(line.text or line.items or line.lines or line.rows for line in said)
    shown = in_words(record, values, people=PEOPLE, codes=CODES, role="client")
    assert {line.key for line in shown} <= {field.key for field in record.fields_for("client")}


@given(st.text())
def test_words_are_cleaned_once_and_for_all(text):
    assert clean_words(clean_words(text)) == clean_words(text)


@given(st.text(st.characters(exclude_categories=("Cc", "Cs")), max_size=40))
def test_no_visible_mark_is_lost(text):
    assert clean_words(text) == unicodedata.normalize("NFC", text).strip()
