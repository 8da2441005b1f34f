"""The doors under attack: guessing, spelling, a planted session, words left behind, the other side's cookie."""

from __future__ import annotations

import re

import pytest
from axes.models import AccessAttempt, AccessLog
from django.conf import settings
from django.test import Client
from tests.web.signing_in import PASSWORD, a_user, sign_in

from openipt.web.views_public import LOCKED, NO_MATCH

pytestmark = pytest.mark.django_db
WORDS = "zqbbbbxz said so"


@pytest.fixture
def browser() -> Client:
    return Client(SERVER_NAME="localhost")


def test_what_was_being_typed_is_not_kept_with_a_wrong_password(browser: Client) -> None:
    """A sign-in that follows an expired one carries a client's words through the form of the door."""
    a_user("therapist", "ther")
    kept = {"kept_path": "/today/", "kept:note": WORDS}
    for _ in range(2):
        answer = browser.post(
            f"/login/?next=/clients/&more={WORDS}", {"username": "ther", "password": "wrong", **kept}
        )
    assert WORDS in answer.content.decode()  # it stays in the page
    rows = [str(row) for model in (AccessAttempt, AccessLog) for row in model.objects.values()]
    assert rows
    assert [row for row in rows if "zqbbbb" in row or "wrong" in row] == []


def test_every_spelling_of_a_login_counts_towards_one_lock_out(browser: Client) -> None:
    a_user("therapist", "ther")
    spellings = ("ther", "THER", " Ther", "tHer", "theR ", "th\0er", "THer", "THEr")
    for spelling in spellings[: settings.AXES_FAILURE_LIMIT]:
        answer = browser.post("/login/", {"username": spelling, "password": "wrong"})
    assert LOCKED in answer.content.decode()
    assert browser.post("/login/", {"username": "TheR", "password": PASSWORD}).status_code == 429


def test_the_right_password_clears_the_count(browser: Client) -> None:
    a_user("therapist", "ther")
    for _ in range(2):
        for _ in range(settings.AXES_FAILURE_LIMIT - 1):
            browser.post("/login/", {"username": "ther", "password": "wrong"})
        assert browser.post("/login/", {"username": "Ther", "password": PASSWORD}).status_code == 302


