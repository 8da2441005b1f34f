"""What the worker reads at length once a day: the service's own course, the audit. Neither holds up an alert."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from openipt.core.outcomes.fitted import FittedCourse
from openipt.records import audit
from openipt.records.actions import daily
from openipt.records.actions import worker as actions
from openipt.records.actions.worker import LeaseLost
from openipt.records.audit import Verification
from openipt.records.models import AuditEvent, ChainHead, Delivery, OwnCourses, Role
from openipt.records.queries import audits, own_course
from openipt.records.queries import worker as queries
from openipt.records.worker import Worker
from tests import factories as make
from tests.outside import wait_until
from tests.records.worker_world import Clock, house, settle, switch_on, worker

pytestmark = pytest.mark.django_db(transaction=True)

COURSE = FittedCourse(least=12, most=None, cases=200, scores=1400, fall=0.4, error=0.01, above=0.1)


@pytest.fixture(autouse=True)
def nothing_kept():
    own_course.forget()
    yield
    own_course.forget()


@pytest.fixture
def clock() -> Clock:
    return Clock(make.at_day())


def checks() -> list[AuditEvent]:
    return list(AuditEvent.objects.filter(act__in=(audits.WHOLE, audits.BROKEN)).order_by("seq"))


# -- the service's own course ------------------------------------------------------------------------------


def test_the_worker_works_the_own_course_out_once_after_midnight(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []

    def work_out(on: Any, pause: Callable[[], None] = lambda: None) -> list[FittedCourse]:
        asked.append(on)
        return [COURSE]

    monkeypatch.setattr(own_course, "work_out", work_out)
    make.active_episode()
    settle(worker(clock))
    settle(worker(clock, holder="two"))
    clock.passes(days=1)
    settle(worker(clock, holder="two"))
    assert asked == [make.day(0), make.day(1)], "once a day, whoever does it"
    assert list(OwnCourses.objects.values_list("on", flat=True)) == [make.day(1)]
    with CaptureQueriesContext(connection) as seen:
        assert own_course.own_course(16, make.day(1)) == COURSE
        assert own_course.own_course(8, make.day(1)) is None
    assert len(seen) == 1, "read, not worked out"
    assert len(asked) == 2


def test_where_no_worker_did_so_the_page_works_it_out_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_course, "work_out", lambda on: [COURSE])
    assert own_course.own_course(12, make.day()) == COURSE
    assert not OwnCourses.objects.exists(), "a page keeps nothing"


def test_who_lost_the_lease_keeps_nothing(clock: Clock) -> None:
    first = actions.take(holder="one", at=clock.at)
    clock.passes(minutes=1)
    assert first is not None and actions.take(holder="two", at=clock.at)
    with pytest.raises(LeaseLost):
        daily.keep_own_courses(hold=first, on=make.day(), courses=[COURSE], at=clock.at)
    with pytest.raises(LeaseLost):
        daily.keep_audit_check(hold=first, found=Verification(), at=clock.at)
    assert not OwnCourses.objects.exists() and not checks()


# -- the audit ----------------------------------------------------------------------------------------------


def test_the_audit_is_checked_once_a_day(clock: Clock) -> None:
    make.active_episode()
    one = worker(clock)
    settle(one)
    clock.passes(hours=2)
    settle(one)
    (made,) = checks()
    assert (made.act, made.actor) == (audits.WHOLE, "operator:the worker")
    found = audits.last_check(make.staff(Role.MANAGER), make.day())
    assert found is not None and found.is_whole and found.chains == 2
    clock.passes(days=1)
    settle(one)
    assert len(checks()) == 2
    assert queries.health(clock.at).is_well


def test_a_broken_audit_makes_the_worker_unwell_until_it_is_whole_again(clock: Clock) -> None:
    episode, _ = make.active_episode()
    AuditEvent.objects.filter(chain=str(episode.pk), seq=2).update(act="other")
    one = worker(clock)
    settle(one)
    assert checks()[-1].act == audits.BROKEN
    found = queries.health(clock.at)
    assert found.runs and found.audit_is_broken and not found.is_well
    assert str(episode.pk) in " ".join(audits.newest_check().faults)  # type: ignore[union-attr]


def test_what_others_write_while_it_is_walked_is_no_fault() -> None:
    episode, session = make.active_episode()
    written = []

    def others_write() -> None:
        """A chain that was walked already, one that is yet to be, the service's own, and a new one."""
        if len(written) < 4:
            written.append(make.entry(episode, "rec_emotion_log", {"first_word": "sad"}, session=session))
            make.active_episode(name=f"Somebody {len(written)}")

    assert audit.verify(others_write), audit.verify(others_write).faults
    assert written and audit.verify()


def test_a_head_put_back_while_it_is_walked_is_a_fault() -> None:
    episode, _ = make.active_episode()
    head = ChainHead.objects.get(chain=str(episode.pk))

    def put_back() -> None:
        ChainHead.objects.filter(chain=head.chain).update(seq=head.seq - 1)

    assert f"chain {head.chain}" in " ".join(audit.verify(put_back).faults)


def test_an_alert_is_told_while_the_audit_is_walked(
    clock: Clock, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The walk stands still in the middle; the call tree goes on; the stop of the worker ends the walk."""
    switch_on(settings, webhook=None, mail=None)
    home = house()
    walking, left = threading.Event(), threading.Event()

    def walk(pause: Callable[[], None]) -> Verification:
        walking.set()
        try:
            while True:
                pause()
        finally:
            left.set()

    monkeypatch.setattr(audit, "verify", walk)
    one = Worker(now=clock.now, tick=clock.tick, holder="one", channels={}, gentle=False)
    for _ in range(200):
        if not one.turn() and walking.wait(0.05):
            break
    assert walking.is_set()
    alert = home.answer(3, clock.at)
    clock.passes(hours=1)
    one.turn()
    people = set(Delivery.objects.filter(alert=alert).values_list("recipient", flat=True))
    assert {home.supervisor.pk, home.lead.pk} <= people
    one.stop()
    wait_until(left.is_set)
    assert not checks()


def test_what_could_not_be_read_is_read_again_the_next_day(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(pause: Callable[[], None]) -> Verification:
        raise OSError("the disk")

    make.active_episode()
    one = Worker(now=clock.now, tick=clock.tick, holder="one", channels={}, gentle=False)
    with monkeypatch.context() as patch:
        patch.setattr(audit, "verify", breaks)
        for _ in range(200):
            one.turn()
            if not one.beside.is_busy and one._read.get("audit"):
                break
            wait_until(lambda: one.beside._back is not None or not one.beside.is_busy)
        one.turn()
    assert not checks()
    clock.passes(days=1)
    clock.at += timedelta(seconds=1)
    for _ in range(200):
        one.turn()
        if checks():
            break
        wait_until(lambda: one.beside._back is not None or not one.beside.is_busy)
    assert checks()[-1].act == audits.WHOLE
    one.stop()
