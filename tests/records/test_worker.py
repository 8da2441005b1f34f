"""The worker: who is told, by which channel, how often; one at a time; at rest only when a person takes it on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from openipt.errors import EntryNotValid, NoAccess, NotAllowedNow
from openipt.records import audit
from openipt.records.actions import accounts, alerts, clients, episodes, tellings
from openipt.records.actions import worker as actions
from openipt.records.actions.worker import BACK_OFF, LEASE_FOR, LeaseLost
from openipt.records.channels import Outcome
from openipt.records.models import (
    Alert,
    AlertStep,
    AlertWatch,
    Channel,
    Delivery,
    DeliveryEvent,
    StepKind,
    WorkerLease,
)
from openipt.records.queries import worker as queries
from openipt.records.worker import Worker
from tests import factories as make
from tests.records.worker_world import Clock, House, Taken, house, settle, switch_on, told, worker

pytestmark = pytest.mark.django_db

DUBLIN = ZoneInfo("Europe/Dublin")
YES, NO, GONE = (
    Outcome(True, 250),
    Outcome(False, None, "refused"),
    Outcome(False, 550, "refused", for_good=True),
)


@pytest.fixture
def home() -> House:
    return house()


@pytest.fixture
def clock() -> Clock:
    return Clock(make.at_day())


@pytest.fixture
def mail(settings: Any) -> Taken:
    switch_on(settings, webhook=None)
    return Taken()


def at_mail(clock: Clock, mail: Taken, holder: str = "one") -> Worker:
    return worker(clock, {Channel.EMAIL: mail}, holder)


# -- telling -------------------------------------------------------------------------------------------


def test_therapist_and_cover_are_told_in_the_moment_the_answer_is_kept(
    home: House, clock: Clock, mail
) -> None:
    """No worker has run yet: what is to be told is on disk with the alert."""
    alert = home.answer(3, clock.at)
    assert told(alert, home) == {
        (who, channel, "raised") for who in ("therapist", "cover") for channel in ("app", "email")
    }
    assert mail.messages == []


def test_the_worker_sends_each_letter_once(home: House, clock: Clock, mail: Taken) -> None:
    home.answer(3, clock.at)
    one = at_mail(clock, mail)
    settle(one)
    settle(one)
    assert sorted(mail.to) == sorted([home.therapist.alert_email, home.cover.alert_email])
    states = set(Delivery.objects.filter(channel="email").values_list("state", flat=True))
    assert states == {"accepted"}
    assert "delivered" not in str(list(DeliveryEvent.objects.values_list("event", flat=True)))


def test_the_call_tree_goes_on_until_somebody_takes_the_alert_on(
    home: House, clock: Clock, mail: Taken
) -> None:
    alert = home.answer(3, clock.at)
    one = at_mail(clock, mail)
    settle(one)
    clock.passes(minutes=29)
    settle(one)
    assert ("supervisor", "email", "supervisors") not in told(alert, home)
    clock.passes(minutes=1)
    settle(one)
    assert {("supervisor", "app", "supervisors"), ("supervisor", "email", "supervisors")} <= told(alert, home)
    clock.passes(minutes=30)
    settle(one)
    assert {("lead", "app", "leads"), ("lead", "email", "leads")} <= told(alert, home)
    clock.passes(minutes=60)
    settle(one)
    again = {who for who, channel, why in told(alert, home) if why == "again-1" and channel == "email"}
    assert again == {"therapist", "cover", "supervisor", "lead"}
    assert not any(channel == "app" and why == "again-1" for _, channel, why in told(alert, home))
    assert alert.steps.filter(kind=StepKind.TOLD).count() == 4
    sent = len(mail.messages)
    alerts.acknowledge(alert=alert, by=home.cover, at=clock.at)
    clock.passes(hours=9)
    settle(one)
    rounds = {why for _, _, why in told(alert, home)}
    assert {why for why in rounds if not why.startswith("late-")} == {
        "raised",
        "supervisors",
        "leads",
        "again-1",
    }
    assert len(mail.messages) > sent  # speaking with the client was due now, and is late


def test_seeing_an_alert_is_not_taking_it_on(home: House, clock: Clock, mail: Taken) -> None:
    alert = home.answer(3, clock.at)
    alerts.mark_seen(alert=alert, by=home.therapist, at=clock.at)
    tellings.mark_shown(alerts=[alert.pk], by=home.therapist, at=clock.at)
    clock.passes(minutes=30)
    settle(at_mail(clock, mail))
    assert ("supervisor", "app", "supervisors") in told(alert, home)
    mine = Delivery.objects.get(alert=alert, recipient=home.therapist, channel="app")
    assert mine.state == "shown"
    alerts.acknowledge(alert=alert, by=home.therapist, at=clock.at)
    mine.refresh_from_db()
    assert mine.state == "acknowledged"
    assert [event.event for event in mine.events.all()] == ["made", "shown", "acknowledged"]


def test_a_late_step_is_told_once_to_who_takes_it_and_to_the_lead(
    home: House, clock: Clock, mail: Taken
) -> None:
    alert = home.answer(3, clock.at)
    alerts.acknowledge(alert=alert, by=home.therapist, at=clock.at)
    one = at_mail(clock, mail)
    for _ in range(3):
        clock.passes(minutes=31)
        settle(one)
    late = {(who, channel) for who, channel, why in told(alert, home) if why.startswith("late-contacted")}
    assert late == {(who, c) for who in ("therapist", "cover", "lead") for c in ("app", "email")}
    assert not AlertStep.objects.filter(kind=StepKind.TOLD, told=home.lead).exists()


def test_what_becomes_graver_is_told_anew_and_asks_for_somebody_anew(
    home: House, clock: Clock, mail: Taken
) -> None:
    """1, taken on; then 3 in the same sitting: whoever took on the 1 has not taken on the 3."""
    alert = home.answer(1, clock.at)
    one = at_mail(clock, mail)
    settle(one)
    alerts.acknowledge(alert=alert, by=home.therapist, at=clock.at)
    clock.passes(minutes=5)
    again = home.answer(3, clock.at)
    assert (again.pk, again.state, again.acknowledged_by) == (alert.pk, "open", None)
    settle(one)
    rounds = set(Delivery.objects.filter(channel="email").values_list("round", flat=True))
    assert rounds == {"1.raised", "2.raised"}
    assert mail.messages[-1].kind == "look_now"
    clock.passes(minutes=30)
    settle(one)
    assert ("supervisor", "email", "supervisors") in told(alert, home)
    alerts.acknowledge(alert=again, by=home.therapist, at=clock.at)
    assert [s.kind for s in again.steps.filter(kind=StepKind.ACKNOWLEDGED)] == ["acknowledged"] * 2


def test_a_lighter_answer_tells_nobody_anew(home: House, clock: Clock, mail: Taken) -> None:
    alert = home.answer(3, clock.at)
    alerts.acknowledge(alert=alert, by=home.therapist, at=clock.at)
    for value in (1, 3, 2):
        clock.passes(minutes=1)
        alert = home.answer(value, clock.at)
    assert alert.state == "acknowledged"
    assert AlertWatch.objects.get().cycle == 1


def test_what_may_wait_goes_on_in_service_hours(home: House, clock: Clock, settings: Any) -> None:
    switch_on(settings, webhook=None, times="mon-fri 09:00-17:00", zone=DUBLIN)
    clock.at = datetime(2026, 1, 9, 18, 0, tzinfo=DUBLIN)  # a Friday
    alert = home.answer(1, clock.at)
    one = at_mail(clock, Taken())
    clock.at = datetime(2026, 1, 16, 18, 1, tzinfo=DUBLIN)
    settle(one)
    assert not any(why == "supervisors" for _, _, why in told(alert, home))
    clock.at = datetime(2026, 1, 19, 9, 0, tzinfo=DUBLIN)
    settle(one)
    assert ("supervisor", "email", "supervisors") in told(alert, home)


def test_cover_that_comes_later_is_told_at_once(home: House, clock: Clock, mail: Taken) -> None:
    alert = home.answer(3, clock.at)
    one = at_mail(clock, mail)
    settle(one)
    clock.passes(minutes=2)
    second = make.covered(home.therapist, 0, 1)
    AlertWatch.objects.update(look_at=clock.at)  # what arranging the cover does, at the test's own time
    settle(one)
    assert Delivery.objects.filter(alert=alert, recipient=second, channel="app").exists()
    assert AlertStep.objects.filter(alert=alert, kind=StepKind.TOLD, told=second).exists()


def test_whoever_changes_the_call_tree_makes_the_worker_look(home: House, clock: Clock) -> None:
    def looks() -> bool:
        found = AlertWatch.objects.get().look_at == clock.at
        AlertWatch.objects.update(look_at=clock.at + timedelta(days=1))
        return found

    alert = home.answer(3, clock.at)
    looks()
    day = make.day()
    given = {"by": make.OPERATOR, "at": clock.at}
    other = make.therapist()
    accounts.arrange_cover(therapist=home.therapist, cover=other, from_on=day, to_on=day, **given)
    assert looks()
    accounts.set_active(user=home.therapist, active=False, **given)
    assert looks()
    accounts.set_active(user=home.therapist, active=True, **given)
    assert looks()
    episodes.set_supervisor(episode=alert.episode, supervisor=home.supervisor, by=home.therapist, at=clock.at)
    assert looks()
    episodes.hand_over(episode=alert.episode, therapist=other, reason="moved", by=home.therapist, at=clock.at)
    assert looks()


def test_a_closed_account_is_told_nothing_and_takes_no_time(home: House, clock: Clock, mail: Taken) -> None:
    for user in (home.therapist, home.cover):
        accounts.set_active(user=user, active=False, by=make.OPERATOR, at=clock.at)
    home.episode.therapist.refresh_from_db()
    alert = home.answer(2, clock.at)
    settle(at_mail(clock, mail))
    assert told(alert, home) == {("supervisor", channel, "supervisors") for channel in ("app", "email")}


def test_a_closed_alert_and_an_erased_client_are_looked_at_no_more(
    home: House, clock: Clock, mail: Taken
) -> None:
    alert = home.answer(3, clock.at)
    make.assessed(home.episode, at=clock.at)
    alerts.resolve(alert=alert, words="asked", by=home.therapist, at=clock.at)
    states = Delivery.objects.filter(channel="email").values_list("state", flat=True)
    assert set(states) == {"called_off"}
    assert AlertWatch.objects.get().look_at is None
    second = home.answer(2, clock.at)
    clients.erase_client(client=home.episode.client, by=make.OPERATOR, at=clock.at)
    one = at_mail(clock, mail)
    clock.passes(days=3)
    settle(one)
    assert AlertWatch.objects.get(alert=second).look_at is None
    assert not any(why == "supervisors" for _, _, why in told(second, home))


def test_taking_it_on_calls_off_what_the_tree_has_not_sent_yet(
    home: House, clock: Clock, mail: Taken
) -> None:
    mail.answers = [NO]
    alert = home.answer(3, clock.at)
    one = at_mail(clock, mail)
    settle(one)
    clock.passes(minutes=31)
    settle(one)
    alerts.acknowledge(alert=alert, by=home.therapist, at=clock.at)
    found = dict(Delivery.objects.filter(alert=alert, channel="email").values_list("recipient", "state"))
    assert found[home.supervisor.pk] == "called_off"
    assert found[home.cover.pk] == "waiting"


# -- letters that do not arrive --------------------------------------------------------------------------


def test_a_mail_server_that_is_down_for_an_hour(home: House, clock: Clock, mail: Taken) -> None:
    mail.answers = [NO]
    alert = home.answer(2, clock.at)
    one = at_mail(clock, mail)
    for _ in range(60):
        settle(one)
        clock.passes(minutes=1)
    tried = Delivery.objects.get(alert=alert, recipient=home.therapist, channel="email")
    assert 5 <= tried.attempts <= 12
    health = queries.health(clock.at)
    assert (health.failing, health.is_well) == (2, False)
    mail.answers = [YES]
    clock.passes(minutes=30)
    settle(one)
    tried.refresh_from_db()
    assert (tried.state, tried.next_at) == ("accepted", None)
    assert [event.event for event in tried.events.all()][-1] == "accepted"
    assert set(tried.events.values_list("why", flat=True)) == {"", "refused"}
    assert len({message.id for message in mail.messages}) == 2


def test_a_telling_is_given_up_after_about_a_day_and_says_so(home: House, clock: Clock, mail: Taken) -> None:
    mail.answers = [NO]
    home.answer(2, clock.at)
    Delivery.objects.filter(recipient=home.cover).update(next_at=None)
    one = at_mail(clock, mail)
    for wait in (*BACK_OFF, timedelta(0)):
        settle(one)
        AlertWatch.objects.update(look_at=None)  # this test is about one letter
        clock.passes(seconds=wait.total_seconds())
    settle(one)
    mine = Delivery.objects.get(recipient=home.therapist, channel="email")
    assert (mine.state, mine.attempts) == ("given_up", len(BACK_OFF) + 1)
    assert timedelta(hours=20) < sum(BACK_OFF, timedelta(0)) < timedelta(hours=26)
    assert queries.health(clock.at).given_up == 1


def test_a_channel_that_was_switched_off_sends_nothing_old_when_it_is_on_again(
    home: House, clock: Clock, settings: Any
) -> None:
    switch_on(settings, webhook=None)
    alert = home.answer(2, clock.at)
    switch_on(settings, mail=None, webhook=None)
    one = worker(clock)
    settle(one)
    assert queries.health(clock.at).waiting == 0, "what is off waits for nobody"
    alerts.acknowledge(alert=alert, by=home.therapist, at=clock.at)
    clock.passes(days=2, minutes=1)
    settle(one)
    old = Delivery.objects.filter(channel="email", round="1.raised")
    assert {(row.state, row.events.last().why) for row in old} == {("given_up", "too-late")}
    switch_on(settings, webhook=None)
    mail = Taken()
    settle(at_mail(clock, mail, "two"))
    assert not {str(row.pk) for row in old} & {message.id for message in mail.messages}


def test_an_address_that_is_none_is_given_up_at_once(home: House, clock: Clock, mail: Taken) -> None:
    mail.answers = [GONE]
    home.answer(3, clock.at)
    settle(at_mail(clock, mail))
    rows = Delivery.objects.filter(channel="email")
    assert {(row.state, row.attempts, row.code) for row in rows} == {("given_up", 1, 550)}


def test_a_webhook_that_answers_500_is_tried_again_with_the_same_key(
    home: House, clock: Clock, settings: Any
) -> None:
    switch_on(settings, mail=None)
    hook = Taken([Outcome(False, 500, "answer"), Outcome(True, 204)])
    alert = home.answer(3, clock.at)
    one = worker(clock, {Channel.WEBHOOK: hook})
    settle(one)
    row = Delivery.objects.get(alert=alert, channel="webhook")
    assert (row.state, row.code, row.attempts) == ("waiting", 500, 1)
    clock.passes(seconds=20)
    settle(one)
    row.refresh_from_db()
    assert (row.state, row.code) == ("answered", 204)
    assert [event.code for event in row.events.all()] == [None, 500, 204]
    assert {message.id for message in hook.messages} == {str(row.pk)}
    assert all(message.to == "" and message.about == str(alert.pk) for message in hook.messages)


def test_a_channel_that_breaks_ends_no_other(home: House, clock: Clock, settings: Any) -> None:
    switch_on(settings)

    def breaks(_message: object) -> Outcome:
        raise RuntimeError("a fault of ours")

    mail = Taken()
    home.answer(3, clock.at)
    settle(worker(clock, {Channel.WEBHOOK: breaks, Channel.EMAIL: mail}))
    assert len(mail.messages) == 2
    assert DeliveryEvent.objects.get(event="failed").why == "RuntimeError"


def test_without_a_channel_people_are_told_in_the_app_alone(home: House, clock: Clock, settings: Any) -> None:
    switch_on(settings, mail=None, webhook=None)
    alert = home.answer(3, clock.at)
    clock.passes(hours=2)
    settle(worker(clock))
    assert {channel for _, channel, _ in told(alert, home)} == {"app"}
    assert {who for who, _, _ in told(alert, home)} == {"therapist", "cover", "supervisor", "lead"}


# -- one worker at a time ----------------------------------------------------------------------------------


def test_of_two_workers_one_works_and_the_other_waits(home: House, clock: Clock, mail: Taken) -> None:
    one, two = at_mail(clock, mail, "one"), at_mail(clock, mail, "two")
    home.answer(3, clock.at)
    settle(one, two)
    assert len(mail.messages) == 2
    assert (one.hold is None, two.hold is None) == (False, True)
    one.stop()
    settle(two)
    assert two.hold is not None and two.hold.term == 2


def test_who_is_silent_for_as_long_as_a_lease_lasts_is_followed(
    home: House, clock: Clock, mail: Taken
) -> None:
    one, two = at_mail(clock, mail, "one"), at_mail(clock, mail, "two")
    one.turn()
    two.turn()
    clock.passes(seconds=LEASE_FOR.total_seconds() - 1)
    two.turn()
    assert two.hold is None
    clock.passes(seconds=2)
    two.turn()
    assert two.hold is not None
    assert one.turn() is False
    assert one.hold is None


@pytest.mark.parametrize(("begun_anew", "said"), [(True, []), (False, ["another worker has taken over"])])
def test_the_log_says_that_another_took_over_only_where_one_did(
    home: House, clock: Clock, mail: Taken, monkeypatch, begun_anew: bool, said: list[str]
) -> None:
    """A demo that is begun anew takes the lease away with all other rows: it is taken again, by the same."""
    lines: list[str] = []
    monkeypatch.setattr("openipt.records.worker.loop._log.info", lines.append)
    one, two = at_mail(clock, mail, "one"), at_mail(clock, Taken(), "two")
    one.turn()
    clock.passes(seconds=LEASE_FOR.total_seconds() + 1)
    if begun_anew:
        WorkerLease.objects.all().delete()
    else:
        two.turn()
    one.turn()
    assert (one.hold, lines) == (None, said)
    if begun_anew:
        one.turn()
        assert one.hold is not None


def test_who_lost_the_lease_writes_nothing_more(home: House, clock: Clock, mail: Taken) -> None:
    """Put to sleep in the middle of a letter, and woken when another has taken over."""
    alert = home.answer(3, clock.at)
    one, two = at_mail(clock, mail, "one"), at_mail(clock, Taken(), "two")
    one.turn()
    stale = one.hold
    assert stale is not None
    clock.passes(seconds=60)
    settle(two)
    before = Delivery.objects.count(), DeliveryEvent.objects.count(), WorkerLease.objects.get().beats
    for write in (
        lambda: actions.beat(hold=stale, at=clock.at),
        lambda: actions.look(hold=stale, alert_id=alert.pk, at=clock.at + timedelta(days=2)),
        lambda: actions.claim(hold=stale, channel=Channel.EMAIL, most=9, at=clock.at + timedelta(days=2)),
        lambda: actions.release(hold=stale),
    ):
        with pytest.raises(LeaseLost):
            write()
    assert before == (
        Delivery.objects.count(),
        DeliveryEvent.objects.count(),
        WorkerLease.objects.get().beats,
    )


def test_what_a_worker_had_taken_up_when_it_died_is_taken_up_by_the_next_under_the_same_key(
    home: House, clock: Clock, mail: Taken
) -> None:
    home.answer(3, clock.at)
    hold = actions.take(holder="one", at=clock.at)
    assert hold is not None
    lost = actions.claim(hold=hold, channel=Channel.EMAIL, most=9, at=clock.at)
    assert len(lost) == 2
    clock.passes(seconds=25)  # shorter than a claim, longer than a lease
    settle(at_mail(clock, mail, "two"))
    assert {message.id for message in mail.messages} == {claim.message.id for claim in lost}
    late = Outcome(False, None, "timeout")
    new = actions.Hold("two", 2)
    actions.keep_outcome(hold=new, claim=lost[0], outcome=late, at=clock.at)
    assert not DeliveryEvent.objects.filter(event="failed").exists()


def test_a_frozen_clock_does_not_keep_a_dead_workers_lease(home: House, clock: Clock, mail: Taken) -> None:
    """The clock of a demonstration stands; the seconds go on."""
    at_mail(clock, mail, "one").turn()
    two = at_mail(clock, mail, "two")
    two.turn()
    assert two.hold is None
    clock.seconds += LEASE_FOR.total_seconds()
    two.turn()
    assert two.hold is not None


# -- the clock -----------------------------------------------------------------------------------------------


def test_the_clock_goes_back_and_nothing_waits_for_the_old_time(
    home: House, clock: Clock, mail: Taken
) -> None:
    """The clock was a day ahead when the alert was raised, and is put right: half an hour is half an hour."""
    wrong = clock.at + timedelta(days=1)
    right, clock.at = clock.at, wrong
    one = at_mail(clock, mail)
    alert = home.answer(3, clock.at)
    settle(one)
    clock.at = right + timedelta(minutes=1)
    clock.seconds += 60
    settle(one)
    assert WorkerLease.objects.get().clock_back_at == clock.at
    clock.passes(minutes=31)
    settle(one)
    assert ("supervisor", "email", "supervisors") in told(alert, home)
    clock.passes(minutes=30)
    settle(one)
    assert ("lead", "email", "leads") in told(alert, home)


def test_the_clock_goes_back_while_a_letter_waits_to_be_tried_again(home: House, clock: Clock, mail) -> None:
    mail.answers = [NO, YES]
    home.answer(3, clock.at)
    one = at_mail(clock, mail)
    settle(one)
    clock.at -= timedelta(hours=5)
    clock.seconds += 30
    settle(one)
    assert set(Delivery.objects.filter(channel="email").values_list("state", flat=True)) == {"accepted"}


def test_the_clock_jumps_on_and_back_and_nobody_is_told_twice(home: House, clock: Clock, mail: Taken) -> None:
    alert = home.answer(3, clock.at)
    one = at_mail(clock, mail)
    settle(one)
    for jump in (timedelta(days=2), timedelta(days=-2), timedelta(days=2, minutes=1)):
        clock.at += jump
        clock.seconds += 60
        settle(one)
    ids = [message.id for message in mail.messages]
    assert len(ids) == len(set(ids))
    rounds = [why for _, channel, why in told(alert, home) if channel == "app"]
    assert sorted(set(rounds)) == ["leads", "raised", "supervisors"]


def test_a_machine_that_was_off_for_days_catches_up_and_tells_each_rung_once(
    home: House, clock: Clock, mail: Taken
) -> None:
    alert = home.answer(3, clock.at)
    settle(at_mail(clock, mail))
    clock.passes(days=3)
    settle(at_mail(clock, mail, "two"))
    rounds = {why for _, _, why in told(alert, home)}
    assert rounds == {"raised", "supervisors", "leads", "again-71"}


@pytest.mark.parametrize("raised", [(2026, 10, 25, 0, 40), (2026, 3, 29, 0, 40), (2028, 2, 29, 23, 50)])
def test_half_an_hour_over_the_change_of_the_clocks_and_over_leap_day(
    home: House, clock: Clock, settings: Any, raised: tuple[int, ...]
) -> None:
    switch_on(settings, webhook=None, times="mon-fri 09:00-17:00", zone=DUBLIN)
    settings.TIME_ZONE = "Europe/Dublin"
    clock.at = datetime(*raised, tzinfo=UTC)
    alert = home.answer(3, clock.at)
    one = at_mail(clock, Taken())
    clock.passes(minutes=29, seconds=59)
    settle(one)
    assert not any(why == "supervisors" for _, _, why in told(alert, home))
    clock.passes(seconds=1)
    settle(one)
    assert ("supervisor", "app", "supervisors") in told(alert, home)


# -- what a person learns ------------------------------------------------------------------------------------


def test_the_link_of_a_letter_is_opened_by_its_own_recipient_once(
    home: House, clock: Clock, mail: Taken
) -> None:
    home.answer(3, clock.at)
    row = Delivery.objects.get(recipient=home.therapist, channel="email")
    with pytest.raises(NoAccess):  # not sent yet: nobody can have its link
        tellings.open_link(delivery_id=row.pk, by=home.therapist, at=clock.at)
    settle(at_mail(clock, mail))
    for stranger in (home.cover, home.lead, home.client, make.OPERATOR):
        with pytest.raises(NoAccess):
            tellings.open_link(delivery_id=row.pk, by=stranger, at=clock.at)
    for _ in range(2):
        tellings.open_link(delivery_id=row.pk, by=home.therapist, at=clock.at)
    row.refresh_from_db()
    assert row.state == "opened"
    assert row.events.filter(event="opened").count() == 1


def test_an_opened_link_is_known_though_the_mail_servers_word_was_lost(
    home: House, clock: Clock, mail: Taken
) -> None:
    mail.answers = [NO]
    home.answer(3, clock.at)
    one = at_mail(clock, mail)
    settle(one)
    row = Delivery.objects.get(recipient=home.therapist, channel="email")
    tellings.open_link(delivery_id=row.pk, by=home.therapist, at=clock.at)
    sent = len(mail.messages)
    clock.passes(minutes=10)
    settle(one)
    row.refresh_from_db()
    assert row.state == "opened"
    assert [m.id for m in mail.messages[sent:]].count(str(row.pk)) == 0


def test_everybody_sets_their_own_address_and_nobody_anothers(home: House, clock: Clock, mail: Taken) -> None:
    for wrong in (
        "nowhere",
        "a@b",
        "a b@example.org",
        "x" * 250 + "@example.org",
        "\0",
    ):
        with pytest.raises(EntryNotValid):
            tellings.set_alert_email(user=home.lead, address=wrong, by=home.lead, at=clock.at)
    for by in (home.cover, make.OPERATOR):
        with pytest.raises(NotAllowedNow):
            tellings.set_alert_email(user=home.lead, address="a@example.org", by=by, at=clock.at)
    with pytest.raises(NotAllowedNow):
        tellings.set_alert_email(user=home.client, address="a@example.org", by=home.client, at=clock.at)
    assert tellings.set_alert_email(user=home.lead, address=" ", by=home.lead, at=clock.at).alert_email == ""


def test_a_trial_letter_shows_whether_letters_arrive(home: House, clock: Clock, mail: Taken) -> None:
    for _ in range(tellings.TRIAL_LETTERS_AN_HOUR):
        tellings.send_trial(user=home.lead, by=home.lead, at=clock.at)
    with pytest.raises(NotAllowedNow, match="Wait an hour"):
        tellings.send_trial(user=home.lead, by=home.lead, at=clock.at)
    settle(at_mail(clock, mail))
    assert mail.to == [home.lead.alert_email] * 5
    assert {message.kind for message in mail.messages} == {"trial"}


def test_every_telling_is_in_the_audit_and_its_chain_is_whole(home: House, clock: Clock, mail: Taken) -> None:
    alert = home.answer(3, clock.at)
    one = at_mail(clock, mail)
    settle(one)
    before = audit.revision_of(home.episode)
    clock.passes(hours=2)
    settle(one)
    tellings.mark_shown(alerts=[alert.pk], by=home.supervisor, at=clock.at)
    found = audit.verify()
    assert found, found.faults
    events = audit.AuditEvent.objects.filter(chain=str(home.episode.pk))
    acts = set(events.values_list("act", flat=True))
    assert {"alert-told", "telling-sent", "telling-shown"} <= acts
    assert audit.revision_of(home.episode) == before, "telling somebody is no write of the course"


def test_an_open_alert_that_nobody_watches_is_found(home: House, clock: Clock, mail: Taken) -> None:
    Alert.objects.create(
        episode=home.episode, rule="DR-01", severity="critical", raised_at=clock.at, due_at=clock.at
    )
    settle(at_mail(clock, mail))
    assert AlertWatch.objects.count() == 1
    assert Delivery.objects.filter(recipient=home.therapist, channel="email", state="accepted").exists()


def test_what_goes_wrong_with_one_alert_holds_up_no_other(
    home: House, clock: Clock, mail: Taken, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = home.answer(3, clock.at)
    other = house()
    second = other.answer(3, clock.at)
    look = actions.look

    def breaks(*, alert_id: Any, **given: Any) -> int:
        if alert_id == first.pk:
            raise RuntimeError("a fault of ours")
        return look(alert_id=alert_id, **given)

    monkeypatch.setattr(actions, "look", breaks)
    one = at_mail(clock, mail)
    clock.passes(minutes=31)
    settle(one)
    assert ("supervisor", "email", "supervisors") in told(second, other)
    assert queries.health(clock.at).looks_due == 1
    monkeypatch.setattr(actions, "look", look)
    clock.passes(minutes=2)
    settle(one)
    assert ("supervisor", "email", "supervisors") in told(first, home)


class Stop:
    """Says after so many waits that it is time to stop, and keeps how long each was."""

    def __init__(self, waits: int) -> None:
        self.left, self.waited = waits, []

    def is_set(self) -> bool:
        return self.left <= 0

    def wait(self, seconds: float) -> None:
        self.left -= 1
        self.waited.append(seconds)


def test_a_database_that_does_not_answer_for_a_day_is_asked_ever_less_and_never_given_up(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.db import OperationalError

    from openipt.records.worker import loop

    def down() -> bool:
        raise OperationalError("the database is away")

    one, stop = worker(clock), Stop(6000)
    monkeypatch.setattr(one, "turn", down)
    for name in ("close_old_connections", "connection"):
        monkeypatch.setattr(loop, name, lambda: None)
    loop.connection.close = lambda: None
    monkeypatch.setattr(loop._log, "exception", lambda *_: None)
    one.run(stop)  # type: ignore[arg-type]
    assert stop.waited[:4:2] == [2.0, 4.0]
    assert max(stop.waited) == loop.LONGEST_PAUSE


def test_how_the_worker_does_shows(home: House, clock: Clock, mail: Taken) -> None:
    assert queries.health(clock.at).runs is False
    one = at_mail(clock, mail)
    settle(one)
    found = queries.health(clock.at)
    assert (found.runs, found.holder, found.waiting, found.lag) == (True, "one", 0, timedelta(0))
    assert found.is_well
    home.answer(3, clock.at)
    clock.passes(minutes=3)
    found = queries.health(clock.at)
    assert (found.runs, found.is_well) == (False, False)
    assert found.lag == timedelta(minutes=3)
    assert (found.looks_due, found.waiting) == (1, 2)
    assert queries.health_for(home.lead, clock.at) == found
    with pytest.raises(NoAccess):
        queries.health_for(home.therapist, clock.at)
