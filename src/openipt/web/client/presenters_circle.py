"""My people in plain values: the circle as the client may see it, and who stands beside it.

Everything is made from those shown alone. Numbers, places, moves and the mark of the version know nothing of
anybody who is left out of the page, so that no gap and no step tells that somebody is.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from django.urls import reverse

from openipt.core.fields.definitions import RecordType, is_empty
from openipt.core.fields.words import Line, in_words
from openipt.core.formulation.circle import RING_WORDS, moves, places
from openipt.errors import FieldFault
from openipt.records.models import DraftKind, DraftText, Entry, Role
from openipt.records.prepared import Prepared
from openipt.web.circle_room import DRAFT_FIELD, CircleRoom, room_of
from openipt.web.circle_standing import (
    CIRCLE,
    PERSON,
    Drawn,
    Where,
    from_text,
    last_circle,
    latest_values,
    move_in_words,
    places_before,
    standing_places,
)
from openipt.web.client.common import ClientPage
from openipt.web.plain import in_client_words
from openipt.web.record_forms import RecordForm

# What is drawn behind the second lock and not kept yet is no draft of the ordinary page.
DRAFT_KEY, DRAFT_KEY_BEHIND = "circle", "circle-behind"
MARK = 12  # letters of the mark of a version

# What a client says of somebody in their own words; the rest of the inventory is talked about in the meetings.
OWN_WORDS = {
    "relation": "What they are to me",
    "satisfying": "What is good between us",
    "unsatisfying": "What is hard between us",
    "change_wanted": "What I wish were different",
}
NO_QUARREL = ("relation", "satisfying")  # what is asked where somebody may look on who must not (ipv_2)
SAID_ELSEWHERE = frozenset({"person_id", "label", "closeness_ring_1_3", "ratings_over_time", "relation"})

_DRAFT = Prepared(
    lambda user, episode, key: DraftText.objects.select_related("episode").filter(
        user=user, episode=episode, key=key, field=DRAFT_FIELD, kind=DraftKind.TYPING
    ),
    UUID,
    UUID,
    str,
)


@dataclass(frozen=True)
class Kept:
    """A circle that was kept, as this page knows it: its day, whether the client drew it alone, who has moved."""

    on: date
    by_me: bool
    moved: tuple[str, ...]


@dataclass(frozen=True)
class Beside:
    """One person beside the circle: what is known of them, and the client's own words."""

    person: str
    label: str
    relation: str
    ring: str
    form: RecordForm
    version: str
    shared: bool
    told: tuple[Line, ...]
    address: str
    close: str
    is_behind: bool = False
    saved: str = ""
    other: tuple[Line, ...] = ()
    template: str = "client/_circle_person.html"

    @property
    def draft_name(self) -> str:
        """An id, never words."""
        return f"person:{self.person}"

    @property
    def faults(self) -> tuple[FieldFault, ...]:
        return self.form.faults


def draft_key(page: ClientPage) -> str:
    return DRAFT_KEY_BEHIND if page.behind else DRAFT_KEY


def present_room(page: ClientPage, drawn: Drawn, **more: Any) -> CircleRoom:
    address = reverse("client:people")
    last = last_circle(page)
    return room_of(
        page,
        drawn,
        kept_text=standing_now(page).text,
        before=_before(page, last if last is not None and is_open(page, last) else None),
        base=address,
        address=address,
        safety=False,
        self_word="Me",
        quarrels=not page.is_closed,
        **more,
    )


def _before(page: ClientPage, without: Entry | None) -> dict[str, int] | None:
    found = places_before(page, without)
    return found and {code: ring for code, ring in found.items() if code in page.people}


def places_here(page: ClientPage) -> dict[str, Where]:
    """Where those stand who are on this page; who was taken off the inventory is on none."""
    return {code: place for code, place in standing_places(page).items() if code in page.people}


def kept_circles(page: ClientPage) -> tuple[Kept, ...]:
    """Every circle kept, the newest first. One that differs only in who is left out of this page is none."""
    found: list[Kept] = []
    before: dict[str, int] = {}
    for entry in page.entries(CIRCLE):
        stood = {code: ring for code, ring in places(entry.visible).items() if code in page.people}
        if stood and stood != before:
            moved = tuple(move_in_words(page, move) for move in moves(before, stood)) if before else ()
            found.append(Kept(entry.on, entry.by_role == Role.CLIENT, moved))
        before = stood
    return tuple(reversed(found))


# -- where everybody stands ------------------------------------------------------------------------------


def standing_now(page: ClientPage) -> Drawn:
    where = places_here(page)
    return Drawn(where, _version(where, None))


