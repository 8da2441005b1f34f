"""What holds on every page: closed by default, private, two sign-ins side by side, nothing typed is lost."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory, override_settings
from django.urls import path
from django.urls.resolvers import URLPattern, URLResolver
from tests.web.signing_in import PASSWORD, a_user, sign_in

import openipt.web
from openipt.errors import ChangedMeanwhile, EntryNotValid, FieldFault, NoAccess, NotAllowedNow
from openipt.web import errors, urls
from openipt.web.doors import CLIENT, STAFF, public, roles
from openipt.web.views_public import LOCKED, NO_MATCH

STATIC = Path(openipt.web.__file__).parent / "static" / "openipt"
PUBLIC_PAGES = ("/login/", "/me/login/", "/help-now/", "/me/help-now/", "/kitchen/", "/style/")
INLINE = re.compile(r"\sstyle\s*=\s*\"|<style\b|\son[a-z]+\s*=\s*\"|<script\b(?![^>]*\ssrc=)", re.IGNORECASE)


def stands(request: HttpRequest) -> HttpResponse:
    return HttpResponse("reached")


@roles("manager")
def for_managers(request: HttpRequest) -> HttpResponse:
    return HttpResponse("reached")


def raising(error: Exception):
    def view(request: HttpRequest) -> HttpResponse:
        raise error

    return public(view)


@public
def takes(request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=303, headers={"Location": "/help-now/"})


ERRORS = {
    "no-access": (NoAccess(), 404),
    "not-now": (NotAllowedNow(("No formulation is agreed yet.",)), 409),
    "not-valid": (EntryNotValid((FieldFault("turns.2.said", "Write what was said."),)), 422),
    "changed": (ChangedMeanwhile("Somebody else saved this note at 14:03.", current_version=4), 409),
    "broken": (ValueError("the words of a client"), 500),
    "too-big": (RequestDataTooBig("limit"), 413),
}
urlpatterns = [
    *urls.urlpatterns,
    path("unmarked/", stands),
    path("me/unmarked/", stands),
    path("managers/", for_managers),
    path("takes/", takes),
    *(path(f"raise/{name}/", raising(error)) for name, (error, _) in ERRORS.items()),
]
handler400, handler403, handler404, handler500 = (
    urls.handler400,
    urls.handler403,
    urls.handler404,
    urls.handler500,
)

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


@pytest.fixture
def browser() -> Client:
    return Client(SERVER_NAME="localhost", raise_request_exception=False)


# Headers, policy, privacy


@pytest.mark.parametrize("address", [*PUBLIC_PAGES, "/nothing/"])
def test_every_page_keeps_private_and_loads_only_our_own(browser: Client, address: str) -> None:
    response = browser.get(address)
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "style-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert response["Cache-Control"] == "no-store"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in response["Permissions-Policy"]
    assert not INLINE.search(response.content.decode())


@pytest.mark.parametrize("address", PUBLIC_PAGES[:4])
def test_help_is_one_press_away_before_sign_in(browser: Client, address: str) -> None:
    assert re.search(r'href="(/me)?/help-now/"', browser.get(address).content.decode())


def test_htmx_may_neither_evaluate_nor_write_style(browser: Client) -> None:
    page = html.unescape(browser.get("/login/").content.decode())
    assert '"includeIndicatorStyles":false' in page
    assert '"allowEval":false' in page
    assert '"historyCacheSize":0' in page  # pages are kept in no browser store


# Closed by default


def all_views(patterns: list[URLPattern | URLResolver]):
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from all_views(pattern.url_patterns)
        else:
            yield pattern.callback


def test_only_known_views_are_open_before_sign_in() -> None:
    """A new public page is a decision: it is added here by hand."""
    opened = {view.__name__ for view in all_views(urls.urlpatterns) if getattr(view, "open_to_all", False)}
    assert opened == {
        *("front", "sign_in", "sign_out", "choose_theme", "help_now", "neutral_page", "style", "leave"),
        *("ask", "sent", "door"),  # asking for help
    }


@pytest.mark.parametrize(
    ("address", "door"),
    [("/unmarked/", "/login/"), ("/me/unmarked/", "/me/login/"), ("/drafts/key/", "/login/")],
)
def test_a_view_without_a_mark_asks_for_sign_in_on_its_side(browser: Client, address: str, door: str) -> None:
    response = browser.get(address)
    assert (response.status_code, response["Location"].split("?")[0]) == (302, door)


@pytest.mark.parametrize("role", STAFF)
def test_staff_reach_unmarked_staff_pages_and_no_client_page(browser: Client, role: str) -> None:
    sign_in(browser, a_user(role))
    assert browser.get("/unmarked/").content == b"reached"
    assert browser.get("/me/unmarked/").status_code == 302


def test_a_role_that_is_not_asked_for_learns_nothing(browser: Client) -> None:
    sign_in(browser, a_user("therapist"))
    assert browser.get("/managers/").status_code == 404
    assert browser.get("/managers/").content == browser.get("/nothing/").content


def test_a_clients_sign_in_never_opens_a_staff_page(browser: Client) -> None:
    user = a_user("client")
    sign_in(browser, user)
    browser.cookies[settings.SESSION_COOKIE_NAME] = browser.cookies["openipt_me"].value
    assert browser.get("/unmarked/").status_code == 404
    assert browser.get("/me/unmarked/").content == b"reached"


# Two sign-ins in one browser


def test_staff_and_client_sign_in_side_by_side(browser: Client) -> None:
    a_user("therapist", "ther")
    a_user("client", "u-quiet")
    browser.post("/login/", {"username": "ther", "password": PASSWORD})
    answer = browser.post("/me/login/", {"username": "u-quiet", "password": PASSWORD})
    assert answer.cookies["openipt_me"]["path"] == "/me/"
    assert answer.cookies["openipt_me"]["httponly"]
    assert settings.SESSION_COOKIE_NAME not in answer.cookies
    assert browser.get("/unmarked/").content == b"reached"
    assert browser.get("/me/unmarked/").content == b"reached"
    browser.post("/me/logout/")
    assert browser.get("/me/unmarked/").status_code == 302
    assert browser.get("/unmarked/").content == b"reached"


def test_a_clients_sign_in_leaves_the_staffs_form_token_as_it_is() -> None:
    browser = Client(SERVER_NAME="localhost", enforce_csrf_checks=True)
    a_user("client", "u-quiet")
    staff_token = browser.get("/login/").cookies[settings.CSRF_COOKIE_NAME].value
    token = browser.get("/me/login/").cookies["openipt_me_form"].value
    fields = {"username": "u-quiet", "password": PASSWORD, "csrfmiddlewaretoken": token}
    answer = browser.post("/me/login/", fields)
    assert answer.status_code == 302
    assert answer.cookies["openipt_me_form"].value != token
    assert browser.cookies[settings.CSRF_COOKIE_NAME].value == staff_token


# The doors


@pytest.mark.parametrize(
    ("role", "home"),
    [
        ("therapist", "/today/"),
        ("supervisor", "/supervision/"),
        ("manager", "/service/"),
        ("administrator", "/accounts/"),
    ],
)
def test_each_role_starts_in_its_own_room(browser: Client, role: str, home: str) -> None:
    user = a_user(role)
    answer = browser.post("/login/", {"username": user.username, "password": PASSWORD})
    assert answer["Location"] == home
    assert browser.get("/")["Location"] == home


def test_a_client_starts_at_home(browser: Client) -> None:
    a_user(CLIENT, "u-quiet")
    assert browser.post("/me/login/", {"username": "U-Quiet ", "password": PASSWORD})["Location"] == "/me/"


@pytest.mark.parametrize(("door", "role"), [("/login/", "client"), ("/me/login/", "therapist")])
def test_nobody_comes_in_by_the_other_door(browser: Client, door: str, role: str) -> None:
    user = a_user(role)
    answer = browser.post(door, {"username": user.username, "password": PASSWORD})
    assert answer.status_code == 422
    assert "openipt_me" not in answer.cookies
    assert settings.SESSION_COOKIE_NAME not in answer.cookies


@pytest.mark.parametrize(
    ("wanted", "goes_to"),
    [
        ("/clients/?page=2", "/clients/?page=2"),
        ("https://example.org/", "/today/"),
        ("//example.org/", "/today/"),
        ("/\\example.org", "/today/"),
        ("javascript:alert(1)", "/today/"),
        ("/me/line/", "/today/"),
        ("/logout/", "/today/"),
    ],
)
def test_after_sign_in_only_our_own_pages_are_opened(browser: Client, wanted: str, goes_to: str) -> None:
    user = a_user("therapist")
    answer = browser.post("/login/", {"username": user.username, "password": PASSWORD, "next": wanted})
    assert answer["Location"] == goes_to


def test_a_wrong_password_is_told_at_the_field_and_the_name_kept(browser: Client) -> None:
    a_user("therapist", "ther")
    page = browser.post("/login/", {"username": "ther", "password": "wrong"}).content.decode()
    assert NO_MATCH in page
    assert 'href="#f-username"' in page
    assert 'aria-describedby="f-username-error"' in page
    assert 'value="ther"' in page
    assert "wrong" not in page.replace("field-wrong", "")


def test_too_many_tries_are_answered_calmly(browser: Client) -> None:
    a_user("therapist", "ther")
    for _ in range(settings.AXES_FAILURE_LIMIT):
        answer = browser.post("/login/", {"username": "ther", "password": "wrong"})
    assert LOCKED in answer.content.decode()
    right = browser.post("/login/", {"username": "ther", "password": PASSWORD})
    assert right.status_code == 429
    assert LOCKED in right.content.decode()
    assert settings.SESSION_COOKIE_NAME not in right.cookies


@pytest.mark.parametrize(
    ("host", "address", "status"),
    [
        ("localhost", "127.0.0.1", 302),
        ("localhost:8000", "127.0.0.1", 302),
        ("[::1]:8000", "::1", 302),
        ("ipt.example.org", "127.0.0.1", 403),
        ("localhost", "192.0.2.7", 403),
    ],
)
@override_settings(ALLOWED_HOSTS=["*"])
def test_demo_logins_work_on_this_machine_only(browser: Client, host: str, address: str, status: int) -> None:
    a_user("therapist", "ther")
    fields = {"username": "ther", "password": PASSWORD}
    answer = browser.post("/login/", fields, REMOTE_ADDR=address, headers={"host": host})
    assert answer.status_code == status


def test_a_tunnel_that_calls_itself_this_machine_is_another_machine(browser: Client) -> None:
    a_user("therapist", "ther")
    fields = {"username": "ther", "password": PASSWORD}
    for header in ("x-forwarded-for", "x-forwarded-host", "forwarded", "x-real-ip"):
        answer = browser.post("/login/", fields, headers={"host": "localhost", header: "192.0.2.7"})
        assert answer.status_code == 403, header
        assert "OPENIPT_DEMO_ANYWHERE=1" in answer.content.decode()


def test_leaving_quickly_signs_out_however_old_the_page(browser: Client) -> None:
    strict = Client(SERVER_NAME="localhost", enforce_csrf_checks=True)
    sign_in(strict, a_user("client"))
    answer = strict.post("/me/leave/")
    assert (answer.status_code, answer["Location"]) == (303, "/kitchen/")
    assert strict.get("/me/unmarked/").status_code == 302
    page = browser.get("/kitchen/").content.decode()
    assert "OpenIPT" not in page
    assert "Help" not in page


# What was typed is not lost


def old_form(browser: Client, **extra: str):
    fields = {"note": "first line\nsecond <b>", "mood": "6", "password": "secret-word", **extra}
    return browser.post("/unmarked/", fields, headers={"origin": "http://localhost"})


def test_a_form_that_grew_old_is_offered_again_with_a_fresh_token() -> None:
    strict = Client(SERVER_NAME="localhost", enforce_csrf_checks=True)
    sign_in(strict, a_user("therapist"))
    answer = old_form(strict)
    page = answer.content.decode()
    assert answer.status_code == 403
    assert 'action="/unmarked/"' in page
    assert "first line\nsecond &lt;b&gt;</textarea>" in page
    assert 'name="mood" value="6"' in page
    assert "secret-word" not in page
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    assert token
    again = strict.post("/unmarked/", {"mood": "6", "csrfmiddlewaretoken": token[1]})
    assert again.content == b"reached"


def test_a_form_from_elsewhere_is_not_offered_again() -> None:
    strict = Client(SERVER_NAME="localhost", enforce_csrf_checks=True)
    sign_in(strict, a_user("therapist"))
    answer = strict.post("/unmarked/", {"mood": "6"}, headers={"origin": "https://example.org"})
    assert answer.status_code == 403
    assert 'name="mood"' not in answer.content.decode()


def test_htmx_hears_that_the_form_grew_old_and_gets_a_fresh_token() -> None:
    strict = Client(SERVER_NAME="localhost", enforce_csrf_checks=True)
    sign_in(strict, a_user("therapist"))
    answer = strict.post("/unmarked/", {"mood": "6"}, headers={"hx-request": "true"})
    assert (answer["HX-Retarget"], answer["HX-Reswap"]) == ("#messages", "innerHTML")
    again = strict.post(
        "/unmarked/", {"csrfmiddlewaretoken": answer["X-Fresh-Token"]}, headers={"hx-request": "true"}
    )
    assert again.content == b"reached"


def test_what_was_typed_survives_an_expired_sign_in(browser: Client) -> None:
    a_user("therapist", "ther")
    page = browser.post("/unmarked/", {"note": "what she said\nthen"}).content.decode()
    assert "what she said\nthen</textarea>" in page
    kept = {"kept_path": "/unmarked/", "kept:note": "what she said\nthen"}
    wrong = browser.post("/login/", {"username": "ther", "password": "x", **kept}).content.decode()
    assert 'name="kept:note"' in wrong
    right = browser.post("/login/", {"username": "ther", "password": PASSWORD, **kept})
    page = right.content.decode()
    assert right.status_code == 200
    assert 'action="/unmarked/"' in page
    assert '<textarea name="note" hidden>\nwhat she said\nthen</textarea>' in page


def test_a_script_that_is_signed_out_hears_it_as_such(browser: Client) -> None:
    assert browser.get("/drafts/key/", headers={"x-requested-with": "fetch"}).status_code == 401
    fragment = browser.post("/unmarked/", headers={"hx-request": "true"})
    assert fragment.status_code == 401
    assert fragment["HX-Retarget"] == "#messages"


def test_a_draft_key_belongs_to_one_person(browser: Client) -> None:
    one, other = a_user("therapist", "one"), a_user("therapist", "other")
    first = sign_in(browser, one).get("/drafts/key/").json()
    assert first["key"] == browser.get("/drafts/key/").json()["key"]
    assert first["key"] != sign_in(browser, other).get("/drafts/key/").json()["key"]


def test_a_form_that_was_taken_is_named_to_the_browser(browser: Client) -> None:
    taken = browser.post("/takes/", {"draft": "/episodes/1/#note"})
    assert taken.cookies["openipt_received"].value == "%2Fepisodes%2F1%2F%23note"
    assert "openipt_received" not in browser.post("/raise/not-valid/", {"draft": "/x/#y"}).cookies


def test_forms_taken_one_after_another_are_all_named(browser: Client) -> None:
    """A page may be left before its script could let go of the first."""
    browser.post("/takes/", {"draft": "/episodes/1/#note"})
    second = browser.post("/takes/", {"draft": "/me/#line"})
    assert second.cookies["openipt_received"].value == "%2Fepisodes%2F1%2F%23note/%2Fme%2F%23line"
    for number in range(9):
        last = browser.post("/takes/", {"draft": f"/x/#{number}"})
    assert last.cookies["openipt_received"].value.count("/") == 5


# Errors


@pytest.mark.parametrize(("name", "status"), [(name, status) for name, (_, status) in ERRORS.items()])
def test_an_error_is_told_calmly(browser: Client, name: str, status: int) -> None:
    for headers in ({}, {"hx-request": "true"}):
        answer = browser.get(f"/raise/{name}/", headers=headers)
        page = answer.content.decode()
        assert answer.status_code == status
        assert "Traceback" not in page
        assert "the words of a client" not in page
        assert ("<html" in page) is not bool(headers)
        assert answer.headers.get("HX-Retarget", "") == ("#messages" if headers else "")


def test_reasons_stand_on_the_page(browser: Client) -> None:
    assert "No formulation is agreed yet." in browser.get("/raise/not-now/").content.decode()
    assert "Write what was said." in browser.get("/raise/not-valid/").content.decode()


def test_no_access_reads_like_a_page_that_is_not_there(browser: Client) -> None:
    assert browser.get("/raise/no-access/").content == browser.get("/nothing/").content


def test_the_error_page_needs_nobody_known() -> None:
    """It is drawn also where a request broke before sign-in was looked at."""
    assert errors.broken(RequestFactory().get("/")).status_code == 500


# Theme


def test_the_theme_is_kept_in_this_browser(browser: Client) -> None:
    answer = browser.post("/theme/", {"theme": "dark", "back": "/help-now/"})
    assert answer["Location"] == "/help-now/"
    assert 'data-theme="dark"' in browser.get("/help-now/").content.decode()
    assert browser.post("/theme/", {"theme": "purple"}).status_code == 404
    assert browser.post("/theme/", {"theme": "light", "back": "//example.org"})["Location"] == "/"


# Colours

BLOCK = re.compile(r"([^{}]+)\{([^{}]*)\}")
COLOUR = re.compile(r"--([a-z-]+):\s*(#[0-9a-f]{6})")


def palettes() -> dict[str, dict[str, str]]:
    """The colours of each block of tokens.css, by its selector."""
    sheet = re.sub(r"/\*.*?\*/", "", (STATIC / "tokens.css").read_text(), flags=re.DOTALL)
    found: dict[str, dict[str, str]] = {}
    for selector, body in BLOCK.findall(sheet):
        if colours := dict(COLOUR.findall(body)):
            found.setdefault(" ".join(selector.split()), {}).update(colours)
    return found


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """WCAG 2.2, relative luminance and contrast ratio."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


