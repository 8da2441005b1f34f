"""The demo is what its files say, done by the product's own actions on the days and by the people they name."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib.resources import files as package_files

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from openipt import library
from openipt.cli import demo as demo_command
from openipt.core.course.course import Attendance
from openipt.core.course.status import course_status
from openipt.records import audit, convert, demo
from openipt.records.actors import Operator
from openipt.records.demo import files
from openipt.records.manuals import manual_of
from openipt.records.models import (
    AlertState,
    AuditEvent,
    CheckIn,
    Episode,
    JournalEntry,
    Role,
    Session,
    User,
)
from openipt.records.queries import alerts as alert_queries
from openipt.records.queries import journal as journal_queries
from openipt.records.queries import sessions as session_queries
from tests import factories as make
from tests.web.signing_in import sign_in

AT = datetime(2026, 3, 4, 8, 15, tzinfo=UTC)
TODAY = AT.date()
FILES = [episode.file for episode in demo.service().episodes]


@pytest.fixture(scope="module")
def laid(django_db_setup: None, django_db_blocker) -> Iterator[None]:
    """The demo, laid once for all tests of this file and then undone."""
    with django_db_blocker.unblock(), transaction.atomic():
        assert demo.load(AT)
        yield
        transaction.set_rollback(True)


@pytest.fixture
def here(laid: None, db: None) -> None:
    """The laid demo, with what a test does to it undone."""


def login(username: str) -> User:
    return User.objects.get(username=username)


def episode(file: str) -> Episode:
    found = next(e for e in demo.service().episodes if e.file == file)
    return Episode.objects.select_related("client", "therapist").get(client__user__username=found.login)


def standing(of: Episode):
    return course_status(manual_of(of), convert.course(of), TODAY)


# -- the files -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("file", FILES)
def test_no_words_of_a_file_name_a_month_or_season_that_moving_the_dates_would_make_untrue(file: str) -> None:
    text = (package_files("openipt") / "content" / "demo" / file).read_text(encoding="utf-8")
    months = r"\b(January|February|March|April|June|July|August|September|October|November|December)\b"
    assert re.findall(months, text) == []


def test_telephone_numbers_are_those_kept_for_fiction() -> None:
    text = "".join(
        (package_files("openipt") / "content" / "demo" / file).read_text(encoding="utf-8") for file in FILES
    )
    numbers = re.findall(r"\b0\d{3,5} ?\d{3} ?\d{3,4}\b[^\"]*", text)
    assert numbers
    assert all(number.startswith("01632 960") and "demo: not real" in number for number in numbers)


def test_moving_takes_every_day_month_and_moment_along_and_nothing_else() -> None:
    told = {"on": "2025-03-01", "words": "died 2025-02-28", "onset": "2025-01", "at": "2025-03-01T19:40:00"}
    moved = files.moved({**told, "since": "2019", "n": 3}, timedelta(days=31))
    assert moved == {
        "on": "2025-04-01",
        "words": "died 2025-03-31",
        "onset": "2025-02",
        "at": "2025-04-01T19:40:00",
        "since": "2019",
        "n": 3,
    }


# -- what is laid -----------------------------------------------------------------------------------


def test_the_therapist_meets_three_clients_today(here: None) -> None:
    mira = login("mira.hale")
    first = timezone.make_aware(datetime.combine(TODAY, datetime.min.time()))
    todays = session_queries.sessions_between(mira, first, first + timedelta(days=1), TODAY)
    assert len(todays) == 3
    assert {session.attendance for session in todays} == {Attendance.PLANNED}
    assert all(session.place for session in todays)


def test_one_alert_is_open_for_the_therapist_from_an_answer_of_last_night(here: None) -> None:
    (alert,) = alert_queries.open_alerts(login("mira.hale"), TODAY)
    assert alert.rule == "DR-01"
    assert alert.state == AlertState.OPEN
    assert alert.episode_id == episode("gr-missed-call.json").pk
    assert alert.raised_at.date() == TODAY - timedelta(days=1)
    assert alert.shown_to_client_at is not None
    assert alert.inputs["choices"][-1]["value"] == 2


def test_the_manager_has_an_overdue_alert_to_see(here: None) -> None:
    (envelope,) = alert_queries.overdue_envelopes(login("lena.marsh"), AT)
    assert envelope.therapist_name == "Jonas Brandt"


STANDS = [
    ("ipc-new-town.json", "ended", "ending", 6),
    ("rt-closed-branch.json", "active", "middle", 7),
    ("rd-silent-house.json", "active", "middle", 4),
    ("gr-missed-call.json", "active", "middle", 4),
    ("enquiry.json", "enquiry", "pre", 0),
    ("ipc-three-keys.json", "maintenance", "maintenance", 6),
    ("is-night-bakery.json", "active", "middle", 5),
    ("rd-fathers-house.json", "active", "initial", 2),
    ("rt-midwife-abroad.json", "active", "ending", 11),
    ("rt-first-year.json", "ended", "middle", 4),
    ("gr-empty-chair.json", "assessment", "pre", 0),
    ("rd-shared-workshop.json", "active", "middle", 6),
    ("rt-last-bus.json", "paused", "middle", 4),
    ("gr-other-door.json", "ended", "pre", 0),
    ("enquiry-signal-box.json", "enquiry", "pre", 0),
    ("rs-follow-spot.json", "active", "initial", 3),
    ("rt-button-stall.json", "active", "middle", 4),
    ("rd-locked-door.json", "active", "middle", 5),
    ("mit-top-octave.json", "active", "initial", 6),
]
DROPPED_OUT = "rt-first-year.json"


@pytest.mark.parametrize(("file", "status", "phase", "held"), STANDS)
def test_each_episode_stands_where_it_should(
    here: None, file: str, status: str, phase: str, held: int
) -> None:
    found = episode(file)
    now = standing(found)
    assert (found.status, now.phase, now.session_number) == (status, phase, held)
    assert now.overdue == () or file == DROPPED_OUT


def test_people_end_in_every_way_the_demo_tells_of(here: None) -> None:
    ended = Episode.objects.filter(status="ended").values_list("end_reason", flat=True)
    assert sorted(ended) == ["completed", "dropped_out", "referred"]


def test_one_course_is_not_on_track_and_says_by_which_rule(here: None) -> None:
    running = {
        file: {rule.id for rule in standing(episode(file)).fired}
        for file, status, *_ in STANDS
        if status in ("active", "paused", "maintenance")
    }
    assert {"DR-20", "DR-36"} <= running.pop("rd-silent-house.json")
    assert running.pop("gr-missed-call.json") == {"DR-01"}
    assert set().union(*running.values()) == set()


def test_every_session_held_is_signed_by_the_therapist_on_its_own_day_but_one(here: None) -> None:
    """One first contact waits for its signature, so that somebody's Today can say so."""
    held = Session.objects.exclude(number=None).select_related("episode")
    assert held.filter(number__gte=1).count() == sum(held for *_, held in STANDS)
    (waits,) = (session for session in held if not session.is_signed)
    assert waits.episode_id == episode("gr-empty-chair.json").pk
    for session in held:
        if session.is_signed:
            assert session.signed_by_id == session.episode.therapist_id
            assert timezone.localtime(session.signed_at).date() == session.held_on < TODAY


