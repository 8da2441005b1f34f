"""What the worker carries, how fast an alert is stored and told, and Today with 10,000 open alerts.

A home of its own on SQLite with full durability, as a service has it. Figures of one run compare with one another
only; no test asserts one. `told` is the time from the answer kept to the mail server's "taken", with the worker
running beside, as `openipt serve` runs it; it looks once a second, so half a second of it is waiting.

    --alerts N   open alerts for the worker's throughput (default 1000)
    --answers N  answers that raise an alert, one after the other (default 200)
    --open N     open alerts on Today (default 10000)
    --page FILE  put the figures into this page's table
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import table  # noqa: E402

BAR_MS = 100  # product bar: Today with 10,000 open alerts, server time


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--alerts", type=int, default=1000)
    parser.add_argument("--answers", type=int, default=200)
    parser.add_argument("--open", type=int, default=10_000)
    parser.add_argument("--page", type=Path, default=None)
    options = parser.parse_args()
    home = Path(tempfile.mkdtemp(prefix="openipt-bench-"))
    os.environ |= {"OPENIPT_HOME": str(home), "OPENIPT_MODE": "demo"}
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "openipt.web.settings")
    try:
        answer = _bench(options)
        table.keep("worker", _lines, options.page)
        return answer
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _bench(options: argparse.Namespace) -> int:
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    call_command("migrate", verbosity=0, interactive=False)
    print(f"{'what':<52}{'figure':>14}")
    _stored_and_told(options.answers)
    _throughput(options.alerts)
    return _today(options.open)


_lines: list[table.Row] = []


def line(what: str, figure: str) -> None:
    """One figure; one that begins with blanks goes on with what the last whole one began."""
    before = _lines[-1].what.partition(":")[0] if _lines else ""
    _lines.append(table.Row(f"{before}: {what.strip()}" if what.startswith(" ") else what, figure))
    print(f"{what:<52}{figure:>14}", flush=True)


def percentile(values: Iterable[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


# -- stored and told -------------------------------------------------------------------------------------


def _stored_and_told(count: int) -> None:
    from django.conf import settings
    from django.utils import timezone
    from tests.outside import mail_server
    from tests.records import worker_world

    from openipt.records.actions import checkins
    from openipt.records.worker import Worker
    from openipt.web.environment_channels import MailServer

    house = worker_world.house()
    cases = [_sitting(house) for _ in range(count)]
    with mail_server() as server:
        mail = MailServer("127.0.0.1", server.port, "service@example.org", tls="none")
        worker_world.switch_on(settings, mail=mail, webhook=None)
        taken: dict[str, float] = {}
        server.letters = Taken(taken)  # type: ignore[assignment]
        stop, one = threading.Event(), Worker(now=timezone.now, gentle=False)
        thread = threading.Thread(target=one.run, args=(stop,), daemon=True)
        thread.start()
        stored, began = [], {}
        for check_in, client in cases:
            start = time.perf_counter()
            alert = checkins.record_answer(
                check_in=check_in, measure="ms_phq9", item=9, value=3, by=client, at=timezone.now()
            )
            kept = time.perf_counter()
            stored.append((kept - start) * 1000)
            began |= {str(row.pk): kept for row in alert.deliveries.filter(channel="email")}
            time.sleep(0.05)
        for _ in range(600):
            if len(taken) >= len(began):
                break
            time.sleep(0.1)
        stop.set()
        thread.join(30)
    told = [(taken[key] - at) * 1000 for key, at in began.items() if key in taken]
    line("an answer and its alert stored, ms: median", f"{statistics.median(stored):.1f}")
    line("                                  p99", f"{percentile(stored, 0.99):.1f}")
    line("stored until the mail server took it, ms: median", f"{statistics.median(told):.0f}")
    line("                                  p99", f"{percentile(told, 0.99):.0f}")
    line("letters not taken", str(len(began) - len(told)))


class Taken(list):  # type: ignore[type-arg]
    """The letters of the mail server, each with the moment it was taken."""

    def __init__(self, moments: dict[str, float]) -> None:
        super().__init__()
        self._moments = moments

    def append(self, letter: Any) -> None:
        self._moments.setdefault(letter["Message-ID"].strip("<>").split("@")[0], time.perf_counter())


def _sitting(house: Any) -> tuple[Any, Any]:
    from tests import factories as make

    from openipt.records.actions import checkins

    episode, _ = make.active_episode(house.therapist)
    client = make.client_login(episode)
    opened = checkins.open_checkin(episode=episode, measures=["ms_phq9"], by=client, at=make.at_day())
    return opened, client


# -- throughput -------------------------------------------------------------------------------------------


def _throughput(count: int) -> None:
    """Looks at alerts, tellings sent to a channel that answers at once, rules of episodes looked at."""
    from openipt.records.channels import Outcome
    from openipt.records.models import Alert, AlertWatch, Channel, Delivery, EpisodeCheck
    from openipt.records.queries import worker as queries
    from openipt.records.worker import Worker

    Delivery.objects.update(state="called_off", next_at=None)
    AlertWatch.objects.update(look_at=None)
    at = datetime.fromisoformat("2026-06-01T09:00:00+00:00")
    _open_alerts(list(_first_episodes(40)), count, at, watched=True)
    one = Worker(
        now=lambda: at + timedelta(minutes=31),
        channels={Channel.EMAIL: lambda _message: Outcome(True, 250)},
        in_line=True,
        gentle=False,
    )
    one.turn()
    due = AlertWatch.objects.filter(look_at__lte=one.now())
    _rate("alerts looked at", lambda: count, lambda: _until(one._look, due.exists))
    letters = Delivery.objects.filter(channel="email", state="waiting")
    waiting = letters.count()
    _rate("letters sent and kept", lambda: waiting, lambda: _until(one._send, letters.exists))
    EpisodeCheck.objects.all().delete()
    one._day_done = None
    checks, running = EpisodeCheck.objects, min(40, queries.checkable().count())
    _rate(
        "episodes whose rules were looked at",
        checks.count,
        lambda: _until(one._check, lambda: checks.count() < running),
    )
    Alert.objects.exclude(state="resolved").update(state="acknowledged", acknowledged_at=at)


def _until(act: Callable[[], object], more: Callable[[], bool]) -> None:
    while more():
        act()


def _rate(what: str, count: Callable[[], int], act: Callable[[], object]) -> None:
    """How many a second, by the clock on the wall and of this process's own time."""
    wall, cpu = time.perf_counter(), time.process_time()
    act()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    line(f"{what}, a second ({count():,})", f"{count() / wall:.0f}")
    line("                                  a second of CPU", f"{count() / cpu:.0f}")


