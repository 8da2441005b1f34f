"""Parents of a young person: when they are invited, what is agreed with them, and the wall around what they may read."""

from __future__ import annotations

import html
import json
from pathlib import Path

import pytest
from django.test import Client
from tests import factories as make
from tests.web.rooms_world import browser_of, set_clock, strangers, text_of

from openipt import library
from openipt.core.course.conditions import TASK_CONDITIONS
from openipt.core.course.status import course_status
from openipt.records import convert
from openipt.records.actions import people
from openipt.records.models import AuditEvent, Entry

pytestmark = pytest.mark.django_db

SECRET = "smokes behind the gym"
NOTE = {
    "shared-1-what": "that I come, and how often",
    "shared-1-when": "at_meetings",
    "kept_private-1": "what I say about friends",
    "always_told-1": "When my life may be in danger",
    "agreed_by_client": "yes",
    "date": make.day().isoformat(),
    "finish": "1",
}


@pytest.fixture(autouse=True)
def first_day(monkeypatch: pytest.MonkeyPatch) -> None:
    set_clock(monkeypatch, make.at_day())


@pytest.fixture
def young():
    """A course of somebody of fifteen, with a mother in the circle."""
    episode, _ = make.active_episode(adaptation="ipt_a", profile={"birth_year": make.day().year - 15})
    mother = people.add_person(
        episode=episode, label="Karin", relation="mother", by=episode.therapist, at=make.at_day()
    )
    return episode, mother.code


@pytest.fixture
def desk(young) -> Client:
    return browser_of(young[0].therapist)


def room(of, tail: str = "") -> str:
    return f"/episodes/{of.pk}/carers/{tail}"


def read(browser: Client, address: str) -> str:
    return html.unescape(text_of(browser.get(address)))


def status(of):
    return course_status(library.manual(of.adaptation), convert.course(of), make.day())


def agree(desk: Client, of, mother: str, **more: str):
    return desk.post(room(of, "note/"), {**NOTE, "agreed_by": mother, **more})


def test_the_room_is_there_where_the_adaptation_invites_parents_and_nowhere_else(young, desk) -> None:
    episode, _ = young
    page = read(desk, room(episode))
    for words in ("At the start", "In the middle", "At the end", "No note yet", "Nobody is named yet", "S45"):
        assert words in page, words
    assert "Parents and carers" in read(desk, f"/episodes/{episode.pk}/")
    other, _ = make.active_episode(episode.therapist)
    assert "/carers/" not in read(desk, f"/episodes/{other.pk}/")
    for tail in ("", "note/"):
        assert desk.get(room(other, tail)).status_code == 404
    for stranger in (*strangers(), make.covered(episode.therapist)):
        assert browser_of(stranger).get(room(episode)).status_code == 404
    assert AuditEvent.objects.filter(chain=str(episode.pk), act="episode-read").exists()


def test_a_mother_is_named_and_it_is_said_that_she_was_not_asked_alone_yet(young, desk) -> None:
    episode, mother = young
    kept = desk.post(room(episode, "carer/"), {"person": mother, "takes_part": "yes", "reached": "after six"})
    assert kept.status_code == 302
    page = read(desk, room(episode))
    assert "Karin" in page and "after six" in page and "Not asked alone about violence yet" in page
    screen = {"asked_of": mother, "alone_confirmed": True, "positive": False}
    make.entry(episode, "rec_ipv_screen", screen)
    assert "Asked alone about violence" in read(desk, room(episode))
    wrong = desk.post(room(episode, "carer/"), {"reached": "a number that was typed"})
    assert wrong.status_code == 422 and "a number that was typed" in text_of(wrong)


def test_the_note_is_agreed_by_both_and_then_opens_the_contract(young, desk) -> None:
    """DR-45 waits for the parent's consent and for the note; a draft is not agreed."""
    episode, mother = young
    assert status(episode).rule("DR-45").fired and "the note on confidentiality" in read(desk, room(episode))
    lacking = desk.post(room(episode, "note/"), {**NOTE, "agreed_by_client": "no"})
    assert lacking.status_code == 422 and "The young person agrees first" in text_of(lacking)
    assert "what I say about friends" in text_of(lacking)
    draft = {key: value for key, value in NOTE.items() if key != "finish"}
    assert desk.post(room(episode, "note/"), {**draft, "save": "1"}).status_code == 302
    assert "draft, not agreed yet" in read(desk, room(episode))
    assert agree(desk, episode, mother).status_code == 302
    page = read(desk, room(episode))
    assert "the young person and Karin" in page and "When my life may be in danger" in page
    assert status(episode).rule("DR-45").inputs["missing"] == ["parent"] and "A-01" in status(episode).done
    consent = {"kind": "parent", "given": True, "date": make.day().isoformat()}
    make.entry(episode, "rec_consent", consent)
    assert not status(episode).rule("DR-45").fired


def test_the_paper_holds_what_was_agreed_and_nothing_the_young_person_said(young, desk) -> None:
    episode, mother = young
    address = f"/episodes/{episode.pk}/documents/confidentiality/"
    assert desk.get(address).status_code == 404
    make.entry(episode, "rec_session", {"opening": SECRET})
    make.entry(episode, "rec_carers_told", {"topics": ["illness"], "words": "she asked about the gym"})
    agree(desk, episode, mother)
    paper = read(desk, address)
    for words in ("What parents are told", "that I come, and how often (at a meeting together)", "Karin"):
        assert words in paper, words
    assert SECRET not in paper and "about the gym" not in paper
    assert desk.get(f"{address}pdf/")["Content-Type"] == "application/pdf"
    assert "What parents are told" in read(desk, f"/episodes/{episode.pk}/documents/")


