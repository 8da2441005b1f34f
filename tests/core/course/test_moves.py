"""Which status may follow which."""

from __future__ import annotations

import pytest

from openipt.core.course.course import EndReason, EpisodeStatus
from openipt.core.course.moves import END_REASONS, MOVES, may_move


def test_no_status_is_forgotten():
    assert set(MOVES) == set(END_REASONS) == set(EpisodeStatus)
    reachable = {EpisodeStatus.ENQUIRY} | {to for targets in MOVES.values() for to in targets}
    assert reachable == set(EpisodeStatus)


def test_an_ended_episode_stays_ended():
    for status in EpisodeStatus:
        assert not may_move(EpisodeStatus.ENDED, status)


def test_no_status_follows_itself():
    assert all(status not in targets for status, targets in MOVES.items())


def test_ending_asks_for_a_reason_that_fits():
    assert "why" in may_move(EpisodeStatus.ACTIVE, EpisodeStatus.ENDED).reasons[0]
    assert may_move(EpisodeStatus.ACTIVE, EpisodeStatus.ENDED, "completed")
    assert not may_move(EpisodeStatus.ASSESSMENT, EpisodeStatus.ENDED, "completed")
    assert may_move(EpisodeStatus.ASSESSMENT, EpisodeStatus.ENDED, "not_suitable")
    assert not may_move(EpisodeStatus.ACTIVE, EpisodeStatus.ENDED, "bored")


@pytest.mark.parametrize("reason", EndReason)
def test_every_reason_can_be_given(reason):
    assert may_move(EpisodeStatus.ACTIVE, EpisodeStatus.ENDED, reason.value)
