"""Not on track on Today: why is read, a step is chosen, and at the next session what came of it is written."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from tests import factories as make
from tests.journeys.conftest import check_accessibility, sign_in

from openipt.records.actions import checkins
from openipt.records.models import Entry, Episode, Session, StepChosen
from openipt.web import clock

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

WEEK = 7
TODAY = WEEK * 3  # the day of session 4
# Where to put pictures of the pages to look at; nowhere unless asked.
PICTURES = os.environ.get("OPENIPT_PICTURES", "")


class Clock:
    """A clock that the journey moves."""

    def __init__(self) -> None:
        self.at = make.at_day(TODAY, 2)

    def __call__(self) -> Any:
        return self.at


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Clock:
    standing = Clock()
    monkeypatch.setattr(clock, "now", standing)
    return standing


def answer(of: Session, days: int, phq9: int, alliance: tuple[int, ...] = ()) -> None:
    items = {"ms_phq9": [min(3, max(0, phq9 - 3 * n)) for n in range(8)] + [0], "ms_gad7": [1] * 7}
    items |= {"ms_alliance3": list(alliance)} if alliance else {}
    at = make.at_day(days, 1)
    checkins.enter_answers(episode=of.episode, answers=items, session=of, by=of.episode.therapist, at=at)


def signed(session: Session, days: int) -> None:
    session.refresh_from_db()
    make.assessed(session.episode, session=session, at=make.at_day(days, 2))
    make.signed(session, at=make.at_day(days, 2))


@pytest.fixture
def episode() -> Episode:
    """Four sessions from 16 to 15; the alliance was 6.7 at the third."""
    found, session = make.active_episode(make.therapist("Maren Solberg"))
    for week, score in enumerate([16, 16, 17, 15]):
        if week:
            signed(session, WEEK * (week - 1))
            session = make.session(found, WEEK * week)
        answer(session, WEEK * week, score, (6, 6, 8) if week == 2 else ())
    signed(session, TODAY)
    found.refresh_from_db()
    return found


def picture(page: Any, name: str) -> None:
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)


def on_today(page: Any, what: str) -> Any:
    page.goto("/today/")
    card = page.get_by_role("region", name=what)
    card.wait_for()
    return card


def test_a_therapist_reads_why_decides_and_looks_again(open_page, episode: Episode, time: Clock) -> None:
    page = open_page(expected=("status of 422",))
    sign_in(page, episode.therapist.username, make.PASSWORD)

    card = on_today(page, "Rui Tavares: not on track")
    assert "how we work together" in card.inner_text()
    card.get_by_role("link", name="See why, and decide").click()
    when_why_is_read(page)
    when_it_is_decided_by_keyboard(page)

    page.goto("/today/")
    assert page.get_by_role("region", name="Rui Tavares: not on track").count() == 0

    time.at = make.at_day(TODAY + WEEK, 2)
    five = make.session(episode, TODAY + WEEK)
    answer(five, TODAY + WEEK, 9)
    then_the_session_room_leads_back(page, episode, five)
    when_what_came_of_it_is_written(page)
    then_nothing_waits_any_more(page)


def when_why_is_read(page: Any) -> None:
    page.get_by_role("heading", name="Not on track", exact=True).wait_for()
    reason = page.get_by_role("region", name="How we work together")
    assert "The mean is 6.7, below 7." in reason.inner_text()
    check_accessibility(page)
    picture(page, "progress-open-1280")
    reason.get_by_role("link").first.click()  # the evidence: the measure itself
    page.wait_for_url("**/measures/ms_alliance3/")
    page.go_back()


def when_it_is_decided_by_keyboard(page: Any) -> None:
    """Nothing is chosen beforehand; a decision without a day to look again is refused with what was typed."""
    assert page.locator("input[name=steps]:checked").count() == 0
    step = page.get_by_label("Talk about how we work together")
    step.focus()
    page.keyboard.press("Space")
    page.get_by_label("What exactly").fill("Own my part, rate again")
    page.get_by_role("button", name="Keep this decision").focus()
    page.keyboard.press("Enter")
    page.get_by_role("alert").get_by_text("Say when you look at it again").wait_for()
    assert page.get_by_label("What exactly").input_value() == "Own my part, rate again"
    assert page.get_by_label("Talk about how we work together").is_checked()
    check_accessibility(page)
    page.get_by_label("or at session").fill("5")
    page.keyboard.press("Enter")
    page.get_by_text("Your decision is kept").wait_for()
    assert Entry.objects.filter(record_type="rec_off_track_decision").count() == 1
    assert "Looked at again at session 5." in page.locator("main").inner_text()
    page.get_by_text("Decide anew").click()
    assert page.get_by_label("What exactly").input_value() == ""  # received: nothing is brought back
    picture(page, "progress-decided-1280")


def then_the_session_room_leads_back(page: Any, episode: Episode, session: Session) -> None:
    page.goto(f"/episodes/{episode.pk}/sessions/{session.pk}/")
    row = page.locator("#task-M17")
    assert "is to be looked at again" in row.inner_text()
    row.get_by_role("link", name="See why, and decide").click()


def when_what_came_of_it_is_written(page: Any) -> None:
    form = page.get_by_role("region", name="Look again at what was decided")
    assert "PHQ-9 15, then 9" in form.inner_text()
    check_accessibility(page)
    picture(page, "progress-look-again-1280")
    form.get_by_label("Better").check()
    form.get_by_label("Carried out", exact=True).check()
    form.get_by_label("What came of it").fill("We spoke of it; she leads now")
    form.get_by_role("button", name="Keep what came of it").click()
    page.get_by_text("What came of it is kept.").wait_for()
    history = page.get_by_role("article", name="Decided on 26 January 2026")
    assert "Better, carried out" in history.inner_text()
    assert "6 lower, a reliable improvement" in history.inner_text()
    assert StepChosen.objects.get().improved is True


def then_nothing_waits_any_more(page: Any) -> None:
    page.goto("/today/")
    assert page.get_by_role("region", name="Rui Tavares: look again at what was decided").count() == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 390, 1280])
def test_the_page_is_whole_at_every_width(
    open_page, episode: Episode, time: Clock, width: int, scheme: str
) -> None:
    page = open_page(width=width, color_scheme=scheme)
    sign_in(page, episode.therapist.username, make.PASSWORD)
    for place in ("progress/", ""):
        page.goto(f"/episodes/{episode.pk}/{place}")
        check_accessibility(page)
    picture(page, f"overview-{width}-{scheme}")
