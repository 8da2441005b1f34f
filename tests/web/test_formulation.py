"""The Formulation room: areas rated apart, issues in order, the paragraph and the contract."""

from __future__ import annotations

import pytest
from tests import factories
from tests.web.rooms_world import browser_of, set_clock, strangers, text_of

from openipt.core.course.phases import planned_sessions
from openipt.records import convert
from openipt.records.actions import people
from openipt.records.models import Alert, Entry, Episode

pytestmark = pytest.mark.django_db

A = {"f_link": 3, "f_priority": 2, "f_severity": 3, "f_affect": 2, "f_change": 2, "f_safety": 0}
B = {"f_link": 1, "f_priority": 3, "f_severity": 2, "f_affect": 3, "f_change": 1, "f_safety": 0}
CLOSE = {**A, "f_priority": 1, "f_severity": 2}
WHOLE = {
    "name": "Rui",
    "disorder": "depression",
    "onset": "November 2025",
    "event": "the branch closed",
    "person": "the team",
    "event_area": "finding a new role",
    "N": "16",
    "problem_area": "role_transition",
    "goals-1": "a day with a shape",
    "goals-2": "see friends",
    "agreement": "agree",
    "date": "2026-01-06",
}
CONTRACT = {
    "focus": "role_transition",
    "goals-1-text": "a day with a shape",
    "sessions_planned": "14",
    "first_date": "2026-01-05",
    "frequency": "weekly",
    "minutes": "50",
    "signed_by-1": "client",
}


@pytest.fixture(autouse=True)
def monday(monkeypatch: pytest.MonkeyPatch) -> None:
    set_clock(monkeypatch, factories.at_day(1))


@pytest.fixture
def episode() -> Episode:
    return factories.active_episode()[0]


def issue(of: Episode, name: str, text: str, factors: dict, area: str = "role_dispute") -> Entry:
    values = {"id": name, "text": text, "area": area, "factors": factors, "evidence": {"f_link": "said so"}}
    return factories.entry(of, "rec_issue", values)


def get(of: Episode, tail: str = "", user=None):
    return browser_of(user or of.therapist).get(f"/episodes/{of.pk}/formulation/{tail}")


def post(of: Episode, tail: str, data: dict, user=None):
    return browser_of(user or of.therapist).post(f"/episodes/{of.pk}/formulation/{tail}", data)


def kept(of: Episode, record: str) -> list[dict]:
    rows = Entry.objects.filter(episode=of, record_type=record).order_by("order")
    return [entry.payload for entry in rows]


# -- the room ----------------------------------------------------------------------------------------


def test_it_begins_empty_and_says_what_will_be_here(episode):
    page = text_of(get(episode))
    for words in (
        "No formulation yet",
        "Nothing is agreed yet",
        "No issue has been named yet",
        "Not rated yet",
    ):
        assert words in page


def test_a_supervisor_reads_and_rates_and_writes_nothing_else(episode):
    supervisor = factories.supervised(episode.therapist)
    page = text_of(get(episode, user=supervisor))
    assert "Rate the areas" in page
    assert "Draft it from the record" not in page
    assert get(episode, "write/", supervisor).status_code in (403, 404)
    assert get(episode, "contract/", supervisor).status_code in (403, 404)


def test_nobody_else_finds_anything(episode):
    for user in (*strangers(), factories.covered(episode.therapist)):
        for tail in ("", "areas/", "issue/", "write/", "contract/"):
            assert get(episode, tail, user).status_code in (403, 404)


# -- areas -------------------------------------------------------------------------------------------


def test_therapist_and_supervisor_rate_apart_and_the_room_says_whether_alike(episode):
    supervisor = factories.supervised(episode.therapist)
    ours = {
        "present-grief": "yes",
        "evidence-grief": "her brother died",
        "link-grief": "3",
        "focus-grief": "yes",
    }
    assert post(episode, "areas/", ours).status_code == 302
    assert post(episode, "areas/", {"present-grief": "no"}, supervisor).status_code == 302
    assert [(r["rater"], r["present"]) for r in kept(episode, "rec_problem_area_rating")] == [
        ("therapist", True),
        ("supervisor", False),
    ]
    page = text_of(get(episode))
    assert "Rated differently" in page
    assert "her brother died" in page


