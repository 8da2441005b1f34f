"""The Worksheets room: sheets by technique, a talk typed as it is told and read as a dialogue."""

from __future__ import annotations

import pytest
from tests import factories
from tests.web.rooms_world import browser_of, set_clock, strangers, text_of

from openipt.records.actions import entries, people
from openipt.records.models import Entry
from openipt.web.sent import Sent
from openipt.web.therapist.worksheets import read_talk

pytestmark = pytest.mark.django_db

TALK = "C: Are you listening? (loud) [hurt]\nO: What is it now\nand why today\n\nC: (left the room) [alone]"


@pytest.fixture(autouse=True)
def monday(monkeypatch: pytest.MonkeyPatch) -> None:
    set_clock(monkeypatch, factories.at_day(1))


@pytest.fixture
def episode():
    return factories.active_episode()[0]


def get(of, tail: str = "", user=None):
    return browser_of(user or of.therapist).get(f"/episodes/{of.pk}/worksheets/{tail}")


def post(of, data: dict, user=None):
    return browser_of(user or of.therapist).post(f"/episodes/{of.pk}/worksheets/talk/", data)


def test_every_sheet_of_the_techniques_can_be_started(episode):
    page = text_of(get(episode))
    for record in (
        "rec_communication_analysis",
        "rec_decision_analysis",
        "rec_role_play",
        "rec_emotion_log",
        "rec_expression_plan",
        "rec_past_present",
        "rec_role_balance",
        "rec_action_plan",
        "rec_loss_narrative",
    ):
        assert f"/records/{record}/new/" in page


def test_sheets_of_the_focus_come_first(episode):
    factories.entry(episode, "rec_contract", {"focus": ["role_dispute"]})
    page = text_of(get(episode))
    assert page.index("For the focus") < page.index("Dispute map") < page.index("All others")


def test_what_the_client_shared_stands_first_and_nothing_else_of_theirs(episode):
    client = factories.client_login(episode)
    for first_word, shared in (("tired", True), ("ashamed", False)):
        entries.add_entry(
            episode=episode,
            record_type="rec_emotion_log",
            payload={"first_word": first_word},
            shared=shared,
            by=client,
            at=factories.at_day(),
        )
    page = text_of(get(episode))
    assert "Shared by the client" in page
    assert "tired" in page
    assert "ashamed" not in page


def test_a_talk_is_read_line_by_line():
    turns = read_talk(Sent({"talk": TALK}))
    assert turns == [
        {
            "order": 1,
            "speaker": "client",
            "said": "Are you listening?",
            "client_felt": "hurt",
            "tone_or_nonverbal": "loud",
        },
        {"order": 2, "speaker": "other", "said": "What is it now and why today"},
        {"order": 3, "speaker": "client", "said": "(left the room)", "client_felt": "alone"},
    ]


def test_a_talk_is_kept_and_led_on_with(episode):
    made = people.add_person(episode=episode, label="Bento", by=episode.therapist, at=factories.at_day())
    response = post(episode, {"person": made.code, "context": "dinner", "talk": TALK})
    entry = Entry.objects.get(episode=episode, record_type="rec_communication_analysis")
    assert response.status_code == 302
    assert response["Location"] == f"/episodes/{episode.pk}/worksheets/talk/{entry.pk}/work/"
    page = text_of(get(episode, f"talk/{entry.pk}/"))
    assert "A talk with Bento" in page
    assert page.index("Are you listening?") < page.index("What is it now and why today")
    assert "loud" in page


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"talk": ""}, "Write at least one line"),
        ({"talk": "then he said nothing"}, "Line 1: begin with C: for the client"),
        ({"talk": "C: " + "a" * 2000}, "Line 1: "),
        ({"talk": "C: yes\n" * 20_000}, "longer than 50,000"),
        ({"talk": TALK, "person": "p_nobody"}, "Choose one of those shown."),
    ],
)
def test_a_talk_that_cannot_be_read_stays_as_typed(episode, wrong, said):
    response = post(episode, {"context": "dinner at home", **wrong})
    assert response.status_code == 422
    assert said in text_of(response)
    assert "dinner at home" in text_of(response)
    assert not Entry.objects.filter(episode=episode, record_type="rec_communication_analysis").exists()


def test_where_understanding_failed_is_marked(episode):
    turns = [{"speaker": "client", "said": "fine"}, {"speaker": "other", "said": "good then"}]
    values = {"turns": turns, "break_point": 2}
    entry = factories.entry(episode, "rec_communication_analysis", values)
    page = text_of(get(episode, f"talk/{entry.pk}/"))
    assert page.index("good then") < page.index("Here the two parted")


def test_styles_are_the_mean_of_the_last_four_with_a_trend_from_the_third(episode):
    def analysis(rating: int) -> None:
        values = {"context": "a talk", "styles_client": [{"id": "cs_silence", "rating": rating}]}
        factories.entry(episode, "rec_communication_analysis", values)

    analysis(2)
    analysis(2)
    assert "from the third analysis on" in text_of(get(episode))
    for rating in (1, 0, 0):
        analysis(rating)
    page = text_of(get(episode))
    assert "0.8" in page  # (2 + 1 + 0 + 0) / 4
    assert "less than before" in page


def test_a_record_that_is_no_talk_is_not_read_as_one(episode):
    entry = factories.entry(episode, "rec_emotion_log", {"first_word": "tired"})
    assert get(episode, f"talk/{entry.pk}/").status_code == 404


def test_a_supervisor_reads_others_find_nothing(episode):
    supervisor = factories.supervised(episode.therapist)
    assert "Type a talk" not in text_of(get(episode, user=supervisor))
    assert get(episode, "talk/", supervisor).status_code in (403, 404)
    for user in strangers():
        assert get(episode, user=user).status_code in (403, 404)
