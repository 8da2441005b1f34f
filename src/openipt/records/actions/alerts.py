"""Alerts: raised the moment an answer is chosen, worked through by a clinician, closed by nobody else."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction

from openipt.core.course import known
from openipt.core.course.enquiry import Ground
from openipt.core.course.rules.codes import ASK_RULE
from openipt.core.manual.model import Severity
from openipt.core.measures.scoring import ASK_ABOUT_SAFETY, ScoreAlert
from openipt.core.safety.levels import GRAVE_ANSWERS, SPEAK_WITHIN, Level, positive_answers, says_yes
from openipt.errors import NotAllowedNow
from openipt.records import audit, danger, safety
from openipt.records.access import Act, require
from openipt.records.actions import drafts, tellings
from openipt.records.actions.base import (
    Actor,
    Operator,
    day_of,
    fault,
    held,
    locked,
    refuse,
    tidy,
    user_or_none,
)
from openipt.records.models import (
    Alert,
    AlertState,
    AlertStep,
    CheckIn,
    Cover,
    Entry,
    EntryState,
    Episode,
    Role,
    StepKind,
    User,
)
from openipt.records.prepared import Prepared

ORDER = (Severity.INFO, Severity.NOTICE, Severity.WARNING, Severity.CRITICAL)
STEPS_BY_HAND = frozenset(StepKind) - {
    StepKind.SHOWN_TO_CLIENT,
    StepKind.ACKNOWLEDGED,
    StepKind.RESOLVED,
}
STEPS_OF_RECORDS = {
    "rec_risk": (StepKind.ASSESSED, StepKind.LEVEL_SET),
    "rec_safety_plan": (StepKind.PLAN_SAVED,),
    "rec_ipv_screen": (StepKind.ASSESSED,),
}
# Records that say of somebody that they are a danger; the violence screen apart (DR-06).
GROUNDS_OF_DANGER = frozenset(
    {
        "rec_communication_analysis",
        "rec_dispute_map",
        "rec_inventory_person",
        "rec_issue",
        "rec_issue_ranking",
    }
)
# Which records answer which alert: asking about violence does not answer a positive item 9.
RULES_OF_RECORDS = {
    "rec_risk": ("DR-01", ASK_RULE, "DR-06"),
    "rec_safety_plan": ("DR-01", ASK_RULE, "DR-06"),
    "rec_ipv_screen": ("DR-06",),
}
# A step sent again within this time by the same hand is the same step.
TWICE_WITHIN = timedelta(seconds=30)
ITEM_9_OF_LEVEL = {Level.YELLOW: 1, Level.ORANGE: 2, Level.RED: 3}


# -- raising ----------------------------------------------------------------------------------------


def raised_by_answer(
    *, check_in: CheckIn, measure: str, item: int | None, found: ScoreAlert | None, value: Any, at: datetime
) -> Alert | None:
    """The alert an answer raises, and every later choice of the same item noted in it.

    `found` is what the measure says of this answer. An answer that raises nothing is noted too where
    its item had raised an alert before: "changed from 2 to 0", both stay. Part of an action.
    """
    choice = {"measure": measure, "item": item, "value": value, "at": at.isoformat()}
    known = _open_of(check_in)
    rule = _rule_of(found) if found else None
    for alert in known:
        if alert.rule != rule and _speaks_of(alert, measure, item):
            _note_choice(alert, choice)
    if found is None:
        return None
    there = next((alert for alert in known if alert.rule == rule), None)
    if there is not None:
        return _add_choice(there, choice, found, at)
    return _raise(
        check_in=check_in,
        rule=rule,
        severity=_severity_of(found),
        inputs={"choices": [choice]},
        due_at=at + _within(found.value),
        at=at,
    )


def _open_of(check_in: CheckIn) -> list[Alert]:
    """The alerts of this sitting that nobody has resolved, held where the database locks rows."""
    if connection.features.has_select_for_update:
        return list(held(check_in.alerts.exclude(state=AlertState.RESOLVED)).order_by("pk"))
    return _OPEN(check_in.pk)


_OPEN = Prepared(
    lambda check_in: (
        Alert.objects.filter(check_in=check_in).exclude(state=AlertState.RESOLVED).order_by("pk")
    ),
    UUID,
)


def _rule_of(found: ScoreAlert) -> str:
    return ASK_RULE if found.rule == ASK_ABOUT_SAFETY else found.rule


def _severity_of(found: ScoreAlert) -> Severity:
    """A question to ask is a notice; a given answer is what its measure says it is."""
    return Severity.NOTICE if found.rule == ASK_ABOUT_SAFETY else Severity(found.severity)


def _within(value: float | None) -> timedelta:
    if value is None:
        return SPEAK_WITHIN[1]  # declined: asked about before or in the next session
    return SPEAK_WITHIN.get(min(int(value), 3), timedelta(0)) or nobody_answers_after()


def nobody_answers_after() -> timedelta:
    """An alert to be dealt with "now" is late when nobody has acknowledged it by then (ipt.md 11.3, DEFAULT)."""
    return settings.ENVIRONMENT.channels.call_tree_step


def _speaks_of(alert: Alert, measure: str, item: int | None) -> bool:
    return any(c["measure"] == measure and c["item"] == item for c in alert.inputs.get("choices", []))


def _note_choice(alert: Alert, choice: dict[str, Any]) -> None:
    alert.inputs = {**alert.inputs, "choices": [*alert.inputs.get("choices", []), choice]}
    alert.save(update_fields=["inputs"])


def _add_choice(alert: Alert, choice: dict[str, Any], found: ScoreAlert, at: datetime) -> Alert:
    """A graver answer makes the alert graver and nearer; a lighter one changes neither."""
    _note_choice(alert, choice)
    severity, due_at = _severity_of(found), at + _within(found.value)
    heavier = ORDER.index(severity) > ORDER.index(Severity(alert.severity))
    nearer = alert.due_at is None or due_at < alert.due_at
    if heavier or nearer:
        _made_graver(alert, severity if heavier else Severity(alert.severity), due_at, at)
    return alert


def _made_graver(alert: Alert, severity: Severity, due_at: datetime, at: datetime) -> None:
    """Everybody is told anew. Who had taken it on had taken on something lighter: they are asked again."""
    alert.severity = severity.value
    alert.due_at = min(alert.due_at, due_at) if alert.due_at else due_at
    alert.state, alert.acknowledged_at, alert.acknowledged_by = AlertState.OPEN.value, None, None
    alert.save()
    people = whom_to_tell(alert.episode, day_of(at))
    tellings.graver(alert=alert, people=people, at=at)
    for told in people:
        _step(alert, StepKind.TOLD, None, at, told=told)


def raised_by_entry(
    *, entry: Entry, by: Actor, at: datetime, level_before: Level = Level.GREEN
) -> Alert | None:
    """What a clinician's own record raises: a positive violence screen or another ground for danger, a
    positive risk answer, a level of yellow or above that is higher than the one before. A level that is
    only kept, or a danger that is on record already, raises nothing new.
    """
    if entry.record_type == "rec_ipv_screen" and known.screened_positive(entry.payload):
        return _raise_once(entry, "DR-06", Severity.CRITICAL, {"record": "rec_ipv_screen"}, timedelta(0), at)
    if entry.record_type in GROUNDS_OF_DANGER and danger.newly_named(entry):
        inputs = {"record": entry.record_type}
        return _raise_once(entry, "DR-06", Severity.CRITICAL, inputs, timedelta(0), at)
    if entry.record_type != "rec_risk":
        return None
    answers = positive_answers(entry.payload)
    level = Level.named(entry.payload.get("level"))
    rose = level is not None and level >= Level.YELLOW and level > level_before
    if not _is_about_now(answers) and not rose:
        return None
    grave = bool(GRAVE_ANSWERS & set(answers)) or level is Level.RED
    inputs = {"record": "rec_risk", "answers": list(answers), "level": level.word if level else None}
    within = SPEAK_WITHIN[ITEM_9_OF_LEVEL.get(level, 1)] if level else SPEAK_WITHIN[1]
    severity = Severity.CRITICAL if grave else Severity.WARNING
    return _raise_once(entry, "DR-01", severity, inputs, timedelta(0) if grave else within, at)


def raised_by_enquiry(
    *, episode: Episode, ground: Ground, reached: bool, shown_at: datetime, at: datetime
) -> Alert:
    """What was said of danger when somebody asked for help, once they have a therapist (ipt.md 11.3).

    How soon is a project default (DEFAULT): they ticked it and nobody has reached them, now; our list of words found
    something, within a day; somebody has spoken with them since, before or in the first session.
    """
    ticked = ground is Ground.TICKED
    within = SPEAK_WITHIN[1 if reached else 3 if ticked else 2]
    alert = _raise(
        episode=episode,
        rule="DR-01",
        severity=Severity.CRITICAL if ticked and not reached else Severity.WARNING,
        inputs={"enquiry_ticked" if ticked else "enquiry_words": True},
        due_at=at + (within or nobody_answers_after()),
        at=at,
    )
    alert.shown_to_client_at = shown_at
    alert.save(update_fields=["shown_to_client_at"])
    _step(alert, StepKind.SHOWN_TO_CLIENT, None, shown_at)
    return alert


def _is_about_now(answers: tuple[str, ...]) -> bool:
    """Past attempts alone are history; every other positive answer is about now."""
    return bool(set(answers) - {"past_attempts"})


def _raise_once(
    entry: Entry, rule: str, severity: Severity, inputs: dict[str, Any], within: timedelta, at: datetime
) -> Alert | None:
    """One alert per entry; none where an open one of this rule already has the clinicians' attention."""
    known = Alert.objects.filter(episode_id=entry.episode_id, rule=rule).exclude(state=AlertState.RESOLVED)
    there = held(known).first()
    if there is None:
        return _raise(
            entry=entry,
            rule=rule,
            severity=severity,
            inputs=inputs,
            due_at=at + (within or nobody_answers_after()),
            at=at,
        )
    if ORDER.index(severity) > ORDER.index(Severity(there.severity)):
        there.severity = severity.value
    seen = [*there.inputs.get("records", []), {**inputs, "entry": str(entry.pk), "at": at.isoformat()}]
    there.inputs = {**there.inputs, "records": seen}
    there.save(update_fields=["severity", "inputs"])
    return there


