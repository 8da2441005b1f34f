"""Home in plain values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils import timezone

from openipt import library
from openipt.core.course.call import PLAN as CALL_PLAN
from openipt.core.course.course import EpisodeStatus
from openipt.core.course.diary import DIARY, asks_for_diary
from openipt.core.course.measures_due import measures_due
from openipt.core.fields.words import Line, in_words
from openipt.records.models import CheckIn, CheckInMode, Entry, EntryState, MeetingFormat
from openipt.records.prepared import Prepared
from openipt.records.queries.checkins import unfinished_of
from openipt.records.queries.sessions import next_planned
from openipt.web.client.common import ClientPage
from openipt.web.client.presenters_days import own_today
from openipt.web.jinja import clock_time, plural, week_day
from openipt.web.paper.letter import SUMMARY
from openipt.web.plain import how_long

# The answers of a session are given shortly before it, so that they speak of now (ipt.md 10.5).
ASK_DAYS_BEFORE = 3
HOW_WE_MEET = {MeetingFormat.PHONE.value: "by phone", MeetingFormat.VIDEO.value: "by video"}


@dataclass(frozen=True)
class NextThing:
    """The one thing to do now."""

    title: str
    words: str
    address: str = ""
    button: str = ""


@dataclass(frozen=True)
class Meeting:
    """When we meet next. Place and therapist stay out where somebody may look on who must not."""

    when: str
    at: str
    how: str
    place: str
    ready: tuple[str, ...] = ()
    if_it_breaks_off: tuple[Line, ...] = ()


@dataclass(frozen=True)
class Step:
    """What was agreed to try."""

    words: str
    more: str
    address: str


@dataclass(frozen=True)
class LastReceipt:
    """When the last check-in was sent."""

    when: str
    address: str


_LAST_SENT = Prepared(
    lambda episode: CheckIn.objects.filter(
        episode=episode, mode=CheckInMode.CLIENT, finished_at__isnull=False
    ).order_by("-finished_at")[:1],
    UUID,
)


@dataclass(frozen=True)
class Home:
    next: NextThing
    meeting: Meeting | None
    step: Step | None
    receipt: LastReceipt | None
    rooms: tuple[tuple[str, str, str], ...]


def present_home(page: ClientPage) -> Home:
    meeting, days = _meeting(page)
    step = _step(page)
    return Home(
        next=_next(page, step, days),
        meeting=meeting,
        step=step,
        receipt=_receipt(page),
        rooms=_rooms(page),
    )


def _next(page: ClientPage, step: Step | None, days: int | None) -> NextThing:
    there = unfinished_of(page.user, page.episode, page.at, page.on)
    address = reverse("client:check-in")
    if there is not None:
        since = clock_time(there.opened_at)
        return NextThing(
            "Go on with your check-in",
            f"You began at {since}. What you chose is kept. Send it when you are ready.",
            address,
            "Go on",
        )
    asked = _questions_due(page)
    if asked and (days is None or days <= ASK_DAYS_BEFORE or step is None):
        words = f"{plural(asked, 'short question')}, {how_long(asked)}. You may leave any of them out."
        return NextThing("Your check-in", words, address, "Check-in")
    if _day_to_write(page):
        words = "Five times, in a minute. What you know is enough."
        return NextThing("Your day", words, reverse("client:days"), "Write it down")
    if step is not None:
        return NextThing(
            "Your step", "What you try with people brings the change.", step.address, "How did it go?"
        )
    return NextThing(
        "Nothing to do now", "You are up to date. You can write in your journal whenever you like."
    )


def _day_to_write(page: ClientPage) -> bool:
    """Whether the treatment asks for the diary and the day that is not over is not in it yet."""
    if not asks_for_diary(page.manual) or page.episode.status == EpisodeStatus.ENDED:
        return False
    return not page.entries_since(DIARY, own_today(page))


def _questions_due(page: ClientPage) -> int:
    due = [library.measure(measure) for measure in measures_due(page.manual, page.course, page.on)]
    asked = sum(len(one.items) + len(one.extra_items) for one in due if one.may_go_to_client)
    return asked + 1 if asked else 0


def _meeting(page: ClientPage) -> tuple[Meeting | None, int | None]:
    session = next_planned(page.episode, page.at)
    if session is None or session.planned_at is None:
        return None, None
    session.episode = page.episode
    how = HOW_WE_MEET.get(session.format, "")
    safe = not page.is_watched
    meeting = Meeting(
        when=week_day(session.planned_at),
        at=clock_time(session.planned_at),
        how=how if safe else "",
        place=session.place if safe and not how else "",
        ready=library.formats_ready(session.format) if safe else (),
        if_it_breaks_off=_call_plan(page) if safe and how else (),
    )
    return meeting, (timezone.localtime(session.planned_at).date() - page.on).days


def _call_plan(page: ClientPage) -> tuple[Line, ...]:
    """What is done if the call breaks off, as agreed last."""
    plans = page.entries(CALL_PLAN)
    kind = page.manual.record_types[CALL_PLAN]
    return in_words(kind, plans[-1].visible, people={}, codes={}, role="client") if plans else ()


def _step(page: ClientPage) -> Step | None:
    """The last step agreed, or written by the client, until the client has said how it went. None where its
    words could be read by the wrong eyes, and none once the treatment has ended.
    """
    if page.is_watched or page.episode.status == EpisodeStatus.ENDED:
        return None
    plans, notes = page.entries("rec_action_plan"), page.entries("rec_session")
    found: list[tuple[date, int, Step | None]] = [
        (entry.on, entry.order, None if _is_told(entry) else _of_plan(page, entry))
        for entry in plans
        if entry.visible.get("step")
    ]
    found += [
        (entry.on, entry.order, _of_session(entry)) for entry in notes if entry.visible.get("next_step")
    ]
    return max(found, key=lambda each: each[:2])[2] if found else None


def _is_told(entry: Entry) -> bool:
    """Whether the client has said how it went."""
    return entry.by_role == "client" and bool(entry.visible.get("done"))


def _of_plan(page: ClientPage, entry: Entry) -> Step:
    values: dict[str, Any] = entry.visible
    with_whom = values.get("with_whom")
    more = [f"With {with_whom}" if with_whom else "", str(values.get("when") or "")]
    if entry.by_role == "client":
        address = reverse("client:worksheet", args=[entry.pk])
    else:
        address = f"{reverse('client:worksheet-new', args=['rec_action_plan'])}?from={entry.pk}"
    return Step(str(values["step"]), ", ".join(part for part in more if part), address)


def _of_session(entry: Entry) -> Step:
    address = f"{reverse('client:worksheet-new', args=['rec_action_plan'])}?from={entry.pk}"
    return Step(str(entry.visible["next_step"]), "", address)


def _receipt(page: ClientPage) -> LastReceipt | None:
    last = _LAST_SENT.first(page.episode.pk)
    if last is None:
        return None
    when = f"{week_day(last.finished_at)} at {clock_time(last.finished_at)}"
    return LastReceipt(when, reverse("client:check-in-receipt", args=[last.pk]))


def _rooms(page: ClientPage) -> tuple[tuple[str, str, str], ...]:
    letter = (reverse("client:letter"), "A letter to you", "What you worked on, and what you take with you")
    days = (reverse("client:days"), "My days", "Five times of each day, and the picture of your week")
    return (
        *((letter,) if has_letter(page) else ()),
        *((days,) if asks_for_diary(page.manual) else ()),
        (reverse("client:story"), "My story", "Your life on a line, what we found out, what we agreed"),
        (reverse("client:people"), "My people", "Who stands near, and who further away"),
        (reverse("client:journal"), "My journal", "For you alone, until you share an entry"),
        (reverse("client:practice"), "Practice", "Worksheets, and your step"),
        (reverse("client:safety-plan"), "My safety plan", "What helps when it gets hard"),
        (reverse("client:learn"), "Read", "Short pages in plain words"),
        (reverse("client:rights"), "Who may read what", "What is kept, and your rights"),
        (reverse("client:reminders"), "Reminders", "On this page, and by e-mail if you like"),
    )


def has_letter(page: ClientPage) -> bool:
    """The closing summary is finished, so there is a letter to read."""
    if not page.course.entries_of(SUMMARY):
        return False
    return any(entry.state == EntryState.FINAL for entry in page.entries(SUMMARY))
