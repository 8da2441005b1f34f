"""What we tried: solutions and attempts by issue, what came of them, what next."""

from __future__ import annotations

import json
from datetime import date

from tests.shared_data import shared
from tests.spec.world import AGREED, course, day, issue

from openipt import library
from openipt.core.course.tried import Solution, issues_told, steps_taken, what_we_tried
from openipt.core.portable.cases import from_case

TWO = [
    issue("i1", 3, 3, 3, 2, 2, 2, text="The post", final_rank=2),
    issue("i2", 3, 2, 2, 2, 2, 2, area="role_dispute", text="Dana", final_rank=1),
]
DANA = ("rec_inventory_person", 2, {"person_id": "p_dana", "label": "Dana"})
DISPUTE = ("rec_dispute_map", 4, {"other": "p_dana", "stage": "impasse"})


def tried(*records, sessions=8, on=8) -> dict[str, list[Solution]]:
    made = course(sessions, records=[AGREED, *TWO, *records])
    return {i.issue.id if i.issue else "": list(i.solutions) for i in what_we_tried(made, day(on))}


def plan(session, words, **more):
    return ("rec_action_plan", session, {"step": words, **more})


def test_issues_stand_in_the_order_agreed_then_those_only_written_down():
    made = course(4, records=[*TWO, ("rec_issue", 2, {"id": "i3", "text": "Friends", "area": "grief"})])
    assert [(one.id, one.text, one.rank) for one in issues_told(made)] == [
        ("i2", "Dana", 1),
        ("i1", "The post", 2),
        ("i3", "Friends", None),
    ]


def test_a_record_says_itself_for_which_issue_it_stands():
    found = tried(plan(5, "ask", issue="i2"))
    assert [(s.title, s.linked_by) for s in found["i2"]] == [("ask", "record")]


def test_a_name_that_is_no_issue_counts_for_nothing():
    found = tried(plan(5, "ask", issue="i9"))
    assert [(s.title, s.linked_by) for s in found["i1"]] == [("ask", "focus")]


def test_else_the_person_tells_where_they_belong_to_one_area():
    """Dana is the other of the dispute; she is named by code or by label, alone or with others."""
    for words in ("Dana", "p_dana", "dana, Emil", "Emil and Dana"):
        found = tried(DANA, DISPUTE, plan(5, "ask", with_whom=words))
        assert [(s.title, s.linked_by) for s in found["i2"]] == [("ask", "person")], words
    assert tried(DANA, DISPUTE, plan(5, "ask", with_whom="Danae"))["i2"] == []


def test_a_person_of_two_areas_tells_nothing():
    grief = ("rec_loss_narrative", 4, {"who": "Dana"})
    assert tried(DANA, DISPUTE, grief, plan(5, "ask", with_whom="Dana"))["i2"] == []


def test_else_the_focus_of_that_day():
    later = ("rec_formulation", 6, {"agreement": "agree", "problem_area": ["role_dispute"]})
    found = tried(later, plan(5, "before"), plan(7, "after"))
    assert [s.title for s in found["i1"]] == ["before"]
    assert [s.title for s in found["i2"]] == ["after"]


def test_what_belongs_to_no_issue_comes_last_and_is_not_lost():
    made = course(8, records=[plan(2, "ask")])
    [only] = what_we_tried(made, day(8))
    assert only.issue is None and [s.title for s in only.solutions] == ["ask"]


def test_how_a_step_went_is_told_in_a_later_session_by_the_same_words():
    """The step was agreed at 5; at 6 it was looked at. That is one attempt, with its outcome."""
    found = tried(plan(5, "Ask Dana"), plan(6, "ask  dana", done="partly", result="she left", mood_after=4))
    [only] = found["i1"]
    [attempt] = only.attempts
    assert (attempt.on, attempt.done, attempt.came_of_it, attempt.mood_after) == (
        day(5),
        "partly",
        "she left",
        4,
    )


def test_a_correction_of_the_same_day_is_no_second_attempt():
    found = tried(plan(5, "ask"), plan(6, "ask", done="no"), plan(6, "ask", done="yes"))
    assert [a.done for a in found["i1"][0].attempts] == ["yes"]


def test_the_same_step_agreed_again_is_a_second_attempt():
    told = [plan(5, "ask"), plan(6, "ask", done="no"), plan(6, "ask"), plan(7, "ask", done="yes")]
    [only] = tried(*told)["i1"]
    assert [a.done for a in only.attempts] == ["no", "yes"]
    assert only.carried_out == 1


def test_what_next_is_asked_of_the_last_step_only():
    found = tried(plan(5, "ask"), plan(6, "write"))["i1"]
    assert [(s.title, s.next) for s in found] == [("ask", ""), ("write", "Not asked yet.")]


