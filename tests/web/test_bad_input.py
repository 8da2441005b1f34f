"""Every form of every page, filled in badly: never a broken page, and nothing of what was typed is lost.

The forms are found by walking the pages, not listed here, so a new form is attacked the day it is drawn.
The database is held to PostgreSQL's rules as well: no NUL in a text, no text longer than its column, no
number wider than its column.

With every run of the tests each form is attacked once, in one of three ways, by seeded chance: about 35
seconds of one core. `make trial` attacks every form in every way.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from django.db import connection, models, transaction
from django.db.models.signals import pre_save
from django.http import HttpResponse
from hypothesis import given, settings
from hypothesis import strategies as st
from tests import factories as make
from tests.web.house import House
from tests.web.routes import ID, QUERIES, every_route, path_of, values_for

from openipt.records.models import Entry, JournalEntry, Session

pytestmark = pytest.mark.django_db

PEOPLE = ("therapist", "cover", "supervisor", "manager", "administrator", "client", "nobody")
# What a form carries of where it was opened: no form of its own.
PLACES = {"next", "task", "record_session", "record_on", "version", "base"}
LINK = re.compile(r'(?:href|hx-get)="(/[^"#]*)')


# -- finding the forms -----------------------------------------------------------------------------------


@dataclass
class Form:
    """One form as a browser would send it, with what each field may hold."""

    person: str
    page: str
    action: str
    fields: dict[str, list[str]] = field(default_factory=dict)
    free: set[str] = field(default_factory=set)
    buttons: list[tuple[str, str]] = field(default_factory=list)
    fixed: set[str] = field(default_factory=set)

    @property
    def kind(self) -> tuple[str, str, str]:
        named = {ID.sub("*", re.sub(r"\d+|__row\w+__", "#", name)) for name in self.fields}
        names = " ".join(sorted(named - PLACES))
        return self.person, ID.sub("*", self.action.split("?")[0]), names


class Forms(HTMLParser):
    """The forms of one page, with the controls that name them by `form=` or `formaction=` left aside."""

    def __init__(self, person: str, page: str) -> None:
        super().__init__()
        self.person, self.page, self.found = person, page, []
        self.form: Form | None = None
        self.area = self.select = ""
        self.in_template = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        got = {name: value or "" for name, value in attrs}
        if tag == "template":
            self.in_template += 1
        if tag == "form" and got.get("method", "get").lower() == "post":
            self.form = Form(self.person, self.page, urljoin(self.page, got.get("action") or self.page))
        if self.form is None or self.in_template:
            return
        name = got.get("name", "")
        if tag == "button" and name:
            self.form.buttons.append((name, got.get("value", "")))
        elif tag == "input" and name and name != "csrfmiddlewaretoken":
            self._input(self.form, name, got)
        elif tag == "textarea" and name:
            self.form.fields.setdefault(name, []).append("")
            self.form.free.add(name)
        elif tag == "select" and name:
            self.select = name
            self.form.fields.setdefault(name, [])
        elif tag == "option" and self.select:
            self.form.fields[self.select].append(got.get("value", ""))

    def _input(self, form: Form, name: str, got: dict[str, str]) -> None:
        form.fields.setdefault(name, []).append(got.get("value", "on"))
        kind = got.get("type", "text")
        if kind == "hidden":
            form.fixed.add(name)
        elif kind not in ("checkbox", "radio", "submit"):
            form.free.add(name)

    def handle_endtag(self, tag: str) -> None:
        if tag == "template":
            self.in_template -= 1
        if tag == "select":
            self.select = ""
        if tag == "form" and self.form is not None:
            self.found.append(self.form)
            self.form = None


def forms_of(house: House, *, visits: int = 1) -> list[Form]:
    """One form of each kind, of every person, found by following links to so many pages of one address."""
    kinds: dict[tuple[str, str, str], Form] = {}
    for person in PEOPLE:
        browser = house.browser(person, raise_request_exception=False)
        waiting = [path_of(route, house, house.own) for route in every_route()]
        seen: Counter[str] = Counter()
        for path in waiting:
            like = ID.sub("*", path.split("?")[0])
            if seen[like] >= visits:
                continue
            seen[like] += 1
            answer = browser.get(path)
            if answer.status_code != 200 or "html" not in answer["Content-Type"]:
                continue
            text = answer.content.decode()
            reader = Forms(person, path)
            reader.feed(text)
            for form in reader.found:
                kinds.setdefault(form.kind, form)
            waiting += [unescape(link) for link in LINK.findall(text) if not link.startswith("/static/")]
    left_out = ("/logout/", "/leave/", "/theme/")
    return [form for form in kinds.values() if not form.action.endswith(left_out)]


# -- filling them in -----------------------------------------------------------------------------------

SAID = "what she said zqsaid"
LONG = "long words " * 100_000
BAD = {
    "nothing": "",
    "blanks": " \t\n ",
    "words": SAID,
    "february": "2026-02-31",
    "year zero": "0000-01-01",
    "year one": "0001-01-01",
    "the last year": "9999-12-31",
    "long ago": "1492-10-12",
    "next year": "2027-01-01",
    "no time": "25:61",
    "time elsewhere": "10:00+05:00",
    "a moment": "2026-01-12T10:00:00+25:00",
    "minus": "-1",
    "twice minus": "--5",
    "huge": "9" * 400,
    "padded": "0" * 8 + "9999",
    "fraction": "1e400",
    "no number": "nan",
    "endless": "-inf",
    "other digits": "٣²⅓",
    "control": "a\0b\x01\x07\x1b[31m\x7f\x85\u2028",
    "right to left": "‮שלום‭ مرحبا",
    "emoji": "👩‍👧🏽 z̸̛a̴l̵g̶o̷",
    "markup": "<script>alert(1)</script>{{7*7}}{% x %}",
    "quotes": "'\";-- %s %(x)s \\",
    "an id": "00000000-0000-4000-8000-000000000000",
    "no id": "../../etc/passwd",
    "a list": "[1,2]",
    "an object": '{"at": 1, "texts": [1]}',
    "a megabyte": LONG,
}
SHORT = sorted(set(BAD) - {"a megabyte"})
FINE = (200, 204, 302, 303, 401, 403, 404, 405, 409, 422, 413, 429)


def usual(form: Form) -> dict[str, Any]:
    """The form as it stands, its choices at the first."""
    sent: dict[str, Any] = {}
    for name, values in form.fields.items():
        chosen = [value for value in values if value] or [""]
        sent[name] = chosen[0] if name not in form.free else values[0]
    if form.buttons:
        name, value = form.buttons[-1]
        sent[name] = value
    return sent


class Attack:
    """Sends forms as one house's people and gathers what breaks."""

    def __init__(self, house: House) -> None:
        self.browsers = {person: house.browser(person, raise_request_exception=False) for person in PEOPLE}
        self.wrong: list[str] = []

    def send(self, form: Form, sent: dict[str, Any], what: str, **headers: str) -> HttpResponse:
        """One form sent and undone again; what a person could not make sense of is noted."""
        browser = self.browsers[form.person]
        before = dict(browser.cookies)
        with as_strict_as_postgresql() as refused, transaction.atomic():
            answer = browser.post(form.action, sent, headers=headers)
            if answer.status_code == 302 and answer["Location"].startswith("/"):
                followed = browser.get(answer["Location"])  # what was kept must not break the pages after it
                answer = followed if followed.status_code >= 500 else answer
            transaction.set_rollback(True)
        browser.cookies.clear()
        browser.cookies.update(before)
        if answer.status_code not in FINE or refused:
            reason = f"{refused[0]}" if refused else str(answer.status_code)
            error = getattr(answer, "exc_info", None)
            if error:
                reason += f" {error[0].__name__}: {str(error[1])[:120]}"
            self.wrong.append(f"{form.person} {ID.sub('*', form.action)} ({what}): {reason}")
        return answer


