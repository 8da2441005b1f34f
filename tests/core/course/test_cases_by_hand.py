"""Made-up cases with answers written by hand from ipt.md: a second opinion on the whole way from file to answer.

Each row says which section it was written from. Both sides of every threshold stand side by side.
"""

from __future__ import annotations

import copy
from datetime import date, timedelta

import pytest
from tests.core.portable.made_case import START, absent, case, day, issue, level, phq9

from openipt import library
from openipt.core.course.status import CourseStatus, course_status
from openipt.core.portable.cases import from_case

FIRED, NOT, UNKNOWN = "fired", "not_fired", "cannot_tell"


def status(made, on: date | int) -> CourseStatus:
    """The answer for a case at the end of a day, or of the day of a session."""
    episode = from_case(made, record_types=library.record_types(), measures=library.measures())
    found = on if isinstance(on, date) else day(on)
    return course_status(library.manual(made["adaptation"]), episode.course(), found)


def state(made, rule: str, on: date | int) -> str:
    return status(made, on).rule(rule).state.value


# -- where we are (3.2, 4.4, 22.1) -----------------------------------------------------------------------

# Planned sessions -> last initial session, first ending session.
BOUNDARIES = {
    6: (1, 6),
    8: (2, 7),
    9: (3, 7),
    12: (3, 10),
    14: (3, 12),
    16: (3, 14),
    18: (4, 16),
    20: (4, 18),
}


@pytest.mark.parametrize("named", [True, False], ids=["phases told", "phases by plan"])
@pytest.mark.parametrize(
    ("planned", "last_initial", "first_ending"), [(n, *b) for n, b in BOUNDARIES.items()]
)
def test_each_phase_begins_where_it_should(planned, last_initial, first_ending, named):
    made = case(planned, [14] * planned)
    if not named:
        for session in made["sessions"]:
            del session["phase"]
    for number in (1, last_initial, last_initial + 1, first_ending - 1, first_ending, planned):
        phase = "initial" if number <= last_initial else "ending" if number >= first_ending else "middle"
        found = status(made, number)
        assert (found.phase, found.session_number, found.remaining) == (phase, number, planned - number)


@pytest.mark.parametrize("planned", range(3, 9))
def test_counselling_begins_and_ends_with_one_visit(planned):
    """4.4: initial 1, middle 2 to N-1, ending N."""
    made = case(planned, [14] * planned, adaptation="ipc")
    phases = [status(made, n).phase for n in range(1, planned + 1)]
    assert phases == ["initial", *["middle"] * (planned - 2), "ending"]


def test_an_extension_adds_to_the_phase_that_was_named():
    """22.1: it never moves a past session's phase."""

    def extended(phase: str):
        change = {"session": 8, "date": day(8).isoformat(), "sessions_planned": 15, "phase": phase}
        made = case(12, [14] * 12)
        made["contract"]["later_versions"] = [change]
        for session in made["sessions"]:
            del session["phase"]
        return made

    assert (status(extended("middle"), 7).remaining, status(extended("middle"), 8).remaining) == (5, 7)
    assert status(extended("middle"), 12).phase == "middle"
    assert status(extended("ending"), 9).phase == "middle"
    assert status(extended("ending"), 10).phase == "ending"


def test_more_sessions_than_agreed_and_an_extension_that_covers_them():
    """DR-27; `sessions_planned_from_session_N` as the format tells a focus from a session on."""
    assert [state(case(12, [14] * 13), "DR-27", n) for n in (12, 13)] == [NOT, FIRED]
    made = case(12, [14] * 13)
    made["contract"]["sessions_planned_from_session_11"] = 16
    assert (status(made, 10).planned_sessions, status(made, 11).planned_sessions) == (12, 16)
    assert state(made, "DR-27", 13) == NOT


def test_the_order_of_the_file_is_nothing():
    """Sessions told backwards, and two held on one day."""
    made = case(16, [18, 18, 18, 12, 12])
    backwards = copy.deepcopy(made)
    backwards["sessions"].reverse()
    assert all(status(made, n).as_json() == status(backwards, n).as_json() for n in range(6))
    twice = copy.deepcopy(made)
    twice["sessions"][4]["date"] = twice["sessions"][3]["date"]
    found = status(twice, 3)
    assert (found.session_number, found.remaining) == (4, 12)
    assert (found.rule("DR-25").state, found.rule("DR-20").state) == (FIRED, NOT)


