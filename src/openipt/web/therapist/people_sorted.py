"""The inventory sorted by a question of its adaptation (trust, say), and everybody's answer kept at once."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_POST

from openipt.core.fields.definitions import FieldDefinition
from openipt.errors import NoAccess
from openipt.records.access import Act
from openipt.records.actions import entries
from openipt.records.actions.base import locked
from openipt.records.models import Entry
from openipt.web.circle_standing import PERSON, entries_by_person, latest_values
from openipt.web.doors import roles
from openipt.web.sent import Sent
from openipt.web.therapist.common import EpisodePage, episode_page, say
from openipt.web.therapist.people import ROOM, show_people
from openipt.web.therapist.people_asked import choices_of, questions
from openipt.web.therapist.room_parts import add_once, still_open


@roles("therapist")
@require_POST
def sort(request: HttpRequest, episode_id: UUID) -> HttpResponse:
    """Only what differs from what was known is written, each in the record of its person."""
    page = episode_page(request, episode_id, Act.WRITE_RECORD, room=ROOM)
    asked = next((one for one in questions(page) if one.key == request.POST.get("by")), None)
    if asked is None:
        raise NoAccess
    sent = Sent(request.POST)
    told = _told(page, asked, sent)
    if sent.faults:
        return show_people(request, page, by=asked.key, sent=sent, status=422)
    written = _keep(page, asked, told)
    say(request, "Saved." if written else "Nothing new to save.")
    return HttpResponseRedirect(page.address(f"people/?by={asked.key}"))


def _told(page: EpisodePage, asked: FieldDefinition, sent: Sent) -> dict[str, Any]:
    """Person -> the new answer; a fault where somebody else answered since this page was made."""
    offered = {value: stored for value, stored, _ in choices_of(asked)}
    known, told = entries_by_person(page), {}
    for code in page.people_to_pick:
        name = f"value-{code}"
        chosen, was = sent.choice(name, tuple(offered)), sent.values.get(f"was-{code}", "")
        now = latest_values(known.get(code, [])).get(asked.key)
        stands = "" if now is None else str(now)
        if not chosen or chosen in (was, stands):
            continue
        if stands != was:
            sent.fault(name, f"Meanwhile somebody else said {stands}. Choose again what is to stand.")
            sent.values[f"was-{code}"] = stands
        else:
            told[code] = offered[chosen]
    return told


@transaction.atomic
def _keep(page: EpisodePage, asked: FieldDefinition, told: dict[str, Any]) -> int:
    locked(page.episode)
    known = entries_by_person(page)
    for code, value in told.items():
        _say_of(page, code, known.get(code, []), {asked.key: value})
    return len(told)


def _say_of(page: EpisodePage, code: str, said: list[Entry], new: dict[str, Any]) -> None:
    """Into the record of today or of the session at hand, else into one of its own."""
    session = page.session_at_hand
    open_ones = [
        one for one in said if still_open(page, one) and (session is None or one.session_id == session.pk)
    ]
    entry = open_ones[-1] if open_ones else None
    if entry is None:
        add_once(page, PERSON, {"person_id": code, "label": page.people[code], **new})
        return
    values = {**entry.payload, **new}
    entries.save_entry(entry=entry, payload=values, expected_version=entry.version, by=page.user, at=page.at)
