"""The Measures room: what is due, every sitting, entering from paper or a total."""

from __future__ import annotations

import re

import pytest
from tests import factories
from tests.web.rooms_world import browser_of, set_clock, strangers, text_of

from openipt import library
from openipt.core.course import known
from openipt.records import convert
from openipt.records.models import Alert, CheckIn, Episode, MeasureScore

pytestmark = pytest.mark.django_db

DAY = {"on": "2026-01-06", "belongs": "next"}


@pytest.fixture(autouse=True)
def monday(monkeypatch: pytest.MonkeyPatch) -> None:
    set_clock(monkeypatch, factories.at_day(1))


def items(measure: str, values: list[object]) -> dict[str, str]:
    return {f"{measure}-{place}": str(value) for place, value in enumerate(values, start=1)}


def enter(episode, measures: str, data: dict, **more):
    address = f"/episodes/{episode.pk}/measures/enter/?measures={measures}"
    return browser_of(episode.therapist).post(address, DAY | data | more)


def room_of(episode, tail: str = "") -> str:
    return text_of(browser_of(episode.therapist).get(f"/episodes/{episode.pk}/measures/{tail}"))


def test_before_treatment_the_baseline_set_is_due_and_violence_is_asked_alone():
    page = room_of(factories.episode())
    assert "Enter the baseline set" in page
    assert "HARK is asked by you, alone with the client" in page
    said = "From the form itself, its numbers entered here: AUDIT-C, UCLA-3, OSSS-3."
    assert f"{said} The client can answer the others on their own device." in page
    assert "No answers yet" in page


def test_the_whole_baseline_is_entered_in_one_form():
    episode = factories.episode()
    data = items("ms_phq9", [1] * 8 + [0]) | items("ms_gad7", [1] * 7) | {"belongs": "baseline"}
    assert enter(episode, "ms_phq9,ms_gad7,ms_auditc", data).status_code == 302
    check_in = CheckIn.objects.get(episode=episode)
    assert (check_in.purpose, check_in.mode, str(check_in.on)) == ("baseline", "paper", "2026-01-06")
    totals = dict(MeasureScore.objects.values_list("measure", "total"))
    assert totals == {"ms_phq9": 8, "ms_gad7": 7}
    page = room_of(episode)
    assert "8 of 27 points" in page
    assert "from paper, entered by" in page
    assert "baseline" in page


def test_the_form_shows_exact_words_and_where_they_come_from():
    episode = factories.episode()
    page = room_of(episode, "enter/?measures=ms_phq9")
    assert "Little interest or pleasure in doing things" in page
    assert "No permission" in page or "no permission" in page
    assert "An answer above 0 raises an alert at once." in page


def test_a_measure_whose_words_are_not_ours_takes_a_total_and_says_why():
    episode = factories.episode()
    page = room_of(episode, "enter/?measures=ms_wsas")
    assert "Only its total is kept: " in page
    assert enter(episode, "ms_wsas", {"ms_wsas-total": "21"}).status_code == 302
    assert MeasureScore.objects.get().total == 21
    assert CheckIn.objects.get().mode == "external"


@pytest.mark.parametrize(
    ("measure", "wrong", "said"),
    [
        ("ms_phq9", items("ms_phq9", [4] + [0] * 8), "PHQ-9 item 1 takes 0 to 3."),
        ("ms_phq9", items("ms_phq9", ["a"] + [0] * 8), "PHQ-9 item 1 takes 0 to 3."),
        ("ms_phq9", items("ms_phq9", [1] * 9 + [4]), "PHQ-9 item 10 takes 0 to 3."),
        ("ms_phq9", items("ms_phq9", [1] * 9) | {"ms_phq9-total": "9"}, "not both"),
        ("ms_phq9", {"ms_phq9-total": "28"}, "Totals go from 0 to 27."),
        ("ms_phq9", {"ms_phq9-total": "many"}, "write the total as a number"),
        ("ms_phq9", {"ms_phq9-10": "2"}, "Enter the items above too, or leave this one open."),
        ("ms_phq9", {"ms_phq9-10": "2", "ms_phq9-total": "9"}, "Enter the items above too"),
        ("ms_phq9", {}, "Nothing has been entered yet."),
        ("ms_phq9", items("ms_phq9", [1] * 9) | {"on": "2026-02-31"}, "no day of the calendar"),
        ("ms_phq9", items("ms_phq9", [1] * 9) | {"on": "2026-02-01"}, "has not come yet"),
        ("ms_phq9", items("ms_phq9", [1] * 9) | {"belongs": "yesterday"}, "Choose one of those shown"),
    ],
)
def test_what_cannot_be_scored_is_said_at_its_item_and_nothing_is_kept(measure, wrong, said):
    episode = factories.episode()
    response = enter(episode, measure, wrong)
    assert response.status_code == 422
    assert said in text_of(response)
    assert not CheckIn.objects.exists()


