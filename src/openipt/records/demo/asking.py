"""Those who asked for help in the demo and wait, with what was tried to reach them."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from datetime import datetime, time, timedelta
from importlib.resources import files as package_files
from typing import Any
from uuid import uuid4

from django.utils import timezone

from openipt import library
from openipt.core.course.enquiry import Ground
from openipt.records.actions import enquiries
from openipt.records.actors import day_of
from openipt.records.models import User

FILE = "asking.toml"
DESK = time(12, 30)

Steps = list[tuple[datetime, Callable[[datetime], None]]]


def steps(at: datetime, by: User) -> Steps:
    """Every asking at its hour, and every try after it, by one therapist."""
    text = package_files("openipt").joinpath("content", "demo", FILE).read_text(encoding="utf-8")
    found: Steps = []
    for row in tomllib.loads(text)["enquiry"]:
        found += _one(row, at, by)
    return found


def _one(row: Mapping[str, Any], at: datetime, by: User) -> Steps:
    made: list[Any] = []

    def ask(when: datetime) -> None:
        made.append(enquiries.open_enquiry(form=uuid4(), asked=_asked(row), place="", at=when).enquiry)

    def try_to_reach(told: Mapping[str, Any]) -> Callable[[datetime], None]:
        def tried(when: datetime) -> None:
            enquiries.record_contact(
                enquiry=made[0],
                way=told["way"],
                reached=told["reached"],
                words=told["words"],
                by=by,
                at=when,
            )

        return tried

    tries = [(_moment(at, told["days"], DESK), try_to_reach(told)) for told in row.get("contact", ())]
    return [(_moment(at, row["days"], time.fromisoformat(row["time"])), ask), *tries]


def _asked(row: Mapping[str, Any]) -> enquiries.Asked:
    said = {"words": row["words"], "safe_times": row["safe_times"]}
    said |= {"leave_message": "yes"} if row["leave_message"] else {}
    ways = {key: row[key] for key in ("phone", "email") if key in row}
    return enquiries.Asked(
        profile={"name": row["called"], **ways},
        asks_for=row["asks_for"],
        words={key: value for key, value in said.items() if value},
        ground=Ground.WORDS.value if library.danger_words().point_to_danger(row["words"]) else "",
        birth_year=row.get("birth_year"),
    )


def _moment(at: datetime, days: int, hour: time) -> datetime:
    return timezone.make_aware(datetime.combine(day_of(at) - timedelta(days=days), hour))
