"""Every address of the web, asked for by everybody: who comes in, who is sent to the door, who learns nothing.

The table below is written out by hand for every route the resolver knows. A new route without a line in it
fails the test, so nobody adds a page without saying who may open it.
"""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from django.http import HttpResponse
from tests import factories as make
from tests.web.house import PERSONS, House
from tests.web.routes import Route, every_route, path_of, values_for

from openipt.records.actions import choosing
from openipt.records.models import CheckIn, DraftText, Entry
from openipt.web.therapist.records import SESSION_FIELD

pytestmark = pytest.mark.django_db

THERAPISTS = ("therapist", "other_therapist", "cover", "cover_over")
SUPERVISORS = ("supervisor", "other_supervisor")
STAFF = (*THERAPISTS, *SUPERVISORS, "manager", "administrator")
CLIENTS = ("client", "other_client")
GROUPS = {
    "all": PERSONS,
    "staff": STAFF,
    "therapists": THERAPISTS,
    "clinicians": (*THERAPISTS, *SUPERVISORS),
    "clients": CLIENTS,
    "supervisors": SUPERVISORS,
    "team": ("therapist", "supervisor"),
    "safety": ("therapist", "cover", "supervisor"),
    "writers": ("therapist", "cover"),
    "arrangers": ("manager", "administrator"),
    "others": ("nobody", "closed"),
}