def test_the_same_ratings_again_are_not_a_new_record(episode):
    ours = {"present-grief": "yes", "evidence-grief": "her brother died"}
    post(episode, "areas/", ours)
    post(episode, "areas/", ours)
    assert len(kept(episode, "rec_problem_area_rating")) == 1


def test_an_area_said_to_be_present_asks_what_speaks_for_it(episode):
    response = post(episode, "areas/", {"present-grief": "yes", "evidence-role_dispute": "they quarrel"})
    assert response.status_code == 422
    page = text_of(response)
    assert "Write what speaks for it." in page
    assert "Say whether this area is present." in page
    assert "they quarrel" in page


def test_neither_changes_the_others_rating(episode):
    supervisor = factories.supervised(episode.therapist)
    post(episode, "areas/", {"present-grief": "no"}, supervisor)
    rating = Entry.objects.get(episode=episode, record_type="rec_problem_area_rating")
    response = browser_of(episode.therapist).get(f"/episodes/{episode.pk}/records/{rating.pk}/edit/")
    assert response.status_code == 409
    assert "rate apart" in text_of(response)


# -- issues ------------------------------------------------------------------------------------------


def test_issues_stand_in_the_order_of_their_score_with_what_it_rests_on(episode):
    issue(episode, "i2", "Alone at home", B)
    issue(episode, "i1", "Silence with Bento", A)
    page = text_of(get(episode))
    assert page.index("Silence with Bento") < page.index("Alone at home")
    for words in ("80.6", "66.7", "80 with equal weights", "Aid to discussion, not validated", "said so"):
        assert words in page
    assert "A close call" not in page


def test_a_close_call_is_said_by_the_names_of_the_issues(episode):
    issue(episode, "i1", "Silence with Bento", CLOSE)
    issue(episode, "i2", "Alone at home", B)
    page = text_of(get(episode))
    assert "A close call" in page
    assert "“Alone at home”" in page


def test_an_issue_rated_as_dangerous_opens_the_safety_path_first(episode):
    response = post(
        episode, "issue/", {"text": "Fear of Bento", "area": "role_dispute", "factors-f_safety": "2"}
    )
    assert response.status_code == 302
    assert Alert.objects.filter(episode=episode, rule="DR-06").count() == 1
    assert "Safety first: Fear of Bento" in text_of(get(episode))


def test_an_issue_is_rated_and_rated_again_in_its_record(episode):
    rated = {f"factors-{name}": str(value) for name, value in A.items()}
    first = {"text": "Silence with Bento", "area": "role_dispute", **rated, "evidence-f_link": "since May"}
    assert post(episode, "issue/", first).status_code == 302
    entry = Entry.objects.get(episode=episode, record_type="rec_issue")
    assert entry.payload["id"] == "i1"
    assert entry.payload["evidence"] == {"f_link": "since May"}
    again = first | {"factors-f_link": "1", "version": "1"}
    assert post(episode, f"issue/{entry.pk}/", again).status_code == 302
    (values,) = kept(episode, "rec_issue")
    assert values["factors"]["f_link"] == 1


def test_a_second_tab_sees_both_versions_of_an_issue(episode):
    entry = issue(episode, "i1", "Silence with Bento", A)
    entry = Entry.objects.get(pk=entry.pk)
    Entry.objects.filter(pk=entry.pk).update(on=factories.day(1))
    sent = {"text": "Silence", "area": "role_dispute", "version": "1"}
    assert post(episode, f"issue/{entry.pk}/", sent).status_code == 302
    response = post(episode, f"issue/{entry.pk}/", sent | {"text": "Quarrels"})
    assert response.status_code == 409
    assert "Somebody else saved first" in text_of(response)
    assert "Quarrels" in text_of(response)


def test_more_than_six_issues_are_refused(episode):
    for number in range(1, 7):
        issue(episode, f"i{number}", f"Issue {number}", A)
    assert get(episode, "issue/").status_code == 409
    assert "Add an issue" not in text_of(get(episode))


