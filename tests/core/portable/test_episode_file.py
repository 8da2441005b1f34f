"""The episode file and the format of the worked cases: whole there and whole back, every fault named."""

from __future__ import annotations

import copy
import json
from dataclasses import replace
from datetime import date, datetime
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.shared_data import shared

from openipt import library
from openipt.core.course.course import (
    Answers,
    Attendance,
    EndReason,
    EpisodeStatus,
    PhaseChange,
    PlanChange,
    StatusChange,
)
from openipt.core.portable.cases import from_case, is_case
from openipt.core.portable.episode import (
    PortableAlert,
    PortableClient,
    PortableClientEntry,
    PortableDecision,
    PortableEntry,
    PortableEpisode,
    PortableFiring,
    PortableMeeting,
    PortablePerson,
    PortableStep,
)
from openipt.core.portable.episode_file import from_file, json_schema, to_file
from openipt.errors import FileNotValid

CASES = ("rt-closed-branch", "rd-silent-house", "gr-missed-call", "ipc-new-town")


def case(name):
    return json.loads((shared("cases") / f"{name}.json").read_text(encoding="utf-8"))


def read(data):
    return from_case(data, record_types=library.record_types())


def through_json(value):
    return json.loads(json.dumps(value))


def faults_of(function, data):
    with pytest.raises(FileNotValid) as caught:
        function(data)
    return {fault.path for fault in caught.value.faults}


# -- there and back --------------------------------------------------------------------------------

words = st.text(st.characters(exclude_categories=("Cs", "Cc")) | st.sampled_from("\n\t"), max_size=30)
ENDED = {"ended_on": date(2025, 2, 1), "ended_at": "2025-02-01T08:00", "ended_by": "condition"}
some_days = st.dates(date(2020, 1, 1), date(2030, 1, 1))
codes = st.lists(st.sampled_from(["M01", "E01", "rt_1_link", "tq_role_play"]), max_size=3).map(tuple)
plain = st.recursive(
    st.none() | st.booleans() | st.integers(-1000, 1000) | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=6,
)
payloads = st.dictionaries(words, plain, max_size=4)
sessions = st.none() | st.integers(0, 20)


@st.composite
def episodes(draw):
    held = [
        PortableMeeting(
            on=date(2025, 1, 1 + n),
            number=n,
            attendance=draw(st.sampled_from([Attendance.ATTENDED, Attendance.LATE])),
            phase=draw(st.sampled_from(["", "initial", "middle"])),
            minutes=draw(st.integers(0, 90)),
            tasks_done=draw(codes),
            strategies=draw(codes),
            techniques=draw(codes),
            note=draw(words),
            signed=draw(st.booleans()),
        )
        for n in range(draw(st.integers(0, 5)))
    ]
    absent = [
        PortableMeeting(draw(some_days), None, draw(st.sampled_from(["missed", "planned"]).map(Attendance)))
    ]
    return PortableEpisode(
        client=PortableClient(draw(words), draw(words), "en", draw(st.none() | st.integers(1900, 2010))),
        adaptation="ipt_acute",
        manual_version="1",
        planned_sessions=draw(st.integers(1, 40)),
        people=tuple(
            PortablePerson(f"p_{n}", draw(words), draw(words)) for n in range(draw(st.integers(0, 3)))
        ),
        meetings=(*held, *absent),
        answers=tuple(
            Answers(
                "ms_phq9",
                draw(some_days),
                tuple(draw(st.lists(st.none() | st.integers(0, 3), max_size=9))),
                total=draw(st.none() | st.integers(0, 27)),
                session=draw(sessions),
                at=draw(st.none() | st.just(datetime(2025, 1, 2, 19, 40))),
                finished=draw(st.booleans()),
            )
            for _ in range(draw(st.integers(0, 3)))
        ),
        entries=tuple(
            PortableEntry("rec_risk", draw(some_days), draw(payloads), session=draw(sessions), order=n)
            for n in range(draw(st.integers(0, 3)))
        ),
        phase_changes=(PhaseChange("middle", draw(some_days), draw(sessions)),),
        status_changes=(StatusChange(EpisodeStatus.ENDED, draw(some_days), EndReason.MOVED.value),),
        plan_changes=(PlanChange(draw(st.integers(1, 40)), draw(some_days), "middle"),),
        alerts=(
            PortableAlert(
                "DR-01",
                "warning",
                "2025-01-02T19:40",
                inputs=draw(payloads),
                steps=(PortableStep("acknowledged", "2025-01-02", draw(words)),),
            ),
        ),
        firings=tuple(
            PortableFiring(
                rule,
                "warning",
                draw(some_days),
                "2025-01-02T19:40",
                draw(some_days),
                "2025-01-03",
                inputs=draw(payloads),
                why=draw(words),
                decisions=(
                    PortableDecision("not_now", "2025-01-02", draw(st.none() | some_days), draw(words)),
                ),
                **draw(st.sampled_from([{}, ENDED])),
            )
            for rule in draw(st.lists(st.sampled_from(["DR-20", "DR-22", "DR-36"]), max_size=3, unique=True))
        ),
        client_entries=tuple(
            PortableClientEntry(
                draw(some_days), "journal", draw(st.booleans()), text=draw(words), mood_before=3
            )
            for _ in range(draw(st.integers(0, 3)))
        ),
    )


