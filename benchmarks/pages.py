"""What a page costs: server CPU, queries, bytes. `make bench`, or `.venv/bin/python benchmarks/pages.py`.

Lays the demo in a temporary home, signs its people in and asks for every page through the WSGI application
that the service runs, with full durability and with auditing on. CPU time is that of this process alone, so
other work on the machine blurs it less than a clock would; compare within one run only. `bare` is a view
without middleware, session or audit that renders as many bytes of a table with Django's own templates.

    --count N   requests to each page (default 60; the table shows their median)
    --home DIR  a home that holds a demo already, kept as it is but for the audit
    --only WORD pages whose name holds this word
    --rooms     the rooms alone; otherwise every page of every role follows them
    --page FILE put the figures into this page's table
"""

from __future__ import annotations

import argparse
import gc
import gzip
import io
import os
import re
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from benchmarks import bare, table  # noqa: E402

THERAPIST, SUPERVISOR, MANAGER, KEEPER = "mira.hale", "ruth.okafor", "lena.marsh", "sam.ivey"
WARM = 3
BAR_MS, BAR_BYTES = 8, 150 * 1024  # product bars: server CPU of a page, first load over the wire


@dataclass(frozen=True)
class Page:
    """An address, and who asks for it."""

    name: str
    address: str
    by: str


@dataclass(frozen=True)
class Measured:
    """One line of the table."""

    page: Page
    cpu_ms: float
    least_ms: float
    queries: int
    html: int
    html_packed: int
    first_load: int
    bare_ms: float


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--count", type=int, default=60)
    parser.add_argument("--home", type=Path, default=None)
    parser.add_argument("--only", default="")
    parser.add_argument("--rooms", action="store_true")
    parser.add_argument("--page", type=Path, default=None)
    options = parser.parse_args()
    home = options.home or Path(tempfile.mkdtemp(prefix="openipt-bench-"))
    os.environ |= {"OPENIPT_HOME": str(home), "OPENIPT_MODE": "demo"}
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "openipt.web.settings")
    try:
        return _bench(options.count, options.only, rooms=options.rooms, page=options.page)
    finally:
        if options.home is None:
            shutil.rmtree(home, ignore_errors=True)


def _bench(count: int, only: str, *, rooms: bool, page: Path | None) -> int:
    import django

    django.setup()
    _lay_demo()
    found = pages_of_demo()
    pages = [page for page in (found if rooms else [*found, *other_pages(found)]) if only in page.name]
    _head(count)
    found = []
    for one in pages:
        found.append(_measure(one, count))
        print(_line(found[-1]), flush=True)
    slow = [one.page.name for one in found if one.cpu_ms > BAR_MS]
    print(f"\nabove {BAR_MS} ms: {', '.join(slow) or 'none'}")
    table.keep("pages", _rows(found, slow), page)
    return 0


def _lay_demo() -> None:
    from django.core.management import call_command

    from openipt.records import demo
    from openipt.web import clock

    call_command("migrate", verbosity=0, interactive=False)
    if not demo.is_laid():
        print("laying the demo ...", file=sys.stderr)
        demo.load(clock.now())


def pages_of_demo() -> list[Page]:
    """The rooms of the therapist's fullest episode, and the first pages of everybody else."""
    from django.db.models import Count

    from openipt.records.models import Enquiry, Episode, Session

    episodes = Episode.objects.filter(therapist__username=THERAPIST, status="active")
    episode = episodes.annotate(size=Count("entries")).order_by("-size").first()
    assert episode is not None, "the demo has no running episode"
    held = Session.objects.filter(episode=episode, state="signed").order_by("-planned_at").first()
    begun = _open_session_page()
    planned = Session.objects.filter(episode=episode, state="planned").order_by("planned_at").first()
    inside = f"/episodes/{episode.pk}/"
    sessions = [("session room, signed", held), ("session room, planned", planned)]
    client = episode.client.user
    assert client is not None, "the demo's client has no login"
    return [
        Page("today", "/today/", THERAPIST),
        Page("clients", "/clients/", THERAPIST),
        Page("overview", inside, THERAPIST),
        *(
            Page(room, f"{inside}{room}/", THERAPIST)
            for room in (
                "line",
                "people",
                "timeline",
                "formulation",
                "worksheets",
                "measures",
                "safety",
                "ending",
            )
        ),
        *(
            Page(name, f"{inside}people/{tail}", THERAPIST)
            for name, tail in (
                ("circle, drawing", "circle/"),
                ("circles, replayed", "circles/"),
                ("circles, compared", "circles/compare/"),
            )
        ),
        Page("timeline, turned", f"{inside}timeline/together/", THERAPIST),
        *_full_timeline(),
        Page("documents", f"{inside}documents/", THERAPIST),
        Page("sessions list", f"{inside}sessions/", THERAPIST),
        *(Page(name, f"{inside}sessions/{row.pk}/", THERAPIST) for name, row in sessions if row),
        *begun,
        Page("enquiries", "/intake/", THERAPIST),
        *(
            Page("enquiry", f"/intake/{row.pk}/", THERAPIST)
            for row in Enquiry.objects.filter(state="open")[:1]
        ),
        Page("asking", "/me/asking/", client.username),
        Page("me", "/me/", client.username),
        Page("me check-in", "/me/check-in/", client.username),
        *_begun_sitting(episode, client),
        Page("me line", "/me/line/", client.username),
        Page("supervision", "/supervision/", SUPERVISOR),
        Page("service", "/service/", MANAGER),
    ]


