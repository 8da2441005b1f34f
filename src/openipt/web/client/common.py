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

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from openipt.core.course import known
from openipt.core.course.course import Course
from openipt.core.manual.model import Manual
from openipt.errors import NoAccess
from openipt.records import audit, convert, crisis
from openipt.records.access import Act, may
from openipt.records.manuals import manual_of
from openipt.records.models import Client, Episode, User
from openipt.records.queries.clients import client_of
from openipt.records.queries.episodes import open_episode_of
from openipt.records.queries.people import people_of
from openipt.web import clock

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

    @cached_property
    def manual(self) -> Manual:
        return manual_of(self.episode)

    @cached_property
    def course(self) -> Course:
        return convert.course(self.episode)

    @cached_property
    def is_watched(self) -> bool:
        """Somebody may be a danger to the client: these pages then name no quarrel and no place (ipv_2)."""
        return bool(known.danger(self.course).grounds)

    @cached_property
    def people(self) -> dict[str, str]:
        return {person.code: person.label for person in people_of(self.user, self.episode, self.on)}

    @property
    def therapist(self) -> str:
        return self.episode.therapist.display_name

    @property
    def hours(self) -> str:
        return settings.ENVIRONMENT.service_hours or HOURS_NOT_SET

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
    return ClientPage(user=request.user, client=client, episode=episode, on=today, at=at)


def show(
    request: HttpRequest, template: str, page: ClientPage, *, status: int = 200, **context: Any
) -> HttpResponse:
    """The page, with whatever was said before it."""
    context |= {"page": page, "said": request.session.pop(SAID, None)}
    return render(request, template, context, status=status)


def say(request: HttpRequest, words: str) -> None:
    """Words for the next page: what was done. Never anybody's own words."""
    request.session[SAID] = words
