"""DR-24: Adolescent not on track at week 4."""

from __future__ import annotations

from openipt import library
from openipt.core.course.course import Answers
from openipt.core.course.decisions import review
from tests.spec.world import CANNOT_TELL, FIRED, NOT_FIRED, START, course, day, read, state

rule = "DR-24"
title = "Adolescent not on track at week 4"

YOUNG = START.year - 15


def young(*scores, sessions=4, birth_year=YOUNG, answers=()):
    return course(sessions, phq9=scores, birth_year=birth_year, answers=answers)


def scale(measure, *totals):
    return [Answers(measure, day(n), total=total, session=n) for n, total in enumerate(totals, start=1)]


def test_self_report_must_fall_by_a_fifth():
    """From 20 to 17 is 15 %; from 20 to 16 is 20 % and enough."""
    assert state("DR-24", young(20, 20, 18, 17)) is FIRED
    assert state("DR-24", young(20, 20, 18, 16)) is NOT_FIRED


def test_a_clinicians_scale_goes_first():
    """On a clinician's scale 16.2 % is the marker: 25 to 21 is 16 %, 25 to 20 is 20 %."""
    short = young(20, 10, 10, 10, answers=scale("ms_hdrs", 25, 24, 23, 21))
    assert read("DR-24", short).inputs["measure"] == "ms_hdrs" and state("DR-24", short) is FIRED
    assert state("DR-24", young(20, 20, 20, 20, answers=scale("ms_hdrs", 25, 24, 22, 20))) is NOT_FIRED


def test_the_scale_for_adolescents_goes_before_the_adults():
    """PHQ-A, where it was answered, before PHQ-9."""
    made = young(20, 10, 10, 10, answers=scale("ms_phqa", 20, 20, 19, 18))
    assert read("DR-24", made).inputs["measure"] == "ms_phqa" and state("DR-24", made) is FIRED


def test_it_is_read_at_week_4_only():
    """Not before session 4 of a weekly course, and no longer after it."""
    assert state("DR-24", young(20, 20, 20, sessions=3)) is NOT_FIRED
    assert state("DR-24", young(20, 20, 20, 20, 20, sessions=5)) is NOT_FIRED


def test_twelve_to_eighteen_by_the_year():
    """Born 18 years ago this year still counts, 19 does not; without the year of birth it cannot tell."""
    assert state("DR-24", young(20, 20, 20, 20, birth_year=START.year - 18)) is FIRED
    adult = read("DR-24", young(20, 20, 20, 20, birth_year=START.year - 19))
    assert (adult.state, adult.applies) == (NOT_FIRED, False)
    assert state("DR-24", young(20, 20, 20, 20, birth_year=None)) is CANNOT_TELL


def test_a_missing_score_is_no_good_news():
    """Without the score of session 4, or a start, the rule cannot tell."""
    assert state("DR-24", young(20, 20, 20, None)) is CANNOT_TELL
    assert state("DR-24", young()) is CANNOT_TELL


def test_alone_it_asks_for_a_look_in_its_own_session():
    """8 at the start is no case: DR-20 is silent, and what M17 waits for is open by this rule alone."""
    manual, made = library.manual("ipt_acute"), young(8, 8, 8, 8)
    assert state("DR-20", made) is not FIRED
    assert review(manual, made, day(4)).is_open
    assert not review(manual, young(8, 8, 8, 8, 8, sessions=5), day(5)).is_open
