"""The room in which the circle is drawn, its draft, the people put on it, and circles of the past."""

from __future__ import annotations

import json
from datetime import UTC, datetime, time
from typing import Any
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests import factories
from tests.shared_data import shared
from tests.web.rooms_world import browser_of, set_clock, strangers, text_of

from openipt.cli.course import read_episode
from openipt.core.portable.episode_file import from_file, to_file
from openipt.records import convert
from openipt.records.actions import people
from openipt.records.actions.transfer import import_episode
from openipt.records.models import AuditEvent, DraftKind, DraftText, Entry, EntryVersion, Person
from openipt.web.therapist.circle_add import MORE_SAID, NAMELESS, THERE_ALREADY

pytestmark = pytest.mark.django_db

FETCH = {"x-requested-with": "fetch"}


@pytest.fixture(autouse=True)
def monday(monkeypatch: pytest.MonkeyPatch) -> None:
    set_clock(monkeypatch, factories.at_day(1))


@pytest.fixture
def episode():
    return factories.active_episode()[0]


@pytest.fixture
def browser(episode):
    return browser_of(episode.therapist)


def person(of, label: str, ring: int | None = None, **values: Any) -> str:
    at = factories.at_day()
    code = people.add_person(episode=of, label=label, by=of.therapist, at=at).code
    if ring or values:
        kept = {"person_id": code, "label": label, **values}
        factories.entry(
            of, "rec_inventory_person", {**kept, "closeness_ring_1_3": ring} if ring else kept, at=at
        )
    return code


def at(episode, tail: str = "people/circle/") -> str:
    return f"/episodes/{episode.pk}/{tail}"


def circles(of) -> list[Entry]:
    return list(Entry.objects.filter(episode=of, record_type="rec_closeness_circle").order_by("order"))


def draw(browser, episode, places: dict[str, Any], version: str) -> Any:
    return browser.post(
        at(episode, "people/circle/draft/"), {"value": json.dumps(places), "version": version}, headers=FETCH
    )


def version(browser, episode) -> str:
    return str(browser.get(at(episode), headers=FETCH).json()["version"])


# -- drawing ---------------------------------------------------------------------------------------------


def test_a_drawing_is_saved_as_it_is_moved_and_comes_back(episode, browser):
    rosa = person(episode, "Rosa", 2)
    answer = draw(browser, episode, {rosa: [1, 77]}, version(browser, episode))
    assert answer.status_code == 200
    assert json.loads(answer.json()["drawn"]) == {rosa: [1, 77]}
    assert f'data-code="{rosa}" data-person-ring="1"' in answer.json()["html"]
    assert f'data-code="{rosa}" data-person-ring="1"' in text_of(browser.get(at(episode)))
    assert circles(episode) == [], "a draft is no record"
    assert "is not kept yet" in text_of(browser.get(at(episode, "people/")))
    assert "rosa" not in DraftText.objects.get(episode=episode).text.casefold()


def test_an_act_in_the_drawing_asks_little_of_the_database(episode, browser):
    rosa = person(episode, "Rosa", 2)
    read = version(browser, episode)
    with CaptureQueriesContext(connection) as seen:
        assert draw(browser, episode, {rosa: [1, 77]}, read).status_code == 200
    assert len(seen) <= 44, [query["sql"] for query in seen]


def test_where_somebody_was_dragged_to_goes_into_the_file_and_comes_back(episode, browser):
    rosa = person(episode, "Rosa", 2)
    browser.post(at(episode), {f"ring-{rosa}": "1", f"angle-{rosa}": "77"})
    portable = convert.portable(episode, episode.therapist, factories.day(1))
    again = from_file(json.loads(json.dumps(to_file(portable))))
    (kept,) = (entry for entry in again.entries if entry.record == "rec_closeness_circle")
    assert kept.values["angles"] == [{"person_id": rosa, "angle": 77}]


