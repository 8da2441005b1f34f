"""Not on track, and why: what the record of one course says, with the evidence it rests on.

A signal alone helps nobody. Each reason of the closed list is asked of the record (`off_track_reasons`): it
stands, it does not, or it cannot be told because something is missing. One check that holds is enough,
whatever the others say. Nothing here decides or chooses anything.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from openipt.core.course.course import Course
from openipt.core.course.off_track_reasons import REASONS, Evidence, Seen, Told
from openipt.core.course.off_track_signals import signals
from openipt.core.course.progress import Signal
from openipt.core.course.rules import RuleState
from openipt.core.manual.model import Manual

OFF_TRACK_RULES = ("DR-20", "DR-21", "DR-22", "DR-23", "DR-24")


@dataclass(frozen=True)
class Reason:
    """One reason of the list: does it stand? `says`: what was found; `missing`: what is not in the record."""

    id: str
    holds: bool | None
    says: tuple[str, ...]
    evidence: tuple[Evidence, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True)
class OffTrack:
    """One course on one day: by which rules it is not on track, and what the record says about why.

    `unknown` says what is missing to tell whether it is on track at all.
    """

    on: date
    signals: tuple[Signal, ...]
    unknown: tuple[str, ...]
    reasons: tuple[Reason, ...]

    @property
    def is_off(self) -> bool:
        return bool(self.signals)

    def reason(self, reason_id: str) -> Reason:
        """KeyError for a reason that is not of the list."""
        for found in self.reasons:
            if found.id == reason_id:
                return found
        raise KeyError(reason_id)

    @property
    def standing(self) -> tuple[str, ...]:
        """The ids of the reasons that stand."""
        return tuple(reason.id for reason in self.reasons if reason.holds)


def off_track(manual: Manual, course: Course, today: date, told: Iterable[Told] = ()) -> OffTrack:
    """Is the course on track at the end of `today`, and why not? `told`: events told at check-ins."""
    seen = Seen(manual, course.as_of(today), today, tuple(one for one in told if one.on <= today))
    return OffTrack(
        on=today,
        signals=signals(manual, seen.course, today),
        unknown=_unknown(seen),
        reasons=tuple(_reason(reason_id, seen) for reason_id in manual.off_track_reasons),
    )


def _unknown(seen: Seen) -> tuple[str, ...]:
    """What the rules that read the course as a whole cannot tell today, by what is missing."""
    results = (seen.rule(rule_id) for rule_id in ("DR-20", "DR-21", "DR-22"))
    missing = [
        result.why.removeprefix("missing ") for result in results if result.state is RuleState.CANNOT_TELL
    ]
    return tuple(dict.fromkeys(missing))


def _reason(reason_id: str, seen: Seen) -> Reason:
    checks = tuple(REASONS[reason_id](seen))
    holding = [check for check in checks if check.holds]
    unsure = [check for check in checks if check.holds is None]
    holds = True if holding else None if unsure else False
    shown = holding if holding else [check for check in checks if check.holds is False]
    return Reason(
        id=reason_id,
        holds=holds,
        says=tuple(check.says for check in shown if check.says),
        evidence=tuple(dict.fromkeys(one for check in shown for one in check.evidence)),
        missing=tuple(dict.fromkeys(check.missing for check in unsure if check.missing)),
    )
