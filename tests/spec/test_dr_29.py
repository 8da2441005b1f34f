"""DR-29: Offer maintenance."""

from __future__ import annotations

from openipt.core.course.course import Answers
from tests.spec.world import CANNOT_TELL, NOT_FIRED, course, day, read, state

rule = "DR-29"
title = "Offer maintenance"


EARLIER = ("rec_timeline", 1, {"date": "2008", "type": "symptom", "text": "first episode"})
NOW = ("rec_timeline", 1, {"date": "2025-04", "type": "symptom", "text": "low mood"})
ONSET = ("rec_formulation", 3, {"agreement": "agree", "onset": "April 2025"})


def test_remission_in_a_second_episode():
    """The time line shows symptoms more than a year before this episode began."""
    made = course(12, planned=12, phq9=[16] * 11 + [4], records=[EARLIER, NOW, ONSET])
    assert read("DR-29", made).inputs["episodes"] == 2
    assert state("DR-29", made, 11) is NOT_FIRED


def test_an_earlier_treatment_for_depression_was_an_episode_and_last_year_was_not():
    """A treatment told as one for depression; a symptom dated by last year alone may be of this episode."""
    onset = ("rec_formulation", 3, {"agreement": "agree", "onset": "January 2025"})
    for date_told, kind, text, episodes in (
        ("2015", "treatment", "treated for depression", 2),
        ("2015", "treatment", "physiotherapy", 1),
        ("2024", "symptom", "low since last year", 1),
        ("2023-11", "symptom", "a dark winter", 2),
    ):
        item = ("rec_timeline", 1, {"date": date_told, "type": kind, "text": text})
        made = course(12, planned=12, phq9=[16] * 11 + [4], records=[item, onset])
        assert read("DR-29", made).inputs["episodes"] == episodes, text


def test_not_in_a_first_episode_without_symptoms_left():
    """Every answer at 0 or 1 is no residual symptom."""
    clear = Answers("ms_phq9", day(12), (1, 1, 1, 0, 0, 0, 0, 0, 0), session=12)
    first = course(12, planned=12, phq9=[16] * 11, answers=[clear], records=[NOW, ONSET])
    assert state("DR-29", first) is NOT_FIRED


def test_remission_with_a_symptom_left():
    """One answer still at “more than half the days”."""
    left = Answers("ms_phq9", day(12), (0, 0, 2, 1, 0, 0, 0, 0, 0), session=12)
    first = course(12, planned=12, phq9=[16] * 11, answers=[left], records=[NOW, ONSET])
    assert read("DR-29", first).inputs["residual_items"] == [3]


def test_not_without_remission():
    """PHQ-9 at 6 is no remission."""
    assert state("DR-29", course(12, planned=12, phq9=[16] * 11 + [6], records=[EARLIER, ONSET])) is NOT_FIRED


def test_remission_before_the_end_is_no_remission_at_the_end():
    """Without a final PHQ-9 nothing is offered on the score of an earlier session: it cannot tell."""
    made = course(12, planned=12, phq9=[16] * 10 + [4, None], records=[EARLIER, NOW, ONSET])
    assert state("DR-29", made) is CANNOT_TELL
