"""Meetings further apart, what plays a part, a contract for maintenance, and a course that goes on by another adaptation."""

from __future__ import annotations

import html

import pytest
from tests import factories
from tests.web.rooms_world import browser_of, set_clock, text_of
from tests.web.test_formulation import CONTRACT, WHOLE, get, kept, post

from openipt import library
from openipt.core.course.phases import phase_on
from openipt.core.course.status import course_status
from openipt.records import convert
from openipt.records.actions import episodes
from openipt.records.models import AuditEvent, Episode, PlanEvent, Session

pytestmark = pytest.mark.django_db

SR = library.manual("ipt_sr")
SPACED = {
    "taper-1-meetings": "2",
    "taper-1-frequency": "fortnightly",
    "taper-2-meetings": "2",
    "taper-2-frequency": "monthly",
}
OWN = CONTRACT | {"sessions_planned": "12", "minutes": "50"}
FACTORS = {
    "factors-biological-1": "five hours of sleep",
    "factors-social-1": "two shifts",
    "factors-social-2": "Ruth, who would come",
    "attachment": "asks late",
}


@pytest.fixture(autouse=True)
def monday(monkeypatch: pytest.MonkeyPatch) -> None:
    set_clock(monkeypatch, factories.at_day(1))


@pytest.fixture
def episode() -> Episode:
    return factories.active_episode(adaptation="ipt_sr")[0]


def days_planned(of: Episode) -> list[str]:
    coming = Session.objects.filter(episode=of, number=None).order_by("planned_at")
    return [session.on.isoformat() for session in coming]


# -- further apart -------------------------------------------------------------------------------------


def test_a_contract_is_begun_with_the_manuals_taper_and_its_dates(episode):
    page = text_of(get(episode, "contract/"))
    assert 'name="taper-1-meetings" value="2"' in page and 'name="taper-2-meetings" value="2"' in page
    assert "every two weeks from here" in page and "monthly from here" in page
    assert 'value="2026-05-18"' in page  # eight weekly from 5 January, two fortnightly, two monthly


def test_the_planned_sessions_follow_the_taper_and_those_planned_before_move(episode):
    sent = OWN | SPACED | {"finish": "1", "put_down": "yes", "put_down_at": "14:30"}
    weekly = OWN | {"finish": "1", "put_down": "yes", "put_down_at": "14:30"}
    assert post(episode, "contract/", weekly).status_code == 302
    before = set(Session.objects.filter(episode=episode, number=None).values_list("pk", flat=True))
    assert days_planned(episode)[-1] == "2026-03-23"
    assert "Move what is planned for other days" in text_of(get(episode, "contract/"))
    moved = sent | {"version": "1", "put_down_moved": "yes"}
    assert post(episode, "contract/", moved).status_code == 302
    assert days_planned(episode)[-5:] == [
        "2026-02-23",
        "2026-03-09",
        "2026-03-23",
        "2026-04-20",
        "2026-05-18",
    ]
    assert set(Session.objects.filter(episode=episode, number=None).values_list("pk", flat=True)) == before
    assert "SR-05" in course_status(SR, convert.course(episode), factories.day(1)).done


def test_one_press_spaces_another_number(episode):
    sent = OWN | {"sessions_planned": "8", "end_date": "2026-04-06", "space": "1"}
    page = text_of(post(episode, "contract/", sent))
    assert 'name="taper-1-meetings" value="1"' in page and 'name="taper-2-meetings" value="1"' in page
    assert 'value="2026-03-23"' in page  # the last day follows: six weekly, then two and four weeks later
    assert not kept(episode, "rec_contract")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"taper-1-meetings": "12"}, "These are 14 meetings; 12 are agreed in all."),
        ({"taper-2-from": "2026-03-01"}, "This day is not after the meeting before."),
        ({"taper-1-frequency": ""}, "How often"),
    ],
)
def test_a_taper_that_cannot_be_is_said_at_its_field(episode, wrong, said):
    response = post(episode, "contract/", OWN | SPACED | wrong | {"finish": "1"})
    assert response.status_code == 422 and said in text_of(response)
    assert 'name="taper-1-meetings"' in text_of(response)


def test_an_adaptation_without_taper_shows_none_of_it():
    acute = factories.active_episode()[0]
    for page in ("contract/", "write/", ""):
        text = text_of(get(acute, page))
        assert "taper" not in text and "What plays a part" not in text and "maintenance" not in text


# -- what plays a part ---------------------------------------------------------------------------------


