"""Which steps were chosen where courses were not on track, and what followed: counts of the whole service.

No name, no therapist, no client. A count below `FEWEST` never leaves this module; how many improved leaves it
only where those who did not are as many.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q

from openipt.errors import NoAccess
from openipt.records.access import Act, may
from openipt.records.actors import Actor
from openipt.records.models import StepChosen
from openipt.records.prepared import Prepared

FEWEST = 5  # smaller counts are not shown (DEFAULT)


@dataclass(frozen=True)
class StepFigures:
    """One step: how often chosen, how often looked at again, how often followed by reliable improvement.

    None: too few to show. `improved` counts reliable improvement (ipt.md 10.3) from the decision to the look.
    """

    code: str
    chosen: int | None
    looked_at: int | None
    improved: int | None


_COUNTED = Prepared(
    lambda on: (
        StepChosen.objects.filter(withdrawn_at=None, on__lte=on)
        .order_by("code")
        .values_list("code")
        .annotate(
            chosen=Count("pk"),
            known=Count("pk", filter=Q(looked_on__lte=on, improved__isnull=False)),
            good=Count("pk", filter=Q(looked_on__lte=on, improved=True)),
        )
    ),
    date,
)


def step_figures(user: Actor, on: date) -> tuple[StepFigures, ...]:
    """Steps chosen at least `FEWEST` times, the most frequent first, or `NoAccess`."""
    if not may(user, Act.SEE_SERVICE, on=on):
        raise NoAccess
    found = [_shown(*counted) for counted in _COUNTED(on)]
    enough = [one for one in found if one.chosen is not None]
    return tuple(sorted(enough, key=lambda one: (-(one.chosen or 0), one.code)))


def _shown(code: str, chosen: int, known: int, improved: int) -> StepFigures:
    """What may be shown: no count below the fewest; those who improved only where the others are as many."""
    if chosen < FEWEST:
        return StepFigures(code, None, None, None)
    both = improved >= FEWEST and known - improved >= FEWEST
    return StepFigures(code, chosen, known if known >= FEWEST else None, improved if both else None)
