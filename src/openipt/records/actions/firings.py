"""Rules that fired are kept: from what, since when, until when, and what a clinician decided on them.

    note(episode=..., on=..., at=...)       for an episode that was written to, and at the turn of the day

is all a worker has to call: it may be called as often as one likes, by several at once. Actions whose write
may well change the answer call `note_after_this`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial

from django.db import connection, transaction

from openipt.core.course.rules import RuleResult
from openipt.core.course.rules.codes import codes_only
from openipt.core.course.status import course_status
from openipt.core.manual.model import Manual, Severity
from openipt.records import audit, convert, standing
from openipt.records.access import Act, require
from openipt.records.actions.base import Actor, Operator, day_of, fault, locked, refuse, tidy
from openipt.records.manuals import manual_of
from openipt.records.models import (
    Episode,
    FiringDecision,
    FiringEnd,
    RuleDecision,
    RuleFiring,
    User,
)

# What is about risk is worked through at its alert and in the Safety room; no decision here closes it.
ABOUT_RISK = frozenset({"DR-01", "DR-02", "DR-03", "DR-04", "DR-05", "DR-06", "DR-41"})
# After so long "not now" is asked again; so is a critical rule that still holds, whatever was decided (DEFAULT).
ASKED_AGAIN_AFTER = timedelta(days=7)
NO_REASON_NEEDED = (RuleDecision.DONE,)
BY_ITSELF = Operator("the rules")


@dataclass(frozen=True)
class Noted:
    """What one look changed: rules that fired anew, and firings that came to their end."""

    new: tuple[RuleFiring, ...] = ()
    ended: tuple[RuleFiring, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.new or self.ended)


def note(*, episode: Episode, on: date, at: datetime, by: Actor = BY_ITSELF) -> Noted:
    """Look at every rule as things stand at the end of `on`, and keep what fired, goes on, or is over.

    Looking again changes nothing. A day before one that was looked at already is not looked at: a clock that
    went back ends nothing.
    """
    found = None if connection.in_atomic_block else _answered(episode, on)
    with transaction.atomic():
        return _note(episode, on, at, by, found)


def note_after_this(*, episode: Episode, at: datetime, by: Actor) -> None:
    """Look once the present write is on disk. If that fails, the write stands and the worker looks later."""
    look = partial(note, episode=episode, on=day_of(at), at=at, by=by)
    transaction.on_commit(look, robust=True)


def _answered(episode: Episode, on: date) -> tuple[int, tuple[RuleResult, ...]]:
    """The engine's answer, with the number of writes it knows of: worked out while nobody waits for it."""
    revision = audit.revision_of(episode)
    return revision, standing.status(episode, on).fired


def _note(
    episode: Episode, on: date, at: datetime, by: Actor, found: tuple[int, tuple[RuleResult, ...]] | None
) -> Noted:
    episode = locked(episode, "client")
    if episode.client.erased_at is not None:
        return Noted()
    standing_now = {row.rule: row for row in episode.firings.filter(ended_at=None)}
    if any(row.last_seen_on > on for row in standing_now.values()):
        return Noted()
    manual = manual_of(episode)
    if found is None or found[0] != audit.revision_of(episode):
        fired = course_status(manual, convert.course(episode), on).fired
    else:
        fired = found[1]
    results = {result.id: result for result in fired}
    ended = [_end(row, on, at, results.get(row.rule)) for row in _over(standing_now, results)]
    new = [_begin(episode, manual, r, on, at) for r in fired if not _goes_on(standing_now, r)]
    seen = [row for row in standing_now.values() if row.stands and row.last_seen_on < on]
    RuleFiring.objects.filter(pk__in=[row.pk for row in seen]).update(last_seen_on=on, last_seen_at=at)
    if new or ended or seen:
        audit.record("rules-noted", by=by, at=at, episode=episode, ids=[row.pk for row in (*new, *ended)])
    return Noted(tuple(new), tuple(ended))


def _goes_on(standing_now: dict[str, RuleFiring], result: RuleResult) -> bool:
    row = standing_now.get(result.id)
    return row is not None and row.stands and row.severity == result.severity


def _over(standing_now: dict[str, RuleFiring], results: dict[str, RuleResult]) -> list[RuleFiring]:
    return [
        row
        for rule, row in standing_now.items()
        if rule not in results or not _goes_on(standing_now, results[rule])
    ]


