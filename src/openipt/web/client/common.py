"""What every page of a client shares: whose it is, one audited read, words for the page that follows.

    page = client_page(request)
    return show(request, "client/home.html", page, home=present_home(page))

Titles, addresses and what is said between pages hold no clinical word: somebody at home may look on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from openipt.core.course import known
from openipt.core.course.course import Course
from openipt.core.course.second_lock import Signs
from openipt.core.formulation.circle import without_people
from openipt.core.manual.model import Manual
from openipt.core.measures.definitions import Measure
from openipt.errors import NoAccess
from openipt.records import audit, convert, crisis
from openipt.records.access import Act, may
from openipt.records.actions import second_lock as lock_actions
from openipt.records.manuals import manual_of
from openipt.records.models import Client, Entry, Episode, JournalEntry, Person, Role, User
from openipt.records.queries import second_lock
from openipt.records.queries.clients import client_of
from openipt.records.queries.entries import VisibleEntries, entry_for, visible_since
from openipt.records.queries.episodes import open_episode_of
from openipt.records.queries.journal import journal_of
from openipt.records.queries.people import people_of
from openipt.web import behind, clock
from openipt.web.jinja import clock_time, week_day
from openipt.web.plain import measure_name

SAID = "said"
PERSON, CIRCLE, TIMELINE = "rec_inventory_person", "rec_closeness_circle", "rec_timeline"
HOURS_NOT_SET = "in working hours"


@dataclass
class ClientPage:
    """A client and their episode. What costs something is worked out when it is first asked for."""

    user: User
    client: Client
    episode: Episode
    on: date
    at: datetime
    behind: bool = False  # opened by the second password: see `web.behind`

    @cached_property
    def manual(self) -> Manual:
        return manual_of(self.episode)

    @cached_property
    def course(self) -> Course:
        return convert.course(self.episode)

    @cached_property
    def is_watched(self) -> bool:
        """Somebody may be a danger to the client: these pages then name no quarrel and no place (ipv_2)."""
        return not self.behind and bool(known.danger(self.course).grounds)

    @property
    def is_closed(self) -> bool:
        """Whether the ordinary page keeps back what two people found out: who is named in it may be reading."""
        return self.is_watched or (self.has_second_lock and not self.behind)

    @cached_property
    def has_second_lock(self) -> bool:
        return second_lock.standing(self.client.pk) is not None

    @cached_property
    def signs(self) -> Signs | None:
        """What must not stand on these pages: asked of the ordinary ones, while there is a danger or a lock."""
        wanted = not self.behind and (self.has_second_lock or self.is_watched)
        return self._signs_of_ordinary if wanted else None

    @property
    def behind_lock(self) -> Signs | None:
        """By what the client's own words stand behind the second lock: only where there is one."""
        return self.signs if self.has_second_lock else None

    def entries(self, record_type: str = "") -> list[Entry]:
        """Records the client may read here. Of what clinicians wrote, lines are left out, never a whole plan."""
        return [entry for entry in self._read.of(record_type) if self._shows(entry)]

    def entries_since(self, record_type: str, since: date) -> list[Entry]:
        """Those of one type, of this day and later."""
        rows = visible_since(self.user, self.episode, self.on, record_type=record_type, since=since)
        return [entry for entry in rows if self._shows(entry)]

    def read(self, *record_types: str) -> None:
        """Read records of these types together; `entries` has them then."""
        self._read.read(record_types)

    @cached_property
    def _read(self) -> VisibleEntries:
        """Read once for a page; what is written meanwhile is seen by a page made anew (`replace(page)`)."""
        return VisibleEntries(self.user, self.episode, self.on)

    def entry(self, entry_id: UUID | str) -> Entry:
        """One record, or `NoAccess`: also for one that stands behind the second lock."""
        entry = entry_for(self.user, entry_id, self.on)
        if entry.episode_id != self.episode.pk or not self._shows(entry):
            raise NoAccess
        entry.episode = self.episode
        return entry

    def _shows(self, entry: Entry) -> bool:
        if self.signs is None:
            return True
        if entry.record_type == CIRCLE:  # one picture of many: whoever is left out was never on it
            entry.visible = without_people(entry.visible, self._people_behind)
            return True
        if entry.record_type == PERSON and entry.visible.get("person_id") in self._people_behind:
            return False
        if entry.by_role != Role.CLIENT:
            if entry.record_type == TIMELINE and self._names_a_quarrel(entry.visible, self.signs):
                return False
            entry.visible = self.signs.without(entry.visible)
            return True
        return self.behind_lock is None or not second_lock.is_behind(entry, entry.visible, self.behind_lock)

    def _names_a_quarrel(self, values: Mapping[str, Any], signs: Signs) -> bool:
        """An event of the time line goes whole where it is about them, or is a quarrel with anybody (ipv_2)."""
        event = {key: value for key, value in values.items() if key != "links"}
        return signs.in_values(event) or event.get("event_kind") == "quarrel"

    def journal(self) -> list[JournalEntry]:
        """The client's journal as it may stand here, oldest first."""
        rows = journal_of(self.user, self.episode, self.on)
        signs = self.behind_lock
        return [row for row in rows if signs is None or not second_lock.is_behind(row, row.words, signs)]

    def journal_entry(self, journal_id: UUID) -> JournalEntry:
        """One entry of the journal, or `NoAccess`."""
        found = next((row for row in self.journal() if row.pk == journal_id), None)
        if found is None:
            raise NoAccess
        return found

    def is_behind(self, row: Entry | JournalEntry) -> bool:
        """For the view behind the lock: does the ordinary one leave this out?"""
        values = row.words if isinstance(row, JournalEntry) else row.payload
        return second_lock.is_behind(row, values, self._signs_of_ordinary)

    @cached_property
    def _everybody(self) -> tuple[Person, ...]:
        return tuple(people_of(self.user, self.episode, self.on))

    @property
    def _people_behind(self) -> frozenset[str]:
        """Whom this page leaves out, by code."""
        return self._left_out_of_ordinary if self.signs is not None else frozenset()

    @cached_property
    def _left_out_of_ordinary(self) -> frozenset[str]:
        """As the client moved them; else who is dangerous, or is called by their name."""
        return self._signs_on_record.people_behind(self.names, own=self.named.keys(), moved=self._moved)

    @cached_property
    def _moved(self) -> dict[str, bool]:
        return second_lock.moved_by_client(self.named, self.has_second_lock)

    @cached_property
    def _signs_on_record(self) -> Signs:
        return second_lock.signs(self.episode)

    @cached_property
    def _signs_of_ordinary(self) -> Signs:
        """By what something is about somebody dangerous, or somebody whom the client put behind the lock."""
        return second_lock.signs_of_ordinary(
            self._signs_on_record, self.names, self.named, self.has_second_lock
        )

    @cached_property
    def named(self) -> dict[str, Entry]:
        """Person -> the client's own record that names them."""
        return second_lock.named_by_client(self._read.of(PERSON))

    def is_person_behind(self, code: str) -> bool:
        """For the view behind the lock: do the ordinary pages leave this person out?"""
        return code in self._left_out_of_ordinary

    @cached_property
    def people(self) -> dict[str, str]:
        """Code -> what the client calls them: everybody who stands on these pages, in the order of the inventory."""
        return {
            person.code: person.label for person in self._everybody if person.code not in self._people_behind
        }

    @cached_property
    def relations(self) -> dict[str, str]:
        """Code -> what they are to the client; nothing that names somebody who is left out."""
        signs = self.signs
        return {
            person.code: "" if signs is not None and signs.in_text(person.relation) else person.relation
            for person in self._everybody
            if person.code not in self._people_behind
        }

    @property
    def people_to_pick(self) -> dict[str, str]:
        return self.people

    @cached_property
    def names(self) -> dict[str, str]:
        """Code -> label of everybody, for words that stand here anyway: what is left out is left out before."""
        return {person.code: person.label for person in self._everybody}

    def people_for(self, values: Mapping[str, Any]) -> dict[str, str]:
        """Whom a form of these values offers: those of this page, and whoever stands in it already."""
        there = str(values)
        return {code: label for code, label in self.names.items() if code in self.people or code in there}

    def measure_title(self, measure: Measure) -> str:
        return measure_name(measure)

    @property
    def therapist(self) -> str:
        return self.episode.therapist.display_name

    @property
    def hours(self) -> str:
        environment = settings.ENVIRONMENT
        return environment.service_hours or environment.channels.times.in_words or HOURS_NOT_SET

    @property
    def read_again(self) -> str:
        """When somebody reads again, where nobody does now (ipt.md 11.3); empty in service hours."""
        times = settings.ENVIRONMENT.channels.times
        if times.is_open(self.at):
            return ""
        opens = times.at_or_after(self.at)
        return f"{week_day(opens)} at {clock_time(opens)}"

    @property
    def contacts(self) -> tuple[crisis.CrisisContact, ...]:
        return crisis.contacts(self.client.region)


