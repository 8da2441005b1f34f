"""The sentences of a note are content: each is held to the record it speaks of, and every fault is named."""

from __future__ import annotations

import pytest

from openipt import library
from openipt.core.course.note_patterns import KINDS, read_patterns


def faults(table):
    return [str(fault) for fault in read_patterns(table, library.record_types())[1]]


def test_every_sentence_we_ship_names_fields_of_its_record():
    patterns = library.note_sentences()
    assert set(KINDS) <= set(patterns)
    assert all(pattern.needs or pattern.when for rows in patterns.values() for pattern in rows)


def test_what_is_recorded_in_a_session_can_be_said():
    """Every record a task of the treatment asks for has its sentence."""
    asked = {task.record for task in library.manual("ipt_acute").tasks if task.record}
    spoken = set(library.note_sentences())
    assert asked - spoken == {"rec_measure"}, "a total is said as a score, not as a record"


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({"rec_emotion_log": [{"text": "It was {frist_word}."}]}, 'Did you mean "first_word"?'),
        ({"rec_emotion_log": [{"text": "It was.", "unless": ["nothing"]}]}, "names nothing"),
        ({"rec_emotion_log": [{"text": "It was.", "when": {"nothing": True}}]}, "names nothing"),
        ({"rec_emotoin_log": [{"text": "It was."}]}, 'Did you mean "rec_emotion_log"?'),
        ({"rec_emotion_log": [{"text": "  "}]}, "has no text"),
        ({"rec_emotion_log": [{"text": "It {first_word"}]}, "cannot be read"),
        ({"rec_emotion_log": [{"text": "It was.", "if": 1}]}, "is no key of a sentence"),
        ({"score": [{"text": "{totall}"}]}, "names totall"),
    ],
)
def test_a_fault_says_where_and_what_would_mend_it(table, said):
    found = faults(table)
    assert len(found) == 1 and said in found[0] and found[0].startswith("note_sentences.toml: ")


def test_every_fault_is_named_at_once():
    assert len(faults({"rec_x": [], "rec_emotion_log": [{"text": "{a} {b}"}], "score": [{"text": ""}]})) == 4
