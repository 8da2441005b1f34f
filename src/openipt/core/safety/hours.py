"""When a service is there: its times of the week, its closed days, and the next time it opens.

    times = read("mon-fri 09:00-17:00; sat 10:00-12:00; closed 2026-12-25", zone)

Wall-clock times of the service's own zone, so they hold through the change of the clocks: an opening in
the hour that is skipped begins when the clock goes on, and an hour that comes twice counts twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY_WORDS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
A_DAY = 24 * 60
LOOK_AHEAD_DAYS = 370  # a service may be closed for weeks, never for a year
EXAMPLE = "mon-fri 09:00-17:00; sat 10:00-12:00; closed 2026-12-25"

_SPAN = re.compile(r"(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})")


@dataclass(frozen=True, order=True)
class Opening:
    """One stretch of one day of the week, in minutes of the wall clock; it ends before `ends`."""

    weekday: int
    begins: int
    ends: int


@dataclass(frozen=True)
class ServiceTimes:
    """The times of a service. Without any opening it is always there."""

    openings: tuple[Opening, ...] = ()
    closed: frozenset[date] = frozenset()
    zone: tzinfo = UTC

    def is_open(self, at: datetime) -> bool:
        """Is somebody there at this moment?"""
        if not self.openings:
            return True
        local = at.astimezone(self.zone)
        minute = local.hour * 60 + local.minute
        return local.date() not in self.closed and any(
            opening.weekday == local.weekday() and opening.begins <= minute < opening.ends
            for opening in self.openings
        )

    def at_or_after(self, at: datetime) -> datetime:
        """This moment where the service is open, else the next one at which it opens."""
        at = at.astimezone(UTC)
        if self.is_open(at):
            return at
        first = at.astimezone(self.zone).date()
        for days in range(LOOK_AHEAD_DAYS):
            found = [begin for begin in self._begins(first + timedelta(days=days)) if begin > at]
            if found:
                return min(found)
        return at

    def _begins(self, on: date) -> Iterator[datetime]:
        """The moments at which it opens on a day; both where the clock shows that time twice."""
        for opening in self.openings:
            if opening.weekday == on.weekday():
                wall = datetime.combine(on, time(opening.begins // 60, opening.begins % 60))
                for fold in (0, 1):
                    moment = wall.replace(tzinfo=self.zone, fold=fold).astimezone(UTC)
                    if self.is_open(moment):
                        yield moment

    @property
    def in_words(self) -> str:
        """Monday to Friday, 9:00 to 17:00; Saturday, 10:00 to 12:00"""
        spans: dict[int, list[str]] = {}
        for opening in self.openings:
            words = f"{_clock(opening.begins)} to {_clock(opening.ends)}"
            spans.setdefault(opening.weekday, []).append(words)
        grouped: list[tuple[int, int, str]] = []
        for weekday, words in sorted((day, " and ".join(found)) for day, found in spans.items()):
            if grouped and grouped[-1][1] == weekday - 1 and grouped[-1][2] == words:
                grouped[-1] = (grouped[-1][0], weekday, words)
            else:
                grouped.append((weekday, weekday, words))
        return "; ".join(f"{_days(first, last)}, {words}" for first, last, words in grouped)


def _clock(minute: int) -> str:
    return f"{minute // 60}:{minute % 60:02d}"


def _days(first: int, last: int) -> str:
    if first == last:
        return DAY_WORDS[first]
    return f"{DAY_WORDS[first]} {'and' if last == first + 1 else 'to'} {DAY_WORDS[last]}"


# -- reading -----------------------------------------------------------------------------------------


def read(text: str, zone: tzinfo) -> ServiceTimes:
    """The times as a setting tells them. Raises `ValueError` naming the part that cannot be read."""
    openings: list[Opening] = []
    closed: set[date] = set()
    for part in filter(None, (part.strip().lower() for part in text.split(";"))):
        first, *rest = part.split()
        if first == "closed":
            closed |= {_closed_day(word) for word in rest}
        else:
            openings += [Opening(day, *span) for day in _weekdays(first) for span in _spans(part, rest)]
    if text.strip() and not openings:
        raise ValueError(f"it names no time at which the service is open. Write it like {EXAMPLE}")
    return ServiceTimes(_joined(openings), frozenset(closed), zone)


def _weekdays(word: str) -> list[int]:
    if word == "daily":
        return list(range(7))
    first, _, last = word.partition("-")
    if first not in DAYS or (last or first) not in DAYS:
        raise ValueError(f"'{word}' is no day of the week. Write mon, tue-thu or daily")
    begin, end = DAYS.index(first), DAYS.index(last or first)
    return [day % 7 for day in range(begin, end + 1 if end >= begin else end + 8)]


def _spans(part: str, words: list[str]) -> list[tuple[int, int]]:
    if not words:
        raise ValueError(f"'{part}' names no time. Write it like {EXAMPLE}")
    return [_span(word) for word in words]


def _span(word: str) -> tuple[int, int]:
    found = _SPAN.fullmatch(word)
    if found is None:
        raise ValueError(f"'{word}' is no stretch of a day. Write it like 09:00-17:00")
    first, minute, last, final = (int(number) for number in found.groups())
    begins, ends = first * 60 + minute, last * 60 + final
    if minute > 59 or final > 59 or not 0 <= begins < ends <= A_DAY:
        raise ValueError(f"'{word}' does not lie within one day. Write it like 09:00-17:00, or 18:00-24:00")
    return begins, ends


def _closed_day(word: str) -> date:
    try:
        return date.fromisoformat(word)
    except ValueError:
        raise ValueError(f"'{word}' is no day of the calendar. Write it like 2026-12-25") from None


def _joined(openings: list[Opening]) -> tuple[Opening, ...]:
    """In order, those that touch or overlap made one."""
    found: list[Opening] = []
    for opening in sorted(openings):
        last = found[-1] if found else None
        if last is not None and last.weekday == opening.weekday and opening.begins <= last.ends:
            found[-1] = Opening(last.weekday, last.begins, max(last.ends, opening.ends))
        else:
            found.append(opening)
    return tuple(found)
