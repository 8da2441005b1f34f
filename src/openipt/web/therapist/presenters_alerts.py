"""An alert in words: what was answered, why it matters, by when, what next, and every step taken on it.

`banner` stands on top of every page of the episode and on Today; `present_alert` is its own page.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from openipt.core.manual.model import Manual
from openipt.core.safety.levels import Level
from openipt.core.safety.protocol import ASK, RISK, VIOLENCE, AlertFacts, PathStep, next_step, path
from openipt.records import safety
from openipt.records.access import Act
from openipt.records.manuals import manual_of
from openipt.records.models import Alert, AlertStep, DraftText, StepKind
from openipt.records.queries.alerts import facts_of, steps_of
from openipt.web.jinja import clock_time, short_day
from openipt.web.therapist.presenters_records import who
from openipt.web.therapist.presenters_tellings import Tellings, present_tellings

if TYPE_CHECKING:
    from openipt.web.therapist.common import EpisodePage

ASK_TITLE = "Ask about safety: a risk question was passed over"
GRAVE = ("warning", "critical")
WHY = {
    RISK: "The answer goes with a higher risk in the year that follows, and a zero later is no clearance.",
    ASK: "What is not answered is not known: it is never taken for a zero.",
    VIOLENCE: "Somebody may be a danger to the client. Ask and plan only when they are alone.",
}
SOURCES = {
    RISK: "clinical reference 11.1 and 11.3, DR-01 [S69, S70, S87]",
    ASK: "clinical reference 11.3, DR-01, 22.1",
    VIOLENCE: "clinical reference 11.5, DR-06 [S72, S73]",
}
NEXT = {
    "acknowledged": "Take it on, and speak with the client{by}.",
    "contacted": "Speak with the client{by}.",
    "assessed": "Ask question by question, and write the assessment.",
    "level": "Set the level, with its reason.",
    "plan": "Make the safety plan together, or look at it together.",
    "emergency": "Emergency service or psychiatric assessment today; the client is not left alone.",
    "told": "Tell supervisor, prescriber or referrer{by}.",
    "follow_up": "Agree the next contact{by}.",
    "resolved": "Every step is taken. Close it in words.",
}
STEP_WORDS = {
    StepKind.SHOWN_TO_CLIENT: "Crisis contacts shown to the client",
    StepKind.TOLD: "Told of the alert",
    StepKind.SEEN: "Seen",
    StepKind.ACKNOWLEDGED: "Taken on",
    StepKind.CONTACTED: "Spoken with the client",
    StepKind.ASSESSED: "Asked, and written down",
    StepKind.LEVEL_SET: "Level set",
    StepKind.PLAN_SAVED: "Safety plan saved or reviewed",
    StepKind.TOLD_SUPERVISOR: "Told",
    StepKind.FOLLOW_UP: "Next contact agreed",
    StepKind.REVIEW: "Next contact held",
    StepKind.EMERGENCY: "Emergency path",
    StepKind.RESOLVED: "Closed",
    StepKind.NOTE: "Note",
}


@dataclass(frozen=True)
class Banner:
    """An open alert at a glance. It goes when a clinician has worked it through, and not before."""

    id: str
    title: str
    said: str
    when: str
    why: str
    source: str
    limit: str
    is_late: bool
    next: str
    address: str
    is_grave: bool
    in_hand: str


def banner(manual: Manual, alert: Alert, now: datetime, *, plan_wanted: bool = False) -> Banner:
    """Everything a clinician needs to know of an open alert before they open it."""
    facts = facts_of(alert, plan_wanted=plan_wanted)
    step = next_step(facts)
    return Banner(
        id=str(alert.pk),
        title=title_of(manual, alert),
        said=said_in_words(manual, alert),
        when=moment(alert.raised_at, now),
        why=WHY.get(alert.rule, ""),
        source=SOURCES.get(alert.rule, f"rule {alert.rule}"),
        limit=limit_in_words(step, now),
        is_late=step is not None and step.is_late(now),
        next=_next_in_words(step, now),
        address=f"/episodes/{alert.episode_id}/alerts/{alert.pk}/",
        is_grave=alert.severity in GRAVE,
        in_hand=_in_hand(alert, now),
    )


def banners(page: EpisodePage) -> tuple[Banner, ...]:
    """The open alerts of an episode, the gravest first."""
    wanted = bool(page.alerts) and safety.plan_missing(page.episode, on=page.on)
    return tuple(banner(page.manual, alert, page.at, plan_wanted=wanted) for alert in page.alerts)


def title_of(manual: Manual, alert: Alert) -> str:
    rule = manual.rules.get(alert.rule)
    return rule.title if rule else ASK_TITLE


def said_in_words(manual: Manual, alert: Alert) -> str:
    """PHQ-9 item 9: more than half the days; changed from 2 to 0: both stay; check-in unfinished."""
    choices = alert.inputs.get("choices", [])
    if not choices:
        return _record_in_words(manual, alert)
    measure = manual.measure_list.get(choices[0]["measure"])
    title = measure.title if measure else str(choices[0]["measure"])
    if not choices[0].get("item"):
        return f"{title}: total {choices[0]['value']:g}."
    values = [choice["value"] for choice in choices]
    parts = [f"{title} item {choices[0]['item']}: {_answer(measure, choices[0]['item'], _gravest(values))}"]
    parts += _changes(values)
    if alert.check_in is not None and not alert.check_in.is_finished:
        parts.append("the check-in is unfinished")
    return "; ".join(parts) + "."


def _gravest(values: list[Any]) -> Any:
    return max((value for value in values if value is not None), default=None)


def _changes(values: list[Any]) -> list[str]:
    if len(set(values)) < 2:
        return []
    told = " to ".join("declined" if value is None else f"{value:g}" for value in values)
    return [f"changed from {told}: {'both' if len(values) == 2 else 'all'} stay"]


def _answer(measure: Any, item: int, value: Any) -> str:
    """The answer as its measure words it, with its number."""
    if value is None:
        return "not answered"
    labels = {option.value: option.label for option in measure.options(item)} if measure else {}
    label = labels.get(int(value), "")
    return f"{label[:1].lower()}{label[1:]} ({value:g})" if label else f"{value:g}"


BY_ENQUIRY = {
    "enquiry_ticked": "When they asked for help they ticked that somebody may be hurt soon.",
    "enquiry_words": "Words in their enquiry may point to danger; a list of words found them, and may be wrong.",
}


def _record_in_words(manual: Manual, alert: Alert) -> str:
    if by_enquiry := next((BY_ENQUIRY[key] for key in BY_ENQUIRY if alert.inputs.get(key)), ""):
        return by_enquiry
    record = manual.record_types.get(alert.inputs.get("record", ""))
    if record is None:
        return ""
    labels = {field.key: field.label for field in record.fields}
    answers = [labels.get(key, key).lower() for key in alert.inputs.get("answers", [])]
    found = f"From the record “{record.title}”"
    return f"{found}: {', '.join(answers)}." if answers else f"{found}."


def moment(at: datetime, now: datetime) -> str:
    """today at 08:41; 3 Mar at 08:41"""
    day = timezone.localtime(at).date()
    said = "today" if day == timezone.localtime(now).date() else short_day(at)
    return f"{said} at {clock_time(at)}"


def limit_in_words(step: PathStep | None, now: datetime) -> str:
    """by today at 19:40; since yesterday: what time the step that waits has."""
    if step is None or step.due_at is None:
        return ""
    return f"{'Was due' if step.is_late(now) else 'Due'} {moment(step.due_at, now)}"


def _next_in_words(step: PathStep | None, now: datetime) -> str:
    if step is None:
        return ""
    by = ""
    if step.due_at is not None:
        by = " now" if step.is_late(now) else f" by {moment(step.due_at, now)}"
    return NEXT.get(step.id, step.title).format(by=by)


def _in_hand(alert: Alert, now: datetime) -> str:
    if alert.acknowledged_at is None:
        return "Nobody has taken it on yet."
    return f"Taken on by {who(alert.acknowledged_by) or 'a clinician'}, {moment(alert.acknowledged_at, now)}."


# -- the page of one alert ---------------------------------------------------------------------------


@dataclass(frozen=True)
class StepShown:
    """One step of the path. `state`: done, now (the one to take), late, later, waits (for the level to be
    set), not_needed.
    """

    id: str
    title: str
    state: str
    limit: str
    due: str
    done: str
    why: str


@dataclass(frozen=True)
class HistoryLine:
    """One step that was taken, as it was written down. None is ever changed."""

    at: datetime
    what: str
    by: str
    words: str
    note: str
    address: str


@dataclass(frozen=True)
class AlertShown:
    """An alert with its path, its history, and what may be done with it now."""

    banner: Banner
    rule: str
    is_open: bool
    may_work: bool
    may_resolve: bool
    steps: tuple[StepShown, ...]
    history: tuple[HistoryLine, ...]
    tellings: Tellings
    asked_alone: bool
    is_shown: bool
    is_acknowledged: bool
    is_assessed: bool
    plan_wanted: bool
    level: str
    resolved: str
    raised_on: date
    kept: tuple[DraftText, ...]
    address: str
    assess_address: str
    screen_address: str
    plan_address: str

    def step(self, name: str) -> StepShown | None:
        return next((step for step in self.steps if step.id == name), None)


def present_alert(page: EpisodePage, alert: Alert, kept: tuple[DraftText, ...] = ()) -> AlertShown:
    """One alert, open or closed."""
    wanted = safety.plan_missing(page.episode, on=page.on)
    facts = facts_of(alert, plan_wanted=wanted)
    taken = {step.kind for step in facts.taken}
    address = page.address(f"alerts/{alert.pk}/")
    return AlertShown(
        banner=banner(page.manual, alert, page.at, plan_wanted=wanted),
        rule=alert.rule,
        is_open=alert.is_open,
        may_work=alert.is_open and bool(page.may(Act.WORK_ALERT)),
        may_resolve=alert.is_open and bool(page.may(Act.RESOLVE_ALERT)),
        steps=_path_in_words(facts, page.at, is_open=alert.is_open),
        history=tuple(_history(page, alert)),
        tellings=present_tellings(alert, page.at),
        asked_alone=alert.rule == VIOLENCE,
        is_shown=alert.shown_to_client_at is not None,
        is_acknowledged=alert.acknowledged_at is not None,
        is_assessed="assessed" in taken,
        plan_wanted=wanted,
        level=facts.level.word if facts.level is not None else "",
        resolved=_resolved(alert, page.at),
        raised_on=timezone.localtime(alert.raised_at).date(),
        kept=kept,
        address=address,
        assess_address=page.address(f"safety/assess/?next={address}"),
        screen_address=page.address(f"safety/private-questions/?next={address}"),
        plan_address=page.address(f"safety/plan/?next={address}"),
    )


def _path_in_words(facts: AlertFacts, now: datetime, *, is_open: bool) -> tuple[StepShown, ...]:
    at_hand = next_step(facts)
    return tuple(
        StepShown(
            id=step.id,
            title=step.title,
            state=_state(step, at_hand, now, is_open=is_open, level_known=facts.level is not None),
            limit=step.limit,
            due=moment(step.due_at, now) if step.due_at is not None else "",
            done=moment(step.done_at, now) if step.done_at is not None else "",
            why=step.why,
        )
        for step in path(facts)
    )


def _state(
    step: PathStep, at_hand: PathStep | None, now: datetime, *, is_open: bool, level_known: bool
) -> str:
    if step.done_at is not None:
        return "done"
    if is_open and not step.needed and not level_known:
        return "waits"
    if not step.needed or not is_open:
        return "not_needed"
    if step.is_late(now):
        return "late"
    return "now" if at_hand is not None and step.id == at_hand.id else "later"


def _history(page: EpisodePage, alert: Alert):
    for step in steps_of(alert):
        yield HistoryLine(
            at=step.at,
            what=_what(step),
            by=who(step.by) if step.by is not None else "the service",
            words=step.words,
            note=_note(step),
            address=page.address(f"records/{step.entry_id}/") if step.entry_id else "",
        )


def _what(step: AlertStep) -> str:
    words = STEP_WORDS.get(StepKind(step.kind), step.kind)
    if step.kind == StepKind.TOLD and step.told is not None:
        return f"{words}: {who(step.told)}"
    if step.level:
        return f"{words}: {step.level}"
    return f"{words} for {short_day(step.on)}" if step.on is not None else words


def _note(step: AlertStep) -> str:
    """What a reader must know of when it was done, where that is not when it was written down."""
    parts = []
    if step.happened_at is not None:
        parts.append(f"on {short_day(step.happened_at)} at {clock_time(step.happened_at)}")
    if step.entry is not None and step.entry.state == "withdrawn":
        parts.append("its record was withdrawn and does not count")
    return "; ".join(parts)


def _resolved(alert: Alert, now: datetime) -> str:
    if alert.resolved_at is None:
        return ""
    return f"Closed {moment(alert.resolved_at, now)} by {who(alert.resolved_by) or 'a clinician'}."


# -- Today -------------------------------------------------------------------------------------------


def banner_of(alert: Alert, now: datetime) -> Banner:
    """An open alert of any of one's episodes, for Today."""
    level = facts_of(alert).level
    raised = (
        level is not None and level >= Level.YELLOW
    )  # below it no plan is asked for, and no course is read
    wanted = raised and safety.plan_missing(alert.episode, on=timezone.localtime(now).date())
    return banner(manual_of(alert.episode), alert, now, plan_wanted=wanted)
