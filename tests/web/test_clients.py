"""My clients: the list, finding one, taking one on, and how a course is arranged."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from tests import factories
from tests.web.rooms_world import browser_of, set_clock, strangers, text_of
from tests.web.signing_in import sign_in

from openipt.core.course import known
from openipt.records import convert
from openipt.records.models import AuditEvent, Entry, Episode, PlanEvent, Role, Session, User

pytestmark = pytest.mark.django_db

NEW = {
    "name": "Ana Sofia Duarte",
    "pronouns": "she/her",
    "birth_year": "1984",
    "language": "pt",
    "phone": "01632 960001",
    "contact_person": "Her sister, 01632 960002",
    "region": "gb",
    "adaptation": "ipt_acute",
    "planned_sessions": "16",
    "first_on": "2026-01-12",
    "first_time": "14:30",
    "format": "in_person",
    "place": "Room 4",
}


@pytest.fixture(autouse=True)
def monday(monkeypatch: pytest.MonkeyPatch) -> None:
    set_clock(monkeypatch, factories.at_day(1))


def test_the_list_holds_my_own_clients_in_one_audited_read():
    mine, other = factories.episode(name="Maya Reis"), factories.episode(name="Tom Berg")
    page = text_of(browser_of(mine.therapist).get("/clients/"))
    assert "Maya Reis" in page
    assert "Tom Berg" not in page
    read = AuditEvent.objects.get(act="clients-listed")
    assert read.ids == [str(mine.pk)]
    assert str(other.pk) not in read.ids


def test_a_client_is_found_by_the_beginning_of_any_part_of_the_name():
    episode = factories.episode(name="Ana Sofia Duarte")
    factories.episode(episode.therapist, name="Bruno Reis")
    browser = browser_of(episode.therapist)
    for typed in ("ana", "sof", "Duar", "DUARTE an"):
        page = text_of(browser.post("/clients/", {"q": typed}))
        assert "Ana Sofia Duarte" in page, typed
        assert "Bruno" not in page, typed
    assert "Nobody of that name" in text_of(browser.post("/clients/", {"q": "zz"}))


def test_a_name_is_looked_for_without_standing_in_an_address():
    episode = factories.episode(name="Ana Sofia Duarte")
    factories.episode(episode.therapist, name="Bruno Reis")
    strict = sign_in(Client(enforce_csrf_checks=True), episode.therapist)
    page = text_of(strict.get("/clients/"))
    form = re.search(r'<form method="post" action="/clients/"[^>]*role="search".*?</form>', page, re.DOTALL)
    assert form
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', form[0])[1]
    assert strict.post("/clients/", {"q": "duarte"}).status_code == 403
    found = strict.post("/clients/", {"q": "duarte", "csrfmiddlewaretoken": token})
    assert found.status_code == 200
    assert "Ana Sofia Duarte" in text_of(found)
    assert "Bruno Reis" not in text_of(found)
    addresses = re.findall(r'(?:href|action|src)="([^"]*)"', text_of(found).lower())
    assert [address for address in addresses if "duarte" in address] == []
    assert "Bruno Reis" in text_of(strict.get("/clients/?q=duarte"))  # an address finds nobody


def test_an_empty_list_says_how_to_begin():
    page = text_of(browser_of(factories.therapist()).get("/clients/"))
    assert "No clients yet" in page
    assert "/clients/new/" in page


def test_taking_on_keeps_everything_together():
    therapist = factories.therapist()
    supervisor = factories.staff(Role.SUPERVISOR)
    response = browser_of(therapist).post("/clients/new/", NEW | {"supervisor": str(supervisor.pk)})
    assert response.status_code == 302
    episode = Episode.objects.get(therapist=therapist)
    assert response["Location"] == f"/episodes/{episode.pk}/"
    assert (episode.client.name, episode.client.language, episode.client.birth_year) == (
        "Ana Sofia Duarte",
        "pt",
        1984,
    )
    assert (episode.planned_sessions, episode.supervisor) == (16, supervisor)
    emergency = Entry.objects.get(episode=episode)
    assert emergency.payload["contact_person"] == "Her sister, 01632 960002"
    assert emergency.for_task == "A05"
    assert "A05" in known.tasks_done(convert.course(episode))
    session = Session.objects.get(episode=episode)
    assert (session.minutes, session.place) == (75, "Room 4")


def test_pressed_twice_one_client_is_taken_on():
    therapist = factories.therapist()
    browser = browser_of(therapist)
    first, second = (browser.post("/clients/new/", NEW) for _ in range(2))
    assert first["Location"] == second["Location"]
    assert Episode.objects.filter(therapist=therapist).count() == 1


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": " "}, "Write the name"),
        ({"adaptation": "hypnosis"}, "Choose one of those shown"),
        ({"planned_sessions": "40"}, "whole number from 12 to 20"),
        ({"adaptation": "ipc", "planned_sessions": "16"}, "whole number from 3 to 8"),
        ({"birth_year": "84"}, "whole number from 1890"),
        ({"first_on": "2026-02-31"}, "no day of the calendar"),
        ({"first_time": "25:99"}, "hours and minutes"),
        ({"supervisor": "nobody"}, "Choose one of those shown"),
        ({"contact_person": "x" * 600}, "longer than"),
        ({"address": "x" * 1_000_000}, "longer than"),
    ],
)
def test_what_cannot_be_taken_is_said_and_nothing_is_kept(wrong, said):
    therapist = factories.therapist()
    response = browser_of(therapist).post("/clients/new/", NEW | wrong)
    assert response.status_code == 422
    assert said in text_of(response)
    assert not Episode.objects.filter(therapist=therapist).exists()


@pytest.mark.parametrize("name", ["نور الدين", "Zoë 🌿 Śliwa", "O'Brien-<b>"])
def test_any_name_is_taken_whole(name):
    therapist = factories.therapist()
    browser = browser_of(therapist)
    assert browser.post("/clients/new/", NEW | {"name": name}).status_code == 302
    assert Episode.objects.get(therapist=therapist).client.name == name
    assert "<b>" not in text_of(browser.get("/clients/"))


def test_only_therapists_take_on():
    for role in (Role.SUPERVISOR, Role.MANAGER, Role.ADMINISTRATOR):
        browser = browser_of(factories.staff(role))
        assert browser.get("/clients/new/").status_code == 404
        assert browser.post("/clients/new/", NEW).status_code == 404
    for role in (Role.MANAGER, Role.ADMINISTRATOR):
        assert browser_of(factories.staff(role)).get("/clients/").status_code == 404


# -- arrangements ------------------------------------------------------------------------------------


def arrange(episode, what: str, data: dict):
    return browser_of(episode.therapist).post(f"/episodes/{episode.pk}/course/{what}/", data)


def test_moves_that_are_not_open_say_why_beside_their_button():
    episode = factories.episode()
    page = text_of(browser_of(episode.therapist).get(f"/episodes/{episode.pk}/course/"))
    assert "An episode does not go from enquiry to a pause." in page
    refused = arrange(episode, "status", {"status": "paused", "reason": "A long journey"})
    assert refused.status_code == 409
    assert "An episode does not go from enquiry to a pause." in text_of(refused)
    assert "A long journey" in text_of(refused)


def test_pausing_and_ending_keep_their_reason():
    episode, _ = factories.active_episode()
    assert arrange(episode, "status", {"status": "paused", "reason": ""}).status_code == 422
    assert arrange(episode, "status", {"status": "paused", "reason": "In hospital"}).status_code == 302
    assert arrange(episode, "status", {"status": "ended", "reason": "As agreed"}).status_code == 422
    done = {"status": "ended", "reason": "As agreed", "end_reason": "completed"}
    assert arrange(episode, "status", done).status_code == 302
    episode.refresh_from_db()
    assert (episode.status, episode.end_reason) == ("ended", "completed")
    page = text_of(browser_of(episode.therapist).get(f"/episodes/{episode.pk}/course/"))
    assert "In hospital" in page
    assert "As agreed" in page
    assert (
        "It stays ended." in page and "Begin the assessment" not in page and "Change the number" not in page
    )
    assert "16 sessions agreed, 1 held." in page


def test_with_an_open_alert_somebody_is_named_before_a_pause():
    episode, session = factories.active_episode()
    factories.entry(episode, "rec_risk", {"thoughts": True, "level": "orange"}, session=session)
    refused = arrange(episode, "status", {"status": "paused", "reason": "Journey"})
    assert refused.status_code == 409
    assert "Name the clinician" in text_of(refused)
    named = {"status": "paused", "reason": "Journey", "responsible": str(episode.therapist_id)}
    assert arrange(episode, "status", named).status_code == 302


def test_more_sessions_need_a_reason_and_beyond_the_maximum_the_supervisor():
    episode, _ = factories.active_episode()
    assert arrange(episode, "plan", {"planned_sessions": "18", "plan_reason": ""}).status_code == 422
    more = {"planned_sessions": "18", "plan_reason": "A new loss", "phase": "middle"}
    assert arrange(episode, "plan", more).status_code == 302
    assert PlanEvent.objects.get(episode=episode).phase == "middle"
    beyond = arrange(episode, "plan", more | {"planned_sessions": "24"})
    assert beyond.status_code == 422
    assert "Confirm that your supervisor agrees" in text_of(beyond)
    agreed = more | {"planned_sessions": "24", "approved": "yes"}
    assert arrange(episode, "plan", agreed).status_code == 302


def test_handed_over_it_leaves_my_list():
    episode = factories.episode()
    before, after = episode.therapist, factories.therapist()
    nobody = arrange(episode, "hand-over", {"therapist": "", "hand_over_reason": "Moving away"})
    assert nobody.status_code == 422
    done = arrange(episode, "hand-over", {"therapist": str(after.pk), "hand_over_reason": "Moving away"})
    assert done.status_code == 302
    assert browser_of(before).get(f"/episodes/{episode.pk}/").status_code == 404
    assert browser_of(after).get(f"/episodes/{episode.pk}/").status_code == 200


def test_the_login_is_shown_once_and_works():
    episode = factories.episode()
    page = text_of(arrange(episode, "login", {}))
    user = User.objects.get(role=Role.CLIENT)
    assert user.username in page
    assert "Rui" not in user.username
    again = text_of(browser_of(episode.therapist).get(f"/episodes/{episode.pk}/course/"))
    assert user.username in again
    password = page.split('<dt>Password</dt><dd class="words">')[1].split("<")[0]
    assert user.check_password(password)
    assert password not in again


def test_details_are_changed_and_bad_ones_said():
    episode = factories.episode()
    details = {"name": "Rui M. Tavares", "phone": "1", "birth_year": "1990", "language": "de", "region": "gb"}
    assert arrange(episode, "profile", details).status_code == 302
    assert factories.client_of(episode).name == "Rui M. Tavares"
    assert arrange(episode, "profile", details | {"name": ""}).status_code == 422
    assert arrange(episode, "profile", details | {"birth_year": "90"}).status_code == 422


def test_nobody_else_arranges():
    episode = factories.episode()
    whats = ("status", "plan", "hand-over", "supervisor", "profile", "login")
    for user in [*strangers(), factories.supervised(episode.therapist)]:
        browser = browser_of(user)
        for what in whats:
            response = browser.post(f"/episodes/{episode.pk}/course/{what}/", {"reason": "x"})
            assert response.status_code == 404, (user.role, what)
