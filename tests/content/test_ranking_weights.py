"""The engine ranks with the weights the content states."""

from __future__ import annotations

from openipt import library
from openipt.core.formulation import ranking


def test_the_engines_weights_are_those_of_the_content():
    assert ranking.Weights.from_table(library.table("ranking")) == ranking.WEIGHTS
