"""Somebody put on the circle by a name and a ring, and taken back again where that was a slip."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.views.decorators.http import require_POST

from openipt.core.formulation.circle import RINGS
from openipt.errors import EntryNotValid, FieldFault, NoAccess, NotAllowedNow
from openipt.records.access import Act
from openipt.records.actions import entries, people
from openipt.records.actions.base import locked
from openipt.records.actions.people import MORE_SAID, TWICE_WITHIN
from openipt.records.models import Entry, Person
from openipt.web.circle_room import RING_VALUES
from openipt.web.circle_standing import PERSON, entries_by_person
from openipt.web.doors import roles
from openipt.web.therapist.circle import ROOM, show_room
from openipt.web.therapist.common import EpisodePage, episode_page, say
from openipt.web.therapist.presenters_circle import drawn_now, present_room
from openipt.web.therapist.room_parts import add_once, still_open

NAMELESS = "Write what the client calls this person."
THERE_ALREADY = "Somebody of this name is there already. Add a word that tells them apart."


@roles("therapist")
@require_POST
def add(request: HttpRequest, episode_id: UUID) -> HttpResponse:
    """A name and a ring are enough; everything else can be said later."""
    page = episode_page(request, episode_id, Act.WRITE_RECORD, room=ROOM)
    label = " ".join(request.POST.get("label", "").split())
    ring = request.POST.get("ring", "")
    turned = "turned" in request.POST
    fault = NAMELESS if not label else ""
    code = ""
    if not fault:
        try:
            code, fault = _added(page, label, int(ring) if ring in RING_VALUES else None)
        except EntryNotValid as error:
            fault = error.faults[0].message
    if request.headers.get("X-Requested-With") == "fetch":
        if fault:
            return JsonResponse({"message": fault}, status=422)
        return JsonResponse({"code": code, "label": label})
    back = page.address("people/circle/together/" if turned else "people/circle/")
    if fault:
        faults = (FieldFault("circle-add-label", fault),)
        room = present_room(page, drawn_now(page), turned=turned, faults=faults, typed=(label, ring))
        return show_room(request, page, room, status=422)
    return HttpResponseRedirect(back)


@transaction.atomic
def _added(page: EpisodePage, label: str, ring: int | None) -> tuple[str, str]:
    """The new person's code, or why not. Pressed twice, or sent again after a lost answer, it is one person."""
    locked(page.episode)
    same = [
        row
        for row in Person.objects.filter(episode=page.episode, withdrawn_at=None)
        if _opened(row, page).label.casefold() == label.casefold()
    ]
    if same:
        just_now = page.at - same[-1].created_at < TWICE_WITHIN
        return (same[-1].code, "") if just_now else ("", THERE_ALREADY)
    made = people.add_person(episode=page.episode, label=label, by=page.user, at=page.at)
    values: dict[str, Any] = {"person_id": made.code, "label": label}
    if ring in RINGS:
        values["closeness_ring_1_3"] = ring
    add_once(page, PERSON, values)
    return made.code, ""


def _opened(row: Person, page: EpisodePage) -> Person:
    row.episode = page.episode
    return row


@roles("therapist")
@require_POST
def take_back(request: HttpRequest, episode_id: UUID) -> HttpResponse:
    """Undo of adding: the record is withdrawn and kept in its history, the person leaves the inventory."""
    page = episode_page(request, episode_id, Act.WRITE_RECORD, room=ROOM)
    code = request.POST.get("person", "")
    row = Person.objects.filter(episode=page.episode, code=code).first()
    if row is None:
        raise NoAccess
    _take_back(page, _opened(row, page))
    if request.headers.get("X-Requested-With") == "fetch":
        return JsonResponse({"code": code})
    say(request, "Taken back. The record is kept in its history and no longer counts.")
    return HttpResponseRedirect(page.address("people/circle/"))


@transaction.atomic
def _take_back(page: EpisodePage, row: Person) -> None:
    locked(page.episode)
    if row.withdrawn_at is not None:
        return
    said = entries_by_person(page).get(row.code, [])
    named = any(row.code in str(entry.visible) for entry in page.entries() if entry.record_type != PERSON)
    if named or len(said) > 1 or any(not _just_added(page, entry) for entry in said):
        raise NotAllowedNow((MORE_SAID,))
    for entry in said:
        entries.withdraw_entry(entry=entry, by=page.user, at=page.at)
    people.withdraw_person(person=row, by=page.user, at=page.at)


def _just_added(page: EpisodePage, entry: Entry) -> bool:
    """Written today by this person, with nothing but the name and the ring in it."""
    said = set(entry.visible) - {"person_id", "label", "relation", "closeness_ring_1_3"}
    return still_open(page, entry) and entry.by_id == page.user.pk and not said
