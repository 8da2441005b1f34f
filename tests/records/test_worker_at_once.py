"""Several at once, in threads of their own: workers, clinicians, letters, pages that write meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from openipt.errors import NotAllowedNow
from openipt.records import audit
from openipt.records.actions import alerts, checkins, tellings
from openipt.records.actions import worker as actions
from openipt.records.channels import Outcome
from openipt.records.models import (
    Alert,
    AlertStep,
    AlertWatch,
    Channel,
    Delivery,
    DeliveryEvent,
    DraftText,
    Session,
    StepKind,
    WorkerLease,
)
from openipt.records.worker import Worker
from openipt.web.environment_channels import MailServer, Webhook
from tests import factories as make
from tests.outside import closed_port, machine, mail_server, wait_until
from tests.records.worker_world import Clock, House, Taken, house, settle, switch_on, told, worker

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def no_anchor() -> Iterator[None]:
    """The tables are emptied after each of these tests; the file beside them too."""
    audit.anchor_path().unlink(missing_ok=True)
    yield
    audit.anchor_path().unlink(missing_ok=True)


@pytest.fixture
def home() -> House:
    return house()


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """All of these at the same moment, each in a thread; what each gave back or raised."""
    start, found = threading.Barrier(len(acts)), [None] * len(acts)

    def run(place: int, act: Callable[[], Any]) -> None:
        start.wait()
        try:
            found[place] = act()
        except Exception as error:
            found[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return found


def test_two_workers_in_two_threads_tell_everybody_once(home: House, settings: Any) -> None:
    switch_on(settings, webhook=None)
    made = [home.answer(3, make.at_day())]
    made += [house().answer(value, make.at_day()) for value in (1, 2, 3)]
    clock, mail = Clock(make.at_day(0, 2)), Taken()

    def work(holder: str) -> None:
        one = worker(clock, {Channel.EMAIL: mail}, holder)
        for _ in range(12):
            one.turn()

    assert at_once(*(lambda name=name: work(name) for name in ("one", "two", "three"))) == [None] * 3
    settle(worker(clock, {Channel.EMAIL: mail}, "one"))
    ids = [message.id for message in mail.messages]
    assert sorted(ids) == sorted(set(ids))
    assert not Delivery.objects.filter(channel="email").exclude(state="accepted").exists()
    assert all(("therapist", "app", "raised") in told(alert, home) for alert in made[:1])
    assert len({(d.alert_id, d.recipient_id, d.channel, d.round) for d in Delivery.objects.all()}) == (
        Delivery.objects.count()
    )
    assert audit.verify()


def test_of_many_who_reach_for_the_lease_one_gets_it(home: House) -> None:
    found = at_once(*(lambda n=n: actions.take(holder=f"w{n}", at=make.at_day()) for n in range(6)))
    assert [type(hold).__name__ for hold in found].count("Hold") == 1
    assert WorkerLease.objects.get().term == 1


def test_two_clinicians_take_an_alert_on_at_once(home: House) -> None:
    alert, at = home.answer(3, make.at_day()), make.at_day(0, 1)
    both = (home.therapist, home.cover)
    found = at_once(*(lambda by=by: alerts.acknowledge(alert=alert, by=by, at=at) for by in both))
    assert not [one for one in found if isinstance(one, Exception)]
    alert.refresh_from_db()
    assert alert.acknowledged_by in both
    assert AlertStep.objects.filter(alert=alert, kind=StepKind.ACKNOWLEDGED).count() == 1
    assert Delivery.objects.filter(alert=alert, state="acknowledged").count() == 1


def test_two_clinicians_close_an_alert_at_once_and_both_keep_their_words(home: House) -> None:
    alert, at = home.answer(1, make.at_day()), make.at_day(0, 1)
    make.assessed(home.episode, at=at)
    words = {home.therapist: "asked by phone", home.cover: "asked at the door"}
    found = at_once(
        *(
            lambda by=by, said=said: alerts.resolve(alert=alert, words=said, by=by, at=at)
            for by, said in words.items()
        )
    )
    refused = [one for one in found if isinstance(one, NotAllowedNow)]
    assert len(refused) == 1, found
    closed = AlertStep.objects.get(alert=alert, kind=StepKind.RESOLVED)
    kept = DraftText.objects.get(key=f"alert:{alert.pk}")
    assert {closed.words, kept.text} == set(words.values())


def test_the_worker_goes_on_with_the_tree_while_a_clinician_takes_it_on(home: House, settings: Any) -> None:
    """Whoever is first: afterwards the tree rests, and the worker has written nothing half."""
    switch_on(settings, webhook=None)
    alert = home.answer(3, make.at_day())
    clock = Clock(make.at_day(0, 1))
    one = worker(clock, {Channel.EMAIL: Taken()})
    found = at_once(
        lambda: settle(one), lambda: alerts.acknowledge(alert=alert, by=home.therapist, at=clock.at)
    )
    assert found[0] is None
    alert.refresh_from_db()
    assert alert.state == "acknowledged"
    clock.passes(hours=3)
    settle(worker(clock, {Channel.EMAIL: Taken()}, "two"))
    assert not any(why.startswith("again") for _, _, why in told(alert, home))
    waiting = Delivery.objects.filter(alert=alert, channel="email", state__in=["waiting", "sending"])
    assert not waiting.exists()


def test_the_client_answers_and_the_worker_looks_at_once(home: House, settings: Any) -> None:
    """Many times over: no answer is refused, no telling is lost, whoever holds which row."""
    switch_on(settings, webhook=None)
    clock = Clock(make.at_day(0, 1))
    home.answer(1, make.at_day())

    def answers() -> None:
        for number in range(12):
            at = make.at_day() + timedelta(minutes=number)
            for value in (2, 3, 1):
                home.answer(value, at)

    def works() -> None:
        one = worker(clock, {Channel.EMAIL: Taken()})
        for _ in range(40):
            AlertWatch.objects.update(look_at=clock.at)
            one.turn()

    assert at_once(answers, works) == [None, None]
    alert = Alert.objects.get()
    assert alert.severity == "critical"
    assert len(alert.inputs["choices"]) == 37
    settle(worker(clock, {Channel.EMAIL: Taken()}, "two"))
    assert ("supervisor", "email", "supervisors") in told(alert, home)
    assert audit.verify()


def test_the_worker_gives_way_to_a_page_that_holds_a_row(home: House, settings: Any) -> None:
    switch_on(settings, webhook=None)
    alert = home.answer(3, make.at_day())
    clock = Clock(make.at_day(0, 1))
    one = worker(clock, {Channel.EMAIL: Taken()})
    held, let_go = threading.Event(), threading.Event()

    def page() -> None:
        with transaction.atomic():
            Alert.objects.select_for_update().get(pk=alert.pk)
            held.set()
            let_go.wait(30)

    def work() -> None:
        held.wait(30)
        if connection.vendor == "postgresql":  # SQLite has one writer: there the worker waits for its end
            one.turn()
            assert ("supervisor", "email", "supervisors") not in told(alert, home)
        let_go.set()
        clock.passes(seconds=2)
        settle(one)

    assert at_once(page, work) == [None, None]
    assert ("supervisor", "email", "supervisors") in told(alert, home)


# -- with servers that answer, hang, or are not there --------------------------------------------------------


def running(clock: Clock) -> tuple[Worker, threading.Event, threading.Thread]:
    """A worker as a service runs it: its own thread, its own threads for letters."""
    one, stop = Worker(now=clock.now, holder="one", gentle=False), threading.Event()
    thread = threading.Thread(target=one.run, args=(stop,))
    thread.start()
    return one, stop, thread


def states(channel: str) -> set[str]:
    return set(Delivery.objects.filter(channel=channel).values_list("state", flat=True))


def test_a_webhook_that_hangs_holds_up_no_letter(home: House, settings: Any) -> None:
    with machine() as hook, mail_server() as server:
        hook.hangs = True
        switch_on(
            settings,
            mail=MailServer("127.0.0.1", server.port, "service@example.org", tls="none"),
            webhook=Webhook("127.0.0.1", hook.port, "/", False, b"sixteen letters here"),
        )
        clock = Clock(make.at_day())
        _, stop, thread = running(clock)
        try:
            alert = home.answer(3, clock.at)
            wait_until(lambda: len(server.letters) == 2 and states("email") == {"accepted"})
            assert states("webhook") == {"sending"}
            other = house()
            other.answer(3, clock.at)
            wait_until(lambda: len(server.letters) == 4)
        finally:
            stop.set()
            hook.closing.set()
            thread.join(30)
    assert not thread.is_alive()
    assert set(server.ids) == {
        str(pk) for pk in Delivery.objects.filter(channel="email").values_list("pk", flat=True)
    }
    assert ("machine", "webhook", "raised") in told(alert, home)
    assert WorkerLease.objects.get().holder == ""


def test_a_mail_server_that_was_down_gets_every_letter_when_it_is_back(home: House, settings: Any) -> None:
    clock = Clock(make.at_day())
    down = MailServer("127.0.0.1", closed_port(), "service@example.org", tls="none")
    switch_on(settings, webhook=None, mail=down)
    _, stop, thread = running(clock)
    home.answer(3, clock.at)
    wait_until(lambda: DeliveryEvent.objects.filter(event="failed").count() == 2)
    stop.set()
    thread.join(30)
    with mail_server() as server:
        up = MailServer("127.0.0.1", server.port, "service@example.org", tls="none")
        switch_on(settings, webhook=None, mail=up)
        clock.passes(hours=1)
        _, stop, thread = running(clock)
        try:
            wait_until(lambda: Delivery.objects.filter(channel="email", state="accepted").count() >= 4)
            wait_until(lambda: states("email") == {"accepted"})
        finally:
            stop.set()
            thread.join(30)
    assert len(server.ids) == len(set(server.ids)) == Delivery.objects.filter(channel="email").count()


def test_a_letter_whose_taking_was_never_said_is_sent_again_under_its_own_id(
    home: House, settings: Any
) -> None:
    """The mail server takes it and dies before it says so: by the id it can tell that it has this one."""
    with mail_server() as server:
        server.answers = {"sent": ""}
        switch_on(
            settings, webhook=None, mail=MailServer("127.0.0.1", server.port, "a@example.org", tls="none")
        )
        clock = Clock(make.at_day())
        _, stop, thread = running(clock)
        try:
            home.answer(3, clock.at)
            wait_until(lambda: DeliveryEvent.objects.filter(event="failed").count() == 2)
            server.answers = {}
            clock.passes(minutes=1)
            wait_until(lambda: states("email") == {"accepted"})
        finally:
            stop.set()
            thread.join(30)
    assert len(server.ids) == 4
    assert len(set(server.ids)) == 2


def test_a_reminder_and_a_move_of_its_session_at_once(home: House, settings: Any) -> None:
    from openipt.records.actions import sessions

    planned = sessions.plan_session(
        episode=home.episode, planned_at=make.at_day(2, 5), by=home.therapist, at=make.at_day()
    )
    clock = Clock(make.at_day(0, 2))
    one = worker(clock)
    found = at_once(
        lambda: settle(one),
        lambda: sessions.move_session(
            session=planned, planned_at=make.at_day(3, 5), by=home.therapist, at=clock.at
        ),
    )
    assert not [one for one in found if isinstance(one, Exception)]
    assert Session.objects.get(pk=planned.pk).planned_at == make.at_day(3, 5)


def test_answers_of_many_clients_at_once_each_raise_their_alert_once(home: House) -> None:
    houses = [home, house(), house()]

    def taps(one: House) -> None:
        for _ in range(3):
            one.answer(3, make.at_day())

    assert at_once(*(lambda one=one: taps(one) for one in houses for _ in range(2))) == [None] * 6
    assert Alert.objects.count() == 3
    assert AlertWatch.objects.count() == 3
    assert checkins.standing_answers(home.check_in)["ms_phq9"][9] == 3
    assert Delivery.objects.filter(channel="app").count() == 6
    assert tellings.mark_shown(alerts=[home.check_in.alerts.get().pk], by=home.cover, at=make.at_day()) == 1


def test_an_outcome_is_kept_once_though_it_comes_twice(home: House, settings: Any) -> None:
    switch_on(settings, webhook=None)
    home.answer(3, make.at_day())
    hold = actions.take(holder="one", at=make.at_day())
    assert hold is not None
    (claim, *_) = actions.claim(hold=hold, channel=Channel.EMAIL, most=1, at=make.at_day())
    keep = {"hold": hold, "claim": claim, "outcome": Outcome(True, 250), "at": make.at_day()}
    at_once(*(lambda: actions.keep_outcome(**keep) for _ in range(3)))
    assert DeliveryEvent.objects.filter(event="accepted").count() == 1
