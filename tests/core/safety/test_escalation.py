"""Who is told next, and when, while nobody has taken an alert on (ipt.md 11.3, all times DEFAULT)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openipt.core.safety.escalation import (
    CallTree,
    Urgency,
    Waiting,
    calls,
    late_calls,
    next_call,
    next_late,
    urgency,
)
from openipt.core.safety.hours import ServiceTimes, read
from openipt.core.safety.protocol import RISK, AlertFacts, Taken

DUBLIN = ZoneInfo("Europe/Dublin")
RAISED = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)  # a Monday, within service hours
TREE = CallTree(("therapist", "cover"), ("supervisor",), ("lead",))
ALWAYS = ServiceTimes()
OFFICE = read("mon-fri 09:00-17:00", DUBLIN)
NOW, DAY, WEEK = timedelta(minutes=30), timedelta(hours=24), timedelta(days=7)


def after(**time: float) -> datetime:
    return RAISED + timedelta(**time)


def told(limit: timedelta, at: datetime, times: ServiceTimes = ALWAYS, tree: CallTree = TREE, raised=RAISED):
    return [(call.round, call.people) for call in calls(Waiting(raised, limit), tree, times, at)]


def coming(
    limit: timedelta, at: datetime, times: ServiceTimes = ALWAYS, tree: CallTree = TREE, raised=RAISED
):
    call = next_call(Waiting(raised, limit), tree, times, at)
    return call.round, call.at


def test_item_9_of_3_goes_through_the_call_tree_step_by_step() -> None:
    everybody = ("therapist", "cover", "supervisor", "lead")
    first, second = ("raised", ("therapist", "cover")), ("supervisors", ("supervisor",))
    third = ("leads", ("lead",))
    assert told(NOW, RAISED) == [first]
    assert told(NOW, after(minutes=29)) == [first]
    assert told(NOW, after(minutes=30)) == [first, second]
    assert told(NOW, after(minutes=60)) == [first, second, third]
    assert told(NOW, after(minutes=119)) == [first, second, third]
    assert told(NOW, after(minutes=120)) == [first, second, third, ("again-1", everybody)]
    assert told(NOW, after(minutes=185))[-1] == ("again-2", everybody)


def test_it_goes_on_for_as_long_as_nobody_has_taken_it_on() -> None:
    assert told(NOW, after(days=40))[-1] == ("again-959", TREE.everybody)
    assert coming(NOW, after(days=40))[1] <= after(days=40, hours=1)


def test_what_comes_next_is_known_beforehand() -> None:
    assert coming(NOW, RAISED) == ("supervisors", after(minutes=30))
    assert coming(NOW, after(minutes=30)) == ("leads", after(minutes=60))
    assert coming(NOW, after(minutes=60)) == ("again-1", after(minutes=120))
    assert coming(DAY, RAISED) == ("supervisors", after(hours=24))


def test_a_rung_on_which_there_is_nobody_takes_no_time() -> None:
    alone = CallTree(("therapist",), (), ("lead",))
    assert told(NOW, after(minutes=30), tree=alone) == [("raised", ("therapist",)), ("leads", ("lead",))]
    nobody = CallTree((), ("supervisor",), ("lead",))
    assert told(NOW, RAISED, tree=nobody) == [("supervisors", ("supervisor",))]
    only_lead = CallTree((), (), ("lead",))
    assert told(NOW, RAISED, tree=only_lead) == [("leads", ("lead",))]
    assert told(NOW, after(days=1), tree=CallTree()) == []


def test_what_may_wait_is_told_in_service_hours() -> None:
    """Raised on a Friday at 17:30, to be spoken about within 7 days: the tree goes on when Monday opens."""
    friday = datetime(2026, 3, 6, 17, 30, tzinfo=UTC)
    assert told(WEEK, friday, OFFICE, raised=friday) == [("raised", ("therapist", "cover"))]
    assert coming(WEEK, friday, OFFICE, raised=friday) == (
        "supervisors",
        datetime(2026, 3, 16, 9, tzinfo=DUBLIN),
    )


def test_what_cannot_wait_goes_on_at_night() -> None:
    night = datetime(2026, 3, 7, 2, 0, tzinfo=UTC)
    assert [r for r, _ in told(NOW, night + timedelta(minutes=30), OFFICE, raised=night)] == [
        "raised",
        "supervisors",
    ]
    assert coming(DAY, night, OFFICE, raised=night) == ("supervisors", night + DAY)


def test_after_downtime_each_rung_is_told_and_of_the_repeats_only_the_last() -> None:
    rounds = [call for call, _ in told(NOW, after(days=3))]
    assert rounds == ["raised", "supervisors", "leads", "again-71"]


def test_thirty_minutes_are_thirty_minutes_through_the_change_of_the_clocks() -> None:
    raised = datetime(2026, 10, 25, 1, 45, tzinfo=DUBLIN)  # 1:00 to 2:00 comes twice that night
    assert coming(NOW, raised, raised=raised)[1] == raised.astimezone(UTC) + NOW
    raised = datetime(2026, 3, 29, 0, 50, tzinfo=DUBLIN)
    assert coming(NOW, raised, raised=raised)[1] == raised.astimezone(UTC) + NOW


def test_a_day_is_a_day_over_leap_day() -> None:
    raised = datetime(2028, 2, 28, 22, 0, tzinfo=UTC)
    assert coming(DAY, raised, raised=raised) == ("supervisors", datetime(2028, 2, 29, 22, 0, tzinfo=UTC))


@pytest.mark.parametrize(
    ("limit", "kind"), [(NOW, Urgency.NOW), (DAY, Urgency.DAY), (WEEK, Urgency.WEEK), (-NOW, Urgency.NOW)]
)
def test_how_urgent_it_is_follows_from_its_limit(limit: timedelta, kind: Urgency) -> None:
    assert urgency(limit) is kind


# -- steps of the path --------------------------------------------------------------------------------


def facts(*taken: Taken, answer: int = 3, due: timedelta = NOW) -> AlertFacts:
    return AlertFacts(RISK, RAISED, RAISED + due, answer, taken)


ACK = Taken("acknowledged", after(minutes=5))


def late(found: AlertFacts, at: datetime) -> list[tuple[str, tuple]]:
    return [(call.round.rsplit("-", 1)[0], call.people) for call in late_calls(found, TREE, at)]


def test_a_step_that_is_late_is_told_to_who_takes_it_and_to_the_lead() -> None:
    people = ("therapist", "cover", "lead")
    assert late(facts(ACK), after(minutes=30)) == []
    assert late(facts(ACK), after(minutes=31)) == [("late-contacted", people)]
    red = (ACK, Taken("assessed", after(minutes=20)), Taken("level_set", after(minutes=20), "red"))
    assert late(facts(*red), after(minutes=21)) == [("late-emergency", people), ("late-told", people)]
    assert ("late-follow_up", people) in late(facts(*red), after(hours=25))


def test_while_nobody_has_taken_it_on_the_call_tree_speaks_alone() -> None:
    assert late(facts(), after(hours=5)) == []
    assert next_late(facts(), RAISED) is None


def test_a_step_with_another_time_is_late_anew() -> None:
    first = facts(ACK, Taken("contacted", after(minutes=9)), Taken("level_set", after(hours=1), "orange"))
    second = facts(*first.taken, Taken("level_set", after(hours=5), "orange"))
    rounds = {call.round for one in (first, second) for call in late_calls(one, TREE, after(days=9))}
    assert len(rounds) == 4  # telling and the next contact, each with two times


def test_nothing_is_late_once_it_is_closed_and_the_next_moment_is_known() -> None:
    assert next_late(facts(ACK), after(minutes=6)) == after(minutes=30, seconds=1)
    assert next_late(facts(ACK), after(minutes=30)) == after(minutes=30, seconds=1)
    assert next_late(facts(ACK), after(minutes=31)) is None


# -- properties ----------------------------------------------------------------------------------------

names = st.lists(st.sampled_from("abcdef"), unique=True, max_size=3).map(tuple)
trees = st.builds(CallTree, names, names, names)
limits = st.sampled_from([NOW, DAY, WEEK]) | st.timedeltas(timedelta(minutes=1), timedelta(days=9))
spans = st.timedeltas(timedelta(0), timedelta(days=20))
hours = st.sampled_from([ALWAYS, OFFICE, read("sat 10:00-10:05", DUBLIN), read("daily 01:00-02:00", DUBLIN)])
starts = st.datetimes(datetime(2026, 1, 1), datetime(2028, 12, 31)).map(lambda at: at.replace(tzinfo=UTC))


@given(starts, limits, trees, hours, spans)
def test_nothing_is_told_before_its_moment_and_something_always_comes(
    raised, limit, tree, times, span
) -> None:
    now, waiting = raised + span, Waiting(raised, limit)
    found = calls(waiting, tree, times, now)
    assert all(call.at <= now for call in found)
    assert next_call(waiting, tree, times, now).at > now
    assert len({call.round for call in found}) == len(found)
    supervisors = [call for call in found if call.round == "supervisors" and tree.first]
    assert all(call.at >= raised + limit for call in supervisors)


@given(starts, limits, trees, hours, st.lists(spans, min_size=1, max_size=6))
def test_looked_at_often_or_once_the_same_people_are_told(raised, limit, tree, times, looks) -> None:
    """A machine that was off tells the same rungs as one that ran all the time."""
    waiting, last = Waiting(raised, limit), raised + max(looks)

    def rungs(at: datetime) -> set[tuple[str, tuple]]:
        return {
            (c.round, c.people) for c in calls(waiting, tree, times, at) if not c.round.startswith("again")
        }

    often = set().union(*(rungs(raised + span) for span in looks))
    assert often == rungs(last)


@given(starts, limits, trees, hours, spans)
def test_the_next_call_is_made_when_its_moment_has_come(raised, limit, tree, times, span) -> None:
    waiting = Waiting(raised, limit)
    expected = next_call(waiting, tree, times, raised + span)
    made = calls(waiting, tree, times, expected.at)
    if tree.everybody:
        assert expected.round in {call.round for call in made}


@given(starts, limits, hours, spans)
def test_everybody_is_told_in_the_end(raised, limit, times, span) -> None:
    at = raised + limit + timedelta(days=30) + span
    people = {person for call in calls(Waiting(raised, limit), TREE, times, at) for person in call.people}
    assert people == set(TREE.everybody)
