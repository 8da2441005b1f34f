"""Days, times and whole numbers as people type them into forms, with a word for each fault."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time

from django.utils import timezone

from openipt.errors import FieldFault
from openipt.web.record_typed import date_as_typed

NO_DAY = "This is no day of the calendar. Write it as 2026-03-21 or 21 March 2026."
FIRST_YEAR, LAST_YEAR = 1900, 2199
LONGEST_NUMBER = 9
NO_TIME = "Write the time as hours and minutes, such as 14:30."


class Sent:
    """What a form sent. Reading a field notes what is wrong with it in `faults`; all of it stays as typed."""

    def __init__(self, post: Mapping[str, str]) -> None:
        self.values = {name: str(post[name]) for name in post}
        self.faults: list[FieldFault] = []

    def fault(self, path: str, message: str) -> None:
        """What is wrong at a field; of several things the first."""
        if not path or all(known.path != path for known in self.faults):
            self.faults.append(FieldFault(path, message))

    def words(self, name: str, *, required: str = "", longest: int = 2000) -> str:
        """Words without the blanks around them; `required` is what is said where there are none."""
        text = self.values.get(name, "").strip()
        if required and not text:
            self.fault(name, required)
        if len(text) > longest:
            self.fault(name, f"This is longer than {longest:,} characters. Shorten it.")
        return text

    def choice(self, name: str, among: Mapping[str, str] | tuple[str, ...], *, required: str = "") -> str:
        """One of the values offered."""
        value = self.values.get(name, "")
        if value and value not in among:
            self.fault(name, "Choose one of those shown.")
        elif not value and required:
            self.fault(name, required)
        return value if value in among else ""

    def number(self, name: str, *, lowest: int, highest: int, required: bool = False) -> int | None:
        """A whole number within its range."""
        text = self.values.get(name, "").strip()
        if not text and not required:
            return None
        whole = text.isascii() and text.isdecimal() and len(text) <= LONGEST_NUMBER
        if not whole or not lowest <= int(text) <= highest:
            self.fault(name, f"Write a whole number from {lowest} to {highest}.")
            return None
        return int(text)

    def day(self, name: str, *, required: str = "") -> date | None:
        text = self.values.get(name, "").strip()
        if not text:
            if required:
                self.fault(name, required)
            return None
        found = read_day(text)
        if found is None:
            self.fault(name, NO_DAY)
        elif not FIRST_YEAR <= found.year <= LAST_YEAR:
            self.fault(name, f"Write a day of the years {FIRST_YEAR} to {LAST_YEAR}.")
            return None
        return found

    def time(self, name: str, *, required: str = "") -> time | None:
        text = self.values.get(name, "").strip()
        if not text:
            if required:
                self.fault(name, required)
            return None
        try:
            found = time.fromisoformat(text.zfill(5) if len(text) <= 5 else text)
        except ValueError:
            found = None
        if found is None or found.tzinfo is not None:  # the time of another zone is no time here
            self.fault(name, NO_TIME)
            return None
        return found

    def moment(self, day: str, clock: str, *, required: str = "") -> datetime | None:
        """A day and a time of the service's time zone as one moment."""
        on = self.day(day, required=required)
        at = self.time(clock, required="Write the time." if on else "")
        return timezone.make_aware(datetime.combine(on, at)) if on and at else None


def read_day(text: str) -> date | None:
    """A day as people write it, None for what is none."""
    try:
        return date.fromisoformat(date_as_typed(text))
    except ValueError:
        return None
