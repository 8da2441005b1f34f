"""Each member of the family is chosen when a client is taken on, and the course is then that member's."""

from __future__ import annotations

import html

import pytest
from tests import factories as make
from tests.web.rooms_world import browser_of, set_clock, text_of

from openipt import library
from openipt.core.course.status import course_status
from openipt.records import convert
from openipt.records.models import Episode

pytestmark = pytest.mark.django_db

ADDED = {
    "dit": "Why now, and what the symptoms mean",
    "fb_ipt": "The illness and what to expect, told to the parent",
    "ipt_a": "Meeting with the parents",
    "ipt_ast": "What depression is, and what prevention means",
    "ipt_antepartum": "Pregnancy as a transition",
    "ipt_b": "The people tied to this episode",
    "ipt_bn": "Medical check and safety of weight",
    "ipt_bpd": "Crisis plan and rule of contact",
    "ipt_cm": "The history of the relation",
    "ipt_d": "From a long illness to health",
    "ipt_est": "Symptoms and what set them off",
    "ipt_ll": "Hearing, sight, transport, cognition",
    "ipt_sud_adj": "Use, withdrawal, overdose",
    "mit": "Contract, alliance, goals",
    "mit_g": "Meeting 1: motives, then role play",
    "pa_ipt": "The illness, explained to the partner",
    "ipt_m": "Contract for maintenance",
    "ipt_ppd": "Thoughts of harm to the baby",
    "ipt_ptsd": "PTSD is the illness, not the person",
    "ipt_sad": "Social anxiety as the illness",
    "ipsrt": "Begin the diary of daily times",
    "ipt_sr": "Attachment: how the client is with help",
}


@pytest.fixture(autouse=True)
def first_day(monkeypatch: pytest.MonkeyPatch) -> None:
    set_clock(monkeypatch, make.at_day())


@pytest.mark.parametrize("name", sorted(ADDED))
def test_a_course_begun_by_form_has_its_header_its_dues_and_its_guide(name: str) -> None:
    therapist, manual = make.therapist(), library.manual(name)
    browser = browser_of(therapist)
    assert f'value="{name}"' in text_of(browser.get("/clients/new/"))
    sent = {"name": "Ines Roth", "adaptation": name, "language": "en", "format": "in_person"}
    assert browser.post("/clients/new/", sent).status_code == 302
    episode = Episode.objects.select_related("client", "therapist").get(adaptation=name)
    assert episode.planned_sessions == manual.sessions.typical
    begun = make.session(episode, intake=False)
    overview = html.unescape(text_of(browser.get(f"/episodes/{episode.pk}/")))
    room = html.unescape(text_of(browser.get(f"/episodes/{episode.pk}/sessions/{begun.pk}/")))
    assert manual.title in overview and ADDED[name] in overview
    assert ADDED[name] in room
    assert f"of {manual.sessions.typical}" in overview


def test_a_risk_assessment_without_the_medical_check_leaves_it_due() -> None:
    """ED-01 is shown by the check itself, not by the level of risk that stands beside it."""
    episode, begun = make.active_episode(adaptation="ipt_bn")
    manual = library.manual("ipt_bn")
    make.entry(episode, "rec_risk", {"level": "green", "thoughts": False}, session=begun)
    assert "ED-01" in course_status(manual, convert.course(episode), make.day()).due
    checked = {"level": "green", "thoughts": False, "medical_check": {"bmi": 21.5, "fainting": False}}
    make.entry(episode, "rec_risk", checked, session=begun)
    assert "ED-01" in course_status(manual, convert.course(episode), make.day()).done