def _begun_sitting(episode: Any, client: Any) -> list[Page]:
    """The first question of a sitting, and all of them on one page."""
    from openipt.records.actions import checkins
    from openipt.web import clock

    measures = ["ms_phq9", "ms_gad7"]
    row = checkins.open_checkin(episode=episode, measures=measures, by=client, at=clock.now())
    return [
        Page("me check-in, a question", f"/me/check-in/{row.pk}/1/", client.username),
        Page("me check-in, all", f"/me/check-in/{row.pk}/", client.username),
    ]


def other_pages(known: list[Page]) -> list[Page]:
    """Every other page of every role, in the first of the demo's courses that has it."""
    from routes import FILES, addresses, filled

    from openipt.records.models import Episode

    taken = {page.address for page in known}
    courses = list(Episode.objects.filter(therapist__username=THERAPIST).order_by("-status", "pk"))
    first = next((episode for episode in courses if known[2].address == f"/episodes/{episode.pk}/"), None)
    courses.sort(key=lambda episode: episode is not first)
    found = []
    for space, name, pattern in addresses():
        if name in FILES or filled(name, pattern, courses[0]) in taken:
            continue
        for episode in courses:
            address = filled(name, pattern, episode)
            if address is None:
                continue
            page = Page(f"{space} {name}".replace("client ", "me "), address, _who(space, name, episode))
            if page.by and _is_page(page):
                found.append(page)
                break
    return found


def _who(space: str, name: str, episode: Any) -> str:
    """Who asks for the pages of this part of the web; "" where nobody signed in does."""
    if space == "client":
        return episode.client.user.username if episode.client.user is not None else ""
    if space == "accounts":
        return THERAPIST if name.startswith(("own", "cover")) else KEEPER
    if not space:
        return THERAPIST if name == "sources" else ""
    return {"therapist": THERAPIST, "supervision": SUPERVISOR, "service": MANAGER}[space]


def _is_page(page: Page) -> bool:
    """Whether this answers a reader with HTML: not a step that is only sent to, and no way on."""
    try:
        return b"<!doctype html" in _asker(page)()[:200].lower()
    except SystemExit:
        return False


LIFE = 400  # things on the fullest time line


def _full_timeline() -> list[Page]:
    """A life of 60 years with 400 things on its line; its bar is 25 ms."""
    from datetime import date, timedelta

    from openipt.records.actions import clients, entries
    from openipt.records.models import Episode, User
    from openipt.web import clock

    by, at = User.objects.get(username=THERAPIST), clock.now()
    episode = Episode.objects.filter(client__birth_year=1901).first()
    if episode is None:
        episode = clients.enrol_client(
            profile={"name": "A long life"},
            therapist=by,
            by=by,
            at=at,
            adaptation="ipt_acute",
            birth_year=1901,
        )
        for number in range(LIFE):
            on = date(1966, 1, 1) + timedelta(days=number * 7919 % 21900)
            grain, said = (("day", on.isoformat()), ("month", f"{on:%Y-%m}"), ("year", f"{on:%Y}"))[
                number % 3
            ]
            kind = ("event", "event", "symptom", "treatment")[number % 4]
            values = {"date": said, "precision": grain, "type": kind, "text": f"something of day {number}"}
            entries.add_entry(episode=episode, record_type="rec_timeline", payload=values, by=by, at=at)
    return [Page(f"timeline, {LIFE} things", f"/episodes/{episode.pk}/timeline/", THERAPIST)]


def _open_session_page() -> list[Page]:
    """The session room in its working state: the first session of today, begun."""
    from openipt.records.actions import sessions as actions
    from openipt.records.models import Session, User
    from openipt.web import clock

    by = User.objects.get(username=THERAPIST)
    mine = Session.objects.filter(episode__therapist=by).order_by("planned_at")
    row = mine.filter(state="draft").first()
    if row is None:
        row = mine.filter(state="planned", planned_at__date=clock.today()).first()
        if row is None:
            return []
        actions.begin_session(session=row, by=by, at=clock.now())
    return [Page("session room, begun", f"/episodes/{row.episode_id}/sessions/{row.pk}/", THERAPIST)]


# -- asking ------------------------------------------------------------------------------------------