# Name of the route: what GET answers and to whom, what an empty POST answers and to whom. Whoever is not
# named is sent to the door of that side if they are not signed in there, and else learns nothing (404).
EXPECTED: dict[str, tuple[str, str]] = {
    "front": ("302 staff", "405 all"),
    "sign-in": ("200 clients others; 302 staff", "422 all"),
    "sign-out": ("405 all", "302 all"),
    "theme": ("405 all", "404 all"),
    "draft-key": ("200 staff", "405 staff"),
    "help-now": ("200 all", "405 all"),
    "neutral": ("200 all", "405 all"),
    "asking-door": ("302 all", "405 all"),
    "asking": ("200 all", "422 all"),
    "asking-sent": ("200 all", "405 all"),
    "intake:home": ("200 therapists", "405 clinicians"),
    "intake:enquiry": ("200 therapists", "422 therapists"),
    "sources": ("200 staff", "200 staff"),
    "evidence": ("200 staff", "405 staff"),
    "adaptations": ("200 staff", "405 staff"),
    "adaptation": ("200 staff", "405 staff"),
    "adaptation-pdf": ("200 staff", "405 staff"),
    "go": ("200 staff", "405 staff"),
    "keys": ("200 staff", "405 staff"),
    "letter": ("302 therapist", "405 staff"),
    "style": ("200 all", "405 all"),
    "client-sign-in": ("200 staff others; 302 clients", "422 all"),
    "client-sign-out": ("405 all", "302 all"),
    "leave": ("405 all", "303 all"),
    "client-theme": ("405 all", "404 all"),
    "client-draft-key": ("200 clients", "405 clients"),
    "client-help-now": ("200 all", "405 all"),
    "client:home": ("200 clients", "405 clients"),
    "client:check-in": ("200 clients", "302 clients"),
    "client:check-in-all": ("200 client", "200 client"),
    "client:check-in-screen": ("200 client", "422 client"),
    "client:check-in-answer": ("405 clients", "422 client"),
    "client:check-in-words": ("405 clients", "404 clients"),
    "client:check-in-send": ("405 clients", "200 client"),
    "client:check-in-receipt": ("302 client", "405 clients"),
    "client:line": ("200 clients", "405 clients"),
    "client:days": ("", ""),  # of courses that keep a diary alone: see test_days
    "client:days-share": ("405 clients", ""),
    "client:journal": ("200 clients", "405 clients"),
    "client:journal-new": ("200 clients", "422 clients"),
    "client:journal-entry": ("200 client", "422 client"),
    "client:journal-share": ("405 clients", "302 client"),
    "client:journal-move": ("405 clients", "404 clients"),
    "client:practice": ("200 clients", "405 clients"),
    "client:worksheet-new": ("200 clients", "422 clients"),
    "client:worksheet": ("200 client", "405 clients"),
    "client:worksheet-change": ("200 client", "422 client"),
    "client:worksheet-share": ("405 clients", "302 client"),
    "client:worksheet-move": ("405 clients", "404 clients"),
    "client:close": ("405 clients", "302 clients"),
    "client:learn": ("200 clients", "405 clients"),
    "client:learn-evidence": ("200 clients", "405 clients"),
    "client:learn-page": ("200 clients", "405 clients"),
    "client:safety-plan": ("200 clients", "405 clients"),
    "client:people": ("200 clients", "422 clients"),
    "client:people-draft": ("405 clients", "422 clients"),
    "client:people-again": ("405 clients", "302 clients"),
    "client:people-add": ("405 clients", "422 clients"),
    "client:people-take-back": ("405 clients", "404 clients"),
    "client:people-person": ("405 clients", "404 clients"),
    "client:people-move": ("405 clients", "404 clients"),
    "client:story": ("200 clients", "422 clients"),
    "client:letter": ("200 clients", "405 clients"),
    "client:letter-pdf": ("200 clients", "405 clients"),
    "client:story-read": ("405 clients", "422 clients"),
    "client:story-add": ("405 clients", "422 clients"),
    "client:story-take-back": ("405 clients", "404 clients"),
    "client:story-put-back": ("405 clients", "404 clients"),
    "client:event-new": ("200 clients", "422 clients"),
    "client:event": ("200 client", "422 client"),
    "client:event-move": ("405 clients", "404 clients"),
    "client:calendar": ("200 clients", "405 clients"),
    "client:rights": ("200 clients", "405 clients"),
    "client:reminders": ("200 clients", "302 clients"),
    "therapist:today": ("200 clinicians", "200 clinicians"),
    "therapist:all-alerts": ("200 clinicians", "200 clinicians"),
    "therapist:clients": ("200 clinicians", "200 clinicians"),
    "therapist:client-new": ("200 therapists", "422 therapists"),
    "therapist:episode": ("200 team", "200 team"),
    "therapist:decide-phase": ("405 therapists", "422 therapist"),
    "therapist:progress": ("200 team", "422 therapist"),
    "therapist:rules": ("200 team", "200 team"),
    "therapist:rule-decide": ("405 clinicians", "422 team"),
    "therapist:rhythm": ("", "405 clinicians"),  # of courses that keep a diary alone: see test_rhythm
    "therapist:rhythm-target": ("405 therapists", ""),
    "therapist:rhythm-trigger": ("405 therapists", ""),
    "therapist:carers": ("", "405 clinicians"),  # of courses that invite parents alone: see test_carers
    "therapist:carers-note": ("", ""),
    "therapist:carers-left-out": ("405 therapists", ""),
    "therapist:carers-keep": ("405 therapists", ""),
    "therapist:line": ("200 team", "405 clinicians"),
    "therapist:line-print": ("200 team", "405 clinicians"),
    "therapist:line-pdf": ("200 team", "405 clinicians"),
    "therapist:line-own-page": ("405 therapists", ""),
    "therapist:course": ("200 team", "200 team"),
    "therapist:course-adaptation": ("200 team", "422 therapist"),
    "therapist:course-goes-with": ("405 therapists", "422 therapist"),
    "therapist:course-status": ("405 therapists", "422 therapist"),
    "therapist:course-plan": ("405 therapists", "422 therapist"),
    "therapist:course-go-on": ("405 therapists", "422 therapist"),
    "therapist:hand-over": ("405 therapists", "422 therapist"),
    "therapist:course-supervisor": ("405 therapists", "302 therapist"),
    "therapist:course-profile": ("405 therapists", "302 therapist"),
    "therapist:client-login": ("405 therapists", "200 therapist"),
    "therapist:people": ("200 team", "200 team"),
    "therapist:people-sorted": ("405 therapists", ""),
    "therapist:people-circle": ("200 therapist", "422 therapist"),
    "therapist:people-circle-together": ("200 therapist", "405 therapists"),
    "therapist:people-circle-draft": ("405 therapists", "422 therapist"),
    "therapist:people-circle-again": ("405 therapists", "302 therapist"),
    "therapist:people-circle-add": ("405 therapists", "422 therapist"),
    "therapist:people-circle-take-back": ("405 therapists", ""),
    "therapist:people-circle-person": ("405 therapists", ""),
    "therapist:people-circles": ("200 team", "405 clinicians"),
    "therapist:people-circles-compare": ("200 team", "405 clinicians"),
    "therapist:people-circle-svg": ("200 team", "405 clinicians"),
    "therapist:people-circle-png": ("200 team", "405 clinicians"),
    "therapist:timeline": ("200 team", "200 team"),
    "therapist:timeline-together": ("200 team", "405 clinicians"),
    "therapist:timeline-read": ("405 therapists", "422 therapist"),
    "therapist:timeline-add": ("405 therapists", "422 therapist"),
    "therapist:timeline-take-back": ("405 therapists", ""),
    "therapist:timeline-put-back": ("405 therapists", ""),
    "therapist:timeline-link": ("405 therapists", "422 therapist"),
    "therapist:formulation": ("200 team", "200 team"),
    "therapist:formulation-areas": ("200 team", "302 team"),
    "therapist:formulation-issue-new": ("200 therapist", "422 therapist"),
    "therapist:formulation-issue": ("200 therapist", "422 therapist"),
    "therapist:formulation-order": ("405 therapists", "422 therapist"),
    "therapist:formulation-offer": ("405 therapists", "302 therapist"),
    "therapist:formulation-patterns": ("200 team", "405 clinicians"),
    "therapist:formulation-compare": ("200 team", "405 clinicians"),
    "therapist:formulation-write": ("200 therapist", "422 therapist"),
    "therapist:formulation-focus": ("200 therapist", "422 therapist"),
    "therapist:schema": ("200 team", "405 clinicians"),
    "therapist:schema-together": ("200 team", "405 clinicians"),
    "therapist:schema-write": ("", ""),  # of courses that work with one alone: see test_schema
    "therapist:schema-link": ("405 therapists", "409 therapist"),
    "therapist:formulation-contract": ("200 therapist", "422 therapist"),
    "therapist:session-now": ("302 team", "302 team"),
    "therapist:sessions-calendar": ("200 therapist", "405 therapists"),
    "therapist:sessions": ("200 team", "200 team"),
    "therapist:sessions-plan": ("405 therapists", "422 therapist"),
    "therapist:session-unplanned": ("405 therapists", "302 therapist"),
    "therapist:session-move": ("405 therapists", "422 therapist"),
    "therapist:session-absence": ("405 therapists", "422 therapist"),
    "therapist:session-begin-now": ("405 therapists", "302 therapist"),
    "therapist:session": ("200 team", "405 clinicians"),
    "therapist:session-begin": ("405 clinicians", "302 therapist; 409 supervisor"),
    "therapist:session-not-held": ("405 clinicians", "422 team"),
    "therapist:session-details": ("405 clinicians", "302 therapist; 409 supervisor"),
    "therapist:session-still-there": ("405 clinicians", "302 therapist; 409 supervisor"),
    "therapist:session-guide": ("302 team", "405 clinicians"),
    "therapist:session-line": ("405 clinicians", "302 therapist; 409 supervisor"),
    "therapist:session-strategy": ("405 clinicians", "302 therapist; 409 supervisor"),
    "therapist:session-technique": ("405 clinicians", "302 therapist; 409 supervisor"),
    "therapist:session-last-step": ("405 clinicians", "409 team"),
    "therapist:session-quote": ("405 clinicians", "409 supervisor; 422 therapist"),
    "therapist:session-quote-drop": ("405 clinicians", "302 therapist; 409 supervisor"),
    "therapist:session-find": ("200 team", "405 clinicians"),
    "therapist:session-open": ("200 team", "405 clinicians"),
    "therapist:session-together": ("200 team", "405 clinicians"),
    "therapist:session-together-line": ("405 therapists", ""),
    "therapist:note": ("200 team", "409 therapist"),
    "therapist:note-typed": ("405 therapists", "200 therapist"),
    "therapist:note-kept": ("405 therapists", "302 therapist"),
    "therapist:note-print": ("200 team", "405 clinicians"),
    "therapist:note-pdf": ("200 team", "405 clinicians"),
    "therapist:sign": ("302 therapist", "409 therapist"),
    "therapist:amend": ("302 therapist", "409 therapist"),
    "therapist:private-note": ("405 therapists", "409 therapist"),
    "therapist:worksheets": ("200 team", "200 team"),
    "therapist:worksheets-sheet": ("200 therapist", "422 therapist"),
    "therapist:worksheets-together": ("200 team", "405 clinicians"),
    "therapist:worksheets-talk-new": ("200 therapist", "422 therapist"),
    "therapist:worksheets-talk-work": ("200 therapist", "422 therapist"),
    "therapist:worksheets-talk": ("200 team", "200 team"),
    "therapist:measures": ("200 team", "200 team"),
    "therapist:measures-enter": ("200 therapist", "422 therapist"),
    "therapist:measure": ("200 team", "200 team"),
    "therapist:safety": ("200 safety", "200 safety"),
    "therapist:assess": ("200 writers; 409 supervisor", "409 supervisor; 422 writers"),
    "therapist:safety-plan": ("200 writers; 409 supervisor", "409 supervisor; 422 writers"),
    "therapist:safety-plan-reviewed": ("405 clinicians", "302 writers; 409 supervisor"),
    "therapist:safety-plan-print": ("200 safety", "405 clinicians"),
    "therapist:safety-plan-pdf": ("200 safety", "405 clinicians"),
    "therapist:second-lock-choose": ("200 writers; 409 supervisor", "422 writers; 409 supervisor"),
    "therapist:second-lock": ("200 writers; 409 supervisor", "422 writers; 409 supervisor"),
    "therapist:private-questions": (
        "200 therapist; 409 cover supervisor",
        "409 cover supervisor; 422 therapist",
    ),
    "therapist:alert": ("200 safety", "409 safety"),
    "therapist:ending": ("200 team", "200 team"),
    "therapist:ending-outcome": ("405 therapists", "409 therapist"),
    "therapist:ending-follow-up": ("405 therapists", "302 therapist"),
    "therapist:documents": ("200 team", "405 clinicians"),
    "therapist:document-blank": ("200 team", "405 clinicians"),
    "therapist:document-blank-pdf": ("200 team", "405 clinicians"),
    "therapist:documents-export": ("200 therapist", "405 therapists"),
    "therapist:document": ("200 team", "405 clinicians"),
    "therapist:document-pdf": ("200 team", "405 clinicians"),
    "therapist:records": ("200 team", "200 team"),
    "therapist:record": ("200 team", "200 team"),
    "therapist:record-edit": ("200 therapist; 409 supervisor", "409 supervisor; 422 therapist"),
    "therapist:record-history": ("200 team", "200 team"),
    "therapist:record-withdraw": ("200 therapist; 409 supervisor", "302 therapist; 409 supervisor"),
    "therapist:record-new": ("200 therapist; 409 supervisor", "409 supervisor; 422 therapist"),
    "supervision:home": ("200 supervisors", "200 supervisors"),
    "service:home": ("200 manager", "200 manager"),
    "service:check-audit": ("405 manager", "302 manager"),
    "accounts:home": ("200 administrator", "200 administrator"),
    "accounts:new": ("200 administrator", "422 administrator"),
    "accounts:own-alerts": ("200 staff", "302 staff"),
    "accounts:own-alerts-trial": ("405 staff", "409 staff"),
    "accounts:own-password": ("200 staff", "422 staff"),
    "accounts:arrangements": ("200 arrangers", "200 arrangers"),
    "accounts:cover": ("200 therapists", "200 therapists"),
    "accounts:cover-add": ("405 therapists arrangers", "422 therapists arrangers"),
    "accounts:cover-stop": ("405 therapists arrangers", "302 arrangers therapist"),
    "accounts:supervision-start": ("405 arrangers", "422 arrangers"),
    "accounts:supervision-stop": ("405 arrangers", "302 arrangers"),
    "accounts:account": ("200 administrator", "200 administrator"),
    "accounts:account-password": ("405 administrator", "200 administrator"),
    "accounts:account-active": ("405 administrator", "302 administrator"),
}


