"""DR-20: Not on track at week 4."""

from __future__ import annotations

from datetime import timedelta

from openipt.core.course.course import Answers, Attendance, Course, Entry, Meeting
from tests.spec.world import CANNOT_TELL, FIRED, NOT_FIRED, START, contract, course, phq9_items, read, state

rule = "DR-20"
title = "Not on track at week 4"


def test_less_than_twenty_percent_at_session_4():
    """From 16 to 15 is 6.3 %, from 20 to 17 is 15 %; from 20 to 16 is 20 % and on track."""
    assert read("DR-20", course(4, phq9=[16, 16, 17, 15])).inputs["percent"] == 6.3
    assert state("DR-20", course(4, phq9=[20, 20, 20, 17])) is FIRED
    assert state("DR-20", course(4, phq9=[20, 20, 20, 16])) is NOT_FIRED


def test_it_is_read_at_session_4_only():
    """Before it there is nothing to read; after it the next readings speak."""
    assert state("DR-20", course(3, phq9=[16, 16, 16])) is NOT_FIRED
    assert state("DR-20", course(5, phq9=[16] * 5)) is NOT_FIRED


def test_only_where_the_start_is_a_case():
    """A start of 9 on PHQ-9 and 7 on GAD-7 is no case. With GAD-7 at 12, GAD-7 is read."""
    assert state("DR-20", course(4, phq9=[9, 9, 9, 9], gad7=[7, 7, 7, 7])) is NOT_FIRED
    assert read("DR-20", course(4, phq9=[9, 9, 9, 5], gad7=[12, 12, 12, 12])).inputs["measure"] == "ms_gad7"


def test_another_frequency_is_read_by_the_calendar():
    """Every two weeks: the first score on or after day 28, which is session 3."""
    meetings = [Meeting(START + timedelta(weeks=2 * n), n + 1, Attendance.ATTENDED) for n in range(3)]
    answers = [Answers("ms_phq9", m.on, phq9_items(16), session=m.number) for m in meetings]
    entry = Entry("rec_contract", START, {"frequency": "fortnightly", "focus": ["grief"]}, session=1)
    made = Course("ipt_acute", "1", 12, START, None, tuple(meetings), tuple(answers), (entry,))
    assert state("DR-20", made, meetings[2].on) is FIRED
    assert state("DR-20", made, meetings[1].on) is NOT_FIRED


def test_weekly_in_other_words():
    """Session 4 is read where they meet once a week, however the contract says so; never where twice."""
    for said in ("once weekly", "Every week", "one session per week", "1x a week", "every 7 days"):
        made = course(4, phq9=[16] * 4, records=[contract("grief", session=1, frequency=said)])
        assert state("DR-20", made) is FIRED, said
    for said in ("biweekly", "twice weekly", "every second week", "every two weeks", "two sessions a week"):
        made = course(4, phq9=[16] * 4, records=[contract("grief", session=1, frequency=said)])
        assert state("DR-20", made) is NOT_FIRED, said


def test_a_missing_score_is_no_answer():
    """Session 4 was held without answers; or the start of PHQ-9 is missing, which GAD-7 does not replace."""
    assert state("DR-20", course(4, phq9=[16, 16, 16, None])) is CANNOT_TELL
    assert state("DR-20", course(4, phq9=[None, 16, 16, 16], gad7=[12, 10, 8, 6])) is CANNOT_TELL
    assert state("DR-20", course(4, gad7=[12, 12, 12, 12])) is FIRED
