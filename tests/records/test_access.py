"""The table of access, row by row: who may, and that nobody else may."""

from __future__ import annotations

from dataclasses import replace

import pytest

from openipt.errors import NoAccess, NotAllowedNow
from openipt.records.access import TABLE, Act, Permitted, episodes_where, may, require
from openipt.records.actions import accounts, clients, entries, sessions
from openipt.records.models import Episode, Role
from openipt.records.queries import alerts as alert_queries
from openipt.records.queries import entries as entry_queries
from openipt.records.queries import episodes as episode_queries
from tests import factories as make

pytestmark = pytest.mark.django_db

# Who may do what: the whole of it, written out a second time.
EXPECTED = {
    Act.SEE_EPISODE: "therapist supervisor",
    Act.SEE_ALERT: "therapist cover supervisor",
    Act.SEE_SAFETY: "therapist cover supervisor",
    Act.SEE_CONTACTS: "therapist cover",
    Act.SEE_OWN: "client",
    Act.SEE_ENVELOPE: "manager",
    Act.SEE_SERVICE: "manager",
    Act.READ_AUDIT: "manager operator",
    Act.TAKE_ENQUIRIES: "",
    Act.SEE_WAITS: "manager operator",
    Act.ENROL: "operator",
    Act.CHANGE_PROFILE: "therapist",
    Act.GIVE_LOGIN: "therapist operator",
    Act.ERASE_CLIENT: "manager operator",
    Act.CHANGE_EPISODE: "therapist",
    Act.HAND_OVER: "therapist manager operator",
    Act.EXPORT: "therapist operator",
    Act.IMPORT: "operator",
    Act.PLAN_SESSION: "therapist",
    Act.WRITE_RECORD: "therapist",
    Act.WRITE_SAFETY: "therapist cover",
    Act.WRITE_SUPERVISION: "therapist supervisor",
    Act.SIGN: "therapist",
    Act.PRIVATE_NOTE: "therapist",
    Act.ENTER_ANSWERS: "therapist",
    Act.ANSWER: "therapist client",
    Act.WRITE_OWN: "client",
    Act.SHOW_CRISIS_CONTACTS: "therapist cover client",
    Act.WORK_ALERT: "therapist cover",
    Act.RESOLVE_ALERT: "therapist cover",
    Act.DECIDE_RULE: "therapist supervisor",
    Act.MANAGE_ACCOUNTS: "administrator operator",
    Act.ARRANGE_SUPERVISION: "manager administrator operator",
    Act.ARRANGE_COVER: "manager administrator operator",
}
WITHOUT_EPISODE = {Act.ENROL, Act.IMPORT, Act.ARRANGE_COVER, Act.TAKE_ENQUIRIES, Act.SEE_WAITS}


@pytest.fixture
def house() -> dict:
    """One episode, and everybody there could be around it."""
    episode, _ = make.active_episode()
    stranger, _ = make.active_episode(name="Somebody Else")
    closed = make.covered(episode.therapist)
    closed = accounts.set_active(user=closed, active=False, by=make.OPERATOR, at=make.START)
    return {
        "episode": episode,
        "people": {
            "therapist": episode.therapist,
            "other_therapist": stranger.therapist,
            "cover": make.covered(episode.therapist),
            "cover_before": make.covered(episode.therapist, -9, -1),
            "closed_cover": closed,
            "supervisor": make.supervised(episode.therapist),
            "other_supervisor": make.supervised(stranger.therapist),
            "client": make.client_login(episode),
            "other_client": make.client_login(stranger),
            "manager": make.staff(Role.MANAGER),
            "administrator": make.staff(Role.ADMINISTRATOR),
            "operator": make.OPERATOR,
        },
    }


def test_every_act_stands_in_the_table() -> None:
    assert set(TABLE) == set(Act) == set(EXPECTED)


def test_every_row_of_the_table(house: dict) -> None:
    episode = house["episode"]
    for act, expected in EXPECTED.items():
        allowed = {
            name
            for name, person in house["people"].items()
            if may(person, act, episode=episode, on=make.day())
        }
        assert allowed == set(expected.split()), act


def test_lists_and_single_answers_agree(house: dict) -> None:
    for act in TABLE:
        compiled = Permitted(act, lambda episodes: episodes.order_by("pk"))
        for name, person in house["people"].items():
            listed = Episode.objects.filter(episodes_where(person, act, make.day()))
            assert compiled(person, make.day()) == list(listed.order_by("pk")), (act, name)
            for episode in Episode.objects.select_related("client"):
                single = bool(may(person, act, episode=episode, on=make.day()))
                assert (episode in listed) == single, (act, name)


def test_a_compiled_list_is_asked_for_each_person_and_day_anew(house: dict) -> None:
    """Two of one role, two days, one closed account: nothing of one answer is in the next."""
    compiled = Permitted(Act.SEE_ALERT, lambda episodes: episodes.order_by("pk"))
    people = house["people"]
    assert compiled(people["cover"], make.day()) == [house["episode"]]
    assert compiled(people["cover_before"], make.day()) == []
    assert compiled(people["cover"], make.day(400)) == []
    people["cover"].is_active = False
    assert compiled(people["cover"], make.day()) == []


def test_without_an_episode_only_what_concerns_the_service() -> None:
    therapist = make.therapist()
    allowed = {act for act in Act if may(therapist, act, on=make.day())}
    assert allowed == WITHOUT_EPISODE


