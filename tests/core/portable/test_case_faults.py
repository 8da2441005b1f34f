"""A bad file in the format of the worked cases: every fault at once and at its place, never a traceback."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from tests.core.portable.made_case import case, day, issue, level

from openipt import library
from openipt.core.portable.cases import from_case, is_case
from openipt.core.portable.episode_file import from_file, to_file
from openipt.errors import FileNotValid

CODES = {"tasks": ("M01", "A01"), "strategies": ("gr_1_link",), "techniques": ("tq_role_play",)}


def read(made, codes=None):
    return from_case(
        made, record_types=library.record_types(), measures=library.measures(), codes=codes or {}
    )


def faults(made, codes=None) -> dict[str, str]:
    with pytest.raises(FileNotValid) as caught:
        read(made, codes)
    return {fault.path: fault.message for fault in caught.value.faults}


def test_faults_of_every_kind_are_named_together():
    """A wrong day hides no wrong answer, no wrong record and no session told twice."""
    made = case(12, [14] * 6)
    made["start_date"] = "2025-02-31"
    made["sessions"][2]["date"] = "31.03.2025"
    made["sessions"][3]["measures"]["ms_phq9"][0] = 4
    made["sessions"][3]["totals"] = {"ms_gad7": 22}
    made["sessions"][4]["records"] = [level("mauve"), {"type": "rec_horoscope", "sign": "leo"}]
    made["sessions"][5]["number"] = 3
    made["issues"].append(issue("i1", "grief", 1, 1, 1, 1, 1))
    made["ending"] = "well"
    assert set(faults(made)) == {
        "start_date",
        "sessions.3.date",
        "sessions.4.measures.ms_phq9.1",
        "sessions.4.totals.ms_gad7",
        "sessions.5.records.1.level",
        "sessions.5.records.2.type",
        "sessions.6.number",
        "issues.3.id",
        "ending",
    }


def test_what_a_part_of_the_whole_case_gets_wrong_is_named_where_it_stands():
    made = case(12, [14] * 3)
    made["suitability"]["decision"] = "purple"
    made["contract"]["sessions_planned"] = 0
    made["formulation"]["agreement"] = "perhaps"
    assert set(faults(made)) == {
        "suitability.decision",
        "contract.sessions_planned",
        "formulation.agreement",
    }


@pytest.mark.parametrize(
    ("measure", "given", "path"),
    [
        ("ms_phq9", [0] * 8, "sessions.2.measures.ms_phq9"),
        ("ms_phq9", [0] * 8 + [-1], "sessions.2.measures.ms_phq9.9"),
        ("ms_phq9", [0] * 8 + [1.5], "sessions.2.measures.ms_phq9.9"),
        ("ms_phq9", [0] * 8 + [True], "sessions.2.measures.ms_phq9.9"),
        ("ms_phq9", 28, "sessions.2.measures.ms_phq9"),
        ("ms_phq9", 12.5, "sessions.2.measures.ms_phq9"),
        ("ms_phq9", "12", "sessions.2.measures.ms_phq9"),
        ("ms_prr", 6, "sessions.2.measures.ms_prr.1"),
        ("ms_alliance3", [11, 0, 0], "sessions.2.measures.ms_alliance3.1"),
    ],
)
def test_an_answer_no_form_offers_is_a_fault(measure, given, path):
    assert set(faults(case(12, [14] * 2, measures={1: {measure: given}}))) == {path}


def test_the_question_that_never_counts_is_kept_beside_the_nine():
    answers = read(case(12, [None], measures={1: {"ms_phq9": [1] * 9 + [2]}})).answers
    (given,) = [a for a in answers if a.measure == "ms_phq9"]
    assert (given.items, given.unscored) == ((1,) * 9, (2,))


def test_unknown_ids_of_a_session_are_named():
    made = case(12, [])
    made["sessions"][0] |= {"tasks_done": ["A01", "I012"], "strategies": ["gr_9"], "techniques": ["tq_magic"]}
    assert set(faults(made, CODES)) == {
        "sessions.1.tasks_done.2",
        "sessions.1.strategies.1",
        "sessions.1.techniques.1",
    }


@pytest.mark.parametrize(
    "words", ["a\x00b", "bell \x07", "half \ud800 a character", "vertical\x0btab", "\x85"], ids=ascii
)
def test_characters_nothing_can_keep_are_refused(words):
    made = case(12, [14])
    made["sessions"][1]["note"] = words
    assert set(faults(made)) == {"sessions.2.note"}


@pytest.mark.parametrize("words", ["two\nlines\tand a tab", "שלום عليكم", "👩🏽‍⚕️", "e\u0301"])
def test_every_script_is_welcome(words):
    made = case(12, [14])
    made["sessions"][1]["note"] = words
    assert read(made).meetings[1].note == words


@pytest.mark.parametrize("number", [10**30, float("inf"), float("nan"), -(10**16)])
def test_endless_numbers_are_refused_wherever_they_stand(number):
    made = case(12, [14], surprise={"deep": [number]})
    assert set(faults(made)) == {"surprise.deep.1"}


def test_a_megabyte_of_text_is_refused_at_its_place():
    made = case(12, [14])
    made["sessions"][1]["note"] = "x" * 1_000_000
    made["sessions"][1]["records"][0]["reason"] = "x" * 1_000_000
    assert set(faults(made)) == {"sessions.2.note", "sessions.2.records.1.reason"}


def test_nested_without_end_is_refused():
    deep = []
    for _ in range(200):
        deep = [deep]
    assert any("nested" in message for message in faults(case(12, [14], surprise=deep)).values())


@pytest.mark.parametrize("year", ["0001-01-01", "9999-12-31"])
def test_a_day_out_of_this_world_is_refused(year):
    made = case(12, [14])
    made["sessions"][1]["date"] = year
    assert "sessions.2.date" in faults(made)


def test_a_case_with_only_a_client_says_what_is_missing():
    told = {"client": {"pseudonym": "A"}}
    assert is_case(told)
    assert set(faults(told)) == {"adaptation", "planned_sessions", "start_date", "sessions"}


def test_keys_that_are_no_part_of_a_case_are_remarked_on():
    made = case(12, [14], planned_sesions=3, title="as told", expected={})
    made["sessions"][1]["mood"] = 4
    remarks = " ".join(read(made).remarks)
    assert "planned_sesions" in remarks
    assert "mood" in remarks
    assert "title" not in remarks


def test_a_version_lies_on_its_own_day():
    """Agreed at a session that the file does not tell: on the date it names, never on the first day."""
    made = case(12, [14] * 3)
    made["formulation"] |= {"agreed_on_session": 9, "date": "2025-05-06"}
    (entry,) = [e for e in read(made).entries if e.record == "rec_formulation"]
    assert (entry.on, entry.session) == (date(2025, 5, 6), None)
    made["formulation"] |= {"date": None}
    episode = read(made)
    assert not [e for e in episode.entries if e.record == "rec_formulation"]
    assert any("session 9" in remark for remark in episode.remarks)


def test_what_the_safety_section_tells_of_a_level_is_kept():
    told = {
        "date": day(2).isoformat(),
        "session": 2,
        "type": "rec_risk",
        "level": "orange",
        "method": "pills",
    }
    entries = read(case(12, [14] * 2, safety=[told])).entries
    assert [e.values for e in entries if e.record == "rec_risk" and e.session == 2] == [
        {"level": "orange", "method": "pills"}
    ]


def test_answers_between_sessions_are_checked_too():
    bad = {"ms_phq9": [0] * 7, "item_9": 4, "ms_gad7": "as in session 2"}
    told = {"date": day(2).isoformat(), "kind": "checkin", "fields": bad, "shared": True}
    assert set(faults(case(12, [14] * 2, client_entries=[told]))) == {
        "client_entries.1.fields.ms_phq9",
        "client_entries.1.fields.item_9",
    }


def test_several_focus_problems_are_rated_in_one_sitting():
    """`ms_prr` is asked once for each problem; its total is the mean (ipt.md 10.2)."""
    answers = read(case(12, [14], measures={1: {"ms_prr": [3, 4]}})).answers
    assert [(a.items, a.total) for a in answers if a.measure == "ms_prr"] == [((), 3.5)]


def test_our_own_format_names_faults_of_every_kind_together_too():
    data = json.loads(json.dumps(to_file(read(case(12, [14] * 3)))))
    place = next(n for n, e in enumerate(data["entries"]) if e["record"] == "rec_risk")
    data["entries"][place]["values"]["level"] = "mauve"
    data["meetings"][1]["on"] = "2025-02-30"
    data["client"]["name"] = "A\x00"
    with pytest.raises(FileNotValid) as caught:
        from_file(data, record_types=library.record_types(), measures=library.measures())
    assert {fault.path for fault in caught.value.faults} == {
        f"entries.{place + 1}.values.level",
        "meetings.2.on",
        "client.name",
    }


def test_answers_in_our_own_format_are_checked_by_their_measure():
    data = json.loads(json.dumps(to_file(read(case(12, [14] * 2)))))
    first = next(n for n, a in enumerate(data["answers"]) if a["measure"] == "ms_phq9")
    data["answers"][first]["items"][2] = 7
    data["answers"].append({"measure": "ms_gad7", "on": str(day(2) + timedelta(days=1)), "total": 40})
    with pytest.raises(FileNotValid) as caught:
        from_file(data, record_types=library.record_types(), measures=library.measures())
    assert {fault.path for fault in caught.value.faults} == {
        f"answers.{first + 1}.items.3",
        f"answers.{len(data['answers'])}.total",
    }


def test_nobody_is_born_after_their_treatment_began():
    made = case(12, [14])
    made["client"]["birth_year"] = 2026
    assert set(faults(made)) == {"client.birth_year"}


def test_issues_ranked_and_reviewed_in_one_session_are_both_kept():
    """A short course agrees its focus late: what was ranked first is not lost to a review on the same day."""
    made = case(6, [14] * 3, adaptation="ipc", without=["I11"])
    made["sessions"][3]["tasks_done"].append("I11")
    ranked = [e for e in read(made).entries if e.record == "rec_issue_ranking"]
    assert [(e.session, e.values["issue"]) for e in ranked] == [(3, "i1"), (3, "i2")]


def test_an_intake_alone_keeps_what_is_planned_for_later():
    episode = read(case(12, []))
    kept = {e.record: (e.on, e.session) for e in episode.entries}
    assert {"rec_contract", "rec_issue_ranking", "rec_medication"} <= set(kept)
    assert kept["rec_contract"] == (day(1), None)
    assert not [remark for remark in episode.remarks if "left out" in remark]


def told_in_other_words():
    made = case(12, [14])
    made["inventory"] = [
        {
            "person_id": "p_a",
            "label": "A",
            "age_group": "teen",
            "contact_frequency": "twice a week",
            "alive": "yes",
        }
    ]
    made["suitability"] |= {"s_03": "no", "s_05": {"answer": "maybe later", "comment": "ask"}}
    made["suitability"]["s_14"] = {"answer": "no"}
    made["sessions"][1]["records"].append(
        {"type": "rec_alliance", "goals_0_10": 8.0, "tasks_0_10": 8, "bond_0_10": 9}
    )
    made["client_entries"] = [
        {
            "date": day(1).isoformat(),
            "kind": "worksheet",
            "shared": True,
            "worksheet": "rec_expression_plan",
            "fields": {"wish": "an hour", "said": "no", "weather": "rain"},
        }
    ]
    return made


def test_other_words_than_our_forms_have_are_heard():
    """Yes and no spelled out, 8.0 for 8; the inventory's own words stand where there is a place for them."""
    episode = read(told_in_other_words())
    values = {e.record: e.values for e in episode.entries}
    person = values["rec_inventory_person"]
    assert (person["contact"], person["alive"]) == ("twice a week", True)
    assert "age_group" not in person
    assert values["rec_alliance"]["goals_0_10"] == 8
    assert episode.client_entries[0].values == {"wish": "an hour", "said": False}
    assert any("age_group" in remark for remark in episode.remarks)
    assert any("weather" in remark for remark in episode.remarks)


