"""Half-typed words of a note survive a killed server, a lost connection, an expired sign-in and a closed page.

A real server on a home of its own, killed with -9 where the story asks for it, and a real browser.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.browser import PATIENCE, ready_to_keep, until, violations
from tests.cli.test_serve import environment, free_port, openipt
from tests.shared_data import ROOT

pytestmark = pytest.mark.journey

SEED = """
import json
from openipt.cli import django_setup
django_setup.setup()
from tests import factories as make
made = {}
for name in ("killed", "offline", "expired", "closed", "windows", "signed", "looked", "room"):
    episode, session = make.active_episode(**({"by": by} if made else {}))
    by = episode.therapist
    entry = make.entry(episode, "rec_emotion_log", {"first_word": "numb"}, session=session)
    made[name] = {"at": f"/episodes/{episode.pk}/sessions/{session.pk}/", "entry": str(entry.pk)}
print(json.dumps({"login": by.username, "password": make.PASSWORD, "rooms": made}))
"""


class Service:
    """A service of its own that can be killed and started again."""

    def __init__(self, home: Path) -> None:
        self.home, self.port = home, free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        migrated = openipt(home, "migrate")
        assert migrated.returncode == 0, migrated.stderr
        seeded = subprocess.run(
            [sys.executable, "-c", SEED],
            env=environment(home) | {"PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"},
            cwd=ROOT, capture_output=True, text=True, timeout=120,
        )  # fmt: skip
        assert seeded.returncode == 0, seeded.stderr
        self.world = json.loads(seeded.stdout.splitlines()[-1])
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "openipt", "serve", "--port", str(self.port), "--workers", "1"],
            env=environment(self.home),
            start_new_session=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for _ in range(300):
            try:
                urllib.request.urlopen(f"{self.address}/login/", timeout=2).close()
                return
            except (urllib.error.URLError, OSError):
                time.sleep(0.1)
        raise AssertionError("the service did not start")

    def kill(self) -> None:
        """As a power cut would: nothing is asked, nothing is tidied."""
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    made = Service(tmp_path_factory.mktemp("note"))
    made.start()
    yield made
    made.kill()


@pytest.fixture
def desk(service, chromium):
    """A therapist at a browser, signed in."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    sign_in(service, page)
    yield page
    context.close()


def sign_in(service, page) -> None:
    if "/login/" not in page.url:
        page.goto(f"{service.address}/login/")
    page.fill("[name=username]", service.world["login"])
    page.fill("[name=password]", service.world["password"])
    page.click("form[action='/login/'] button, form.door button, main form button[type=submit]")
    page.wait_for_url(lambda url: "/login/" not in url)


def note_of(service, name: str) -> str:
    return service.address + service.world["rooms"][name]["at"] + "note/"


def open_note(service, page, name: str) -> None:
    with ready_to_keep(page):
        page.goto(note_of(service, name))


def own(page):
    return page.locator("#note-own")


def says(page, words: str) -> None:
    page.locator("#session-note [data-save-status]").first.filter(has_text=re.compile(words)).wait_for()


def kept_on_device(page) -> list[str]:
    return page.evaluate(
        "Object.entries(localStorage).filter(([k]) => k.includes('/note/')).map(([, v]) => v)"
    )


def wait_until_kept(page) -> None:
    until(page, "Object.keys(localStorage).some(k => k.includes('/note/'))")


def test_words_typed_while_the_server_is_killed_arrive_when_it_is_back(service, desk):
    open_note(service, desk, "killed")
    own(desk).press_sequentially("He came early and ")
    service.kill()
    own(desk).press_sequentially("spoke of his brother.")
    says(desk, "Not saved yet")
    wait_until_kept(desk)
    assert "brother" not in "".join(kept_on_device(desk)), "on the device the words are ciphertext"
    service.start()
    says(desk, "^Saved ")
    assert kept_on_device(desk) == []
    desk.reload()
    assert own(desk).input_value() == "He came early and spoke of his brother."


def test_words_of_a_page_that_is_gone_with_the_server_come_back_on_opening(service, desk):
    open_note(service, desk, "closed")
    service.kill()
    own(desk).press_sequentially("She is going to call him.")
    wait_until_kept(desk)
    context = desk.context
    desk.close()
    service.start()
    again = context.new_page()
    open_note(service, again, "closed")
    again.wait_for_selector("text=We kept what you typed at")
    again.wait_for_selector("text=She is going to call him.")
    again.click("text=Put it back")
    again.wait_for_selector("text=It stands in the note again.")
    assert own(again).input_value() == "She is going to call him."
    assert kept_on_device(again) == []