def test_a_step_that_was_not_done_shows_its_fallback():
    [only] = tried(plan(5, "ask", fallback="write it"), plan(6, "ask", done="no"))["i1"]
    assert (only.next, only.next_words) == ("", "write it")


def test_a_step_in_the_words_of_the_session_counts_where_no_plan_stands():
    words = ("rec_session", 5, {"next_step": "Call Iris"})
    assert [s.title for s in tried(words)["i1"]] == ["Call Iris"]
    assert [s.title for s in tried(words, plan(5, "ask Iris"))["i1"]] == ["ask Iris"]
    assert [s.title for s in tried(words, plan(6, "call iris", done="yes"))["i1"]] == ["call iris"]


def test_rehearsals_choices_talks_and_messages():
    rehearsal = ("rec_role_play", 5, {
        "goal": "say the wish", "readiness_0_10": 6,
        "attempts": [{"what_tried": "long", "what_changed": "one wish"}],
    })  # fmt: skip
    choice = ("rec_decision_analysis", 6, {"question": "stay?", "choice": ""})
    talk = ("rec_communication_analysis", 6, {
        "context": "he forgot", "outcome": "silence", "mood_after_0_10": 2,
        "alternatives": [{"line": "ask me"}], "planned_date": day(9).isoformat(),
    })  # fmt: skip
    message = ("rec_expression_plan", 7, {"wish": "stay", "said": True, "reply": "sorry", "mood_after": 7})
    found = {s.kind: s for s in tried(rehearsal, choice, talk, message)["i1"]}
    assert found["rehearsal"].next == "Ready 6 of 10: rehearse again, until 7 or more."
    assert found["rehearsal"].attempts[0].came_of_it == "one wish"
    assert found["choice"].next == "No choice is made yet."
    assert found["talk"].attempts[0].came_of_it == "silence"
    assert (found["talk"].next, found["talk"].next_words) == ("Planned for 28 October 2025.", "ask me")
    assert (found["message"].attempts[0].done, found["message"].next) == ("yes", "")


def test_a_talk_that_was_tried_tells_what_happened():
    talk = ("rec_communication_analysis", 6, {
        "context": "he forgot", "outcome": "silence", "alternatives": [{"line": "ask me"}],
        "follow_up": {"tried": True, "what_happened": "he asked", "mood_after": 6},
    })  # fmt: skip
    [only] = tried(talk)["i1"]
    assert (only.attempts[0].done, only.attempts[0].came_of_it, only.next_words) == ("yes", "he asked", "")


def test_nothing_after_the_day_is_told():
    assert tried(plan(7, "ask"), on=6)["i1"] == []


def test_the_silent_house_by_hand():
    """Read from its file: the talk in the hall belongs to Pieter though the focus was the ward that day;
    asking for Tuesday was agreed at 8 and done at 9; the ward's steps belong to the promotion."""
    data = json.loads((shared("cases") / "rd-silent-house.json").read_text(encoding="utf-8"))
    made = from_case(data, record_types=library.record_types()).course()
    found = {one.issue.id if one.issue else "": one for one in what_we_tried(made, date(2025, 5, 14))}
    home = {s.title: s for s in found["i1"].solutions}
    assert home["he forgot her speech"].linked_by == "person"
    assert [a.done for a in home["ask for Tuesday"].attempts] == ["yes"]
    assert found["i1"].carried_out == 2  # Tuesday asked for, the message said
    assert [s.title for s in found["i2"].solutions] == [
        "List what the lead role asks",
        "Write down one hour of Sunday",
        "Delegate one rota",
        "Notice every time I say it does not matter",
    ]
    assert [step.step for step in steps_taken(made)][0] == "Leave the ward on time twice"


def test_old_entries_without_an_issue_and_new_ones_are_both_whole():
    """Version 1 of these records had no issue; both versions are read, and checked, by one definition."""
    from openipt.core.fields.check import check_entry

    for name, values in (
        ("rec_action_plan", {"step": "ask"}),
        ("rec_role_play", {"goal": "ask"}),
        ("rec_decision_analysis", {"question": "stay?"}),
        ("rec_communication_analysis", {"context": "he forgot"}),
    ):
        kind = library.record_type(name)
        assert kind.version == "2"
        assert check_entry(kind, values, codes={}) == ()
        assert check_entry(kind, {**values, "issue": "i1"}, codes={"issues": ["i1"]}) == ()
        assert check_entry(kind, {**values, "issue": "i2"}, codes={"issues": ["i1"]}) != ()
        assert "issue" not in kind.values_for("client", {**values, "issue": "i1"})
