"""What the database itself refuses, whoever writes: one test per constraint."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from openipt.records import models
from openipt.records.models import (
    Alert,
    AnswerEvent,
    AskingCount,
    AuditEvent,
    CheckIn,
    Client,
    ClientKey,
    Cover,
    Delivery,
    DraftText,
    Enquiry,
    EnquiryContact,
    Entry,
    EntryVersion,
    Episode,
    FiringDecision,
    JournalEntry,
    MeasureScore,
    NameToken,
    Person,
    PlanEvent,
    PrivateNote,
    RuleFiring,
    SecondLock,
    Session,
    StepChosen,
    StrategyUse,
    Supervision,
    TaskMark,
    TechniqueUse,
    User,
)
from tests import factories as make

pytestmark = pytest.mark.django_db

BYTES = b"sealed"
NOW, DAY = make.START, make.day()


@pytest.fixture
def row() -> Session:
    _, session = make.active_episode()
    return session


def user(name: str, **more: Any) -> User:
    return User.objects.create(username=name, created_at=NOW, **{"role": "therapist", **more})


def check_in(of: Session, **more: Any) -> CheckIn:
    return CheckIn.objects.create(episode=of.episode, on=DAY, opened_at=NOW, **more)


def alert(of: Session, **more: Any) -> Alert:
    return Alert.objects.create(
        episode=of.episode, rule="DR-01", raised_at=NOW, **{"severity": "warning", **more}
    )


def entry(of: Session, order: int = 99, **more: Any) -> Entry:
    kept = {"payload_sealed": BYTES, "by_role": "therapist", "created_at": NOW, "updated_at": NOW}
    return Entry.objects.create(
        episode=of.episode, record_type="rec_risk", on=DAY, order=order, **{**kept, **more}
    )


def draft(of: Session) -> DraftText:
    return DraftText.objects.create(user=of.episode.therapist, episode=of.episode, key="k", field="f", at=NOW)


def second_lock(of: Session, **more: object) -> SecondLock:
    given = {"secret": "kept as a hash", "agreed_at": NOW, "agreed_by": of.episode.therapist} | more
    return SecondLock.objects.create(client=of.episode.client, **given)


def enquiry(of: Session, **more: Any) -> Enquiry:
    given = {"form": uuid4(), "asked_at": NOW, "asks_for": "self"} | more
    return Enquiry.objects.create(client=of.episode.client, **given)


def journal(of: Session, **more: Any) -> JournalEntry:
    return JournalEntry.objects.create(episode=of.episode, on=DAY, created_at=NOW, updated_at=NOW, **more)


def twice(make_one: Callable[[], Any]) -> None:
    make_one()
    make_one()


def changed(of: Any, **values: Any) -> None:
    type(of).objects.filter(pk=of.pk).update(**values)


def score(of: Session, sitting: CheckIn) -> MeasureScore:
    return MeasureScore.objects.create(
        episode=of.episode, check_in=sitting, measure="ms_phq9", version="1", on=DAY, at=NOW
    )


def version(kept: Entry) -> EntryVersion:
    return EntryVersion.objects.create(entry=kept, version=1, at=NOW)


def private_note(of: Session) -> PrivateNote:
    return PrivateNote.objects.create(session=of, author=of.episode.therapist, updated_at=NOW)


def twice_scored(of: Session) -> None:
    sitting = check_in(of)
    twice(lambda: score(of, sitting))


def twice_versioned(of: Session) -> None:
    kept = entry(of)
    twice(lambda: version(kept))


def twice_alerted(of: Session) -> None:
    sitting = check_in(of)
    twice(lambda: alert(of, check_in=sitting))


def supervision(of: Session, **more: Any) -> Supervision:
    mentor = User.objects.filter(username="mentor").first() or user("mentor", role="supervisor")
    return Supervision.objects.create(
        **{"therapist": of.episode.therapist, "supervisor": mentor, "from_on": DAY, **more}
    )


def cover(of: Session, **more: Any) -> Cover:
    kept = {"therapist": of.episode.therapist, "from_on": DAY, "to_on": DAY}
    return Cover.objects.create(**{"cover": user("stand-in"), **kept, **more})


def firing(of: Session, **more: Any) -> RuleFiring:
    kept = {"rule": "DR-16", "rule_version": "1", "manual_version": "1", "severity": "warning"}
    seen = {"first_seen_at": NOW, "first_seen_on": DAY, "last_seen_at": NOW, "last_seen_on": DAY}
    return RuleFiring.objects.create(episode=of.episode, **{**kept, **seen, **more})


def delivery(of: Session, **more: Any) -> Delivery:
    kept = {"recipient": of.episode.therapist, "channel": "email", "round": "1.raised", "made_at": NOW}
    return Delivery.objects.create(**{**kept, **more})


def told_twice(of: Session, **more: Any) -> None:
    raised = alert(of)
    twice(lambda: delivery(of, alert=raised, **more))


def twice_decided(of: Session) -> None:
    kept = firing(of)
    decided = {"number": 1, "decision": "done", "at": NOW, "by": of.episode.therapist}
    twice(lambda: FiringDecision.objects.create(firing=kept, **decided))


def chosen(of: Session, **more: Any) -> StepChosen:
    decided = more.pop("decision", None) or entry(of)
    kept = {"episode": of.episode, "decision": decided, "code": "supervise", "on": DAY}
    return StepChosen.objects.create(**{**kept, **more})


def twice_chosen(of: Session) -> None:
    decided = entry(of)
    twice(lambda: chosen(of, decision=decided))


BROKEN: dict[str, Callable[[Session], Any]] = {
    "a_clients_login_holds_no_name": lambda s: user("c", role="client", display_name="Rui"),
    "user_role_known": lambda s: user("x", role="owner"),
    "one_open_supervision_of_a_pair": lambda s: twice(lambda: supervision(s)),
    "supervision_ends_after_it_begins": lambda s: supervision(s, to_on=make.day(-1)),
    "nobody_supervises_themselves": lambda s: supervision(s, supervisor=s.episode.therapist),
    "cover_ends_after_it_begins": lambda s: cover(s, to_on=make.day(-1)),
    "nobody_covers_themselves": lambda s: cover(s, cover=s.episode.therapist),
    "birth_year_in_living_memory": lambda s: Client.objects.create(birth_year=1800, created_at=NOW),
    "a_client_key_is_there_or_destroyed": lambda s: changed(
        ClientKey.objects.get(client=s.episode.client), wrapped_key=None
    ),
    "one_name_token_each": lambda s: twice(
        lambda: NameToken.objects.create(client=s.episode.client, token="t")
    ),
    "one_open_episode_per_client": lambda s: Episode.objects.create(
        client=s.episode.client,
        therapist=s.episode.therapist,
        adaptation="ipc",
        manual_version="1",
        planned_sessions=6,
        opened_on=DAY,
        created_at=NOW,
    ),
    "an_ended_episode_says_why_and_when": lambda s: changed(s.episode, status="ended"),
    "episode_status_known": lambda s: changed(s.episode, status="resting"),
    "an_episode_plans_sessions": lambda s: changed(s.episode, planned_sessions=0),
    "an_active_episode_has_begun": lambda s: changed(s.episode, started_on=None),
    "a_course_goes_on_by_a_whole_adaptation": lambda s: PlanEvent.objects.create(
        episode=s.episode, planned_from=16, planned_to=48, adaptation_to="ipt_m", on=DAY, at=NOW
    ),
    "one_person_per_code": lambda s: twice(
        lambda: Person.objects.create(episode=s.episode, code="p_a", created_at=NOW)
    ),
    "one_session_per_number": lambda s: Session.objects.create(
        episode=s.episode, number=1, attendance="attended", held_on=DAY, created_at=NOW
    ),
    "one_meeting_per_number_of_its_kind": lambda s: twice(
        lambda: Session.objects.create(
            episode=s.episode,
            kind="ward_group",
            of_kind=1,
            attendance="attended",
            held_on=DAY,
            created_at=NOW,
        )
    ),
    "only_a_held_session_has_a_number": lambda s: changed(s, attendance="missed"),
    "session_attendance_known": lambda s: Session.objects.create(
        episode=s.episode, attendance="asleep", planned_at=NOW, created_at=NOW
    ),
    "a_session_has_a_day": lambda s: Session.objects.create(episode=s.episode, created_at=NOW),
    "a_signed_session_says_who_and_when": lambda s: changed(s, state="signed"),
    "session_state_known": lambda s: changed(s, state="burnt"),
    "a_session_lasts_minutes": lambda s: changed(s, minutes=601),
    "one_private_note_per_author": lambda s: twice(lambda: private_note(s)),
    "one_draft_per_field": lambda s: twice(lambda: draft(s)),
    "one_mark_per_task_and_session": lambda s: twice(
        lambda: TaskMark.objects.create(session=s, task_id="I01", at=NOW)
    ),
    "one_use_per_strategy": lambda s: twice(lambda: StrategyUse.objects.create(session=s, code="a", at=NOW)),
    "one_use_per_technique": lambda s: twice(
        lambda: TechniqueUse.objects.create(session=s, code="a", at=NOW)
    ),
    "one_row_per_step_and_decision": twice_chosen,
    "a_step_looked_at_says_when_and_how": lambda s: chosen(s, change="better"),
    "one_entry_per_place": lambda s: twice(lambda: entry(s)),
    "entry_state_known": lambda s: entry(s, state="lost"),
    "an_entry_has_values": lambda s: entry(s, payload_sealed=None),
    "one_row_per_entry_version": twice_versioned,
    "a_shared_journal_entry_says_when": lambda s: journal(s, shared=True),
    "journal_mood_in_range": lambda s: journal(s, mood_after=11),
    "check_in_scales_in_range": lambda s: check_in(s, mood=11),
    "check_in_mode_known": lambda s: check_in(s, mode="telepathy"),
    "items_count_from_one": lambda s: AnswerEvent.objects.create(
        check_in=check_in(s), measure="ms_phq9", version="1", item=0, at=NOW
    ),
    "one_score_per_measure": twice_scored,
    "a_resolved_alert_says_who_and_when": lambda s: alert(s, state="resolved"),
    "alert_severity_known": lambda s: alert(s, severity="loud"),
    "one_open_alert_per_check_in_and_rule": twice_alerted,
    "one_standing_firing_per_rule": lambda s: twice(lambda: firing(s)),
    "an_ended_firing_says_when_and_how": lambda s: firing(s, ended_by="condition"),
    "a_decided_firing_says_who_and_when": lambda s: firing(s, decision="done"),
    "one_decision_per_place": twice_decided,
    "firing_severity_known": lambda s: firing(s, severity="loud"),
    "a_clients_address_is_never_clear": lambda s: user("c", role="client", alert_email="rui@example.org"),
    "one_telling_per_person_channel_and_round": lambda s: told_twice(s),
    "one_webhook_call_per_round": lambda s: told_twice(s, channel="webhook", recipient=None),
    "one_reminder_per_person_channel_and_day": lambda s: twice(lambda: delivery(s, session=s)),
    "a_telling_is_of_one_thing": lambda s: delivery(s, session=s, alert=alert(s)),
    "a_webhook_is_nobody": lambda s: delivery(s, channel="webhook"),
    "a_channel_knows_only_its_own_states": lambda s: delivery(s, state="shown"),
    "one_standing_second_lock": lambda s: twice(lambda: second_lock(s)),
    "a_second_lock_taken_back_opens_nothing": lambda s: second_lock(s, taken_back_at=NOW),
    "an_enquiry_is_open_or_settled": lambda s: enquiry(s, state="closed"),
    "enquiry_codes_known": lambda s: enquiry(s, ground="guess"),
    "contact_way_known": lambda s: EnquiryContact.objects.create(
        enquiry=enquiry(s), on=DAY, at=NOW, by=s.episode.therapist, way="pigeon", reached=True
    ),
    "one_count_of_each_hour": lambda s: twice(lambda: AskingCount.objects.create(who="", since=NOW)),
    "one_audit_event_per_place": lambda s: twice(
        lambda: AuditEvent.objects.create(chain="c", seq=1, at=NOW, actor="a", act="x", previous="", mac="")
    ),
}


@pytest.mark.parametrize("name", sorted(BROKEN))
def test_the_database_refuses(name: str, row: Session) -> None:
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        BROKEN[name](row)
    said = str(refused.value)
    assert name in said or "UNIQUE constraint failed" in said  # SQLite names the columns of a unique index


def test_no_constraint_is_without_its_test() -> None:
    named = {
        constraint.name
        for model in vars(models).values()
        if isinstance(model, type) and hasattr(model, "_meta")
        for constraint in model._meta.constraints
    }
    assert named == set(BROKEN)
