"""Every word in the house is a marker with its readers; everybody reads all they can; nobody finds another's.

A crawl follows every link from a person's first page and asks for every route and record besides, as a page
and as htmx asks. What it finds in pages, headers, addresses, titles, logs, the audit and the tables is held
against who may read it.
"""

from __future__ import annotations

import json
import logging
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from html import unescape
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.apps import apps
from django.contrib.sessions.models import Session as SignIn
from django.http import HttpResponse
from django.test import Client
from pypdf import PdfReader
from pypdf.errors import PdfReadError
from pypdf.generic import DictionaryObject
from tests import factories as make
from tests.web.house import NOW, PERSONS, House, Record
from tests.web.routes import ID, every_route, path_of

from openipt.records import audit
from openipt.records.actors import Operator
from openipt.records.models import AuditEvent
from openipt.web.logs import WithoutWords

pytestmark = pytest.mark.django_db

MARKER = re.compile(r"zq[b-k]{4}xz", re.IGNORECASE)
ADDRESS = re.compile(r'(?:href|action|src|formaction|hx-[a-z-]+|data-(?:find|to|address|href|url))="([^"]*)"')
FOLLOWED = re.compile(r'(?:href|hx-get)="([^"]*)"')
TITLE = re.compile(r"<head>.*?<title>(.*?)</title>", re.DOTALL)  # which a browser keeps in its history
OPENED = re.compile(r"(?<=/open/strategy/)[^/]+|(?<=/open/technique/)[^/]+")
PAGES_OF_ONE_KIND = 3
STARTS = {
    "nobody": ("/", "/help-now/"),
    "client": ("/me/",),
    "other_client": ("/me/",),
    "manager": ("/service/",),
    "administrator": ("/accounts/",),
    "supervisor": ("/supervision/", "/today/", "/clients/"),
    "other_supervisor": ("/supervision/", "/today/", "/clients/"),
}


@dataclass
class Reading:
    """What one person came to see: marker -> the first address it stood at."""

    person: str
    words: dict[str, str] = field(default_factory=dict)
    in_addresses: set[str] = field(default_factory=set)
    in_titles: set[str] = field(default_factory=set)
    in_headers: set[str] = field(default_factory=set)
    unkept: list[str] = field(default_factory=list)
    pages: int = 0
    broken: list[tuple[str, int]] = field(default_factory=list)

    def take(self, path: str, answer: HttpResponse) -> str:
        text = unescape(text_of(answer))
        self.pages += 1
        for word in MARKER.findall(text):
            self.words.setdefault(word.lower(), path)
        for address in ADDRESS.findall(text):
            self.in_addresses |= {f"{path}: {word}" for word in MARKER.findall(address)}
        for title in TITLE.findall(text):
            self.in_titles |= {f"{path}: {word}" for word in MARKER.findall(title)}
        told = str(list(answer.headers.items())) + answer.cookies.output()
        self.in_headers |= {f"{path}: {word}" for word in MARKER.findall(told)}
        self.unkept += _unprotected(path, answer)
        if answer.status_code >= 500:
            self.broken.append((path, answer.status_code))
        return text


def text_of(answer: HttpResponse) -> str:
    """The words of an answer, also of one that is a PDF: of its pages, its alternative texts, its metadata."""
    if answer.headers.get("Content-Type") == "image/png":
        return answer.content.decode("latin-1")  # dots, and whatever else were written beside them
    if answer.headers.get("Content-Type") != "application/pdf":
        return answer.content.decode()
    made = PdfReader(BytesIO(answer.content))
    pages = [page.extract_text() for page in made.pages]
    texts = [str(one.get("/Alt", "")) for one in every_object(made)]
    return "\n".join((*pages, *texts, str(made.metadata)))


def every_object(made: PdfReader) -> Iterator[DictionaryObject]:
    for number in range(1, len(made.xref_objStm) + sum(map(len, made.xref.values())) + 1):
        with suppress(PdfReadError):
            found = made.get_object(number)
            if isinstance(found, DictionaryObject):
                yield found


def _unprotected(path: str, answer: HttpResponse) -> list[str]:
    """What every answer says: keep no copy, tell nobody where you came from, load only our own."""
    wanted = {
        "Cache-Control": "no-store",
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Content-Security-Policy": "default-src 'none'",
    }
    return [
        f"{path}: {name}"
        for name, value in wanted.items()
        if value not in answer.headers.get(name, "nothing")
    ]