def test_the_order_agreed_is_kept_with_its_reason_where_it_differs(episode):
    issue(episode, "i1", "Silence with Bento", A)
    issue(episode, "i2", "Alone at home", B)
    differs = {"client-i1": "2", "client-i2": "1", "final-i1": "2", "final-i2": "1", "reason": ""}
    refused = post(episode, "order/", differs)
    assert refused.status_code == 422
    assert "Write the reason." in text_of(refused)
    assert not kept(episode, "rec_issue_ranking")
    assert post(episode, "order/", differs | {"reason": "easier to begin with"}).status_code == 302
    first, second = kept(episode, "rec_issue_ranking")
    assert (first["issue"], first["total"], first["rank"], first["final_rank"]) == ("i2", 66.7, 2, 1)
    assert second["reason_for_difference"] == "easier to begin with"
    assert "Agreed on 6 January 2026: Alone at home, then Silence with Bento." in text_of(get(episode))


@pytest.mark.parametrize(
    ("final", "said"),
    [
        ({"final-i1": "1", "final-i2": "1"}, "Two issues stand in the same place"),
        ({"final-i1": "1", "final-i2": ""}, "whole number from 1 to 2"),
        ({"final-i1": "1", "final-i2": "7"}, "whole number from 1 to 2"),
    ],
)
def test_an_order_that_is_none_is_said_at_its_field(episode, final, said):
    issue(episode, "i1", "Silence with Bento", A)
    issue(episode, "i2", "Alone at home", B)
    response = post(episode, "order/", final)
    assert response.status_code == 422
    assert said in text_of(response)


# -- formulation -------------------------------------------------------------------------------------


def test_a_draft_is_written_from_the_record_and_says_where_from(episode):
    made = people.add_person(episode=episode, label="Bento", by=episode.therapist, at=factories.at_day())
    event = {"text": "Bento moved out", "type": "event", "date": "2025-10", "people": [made.code]}
    factories.entry(episode, "rec_timeline", event)
    factories.entry(episode, "rec_timeline", {"text": "no sleep", "type": "symptom", "date": "2025-11"})
    issue(episode, "i1", "Silence with Bento", A)
    page = text_of(get(episode, "write/"))
    assert "Rui has …; the symptoms began about November 2025." in page  # no score names an illness yet
    assert "Around that time Bento moved out with Bento." in page
    assert "the last event before the first symptom on the time line" in page
    assert "on role dispute" in page


def test_nothing_recorded_nothing_asserted(episode):
    page = text_of(get(episode, "write/"))
    assert "Around that time" not in page
    assert "depression" not in page.split("Drafted from")[0].split("As the client reads it")[1]


def test_an_agreed_formulation_is_shown_and_counts(episode):
    assert post(episode, "write/", WHOLE | {"finish": "1"}).status_code == 302
    entry = Entry.objects.get(episode=episode, record_type="rec_formulation")
    assert entry.state == "final"
    assert entry.for_task == "I12"
    page = text_of(get(episode))
    assert "Around that time the branch closed with the team." in page
    assert "The client sees this paragraph" in page


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"agreement": "no"}, "Keep it as a draft"),
        ({"agreement": "partly"}, "in their own words"),
        ({"agreement": ""}, "Does this fit?"),
        ({"event": ""}, "What happened around that time"),
        ({"problem_area": ["grief", "role_dispute", "role_transition"]}, "3 areas are chosen; 2 at most."),
        ({"date": "2026-02-31"}, "Date"),
    ],
)
def test_agreeing_asks_for_everything_and_keeps_what_was_typed(episode, wrong, said):
    response = post(episode, "write/", WHOLE | wrong | {"finish": "1"})
    assert response.status_code == 422
    assert said in text_of(response)
    assert "a day with a shape" in text_of(response)
    assert not kept(episode, "rec_formulation")


def test_three_areas_are_kept_with_a_reason(episode):
    areas = {"problem_area": ["grief", "role_dispute", "role_transition"], "reason_for_focus": "all three"}
    assert post(episode, "write/", WHOLE | areas | {"finish": "1"}).status_code == 302


