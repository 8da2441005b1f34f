"""The worker looks at the rules: after a write, on every new day, once each, and without end to nobody."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from openipt.records import audit
from openipt.records.actions import checkins, checks, clients, firings
from openipt.records.actions import worker as actions
from openipt.records.models import AuditEvent, EpisodeCheck, RuleFiring, WorkerLease
from openipt.records.queries import worker as queries
from openipt.records.worker import Worker
from tests import factories as make
from tests.records.worker_world import Clock, settle, worker

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock() -> Clock:
    return Clock(make.at_day())


@pytest.fixture
def one(clock: Clock) -> Worker:
    return worker(clock)


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Every look at an episode's rules."""
    seen: list[Any] = []
    note = firings.note

    def noting(**given: Any) -> Any:
        seen.append(given["episode"].pk)
        return note(**given)

    monkeypatch.setattr(firings, "note", noting)
    return seen


def test_what_a_write_makes_fire_is_kept_by_itself(one: Worker, clock: Clock) -> None:
    episode, session = make.active_episode()
    settle(one)
    checkins.enter_answers(
        episode=episode,
        answers={"ms_phq9": [3, 3, 3, 3, 2, 2, 2, 2, 0]},
        session=session,
        by=episode.therapist,
        at=clock.at,
    )
    assert not RuleFiring.objects.filter(rule="DR-12").exists()
    settle(one)
    assert RuleFiring.objects.filter(episode=episode, rule="DR-12").exists()
    assert EpisodeCheck.objects.get(episode=episode).revision == audit.revision_of(episode)


def test_an_episode_that_nobody_wrote_to_is_looked_at_once_a_day(
    one: Worker, clock: Clock, looks: list[Any]
) -> None:
    episode, _ = make.active_episode()
    settle(one)
    looks.clear()
    for _ in range(5):
        clock.passes(hours=2)
        settle(one)
    assert looks == []
    clock.passes(hours=15)
    settle(one)
    settle(one)
    assert looks == [episode.pk]


def test_a_look_that_writes_comes_to_rest(one: Worker, looks: list[Any]) -> None:
    """Noting a rule is a write of the course; it does not make the worker look again and again."""
    for _ in range(3):
        make.active_episode()
    settle(one)
    assert 3 <= len(looks) <= 9
    looks.clear()
    settle(one)
    assert looks == []


def test_what_was_written_while_no_worker_ran_is_found(one: Worker, clock: Clock, looks: list[Any]) -> None:
    episode, _ = make.active_episode()
    settle(one)
    clock.passes(minutes=2)
    settle(one)
    assert WorkerLease.objects.get().events_seen > 0
    one.stop()
    looks.clear()
    make.entry(episode, "rec_strengths", {"strength": "walks"}, at=clock.at)
    settle(worker(clock, holder="two"))
    assert set(looks) == {episode.pk}


def test_ended_episodes_and_erased_clients_are_left_alone(
    one: Worker, clock: Clock, looks: list[Any]
) -> None:
    ended, _ = make.active_episode()
    make.ended(ended)
    erased, _ = make.active_episode()
    clients.erase_client(client=erased.client, by=make.OPERATOR, at=clock.at)
    settle(one)
    clock.passes(days=2)
    settle(one)
    assert looks == []


def test_a_course_on_which_the_rules_break_holds_up_no_other(
    one: Worker, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, _ = make.active_episode()
    other, _ = make.active_episode()
    note = firings.note

    def breaks(**given: Any) -> Any:
        if given["episode"].pk == broken.pk:
            raise RuntimeError("a fault of ours")
        return note(**given)

    monkeypatch.setattr(firings, "note", breaks)
    settle(one)
    assert list(EpisodeCheck.objects.values_list("episode", flat=True)) == [other.pk]
    monkeypatch.setattr(firings, "note", note)
    clock.passes(minutes=2)
    settle(one)
    assert EpisodeCheck.objects.count() == 2


def test_alerts_go_before_rules(clock: Clock) -> None:
    """A whole service waits to be looked at on a new day: what is to be told is told in the first turn."""
    for _ in range(12):
        make.active_episode()
    from tests.records.worker_world import house

    home = house()
    alert = home.answer(3, clock.at)
    clock.passes(hours=1)
    worker(clock).turn()
    assert alert.deliveries.filter(recipient=home.supervisor).exists()
    assert EpisodeCheck.objects.count() < 13


def test_who_lost_the_lease_marks_nothing_as_looked_at(clock: Clock) -> None:
    from openipt.records.actions import checks

    episode, _ = make.active_episode()
    stale = actions.take(holder="one", at=clock.at)
    actions.take(holder="two", at=clock.at + timedelta(minutes=1))
    assert stale is not None
    with pytest.raises(actions.LeaseLost):
        checks.check(hold=stale, episode_id=episode.pk, at=clock.at)
    assert not EpisodeCheck.objects.exists()


def test_only_the_last_events_are_read_anew(one: Worker, clock: Clock) -> None:
    """A long audit is not walked again for each look."""
    make.active_episode()
    settle(one)
    clock.passes(minutes=2)
    settle(one)
    last = AuditEvent.objects.order_by("-pk").values_list("pk", flat=True)[0]
    found, seen = queries.chains_written_to(last + queries.OVERLAP)
    assert (found, seen) == (set(), last)


def test_after_an_import_events_are_read_part_by_part(
    one: Worker, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every episode is looked at, however small the parts, and one that goes wrong holds up no other."""
    settle(one)
    monkeypatch.setattr(queries, "EVENTS_AT_A_TIME", 3)
    written = [make.active_episode()[0] for _ in range(3)]
    really, wrong = checks.check, written[0].pk

    def check(*, episode_id: object, **more: object) -> None:
        if episode_id == wrong:
            raise ValueError
        really(episode_id=episode_id, **more)

    monkeypatch.setattr(checks, "check", check)
    for _ in range(8):
        one.turn()
    assert {row.episode_id for row in EpisodeCheck.objects.all()} == {row.pk for row in written[1:]}
    monkeypatch.setattr(checks, "check", really)
    clock.passes(minutes=2)
    settle(one)
    assert EpisodeCheck.objects.count() == 3
