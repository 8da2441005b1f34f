"""My people: the client's own circle. Drawn, kept as a version, said more of; and the second lock, attacked."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.test import Client
from tests import factories as make
from tests.web.rooms_world import browser_of, set_clock, text_of
from tests.web.test_second_lock import CHANGING, SECOND, agreed

from openipt.records.actions import people
from openipt.records.models import DraftText, Entry, EntryVersion, Episode, Person, User

pytestmark = pytest.mark.django_db

NOW = make.at_day(7, 1)
FETCH = {"x-requested-with": "fetch"}
HOME = "/me/people/"
QUARREL = "circle-person circle-conflict"
MARKER = "Zebulon"  # stands in every word about the person whom nobody may find
PLACES = re.compile(r'data-code="(\w+)"[^>]*?data-angle="(\d+)" transform="([^"]*)"')


@pytest.fixture(autouse=True)
def at_a_set_time(monkeypatch: pytest.MonkeyPatch) -> None:
    set_clock(monkeypatch, NOW)


@pytest.fixture
def episode() -> Episode:
    return make.active_episode()[0]


@pytest.fixture
def login(episode: Episode) -> User:
    return make.client_login(episode)


def person(of: Episode, label: str, relation: str = "", code: str = "", **values: Any) -> str:
    by, at = of.therapist, make.at_day()
    made = people.add_person(episode=of, label=label, relation=relation, code=code, by=by, at=at)
    if values:
        make.entry(of, "rec_inventory_person", {"person_id": made.code, **values}, final=True)
    return made.code


def circle(of: Episode, *rings: list[str], day: int = 0, **more: Any) -> Entry:
    values = {"rings": {str(ring): codes for ring, codes in enumerate(rings, start=1)}, **more}
    return make.entry(of, "rec_closeness_circle", values, at=make.at_day(day))


@pytest.fixture
def three(episode: Episode) -> dict[str, str]:
    """Rosa near, the dangerous one in the middle, Iris outside; the lock agreed."""
    rosa = person(episode, "Rosa", "sister", support_type=["emotional"])
    zeb = person(
        episode,
        MARKER,
        "husband",
        "p_zeb",
        safety_concern=True,
        unsatisfying=f"{MARKER} shouts",
        conflict_0_10=9,
    )
    iris = person(episode, "Iris", "friend", unsatisfying=f"She keeps asking about {MARKER}")
    circle(episode, [rosa], [zeb], [iris], angles=[{"person_id": zeb, "angle": 33}])
    make.client_login(episode)
    agreed(episode)
    return {"rosa": rosa, "zeb": zeb, "iris": iris}


def through(of: Episode, password: str = make.PASSWORD) -> Client:
    browser = Client()
    browser.post("/me/login/", {"username": of.client.user.username, "password": password})
    return browser


def seen(browser: Client, address: str = HOME) -> str:
    answer = browser.get(address)
    assert answer.status_code == 200
    return CHANGING.sub("", text_of(answer))


def drawn(browser: Client) -> dict[str, list[int | None]]:
    return json.loads(browser.get(HOME, headers=FETCH).json()["drawn"])


def keep(browser: Client, **rings: int | None) -> Any:
    room = browser.get(HOME, headers=FETCH).json()
    now = json.loads(room["drawn"])
    sent = {f"ring-{code}": str(rings.get(code, ring) or "") for code, (ring, _) in now.items()}
    return browser.post(HOME, {"version": room["version"], "drawn": room["drawn"], **sent})


def circles(of: Episode) -> list[Entry]:
    return list(Entry.objects.filter(episode=of, record_type="rec_closeness_circle").order_by("order"))


def rings(entry: Entry) -> dict[str, list[str]]:
    return {"1": [], "2": [], "3": []} | entry.payload["rings"]


# -- the room ----------------------------------------------------------------------------------------------


def test_an_empty_circle_says_how_to_begin(episode, login) -> None:
    page = seen(browser_of(login))
    assert "Nobody stands here yet" in page and "<title>My people · My notes</title>" in page
    assert HOME in seen(browser_of(login), "/me/")


def test_a_circle_kept_is_the_clients_and_the_therapist_sees_who_moved(episode, login) -> None:
    rosa, iris = person(episode, "Rosa"), person(episode, "Iris")
    circle(episode, [rosa], [], [iris])
    browser = browser_of(login)
    assert keep(browser, **{iris: 1}).status_code == 302
    first, mine = circles(episode)
    assert (mine.by_role, mine.shared, mine.on, mine.by) == ("client", True, NOW.date(), login)
    assert rings(mine) == {"1": [rosa, iris], "2": [], "3": []} and rings(first)["3"] == [iris]
    assert mine.payload["moves_since_last"] == [{"person_id": iris, "from": 3, "to": 1}]
    desk = text_of(browser_of(episode.therapist).get(f"/episodes/{episode.pk}/people/"))
    assert "Iris moved closer" in desk and "client" in desk.split("Iris moved closer")[0].lower()
    page = seen(browser)
    assert "kept by you" in page and "Iris moved closer, from the outer ring to the inner ring." in page
    keep(browser)
    assert len(circles(episode)) == 2 and not EntryVersion.objects.exists()
    keep(browser, **{rosa: 2})
    assert len(circles(episode)) == 2 and EntryVersion.objects.filter(entry=mine).count() == 1


def test_what_is_moved_is_saved_at_once_and_comes_back(episode, login) -> None:
    rosa = person(episode, "Rosa")
    browser = browser_of(login)
    version = browser.get(HOME, headers=FETCH).json()["version"]
    sent = {"value": json.dumps({rosa: [2, 40], "p_nobody": [1, 1]}), "version": version}
    assert browser.post(f"{HOME}draft/", sent, headers=FETCH).status_code == 200
    assert drawn(browser) == {rosa: [2, 40]} and not circles(episode)
    again = browser.post(f"{HOME}draft/", {**sent, "value": json.dumps({rosa: [3, 40]})}, headers=FETCH)
    assert again.status_code == 409 and drawn(browser) == {rosa: [2, 40]}
    assert browser.post(f"{HOME}draft/", {"value": "[", "version": version}, headers=FETCH).status_code == 422
    browser.post(f"{HOME}again/")
    assert drawn(browser) == {rosa: [None, None]}


def test_two_who_keep_a_circle_lose_none(episode, login) -> None:
    rosa = person(episode, "Rosa")
    browser = browser_of(login)
    room = browser.get(HOME, headers=FETCH).json()
    circle(episode, [], [], [rosa], day=6)
    sent = {"version": room["version"], f"ring-{rosa}": "1"}
    answer = browser.post(HOME, sent)
    assert answer.status_code == 409 and "Two drawings of this circle" in text_of(answer)
    assert len(circles(episode)) == 1 and DraftText.objects.get(kind="refused").user == login
    version = re.search(r'name="version" value="([^"]*)"', text_of(answer))[1]
    assert browser.post(HOME, {**sent, "version": version}).status_code == 302
    assert rings(circles(episode)[-1])["1"] == [rosa]


def test_somebody_is_added_by_a_name_and_taken_back(episode, login) -> None:
    browser = browser_of(login)
    code = browser.post(f"{HOME}add/", {"label": " Aunt  Ida ", "ring": "1"}, headers=FETCH).json()["code"]
    assert browser.post(f"{HOME}add/", {"label": "aunt ida"}, headers=FETCH).json()["code"] == code
    assert browser.post(f"{HOME}add/", {"label": " "}, headers=FETCH).status_code == 422
    named = Entry.objects.get(record_type="rec_inventory_person")
    assert (named.by_role, named.payload["label"]) == ("client", "Aunt Ida")
    assert browser.post(f"{HOME}take-back/", {"person": code}, headers=FETCH).status_code == 200
    assert Person.objects.get().withdrawn_at == NOW and drawn(browser) == {}
    browser.post(f"{HOME}add/", {"label": "Ida", "ring": "1"})
    (ida,) = drawn(browser)
    assert drawn(browser)[ida] == [1, None]
    keep(browser)
    assert browser.post(f"{HOME}take-back/", {"person": ida}, headers=FETCH).status_code == 409


def test_own_words_are_kept_for_oneself_until_they_are_shared(episode, login) -> None:
    rosa = person(episode, "Rosa", "sister", satisfying="We laugh", safety_concern=False)
    browser = browser_of(login)
    panel = text_of(browser.get(f"{HOME}?person={rosa}", headers={"hx-request": "true"}))
    assert "We laugh" in panel and "<html" not in panel and "What they are to me" in panel
    sent = {"person": rosa, "relation": "my anchor", "satisfying": "She listens", "record_version": ""}
    answer = browser.post(f"{HOME}person/", sent, headers={"hx-request": "true"})
    assert answer.status_code == 200, text_of(answer)
    assert answer["HX-Trigger"] == "openipt:person-saved" and "She listens" in text_of(answer)
    mine = Entry.objects.get(record_type="rec_inventory_person", by_role="client")
    assert mine.payload == {"person_id": rosa, "relation": "my anchor", "satisfying": "She listens"}
    desk = browser_of(episode.therapist)
    assert "my anchor" not in text_of(desk.get(f"/episodes/{episode.pk}/people/"))
    later = sent | {"shared": "yes", "satisfying": "We sing"}
    assert "otherwise" in text_of(browser.post(f"{HOME}person/", later))  # an old page: both are shown
    browser.post(f"{HOME}person/", later | {"record_version": f"{mine.pk}:1"})
    assert "my anchor" in text_of(desk.get(f"/episodes/{episode.pk}/people/"))
    mine.refresh_from_db()
    assert mine.payload["satisfying"] == "We sing" and mine.shared


def test_nothing_of_safety_and_no_private_word_is_on_it(episode, login) -> None:
    """The record definitions say which fields a client sees; who is a concern is none of them."""
    rosa = person(episode, "Rosa", code="p_r0sa", expectations_client="A call a week")
    make.entry(episode, "rec_inventory_person", {"person_id": rosa, "safety_concern": True}, final=True)
    circle(episode, [rosa], [], [])
    agreed(episode)
    behind = through(episode, SECOND)
    page = seen(behind, f"{HOME}?person={rosa}")
    assert "A call a week" in page and "concern" not in page.lower() and "circle-safety" not in page


# -- the second lock ---------------------------------------------------------------------------------------


def test_no_byte_of_the_ordinary_page_tells_of_them(episode, three) -> None:
    browser, behind = through(episode), through(episode, SECOND)
    for address in (HOME, f"{HOME}?person={three['zeb']}", f"{HOME}?person={three['iris']}"):
        page = seen(browser, address)
        assert MARKER not in page and three["zeb"] not in page and "lock" not in page.replace("clock", "")
        assert "Rosa" in page and QUARREL not in page
    assert set(drawn(browser)) == {three["rosa"], three["iris"]}
    assert set(drawn(behind)) == set(three.values()) and MARKER in seen(behind)
    for tail, sent in (("person/", {}), ("take-back/", {}), ("move/", {"behind": "no"})):
        assert browser.post(f"{HOME}{tail}", {"person": three["zeb"], **sent}).status_code == 404


def test_the_drawing_is_that_of_a_life_without_them(episode, three) -> None:
    """The same people, drawn in an episode that never knew the hidden one, lie in the same places."""
    other, _ = make.active_episode()
    make.client_login(other)
    rosa = person(other, "Rosa", "sister", support_type=["emotional"])
    iris = person(other, "Iris", "friend")
    circle(other, [rosa], [], [iris])

    def places(of: Episode, **names: str) -> list[tuple[str, ...]]:
        called = {code: name for name, code in names.items()}
        found = PLACES.findall(text_of(through(of).get(HOME)))
        return [(called[code], angle, where) for code, angle, where in found]

    with_them = places(episode, rosa=three["rosa"], iris=three["iris"])
    assert with_them == places(other, rosa=rosa, iris=iris) and len(with_them) == 4
    empty = re.compile(r"Empty: ([^.<]*)")
    assert empty.findall(seen(through(episode))) == empty.findall(seen(through(other))) == ["middle ring"]


def test_what_happens_behind_changes_no_letter_before_it(episode, three) -> None:
    before = seen(through(episode))
    behind = through(episode, SECOND)
    keep(behind, **{three["zeb"]: 3})
    room = behind.get(HOME, headers=FETCH).json()
    moved = {**json.loads(room["drawn"]), three["rosa"]: [3, 10]}
    behind.post(f"{HOME}draft/", {"value": json.dumps(moved), "version": room["version"]}, headers=FETCH)
    behind.post(f"{HOME}add/", {"label": "Shelter Anna", "ring": "1"}, headers=FETCH)
    behind.post(f"{HOME}person/", {"person": three["rosa"], "satisfying": f"She knows about {MARKER}"})
    assert [entry.by_role for entry in circles(episode)] == ["therapist", "client"]
    assert seen(through(episode)) == before
    assert "Shelter Anna" in seen(behind)


def test_a_circle_kept_on_the_ordinary_page_keeps_those_it_does_not_show(episode, three) -> None:
    browser = through(episode)
    keep(browser, **{three["iris"]: 1})
    kept = circles(episode)[-1].payload
    assert rings(circles(episode)[-1]) == {"1": [three["rosa"], three["iris"]], "2": [three["zeb"]], "3": []}
    assert kept["angles"] == [{"person_id": three["zeb"], "angle": 33}]
    assert kept["moves_since_last"] == [{"person_id": three["iris"], "from": 3, "to": 1}]
    forged = {**drawn(browser), three["zeb"]: [None, None]}
    version = browser.get(HOME, headers=FETCH).json()["version"]
    sent = {
        "version": version,
        "drawn": json.dumps(forged),
        f"ring-{three['zeb']}": "",
        f"ring-{three['rosa']}": "3",
    }
    browser.post(HOME, sent)
    assert rings(circles(episode)[-1])["2"] == [three["zeb"]]
    assert MARKER not in seen(browser)
    covered = text_of(browser_of(episode.therapist).get(f"/episodes/{episode.pk}/safety/second-lock/"))
    assert "Closeness circle" not in covered  # it stands on both, here without them


def test_a_circle_moved_behind_meanwhile_is_no_conflict_on_the_ordinary_page(episode, three) -> None:
    browser = through(episode)
    room = browser.get(HOME, headers=FETCH).json()
    keep(through(episode, SECOND), **{three["zeb"]: 1})
    sent = {"version": room["version"], f"ring-{three['rosa']}": "2", f"ring-{three['iris']}": "3"}
    assert browser.post(HOME, sent).status_code == 302
    assert rings(circles(episode)[-1]) == {"1": [three["zeb"]], "2": [three["rosa"]], "3": [three["iris"]]}


def test_their_name_can_be_added_as_if_nobody_had_it(episode, three) -> None:
    """He sits down, misses himself and adds himself: the page does what it does for any other name."""
    browser = through(episode)
    code = browser.post(f"{HOME}add/", {"label": MARKER, "ring": "1"}, headers=FETCH).json()["code"]
    assert code != three["zeb"] and code in drawn(browser)
    assert keep(browser, **{code: 1}).status_code == 302
    kept = rings(circles(episode)[-1])
    assert three["zeb"] in kept["2"] and code in kept["1"]
    assert three["zeb"] not in seen(browser) and "shouts" not in seen(browser)


def test_people_are_moved_behind_and_out_again_by_the_client_alone(episode, three) -> None:
    browser, behind = through(episode), through(episode, SECOND)
    behind.post(f"{HOME}move/", {"person": three["rosa"], "behind": "yes"})
    assert "Rosa" not in seen(browser) and "Rosa" in seen(behind)
    assert "Iris" in seen(browser)
    behind.post(f"{HOME}move/", {"person": three["zeb"], "behind": "no"})
    page = seen(browser)
    assert MARKER in page and "shouts" not in page and QUARREL not in page
    behind.post(f"{HOME}move/", {"person": three["zeb"], "behind": "yes"})
    behind.post(f"{HOME}move/", {"person": three["rosa"], "behind": "no"})
    assert MARKER not in seen(browser) and "Rosa" in seen(browser)


def test_words_written_behind_never_join_those_of_the_ordinary_page(episode, three) -> None:
    browser, behind = through(episode), through(episode, SECOND)
    of = {"person": three["rosa"]}
    browser.post(f"{HOME}person/", {**of, "satisfying": "We walk"})
    behind.post(f"{HOME}person/", {**of, "satisfying": "We walk", "unsatisfying": f"She pities {MARKER}"})
    page, whole = (seen(one, f"{HOME}?person={three['rosa']}") for one in (browser, behind))
    assert "We walk" in page and "pities" not in page and MARKER not in page
    assert "We walk" in whole and "pities" in whole
    ordinary = Entry.objects.get(record_type="rec_inventory_person", by_role="client", behind_lock=None)
    assert ordinary.payload == {"person_id": three["rosa"], "satisfying": "We walk"}


def test_without_a_lock_whom_the_client_named_stays_and_what_clinicians_wrote_goes(episode, login) -> None:
    browser = browser_of(login)
    browser.post(f"{HOME}add/", {"label": "Tom", "ring": "2"})
    tom = Person.objects.get().code
    zeb = person(episode, MARKER, safety_concern=True, unsatisfying=f"{MARKER} shouts")
    make.entry(episode, "rec_inventory_person", {"person_id": tom, "safety_concern": True}, final=True)
    page = seen(browser)
    assert "Tom" in page and MARKER not in page and zeb not in page


def test_while_nobody_is_named_whom_the_client_adds_stays(episode, login) -> None:
    """A positive screen that names nobody leaves out everybody at home, never who has just been added."""
    person(episode, MARKER, "husband")
    make.entry(episode, "rec_ipv_screen", {"alone_confirmed": True, "positive": True})
    agreed(episode)
    browser = through(episode)
    assert MARKER not in seen(browser)
    browser.post(f"{HOME}add/", {"label": "Ida", "ring": "1"}, headers=FETCH)
    assert "Ida" in seen(browser)