def drawn_now(page: ClientPage) -> Drawn:
    """What the client is drawing, else the circle as it stands."""
    kept, draft = standing_now(page), own_draft(page)
    if draft is None:
        return kept
    places_of_draft = from_text(draft.text) or {}
    where = {code: places_of_draft.get(code, place) for code, place in kept.places.items()}
    return Drawn(where, _version(kept.places, draft), is_draft=True, typed_at=draft.at)


def own_draft(page: ClientPage) -> DraftText | None:
    draft: DraftText | None = _DRAFT.first(page.user.pk, page.episode.pk, draft_key(page))
    if draft is not None:
        draft.episode = page.episode
    return draft


def version_now(page: ClientPage) -> str:
    """What is sent with the drawing, and how often it was saved since: made of those shown, of nobody else."""
    return _version(standing_now(page).places, own_draft(page))


def _version(where: Mapping[str, Where], draft: DraftText | None) -> str:
    told = sorted((code, *place) for code, place in where.items() if place != (None, None))
    mark = hashlib.sha256(repr(told).encode()).hexdigest()[:MARK]
    return f"{mark}.{draft.base_version if draft else 0}"


def mark_of(version: str) -> str:
    """The part of a version that says which kept circle it was drawn from."""
    return version.split(".")[0]


def is_open(page: ClientPage, entry: Entry) -> bool:
    """The client's own circle of today: what is drawn now joins it, as a version of it."""
    return entry.by_role == Role.CLIENT and entry.on == page.on


# -- one person ------------------------------------------------------------------------------------------


def beside_of(page: ClientPage, code: str, **more: Any) -> Beside | None:
    """The panel of somebody who stands on this page; None for anybody else."""
    if code not in page.people:
        return None
    entry = own_words(page, code)
    values = known_words(page, code)
    form = more.pop("form", None) or words_form(page, code, values=values)
    ring = places_here(page).get(code, (None, None))[0]
    return Beside(
        person=code,
        label=page.people[code],
        relation=str(values.get("relation") or ""),
        ring=RING_WORDS.get(ring or 0, ""),
        form=form,
        version=f"{entry.pk}:{entry.version}" if entry else "",
        shared=entry.shared if entry else False,
        told=_told(page, code),
        address=reverse("client:people-person"),
        close=reverse("client:people"),
        is_behind=page.behind and page.is_person_behind(code),
        **more,
    )


def _words_entries(page: ClientPage, code: str) -> list[Entry]:
    """The client's own records of somebody, oldest first; the one that names them holds no words."""
    found = [entry for entry in _of(page, code) if entry.by_role == Role.CLIENT]
    return sorted((one for one in found if not one.payload.get("label")), key=lambda one: one.updated_at)


def _of(page: ClientPage, code: str) -> list[Entry]:
    return [entry for entry in page.entries(PERSON) if entry.visible.get("person_id") == code]


def own_words(page: ClientPage, code: str) -> Entry | None:
    """The record that takes the client's words now: behind the second lock never one of the ordinary pages."""
    found = _words_entries(page, code)
    if page.behind:
        found = [entry for entry in found if page.is_behind(entry)]
    return found[-1] if found else None


def known_words(page: ClientPage, code: str) -> dict[str, Any]:
    """What the form begins with: the last of each of the client's own answers."""
    said = latest_values(_words_entries(page, code))
    relation = said.get("relation") or page.relations.get(code, "")
    return {**said, **({"relation": relation} if relation else {})}


def words_form(
    page: ClientPage, code: str, post: Any = None, *, values: Mapping[str, Any] | None = None
) -> RecordForm:
    """The few questions a client is asked of somebody, in their words. Own answers keep their field."""
    values = known_words(page, code) if values is None else values
    asked = NO_QUARREL if page.is_closed else tuple(OWN_WORDS)
    only = [key for key in OWN_WORDS if key in asked or not is_empty(values.get(key))]
    more: dict[str, Any] = {"only": only, "role": "client", "id_prefix": "beside"}
    if post is None:
        return RecordForm.from_values(words_kind(page), values, **more)
    return RecordForm.from_post(words_kind(page), post, before={"person_id": code}, **more)


def words_kind(page: ClientPage) -> RecordType:
    kind = page.manual.record_types[PERSON]
    fields = tuple(
        replace(part, label=OWN_WORDS[part.key], help="") if part.key in OWN_WORDS else part
        for part in kind.fields
    )
    return replace(kind, fields=fields, needs_one_of=())


def _told(page: ClientPage, code: str) -> tuple[Line, ...]:
    """What was written of them in the meetings, as far as the client may see it; none on a page kept quiet."""
    if page.is_closed:
        return ()
    values = latest_values([entry for entry in _of(page, code) if entry.by_role != Role.CLIENT])
    shown = {key: value for key, value in values.items() if key not in SAID_ELSEWHERE}
    kind = in_client_words(page.manual.record_types[PERSON])
    return tuple(in_words(kind, shown, people=page.names, codes={}, role="client"))