@given(episodes())
def test_what_goes_into_a_file_comes_back_equal(episode):
    assert from_file(through_json(to_file(episode, with_unshared=True))) == episode


@given(episodes())
def test_what_is_not_shared_stays_out_of_an_ordinary_export(episode):
    back = from_file(through_json(to_file(episode)))
    shared_ones = tuple(entry for entry in episode.client_entries if entry.shared)
    assert back == replace(episode, client_entries=shared_ones)


@pytest.mark.parametrize("name", CASES)
def test_a_worked_case_comes_back_equal_through_a_file(name):
    episode = read(case(name))
    back = from_file(through_json(to_file(episode, with_unshared=True)), record_types=library.record_types())
    assert back == episode
    assert back.course() == episode.course()


# -- what a case holds --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", CASES)
def test_everything_a_case_tells_is_there(name):
    told, episode = case(name), read(case(name))
    assert len(episode.meetings) == len(told["sessions"])
    assert len(episode.people) == len(told["inventory"])
    assert len(episode.client_entries) == len(told["client_entries"])
    recorded = [r for s in told["sessions"] for r in s["records"] if r["type"] != "rec_issue_ranking"]
    for record in recorded:
        values = {key: value for key, value in record.items() if key != "type"}
        of_type = [e.values for e in episode.entries if e.record == record["type"]]
        assert any(values.items() <= {**held}.items() for held in of_type if _comparable(values, held)), (
            record
        )
    rated = [e for e in episode.entries if e.record == "rec_issue_ranking" and e.values.get("factors")]
    assert len(rated) == len(told["issues"]) + len(told.get("issues_at_midpoint", []))


def _comparable(values, held):
    """dict.items() of unhashable values cannot be compared as sets; compare key by key instead."""
    return (
        all(held.get(key) == value for key, value in values.items())
        and not any(isinstance(value, list | dict) for value in values.values())
        or all(held.get(key) == value for key, value in values.items())
    )


@pytest.mark.parametrize("name", CASES)
def test_private_notes_stay_out_and_are_remarked_on(name):
    told, episode = case(name), read(case(name))
    text = json.dumps(to_file(episode, with_unshared=True), ensure_ascii=False)
    private = [s["private_note"] for s in told["sessions"] if s.get("private_note")]
    assert private
    assert not any(json.dumps(note, ensure_ascii=False)[1:-1] in text for note in private)
    assert any(f"{len(private)} private notes" in remark for remark in episode.remarks)
    assert len(episode.remarks) == 1, episode.remarks


