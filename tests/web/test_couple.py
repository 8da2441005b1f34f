"""A couple in the room: each screened alone before anything is planned, and a wall between what each says alone."""

from __future__ import annotations

import html

import pytest
from tests import factories as make
from tests.web.rooms_world import browser_of, set_clock, text_of

from openipt import library
from openipt.core.course.status import course_status
from openipt.errors import EntryNotValid
from openipt.records import convert
from openipt.records.actions import people
from openipt.records.models import Session

pytestmark = pytest.mark.django_db

CLEAR = {"alone_confirmed": True, "positive": False}
SECRET = "afraid of losing the post"


@pytest.fixture(autouse=True)
def first_day(monkeypatch: pytest.MonkeyPatch) -> None:
    set_clock(monkeypatch, make.at_day())


@pytest.fixture
def couple():
    """An intake that was held, and the partner named."""
    episode = make.episode(adaptation="ipt_cm")
    intake = make.session(episode, intake=True)
    partner = people.add_person(episode=episode, label="Jonas", by=episode.therapist, at=make.at_day())
    return intake.episode, partner.code


def screen(episode, **values) -> None:
    make.entry(episode, "rec_ipv_screen", {**CLEAR, **values}, session=episode.sessions.get(number=0))


def plan(episode):
    sent = {"first_on": make.day(3).isoformat(), "first_time": "10:00", "count": "1"}
    return browser_of(episode.therapist).post(f"/episodes/{episode.pk}/sessions/plan/", sent)


def screened(episode, partner: str, **of_partner) -> None:
    screen(episode)
    screen(episode, asked_of=partner, **of_partner)


def status(of):
    return course_status(library.manual(of.adaptation), convert.course(of), make.day())


def test_nothing_is_planned_before_each_was_asked_alone(couple) -> None:
    """A04 for both, apart: one screen is not enough, two of the client neither."""
    episode, partner = couple
    for _ in range(2):
        refused = plan(episode)
        assert refused.status_code >= 400 and "private screen" in text_of(refused)
        screen(episode)
    assert plan(episode).status_code >= 400
    ways = {way.to: way for way in status(episode).transitions}
    assert not ways["initial"].open and any("the other adult" in why for why in ways["initial"].reasons)
    screen(episode, asked_of=partner)
    assert plan(episode).status_code == 302
    assert Session.objects.filter(episode=episode, number=None).exists() and "A04B" in status(episode).done


def test_an_answer_of_either_that_is_not_clear_stops_all_that_is_together(couple) -> None:
    episode, partner = couple
    screened(episode, partner, positive=True)
    refused = plan(episode)
    assert refused.status_code >= 400 and "DR-06" in text_of(refused)
    assert status(episode).rule("DR-06").fired
    with pytest.raises(EntryNotValid, match="DR-06"):
        make.entry(episode, "rec_conjoint_session", {"who": [partner], "purpose": "the week"})


def test_the_private_page_asks_who_is_asked(couple) -> None:
    """The partner's screen shows the partner's task, and not the client's."""
    episode, partner = couple
    address = f"/episodes/{episode.pk}/safety/private-questions/"
    browser = browser_of(episode.therapist)
    assert "Who is asked, alone" in text_of(browser.get(address))
    sent = {"asked_of": partner, "alone_confirmed": "yes", "positive": "no"}
    assert browser.post(address, sent).status_code == 302
    assert "A04B" in status(episode).done and "A04" not in status(episode).done
    assert browser.post(address, {**sent, "asked_of": ""}).status_code == 422
    assert browser.post(address, {**sent, "asked_of": "client"}).status_code == 302
    assert "A04" in status(episode).done
    assert "asked of Jonas" in text_of(browser.get(f"/episodes/{episode.pk}/safety/"))
    other = make.active_episode(episode.therapist)[0]
    assert "Who is asked, alone" not in text_of(browser.get(address.replace(str(episode.pk), str(other.pk))))


def test_what_one_says_alone_stands_on_no_page_that_the_two_see(couple) -> None:
    episode, partner = couple
    screened(episode, partner)
    begun = make.session(episode, 1)
    words = {"said_by": partner, "said": SECRET, "wants_it_raised": "no"}
    kept = make.entry(episode, "rec_said_alone", words, session=begun)
    together = {"other": partner, "issues": [{"issue": "the nights with the child"}]}
    make.entry(episode, "rec_dispute_map", together, session=begun, final=False)
    desk, client = browser_of(episode.therapist), browser_of(make.client_login(episode))
    room = f"/episodes/{episode.pk}/"
    assert SECRET in html.unescape(text_of(desk.get(f"{room}records/{kept.pk}/")))
    turned = ("people/circle/together/", "timeline/together/", f"sessions/{begun.pk}/together/")
    papers = ("documents/letter/", "documents/formulation/", "documents/summary/")
    for address in (*turned, *papers):
        assert SECRET not in text_of(desk.get(f"{room}{address}")), address
    for page in ("", "practice/", "people/", "story/", "line/", "letter/", "plan/", "rights/", "learn/"):
        shown = client.get(f"/me/{page}")
        assert shown.status_code == 200 and SECRET not in text_of(shown), page
    assert client.get("/me/practice/new/rec_said_alone/").status_code == 404


def test_where_both_write_it_is_said_that_both_read_it(couple) -> None:
    episode, _ = couple
    form = text_of(browser_of(episode.therapist).get(f"/episodes/{episode.pk}/records/rec_dispute_map/new/"))
    assert "What one of the two said alone belongs into" in form
