"""All sheets of one record type as one: turned to the client."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from openipt.core.fields.definitions import RecordType
from openipt.errors import NoAccess
from openipt.records.access import Act
from openipt.web.doors import roles
from openipt.web.therapist.common import EpisodePage, episode_page, show
from openipt.web.therapist.presenters_sheets import CLIENT, for_the_client

ROOM = "worksheets"


@roles("therapist", "supervisor")
@require_GET
def together(request: HttpRequest, episode_id: UUID, record_type: str) -> HttpResponse:
    """The screen turned to the client: the sheet as it stands, no header of the staff."""
    page = episode_page(request, episode_id, Act.SEE_EPISODE, room=ROOM)
    kind = _sheet_kind(page, record_type)
    if CLIENT not in kind.seen_by or not (kind.sheet and kind.sheet.picture):
        raise NoAccess
    context = {"episode": page, "kind": kind, "picture": for_the_client(page, kind)}
    return show(request, "therapist/sheet_together.html", None, **context)


def _sheet_kind(page: EpisodePage, record_type: str) -> RecordType:
    kind = page.manual.record_types.get(record_type)
    if kind is None or kind.sheet is None:
        raise NoAccess
    return kind