def _end(row: RuleFiring, on: date, at: datetime, now: RuleResult | None) -> RuleFiring:
    row.ended_at, row.ended_on = at, on
    row.ended_by = (FiringEnd.CONDITION if now is None else FiringEnd.SEVERITY).value
    row.save(update_fields=["ended_at", "ended_on", "ended_by"])
    return row


def _begin(episode: Episode, manual: Manual, result: RuleResult, on: date, at: datetime) -> RuleFiring:
    row = RuleFiring(
        episode=episode,
        rule=result.id,
        rule_version=manual.rule(result.id).version,
        manual_version=manual.version,
        severity=result.severity.value,
        inputs=codes_only(manual, result.inputs),
        first_seen_at=at,
        first_seen_on=on,
        last_seen_at=at,
        last_seen_on=on,
    )
    row.why = result.why
    row.save(force_insert=True)
    return row


# -- deciding ---------------------------------------------------------------------------------------


@transaction.atomic
def decide(
    *,
    firing: RuleFiring,
    decision: str,
    by: Actor,
    at: datetime,
    reason: str = "",
    again_on: date | None = None,
) -> RuleFiring:
    """A clinician decides on a rule that fired: done, not now, not applicable here, or they disagree.

    The firing goes on while its condition holds. Nothing about risk is decided here. The same decision
    sent twice is one; a later one stands beside the earlier.
    """
    firing = locked(firing, "episode__client")
    require(by, Act.DECIDE_RULE, episode=firing.episode, on=day_of(at))
    if not isinstance(by, User):
        raise refuse("Only a clinician decides on a rule.")
    if firing.rule in ABOUT_RISK:
        raise refuse("This is about safety. Work it through at its alert or in the Safety room.")
    if not firing.stands:
        raise refuse("This no longer holds. There is nothing left to decide.")
    chosen, said = _decision(decision), tidy(reason, "reason", required=decision not in NO_REASON_NEEDED)
    kept = FiringDecision(firing=firing, decision=chosen.value, at=at, by=by)
    kept.number = firing.decisions.count() + 1
    kept.again_on = _asked_again(firing, chosen, again_on, day_of(at))
    kept.reason = said or None
    if _decided_already(firing, kept, day_of(at)):
        return firing
    kept.save(force_insert=True)
    firing.decision, firing.decided_at, firing.decided_by = chosen.value, at, by
    firing.again_on = kept.again_on
    firing.save(update_fields=["decision", "decided_at", "decided_by", "again_on"])
    audit.record("rule-decided", by=by, at=at, episode=firing.episode, obj=kept)
    return firing


@transaction.atomic
def decide_rule(
    *,
    episode: Episode,
    rule: str,
    decision: str,
    by: Actor,
    at: datetime,
    reason: str = "",
    again_on: date | None = None,
) -> RuleFiring:
    """Decide on a rule as it stands today, whether or not anybody has noted yet that it fired."""
    require(by, Act.DECIDE_RULE, episode=episode, on=day_of(at))
    note(episode=episode, on=day_of(at), at=at, by=by)
    firing = RuleFiring.objects.filter(episode=episode, rule=rule, ended_at=None).first()
    if firing is None:
        raise refuse("This no longer holds. There is nothing left to decide.")
    return decide(firing=firing, decision=decision, reason=reason, again_on=again_on, by=by, at=at)


def _decision(decision: str) -> RuleDecision:
    if decision not in set(RuleDecision):
        raise fault("decision", "Choose what you decide.")
    return RuleDecision(decision)


def _asked_again(firing: RuleFiring, chosen: RuleDecision, wanted: date | None, today: date) -> date | None:
    """When it comes back if it still holds; a critical one comes back whatever was decided."""
    if wanted is not None and wanted <= today:
        raise fault("again_on", "Choose a day after today.")
    latest = today + ASKED_AGAIN_AFTER
    if firing.severity == Severity.CRITICAL.value:
        return min(wanted or latest, latest)
    return wanted or latest if chosen is RuleDecision.NOT_NOW else wanted


def _decided_already(firing: RuleFiring, decision: FiringDecision, today: date) -> bool:
    """The same decision by the same person is in force: they sent it twice."""
    last = firing.decisions.last()
    if last is None or (last.decision, last.by_id, last.again_on) != (
        decision.decision,
        decision.by_id,
        decision.again_on,
    ):
        return False
    last.firing = firing
    return bool(last.reason == decision.reason and (last.again_on is None or last.again_on > today))


__all__ = ["ABOUT_RISK", "Noted", "decide", "decide_rule", "note", "note_after_this"]