def test_the_diagram_stands_in_the_room_on_paper_and_in_the_plain_words(episode):
    help_map = {"asks_for_help_how": "late, as a joke", "accepts_help_how": "with a gift"}
    factories.entry(episode, "rec_attachment", help_map)
    assert "late, as a joke; with a gift" in text_of(get(episode, "write/"))
    assert post(episode, "write/", WHOLE | {"N": "12"} | FACTORS | {"finish": "1"}).status_code == 302
    (values,) = kept(episode, "rec_formulation")
    assert values["factors"] == {
        "biological": ["five hours of sleep"],
        "social": ["two shifts", "Ruth, who would come"],
    }
    room = text_of(get(episode))
    assert 'class="factors-part factors-social"' in room and "Ruth, who would come" in room
    assert "With people, at home and at work: two shifts; Ruth, who would come." in room
    paper = text_of(browser_of(episode.therapist).get(f"/episodes/{episode.pk}/documents/formulation/"))
    assert "What plays a part" in paper and "asks late" in paper
    story = text_of(browser_of(factories.client_login(episode)).get("/me/story/"))
    assert "In your body" not in story and "What plays a part in your body: five hours of sleep." in story
    assert "In what you believe" not in story  # nothing was named: no gap is left for it
    assert "SR-04" in course_status(SR, convert.course(episode), factories.day(1)).done


def test_two_versions_of_it_are_compared_part_by_part(episode, monkeypatch):
    post(episode, "write/", WHOLE | {"N": "12"} | FACTORS | {"finish": "1"})
    set_clock(monkeypatch, factories.at_day(2))
    later = WHOLE | {"N": "12"} | FACTORS | {"factors-social-1": "one shift", "version": "1", "finish": "1"}
    post(episode, "write/", later)
    entries = episode.entries.filter(record_type="rec_formulation").order_by("order")
    assert len(entries) == 2
    page = text_of(get(episode, f"compare/{entries[0].pk}/{entries[1].pk}/"))
    assert "<h2>Social</h2>" in page and "<del>two</del>" in page and "<ins>one</ins>" in page


# -- a contract for maintenance ------------------------------------------------------------------------


def in_the_ending(of: Episode) -> None:
    episodes.change_phase(
        episode=of, phase="ending", reason="It is time.", by=of.therapist, at=factories.at_day(1)
    )


def test_maintenance_has_a_contract_of_its_own_and_the_acute_plan_stands(episode):
    post(episode, "contract/", OWN | SPACED | {"finish": "1"})
    assert "The contract for maintenance" not in text_of(get(episode))
    in_the_ending(episode)
    assert "The contract for maintenance" in text_of(get(episode))
    page = text_of(get(episode, "contract/?for=maintenance"))
    assert 'value="2026-06-15"' in page and "a day with a shape" in page  # a month after the last meeting
    sent = CONTRACT | {"for": "maintenance", "sessions_planned": "12", "first_date": "2026-06-15"}
    sent |= {"frequency": "monthly", "review_date": "2027-06-14", "signals-1": "no sleep", "finish": "1"}
    assert post(episode, "contract/", sent).status_code == 302
    acute, own = kept(episode, "rec_contract")
    assert own["covers"] == "maintenance" and own["signals"] == ["no sleep"]
    episode.refresh_from_db()
    assert episode.planned_sessions == 12 == convert.course(episode).planned_sessions
    found = course_status(SR, convert.course(episode), factories.day(1))
    assert found.planned_sessions == 12 and "SR-06" in found.done
    room = text_of(get(episode))
    assert "We look at it again on" in room and "14 June 2027" in room
    desk = browser_of(episode.therapist)
    papers = [
        text_of(desk.get(f"/episodes/{episode.pk}/documents/{name}/"))
        for name in ("contract", "maintenance-contract")
    ]
    assert ["14 June 2027" in paper for paper in papers] == [False, True]


def test_the_end_of_the_acute_part_says_no_goodbye(episode):
    page = text_of(browser_of(episode.therapist).get(f"/episodes/{episode.pk}/ending/"))
    assert "End of the acute part" in page and "the door stays open" in page
    assert "oodbye" not in page


# -- another adaptation in the same course ---------------------------------------------------------------


def go_on(of: Episode, **data: str):
    sent = {"adaptation": "ipt_m", "own_sessions": "36", "go_on_reason": "A third episode."} | data
    return browser_of(of.therapist).post(f"/episodes/{of.pk}/course/go-on/", sent)


@pytest.fixture
def at_the_end() -> Episode:
    """The ending phase of acute treatment, one session held."""
    found = factories.active_episode()[0]
    factories.entry(found, "rec_contract", {"sessions_planned": 16, "frequency": "weekly"}, for_task="I13")
    factories.entry(found, "rec_relapse_plan", {"early_signs": ["wakes at four"], "steps": ["ring Ana"]})
    in_the_ending(found)
    return found


