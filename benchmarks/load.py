"""A thousand episodes, eight people who ask without pause: `make bench-load`, or `.venv/bin/python benchmarks/load.py`.

Lays a large service in a temporary home (`benchmarks/many.py`), starts `openipt serve` on it and asks for
pages as eight signed-in people, each page chosen by seeded chance among those of their own episodes. The
table shows for each page how long the answer took (p50, p95, p99) and, below it, the CPU of the server for
each page: of all its processes, user and system together. What else runs on the machine makes the times
longer, the CPU little.

    --episodes N   episodes with all their records (default 1000)
    --thin N       episodes beside them that are only there to be many
    --people N     how many ask at once (default 8)
    --seconds N    for how long (default 30), after as many seconds of warming up as --warm says
    --workers N    worker processes of the server (default 2)
    --home DIR     a home that was laid before, or that is kept for the next time
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
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from benchmarks import many, pages  # noqa: E402

BAR_MS = 100  # product bar: server time at p95
ROOMS = ("", "people/", "timeline/", "formulation/", "worksheets/", "measures/", "safety/", "ending/")
ROOMS += ("documents/", "sessions/")
LISTS = ("/today/", "/clients/")


@dataclass
class Person:
    """One who asks: what they may be shown, and how long each answer took."""

    cookie: str
    addresses: list[tuple[str, str]]
    chance: random.Random
    took: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    failed: list[str] = field(default_factory=list)

    def ask(self, port: int, until: float) -> None:
        connection = http.client.HTTPConnection("localhost", port, timeout=60)
        while time.monotonic() < until:
            name, address = self.chance.choice(self.addresses)
            began = time.perf_counter()
            connection.request("GET", address, headers={"Cookie": self.cookie})
            answer = connection.getresponse()
            answer.read()
            self.took[name].append((time.perf_counter() - began) * 1000)
            if answer.status != 200:
                self.failed.append(f"{name} ({address}) answers {answer.status}")
        connection.close()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    for name, value in (("episodes", 1000), ("thin", 0), ("people", 8), ("warm", 15), ("seconds", 30)):
        parser.add_argument(f"--{name}", type=int, default=value)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--home", type=Path, default=None)
    options = parser.parse_args()
    home = options.home or Path(tempfile.mkdtemp(prefix="openipt-load-"))
    os.environ |= {"OPENIPT_HOME": str(home), "OPENIPT_MODE": "demo"}
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "openipt.web.settings")
    try:
        _lay(options.episodes, options.thin)
        return _measure(_people(options.people), options)
    finally:
        if options.home is None:
            shutil.rmtree(home, ignore_errors=True)


def _lay(episodes: int, thin: int) -> None:
    import django

    django.setup()
    from openipt.records.models import Episode

    pages._lay_demo()
    if not Episode.objects.filter(therapist__username__startswith="bench.").exists():
        many.lay(episodes)
    if thin and not Episode.objects.filter(therapist__username__startswith="thin.").exists():
        many.lay_thin(thin)


def _people(count: int) -> list[Person]:
    """Therapists of different caseloads; every fifth is a supervisor, and one leads the service."""
    from django.db import connection

    from openipt.records.models import Role, User

    therapists = User.objects.filter(username__startswith="bench.", role=Role.THERAPIST).order_by("username")
    leads = User.objects.filter(username__startswith="bench.", role=Role.SUPERVISOR).order_by("username")
    found = [_therapist(user, place) for place, user in enumerate(therapists[: count - 2])]
    found.append(_of_one_page(leads[0].username, "supervision", "/supervision/", count))
    found.append(_of_one_page(pages.MANAGER, "service", "/service/", count + 1))
    connection.close()
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


# -- the server ----------------------------------------------------------------------------------------


def _measure(people: list[Person], options: argparse.Namespace) -> int:
    port = _free_port()
    command = [sys.executable, "-m", "openipt.cli.main", "serve", "--port", str(port)]
    command += ["--workers", str(options.workers)]
    program = "import sys; from openipt.cli.main import main; sys.exit(main(sys.argv[1:]))"
    server = subprocess.Popen([sys.executable, "-c", program, *command[3:]], stdout=subprocess.DEVNULL)  # noqa: S603
    try:
        _wait_for(port)
        _ask_all(people, port, options.warm)
        for person in people:
            person.took.clear()
        cpu, began = _cpu_of(server.pid), time.monotonic()
        _ask_all(people, port, options.seconds)
        _table(people, _cpu_of(server.pid) - cpu, time.monotonic() - began)
    finally:
        server.terminate()
        server.wait(30)
    failed = [line for person in people for line in person.failed]
    print("\n".join(failed[:5]), end="\n" if failed else "")
    return 1 if failed else 0


def _free_port() -> int:
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


def _cpu_of(pid: int) -> float:
    """Seconds of CPU that a process and all below it have had. Linux only."""
    parents: dict[int, list[int]] = defaultdict(list)
    spent: dict[int, float] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            words = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it ended meanwhile
        parents[int(words[1])].append(int(stat.parent.name))
        spent[int(stat.parent.name)] = (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")
    below, found = [pid], 0.0
    while below:
        one = below.pop()
        found += spent.get(one, 0.0)
        below += parents[one]
    return found


# -- the table -----------------------------------------------------------------------------------------


def _table(people: list[Person], cpu: float, seconds: float) -> None:
    took: dict[str, list[float]] = defaultdict(list)
    for person in people:
        for name, times in person.took.items():
            took[name] += times
    every = [one for times in took.values() for one in times]
    print(f"\n{'page':<26}{'asked':>7}{'p50':>8}{'p95':>8}{'p99':>8}   ms")
    for name, times in [*sorted(took.items()), ("every page", every)]:
        print(f"{name:<26}{len(times):>7}{_at(times, 50):>8.1f}{_at(times, 95):>8.1f}{_at(times, 99):>8.1f}")
    print(
        f"\n{len(every) / seconds:.0f} pages a second; server CPU of a page {1000 * cpu / len(every):.1f} ms"
    )
    print(f"p95 of every page {'within' if _at(every, 95) <= BAR_MS else 'above'} {BAR_MS} ms")


def _at(times: list[float], percent: int) -> float:
    if len(times) < 2:
        return times[0] if times else 0.0
    return statistics.quantiles(times, n=100, method="inclusive")[percent - 1]


if __name__ == "__main__":
    raise SystemExit(main())
