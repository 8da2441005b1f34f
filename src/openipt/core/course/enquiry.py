"""Somebody has asked for help: how long they wait, what is late, and whether it may be handed over or closed.

The targets in days are the service's own (DEFAULT); no published value stands behind them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from openipt.core.values import Decision


class EnquiryState(StrEnum):
    """An enquiry waits; a therapist has taken it on as an episode; or it was closed with a reason."""

    OPEN = "open"
    HANDED_OVER = "handed_over"
    CLOSED = "closed"


class CloseReason(StrEnum):
    """Why an enquiry goes no further here."""

    WITHDREW = "withdrew"
    NOT_REACHED = "not_reached"
    NOT_SUITABLE = "not_suitable"
    REFERRED = "referred"
    ASKED_TWICE = "asked_twice"
    OTHER = "other"


class Ground(StrEnum):
    """Why an enquiry is looked at first: its sender ticked it, or our list of words found something."""

    TICKED = "ticked"
    WORDS = "words"


class AsksFor(StrEnum):
    SELF = "self"
    OTHER = "other"


class Way(StrEnum):
    """How somebody may be reached."""

    PHONE = "phone"
    EMAIL = "email"
    POST = "post"


class Late(StrEnum):
    """What is late about an open enquiry, the gravest first."""

    DANGER = "danger"
    UNANSWERED = "unanswered"
    WAITS = "waits"


MOVES: Mapping[EnquiryState, frozenset[EnquiryState]] = MappingProxyType(
    {
        EnquiryState.OPEN: frozenset({EnquiryState.HANDED_OVER, EnquiryState.CLOSED}),
        EnquiryState.HANDED_OVER: frozenset(),
        EnquiryState.CLOSED: frozenset(),
    }
)
SETTLED = "This enquiry was settled already: look at how."
NO_TRY_AT_DANGER = "This enquiry is marked as to be looked at first, and nobody has tried to reach the person. Try, and record it."
NO_TRY = "No try to reach this person is recorded. Record it first, or choose another reason."


@dataclass(frozen=True)
class Targets:
    """Days until the first try to reach somebody, and until a therapist has them."""

    answer_days: int
    wait_days: int

    def __post_init__(self) -> None:
        if not 0 <= self.answer_days <= self.wait_days:
            raise ValueError("the first answer is due no later than the hand-over")


@dataclass(frozen=True)
class Enquiry:
    """What is known of an enquiry without its words."""

    asked_on: date
    tries: int = 0
    reached: int = 0
    ground: Ground | None = None
    state: EnquiryState = EnquiryState.OPEN

    def __post_init__(self) -> None:
        if not 0 <= self.reached <= self.tries:
            raise ValueError("nobody is reached more often than tried")


def waiting_days(enquiry: Enquiry, today: date) -> int:
    """Whole days since it was asked; nothing for a clock that went back."""
    return max(0, (today - enquiry.asked_on).days)


def late(enquiry: Enquiry, today: date, targets: Targets) -> tuple[Late, ...]:
    """What is late on this day, the gravest first. Danger that was said waits for nothing (ipt.md 11.3)."""
    if enquiry.state is not EnquiryState.OPEN:
        return ()
    days = waiting_days(enquiry, today)
    found = (
        (Late.DANGER, enquiry.ground is not None and not enquiry.reached),
        (Late.UNANSWERED, not enquiry.tries and days > targets.answer_days),
        (Late.WAITS, days > targets.wait_days),
    )
    return tuple(kind for kind, is_so in found if is_so)


def may_hand_over(enquiry: Enquiry) -> Decision:
    """May a therapist take it on now?"""
    if EnquiryState.HANDED_OVER not in MOVES[enquiry.state]:
        return Decision((SETTLED,))
    return Decision()


def may_close(enquiry: Enquiry, reason: CloseReason) -> Decision:
    """May it be closed with this reason? What was said of danger is never left without a try."""
    if EnquiryState.CLOSED not in MOVES[enquiry.state]:
        return Decision((SETTLED,))
    if enquiry.ground is not None and not enquiry.tries:
        return Decision((NO_TRY_AT_DANGER,))
    if reason is CloseReason.NOT_REACHED and not enquiry.tries:
        return Decision((NO_TRY,))
    return Decision()


def is_too_young(birth_year: int | None, youngest: int, today: date) -> bool:
    """Has this person certainly not reached that age, and will not within this year? Not knowing is no "yes"."""
    return birth_year is not None and today.year - birth_year < youngest


def may_be_minor(birth_year: int | None, minor_below: int, today: date) -> bool:
    """Whether consents of a minor may be needed: a minor until the year in which that age is reached is over (DR-45)."""
    return birth_year is not None and today.year - birth_year <= minor_below