def cookie_of(username: str, address: str) -> str:
    """A sign-in of this person, as the browser's cookie for that address."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

    from openipt.records.models import User
    from openipt.web.middleware import CLIENT_COOKIES
    from openipt.web.signed_in import SessionStore

    user = User.objects.get(username=username)
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "openipt.web.signed_in.Logins"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    mine = CLIENT_COOKIES if address.startswith("/me/") else {}
    return f"{mine.get('SESSION_COOKIE_NAME', settings.SESSION_COOKIE_NAME)}={session.session_key}"


def _asker(page: Page) -> Callable[[], bytes]:
    """Asks for the page as a browser would that is signed in; answers its HTML."""
    from openipt.web.wsgi import application

    cookie = cookie_of(page.by, page.address)
    path, _, query = page.address.partition("?")

    def ask() -> bytes:
        answered: list[str] = []
        environ = {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "8000",
            "HTTP_HOST": "localhost",
            "HTTP_COOKIE": cookie,
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": True,
            "wsgi.run_once": False,
        }
        response = application(environ, lambda status, headers: answered.append(status))
        try:
            body = b"".join(response)
        finally:
            response.close()
        if not answered[0].startswith("200"):
            raise SystemExit(f"{page.name} ({page.address}) answers {answered[0]}")
        return body

    return ask


def _measure(page: Page, count: int) -> Measured:
    ask = _asker(page)
    for _ in range(WARM):
        body = ask()
    times = _cpu_ms(ask, count)
    packed = len(gzip.compress(body, 6))
    return Measured(
        page=page,
        cpu_ms=statistics.median(times),
        least_ms=min(times),
        queries=_queries(ask),
        html=len(body),
        html_packed=packed,
        first_load=packed + sum(len(gzip.compress(file, 9)) for file in files_of(body.decode())),
        bare_ms=statistics.median(_cpu_ms(_bare_asker(len(body)), count)),
    )


def _cpu_ms(ask: Callable[[], object], count: int) -> list[float]:
    gc.collect()
    found = []
    for _ in range(count):
        began = time.process_time()
        ask()
        found.append((time.process_time() - began) * 1000)
    return found


def _queries(ask: Callable[[], object]) -> int:
    from django.db import connection

    seen: list[str] = []

    def count(execute, sql, params, many, context):  # type: ignore[no-untyped-def]
        seen.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(count):
        ask()
    return len(seen)


def _bare_asker(size: int) -> Callable[[], object]:
    """A view without anything around it: a table of as many bytes, in Django's own templates."""
    from django.test import RequestFactory

    factory = RequestFactory()
    bare.renderer(size)
    return lambda: bare.page(factory.get("/"), size)


# -- what a browser loads ------------------------------------------------------------------------------


def files_of(html: str) -> list[bytes]:
    """The style sheets and scripts a page loads, with all they import."""
    wanted = re.findall(r'<link[^>]+rel="stylesheet"[^>]*href="([^"]+)"', html)
    wanted += re.findall(r'<script[^>]+src="([^"]+)"', html)
    found: dict[str, bytes] = {}
    for address in wanted:
        _load(address.removeprefix("/static/"), found)
    return list(found.values())


def _load(name: str, found: dict[str, bytes]) -> None:
    from django.contrib.staticfiles import finders

    if name in found:
        return
    path = finders.find(name)
    assert path, f"{name} is asked for and is not there"
    found[name] = Path(path).read_bytes()
    for other in _imports(found[name].decode()):
        _load(os.path.normpath(Path(name).parent / other), found)


def _imports(text: str) -> Iterator[str]:
    yield from re.findall(r'@import\s+(?:url\()?["\']([^"\']+)["\']', text)
    yield from re.findall(r'^\s*(?:import|export)\b[^"\';]*["\'](\.[^"\']+)["\']', text, re.MULTILINE)


# -- the table -----------------------------------------------------------------------------------------


def _head(count: int) -> None:
    print(f"CPU in ms: median of {count} requests, and the least; bytes in KB (gzip)\n")
    print(
        f"{'page':<34}{'cpu':>7}{'least':>7}{'bare':>7}{'queries':>9}"
        f"{'html':>8}{'packed':>8}{'first load':>12}"
    )


def _line(found: Measured) -> str:
    return (
        f"{found.page.name:<34}{found.cpu_ms:>7.1f}{found.least_ms:>7.1f}{found.bare_ms:>7.1f}{found.queries:>9}"
        f"{found.html / 1024:>8.1f}{found.html_packed / 1024:>8.1f}{found.first_load / 1024:>12.1f}"
    )


def _rows(found: list[Measured], slow: list[str]) -> list[table.Row]:
    """Every page of every role in a few figures: the pages themselves are printed."""
    ours, bare = ([getattr(one, name) for one in found] for name in ("cpu_ms", "bare_ms"))
    rows = [
        table.Row(f"{what} of {len(found)} pages, CPU, ms", f"{how(ours):.1f}", f"bare Django {how(bare):.1f}",
                  f"{how(ours) / how(bare):.1f}", f"{BAR_MS} ms")
        for what, how in (("median", statistics.median), ("mean", statistics.mean))
    ]  # fmt: skip
    least = max(found, key=lambda one: one.first_load)
    told = f"{least.page.name} {least.first_load / 1024:.0f}"
    rows.append(table.Row("largest first load, KB", told, bar=f"{BAR_BYTES // 1024} KB"))
    rows.append(table.Row(f"pages above {BAR_MS} ms of CPU", f"{len(slow)}", ", ".join(slow), bar="0"))
    return rows


if __name__ == "__main__":
    raise SystemExit(main())
