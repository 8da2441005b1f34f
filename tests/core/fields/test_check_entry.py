"""A record is checked whole, and every fault stands at its field, in words for the person who typed."""

from __future__ import annotations

import pytest

from openipt.core.fields.check import check_entry
from openipt.core.fields.definitions import FieldDefinition, FieldType, Option, RecordType


def record(*fields: FieldDefinition, **more) -> RecordType:
    return RecordType(
        id="rec_test",
        title="Test",
        plain_title="Test",
        help="A record for tests.",
        group="middle",
        belongs="session",
        many=True,
        seen_by=("therapist", "client"),
        fields=fields,
        **more,
    )


def field(kind: str, **more) -> FieldDefinition:
    return FieldDefinition(key="a", label="Answer", type=FieldType(kind), **more)


def fault_of(definition: FieldDefinition, value, codes=None) -> str:
    """The one message at this field, or "" where the value is right."""
    beside = FieldDefinition("beside", "Beside", FieldType.YES_NO)
    faults = check_entry(record(definition, beside), {"a": value, "beside": True}, codes=codes or {})
    assert len(faults) <= 1
    return faults[0].message if faults else ""


@pytest.mark.parametrize(
    ("day", "message"),
    [
        ("2025-02-31", "Enter a date that exists. 31 February does not."),
        ("2025-04-31", "Enter a date that exists. 31 April does not."),
        ("2025-02-29", "Enter a date that exists. 29 February 2025 does not."),
        ("2025-13-01", "Enter a date that exists. There is no month 13."),
        ("2025-3-1", "Enter a date as year-month-day, such as 2025-03-21."),
        ("soon", "Enter a date as year-month-day, such as 2025-03-21."),
        ("0025-03-21", "Enter a year from 1880 to 2120."),
        (20250321, "Enter a date as year-month-day, such as 2025-03-21."),
        ("2024-02-29", ""),
        ("2025-03-21", ""),
        ("", ""),
        (None, ""),
    ],
)
def test_a_date_must_exist(day, message):
    assert fault_of(field("date"), day) == message


@pytest.mark.parametrize("when", ["2025", "2025-03", "2025-03-21"])
def test_a_partial_date_may_be_a_year_a_month_or_a_day(when):
    assert fault_of(field("partial_date"), when) == ""


@pytest.mark.parametrize("when", ["25", "2025-00", "2025-02-30", "about 2025", "2025-03-21T10:00", "٢٠٢٥"])
def test_a_partial_date_must_exist(when):
    assert fault_of(field("partial_date"), when).startswith("Enter a ")


@pytest.mark.parametrize("rating", [-1, 11, 3.5, "7", True, "abc"])
def test_a_rating_stays_on_its_scale(rating):
    assert fault_of(field("scale", minimum=0, maximum=10), rating) == "Choose a number from 0 to 10."


@pytest.mark.parametrize("time", ["24:00", "7:30", "07:60", "half past seven"])
def test_a_time_is_a_time_of_day(time):
    assert fault_of(field("time"), time) == "Enter a time from 00:00 to 23:59, such as 07:30."
    assert fault_of(field("time"), "00:15") == ""


def test_numbers_name_their_ends():
    assert fault_of(field("integer", minimum=1), 0) == "Enter a whole number of 1 or more."
    assert fault_of(field("number", minimum=0, maximum=100), 100.5) == "Enter a number from 0 to 100."
    assert fault_of(field("number"), float("nan")) == "Enter a number."
    assert fault_of(field("number"), -3.5) == ""


def test_a_text_that_is_too_long_names_both_lengths_and_loses_nothing():
    message = fault_of(field("long_text"), "a" * 50_001)
    assert message.startswith("This is 50,001 characters long; 50,000 fit here.")
    assert fault_of(field("long_text"), "a" * 50_000) == ""
    assert fault_of(field("text"), "a" * 501).startswith("This is 501 characters long; 500 fit here.")
    assert fault_of(field("text"), "one\ntwo") == "Write this on one line."


