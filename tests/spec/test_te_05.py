"""TE-05: by phone or video, questions about violence wait until it is confirmed that nobody can hear."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from openipt.core.course.call import is_private, meeting_at, private_faults
from openipt.core.course.course import Attendance, Entry, Meeting
from tests.spec.world import course, day

title = "Questions about violence by phone or video"

SCREEN = {"alone_confirmed": True, "positive": False}


def held(format, *said, sessions=2):
    """A course whose last session is held so; `said`: what was answered in which session about who can hear."""
    records = [("rec_call_privacy", session, {"private": answer}) for session, answer in said]
    known = course(sessions, records=records)
    return replace(known, meetings=(*known.meetings[:-1], replace(known.meetings[-1], format=format)))


def faults(known, record="rec_ipv_screen", values=SCREEN):
    return private_faults(record, values, known, known.held[-1])


@pytest.mark.parametrize("format", ["phone", "video"])
def test_locked_until_it_is_confirmed_that_nobody_can_hear(format):
    """Not asked, or somebody may hear: nothing about violence may be kept. Nobody can hear: it may."""
    assert (
        "TE-05" in faults(held(format))[0].message
        and "nobody has confirmed" in faults(held(format))[0].message
    )
    assert "somebody may hear" in faults(held(format, (2, False)))[0].message
    assert not faults(held(format, (2, True)))


def test_in_person_it_stays_with_the_confirmation_of_the_screen_itself():
    """In person the therapist sees who is there."""
    assert not faults(held("in_person"))


def test_privacy_is_never_carried_over():
    """What was confirmed in the session before says nothing of this one."""
    assert faults(held("phone", (1, True)))


def test_the_last_answer_of_the_session_counts():
    """Somebody comes in: from then on it is locked; alone again, it is open."""
    assert faults(held("phone", (2, True), (2, False)))
    assert not faults(held("phone", (2, False), (2, True)))


def test_a_total_typed_in_by_hand_is_locked_too():
    """HARK or HITS entered as a measure is the same question; any other measure is none."""
    assert faults(held("video"), "rec_measure", {"measure_id": "ms_hark", "total": 0})[0].path == "measure_id"
    assert not faults(held("video"), "rec_measure", {"measure_id": "ms_phq9", "total": 5})


def test_first_contacts_are_told_apart_by_their_day():
    """Two calls before session 1 are both number 0: what was said in the first does not open the second."""
    calls = [Meeting(day(0) + timedelta(n), 0, Attendance.ATTENDED, format="phone") for n in (0, 3)]
    asked = Entry("rec_call_privacy", calls[0].on, {"private": True}, session=0)
    known = replace(course(0), meetings=tuple(calls), entries=(asked,))
    assert [is_private(known, one) for one in calls] == [True, None]


def test_a_record_of_no_session_belongs_to_the_call_of_its_day():
    """Written in the Safety room on the day of a call, it is held against that call."""
    known = held("phone")
    assert meeting_at(known, None, day(2)) == known.held[-1]
    assert meeting_at(known, None, day(2) + timedelta(1)) is None
