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
from tests.safety_case.hazards import WITHOUT_DATA, unproven
from tests.shared_data import ABSENT

LONGEST = (
    "test_cases_whole.py", "test_cases_whole_too.py", "test_every_page.py", "test_every_route.py", "test_check_in.py",
    "test_on_postgresql.py", "test_alert_is_never_lost.py", "test_nothing_leaks.py", "test_session_room_bar.py",
)  # fmt: skip

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


@pytest.fixture(autouse=True)
def anchored_anew() -> None:
    """The audit of each test has an anchor of its own: the database is emptied between them, a file is not."""
    from openipt.records import audit  # not before Django is set up

    audit.anchor_path().unlink(missing_ok=True)


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


class SafetyCase:
    """Fails a whole run in which a control of the hazard log was not shown at work (docs/safety)."""

    def __init__(self) -> None:
        self.outcomes: dict[str, str] = {}
        self.unproven: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call" or report.outcome != "passed":
            without_data = report.skipped and ABSENT in str(report.longrepr)
            self.outcomes[report.nodeid] = WITHOUT_DATA if without_data else report.outcome

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        if exitstatus == pytest.ExitCode.OK:
            self.unproven = unproven(self.outcomes)
            if self.unproven:
                session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        left_out = sum(outcome == WITHOUT_DATA for outcome in self.outcomes.values())
        if left_out:
            terminalreporter.write_line(
                f"safety case: {left_out} tests without the shared data showed nothing here"
            )
        for line in self.unproven:
            terminalreporter.write_line(f"safety case: {line}", red=True)


def pytest_configure(config: pytest.Config) -> None:
    """Only where the whole suite runs, and only in the process that hears of every test."""
    options = config.option
    part = (
        getattr(options, "file_or_dir", ())
        or options.keyword
        or getattr(options, "lf", False)
        or options.maxfail
    )
    if not part and not options.collectonly and not hasattr(config, "workerinput") and _is_whole(config):
        config.pluginmanager.register(SafetyCase(), "safety-case")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest begins first, so that no worker is left with it at the end (scripts/test keeps the order)."""
    longest = {name: at for at, name in enumerate(LONGEST)}
    items.sort(key=lambda item: longest.get(item.path.name, len(longest)))


def _is_whole(config: pytest.Config) -> bool:
    return config.option.markexpr == "not trial"