@pytest.mark.parametrize("username", ["\0", "a\0b", "x" * 100_000, "‮ther", "👩‍👧", "' or 1=1 --", "th er\n"])
def test_a_strange_login_is_no_match(browser: Client, username: str) -> None:
    answer = browser.post("/login/", {"username": username, "password": "wrong"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert NO_MATCH in page or "Write your login name." in page


@pytest.mark.parametrize("password", ["\0", "x" * 200_000, "wrong\ud7ff", " " + PASSWORD, PASSWORD.upper()])
def test_a_strange_password_opens_nothing(browser: Client, password: str) -> None:
    a_user("therapist", "ther")
    assert browser.post("/login/", {"username": "ther", "password": password}).status_code == 422
    assert browser.get("/today/").status_code == 302


def test_a_login_nobody_has_is_answered_like_a_wrong_password(browser: Client) -> None:
    a_user("therapist", "zq-known")
    pages = [
        browser.post("/login/", {"username": name, "password": "wrong"}).content.decode().replace(name, "")
        for name in ("zq-known", "zq-nobody")
    ]
    there, not_there = (re.sub(r'(?<=value=")\w{64}', "", page) for page in pages)
    assert there == not_there


@pytest.mark.parametrize(("door", "role"), [("/login/", "therapist"), ("/me/login/", "client")])
def test_a_planted_session_is_not_the_one_that_is_signed_in(browser: Client, door: str, role: str) -> None:
    user = a_user(role, "somebody")
    name = "openipt_me" if role == "client" else settings.SESSION_COOKIE_NAME
    fields = {"username": "somebody", "password": PASSWORD}
    first = browser.post(door, fields).cookies[name].value
    other = Client(SERVER_NAME="localhost")
    other.cookies[name] = first
    other.get(door)
    planted = sign_in(Client(SERVER_NAME="localhost"), a_user(role, "attacker")).cookies[name].value
    victim = Client(SERVER_NAME="localhost")
    victim.cookies[name] = planted
    victim.post("/me/logout/" if role == "client" else "/logout/")
    victim.cookies[name] = planted
    signed_in = victim.post(door, fields).cookies[name].value
    assert signed_in not in (planted, first)
    thief = Client(SERVER_NAME="localhost")
    thief.cookies[name] = planted
    assert thief.get("/me/rights/" if role == "client" else "/accounts/password/").status_code == 302
    assert user.pk


@pytest.mark.parametrize(
    ("door", "address"), [("/logout/", "/accounts/password/"), ("/me/logout/", "/me/login/")]
)
def test_nobody_is_signed_out_by_a_link(door: str, address: str) -> None:
    role = "client" if door.startswith("/me/") else "therapist"
    strict = sign_in(Client(SERVER_NAME="localhost", enforce_csrf_checks=True), a_user(role))
    before = strict.get(address).status_code
    assert strict.get(door).status_code == 405
    assert strict.post(door).status_code == 403
    assert strict.get(address).status_code == before
    assert before == (200 if role == "therapist" else 302)


def test_one_sides_cookie_opens_nothing_on_the_other() -> None:
    staff = sign_in(Client(), a_user("therapist")).cookies[settings.SESSION_COOKIE_NAME].value
    client = sign_in(Client(), a_user("client")).cookies["openipt_me"].value
    for name, value, address in (
        ("openipt_me", staff, "/me/drafts/key/"),
        (settings.SESSION_COOKIE_NAME, client, "/drafts/key/"),
        (settings.SESSION_COOKIE_NAME, staff, "/me/drafts/key/"),
        ("openipt_me", client, "/drafts/key/"),
    ):
        browser = Client(raise_request_exception=False)
        browser.cookies[name] = value
        assert browser.get(address).status_code in (302, 404), (name, address)


def test_a_closed_login_is_out_at_once_and_a_new_password_signs_the_others_out(browser: Client) -> None:
    user = a_user("therapist", "ther")
    one, other = (sign_in(Client(), user) for _ in range(2))
    new = "another quiet room 1975"
    page = one.post("/accounts/password/", {"old": PASSWORD, "new": new, "again": new})
    assert page.status_code == 302
    assert one.get("/accounts/password/").status_code == 200
    assert other.get("/accounts/password/").status_code == 302
    user.refresh_from_db()
    user.is_active = False
    user.save()
    assert one.get("/accounts/password/").status_code == 302
    assert browser.post("/login/", {"username": "ther", "password": new}).status_code == 422


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"old": "wrong", "new": "another quiet room", "again": "another quiet room"},
        {"old": PASSWORD, "new": "short", "again": "short"},
        {"old": PASSWORD, "new": "another quiet room", "again": "another quiet rooms"},
        {"old": PASSWORD, "new": "password1234", "again": "password1234"},
    ],
)
def test_a_password_is_not_changed_by_less_than_everything(fields: dict[str, str]) -> None:
    user = a_user("therapist", "ther")
    answer = sign_in(Client(), user).post("/accounts/password/", fields)
    assert answer.status_code == 422
    user.refresh_from_db()
    assert user.check_password(PASSWORD)
    assert PASSWORD not in answer.content.decode()


def test_cookies_are_for_the_server_alone(browser: Client) -> None:
    a_user("therapist", "ther")
    a_user("client", "u-quiet")
    for door, name, session in (
        ("/login/", "ther", settings.SESSION_COOKIE_NAME),
        ("/me/login/", "u-quiet", "openipt_me"),
    ):
        cookie = browser.post(door, {"username": name, "password": PASSWORD}).cookies[session]
        assert cookie["httponly"]
        assert cookie["samesite"] == "Lax"
        assert cookie["path"] == ("/me/" if session == "openipt_me" else "/")
        assert not cookie["domain"]
