"""The clock stands where a file says, moves with it, and never in a live service."""

from __future__ import annotations

import dataclasses
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.conf import settings as django_settings

from openipt.errors import SettingError
from openipt.web import clock, environment


@pytest.fixture
def told(tmp_path: Path) -> Path:
    path = tmp_path / "clock"
    path.write_text("2026-03-02T09:30+00:00\n")
    return path


def test_the_clock_moves_with_its_file(told: Path, settings) -> None:
    settings.ENVIRONMENT = dataclasses.replace(django_settings.ENVIRONMENT, clock_file=told)
    assert clock.now() == datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
    told.write_text("2026-03-09T08:00+00:00")
    assert clock.today() == date(2026, 3, 9)


def test_the_file_goes_before_the_fixed_moment(told: Path) -> None:
    env = {"OPENIPT_CLOCK_FILE": str(told), "OPENIPT_CLOCK": "2020-01-01T00:00+00:00"}
    assert environment.read(env).clock_file == told


@pytest.mark.parametrize("name", ["OPENIPT_CLOCK", "OPENIPT_CLOCK_FILE"])
def test_a_live_service_keeps_real_time(told: Path, name: str) -> None:
    value = str(told) if name.endswith("FILE") else "2026-03-02T09:30+00:00"
    with pytest.raises(SettingError, match=f"{name} is set. A live service keeps real time"):
        environment.read({"OPENIPT_MODE": "live", "OPENIPT_HOSTS": "ipt.example.org", name: value})


def test_a_file_that_is_not_there_or_holds_no_moment_is_named(told: Path, settings) -> None:
    with pytest.raises(SettingError, match="Name a file that holds a moment"):
        environment.read({"OPENIPT_CLOCK_FILE": str(told.parent / "nowhere")})
    settings.ENVIRONMENT = dataclasses.replace(django_settings.ENVIRONMENT, clock_file=told)
    told.write_text("next week")
    with pytest.raises(SettingError, match="OPENIPT_CLOCK_FILE is 'next week'"):
        clock.now()
    told.write_text("2026-03-02T09:30")
    with pytest.raises(SettingError, match="needs a time zone"):
        clock.now()
