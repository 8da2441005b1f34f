"""What every room of an episode shares: the episode, who may see it, its header, one audited read.

    page = episode_page(request, episode_id, Act.SEE_EPISODE, room="people")
    ...
    return show(request, "therapist/people.html", page, people=present(page))

`room` is an id of `web.shell.EPISODE_ROOMS`. Somebody without the act gets `NoAccess` (the page that says
there is nothing here). `say(request, words)` before a redirect is shown once on the page that follows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme

from openipt import library
from openipt.core.course.course import Course
from openipt.core.course.narrative import episodes_told
from openipt.core.course.status import CourseStatus
from openipt.core.course.tried import issues_told
from openipt.core.manual.model import Manual
from openipt.core.measures.definitions import Measure
from openipt.core.values import Decision
from openipt.errors import NoAccess
from openipt.records import access, audit, convert, standing
from openipt.records.access import Act
from openipt.records.manuals import manual_of
from openipt.records.models import Alert, Entry, Episode, Person, Session, SessionState, User
from openipt.records.prepared import Prepared
from openipt.records.queries import alerts as alert_queries
from openipt.records.queries import entries as queries
from openipt.web import clock
from openipt.web.shell import EpisodeHeader
from openipt.web.therapist.presenters_header import present_header

if TYPE_CHECKING:
    from openipt.web.therapist.presenters_alerts import Banner

SAID = "said"

_EPISODE = Prepared(
    lambda episode: Episode.objects.select_related(
        "client", "client__user", "therapist", "supervisor"
    ).filter(pk=episode),
    UUID,
)
_PEOPLE = Prepared(lambda episode: Person.objects.filter(episode=episode).order_by("order"), UUID)
_DRAFTS = Prepared(
    lambda episode: Session.objects.filter(
        episode=episode, state=SessionState.DRAFT, number__isnull=False
    ).order_by("-number"),
    UUID,
)
_SESSION = Prepared(
    lambda session, episode: Session.objects.filter(pk=session, episode=episode).select_related("signed_by"),
    UUID,
    UUID,
)


@dataclass
class EpisodePage:
    """One episode as a room needs it. What costs something is worked out when it is first asked for."""

    episode: Episode
    user: User
    room: str
    on: date
    at: datetime
    only_reads: bool = False

    @cached_property
    def manual(self) -> Manual:
        return manual_of(self.episode)

    @cached_property
    def course(self) -> Course:
        """What is known at the end of the page's day."""
        return convert.course(self.episode).as_of(self.on)

    @cached_property
    def status(self) -> CourseStatus:
        return standing.status(self.episode, self.on)

    @cached_property
    def alerts(self) -> tuple[Alert, ...]:
        """Open alerts this person may see, the gravest first."""
        return tuple(alert_queries.alerts_of(self.user, self.episode, self.on, resolved=False))

    def entries(self, record_type: str = "") -> list[Entry]:
        """Records this person may see, oldest first, each with `visible`: the values they may see."""
        if self.only_reads:
            return self._entries.of(record_type)
        return queries.visible_entries(self.user, self.episode, self.on, record_type=record_type)

    def entries_since(self, record_type: str, since: date) -> list[Entry]:
        """Those of one type, of this day and later."""
        return queries.visible_since(self.user, self.episode, self.on, record_type=record_type, since=since)

    def read(self, *record_types: str) -> None:
        """Read records of these types together; `entries` has them then."""
        if self.only_reads:
            self._entries.read(record_types)

    @cached_property
    def _entries(self) -> queries.VisibleEntries:
        return queries.VisibleEntries(self.user, self.episode, self.on)

    @cached_property
    def session_at_hand(self) -> Session | None:
        """The session held today that is still being written: what is recorded now belongs to it."""
        found = next((row for row in _DRAFTS(self.episode.pk) if row.held_on == self.on), None)
        if found is not None:
            found.episode = self.episode
        return found

    @cached_property
    def _inventory(self) -> tuple[Person, ...]:
        rows = tuple(_PEOPLE(self.episode.pk))
        for person in rows:
            person.episode = self.episode
        return rows

    @cached_property
    def people(self) -> dict[str, str]:
        """Code -> label of everybody ever in the inventory, for records in words."""
        return {person.code: person.label for person in self._inventory}

    @property
    def names(self) -> dict[str, str]:
        return self.people

    def measure_title(self, measure: Measure) -> str:
        return measure.title

    @cached_property
    def relations(self) -> dict[str, str]:
        """Code -> how they are related to the client."""
        return {person.code: person.relation for person in self._inventory}

    @cached_property
    def people_to_pick(self) -> dict[str, str]:
        """Code -> label of those in the inventory now, for forms."""
        return {person.code: person.label for person in self._inventory if person.withdrawn_at is None}

    @cached_property
    def codes(self) -> Mapping[str, Mapping[str, str]]:
        """Every coded word in words: those of the manual, the issues and the moments of life told in this one."""
        issues = {issue.id: issue.text or issue.id for issue in issues_told(self.course)}
        return {**self._manual_codes, "issues": issues, "episodes": episodes_told(self.course)}

    @cached_property
    def _manual_codes(self) -> Mapping[str, Mapping[str, str]]:
        """Those of its manual; of a course that was changed over, of the manuals before it too."""
        own, changes = code_titles(self.manual), self.course.adaptation_changes
        if not changes:
            return own
        earlier = [code_titles(library.manual(c.adaptation_from, c.version_from)) for c in changes]
        return {kind: {k: v for one in (*earlier, own) for k, v in one[kind].items()} for kind in own}

    @cached_property
    def sees_all(self) -> bool:
        """False for a colleague in cover, who sees alerts, risk, safety plan and contacts."""
        return bool(self.may(Act.SEE_EPISODE))

    @cached_property
    def banners(self) -> tuple[Banner, ...]:
        """Open alerts in words, for the top of every page of the episode."""
        from openipt.web.therapist.presenters_alerts import banners  # they word what this page holds

        return banners(self)

    @cached_property
    def header(self) -> EpisodeHeader:
        return present_header(self)

    def may(self, act: Act) -> Decision:
        return access.may(self.user, act, episode=self.episode, on=self.on)

    def address(self, tail: str = "") -> str:
        return f"/episodes/{self.episode.pk}/{tail}"