def _raise(
    *,
    rule: str,
    severity: Severity,
    inputs: dict[str, Any],
    due_at: datetime,
    at: datetime,
    check_in: CheckIn | None = None,
    entry: Entry | None = None,
    episode: Episode | None = None,
) -> Alert:
    owner = episode or (check_in if check_in is not None else entry).episode
    alert = Alert.objects.create(
        episode=owner,
        rule=rule,
        severity=severity.value,
        inputs=inputs,
        check_in=check_in,
        entry=entry,
        raised_at=at,
        due_at=due_at,
    )
    people = whom_to_tell(owner, day_of(at))
    tellings.raised(alert=alert, people=people, at=at)
    for told in people:
        _step(alert, StepKind.TOLD, None, at, told=told)
    return alert


def note_told(*, alert: Alert, told: User, at: datetime) -> None:
    """The call tree went on to this person. Part of the worker's action."""
    _step(alert, StepKind.TOLD, None, at, told=told)


_COVERS = Prepared(
    lambda therapist, on: Cover.objects.filter(
        therapist=therapist, from_on__lte=on, to_on__gte=on
    ).select_related("cover"),
    UUID,
    date,
)


def whom_to_tell(episode: Episode, on: date) -> list[User]:
    """The therapist, and whoever covers for them today (ipt.md 11.3 step 2)."""
    return [episode.therapist, *(row.cover for row in _COVERS(episode.therapist_id, on))]


