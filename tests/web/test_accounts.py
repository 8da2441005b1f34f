"""Logins, supervision and cover: who may arrange them, what each page keeps, what it refuses."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from tests import factories as make
from tests.web.rooms_world import browser_of, set_clock, text_of

from openipt.records.access import Act, may
from openipt.records.models import AuditEvent, Cover, Role, Supervision, User

pytestmark = pytest.mark.django_db

DAY = 10
CLIENT = "Heronblue Vance"


@pytest.fixture(autouse=True)
def clock_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    set_clock(monkeypatch, make.at_day(DAY))


@pytest.fixture
def administrator() -> User:
    return make.staff(Role.ADMINISTRATOR)


def shown_password(page: str) -> str:
    found = re.search(r"<dt>Password</dt><dd[^>]*>([a-z-]+)</dd>", page)
    assert found is not None
    return found.group(1)


def signs_in(username: str, password: str) -> bool:
    response = Client().post("/login/", {"username": username, "password": password}, HTTP_HOST="localhost")
    return response.status_code == 302


# -- logins --------------------------------------------------------------------------------------------


def test_a_login_is_added_and_its_password_shown_once(administrator: User) -> None:
    browser = browser_of(administrator)
    sent = {"display_name": "Ines Falk", "username": "Ines.Falk", "role": "therapist"}
    response = browser.post("/accounts/new/", sent)
    password = shown_password(text_of(response))
    made = User.objects.get(username="ines.falk")
    assert (made.role, made.display_name, made.is_active) == ("therapist", "Ines Falk", True)
    assert signs_in("ines.falk", password)
    assert response["Cache-Control"] == "no-store"
    assert password not in text_of(browser.get(f"/accounts/{made.pk}/"))


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"display_name": "", "username": "ines", "role": "therapist"}, "Write the name others see."),
        ({"display_name": "Ines", "username": "i", "role": "therapist"}, "Use 2 to 60 letters"),
        ({"display_name": "Ines", "username": "ines falk", "role": "therapist"}, "Use 2 to 60 letters"),
        ({"display_name": "Ines", "username": "ines", "role": ""}, "Choose what the person is"),
        ({"display_name": "Ines", "username": "ines", "role": "client"}, "Choose one of those shown."),
        ({"display_name": "x" * 121, "username": "ines", "role": "manager"}, "longer than 120"),
    ],
)
def test_what_is_wrong_stands_at_its_field_and_what_was_typed_stays(
    administrator: User, sent: dict[str, str], said: str
) -> None:
    response = browser_of(administrator).post("/accounts/new/", sent)
    assert response.status_code == 422
    page = text_of(response)
    assert said in page and f'value="{sent["username"]}"' in page
    assert not User.objects.filter(username="ines").exists()


def test_a_username_is_given_once(administrator: User) -> None:
    taken = make.therapist()
    sent = {"display_name": "Ines", "username": taken.username.upper(), "role": "therapist"}
    response = browser_of(administrator).post("/accounts/new/", sent)
    assert response.status_code == 422 and "This username is taken." in text_of(response)


def test_a_closed_login_signs_in_no_more_and_is_signed_out_at_once(administrator: User) -> None:
    therapist = make.therapist()
    theirs = browser_of(therapist)
    assert theirs.get("/today/").status_code == 200
    browser = browser_of(administrator)
    browser.post(f"/accounts/{therapist.pk}/active/", {"active": "no"})
    assert theirs.get("/today/").status_code == 302
    assert not signs_in(therapist.username, make.PASSWORD)
    browser.post(f"/accounts/{therapist.pk}/active/", {"active": "yes"})
    assert signs_in(therapist.username, make.PASSWORD)


def test_nobody_closes_their_own_login(administrator: User) -> None:
    response = browser_of(administrator).post(f"/accounts/{administrator.pk}/active/", {"active": "no"})
    assert response.status_code == 409 and "You cannot close the account" in text_of(response)
    administrator.refresh_from_db()
    assert administrator.is_active


def test_a_new_password_ends_the_old_one_everywhere(administrator: User) -> None:
    therapist = make.therapist()
    theirs = browser_of(therapist)
    page = text_of(browser_of(administrator).post(f"/accounts/{therapist.pk}/password/"))
    assert theirs.get("/today/").status_code == 302
    assert not signs_in(therapist.username, make.PASSWORD)
    assert signs_in(therapist.username, shown_password(page))


def test_a_therapist_in_charge_is_named_before_the_login_closes(administrator: User) -> None:
    episode, _ = make.active_episode(name=CLIENT)
    page = text_of(browser_of(administrator).get(f"/accounts/{episode.therapist.pk}/"))
    assert "in charge of 1 open episode" in page and CLIENT not in page


def test_the_administrator_meets_no_client_and_no_record(administrator: User) -> None:
    episode, _ = make.active_episode(name=CLIENT)
    login = make.client_login(episode)
    browser = browser_of(administrator)
    for address in ("/accounts/", "/accounts/arrangements/"):
        page = text_of(browser.get(address))
        assert CLIENT not in page and login.username not in page
    assert browser.get(f"/accounts/{login.pk}/").status_code == 404
    assert browser.post(f"/accounts/{login.pk}/password/").status_code == 404
    assert browser.get(f"/episodes/{episode.pk}/").status_code == 404


def test_everything_is_written_into_the_audit(administrator: User) -> None:
    therapist = make.therapist()
    browser = browser_of(administrator)
    browser.get("/accounts/")
    browser.post(f"/accounts/{therapist.pk}/active/", {"active": "no"})
    acts = set(AuditEvent.objects.filter(actor=f"user:{administrator.pk}").values_list("act", flat=True))
    assert {"accounts-listed", "user-closed"} <= acts


@pytest.mark.parametrize("role", [Role.THERAPIST, Role.SUPERVISOR, Role.MANAGER])
def test_no_other_role_manages_logins(role: str, administrator: User) -> None:
    browser = browser_of(make.staff(role))
    for address in ("/accounts/", "/accounts/new/", f"/accounts/{administrator.pk}/"):
        assert browser.get(address).status_code == 404
    for tail in ("password/", "active/"):
        assert browser.post(f"/accounts/{administrator.pk}/{tail}", {"active": "no"}).status_code == 404


# -- one's own password ----------------------------------------------------------------------------------


def test_a_person_changes_their_own_password_and_stays_signed_in() -> None:
    therapist = make.therapist()
    browser = browser_of(therapist)
    sent = {"old": make.PASSWORD, "new": "winter apples 9", "again": "winter apples 9"}
    response = browser.post("/accounts/password/", sent, follow=True)
    assert "Your password is changed." in text_of(response)
    assert browser.get("/today/").status_code == 200
    assert signs_in(therapist.username, "winter apples 9")


@pytest.mark.parametrize(
    ("old", "new", "again", "said"),
    [
        ("wrong", "winter apples 9", "winter apples 9", "This is not your password."),
        (make.PASSWORD, "winter apples 9", "winter apples 8", "The two are not the same."),
        (make.PASSWORD, "short", "short", "too short"),
    ],
)
def test_a_wrong_or_weak_password_is_refused_and_never_shown(
    old: str, new: str, again: str, said: str
) -> None:
    therapist = make.therapist()
    response = browser_of(therapist).post("/accounts/password/", {"old": old, "new": new, "again": again})
    assert response.status_code == 422 and said in text_of(response)
    assert "winter apples" not in text_of(response)
    assert signs_in(therapist.username, make.PASSWORD)


# -- cover ---------------------------------------------------------------------------------------------------


def cover_days(first: int, last: int) -> dict[str, str]:
    return {"from_on": make.day(first).isoformat(), "to_on": make.day(last).isoformat()}


def test_a_therapist_arranges_their_own_cover(administrator: User) -> None:
    episode, _ = make.active_episode()
    colleague = make.therapist()
    browser = browser_of(episode.therapist)
    browser.post("/accounts/cover/add/", {"cover": str(colleague.pk), **cover_days(12, 15)})
    cover = Cover.objects.get()
    assert (cover.therapist, cover.cover) == (episode.therapist, colleague)
    assert not may(colleague, Act.SEE_ALERT, episode=episode, on=make.day(11))
    assert may(colleague, Act.SEE_ALERT, episode=episode, on=make.day(12))
    assert f"{colleague.display_name} covers for" in text_of(browser.get("/accounts/cover/"))


def test_a_therapist_arranges_nobody_elses(administrator: User) -> None:
    therapist, other, colleague = make.therapist(), make.therapist(), make.therapist()
    sent = {"therapist": str(other.pk), "cover": str(colleague.pk), **cover_days(12, 15)}
    browser_of(therapist).post("/accounts/cover/add/", sent)
    assert Cover.objects.get().therapist == therapist


@pytest.mark.parametrize("role", [Role.MANAGER, Role.ADMINISTRATOR])
def test_cover_is_arranged_for_a_therapist_who_is_away(role: str) -> None:
    therapist, colleague = make.therapist(), make.therapist()
    sent = {"therapist": str(therapist.pk), "cover": str(colleague.pk), **cover_days(DAY, DAY)}
    response = browser_of(make.staff(role)).post("/accounts/cover/add/", sent)
    assert response.status_code == 302 and response["Location"] == "/accounts/arrangements/"
    assert Cover.objects.get().therapist == therapist


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"cover": ""}, "Choose who stands in."),
        ({"cover": "nobody"}, "Choose one of those shown."),
        ({"from_on": ""}, "Write the first day."),
        ({"to_on": ""}, "Write the last day."),
        ({"from_on": "31 February 2026"}, "no day of the calendar"),
        (cover_days(15, 12), "The last day is before the first."),
        (cover_days(1, 5), "These days are over."),
    ],
)
def test_cover_with_a_fault_is_refused_at_its_field(sent: dict[str, str], said: str) -> None:
    colleague = make.therapist()
    whole = {"cover": str(colleague.pk), **cover_days(12, 15), **sent}
    response = browser_of(make.therapist()).post("/accounts/cover/add/", whole)
    assert response.status_code == 422 and said in text_of(response)
    assert not Cover.objects.exists()


def test_cover_is_given_by_clinicians_only() -> None:
    manager = make.staff(Role.MANAGER)
    sent = {"cover": str(manager.pk), **cover_days(12, 15)}
    response = browser_of(make.therapist()).post("/accounts/cover/add/", sent)
    assert response.status_code == 409 and not Cover.objects.exists()


def test_cover_that_runs_ends_with_today_and_cover_to_come_is_taken_back() -> None:
    therapist = make.therapist()
    make.covered(therapist, 8, 20)
    make.covered(therapist, 15, 20)
    browser = browser_of(therapist)
    for cover in Cover.objects.all():
        assert browser.post(f"/accounts/cover/{cover.pk}/stop/").status_code == 302
    assert Cover.objects.get().to_on == make.day(DAY)
    acts = AuditEvent.objects.filter(actor=f"user:{therapist.pk}").values_list("act", flat=True)
    assert {"cover-stopped", "cover-taken-back"} <= set(acts)


def test_nobody_stops_the_cover_of_another_therapist() -> None:
    therapist = make.therapist()
    make.covered(therapist, 8, 20)
    cover = Cover.objects.get()
    assert browser_of(make.therapist()).post(f"/accounts/cover/{cover.pk}/stop/").status_code == 404
    cover.refresh_from_db()
    assert cover.to_on == make.day(20)


def test_the_colleague_in_cover_is_told_so() -> None:
    therapist = make.therapist("Ada Lind")
    colleague = make.covered(therapist, 8, 20)
    assert "You cover today for Ada Lind" in text_of(browser_of(colleague).get("/accounts/cover/"))


def test_a_page_without_cover_says_what_it_is_for() -> None:
    assert "No cover is arranged" in text_of(browser_of(make.therapist()).get("/accounts/cover/"))


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.MANAGER, Role.ADMINISTRATOR])
def test_the_page_of_ones_own_cover_is_a_therapists(role: str) -> None:
    assert browser_of(make.staff(role)).get("/accounts/cover/").status_code == 404


# -- supervision -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.MANAGER, Role.ADMINISTRATOR])
def test_supervision_begins_and_ends(role: str) -> None:
    therapist, supervisor = make.therapist(), make.staff(Role.SUPERVISOR)
    browser = browser_of(make.staff(role))
    sent = {"supervised": str(therapist.pk), "supervisor": str(supervisor.pk), "supervised_from": ""}
    assert browser.post("/accounts/supervision/start/", sent).status_code == 302
    tie = Supervision.objects.get()
    assert (tie.from_on, tie.to_on) == (make.day(DAY), None)
    page = text_of(browser.get("/accounts/arrangements/"))
    assert f"{supervisor.display_name} supervises {therapist.display_name}" in page
    assert browser.post("/accounts/supervision/start/", sent).status_code == 409
    browser.post(f"/accounts/supervision/{tie.pk}/stop/")
    tie.refresh_from_db()
    assert tie.to_on == make.day(DAY)


def test_a_supervision_without_its_people_is_refused(administrator: User) -> None:
    response = browser_of(administrator).post("/accounts/supervision/start/", {})
    page = text_of(response)
    assert response.status_code == 422
    assert "Choose the therapist." in page and "Choose the supervisor." in page


@pytest.mark.parametrize("role", [Role.THERAPIST, Role.SUPERVISOR])
def test_clinicians_do_not_name_their_own_supervision(role: str) -> None:
    therapist, supervisor = make.therapist(), make.staff(Role.SUPERVISOR)
    sent = {"supervised": str(therapist.pk), "supervisor": str(supervisor.pk)}
    browser = browser_of(make.staff(role))
    assert browser.post("/accounts/supervision/start/", sent).status_code == 404
    assert browser.get("/accounts/arrangements/").status_code == 404
    assert not Supervision.objects.exists()


def test_pages_without_people_say_how_to_begin(administrator: User) -> None:
    browser = browser_of(administrator)
    assert "Nobody supervises anybody yet" in text_of(browser.get("/accounts/arrangements/"))
    assert "Add therapists first" in text_of(browser.get("/accounts/"))
