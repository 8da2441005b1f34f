"""Rows in a real browser: typed by keyboard alone, moved, removed, brought back; nothing is lost.

The page stands on static files only, so no server of ours and no database is needed.
"""

from __future__ import annotations

import http.server
import threading
from functools import partial
from pathlib import Path

import pytest
from tests.browser import started, violations
from tests.web.test_record_forms import CODES, FORM, PEOPLE, RECORDS, Sent

import openipt
from openipt import library
from openipt.core.fields.together import ROWS, columns_form, rows_form
from openipt.web.record_forms import RecordForm

STATIC = Path(openipt.__file__).parent / "web" / "static"
pytestmark = pytest.mark.journey

PAGE = """<!doctype html><html lang="en" data-theme="light"><head><meta charset="utf-8"><title>Record</title>
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'self'">
<link rel="icon" href="/openipt/icon.svg"><link rel="stylesheet" href="/openipt/app.css"><script type="module" src="/openipt/js/app.js"></script>
</head><body><main class="page"><h1>Record</h1>{form}</main></body></html>"""


class Quiet(http.server.SimpleHTTPRequestHandler):
    pages: dict[str, str] = {}

    def do_GET(self):  # noqa: N802 (the name the standard library calls)
        page = self.pages.get(self.path)
        if page is None:
            return super().do_GET()
        body = page.encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        return self.wfile.write(body)

    def log_message(self, *args):
        """Silent: the test speaks."""


@pytest.fixture(scope="module")
def address():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(STATIC)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@pytest.fixture
def page_of(address, chromium):
    opened = []

    def open_page(name: str, values=None, width: int = 390, faulty: bool = False, kind=None):
        kind = kind or RECORDS[name]
        form = RecordForm.from_values(kind, values, people=PEOPLE, codes=CODES)
        if faulty:
            form = RecordForm.from_post(kind, values, people=PEOPLE, codes=CODES)
        Quiet.pages[f"/{name}"] = PAGE.format(form=FORM.record_form(form))
        page = chromium.new_page(viewport={"width": width, "height": 900})
        page.said = []
        page.on("console", lambda line: page.said.append(line.text) if line.type == "error" else None)
        page.on("pageerror", lambda error: page.said.append(str(error)))
        page.goto(f"{address}/{name}")
        started(page)
        opened.append(page)
        return page

    yield open_page
    for page in opened:
        assert page.said == []
        page.close()


def lines(page, name: str) -> list[str]:
    return [value for key, value in sent(page) if key.startswith(f"{name}-")]


def sent(page) -> list[tuple[str, str]]:
    pairs = page.evaluate("[...new FormData(document.querySelector('form'))].map(([k, v]) => [k, v])")
    return [(key, value) for key, value in pairs]


def test_a_list_is_typed_moved_and_mended_by_keyboard_alone(page_of):
    page = page_of("rec_role_balance", {"role": "old"})
    page.locator("#gains-1").focus()
    for word in ("team", "title"):
        page.keyboard.type(word)
        page.keyboard.press("Enter")
    page.keyboard.type("salary")
    assert lines(page, "gains") == ["team", "title", "salary"]
    page.keyboard.press("Alt+ArrowUp")
    page.keyboard.press("Alt+ArrowUp")
    assert lines(page, "gains") == ["salary", "team", "title"]
    assert page.evaluate("document.activeElement.value") == "salary"
    assert page.locator("#gains [role=status]").inner_text() == "Moved to place 1 of 3."
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.value") == "team"
    page.get_by_role("button", name="Remove gain 2").press("Enter")
    assert lines(page, "gains") == ["salary", "title"]
    assert page.evaluate("document.activeElement.value") == "title"
    page.locator("#gains [data-rows-undo]").press("Enter")
    assert lines(page, "gains") == ["salary", "team", "title"]
    assert page.evaluate("document.activeElement.value") == "team"


def test_own_words_take_the_place_of_what_was_chosen(page_of):
    page = page_of("rec_contract", {"frequency": "weekly"})
    page.locator('[name="frequency-other"]').fill("every two weeks")
    assert [value for name, value in sent(page) if name.startswith("frequency")] == ["", "every two weeks"]


def test_words_beside_yes_and_no_mean_yes(page_of):
    page = page_of("rec_risk", {"thoughts": False})
    page.locator('[name="thoughts-words"]').fill("less than last week")
    pairs = dict(sent(page))
    assert (pairs["thoughts"], pairs["thoughts-words"]) == ("yes", "less than last week")