def answers(text: str) -> dict[str, str]:
    """Person -> status of those the table names."""
    found = {}
    for part in filter(None, text.split("; ")):
        status, *names = part.split()
        for name in names:
            found |= dict.fromkeys(GROUPS.get(name, (name,)), status)
    return found


def refusal(route: Route, person: str, method: str) -> str:
    """What somebody hears whom the table does not name."""
    inside = CLIENTS if route.pattern.startswith("me/") else STAFF
    if person in inside:
        return "404"
    return "door" if method == "get" else "401"


def status_of(answer: HttpResponse) -> str:
    to_door = answer.status_code == 302 and "/login/" in answer["Location"]
    return "door" if to_door and "logout" not in answer.wsgi_request.path else str(answer.status_code)


def asked(house: House, person: str, method: str, path: str, **more: Any) -> HttpResponse:
    """One request of this person, undone afterwards."""
    with transaction.atomic():
        browser = house.browser(person, raise_request_exception=False)
        answer = getattr(browser, method)(path, **more)
        transaction.set_rollback(True)
    return answer


def test_every_route_is_in_the_table() -> None:
    routes = [route.name for route in every_route()]
    assert len(routes) == len(set(routes)), "two routes have one name"
    assert set(routes) - set(EXPECTED) == set(), "say in EXPECTED who may open these"
    assert set(EXPECTED) - set(routes) == set(), "these are no routes any more"


