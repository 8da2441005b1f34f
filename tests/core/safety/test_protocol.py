"""The path of an alert: what comes next, by when, and what is late (ipt.md 11.3, all limits DEFAULT)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from openipt.core.safety.protocol import (
    ASK,
    RISK,
    VIOLENCE,
    AlertFacts,
    Taken,
    next_step,
    overdue,
    path,
    speak_by,
)

RAISED = datetime(2026, 3, 2, 19, 40, tzinfo=UTC)


def after(hours: float) -> datetime:
    return RAISED + timedelta(hours=hours)


def facts(
    *taken: Taken, rule: str = RISK, answer: int | None = 2, due: float = 24, plan_wanted: bool = False
):
    return AlertFacts(rule, RAISED, after(due), answer, taken, plan_wanted)


def did(kind: str, hours: float, level: str = "") -> Taken:
    return Taken(kind, after(hours), level)


@pytest.mark.parametrize(("answer", "within"), [(1, 7 * 24), (2, 24), (3, 0), (None, 7 * 24)])
def test_the_clinician_speaks_with_the_client_in_time(answer: int | None, within: int) -> None:
    assert speak_by(facts(answer=answer)) == after(within)


def test_nobody_answers_within_30_minutes_and_the_service_lead_learns_of_it() -> None:
    now = facts(answer=3, due=0.5)
    assert overdue(now, after(0.4)) is None
    assert overdue(now, after(0.6)).id == "acknowledged"


def test_taking_it_on_is_not_speaking_with_the_client() -> None:
    taken = facts(did("acknowledged", 1))
    assert overdue(taken, after(23)) is None
    assert overdue(taken, after(25)).id == "contacted"


def test_the_steps_come_in_their_order() -> None:
    steps = [did("acknowledged", 1), did("contacted", 2), did("assessed", 3), did("level_set", 3, "orange"),
             did("told_supervisor", 4), did("follow_up", 5)]  # fmt: skip
    ids = [next_step(facts(*steps[:count])).id for count in range(len(steps) + 1)]
    assert ids == ["acknowledged", "contacted", "assessed", "level", "told", "follow_up", "resolved"]


def test_orange_tells_within_24_hours_and_follows_up_within_72() -> None:
    asked = facts(did("acknowledged", 0), did("assessed", 1), did("level_set", 1, "orange"))
    due = {step.id: step.due_at for step in path(asked)}
    assert (due["told"], due["follow_up"]) == (after(25), after(73))


def test_red_is_now() -> None:
    asked = facts(did("acknowledged", 0), did("assessed", 1), did("level_set", 1, "red"))
    late = {step.id for step in path(asked) if step.is_late(after(2))}
    assert late == {"emergency", "told"}


def test_green_needs_neither_plan_nor_telling() -> None:
    asked = facts(did("acknowledged", 0), did("assessed", 1), did("level_set", 1, "green"))
    assert next_step(asked).id == "resolved"


def test_a_plan_is_wanted_until_it_is_saved_since_the_level_rose() -> None:
    steps = (did("acknowledged", 0), did("assessed", 1), did("level_set", 1, "yellow"))
    assert next_step(facts(*steps, plan_wanted=True)).id == "plan"
    assert next_step(facts(*steps)).id == "resolved"


def test_an_assessment_is_speaking_with_the_client() -> None:
    assert overdue(facts(did("acknowledged", 0), did("assessed", 1)), after(99)) is None


def test_a_closed_alert_is_never_late() -> None:
    assert overdue(facts(did("resolved", 1), answer=3, due=0.5), after(99)) is None


def test_violence_is_never_shown_on_the_clients_device() -> None:
    assert "shown" not in {step.id for step in path(facts(rule=VIOLENCE))}
    assert "shown" in {step.id for step in path(facts(rule=ASK, answer=None))}
