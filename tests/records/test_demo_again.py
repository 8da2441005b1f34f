"""Loading and starting over: refused where it would touch anything but a demo."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from openipt.errors import NotAllowedNow
from openipt.records import audit, demo
from openipt.records.models import Alert, Episode, User
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