def test_a_drawing_kept_leaves_no_draft(episode, browser):
    rosa = person(episode, "Rosa", 2)
    draw(browser, episode, {rosa: [1, 77]}, version(browser, episode))
    sent = {f"ring-{rosa}": "1", f"angle-{rosa}": "77", "version": version(browser, episode)}
    assert browser.post(at(episode), sent).status_code == 302
    (kept,) = circles(episode)
    assert kept.payload["angles"] == [{"person_id": rosa, "angle": 77}]
    assert not DraftText.objects.filter(episode=episode).exists()


def test_what_is_no_drawing_is_refused(episode, browser):
    rosa = person(episode, "Rosa", 2)
    for value in (
        "",
        "[]",
        "{",
        '{"a": 1}',
        f'{{"{rosa}": [4, 1]}}',
        f'{{"{rosa}": [true, 1]}}',
        f'{{"{rosa}": [1.0, 1]}}',
        "[" * 100_000,
        f'{{"{rosa}": [1, "x"]}}',
    ):
        answer = browser.post(
            at(episode, "people/circle/draft/"), {"value": value, "version": "0.0.0"}, headers=FETCH
        )
        assert answer.status_code == 422, value
    assert not DraftText.objects.filter(episode=episode).exists()


def test_somebody_of_another_course_gets_into_no_drawing(episode, browser):
    rosa = person(episode, "Rosa", 2)
    stranger = person(factories.active_episode()[0], "Elsewhere", 1)
    answer = draw(browser, episode, {rosa: [1, None], stranger: [1, None]}, version(browser, episode))
    assert json.loads(answer.json()["drawn"]) == {rosa: [1, None]}


def test_two_windows_keep_both_drawings(episode, browser):
    rosa, bento = person(episode, "Rosa", 2), person(episode, "Bento", 2)
    read = version(browser, episode)
    assert draw(browser, episode, {rosa: [1, None], bento: [2, None]}, read).status_code == 200
    second = draw(browser, episode, {rosa: [2, None], bento: [3, None]}, read)
    assert second.status_code == 409
    assert json.loads(second.json()["value"]) == {rosa: [1, None], bento: [2, None]}
    kept = DraftText.objects.get(episode=episode, kind=DraftKind.REFUSED)
    assert json.loads(kept.text)[bento] == [3, None]
    again = draw(browser, episode, {rosa: [2, None], bento: [3, None]}, second.json()["version"])
    assert again.status_code == 200


def test_a_circle_kept_in_another_window_is_shown_beside_ones_own(episode, browser):
    rosa = person(episode, "Rosa", 2)
    read = version(browser, episode)
    assert browser.post(at(episode), {f"ring-{rosa}": "1", "version": read}).status_code == 302
    answer = browser.post(at(episode), {f"ring-{rosa}": "3", "version": read})
    assert answer.status_code == 409
    page = text_of(answer)
    assert "Two drawings of this circle" in page
    assert 'data-person-ring="1"' in page
    assert 'data-person-ring="3"' in page
    assert circles(episode)[0].payload["rings"]["1"] == [rosa], "the one kept stays"
    assert DraftText.objects.filter(episode=episode, kind=DraftKind.REFUSED).count() == 1
    now = version(browser, episode)
    assert browser.post(at(episode), {f"ring-{rosa}": "3", "version": now}).status_code == 302
    (kept,) = circles(episode)
    assert kept.payload["rings"]["3"] == [rosa]
    assert EntryVersion.objects.filter(entry=kept).count() == 1, "the one before is its history"
    assert not DraftText.objects.filter(episode=episode).exists()


def test_a_day_has_one_circle_and_moves_are_since_the_one_before(episode, browser, monkeypatch):
    rosa = person(episode, "Rosa", 2)
    for ring in ("2", "3"):
        browser.post(at(episode), {f"ring-{rosa}": ring, "version": version(browser, episode)})
    assert len(circles(episode)) == 1
    set_clock(monkeypatch, factories.at_day(8))
    for ring in ("1", "2"):
        browser.post(at(episode), {f"ring-{rosa}": ring, "version": version(browser, episode)})
    first, second = circles(episode)
    assert first.payload["rings"]["3"] == [rosa]
    assert second.payload["moves_since_last"] == [{"person_id": rosa, "from": 3, "to": 2}]


