"""The diary of daily times in plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone

from openipt.core.course.diary import DIARY, WEEK
from openipt.core.course.rhythm_targets import MORNING, TARGET, TRIGGER, standing
from openipt.core.measures.rhythm import ACTIVITIES
from openipt.records.models import Entry
from openipt.web.client.common import ClientPage
from openipt.web.drawing.rhythm_week import clock
from openipt.web.jinja import DAYS, plural, week_day
from openipt.web.rhythm_view import (
    ENERGY,
    MOOD,
    WeekView,
    bands_of,
    diary_of,
    present_week,
    titles_of,
)

SCALES = {MOOD: "Mood", ENERGY: "Energy"}
HINTS = {"to_bed": "After midnight too: it belongs to this evening."}


@dataclass(frozen=True)
class DayLink:
    """One of the last days."""

    address: str
    name: str
    number: int
    words: str
    kept: bool
    here: bool


@dataclass(frozen=True)
class Activity:
    """One of the five, with its target where there is one."""

    key: str
    title: str
    hint: str


@dataclass(frozen=True)
class Days:
    """The page."""

    on: date
    title: str
    still: str
    strip: tuple[DayLink, ...]
    before: str
    after: str
    activities: tuple[Activity, ...]
    values: Mapping[str, Any]
    is_now: bool
    week: WeekView
    plans: tuple[tuple[str, str], ...]
    shares: bool
    shared_words: str
    may_share: bool
    may_take_back: bool


def own_today(page: ClientPage) -> date:
    """Today; in the small hours still the day that is not over (DEFAULT: until four)."""
    local = timezone.localtime(page.at)
    return page.on - timedelta(days=1) if local.hour * 60 + local.minute < MORNING else page.on


def own_days(page: ClientPage, since: date = date.min) -> list[Entry]:
    """The days the client wrote down, as they stand on this page."""
    return [entry for entry in page.entries_since(DIARY, since) if entry.by_role == "client"]


def present_days(page: ClientPage, on: date) -> Days:
    today = own_today(page)
    weeks_ago = max(0, (today - on).days // WEEK.days)
    last = max(today - weeks_ago * WEEK, on)
    rows = page.entries_since(DIARY, min(last - 2 * WEEK, today - 2 * WEEK))
    diary, kind = diary_of(rows), page.manual.record_types[DIARY]
    targets = bands_of(page.entries(TARGET), page.episode.started_on)
    holding = standing(targets, on)
    own = [entry for entry in rows if entry.by_role == "client"]
    return Days(
        on=on,
        title=_title(on, page.on),
        still=_still(page, today) if on == today else "",
        strip=tuple(_link(last - timedelta(days=n), on, page.on, diary) for n in reversed(range(WEEK.days))),
        before=_address(last - WEEK),
        after=_address(min(last + WEEK, today)) if weeks_ago else "",
        activities=tuple(
            Activity(key, title, _hint(key, holding.get(key))) for key, title in titles_of(kind).items()
        ),
        values=diary.get(on, {}),
        is_now=on == today,
        week=present_week(kind, diary, targets, last),
        plans=_plans(page),
        shares=bool(own) and own[-1].shared,
        shared_words=_shared_words(page, own),
        may_share=any(not entry.shared for entry in own),
        may_take_back=any(entry.shared for entry in own),
    )


def _plans(page: ClientPage) -> tuple[tuple[str, str], ...]:
    """What throws off the rhythm, and what was agreed to do then."""
    said = [
        (str(e.visible.get("event") or ""), str(e.visible.get("plan") or "")) for e in page.entries(TRIGGER)
    ]
    return tuple((event, plan) for event, plan in said if event)


def _title(on: date, today: date) -> str:
    near = {0: "Today, ", 1: "Yesterday, "}.get((today - on).days, "")
    return f"{near}{week_day(on)}"


def _still(page: ClientPage, today: date) -> str:
    if today == page.on:
        return ""
    return f"It is past midnight. Until four in the morning this is still {DAYS[today.weekday()]}."


def _link(day: date, on: date, today: date, diary: Mapping[date, Any]) -> DayLink:
    return DayLink(
        _address(day), DAYS[day.weekday()][:2], day.day, _title(day, today), day in diary, day == on
    )


def _address(on: date) -> str:
    return f"{reverse('client:days')}?day={on.isoformat()}"


def _hint(activity: str, band: Any) -> str:
    told = [f"Your target: {clock(band.start)} to {clock(band.to)}."] if band is not None else []
    return " ".join([*told, *([HINTS[activity]] if activity in HINTS else [])])


def _shared_words(page: ClientPage, own: list[Entry]) -> str:
    shared = sum(entry.shared for entry in own)
    if not own:
        return ""
    if shared == len(own):
        return f"{page.therapist} sees these days."
    if not shared:
        return "These days are for you alone."
    return f"{page.therapist} sees {plural(shared, 'day')} of the last {len(own)}."


def typed_of(values: Mapping[str, Any]) -> dict[str, str]:
    """A day's values under the names of its form."""
    found: dict[str, str] = {}
    for activity in ACTIVITIES:
        told = values.get(activity)
        if isinstance(told, Mapping):
            found[activity] = str(told.get("time") or "")
            found[f"{activity}_company"] = str(told.get("alone_or_with") or "")
    return found | {key: str(values[key]) for key in SCALES if values.get(key) is not None}