def stepped_by_entry(*, entry: Entry, by: Actor, at: datetime) -> None:
    """A risk assessment, a violence screen or a safety plan is a step of whatever alert it answers."""
    kinds = STEPS_OF_RECORDS.get(entry.record_type, ())
    if entry.record_type == "rec_risk" and says_yes(entry.payload.get("plan_reviewed")):
        kinds = (*kinds, *((StepKind.PLAN_SAVED,) if _has_plan(entry) else ()))
    if not kinds:
        return
    level = Level.named(entry.payload.get("level"))
    rules = RULES_OF_RECORDS[entry.record_type]
    answered = Alert.objects.filter(episode_id=entry.episode_id, rule__in=rules)
    for alert in answered.exclude(state=AlertState.RESOLVED).order_by("pk"):
        alert.episode = entry.episode
        for kind in kinds:
            if kind is StepKind.LEVEL_SET and level is None:
                continue
            _step(alert, kind, by, at, level=level.word if level else "", entry=entry)
        next_contact = known.day(entry.payload.get("followup"))
        if next_contact is not None and next_contact >= day_of(alert.raised_at):
            _step(alert, StepKind.FOLLOW_UP, by, at, entry=entry, on=next_contact)


def _has_plan(entry: Entry) -> bool:
    """Is there a plan that could be looked at on the day of this record?"""
    plans = Entry.objects.filter(episode_id=entry.episode_id, record_type="rec_safety_plan", on__lte=entry.on)
    return plans.exclude(state=EntryState.WITHDRAWN).exists()


