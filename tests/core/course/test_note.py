"""The note: nothing asserted that no one recorded, and edited words never rewritten."""

from __future__ import annotations

import tomllib
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from openipt.core.course import note
from openipt.core.course.note import Recorded, SentencePattern, Wording

CONTENT = Path(note.__file__).parents[2] / "content" / "note_sentences.toml"
PATTERNS = {
    kind: tuple(SentencePattern(**row) for row in rows)
    for kind, rows in tomllib.loads(CONTENT.read_text()).items()
}
WORDING = Wording({"p_dana": "Dana"}, {"gr_4_feelings": "Bring out feelings"})


def drafted(*recorded: Recorded) -> dict[str, str]:
    return note.drafted_sentences(recorded, PATTERNS, WORDING)


def log(version: int = 1, **values: object) -> Recorded:
    return Recorded("entry:1", "rec_emotion_log", values, version)


def test_nothing_recorded_says_nothing():
    assert drafted() == {}
    assert drafted(log(), Recorded("entry:2", "rec_role_play", {"situation": ""})) == {}


def test_a_feeling_is_only_said_with_its_name():
    assert drafted(log(first_word="numb")) == {"entry:1": "Feeling named: “numb”."}
    under = [{"word": "guilt", "intensity": 9}, {"word": "longing", "intensity": 6}]
    said = drafted(log(first_word="numb", underlying_emotions=under))["entry:1"]
    assert said == "First word “numb”, underneath guilt (9) and longing (6)."


def test_people_and_codes_are_said_by_their_names():
    said = drafted(
        Recorded("entry:1", "rec_dispute_map", {"other": "p_dana", "stage": "impasse"}),
        Recorded("entry:2", "rec_strategy_progress", {"strategy_id": "gr_4_feelings", "note": "anger"}),
    )
    assert list(said.values()) == ["Dispute with Dana, stage impasse.", "Bring out feelings: anger."]


def test_a_drafted_sentence_follows_its_source_until_it_is_edited():
    blocks = note.refreshed((), drafted(log(first_word="numb")))
    blocks = note.refreshed(blocks, drafted(log(2, first_word="sad")))
    assert note.note_text(blocks) == "Feeling named: “sad”."

    blocks = note.edited(blocks, "entry:1", "He said sad, and looked at his hands.")
    blocks = note.refreshed(blocks, drafted(log(3, first_word="angry")))
    assert note.note_text(blocks) == "He said sad, and looked at his hands."
    assert [b.now for b in note.open_differences(blocks)] == ["Feeling named: “angry”."]


def test_the_person_decides_about_a_difference():
    blocks = note.edited(note.refreshed((), drafted(log(first_word="numb"))), "entry:1", "Mine.")
    blocks = note.refreshed(blocks, drafted(log(2, first_word="angry")))

    taken = note.accepted_record(blocks, "entry:1")
    assert note.note_text(taken) == "Feeling named: “angry”."
    assert not note.open_differences(taken)

    kept = note.refreshed(note.kept_words(blocks, "entry:1"), drafted(log(2, first_word="angry")))
    assert note.note_text(kept) == "Mine."
    assert not note.open_differences(kept)


def test_a_sentence_taken_out_does_not_come_back():
    blocks = note.edited(note.refreshed((), drafted(log(first_word="numb"))), "entry:1", "")
    assert note.note_text(note.refreshed(blocks, drafted(log(2, first_word="sad")))) == ""


def test_edited_words_outlive_their_source_and_say_so():
    blocks = note.edited(note.refreshed((), drafted(log(first_word="numb"))), "entry:1", "Mine.")
    blocks = note.refreshed(blocks, {})
    assert note.note_text(blocks) == "Mine."
    assert note.open_differences(blocks)[0].source_gone


def test_an_unedited_draft_says_so():
    blocks = note.refreshed((), drafted(log(first_word="numb")))
    assert note.is_unedited_draft(blocks)
    assert not note.is_unedited_draft(note.edited(blocks, "own", "We spoke of the call."))


def test_new_sentences_keep_the_order_of_the_record():
    first, second, third = log(first_word="numb"), Recorded("e2", "rec_quote", {"words": "no"}), None
    third = Recorded("e3", "rec_action_plan", {"step": "call"})
    blocks = note.refreshed((), drafted(first, third))
    blocks = note.refreshed(blocks, drafted(first, second, third))
    assert [block.source for block in blocks] == ["entry:1", "e2", "e3"]


@given(
    st.lists(st.tuples(st.sampled_from("abcde"), st.text("xyz ", max_size=6)), max_size=20),
    st.text("pqr", min_size=1, max_size=9),
)
def test_a_persons_words_survive_any_change_of_the_record(changes, words):
    """Whatever the record does afterwards, the words a person typed stand as typed."""
    blocks = note.edited(note.refreshed((), {"a": "Said.", "b": "Also."}), "a", words)
    blocks = note.edited(blocks, "own-1", words)
    for key, text in changes:
        blocks = note.refreshed(blocks, {key: text} if text.strip() else {})
        texts = {block.id: block.text for block in blocks}
        assert texts["a"] == words
        assert texts["own-1"] == words
    assert note.from_values(note.as_values(blocks)) == blocks


def test_two_sessions_with_different_records_never_yield_the_same_note():
    one = drafted(log(first_word="numb"), Recorded("s", "rec_action_plan", {"step": "call Dana"}))
    two = drafted(log(first_word="angry"), Recorded("s", "rec_action_plan", {"step": "call Dana"}))
    assert note.note_text(note.refreshed((), one)) != note.note_text(note.refreshed((), two))
