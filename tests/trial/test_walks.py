"""Thousands of walks through each adaptation. Run by `make trial`."""

from __future__ import annotations

import os
import random
import time

import pytest

from openipt import library
from openipt.core.course.walks import diligent_walk, random_walk
from openipt.core.manual.model import Requirement
from tests.trial import table

WALKS = int(os.environ.get("OPENIPT_WALKS", "2000"))  # of each adaptation


@pytest.mark.trial
@pytest.mark.parametrize("name", sorted(library.manuals()))
def test_thousands_of_walks_find_no_dead_end(name: str) -> None:
    manual, began = library.manual(name), time.process_time()
    walked = [diligent_walk(manual, planned) for planned in manual.allowed_lengths]
    walked += [random_walk(manual, random.Random(f"trial {name} {seed}")) for seed in range(WALKS)]
    faults = [fault for each in walked for fault in each.faults]
    due = set().union(*(each.due for each in walked))
    conditional = [task.id for task in manual.tasks if task.requirement is Requirement.CONDITIONAL]
    found = {
        "walks": len(walked),
        "lengths": len(manual.allowed_lengths),
        "sessions": sum(each.sessions for each in walked),
        "faults": len(faults),
        "never_due": ", ".join(task for task in conditional if task not in due) or "none",
        "seconds": round(time.process_time() - began, 1),
    }
    table.write_walks(name, found)
    assert not faults, "\n".join(map(str, faults[:20]))
