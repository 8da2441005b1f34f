"""The expected course of PHQ-9 over the sessions (`ipt.md` 15.3), a project default.

A service's own data give the fall instead once 200 cases exist (`core.outcomes.fitted`).
"""

from __future__ import annotations

from math import log

# Expected total fall as a share of the start, by planned sessions (15.3 and 22.1, DEFAULT): a plan of
# at least the first number of sessions expects the second. Background: [S96B], [S26].
EXPECTED_FALL = ((12, 0.50), (6, 0.40))
SHORTEST_PLAN = 6  # no line below (22.1)
BAND = 6.0  # one reliable change of PHQ-9 [S81] (15.3)
ALERTS_FROM_START = 10  # PHQ-9 at start; below it the line raises nothing (15.3)


def expected_fall(planned: int) -> float | None:
    """The total fall expected of a plan of this length by 15.3; None where no line is drawn."""
    return next((share for least, share in EXPECTED_FALL if planned >= least), None)


def share_of_way(session: int, planned: int) -> float:
    """How much of the whole fall is expected by a session: 0 at the first, 1 at the last and after it."""
    return log(min(session, planned)) / log(planned)


def expected_course(start: float, planned: int, session: int, fall: float | None = None) -> float | None:
    """The total expected at a session; None where no line is drawn (short plans, no such session).

    `fall` is the service's own where it has one, else that of 15.3. After the last planned session the
    line stays where it ended.
    """
    default = expected_fall(planned)
    if default is None or session < 1:
        return None
    whole = default if fall is None else fall
    return start * (1 - whole * share_of_way(session, planned))


def above_expected(start: float, planned: int, session: int, observed: float) -> bool | None:
    """Is the total strictly above the line and its band? None where the line says nothing."""
    expected = expected_course(start, planned, session)
    if expected is None or start < ALERTS_FROM_START:
        return None
    return observed > expected + BAND
