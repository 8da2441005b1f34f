"""What lists keep of an episode in memory is what the engine answers now, after every kind of write."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from tests import factories as make
from tests.web.rooms_world import set_clock

from openipt.records import convert, standing
from openipt.records.actions import alerts, checkins, clients, entries, episodes, journal, people, sessions
from openipt.records.models import Episode, User
from openipt.web.supervision import standing as supervised
from openipt.web.therapist import summaries as listed

pytestmark = pytest.mark.django_db(transaction=True)

ON = 40  # the day on which it is asked
WORSE = [3, 3, 3, 3, 3, 3, 3, 1, 0]

Write = Callable[[Episode, User], object]


@pytest.fixture(autouse=True)
def clock_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    set_clock(monkeypatch, make.at_day(ON))


def asked(episode: Episode) -> tuple[Any, Any, Any]:
    """Supervision's, Today's and every page's answer."""
    fresh = Episode.objects.select_related("client", "therapist").get(pk=episode.pk)
    on, at = make.day(ON), make.at_day(ON)
    return (
        supervised.standings([fresh], on)[fresh.pk],
        listed.summaries([fresh], fresh.therapist, on, at)[fresh.pk],
        standing.status(fresh, on),
    )


def forget() -> None:
    for kept in (convert._courses._kept, standing._kept, supervised._kept, listed._kept):
        kept.clear()


def test_what_is_kept_equals_a_fresh_answer() -> None:
    episode, first = make.active_episode()
    client = make.client_login(episode)
    client = make.client_login(episode)
    differed = 0
    forget()
    before = asked(episode)
    for name, write in writes(episode, client, first):
        write()
        kept = asked(episode)
        differed += kept != before
        forget()
        before = asked(episode)
        assert kept == before, f"stale after: {name}"
    assert differed > 12  # the writes are of the kind that an answer depends on


def writes(episode: Episode, client: User, first: Any) -> Iterator[tuple[str, Callable[[], object]]]:
    """One write of each kind, in an order in which they may follow each other."""
    by = {"by": episode.therapist}
    at = {"at": make.at_day(ON)}
    both = by | at
    own = {"by": client} | at
    made: dict[str, Any] = {}

    def keep(name: str, row: Any) -> None:
        made[name] = row

    def answered(items: list[int], day: int) -> object:
        given = {"episode": episode, "answers": {"ms_phq9": items}, "at": make.at_day(day)}
        return checkins.enter_answers(**given, **by)

    yield "answers from paper", lambda: answered([2, 2, 2, 2, 1, 1, 1, 1, 0], 0)
    yield "a session begun", lambda: keep("second", make.session(episode, 7))
    yield "answers that are worse", lambda: answered(WORSE, 7)
    yield "a third session", lambda: keep("third", make.session(episode, 14))
    yield "answers that are worse still", lambda: answered(WORSE, 14)
    yield "a record", lambda: keep("risk", make.assessed(episode, "orange", at=make.at_day(ON)))
    yield "a record changed", lambda: entries.save_entry(
        entry=made["risk"], payload={"thoughts": True, "level": "yellow", "reason": "less"},
        expected_version=made["risk"].version, **both,
    )  # fmt: skip
    drug = {"drug": "sertraline", "wish": "keep for now"}
    yield "another record", lambda: keep("drug", make.entry(episode, "rec_medication", drug))
    yield (
        "a record withdrawn",
        lambda: entries.withdraw_entry(entry=made["drug"], expected_version=made["drug"].version, **both),
    )
    yield "a person added", lambda: people.add_person(episode=episode, label="Ina", **both)
    yield (
        "a technique used",
        lambda: sessions.use_technique(session=made["third"], code="tq_clarification", **both),
    )
    yield "a note", lambda: make.written(made["third"], at=make.at_day(ON))
    yield (
        "a session signed",
        lambda: sessions.sign_session(
            session=_anew(made["third"]), reason_without_plan="asked tomorrow", **both
        ),
    )
    yield (
        "a session planned",
        lambda: keep(
            "planned", sessions.plan_session(episode=episode, planned_at=make.at_day(ON + 3), **both)
        ),
    )
    yield (
        "a session moved",
        lambda: sessions.move_session(session=made["planned"], planned_at=make.at_day(ON + 4), **both),
    )
    yield (
        "an absence",
        lambda: sessions.record_absence(
            episode=episode, planned_at=make.at_day(ON - 5), attendance="missed", **both
        ),
    )
    yield (
        "another plan",
        lambda: episodes.change_plan(episode=episode, planned_sessions=8, reason="as agreed", **both),
    )
    yield (
        "another phase",
        lambda: episodes.change_phase(episode=episode, phase="middle", reason="as agreed", **both),
    )
    yield "a year of birth", lambda: clients.change_profile(client=episode.client, birth_year=1950, **both)
    yield (
        "a sitting opened",
        lambda: keep("sitting", checkins.open_checkin(episode=episode, measures=["ms_phq9"], **own)),
    )
    yield (
        "a risk answer",
        lambda: keep(
            "alert",
            checkins.record_answer(check_in=made["sitting"], measure="ms_phq9", item=9, value=2, **own),
        ),
    )
    yield (
        "an item declined",
        lambda: checkins.decline_item(check_in=made["sitting"], measure="ms_phq9", item=1, **own),
    )
    yield "a sitting finished", lambda: checkins.finish_checkin(check_in=_anew(made["sitting"]), **own)
    yield "an alert taken on", lambda: alerts.acknowledge(alert=made["alert"], **both)
    yield (
        "a journal entry",
        lambda: journal.write_journal(episode=episode, words={"text": "rain"}, shared=True, **own),
    )
    yield (
        "the status",
        lambda: episodes.change_status(
            episode=episode, status="paused", reason="travels", responsible=episode.therapist, **both
        ),
    )
    yield (
        "another therapist",
        lambda: episodes.hand_over(episode=episode, therapist=make.therapist(), reason="moves away", **both),
    )


def _anew(row: Any) -> Any:
    return type(row).objects.get(pk=row.pk)
