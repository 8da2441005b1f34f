"""What every test stands on: bounded, seeded, repeatable; a PostgreSQL server for those that ask."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests.browser import launched
from tests.postgres import throwaway_server

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]

settings.register_profile(
    "ci", derandomize=True, max_examples=60, deadline=None, database=None, suppress_health_check=SLOW
)
settings.register_profile("trial", parent=settings.get_profile("ci"), max_examples=2000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


@pytest.fixture(autouse=True)
def seeded() -> None:
    """Every test meets the same chance."""
    random.seed(20260302)


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The URL of an empty database on a throwaway PostgreSQL server, as OPENIPT_DATABASE_URL takes it."""
    with throwaway_server() as url:
        yield url


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """The one browser of this worker: a second driver beside it in one process would not start."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with launched() as browser:
        yield browser
    os.environ.pop("DJANGO_ALLOW_ASYNC_UNSAFE", None)
