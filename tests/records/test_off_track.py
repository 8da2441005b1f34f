"""Decisions where a course is not on track: who may make them, what is kept, what a service learns."""

from __future__ import annotations

import itertools
from datetime import timedelta

import pytest

from openipt import library
from openipt.core.course.decisions import decisions, review
from openipt.core.portable.episode_file import from_file, to_file
from openipt.errors import EntryNotValid, NoAccess, NotAllowedNow
from openipt.records import convert
from openipt.records.actions import checkins, entries, off_track, sessions, transfer
from openipt.records.manuals import manual_of
from openipt.records.models import AuditEvent, Entry, Episode, Role, Session, StepChosen
from openipt.records.queries.steps import FEWEST, step_figures
from tests import factories as make

pytestmark = pytest.mark.django_db

WEEK = 7


def answered(of: Session, days: int, phq9: int, gad7: int = 9) -> None:
    items = [min(3, max(0, phq9 - 3 * n)) for n in range(8)] + [0]
    anxiety = [min(3, max(0, gad7 - 3 * n)) for n in range(7)]
    checkins.enter_answers(
        episode=of.episode,
        answers={"ms_phq9": items, "ms_gad7": anxiety},
        session=of,
        by=of.episode.therapist,
        at=make.at_day(days, 1),
    )


def weekly(scores: list[int], **more) -> tuple[Episode, Session]:
    """A course with a session a week, all signed but the last."""
    episode, session = make.active_episode(**more)
    make.assessed(episode, session=session)
    for week, score in enumerate(scores):
        if week:
            sign(session, week - 1)
            session = make.session(episode, WEEK * week)
        answered(session, WEEK * week, score)
    episode.refresh_from_db()
    return episode, session


def sign(session: Session, week: int) -> None:
    at = make.at_day(WEEK * week, 2)
    session.refresh_from_db()
    make.assessed(session.episode, session=session, at=at)
    make.signed(session, at=at)


def decide(episode: Episode, days: int = WEEK * 3, **more) -> Entry:
    more = {"steps": ["supervise"], "review_session": 6, **more}
    return off_track.decide(episode=episode, by=episode.therapist, at=make.at_day(days, 1), **more)


def look(episode: Episode, days: int, change: str = "better", **more) -> Entry:
    more = {"decision": "d1", "change": change, **more}
    return off_track.look_again(episode=episode, by=episode.therapist, at=make.at_day(days, 2), **more)


@pytest.fixture
def flat() -> tuple[Episode, Session]:
    """16 to 15 at session 4: DR-20."""
    return weekly([16, 16, 16, 15])


def test_what_stood_that_day_is_kept_with_the_decision(flat):
    episode, session = flat
    kept = decide(episode, session=session, steps=["refocus", "supervise"], words="one hour at home").payload
    assert kept["id"] == "d1"
    assert kept["rules"] == ["DR-20"]
    assert kept["scores"] == {"ms_phq9": 15, "ms_gad7": 9}
    assert kept["steps"] == ["refocus", "supervise"]
    assert "focus" in kept["reasons"]
    assert "alliance" not in kept["reasons"]


def test_it_does_the_task_of_the_session_that_is_held(flat):
    episode, session = flat
    decide(episode, session=session)
    assert session.task_marks.filter(task_id="M17", withdrawn_at=None).exists()


def test_between_sessions_it_covers_the_signal_all_the_same(flat):
    episode, session = flat
    sign(session, 3)
    day = make.day(WEEK * 3)
    assert review(manual_of(episode), convert.course(episode), day).is_open
    decide(episode)
    assert not review(manual_of(episode), convert.course(episode), day).is_open


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"steps": []}, "steps"),
        ({"steps": ["pray"]}, "steps"),
        ({"review_session": None}, "review_on"),
        ({"review_session": 4}, "review_session"),
        ({"review_session": None, "review_on": make.day(WEEK * 3)}, "review_on"),
        ({"words": "x" * 6000}, "words"),
    ],
)
def test_a_decision_says_what_and_when_it_is_looked_at_again(flat, wrong, field):
    with pytest.raises(EntryNotValid) as refused:
        decide(flat[0], **wrong)
    assert field in [fault.path for fault in refused.value.faults]
    assert not StepChosen.objects.exists()