def kind_of(path: str) -> str:
    """Pages that differ by their ids and questions alone are of one kind, and so is the guide open at any of its parts.

    An empty form is the same wherever one comes from.
    """
    parts = urlsplit(path)
    asked = "" if parts.path.endswith("/new/") else parts.query
    keys = "&".join(sorted(pair.split("=")[0] for pair in asked.split("&") if pair))
    return f"{OPENED.sub('*', ID.sub('*', parts.path))}?{keys}"


def crawled(house: House, person: str, *more: str) -> Reading:
    """Everything this person is shown, however they come there."""
    browser = house.browser(person, raise_request_exception=False)
    reading, seen = Reading(person), Counter()
    waiting = [*more, *STARTS.get(person, ("/today/", "/clients/"))]
    waiting += [
        path_of(route, house, record) for route in every_route() for record in (house.own, house.other)
    ]
    done = set(more)
    for place, path in enumerate(waiting):
        if place >= len(more) and (path in done or seen[kind_of(path)] >= PAGES_OF_ONE_KIND):
            continue
        done.add(path)
        seen[kind_of(path)] += 1
        text = _read(reading, browser, path, by_htmx=seen[kind_of(path)] == 1)
        links = [unescape(link).split("#")[0] for link in FOLLOWED.findall(text)]
        waiting += [link for link in links if link.startswith("/") and not link.startswith("/static/")]
    return reading


def _read(reading: Reading, browser: Client, path: str, *, by_htmx: bool) -> str:
    answer = browser.get(path)
    text = reading.take(path, answer)
    if by_htmx and answer.status_code == 200 and answer.headers["Content-Type"].startswith("text/html"):
        reading.take(path, browser.get(path, headers={"hx-request": "true"}))
    return text


def every_record(record: Record, person: str) -> list[str]:
    """Each record to read, as its history and as the form that changes it; each session's pages."""
    base = f"/episodes/{record.ids['episode_id']}/"
    tails = {"therapist": ("", "history/", "edit/"), "supervisor": ("", "history/")}.get(person, ("",))
    pages = [f"{base}records/{entry}/{tail}" for entry in record.entries.values() for tail in tails]
    for session in record.sessions.values():
        pages += [f"{base}sessions/{session.pk}/{tail}" for tail in ("", "note/", "note/print/", "together/")]
    return pages


def wrongly_read(house: House, reading: Reading) -> list[str]:
    return sorted(
        f"{reading.person} reads '{house.places[word]}' at {path}"
        for word, path in reading.words.items()
        if reading.person not in house.readers[word]
    )


@pytest.fixture(scope="module")
def readings(house: House, django_db_blocker: Any) -> dict[str, Reading]:
    """Everybody has read all they can; what was logged meanwhile is in `readings.logged`."""
    logged = _Logged()
    root = logging.getLogger()
    level = root.level
    root.addHandler(logged)
    root.setLevel(logging.INFO)
    with django_db_blocker.unblock():
        found = {
            person: crawled(
                house, person, *every_record(house.own, person), *every_record(house.other, person)
            )
            for person in PERSONS
        }
    root.removeHandler(logged)
    root.setLevel(level)
    found["log"] = Reading("log", words=dict.fromkeys(MARKER.findall("\n".join(logged.lines)), "log"))
    return found