def episode_page(
    request: HttpRequest,
    episode_id: UUID | str,
    act: Act = Act.SEE_EPISODE,
    *,
    room: str = "overview",
    read: str = "episode-read",
) -> EpisodePage:
    """The episode for somebody who may do `act` there, its read recorded; `NoAccess` for anybody else."""
    episode = _EPISODE.first(_id(episode_id))
    today = clock.today()
    if episode is None or not access.may(request.user, act, episode=episode, on=today):
        raise NoAccess
    at = clock.now()
    audit.record_read(by=request.user, at=at, episode=episode, act=read)
    return EpisodePage(
        episode=episode,
        user=request.user,
        room=room,
        on=today,
        at=at,
        only_reads=request.method in ("GET", "HEAD"),
    )


def _id(given: UUID | str) -> UUID:
    return given if isinstance(given, UUID) else UUID(given)


def session_of(page: EpisodePage, session_id: UUID | str) -> Session:
    """A session of this very episode; `NoAccess` for any other."""
    session = _SESSION.first(_id(session_id), page.episode.pk)
    if session is None:
        raise NoAccess
    session.episode = page.episode
    return session


def entry_of(page: EpisodePage, entry_id: UUID | str) -> Entry:
    """A record of this very episode with its `visible` values; `NoAccess` for what is not to be seen."""
    entry = queries.entry_for(page.user, entry_id, page.on)
    if entry.episode_id != page.episode.pk:
        raise NoAccess
    entry.episode = page.episode
    return entry


def role_of(page: EpisodePage) -> str:
    """The role whose fields this person is shown: whoever covers reads as a therapist would."""
    if page.user.role == "supervisor" and not page.sees_all:
        return "therapist"
    return str(page.user.role)


@lru_cache(maxsize=64)
def code_titles(manual: Manual) -> Mapping[str, Mapping[str, str]]:
    """Every coded word of the manual in words: kind -> id -> title."""
    areas = manual.areas.values()
    return {
        "strategies": {s.id: s.title for area in areas for s in area.strategies},
        "techniques": {t.id: t.name for t in manual.techniques.values()},
        "areas": {a.id: a.title for a in areas},
        "styles": {s.id: s.name for s in manual.styles.values()},
        "measures": {m.id: m.title for m in manual.measure_list.values()},
        "tasks": {t.id: t.title for t in manual.tasks},
        "phases": {p.id: p.title for p in manual.phases},
        "rules": {r.id: r.title for r in manual.rules.values()},
        "off_track_reasons": {r.id: r.title for r in manual.off_track_reasons.values()},
        "next_steps": {s.id: s.title for s in manual.next_steps.values()},
    }


# -- answering ---------------------------------------------------------------------------------------


def show(
    request: HttpRequest, template: str, page: EpisodePage | None = None, *, status: int = 200, **context: Any
) -> HttpResponse:
    """The page, with its header where it is a room of an episode, and whatever was said before."""
    if page is not None:
        context = {"page": page, "header": page.header, **context}
    context["said"] = request.session.pop(SAID, None)
    return render(request, template, context, status=status)


def say(request: HttpRequest, words: str, tone: str = "done") -> None:
    """Words for the next page: what was done. Never a client's words."""
    request.session[SAID] = {"words": words, "tone": tone}


def back_to(request: HttpRequest, default: str) -> str:
    """Where the form asked to go on to, if that is one of our own pages."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    ours = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) and wanted.startswith("/")
    return wanted if ours else default


def go(request: HttpRequest, default: str) -> HttpResponse:
    """On to the next page after something was saved."""
    return HttpResponseRedirect(back_to(request, default))
