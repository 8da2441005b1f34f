"""Loading and starting over: refused where it would touch anything but a demo."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from openipt.errors import NotAllowedNow
from openipt.records import audit, demo
from openipt.records.actions import accounts
from openipt.records.actors import Operator
from openipt.records.models import Alert, AuditEvent, Episode, User
from tests import factories as make

AT = datetime(2026, 3, 4, 8, 15, tzinfo=UTC)
TODAY = AT.date()


@pytest.mark.django_db
def test_a_live_service_refuses_both(settings) -> None:
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, mode="live")
    with pytest.raises(NotAllowedNow, match="live service"):
        demo.load(AT)
    with pytest.raises(NotAllowedNow, match="live service"):
        demo.reset(AT)
    assert not User.objects.exists()


@pytest.mark.django_db
def test_the_one_password_is_for_no_live_service_and_for_nobody_elses_login(settings) -> None:
    own = make.therapist()
    demo.load(AT, only=())
    own.refresh_from_db()
    assert not own.check_password(demo.service().password)
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, mode="live")
    with pytest.raises(NotAllowedNow, match="password of its own"):
        accounts.give_demo_password(
            usernames=[own.username], password="paper-lantern", by=Operator("tests"), at=AT
        )


@pytest.mark.django_db
@pytest.mark.parametrize(
    "at",
    [
        datetime(2028, 2, 29, 23, 30, tzinfo=UTC),
        datetime(2026, 12, 31, 23, 30, tzinfo=UTC),
        datetime(2027, 3, 28, 0, 5, tzinfo=UTC),
    ],
    ids=str,
)
def test_at_any_hour_of_any_day_the_first_session_is_today_and_nothing_lies_ahead(at: datetime) -> None:
    """A part of the demo, laid at the edges of days and years, on a Sunday and on the day clocks change."""
    assert demo.load(at, only=["gr-empty-chair.json"])
    (gwen,) = Episode.objects.all()
    todays = gwen.sessions.filter(planned_at__date=at.date())
    assert [session.attendance for session in todays] == ["planned"]
    assert not AuditEvent.objects.filter(at__gt=at).exists()


@pytest.mark.django_db
def test_starting_over_refuses_where_a_login_is_no_demos() -> None:
    user = make.therapist()
    User.objects.filter(pk=user.pk).update(is_demo=False)
    with pytest.raises(NotAllowedNow, match="not made by a demo"):
        demo.reset(AT)
    assert User.objects.filter(pk=user.pk).exists()


@pytest.mark.django_db(transaction=True)
def test_starting_over_empties_and_lays_anew(monkeypatch) -> None:
    make.active_episode()
    laid: list[date] = []
    monkeypatch.setattr("openipt.records.demo.laying._lay", lambda service, at: laid.append(at.date()))
    demo.reset(AT)
    assert laid == [TODAY]
    assert not Episode.objects.exists() and not Alert.objects.exists() and not User.objects.exists()
    assert not audit.anchor_path().exists()