def test_who_came_after_the_list_was_made_is_kept_as_drawn(episode, browser):
    rosa, late = person(episode, "Rosa", 2), person(episode, "Late", 3)
    sent = {f"ring-{rosa}": "1", "drawn": json.dumps({rosa: [1, None], late: [3, 20]})}
    assert browser.post(at(episode), {}).status_code == 422, "an empty form places nobody"
    assert browser.post(at(episode), {**sent, "version": version(browser, episode)}).status_code == 302
    assert circles(episode)[0].payload["rings"] == {"1": [rosa], "3": [late]}


def test_opened_from_a_session_one_is_back_there_after_keeping(episode, browser):
    rosa = person(episode, "Rosa", 2)
    session = episode.sessions.get()
    page = text_of(browser.get(f"{at(episode)}?session={session.pk}"))
    back = at(episode, f"sessions/{session.pk}/")
    assert f'name="next" value="{back}"' in page
    answer = browser.post(at(episode), {f"ring-{rosa}": "1", "next": back})
    assert answer["Location"] == back
    elsewhere = browser.post(at(episode), {f"ring-{rosa}": "3", "next": "https://elsewhere.example/"})
    assert elsewhere["Location"] == at(episode, "people/")


def test_giving_up_leads_back_to_the_circle_kept_last(episode, browser):
    rosa = person(episode, "Rosa", 2)
    draw(browser, episode, {rosa: [1, None]}, version(browser, episode))
    assert browser.post(at(episode, "people/circle/again/")).status_code == 302
    assert 'data-person-ring="2"' in text_of(browser.get(at(episode)))


# -- people ----------------------------------------------------------------------------------------------


def add(browser, episode, label: str, ring: str = "2", **more: Any) -> Any:
    return browser.post(
        at(episode, "people/circle/add/"), {"label": label, "ring": ring, **more}, headers=FETCH
    )


def test_a_name_and_a_ring_are_enough(episode, browser):
    code = add(browser, episode, " Inês  Mota ", "1").json()["code"]
    assert Person.objects.get(episode=episode).label == "Inês Mota"
    (entry,) = Entry.objects.filter(episode=episode, record_type="rec_inventory_person")
    assert entry.payload == {"person_id": code, "label": "Inês Mota", "closeness_ring_1_3": 1}
    assert f'data-code="{code}" data-person-ring="1"' in text_of(browser.get(at(episode)))


def test_pressed_twice_it_is_one_person_and_a_name_stands_once(episode, browser, monkeypatch):
    first = add(browser, episode, "Inês").json()
    assert add(browser, episode, "inês").json()["code"] == first["code"]
    set_clock(monkeypatch, factories.at_day(1, 1))
    late = add(browser, episode, "Inês")
    assert late.status_code == 422
    assert late.json()["message"] == THERE_ALREADY
    assert add(browser, episode, "  ").json()["message"] == NAMELESS
    assert add(browser, episode, "x" * 121).status_code == 422
    assert Person.objects.filter(episode=episode).count() == 1


def test_without_script_a_fault_stands_at_the_name(episode, browser):
    answer = browser.post(at(episode, "people/circle/add/"), {"label": "", "ring": "3"})
    assert answer.status_code == 422
    assert text_of(answer).count(NAMELESS) >= 2
    done = browser.post(at(episode, "people/circle/add/"), {"label": "Nuno", "ring": "3"})
    assert done["Location"] == at(episode)


def take_back(browser, episode, code: str) -> Any:
    return browser.post(at(episode, "people/circle/take-back/"), {"person": code}, headers=FETCH)


def test_adding_undone_withdraws_the_record_and_keeps_it(episode, browser):
    code = add(browser, episode, "Inês").json()["code"]
    assert take_back(browser, episode, code).status_code == 200
    assert take_back(browser, episode, code).status_code == 200, "twice is once"
    entry = Entry.objects.get(episode=episode, record_type="rec_inventory_person")
    assert entry.state == "withdrawn"
    assert entry.payload["label"] == "Inês"
    assert Person.objects.get(episode=episode).withdrawn_at is not None
    assert code not in text_of(browser.get(at(episode)))
    assert add(browser, episode, "Inês").status_code == 200