def test_a_draft_needs_no_more_than_a_word(episode):
    assert post(episode, "write/", {"event": "the branch closed", "save": "1"}).status_code == 302
    entry = Entry.objects.get(episode=episode, record_type="rec_formulation")
    assert entry.state == "draft"
    assert "The client does not see it yet" in text_of(get(episode))


def test_looking_again_saves_nothing(episode):
    response = post(episode, "write/", WHOLE | {"look": "1"})
    assert response.status_code == 200
    assert "the branch closed with the team" in text_of(response)
    assert not kept(episode, "rec_formulation")


def test_a_later_day_makes_a_new_version_and_asks_again(episode, monkeypatch):
    post(episode, "write/", WHOLE | {"finish": "1"})
    set_clock(monkeypatch, factories.at_day(20))
    page = text_of(get(episode, "write/"))
    assert "becomes a new version" in page
    later = WHOLE | {"event": "the new post began", "date": "2026-01-25", "finish": "1"}
    assert post(episode, "write/", later).status_code == 302
    assert len(kept(episode, "rec_formulation")) == 2
    page = text_of(get(episode))
    assert "Earlier versions (1)" in page
    assert page.index("the new post began") < page.index("the branch closed")


def test_half_a_megabyte_is_refused_at_its_field_and_stays(episode):
    response = post(episode, "write/", WHOLE | {"client_words": "a" * 500_000, "save": "1"})
    assert response.status_code == 422
    assert "a" * 1000 in text_of(response)


# -- the order changes ---------------------------------------------------------------------------------


def order(of: Episode, **places: str):
    return post(of, "order/", {"reason": "as the client wants", **places})


def test_what_changed_since_the_order_was_agreed_is_told(episode, monkeypatch):
    issue(episode, "i1", "Silence with Bento", A)
    issue(episode, "i2", "Nobody to call", B)
    assert "Since it was agreed" not in text_of(get(episode))
    assert order(episode, **{"final-i1": "1", "final-i2": "2"}).status_code == 302
    assert "Since it was agreed" not in text_of(get(episode))
    set_clock(monkeypatch, factories.at_day(50))
    issue(episode, "i1", "Silence with Bento", A | {"f_severity": 0, "f_affect": 0, "f_change": 0})
    page = text_of(get(episode))
    assert "Since it was agreed on 6 January 2026" in page
    assert "place 1 to 2; score 80.6 to 41.7" in page
    assert "Severity of the problem 3 to 0" in page or "3 to 0" in page
    assert order(episode, **{"final-i1": "2", "final-i2": "1"}).status_code == 302
    page = text_of(get(episode))
    assert "The order so far (2 times)" in page
    assert "1 (80.6)" in page
    assert "2 (41.7)" in page


def test_a_resolved_issue_leaves_the_order_and_the_next_is_offered(episode):
    first = issue(episode, "i1", "Silence with Bento", A)
    issue(episode, "i2", "Nobody to call", B, area="role_transition")
    post(episode, "contract/", CONTRACT | {"focus": "role_dispute", "finish": "1"})
    assert "Next in order" not in text_of(get(episode))
    sent = {
        "text": "Silence with Bento",
        "area": "role_dispute",
        "state": "resolved",
        "version": str(first.version),
    }
    sent |= {f"factors-{key}": str(value) for key, value in A.items()}
    sent |= {"state_reason": "they talk at supper", "issue": "i1"}
    assert post(episode, f"issue/{first.pk}/", sent).status_code == 302
    page = text_of(get(episode))
    assert "Next in order: Nobody to call" in page
    assert "Resolved or dropped" in page
    assert "they talk at supper" in page
    assert f'href="/episodes/{episode.pk}/formulation/contract/?focus=role_transition"' in page
    form = get(episode, "contract/?focus=role_transition").content.decode()
    chosen = [line for line in form.split("<input") if 'name="focus"' in line and "checked" in line]
    assert len(chosen) == 1
    assert 'value="role_transition"' in chosen[0]
    assert order(episode, **{"final-i2": "1"}).status_code == 302, "the resolved one asks for no place"


