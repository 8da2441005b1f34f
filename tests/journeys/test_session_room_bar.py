"""The bar of the Session room (product.md, section 6): a whole middle session in 16 actions or fewer.

A click, tap, key command or filled field is one action. Every required task of ipt.md 3.6 ends with its
record, two sentences of note are written, the step is agreed, the session is signed. The same is then
done by keyboard alone; and a lost connection, the keys, find and the turned screen are tried for real.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.browser import ready_to_keep, started, until, violations
from tests.cli.test_serve import environment, free_port, openipt
from tests.shared_data import ROOT

pytestmark = pytest.mark.journey

CLOCK = "2026-02-16T10:00:00+00:00"
MOST_ACTIONS = 16
REQUIRED = ["M01", "M02", "M03", "M04", "M08", "M09", "M10", "M11", "M15", "M16"]
PATIENCE = 60_000

SEED = """
import json
from openipt.cli import django_setup
django_setup.setup()
from tests import factories as make
from openipt.records.actions import checkins, people, sessions
from openipt.records.models import Session
by = make.therapist("Ada Lind")
made = {}
for name in ("counted", "keyboard", "blip", "keys", "looked", "begin", "passed", "second", "void", "finger"):
    episode = make.episode(by, name="Rui Tavares", planned_sessions=16)
    dana = people.add_person(episode=episode, label="Dana", relation="wife", by=by, at=make.at_day())
    for n in range(1, 7):
        held = make.session(episode, days=7 * (n - 1), intake=False)
        episode.refresh_from_db()
        at = make.at_day(7 * (n - 1))
        checkins.enter_answers(
            episode=episode, answers={"ms_phq9": [2] * (8 - n) + [1] * n + [0]}, session=held, by=by, at=at
        )
        if n == 3:
            agreed = {"problem_area": ["role_transition"], "event": "the branch closed", "disorder": "depression"}
            make.entry(episode, "rec_formulation", agreed | {"agreement": "agree"}, session=held, at=at)
    make.entry(episode, "rec_action_plan", {"step": "Tell Mila one story"}, session=held, at=at)
    make.entry(episode, "rec_quote", {"words": "I was the branch."}, session=held, at=at)
    planned = sessions.plan_session(episode=episode, planned_at=make.at_day(42, 1), by=by, at=at)
    made[name] = f"/episodes/{episode.pk}/sessions/{planned.pk}/"
print(json.dumps({"login": by.username, "password": make.PASSWORD, "rooms": made}))
"""
ASK = """
import json, sys
from openipt.cli import django_setup
django_setup.setup()
from openipt.records.models import Session
session = Session.objects.select_related("episode__client").get(pk=sys.argv[1])
marks = session.task_marks.filter(withdrawn_at=None).select_related("entry")
print(json.dumps({
    "state": session.state,
    "tasks": {mark.task_id: mark.entry_id is not None for mark in marks},
    "note": " ".join(block["text"] for block in session.note),
    "levels": [
        version.payload.get("level")
        for entry in session.entries.filter(record_type="rec_risk")
        for version in [*entry.versions.order_by("version"), entry]
    ],
    "steps": [e.payload.get("step") for e in session.entries.filter(record_type="rec_action_plan", amends=None)],
}))
"""


class Service:
    """A service of its own, on a day when session 7 of each course is planned."""

    def __init__(self, home: Path) -> None:
        self.home, self.port = home, free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        assert openipt(home, "migrate").returncode == 0
        self.world = json.loads(self.python(SEED).splitlines()[-1])
        self.process = subprocess.Popen(
            [sys.executable, "-m", "openipt", "serve", "--port", str(self.port), "--workers", "1"],
            env=environment(home, OPENIPT_CLOCK=CLOCK),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._wait()

    def python(self, words: str, *more: str) -> str:
        ran = subprocess.run(
            [sys.executable, "-c", words, *more],
            env=environment(self.home) | {"PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"},
            cwd=ROOT, capture_output=True, text=True, timeout=120,
        )  # fmt: skip
        assert ran.returncode == 0, ran.stderr
        return ran.stdout

    def _wait(self) -> None:
        for _ in range(300):
            try:
                urllib.request.urlopen(f"{self.address}/login/", timeout=2).close()
                return
            except (urllib.error.URLError, OSError):
                time.sleep(0.1)
        raise AssertionError("the service did not start")

    def room(self, name: str) -> str:
        return self.address + self.world["rooms"][name]

    def session(self, name: str) -> dict[str, object]:
        """What the database holds of that session."""
        return json.loads(self.python(ASK, self.world["rooms"][name].rstrip("/").rsplit("/", 1)[1]))

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(timeout=20)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    made = Service(tmp_path_factory.mktemp("bar"))
    yield made
    made.stop()


@pytest.fixture
def desk(service, chromium):
    """A therapist at a browser, signed in; nothing may go wrong in the console."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("console", lambda said: troubles.append(said.text) if is_refused(said.text) else None)
    page.goto(f"{service.address}/login/")
    page.fill("[name=username]", service.world["login"])
    page.fill("[name=password]", service.world["password"])
    page.click("main form button[type=submit], main form button")
    page.wait_for_url(lambda url: "/login/" not in url)
    yield page
    context.close()
    assert troubles == []


