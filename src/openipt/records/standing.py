"""Where an episode stands on a day, asked of the engine; asked again only when the record has changed."""

from __future__ import annotations

import threading
from collections import OrderedDict
from datetime import date
from uuid import UUID

from openipt.core.course.course import Course
from openipt.core.course.status import CourseStatus, course_status
from openipt.core.manual.model import Manual
from openipt.records import convert
from openipt.records.manuals import manual_of
from openipt.records.models import Episode

MOST_KEPT = 512
_kept: OrderedDict[tuple[UUID, date], tuple[Course, Manual, CourseStatus]] = OrderedDict()
_lock = threading.Lock()


def status(episode: Episode, on: date) -> CourseStatus:
    """The engine's answer for this episode and day. One answer for every page, reminder and report."""
    course, manual, key = convert.course(episode), manual_of(episode), (episode.pk, on)
    with _lock:
        known = _kept.get(key)
    if known is not None and known[0] is course and known[1] is manual:
        return known[2]
    found = course_status(manual, course, on)
    with _lock:
        _kept[key] = (course, manual, found)
        _kept.move_to_end(key)
        while len(_kept) > MOST_KEPT:
            _kept.popitem(last=False)
    return found