def test_the_young_person_reads_on_their_own_pages_what_was_agreed(young, desk) -> None:
    episode, mother = young
    own = browser_of(make.client_login(episode))
    assert "Nothing is agreed yet" in read(own, "/me/rights/")
    agree(desk, episode, mother)
    told = {"topics": ["illness"], "told_to": mother, "words": "she asked about the gym"}
    assert desk.post(room(episode, "told/"), told).status_code == 302
    view = {"seen_by_whom": mother, "how_0_10": "3", "words": "comes out only to quarrel"}
    assert desk.post(room(episode, "view/"), view).status_code == 302
    page = read(own, "/me/rights/")
    for words in ("that I come, and how often", "when you all meet", "What this illness is", "no login here"):
        assert words in page, words
    for words in ("about the gym", "only to quarrel"):
        assert words not in page and words in read(desk, room(episode))
        for other in ("", "story/", "practice/", "people/", "letter/"):
            assert words not in read(own, f"/me/{other}"), other


def test_while_a_mother_is_a_danger_nothing_tells_of_her_on_the_ordinary_pages(young, desk) -> None:
    episode, mother = young
    desk.post(room(episode, "carer/"), {"person": mother, "takes_part": "yes"})
    agree(desk, episode, mother)
    concern = {"person_id": mother, "label": "Karin", "safety_concern": True}
    make.entry(episode, "rec_inventory_person", concern)
    assert "danger on record: nothing together" in read(desk, room(episode))
    assert "give this to nobody who may be meant" in read(
        desk, f"/episodes/{episode.pk}/documents/confidentiality/"
    )
    own = read(browser_of(make.client_login(episode)), "/me/rights/")
    assert "Karin" not in own and "What your parents or carers are told" not in own


def test_a_note_that_is_withdrawn_stands_no_longer_and_waits_for_a_new_one(young, desk) -> None:
    episode, mother = young
    agree(desk, episode, mother)
    version = Entry.objects.get(episode=episode, record_type="rec_consent").version
    assert desk.post(room(episode, "note/"), {"withdraw": "1", "version": str(version)}).status_code == 302
    page = read(desk, room(episode))
    assert "Withdrawn on" in page and "when you all meet" not in read(
        browser_of(make.client_login(episode)), "/me/rights/"
    )
    assert "confidentiality" in status(episode).rule("DR-45").inputs["missing"]
    assert agree(desk, episode, mother).status_code == 302
    assert "confidentiality" not in status(episode).rule("DR-45").inputs["missing"]


def test_a_meeting_is_left_out_with_its_reason_and_waits_for_nobody(young, desk) -> None:
    episode, _ = young
    assert "A-02" in status(episode).due
    empty = desk.post(room(episode, "left-out/A-02/"), {"reason": ""})
    assert empty.status_code == 422
    assert desk.post(room(episode, "left-out/A-02/"), {"reason": "both live abroad"}).status_code == 302
    assert "both live abroad" in read(desk, room(episode)) and "A-02" not in status(episode).due
    assert desk.post(room(episode, "left-out/A-02/"), {"hold": "1"}).status_code == 302
    assert "A-02" in status(episode).due
    assert desk.post(room(episode, "left-out/I06/"), {"reason": "no"}).status_code == 404


def test_a_meeting_together_waits_for_the_mothers_own_screen(young, desk) -> None:
    """DR-06, DR-07: who is a danger is met by nobody; whoever comes was asked alone."""
    episode, mother = young
    make.entry(episode, "rec_conjoint_session", {"who": [mother], "purpose": "the illness"})
    assert status(episode).rule("DR-07").fired
    for asked in ({}, {"asked_of": mother}):
        make.entry(episode, "rec_ipv_screen", {**asked, "alone_confirmed": True, "positive": False})
    assert not status(episode).rule("DR-07").fired


def test_the_middle_meeting_is_due_where_the_focus_involves_the_mother(young, desk) -> None:
    episode, mother = young
    manual, names = library.manual("ipt_a"), ("Tuva", "Karin")
    desk.post(room(episode, "carer/"), {"person": mother, "takes_part": "yes"})
    found = []
    for day, name in enumerate(names):
        words = {"agreement": "agree", "person": name, "problem_area": ["role_dispute"]}
        make.entry(episode, "rec_formulation", words, on=make.day(day), at=make.at_day(day), final=False)
        course = convert.course(episode)
        found.append(TASK_CONDITIONS["focus-involves-carer"](manual, course, make.day(2)).holds)
    assert found == [False, True]


def test_a_supervisor_reads_the_room_and_writes_nothing(young, desk) -> None:
    episode, mother = young
    agree(desk, episode, mother)
    above = browser_of(make.supervised(episode.therapist))
    page = read(above, room(episode))
    assert "what I say about friends" in page and "Write it anew" not in page and "Leave it out" not in page
    assert above.get(room(episode, "note/")).status_code == 404
    assert above.post(room(episode, "carer/"), {"person": mother}).status_code == 404


def test_a_call_of_the_first_weeks_is_kept_with_whom_and_how_it_went(young, desk) -> None:
    episode, _ = young
    sent = {
        "with_whom": "client",
        "called_on": make.day().isoformat(),
        "reached": "yes",
        "words": "two days at school",
    }
    assert desk.post(room(episode, "call/"), sent).status_code == 302
    page = read(desk, room(episode))
    assert "two days at school" in page and episode.client.name in page
    assert "PHONE" in status(episode).done


def test_the_example_course_is_whole() -> None:
    """A parents' meeting, a call, the last meeting with the family."""
    path = Path(__file__).parents[2] / "docs/examples/ipt_a.json"
    told = {entry.get("for_task") for entry in json.loads(path.read_text(encoding="utf-8"))["entries"]}
    assert {"A-01", "A-02", "A-07", "A-09", "PHONE"} <= told