def test_long_before_and_long_after():
    made = case(12, [14] * 12)
    early, late = status(made, date(1900, 1, 1)), status(made, date(2040, 1, 1))
    assert (early.phase, early.session_number, early.remaining) == ("pre", 0, 12)
    assert not early.fired
    assert (late.phase, late.session_number, late.remaining) == ("ending", 12, 0)
    assert not late.rule("DR-35").fired


def test_what_is_dated_after_the_day_is_not_known():
    made = case(16, [14] * 6, item_9={5: 3}, records={6: [level("red", intent=True)]})
    assert [state(made, "DR-01", n) for n in (4, 5)] == [NOT, FIRED]
    assert [state(made, "DR-05", n) for n in (4, 5, 6)] == [NOT, FIRED, FIRED]


# -- rules, both sides of the line (14, 22.1) --------------------------------------------------------------

SCREEN_POSITIVE = {"ms_hark": [0, 1, 0, 0], "ms_osss3": [2, 2, 2]}
GRIEF = {"ms_hark": [0, 0, 0, 0]}


def loss(total: int, months: float):
    return {**GRIEF, "ms_pg13r_total": total, "ms_pg13r_months_since_loss": months}


def ended(start: int, end: int | None, **parts):
    return case(12, [start] * 11 + [end], [9] * 11 + [3], **parts)


def drug(wish: str):
    return [{"drug": "sertraline", "dose": "50 mg", "since": "2024-12-01", "wish": wish}]


SENSITIVITY = issue("s", "interpersonal_sensitivity", 3, 3, 3, 3, 3)


def chosen(*areas: str, issues=None):
    parts = {"issues": issues} if issues else {}
    made = case(16, [14] * 9, **parts)
    made["formulation"]["problem_area"] = made["contract"]["focus"] = list(areas)
    return made


def added_focus(prr: int, *areas: str):
    made = case(16, [14] * 9, measures={9: {"ms_prr": prr}})
    later = {"session": 9, "date": day(9).isoformat(), "problem_area": list(areas), "agreement": "agree"}
    made["formulation"]["later_versions"] = [later]
    made["contract"]["focus_from_session_9"] = list(areas)
    return made


def alliance(*asked: tuple[int, list[int]]):
    return case(16, [14] * 8, measures={session: {"ms_alliance3": given} for session, given in asked})


def dates(held: list[int], missed: list[int]):
    """Sessions held, and dates missed, in these weeks."""
    made = case(16, [14] * len(held))
    for session, week in zip(made["sessions"][1:], held, strict=True):
        session["date"] = (START + timedelta(weeks=week)).isoformat()
    made["sessions"] += [absent(START + timedelta(weeks=week)) for week in missed]
    return made


def week(number: int) -> date:
    return START + timedelta(weeks=number)


def died(on: date, text: str = "her brother dies"):
    event = {"date": on.isoformat(), "precision": "day", "type": "event", "text": text, "people": []}
    return case(16, [14] * 4, timeline=[event])