TEXT_ON = {
    "ink": ("paper", "paper-raised", "teal-soft", "clay-soft", "danger-soft"),
    "ink-soft": ("paper", "paper-raised", "teal-soft", "clay-soft", "danger-soft"),
    "teal": ("paper", "paper-raised", "teal-soft"),
    "clay": ("paper", "paper-raised", "clay-soft"),
    "danger": ("paper", "paper-raised", "danger-soft"),
    "on-teal": ("teal",),
}
PLAIN, SYSTEM_DARK, CHOSEN_DARK = ":root", ':root:not([data-theme="light"])', ':root[data-theme="dark"]'


def light() -> dict[str, str]:
    sheet = (STATIC / "tokens.css").read_text()
    return dict(COLOUR.findall(sheet[: sheet.index("@media")]))


def dark() -> dict[str, str]:
    sheet = (STATIC / "tokens.css").read_text()
    return dict(
        COLOUR.findall(sheet[sheet.index(CHOSEN_DARK + " {") : sheet.index("@media (prefers-contrast")])
    )


@pytest.mark.parametrize("palette", [light, dark], ids=["light", "dark"])
def test_words_can_be_read_on_every_ground(palette) -> None:
    """WCAG 1.4.3 asks 4.5 to 1 for text, 1.4.11 asks 3 to 1 for what must be seen."""
    colours = palette()
    weak = [
        (ink, ground, round(contrast(colours[ink], colours[ground]), 2))
        for ink, grounds in TEXT_ON.items()
        for ground in grounds
        if contrast(colours[ink], colours[ground]) < 4.5
    ]
    assert not weak
    for ground in ("paper", "paper-raised", "teal-soft", "clay-soft", "danger-soft"):
        assert contrast(colours["focus"], colours[ground]) >= 3