def test_going_on_as_planned_needs_its_reason_and_is_counted(flat):
    decide(flat[0], steps=[], go_on="The score fell last week.")
    assert [row.code for row in StepChosen.objects.all()] == ["go_on"]


def test_pressed_twice_it_is_kept_once(flat):
    one = decide(flat[0])
    assert decide(flat[0]).pk == one.pk
    assert StepChosen.objects.count() == 1
    later = off_track.decide(
        episode=flat[0],
        steps=["supervise"],
        review_session=6,
        by=flat[0].therapist,
        at=make.at_day(WEEK * 3, 1) + timedelta(minutes=5),
    )
    assert (later.pk != one.pk, later.payload["id"]) == (True, "d2")


def test_only_the_therapist_decides(flat):
    episode, _ = flat
    others = {
        "supervisor": make.supervised(episode.therapist),
        "cover": make.covered(episode.therapist, 0, 60),
        "client": make.client_login(episode),
        "other": make.therapist(),
        "manager": make.staff(Role.MANAGER),
    }
    for name, user in others.items():
        with pytest.raises((NoAccess, NotAllowedNow)):
            off_track.decide(
                episode=episode, steps=["supervise"], review_session=6, by=user, at=make.at_day(21, 1)
            )
        with pytest.raises((NoAccess, NotAllowedNow)):
            off_track.look_again(
                episode=episode, decision="d1", change="better", by=user, at=make.at_day(21, 1)
            )
        assert not StepChosen.objects.exists(), name


def test_each_writes_one_audit_event_without_a_word(flat):
    episode, _ = flat
    before = AuditEvent.objects.filter(chain=str(episode.pk), act="entry-added").count()
    decide(episode, words="one hour at home")
    look(episode, WEEK * 3, words="better at home")
    events = AuditEvent.objects.filter(chain=str(episode.pk), act="entry-added")
    assert events.count() == before + 2
    assert not any("home" in str(event.__dict__) for event in AuditEvent.objects.all())


# -- what came of it ---------------------------------------------------------------------------------


def test_what_came_of_it_stands_beside_the_decision():
    """15 at the decision, 9 when it was looked at: a fall of 6 is a reliable improvement."""
    episode, _ = weekly([16, 16, 16, 15, 12, 9])
    decide(episode)
    kept = look(episode, WEEK * 5, carried_out="yes", words="they talk again").payload
    assert kept["scores"] == {"ms_phq9": 9, "ms_gad7": 9}
    [row] = StepChosen.objects.all()
    assert (row.change, row.improved, row.looked_on) == ("better", True, make.day(WEEK * 5))
    [decision] = decisions(convert.course(episode))
    assert (decision.outcome.change, decision.outcome.carried_out) == ("better", "yes")


@pytest.mark.parametrize(("last", "improved"), [(9, True), (10, False)])
def test_improved_is_by_the_rule_and_not_by_the_word(last, improved):
    episode, _ = weekly([16, 16, 16, 15, 12, last])
    decide(episode)
    look(episode, WEEK * 5, change="same")
    assert StepChosen.objects.get().improved is improved


def test_what_was_looked_at_on_an_earlier_day_stays(flat):
    episode, _ = flat
    decide(episode)
    look(episode, WEEK * 3)
    look(episode, WEEK * 3, change="worse")  # a correction of the same day
    assert StepChosen.objects.get().change == "worse"
    with pytest.raises(NotAllowedNow):
        look(episode, WEEK * 4)


@pytest.mark.parametrize(
    "wrong", [{"decision": "d9"}, {"change": ""}, {"change": "fine"}, {"carried_out": "x"}]
)
def test_what_came_of_it_is_of_a_decision_and_one_of_three(flat, wrong):
    decide(flat[0])
    with pytest.raises((EntryNotValid, NotAllowedNow)):
        look(flat[0], WEEK * 3, **wrong)