def test_item_9_raises_its_alert_and_the_page_says_so():
    episode = factories.episode()
    address = f"/episodes/{episode.pk}/measures/enter/?measures=ms_phq9"
    browser = browser_of(episode.therapist)
    response = browser.post(address, DAY | items("ms_phq9", [0] * 8 + [1]), follow=True)
    assert Alert.objects.get(episode=episode).rule == "DR-01"
    assert "An alert was raised" in text_of(response)
    assert "Work it through" in text_of(response)


def test_an_open_item_counts_as_passed_over():
    episode = factories.episode()
    enter(episode, "ms_phq9", items("ms_phq9", [1, "", *[1] * 6, 0]))
    assert "prorated, 1 item missing (project default)" in room_of(episode)


def test_pressed_twice_it_is_entered_once():
    episode = factories.episode()
    for _ in range(2):
        assert enter(episode, "ms_phq9", items("ms_phq9", [1] * 8 + [0])).status_code == 302
    assert CheckIn.objects.count() == 1


def test_answers_for_a_session_stand_with_it_and_the_change_is_in_words():
    episode, first = factories.active_episode()
    enter(episode, "ms_phq9", items("ms_phq9", [2] * 8 + [0]), belongs=str(first.pk))
    second = factories.session(episode, 1)
    enter(episode, "ms_phq9", items("ms_phq9", [1] * 8 + [0]), belongs=str(second.pk))
    page = room_of(episode)
    assert "8 lower than at the start, a reliable improvement" in page
    assert "session 2" in page


def test_one_measure_stands_item_by_item_with_citation_and_licence():
    episode, first = factories.active_episode()
    enter(episode, "ms_phq9", items("ms_phq9", [2] * 8 + [0]), belongs=str(first.pk))
    page = room_of(episode, "ms_phq9/")
    assert "1. Little interest or pleasure in doing things" in page
    assert "Citation" in page
    assert "A change of 6 points or more is reliable [S81]" in page


def test_how_difficult_it_was_is_entered_and_shown_and_is_not_part_of_the_score():
    episode, first = factories.active_episode()
    page = room_of(episode, "enter/?measures=ms_phq9")
    assert "10. How difficult have these problems made it for you" in page
    assert "It is not part of the score. Asked only where something above was chosen." in page
    enter(episode, "ms_phq9", items("ms_phq9", [2] * 8 + [0, 3]), belongs=str(first.pk))
    assert MeasureScore.objects.get().total == 16
    shown = browser_of(episode.therapist).get(f"/episodes/{episode.pk}/measures/ms_phq9/").content.decode()
    row = shown[shown.index("How difficult have these problems") :].split("</tr>")[0]
    assert "(not part of the score)" in row
    assert re.findall(r">\s*(\d)\s*<", row) == ["3"]


def test_there_is_no_page_for_what_is_no_measure_or_asked_alone():
    episode = factories.episode()
    browser = browser_of(episode.therapist)
    for tail in ("ms_nothing/", "enter/?measures=ms_hark", "enter/?measures=", "enter/"):
        assert browser.get(f"/episodes/{episode.pk}/measures/{tail}").status_code == 404, tail


def test_a_supervisor_reads_and_does_not_enter_and_nobody_else_reads():
    episode = factories.episode()
    supervisor = browser_of(factories.supervised(episode.therapist))
    page = supervisor.get(f"/episodes/{episode.pk}/measures/")
    assert page.status_code == 200
    assert "Enter the baseline set" not in text_of(page)
    assert supervisor.get(f"/episodes/{episode.pk}/measures/enter/?measures=ms_phq9").status_code == 404
    for user in [*strangers(), factories.covered(episode.therapist)]:
        assert browser_of(user).get(f"/episodes/{episode.pk}/measures/").status_code == 404


def test_a_therapist_rates_the_problem_apart_from_the_client():
    """ipt.md 10.2: rated by client and therapist. Each rating is told apart, and the client's stays the client's."""
    episode, session = factories.active_episode()
    page = room_of(episode, "enter/?measures=ms_prr")
    assert "Who rates" in page and "I, the therapist, by myself" in page
    assert "Who rates" not in room_of(episode, "enter/?measures=ms_phq9")
    for rater, value in (("client", 2), ("therapist", 4)):
        sent = items("ms_prr", [value]) | {"rater": rater, "belongs": str(session.pk)}
        assert enter(episode, "ms_prr", sent).status_code == 302
    kept = dict(MeasureScore.objects.filter(measure="ms_prr").values_list("rater", "total"))
    assert kept == {"client": 2, "therapist": 4}
    assert "the therapist’s own rating" in room_of(episode)
    assert ", therapist" in room_of(episode, "ms_prr/")
    course = convert.course(Episode.objects.select_related("client").get(pk=episode.pk))
    assert known.resolution(library.manual("ipt_acute"), course) == 2


def test_nobody_but_the_client_answers_what_only_the_client_can():
    """A therapist's own rating of PHQ-9 is none: its items, risk among them, are the client's."""
    episode = factories.episode()
    sent = items("ms_phq9", [1] * 8 + [0]) | {"rater": "therapist"}
    assert enter(episode, "ms_phq9", sent).status_code == 422
    assert not MeasureScore.objects.exists()
