"""A record said in words, and record files whose every fault is named."""

from __future__ import annotations

import tomllib

import pytest
from tests.core.fields.made_values import RECORDS

from openipt.core.fields.clean import clean, clean_words
from openipt.core.fields.load import load_record_type
from openipt.core.fields.words import date_in_words, in_words


def test_a_communication_analysis_in_words():
    values = {
        "other_person_id": "p_dana",
        "date": "2025-10-07",
        "mood_before_0_10": 5,
        "turns": [{"order": 1, "speaker": "client", "said": "Forget it.", "checked": False}],
        "styles_client": [{"id": "cs_silence", "rating": 2}],
        "safety_flag": False,
        "break_point": None,
    }
    said = in_words(
        RECORDS["rec_communication_analysis"],
        values,
        people={"p_dana": "Dana"},
        codes={"styles": {"cs_silence": "Silence"}},
    )
    lines = {line.key: line for line in said}
    assert lines["other_person_id"].text == "Dana"
    assert lines["date"].text == "7 October 2025"
    assert lines["mood_before_0_10"].text == "5 of 10"
    assert [(line.label, line.text) for line in lines["turns"].rows[0]] == [
        ("Who speaks", "Client"),
        ("What was said", "Forget it."),
        ("Checked by asking", "No"),
    ]
    assert [line.text for line in lines["styles_client"].rows[0]] == ["Silence", "Dominant"]
    assert "break_point" not in lines
    assert lines["safety_flag"].text == "No"


def test_the_client_reads_no_field_that_is_not_for_the_client():
    values = {"context": "bank letter", "safety_flag": True}
    said = in_words(RECORDS["rec_communication_analysis"], values, people={}, codes={}, role="client")
    assert [line.key for line in said] == ["context"]
    assert in_words(RECORDS["rec_risk"], {"level": "red"}, people={}, codes={}, role="client") == ()


def test_a_declined_answer_keeps_its_place():
    said = in_words(
        RECORDS["rec_measure"], {"measure_id": "ms_phq9", "items": [2, None, 0]}, people={}, codes={}
    )
    assert said[1].items == ("1: 2", "2: not given", "3: 0")


@pytest.mark.parametrize(
    ("day", "words"),
    [("2025-03-01", "1 March 2025"), ("2025-03", "March 2025"), ("2008", "2008"), ("in spring", "in spring")],
)
def test_dates_in_words(day, words):
    assert date_in_words(day) == words


def test_cleaning_keeps_direction_marks_and_emoji_and_drops_controls():
    assert clean_words("\x00a\u200fb\u202e 👩\u200d👧\x1b[0m\r\nz ") == "a\u200fb\u202e 👩\u200d👧[0m\nz"
    assert clean_words("e\u0301") == "é"
    assert clean_words("one\r\ntwo", one_line=True) == "one two"


def test_cleaning_drops_empty_rows_and_numbers_the_rest():
    values = {
        "turns": [{"order": 1}, {"order": 2, "said": " Fine. ", "tone_or_nonverbal": ""}],
        "context": "",
    }
    assert clean(RECORDS["rec_communication_analysis"], values) == {"turns": [{"said": "Fine.", "order": 1}]}


BROKEN = """
[record]
id = "emotion"
title = "Emotion"
plain_title = "Feeling"
help = "A help."
group = "nowhere"
belongs = "session"
many = "yes"
seen_by = ["therapist", "nurse"]
client_may_write = true
needs_one_of = [["a", "z"]]
colour = "red"

[[field]]
key = "a"
label = "A"
type = "choice"
[[field]]
key = "a"
label = "A"
type = "scale"
min = 3
[[field]]
key = "b"
label = "B"
type = "novel"
[[field]]
key = "c"
label = "C"
type = "code"
from = "stars"
[[field]]
key = "d"
type = "text"
[[field]]
key = "e"
label = "E"
type = "rows"
[[field]]
key = "f"
label = "F"
type = "text"
options = [{ value = 1, label = "One" }]
seen_by = ["supervisor"]
"""


def test_every_fault_of_a_file_is_named_at_once():
    record, faults = load_record_type(tomllib.loads(BROKEN), "emotion.toml")
    assert record is None
    keys = {fault.key for fault in faults}
    assert keys >= {
        "record.id",
        "record.group",
        "record.many",
        "record.seen_by",
        "record.client_may_write",
        "record.needs_one_of",
        "record.colour",
        "a",
        "b.type",
        "c.from",
        "d",
        "e",
        "f.options",
        "f.seen_by",
    }
    assert all(fault.file == "emotion.toml" and fault.reason for fault in faults)


def test_a_file_without_its_table_says_so():
    record, (fault,) = load_record_type({}, "empty.toml")
    assert record is None and fault.key == "record"
