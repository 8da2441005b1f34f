"""Does what the service does by itself: tells people of alerts, goes on with the call tree, reminds.

`openipt serve` does this beside its pages unless OPENIPT_WORKER=0. Started twice, one works and the other waits.
`openipt worker status` says whether one runs, since when, and what waits or failed; it ends with 1 when none runs or
something does not arrive. How to set up what it sends: docs/how-to/alerts.md.
"""

from __future__ import annotations

import argparse
import json
import signal
import threading
from typing import TYPE_CHECKING

from openipt.cli import django_setup
from openipt.errors import SettingError

if TYPE_CHECKING:
    from datetime import datetime

    from openipt.records.queries.worker import Health

help = "tell people of alerts, escalate, remind; or say how that goes"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "what", nargs="?", choices=("run", "status"), default="run",
        help="run (until Ctrl+C or SIGTERM), or status: how the worker does; ends with 1 when it is not well",
    )  # fmt: skip
    parser.add_argument("--json", action="store_true", help="status as JSON")


def run(args: argparse.Namespace) -> int:
    """Work until told to stop, or print how the worker does."""
    django_setup.setup()
    from openipt.cli.migrate import waiting_migrations

    if waiting_migrations():
        raise SettingError("The database is not up to date. Run `openipt migrate` first.")
    return _status(as_json=args.json) if args.what == "status" else _run()


def _run() -> int:
    from openipt.records.worker import Worker
    from openipt.web import clock

    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    one = Worker(now=clock.now, gentle=False)
    print(f"The worker runs: {one.holder}. Ctrl+C stops it.", flush=True)
    one.run(stop)
    return 0


def _status(*, as_json: bool) -> int:
    from openipt.records.queries import worker as queries
    from openipt.web import clock

    at = clock.now()
    found = queries.health(at)
    print(json.dumps(_values(found), indent=2) if as_json else "\n".join(lines(found, at)))
    return 0 if found.is_well else 1


def _values(found: Health) -> dict[str, object]:
    return {
        "runs": found.runs,
        "well": found.is_well,
        "holder": found.holder,
        "term": found.term,
        "last_beat": found.beat_at.isoformat() if found.beat_at else None,
        "clock_went_back": found.clock_back_at.isoformat() if found.clock_back_at else None,
        "lag_seconds": round(found.lag.total_seconds()),
        "alerts_to_look_at": found.looks_due,
        "waiting": found.waiting,
        "failing": found.failing,
        "given_up": found.given_up,
        "last_code": found.last_code,
        "without_address": found.without_address,
        "mail": found.mail_on,
        "webhook": found.webhook_on,
        "audit_checked": found.audit_at.isoformat() if found.audit_at else None,
        "audit_broken": found.audit_is_broken,
    }


def lines(found: Health, at: datetime) -> list[str]:
    """How the worker does, one fact a line."""
    beat = f"last beat {found.beat_at:%Y-%m-%d %H:%M:%S %Z}" if found.beat_at else "no beat yet"
    said = [f"worker: {'runs' if found.runs else 'does not run'}, {beat}"]
    if found.holder:
        said.append(f"holder: {found.holder} (term {found.term})")
    said += [
        f"lag: {round(found.lag.total_seconds())} seconds, {found.looks_due} alerts to look at",
        f"to send: {found.waiting} waiting, {found.failing} of them failed and are tried again",
        f"given up in the last 7 days: {found.given_up}",
        f"e-mail: {'on' if found.mail_on else 'off'}, webhook: {'on' if found.webhook_on else 'off'}",
    ]
    if found.audit_at is not None:
        state = "BROKEN (openipt audit verify says where)" if found.audit_is_broken else "whole"
        said.append(f"audit: {state}, checked {found.audit_at:%Y-%m-%d %H:%M:%S %Z}")
    if found.failing:
        said.append(f"last answer: {found.last_code or 'none'}")
    if found.without_address:
        said.append(f"without an address for alerts: {found.without_address} of the staff")
    if found.clock_back_at:
        said.append(f"the clock went back: {found.clock_back_at:%Y-%m-%d %H:%M:%S %Z}")
    return said
