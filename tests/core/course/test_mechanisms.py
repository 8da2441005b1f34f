"""The five mechanisms of ipt.md 1.3: what the record says of each, and what it does not."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as some
from tests.core.course.test_properties import courses
from tests.spec.world import course, day

from openipt import library
from openipt.core.course.course import Answers, Course
from openipt.core.course.mechanisms import Indicator, alliance, mechanisms
from openipt.core.course.rules.progress import alliance_means

MANUAL = library.manual("ipt_acute")
FIVE = ["mech_support", "mech_stress", "mech_emotion", "mech_skill", "mech_resolution"]


def indicator(name: str, made: Course) -> Indicator:
    return next(i for m in mechanisms(MANUAL, made) for i in m.indicators if i.id == name)


def values(name: str, made: Course) -> list[tuple[int | None, float]]:
    return [(reading.session, reading.value) for reading in indicator(name, made).readings]


def person(session: int, name: str, **said):
    return ("rec_inventory_person", session, {"person_id": f"p_{name}", "label": name, **said})


def test_they_are_those_the_manual_names_and_nothing_is_guessed() -> None:
    found = mechanisms(MANUAL, course(0))
    assert [mechanism.id for mechanism in found] == FIVE
    assert [fact.id for fact in MANUAL.facts.values() if fact.kind == "mechanism"] == FIVE
    for mechanism in found:
        assert not mechanism.is_known
        for one in mechanism.indicators:
            assert one.readings == ()
            assert one.missing, one.id


def test_measures_by_the_day_they_were_answered() -> None:
    made = course(
        3,
        answers=[
            Answers("ms_osss3", day(1), total=7, session=0),
            Answers("ms_osss3", day(3), items=(3, 3, 4), session=3),
            Answers("ms_focus_stress", day(2), items=(8,), session=2),
            Answers("ms_focus_stress", day(3), items=(6,), session=3),
            Answers("ms_focus_stress", day(3), items=(1,), session=3, finished=False),
            Answers("ms_prr", day(3), items=(4,), session=3),
            Answers("ms_prr", day(3), items=(3,), session=3, rater="therapist"),
        ],
    )
    assert values("osss3", made) == [(0, 7), (3, 10)]
    assert values("focus_stress", made) == [(2, 8), (3, 6)]
    assert values("prr", made) == [(3, 4)]
    assert values("prr_therapist", made) == [(3, 3)]


def test_confidants_are_people_now_who_comfort() -> None:
    made = course(
        6,
        records=[
            person(2, "ana", support_type=["emotional"], contact_frequency="daily"),
            person(2, "ben", support_type=["emotional", "practical"], contact="weekly by phone"),
            person(2, "cleo", support_type=["practical"], contact_frequency="weekly"),
            person(2, "dead", support_type=["emotional"], alive=False),
            person(2, "past", support_type=["emotional"], past_or_present="past"),
            person(2, "gone", support_type=["emotional"], contact="none since the move"),
            person(5, "cleo", support_type=["practical", "emotional"]),
            person(6, "ana", closeness_ring_1_3=2),
        ],
    )
    assert values("confidants", made) == [(2, 2), (5, 3), (6, 3)]
    # Daily counts 7, weekly 1; who gives no support, is gone or has died counts nothing.
    assert values("contacts", made) == [(2, 9), (5, 9), (6, 9)]


def test_an_inventory_without_support_says_nothing_about_support() -> None:
    made = course(2, records=[person(2, "ana", closeness_ring_1_3=1)])
    assert values("confidants", made) == []
    assert values("contacts", made) == []
    nobody = course(2, records=[person(2, "ana", support_type=["none"], contact_frequency="daily")])
    assert values("confidants", nobody) == [(2, 0)]
    assert values("contacts", nobody) == []


def test_feelings_are_counted_once_a_session() -> None:
    log = {"first_word": "numb", "underlying_emotions": [{"word": "Guilt"}, {"word": "longing"}]}
    made = course(
        5,
        records=[
            ("rec_emotion_log", 4, log),
            ("rec_event_mood_link", 4, {"feeling_before": "numb", "feeling_after": "shaken, less alone"}),
            ("rec_event_mood_link", 5, {"event": "call", "feeling_after": "light"}),
            ("rec_role_balance", 5, {"role": "new", "feelings": ["pride and fear"]}),
        ],
    )
    assert values("feelings", made) == [(4, 5), (5, 3)]
    assert indicator("feelings", made).readings[0].words == (
        "numb",
        "guilt",
        "longing",
        "shaken",
        "less alone",
    )
    assert [n for n, _ in values("feelings", made)] == [4, 5], "sessions 1 to 3 named none that is known"


def test_what_a_client_wrote_between_sessions_goes_to_the_next_one() -> None:
    made = course(3, records=[("rec_emotion_log", 1, {"first_word": "sad"})])
    between = replace(made.entries[0], session=None, on=day(2) - (day(2) - day(1)) / 2, by_role="client")
    assert values("feelings", replace(made, entries=(between,))) == [(2, 1)]
    after = replace(between, on=day(4))
    assert values("feelings", replace(made, entries=(after,))) == [(None, 1)]


def test_talks_rehearsed_and_steps_with_what_came_of_them() -> None:
    made = course(
        6,
        records=[
            (
                "rec_role_play",
                4,
                {"situation": "rent", "attempts": [{"what_tried": "a"}, {"what_tried": "b"}]},
            ),
            ("rec_role_play", 4, {"situation": "visit"}),
            ("rec_role_play", 6, {"goal": "ask"}),
            ("rec_action_plan", 3, {"step": "Ask Dana"}),
            ("rec_action_plan", 4, {"step": "ask dana ", "done": "partly", "result": "half of it"}),
            ("rec_action_plan", 5, {"step": "Ask Dana", "done": "yes"}),
            ("rec_action_plan", 5, {"step": "Write", "done": "no"}),
            ("rec_action_plan", 6, {"step": "Sing"}),
        ],
    )
    assert values("rehearsals", made) == [(4, 2), (6, 1)]
    assert values("steps", made) == [(5, 2), (5, 0)], (
        "of one step the last word counts, one not reviewed does not"
    )


@pytest.mark.parametrize(
    ("record", "said"),
    [
        ("rec_emotion_log", {"underlying_emotions": "sad", "first_word": 3}),
        ("rec_emotion_log", {"underlying_emotions": 7}),
        ("rec_emotion_log", {"underlying_emotions": ["sad", None, {"word": None}]}),
        ("rec_action_plan", {"step": ["a"], "done": ["yes"]}),
        ("rec_action_plan", {"step": 4, "done": {"x": 1}}),
        ("rec_inventory_person", {"support_type": 4, "contact": 7, "contact_frequency": ["daily"]}),
        ("rec_role_balance", {"feelings": {"a": "b"}}),
    ],
)
def test_payloads_of_any_shape_are_read(record: str, said: dict) -> None:
    found = mechanisms(MANUAL, course(2, records=[(record, 2, said)]))
    assert [mechanism.id for mechanism in found] == FIVE


@given(courses(), some.integers(0, 20))
def test_whatever_the_course_readings_stand_in_time_and_range(made: Course, until: int) -> None:
    """Later days add readings and take none of another day away (but a step's last word); limits hold."""
    earlier = mechanisms(MANUAL, made.as_of(day(until)))
    for now, then in zip(mechanisms(MANUAL, made), earlier, strict=True):
        for one, before in zip(now.indicators, then.indicators, strict=False):
            assert list(one.readings) == sorted(one.readings, key=lambda reading: reading.on)
            assert one.id == "steps" or {r.on for r in before.readings} <= {r.on for r in one.readings}
            for reading in one.readings:
                assert reading.value >= one.lowest
                assert one.highest is None or reading.value <= one.highest


def test_the_alliance_stands_day_by_day_as_the_rule_reads_it() -> None:
    made = course(
        8,
        records=[
            ("rec_alliance", 3, {"goals_0_10": 6, "tasks_0_10": 7, "bond_0_10": 8}),
            ("rec_alliance", 5, {"goals_0_10": 6, "comment": "only one of three"}),
        ],
        answers=[Answers("ms_alliance3", day(8), items=(8, 8, 7), session=8)],
    )
    found = alliance(MANUAL, made)
    assert [(r.session, round(r.value, 2)) for r in found.readings] == [(3, 7.0), (8, 7.67)]
    assert tuple(r.value for r in found.readings) == pytest.approx(alliance_means(MANUAL, made), abs=0.01)


@given(courses())
def test_the_line_and_dr_36_read_one_alliance(made: Course) -> None:
    values = [reading.value for reading in alliance(MANUAL, made).readings]
    assert values == pytest.approx(list(alliance_means(MANUAL, made)))