@pytest.mark.parametrize("name", CASES)
def test_unshared_words_reach_neither_the_engine_nor_an_export(name):
    told, episode = case(name), read(case(name))
    unshared = [entry["text"] for entry in told["client_entries"] if not entry["shared"]]
    text = json.dumps(to_file(episode), ensure_ascii=False) + repr(episode.course())
    assert unshared
    assert not any(words in text for words in unshared)


def test_the_engine_sees_no_name_and_no_note():
    episode = read(case("gr-missed-call"))
    course = repr(replace(episode.course(), entries=()))
    assert "Tavares" not in course
    assert episode.meetings[3].note not in course


def test_answers_given_before_the_session_keep_their_day():
    """The check-in of 2 November holds the answers of session 5."""
    answers = [a for a in read(case("gr-missed-call")).answers if a.measure == "ms_phq9" and a.session == 5]
    assert [(a.on, a.items[8]) for a in answers] == [(date(2025, 11, 2), 2)]


@pytest.mark.parametrize(
    ("name", "last"),
    [
        ("rt-closed-branch", ("ended", "completed")),
        ("ipc-new-town", ("ended", "completed")),
        ("gr-missed-call", ("maintenance", "")),
        ("rd-silent-house", ("active", "")),  # a discharge of the weekly contract, and more sessions decided
    ],
)
def test_a_case_that_tells_its_end_has_that_status(name, last):
    """By its discharge and what was decided then, on the day of the last session."""
    found = read(case(name))
    assert (found.status_changes[-1].status.value, found.status_changes[-1].reason) == last
    if last[0] != "active":
        assert found.status_changes[-1].on == found.meetings[-1].on


def test_how_a_case_ended_is_told_by_its_records_or_its_own_word():
    def ends(**changes):
        data = copy.deepcopy(case("ipc-new-town")) | changes.pop("case", {})
        for record in data["sessions"][-1]["records"]:
            record |= changes.get(record["type"], {})
        drop = changes.get("without", ())
        data["sessions"][-1]["records"] = [
            r for r in data["sessions"][-1]["records"] if r["type"] not in drop
        ]
        data["ending"] = {key: told for key, told in data["ending"].items() if key not in drop}
        change = read(data).status_changes[-1]
        return change.status.value, change.reason

    both = ("rec_next_step", "next_step")
    assert ends(without=("rec_discharge",)) == ("active", "")
    assert ends(without=both) == ("ended", "completed")
    assert ends(without=both, rec_discharge={"reason": "dropped out after session 6"}) == (
        "ended",
        "dropped_out",
    )
    assert ends(without=both, rec_discharge={"reason": "family matters"}) == ("ended", "other")
    assert ends(rec_next_step={"decision": "refer"}) == ("ended", "referred")
    assert ends(rec_next_step={"decision": "augment"}) == ("active", "")
    assert ends(case={"status": "moved"}) == ("ended", "moved")
    assert ends(case={"status": "paused"}) == ("paused", "")


def test_nothing_ends_by_itself_while_somebody_is_at_risk():
    """An open alert, or a level above green: a named clinician ends it, with a reason (DR-35)."""
    data = copy.deepcopy(case("ipc-new-town"))
    data["sessions"][-1]["records"].append({"type": "rec_risk", "level": "yellow", "reason": "new thoughts"})
    found = read(data)
    assert found.status_changes[-1].status is EpisodeStatus.ACTIVE
    assert any("named clinician" in remark for remark in found.remarks)
    data = copy.deepcopy(case("gr-missed-call")) | {"status": "ended"}
    assert read(data).status_changes[-1].status is EpisodeStatus.ACTIVE


# -- bad files ----------------------------------------------------------------------------------------


