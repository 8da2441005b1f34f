"""What every page of a client shares: whose it is, one audited read, words for the page that follows.

    page = client_page(request)
    return show(request, "client/home.html", page, home=present_home(page))

Titles, addresses and what is said between pages hold no clinical word: somebody at home may look on.
"""

from __future__ import annotations

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
from openipt.core.manual.model import Manual
from openipt.errors import NoAccess
from openipt.records import audit, convert, crisis
from openipt.records.access import Act, may
from openipt.records.actions import second_lock as lock_actions
from openipt.records.manuals import manual_of
from openipt.records.models import Client, Entry, Episode, JournalEntry, Role, User
from openipt.records.queries import second_lock
from openipt.records.queries.clients import client_of
from openipt.records.queries.entries import VisibleEntries, entry_for
from openipt.records.queries.episodes import open_episode_of
from openipt.records.queries.journal import journal_of
from openipt.records.queries.people import people_of
from openipt.web import behind, clock
from openipt.web.jinja import clock_time, week_day

SAID = "said"
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

    @cached_property
    def has_second_lock(self) -> bool:
        return second_lock.standing(self.client.pk) is not None

    @cached_property
    def signs(self) -> Signs | None:
        """What must not stand on these pages: asked of the ordinary ones, while there is a danger or a lock."""
        wanted = not self.behind and (self.has_second_lock or self.is_watched)
        return second_lock.signs(self.episode) if wanted else None

    @property
    def behind_lock(self) -> Signs | None:
        """By what the client's own words stand behind the second lock: only where there is one."""
        return self.signs if self.has_second_lock else None

    def entries(self, record_type: str = "") -> list[Entry]:
        """Records the client may read here. Of what clinicians wrote, lines are left out, never a whole plan."""
        found = []
        for entry in VisibleEntries(self.user, self.episode, self.on).of(record_type):
            if self._shows(entry):
                found.append(entry)
        return found

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
        if entry.by_role != Role.CLIENT:
            entry.visible = self.signs.without(entry.visible)
            return True
        return self.behind_lock is None or not second_lock.is_behind(entry, entry.visible, self.behind_lock)

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
        return second_lock.is_behind(row, values, self._own_signs)

    @cached_property
    def _own_signs(self) -> Signs:
        return second_lock.signs(self.episode)

    @cached_property
    def people(self) -> dict[str, str]:
        return {person.code: person.label for person in people_of(self.user, self.episode, self.on)}

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
