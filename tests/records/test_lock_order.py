"""Rows are held in one order: whoever waits for another never holds what the other waits for.

Each pair is laid one over the other by hand: the first is stopped right before, or right after, it takes its place
in the audit; the second goes on until the database makes it wait, or to its end; then the first goes on.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import connection, transaction

from openipt.records import audit
from openipt.records.actions import alerts, base, checkins, episodes, firings, sessions
from openipt.records.actions import worker as actions
from openipt.records.models import Alert
from tests import factories as make
from tests.outside import wait_until
from tests.records.worker_world import House, house

pytestmark = pytest.mark.django_db(transaction=True)
LATER = make.at_day(0, 1)


@dataclass
class Desk:
    """A house with an open alert of yesterday, and a second sitting in which none was raised yet."""

    home: House
    alert: Alert
    fresh: Any
    hold: Any

    def answer(self) -> None:
        """The client chooses an answer that raises an alert anew: it belongs to the episode."""
        given = {"check_in": self.fresh, "measure": "ms_phq9", "item": 9, "value": 2}
        assert checkins.record_answer(**given, by=self.home.client, at=LATER) is not None

    def graver(self) -> None:
        self.home.answer(3, LATER)

    def finish(self) -> None:
        checkins.finish_checkin(check_in=self.fresh, by=self.home.client, at=LATER)

    def note(self) -> None:
        """The worker, or whoever wrote, notes which rules fire."""
        firings.note(episode=self.home.episode, on=make.day(1), at=make.at_day(1))

    def look(self) -> None:
        actions.look(hold=self.hold, alert_id=self.alert.pk, at=make.at_day(1, 3))

    def acknowledge(self) -> None:
        alerts.acknowledge(alert=self.alert, by=self.home.therapist, at=LATER)

    def assess(self) -> None:
        make.assessed(self.home.episode, at=LATER)

    def hand_over(self) -> None:
        by_at = {"by": self.home.therapist, "at": LATER}
        episodes.set_supervisor(episode=self.home.episode, supervisor=self.home.supervisor, **by_at)

    def two_in_one(self) -> None:
        """A page that writes twice in one transaction: the second write holds the audit of the first."""
        session = self.home.episode.sessions.get()
        by_at = {"by": self.home.therapist, "at": LATER}
        with transaction.atomic():
            sessions.use_technique(session=session, code="tq_clarification", **by_at)
            episodes.change_plan(episode=self.home.episode, planned_sessions=10, reason="As agreed.", **by_at)


@pytest.fixture
def desk() -> Desk:
    home = house()
    alert = home.answer(2, make.at_day())
    by_at = {"by": home.therapist, "at": make.at_day()}
    fresh = checkins.open_checkin(
        episode=home.episode, measures=["ms_phq9"], mode="client", purpose="session", **by_at
    )
    hold = actions.take(holder="one", at=make.at_day())
    return Desk(home, alert, fresh, hold)


@dataclass
class Stopped:
    """Stops the thread named `first` once, right before or right after it takes its place in the audit."""

    when: str
    real: Callable[..., None]
    there: threading.Event = field(default_factory=threading.Event)
    go_on: threading.Event = field(default_factory=threading.Event)

    def __call__(self, *given: Any, **more: Any) -> None:
        if self.when == "after":
            self.real(*given, **more)
        if threading.current_thread().name == "first" and not self.there.is_set():
            self.there.set()
            assert self.go_on.wait(30)
        if self.when == "before":
            self.real(*given, **more)


def in_thread(name: str, act: Callable[[], None], found: dict[str, Any]) -> threading.Thread:
    def run() -> None:
        try:
            if connection.vendor == "postgresql":
                with connection.cursor() as cursor:
                    cursor.execute("SELECT pg_backend_pid()")
                    found[f"{name} is"] = cursor.fetchone()[0]
            act()
            found[name] = "done"
        except Exception as error:
            found[name] = error
        finally:
            connection.close()

    thread = threading.Thread(target=run, name=name)
    thread.start()
    return thread


def waits_or_ended(name: str, found: dict[str, Any]) -> bool:
    if (
        name in found or connection.vendor != "postgresql"
    ):  # SQLite has one writer: the other waits for its end
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT cardinality(pg_blocking_pids(%s))", [found.get(f"{name} is", 0)])
        return bool(cursor.fetchone()[0])


PAIRS = [
    ("answer", "note"),
    ("note", "answer"),
    ("finish", "note"),
    ("note", "finish"),
    ("graver", "look"),
    ("look", "graver"),
    ("answer", "look"),
    ("acknowledge", "look"),
    ("look", "acknowledge"),
    ("assess", "answer"),
    ("answer", "assess"),
    ("hand_over", "graver"),
    ("graver", "hand_over"),
    ("two_in_one", "note"),
    ("note", "two_in_one"),
    ("two_in_one", "answer"),
]


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_neither_is_let_go_for_the_other(
    desk: Desk, first: str, second: str, when: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(base, "TRIES", 1)  # the net below is not what holds
    stopped = Stopped(when, audit._append)
    monkeypatch.setattr(audit, "_append", stopped)
    found: dict[str, Any] = {}
    one = in_thread("first", getattr(desk, first), found)
    assert stopped.there.wait(30), found
    other = in_thread("second", getattr(desk, second), found)
    wait_until(lambda: waits_or_ended("second", found))
    stopped.go_on.set()
    one.join(30)
    other.join(30)
    given_way = second == "look" and "lock timeout" in str(found["second"])  # it comes back at its next turn
    assert found["first"] == "done"
    assert found["second"] == "done" or given_way
    assert audit.verify()