def test_every_fault_is_named_by_its_path():
    data = to_file(read(case("ipc-new-town")))
    data["planned_sessions"] = "six"
    data["started_on"] = "2026-02-31"
    data["meetings"][2]["attendance"] = "asleep"
    data["meetings"][3]["minutes"] = -5
    del data["client"]["name"]
    data["unknown"] = 1
    assert faults_of(from_file, data) == {
        "planned_sessions",
        "started_on",
        "meetings.3.attendance",
        "meetings.4.minutes",
        "client.name",
        "unknown",
    }


def test_a_rule_stands_once_and_ends_whole():
    data = to_file(read(case("ipc-new-town")))
    seen = {"first_seen_on": "2026-01-12", "first_seen_at": "2026-01-12", "last_seen_on": "2026-01-12"}
    row = {"rule": "DR-36", "severity": "notice", **seen, "last_seen_at": "2026-01-12"}
    data["firings"] = [row, row, {**row, "rule": "DR-20", "ended_by": "condition"}]
    assert faults_of(from_file, data) == {"firings.2.rule", "firings.3.ended_on"}


def test_sessions_must_follow_one_another():
    data = to_file(read(case("ipc-new-town")))
    data["meetings"][2]["number"] = 1
    data["meetings"][4]["on"] = "2026-01-01"
    data["meetings"][5]["number"] = None
    assert {"meetings.3.number", "meetings", "meetings.6.number"} <= faults_of(from_file, data)


def test_several_contacts_may_come_before_session_1():
    """Two assessment contacts are sensible; each is number 0. One after session 1 is not, nor is 1 twice."""
    data = to_file(read(case("ipc-new-town")))
    first = next(row for row in data["meetings"] if row["number"] == 0)
    second = {**first, "on": "2026-01-10", "note": "asked about danger, alone"}
    told = {**data, "meetings": [first, second, *data["meetings"][1:]]}
    assert [m.number for m in from_file(told).meetings][:3] == [0, 0, 1]
    late = {**data, "meetings": [*data["meetings"], {**second, "on": "2026-01-20"}]}
    assert faults_of(from_file, late) == {"meetings"}
    again = {**data, "meetings": [*data["meetings"], data["meetings"][1]]}
    assert f"meetings.{len(again['meetings'])}.number" in faults_of(from_file, again)


def test_a_case_with_two_first_contacts_keeps_each_on_its_day():
    data = copy.deepcopy(case("gr-missed-call"))
    first = data["sessions"][0]
    second = copy.deepcopy(first) | {"date": "2025-10-03", "tasks_done": ["A03"], "note": "second talk"}
    first["tasks_done"] = [task for task in first["tasks_done"] if task != "A03"]
    data["sessions"].insert(1, second)
    found = read(data)
    assert [(m.number, m.on) for m in found.meetings][:2] == [
        (0, date.fromisoformat(first["date"])),
        (0, date(2025, 10, 3)),
    ]
    assert [e.on for e in found.entries if e.record == "rec_suitability"] == [date(2025, 10, 3)]
    assert found.status_changes[0].on == date.fromisoformat(first["date"])


def test_payloads_are_checked_by_their_record_type():
    data = to_file(read(case("ipc-new-town")))
    place = next(n for n, e in enumerate(data["entries"], start=1) if e["record"] == "rec_risk")
    data["entries"][place - 1]["values"]["level"] = "mauve"
    data["entries"].append({"record": "rec_horoscope", "on": "2026-01-12", "values": {"sign": "leo"}})
    check = lambda given: from_file(given, record_types=library.record_types())  # noqa: E731
    assert faults_of(check, data) == {
        f"entries.{place}.values.level",
        f"entries.{len(data['entries'])}.record",
    }


def test_a_bad_case_names_every_fault():
    data = copy.deepcopy(case("gr-missed-call"))
    data["start_date"] = "2025-13-01"
    data["sessions"][1]["measures"]["ms_phq9"][0] = "three"
    data["issues"][0]["factors"]["f_link"] = 7
    data["sessions"][2]["attendance"] = "maybe"
    data["client_entries"][0]["shared"] = "yes"
    paths = faults_of(read, data)
    assert {
        "start_date",
        "issues.1.factors.f_link",
        "sessions.3.attendance",
        "client_entries.1.shared",
    } <= paths