def test_a_choice_keeps_numbers_apart_from_words():
    ring = field("choice", options=(Option(1, "Inner"), Option(2, "Middle")))
    assert fault_of(ring, 2) == ""
    for value in ("2", 3, True, 2.0):
        assert fault_of(ring, value) == "Choose one of the answers shown."
    open_choice = field("choice", options=(Option("weekly", "Weekly"),), open=True)
    assert fault_of(open_choice, "every ten days") == ""


def test_yes_no_and_its_words():
    assert fault_of(field("yes_no"), "yes") == "Choose yes or no."
    assert fault_of(field("yes_no"), False) == ""
    assert fault_of(field("yes_no_words"), "tablets at home") == ""
    assert fault_of(field("yes_no_words"), 1) == "Choose yes or no, or say it in words."


def test_codes_are_those_of_the_manual_where_they_are_given():
    style = field("code", codes_from="styles")
    assert fault_of(style, "cs_silence", {"styles": {"cs_silence"}}) == ""
    assert (
        fault_of(style, "cs_other", {"styles": {"cs_silence"}}) == "Choose one of the styles of this course."
    )
    assert fault_of(style, "cs_other") == ""
    assert fault_of(style, "not an id") != ""


def test_people_are_any_name_unless_the_known_ones_are_given():
    assert fault_of(field("person"), "neighbour") == ""
    assert fault_of(field("person"), "n" * 61).startswith("This name is 61 characters long")
    known = {"people": {"p_dana"}}
    assert fault_of(field("person"), "p_emil", known) == "Choose a person who is in this course."
    assert fault_of(field("person", open=True), "neighbour", known) == ""


def test_rows_count_from_one_and_skip_empty_ones():
    turns = field(
        "rows",
        row_name="turn",
        min_rows=1,
        max_rows=2,
        fields=(FieldDefinition("said", "What was said", FieldType.TEXT, required=True),
                FieldDefinition("mood", "Mood", FieldType.SCALE, minimum=0, maximum=10)),
    )  # fmt: skip
    values = {"a": [{"said": "Hello."}, {}, {"mood": 12}]}
    faults = check_entry(record(turns), values, codes={})
    assert [(fault.path, fault.message) for fault in faults] == [
        ("a.3.said", "Fill in “What was said”."),
        ("a.3.mood", "Choose a number from 0 to 10."),
    ]
    too_many = check_entry(record(turns), {"a": [{"said": "x"}] * 3}, codes={})
    assert too_many[0].message == "Keep to 2 turns or fewer."


def test_what_is_asked_only_before_signing():
    agreed = field("text", final_required=True)
    other = FieldDefinition("b", "Other", FieldType.TEXT)
    assert check_entry(record(agreed, other), {"b": "x"}, codes={}) == ()
    (fault,) = check_entry(record(agreed, other), {"b": "x"}, codes={}, final=True)
    assert fault.path == "a"


def test_an_empty_record_is_no_record():
    (fault,) = check_entry(record(field("text")), {"a": "  "}, codes={})
    assert fault.path == ""


def test_one_of_a_group_is_enough():
    two = record(
        FieldDefinition("a", "Answer", FieldType.TEXT),
        FieldDefinition("b", "Other", FieldType.TEXT),
        FieldDefinition("c", "Third", FieldType.TEXT),
        needs_one_of=(("a", "b"),),
    )
    assert check_entry(two, {"b": "x"}, codes={}) == ()
    (fault,) = check_entry(two, {"c": "x"}, codes={})
    assert (fault.path, fault.message) == ("a", "Fill in “Answer” or “Other”.")


def test_an_unknown_field_is_named_by_its_path_and_nothing_typed_is_repeated():
    (fault,) = check_entry(record(field("text")), {"a": "x", "b": "secret words"}, codes={})
    assert fault.path == "b"
    assert "secret" not in fault.message


@pytest.mark.parametrize("kind", list(FieldType))
@pytest.mark.parametrize("value", [object(), {"x": object()}, [object()], 10**400, "\x00", [[1]], {1: 2}])
def test_no_value_whatever_breaks_the_check(kind, value):
    check_entry(record(field(kind)), {"a": value}, codes={})
