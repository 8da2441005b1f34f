"""Going anywhere by name, and the keys of every room."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests import factories as make
from tests.web.rooms_world import browser_of, set_clock, text_of

import openipt.web
from openipt.records.models import AuditEvent, Role
from openipt.web.keys import PLACES

pytestmark = pytest.mark.django_db
FETCHED = {"x-requested-with": "fetch"}


@pytest.fixture(autouse=True)
def monday(monkeypatch: pytest.MonkeyPatch) -> None:
    set_clock(monkeypatch, make.at_day(8))


def ways(user, address: str = "/go/") -> dict[str, str]:
    html = text_of(browser_of(user).get(address, headers=FETCHED))
    assert "<html" not in html
    return dict(re.findall(r'data-address="([^"]+)".*?find-title">([^<]+)', html))


def test_a_therapist_goes_to_their_clients_and_rooms_and_the_list_is_recorded():
    episode, other = make.episode(), make.episode(name="Somebody Else")
    found = ways(episode.therapist)
    assert found[f"/episodes/{episode.pk}/"] == "Rui Tavares"
    assert {"/today/", "/clients/", "/intake/", "/clients/new/", "/keys/", "/sources/"} <= set(found)
    assert f"/episodes/{other.pk}/" not in found and "Somebody Else" not in found.values()
    event = AuditEvent.objects.get(act="clients-listed")
    assert str(episode.pk) in str(event.detail if hasattr(event, "detail") else vars(event))


def test_the_rooms_of_the_client_at_hand_come_first():
    episode, other = make.episode(), make.episode()
    found = list(ways(episode.therapist, f"/go/?of={episode.pk}"))
    assert found[:3] == [f"/episodes/{episode.pk}/{tail}" for tail in ("", "people/", "timeline/")]
    for wrong in (other.pk, "nobody", ""):
        assert f"/episodes/{episode.pk}/people/" not in ways(episode.therapist, f"/go/?of={wrong}")


@pytest.mark.parametrize("role", [Role.MANAGER, Role.ADMINISTRATOR])
def test_who_reads_no_record_is_told_no_name(role):
    make.episode()
    found = ways(make.staff(role))
    assert not [address for address in found if "/episodes/" in address or "/clients/" in address]
    assert not AuditEvent.objects.filter(act="clients-listed").exists()


def test_an_ended_course_is_not_among_them_and_the_plain_page_is_whole():
    episode, gone = make.episode(), make.episode()
    make.ended(gone)
    html = text_of(browser_of(episode.therapist).get("/go/"))
    assert "<title>Go to · OpenIPT</title>" in html and f'href="/episodes/{episode.pk}/"' in html
    assert f"/episodes/{gone.pk}/" not in html


def test_a_page_turned_to_the_client_has_no_way_to_other_names():
    episode, first = make.active_episode()
    for tail in (f"sessions/{first.pk}/together/", "people/circle/together/", "timeline/together/"):
        html = text_of(browser_of(episode.therapist).get(f"/episodes/{episode.pk}/{tail}"))
        assert "data-palette" not in html, tail


def test_every_key_that_a_room_listens_to_is_written_down():
    """The names of keys in the scripts, held against the page that tells them."""
    told = {name.lower() for place in PLACES for names, _ in place.keys for name in " ".join(names).split()}
    folder = Path(openipt.web.__file__).parent / "static" / "openipt" / "js"
    scripts = "\n".join(path.read_text() for path in folder.glob("*.js"))
    heard = set(re.findall(r'event\.key === "([^"]+)"', scripts)) | set(
        re.findall(
            r'^\s*"?(\w|[+\-\[\]]|Arrow\w+|Home|End|Page\w+|Delete)"?: (?:\(|around|at|0|points|circle|\[)',
            scripts,
            re.M,
        )
    )
    same = {
        "arrowright": "→", "arrowleft": "←", "arrowup": "↑", "arrowdown": "↓", "escape": "esc", "delete": "del",
        "=": "+", "pageup": "page", "pagedown": "page", "ctrl": "ctrl",
    }  # fmt: skip
    left_out = {"shift", "tab"}  # leaving quickly is the client's, told on their pages
    assert len(heard) > 12
    assert {same.get(key.lower(), key.lower()) for key in heard} - left_out - told == set()


def test_the_keys_stand_on_a_page_and_as_a_part():
    user = make.therapist()
    page, part = browser_of(user).get("/keys/"), browser_of(user).get("/keys/", headers=FETCHED)
    for place in PLACES:
        assert place.title in text_of(page) and place.title in text_of(part)
    assert "<html" not in text_of(part)
