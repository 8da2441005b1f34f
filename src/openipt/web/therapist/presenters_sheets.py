"""All sheets of one record type as one: drawn beside its form, and on the screen turned to the client."""

from __future__ import annotations

from functools import partial

from openipt.core.fields.definitions import RecordType
from openipt.web.plain import in_client_words
from openipt.web.sheet_pictures import Picture, picture_of
from openipt.web.sheet_told import told_by
from openipt.web.therapist.common import EpisodePage
from openipt.web.therapist.room_parts import edit_address, may_write

CLIENT = "client"


def as_it_stands(page: EpisodePage, kind: RecordType) -> Picture | None:
    """The picture of what is saved; None where the type has none, or nothing is written yet."""
    if kind.sheet is None or not kind.sheet.picture or not page.sees_all:
        return None
    opens = partial(edit_address, page)
    return picture_of(kind, told_by(page.entries(kind.id), opens), page.manual, page.people)


def for_the_client(page: EpisodePage, kind: RecordType) -> Picture | None:
    """The same with nothing but what the client may see, and no way on from it."""
    told = told_by(page.entries(kind.id), lambda entry: "", kind=kind, role=CLIENT)
    return picture_of(in_client_words(kind), told, page.manual, page.people)


def turned_address(page: EpisodePage, kind: RecordType) -> str:
    """Where the sheet is shown to the client on this screen; "" for what is not drawn or not theirs to see."""
    shows = kind.sheet is not None and kind.sheet.picture and CLIENT in kind.seen_by
    return page.address(f"worksheets/{kind.id}/together/") if shows else ""


def writing_address(page: EpisodePage, kind: RecordType) -> str:
    """Where all records of the type are written on one page; "" where they are not, or not by this person."""
    together = kind.sheet is not None and kind.sheet.is_written_together
    return page.address(f"worksheets/{kind.id}/") if together and may_write(page, kind.id) else ""