def is_refused(words: str) -> bool:
    """Something on the page went against its own policy; inline styles are the accessibility scan's."""
    return "Content Security Policy" in words and "inline style" not in words


class Hand:
    """A hand that counts what it does."""

    def __init__(self, page) -> None:
        self.page, self.actions = page, 0

    def click(self, selector: str) -> None:
        self.page.click(selector)
        self.actions += 1

    def fill(self, selector: str, words: str) -> None:
        self.page.fill(selector, words)
        self.actions += 1

    def choose(self, selector: str, label: str) -> None:
        self.page.select_option(selector, label=label)
        self.actions += 1

    def key(self, name: str) -> None:
        self.page.keyboard.press(name)
        self.actions += 1


def test_a_middle_session_takes_sixteen_actions_or_fewer(service, desk):
    """Given session 7 is planned for now, when it is held, recorded and signed, then 16 actions were enough."""
    desk.goto(service.room("counted"))
    hand = Hand(desk)
    hand.click("button[name=format][value=in_person]")
    hand.click("#last-step-yes")
    hand.click("label:has(#line-M10-0-thoughts-2)")
    hand.click("label:has(#line-M10-0-level-1)")
    hand.fill("#line-M01-0-opening", "A quiet week, then a bad Sunday.")
    hand.fill("#line-M02-0-link_text", "Low after the call, better at the market.")
    hand.click("#strategy-rt_2_old-press")
    hand.fill("#line-M04-0-first_word", "ashamed")
    hand.fill("#line-M08-0-step", "Ask Dana for half an hour")
    hand.choose("#line-M08-0-supporter", "Dana")
    hand.click("#line-M11-0-press")
    hand.fill("#line-M15-0-summary", "Shame keeps him from asking.")
    hand.fill("#line-M16-0-credit", "He went to the market alone.")
    hand.fill("#note-own", "He spoke softly at first. He left with a plan.")
    hand.click("#note-sign-button")
    desk.wait_for_selector("text=Signed by")
    assert hand.actions <= MOST_ACTIONS, hand.actions

    kept = service.session("counted")
    assert kept["state"] == "signed"
    assert sorted(kept["tasks"]) == REQUIRED
    assert all(kept["tasks"].values()), "a task is done by its record, not by a tick"
    assert kept["steps"] == ["Ask Dana for half an hour"]
    assert "He left with a plan." in kept["note"]


def tab_to(page, selector: str, most: int = 150) -> None:
    """Go there as a keyboard does."""
    for _ in range(most):
        if page.evaluate("wanted => document.activeElement.matches(wanted)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the keyboard never came to {selector}")


def test_the_same_by_keyboard_alone(service, desk):
    desk.goto(service.room("keyboard"))
    tab_to(desk, "button[name=format][value=in_person]")
    desk.keyboard.press("Enter")
    desk.wait_for_selector("#line-M01-0")
    started(desk)
    tab_to(desk, "#last-step-yes")
    desk.keyboard.press("Enter")
    desk.wait_for_selector("#last-step-yes[aria-pressed=true]")
    assert desk.evaluate("document.activeElement.id") == "last-step-yes", "the place is kept"
    tab_to(desk, "#line-M10-0 input[name=thoughts]")
    desk.keyboard.press("ArrowUp")
    assert desk.is_checked("#line-M10-0-thoughts-2")
    tab_to(desk, "#line-M10-0 input[name=level]")
    for _ in range(4):
        desk.keyboard.press("ArrowUp")
    assert desk.is_checked("#line-M10-0-level-1")
    for field, words in (
        ("#line-M01-0-opening", "A quiet week."),
        ("#line-M02-0-link_text", "Low after the call."),
    ):
        tab_to(desk, field)
        desk.keyboard.type(words)
    tab_to(desk, "#strategy-rt_1_link-press")
    desk.keyboard.press("Space")
    desk.wait_for_selector("#strategy-rt_1_link-press[aria-pressed=true]")
    for field, words in (("#line-M04-0-first_word", "ashamed"), ("#line-M08-0-step", "Ask Dana")):
        tab_to(desk, field)
        desk.keyboard.type(words)
    tab_to(desk, "#line-M08-0-supporter")
    desk.keyboard.type("Dana")
    tab_to(desk, "#line-M11-0-press")
    desk.keyboard.press("Enter")
    desk.wait_for_selector("text=Said aloud: 9 after today.")
    for field, words in (
        ("#line-M15-0-summary", "Shame keeps him from asking."),
        ("#line-M16-0-credit", "He went alone."),
        ("#note-own", "He spoke softly. He left with a plan."),
    ):
        tab_to(desk, field, 250)
        desk.keyboard.type(words)
    tab_to(desk, "#note-sign-button", 80)
    # whoever signs has read what is signed: the sentence of the last record stands there
    until(
        desk,
        "[...document.querySelectorAll('#note-blocks textarea')].some((one) => /He went alone/.test(one.value))",
    )
    desk.keyboard.press("Enter")
    desk.wait_for_selector("text=Signed by")
    kept = service.session("keyboard")
    assert kept["state"] == "signed"
    assert sorted(kept["tasks"]) == REQUIRED


