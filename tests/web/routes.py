"""Every address of the web, as Django's resolver knows it, and how to fill it in for one course."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import get_resolver
from tests.web.house import House, Record

PART = re.compile(r"<(?:\w+:)?(\w+)>")
# In an address, what names a row, or an adaptation: what is shown of each is the same page.
ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|(?<=^/adaptations/)[^/]+")


@dataclass(frozen=True)
class Route:
    """One address: its name, its pattern, its view."""

    name: str
    pattern: str
    view: Any

    @property
    def parts(self) -> tuple[str, ...]:
        return tuple(PART.findall(self.pattern))

    @property
    def ids(self) -> tuple[str, ...]:
        """Those parts that name a row of the database."""
        return tuple(part for part in self.parts if f"<uuid:{part}>" in self.pattern)

    def path(self, values: dict[str, str]) -> str:
        return "/" + PART.sub(lambda found: values[found[1]], self.pattern)


def every_route() -> tuple[Route, ...]:
    return tuple(_walk(get_resolver()))


def _walk(resolver: Any, space: str = "", before: str = "") -> Iterator[Route]:
    for one in resolver.url_patterns:
        pattern = before + str(one.pattern)
        if hasattr(one, "url_patterns"):
            yield from _walk(one, space + (f"{one.namespace}:" if one.namespace else ""), pattern)
        else:
            yield Route(space + one.name, pattern, one.callback)


# Parts of an address that are no ids of a course.
PLAIN = {
    "number": "1",
    "index": "0",
    "measure_id": "ms_phq9",
    "record_type": "rec_emotion_log",
    "task_id": "M01",
    "kind": "technique",
    "page_id": "p_1",
    "name": "formulation",
    "rule": "DR-08",
    "adaptation": "ipc",
    "what": "carer",
}
# A route that wants another row than the course's usual one.
SPECIAL = {
    "client:worksheet": {"entry_id": "worksheet"},
    "client:worksheet-change": {"entry_id": "worksheet"},
    "client:worksheet-share": {"entry_id": "worksheet"},
    "client:worksheet-move": {"entry_id": "worksheet"},
    "client:event": {"entry_id": "own_event"},
    "client:event-move": {"entry_id": "own_event"},
    "therapist:formulation-issue": {"entry_id": "rec_issue"},
    "therapist:formulation-compare": {"before_id": "rec_formulation", "after_id": "rec_formulation"},
    "therapist:people-circle-svg": {"entry_id": "rec_closeness_circle"},
    "therapist:people-circle-png": {"entry_id": "rec_closeness_circle"},
    "therapist:session-quote-drop": {"entry_id": "rec_quote"},
    "therapist:worksheets-talk": {"entry_id": "rec_communication_analysis"},
    "therapist:worksheets-talk-work": {"entry_id": "rec_communication_analysis"},
    "therapist:note-print": {"session_id": "signed"},
    "therapist:note-pdf": {"session_id": "signed"},
    "therapist:session-move": {"session_id": "planned"},
    "therapist:session-absence": {"session_id": "planned"},
    "therapist:session-begin-now": {"session_id": "planned"},
    "therapist:session-begin": {"session_id": "planned"},
    "therapist:session-not-held": {"session_id": "planned"},
}


# A code of the manual, and what else a route needs behind its address.
CODES = {"therapist:session-strategy": "gr_1_link"}
RECORDS = {f"therapist:worksheets-{name}": "rec_role_balance" for name in ("sheet", "together")}
QUERIES = {"therapist:measures-enter": "?measures=ms_phq9"}


def path_of(route: Route, house: House, record: Record) -> str:
    """The address of this route in this course."""
    return route.path(values_for(route, house, record)) + QUERIES.get(route.name, "")


def values_for(route: Route, house: House, record: Record) -> dict[str, str]:
    """What stands in each part of the address for this course."""
    known = {**PLAIN, **house.plain, **record.ids}
    if route.name in CODES:
        known["code"] = CODES[route.name]
    if route.name in RECORDS:
        known["record_type"] = RECORDS[route.name]
    for part, wanted in SPECIAL.get(route.name, {}).items():
        found = record.sessions.get(wanted)
        known[part] = str(found.pk) if found else record.entries.get(wanted) or record.ids[wanted]
    return {part: known[part] for part in route.parts}