def test_a_checklist_in_other_words_is_never_taken_for_a_no():
    values = next(e.values for e in read(told_in_other_words()).entries if e.record == "rec_suitability")
    assert values["s_03"] == {"answer": "no"}
    assert values["s_05"] == {"answer": "unsure", "comment": "maybe later; ask"}
    assert values["s_14"] == {"answer": "low", "comment": "no"}


def test_words_the_reference_lists_are_held_to_its_list():
    made = case(12, [14])
    made["sessions"][1]["records"].append({"type": "rec_sick_role", "duty": "shifts", "status": "fewer"})
    assert set(faults(made)) == {"sessions.2.records.2.status"}


def test_a_case_is_known_by_its_sessions():
    assert is_case(case(12, [14], version="2"))
    assert not is_case({"meetings": [], "client": {}})
    assert not is_case({})


def test_a_check_in_that_was_left_in_the_middle_comes_back():
    """An unfinished sitting holds the answers up to the last one chosen: never refused, never filled up."""
    data = json.loads(json.dumps(to_file(read(case(12, [14])))))
    data["answers"].append(
        {"measure": "ms_phq9", "on": str(day(2)), "items": [1, None, 2], "finished": False}
    )
    back = from_file(data, record_types=library.record_types(), measures=library.measures())
    assert back.answers[-1].items == (1, None, 2)
    data["answers"][-1]["finished"] = True
    with pytest.raises(FileNotValid):
        from_file(data, record_types=library.record_types(), measures=library.measures())
