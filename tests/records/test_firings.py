"""Rules that fired are kept with their inputs, end with their condition, and hold what a clinician decided."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import IntegrityError, connection, connections, transaction

from openipt.errors import EntryNotValid, NoAccess, NotAllowedNow
from openipt.records import audit
from openipt.records.actions import checkins, firings
from openipt.records.models import AuditEvent, Episode, FiringDecision, FiringEnd, RuleFiring, User
from openipt.records.queries import firings as queries
from tests import factories as make

pytestmark = pytest.mark.django_db


def stop(episode: Episode, item: str = "s_03", answer: str = "yes") -> None:
    make.entry(episode, "rec_suitability", {item: {"answer": answer}})


def look(episode: Episode, days: int = 0) -> firings.Noted:
    return firings.note(episode=episode, on=make.day(days), at=make.at_day(days))


def standing(episode: Episode, rule: str) -> RuleFiring | None:
    return RuleFiring.objects.filter(episode=episode, rule=rule, ended_at=None).first()


@pytest.fixture
def stopped() -> Episode:
    """Psychosis answered yes in the checklist: DR-04 and DR-08 fire."""
    episode, _ = make.active_episode()
    stop(episode)
    look(episode)
    return episode


def decide(episode: Episode, rule: str = "DR-08", days: int = 0, **more) -> RuleFiring:
    given = {"decision": "disagree", "reason": "seen by a colleague", "by": episode.therapist, **more}
    return firings.decide_rule(episode=episode, rule=rule, at=make.at_day(days), **given)


# -- kept -------------------------------------------------------------------------------------------


def test_a_firing_keeps_its_rule_version_severity_inputs_and_day(stopped: Episode) -> None:
    kept = standing(stopped, "DR-08")
    assert (kept.rule_version, kept.manual_version, kept.severity) == ("1", "1", "critical")
    assert kept.inputs == {"items": ["s_03"], "overridden": False}
    assert (kept.first_seen_on, kept.last_seen_on, kept.ended_on) == (make.day(), make.day(), None)
    assert "s_03" in kept.why


def test_every_severity_is_kept_not_only_the_grave(stopped: Episode) -> None:
    """DR-16 and its like speak later; what fires for information is kept too."""
    make.entry(stopped, "rec_risk", {"thoughts": False, "level": "yellow", "reason": "asked"})
    look(stopped, 1)
    assert {row.severity for row in stopped.firings.all()} >= {"critical"}


def test_looking_again_on_the_same_day_writes_nothing(stopped: Episode) -> None:
    before = AuditEvent.objects.count(), list(RuleFiring.objects.order_by("pk").values())
    assert not look(stopped)
    assert (AuditEvent.objects.count(), list(RuleFiring.objects.order_by("pk").values())) == before


def test_looking_on_a_later_day_only_moves_when_it_was_last_seen(stopped: Episode) -> None:
    assert not look(stopped, 3)
    kept = standing(stopped, "DR-08")
    assert (kept.first_seen_on, kept.last_seen_on) == (make.day(), make.day(3))


def test_noting_is_no_write_of_the_course(stopped: Episode) -> None:
    """What watches for writes is not woken by what it does itself."""
    before = audit.revision_of(stopped)
    look(stopped, 5)
    decide(stopped, days=5)
    assert audit.revision_of(stopped) == before


def test_a_firing_ends_when_its_condition_no_longer_holds_and_begins_anew(stopped: Episode) -> None:
    stop(stopped, answer="no")
    ended = look(stopped, 2).ended
    kept = next(row for row in ended if row.rule == "DR-08")
    assert (kept.ended_by, kept.ended_on) == (FiringEnd.CONDITION, make.day(2))
    stop(stopped)
    again = next(row for row in look(stopped, 4).new if row.rule == "DR-08")
    assert again.pk != kept.pk and again.first_seen_on == make.day(4)


def test_another_severity_is_a_firing_of_its_own() -> None:
    """Item 9 at 1 is a warning, at 3 it is critical."""
    episode, _ = make.active_episode()
    for days, value in ((0, 1), (1, 3)):
        checkins.enter_answers(
            episode=episode,
            answers={"ms_phq9": [1, 1, 1, 1, 1, 1, 1, 1, value]},
            by=episode.therapist,
            at=make.at_day(days),
        )
        look(episode, days)
    rows = list(episode.firings.filter(rule="DR-01"))
    assert [(row.severity, row.ended_by) for row in rows] == [("warning", "severity"), ("critical", "")]


def test_a_clock_that_went_back_ends_nothing(stopped: Episode) -> None:
    look(stopped, 10)
    stop(stopped, answer="no")
    assert not look(stopped, 9)
    assert standing(stopped, "DR-08").last_seen_on == make.day(10)


def test_no_word_of_a_client_lies_clear_in_a_firing() -> None:
    """Issues and people may be called by words: only their number is kept."""
    episode, _ = make.active_episode()
    factors = {"f_link": 2, "f_priority": 2, "f_severity": 2, "f_affect": 2, "f_change": 2}
    for issue in ("Zwetschgenmus", "Quittenbrot"):
        values = {"issue": issue, "text": issue, "area": "grief", "factors": factors}
        make.entry(episode, "rec_issue_ranking", values)
    make.entry(episode, "rec_dispute_map", {"other": "Mirabelle", "danger": True})
    look(episode)
    close = standing(episode, "DR-47")
    assert close.inputs["order"] == 2
    assert standing(episode, "DR-06").inputs["persons"] == 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM records_rulefiring")
        everything = repr(cursor.fetchall())
    for word in ("Zwetschgenmus", "Quittenbrot", "Mirabelle"):
        assert word not in everything


def test_one_rule_stands_once_in_the_database(stopped: Episode) -> None:
    kept = standing(stopped, "DR-08")
    twin = {f.attname: getattr(kept, f.attname) for f in kept._meta.concrete_fields if f.name != "id"}
    with pytest.raises(IntegrityError), transaction.atomic():
        RuleFiring(**twin).save(force_insert=True)


def test_an_erased_client_is_left_alone(stopped: Episode) -> None:
    from openipt.records.actions import clients

    manager = make.staff("manager")
    clients.erase_client(client=stopped.client, by=manager, at=make.at_day(1))
    assert not look(stopped, 2)


def test_signing_and_finishing_a_check_in_look_once_they_are_on_disk(
    django_capture_on_commit_callbacks,
) -> None:
    episode, session = make.active_episode()
    stop(episode)
    with django_capture_on_commit_callbacks(execute=True):
        make.signed(session)
    assert standing(episode, "DR-08") is not None
    stop(episode, answer="no")
    with django_capture_on_commit_callbacks(execute=True):
        checkins.enter_answers(
            episode=episode,
            answers={"ms_phq9": [2, 2, 2, 2, 2, 2, 2, 2, 2]},
            by=episode.therapist,
            at=make.at_day(1),
        )
    assert standing(episode, "DR-08") is None
    assert standing(episode, "DR-01").inputs["phq9_item_9"] == 2


# -- decided ----------------------------------------------------------------------------------------


def test_a_decision_keeps_who_when_and_why_and_ends_nothing(stopped: Episode) -> None:
    kept = decide(stopped, decision="not_applicable", reason="hallucinations of a fever", days=1)
    assert (kept.decision, kept.decided_by, kept.stands) == ("not_applicable", stopped.therapist, True)
    [row] = kept.decisions.all()
    assert row.reason == "hallucinations of a fever"
    assert b"fever" not in bytes(row.reason_sealed)


def test_a_decision_asks_for_its_reason_unless_it_is_done(stopped: Episode) -> None:
    for decision in ("not_now", "not_applicable", "disagree"):
        with pytest.raises(EntryNotValid):
            decide(stopped, decision=decision, reason="  ")
    assert decide(stopped, decision="done", reason="").decision == "done"


def test_a_later_decision_stands_beside_the_earlier(stopped: Episode) -> None:
    decide(stopped, decision="not_now", reason="after the call")
    kept = decide(stopped, decision="disagree", reason="no psychosis", days=1)
    assert [row.decision for row in kept.decisions.all()] == ["not_now", "disagree"]
    assert kept.decision == "disagree"


def test_sent_twice_it_is_one_decision(stopped: Episode) -> None:
    decide(stopped)
    decide(stopped)
    assert FiringDecision.objects.count() == 1


@pytest.mark.parametrize("rule", ["DR-01", "DR-03", "DR-04", "DR-05", "DR-06"])
def test_nothing_about_risk_is_decided_here(rule: str) -> None:
    episode, _ = make.active_episode()
    stop(episode)
    make.entry(episode, "rec_risk", {"thoughts": True, "level": "red", "reason": "told me"})
    make.entry(episode, "rec_dispute_map", {"other": "p", "danger": True})
    look(episode)
    assert standing(episode, rule) is not None
    with pytest.raises(NotAllowedNow, match="Safety room"):
        decide(episode, rule)
    assert not FiringDecision.objects.exists()


def test_what_no_longer_holds_is_not_decided(stopped: Episode) -> None:
    kept = standing(stopped, "DR-08")
    stop(stopped, answer="no")
    with pytest.raises(NotAllowedNow, match="no longer holds"):
        decide(stopped)
    look(stopped, 1)
    with pytest.raises(NotAllowedNow, match="no longer holds"):
        firings.decide(firing=kept, decision="done", by=stopped.therapist, at=make.at_day(1))


def test_who_decides(stopped: Episode) -> None:
    """The therapist and the supervisor; nobody in cover, nobody else, no operator."""
    assert decide(stopped, by=make.supervised(stopped.therapist)).decision == "disagree"
    with pytest.raises(NotAllowedNow):
        decide(stopped, by=make.covered(stopped.therapist))
    with pytest.raises(NoAccess):
        decide(stopped, by=make.therapist())
    with pytest.raises((NoAccess, NotAllowedNow)):
        decide(stopped, by=make.OPERATOR)


# -- settled, until it is asked again --------------------------------------------------------------


def waits(episode: Episode, days: int) -> set[str]:
    """Rules of warning and above that wait for a decision on that day."""
    from openipt.records import standing as where

    found = queries.settled([episode.pk], make.day(days)).get(episode.pk, queries.NOTHING_SETTLED)
    return {result.id for result in found.left(where.status(episode, make.day(days)).fired)}


def test_a_critical_rule_that_still_holds_is_asked_again_after_a_week(stopped: Episode) -> None:
    """Whatever was decided (project default)."""
    decide(stopped, decision="disagree", reason="no psychosis")
    assert "DR-08" not in waits(stopped, 6)
    assert "DR-08" in waits(stopped, 7)


def test_not_now_comes_back_on_its_day() -> None:
    """A warning that is put off comes back; one that was decided does not."""
    episode = late_without_formulation()
    on = 21
    decide(episode, "DR-16", decision="not_now", reason="next week", days=on, again_on=make.day(on + 3))
    assert "DR-16" not in waits(episode, on + 2)
    assert "DR-16" in waits(episode, on + 3)
    decide(episode, "DR-16", decision="disagree", reason="it is agreed in words", days=on + 3)
    assert "DR-16" not in waits(episode, on + 40)


def test_a_day_in_the_past_is_refused(stopped: Episode) -> None:
    with pytest.raises(EntryNotValid):
        decide(stopped, decision="not_now", reason="later", again_on=make.day(), days=0)


def late_without_formulation() -> Episode:
    """Session 4 and no formulation agreed: DR-16, a warning."""
    episode, first = make.active_episode()
    make.signed(first)
    for week in (1, 2, 3):
        make.session(episode, 7 * week)
    assert look(episode, 21)
    return episode


def test_a_rule_that_became_graver_was_not_decided() -> None:
    from openipt.core.course.rules import RuleResult, RuleState
    from openipt.core.manual.model import Severity

    decided = queries.Settled({"DR-38": Severity.WARNING})
    graver = RuleResult("DR-38", RuleState.FIRED, Severity.CRITICAL, {}, "mania")
    assert not decided.covers(graver)
    assert decided.covers(RuleResult("DR-38", RuleState.FIRED, Severity.WARNING, {}, "rhythm"))


# -- read ------------------------------------------------------------------------------------------


def test_the_history_is_for_those_who_see_the_episode(stopped: Episode) -> None:
    decide(stopped)
    on = make.day()
    assert {row.rule for row in queries.firings_of(stopped.therapist, stopped, on)} >= {"DR-04", "DR-08"}
    assert queries.firings_of(make.supervised(stopped.therapist), stopped, on)
    assert queries.firings_of(make.covered(stopped.therapist), stopped, on) == []
    kept = standing(stopped, "DR-08")
    assert queries.firing_for(stopped.therapist, kept.pk, on).why == kept.why
    with pytest.raises(NoAccess):
        queries.firing_for(make.therapist(), kept.pk, on)


def test_each_look_that_changes_something_is_one_event_of_the_audit(stopped: Episode) -> None:
    events = AuditEvent.objects.filter(act="rules-noted", chain=str(stopped.pk))
    assert events.count() == 1
    assert len(events.get().ids) == stopped.firings.count()
    decide(stopped)
    assert AuditEvent.objects.filter(act="rule-decided").count() == 1


# -- several at once ---------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_several_who_look_at_once_keep_each_rule_once() -> None:
    episode, _ = make.active_episode()
    stop(episode)
    start = threading.Barrier(4)

    def look_too(_: int) -> int:
        try:
            start.wait(timeout=10)
            return len(look(Episode.objects.get(pk=episode.pk)).new)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        new = sorted(pool.map(look_too, range(4)))
    assert new[:3] == [0, 0, 0] and new[3] >= 2
    rules = list(episode.firings.values_list("rule", flat=True))
    assert len(rules) == len(set(rules)) == new[3]
    assert not [fault for fault in audit.verify().faults if str(episode.pk) in fault]


@pytest.mark.django_db(transaction=True)
def test_two_who_decide_at_once_are_both_kept() -> None:
    episode, _ = make.active_episode()
    stop(episode)
    people = [episode.therapist, make.supervised(episode.therapist)]
    start = threading.Barrier(2)

    def decide_too(by: User) -> None:
        try:
            start.wait(timeout=10)
            decide(Episode.objects.get(pk=episode.pk), by=by, reason=f"reason of {by.role}")
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(decide_too, people))
    kept = standing(episode, "DR-08")
    assert {row.by for row in kept.decisions.all()} == set(people)
    assert kept.decided_by == kept.decisions.last().by
