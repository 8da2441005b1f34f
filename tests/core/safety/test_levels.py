"""What counts as a yes among answers about risk (ipt.md 11.2, 11.3)."""

from __future__ import annotations

import pytest

from openipt.core.safety.levels import Level, level_of_item_9, says_yes


@pytest.mark.parametrize(
    "answer", ["", "no", "No.", " none ", "no plan", "no thoughts now", "none at all", False, None]
)
def test_a_plain_no_is_a_no(answer):
    assert not says_yes(answer)


@pytest.mark.parametrize(
    "answer",
    [
        True,
        "yes",
        "tablets at home",
        "no plan, but thinks of the bridge",
        "no longer sure",
        "not sure",
        "no idea",
    ],
)
def test_any_word_more_is_heard(answer):
    assert says_yes(answer)


def test_item_9_stands_for_a_level_until_assessed():
    """11.2: 1 yellow, 2 orange, 3 red; an answer no form offers is red too."""
    found = [level_of_item_9(answer) for answer in (0, 1, 2, 3, 7)]
    assert found == [Level.GREEN, Level.YELLOW, Level.ORANGE, Level.RED, Level.RED]