# -- working through --------------------------------------------------------------------------------


@transaction.atomic
def mark_shown_to_client(*, alert: Alert, by: Actor, at: datetime) -> Alert:
    """Crisis contacts stood before the client. The first time counts."""
    alert = _open(alert, Act.SHOW_CRISIS_CONTACTS, by, at, even_resolved=True)
    if alert.shown_to_client_at is None:
        alert.shown_to_client_at = at
        alert.save(update_fields=["shown_to_client_at"])
        _step(alert, StepKind.SHOWN_TO_CLIENT, by, at)
        audit.record("alert-shown-to-client", by=by, at=at, episode=alert.episode, obj=alert)
    return alert


@transaction.atomic
def mark_seen(*, alert: Alert, by: Actor, at: datetime) -> Alert:
    """A clinician had the alert on the screen. Once per person."""
    alert = _open(alert, Act.WORK_ALERT, by, at)
    if not alert.steps.filter(kind=StepKind.SEEN, by=user_or_none(by)).exists():
        _step(alert, StepKind.SEEN, by, at)
        audit.record("alert-seen", by=by, at=at, episode=alert.episode, obj=alert)
    return alert


@transaction.atomic
def acknowledge(*, alert: Alert, by: Actor, at: datetime) -> Alert:
    """A clinician takes the alert on. It stays open."""
    alert = _open(alert, Act.WORK_ALERT, by, at)
    if alert.state == AlertState.OPEN:
        alert.state = AlertState.ACKNOWLEDGED
        alert.acknowledged_at, alert.acknowledged_by = at, user_or_none(by)
        alert.save()
        _step(alert, StepKind.ACKNOWLEDGED, by, at)
        tellings.acknowledged(alert=alert, by=by, at=at)
        audit.record("alert-acknowledged", by=by, at=at, episode=alert.episode, obj=alert)
    return alert


@transaction.atomic
def add_step(
    *,
    alert: Alert,
    kind: str,
    by: Actor,
    at: datetime,
    words: str = "",
    level: str = "",
    told: User | None = None,
    entry: Entry | None = None,
    happened_at: datetime | None = None,
    on: date | None = None,
) -> AlertStep:
    """A step of ipt.md 11.3 was taken: the client contacted, somebody told, the next contact agreed ...

    `happened_at`: when it was done, where that was before now. `on`: the day it is planned for. The same
    step sent twice is one step.
    """
    alert = _open(alert, Act.WORK_ALERT, by, at)
    if kind not in STEPS_BY_HAND:
        raise fault("kind", "Choose one of the steps.")
    if kind == StepKind.LEVEL_SET and Level.named(level) is None:
        raise fault("level", "Choose green, yellow, orange or red.")
    if entry is not None and entry.episode_id != alert.episode_id:
        raise refuse("This record belongs to another episode.")
    _check_times(alert, StepKind(kind), happened_at, on, at)
    said = tidy(words, "words", required=kind == StepKind.NOTE)
    more = {"level": level, "told": told, "entry": entry, "happened_at": happened_at, "on": on}
    twice = _taken_already(alert, kind, by, at, said, more)
    if twice is not None:
        return twice
    step = _step(alert, StepKind(kind), by, at, words=said, **more)
    audit.record(f"alert-step-{kind}".replace("_", "-"), by=by, at=at, episode=alert.episode, obj=step)
    return step


def _check_times(
    alert: Alert, kind: StepKind, happened_at: datetime | None, on: date | None, at: datetime
) -> None:
    if happened_at is not None and happened_at > at:
        raise fault("happened_at", "This time has not come yet.")
    if happened_at is not None and happened_at < alert.raised_at.replace(second=0, microsecond=0):
        raise fault("happened_at", "This was before the alert was raised.")
    if on is not None and on < day_of(alert.raised_at):
        raise fault("on", "This day is before the alert was raised.")
    if on is None and kind is StepKind.FOLLOW_UP:
        raise fault("on", "Say on which day you speak with the client next.")


def _taken_already(
    alert: Alert, kind: str, by: Actor, at: datetime, words: str, more: dict[str, Any]
) -> AlertStep | None:
    known = alert.steps.filter(kind=kind, by=user_or_none(by), at__gt=at - TWICE_WITHIN, **more)
    for step in known:
        step.alert = alert
        if step.words == words:
            return step
    return None