def begun(service, desk, name: str) -> None:
    desk.goto(service.room(name))
    desk.click("button[name=format][value=in_person]")
    desk.wait_for_selector("#line-M01-0")
    with ready_to_keep(desk):
        desk.goto(service.room(name))


def test_a_level_of_risk_that_the_arrow_keys_pass_by_is_never_recorded(service, desk):
    begun(service, desk, "passed")
    tab_to(desk, "#line-M10-0 input[name=thoughts]")
    desk.keyboard.press("ArrowUp")
    tab_to(desk, "#line-M10-0 input[name=level]")
    for _ in range(4):  # over red, orange and yellow: each would ask for a reason to leave it again
        desk.keyboard.press("ArrowUp")
    desk.keyboard.press("Tab")
    desk.locator("#line-M10-0 [data-save-status]").filter(has_text=re.compile("^Saved ")).wait_for()
    until(desk, "!document.querySelector('#line-M10-0 [data-save-status]').textContent.startsWith('Not')")
    assert [level for level in service.session("passed")["levels"] if level] == ["green"]


def test_the_answer_to_a_first_press_does_not_take_back_the_second(service, desk):
    begun(service, desk, "second")
    held = []
    desk.check("#line-M10-0-thoughts-2")
    desk.locator("#line-M10-0 [data-save-status]").filter(has_text=re.compile("^Saved ")).wait_for()
    desk.route("**/tasks/M10/0/", lambda route: held.append(route) if not held else route.continue_())
    desk.check("#line-M10-0-level-2")  # yellow: the row is drawn anew, with a field for the reason
    until(desk, "document.querySelector('#line-M10-0.htmx-request')")
    desk.check("#line-M10-0-level-3")  # orange, while yellow is still on its way
    held[0].continue_()
    until(desk, "document.querySelector('#line-M10-0 [data-save-status]').textContent.startsWith('Saved')")
    assert desk.is_checked("#line-M10-0-level-3")
    assert [level for level in service.session("second")["levels"] if level] == ["yellow", "orange"]


def test_the_button_that_signs_does_not_move_away_under_the_finger(service, desk):
    begun(service, desk, "finger")
    desk.fill("#line-M01-0-opening", "A quiet week.")
    block = desk.locator("#note-blocks textarea", has_text="A quiet week.")
    block.focus()
    desk.evaluate(  # recorded while the sentences cannot be drawn anew: somebody stands in one of them
        """() => {
            const line = document.querySelector("#line-M15-0-summary");
            line.value = "Shame keeps him from asking.";
            line.dispatchEvent(new Event("change", { bubbles: true }));
        }"""
    )
    desk.locator("#line-M15-0 [data-save-status]").filter(has_text=re.compile("^Saved ")).wait_for()
    drawn = "[...document.querySelectorAll('#note-blocks textarea')].some((one) => /Shame/.test(one.value))"
    desk.locator("#note-sign-button").hover()
    desk.mouse.down()
    assert not desk.evaluate(f"new Promise((tell) => setTimeout(() => tell({drawn}), 0))")
    desk.mouse.up()
    desk.wait_for_selector("text=Signed by")
    assert "Shame keeps him from asking." in service.session("finger")["note"]