def test_somebody_of_whom_more_was_said_stays(episode, browser):
    code = person(episode, "Rosa", 2, change_wanted="a call")
    answer = take_back(browser, episode, code)
    assert answer.status_code == 409
    assert MORE_SAID in text_of(answer)
    assert Person.objects.get(episode=episode).withdrawn_at is None
    assert take_back(browser, episode, "p_nobody").status_code == 404


def say_more(browser, episode, code: str, **fields: Any) -> Any:
    return browser.post(
        at(episode, "people/circle/person/"), {"person": code, **fields}, headers={"hx-request": "true"}
    )


def shown(browser, episode, code: str, tail: str = "people/circle/") -> str:
    return text_of(browser.get(f"{at(episode, tail)}?person={code}", headers={"hx-request": "true"}))


def test_only_what_is_new_is_written_down(episode, browser):
    code = person(episode, "Rosa", 2, relation="mother", conflict_0_10=7, change_wanted="a call")
    known = {"label": "Rosa", "relation": "mother", "conflict_0_10": "7", "change_wanted": "a call"}
    answer = say_more(browser, episode, code, **known)
    assert "Nothing new to save." in text_of(answer)
    answer = say_more(browser, episode, code, **{**known, "conflict_0_10": "3"})
    assert answer["HX-Trigger"] == "openipt:person-saved"
    rows = Entry.objects.filter(episode=episode, record_type="rec_inventory_person").order_by("order")
    assert rows.count() == 2, "yesterday's record stays as it was"
    assert rows.last().payload == {"person_id": code, "label": "Rosa", "conflict_0_10": 3}


def test_what_is_said_on_one_day_joins_one_record_and_two_windows_see_both(episode, browser):
    code = person(episode, "Rosa", 2)
    say_more(browser, episode, code, label="Rosa", change_wanted="a call")
    entry = Entry.objects.filter(episode=episode).order_by("order").last()
    read = f"{entry.pk}:{entry.version}"
    both = {"label": "Rosa", "change_wanted": "a call", "record_version": read}
    assert "Saved." in text_of(say_more(browser, episode, code, **both, satisfying="she listens"))
    late = say_more(browser, episode, code, **both, unsatisfying="she is far")
    assert late.status_code == 409
    for words in ("she listens", "she is far", "Somebody else saved first"):
        assert words in text_of(late)
    entry.refresh_from_db()
    assert entry.payload["satisfying"] == "she listens"


def test_a_name_written_wrong_is_mended_everywhere(episode, browser):
    code = person(episode, "Rossa", 2)
    say_more(browser, episode, code, label="Rosa", relation="mother")
    row = Person.objects.get(episode=episode)
    assert (row.label, row.relation) == ("Rosa", "mother")
    assert "Rosa" in text_of(browser.get(at(episode)))


def test_a_fault_comes_back_with_what_was_typed(episode, browser):
    code = person(episode, "Rosa", 2)
    answer = say_more(browser, episode, code, label="Rosa", conflict_0_10="11", change_wanted="a call")
    assert answer.status_code == 422
    assert "a call" in text_of(answer)
    assert say_more(browser, episode, "p_nobody", label="x").status_code == 404


def test_the_turned_screen_holds_nothing_of_safety_and_loses_nothing_of_it(episode, browser):
    code = person(episode, "Vasco", 2, safety_concern=True)
    assert "safety concern" in text_of(browser.get(at(episode)))
    for page in (
        text_of(browser.get(at(episode, "people/circle/together/"))),
        shown(browser, episode, code, "people/circle/together/"),
        text_of(browser.get(f"{at(episode, 'people/circle/together/')}?person={code}")),
        text_of(say_more(browser, episode, code, turned="1", label="Vasco", change_wanted="quiet")),
    ):
        assert "Vasco" in page
        assert "afety" not in page
        assert "Danger" not in page
    wrong = browser.post(
        at(episode, "people/circle/person/"), {"person": code, "turned": "1", "conflict_0_10": "11"}
    )
    assert wrong.status_code == 422
    assert "afety" not in text_of(wrong)
    rows = Entry.objects.filter(episode=episode, record_type="rec_inventory_person").order_by("order")
    assert "safety_concern" not in rows.last().payload
    assert rows.first().payload["safety_concern"] is True
    assert "safety concern" in text_of(browser.get(at(episode)))