def test_dates_were_missed_one_session_was_moved_and_where_it_was_is_kept(here: None) -> None:
    assert Session.objects.filter(attendance="missed").count() == 3
    moved = Session.objects.get(
        episode=episode("rd-shared-workshop.json"), planned_at__date=TODAY
    ).moves.get()
    assert moved.planned_from.date() == TODAY + timedelta(days=1)
    assert TODAY - timedelta(days=12) < moved.at.date() < TODAY


def test_everybody_spoken_of_has_a_name(here: None) -> None:
    for one in Episode.objects.all():
        spoken_of = {
            code for entry in convert.course(one).entries for code in entry.values.get("people") or ()
        }
        codes = {code for code in spoken_of if code.startswith("p_")}
        assert codes <= {person.code for person in one.people.all()}, (one.client.name, codes)


def test_an_alert_was_answered_in_time_and_closed_with_a_plan(here: None) -> None:
    (alert,) = episode("is-night-bakery.json").alerts.all()
    assert alert.state == AlertState.RESOLVED
    assert alert.acknowledged_at - alert.raised_at < timedelta(hours=1)
    assert episode("is-night-bakery.json").entries.filter(record_type="rec_safety_plan").exists()


def test_nothing_but_the_planning_lies_ahead(here: None) -> None:
    assert not AuditEvent.objects.filter(at__gt=AT).exists()
    ahead = Session.objects.filter(planned_at__date__gte=TODAY)
    assert {session.attendance for session in ahead} == {Attendance.PLANNED}
    assert all(
        len([s for s in ahead if s.episode_id == e.pk]) for e in Episode.objects.filter(status="active")
    )


