"""Those who asked for help, in plain values: how long they wait, what is late and why, how to reach them safely."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.conf import settings

from openipt import library
from openipt.core.course import enquiry as core
from openipt.core.course.enquiry import AsksFor, CloseReason, EnquiryState, Ground, Late, Way
from openipt.records.models import Enquiry, EnquiryContact, User
from openipt.records.queries.enquiries import as_known, contacts_of
from openipt.web.goes_with import ticks
from openipt.web.jinja import day, plural, short_day
from openipt.web.languages import LANGUAGES

WAYS = {Way.PHONE.value: "by phone", Way.EMAIL.value: "by e-mail", Way.POST.value: "by post"}
CLOSE_REASONS = {
    CloseReason.WITHDREW.value: "They do not want it any more",
    CloseReason.NOT_REACHED.value: "They could not be reached",
    CloseReason.NOT_SUITABLE.value: "IPT does not fit: it is widely applicable and not right for every disorder",
    CloseReason.REFERRED.value: "They are in other care, or on the way to it",
    CloseReason.ASKED_TWICE.value: "They asked twice, or it was no enquiry",
    CloseReason.OTHER.value: "Another reason",
}
GROUNDS = {
    Ground.TICKED: "They ticked that somebody may be hurt soon.",
    Ground.WORDS: "Words in it may point to danger. A list of words found them; it may be wrong either way.",
}
LOOK_FIRST = "look first"
MINOR = "may be under age"
NEXT_AT_DANGER = (
    "Speak with them now, with the structured questions. If nobody can be reached: the local procedure, up to the "
    "emergency service. They were shown whom to call when they wrote."
)
SOURCE_AT_DANGER = "clinical reference 11.3"


@dataclass(frozen=True)
class Reason:
    """Why one enquiry wants somebody now."""

    what: str
    why: tuple[str, ...]
    next: str
    tone: str
    address: str
    source: str = ""
    mark: str = ""


@dataclass(frozen=True)
class Row:
    """One who waits, as a line of the list."""

    address: str
    called: str
    waits: str
    asked: str
    tried: str
    reach: str
    language: str
    chips: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class IntakeList:
    """The whole list."""

    reasons: tuple[Reason, ...]
    rows: tuple[Row, ...]
    closed: tuple[tuple[str, ...], ...]
    targets: str
    only_some: bool


@dataclass(frozen=True)
class Tried:
    """One try to reach them."""

    on: str
    who: str
    how: str
    reached: str
    tone: str
    words: str


@dataclass(frozen=True)
class EnquiryPage:
    """One enquiry. `self` is false where somebody asked for another person, who has to be named at the hand-over."""

    id: UUID
    called: str
    reference: str
    waits: str
    state: str
    chips: tuple[tuple[str, str, str], ...]
    reasons: tuple[Reason, ...]
    words: str
    facts: tuple[tuple[str, str], ...]
    reach: tuple[tuple[str, str], ...]
    tried: tuple[Tried, ...]
    outcome: tuple[tuple[str, str], ...]
    may_act: bool
    is_for_self: bool
    therapists: tuple[tuple[str, str], ...]
    me: str
    adaptations: tuple[tuple[str, str], ...]
    modifiers: tuple[tuple[str, str, str], ...]
    episode: str
    today: str


def present_list(rows: Sequence[Enquiry], closed: Sequence[Enquiry], on: date) -> IntakeList:
    targets = settings.ENVIRONMENT.asking.targets
    found = [reason for row in rows for reason in reasons_of(row, on)]
    return IntakeList(
        reasons=tuple(sorted(found, key=lambda reason: reason.tone != "danger")),
        rows=tuple(_row(row, on) for row in rows),
        closed=tuple(
            (f"/intake/{row.pk}/", row.reference, short_day(row.settled_at), CLOSE_REASONS[row.close_reason])
            for row in closed
        ),
        targets=(
            f"The targets here: a first try {_within(targets.answer_days)}, "
            f"a therapist {_within(targets.wait_days)}."
        ),
        only_some=len(rows) >= 200,
    )


def _within(days: int) -> str:
    return f"within {plural(days, 'day')}" if days else "on the same day"


def reasons_of(row: Enquiry, on: date) -> tuple[Reason, ...]:
    """What is late about it, one card for all of that: the gravest says what it is called."""
    targets = settings.ENVIRONMENT.asking.targets
    known = as_known(row)
    late = core.late(known, on, targets)
    if not late:
        return ()
    days = plural(core.waiting_days(known, on), "day")
    whys = {
        Late.DANGER: GROUNDS[known.ground] if known.ground else "",
        Late.UNANSWERED: f"Nobody has tried to reach them in {days}; the target is {plural(targets.answer_days, 'day')}.",
        Late.WAITS: f"They have waited for a therapist for {days}; the target is {plural(targets.wait_days, 'day')}.",
    }
    whats = {
        Late.DANGER: "to be looked at first, not reached yet",
        Late.UNANSWERED: "no answer yet",
        Late.WAITS: "waits too long",
    }
    nexts = {
        Late.DANGER: NEXT_AT_DANGER,
        Late.UNANSWERED: "Try to reach them in the way they gave, and record it.",
        Late.WAITS: "Hand them over to a therapist, or tell them how long it takes and what else there is.",
    }
    at_danger = late[0] is Late.DANGER
    return (
        Reason(
            what=f"{row.client.name}: {whats[late[0]]}",
            why=tuple(whys[kind] for kind in late),
            next=nexts[late[0]],
            tone="danger" if at_danger else "attention",
            address=f"/intake/{row.pk}/",
            source=SOURCE_AT_DANGER if at_danger else "",
            mark="" if late == (Late.DANGER,) and known.ground is Ground.TICKED else "project default",
        ),
    )


def _row(row: Enquiry, on: date) -> Row:
    known = as_known(row)
    return Row(
        address=f"/intake/{row.pk}/",
        called=row.client.name,
        waits=_waits(known, on),
        asked=f"asked on {day(row.asked_at)}",
        tried=_tries(known),
        reach=", ".join(title.lower() for title, _ in _ways(row)) or "no way given",
        language=LANGUAGES.get(row.client.language, row.client.language),
        chips=_chips(row, on),
    )


def _waits(known: core.Enquiry, on: date) -> str:
    days = core.waiting_days(known, on)
    return f"waits for {plural(days, 'day')}" if days else "asked today"


def _tries(known: core.Enquiry) -> str:
    if not known.tries:
        return "not tried yet"
    reached = f"reached {_times(known.reached)}" if known.reached else "not reached yet"
    return f"tried {_times(known.tries)}, {reached}"


def _times(number: int) -> str:
    return {1: "once", 2: "twice"}.get(number, f"{number} times")


def _chips(row: Enquiry, on: date) -> tuple[tuple[str, str, str], ...]:
    """(words, tone, icon) of what must not be missed."""
    minor_below = int(library.rules()["DR-45"].parameters["minor_below_age"])
    found = []
    if row.ground:
        found.append((LOOK_FIRST, "danger", "alert"))
    if row.asks_for == AsksFor.OTHER:
        found.append(("for somebody else", "quiet", "people"))
    if core.may_be_minor(row.client.birth_year, minor_below, on):
        found.append((MINOR, "attention", "flag"))
    return tuple(found)


def _ways(row: Enquiry) -> tuple[tuple[str, str], ...]:
    about = row.client.about
    given = (("Phone", about("phone")), ("E-mail", about("email")), ("Post", about("address")))
    return tuple((title, str(value)) for title, value in given if value)


def present_enquiry(
    row: Enquiry, on: date, *, may_act: bool, therapists: Sequence[User], me: User
) -> EnquiryPage:
    known, words = as_known(row), row.words
    client = row.client
    return EnquiryPage(
        id=row.pk,
        called=client.name,
        reference=row.reference,
        waits=f"{_waits(known, on)}, {_tries(known)}" if row.state == EnquiryState.OPEN else "",
        state=_state(row),
        chips=_chips(row, on),
        reasons=reasons_of(row, on),
        words=str(words.get("words", "")),
        facts=(
            ("Asked on", day(row.asked_at)),
            ("Asked by", str(words.get("called", ""))),
            ("For", "themselves" if row.asks_for == AsksFor.SELF else "somebody else"),
            ("Year of birth", str(client.birth_year or "")),
            ("Language", LANGUAGES.get(client.language, client.language)),
            ("Region", client.region.upper()),
            ("Reference", row.reference),
        ),
        reach=(
            *_ways(row),
            ("Safe times", str(words.get("safe_times", ""))),
            ("A message", "may be left" if words.get("leave_message") else "may not be left"),
            ("Who calls", "may be said to others" if words.get("say_who") else "is said to nobody but them"),
        ),
        tried=tuple(_tried(one) for one in contacts_of(row)),
        outcome=_outcome(row),
        may_act=may_act,
        is_for_self=row.asks_for == AsksFor.SELF,
        therapists=tuple((str(user.pk), user.display_name or user.username) for user in therapists),
        me=str(me.pk),
        adaptations=tuple(
            (manual.id, manual.name)
            for manual in sorted(library.offered().values(), key=lambda one: (bool(one.inherits), one.name))
        ),
        modifiers=ticks(),
        episode=f"/episodes/{row.episode_id}/" if row.episode_id else "",
        today=on.isoformat(),
    )


def _tried(one: EnquiryContact) -> Tried:
    return Tried(
        on=day(one.on),
        who=one.by.display_name or one.by.username,
        how=WAYS[one.way],
        reached="reached" if one.reached else "not reached",
        tone="teal" if one.reached else "quiet",
        words=one.words,
    )


def _state(row: Enquiry) -> str:
    if row.state == EnquiryState.CLOSED:
        return f"Closed on {day(row.settled_at)}"
    if row.state == EnquiryState.HANDED_OVER and row.episode is not None:
        return f"Handed to {row.episode.therapist.display_name} on {day(row.settled_at)}"
    return ""


def _outcome(row: Enquiry) -> tuple[tuple[str, str], ...]:
    """How it was settled, and by whom."""
    if row.settled_by is None:
        return ()
    who = ("By", row.settled_by.display_name or row.settled_by.username)
    if row.state == EnquiryState.CLOSED:
        return ("Why", CLOSE_REASONS[row.close_reason]), ("Offered instead", row.outcome), who
    return ("For the therapist", row.outcome), who
