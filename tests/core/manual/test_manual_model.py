"""Where the phases lie and when tasks fall due, for any number of sessions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.core.manual.small import files

from openipt.core.fields.definitions import CODE_KINDS
from openipt.core.manual.load import load
from openipt.core.manual.model import OtherLengths, midpoint

LENGTHS = st.integers(min_value=1, max_value=60)
SHAPES = st.builds(
    OtherLengths,
    initial_last=st.integers(1, 5),
    initial_last_from_18=st.integers(1, 6),
    ending_sessions=st.integers(1, 5),
)


@pytest.fixture
def manual():
    content, faults = load(files())
    assert not faults
    return content.manuals["base"]


@given(shape=SHAPES, planned=LENGTHS)
def test_every_session_falls_in_exactly_one_phase(shape, planned):
    spans = sorted(shape.split(planned).values())
    covered = [session for first, last in spans for session in range(first, last + 1)]
    assert covered == list(range(1, planned + 1))


@given(planned=LENGTHS)
def test_a_course_begins_with_the_initial_phase_and_ends_with_the_ending(planned):
    order = sorted(OtherLengths().split(planned).items(), key=lambda item: item[1])
    assert order[0][0] == "initial"
    assert planned < 2 or order[-1][0] == "ending"


@pytest.mark.parametrize(
    ("planned", "initial", "middle", "ending"),
    [(7, (1, 3), (4, 4), (5, 7)), (17, (1, 3), (4, 14), (15, 17)), (18, (1, 4), (5, 15), (16, 18))],
)
def test_other_lengths_are_read_as_22_1_says(planned, initial, middle, ending):
    assert OtherLengths().split(planned) == {"initial": initial, "middle": middle, "ending": ending}


@pytest.mark.parametrize(("planned", "session"), [(1, 1), (6, 3), (7, 4), (12, 6), (13, 7), (16, 8)])
def test_the_midpoint_is_half_rounded_up(planned, session):
    assert midpoint(planned) == session


def test_a_listed_length_comes_before_the_general_reading(manual):
    assert manual.phase_split(12)["initial"] == (1, 3)
    assert manual.phase_of(4, 12) == "middle"
    assert manual.phase_split(12, "group") == manual.other_lengths.split(12)


def test_the_intake_is_before_and_extra_sessions_are_in_the_last_phase(manual):
    assert manual.phase_of(0, 12) == "pre"
    assert manual.phase_of(13, 12) == "ending"


def test_phases_follow_each_other(manual):
    assert manual.next_phase("initial") == "middle"
    assert manual.next_phase("ending") == ""
    assert manual.next_phase("nowhere") == ""


def test_what_is_not_there_is_a_key_error(manual):
    for ask in (manual.task, manual.phase, manual.strategy, manual.area_of_strategy, manual.rule):
        with pytest.raises(KeyError):
            ask("nothing")
    assert manual.strategies_of("nothing") == ()
    assert manual.techniques_for("nothing") == ()


def test_tasks_are_found_by_phase_and_by_the_record_that_shows_them(manual):
    assert [task.id for task in manual.tasks_of("middle")] == ["M01"]
    assert [task.id for task in manual.tasks_shown_by("rec_talk")] == ["I01", "M01"]


@given(planned=st.integers(1, 30))
def test_a_window_lies_within_its_phase(planned):
    content, _ = load(files())
    manual = content.manuals["base"]
    for task in manual.tasks:
        window, span = manual.window(task, planned), manual.phase_split(planned).get(task.phase)
        assert (window is None) == (span is None)
        if window and span:
            assert span[0] <= window[0] <= window[1] <= span[1]


def test_every_kind_of_code_a_field_may_hold_is_there(manual):
    assert set(manual.all_codes) == CODE_KINDS
    assert manual.codes("tasks") == ("I01", "M01")
    assert manual.codes("areas") == ("change",)
    assert manual.codes("measures") == ("ms_home", "ms_mood")


def test_equal_manuals_are_one_to_a_cache(manual):
    again = load(files())[0].manuals["base"]
    assert again == manual
    assert len({again, manual}) == 1