@contextmanager
def as_strict_as_postgresql() -> Iterator[list[str]]:
    """What SQLite takes and PostgreSQL refuses is refused here too, and told."""
    told: list[str] = []

    def no_nul(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        for value in params or ():
            if isinstance(value, str) and "\0" in value:
                told.append(f"NUL in {sql[:60]}")
                raise ValueError("A string literal cannot contain NUL (0x00) characters.")
        return execute(sql, params, many, context)

    def fits(sender: type[models.Model], instance: models.Model, **_: Any) -> None:
        for column in sender._meta.concrete_fields:
            value = getattr(instance, column.attname)
            longest = getattr(column, "max_length", None)
            if isinstance(value, str) and longest and len(value) > longest:
                told.append(f"{sender.__name__}.{column.name} is longer than {longest}")
            widest = {"PositiveSmallIntegerField": 32767, "PositiveIntegerField": 2147483647}.get(
                column.get_internal_type()
            )
            if widest is not None and isinstance(value, int) and not 0 <= value <= widest:
                told.append(f"{sender.__name__}.{column.name} is wider than {widest}")

    pre_save.connect(fits)
    try:
        with connection.execute_wrapper(no_nul):
            yield told
    finally:
        pre_save.disconnect(fits)


@pytest.fixture(scope="module")
def forms(house: House, django_db_blocker: Any) -> list[Form]:
    with django_db_blocker.unblock():
        return forms_of(house)


@pytest.fixture(scope="module")
def every_form(house: House, django_db_blocker: Any) -> list[Form]:
    with django_db_blocker.unblock():
        return forms_of(house, visits=2)


def third(forms: list[Form], place: int) -> list[Form]:
    """One of three parts that together are all forms, in an order that depends on the forms alone."""
    mixed = sorted(forms, key=lambda form: form.kind)
    random.Random(3).shuffle(mixed)
    return mixed[place::3]


def test_the_forms_are_found(forms: list[Form]) -> None:
    assert len(forms) > 120
    actions = {ID.sub("*", urlsplit(form.action).path) for form in forms}
    for one in (
        "/clients/new/",
        "/clients/",
        "/login/",
        "/me/journal/new/",
        "/accounts/new/",
        "/episodes/*/alerts/*/",
    ):
        assert one in actions


def test_bad_values_break_no_form(house: House, forms: list[Form]) -> None:
    """Of a third of the forms all free fields, or one field alone, hold something bad, by seeded chance."""
    chance, attack = random.Random(2026), Attack(house)
    chosen = third(forms, 0)
    for form in chosen:
        what, kept = chance.choice(SHORT), usual(form)
        names = form.free if chance.random() < 0.5 else chance.sample(sorted(form.fields) or [""], 1)
        attack.send(form, {**kept, **dict.fromkeys(names, BAD[what])}, f"{sorted(names)} {what}")
    for form in chance.sample([form for form in chosen if form.free], 3):
        name = chance.choice(sorted(form.free))
        attack.send(form, {**usual(form), name: LONG}, f"{name} a megabyte")
    assert sorted(set(attack.wrong)) == []


@pytest.mark.trial
def test_no_bad_value_in_any_field_breaks_a_form(house: House, every_form: list[Form]) -> None:
    """Every value in all free fields at once, then every field on its own with some of them."""
    chance, attack = random.Random(1974), Attack(house)
    for form in every_form:
        kept = usual(form)
        for what, value in BAD.items():
            attack.send(form, {**kept, **dict.fromkeys(form.free, value)}, f"everything {what}")
        for name in form.fields:
            for what in chance.sample(SHORT, 4):
                attack.send(form, {**kept, name: BAD[what]}, f"{name} {what}")
    assert sorted(set(attack.wrong)) == []


def odd_ways(form: Form) -> list[tuple[str, dict[str, Any], dict[str, str]]]:
    """Many values for one field, fields nobody asked for, nothing at all, choices that are not offered."""
    kept, said = usual(form), dict.fromkeys(form.free, SAID)
    ways: list[tuple[str, dict[str, Any], dict[str, str]]] = [
        ("lists", {name: [value, SAID, "2"] for name, value in kept.items()}, {}),
        ("unknown fields", {**kept, **STRANGE}, {}),
        ("nothing", {}, {}),
        ("unknown choices", dict.fromkeys(kept, "no-such-choice"), {}),
        ("hidden fields", {**kept, **dict.fromkeys(form.fixed, "9" * 30)}, {}),
        ("no hidden fields", {name: value for name, value in kept.items() if name not in form.fixed}, {}),
        ("by htmx", {**kept, **said}, {"hx-request": "true"}),
        ("by script", {**kept, **said}, {"x-requested-with": "fetch"}),
    ]
    for name, value in form.buttons:
        ways.append((f"button {name} bent", {**kept, name: f"{value}.x.999999"}, {}))
    return ways


def test_lists_strangers_and_gaps_do_not_break_a_form(house: House, forms: list[Form]) -> None:
    attack, chance = Attack(house), random.Random(26)
    for form in third(forms, 1):
        what, sent, headers = chance.choice(odd_ways(form))
        attack.send(form, sent, what, **headers)
    assert sorted(set(attack.wrong)) == []


@pytest.mark.trial
def test_no_list_stranger_or_gap_breaks_any_form(house: House, every_form: list[Form]) -> None:
    attack = Attack(house)
    for form in every_form:
        for what, sent, headers in odd_ways(form):
            attack.send(form, sent, what, **headers)
    assert sorted(set(attack.wrong)) == []


STRANGE = {
    "role": "administrator", "by": SAID, "id": "1", "__proto__": "x", "a[b][]": "c", "": "x", "episode": "1",
}  # fmt: skip


def not_kept(house: House, forms: list[Form]) -> list[str]:
    """Forms whose page says no and lacks what was typed, or does not say why at a field or on top."""
    attack, lost = Attack(house), []
    for form in forms:
        texts = {name: f"zqkept {place} שלום" for place, name in enumerate(sorted(form.free))}
        texts = {
            name: value for name, value in texts.items() if "password" not in name and name not in SECRETS
        }
        answer = attack.send(form, {**usual(form), **texts}, "words everywhere")
        if answer.status_code not in (422, 409) or "html" not in answer["Content-Type"]:
            continue
        page = unescape(answer.content.decode())
        missing = sorted(name for name, value in texts.items() if value not in page)
        if missing:
            lost.append(f"{form.person} {ID.sub('*', form.action)}: {missing}")
        if 'aria-invalid="true"' not in page and 'class="message' not in page and "error-summary" not in page:
            lost.append(f"{form.person} {ID.sub('*', form.action)}: says nothing")
    return lost


SECRETS = ("old", "new", "again", "password", "website")  # the last one is the field that nobody sees


def test_what_was_typed_stands_in_the_page_that_refuses_it(house: House, forms: list[Form]) -> None:
    assert not_kept(house, third(forms, 2)) == []


@pytest.mark.trial
def test_whatever_was_typed_stands_in_every_page_that_refuses_it(
    house: House, every_form: list[Form]
) -> None:
    assert not_kept(house, every_form) == []


def mix(house: House, forms: list[Form], choice: Any) -> None:
    """Some fields of one form hold anything, alone or in lists."""
    form = choice.draw(st.sampled_from(forms), label="form")
    kept = usual(form)
    names = choice.draw(
        st.lists(st.sampled_from(sorted(kept) or ["x"]), max_size=6, unique=True), label="fields"
    )
    value = (
        st.sampled_from(sorted(set(BAD) - {"a megabyte"})).map(BAD.get)
        | st.text(max_size=40)
        | st.integers().map(str)
    )
    for name in names:
        kept[name] = choice.draw(value | st.lists(value, max_size=3), label=name)
    attack = Attack(house)
    attack.send(form, kept, f"{sorted(names)}")
    assert attack.wrong == []


@given(choice=st.data())
@settings(max_examples=20)
def test_bad_values_in_any_mixture(house: House, forms: list[Form], choice: Any) -> None:
    mix(house, forms, choice)


@pytest.mark.trial
@given(choice=st.data())
@settings(max_examples=1000)
def test_bad_values_in_a_thousand_mixtures(house: House, every_form: list[Form], choice: Any) -> None:
    mix(house, every_form, choice)


# -- addresses, bodies, methods ---------------------------------------------------------------------------

ASKED = (
    "next", "session", "task", "amends", "person", "q", "measure", "measures", "another", "row", "from", "issue",
    "ended", "record_on", "way", "show", "belongs", "on",
)  # fmt: skip
ODD_PARTS = {
    "number": ("0", "99", "9" * 30),
    "index": ("7", "61", "9" * 30),
    "measure_id": ("ms_nothing", "x" * 300, "ms_hark"),
    "record_type": ("rec_nothing", "rec_session", "x" * 300),
    "task_id": ("Z99", "x" * 300),
    "kind": ("record", "x" * 300),
    "code": ("nothing", "x" * 300),
    "page_id": ("p_99", "x" * 300),
    "name": ("nothing", "outline", "x" * 300),
}


def broken_by(answer: HttpResponse, path: str, what: str) -> list[str]:
    if answer.status_code in FINE:
        return []
    error = getattr(answer, "exc_info", None)
    reason = f" {error[0].__name__}: {str(error[1])[:120]}" if error else ""
    return [f"{ID.sub('*', path.split('?')[0])} ({what}): {answer.status_code}{reason}"]


def whose(route: Any) -> str:
    """Somebody who may open this route."""
    if route.name.startswith(("client:", "client-")):
        return "client"
    return {"accounts": "administrator", "service": "manager", "supervision": "supervisor"}.get(
        route.name.split(":")[0], "therapist"
    )


@pytest.mark.parametrize("values", [1, pytest.param(8, marks=pytest.mark.trial)])
def test_no_question_in_an_address_breaks_a_page(house: House, values: int) -> None:
    """So many bad values for whatever an address may ask."""
    wrong, chance = [], random.Random(7)
    for route in every_route():
        browser = house.browser(whose(route), raise_request_exception=False)
        path = path_of(route, house, house.own).split("?")[0]
        for what in chance.sample(sorted(set(BAD) - {"a megabyte", "huge"}), values):
            with as_strict_as_postgresql() as refused:
                answer = browser.get(path, dict.fromkeys(ASKED, BAD[what]))
            wrong += broken_by(answer, path, what) + [f"{path} ({what}): {one}" for one in refused]
    assert wrong == []


def test_no_odd_part_of_an_address_breaks_a_page(house: House) -> None:
    wrong = []
    for route in every_route():
        browser = house.browser(whose(route), raise_request_exception=False)
        values = values_for(route, house, house.own)
        for part in route.parts:
            for odd in ODD_PARTS.get(part, ()):
                path = route.path({**values, part: odd}) + QUERIES.get(route.name, "")
                for ask in (browser.get, browser.post):
                    with as_strict_as_postgresql() as refused, transaction.atomic():
                        answer = ask(path)
                        transaction.set_rollback(True)
                    wrong += broken_by(answer, path, f"{part} {odd[:12]}") + refused
    assert wrong == []


BODIES = (
    (b"{", "application/json"),
    (b'{"name": ["a"]}', "application/json"),
    (b"\xff\xfe\x00name=\xff", "application/x-www-form-urlencoded"),
    (b"name=a", "application/x-www-form-urlencoded; charset=utf-16"),
    (b"name=a", "application/x-www-form-urlencoded; charset=no-such-one"),
    (b"--b\r\nContent-Disposition: form-data", "multipart/form-data; boundary=b"),
    (b"--b\r\n", "multipart/form-data"),
    (b"<a/>", "text/xml"),
    (b"&".join(b"f%d=1" % n for n in range(6000)), "application/x-www-form-urlencoded"),
    (b"name=" + b"x" * (5 * 1024 * 1024), "application/x-www-form-urlencoded"),
)


def test_a_body_that_is_no_form_is_answered_calmly(house: House) -> None:
    wrong = []
    for person, path in (
        ("therapist", "/clients/new/"),
        ("therapist", f"/episodes/{house.own.ids['episode_id']}/records/rec_emotion_log/new/"),
        ("client", "/me/journal/new/"),
        ("nobody", "/login/"),
    ):
        browser = house.browser(person, raise_request_exception=False)
        for body, kind in BODIES:
            with transaction.atomic():
                answer = browser.generic("POST", path, body, content_type=kind)
                transaction.set_rollback(True)
            if answer.status_code not in (302, 400, 413, 422):
                wrong.append((path, kind, body[:20], answer.status_code))
            page = answer.content.decode()
            if answer.status_code in (400, 413) and ("<html" not in page or "Nothing was saved" not in page):
                wrong.append((path, kind, "says nothing"))
    assert wrong == []


# -- twice, too late, gone ----------------------------------------------------------------------------------


def test_a_second_press_writes_nothing_twice(house: House) -> None:
    """Each writing form sent twice as it stands: one row, and the second answer no error."""
    base = f"/episodes/{house.own.ids['episode_id']}/"
    session = f"{base}sessions/{house.own.ids['session_id']}/"
    therapist, client = house.browser("therapist"), house.browser("client")
    sent = [
        (therapist, f"{base}records/rec_emotion_log/new/", {"first_word": "zq twice"}, Entry),
        (therapist, f"{session}quotes/", {"words": "zq twice"}, Entry),
        (therapist, f"{base}sessions/plan/", {"first_on": "2026-02-02", "first_time": "10:00", "count": "2", "every_days": "7"}, Session),
        (client, "/me/journal/new/", {"text": "zq twice"}, JournalEntry),
        (client, "/me/practice/new/rec_emotion_log/", {"first_word": "zq twice"}, Entry),
    ]  # fmt: skip
    for browser, path, fields, model in sent:
        before = model.objects.count()
        assert browser.post(path, fields).status_code == 302, path
        once = model.objects.count()
        again = browser.post(path, fields)
        assert again.status_code in (302, 422), path
        assert (once > before, model.objects.count()) == (True, once), path


def test_an_old_version_overwrites_nothing(house: House) -> None:
    """The second tab is told, sees both, and what it typed is still there."""
    base = f"/episodes/{house.own.ids['episode_id']}/"
    entry = make.entry(house.own.episode, "rec_emotion_log", {"first_word": "zqfirst"}, at=make.at_day(7))
    therapist = house.browser("therapist")
    address = f"{base}records/{entry.pk}/edit/"
    version = re.search(r'name="([\w-]*version)" value="1"', therapist.get(address).content.decode())[1]
    assert therapist.post(address, {"first_word": "zqsecond", version: "1"}).status_code == 302
    late = therapist.post(address, {"first_word": "zqthird", version: "1"})
    assert late.status_code == 409
    page = unescape(late.content.decode())
    assert "zqsecond" in page
    assert "zqthird" in page
    entry.refresh_from_db()
    assert entry.payload["first_word"] == "zqsecond"


def test_what_was_taken_back_meanwhile_is_told_and_nothing_is_lost(house: House) -> None:
    base = f"/episodes/{house.own.ids['episode_id']}/"
    entry = make.entry(house.own.episode, "rec_emotion_log", {"first_word": "zqfirst"}, at=make.at_day(7))
    therapist = house.browser("therapist", raise_request_exception=False)
    therapist.post(f"{base}records/{entry.pk}/withdraw/")
    for tail in ("edit/", "withdraw/"):
        answer = therapist.post(f"{base}records/{entry.pk}/{tail}", {"first_word": "zqlate"})
        assert answer.status_code in (302, 409), tail
    entry.refresh_from_db()
    assert entry.payload["first_word"] == "zqfirst"


def test_a_form_whose_token_ran_out_is_offered_again_with_every_word(house: House, forms: list[Form]) -> None:
    lost = []
    browsers = {
        person: house.browser(person, enforce_csrf_checks=True, SERVER_NAME="localhost") for person in PEOPLE
    }
    for form in forms:
        if form.action.endswith("/login/"):
            continue  # here nothing is kept but the way to a fresh page
        texts = {name: f"zqkept {place}\n שלום" for place, name in enumerate(sorted(form.free))}
        texts = {name: value for name, value in texts.items() if "password" not in name}
        answer = browsers[form.person].post(
            form.action, {**usual(form), **texts}, headers={"origin": "http://localhost"}
        )
        page = unescape(answer.content.decode())
        missing = [name for name, value in texts.items() if value not in page]
        if answer.status_code != 403 or missing:
            lost.append((form.person, ID.sub("*", form.action), answer.status_code, missing))
    assert lost == []


@pytest.mark.parametrize(
    ("fields", "at"),
    [
        ({"first_on": "9999-12-31", "first_time": "10:00", "count": "10", "every_days": "7"}, "first_on"),
        ({"first_on": "0001-01-01", "first_time": "10:00", "count": "1"}, "first_on"),
        ({"first_on": "2026-02-31", "first_time": "10:00", "count": "1"}, "first_on"),
        ({"first_on": "2026-02-03", "first_time": "10:00+05:00", "count": "1"}, "first_time"),
        ({"first_on": "2026-02-03", "first_time": "10:00", "count": "000000001999"}, "count"),
        ({"first_on": "2026-02-03", "first_time": "10:00", "count": "1", "minutes": "601"}, "minutes"),
    ],
)
def test_a_session_is_planned_on_no_impossible_day(house: House, fields: dict[str, str], at: str) -> None:
    before = Session.objects.count()
    path = f"/episodes/{house.own.ids['episode_id']}/sessions/plan/"
    answer = house.browser("therapist").post(path, fields)
    page = unescape(answer.content.decode())
    assert answer.status_code == 422
    assert f'id="f-{at}-error"' in page
    assert f'value="{fields[at]}"' in page
    assert Session.objects.count() == before


CHOSEN = ("adaptation", "ms_phq9-1", "intensity_0_10")  # a choice nobody offered cannot be shown as chosen


@pytest.mark.parametrize(
    ("path", "fields", "at"),
    [
        ("clients/new/", {"name": "x", "birth_year": "2027", "adaptation": "ipt_acute"}, "birth_year"),
        ("clients/new/", {"name": "x", "birth_year": "1492", "adaptation": "ipt_acute"}, "birth_year"),
        ("clients/new/", {"name": "x", "adaptation": "psychoanalysis"}, "adaptation"),
        ("clients/new/", {"name": "", "adaptation": "ipt_acute"}, "name"),
        ("{}sessions/begin/", {"held_on": "2026-02-31"}, "held_on"),
        ("{}sessions/begin/", {"held_on": "2027-01-01"}, "held_on"),
        ("{}sessions/begin/", {"held_on": "2020-01-01"}, "held_on"),
        ("{}measures/enter/?measures=ms_phq9", {"belongs": "next", "on": "2026-02-31", "ms_phq9-total": "5"}, "on"),
        ("{}measures/enter/?measures=ms_phq9", {"belongs": "next", "on": "2026-01-12", "ms_phq9-1": "4"}, "ms_phq9-1"),
        ("{}measures/enter/?measures=ms_phq9", {"belongs": "next", "on": "2026-01-12", "ms_phq9-1": "--5"}, "ms_phq9-1"),
        ("{}measures/enter/?measures=ms_phq9", {"belongs": "next", "on": "2027-01-12", "ms_phq9-total": "5"}, "on"),
        ("{}course/plan/", {"planned_sessions": "0", "plan_reason": "x"}, "planned_sessions"),
        ("{}course/status/", {"status": "paused", "reason": "x", "on": "2026-02-31"}, "on"),
        ("{}records/rec_emotion_log/new/", {"first_word": "x", "intensity_0_10": "11"}, "intensity_0_10"),
        ("{}records/rec_emotion_log/new/", {"first_word": "x", "record_on": "2026-02-31"}, "record_on"),
        ("{}records/rec_emotion_log/new/", {"first_word": "x", "record_on": "2027-01-01"}, "record_on"),
        ("{}records/rec_emotion_log/new/", {"first_word": "x", "record_on": "1492-10-12"}, "record_on"),
        ("{}records/rec_emotion_log/new/", {"first_word": "x", "record_on": "0226-01-12"}, "record_on"),
        ("clients/new/", {"name": "long" * 500, "adaptation": "ipt_acute"}, "name"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_told_at_its_field(
    house: House, path: str, fields: dict[str, str], at: str
) -> None:
    """Days that are no days or lie outside the course, scores out of range, choices nobody offered."""
    base = f"episodes/{house.own.ids['episode_id']}/"
    answer = house.browser("therapist").post("/" + path.format(base), fields)
    page = unescape(answer.content.decode())
    assert answer.status_code == 422
    assert len(re.findall(rf'id="[\w-]*{at}-error"', page)) == 1
    assert page.count('class="error-summary-list"') == 1
    assert len(re.findall(rf'<a href="#[\w-]*{at}[\w-]*">', page)) == 1  # one thing said of one field
    if at not in CHOSEN:
        assert f'value="{fields[at]}"' in page
