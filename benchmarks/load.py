"""A service of 1,000 episodes or 100,000, asked by people without pause: `.venv/bin/python benchmarks/load.py`.

Lays the service in a temporary home (`benchmarks/many.py`), starts `openipt serve` on it and asks for pages as
so many signed-in people, each page chosen by seeded chance among those of their own episodes; every eighth is a
supervisor and every eighth leads the service. The table shows for each page how long the answer took (p50, p95,
p99) and, below it, the CPU of the server for each page: of all its processes, user and system together. Then bare
Django views of as many bytes are asked in the same way, under the same server with the same settings
(`benchmarks/bare.py`). What else runs on the machine makes the times longer, the CPU little.

    --episodes N   episodes with all their records (default 1000)
    --short N      short ones beside them, most of them ended (default 0)
    --people N     how many ask at once (default 8; named twice, one after the other: --people 8 32)
    --seconds N    for how long (default 30), after as many seconds of warming up as --warm says
    --workers N    worker processes of the server (default 2)
    --home DIR     a home that was laid before, or that is kept for the next time
    --page FILE    put the figures into this page's table (benchmarks/table.py)
"""

from __future__ import annotations

import argparse
import http.client
import os
import random
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from benchmarks import many, pages, table  # noqa: E402

BAR_MS, BAR_CPU, BAR_MORE = 100, 8, 1.2  # product bars: p95, CPU of a page, 100,000 against 1,000
ROOMS = ("", "people/", "timeline/", "formulation/", "worksheets/", "measures/", "safety/", "ending/")
ROOMS += ("documents/", "sessions/")
LISTS = ("/today/", "/clients/")
EVERY = 8  # one of so many is a supervisor, and one leads the service
SECONDS_BARE = 8


@dataclass
class Person:
    """One who asks: what they may be shown, how long each answer took, and how many bytes it had."""

    cookie: str
    addresses: list[tuple[str, str]]
    chance: random.Random
    took: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    sizes: list[int] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    def ask(self, port: int, until: float) -> None:
        connection = http.client.HTTPConnection("localhost", port, timeout=60)
        while time.monotonic() < until:
            name, address = self.chance.choice(self.addresses)
            began = time.perf_counter()
            connection.request("GET", address, headers={"Cookie": self.cookie})
            answer = connection.getresponse()
            self.sizes.append(len(answer.read()))
            self.took[name].append((time.perf_counter() - began) * 1000)
            if answer.status != 200:
                self.failed.append(f"{name} ({address}) answers {answer.status}")
        connection.close()


@dataclass(frozen=True)
class Measured:
    """What one run of so many people counted: times in ms, CPU in ms for each page."""

    took: dict[str, list[float]]
    per_second: float
    cpu_ms: float
    size: int
    failed: list[str]

    @property
    def every(self) -> list[float]:
        return [one for times in self.took.values() for one in times]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    for name, value in (("episodes", 1000), ("short", 0), ("warm", 15), ("seconds", 30), ("workers", 2)):
        parser.add_argument(f"--{name}", type=int, default=value)
    parser.add_argument("--people", type=int, nargs="+", default=[8])
    for name in ("home", "page"):
        parser.add_argument(f"--{name}", type=Path, default=None)
    options = parser.parse_args()
    home = options.home or Path(tempfile.mkdtemp(prefix="openipt-load-"))
    os.environ |= {"OPENIPT_HOME": str(home), "OPENIPT_MODE": "demo"}
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "openipt.web.settings")
    try:
        return _bench(options)
    finally:
        if options.home is None:
            shutil.rmtree(home, ignore_errors=True)


def _bench(options: argparse.Namespace) -> int:
    began = time.monotonic()
    laid = _lay(options.episodes, options.short)
    rows = [table.Row("laying it, s", f"{time.monotonic() - began:.0f}")] if laid else []
    failed = []
    for people in options.people:
        found = _measured(openipt(options.workers), _people(people), options.warm, options.seconds)
        bare = _measured(bare_django(options.workers), _bare_people(people, found.size), 2, SECONDS_BARE)
        _print(found, bare, people)
        rows += _rows(found, bare, _asked(options.episodes + options.short, people), people)
        rows += _against_few(rows, people, options) if options.short else []
        failed += found.failed
    table.keep("many" if options.short else "few", rows, options.page)
    print("\n".join(failed[:5]), end="\n" if failed else "")
    return 1 if failed else 0


