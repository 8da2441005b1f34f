"""A date as people know it: a day, a month, a season, a year, an age, a decade, about one of these, or a span.

    When.of_values({"date": "2019-06", "precision": "season"}).words()     "summer 2019"
    When(Grain.YEAR, 1998, about=True).bounds                              1997-01-01 to 1999-12-31

It is kept in the plain fields that the time line has always had: `date` and `precision`, with `until` and
`ongoing` beside them for a span. Whatever stands there can be read; nothing here raises on what was stored.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from functools import cached_property, lru_cache, total_ordering
from typing import Any

from openipt.core.fields.check import EARLIEST_YEAR, LATEST_YEAR, MONTHS

ABOUT = "about"
# DEFAULT: how far "about" reaches to both sides. No source says how far people mean it.
ABOUT_DAYS, ABOUT_MONTHS, ABOUT_YEARS = 7, 1, 1
# DEFAULT: seasons by whole months, of the northern half of the earth; winter runs into the next year.
SEASONS = {3: "spring", 6: "summer", 9: "autumn", 12: "winter"}


class Grain(StrEnum):
    """How finely a date is known. An age is the two years in which somebody can have been that old."""

    DAY = "day"
    MONTH = "month"
    SEASON = "season"
    YEAR = "year"
    AGE = "age"
    DECADE = "decade"


MAY_BE_ABOUT = (Grain.DAY, Grain.MONTH, Grain.YEAR)
_FINEST_FIRST = tuple(Grain)


@total_ordering
@dataclass(frozen=True)
class When:
    """One imprecise date. `until` is the end of a span: (2021,), (2021, 3) or (2021, 3, 9)."""

    grain: Grain
    year: int
    month: int = 0
    day: int = 0
    about: bool = False
    until: tuple[int, ...] = ()
    ongoing: bool = False

    def __post_init__(self) -> None:
        if not EARLIEST_YEAR <= self.year <= LATEST_YEAR:
            raise ValueError(f"Years from {EARLIEST_YEAR} to {LATEST_YEAR} can be kept.")
        has_month = self.grain in (Grain.DAY, Grain.MONTH, Grain.SEASON)
        if has_month != bool(self.month) or (self.grain is Grain.DAY) != bool(self.day):
            raise ValueError("The parts of this date do not go with how finely it is known.")
        if self.grain is Grain.SEASON and self.month not in SEASONS:
            raise ValueError("No season begins in this month.")
        if self.grain is Grain.DECADE and self.year % 10:
            raise ValueError("A decade begins with a year that ends in 0.")
        if self.about and self.grain not in MAY_BE_ABOUT:
            raise ValueError("A season, an age and a decade are about a time already.")
        date(self.year, self.month or 1, self.day or 1)
        if self.until and (self.ongoing or _last_of(self.until) < self._first):
            raise ValueError("The end lies before the beginning.")

    # -- when it was -------------------------------------------------------------------------------

    @property
    def _first(self) -> date:
        return date(self.year, self.month or 1, self.day or 1)

    @cached_property
    def begins(self) -> tuple[date, date]:
        """The first and the last day on which it can have begun."""
        first, last = self._first, self._last
        if not self.about:
            return first, last
        if self.grain is Grain.DAY:
            return first - timedelta(days=ABOUT_DAYS), last + timedelta(days=ABOUT_DAYS)
        months = ABOUT_MONTHS if self.grain is Grain.MONTH else 12 * ABOUT_YEARS
        ends = _moved(first, months + (0 if self.grain is Grain.MONTH else 11))
        return _moved(first, -months), _month_end(ends.year, ends.month)

    @property
    def _last(self) -> date:
        match self.grain:
            case Grain.DAY:
                return self._first
            case Grain.MONTH:
                return _month_end(self.year, self.month)
            case Grain.SEASON:
                ends = _moved(self._first, 2)
                return _month_end(ends.year, ends.month)
        return date(self.year + {Grain.AGE: 1, Grain.DECADE: 9}.get(self.grain, 0), 12, 31)

    @cached_property
    def bounds(self) -> tuple[date, date]:
        """The earliest and the latest day it can mean; of what goes on, the latest day it can have begun."""
        first, last = self.begins
        return first, max(last, _last_of(self.until)) if self.until else last

    @property
    def is_exact(self) -> bool:
        """One day of the calendar, known for sure."""
        return self.grain is Grain.DAY and not (self.about or self.until or self.ongoing)

    @property
    def is_span(self) -> bool:
        return bool(self.until) or self.ongoing

    @property
    def named(self) -> date:
        """The first day of what the date names, without what "about" adds before it."""
        return self._first

    @cached_property
    def day_known(self) -> date | None:
        """The day, where it is known for sure."""
        return self._first if self.is_exact else None

    def __lt__(self, other: object) -> bool:
        return self.order < other.order if isinstance(other, When) else NotImplemented

    @cached_property
    def order(self) -> tuple[date, date, int, bool, bool, tuple[int, ...], int]:
        """By the earliest day, then the latest; what is known better stands first."""
        finest = _FINEST_FIRST.index(self.grain)
        return (*self.bounds, finest, self.about, self.ongoing, self.until, self.year)

    # -- how it is said ----------------------------------------------------------------------------

    def words(self) -> str:
        """As a person would write it, and as `when_typed` reads it."""
        return self._said

    def words_at_age(self, birth_year: int | None) -> str:
        """The same; an age as an age, where the year of birth is known."""
        if self.grain is not Grain.AGE or birth_year is None or self.year < birth_year:
            return self._said
        return f"{self._said}, aged {self.year - birth_year}"

    @cached_property
    def _said(self) -> str:
        start = f"about {self._words()}" if self.about else self._words()
        if self.ongoing:
            return f"since {start}"
        return f"{start} to {_part_words(self.until)}" if self.until else start

    def _words(self) -> str:
        match self.grain:
            case Grain.SEASON:
                turn = f"/{(self.year + 1) % 100:02}" if self.month == 12 else ""
                return f"{SEASONS[self.month]} {self.year}{turn}"
            case Grain.AGE:
                return f"{self.year} or {self.year + 1}"
            case Grain.DECADE:
                return f"the {self.year}s"
        return _part_words(tuple(part for part in (self.year, self.month, self.day) if part))

    def how_sure(self) -> str:
        """What the date can mean, for whoever asks: to the day, or between two days."""
        if self.is_exact:
            return "to the day"
        sure = {"day": "day", "month": "month", "season": "season", "year": "year", "age": "age"}
        word = f"about a {sure[self.grain]}" if self.about else sure.get(self.grain, "decade")
        return f"{word}, still so" if self.ongoing else f"{word}, a span" if self.until else word

    # -- how it is kept ----------------------------------------------------------------------------

    def values(self) -> dict[str, Any]:
        """The fields of the record."""
        found: dict[str, Any] = {
            "date": _iso(tuple(part for part in (self.year, self.month, self.day) if part)),
            "precision": ABOUT if self.about else str(self.grain),
        }
        if self.until:
            found["until"] = _iso(self.until)
        if self.ongoing:
            found["ongoing"] = True
        return found

    @classmethod
    def of_values(cls, values: Mapping[str, Any]) -> When | None:
        """The date as it was kept, also by who knew nothing of seasons; None where there is none."""
        said = (values.get("date"), values.get("precision"), values.get("until"))
        date_, precision, until = (one if isinstance(one, str) else "" for one in said)
        return _kept(date_, precision, until, values.get("ongoing") is True)


@lru_cache(maxsize=8192)
def _kept(said: str, precision: str, until: str, ongoing: bool) -> When | None:
    """Read once for all: a date never changes."""
    parts = _parts(said)
    found = (_read(parts, precision) or _read(parts, "")) if parts else None
    if found is None:
        return None
    if precision == ABOUT and found.grain in MAY_BE_ABOUT:
        found = replace(found, about=True)
    try:
        end = _parts(until)
        return replace(found, until=end) if end else replace(found, ongoing=ongoing)
    except ValueError:
        return found


def _read(parts: tuple[int, ...], precision: str) -> When | None:
    """A coarser word than the date itself is taken at its word; a finer one is not."""
    year, month, day = (*parts, 0, 0)[:3]
    grain = (Grain.YEAR, Grain.MONTH, Grain.DAY)[len(parts) - 1]
    if (
        precision in (Grain.SEASON, Grain.AGE, Grain.DECADE)
        or precision in (Grain.MONTH, Grain.YEAR)
        and _coarser(Grain(precision), grain)
    ):
        grain = Grain(precision)
    if grain in (Grain.YEAR, Grain.AGE, Grain.DECADE):
        month = day = 0
    if grain in (Grain.MONTH, Grain.SEASON):
        day = 0
    try:
        return When(grain, year, month, day)
    except ValueError:
        return None


def _coarser(one: Grain, other: Grain) -> bool:
    return _FINEST_FIRST.index(one) > _FINEST_FIRST.index(other)


def _parts(value: str) -> tuple[int, ...]:
    """The numbers of "2025", "2025-03" or "2025-03-21"; none of what is no date."""
    said = value.strip().split("-")
    if len(said) > 3 or any(not (part.isascii() and part.isdigit() and len(part) < 5) for part in said):
        return ()
    parts = tuple(int(part) for part in said)
    try:
        _last_of(parts)
    except ValueError:
        return ()
    return parts if EARLIEST_YEAR <= parts[0] <= LATEST_YEAR else ()


def _last_of(parts: tuple[int, ...]) -> date:
    if len(parts) == 3:
        return date(*parts)
    return _month_end(parts[0], parts[1]) if len(parts) == 2 else date(parts[0], 12, 31)


def _month_end(year: int, month: int) -> date:
    if not 1 <= month <= 12:
        raise ValueError("There is no such month.")
    return date(year, month, monthrange(year, month)[1])


def _moved(first: date, months: int) -> date:
    """The first of the month so many months away."""
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    return date(year, month + 1, 1)


def _iso(parts: tuple[int, ...]) -> str:
    return "-".join([f"{parts[0]:04}", *(f"{part:02}" for part in parts[1:])])


def _part_words(parts: tuple[int, ...]) -> str:
    year, month, day = (*parts, 0, 0)[:3]
    said = (str(day) if day else "", MONTHS[month - 1] if month else "", str(year))
    return " ".join(part for part in said if part)