def test_a_stranger_learns_nothing_and_a_colleague_hears_why(house: dict) -> None:
    episode, people = house["episode"], house["people"]
    with pytest.raises(NoAccess):
        require(people["other_therapist"], Act.SIGN, episode=episode, on=make.day())
    with pytest.raises(NotAllowedNow):
        require(people["supervisor"], Act.SIGN, episode=episode, on=make.day())
    with pytest.raises(NoAccess):
        episode_queries.episode_for(people["other_therapist"], episode.pk, make.day())
    with pytest.raises(NoAccess):
        episode_queries.episode_for(people["therapist"], "no-such-id", make.day())


def test_cover_ends_with_its_last_day(house: dict) -> None:
    cover, episode = house["people"]["cover"], house["episode"]
    assert may(cover, Act.SEE_ALERT, episode=episode, on=make.day(7))
    assert not may(cover, Act.SEE_ALERT, episode=episode, on=make.day(8))


def test_supervision_ends_with_its_last_day(house: dict) -> None:
    supervisor, episode = house["people"]["supervisor"], house["episode"]
    supervision = supervisor.supervises.get()
    accounts.stop_supervision(
        supervision=supervision, to_on=make.day(3), by=house["people"]["manager"], at=make.START
    )
    assert may(supervisor, Act.SEE_EPISODE, episode=episode, on=make.day(3))
    assert not may(supervisor, Act.SEE_EPISODE, episode=episode, on=make.day(4))


def test_nobody_sees_an_erased_clients_episode(house: dict) -> None:
    episode = house["episode"]
    clients.erase_client(client=episode.client, by=make.OPERATOR, at=make.START)
    episode = Episode.objects.select_related("client").get(pk=episode.pk)
    for name in ("therapist", "supervisor", "cover", "client"):
        person = house["people"][name]
        assert not may(person, Act.SEE_EPISODE, episode=episode, on=make.day())
        assert episode not in episode_queries.episodes_of(person, make.day(), Act.SEE_ALERT)


# -- what of an entry is seen -----------------------------------------------------------------------


def seen(house: dict, who: str) -> dict[str, dict]:
    found = entry_queries.visible_entries(house["people"][who], house["episode"], make.day())
    return {entry.record_type: entry.visible for entry in found}


def test_each_reader_sees_the_records_meant_for_them(house: dict) -> None:
    episode = house["episode"]
    make.entry(episode, "rec_risk", {"thoughts": False, "level": "green"}, final=True)
    make.entry(episode, "rec_safety_plan", {"my_signs": ["awake at four"], "quality_0_2": [1, 2, 2, 1, 1, 0]})
    make.entry(episode, "rec_emotion_log", {"first_word": "sad"}, final=True)
    assert set(seen(house, "therapist")) == {"rec_risk", "rec_safety_plan", "rec_emotion_log"}
    assert set(seen(house, "supervisor")) == {"rec_risk", "rec_safety_plan", "rec_emotion_log"}
    assert set(seen(house, "cover")) == {"rec_risk", "rec_safety_plan"}
    assert "rec_risk" not in seen(house, "client")
    assert seen(house, "client")["rec_safety_plan"] == {"my_signs": ["awake at four"]}
    for nobody in ("other_therapist", "cover_before", "other_client", "manager", "administrator"):
        assert seen(house, nobody) == {}


def test_a_clients_own_worksheet_is_seen_by_staff_once_shared(house: dict) -> None:
    episode, user = house["episode"], house["people"]["client"]
    entry = make.entry(episode, "rec_emotion_log", {"first_word": "sad"}, by=user)
    assert seen(house, "client")["rec_emotion_log"] == {"first_word": "sad"}
    assert seen(house, "therapist") == seen(house, "supervisor") == {}
    entries.share_entry(entry=entry, by=user, at=make.at_day())
    assert seen(house, "therapist") == {"rec_emotion_log": {"first_word": "sad"}}
    assert seen(house, "cover") == {}
    with pytest.raises(NotAllowedNow):
        entries.save_entry(
            entry=entry,
            payload={"first_word": "glad"},
            expected_version=1,
            by=episode.therapist,
            at=make.at_day(),
        )


def test_a_draft_is_not_shown_to_the_client(house: dict) -> None:
    episode = house["episode"]
    entry = make.entry(episode, "rec_emotion_log", {"first_word": "sad"})
    assert seen(house, "client") == {}
    with pytest.raises(NoAccess):
        entry_queries.entry_for(house["people"]["client"], entry.pk, make.day())


def test_the_service_lead_sees_an_envelope_without_words(house: dict) -> None:
    episode, manager = house["episode"], house["people"]["manager"]
    make.entry(episode, "rec_risk", {"thoughts": "walks by the river", "intent": True, "level": "red"})
    assert alert_queries.overdue_envelopes(manager, make.at_day()) == ()
    (envelope,) = alert_queries.overdue_envelopes(manager, make.at_day(0, 1))
    assert envelope.therapist_name == episode.therapist.display_name
    assert envelope.severity == "critical"
    assert "river" not in repr(envelope)
    assert alert_queries.open_alerts(manager, make.day()) == []
    assert alert_queries.overdue_envelopes(house["people"]["administrator"], make.at_day(1)) == ()


def test_a_closed_account_may_nothing(house: dict) -> None:
    therapist = house["people"]["therapist"]
    therapist = accounts.set_active(user=therapist, active=False, by=make.OPERATOR, at=make.START)
    assert not any(may(therapist, act, episode=house["episode"], on=make.day()) for act in Act)
    with pytest.raises(NotAllowedNow):
        accounts.set_active(
            user=house["people"]["administrator"],
            active=False,
            by=house["people"]["administrator"],
            at=make.START,
        )


def test_an_operator_writes_no_session(house: dict) -> None:
    operator = replace(make.OPERATOR, name="root")
    with pytest.raises(NoAccess):
        sessions.plan_session(episode=house["episode"], planned_at=make.at_day(1), by=operator, at=make.START)