def _lay(episodes: int, short: int) -> bool:
    """The service, where it does not lie there yet. True where something was laid."""
    import django

    django.setup()
    from openipt.records.models import Episode

    def lies(who: str) -> bool:
        return Episode.objects.filter(therapist__username__startswith=who).exists()

    pages._lay_demo()
    wanted = [(many.lay, episodes, "bench."), (many.lay_short, short, "short.0")]
    missing = [(lay, count) for lay, count, who in wanted if count and not lies(who)]
    for lay, count in missing:
        lay(count)
    return bool(missing)


def _people(count: int) -> list[Person]:
    """Therapists of different caseloads, supervisors, and those who lead the service."""
    from django.db import connection

    from openipt.records.models import Role, User

    mine = User.objects.filter(username__startswith="bench.").order_by("username")
    leads = max(1, count // EVERY)
    therapists = mine.filter(role=Role.THERAPIST)[: count - 2 * leads]
    found = [_therapist(user, place) for place, user in enumerate(therapists)]
    for place, user in enumerate(mine.filter(role=Role.SUPERVISOR)[:leads]):
        found.append(_of_one_page(user.username, "supervision", "/supervision/", count + place))
    found += [
        _of_one_page(pages.MANAGER, "service", "/service/", 2 * count + place) for place in range(leads)
    ]
    connection.close()
    assert len(found) == count, f"This service has people for {len(found)} askers, not {count}."
    return found


def _therapist(user: object, seed: int) -> Person:
    from openipt.records.models import Episode, Session

    addresses = [(address.strip("/"), address) for address in LISTS for _ in range(25)]
    for episode in Episode.objects.filter(therapist=user):
        inside = f"/episodes/{episode.pk}/"
        addresses += [(room.strip("/") or "overview", inside + room) for room in ROOMS]
        for session in Session.objects.filter(episode=episode).order_by("-planned_at")[:3]:
            addresses.append((f"session room, {session.state}", f"{inside}sessions/{session.pk}/"))
    return Person(pages.cookie_of(user.username, "/"), addresses, random.Random(seed))  # type: ignore[attr-defined]  # noqa: S311


def _of_one_page(username: str, name: str, address: str, seed: int) -> Person:
    return Person(pages.cookie_of(username, address), [(name, address)], random.Random(seed))  # noqa: S311


def _bare_people(count: int, size: int) -> list[Person]:
    return [Person("", [("bare", f"/page/{size}/")], random.Random(place)) for place in range(count)]  # noqa: S311


# -- the server ----------------------------------------------------------------------------------------


def openipt(workers: int) -> Callable[[int], list[str]]:
    program = "import sys; from openipt.cli.main import main; sys.exit(main(sys.argv[1:]))"
    return lambda port: ["-c", program, "serve", "--port", str(port), "--workers", str(workers)]


def bare_django(workers: int) -> Callable[[int], list[str]]:
    return lambda port: [str(ROOT / "benchmarks/bare.py"), str(port), str(workers)]


def _measured(command: Callable[[int], list[str]], people: list[Person], warm: int, seconds: int) -> Measured:
    port = free_port()
    server = subprocess.Popen([sys.executable, *command(port)], stdout=subprocess.DEVNULL)  # noqa: S603
    try:
        _wait_for(port)
        _ask_all(people, port, warm)
        for person in people:
            person.took.clear()
            person.sizes.clear()
        cpu, began = _cpu_of(server.pid), time.monotonic()
        _ask_all(people, port, seconds)
        cpu, took = _cpu_of(server.pid) - cpu, time.monotonic() - began
    finally:
        server.terminate()
        server.wait(30)
    times: dict[str, list[float]] = defaultdict(list)
    for person in people:
        for name, found in person.took.items():
            times[name] += found
    sizes = [size for person in people for size in person.sizes]
    failed = [line for person in people for line in person.failed]
    return Measured(times, len(sizes) / took, 1000 * cpu / len(sizes), round(statistics.mean(sizes)), failed)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(port: int) -> None:
    for _ in range(300):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise SystemExit("The server did not come up.")


def _ask_all(people: list[Person], port: int, seconds: int) -> None:
    until = time.monotonic() + seconds
    asking = [threading.Thread(target=person.ask, args=(port, until)) for person in people]
    for one in asking:
        one.start()
    for one in asking:
        one.join()


def processes_of(pid: int) -> list[int]:
    """A process and all below it. Linux only."""
    return list(_spent_of(pid))


def _cpu_of(pid: int) -> float:
    """Seconds of CPU that a process and all below it have had."""
    return sum(_spent_of(pid).values())


def _spent_of(pid: int) -> dict[int, float]:
    parents: dict[int, list[int]] = defaultdict(list)
    spent: dict[int, float] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            words = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it ended meanwhile
        parents[int(words[1])].append(int(stat.parent.name))
        spent[int(stat.parent.name)] = (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")
    below, found = [pid], {}
    while below:
        one = below.pop()
        found[one] = spent.get(one, 0.0)
        below += parents[one]
    return found


# -- the table -----------------------------------------------------------------------------------------


def _print(found: Measured, bare: Measured, people: int) -> None:
    print(f"\n{people} people at once\n{'page':<26}{'asked':>7}{'p50':>8}{'p95':>8}{'p99':>8}   ms")
    for name, times in [*sorted(found.took.items()), ("every page", found.every), *bare.took.items()]:
        print(f"{name:<26}{len(times):>7}{_at(times, 50):>8.1f}{_at(times, 95):>8.1f}{_at(times, 99):>8.1f}")
    print(f"\n{found.per_second:.0f} pages a second; server CPU of a page {found.cpu_ms:.1f} ms")
    print(f"bare Django: {bare.per_second:.0f} pages a second; CPU {bare.cpu_ms:.1f} ms")
    print(
        f"p95 of every page {'within' if _at(found.every, 95) <= BAR_MS else 'above'} {BAR_MS} ms", flush=True
    )


def _rows(found: Measured, bare: Measured, who: str, people: int) -> list[table.Row]:
    """What goes into the table: every page together, and the slowest of them."""
    bars = {95: f"{BAR_MS} ms for 8 people" if people == 8 else ""}
    rows = [
        _row(
            f"{who}: p{share}, ms",
            _at(found.every, share),
            _at(bare.every, share),
            bars.get(share, ""),
        )
        for share in (50, 95, 99)
    ]
    rows.append(_row(f"{who}: pages a second", found.per_second, bare.per_second))
    rows.append(_row(f"{who}: CPU of a page, ms", found.cpu_ms, bare.cpu_ms, f"{BAR_CPU} ms"))
    slowest = max(found.took, key=lambda name: _at(found.took[name], 95))
    rows.append(table.Row(f"{who}: slowest page, p95, ms", f"{slowest} {_at(found.took[slowest], 95):.1f}"))
    return rows


def _asked(episodes: int, people: int) -> str:
    return f"{episodes:,} episodes, {people} people"


def _against_few(rows: list[table.Row], people: int, options: argparse.Namespace) -> list[table.Row]:
    """The same pages beside the figures of the service without the short episodes, where the table has them."""
    found = []
    for what in ("p95, ms", "CPU of a page, ms"):
        few = table.figure("few", f"{_asked(options.episodes, people)}: {what}", options.page)
        named = f"{_asked(options.episodes + options.short, people)}: {what}"
        now = next(float(row.figure) for row in rows if row.what == named)
        if few:
            beside = f"{options.episodes:,} episodes {few:.1f}"
            found.append(
                table.Row(f"{named}, against few", f"{now:.1f}", beside, f"{now / few:.2f}", str(BAR_MORE))
            )
    return found


def _row(what: str, figure: float, bare: float, bar: str = "") -> table.Row:
    return table.Row(what, f"{figure:.1f}", f"bare Django {bare:.1f}", f"{figure / bare:.1f}", bar)


def _at(times: list[float], percent: int) -> float:
    if len(times) < 2:
        return times[0] if times else 0.0
    return statistics.quantiles(times, n=100, method="inclusive")[percent - 1]


if __name__ == "__main__":
    raise SystemExit(main())