# -- circles of the past ---------------------------------------------------------------------------------


@pytest.fixture
def course(episode):
    """Two circles: Bento came closer, Iris went, Teo came; Rosa has died in between."""
    rosa, bento, iris, teo = (person(episode, name) for name in ("Rosa", "Bento", "Iris", "Teo"))
    for day, rings in (
        (0, {"1": [rosa], "2": [bento], "3": [iris]}),
        (7, {"1": [rosa, bento], "2": [], "3": [teo]}),
    ):
        factories.entry(
            episode, "rec_closeness_circle", {"rings": rings, "empty_rings": []}, at=factories.at_day(day)
        )
    factories.entry(
        episode, "rec_inventory_person", {"person_id": rosa, "alive": False}, at=factories.at_day(7)
    )
    return episode


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> None:
    set_clock(monkeypatch, factories.at_day(9))


def test_every_circle_stands_in_words_and_marks_as_they_were_known(course, browser, later):
    page = text_of(browser.get(at(course, "people/circles/")))
    for words in ("5 January 2026", "12 January 2026", "Bento moved closer", "Empty: middle ring."):
        assert words in page
    first, second = page.split("<template")[1:3]
    assert "has died" not in first
    assert "has died" in second
    entry = circles(course)[0]
    asked = text_of(browser.get(f"{at(course, 'people/circles/')}?circle={entry.pk}"))
    assert 'data-now="0"' in asked


@pytest.mark.parametrize("case", ["rt-closed-branch", "rd-silent-house", "gr-missed-call", "ipc-new-town"])
def test_the_circles_of_a_worked_case_are_replayed(case, monkeypatch):
    """As many as the case holds, each with everybody in their ring; two of them beside each other."""
    portable = read_episode(str(shared(f"cases/{case}.json")))
    therapist = factories.therapist()
    taken = import_episode(
        portable=portable, therapist=therapist, by=factories.OPERATOR, at=datetime.now(UTC)
    )
    held = [meeting.on for meeting in portable.course().held]
    set_clock(monkeypatch, datetime.combine(held[-1], time(21), UTC))
    browser = browser_of(therapist)
    page = text_of(browser.get(at(taken, "people/circles/")))
    told = [entry.values["rings"] for entry in portable.entries if entry.record == "rec_closeness_circle"]
    code_of = {person.label: person.code for person in taken.people.all()}  # ids of a file are not kept
    label_of = {person.id: person.label for person in portable.people}
    shown = page.split("<template")[1:]
    assert len(shown) == len(told)
    for rings, frame in zip(told, shown, strict=True):
        for ring, people_in_it in rings.items():
            for code in (code_of[label_of[one]] for one in people_in_it):
                assert frame.count(f'data-code="{code}" data-person-ring="{ring}"') == 2, (code, ring)
    assert browser.get(at(taken, "people/")).status_code == 200
    assert browser.get(at(taken)).status_code == 200
    if case == "rt-closed-branch":
        compared = text_of(browser.get(at(taken, "people/circles/compare/")))
        assert "from the middle ring to the inner ring" in compared
        assert "into the middle ring" in compared


