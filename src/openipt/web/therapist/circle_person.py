"""The inventory of one person, said beside the circle without leaving it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_POST

from openipt.core.fields.definitions import is_empty
from openipt.errors import EntryNotValid, FieldFault, NoAccess, NotAllowedNow
from openipt.records.access import Act
from openipt.records.actions import entries, people
from openipt.records.actions.base import locked
from openipt.records.actions.conflicts import Refused
from openipt.records.models import Entry, Person
from openipt.web.circle_standing import PERSON, entries_by_person, latest_values
from openipt.web.doors import roles
from openipt.web.record_forms import Control, RecordForm
from openipt.web.therapist.common import EpisodePage, episode_page, role_of, say, show
from openipt.web.therapist.presenters_people import PersonView, people_views
from openipt.web.therapist.presenters_records import present_conflict
from openipt.web.therapist.room_parts import add_once, still_open

ROOM = "people"
ON_THE_CIRCLE = ("person_id", "closeness_ring_1_3", "ratings_over_time")  # the drawing itself says these
# In the order one asks about them in front of the client; what is not named comes after.
ASKED_FIRST = (
    *("relation", "contact_frequency", "support_type", "conflict_0_10", "change_near_onset", "satisfying"),
    *("unsatisfying", "expectations_client", "expectations_other", "change_wanted", "alive"),
    *("past_or_present", "safety_concern"),
)
NO_LONGER = "This person was taken off the inventory."


@dataclass(frozen=True)
class Beside:
    """One person beside the circle: what is known, and the form to say more."""

    person: str
    view: PersonView
    form: RecordForm
    entry: Entry | None
    version: int
    turned: bool
    address: str
    close: str
    saved: str = ""
    conflict: Any = None
    faults: tuple[FieldFault, ...] = ()
    template: str = "therapist/_circle_person.html"

    @property
    def draft_name(self) -> str:
        """An id, never words."""
        return f"person:{self.person}"


def beside_of(page: EpisodePage, person: str, *, turned: bool, **more: Any) -> Beside | None:
    """The panel of a person of this inventory; None for anybody else."""
    view = next((one for one in people_views(page) if one.code == person), None)
    if view is None or person not in page.people:
        return None
    said = entries_by_person(page).get(person, [])
    entry = _open_entry(page, said)
    form = more.pop("form", None) or _form(page, _known(page, person, said), turned=turned)
    form.controls = tuple(sorted(form.controls, key=_asked))
    circle = page.address("people/circle/together/" if turned else "people/circle/")
    return Beside(
        person=person,
        view=view,
        entry=entry,
        version=entry.version if entry else 0,
        turned=turned,
        address=page.address("people/circle/person/"),
        close=circle,
        form=form,
        **more,
    )


def _open_entry(page: EpisodePage, said: list[Entry]) -> Entry | None:
    """The record of today or of the session at hand: what is said now joins it."""
    return next((entry for entry in reversed(said) if still_open(page, entry)), None)


def _known(page: EpisodePage, person: str, said: list[Entry]) -> dict[str, Any]:
    known = {"label": page.people[person], "relation": page.relations[person], **latest_values(said)}
    return {**known, "label": page.people[person]}


def _asked(control: Control) -> int:
    key = control.field.key
    return ASKED_FIRST.index(key) if key in ASKED_FIRST else len(ASKED_FIRST)


def _role(page: EpisodePage, *, turned: bool) -> str:
    """On a screen the client sees, the form has what a client may see."""
    return "client" if turned else role_of(page)


def _form(page: EpisodePage, values: Mapping[str, Any], *, turned: bool) -> RecordForm:
    return RecordForm.from_values(
        page.manual.record_types[PERSON],
        values,
        without=ON_THE_CIRCLE,
        people=page.people_to_pick,
        codes=page.codes,
        role=_role(page, turned=turned),
        id_prefix="beside",
    )


# -- saying more -----------------------------------------------------------------------------------------


@roles("therapist")
@require_POST
def person(request: HttpRequest, episode_id: UUID) -> HttpResponse:
    """What was said of somebody beside the circle: only what is new is written, so nothing is said twice."""
    page = episode_page(request, episode_id, Act.WRITE_RECORD, room=ROOM)
    code, turned = request.POST.get("person", ""), "turned" in request.POST
    if code not in page.people:
        raise NoAccess
    if code not in page.people_to_pick:
        raise NotAllowedNow((NO_LONGER,))
    form = _sent_form(request, page, code, turned=turned)
    if not form.is_valid:
        return _panel(
            request, page, code, turned=turned, form=form, status=200 if form.is_row_action else 422
        )
    try:
        wrote = _save(request, page, code, form)
    except EntryNotValid as error:
        again = form.with_faults(error.faults)
        return _panel(request, page, code, turned=turned, form=again, faults=error.faults, status=422)
    except Refused as refused:
        return _two_versions(request, page, code, form, refused, turned=turned)
    fresh = episode_page(request, episode_id, Act.WRITE_RECORD, room=ROOM)
    words = "Saved." if wrote else "Nothing new to save."
    if not request.headers.get("HX-Request"):
        say(request, words)
        room = "people/circle/together/" if turned else "people/circle/"
        return HttpResponseRedirect(fresh.address(f"{room}?person={code}"))
    response = _panel(request, fresh, code, turned=turned, saved=words)
    response["HX-Trigger"] = "openipt:person-saved"
    return response


def _sent_form(request: HttpRequest, page: EpisodePage, code: str, *, turned: bool) -> RecordForm:
    said = entries_by_person(page).get(code, [])
    return RecordForm.from_post(
        page.manual.record_types[PERSON],
        request.POST,
        without=ON_THE_CIRCLE,
        people=page.people_to_pick,
        codes=page.codes,
        before=_known(page, code, said),
        role=_role(page, turned=turned),
        id_prefix="beside",
    )


@transaction.atomic
def _save(request: HttpRequest, page: EpisodePage, code: str, form: RecordForm) -> bool:
    """The answers that differ from what was known, in the record of today; a name is changed for good."""
    locked(page.episode)
    said = entries_by_person(page).get(code, [])
    known = _known(page, code, said)
    drawn = {control.field.key for control in form.controls}
    now = {key: value for key, value in form.values.items() if key in drawn and not is_empty(value)}
    new = {key: value for key, value in now.items() if known.get(key) != value}
    gone = {key for key in drawn if key not in now and not is_empty(known.get(key))}
    entry = _open_entry(page, said)
    _check_version(request, entry, form)
    if not new and not gone:
        return False
    if {"label", "relation"} & (set(new) | gone):
        _rename(page, code, str(now.get("label") or known["label"]), str(now.get("relation") or ""))
    base = dict(entry.payload) if entry else {}
    values = {key: value for key, value in base.items() if key not in gone} | new
    values |= {"person_id": code, "label": str(now.get("label") or known["label"])}
    if entry is None:
        add_once(page, PERSON, values)
    else:
        entries.save_entry(
            entry=entry, payload=values, expected_version=entry.version, by=page.user, at=page.at
        )
    return True


def _check_version(request: HttpRequest, entry: Entry | None, form: RecordForm) -> None:
    """Somebody saved since this form was made: both are shown, neither is lost."""
    version = request.POST.get("record_version", "")
    if entry is not None and version != f"{entry.pk}:{entry.version}":
        raise Refused(theirs=entry.payload, yours=form.values, current_version=entry.version)


def _rename(page: EpisodePage, code: str, label: str, relation: str) -> None:
    row = Person.objects.get(episode=page.episode, code=code)
    row.episode = page.episode
    people.rename_person(person=row, label=label, relation=relation, by=page.user, at=page.at)


def _two_versions(
    request: HttpRequest, page: EpisodePage, code: str, form: RecordForm, refused: Refused, *, turned: bool
) -> HttpResponse:
    kind = page.manual.record_types[PERSON]
    entry = _open_entry(page, entries_by_person(page).get(code, []))
    conflict = (
        present_conflict(page, entry, kind, theirs=refused.theirs, yours=refused.yours) if entry else None
    )
    return _panel(request, page, code, turned=turned, form=form, conflict=conflict, status=409)


def _panel(
    request: HttpRequest, page: EpisodePage, code: str, *, turned: bool, status: int = 200, **more: Any
) -> HttpResponse:
    """The panel alone where htmx asked, else on a page of its own."""
    beside = beside_of(page, code, turned=turned, **more)
    if beside is None:
        raise NoAccess
    alone = bool(request.headers.get("HX-Request"))
    template = "therapist/_circle_person.html" if alone else "therapist/circle_person.html"
    return show(request, template, page, beside=beside, status=status)