class _Logged(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{WithoutWords().format(record)} {record.args}")


def test_the_crawl_went_everywhere(house: House, readings: dict[str, Reading]) -> None:
    """A crawl that finds nothing proves nothing: the therapist has read nearly every word that is theirs."""
    theirs = {word for word, readers in house.readers.items() if "therapist" in readers}
    seen = set(readings["therapist"].words)
    unseen = sorted(house.places[word] for word in theirs - seen)
    assert len(theirs & seen) > 0.9 * len(theirs), unseen
    assert readings["therapist"].pages > 200
    for person in ("supervisor", "cover", "client", "other_therapist", "other_client"):
        assert readings[person].words, person


@pytest.mark.parametrize("person", PERSONS)
def test_nobody_reads_what_is_not_theirs(house: House, readings: dict[str, Reading], person: str) -> None:
    assert wrongly_read(house, readings[person]) == []


@pytest.mark.parametrize("person", PERSONS)
def test_no_page_breaks_and_none_is_kept_by_a_cache(readings: dict[str, Reading], person: str) -> None:
    assert readings[person].broken == []
    assert readings[person].unkept == []


@pytest.mark.parametrize("person", PERSONS)
def test_no_word_stands_in_an_address_a_title_a_header_or_a_cookie(
    readings: dict[str, Reading], person: str
) -> None:
    reading = readings[person]
    assert reading.in_addresses == set()
    assert reading.in_headers == set()
    assert reading.in_titles == set()


def test_no_word_stands_in_a_log(readings: dict[str, Reading]) -> None:
    assert readings["log"].words == {}


def test_no_word_stands_in_the_tables_or_the_audit(house: House, readings: dict[str, Reading]) -> None:
    assert AuditEvent.objects.count() > 500
    found = {
        f"{model.__name__}.{name}"
        for model in apps.get_models()
        for row in model._default_manager.values()
        for name, value in row.items()
        if MARKER.search(str(value))
    }
    assert found == set()
    assert not any(MARKER.search(str(one.get_decoded())) for one in SignIn.objects.all())


def test_the_audit_is_whole_after_everybody_has_read(house: House, readings: dict[str, Reading]) -> None:
    found = audit.verify()
    assert list(found.faults) == []
    assert found.events == AuditEvent.objects.count()
    assert {event.actor for event in AuditEvent.objects.filter(act="episode-read")} == {
        f"user:{house.people[person].pk}"
        for person in ("therapist", "supervisor", "cover", "other_therapist", "other_supervisor")
    }


# -- the screen turned to the client, the export, a screen for violence ---------------------------------


def together(house: House) -> str:
    draft = house.own.sessions["draft"]
    path = f"/episodes/{house.own.ids['episode_id']}/sessions/{draft.pk}/together/"
    return unescape(house.browser("therapist").get(path).content.decode())


def test_the_screen_turned_to_the_client_shows_what_the_client_may_read(house: House) -> None:
    text = together(house)
    words = {word.lower() for word in MARKER.findall(text)}
    assert words, "the screen is empty"
    assert [house.places[word] for word in words if "client" not in house.readers[word]] == []
    body = re.sub(r"<[^>]+>", " ", text).lower()
    for never in ("risk", "alert", "danger", "private", "moderate", "severe", "suicid"):
        assert never not in body, never


@pytest.mark.parametrize("tail", ["", "?person="])
def test_the_circle_drawn_with_the_client_shows_what_the_client_may_read(house: House, tail: str) -> None:
    tail = f"{tail}{house.own.ids['person']}" if tail else ""
    path = f"/episodes/{house.own.ids['episode_id']}/people/circle/together/{tail}"
    text = unescape(text_of(house.browser("therapist").get(path)))
    words = {word.lower() for word in MARKER.findall(text)}
    assert words, "the screen is empty"
    assert [house.places[word] for word in words if "client" not in house.readers[word]] == []
    body = re.sub(r"<[^>]+>", " ", text).lower()
    for never in ("risk", "alert", "danger", "private", "safety"):
        assert never not in body, never


NEVER_EXPORTED = ("private note", "journal", "journal with", "worksheet", "typed")


def test_the_exported_file_holds_no_private_note_and_nothing_unshared(house: House) -> None:
    from openipt.core.portable.episode_file import to_file
    from openipt.records import convert

    answer = house.browser("therapist").get(f"/episodes/{house.own.ids['episode_id']}/documents/export/")
    assert not MARKER.search(answer["Content-Disposition"])
    by_command = to_file(convert.portable(house.own.episode, Operator("an operator"), make.day(7)))
    for text in (answer.content.decode(), json.dumps(by_command)):
        words = {word.lower() for word in MARKER.findall(text)}
        places = {house.places[word] for word in words}
        assert "rec_emotion_log.first_word" in places
        assert [place for place in places if place in NEVER_EXPORTED or place.startswith("other ")] == []


def test_a_positive_screen_for_violence_never_reaches_the_client(house: House) -> None:
    """Asked alone, positive: nothing of it stands on the client's device or the screen turned to them."""
    word = house.word("danger sign", frozenset({"therapist", "supervisor", "cover"}))
    action = house.word("what was done", frozenset({"therapist", "supervisor", "cover"}))
    before = crawled(house, "client")
    entry = make.entry(
        house.own.episode,
        "rec_ipv_screen",
        {"alone_confirmed": True, "positive": True, "danger_signs": [word], "action": action},
        session=house.own.sessions["draft"],
        final=True,
        at=NOW,
    )
    after = {
        person: crawled(house, person) for person in ("client", "manager", "administrator", "cover_over")
    }
    for reading in after.values():
        assert wrongly_read(house, reading) == []
        assert reading.broken == []
    assert set(after["client"].words) <= set(before.words)
    own = house.browser("therapist").get(f"/episodes/{house.own.ids['episode_id']}/records/{entry.pk}/")
    assert {word, action} <= set(MARKER.findall(own.content.decode()))
    assert [
        house.places[found.lower()]
        for found in MARKER.findall(together(house))
        if "client" not in house.readers[found.lower()]
    ] == []


def test_the_service_lead_sees_that_an_alert_is_late_and_no_word_of_it(
    house: House, monkeypatch: Any
) -> None:
    from openipt.web import clock

    words = {"thoughts": house.word("said of dying", frozenset()), "intent": True, "level": "red"}
    make.entry(house.own.episode, "rec_risk", words, at=NOW)
    monkeypatch.setattr(clock, "now", lambda: make.at_day(8, 3))
    reading = crawled(house, "manager")
    assert reading.words == {}
    page = house.browser("manager").get("/service/").content.decode()
    assert "Ada Therapist" in page


# -- finding -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("person", ["other_therapist", "cover", "cover_over", "other_supervisor"])
def test_nobody_is_found_by_a_name_one_may_not_read(house: House, person: str) -> None:
    name = house.own.episode.client.name
    text = house.browser(person).post("/clients/", {"q": name}).content.decode()
    assert house.own.ids["episode_id"] not in text
    assert "Nobody of that name" in text


# -- errors --------------------------------------------------------------------------------------------


def test_no_error_page_repeats_a_word_or_a_path(house: House) -> None:
    """404, 409, 422, 403 and 400 answer with our words; what was typed stands in its own fields alone."""
    word = house.word("typed into a form", frozenset({"therapist"}))
    base = f"/episodes/{house.own.ids['episode_id']}/"
    stranger = house.browser("other_therapist", raise_request_exception=False)
    for answer in (
        stranger.get(f"{base}{word}/"),
        stranger.post(f"{base}people/", {"note": word}),
        stranger.post(f"{base}records/rec_emotion_log/new/", {"first_word": word}),
        stranger.post(f"/{word}/", {"q": word}),
    ):
        assert answer.status_code == 404
        body = re.sub(r'name="(?:back|next)" value="[^"]*"', "", answer.content.decode())
        assert word not in body


def test_something_broken_says_nothing_of_what_was_typed(house: House, monkeypatch: Any) -> None:
    word = house.word("typed when it broke", frozenset({"therapist"}))
    logged = _Logged()
    logger = logging.getLogger("django.request")
    logger.addHandler(logged)

    def breaks(*_: Any, **__: Any) -> None:
        raise ValueError(f"invalid literal: {word}")

    monkeypatch.setattr("openipt.web.therapist.people.present_people", breaks)
    browser = house.browser("therapist", raise_request_exception=False)
    answer = browser.get(f"/episodes/{house.own.ids['episode_id']}/people/")
    logger.removeHandler(logged)
    assert answer.status_code == 500
    assert word not in answer.content.decode()
    assert "Traceback" not in answer.content.decode()
    assert [line for line in logged.lines if MARKER.search(line)] == []


@pytest.mark.parametrize(
    "wanted",
    [
        "https://example.org/", "//example.org/", "///example.org", "/\\example.org", "\\\\example.org",
        "javascript:alert(1)", "http:example.org", "/\t/example.org", "/\n/example.org", " //example.org",
        "https:///example.org", "/%5cexample.org", "//example.org\\@localhost/", "data:text/html,x", "/" * 3000,
        "/today/\r\nSet-Cookie: a=b",
    ],
)  # fmt: skip
def test_nobody_is_led_away(house: House, wanted: str) -> None:
    """`next` and `back` lead to our own pages alone, from every form that takes them."""
    base = f"/episodes/{house.own.ids['episode_id']}/"
    browser = house.browser("therapist", raise_request_exception=False)
    for path, fields in (
        (f"{base}course/supervisor/", {"next": wanted}),
        (f"{base}formulation/areas/", {"next": wanted}),
        (f"{base}course/supervisor/?next=", {}),
        ("/theme/", {"theme": "dark", "back": wanted}),
        ("/me/theme/", {"theme": "dark", "back": wanted}),
    ):
        answer = browser.post(path, fields)
        assert answer.status_code == 302, (path, answer.status_code)
        parts = urlsplit(answer["Location"])
        assert not parts.scheme, path
        assert not parts.netloc, path
        assert answer["Location"].startswith("/"), path
        assert not answer["Location"].startswith(("//", "/\\")), path
        assert "a" not in answer.cookies
