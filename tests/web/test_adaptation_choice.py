"""Which adaptation, on the page: what fits and what not with its reasons, the choice kept, the course changed over."""

from __future__ import annotations

import html
import re

import pytest
from tests import factories as make
from tests.web.rooms_world import browser_of, set_clock, text_of

from openipt import library
from openipt.records.models import Episode

pytestmark = pytest.mark.django_db

HISTORY = {f"s_{n:02}": {"answer": "no"} for n in range(3, 14)} | {
    "s_01": {"answer": "yes", "disorder": "depression"},
    "s_04": {"answer": "history"},
}
PLAIN = HISTORY | {"s_04": {"answer": "no"}, "circumstances": ["few_sessions"]}


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> None:
    set_clock(monkeypatch, make.at_day(1))


def words(response) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text_of(response))).split())


def group(response, name: str) -> str:
    """The words of one group of the page, from its heading to the next."""
    found = re.search(rf'<section[^>]*aria-labelledby="g-{name}".*?</section>', text_of(response), re.S)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", found[0])).split()) if found else ""


def test_a_bipolar_history_leads_to_rhythm_therapy_and_shows_why_the_present_one_does_not_fit() -> None:
    episode, _ = make.active_episode()
    make.entry(episode, "rec_suitability", HISTORY)
    answer = browser_of(episode.therapist).get(f"/episodes/{episode.pk}/course/adaptation/")
    led = group(answer, "condition") + group(answer, "fits")
    assert "The form for a bipolar history" in led and "A prescriber is found" in led
    assert "Individual IPT for depression" not in led
    assert "in the past (s_04)" in group(answer, "not") and "Goes by this now" in group(answer, "not")


def test_what_is_not_here_is_named_without_a_link() -> None:
    episode, _ = make.active_episode()
    make.entry(episode, "rec_suitability", HISTORY | {"s_04": {"answer": "no"}})
    answer = text_of(browser_of(episode.therapist).get(f"/episodes/{episode.pk}/course/adaptation/"))
    linked = set(re.findall(r'href="/adaptations/(\w+)/"', answer))
    assert linked and linked <= {*library.manuals(), *library.modifiers()}
    assert "research only" in answer.lower() and "IPT for insomnia" in answer
    assert 'value="ipt_insomnia"' not in answer


def test_a_choice_changes_over_is_kept_and_is_told_in_arrangements() -> None:
    episode, _ = make.active_episode()
    make.entry(episode, "rec_suitability", PLAIN)
    browser, room = browser_of(episode.therapist), f"/episodes/{episode.pk}/course/"
    without = browser.post(f"{room}adaptation/", {"adaptation": "ipt_b"})
    assert without.status_code == 422 and "Write the reason" in words(without)
    sent = {"adaptation": "ipt_b", "reason": "two small children", "planned_sessions": "8", "told": "yes"}
    for _ in range(2):  # pressed twice
        assert browser.post(f"{room}adaptation/", sent).status_code == 302
    assert episode.entries.filter(record_type="rec_adaptation").count() == 1
    other = sent | {"reason": "and a shift that changes"}
    assert browser.post(f"{room}adaptation/", other).status_code == 302
    assert episode.entries.filter(record_type="rec_adaptation").count() == 2
    page = browser.get(f"{room}adaptation/")
    assert "two small children" in words(page) and "Brief IPT (fits)" in words(page)
    assert "became Brief IPT" in words(browser.get(room))
    assert "of 8" in words(browser.get(f"/episodes/{episode.pk}/"))


def test_against_the_record_the_reason_stands_at_its_field_and_the_words_are_kept() -> None:
    episode, _ = make.active_episode()
    make.entry(episode, "rec_suitability", PLAIN)
    sent = {"adaptation": "ipt_ppd", "reason": "she asked for it"}
    answer = browser_of(episode.therapist).post(f"/episodes/{episode.pk}/course/adaptation/", sent)
    assert answer.status_code == 422
    assert 'href="#f-override_reason"' in text_of(answer) and "she asked for it" in text_of(answer)
    assert Episode.objects.get(pk=episode.pk).adaptation == "ipt_acute"


def test_the_contract_tells_how_the_adaptation_fits_before_it_is_agreed() -> None:
    episode, _ = make.active_episode()
    make.entry(episode, "rec_suitability", HISTORY)
    answer = words(browser_of(episode.therapist).get(f"/episodes/{episode.pk}/formulation/contract/"))
    assert "(does not fit)" in answer and "Rhythm therapy together with a prescriber" in answer


def test_taking_on_offers_nothing_that_is_for_research() -> None:
    browser = browser_of(make.therapist())
    shown = text_of(browser.get("/clients/new/"))
    assert "ipt_bdd" not in shown and "Evidence A: meta-analysis" in words(browser.get("/clients/new/"))
    sent = {"name": "Ines Roth", "adaptation": "ipt_bdd", "language": "en", "format": "in_person"}
    assert browser.post("/clients/new/", sent).status_code == 422


def test_evidence_is_told_to_staff_with_its_grade_and_to_clients_in_plain_words() -> None:
    episode, _ = make.active_episode()
    staff = words(browser_of(episode.therapist).get("/evidence/"))
    assert "Helps some; dedicated therapy better." in staff and "tested and not better" in staff
    client = words(browser_of(make.client_login(episode)).get("/me/learn/evidence/"))
    assert "For bulimia it is slower and does less than CBT." in client
    assert "It is not right for everybody." in client and "nothing can be said yet" in client
    assert not re.search(r"\[S\d+\]|\bS\d\d\b|\bgrade\b", client)


def test_what_is_missing_for_all_is_said_once_and_no_empty_part_is_drawn() -> None:
    episode = make.episode()
    said = text_of(browser_of(episode.therapist).get(f"/episodes/{episode.pk}/course/adaptation/"))
    assert "Missing for every one of them" in said
    assert said.count("the answer about psychosis (s_03)") == 1
    assert "0 adaptations" not in said
