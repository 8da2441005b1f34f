"""The line in a real browser: by keyboard, by pointer, without script; no words on words; shown together."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from playwright.sync_api import expect
from tests import factories as make
from tests.browser import started
from tests.journeys.conftest import check_accessibility, sign_in

from openipt.records.actions import checkins
from openipt.records.models import Entry, Episode
from openipt.web import clock

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

NOW = make.at_day(56, 1)
TOTALS = (19, 18, 18, 12, 13, 13, 19, 11, 10)


@pytest.fixture(autouse=True)
def at_a_set_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def episode() -> Episode:
    """Nine weekly sessions with scores, events, medication, a missed meeting; the ninth is being held."""
    made, session = make.active_episode(make.therapist("Maren Solberg"))
    by = {"by": made.therapist}
    for week, total in enumerate(TOTALS):
        at = make.at_day(7 * week)
        if week:
            session = make.session(made, 7 * week)
        items = [min(3, max(0, total - 3 * n)) for n in range(8)]
        checkins.enter_answers(episode=made, answers={"ms_phq9": [*items, 0]}, session=session, at=at, **by)
        checkins.enter_answers(
            episode=made, totals={"ms_gad7": total - 5}, session=session, mode="external", at=at, **by
        )
        if week < len(TOTALS) - 1:
            make.signed(session, at=at)
    for day in (3, 4, 5, 20, 21, 40):
        event = {"date": make.day(day).isoformat(), "type": "event", "text": f"Something of day {day}"}
        make.entry(made, "rec_timeline", event, at=NOW)
    for dose, day in (("50 mg", 8), ("100 mg", 30)):
        make.entry(made, "rec_medication", {"drug": "sertraline", "dose": dose}, at=make.at_day(day))
    return made


def open_line(open_page: Any, episode: Episode, tail: str = "", **more: Any) -> Any:
    page = open_page(**more)
    sign_in(page, episode.therapist.username, make.PASSWORD)
    page.goto(f"/episodes/{episode.pk}/line/{tail}")
    return page


def ready(page: Any) -> Any:
    """The script has taken the drawing in hand: one score is in the order of the Tab key."""
    page.locator(".line-point[tabindex='-1']").first.wait_for(state="attached")
    return page.locator("[data-line-now]")


def shown_scores(page: Any) -> int:
    return page.locator(".line-point[data-day]:visible").count()


def focused(page: Any, day: date) -> None:
    """The script has given the focus back to the day it was on, after the days shown changed."""
    page.locator(f".line-wide .line-point[data-day='{day.isoformat()}']:focus").wait_for()


OVERLAPS = """() => {
  const found = [];
  for (const svg of document.querySelectorAll('svg[data-line-plot]')) {
    if (!svg.checkVisibility()) continue;
    const frame = svg.getBoundingClientRect();
    const texts = [...svg.querySelectorAll('text')].filter((one) => !one.closest('.line-event') && one.textContent.trim());
    const boxes = texts.map((one) => [one.textContent, one.getBoundingClientRect()]);
    boxes.forEach(([words, a], at) => {
      if (a.left < frame.left - 1 || a.right > frame.right + 1 || a.top < frame.top - 1 || a.bottom > frame.bottom + 1) found.push([words, 'outside']);
      for (const [other, b] of boxes.slice(at + 1)) {
        if (Math.min(a.right, b.right) - Math.max(a.left, b.left) > 0.5 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 2.5) found.push([words, other]);
      }
    });
  }
  return found;
}"""


def test_the_page_passes_the_scan_and_no_words_lie_on_words(open_page, episode) -> None:
    """Everything opened, at both widths, in light and dark; and on paper."""
    page = open_line(open_page, episode)
    ready(page)
    page.locator("#line-layers > summary").click()
    page.locator("#line-keys > summary").click()
    for closed in page.locator(".line-moments summary").all()[:2]:
        closed.click()
    for width, height in ((1280, 900), (390, 844)):
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate(OVERLAPS) == []
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            check_accessibility(page)
    page.goto(f"/episodes/{episode.pk}/line/print/")
    check_accessibility(page)
    assert page.evaluate(OVERLAPS) == []


def test_by_keyboard_alone(open_page, episode) -> None:
    page = open_line(open_page, episode)
    now = ready(page)
    page.locator("#line-view h1").evaluate("heading => { heading.tabIndex = -1; heading.focus(); }")
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('.line-point')"):
            break
    assert page.evaluate("document.activeElement.dataset.day") == make.day(56).isoformat()
    assert "Session 9, 2 March 2026" in now.inner_text()
    for _ in range(2):
        page.keyboard.press("ArrowLeft")
    assert "Session 7, 16 February 2026" in now.inner_text()
    assert "PHQ-9 19 of 27" in now.inner_text()
    assert "Something of day 40" in now.inner_text()
    page.keyboard.press("Home")
    assert "Session 1, 5 January 2026" in now.inner_text()
    page.keyboard.press("End")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("[")
    expect(page.locator(".line-point[data-day]:visible")).to_have_count(2)
    focused(page, make.day(49))
    page.wait_for_url("**span=own**from=2026-02-23**")
    page.keyboard.press("0")
    expect(page.locator(".line-point[data-day]:visible")).to_have_count(9)
    focused(page, make.day(49))
    page.wait_for_url("**span=whole**")
    page.keyboard.press("+")
    expect(page.locator(".line-point[data-day]:visible")).not_to_have_count(9)
    focused(page, make.day(49))
    page.wait_for_url("**span=own**")
    closer = shown_scores(page)
    assert 2 <= closer < 9
    page.keyboard.press("-")
    expect(page.locator(".line-point[data-day]:visible")).not_to_have_count(closer)
    focused(page, make.day(49))
    page.keyboard.press("Enter")
    page.locator(f"#m-{make.day(49).isoformat()}").wait_for()
    assert page.url.endswith(f"#m-{make.day(49).isoformat()}")


def test_by_pointer(open_page, episode) -> None:
    page = open_line(open_page, episode)
    now = ready(page)
    plot = page.locator("svg.line-wide[data-line-plot]").first
    box = plot.bounding_box()

    def at(day: int) -> tuple[float, float]:
        point = page.locator(f".line-wide .line-point[data-day='{make.day(day).isoformat()}']")
        return box["x"] + float(point.get_attribute("data-x")) * box["width"] / 860, box["y"] + box[
            "height"
        ] / 2

    page.mouse.move(*at(21))
    assert "Session 4, 26 January 2026" in now.inner_text()
    assert "PHQ-9 12 of 27" in now.inner_text()
    crosses = page.locator(".line-wide .line-cross")
    assert crosses.count() == page.locator("svg.line-wide[data-line-plot]").count(), (
        "also across the small lines"
    )
    page.mouse.move(*at(14))
    page.mouse.down()
    page.mouse.move(*at(28))
    page.mouse.move(*at(35))
    assert page.locator(".line-choosing").count() == 1
    page.mouse.up()
    page.wait_for_url("**span=own**")
    expect(page.locator(".line-point[data-day]:visible")).to_have_count(4)
    assert page.locator(".line-choosing").count() == 0
    page.get_by_label("Whole course").check()
    page.wait_for_url("**span=whole**")
    page.locator("#line-layers > summary").click()
    page.get_by_label("Life events").uncheck()
    page.get_by_text("Something of day 3", exact=False).first.wait_for(state="detached")
    assert page.locator("#line-layers").get_attribute("open") is not None
    assert "layer=event" not in page.url
    page.go_back()
    page.locator("#happened ~ *").get_by_text("Something of day 3").wait_for()


def test_on_a_phone_a_tap_reads_a_day(open_page, episode) -> None:
    page = open_line(open_page, episode, width=390, has_touch=True, is_mobile=True)
    now = ready(page)
    page.locator(f".line-narrow .line-point[data-day='{make.day(21).isoformat()}']").tap()
    assert "Session 4, 26 January 2026" in now.inner_text()
    assert "#m-" not in page.url


def test_without_script_it_is_a_plain_page(open_page, episode) -> None:
    page = open_line(open_page, episode, java_script_enabled=False)
    day = make.day(21).isoformat()
    page.locator(f".line-wide .line-point[data-day='{day}']").click()
    assert page.url.endswith(f"#m-{day}")
    assert page.locator(f"#m-{day}").is_visible()
    page.get_by_label("Last 8 weeks").check()
    page.get_by_role("button", name="Show").click()
    page.wait_for_url("**span=weeks**")
    assert page.locator(".line-wide .line-point").count() == 9
    page.get_by_label("Days of your choice").check()
    page.get_by_label("From").fill(make.day(14).isoformat())
    page.get_by_label("To", exact=True).fill(make.day(28).isoformat())
    page.get_by_role("button", name="Show").click()
    page.wait_for_url("**span=own**")
    assert page.locator(".line-wide .line-point").count() == 3


@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (1280, "light")])
def test_shown_together_and_opened_on_the_clients_page(open_page, episode, width, scheme) -> None:
    login = make.client_login(episode)
    session = episode.sessions.get(number=9)
    desk = open_page(width=width, color_scheme=scheme)
    sign_in(desk, episode.therapist.username, make.PASSWORD)
    desk.goto(f"/episodes/{episode.pk}/sessions/{session.pk}/")
    started(desk)
    desk.keyboard.press("F2")
    desk.wait_for_url("**/together/")
    desk.get_by_role("button", name="Look at what may be expected").click()
    desk.get_by_text("a rough expectation").wait_for()
    desk.get_by_role("button", name="Look at the answers, question by question").click()
    desk.get_by_text("Little interest or pleasure").wait_for()
    check_accessibility(desk)
    assert desk.evaluate(OVERLAPS) == []

    phone = open_page(width=width, color_scheme=scheme)
    sign_in(phone, login.username, make.PASSWORD, client=True)
    phone.goto("/me/line/")
    assert phone.get_by_text("a rough expectation").count() == 0
    desk.goto(f"/episodes/{episode.pk}/line/")
    desk.get_by_role("button", name="Open it on their page too").click()
    desk.get_by_text("It stands on the client's own page now.").wait_for()
    phone.reload()
    assert phone.get_by_text("a rough expectation").count() == 1
    assert phone.get_by_text("Little interest or pleasure").count() == 1
    check_accessibility(phone)
    assert phone.evaluate(OVERLAPS) == []
    desk.get_by_role("button", name="Close it on their page").click()
    desk.get_by_text("It is closed on the client's page.").wait_for()
    phone.reload()
    assert phone.get_by_text("a rough expectation").count() == 0
    assert Entry.objects.filter(episode=episode, record_type="rec_line_shown").count() == 1
