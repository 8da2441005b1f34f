"""What a young person's parents are told, as it was agreed, for the young person to read.

While somebody may be a danger, or behind a second lock, the ordinary page says nothing of it, as of every agreement.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from openipt.core.course import known
from openipt.core.course.carers import CONSENT, NOTE_KIND, TOLD
from openipt.records.models import Entry, EntryState
from openipt.web.client.common import ClientPage
from openipt.web.jinja import short_day

WHEN = {
    "at_meetings": "when you all meet",
    "asked_first": "only after you were asked",
    "at_once": "straight away",
}


@dataclass(frozen=True)
class CarersTold:
    """The agreement that stands, and what was told so far. `on` is None where nothing is agreed."""

    on: date | None
    shared: tuple[tuple[str, str], ...] = ()
    kept_private: tuple[str, ...] = ()
    always_told: tuple[str, ...] = ()
    told: tuple[tuple[str, str], ...] = ()


def present_carers_told(page: ClientPage) -> CarersTold | None:
    """None where no parents are invited, or the page keeps such things back."""
    if not page.manual.carer_points or page.is_closed:
        return None
    told = tuple(_told(page, entry) for entry in page.entries(TOLD) if entry.visible.get("topics"))
    entry = _note(page)
    if entry is None:
        return CarersTold(None, told=told)
    said = entry.visible
    return CarersTold(
        on=known.day(said.get("date")) or entry.on,
        shared=tuple(
            (str(row["what"]), _more(page, row)) for row in said.get("shared") or () if row.get("what")
        ),
        kept_private=known.words(said.get("kept_private")),
        always_told=known.words(said.get("always_told")),
        told=told,
    )


def _note(page: ClientPage) -> Entry | None:
    """The last one that was agreed, unless it was withdrawn."""
    found = [
        entry
        for entry in page.entries(CONSENT)
        if entry.visible.get("kind") == NOTE_KIND and entry.state == EntryState.FINAL
    ]
    if not found or found[-1].visible.get("given") is not True:
        return None
    withdrawn = known.day(found[-1].visible.get("withdrawn_on"))
    return found[-1] if withdrawn is None or withdrawn > page.on else None


def _more(page: ClientPage, row: dict[str, object]) -> str:
    whom = ", ".join(page.names.get(code, code) for code in known.words(row.get("with")))
    return ", ".join(filter(None, (f"with {whom}" if whom else "", WHEN.get(str(row.get("when")), ""))))


def _told(page: ClientPage, entry: Entry) -> tuple[str, str]:
    kind = page.manual.record_types[TOLD].field("topics")
    topics = [kind.option_label(one) for one in entry.visible.get("topics") or ()]
    on = known.day(entry.visible.get("given_on")) or entry.on
    return short_day(on), "; ".join(topic for topic in topics if topic)
