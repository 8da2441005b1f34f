"""One member of a group: seen alone first, then counted in the group's meetings; nothing of the others."""

from __future__ import annotations

import html

import pytest
from tests import factories as make
from tests.web.rooms_world import browser_of, set_clock, text_of

from openipt.core.course.status import course_status
from openipt.core.portable.episode_file import to_file
from openipt.errors import EntryNotValid
from openipt.records import convert
from openipt.records.actions import sessions
from openipt.records.manuals import manual_of
from openipt.records.models import Session

pytestmark = pytest.mark.django_db

NOT_BUILT = "The meeting room for the whole group, with its roster and its round, is not built yet"


@pytest.fixture(autouse=True)
def first_day(monkeypatch: pytest.MonkeyPatch) -> None:
    set_clock(monkeypatch, make.at_day())


@pytest.fixture
def episode():
    made = make.episode(adaptation="ipt_g_who")
    make.session(made)
    return made


def read(browser, address: str) -> str:
    return " ".join(html.unescape(text_of(browser.get(address))).split())


def test_after_the_intake_the_member_is_seen_alone_and_then_the_group_begins(episode) -> None:
    """One press begins what comes next; the two meetings before the group take no number of it."""
    browser, home = browser_of(episode.therapist), f"/episodes/{episode.pk}/"
    listed = read(browser, f"{home}sessions/")
    assert "the individual meeting before the group" in listed and "meeting 1 of the group" in listed
    assert "Begin with the individual meeting before the group" in read(browser, home)
    begin = {"held_on": make.day().isoformat(), "intake": "pre_group"}
    assert browser.post(f"{home}sessions/begin/", begin).status_code == 302
    before = Session.objects.get(episode=episode, phase="pre_group")
    assert (before.number, before.minutes) == (0, 50)
    room = read(browser, f"{home}sessions/{before.pk}/")
    assert "Individual meeting before the group" in room and "The symptoms, item by item" in room
    assert "8 meetings planned" in room and "Begin the group with meeting 1" in read(browser, home)
    began = make.session(episode)
    assert (began.number, began.phase) == (1, "initial")
    assert "Meeting 1 of 8 of the group" in read(browser, f"{home}sessions/{began.pk}/")
    assert "Before them 1 meeting held" in read(browser, f"{home}sessions/")
    refused = browser.post(f"{home}sessions/begin/", begin)
    assert "Session 1 has been held" in text_of(refused)


def test_the_next_meeting_is_one_before_the_group_while_none_was_held(episode) -> None:
    planned = sessions.plan_session(
        episode=episode, planned_at=make.at_day(7), by=episode.therapist, at=make.at_day()
    )
    page = read(browser_of(episode.therapist), f"/episodes/{episode.pk}/sessions/{planned.pk}/")
    assert "Begin the individual meeting before the group" in page
    assert make.session(episode).phase == "pre_group"


def test_a_group_adaptation_says_that_the_room_for_the_group_is_not_there(episode) -> None:
    browser = browser_of(episode.therapist)
    for address in ("/adaptations/ipt_g_who/", f"/episodes/{episode.pk}/"):
        assert NOT_BUILT in read(browser, address)
    assert "the meeting room for the whole group is not built yet" in read(browser, "/clients/new/")
    assert NOT_BUILT not in read(browser, "/adaptations/ipt_acute/")
    choosing = read(browser, f"/episodes/{episode.pk}/course/adaptation/")
    assert "in a group, one member's part: the meeting room for the whole group is not built yet" in choosing


def test_an_episode_holds_one_row_of_the_round(episode) -> None:
    """Law 5: a second member's row is refused at its field, and the words stay in the form."""
    rows = [{"member": "R. T.", "score": 12}, {"member": "M. O.", "score": 15}]
    with pytest.raises(EntryNotValid) as refused:
        make.entry(episode, "rec_group_meeting", {"group": "g", "number": 1, "round": rows})
    assert [fault.path for fault in refused.value.faults] == ["round"]


