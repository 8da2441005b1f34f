"""The page Not on track: why with its evidence, what next, what was decided and came of it, what we tried."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from tests import factories as make
from tests.web.rooms_world import browser_of, set_clock, strangers, text_of

from openipt.records.actions import checkins, entries, sessions
from openipt.records.models import AuditEvent, Entry, Episode, Role, Session, StepChosen

pytestmark = pytest.mark.django_db

WEEK = 7
TODAY = WEEK * 3  # the day of session 4


def answer(of: Session, days: int, **totals) -> None:
    """Answers with these totals: `phq9=16`, item by item; `alliance3=(6, 6, 8)`."""
    items = {
        f"ms_{name}": [min(3, max(0, total - 3 * n)) for n in range(8 if name == "phq9" else 7)]
        + ([0] if name == "phq9" else [])
        for name, total in totals.items()
        if isinstance(total, int)
    }
    items |= {f"ms_{name}": list(total) for name, total in totals.items() if isinstance(total, tuple)}
    checkins.enter_answers(
        episode=of.episode, answers=items, session=of, by=of.episode.therapist, at=make.at_day(days, 1)
    )


@pytest.fixture
def episode(monkeypatch: pytest.MonkeyPatch) -> Episode:
    """Four sessions from 16 to 15: DR-20. The alliance was 6.7 at session 3."""
    set_clock(monkeypatch, make.at_day(TODAY, 2))
    found, session = make.active_episode()
    for week, score in enumerate([16, 16, 17, 15]):
        if week:
            session.refresh_from_db()
            make.assessed(found, session=session, at=make.at_day(WEEK * (week - 1), 2))
            make.signed(session, at=make.at_day(WEEK * (week - 1), 2))
            session = make.session(found, WEEK * week)
        answer(session, WEEK * week, phq9=score, gad7=9, **({"alliance3": (6, 6, 8)} if week == 2 else {}))
    found.refresh_from_db()
    return found


@pytest.fixture
def therapist(episode: Episode) -> Client:
    return browser_of(episode.therapist)


def address(episode: Episode) -> str:
    return f"/episodes/{episode.pk}/progress/"


def read(browser: Client, episode: Episode) -> str:
    response = browser.get(address(episode))
    assert response.status_code == 200
    return text_of(response)


def words(page: str) -> str:
    """What a reader reads, without the tags."""
    plain = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
    return re.sub(r" ([.,:;])", r"\1", plain)


def decide(browser: Client, episode: Episode, **typed):
    typed = {"steps": ["alliance_talk", "refocus"], "review_session": "5", **typed}
    return browser.post(address(episode), typed)


# -- reading -----------------------------------------------------------------------------------------


def test_it_says_by_which_rule_and_why_with_the_evidence(episode: Episode, therapist: Client) -> None:
    page = read(therapist, episode)
    said = words(page)
    assert "<h1>Not on track</h1>" in page
    assert "fallen by less than 20 % from the start. PHQ-9 16 at the start, 15 now." in said
    assert "rule DR-20 [S12, S13, S14, S82]" in said
    card = words(page[page.index('id="reason-alliance"') : page.index('id="reason-focus"')])
    assert "The mean is 6.7, below 7." in card
    assert "19 January 2026, session 3" in card
    assert "project default" in card
    assert f'href="/episodes/{episode.pk}/measures/ms_alliance3/"' in page


def test_what_is_missing_is_named_and_never_taken_for_a_no(episode: Episode, therapist: Client) -> None:
    said = words(read(therapist, episode))
    assert "Medication: missing whether the client takes medication" in said
    assert "Support from others: missing the support score, OSSS-3" in said


def test_evidence_leads_to_its_record(episode: Episode, therapist: Client) -> None:
    event = make.entry(
        episode,
        "rec_timeline",
        {"text": "lost the flat", "type": "event", "date": make.day(TODAY - 3).isoformat()},
        at=make.at_day(TODAY),
    )
    page = read(therapist, episode)
    card = page[page.index('id="reason-events"') :]
    assert "“lost the flat”" in card
    assert f'href="/episodes/{episode.pk}/records/{event.pk}/"' in card
    assert therapist.get(f"/episodes/{episode.pk}/records/{event.pk}/").status_code == 200


def test_what_the_client_told_at_a_check_in_on_a_hard_day_is_a_reason(
    episode: Episode, therapist: Client
) -> None:
    client = make.client_login(episode)
    at = {"by": client, "at": make.at_day(TODAY - 2)}
    sitting = checkins.open_checkin(episode=episode, measures=["ms_gad7"], **at)
    checkins.set_extras(check_in=sitting, mood=2, event="my brother left", **at)
    page = read(therapist, episode)
    assert "“my brother left”" in page and "Mood 2 of 10." in page


def test_steps_stand_with_their_source_and_nothing_is_chosen_beforehand(
    episode: Episode, therapist: Client
) -> None:
    page = read(therapist, episode)
    form = page[page.index('data-draft="progress-decide"') :]
    assert "checked" not in form[: form.index("</form>")]
    assert re.findall(r'name="steps" value="(\w+)"', form)[:2] == ["alliance_talk", "refocus"]
    assert "An answer to: how we work together." in words(form)
    assert "clinical reference 18 [S12, S13]" in words(form)


def test_a_course_on_track_shows_what_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    set_clock(monkeypatch, make.at_day(0, 2))
    found, session = make.active_episode()
    answer(session, 0, phq9=16, gad7=9)
    page = read(browser_of(found.therapist), found)
    assert "<h1>On track</h1>" in page
    assert "What is looked at" in page


def test_a_missing_score_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    set_clock(monkeypatch, make.at_day(TODAY, 2))
    found, session = make.active_episode()
    answer(session, 0, phq9=16, gad7=9)
    for week in (1, 2, 3):
        session = make.session(found, WEEK * week)
    page = words(read(browser_of(found.therapist), found))
    assert "It cannot be told yet" in page
    assert "Missing: the PHQ-9 score of session 4." in page


# -- deciding ----------------------------------------------------------------------------------------


def test_a_decision_is_kept_and_stands_on_the_page(episode: Episode, therapist: Client) -> None:
    answered = decide(therapist, episode, words="own my part", review_on="2026-02-02")
    assert answered.status_code == 302
    entry = Entry.objects.get(record_type="rec_off_track_decision")
    entry.episode = episode
    assert entry.payload["steps"] == ["alliance_talk", "refocus"]
    assert (entry.payload["review_session"], entry.payload["review_on"]) == (5, "2026-02-02")
    assert (entry.session.number, entry.for_task) == (4, "M17")
    said = words(read(therapist, episode))
    assert "Talk about how we work together, review the focus" in said
    assert "own my part" in said
    assert "Looked at again on 2 February 2026 or at session 5." in said


def test_today_shows_it_until_it_is_decided_and_again_when_it_is_due(
    episode: Episode, therapist: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    today = words(text_of(therapist.get("/today/")))
    assert f"{episode.client.name}: not on track" in today
    assert "The record says why: how we work together" in today
    assert "The manual offers: talk about how we work together" in today
    decide(therapist, episode)
    assert f"{episode.client.name}: not on track" not in words(text_of(therapist.get("/today/")))
    session = Session.objects.get(episode=episode, number=4)
    make.assessed(episode, session=session, at=make.at_day(TODAY, 2))
    make.signed(session, at=make.at_day(TODAY, 2))
    set_clock(monkeypatch, make.at_day(TODAY + WEEK, 2))
    sessions.begin_session(episode=episode, by=episode.therapist, at=make.at_day(TODAY + WEEK))
    again = words(text_of(therapist.get("/today/")))
    assert f"{episode.client.name}: look again at what was decided" in again
    assert "What was decided on 26 January 2026 is to be looked at again." in again


def test_what_came_of_it_is_written_with_the_score_since(
    episode: Episode, therapist: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    decide(therapist, episode)
    session = Session.objects.get(episode=episode, number=4)
    make.assessed(episode, session=session, at=make.at_day(TODAY, 2))
    make.signed(session, at=make.at_day(TODAY, 2))
    set_clock(monkeypatch, make.at_day(TODAY + WEEK, 2))
    five = make.session(episode, TODAY + WEEK)
    answer(five, TODAY + WEEK, phq9=9, gad7=9)
    page = read(therapist, episode)
    assert 'id="look-again"' in page
    typed = {"decision": "d1", "change": "better", "carried_out": "yes", "came_of_it": "she said it aloud"}
    assert therapist.post(address(episode), {"do": "outcome", **typed}).status_code == 302
    page = read(therapist, episode)
    said = words(page)
    assert 'id="look-again"' not in page
    assert "Better, carried out" in said and "she said it aloud" in said
    assert "PHQ-9 15, then 9 on 2 Feb: 6 lower, a reliable improvement." in said
    assert {row.improved for row in StepChosen.objects.all()} == {True}


@pytest.mark.parametrize(
    ("typed", "field", "said"),
    [
        ({"steps": []}, "steps", "Choose at least one step, or write why you go on as planned."),
        ({"review_session": ""}, "review_on", "Say when you look at it again"),
        ({"review_session": "4"}, "review_session", "Choose a session that is still to come."),
        ({"review_session": "soon"}, "review_session", "Write a whole number from 1 to 999."),
        ({"review_on": "31.2.2026"}, "review_on", "This is no day of the calendar."),
        ({"review_on": "2026-01-26"}, "review_on", "Choose a day that is still to come."),
        ({"steps": ["pray"]}, "steps", "Choose among the steps shown."),
        ({"words": "x" * 6000}, "words", "This is longer than 5,000 characters."),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(
    episode: Episode, therapist: Client, typed: dict, field: str, said: str
) -> None:
    answered = decide(therapist, episode, **{"go_on": "" if "steps" in typed else "as it is", **typed})
    page = text_of(answered)
    assert answered.status_code == 422
    assert f'href="#f-{field.replace("_", "-")}"' in page or f'id="f-{field}-error"' in page
    assert said in page
    assert not Entry.objects.filter(record_type="rec_off_track_decision").exists()
    if "steps" not in typed:
        assert "as it is" in page
        assert re.search(r'value="refocus"[^>]* checked', page)


def test_what_came_of_it_asks_how_it_is(episode: Episode, therapist: Client) -> None:
    decide(therapist, episode)
    answered = therapist.post(address(episode), {"do": "outcome", "decision": "d1", "came_of_it": "not much"})
    assert answered.status_code == 422
    assert "Say how it is since then" in text_of(answered)
    assert (
        therapist.post(address(episode), {"do": "outcome", "decision": "d7", "change": "same"}).status_code
        == 409
    )


def test_pressed_twice_it_is_kept_once(episode: Episode, therapist: Client) -> None:
    decide(therapist, episode)
    decide(therapist, episode)
    assert Entry.objects.filter(record_type="rec_off_track_decision").count() == 1


# -- who sees it -------------------------------------------------------------------------------------


def test_the_supervisor_reads_it_and_does_not_decide(episode: Episode) -> None:
    browser = browser_of(make.supervised(episode.therapist))
    page = read(browser, episode)
    assert "The mean is 6.7, below 7." in page
    assert "Keep this decision" not in page and "write advice" in page
    assert decide(browser, episode).status_code == 404
    assert "See why, and what was decided" in text_of(browser.get("/supervision/"))


def test_nobody_else_learns_that_it_exists(episode: Episode) -> None:
    for user in [*strangers(), make.covered(episode.therapist, 0, 60)]:
        browser = browser_of(user)
        assert browser.get(address(episode)).status_code == 404, user.role
        assert decide(browser, episode).status_code == 404
        assert browser.post(address(episode), {"do": "outcome", "change": "same"}).status_code == 404


def test_the_client_never_sees_not_on_track(episode: Episode, therapist: Client) -> None:
    decide(therapist, episode, words="own my part")
    browser = browser_of(make.client_login(episode))
    assert browser.get(address(episode)).status_code == 302  # to the door of the staff
    pages = [
        text_of(browser.get(f"/me/{tail}"))
        for tail in ("", "line/", "practice/", "journal/", "learn/", "rights/")
    ]
    for page in pages:
        assert "on track" not in page.lower()
        assert "own my part" not in page


def test_reading_it_is_audited(episode: Episode, therapist: Client) -> None:
    before = AuditEvent.objects.filter(chain=str(episode.pk), act="episode-read").count()
    read(therapist, episode)
    assert AuditEvent.objects.filter(chain=str(episode.pk), act="episode-read").count() == before + 1


# -- from where it is reached --------------------------------------------------------------------------


def test_overview_and_rules_lead_there(episode: Episode, therapist: Client) -> None:
    overview = text_of(therapist.get(f"/episodes/{episode.pk}/"))
    card = overview[overview.index('id="off-track"') :]
    assert address(episode) in card[: card.index("</section>")]
    rules = text_of(therapist.get(f"/episodes/{episode.pk}/rules/"))
    assert address(episode) in rules


def test_the_guide_of_the_session_has_a_line_that_leads_there(episode: Episode, therapist: Client) -> None:
    session = Session.objects.get(episode=episode, number=4)
    room = f"/episodes/{episode.pk}/sessions/{session.pk}/"
    page = text_of(therapist.get(room))
    row = page[page.index('id="task-M17"') :]
    assert f'<a href="{address(episode)}">See why, and decide</a>' in row[: row.index("</article>")]
    decide(therapist, episode)
    page = text_of(therapist.get(room))
    row = page[page.index('id="task-M17"') :]
    assert "See why, and decide" not in row[: row.index("</article>")]
    assert "Recorded: " in row[: row.index("</article>")]


# -- what we tried -----------------------------------------------------------------------------------


def test_each_issue_shows_what_was_tried_and_what_came_of_it(episode: Episode, therapist: Client) -> None:
    session = Session.objects.get(episode=episode, number=4)
    now = {"session": session, "at": make.at_day(TODAY)}
    for name, text, rank in (("i1", "The ward", 2), ("i2", "Silence at home", 1)):
        values = {"issue": name, "text": text, "area": "role_dispute", "final_rank": rank}
        make.entry(episode, "rec_issue_ranking", values, **now)
    step = make.entry(episode, "rec_action_plan", {"step": "Ask for Tuesday", "issue": "i2"}, **now)
    entries.add_entry(
        episode=episode,
        record_type="rec_action_plan",
        payload={"step": "Ask for Tuesday", "done": "yes", "result": "loud, then honest", "mood_after": 6},
        session=session,
        amends=step,
        by=episode.therapist,
        at=make.at_day(TODAY),
    )
    page = read(therapist, episode)
    tried = page[page.index('id="tried"') :]
    assert tried.index("Silence at home") < tried.index("The ward")
    said = words(tried)
    assert "Step: Ask for Tuesday" in said
    assert "Done: loud, then honest. Mood after 6 of 10." in said
    assert "1 thing tried, 1 attempt carried out" in said


def test_a_form_offers_the_issues_of_this_episode(episode: Episode, therapist: Client) -> None:
    session = Session.objects.get(episode=episode, number=4)
    values = {"issue": "i1", "text": "Silence at home", "area": "role_dispute", "final_rank": 1}
    make.entry(episode, "rec_issue_ranking", values, session=session, at=make.at_day(TODAY))
    page = text_of(therapist.get(f"/episodes/{episode.pk}/records/rec_action_plan/new/"))
    assert re.search(r'<option value="i1"[^>]*>Silence at home</option>', page)
    sent = therapist.post(
        f"/episodes/{episode.pk}/records/rec_action_plan/new/", {"step": "Ask", "issue": "i1"}
    )
    assert sent.status_code == 302
    entry = Entry.objects.get(record_type="rec_action_plan")
    entry.episode = episode
    assert (entry.payload["issue"], entry.record_version) == ("i1", "2")


def test_the_service_counts_without_names_and_without_small_numbers(
    episode: Episode, therapist: Client
) -> None:
    decide(therapist, episode)
    manager = browser_of(make.staff(Role.MANAGER))
    page = text_of(manager.get("/service/"))
    assert "No step has been chosen often enough to be shown." in page
    row = StepChosen.objects.get(code="refocus")
    for _ in range(4):
        other, session = make.active_episode()
        kept = make.entry(other, "rec_supervision_item", {"question": "?"}, session=session)
        StepChosen.objects.create(episode=other, decision=kept, code="refocus", on=row.on)
    page = text_of(manager.get("/service/"))
    steps = words(page[page.index('id="steps"') :])
    assert "Review the focus 5 too few to show too few to show" in steps
    assert "Talk about how we work together" not in steps
    assert episode.therapist.display_name not in steps
