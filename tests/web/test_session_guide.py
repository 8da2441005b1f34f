"""The Session room, guide side: what each press and each line does, and who may."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from tests import factories as make
from tests.shared_data import ROOT
from tests.web.signing_in import sign_in

from openipt.cli.course import read_episode
from openipt.records.actions import checkins, people, sessions
from openipt.records.actions.transfer import import_episode
from openipt.records.models import Alert, Entry, EntryState, Session
from openipt.web import clock
from openipt.web.therapist import session_lines

pytestmark = pytest.mark.django_db(transaction=True)
HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture(autouse=True)
def at_the_tests_day(monkeypatch):
    """Today is the day of the sessions of these tests."""
    monkeypatch.setattr(clock, "now", lambda: make.at_day(42, 1))
    monkeypatch.setattr(clock, "today", lambda: make.day(42))


@pytest.fixture
def therapist():
    return make.therapist("Ada Lind")


@pytest.fixture
def desk(therapist):
    return sign_in(Client(), therapist)


def middle(therapist, *, number: int = 7, begun: bool = True, area: str = "role_transition") -> Session:
    """A course whose session `number` is today, with an agreed focus and a step from last time."""
    episode = make.episode(therapist, planned_sessions=16)
    for n in range(1, number):
        held = make.session(episode, days=7 * (n - 1), intake=False)
        episode.refresh_from_db()
        if n == 3:
            agreed = {"problem_area": [area], "event": "the branch closed", "disorder": "depression"}
            make.entry(
                episode, "rec_formulation", agreed | {"agreement": "agree"}, session=held, at=make.at_day(14)
            )
        if n == number - 1:
            step = {"step": "Tell Mila one story", "with_whom": "Mila"}
            make.entry(episode, "rec_action_plan", step, session=held, at=make.at_day(7 * (n - 1)))
            make.entry(
                episode,
                "rec_quote",
                {"words": "I was the branch."},
                session=held,
                at=make.at_day(7 * (n - 1)),
            )
    planned = sessions.plan_session(
        episode=episode, planned_at=make.at_day(42), by=therapist, at=make.at_day(42, -1)
    )
    if begun:
        return sessions.begin_session(session=planned, by=therapist, at=make.at_day(42))
    return planned


def at(session: Session, tail: str = "") -> str:
    return f"/episodes/{session.episode_id}/sessions/{session.pk}/{tail}"


def page_of(desk, session: Session, tail: str = "") -> str:
    answer = desk.get(at(session, tail))
    assert answer.status_code == 200
    return answer.content.decode()


def entries_of(session: Session, record: str) -> list[Entry]:
    rows = Entry.objects.filter(session=session, record_type=record).exclude(state=EntryState.WITHDRAWN)
    return list(rows.select_related("episode").order_by("order"))


def done(session: Session) -> set[str]:
    return set(session.task_marks.filter(withdrawn_at=None).values_list("task_id", flat=True))


def send(desk, session: Session, task: str, values: dict[str, str], *, index: int = 0, **more):
    return desk.post(at(session, f"tasks/{task}/{index}/"), values, **(HTMX | more))


def test_the_strategies_stand_once_also_where_two_tasks_are_done_by_them(desk, therapist):
    """A press would else be found twice, and only one of the two would be drawn anew."""
    episode = make.episode(therapist, planned_sessions=44, adaptation="ipsrt")
    for n in range(1, 7):
        held = make.session(episode, days=7 * (n - 1), intake=False)
        episode.refresh_from_db()
    agreed = {
        "problem_area": ["loss_of_healthy_self"],
        "event": "the illness",
        "disorder": "bipolar disorder",
    }
    make.entry(episode, "rec_formulation", agreed | {"agreement": "agree"}, session=held, at=make.at_day(35))
    page = page_of(desk, held)
    ids = re.findall(r' id="([^"]+)"', page)
    assert any(one.startswith("strategy-hs_") for one in ids)
    assert sorted(ids) == sorted(set(ids))
    assert "strategies of the area" in page


# -- who may -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["manager", "administrator"])
def test_nobody_else_comes_in(therapist, role):
    session = middle(therapist)
    browser = sign_in(Client(), make.staff(role))
    assert browser.get(at(session)).status_code == 404


def test_another_therapist_sees_nothing_here(therapist):
    session = middle(therapist)
    browser = sign_in(Client(), make.therapist())
    for tail in ("", "find/", "together/", "open/technique/tq_role_play/"):
        assert browser.get(at(session, tail)).status_code == 404


def test_a_supervisor_reads_and_has_no_line_to_write(therapist):
    session = middle(therapist)
    browser = sign_in(Client(), make.supervised(therapist))
    assert "data-quick-line" not in page_of(browser, session)
    assert send(browser, session, "M01", {"opening": "a word"}).status_code == 409
    assert not entries_of(session, "rec_session")


def test_a_session_of_another_episode_is_not_found(desk, therapist):
    session, other = middle(therapist), make.active_episode(therapist)[0]
    assert desk.get(f"/episodes/{other.pk}/sessions/{session.pk}/").status_code == 404


# -- beginning ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("format", ["in_person", "phone", "video"])
def test_one_press_begins_and_says_how(desk, therapist, format):
    session = middle(therapist, begun=False)
    assert "Begin session 7" in page_of(desk, session)
    assert desk.post(at(session, "begin/"), {"format": format}).status_code == 302
    session.refresh_from_db()
    assert (session.number, session.format, session.attendance) == (7, format, "attended")


def test_late_is_held_and_takes_the_number(desk, therapist):
    session = middle(therapist, begun=False)
    desk.post(at(session, "begin/"), {"format": "in_person", "late": "yes"})
    session.refresh_from_db()
    assert (session.number, session.attendance) == (7, "late")


@pytest.mark.parametrize("attendance", ["missed", "cancelled"])
def test_what_was_not_held_takes_no_number_and_counts_for_none(desk, therapist, attendance):
    session = middle(therapist, begun=False)
    desk.post(at(session, "not-held/"), {"attendance": attendance, "reason": "a cold"})
    session.refresh_from_db()
    assert (session.number, session.attendance, session.absence_reason) == (None, attendance, "a cold")
    assert "It takes no number" in page_of(desk, session)


def test_written_up_later_keeps_both_days(desk, therapist):
    session = middle(therapist, begun=False)
    desk.post(at(session, "begin/"), {"format": "in_person", "held_on": make.day(40).isoformat()})
    session.refresh_from_db()
    assert session.held_on == make.day(40)
    assert session.written_at.date() == make.day(42)
    assert "written up 16 Feb" in page_of(desk, session)


@pytest.mark.parametrize("typed", ["31.02.2026", "2026-02-31", "soon", "2099-01-01", "2020-01-01"])
def test_an_impossible_day_is_said_at_its_field_and_begins_nothing(desk, therapist, typed):
    session = middle(therapist, begun=False)
    answer = desk.post(at(session, "begin/"), {"format": "phone", "held_on": typed})
    assert answer.status_code == 422
    assert 'id="f-held_on-error"' in answer.content.decode()
    session.refresh_from_db()
    assert session.number is None


def test_the_first_meeting_is_the_intake_unless_it_is_not(desk, therapist):
    episode = make.episode(therapist)
    session = sessions.plan_session(
        episode=episode, planned_at=make.at_day(42), by=therapist, at=make.at_day(42, -1)
    )
    assert "Begin the intake" in page_of(desk, session)
    desk.post(at(session, "begin/"), {"format": "in_person", "intake": "no"})
    session.refresh_from_db()
    assert session.number == 1


# -- the minute before -------------------------------------------------------------------------------


def test_the_minute_before_says_step_words_scores_and_wish(desk, therapist):
    session = middle(therapist, begun=False)
    episode = session.episode
    client = make.client_login(episode)
    for days, answers in ((35, [2] * 8 + [0]), (42, [1] * 8 + [0])):
        if days == 35:
            earlier = Session.objects.get(episode=episode, number=6)
            checkins.enter_answers(
                episode=episode,
                answers={"ms_phq9": answers},
                unscored={"ms_phq9": [3]},
                session=earlier,
                by=therapist,
                at=make.at_day(35),
            )
            continue
        sitting = checkins.open_checkin(episode=episode, measures=["ms_phq9"], by=client, at=make.at_day(42))
        for item, value in enumerate([*answers, 1], start=1):  # the tenth: how difficult it was
            checkins.record_answer(
                check_in=sitting, measure="ms_phq9", item=item, value=value, by=client, at=make.at_day(42)
            )
        checkins.set_extras(
            check_in=sitting,
            mood=4,
            talk_about="how to ask Dana",
            event="met Emil",
            by=client,
            at=make.at_day(42),
        )
        checkins.finish_checkin(check_in=sitting, by=client, at=make.at_day(42))
    html = page_of(desk, session)
    assert "Tell Mila one story" in html
    assert "I was the branch." in html
    assert "how to ask Dana" in html and "met Emil" in html and "Mood 4 of 10" in html
    assert "PHQ-9 8 of 27" in html and "8 lower, better than on" in html
    assert "get along with other people? (not part of the score)" in html and "1, somewhat difficult" in html


def test_a_minute_before_without_news_says_since_when(desk, therapist):
    episode = make.episode(therapist, planned_sessions=16)
    first = sessions.plan_session(episode=episode, planned_at=make.at_day(7), by=therapist, at=make.at_day())
    assert "Nothing is known from before yet" in page_of(desk, first)
    make.session(episode, days=1)
    page = page_of(desk, first)
    assert "Nothing new since then" in page
    assert "Nothing is known from before yet" not in page


def test_the_last_step_is_looked_at_beside_the_old_record(desk, therapist):
    session = middle(therapist)
    old = Entry.objects.get(record_type="rec_action_plan", episode=session.episode)
    answer = desk.post(at(session, "last-step/"), {"done": "partly", "result": "said half"}, **HTMX)
    assert 'id="last-step"' in answer.content.decode()
    review = entries_of(session, "rec_action_plan")[0]
    assert review.amends_id == old.pk
    assert (review.payload["done"], review.payload["result"]) == ("partly", "said half")
    assert "M08" not in done(session), "looking at the last step agrees no new one"


def test_looking_twice_keeps_one_record(desk, therapist):
    session = middle(therapist)
    desk.post(at(session, "last-step/"), {"done": "no"})
    desk.post(at(session, "last-step/"), {"done": "yes"})
    assert [e.payload["done"] for e in entries_of(session, "rec_action_plan")] == ["yes"]


# -- tasks are done by their records -----------------------------------------------------------------


def test_a_line_saves_its_record_and_the_task_is_done_by_it(desk, therapist):
    session = middle(therapist)
    answer = send(desk, session, "M02", {"link_text": "low after the call"})
    assert answer.status_code == 200
    assert entries_of(session, "rec_event_mood_link")[0].payload == {"link_text": "low after the call"}
    assert done(session) == {"M02"}
    html = answer.content.decode()
    assert 'id="task-M02-mark"' in html and "Recorded" in html and 'id="line-M02-0-state"' in html
    assert "low after the call" in html, "the note's sentences come along"


def test_saving_a_line_again_changes_one_record(desk, therapist):
    session = middle(therapist)
    send(desk, session, "M04", {"first_word": "sad"})
    send(desk, session, "M04", {"first_word": "ashamed"})
    send(desk, session, "M04", {"first_word": "ashamed"})
    found = entries_of(session, "rec_emotion_log")
    assert [entry.payload["first_word"] for entry in found] == ["ashamed"]
    assert found[0].version == 2


def test_four_rows_share_the_session_record_without_standing_in_each_others_way(desk, therapist):
    session = middle(therapist)
    blank = session_lines.digest({}, ("opening",))
    for task, field in (("M01", "opening"), ("M15", "summary"), ("M16", "credit")):
        was = session_lines.digest({}, (field,))
        assert send(desk, session, task, {field: f"words of {field}", "was": was}).status_code == 200
    assert len(entries_of(session, "rec_session")) == 1
    assert done(session) == {"M01", "M15", "M16"}
    assert send(desk, session, "M01", {"opening": "", "was": blank}).status_code == 409


def test_a_record_that_says_another_thing_opens_no_empty_line(desk, therapist):
    """A file may bring several records of one session: a row shows the one that says what it asks."""
    read = read_episode(str(ROOT / "docs/examples/ipt_g_who.json"), to_keep=True)
    made = import_episode(portable=read, therapist=therapist, by=make.OPERATOR, at=make.at_day(400))
    last = made.sessions.get(number=8)
    assert len(entries_of(last, "rec_session")) == 2
    page = page_of(desk, last)
    assert 'id="line-E01-0"' in page
    assert 'id="line-E01-1"' not in page
    assert page.index("she will miss the bench") > page.index('id="line-E01-0"')


def test_no_control_marks_several_tasks(desk, therapist):
    """Each line alone leaves exactly its own task done (the step with its supporter is one record)."""
    lines = {
        "M01": {"opening": "a week"},
        "M02": {"link_text": "a link"},
        "M04": {"first_word": "sad"},
        "M08": {"step": "ask"},
        "M10": {"thoughts": "no", "level": "green"},
        "M11": {"remaining_stated": "9"},
        "M15": {"summary": "in sum"},
        "M16": {"credit": "you did"},
    }
    session = middle(therapist)
    before: set[str] = set()
    for task, values in lines.items():
        send(desk, session, task, values)
        assert done(session) - before == {task}
        before = done(session)


def test_the_step_and_who_helps_are_one_line_of_one_record(desk, therapist):
    session = middle(therapist)
    dana = people.add_person(episode=session.episode, label="Dana", by=therapist, at=make.at_day(42))
    send(desk, session, "M08", {"step": "ask Dana", "supporter": dana.code})
    assert len(entries_of(session, "rec_action_plan")) == 1
    assert done(session) == {"M08", "M09"}


def test_nothing_about_risk_count_or_credit_is_ticked_or_copied(desk, therapist):
    session = middle(therapist, number=6)
    for task, values in (
        ("M10", {"thoughts": "no", "level": "green"}),
        ("M11", {"remaining_stated": "10"}),
        ("M16", {"credit": "you called"}),
    ):
        send(desk, session, task, values)
    following = sessions.begin_session(episode=session.episode, by=therapist, at=make.at_day(42))
    html = page_of(desk, following)
    risk = html[html.index('id="line-M10-0"') : html.index("</form>", html.index('id="line-M10-0"'))]
    assert not re.search(r'value="(yes|no|green|yellow|orange|red)"[^>]*checked', risk)
    assert "Said aloud" not in html
    credit = html[html.index('id="line-M16-0"') : html.index("</form>", html.index('id="line-M16-0"'))]
    assert "you called" not in credit


def test_saying_what_remains_is_one_press_and_can_be_taken_back(desk, therapist):
    session = middle(therapist)
    assert "This is session 7 of 16. After today 9 remain." in page_of(desk, session)
    send(desk, session, "M11", {"remaining_stated": "9"})
    assert "M11" in done(session)
    assert "Said aloud: 9 after today." in page_of(desk, session)
    assert send(desk, session, "M11", {"remaining_stated": ""}).status_code == 200
    assert "M11" not in done(session)


def test_an_emptied_line_takes_its_record_back(desk, therapist):
    session = middle(therapist)
    send(desk, session, "M04", {"first_word": "sad"})
    assert send(desk, session, "M04", {"first_word": ""}).status_code == 200
    assert not entries_of(session, "rec_emotion_log")
    assert "M04" not in done(session)


def test_a_blank_line_saves_nothing(desk, therapist):
    session = middle(therapist)
    assert send(desk, session, "M08", {"step": "  ", "supporter": ""}).status_code == 200
    assert not entries_of(session, "rec_action_plan")


def test_two_tabs_never_overwrite_each_other(desk, therapist):
    session = middle(therapist)
    blank = session_lines.digest({}, ("link_text",))
    send(desk, session, "M02", {"link_text": "first", "was": blank})
    answer = send(desk, session, "M02", {"link_text": "second", "was": blank})
    assert answer.status_code == 409
    html = answer.content.decode()
    assert "first" in html and "Keep mine" in html
    assert entries_of(session, "rec_event_mood_link")[0].payload["link_text"] == "first"
    fresh = re.search(r'name="was" value="(\w+)"', html).group(1)
    assert send(desk, session, "M02", {"link_text": "second", "was": fresh}).status_code == 200
    assert entries_of(session, "rec_event_mood_link")[0].payload["link_text"] == "second"


@pytest.mark.parametrize(
    ("task", "values"),
    [
        ("M04", {"first_word": "x" * 600}),
        ("M11", {"remaining_stated": "many"}),
        ("M08", {"step": "", "supporter": "Dana"}),
    ],
)
def test_what_cannot_be_kept_is_said_at_the_line_and_stays_typed(desk, therapist, task, values):
    session = middle(therapist)
    answer = send(desk, session, task, values)
    assert answer.status_code == 422
    assert done(session) == set()
    plain = desk.post(at(session, f"tasks/{task}/0/"), values)
    assert plain.status_code == 422
    assert next(value for value in values.values() if value) in plain.content.decode()


def test_emoji_right_to_left_and_control_characters(desk, therapist):
    session = middle(therapist)
    send(desk, session, "M01", {"opening": "🙂 שלום\x00\x07 done"})
    assert entries_of(session, "rec_session")[0].payload["opening"] == "🙂 שלום done"


def test_lines_work_without_script(desk, therapist):
    session = middle(therapist)
    answer = desk.post(at(session, "tasks/M02/0/"), {"link_text": "a link"})
    assert answer.status_code == 302
    assert answer.headers["Location"].endswith("#task-M02")


def test_nothing_is_written_before_it_begins_or_after_it_is_signed(desk, therapist):
    session = middle(therapist, begun=False)
    assert send(desk, session, "M02", {"link_text": "early"}).status_code == 409
    begun = sessions.begin_session(session=session, by=therapist, at=make.at_day(42))
    make.signed(begun, at=make.at_day(42))
    assert send(desk, begun, "M02", {"link_text": "late"}).status_code == 409
    assert not entries_of(session, "rec_event_mood_link")
    assert "Recorded in this session" in page_of(desk, session)


def test_several_people_are_several_records(desk, therapist):
    episode, session = make.active_episode(therapist)
    monday = make.at_day(0)
    assert session.number == 1 and session.held_on == monday.date()
    for index, (label, relation) in enumerate((("Dana", "wife"), ("Emil", "friend"))):
        send(desk, session, "I07", {"label": label, "relation": relation}, index=index)
    assert [e.payload["label"] for e in entries_of(session, "rec_inventory_person")] == ["Dana", "Emil"]
    assert len({e.payload["person_id"] for e in entries_of(session, "rec_inventory_person")}) == 2
    more = desk.get(at(session, "guide/?another=I07"), **HTMX).content.decode()
    assert 'id="line-I07-2"' in more


def test_one_record_type_for_two_tasks_says_which(desk, therapist):
    _, session = make.active_episode(therapist)
    send(desk, session, "I03", {"topic": "depression is an illness", "client_words": "so I am not lazy"})
    assert done(session) == {"I03"}
    send(desk, session, "I14", {"topic": "how we work", "client_words": "fine"})
    assert done(session) == {"I03", "I14"}


# -- risk --------------------------------------------------------------------------------------------


def test_a_yes_about_risk_opens_the_way_at_once(desk, therapist):
    session = middle(therapist)
    answer = send(desk, session, "M10", {"thoughts": "yes", "thoughts-words": "wished not to wake"})
    html = answer.content.decode()
    alert = Alert.objects.get(episode=session.episode)
    assert alert.state == "open"
    assert f"alerts/{alert.pk}/" in html and "An alert is open" in html


def test_a_level_is_lowered_only_with_a_reason_asked_on_the_line(desk, therapist):
    session = middle(therapist)
    send(desk, session, "M10", {"thoughts": "yes", "level": "yellow"})
    assert send(desk, session, "M10", {"thoughts": "no", "level": "green"}).status_code == 422
    html = page_of(desk, session)
    assert 'name="reason"' in html[html.index('id="line-M10-0"') :]
    answer = send(
        desk, session, "M10", {"thoughts": "no", "level": "green", "reason": "misheard, asked again"}
    )
    assert answer.status_code == 200


def test_danger_locks_rehearsal_and_says_why(desk, therapist):
    session = middle(therapist, area="role_dispute")
    make.entry(
        session.episode, "rec_ipv_screen", {"alone_confirmed": True, "positive": True}, at=make.at_day(42)
    )
    html = page_of(desk, session)
    assert "DR-06" in html
    assert send(desk, session, "M14", {"who": "Carla", "purpose": "explain"}).status_code == 409
    assert not entries_of(session, "rec_conjoint_session")


# -- strategies, techniques --------------------------------------------------------------------------


def test_a_strategy_is_one_press_and_its_record(desk, therapist):
    session = middle(therapist)
    answer = desk.post(at(session, "strategies/rt_2_old/"), {"do": "use"}, **HTMX)
    assert "Worked on today" in answer.content.decode()
    progress = entries_of(session, "rec_strategy_progress")
    assert [e.payload for e in progress] == [{"strategy_id": "rt_2_old", "status": "started"}]
    assert "M03" in done(session)
    desk.post(at(session, "strategies/rt_2_old/"), {"do": "use"})
    assert len(entries_of(session, "rec_strategy_progress")) == 1
    desk.post(at(session, "strategies/rt_2_old/"), {"do": "done"})
    assert entries_of(session, "rec_strategy_progress")[0].payload["status"] == "done"
    desk.post(at(session, "strategies/rt_2_old/"), {"do": "back"})
    assert not entries_of(session, "rec_strategy_progress")
    assert "M03" not in done(session)


def test_the_focus_shows_its_questions_and_when_it_is_done(desk, therapist):
    html = page_of(desk, middle(therapist, area="role_dispute"))
    assert "What do you two disagree about?" in html
    assert "Done when: client restates the link." in html


def test_a_technique_is_marked_used_and_taken_back(desk, therapist):
    session = middle(therapist)
    desk.post(at(session, "techniques/tq_balance_sheet/"), {"do": "use"}, **HTMX)
    assert session.technique_uses.filter(withdrawn_at=None).count() == 1
    desk.post(at(session, "techniques/tq_balance_sheet/"), {"do": "back"})
    assert session.technique_uses.filter(withdrawn_at=None).count() == 0


@pytest.mark.parametrize("tail", ["strategies/rt_99/", "techniques/tq_none/", "tasks/M99/0/"])
def test_what_the_manual_does_not_have_is_not_found(desk, therapist, tail):
    session = middle(therapist)
    assert desk.post(at(session, tail), {"do": "use"}).status_code == 404


# -- the client's words, find, the turned screen -----------------------------------------------------


def test_words_are_kept_once_and_taken_out(desk, therapist):
    session = middle(therapist)
    desk.post(at(session, "quotes/"), {"words": "Nobody asks me."}, **HTMX)
    answer = desk.post(at(session, "quotes/"), {"words": "Nobody asks me."}, **HTMX)
    assert "Nobody asks me." in answer.content.decode()
    kept = entries_of(session, "rec_quote")
    assert len(kept) == 1
    desk.post(at(session, f"quotes/{kept[0].pk}/drop/"), **HTMX)
    assert not entries_of(session, "rec_quote")


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("old role", "Balance of old and new role"),
        ("analysis comm", "Communication analysis"),
        ("emotion", "Emotion log"),
        ("stage", "Determine the stage"),
    ],
)
def test_find_reaches_strategies_techniques_and_records(desk, therapist, typed, found):
    html = page_of(desk, middle(therapist), f"find/?q={typed}")
    assert found in html


def test_find_says_so_when_there_is_nothing(desk, therapist):
    assert "Nothing in the manual" in page_of(desk, middle(therapist), "find/?q=xyzzy")


@pytest.mark.parametrize("tail", ["strategies/rt_8_support/", "techniques/tq_role_play/"])
def test_what_stands_open_above_the_guide_shows_what_was_pressed_there(desk, therapist, tail):
    session = middle(therapist)
    pressed = desk.post(at(session, tail), {"do": "use", "opened": "yes"}, **HTMX).content.decode()
    panel = pressed.partition('<div id="guide-opened" hx-swap-oob="innerHTML">')[2].partition("</section>")[0]
    assert 'aria-pressed="true"' in panel
    assert 'id="opened-' in panel
    in_the_list = desk.post(at(session, tail), {"do": "back"}, **HTMX).content.decode()
    assert 'id="guide-opened"' not in in_the_list


def test_what_is_found_opens_above_the_guide(desk, therapist):
    session = middle(therapist)
    whole = page_of(desk, session, "open/technique/tq_role_play/")
    assert 'id="opened-title"' in whole and 'id="task-M01"' in whole
    part = desk.get(at(session, "open/strategy/rd_2_stage/"), **HTMX).content.decode()
    assert "Determine the stage" in part and "<html" not in part
    assert desk.get(at(session, "open/record/rec_risk/")).status_code == 404


def test_the_turned_screen_holds_no_staff_word(desk, therapist):
    other = make.episode(therapist, name="Zelda Quartz")
    session = middle(therapist)
    sessions.write_private_note(session=session, text="countertransference", by=therapist, at=make.at_day(42))
    checkins.enter_answers(
        episode=session.episode,
        answers={"ms_phq9": [2] * 8 + [2]},
        session=session,
        by=therapist,
        at=make.at_day(42),
    )
    send(desk, session, "M10", {"thoughts": "yes", "level": "orange"})
    send(desk, session, "M08", {"step": "Ask Dana for half an hour"})
    send(desk, session, "M04", {"first_word": "ashamed"})
    html = page_of(desk, session, "together/")
    for word in ("ashamed", "Ask Dana for half an hour", "This is meeting 7 of 16", "Your line"):
        assert word in html
    low = html.lower()
    for word in (
        "risk", "alert", "orange", "countertransference", "moderately", "severe", "item 9", "suicid",
        other.client.name.lower(), "sign session", "dr-0", "role transition", "private", "thoughts of",
    ):  # fmt: skip
        assert word not in low, word


def test_every_page_is_read_once_in_the_audit(desk, therapist):
    from openipt.records.models import AuditEvent

    session = middle(therapist)
    before = AuditEvent.objects.filter(act="episode-read").count()
    for tail in ("", "find/", "together/"):
        page_of(desk, session, tail)
    assert AuditEvent.objects.filter(act="episode-read").count() == before + 3


def test_an_older_session_shows_what_was_due_then(desk, therapist):
    session = middle(therapist, number=6)
    html_then = page_of(desk, session)
    sessions.begin_session(
        episode=session.episode, by=therapist, at=make.at_day(42, 2) + timedelta(minutes=1)
    )
    html_now = page_of(desk, session)
    assert "After today 10 remain." in html_then
    assert "After today 10 remain." in html_now


# -- a reason, where one is asked ---------------------------------------------------------------------


def test_a_line_asks_for_the_reason_of_a_choice_outside_the_rules_and_keeps_what_was_typed(desk, therapist):
    session = first_meeting(therapist)
    three = {"problem_area": ["grief", "role_dispute", "role_transition"], "event": "the branch closed"}
    make.entry(session.episode, "rec_formulation", three, session=session, at=make.at_day(42))
    typed = {"agreement": "partly", "client_words": "All of it at once."}
    assert 'name="reason_for_focus"' not in page_of(desk, session)
    asked = send(desk, session, "I12", typed).content.decode()
    assert "3 areas are chosen; 2 at most. Write the reason for it." in asked
    assert 'name="reason_for_focus"' in asked
    assert "All of it at once." in asked
    assert "agreement" not in entries_of(session, "rec_formulation")[0].payload
    send(desk, session, "I12", typed | {"reason_for_focus": "All three weigh alike."})
    (kept,) = entries_of(session, "rec_formulation")
    assert (kept.payload["agreement"], kept.payload["reason_for_focus"]) == (
        "partly",
        "All three weigh alike.",
    )
    send(desk, session, "I12", typed | {"client_words": "All of it."})
    (kept,) = entries_of(session, "rec_formulation")
    assert (kept.payload["client_words"], kept.payload["reason_for_focus"]) == (
        "All of it.",
        "All three weigh alike.",
    )


def first_meeting(therapist) -> Session:
    """Session 3 of a course, still in its initial phase, today."""
    episode = make.episode(therapist, planned_sessions=16)
    for n in range(2):
        make.session(episode, days=28 + 7 * n, intake=False)
        episode.refresh_from_db()
    return make.session(episode, days=42, intake=False)