@pytest.mark.parametrize("method", ["get", "post"])
def test_everybody_is_answered_as_the_table_says(house: House, method: str) -> None:
    wrong = []
    for route in every_route():
        expected = answers(EXPECTED.get(route.name, ("", ""))[method == "post"])
        path = path_of(route, house, house.own)
        for person in PERSONS:
            should = expected.get(person, refusal(route, person, method))
            found = status_of(asked(house, person, method, path))
            if found != should:
                wrong.append((route.name, method, person, f"should be {should}", f"is {found}"))
    assert wrong == []


TOKEN = re.compile(r'(?<=value=")\w{64}(?=")|(?<=: ")\w{64}(?=")')


def told(answer: HttpResponse, path: str) -> tuple[int, str]:
    """A refusal without what every page has of its own: the token of its forms, its own address."""
    return answer.status_code, TOKEN.sub("", answer.content.decode()).replace(path, "")


@pytest.mark.parametrize("headers", [{}, {"hx-request": "true"}], ids=["page", "htmx"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_refusal_does_not_say_whether_something_is_there(
    house: House, method: str, headers: dict[str, str]
) -> None:
    """Each id of the address in turn is one that nobody has: the answer is the same, letter by letter."""
    telling = []
    for route in every_route():
        if not route.ids:
            continue
        values = values_for(route, house, house.own)
        real = path_of(route, house, house.own)
        for person in (*STAFF, *CLIENTS):
            answer = asked(house, person, method, real, headers=headers)
            if answer.status_code != 404:
                continue
            for part in route.ids:
                made_up = route.path({**values, part: str(uuid4())})
                other = asked(house, person, method, made_up, headers=headers)
                if told(other, made_up) != told(answer, real):
                    telling.append((route.name, person, part, other.status_code))
    assert telling == []


NOT_YOURS = "You are not the one who may"


def is_shut(answer: HttpResponse) -> bool:
    """Not there; or told, before anything is looked for, that this person writes nothing here."""
    return answer.status_code in (404, 405) or (
        answer.status_code == 409 and NOT_YOURS in answer.content.decode()
    )


def test_ids_of_another_course_are_not_there(house: House) -> None:
    """One's own course in the address, with a session, record, alert or answer of somebody else's in it."""
    opened = []
    for route in every_route():
        if len(route.ids) < 2:
            continue
        own, others = values_for(route, house, house.own), values_for(route, house, house.other)
        for part in route.ids[1:]:
            path = route.path({**own, part: others[part]})
            for person in ("therapist", "cover", "supervisor"):
                for method in ("get", "post"):
                    answer = asked(house, person, method, path)
                    if not is_shut(answer):
                        opened.append((route.name, part, person, method, answer.status_code))
    assert opened == []


def test_ids_of_ones_own_course_are_not_there_in_another(house: House) -> None:
    opened = []
    for route in every_route():
        if len(route.ids) < 2:
            continue
        own, others = values_for(route, house, house.own), values_for(route, house, house.other)
        path = route.path({**own, "episode_id": others["episode_id"]})
        for method in ("get", "post"):
            answer = asked(house, "therapist", method, path)
            if answer.status_code not in (404, 405):
                opened.append((route.name, method, answer.status_code))
    assert opened == []


def test_a_client_opens_nothing_of_another_client(house: House) -> None:
    opened = []
    for route in every_route():
        if not route.pattern.startswith("me/") or not route.ids:
            continue
        path = route.path(values_for(route, house, house.other))
        for method in ("get", "post"):
            answer = asked(house, "client", method, path)
            if answer.status_code not in (404, 405):
                opened.append((route.name, method, answer.status_code))
    assert opened == []


def _strangers_ids(house: House) -> dict[str, tuple[str, dict[str, str]]]:
    """Forms that name a row in a field: address -> the field with a row of the other course."""
    own, other = house.own, house.other
    base = f"/episodes/{own.ids['episode_id']}/"
    session = f"{base}sessions/{own.ids['session_id']}/"
    record = f"{base}records/rec_emotion_log/new/"
    draft = other.sessions["draft"]
    return {
        "a record for another's session": (record, {SESSION_FIELD: str(draft.pk), "first_word": "sad"}),
        "a record beside another's record": (record, {"amends": other.ids["entry_id"], "first_word": "sad"}),
        "answers for another's session": (
            f"{base}measures/enter/?measures=ms_phq9",
            {"belongs": str(draft.pk), "on": "2026-01-12", "ms_phq9-total": "5"},
        ),
        "half-typed text of another": (
            f"{session}note/kept/",
            {"draft_id": str(_half_typed(other)), "do": "let-go"},
        ),
    }


def _half_typed(record: Any) -> str:
    return str(DraftText.objects.get(episode=record.episode).pk)


def test_a_form_cannot_name_a_row_of_another_course(house: House) -> None:
    def rows() -> list[int]:
        return [model.objects.count() for model in (Entry, CheckIn, DraftText)]

    before = rows()
    for what, (path, fields) in _strangers_ids(house).items():
        answer = house.browser("therapist").post(path, fields)
        assert answer.status_code in (302, 404, 422), what
        assert rows() == before, what


def test_a_closed_door_is_closed_for_every_way_of_asking(house: House) -> None:
    """Other methods, and the address with something behind it, open nothing either."""
    base = f"/episodes/{house.own.ids['episode_id']}/"
    stranger = house.browser("other_therapist", raise_request_exception=False)
    nobody = house.browser("nobody", raise_request_exception=False)
    for method in ("head", "options", "put", "patch", "delete"):
        assert getattr(stranger, method)(base).status_code in (404, 405), method
        assert getattr(nobody, method)(base).status_code in (302, 401), method
    for tail in ("?next=/", "people/?person=x", "records/?q=a", "measures/?measure=ms_phq9"):
        assert stranger.get(base + tail).status_code == 404, tail


def test_an_account_of_a_client_is_no_staff_account(house: House) -> None:
    administrator = house.browser("administrator")
    address = f"/accounts/{house.people['client'].pk}/"
    assert administrator.get(address).status_code == 404
    assert administrator.post(f"{address}password/").status_code == 404
    assert administrator.post(f"{address}active/").status_code == 404


def test_every_page_opens_on_a_course_that_was_changed_over(house: House) -> None:
    """Its records name an area, a strategy and tasks that the new manual does not have."""
    episode, broken = house.own.episode, []
    by = {"by": episode.therapist, "at": make.at_day(7, 2)}
    area = {"problem_area": ["interpersonal_sensitivity"], "agreement": "agree"}
    begun = house.own.sessions["draft"]
    with transaction.atomic():
        make.entry(episode, "rec_formulation", area, session=begun, **by)
        make.entry(episode, "rec_strategy_progress", {"strategy_id": "is_1_link", "status": "started"}, **by)
        given = {"reason": "few sessions", "override_reason": "asked by both"}
        choosing.choose_adaptation(episode=episode, adaptation="ipt_b", **given, **by)
        for route in every_route():
            path = path_of(route, house, house.own)
            for person in ("therapist", "supervisor", "client"):
                answer = asked(house, person, "get", path)
                if answer.status_code >= 500:
                    broken.append((route.name, person))
        transaction.set_rollback(True)
    assert broken == []
