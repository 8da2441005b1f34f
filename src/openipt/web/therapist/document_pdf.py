"""A document of the course as a PDF that can be read aloud; the contract with all its dates and a place to sign."""

from __future__ import annotations

from typing import Any

from openipt.core.fields.words import Line
from openipt.records.models import Entry
from openipt.web import paper
from openipt.web.jinja import clock_time, day
from openipt.web.therapist.common import EpisodePage
from openipt.web.therapist.presenters_agreeing import CONTRACT, FORMULATION, contract_dates, plain_view
from openipt.web.therapist.presenters_documents import present_printed

SIGNED = {FORMULATION: (), CONTRACT: ("Client", "Therapist")}


def document_pdf(page: EpisodePage, record: str, entry: Entry) -> bytes:
    return paper.pdf("document", values(page, record, entry), page.at)


def values(page: EpisodePage, record: str, entry: Entry) -> dict[str, Any]:
    """Everything that stands in the file, in plain words."""
    printed = present_printed(page, record, entry)
    by = f"Therapist: {printed.therapist}. " if printed.therapist else ""
    plain = plain_view(page, entry.visible) if record == FORMULATION else None
    dates = contract_dates(entry.visible) if record == CONTRACT else ()
    return {
        "lang": "en",
        "title": printed.title,
        "who": " · ".join(filter(None, (printed.client, day(printed.on)))),
        "draft": "Draft, not agreed yet." if printed.is_draft else "",
        "footer": f"{by}Made on {day(page.at)} at {clock_time(page.at)}.",
        "paragraphs": [text for text in (plain.text if plain else "", printed.text) if text],
        "quote": printed.client_words,
        "lines": [_line(line) for line in printed.lines],
        "dates": [[str(one.number or "–"), f"{one.week_day} {one.on.year}", one.why] for one in dates],
        "signed": list(SIGNED.get(record, ())) if not printed.is_draft else [],
    }


def _line(line: Line) -> dict[str, Any]:
    return {
        "label": line.label,
        "text": line.text,
        "items": list(line.items),
        "lines": [_line(one) for one in line.lines],
        "rows": [[_line(one) for one in row] for row in line.rows],
    }
