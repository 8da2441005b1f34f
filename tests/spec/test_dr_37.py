"""DR-37: An anniversary is near."""

from __future__ import annotations

from datetime import date

from tests.spec.world import FIRED, NOT_FIRED, course, read, state

rule = "DR-37"
title = "An anniversary is near"


DIED = ("rec_loss_narrative", 1, {"who": "p_l", "date": "2024-11-28"})


def test_fourteen_days_ahead_both_ends_included():
    """The day itself and the day two weeks before it; fifteen days before it is silent."""
    made = course(12, records=[DIED])
    assert state("DR-37", made, date(2025, 11, 13)) is NOT_FIRED
    assert read("DR-37", made, date(2025, 11, 14)).inputs["days"] == 14
    assert read("DR-37", made, date(2025, 11, 28)).inputs["days"] == 0
    assert state("DR-37", made, date(2025, 11, 29)) is NOT_FIRED


def test_a_birth_on_the_time_line_counts():
    """An event that names a birth or a death, with its full date."""
    born = (
        "rec_timeline",
        1,
        {"date": "2020-09-10", "type": "event", "text": "son born", "precision": "day"},
    )
    assert state("DR-37", course(1, records=[born])) is FIRED


def test_a_death_in_other_words_counts_and_another_loss_does_not():
    """Passed away, killed, lost a parent; not a lost job, a dead-end job or a birthday."""
    for text, expected in (
        ("her father passed away", FIRED),
        ("brother killed on the road", FIRED),
        ("lost her mother", FIRED),
        ("lost his job", NOT_FIRED),
        ("dead-end job begins", NOT_FIRED),
        ("birthday of her aunt", NOT_FIRED),
    ):
        event = {"date": "2020-09-10", "type": "event", "text": text, "precision": "day"}
        assert state("DR-37", course(1, records=[("rec_timeline", 1, event)])) is expected, text


def test_a_month_alone_is_no_day():
    """Without the day there is nothing to count to."""
    vague = ("rec_loss_narrative", 1, {"who": "p_l", "date": "2024-09"})
    assert state("DR-37", course(1, records=[vague])) is NOT_FIRED