def test_after_the_last_meeting_of_the_contract_comes_the_booster_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It is entered by a decision or by being held; it has its own length, and the contract stays as it was."""
    made = make.episode(adaptation="rose", planned_sessions=4)
    for week in range(5):
        make.session(made, 7 * week)
    set_clock(monkeypatch, make.at_day(60))
    browser, home = browser_of(made.therapist), f"/episodes/{made.pk}/"
    assert (
        "4 of 4 meetings held" in (listed := read(browser, f"{home}sessions/"))
        and "Booster: 0 of 1 held" in listed
    )
    assert "Go on to “Booster”" in read(browser, home)
    decided = {"decision": "accept", "to": "booster", "reason": "she comes six weeks after the birth"}
    assert browser.post(f"{home}phase/", decided).status_code == 302
    assert "booster to come" in read(browser, home)
    held = make.session(made, 60)
    assert (held.number, held.phase, held.minutes) == (5, "booster", 50)
    room = read(browser, f"{home}sessions/{held.pk}/")
    assert "The booster" in room and "Meeting 5" not in room and "meeting 5" not in room
    assert (
        "4 of 4 meetings held" in (listed := read(browser, f"{home}sessions/"))
        and "Booster: 1 of 1 held" in listed
    )


def test_a_meeting_of_the_ward_s_group_is_planned_held_and_noted_and_moves_no_session() -> None:
    """It is counted within its kind, on every page that says where the course stands."""
    made = make.episode(adaptation="ipt_inp", planned_sessions=15)
    make.session(made)
    first = make.session(made)
    browser, home = browser_of(made.therapist), f"/episodes/{made.pk}/"
    plan = {"kind": "ward_group", "first_on": make.day(7).isoformat(), "first_time": "10:00", "count": "2"}
    plan |= {"every_days": "3", "minutes": "50", "format": "in_person"}
    assert browser.post(f"{home}sessions/plan/", plan).status_code == 302
    assert {s.minutes for s in Session.objects.filter(kind="ward_group")} == {90}
    begun = {"kind": "ward_group", "held_on": make.day().isoformat(), "intake": "yes"}
    assert browser.post(f"{home}sessions/begin/", begun).status_code == 302
    group = Session.objects.get(episode=made, of_kind=1)
    assert (group.number, group.kind, group.phase) == (None, "ward_group", first.phase)
    room = read(browser, f"{home}sessions/{group.pk}/")
    assert "Ward group 1 of 8" in room and "The group on the ward" in room
    assert "session 1 of 15; ward group 1 of 8" in read(browser, home)
    listed = read(browser, f"{home}sessions/")
    assert "1 of 15 sessions held, 0 planned ahead. Beside them ward group 1 of 8." in listed
    assert "Ward group, planned" in listed
    line = {"group": "Ward 4", "number": "1", "leader_note": "listened"}
    saved = browser.post(f"{home}sessions/{group.pk}/tasks/INP-03/0/", line)
    assert saved.status_code == 302, text_of(saved)
    assert "INP-03" in course_status(manual_of(made), convert.course(made), make.day()).done
    note = [{"id": "own-1", "text": "Listened, and said a word.", "edited": True}]
    group.refresh_from_db()
    sessions.save_note(
        session=group,
        blocks=note,
        expected_version=group.note_version,
        by=made.therapist,
        at=make.at_day(0, 2),
    )
    signed = sessions.sign_session(session=group, by=made.therapist, at=make.at_day(0, 3))
    assert signed.is_signed and make.session(made, 1).number == 2
    assert "Ward group 1" in read(browser, f"{home}documents/")
    missed = Session.objects.filter(kind="ward_group", attendance="planned").first()
    sessions.record_absence(session=missed, by=made.therapist, at=make.at_day(7))
    copy = to_file(convert.portable(made, made.therapist, make.day(7)))
    assert [(m["kind"], m["number"]) for m in copy["beside"]] == [
        ("ward_group", 1),
        ("ward_group", None),
        ("ward_group", None),
    ]