def client_page(request: HttpRequest, read: str = "own-record-read") -> ClientPage:
    """The signed-in client's own record, its read recorded; `NoAccess` where there is none."""
    client = client_of(request.user)
    episode = open_episode_of(client)
    today, at = clock.today(), clock.now()
    if episode is None or not may(request.user, Act.SEE_OWN, episode=episode, on=today):
        raise NoAccess
    audit.record_read(by=request.user, at=at, episode=episode, act=read)
    behind_lock = behind.is_open(request, client.pk)
    return ClientPage(request.user, client, episode, today, at, behind_lock)


def show(
    request: HttpRequest, template: str, page: ClientPage, *, status: int = 200, **context: Any
) -> HttpResponse:
    """The page, with whatever was said before it."""
    context |= {"page": page, "said": request.session.pop(SAID, None)}
    return render(request, template, context, status=status)


def say(request: HttpRequest, words: str) -> None:
    """Words for the next page: what was done. Never anybody's own words."""
    request.session[SAID] = words


def moved(page: ClientPage, row: Entry | JournalEntry, behind: bool) -> str:
    """The client moves something of theirs behind the second lock or out again. Returns what to say."""
    if not page.behind:
        raise NoAccess
    lock_actions.move(row=row, behind=behind, by=page.user, at=page.at)
    return "It stands behind your second lock." if behind else "It stands on your ordinary pages again."