def test_rows_follow_a_change_and_a_withdrawal(flat):
    episode, _ = flat
    entry = decide(episode, steps=["refocus", "supervise"])
    now = {"by": episode.therapist, "at": make.at_day(WEEK * 3, 2)}
    entry = entries.save_entry(
        entry=entry, payload={**entry.payload, "steps": ["refocus"]}, expected_version=1, **now
    )
    assert set(StepChosen.objects.filter(withdrawn_at=None).values_list("code", flat=True)) == {"refocus"}
    entries.withdraw_entry(entry=entry, **now)
    assert not StepChosen.objects.filter(withdrawn_at=None).exists()
    assert StepChosen.objects.count() == 2


def test_an_imported_episode_brings_its_decisions():
    episode, _ = weekly([16, 16, 16, 15, 12, 9])
    decide(episode)
    look(episode, WEEK * 5)
    told = convert.portable(episode, episode.therapist, make.day(WEEK * 6))
    back = from_file(to_file(told), record_types=library.record_types())
    other = make.therapist()
    made = transfer.import_episode(portable=back, therapist=other, by=other, at=make.at_day(WEEK * 6))
    rows = [(row.code, row.change, row.improved, row.on) for row in made.steps_chosen.all()]
    assert rows == [("supervise", "better", True, make.day(WEEK * 3))]
    assert decisions(convert.course(made)) == decisions(convert.course(episode))


# -- what a service learns -----------------------------------------------------------------------------

_places = itertools.count(1)


def counted(code: str, chosen: int, looked: int = 0, improved: int = 0) -> None:
    """So many rows; each stands on an entry of its own."""
    episode, session = make.active_episode()
    for number in range(chosen):
        entry = make.entry(
            episode,
            "rec_supervision_item",
            {"question": f"q{next(_places)}"},
            session=session,
        )
        done = {"outcome": entry, "looked_on": make.day(), "change": "same", "improved": number < improved}
        StepChosen.objects.create(
            episode=episode, decision=entry, code=code, on=make.day(), **(done if number < looked else {})
        )


def figures(**by_code):
    manager = make.staff(Role.MANAGER)
    for code, numbers in by_code.items():
        counted(code, *numbers)
    return {f.code: (f.chosen, f.looked_at, f.improved) for f in step_figures(manager, make.day(1))}


def test_counts_below_five_never_leave():
    assert FEWEST == 5
    found = figures(refocus=(5,), supervise=(4,), switch=(12, 10, 5), frequency=(12, 4, 4), combine=(9, 9, 5))
    assert found == {
        "refocus": (5, None, None),
        "switch": (12, 10, 5),
        "frequency": (12, None, None),
        "combine": (9, 9, None),
    }


def test_a_withdrawn_choice_and_one_whose_scores_are_not_known_do_not_count():
    counted("refocus", 6, 6, 6)
    StepChosen.objects.filter(code="refocus").update(improved=None)
    row = StepChosen.objects.filter(code="refocus").first()
    row.withdrawn_at = make.at_day()
    row.save()
    assert [(f.chosen, f.looked_at) for f in step_figures(make.staff(Role.MANAGER), make.day(1))] == [
        (5, None)
    ]


def test_the_figures_are_the_managers_alone(flat):
    for user in (flat[0].therapist, make.supervised(flat[0].therapist), make.staff(Role.ADMINISTRATOR)):
        with pytest.raises(NoAccess):
            step_figures(user, make.day())


def test_the_next_session_asks_what_came_of_it(flat):
    episode, session = flat
    decide(episode, session=session, review_session=5)
    sign(session, 3)
    sessions.begin_session(episode=episode, by=episode.therapist, at=make.at_day(WEEK * 4))
    found = review(manual_of(episode), convert.course(episode), make.day(WEEK * 4))
    assert found.is_open and found.due.id == "d1"


def test_a_decision_settles_the_rule_that_speaks_of_it(flat):
    """Nobody is asked twice: the firing of DR-20 is decided with it."""
    episode, _ = flat
    decide(episode)
    firing = episode.firings.get(rule="DR-20")
    assert (firing.decision, firing.decided_by) == ("done", episode.therapist)
    assert not episode.firings.exclude(rule="DR-20").exclude(decision="").exists()