def test_at_the_midpoint_the_issues_are_ranked_again(monkeypatch):
    """DR-19, and 7.3 step 9: session 8 of 16."""
    episode, session = factories.active_episode()
    issue(episode, "i1", "Silence with Bento", A)
    for number in range(1, 9):
        at = factories.at_day(7 * number, 1)
        set_clock(monkeypatch, at)
        assert ("Half way: put the issues in order again" in text_of(get(episode))) == (number == 8), number
        factories.signed(session, at=at)
        session = factories.session(episode, 7 * number)


def test_a_seventh_issue_finds_room_once_one_is_dropped(episode):
    for number in range(1, 7):
        issue(episode, f"i{number}", f"Issue {number}", A)
    assert get(episode, "issue/").status_code == 409
    values = {"id": "i6", "text": "Issue 6", "area": "role_dispute", "factors": A, "state": "dropped"}
    factories.entry(episode, "rec_issue", values)
    assert get(episode, "issue/").status_code == 200


# -- contract ----------------------------------------------------------------------------------------


def test_the_contract_sets_the_plan_and_works_out_its_last_day(episode):
    assert post(episode, "contract/", CONTRACT | {"finish": "1"}).status_code == 302
    (values,) = kept(episode, "rec_contract")
    assert values["end_date"] == "2026-04-06"
    episode.refresh_from_db()
    assert episode.planned_sessions == 14
    assert planned_sessions(convert.course(episode)) == 14
    again = CONTRACT | {"sessions_planned": "16", "version": "1", "finish": "1"}
    assert post(episode, "contract/", again).status_code == 302
    episode.refresh_from_db()
    assert episode.planned_sessions == planned_sessions(convert.course(episode)) == 16


def test_a_draft_contract_is_begun_from_formulation_and_manual(episode):
    post(episode, "write/", WHOLE | {"finish": "1"})
    page = text_of(get(episode, "contract/"))
    assert "a day with a shape" in page
    assert 'value="2026-04-20"' in page  # sixteen weekly meetings from 5 January
    assert "16 meetings, one each week" in page


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"sessions_planned": "40"}, "12 to 20 meetings"),
        ({"sessions_planned": "3"}, "12 to 20 meetings"),
        ({"sessions_planned": "many"}, "Number of meetings"),
        ({"end_date": "2025-12-01"}, "lies before the first"),
        ({"review_sessions-1": "30"}, "There is no session 30"),
        ({"first_date": "2026-02-31"}, "First meeting"),
        ({"goals-1-text": ""}, "Goals"),
    ],
)
def test_a_contract_that_cannot_be_is_said_at_its_field(episode, wrong, said):
    response = post(episode, "contract/", CONTRACT | wrong | {"finish": "1"})
    assert response.status_code == 422
    assert said in text_of(response)
    assert not kept(episode, "rec_contract")


def test_another_number_asks_for_the_supervisor(episode):
    more = CONTRACT | {"sessions_planned": "24", "approved": "yes", "finish": "1"}
    assert post(episode, "contract/", more).status_code == 302


def test_a_stop_blocks_the_contract_on_every_way_until_it_is_overridden(episode):
    checklist = {"s_03": {"answer": "yes"}, "decision": "suitable"}
    entry = factories.entry(episode, "rec_suitability", checklist)
    assert "The contract waits" in text_of(get(episode))
    assert "Psychosis" in text_of(get(episode))
    assert get(episode, "contract/").status_code == 409
    assert post(episode, "contract/", CONTRACT | {"finish": "1"}).status_code == 409
    plain = browser_of(episode.therapist).post(
        f"/episodes/{episode.pk}/records/rec_contract/new/", {"sessions_planned": "14"}
    )
    assert plain.status_code == 422
    assert "DR-08" in text_of(plain)
    factories.entry(
        episode, "rec_suitability", {**entry.payload, "override_reason": "seen by the psychiatrist"}
    )
    assert post(episode, "contract/", CONTRACT | {"finish": "1"}).status_code == 302