def _first_episodes(count: int) -> Any:
    from openipt.records.models import Episode

    return Episode.objects.select_related("therapist", "client").order_by("created_at", "pk")[:count]


def _open_alerts(episodes: list[Any], count: int, at: datetime, *, watched: bool) -> None:
    """Open alerts of these episodes, one after the other, with the steps that such alerts have."""
    from openipt.records.models import Alert, AlertStep, AlertWatch

    severities = ("critical", "warning", "warning", "notice")
    alerts = [
        Alert(
            episode=episodes[number % len(episodes)],
            rule="DR-01",
            severity=severities[number % 4],
            inputs={
                "choices": [{"measure": "ms_phq9", "item": 9, "value": 1 + number % 3, "at": at.isoformat()}]
            },
            raised_at=at + timedelta(seconds=number),
            due_at=at + timedelta(seconds=number, minutes=30),
        )
        for number in range(count)
    ]
    Alert.objects.bulk_create(alerts, batch_size=500)
    AlertStep.objects.bulk_create(
        (
            AlertStep(alert=alert, kind="told", at=alert.raised_at, told=alert.episode.therapist)
            for alert in alerts
        ),
        batch_size=500,
    )
    if watched:
        watches = (
            AlertWatch(alert=a, counted_from=at, limit=timedelta(minutes=30), look_at=at) for a in alerts
        )
        AlertWatch.objects.bulk_create(watches, batch_size=500)


# -- Today --------------------------------------------------------------------------------------------------


def _today(count: int) -> int:
    from django.utils import timezone
    from tests import factories as make

    from openipt.records.models import Alert, AlertStep, AlertWatch, Delivery, DeliveryEvent, Role

    for model in (DeliveryEvent, Delivery, AlertWatch, AlertStep, Alert):
        model.objects.all().delete()
    therapist = make.therapist("Many Alerts")
    mine = [make.active_episode(therapist)[0] for _ in range(40)]
    supervisor = make.supervised(therapist)
    lead = make.staff(Role.MANAGER)
    now = timezone.now()
    _open_alerts(mine, count, now - timedelta(hours=20), watched=True)
    AlertWatch.objects.update(look_at=now + timedelta(hours=9), late_at=now - timedelta(hours=1))
    slow = []
    pages = ((therapist, "/today/"), (therapist, "/today/alerts/?page=150"), (supervisor, "/today/"),
             (supervisor, "/supervision/"), (therapist, "/clients/"), (lead, "/service/"))  # fmt: skip
    for user, address in pages:
        wall, cpu = _page(user, address)
        line(f"{count:,} open alerts, {user.role}, {address}: ms p95", f"{wall:.0f}")
        line("                                  CPU, median", f"{cpu:.1f}")
        if wall > BAR_MS:
            slow.append(f"{user.role} {address}")
    print(f"\nabove {BAR_MS} ms: {', '.join(slow) or 'none'}")
    return 0


def _page(user: Any, address: str, count: int = 40) -> tuple[float, float]:
    """Server time at p95 and the median of CPU, of requests through the WSGI application."""
    from benchmarks.pages import Page, _asker

    ask = _asker(Page(address, address, user.username))
    for _ in range(3):
        ask()
    walls, cpus = [], []
    for _ in range(count):
        wall, cpu = time.perf_counter(), time.process_time()
        ask()
        walls.append((time.perf_counter() - wall) * 1000)
        cpus.append((time.process_time() - cpu) * 1000)
    return percentile(walls, 0.95), statistics.median(cpus)


if __name__ == "__main__":
    raise SystemExit(main())
