"""Somebody has asked for help: waiting, what is late, closing, ages, and what was typed."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openipt import library
from openipt.core.course.enquiry import (
    MOVES,
    CloseReason,
    Enquiry,
    EnquiryState,
    Ground,
    Late,
    Targets,
    is_too_young,
    late,
    may_be_minor,
    may_close,
    may_hand_over,
    waiting_days,
)
from openipt.core.course.enquiry_words import email_fault, phone_fault, read_danger_words

DAY = date(2026, 1, 5)
TARGETS = Targets(answer_days=3, wait_days=14)


def asked(days: int = 0, **more) -> Enquiry:
    return Enquiry(DAY - timedelta(days=days), **more)


def test_no_state_is_forgotten_and_a_settled_one_stays():
    assert set(MOVES) == set(EnquiryState)
    for state in set(EnquiryState) - {EnquiryState.OPEN}:
        assert not may_hand_over(asked(state=state))
        assert not may_close(asked(state=state), CloseReason.OTHER)
        assert late(asked(99, state=state, ground=Ground.TICKED), DAY, TARGETS) == ()


def test_each_target_is_late_from_the_day_after_it():
    assert late(asked(3), DAY, TARGETS) == ()
    assert late(asked(4), DAY, TARGETS) == (Late.UNANSWERED,)
    assert late(asked(14, tries=1), DAY, TARGETS) == ()
    assert late(asked(15, tries=1), DAY, TARGETS) == (Late.WAITS,)
    assert late(asked(15), DAY, TARGETS) == (Late.UNANSWERED, Late.WAITS)


@pytest.mark.parametrize("ground", Ground)
def test_danger_waits_for_nothing_and_ends_only_when_they_are_reached(ground):
    assert late(asked(ground=ground), DAY, TARGETS)[0] is Late.DANGER
    assert Late.DANGER in late(asked(ground=ground, tries=3), DAY, TARGETS)
    assert late(asked(ground=ground, tries=3, reached=1), DAY, TARGETS) == ()


def test_nobody_is_closed_away_untried():
    assert not may_close(asked(), CloseReason.NOT_REACHED)
    assert may_close(asked(tries=1), CloseReason.NOT_REACHED)
    for reason in CloseReason:
        assert not may_close(asked(ground=Ground.TICKED), reason)
        assert may_close(asked(ground=Ground.TICKED, tries=1), reason)
    assert may_close(asked(), CloseReason.WITHDREW)


@given(st.integers(-3, 400), st.integers(0, 9), st.integers(0, 60), st.integers(0, 60))
def test_a_day_later_nothing_is_less_late(days, tries, answer, more):
    targets = Targets(answer, answer + more)
    now, later = asked(days, tries=tries), asked(days + 1, tries=tries)
    assert set(late(now, DAY, targets)) <= set(late(later, DAY, targets))
    assert 0 <= waiting_days(now, DAY) <= waiting_days(later, DAY)


def test_values_that_cannot_be():
    with pytest.raises(ValueError, match="later"):
        Targets(answer_days=5, wait_days=4)
    with pytest.raises(ValueError, match="tried"):
        asked(tries=1, reached=2)


def test_an_age_that_nobody_knows_turns_nobody_away():
    assert not is_too_young(None, 18, DAY)
    assert is_too_young(2009, 18, DAY)
    assert not is_too_young(2008, 18, DAY)  # reaches it within the year: a person looks
    assert may_be_minor(2008, 18, DAY) and not may_be_minor(2007, 18, DAY)


@pytest.mark.parametrize(
    "good", ["01632 960100", "+44 1632 960100", "(030) 123-45", "0163.2960100 ext 12", "12345"]
)
def test_a_number_that_can_be_called(good):
    assert phone_fault(good) == ""


@pytest.mark.parametrize(
    "bad", ["12", "call me", "1234567890123456", "01632 96010O", "+", "0163 <b>", "tel:12345", "١٢"]
)
def test_a_number_that_cannot(bad):
    assert phone_fault(bad)


@pytest.mark.parametrize(
    "good", ["a@example.org", "a.b+c@sub.example.org", "zoë@müller.example", "x_y@a-b.example"]
)
def test_an_address_that_mail_may_reach(good):
    assert email_fault(good) == ""


@pytest.mark.parametrize(
    "bad",
    [
        *(
            "a",
            "a@",
            "@b.org",
            "a@b",
            "a b@c.org",
            "a@b..org",
            "a..b@c.org",
            ".a@c.org",
            "a@-b.org",
            "a@b.org,c@d.org",
        ),
        *("a@b.org\nBcc: c@d.org", "<a@b.org>", f"{'a' * 65}@b.org", f"a@{'b' * 250}.org", "a@b@c.org"),
    ],
)
def test_an_address_that_it_cannot(bad):
    assert email_fault(bad)


@pytest.mark.parametrize(
    "words",
    [
        *(
            "I want to KILL   MYSELF",
            "I don’t want to live any more",
            "since her suicide",
            "he hits me",
            "Selbstmord",
        ),
        *("no quiero vivir", "mettre fin à mes jours", "NÃO QUERO VIVER", "i self-harmed"),
    ],
)
def test_words_that_bring_whom_to_call_nearer(words):
    assert library.danger_words().point_to_danger(words)


@pytest.mark.parametrize(
    "words", ["", "We argue about money.", "My work is killing time", "a shitstorm", "the hits of 1999"]
)
def test_words_that_do_not(words):
    assert not library.danger_words().point_to_danger(words)


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({}, "is missing"),
        ({"language": [{"code": "en", "words": []}]}, "has no words"),
        ({"language": [{"code": "en", "words": ["*"]}]}, "has no words"),
        ({"language": [{"words": ["suicid*"]}]}, "has no words"),
        ({"language": [{"code": "en", "words": ["suicid*"]}], "score": 3}, "is no part"),
    ],
)
def test_a_faulty_list_is_refused_and_finds_nothing_by_itself(table, said):
    words, faults = read_danger_words(table)
    assert any(said in fault.reason for fault in faults)
    assert not words.point_to_danger("") and not words.point_to_danger("anything")