def test_clients_answered_themselves_the_evening_before(here: None) -> None:
    own = CheckIn.objects.filter(mode="client", purpose="session", session__isnull=False)
    assert own.count() >= 20
    for check_in in own.select_related("session", "episode__client"):
        assert check_in.on == check_in.session.held_on - timedelta(days=1)
        assert check_in.entered_by_id == check_in.episode.client.user_id


def test_one_client_has_not_answered_yet(here: None) -> None:
    assert "ms_phq9" in standing(episode("rd-silent-house.json")).measures_due


def test_what_a_client_did_not_share_stays_with_the_client(here: None) -> None:
    found = episode("rt-closed-branch.json")
    kept = JournalEntry.objects.filter(episode=found, shared=False).count()
    assert kept == 1
    shown = journal_queries.journal_of(login("mira.hale"), found, TODAY)
    assert shown and all(row.shared for row in shown)


def test_the_supervisor_advised_and_the_therapist_has_private_notes(here: None) -> None:
    found = episode("rd-silent-house.json")
    by = [
        entry.by_role for entry in found.entries.filter(record_type="rec_supervision_item").order_by("order")
    ]
    assert by == ["therapist", "supervisor", "therapist"]
    assert found.sessions.filter(private_notes__author=login("mira.hale")).exists()


def test_every_login_is_marked_as_the_demos_and_takes_the_one_password(here: None) -> None:
    service = demo.service()
    names = {person.username for person in service.people} | {e.login for e in service.episodes}
    assert names == set(User.objects.values_list("username", flat=True))
    assert all(user.is_demo and user.check_password(service.password) for user in User.objects.all())
    assert all(user.display_name == "" for user in User.objects.filter(role=Role.CLIENT))


# -- what people find who sign in --------------------------------------------------------------------


def rooms_of(login_name: str, role: str) -> list[str]:
    """The rooms a person comes to first."""
    if role == Role.CLIENT:
        status = Episode.objects.get(client__user__username=login_name).status
        own = ["/me/story/"] if status not in ("enquiry", "assessment") else []  # there is none to tell yet
        own += ["/me/people/"] if status in ("active", "paused", "maintenance") else []
        return ["/me/", *own, "/me/journal/", "/me/practice/", "/me/learn/"]
    own = Episode.objects.filter(therapist__username=login_name, status="active").first()
    return {
        Role.THERAPIST: ["/today/", "/clients/", *([f"/episodes/{own.pk}/"] if own else [])],
        Role.SUPERVISOR: ["/supervision/", "/clients/"],
        Role.MANAGER: ["/service/"],
        Role.ADMINISTRATOR: ["/accounts/"],
    }[role]


def browser_of(username: str) -> Client:
    return sign_in(Client(), login(username))


PEOPLE = [
    *((person.username, person.role) for person in demo.service().people),
    *((row.login, Role.CLIENT) for row in demo.service().episodes),
]


