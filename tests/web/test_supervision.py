"""The supervisor's page: reasons first, words to whoever supervises, nothing to anybody else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from tests import factories as make
from tests.web.rooms_world import browser_of, set_clock, text_of

from openipt.records.access import ties, ties_to_each
from openipt.records.actions import accounts, checkins, sessions
from openipt.records.models import AuditEvent, Episode, Role, User
from openipt.web.supervision import views

pytestmark = pytest.mark.django_db

SOMEBODY = "Rui Tavares"
START_ANSWERS = [2, 3, 2, 3, 1, 2, 2, 1, 0]
GRAVER_ANSWERS = [3, 3, 3, 3, 3, 3, 3, 1, 0]


@pytest.fixture
def episode(monkeypatch: pytest.MonkeyPatch) -> Episode:
    set_clock(monkeypatch, make.at_day(22))
    found, first = make.active_episode()
    answers(found, START_ANSWERS, 0, session=first)
    return found


@pytest.fixture
def supervisor(episode: Episode) -> User:
    return make.supervised(episode.therapist)


def answers(of: Episode, items: list[int], days: int, session=None) -> None:
    checkins.enter_answers(
        episode=of, answers={"ms_phq9": items}, session=session, by=of.therapist, at=make.at_day(days)
    )


def not_on_track(of: Episode) -> None:
    """Four sessions, and the score went up (DR-20, DR-22)."""
    for week in (1, 2, 3):
        held = make.session(of, 7 * week)
        answers(of, GRAVER_ANSWERS, 7 * week, session=held)


def page_of(user: User, address: str = "/supervision/") -> str:
    response = browser_of(user).get(address)
    assert response.status_code == 200
    return text_of(response)


def test_an_episode_that_does_not_get_better_stands_first_with_its_rule(
    episode: Episode, supervisor: User
) -> None:
    not_on_track(episode)
    page = page_of(supervisor)
    looks = page[page.index('id="looks"') : page.index('id="questions"')]
    assert SOMEBODY in looks and episode.therapist.display_name in looks
    assert "rule DR-20" in looks and "less than 20 %" in looks
    assert f"/episodes/{episode.pk}/" in looks
    assert "wants a look" in page and "6 higher than at the start" in page


def test_an_open_alert_stands_above_with_its_clock(episode: Episode, supervisor: User) -> None:
    answers(episode, [1, 1, 1, 1, 1, 1, 1, 1, 2], 22)
    page = page_of(supervisor)
    assert "A risk answer is positive" in page and "Not acknowledged yet." in page
    assert "To be acknowledged by" in page and "open alert" in page


def test_an_alert_past_its_clock_says_so(episode: Episode, supervisor: User) -> None:
    answers(episode, [1, 1, 1, 1, 1, 1, 1, 1, 2], 20)
    assert "Late: was to be acknowledged by" in page_of(supervisor)


def test_a_question_waits_until_it_is_answered(episode: Episode, supervisor: User) -> None:
    item = "rec_supervision_item"
    asked = make.entry(episode, item, {"question": "Is the focus right?"}, at=make.at_day(20))
    page = page_of(supervisor)
    assert "Is the focus right?" in page
    form = f"/episodes/{episode.pk}/records/{item}/new/?next=/supervision/&amends={asked.pk}"
    assert form.replace("&", "&amp;") in page
    assert "Is the focus right?" in text_of(browser_of(supervisor).get(form))
    advice = {"question": "Is the focus right?", "advice": "Ask for one hour at home."}
    make.entry(episode, item, advice, by=supervisor, at=make.at_day(21))
    assert "Is the focus right?" not in page_of(supervisor)


def test_advice_is_written_from_the_page_and_leads_back(episode: Episode, supervisor: User) -> None:
    browser = browser_of(supervisor)
    address = f"/episodes/{episode.pk}/records/rec_supervision_item/new/?next=/supervision/"
    form = browser.get(address)
    assert form.status_code == 200
    sent = {"question": "Focus?", "advice": "Stay with it.", "next": "/supervision/"}
    response = browser.post(address, sent)
    assert response.status_code == 302 and response["Location"] == "/supervision/"
    written = episode.entries.get(record_type="rec_supervision_item")
    assert written.payload["advice"] == "Stay with it." and written.by_role == Role.SUPERVISOR


def test_the_supervisor_reads_the_episode_and_never_a_private_note(
    episode: Episode, supervisor: User
) -> None:
    session = make.written(episode.sessions.get(number=1), "Keys were handed back.")
    sessions.write_private_note(
        session=session, text="heronblue doubt", by=episode.therapist, at=make.at_day(1)
    )
    browser = browser_of(supervisor)
    overview = browser.get(f"/episodes/{episode.pk}/")
    room = browser.get(f"/episodes/{episode.pk}/sessions/{session.pk}/", follow=True)
    assert overview.status_code == 200 and room.status_code == 200
    assert "heronblue" not in text_of(overview) + text_of(room)


def test_the_supervisor_changes_nothing_of_the_therapists(episode: Episode, supervisor: User) -> None:
    session = make.written(episode.sessions.get(number=1))
    browser = browser_of(supervisor)
    response = browser.post(f"/episodes/{episode.pk}/sessions/{session.pk}/sign/")
    assert response.status_code in (403, 404)
    session.refresh_from_db()
    assert not session.is_signed


def test_notes_that_are_not_signed_are_counted(episode: Episode, supervisor: User) -> None:
    make.written(episode.sessions.get(number=1))
    assert "1 note not signed" in page_of(supervisor)


def test_ended_episodes_are_shown_when_asked_for(episode: Episode, supervisor: User) -> None:
    make.ended(episode, 21)
    assert SOMEBODY not in page_of(supervisor)
    assert SOMEBODY in page_of(supervisor, "/supervision/?ended=1")


def test_the_read_is_one_event_with_the_ids_of_the_episodes(episode: Episode, supervisor: User) -> None:
    page_of(supervisor)
    event = AuditEvent.objects.get(act="supervision-read")
    assert event.actor == f"user:{supervisor.pk}" and event.ids == [str(episode.pk)]


def test_only_ones_own_supervisees_and_only_while_it_runs(episode: Episode, supervisor: User) -> None:
    other, _ = make.active_episode(name="Ilse Quast")
    assert "Ilse Quast" not in page_of(supervisor)
    tie = supervisor.supervises.get()
    yesterday = make.day(22) - timedelta(days=1)
    accounts.stop_supervision(supervision=tie, to_on=yesterday, by=make.OPERATOR, at=make.at_day(22))
    page = page_of(supervisor)
    assert SOMEBODY not in page and "Nobody is in your supervision yet" in page
    assert other.therapist.display_name not in page


@pytest.mark.parametrize("role", [Role.THERAPIST, Role.MANAGER, Role.ADMINISTRATOR])
def test_no_other_role_opens_it(role: str, episode: Episode) -> None:
    assert browser_of(make.staff(role)).get("/supervision/").status_code == 404


def test_neither_a_client_nor_a_stranger(episode: Episode) -> None:
    assert browser_of(make.client_login(episode)).get("/supervision/").status_code == 302
    assert Client().get("/supervision/").status_code == 302


def test_how_far_areas_are_rated_alike_is_told_when_asked(episode: Episode, supervisor: User) -> None:
    def rate(by: User, area: str, present: bool) -> None:
        values = {"rater": by.role, "area": area, "present": present}
        make.entry(episode, "rec_problem_area_rating", values, by=by)

    asked = "/supervision/?agreement=1"
    assert "No problem area has been rated by both of you yet." in page_of(supervisor, asked)
    for area, theirs, ours in (("grief", True, True), ("role_dispute", True, False)):
        rate(episode.therapist, area, theirs)
        rate(supervisor, area, ours)
    page = page_of(supervisor, asked)
    assert "1 of 2 areas rated alike by supervisor and therapist" in page
    assert "kappa" not in page, "two pairs are too few"
    assert "rated alike by" not in page_of(supervisor)
    room = text_of(browser_of(supervisor).get(f"/episodes/{episode.pk}/formulation/"))
    assert "Therapist and supervisor rate 1 of 2 areas alike." in room


def test_many_episodes_stand_page_by_page_each_therapist_in_order(
    episode: Episode, supervisor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "EPISODES_A_PAGE", 2)
    for name in ("Abel Orr", "Zita Orr"):
        make.episode(episode.therapist, name=name)
    pages = (page_of(supervisor), page_of(supervisor, "/supervision/?page=2"))
    first, last = (page[page.index('id="therapist-1"') :] for page in pages)
    assert "2 of 3 episodes" in first and first.index("Abel Orr") < first.index(SOMEBODY)
    assert "Zita Orr" not in first and "Zita Orr" in last and "Abel Orr" not in last
    assert "Page 1 of 2" in first and "/supervision/?page=2" in first


def test_the_gravest_looks_stand_first_and_all_of_them_behind_a_link(
    episode: Episode, supervisor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    not_on_track(episode)
    other, session = make.active_episode(episode.therapist, name="Ilse Quast")
    answers(other, START_ANSWERS, 0, session=session)
    not_on_track(other)
    monkeypatch.setattr(views, "SHOWN", 1)
    few, every = (
        looks_of(page_of(supervisor, address)) for address in ("/supervision/", "/supervision/?all=1")
    )
    assert "Here stand the 1 gravest" in few and "/supervision/?all=1" in few
    assert sum(name in few for name in (SOMEBODY, "Ilse Quast")) == 1
    assert SOMEBODY in every and "Ilse Quast" in every


def looks_of(page: str) -> str:
    return page[page.index('id="looks"') : page.index('id="questions"')]


def test_what_a_reader_is_to_many_episodes_is_what_they_are_to_each(
    episode: Episode, supervisor: User
) -> None:
    make.covered(episode.therapist)
    other, _ = make.active_episode(name="Ilse Quast")
    both = list(Episode.objects.select_related("client", "therapist"))
    for user in (supervisor, episode.therapist, other.therapist, *User.objects.filter(covers__isnull=False)):
        for day in (make.day(1), make.day(22)):
            assert ties_to_each(user, both, day) == {one.pk: ties(user, one, day) for one in both}