def test_a_new_person_takes_the_place_of_the_one_chosen(page_of):
    page = page_of("rec_dispute_map", {"other": next(iter(PEOPLE))})
    page.locator('[name="other-new"]').fill("A cousin")
    pairs = dict(sent(page))
    assert (pairs["other"], pairs["other-new"]) == ("", "A cousin")


def test_an_empty_last_line_adds_no_other(page_of):
    page = page_of("rec_role_balance", {"role": "old", "gains": ["team"]})
    page.locator("#gains-1").press("Enter")
    page.keyboard.press("Enter")
    assert lines(page, "gains") == ["team", ""]


def test_turns_keep_their_ticks_when_they_move(page_of):
    turns = [
        {"order": 1, "speaker": "client", "said": "Someone should look.", "client_felt": "afraid"},
        {"order": 2, "speaker": "other", "said": "So now that is my job.", "client_felt": "attacked"},
    ]
    page = page_of("rec_communication_analysis", {"turns": turns})
    page.get_by_role("button", name="Add a turn").click()
    page.keyboard.press("Space")
    assert page.evaluate("document.activeElement.name") == "turns-3-speaker"
    page.locator("#turns-3-said").fill("Forget it.")
    page.locator("#turns-3-said").press("Alt+ArrowUp")
    post = Sent("").post(*sent(page))
    back = RecordForm.from_post(RECORDS["rec_communication_analysis"], post, people=PEOPLE, codes=CODES)
    assert back.values["turns"] == [
        turns[0],
        {"order": 2, "speaker": "client", "said": "Forget it."},
        {**turns[1], "order": 3},
    ]
    assert (
        page.locator("#turns-3-said").evaluate(
            "one => one.closest('[data-row]').querySelector('[data-row-number]').textContent"
        )
        == "2"
    )


def test_a_ladder_is_built_ordered_and_thinned_by_keyboard_alone(page_of):
    steps = [{"contact_step": "call", "difficulty_0_10": 8}]
    page = page_of("ladder", {ROWS: steps}, kind=rows_form(library.record_type("rec_approach_ladder")))
    page.locator("#rows-1-contact_step").press("Enter")
    page.keyboard.type("wave")
    page.keyboard.press("Alt+ArrowUp")
    said = [value for name, value in sent(page) if name.endswith("contact_step")]
    assert said == ["wave", "call"]
    assert page.evaluate("document.activeElement.value") == "wave"
    page.get_by_role("button", name="Remove step 2").press("Enter")
    assert [value for name, value in sent(page) if name.endswith("contact_step")] == ["wave"]


MAP = library.record_type("rec_dispute_map")
STEPS = rows_form(library.record_type("rec_approach_ladder"))
ROLES = columns_form(library.record_type("rec_role_balance"), "therapist")


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize(
    ("kind", "values"),
    [
        (MAP, {"stage": "impasse", "issues-1-client_expects": "x" * 501}),
        (STEPS, {"rows-1-contact_step": "", "rows-1-difficulty_0_10": "twelve"}),
        (ROLES, {"old-gains-1": "x" * 501, "new-gains-1": "time"}),
    ],
    ids=["map", "steps", "roles"],
)
def test_what_stands_side_by_side_fits_and_is_accessible(page_of, kind, values, width):
    page = page_of(kind.id, values, width=width, faulty=True, kind=kind)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.locator("[aria-invalid=true]").count()
    assert violations(page) == []


def test_the_stage_that_is_chosen_says_how_it_shows_and_what_the_work_is(page_of):
    page = page_of("map", {}, kind=MAP, width=1280)
    work = page.get_by_text("expect a rise in open conflict")
    assert page.get_by_text("Talk has stopped; smouldering").is_visible() and not work.is_visible()
    page.get_by_text("Impasse", exact=True).click()
    assert work.is_visible()
    client, other = (
        page.locator(f"#issues-1-{key}").bounding_box() for key in ("client_expects", "other_expects")
    )
    assert client["y"] == other["y"] and client["x"] < other["x"]


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize(
    "name", ["rec_communication_analysis", "rec_emotion_log", "rec_risk", "rec_rhythm_day"]
)
def test_the_form_fits_and_is_accessible(page_of, name, width):
    page = page_of(name, {"date": "31.2.2025", "intensity_0_10": "12"}, width=width, faulty=True)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.said == []
    assert violations(page) == []
    small = page.evaluate(
        """[...document.querySelectorAll('.record-form__choice, main .button:not([hidden])')]
           .filter((one) => one.getClientRects().length && one.getBoundingClientRect().height < 24).length"""
    )
    assert small == 0
