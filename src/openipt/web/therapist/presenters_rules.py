"""The decision rules in words: what each says today, what was decided on it, and what fired before."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from openipt.core.course.not_on_track import OFF_TRACK_RULES
from openipt.core.course.rules.explain import NOT_FOR_THIS, Explained, explain
from openipt.core.manual.model import Severity
from openipt.records.access import Act
from openipt.records.actions.firings import ABOUT_RISK, ASKED_AGAIN_AFTER
from openipt.records.models import FiringDecision, FiringEnd, RuleDecision, RuleFiring
from openipt.records.queries import firings as queries
from openipt.web.jinja import day, plural
from openipt.web.therapist.common import EpisodePage
from openipt.web.therapist.presenters_overview import GRAVEST_FIRST, TONES
from openipt.web.therapist.presenters_records import who
from openipt.web.therapist.presenters_today import (
    SEVERITY_WORDS,
    in_plain_words,
    mark_in_words,
    source_in_words,
)

DECISIONS = {
    RuleDecision.DONE: ("Done", "What it asks for was done, or is being done."),
    RuleDecision.NOT_NOW: ("Not now", "It comes back on the day below."),
    RuleDecision.NOT_APPLICABLE: ("Does not apply here", "The rule holds, and does not fit this client."),
    RuleDecision.DISAGREE: ("I see it differently", "The rule reads the record in a way I do not share."),
}
ENDS = {
    FiringEnd.CONDITION: "What it looks for no longer held.",
    FiringEnd.SEVERITY: "It went on with another severity.",
}


@dataclass(frozen=True)
class DecisionLine:
    """One decision with who, when and why."""

    words: str
    reason: str


@dataclass(frozen=True)
class FiredCard:
    """A rule that fires today: what, why, what next, decide. `elsewhere`: where it is worked through instead."""

    id: str
    title: str
    severity: str
    tone: str
    why: str
    since: str
    next: str
    source: str
    mark: str
    settled: bool
    decisions: tuple[DecisionLine, ...]
    may_decide: bool
    about_safety: bool
    elsewhere: tuple[str, str] | None


@dataclass(frozen=True)
class RuleLine:
    """A rule that does not fire today."""

    id: str
    title: str
    why: str
    source: str
    mark: str


@dataclass(frozen=True)
class PastFiring:
    """A rule that fired and no longer does."""

    id: str
    title: str
    severity: str
    why: str
    when: str
    end: str
    decisions: tuple[DecisionLine, ...]


@dataclass(frozen=True)
class RulesPage:
    """The whole page."""

    fired: tuple[FiredCard, ...]
    unknown: tuple[RuleLine, ...]
    quiet: tuple[RuleLine, ...]
    elsewhere: tuple[RuleLine, ...]
    past: tuple[PastFiring, ...]
    decisions: tuple[tuple[str, str, str], ...]
    asked_again: date

    @property
    def lead(self) -> str:
        count = plural(len(self.fired), "rule") if self.fired else "No rule"
        fires = f"{count} {'speak' if len(self.fired) > 1 else 'speaks'} today"
        return f"{fires}; {len(self.unknown)} cannot be told. The rules propose, you decide."


def present_rules(page: EpisodePage) -> RulesPage:
    """Every rule as it answers today, and the history of those that fired."""
    kept = queries.firings_of(page.user, page.episode, page.on)
    standing = {firing.rule: firing for firing in kept if firing.stands}
    found = explain(page.manual, page.course, page.on)
    fired = [one for one in found if one.result.fired]
    fired.sort(key=lambda one: GRAVEST_FIRST.index(one.result.severity))
    return RulesPage(
        fired=tuple(_fired(page, one, standing.get(one.rule.id)) for one in fired),
        unknown=_lines(page, found, "cannot_tell"),
        quiet=_lines(page, found, "not_fired"),
        elsewhere=_lines(page, found, NOT_FOR_THIS),
        past=tuple(_past(page, firing) for firing in kept if not firing.stands),
        decisions=tuple((value.value, *words) for value, words in DECISIONS.items()),
        asked_again=page.on + ASKED_AGAIN_AFTER,
    )


def _fired(page: EpisodePage, one: Explained, firing: RuleFiring | None) -> FiredCard:
    rule, severity = one.rule, one.result.severity
    return FiredCard(
        id=rule.id,
        title=rule.title,
        severity=SEVERITY_WORDS[severity],
        tone=TONES[severity],
        why=in_plain_words(page.manual, one.why),
        since=f"since {day(firing.first_seen_on)}" if firing else "since today",
        next=rule.then_text.strip(),
        source=source_in_words(page.manual, rule.id),
        mark=mark_in_words(rule.marks),
        settled=firing is not None and is_settled(firing, severity, page.on),
        decisions=_decisions(firing) if firing else (),
        may_decide=rule.id not in (*ABOUT_RISK, *OFF_TRACK_RULES) and bool(page.may(Act.DECIDE_RULE)),
        about_safety=rule.id in ABOUT_RISK,
        elsewhere=worked_through_at(page, rule.id),
    )


def is_settled(firing: RuleFiring, severity: Severity, on: date) -> bool:
    """Decided as it stands, and not to be asked again yet."""
    if not firing.decision or (firing.again_on is not None and firing.again_on <= on):
        return False
    return GRAVEST_FIRST.index(severity) >= GRAVEST_FIRST.index(Severity(firing.severity))


def worked_through_at(page: EpisodePage, rule: str) -> tuple[str, str] | None:
    """Where a rule about risk is worked through: its alert, else the Safety room; not on track: its page."""
    if rule in OFF_TRACK_RULES:
        return "See why, and decide", page.address("progress/")
    if rule not in ABOUT_RISK:
        return None
    alert = next((alert for alert in page.alerts if alert.rule.startswith(rule)), None)
    if alert is not None:
        return "Work through the alert", page.address(f"alerts/{alert.pk}/")
    return "Go to Safety", page.address("safety/")


def _decisions(firing: RuleFiring) -> tuple[DecisionLine, ...]:
    return tuple(_decision(decision) for decision in firing.decisions.all())


def _decision(decision: FiringDecision) -> DecisionLine:
    words = DECISIONS[RuleDecision(decision.decision)][0]
    again = f" Asked again on {day(decision.again_on)}." if decision.again_on else ""
    return DecisionLine(
        f"{words}, decided on {day(decision.at)} by {who(decision.by)}.{again}", decision.reason
    )


def _lines(page: EpisodePage, found: Iterable[Explained], answer: str) -> tuple[RuleLine, ...]:
    return tuple(
        RuleLine(
            id=one.rule.id,
            title=one.rule.title,
            why=in_plain_words(page.manual, one.why),
            source=source_in_words(page.manual, one.rule.id),
            mark=mark_in_words(one.rule.marks),
        )
        for one in found
        if one.answer == answer
    )


def _past(page: EpisodePage, firing: RuleFiring) -> PastFiring:
    rule = page.manual.rules.get(firing.rule)
    last = firing.last_seen_on
    days = day(firing.first_seen_on) + (f" to {day(last)}" if last > firing.first_seen_on else "")
    return PastFiring(
        id=firing.rule,
        title=rule.title if rule else firing.rule,
        severity=SEVERITY_WORDS[Severity(firing.severity)],
        why=in_plain_words(page.manual, firing.why),
        when=days,
        end=ENDS[FiringEnd(firing.ended_by)],
        decisions=_decisions(firing),
    )