def test_reversed_items_told_in_points_are_kept_by_their_place():
    """EPDS: items 3 and 5 to 10 count from the other end. A total that is the plain sum says they are points."""
    data = copy.deepcopy(case("gr-missed-call"))
    session = data["sessions"][1]
    in_points, by_place = [1, 1, 2, 1, 1, 2, 1, 1, 1, 0], [1, 1, 1, 1, 2, 1, 2, 2, 2, 3]
    for told, totals in ((in_points, {"ms_epds": 11}), (by_place, {}), (by_place, {"ms_epds": 11})):
        session["measures"]["ms_epds"], session["totals"] = told, totals
        found = from_case(data, record_types=library.record_types(), measures=library.measures())
        assert [a.items for a in found.answers if a.measure == "ms_epds"] == [tuple(by_place)]
        assert any("in points" in remark for remark in found.remarks) is (told is in_points)


def test_answers_to_a_measure_that_is_not_here_are_read_and_not_kept():
    """The engine may read them; where the case is kept they are left out, with a remark."""
    data = copy.deepcopy(case("ipc-new-town"))
    data["baseline_measures"]["ms_hdrs_total"] = 21
    data["sessions"][1]["totals"]["ms_hdrs"] = 20
    only_read = read(data)
    assert [a.total for a in only_read.answers if a.measure == "ms_hdrs"] == [21, 20]
    kept = from_case(data, record_types=library.record_types(), clear=library.known_codes())
    assert not [a for a in kept.answers if a.measure == "ms_hdrs"]
    assert any("ms_hdrs" in remark for remark in kept.remarks)


def test_a_total_that_is_not_the_sum_is_a_fault():
    data = copy.deepcopy(case("gr-missed-call"))
    data["sessions"][1]["totals"]["ms_phq9"] = 5
    data["sessions"][2]["measures"]["ms_gad7"][0] = "two"
    assert faults_of(read, data) == {"sessions.2.totals.ms_phq9", "sessions.3.measures.ms_gad7.1"}


def test_a_record_that_breaks_its_definition_is_a_fault():
    data = copy.deepcopy(case("gr-missed-call"))
    data["sessions"][1]["records"][0]["severity_0_3"] = 9
    assert any(path.endswith("severity_0_3") for path in faults_of(read, data))


@pytest.mark.parametrize(
    "nonsense", [None, 3, "text", [], {}, {"format": "openipt-episode"}, {"sessions": 3}]
)
def test_what_is_no_episode_at_all_is_refused(nonsense):
    assert faults_of(from_file, nonsense)
    assert faults_of(from_case, nonsense)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=8,
)


@given(st.sampled_from(CASES), st.data())
def test_a_damaged_case_is_read_or_refused_but_never_breaks(name, data):
    """Any one value replaced by any other: a message, not a traceback."""
    damaged = copy.deepcopy(case(name))
    here = damaged
    while True:
        key = data.draw(
            st.sampled_from(sorted(here)) if isinstance(here, dict) else st.integers(0, len(here) - 1)
        )
        if not isinstance(here[key], dict | list) or not here[key] or data.draw(st.booleans()):
            here[key] = data.draw(json_values)
            break
        here = here[key]
    try:
        episode = read(damaged)
    except FileNotValid as refused:
        assert refused.faults
    else:
        from openipt.core.course.status import course_status

        assert course_status(library.manual("ipt_acute"), episode.course(), date(2026, 1, 1)).as_json()


def test_the_two_formats_are_told_apart():
    assert is_case(case("gr-missed-call"))
    assert not is_case(to_file(read(case("gr-missed-call"))))


def test_the_shipped_schema_is_the_one_that_is_checked():
    text = (files("openipt") / "content" / "schemas" / "episode-1.schema.json").read_text(encoding="utf-8")
    assert json.loads(text) == through_json(json_schema())
