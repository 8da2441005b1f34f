"""DR-38: Rhythm, sleep or mania signs."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from openipt.core.course.course import Entry
from tests.spec.world import CANNOT_TELL, FIRED, NOT_FIRED, START, course, read, state

rule = "DR-38"
title = "Rhythm, sleep or mania signs"

LAST = START + timedelta(days=34)
REGULAR = {"out_of_bed": "07:00", "first_contact": "08:00", "dinner": "18:30", "to_bed": "23:00"}
ASKED = Entry("rec_risk", START, {"mania": False})


def diary(last_week=REGULAR, days=35, risk=ASKED, **of_day):
    """Five weeks of a diary up to `LAST`: regular, the last week as given. `of_day`: n days before the last."""
    entries = []
    for ago in range(days):
        times = dict(last_week if ago < 7 else REGULAR)
        times |= of_day.get(f"ago_{ago}", {})
        on = LAST - timedelta(days=ago)
        values = {key: {"time": time} for key, time in times.items()}
        entries.append(Entry("rec_rhythm_day", on, {"date": on.isoformat(), **values}, by_role="client"))
    made = course(1, records=())
    return type(made)(**{**vars(made), "entries": (*entries, *([risk] if risk else []))})


def irregular(*of_bed):
    return {f"ago_{ago}": {"out_of_bed": time} for ago, time in enumerate(of_bed)}


def test_a_week_less_regular_by_a_point_fires():
    """Four regular weeks at 7.0, then a week in which dinner and rising wander: 5.0 is a fall of 2."""
    week = {f"ago_{n}": {"out_of_bed": f"{5 + n:02}:00", "dinner": f"{15 + n:02}:00"} for n in range(7)}
    result = read("DR-38", diary(**week), LAST)
    assert result.state is FIRED and result.severity == "warning"
    assert result.inputs["fall"] >= 1.0
    assert state("DR-38", diary(), LAST) is NOT_FIRED


def test_two_short_nights_of_the_last_seven_fire():
    """To bed at 03:00 and up at 07:00 is four hours; one such night is not enough."""
    late = {"to_bed": "03:00"}
    assert read("DR-38", diary(ago_1=late, ago_4=late), LAST).inputs["short_nights"] == 2
    assert state("DR-38", diary(ago_1=late, ago_4=late), LAST) is FIRED
    assert state("DR-38", diary(ago_1=late), LAST) is NOT_FIRED


def test_the_clock_put_forward_shortens_a_night():
    """Two nights from 00:30 to 05:45; in one the clock was put forward by an hour, which leaves 4 h 15."""
    to_bed, up = {"to_bed": "00:30"}, {"out_of_bed": "05:45"}
    slept = diary(ago_2=to_bed, ago_1={**to_bed, **up}, ago_0=up, ago_5={"to_bed": "03:00"})
    assert read("DR-38", slept, LAST).inputs["short_nights"] == 1
    put_forward = replace(slept, clock_changes=((LAST - timedelta(days=1), 60),))
    result = read("DR-38", put_forward, LAST)
    assert result.inputs["short_nights"] == 2 and "2 of the last seven nights" in result.why


def test_mania_is_critical():
    """Last answered yes in a risk assessment: critical, whatever the diary says."""
    result = read("DR-38", diary(risk=Entry("rec_risk", START, {"mania": True})), LAST)
    assert (result.state, result.severity) == (FIRED, "critical")


def test_an_assessment_that_leaves_mania_out_takes_nothing_back():
    """Only a no, asked again, does."""
    told = diary(risk=Entry("rec_risk", START, {"mania": True}))

    def later(**values):
        return replace(told, entries=(*told.entries, Entry("rec_risk", LAST, values, order=999)))

    assert read("DR-38", later(level="green", thoughts=False), LAST).severity == "critical"
    assert state("DR-38", later(mania=False), LAST) is NOT_FIRED


def test_a_diary_with_days_left_out_cannot_tell():
    """A week with a day left out has no score, and mania must have been asked about."""
    assert "a full week before the last one" in read("DR-38", diary(days=10), LAST).why
    assert "without a day left out" in read("DR-38", diary(days=6), LAST).why
    not_asked = read("DR-38", diary(risk=None), LAST)
    assert not_asked.state is CANNOT_TELL and "mania" in not_asked.why


def test_without_a_diary_it_does_not_speak():
    """Where no diary is kept, signs of mania speak through DR-04."""
    result = read("DR-38", course())
    assert (result.state, result.applies) == (NOT_FIRED, False)
