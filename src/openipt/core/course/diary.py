"""The diary of daily times (`rec_rhythm_day`) read week by week, and the nights in it (ipt.md 4.13, 10.4)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from types import MappingProxyType

from openipt.core.course import known
from openipt.core.course.course import Course, once
from openipt.core.course.scores import answers_of, total_of
from openipt.core.manual.model import Manual
from openipt.core.measures.rhythm import ACTIVITIES, DAY, rhythm_score

DIARY = "rec_rhythm_day"
WEEK = timedelta(days=7)
SRM5 = "ms_srm5"
Times = Mapping[str, int]


def asks_for_diary(manual: Manual) -> bool:
    """Whether this adaptation has the client keep it: one of its tasks is shown by its days."""
    return bool(manual.tasks_shown_by(DIARY))


@once
def days_kept(course: Course) -> Mapping[date, Times]:
    """Day -> activity -> minute of the day. Of two entries for one day the later counts."""
    kept = {
        known.day(entry.values.get("date")) or entry.on: times_of(entry.values)
        for entry in course.entries_of(DIARY)
    }
    return MappingProxyType(kept)


def times_of(values: Mapping[str, object]) -> Times:
    """The activities of one day that have a time, each with its minute of the day."""
    found = {activity: minute_of(values.get(activity)) for activity in ACTIVITIES}
    return {activity: minute for activity, minute in found.items() if minute is not None}


def minute_of(value: object) -> int | None:
    """The minute of the day of "23:40", alone or with whom."""
    said = value.get("time") if isinstance(value, Mapping) else value
    found = re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d)", said.strip()) if isinstance(said, str) else None
    return 60 * int(found[1]) + int(found[2]) if found else None


def last_day(course: Course, today: date) -> date | None:
    """The last day of the diary within a week; None where it is not kept now."""
    kept = [on for on in days_kept(course) if today - WEEK < on <= today]
    return max(kept, default=None)


def weekly_scores(manual: Manual, course: Course, today: date, weeks: int) -> list[float | None]:
    """The rhythm score of the week that ends with the last day of the diary, then of the weeks before it.

    A week with a day left out has no score: fewer days make fewer hits. An external total of the scale
    stands for its week where there is no diary.
    """
    days, last = days_kept(course), last_day(course, today)
    totals = [(a.on, total_of(manual, a)) for a in answers_of(course, SRM5) if a.finished]
    end = last or today
    found = []
    for week in range(weeks):
        first = end - (week + 1) * WEEK + timedelta(days=1)
        kept = [days[on] for n in range(7) if (on := first + timedelta(days=n)) in days]
        scored = rhythm_score(kept) if len(kept) == WEEK.days else None
        given = [total for on, total in totals if first <= on < first + WEEK and total is not None]
        found.append(scored if scored is not None else given[-1] if given else None)
    return found


def short_nights(course: Course, today: date, below_hours: float) -> tuple[int, int]:
    """Of the last seven nights of the diary: how many were shorter than that, and how many are known."""
    last = last_day(course, today)
    if last is None:
        return 0, 0
    evenings = [last - timedelta(days=n + 1) for n in range(WEEK.days)]
    found = nights(days_kept(course), evenings, dict(course.clock_changes))
    return sum(1 for length in found.values() if length < 60 * below_hours), len(found)


def nights(
    days: Mapping[date, Times], evenings: Iterable[date], clock_changes: Mapping[date, int]
) -> dict[date, int]:
    """Evening -> how many minutes the night was long, where both of its ends are known.

    A night goes from "to bed" to "out of bed" of the next day; sleep is at most that long. A bedtime after
    midnight stands with the evening it ends. Where the clock was put forward meanwhile, the night was shorter.
    """
    found = {}
    for evening in evenings:
        bed = days.get(evening, {}).get("to_bed")
        up = days.get(evening + timedelta(days=1), {}).get("out_of_bed")
        if bed is not None and up is not None:
            found[evening] = ((up - bed) % DAY or DAY) - clock_changes.get(evening, 0)
    return found
