"""Worksheets in plain values."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from openipt.core.fields.words import in_words
from openipt.records.models import Entry
from openipt.web.client.common import ClientPage
from openipt.web.jinja import day
from openipt.web.plain import OFFERED_FIRST, in_client_words, worksheets
from openipt.web.sheet_pictures import Picture, picture_of
from openipt.web.sheet_told import told_by

GIST = 90

Link = tuple[str, str, str]


@dataclass(frozen=True)
class Sheet:
    """One worksheet that was written."""

    id: str
    title: str
    on: str
    is_own: bool
    shared: bool
    gist: str
    address: str
    behind: bool = False

    @property
    def note(self) -> str:
        if not self.is_own:
            return f"{self.on}, from our meeting"
        lock = ", behind your second lock" if self.behind else ""
        return f"{self.on}, {'shared with your therapist' if self.shared else 'for you alone'}{lock}"


@dataclass(frozen=True)
class Practice:
    """What can be begun, and what was written by whom."""

    first: tuple[Link, ...]
    more: tuple[Link, ...]
    own: tuple[Sheet, ...]
    together: tuple[Sheet, ...]


def present_practice(page: ClientPage) -> Practice:
    offered = [
        (reverse("client:worksheet-new", args=[kind.id]), kind.title, kind.help)
        for kind in worksheets(page.manual, watched=page.is_watched)
    ]
    readable = {kind.id for kind in worksheets(page.manual)}
    page.read(*readable)
    seen = [entry for record in readable for entry in page.entries(record)]
    seen.sort(key=lambda entry: (entry.on, entry.order))
    sheets = [present_worksheet(page, entry) for entry in reversed(seen)]
    return Practice(
        first=tuple(offered[:OFFERED_FIRST]),
        more=tuple(offered[OFFERED_FIRST:]),
        own=tuple(sheet for sheet in sheets if sheet.is_own),
        together=() if page.is_watched else tuple(sheet for sheet in sheets if not sheet.is_own),
    )


def all_sheets(page: ClientPage, record: str) -> Picture | None:
    """What the client's sheets of one kind say together, where there are several; those of the meetings too, where
    nobody looks on.
    """
    kind = in_client_words(page.manual.record_types[record])
    if kind.sheet is None:
        return None
    seen = [entry for entry in page.entries(record) if entry.by_role == "client" or not page.is_watched]
    told = told_by(seen, lambda entry: reverse("client:worksheet", args=[entry.pk]))
    return picture_of(kind, told, page.manual, page.names) if len(told) > 1 else None


def present_worksheet(page: ClientPage, entry: Entry) -> Sheet:
    kind = in_client_words(page.manual.record_types[entry.record_type])
    said = in_words(kind, entry.visible, people=page.names, codes={}, role="client")
    own_day = day(entry.on)  # it stands beside the sheet already
    gist = next((line.text for line in said if line.text and line.text != own_day), "")
    return Sheet(
        id=str(entry.pk),
        title=kind.title,
        on=day(entry.on),
        is_own=entry.by_role == "client",
        shared=entry.shared,
        gist=gist if len(gist) <= GIST else f"{gist[:GIST].rstrip()}…",
        address=reverse("client:worksheet", args=[entry.pk]),
        behind=page.behind and entry.by_role == "client" and page.is_behind(entry),
    )