def test_a_course_goes_on_in_maintenance_with_its_record_and_the_reason(at_the_end, monkeypatch):
    page = text_of(browser_of(at_the_end.therapist).get(f"/episodes/{at_the_end.pk}/course/"))
    assert "Go on with Maintenance IPT" in page
    assert go_on(at_the_end).status_code == 302
    assert go_on(at_the_end).status_code == 302  # a double press changes nothing more
    at_the_end.refresh_from_db()
    (event,) = PlanEvent.objects.filter(episode=at_the_end)
    assert (event.adaptation_from, event.adaptation_to, event.after_session) == ("ipt_acute", "ipt_m", 1)
    assert event.reason == "A third episode."
    assert at_the_end.adaptation == "ipt_m" and at_the_end.planned_sessions == 37
    assert AuditEvent.objects.filter(act="adaptation-changed", chain=str(at_the_end.pk)).count() == 1
    set_clock(monkeypatch, factories.at_day(8))
    course = convert.course(at_the_end)
    assert phase_on(library.manual("ipt_m"), course, factories.day(8)) == "continuation"
    browser = browser_of(at_the_end.therapist)
    arranged = html.unescape(text_of(browser.get(f"/episodes/{at_the_end.pk}/course/")))
    assert "Goes on as Maintenance IPT: 36 sessions" in arranged and "A third episode." in arranged
    overview = text_of(browser.get(f"/episodes/{at_the_end.pk}/"))
    assert "Maintenance IPT" in overview and "Contract for maintenance" in overview
    assert "wakes at four" in text_of(browser.get(f"/episodes/{at_the_end.pk}/ending/"))
    contract = text_of(browser.get(f"/episodes/{at_the_end.pk}/formulation/contract/"))
    assert 'value="36"' in contract and 'name="taper-1-frequency"' in contract and "wakes at four" in contract


def test_the_first_session_of_it_is_a_continuation_and_its_contract_counts_from_there(
    at_the_end, monkeypatch
):
    go_on(at_the_end)
    set_clock(monkeypatch, factories.at_day(8))
    at_the_end.refresh_from_db()
    second = factories.session(at_the_end, 7)
    assert second.number == 2 and second.phase == "continuation"
    room = text_of(browser_of(at_the_end.therapist).get(f"/episodes/{at_the_end.pk}/sessions/{second.pk}/"))
    assert "Early signs: wakes at four." in room
    sent = CONTRACT | {"sessions_planned": "40", "first_date": "2026-01-12", "frequency": "weekly"}
    assert post(at_the_end, "contract/", sent | {"finish": "1"}).status_code == 302
    at_the_end.refresh_from_db()
    found = course_status(library.manual("ipt_m"), convert.course(at_the_end), factories.day(8))
    assert at_the_end.planned_sessions == found.planned_sessions == 41 and "X01" in found.done


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"go_on_reason": ""}, "Write the reason"),
        ({"own_sessions": "12"}, "32"),
        ({"adaptation": "ipc"}, "Choose"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_changes(at_the_end, wrong, said):
    response = go_on(at_the_end, **wrong)
    assert response.status_code == 422 and said in text_of(response)
    at_the_end.refresh_from_db()
    assert at_the_end.adaptation == "ipt_acute"


def test_before_the_ending_a_course_does_not_go_on():
    early = factories.active_episode()[0]
    assert go_on(early).status_code == 409
    page = text_of(browser_of(early.therapist).get(f"/episodes/{early.pk}/course/"))
    assert "The ending phase of acute treatment has not begun." in page


# -- back to acute treatment -----------------------------------------------------------------------------


def test_acute_treatment_begins_again_in_the_same_course_with_the_reason(at_the_end, monkeypatch):
    go_on(at_the_end)
    set_clock(monkeypatch, factories.at_day(8))
    at_the_end.refresh_from_db()
    factories.session(at_the_end, 7)
    arrangements = f"/episodes/{at_the_end.pk}/course/"
    page = text_of(browser_of(at_the_end.therapist).get(arrangements))
    assert "Back to acute treatment" in page and "wakes at four" in page
    set_clock(monkeypatch, factories.at_day(9))
    back = {"adaptation": "ipt_acute", "own_sessions": "12", "go_on_reason": "Wakes at four again."}
    assert go_on(at_the_end, **(back | {"own_sessions": "40"})).status_code == 422
    for _ in range(2):  # pressed twice
        assert go_on(at_the_end, **back).status_code == 302
    at_the_end.refresh_from_db()
    assert (at_the_end.adaptation, at_the_end.planned_sessions) == ("ipt_acute", 14)
    set_clock(monkeypatch, factories.at_day(14))
    third = factories.session(at_the_end, 14)
    assert (third.number, third.phase) == (3, "initial")
    found = course_status(library.manual("ipt_acute"), convert.course(at_the_end), factories.day(14))
    assert found.remaining == 11 and "I06" in found.due
    browser = browser_of(at_the_end.therapist)
    told = html.unescape(text_of(browser.get(arrangements)))
    assert "Goes on as Individual IPT for depression: 12 sessions" in told and "Wakes at four again." in told
    for room in (
        "",
        f"sessions/{third.pk}/",
        "formulation/contract/",
        "progress/",
        "line/",
        "ending/",
        "sessions/",
    ):
        assert browser.get(f"/episodes/{at_the_end.pk}/{room}").status_code == 200
    sent = CONTRACT | {"sessions_planned": "16", "first_date": "2026-01-19", "finish": "1"}
    assert post(at_the_end, "contract/", sent).status_code == 302
    at_the_end.refresh_from_db()
    assert at_the_end.planned_sessions == 18 == convert.course(at_the_end).plan_changes[-1].planned_sessions


def test_in_acute_treatment_nothing_leads_back(at_the_end):
    page = text_of(browser_of(at_the_end.therapist).get(f"/episodes/{at_the_end.pk}/course/"))
    assert "Back to acute treatment" not in page
    assert go_on(at_the_end, adaptation="ipt_b").status_code == 422