def test_a_lost_connection_keeps_the_words_and_sends_them(service, desk):
    begun(service, desk, "blip")
    desk.context.set_offline(True)
    desk.fill("#line-M01-0-opening", "No signal in the basement.")
    desk.keyboard.press("Tab")
    status = desk.locator("#line-M01-0 [data-save-status]")
    status.filter(has_text="Not saved yet").wait_for()
    assert desk.input_value("#line-M01-0-opening") == "No signal in the basement."
    desk.context.set_offline(False)
    status.filter(has_text=re.compile("^Saved ")).wait_for()
    desk.reload()
    assert desk.input_value("#line-M01-0-opening") == "No signal in the basement."


def test_words_of_a_page_closed_without_a_connection_come_back(service, desk):
    begun(service, desk, "void")
    desk.context.set_offline(True)
    desk.fill("#line-M02-0-link_text", "Typed into the void.")
    until(desk, "Object.keys(localStorage).some((name) => name.startsWith('openipt:draft:'))")
    context = desk.context
    desk.close()
    context.set_offline(False)
    again = context.new_page()
    again.goto(service.room("void"))
    field = "document.querySelector('#line-M02-0-link_text')"
    until(again, f"{field} && {field}.value === 'Typed into the void.'")


def test_the_keys_find_quote_and_turn_the_screen(service, desk):
    begun(service, desk, "keys")
    # F9 finds while one types, and what is found opens above a guide that loses nothing
    desk.fill("#line-M01-0-opening", "Half a sentence")
    desk.keyboard.press("F9")
    desk.keyboard.type("determine the st")
    desk.locator("#find-list [role=option]:visible", has_text="Determine the stage").wait_for()
    assert desk.get_attribute("#find", "aria-activedescendant") == "find-strategy-rd_2_stage"
    desk.keyboard.press("Enter")
    desk.wait_for_selector("#opened-title:has-text('Determine the stage')")
    assert desk.input_value("#line-M01-0-opening") == "Half a sentence"
    desk.keyboard.press("Escape")
    assert desk.locator("#opened-title").count() == 0

    # F8 keeps what is selected as the client's words, and they go into any field
    desk.fill("#line-M15-0-summary", "Nobody asks me.")
    desk.locator("#line-M15-0-summary").select_text()
    desk.keyboard.press("F8")
    desk.locator("[data-quote-insert]", has_text="Nobody asks me.").wait_for()
    desk.focus("#line-M04-0-first_word")
    desk.click("[data-quote-insert]")
    assert desk.input_value("#line-M04-0-first_word") == "Nobody asks me."
    desk.locator("#line-M04-0 [data-save-status]").filter(has_text=re.compile("^Saved ")).wait_for()

    # a record found by name is written beside the guide, which is read anew
    desk.keyboard.press("F9")
    desk.keyboard.type("emotion log")
    desk.keyboard.press("Enter")
    desk.wait_for_selector("#guide-opened form.record-form")
    desk.keyboard.press("Escape")

    # F2 turns the screen and turns it back
    desk.keyboard.press("F2")
    desk.wait_for_url("**/together/")
    assert "Nobody asks me." in desk.inner_text("main")
    desk.keyboard.press("Escape")
    desk.wait_for_selector("#line-M01-0-opening")
    assert desk.input_value("#line-M01-0-opening") == "Half a sentence"
    desk.click("h1")
    desk.keyboard.press("?")
    desk.wait_for_selector("dialog#keys[open]")
    desk.keyboard.press("Escape")
    desk.wait_for_selector("dialog#keys:not([open])", state="attached")
    desk.keyboard.press("/")
    desk.wait_for_selector("#find:focus")


@pytest.mark.parametrize(("format", "late"), [("phone", False), ("in_person", True)])
def test_by_phone_in_one_action_and_late_in_two(service, desk, format, late):
    desk.goto(service.room("begin"))
    hand = Hand(desk)
    if late:
        desk.goto(service.room("looked"))
        hand.click("label:has(#f-late)")
    hand.click(f"button[name=format][value={format}]")
    desk.wait_for_selector("#line-M01-0")
    assert hand.actions <= 2


@pytest.mark.parametrize(
    ("width", "scheme"), [(1280, "light"), (1280, "dark"), (390, "light"), (390, "dark"), (320, "light")]
)
def test_every_state_is_accessible_and_fits(service, desk, width, scheme):
    desk.set_viewport_size({"width": width, "height": 900})
    desk.emulate_media(color_scheme=scheme)
    for name, tail in (
        ("looked", ""),
        ("looked", "together/"),
        ("looked", "find/?q=role"),
        ("counted", ""),
        ("keys", ""),
    ):
        desk.goto(service.room(name) + tail)
        started(desk)
        assert violations(desk) == [], f"{name}{tail} at {width} {scheme}"
        wide = desk.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, f"{name}{tail} is {wide} px too wide at {width}"
