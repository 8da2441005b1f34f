"""DR-30: Response without remission."""

from __future__ import annotations

from openipt.core.course.course import Answers
from tests.spec.world import CANNOT_TELL, FIRED, NOT_FIRED, course, day, phq9_items, read, state

rule = "DR-30"
title = "Response without remission"


def test_fallen_by_half_and_still_at_five_or_more():
    """16 to 6 at the last session: offer up to four more sessions."""
    assert state("DR-30", course(12, planned=12, phq9=[16] * 11 + [6])) is FIRED
    assert state("DR-30", course(12, planned=12, phq9=[16] * 11 + [4])) is NOT_FIRED
    assert state("DR-30", course(12, planned=12, phq9=[16] * 11 + [9])) is NOT_FIRED


def test_read_at_the_end_only():
    """One session earlier nothing is said."""
    assert state("DR-30", course(11, planned=12, phq9=[16] * 10 + [6])) is NOT_FIRED
    assert state("DR-30", course(12, planned=12)) is CANNOT_TELL


def test_a_missing_final_score_is_not_the_one_before():
    """Without the PHQ-9 of the last session it cannot tell, and says which score is the last one known."""
    made = course(12, planned=12, phq9=[16] * 10 + [6, None])
    result = read("DR-30", made)
    assert result.state is CANNOT_TELL
    assert result.why == "missing the PHQ-9 score of session 12, the last one (known is 6 of session 11)"


def test_a_score_given_after_the_last_session_is_final():
    """The final measures may be answered on the day of the last session or later."""
    later = Answers("ms_phq9", day(13), phq9_items(6))
    made = course(12, planned=12, phq9=[16] * 11, answers=[later])
    assert state("DR-30", made, 12) is CANNOT_TELL
    assert state("DR-30", made, day(13)) is FIRED


def test_a_course_that_ends_early_is_read_at_its_last_session():
    """Discharged after session 5: the score of session 5, not the one of session 4."""
    discharge = ("rec_discharge", 5, {"text": "moves away"})
    assert state("DR-30", course(5, planned=12, phq9=[16, 14, 12, 9, 6], records=[discharge])) is FIRED
    assert state("DR-30", course(5, planned=12, phq9=[16, 14, 12, 6], records=[discharge])) is CANNOT_TELL
