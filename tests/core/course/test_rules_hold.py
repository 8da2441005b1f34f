"""No rule raises on any course, whatever stands in the record; each says why; none lets a client's word out."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from openipt import library
from openipt.core.course.beyond import Beyond, Group, MedicalCheck, Practice, Rating, Recording
from openipt.core.course.course import (
    Answers,
    Attendance,
    Course,
    Entry,
    EpisodeStatus,
    Meeting,
    PhaseChange,
    PlanChange,
    StatusChange,
)
from openipt.core.course.phases import ORDER
from openipt.core.course.rules import RULES, RuleState, rule_results
from openipt.core.course.rules.codes import codes_only
from openipt.core.course.rules.explain import ANSWERS, explain
from openipt.core.portable.clear import clear_faults

MARKER = "zqwordxz"  # stands for anything a person wrote
START = date(2025, 9, 2)
RECORDS = library.manual("ipt_acute").record_types
MANUALS = [
    *(library.manual(id) for id in ("ipt_acute", "ipc")),
    # Treatments that some rules name and nobody has written yet: the base protocol under their names.
    *(
        replace(library.manual("ipt_acute"), id=id, format=format)
        for id, format in (
            ("ipsrt", "individual"),
            ("ipt_a", "individual"),
            ("ipt_ppd", "individual"),
            ("ipt_bn", "individual"),
            ("ipt_g_who", "group"),
            ("ipt_cm", "conjoint"),
        )
    ),
]
WORDS = st.sampled_from(
    [
        *("", " ", MARKER, f"my mother died, {MARKER}", "yes", "no", "none", "unsure", "history", "maybe"),
        *("red", "orange", "agree", "partly", "grief", "interpersonal_sensitivity", "conjoint", "group"),
        *(
            "weekly",
            "monthly",
            "2025-09-20",
            "2025-02-31",
            "1890-01-01",
            "9999-12-31",
            "9999-12",
            "9999",
            "0001-01",
            "March 2025",
            "2025",
        ),
        *("23:40", "07:00", "25:99", "event", "symptom", "she was born", "stop it soon", "pregnant", "child"),
        *("parent", "confidentiality", "recording", "ms_pg13r", "months_since_loss:13", "i1", "t", "5"),
    ]
)
NUMBERS = st.integers(-5, 40) | st.sampled_from([0, 1, 2, 3, 10**12, -(10**9)]) | st.floats(-5, 40)
SIMPLE = st.none() | st.booleans() | NUMBERS | WORDS
VALUES = SIMPLE | st.lists(SIMPLE, max_size=3)
NESTED = VALUES | st.dictionaries(
    st.sampled_from(
        ["answer", "comment", "time", "text", "on", "member", "f_safety", "f_link", "main_problem"]
    ),
    VALUES,
    max_size=3,
)


# Records as the rules look for them; one value of each is then anything at all.
LIKELY = (
    ("rec_risk", {"level": "yellow", "thoughts": True, "mania": False, "followup": "2025-09-20"}),
    ("rec_safety_plan", {"my_signs": ["awake"]}),
    ("rec_suitability", {"s_04": {"answer": "history"}, "s_06": {"answer": "yes"}, "s_13": {"answer": "no"}}),
    ("rec_ipv_screen", {"alone_confirmed": True, "tool": "ms_hits", "answers": [1, 2, 3, 5]}),
    ("rec_medication", {"drug": MARKER, "wish": "stop it soon", "pregnancy_or_feeding": "feeding"}),
    ("rec_timeline", {"type": "symptom", "text": f"low, {MARKER}", "date": "2019-05"}),
    ("rec_timeline", {"type": "event", "text": f"she was born, {MARKER}", "date": "2025-06-01"}),
    ("rec_loss_narrative", {"who": MARKER, "date": "2024-09-20"}),
    ("rec_formulation", {"agreement": "agree", "problem_area": ["grief"], "onset": "2025-03"}),
    ("rec_contract", {"focus": ["grief", "role_dispute"], "sessions_planned": 12, "format": "group"}),
    ("rec_issue_ranking", {"issue": MARKER, "area": "grief", "factors": {"f_link": 3, "f_safety": 2}}),
    ("rec_issue_ranking", {"issue": f"2 {MARKER}", "area": "role_dispute", "total": 55}),
    ("rec_dispute_map", {"other": MARKER, "danger": True}),
    ("rec_conjoint_session", {"who": [MARKER], "safety_screen_ref": ""}),
    (
        "rec_inventory_person",
        {"person_id": MARKER, "alive": False, "change_near_onset": {"text": "2024-09-20"}},
    ),
    ("rec_consent", {"kind": "recording", "given": True, "date": "2025-09-01", "withdrawn_on": None}),
    ("rec_alliance", {"goals_0_10": 5, "tasks_0_10": 6, "bond_0_10": 7}),
    ("rec_measure", {"measure_id": "ms_pg13r", "flags": ["months_since_loss:13"]}),
    ("rec_group_meeting", {"group": MARKER, "number": 2, "absent_contact": [{"on": "2025-09-20"}]}),
    (
        "rec_rhythm_day",
        {"date": "2025-09-20", "to_bed": {"time": "23:40"}, "out_of_bed": {"time": "07:00"}, "mood_-5_5": 1},
    ),
)


@st.composite
def likely(draw) -> tuple[str, dict]:
    record, values = draw(st.sampled_from(LIKELY))
    return record, {**values, draw(st.sampled_from(sorted(values))): draw(NESTED)} if draw(
        st.booleans()
    ) else values


def sub_keys(field) -> list[str]:
    return [part.key for part in field.fields]


@st.composite
def anything(draw) -> tuple[str, dict]:
    """A record of any kind; under its own keys and those of its parts, anything at all."""
    kind = RECORDS[draw(st.sampled_from(sorted(RECORDS)))]
    values = {}
    for field in draw(st.lists(st.sampled_from(kind.fields), max_size=6)):
        if sub_keys(field) and draw(st.booleans()):
            part = st.dictionaries(st.sampled_from(sub_keys(field)), VALUES, max_size=3)
            values[field.key] = draw(part | st.lists(part, max_size=2))
        else:
            values[field.key] = draw(NESTED | st.lists(NESTED, max_size=2))
    return kind.id, values


@st.composite
def entries(draw) -> Entry:
    record, values = draw(likely() | anything())
    return Entry(
        record=record,
        on=START + timedelta(days=draw(st.integers(-400, 300))),
        values=values,
        session=draw(st.none() | st.integers(0, 30)),
        for_task=draw(st.sampled_from(["", "M12", "E01", "I06", "X01", "no such task"])),
        by_role=draw(st.sampled_from(["therapist", "supervisor", "client"])),
        order=draw(st.integers(0, 50)),
        at=draw(st.none() | st.sampled_from([datetime(2025, 9, 2, 9), datetime(2025, 9, 2, 9, tzinfo=UTC)])),
    )


days = st.integers(-30, 300).map(lambda n: START + timedelta(days=n))
answers = st.builds(
    Answers,
    measure=st.sampled_from([*sorted(library.measures()), "ms_hdrs", "ms_nobody_knows"]),
    on=days,
    items=st.lists(st.none() | st.integers(-2, 9), max_size=13).map(tuple),
    total=st.none() | st.floats(-10, 200) | st.integers(-10, 200),
    session=st.none() | st.integers(0, 30),
    at=st.none() | st.just(datetime(2025, 9, 2, 9, tzinfo=UTC)),
    rater=st.sampled_from(["client", "therapist", "nobody"]),
    finished=st.booleans(),
    risk_at=st.none() | st.sampled_from([datetime(2025, 9, 2, 9), datetime(2025, 9, 2, 10, tzinfo=UTC)]),
)
meetings = st.builds(
    Meeting,
    on=days,
    number=st.none() | st.integers(0, 30),
    attendance=st.sampled_from(Attendance),
    phase=st.sampled_from(["", *ORDER, "no such phase"]),
    minutes=st.integers(0, 90),
    tasks_done=st.lists(st.sampled_from(["I03", "M12", "E01", "A02", "none"]), max_size=3).map(tuple),
)
courses = st.builds(
    Course,
    adaptation=st.just("ipt_acute"),
    manual_version=st.just("1"),
    planned_sessions=st.integers(1, 200),
    started_on=st.none() | days,
    birth_year=st.none() | st.integers(1880, 2030),
    meetings=st.lists(meetings, max_size=12).map(tuple),
    answers=st.lists(answers, max_size=8).map(tuple),
    entries=st.lists(entries(), max_size=8).map(tuple),
    phase_changes=st.lists(
        st.builds(
            PhaseChange, st.sampled_from([*ORDER, "no such phase"]), days, st.none() | st.integers(0, 30)
        ),
        max_size=2,
    ).map(tuple),
    status_changes=st.lists(
        st.builds(StatusChange, st.sampled_from(EpisodeStatus), days, st.sampled_from(["", "completed"])),
        max_size=2,
    ).map(tuple),
    plan_changes=st.lists(
        st.builds(PlanChange, st.integers(1, 200), days, st.sampled_from(["", *ORDER])), max_size=2
    ).map(tuple),
)
beyonds = st.builds(
    Beyond,
    group=st.none() | st.builds(Group, st.integers(0, 12)),
    medical=st.none()
    | st.builds(
        MedicalCheck,
        on=days,
        bmi=st.none() | st.floats(8, 60),
        fainting=st.none() | st.booleans(),
        electrolyte_danger=st.none() | st.booleans(),
        rapid_loss=st.none() | st.booleans(),
    ),
    ratings=st.none()
    | st.lists(
        st.builds(
            Rating, st.integers(1, 20), days, st.none() | st.floats(1, 5), st.just(()) | st.just(("P-07",))
        ),
        max_size=3,
    ).map(tuple),
    recordings=st.lists(st.builds(Recording, on=days), max_size=2).map(tuple),
    practice=st.none() | st.builds(Practice, st.integers(0, 9), st.booleans()),
)
bold = settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], deadline=None)


@bold
@given(st.sampled_from(MANUALS), courses, days, beyonds)
def test_no_rule_raises_and_every_rule_answers_with_its_reason(manual, course, today, beyond):
    found = rule_results(manual, course, today, beyond)
    assert [result.id for result in found] == sorted(RULES)
    for result in found:
        assert result.why.strip()
        json.dumps(result.inputs)
        if result.state is RuleState.CANNOT_TELL:
            assert result.why.startswith("missing ") and result.applies
        if not result.applies:
            assert result.state is RuleState.NOT_FIRED


@bold
@given(st.sampled_from(MANUALS), courses, days, beyonds)
def test_what_lies_clear_of_a_firing_holds_no_word_of_anybody(manual, course, today, beyond):
    known = library.known_codes()
    known = replace(known, adaptations=known.adaptations | {manual.id})
    for result in rule_results(manual, course, today, beyond):
        inputs = codes_only(manual, result.inputs)
        assert MARKER not in json.dumps(inputs), result
        firing = {"rule": result.id, "inputs": inputs}
        assert not list(clear_faults({"firings": [firing]}, known)), result


@bold
@given(st.sampled_from(MANUALS), courses, days)
def test_a_rule_reads_nothing_dated_later(manual, course, today):
    assert rule_results(manual, course, today) == rule_results(manual, course.as_of(today), today)


@given(courses, days)
def test_each_explanation_is_one_of_four_and_says_its_ground(course, today):
    for one in explain(library.manual("ipt_acute"), course, today):
        assert one.answer in ANSWERS and not one.why[0].islower() and one.why.endswith((".", "?", "!"))
        assert one.ground


@pytest.mark.parametrize("manual", MANUALS, ids=lambda manual: manual.id)
def test_an_empty_record_frightens_no_rule(manual):
    """Nothing is known: nothing fires but what must be there, and what is missing is named."""
    empty = Course(manual.id, "1", manual.sessions.typical)
    found = {result.id: result for result in rule_results(manual, empty, START)}
    fired = {id for id, result in found.items() if result.fired}
    of_treatment = {"ipt_a": {"DR-45"}, "ipt_bn": {"DR-13"}, "ipt_cm": {"DR-07"}}
    assert fired == of_treatment.get(manual.id, set())
    assert found["DR-01"].state is found["DR-04"].state is found["DR-05"].state is RuleState.CANNOT_TELL