@pytest.fixture
def at_noon(here: None, settings) -> None:
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, clock=AT)


@pytest.mark.parametrize(("username", "role"), PEOPLE)
def test_nobody_who_signs_in_finds_an_empty_room(at_noon: None, username: str, role: str) -> None:
    browser = browser_of(username)
    for room in rooms_of(username, role):
        answer = browser.get(room)
        assert answer.status_code == 200, room
        assert 'class="empty' not in answer.content.decode(), room


def steps_printed() -> list[str]:
    return demo_command.welcome("http://localhost:8000/").split("Five minutes:")[1].splitlines()[1:]


def stands(step: str, page: str) -> bool:
    """Whether every word that a step puts in quotation marks is on the page."""
    words = re.findall("“([^”]+)”", step)
    return bool(words) and all(word in html.unescape(page) for word in words)


def test_the_path_of_five_minutes_is_true_word_for_word(at_noon: None) -> None:
    """Walked as it is printed: what a step puts in quotation marks is on the page it speaks of."""
    begin, write, sign, told, supervisor, manager = steps_printed()
    mira = browser_of("mira.hale")
    today = mira.get("/today/").content.decode()
    assert begin.startswith("  1. Sign in as mira.hale. At 10:00, Pavel Orsen, session 8:")
    assert "Pavel Orsen" in today and stands(begin, today)

    session = Session.objects.get(episode=episode("rt-closed-branch.json"), planned_at__date=TODAY)
    room = mira.post(f"/episodes/{session.episode_id}/sessions/{session.pk}/begin-now/", follow=True)
    assert stands(write, room.content.decode()) and stands(sign, room.content.decode())

    session.refresh_from_db()
    make.entry(session.episode, "rec_action_plan", {"step": "Ask for a lift"}, session=session, at=AT)
    make.signed(session, at=AT)
    home = browser_of("u-maple").get("/me/").content.decode()
    assert "u-maple, who is Pavel Orsen" in told and "Ask for a lift" in home and stands(told, home)
    assert stands(supervisor, browser_of("ruth.okafor").get("/supervision/").content.decode())
    assert stands(manager, browser_of("lena.marsh").get("/service/").content.decode())
    assert steps_printed()[0].startswith("  1. Sign in as mira.hale. At 14:00, Nadia Verhoef, session 5:")


def test_on_another_day_the_path_says_how_to_begin_anew(here: None, settings) -> None:
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, clock=AT + timedelta(days=1))
    assert "`make demo-reset`" in steps_printed()[0]


def test_a_second_load_keeps_what_was_typed(here: None) -> None:
    typed = make.entry(
        episode("rt-closed-branch.json"),
        "rec_strengths",
        {"strength": "keeps his word"},
        at=AT,
        on=TODAY,
    )
    before = AuditEvent.objects.count()
    assert demo.load(AT + timedelta(days=2)) is False
    typed.refresh_from_db()
    assert AuditEvent.objects.count() == before


def test_the_audit_of_the_demo_is_whole(here: None) -> None:
    audit.anchor_path().unlink(missing_ok=True)
    assert audit.verify()


def test_an_episode_of_the_demo_is_exported_and_reads_in_again(here: None) -> None:
    from openipt.core.portable.episode_file import from_file, to_file

    found = episode("gr-missed-call.json")
    told = convert.portable(found, Operator("tests"), TODAY)
    again = from_file(json.loads(json.dumps(to_file(told))), record_types=library.record_types())
    assert again.course() == told.course()


@pytest.mark.parametrize(
    ("month", "by", "found"),
    [
        ("2024-06", 0, "2024-06"),
        ("2024-06", 62, "2024-06"),
        ("2024-12", 40, "2024-12"),
        ("2024-06", 200, "2024-12"),
    ],
)
def test_a_season_that_is_moved_stays_a_season(month: str, by: int, found: str) -> None:
    values = {"date": month, "precision": "season", "text": f"in {month}"}
    assert files.moved(values, timedelta(days=by))["date"] == found