ROWS = [
    # DR-01: item 9 >= 1; missing is not known (22.1)
    ("DR-01", case(16, [14] * 2, item_9={2: 0}), 2, NOT),
    ("DR-01", case(16, [14] * 2, item_9={2: 1}), 2, FIRED),
    ("DR-01", case(16, [14] * 2, item_9={2: None}), 2, UNKNOWN),
    # DR-02: a standing guard while a level is open
    ("DR-02", case(16, [14] * 3, item_9={2: 1}, records={2: [level("yellow")]}), 3, FIRED),
    ("DR-02", case(16, [14] * 3), 3, NOT),
    # DR-03: yellow and no plan yet
    ("DR-03", case(16, [14] * 3, records={2: [level("yellow")]}), 3, FIRED),
    ("DR-03", case(16, [14] * 3, records={2: [level("green")]}), 3, NOT),
    # DR-05: 3 is red until assessed (11.2)
    ("DR-05", case(16, [14] * 3, item_9={2: 2}), 3, NOT),
    ("DR-05", case(16, [14] * 3, item_9={2: 3}), 3, FIRED),
    # DR-06: HARK >= 1, f_safety >= 2
    ("DR-06", case(16, [14]), 1, NOT),
    ("DR-06", case(16, [14], baseline_measures=SCREEN_POSITIVE), 1, FIRED),
    ("DR-06", case(16, [14] * 3, issues=[issue("i", "role_dispute", 3, 3, 3, 3, 3, safety=1)]), 3, NOT),
    ("DR-06", case(16, [14] * 3, issues=[issue("i", "role_dispute", 3, 3, 3, 3, 3, safety=2)]), 3, FIRED),
    # DR-11: 30 or more and 12 months or more
    ("DR-11", case(16, [14], baseline_measures=loss(29, 12)), 1, NOT),
    ("DR-11", case(16, [14], baseline_measures=loss(30, 11)), 1, NOT),
    ("DR-11", case(16, [14], baseline_measures=loss(30, 11.5)), 1, NOT),
    ("DR-11", case(16, [14], baseline_measures=loss(30, 12)), 1, FIRED),
    # DR-12
    ("DR-12", case(16, [19]), 1, NOT),
    ("DR-12", case(16, [20]), 1, FIRED),
    # DR-14, DR-15: all of 3.3, read at the last initial session
    ("DR-14", case(16, [14] * 3), 3, NOT),
    ("DR-15", case(16, [14] * 3), 3, FIRED),
    ("DR-15", case(16, [14] * 3), 2, NOT),
    *[
        ("DR-14", case(16, [14] * 3, without=[t]), 3, FIRED)
        for t in ("I03", "I06", "I07", "I10", "I12", "I13")
    ],
    ("DR-14", case(16, [14] * 3, records={2: [level("red")]}), 3, FIRED),
    ("DR-14", case(16, [14] * 3, records={2: [level("orange")]}), 3, NOT),
    ("DR-14", case(6, [14], adaptation="ipc"), 1, NOT),
    ("DR-14", case(6, [14], adaptation="ipc", without=["I07"]), 1, FIRED),
    # DR-16
    ("DR-16", case(16, [14] * 4, formulation=None), 3, NOT),
    ("DR-16", case(16, [14] * 4, formulation=None), 4, FIRED),
    # DR-17: two at most; sensitivity beside another area at 50.0 and at 47.2 (7.3)
    ("DR-17", chosen("grief", "role_dispute"), 3, NOT),
    ("DR-17", chosen("grief", "role_dispute", "role_transition"), 3, FIRED),
    (
        "DR-17",
        chosen(SENSITIVITY["area"], issues=[SENSITIVITY, issue("o", "grief", 2, 2, 1, 1, 1)]),
        3,
        FIRED,
    ),
    ("DR-17", chosen(SENSITIVITY["area"], issues=[SENSITIVITY, issue("o", "grief", 1, 2, 1, 2, 1)]), 3, NOT),
    # DR-18: added beside a first one that is rated 3, or 4; taken in its place
    ("DR-18", added_focus(3, "role_transition", "grief"), 9, FIRED),
    ("DR-18", added_focus(4, "role_transition", "grief"), 9, NOT),
    ("DR-18", added_focus(2, "grief"), 9, NOT),
    # DR-19: ceil(N / 2)
    *[("DR-19", case(n, [14] * n, without=["M12"]), (n + 1) // 2 - 1, NOT) for n in (9, 12, 15, 16)],
    *[("DR-19", case(n, [14] * n, without=["M12"]), (n + 1) // 2, FIRED) for n in (9, 12, 15, 16)],
    # DR-20: below 20 % at session 4; exactly 20 % is on track; only where the start is a case
    ("DR-20", case(16, [15, 15, 15, 12]), 4, NOT),
    ("DR-20", case(16, [15, 15, 15, 13]), 4, FIRED),
    ("DR-20", case(16, [9] * 4, [7] * 4), 4, NOT),
    ("DR-20", case(16, [18] * 5), 5, NOT),
    # ... fortnightly: the first score on or after day 28, day 56
    *[("DR-20", case(12, [18] * 5, every=14), day(n, 14), FIRED if n == 3 else NOT) for n in (2, 3, 4)],
    *[("DR-21", case(12, [18] * 5, every=14), day(n, 14), FIRED if n == 5 else NOT) for n in (3, 4, 5)],
    # DR-21: below 40 % at session 8
    ("DR-21", case(16, [15] * 7 + [9]), 8, NOT),
    ("DR-21", case(16, [15] * 7 + [10]), 8, FIRED),
    # DR-22: 6 on PHQ-9, 4 on GAD-7
    ("DR-22", case(16, [14, 19], [9, 12]), 2, NOT),
    ("DR-22", case(16, [14, 20], [9, 9]), 2, FIRED),
    ("DR-22", case(16, [14, 14], [9, 13]), 2, FIRED),
    # DR-23: E(4) = 18 * (1 - 0.5 * 0.5) = 13.5 and E(3) = 14.4: above 19.5 and 20.4 (15.3)
    ("DR-23", case(16, [18, 18, 21, 20]), 4, FIRED),
    ("DR-23", case(16, [18, 18, 21, 19]), 4, NOT),
    # ... E(8) = 16 * (1 - 0.5 * 0.75) = 10: 16 is at the band and not above it
    ("DR-23", case(16, [16] * 6 + [17, 16]), 8, NOT),
    ("DR-23", case(16, [16] * 6 + [17, 17]), 8, FIRED),
    # ... R = 0.40 for N 6 to 11: E(8) of 9 = 20 * (1 - 0.4 * 0.946) = 12.4
    ("DR-23", case(9, [20] * 7 + [18]), 8, NOT),
    ("DR-23", case(9, [20] * 7 + [19]), 8, FIRED),
    ("DR-23", case(5, [14, 24, 24], adaptation="ipc"), 3, NOT),
    # DR-25: 5 between two held sessions; a cancelled date between them is nothing
    ("DR-25", case(16, [18, 14]), 2, NOT),
    ("DR-25", case(16, [18, 13]), 2, FIRED),
    # DR-26: 3 remain; with N <= 8 from the session before the ending phase; never with N <= 3
    *[
        ("DR-26", case(16, [14] * 16, without=["E01"]), n, s)
        for n, s in ((12, NOT), (13, FIRED), (16, FIRED))
    ],
    *[("DR-26", case(8, [14] * 8, without=["E01"]), n, s) for n, s in ((5, NOT), (6, FIRED))],
    *[
        ("DR-26", case(6, [14] * 6, without=["E01"], adaptation="ipc"), n, s)
        for n, s in ((4, NOT), (5, FIRED))
    ],
    ("DR-26", case(3, [14] * 3, without=["E01"], adaptation="ipc"), 3, NOT),
    # DR-28: 4.0
    ("DR-28", case(20, [14]), 1, NOT),
    ("DR-28", case(21, [14]), 1, FIRED),
    ("DR-28", case(9, [14], adaptation="ipc"), 1, FIRED),
    # DR-30, DR-31: response is half, remission below 5 (10.3)
    ("DR-30", ended(18, 4), 12, NOT),
    ("DR-30", ended(18, 9), 12, FIRED),
    ("DR-31", ended(18, 9), 12, NOT),
    ("DR-31", ended(18, 10), 12, FIRED),
    ("DR-31", case(12, [18] * 12), 11, NOT),
    # DR-29: a second episode; DR-32: remission and a plan to stop
    ("DR-29", ended(18, None, measures={12: {"ms_phq9": [1, 1, 1, 1, 0, 0, 0, 0, 0]}}), 12, NOT),
    (
        "DR-29",
        ended(18, 4, timeline=[{"date": "2010", "type": "symptom", "text": "first episode"}]),
        12,
        FIRED,
    ),
    ("DR-32", ended(18, 4, medication=drug("keep it")), 12, NOT),
    ("DR-32", ended(18, 4, medication=drug("stop after the end")), 12, FIRED),
    ("DR-32", ended(18, 9, medication=drug("stop after the end")), 12, NOT),
    # DR-34: two in a row, or three in all
    ("DR-34", dates([0, 1, 4], [2, 3]), week(2), NOT),
    ("DR-34", dates([0, 1, 4], [2, 3]), week(3), FIRED),
    ("DR-34", dates([0, 2, 4, 6], [1, 3, 5]), week(4), NOT),
    ("DR-34", dates([0, 2, 4, 6], [1, 3, 5]), week(6), FIRED),
    # DR-35
    ("DR-35", case(16, [14] * 3), day(3) + timedelta(days=20), NOT),
    ("DR-35", case(16, [14] * 3), day(3) + timedelta(days=22), FIRED),
    # DR-36: below 7, or a fall of 2
    ("DR-36", alliance((3, [7, 7, 7])), 3, NOT),
    ("DR-36", alliance((3, [7, 7, 6])), 3, FIRED),
    ("DR-36", alliance((3, [10, 10, 9]), (8, [8, 8, 7])), 8, FIRED),
    ("DR-36", alliance((3, [10, 10, 9]), (8, [8, 8, 8])), 8, NOT),
    # DR-37: 14 days ahead, both ends included
    ("DR-37", died(date(2023, 4, 12)), date(2025, 3, 28), NOT),
    ("DR-37", died(date(2023, 4, 12)), date(2025, 3, 29), FIRED),
    ("DR-37", died(date(2023, 4, 12)), date(2025, 4, 12), FIRED),
    ("DR-37", died(date(2023, 4, 12)), date(2025, 4, 13), NOT),
    ("DR-37", died(date(2020, 1, 3)), date(2025, 12, 25), FIRED),
    ("DR-37", died(date(2024, 2, 29)), date(2026, 2, 20), FIRED),
    # DR-47: a gap of 8.3 is firm, of 5.6 close; firm by weights and first with equal weights is not
    (
        "DR-47",
        chosen(
            "grief", issues=[issue("a", "grief", 3, 3, 3, 2, 2), issue("b", "role_dispute", 2, 3, 3, 2, 2)]
        ),
        3,
        NOT,
    ),
    (
        "DR-47",
        chosen(
            "grief", issues=[issue("a", "grief", 3, 3, 3, 2, 2), issue("b", "role_dispute", 3, 3, 2, 2, 2)]
        ),
        3,
        FIRED,
    ),
    (
        "DR-47",
        chosen(
            "grief", issues=[issue("a", "grief", 3, 3, 0, 0, 2), issue("b", "role_dispute", 1, 0, 3, 3, 2)]
        ),
        3,
        FIRED,
    ),
]


@pytest.mark.parametrize(
    ("rule", "made", "on", "expected"), ROWS, ids=[f"{row[0]}-{n}" for n, row in enumerate(ROWS)]
)
def test_a_rule_on_its_line(rule, made, on, expected):
    found = status(made, on).rule(rule)
    assert found.state == expected, (found.inputs, found.why)


def test_a_cancelled_date_does_not_count_and_does_not_part_two_sessions():
    """22.1: remaining counts held sessions; DR-25 reads two held ones that follow each other."""
    made = case(16, [18, 18, 12])
    made["sessions"].append(absent(day(2) + timedelta(days=2), "cancelled"))
    found = status(made, 3)
    assert (found.session_number, found.remaining) == (3, 13)
    assert (found.rule("DR-25").state, found.rule("DR-34").state) == (FIRED, NOT)


# -- answers and totals (10.5, 22.1) -----------------------------------------------------------------------


def test_two_missing_answers_are_prorated_and_three_are_not():
    """Person mean times nine, rounded half up: 8 of seven is 10.3, a case; 7 of seven is 9, none."""
    for items, expected in (
        ([1, 1, 1, 1, 2, 2, None, None, 0], FIRED),
        ([1, 1, 1, 1, 1, 2, None, None, 0], NOT),
        ([2, 2, 2, 2, 2, None, None, None, 0], UNKNOWN),
    ):
        made = case(16, [None, 10, 10, 10], [7] * 4, measures={1: {"ms_phq9": items}})
        assert state(made, "DR-20", 4) == expected, items


def test_a_check_in_between_two_sessions_is_known_on_its_day():
    """Item 9 told without the other answers raises its alert, and the zero after it lowers nothing."""
    on = day(2) + timedelta(days=3)
    told = {
        "date": on.isoformat(),
        "kind": "checkin",
        "fields": {"item_9": 2, "mood_0_10": 1},
        "shared": True,
    }
    made = case(16, [14] * 3, client_entries=[told])
    assert [state(made, "DR-01", d) for d in (on - timedelta(days=1), on, day(3))] == [NOT, FIRED, NOT]
    assert state(made, "DR-02", 3) == FIRED


def test_a_number_alone_is_the_total_of_a_measure_with_items():
    """Before session 1, answers or totals (format of a case): 17 to 14 at session 4 is 17.6 %."""
    made = case(
        16, [None, 14, 14, 14], baseline_measures={"ms_hark": [0, 0, 0, 0], "ms_phq9": 17, "ms_gad7": 11}
    )
    assert state(made, "DR-20", 4) == FIRED
    assert phq9(17)[8] == 0