def test_words_typed_without_a_connection_are_sent_when_it_is_back(service, desk):
    open_note(service, desk, "offline")
    desk.context.set_offline(True)
    own(desk).press_sequentially("No signal in the basement.")
    says(desk, "out of reach")
    wait_until_kept(desk)
    assert "basement" not in "".join(kept_on_device(desk))
    desk.context.set_offline(False)
    says(desk, "^Saved ")
    assert kept_on_device(desk) == []


def test_words_typed_after_the_sign_in_ran_out_come_back_after_signing_in(service, desk):
    open_note(service, desk, "expired")
    desk.context.clear_cookies()
    own(desk).press_sequentially("Typed for nobody, it seemed.")
    says(desk, "you are signed out")
    wait_until_kept(desk)
    desk.click("text=Sign in again")
    desk.wait_for_selector("[name=username]")
    sign_in(service, desk)
    desk.wait_for_selector("text=We kept what you typed at")
    desk.click("text=Put it back")
    desk.wait_for_selector("text=It stands in the note again.")
    assert own(desk).input_value() == "Typed for nobody, it seemed."
    assert kept_on_device(desk) == []


def test_two_windows_lose_nothing(service, desk):
    second = desk.context.new_page()
    open_note(service, desk, "windows")
    open_note(service, second, "windows")
    own(desk).fill("From the first window.")
    own(desk).blur()
    says(desk, "^Saved ")
    own(second).fill("From the second window.")
    own(second).blur()
    second.wait_for_selector("text=Somebody else saved first")
    merged = second.locator("#merge-1")
    assert merged.input_value() == "From the first window.\nFrom the second window."
    merged.fill("From both windows.")
    second.click("text=Save this text")
    until(second, "document.querySelector('#note-own')?.value === 'From both windows.'")
    assert second.locator("text=Somebody else saved first").count() == 0


def test_signing_takes_the_words_just_typed_and_the_way_back_shows_them_signed(service, desk):
    open_note(service, desk, "signed")
    desk.keyboard.press("Tab")
    own(desk).fill("He named the numbness.")
    sentence = desk.locator(f"[id='note-entry-{service.world['rooms']['signed']['entry']}']")
    sentence.fill("Numb, he said, since the funeral.")
    desk.click("#note-sign-button")
    desk.wait_for_selector("text=Signed by")
    assert desk.locator("text=Numb, he said, since the funeral.").count() >= 1
    desk.go_back()
    desk.wait_for_selector("text=Signed by")
    assert desk.locator("#note-form").count() == 0


def test_the_note_by_keyboard_alone(service, desk):
    open_note(service, desk, "looked")
    own(desk).focus()
    desk.keyboard.type("Own words.")
    for _ in range(12):
        desk.keyboard.press("Tab")
        if desk.evaluate("document.activeElement.value?.startsWith('Feeling named')"):
            break
    desk.keyboard.press("End")
    desk.keyboard.type(" He looked at his hands.")
    desk.keyboard.press("Tab")
    assert desk.evaluate("document.activeElement.textContent") == "emotion log"
    desk.keyboard.press("Tab")
    assert desk.evaluate("document.activeElement.textContent.trim()") == "Take out"
    says(desk, "^Saved ")
    desk.keyboard.press("Enter")
    desk.wait_for_selector("text=Taken out: 1 sentence")
    desk.locator("summary", has_text="Taken out").click()
    desk.click("text=Put back")
    until(
        desk,
        "[...document.querySelectorAll('.note-text')].some(t => t.value.endsWith('He looked at his hands.'))",
    )


def test_what_is_recorded_in_the_guide_arrives_and_leaves_typed_words_alone(service, desk):
    room = service.address + service.world["rooms"]["room"]["at"]
    with ready_to_keep(desk):
        desk.goto(room)
    own(desk).press_sequentially("Half a sen")
    field = desk.locator(".quick-line textarea, .quick-line input[type=text]").first
    field.fill("sleepless since May")
    field.press("Tab")
    until(
        desk,
        "[...document.querySelectorAll('.note-text')].some(t => /sleepless since may/i.test(t.value))",
    )
    assert own(desk).input_value() == "Half a sen"
    desk.locator(".quick-line textarea, .quick-line input[type=text]").nth(1).fill("every night")
    desk.click("#note-sign-button")  # what was typed a moment ago on both sides is in what is signed
    desk.wait_for_selector("text=Signed by")
    signed = desk.locator(".note-signed").inner_text()
    assert "Half a sen" in signed and "sleepless since may" in signed.lower()


@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (1280, "dark")])
def test_the_note_has_no_barrier(service, desk, width, scheme):
    desk.set_viewport_size({"width": width, "height": 900})
    desk.emulate_media(color_scheme=scheme)
    for name in ("looked", "signed"):
        desk.goto(note_of(service, name))
        desk.wait_for_load_state("networkidle")
        assert violations(desk) == []
        assert desk.evaluate("document.documentElement.scrollWidth <= innerWidth")