def test_the_two_dark_palettes_are_one() -> None:
    sheet = (STATIC / "tokens.css").read_text()
    system = sheet[sheet.index(SYSTEM_DARK + " {") : sheet.index(CHOSEN_DARK + " {")]
    assert dict(COLOUR.findall(system)) == dark()
    assert set(dark()) == set(light())


def test_contrast_itself_is_right() -> None:
    """Black on white is 21 to 1; the grey #767676 on white is the known 4.54."""
    assert round(contrast("#000000", "#ffffff"), 2) == 21
    assert round(contrast("#767676", "#ffffff"), 2) == 4.54


def test_scripts_are_short_modules_and_every_behaviour_is_there() -> None:
    scripts = sorted((STATIC / "js").glob("*.js"))
    assert all(len(script.read_text().splitlines()) < 150 for script in scripts)
    named = set(re.findall(r'"\./([a-z_]+\.js)"', (STATIC / "js" / "app.js").read_text()))
    assert named - {script.name for script in scripts} == set()


def test_every_sheet_named_is_there() -> None:
    named = re.findall(r'url\("([^"]+)"\)', (STATIC / "app.css").read_text())
    assert [name for name in named if not (STATIC / name).exists()] == []


def test_the_sheets_know_no_left_and_right() -> None:
    """Logical properties only, so that a right-to-left page is the same page mirrored."""
    sided = re.compile(
        r"(?:margin|padding|border)-(?:left|right)|^\s*(?:left|right|(?:text-align|float):\s*(?:left|right))",
        re.MULTILINE,
    )
    assert [sheet.name for sheet in STATIC.rglob("*.css") if sided.search(sheet.read_text())] == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("tail", "status"), [("nothing-here/", 404), ("help-now/", 200), ("login/", 200), ("asking/", 200)]
)
def test_a_page_of_the_client_names_the_product_nowhere_even_in_trouble(tail: str, status: int) -> None:
    answer = Client().get(f"/me/{tail}")
    assert answer.status_code == status
    assert "OpenIPT" not in answer.content.decode() and "Leave quickly" in answer.content.decode()


@pytest.mark.django_db
def test_a_form_grown_old_on_a_clients_page_is_as_neutral() -> None:
    answer = Client(enforce_csrf_checks=True).post("/me/login/", {"username": "a", "password": "b"})
    assert answer.status_code == 403
    assert "OpenIPT" not in answer.content.decode() and "Leave quickly" in answer.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "", "a b"])
def test_a_request_for_another_host_is_refused_whatever_it_asks_for(host: str) -> None:
    for wanted in ("/help-now/", "/me/asking/", "/today/", "/nothing/"):
        assert Client(raise_request_exception=False).get(wanted, HTTP_HOST=host).status_code == 400, wanted
