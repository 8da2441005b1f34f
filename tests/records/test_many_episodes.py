"""A course copied for measuring is, row by row and field by field, what the product's actions write for that input."""

from __future__ import annotations

import hashlib
import random
import re
from collections import Counter
from typing import Any

import pytest
from benchmarks import courses, many, patterns
from django.apps import apps

from openipt.records import audit, sealing
from openipt.records.models import Episode
from openipt.records.models.base import Row
from openipt.records.worker import Worker
from tests import factories as make
from tests.web.rooms_world import set_clock

pytestmark = pytest.mark.django_db(transaction=True)

NAME = "Ada Brook-Kerr"
ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
ANEW = {"wrapped_key", "password", "username", "mac", "previous", "id"}  # of every row its own
KINDS = (0, 8, 9)  # one that has ended, one that runs, one that has not begun

Rows = dict[tuple[str, object], Any]


@pytest.fixture(autouse=True)
def clock_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    set_clock(monkeypatch, make.at_day(200))


def test_a_copy_is_what_the_actions_write() -> None:
    first, second, third = (many.team(name, 1)[0] for name in ("one", "two", "three"))
    written = [courses.short_course(number, therapist=first.therapist) for number in KINDS]
    raised_an_alert(written[1])
    look_at_rules()
    before = everything()
    again = [courses.short_course(number, therapist=second.therapist, name=NAME) for number in KINDS]
    raised_an_alert(again[1])
    look_at_rules()
    by_actions = new_since(before)
    before = everything()
    rows, chance = patterns.Rows(), random.Random(1)
    for episode in Episode.objects.filter(pk__in=[one.pk for one in written]):
        patterns.copy(patterns.pattern_of(episode), many.copy_for(third, NAME), rows, chance)
    many.write(rows)
    copied = new_since(before)
    assert len(copied) > 100
    expected = contents(by_actions, second)
    assert contents(copied, third) == expected
    assert audit.verify().faults == []


def raised_an_alert(episode: Episode) -> None:
    from openipt.records.actions import checkins

    told = {"ms_phq9": [1, 1, 1, 1, 1, 1, 1, 1, 2]}
    episode.refresh_from_db()
    checkins.enter_answers(episode=episode, answers=told, by=episode.therapist, at=make.at_day(199))


def look_at_rules() -> None:
    one = Worker(now=lambda: make.at_day(200), channels={}, in_line=True, gentle=False)
    for _ in range(6):
        one.turn()
    one.stop()


def everything() -> set[tuple[str, object]]:
    return {(model.__name__, row) for model in models() for row in model.objects.values_list("pk", flat=True)}


def models() -> list[Any]:
    apart = ("WorkerLease", "OwnCourses")
    return [model for model in apps.get_app_config("records").get_models() if model.__name__ not in apart]


def new_since(before: set[tuple[str, object]]) -> Rows:
    found = {(model.__name__, row.pk): row for model in models() for row in model.objects.all()}
    return {key: row for key, row in found.items() if key not in before}


def contents(rows: Rows, tie: many.Tie) -> Counter[str]:
    """Every row by what it holds: sealed words opened, an id of these rows by what the row with that id holds."""
    own = {str(row.pk): row for row in rows.values() if isinstance(row, Row)}
    named = {str(tie.therapist.pk): "the therapist", str(tie.supervisor.pk): "the supervisor"}
    said = {key: _said(row) for key, row in rows.items()}
    for _ in range(4):
        named = named | {
            one: hashlib.sha256(_with(said[type(row).__name__, row.pk], named, own).encode()).hexdigest()
            for one, row in own.items()
        }
    return Counter(_with(text, named, own) for text in said.values())


def _with(text: str, named: dict[str, str], own: dict[str, Any]) -> str:
    return ID.sub(
        lambda met: named.get(met.group(), "one of these" if met.group() in own else met.group()), text
    )


def _said(row: Any) -> str:
    """The row as text. Of the service's chain the places differ; of every row its own id, key and mac do."""
    of_service = getattr(row, "chain", "") == audit.SERVICE_CHAIN
    held = {}
    for column in row._meta.concrete_fields:
        value = getattr(row, column.attname)
        if column.attname.endswith("_sealed") and value is not None:
            value = sealing.unseal(row.sealed_for, sealing.place_of(row, column.attname), bytes(value))
        if column.attname not in ANEW and not (of_service and column.attname in ("seq", "revision")):
            held[column.attname] = str(value)
    return f"{type(row).__name__} {held}"
