"""Every page of every role in the demo, found from the addresses the web knows: none is left out of the table."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

PART = re.compile(r"<(?:\w+:)?(\w+)>")
PLAIN = {
    "number": "1",
    "index": "0",
    "measure_id": "ms_phq9",
    "task_id": "M01",
    "kind": "technique",
    "page_id": "p_1",
    "name": "formulation",
    "rule": "DR-08",
}
# A route that wants another row than the first of its kind.
RECORDS = {"formulation-issue": "rec_issue", "worksheets-talk": "rec_communication_analysis"}
QUERIES = {"measures-enter": "?measures=ms_phq9"}
# Files, not pages: made once, when somebody asks for them.
FILES = frozenset({"line-pdf", "documents-export", "document"})


def addresses() -> Iterator[tuple[str, str, str]]:
    """Every address as (namespace, name, pattern)."""
    from django.urls import get_resolver

    yield from _walk(get_resolver(), "", "")


def _walk(resolver: Any, space: str, before: str) -> Iterator[tuple[str, str, str]]:
    for one in resolver.url_patterns:
        pattern = before + str(one.pattern)
        if hasattr(one, "url_patterns"):
            yield from _walk(one, one.namespace or space, pattern)
        else:
            yield space, one.name, "/" + pattern


def filled(name: str, pattern: str, episode: Any) -> str | None:
    """The address for this episode; None where the demo has no such row."""
    found = PLAIN | _rows(name, episode)
    try:
        return PART.sub(lambda part: found[part[1]], pattern) + QUERIES.get(name, "")
    except KeyError:
        return None


def _rows(name: str, episode: Any) -> dict[str, str]:
    from openipt.records.models import Role

    own = name.startswith("worksheet") and not name.startswith("worksheets")
    entries = episode.entries.exclude(state="withdrawn")
    kind = (
        entries.filter(record_type=RECORDS[name]) if name in RECORDS else entries.filter(by_role=_writer(own))
    )
    found = {
        "episode_id": episode,
        "session_id": episode.sessions.filter(state="signed").order_by("-planned_at").first(),
        "entry_id": kind.order_by("-order").first(),
        "alert_id": episode.alerts.order_by("-raised_at").first(),
        "journal_id": episode.journal.order_by("-on").first() if hasattr(episode, "journal") else None,
        "check_in_id": episode.check_ins.filter(finished_at=None).first(),
        "account_id": type(episode.therapist).objects.filter(role=Role.SUPERVISOR).first(),
    }
    return {part: str(row.pk) for part, row in found.items() if row is not None} | {
        "record_type": "rec_emotion_log" if own else "rec_risk"
    }


def _writer(own: bool) -> str:
    return "client" if own else "therapist"