class ResolvedMeanwhile(NotAllowedNow):
    """Somebody else closed the alert first; what was written to close it is kept for its writer."""


def resolve(*, alert: Alert, words: str, by: Actor, at: datetime, reason_without_plan: str = "") -> Alert:
    """A clinician of the episode closes the alert, in words.

    Somebody must have asked the client since the alert was raised; and while the level is yellow or above
    there must be a safety plan, or a reason why there is none. Sent twice by one person it is done once;
    where somebody else was first, the words are kept beside it.
    """
    try:
        return _resolve(alert, words, by, at, reason_without_plan)
    except ResolvedMeanwhile:
        said = "\n\n".join(filter(None, (words.strip(), reason_without_plan.strip())))
        if said:
            drafts.keep_refused(
                episode=alert.episode, key=f"alert:{alert.pk}", field="words", text=said, by=by, at=at
            )
        raise


@transaction.atomic
def _resolve(alert: Alert, words: str, by: Actor, at: datetime, reason_without_plan: str) -> Alert:
    alert = _open(alert, Act.RESOLVE_ALERT, by, at, even_resolved=True)
    if isinstance(by, Operator) or by.role not in (Role.THERAPIST, Role.SUPERVISOR):
        raise refuse("Only a clinician resolves an alert.")
    said = tidy(words, "words", required=True)
    without_plan = tidy(reason_without_plan, "reason_without_plan")
    said = f"{said}\n\nNo safety plan: {without_plan}" if without_plan else said
    if alert.state == AlertState.RESOLVED:
        return _resolved_already(alert, by, said)
    if not _is_assessed(alert):
        raise refuse(NOT_ASSESSED.get(alert.rule, NOT_ASSESSED["DR-01"]))
    if safety.plan_missing(alert.episode, on=day_of(at)) and not without_plan:
        raise refuse(LACKS_PLAN)
    alert.state, alert.resolved_at, alert.resolved_by = AlertState.RESOLVED, at, by
    alert.save()
    _step(alert, StepKind.RESOLVED, by, at, words=said)
    tellings.resolved(alert=alert, at=at)
    audit.record("alert-resolved", by=by, at=at, episode=alert.episode, obj=alert)
    return alert


NOT_ASSESSED = {
    "DR-01": "Nobody has asked the client since the alert was raised. Write the assessment first.",
    "DR-06": "Nobody has asked about the danger since the alert was raised. Ask alone, and write it down.",
}
LACKS_PLAN = "The level of risk is yellow or above. Save or review a safety plan, or say why there is none."


def _is_assessed(alert: Alert) -> bool:
    """A record that answers this alert was written since it was raised, and still counts."""
    rows = alert.steps.filter(kind=StepKind.ASSESSED, at__gte=alert.raised_at, entry__isnull=False)
    return rows.exclude(entry__state=EntryState.WITHDRAWN).exists()


def _resolved_already(alert: Alert, by: Actor, said: str) -> Alert:
    last = alert.steps.filter(kind=StepKind.RESOLVED).select_related("by").last()
    if last is not None:
        last.alert = alert
        if last.by == user_or_none(by) and last.words == said:
            return alert
    who = alert.resolved_by.display_name or "Somebody" if alert.resolved_by else "Somebody"
    raise ResolvedMeanwhile((f"{who} resolved this alert first. What you wrote is kept for you below.",))


def _open(alert: Alert, act: Act, by: Actor, at: datetime, *, even_resolved: bool = False) -> Alert:
    alert = locked(alert, "episode__client")
    require(by, act, episode=alert.episode, on=day_of(at))
    if alert.state == AlertState.RESOLVED and not even_resolved:
        raise refuse("This alert is resolved. Its history stays as it is.")
    return alert


def _step(
    alert: Alert,
    kind: StepKind,
    by: Actor | None,
    at: datetime,
    *,
    words: str = "",
    level: str = "",
    told: User | None = None,
    entry: Entry | None = None,
    happened_at: datetime | None = None,
    on: date | None = None,
) -> AlertStep:
    step = AlertStep(
        alert=alert,
        kind=kind.value,
        at=at,
        by=user_or_none(by) if by else None,
        level=level,
        told=told,
        entry=entry,
        happened_at=happened_at,
        on=on,
    )
    step.words = tidy(words, "words") or None
    step.save(force_insert=True)
    if kind not in (StepKind.SEEN, StepKind.TOLD):
        tellings.look_again([alert], at)
    return step