def test_two_beside_each_other_say_who_and_how(course, browser, later):
    page = text_of(browser.get(at(course, "people/circles/compare/")))
    for words in (
        "Bento, from the middle ring to the inner ring",
        "Teo, into the outer ring",
        "Iris, from the outer ring",
        "circle-trace",
    ):
        assert words in page
    first, second = (str(entry.pk) for entry in circles(course))
    turned = text_of(
        browser.get(f"{at(course, 'people/circles/compare/')}?before={second}&after={first}&x=%00")
    )
    assert turned.index("5 January 2026") < turned.index("12 January 2026"), "the earlier one stands first"
    assert browser.get(f"{at(course, 'people/circles/compare/')}?before=nothing").status_code == 200


@pytest.mark.parametrize(
    ("names", "there", "not_there"),
    [("names", ("Bento", "Rosa"), ()), ("initials", ("B.", "R."), ("Bento",)), ("none", (), ("Bento", "B."))],
)
def test_a_drawing_taken_along_is_whole_and_says_no_more_than_asked_for(
    course, browser, later, names, there, not_there
):
    entry = circles(course)[1]
    answer = browser.get(f"{at(course, 'people/circles/')}{entry.pk}/svg/?names={names}")
    assert answer["Content-Disposition"] == 'attachment; filename="circle-2026-01-12.svg"'
    drawing = ElementTree.fromstring(answer.content)
    words = [found.text for found in drawing.iter("{http://www.w3.org/2000/svg}text")]
    assert all(word in words for word in there)
    assert not any(word in words for word in not_there)
    assert course.client.name not in text_of(answer)
    assert "class=" not in text_of(answer), "its colours are in it"
    assert AuditEvent.objects.filter(chain=str(course.pk), act="document-printed").count() == 1


def test_a_drawing_taken_along_holds_no_concern_about_safety(episode, browser, later):
    code = person(episode, "Vasco", 2, safety_concern=True)
    factories.entry(episode, "rec_closeness_circle", {"rings": {"1": [code], "2": [], "3": []}})
    answer = browser.get(f"{at(episode, 'people/circles/')}{circles(episode)[0].pk}/svg/")
    assert "Vasco" in text_of(answer)
    assert "afety" not in text_of(answer)
    assert "M0 -6" not in text_of(answer)


def test_a_picture_of_it_is_a_picture(course, browser, later):
    entry = circles(course)[0]
    answer = browser.get(f"{at(course, 'people/circles/')}{entry.pk}/png/")
    assert answer["Content-Type"] == "image/png"
    assert answer.content.startswith(b"\x89PNG")
    assert int.from_bytes(answer.content[16:20]) == 1360
    assert answer["Content-Disposition"] == 'attachment; filename="circle-2026-01-05.png"'


def test_another_record_is_no_drawing(course, browser, later):
    entry = Entry.objects.filter(episode=course, record_type="rec_inventory_person").first()
    assert browser.get(f"{at(course, 'people/circles/')}{entry.pk}/svg/").status_code == 404


def test_a_supervisor_sees_the_course_and_draws_nothing(course, later):
    browser = browser_of(factories.supervised(course.therapist))
    entry = circles(course)[0]
    for tail in ("people/", "people/circles/", "people/circles/compare/", f"people/circles/{entry.pk}/svg/"):
        assert browser.get(at(course, tail)).status_code == 200, tail
    for tail in ("people/circle/", "people/circle/together/"):
        assert browser.get(at(course, tail)).status_code == 404, tail
    assert draw(browser, course, {}, "0.0.0").status_code == 404
    assert add(browser, course, "Nobody").status_code == 404


def test_nobody_else_sees_it(course, later):
    entry = circles(course)[0]
    client = factories.client_login(course)
    for user in (*strangers(), factories.covered(course.therapist), client):
        browser = browser_of(user)
        for tail in ("people/circle/", "people/circles/", f"people/circles/{entry.pk}/png/"):
            answer = browser.get(at(course, tail))
            assert answer.status_code in (302, 403, 404), (user.role, tail)
            assert "Bento" not in answer.content.decode()


def test_an_empty_course_says_what_will_be_here(episode, browser):
    for tail in ("people/circles/", "people/circles/compare/"):
        assert "No circle has been kept yet" in text_of(browser.get(at(episode, tail)))
    assert "a name is enough" in text_of(browser.get(at(episode)))
