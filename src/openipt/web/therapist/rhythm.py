"""The rhythm of the days, where the treatment has its diary kept: the week, targets set together, what disturbs it."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET, require_POST

from openipt.core.course.diary import DIARY, asks_for_diary
from openipt.core.course.rhythm_targets import TARGET, TRIGGER
from openipt.errors import EntryNotValid, NoAccess
from openipt.records.access import Act
from openipt.web.doors import roles
from openipt.web.rhythm_view import titles_of
from openipt.web.sent import Sent, read_day
from openipt.web.therapist.common import EpisodePage, episode_page, go, say, show
from openipt.web.therapist.presenters_rhythm import present_rhythm, weeks_to_choose
from openipt.web.therapist.room_parts import add_once

ROOM = "overview"
WHICH, FROM, TO = "Choose the activity.", "Write from which time on.", "Write until which time."
WHAT = "Write what happens."


@roles("therapist", "supervisor")
@require_GET
def rhythm(request: HttpRequest, episode_id: UUID) -> HttpResponse:
    return _show(request, _page(request, episode_id, Act.SEE_EPISODE))


@roles("therapist")
@require_POST
def target(request: HttpRequest, episode_id: UUID) -> HttpResponse:
    """A target time, set with the client (IPSRT-06)."""
    page = _page(request, episode_id, Act.WRITE_RECORD)
    sent = Sent(request.POST)
    activity = sent.choice("activity", titles_of(page.manual.record_types[DIARY]), required=WHICH)
    start, to = sent.time("from", required=FROM), sent.time("to", required=TO)
    week = sent.choice("week", dict(weeks_to_choose(page)))
    values: dict[str, Any] = {"activity": activity, "week": int(week) if week else None}
    values |= {"from": f"{start:%H:%M}" if start else "", "to": f"{to:%H:%M}" if to else ""}
    return _kept(
        request, page, sent, TARGET, values, "The target is kept. Your client sees it on their page."
    )


@roles("therapist")
@require_POST
def trigger(request: HttpRequest, episode_id: UUID) -> HttpResponse:
    """What disturbs the rhythm, and what to do about it (IPSRT-07)."""
    page = _page(request, episode_id, Act.WRITE_RECORD)
    sent = Sent(request.POST)
    values = {"event": sent.words("event", required=WHAT)}
    values |= {key: sent.words(key) for key in ("effect", "plan")}
    return _kept(request, page, sent, TRIGGER, values, "It is kept, with what to do about it.")


def _page(request: HttpRequest, episode_id: UUID, act: Act) -> EpisodePage:
    page = episode_page(request, episode_id, act, room=ROOM)
    if not asks_for_diary(page.manual):
        raise NoAccess
    return page


def _kept(
    request: HttpRequest, page: EpisodePage, sent: Sent, record: str, values: dict[str, Any], said: str
) -> HttpResponse:
    """Written into the session at hand, for the task that asks for it; what is wrong stands at its field."""
    if sent.faults:
        return _show(request, page, sent, record)
    tasks = page.manual.tasks_shown_by(record)
    task = next((one.id for one in tasks if page.status.phase in one.phases), "")
    try:
        add_once(page, record, {key: value for key, value in values.items() if value}, task=task)
    except EntryNotValid as error:
        for fault in error.faults:
            sent.fault(fault.path, fault.message)
        return _show(request, page, sent, record)
    say(request, said)
    return go(request, page.address(f"rhythm/#{'targets' if record == TARGET else 'triggers'}"))


def _show(request: HttpRequest, page: EpisodePage, sent: Sent | None = None, form: str = "") -> HttpResponse:
    faults = tuple(sent.faults) if sent else ()
    return show(
        request,
        "therapist/rhythm.html",
        page,
        status=422 if faults else 200,
        rhythm=present_rhythm(page, _last(page, request.GET.get("week", ""))),
        values=sent.values if sent else {},
        faults=faults,
        form=form,
    )


def _last(page: EpisodePage, typed: str) -> date | None:
    """The last day of the week asked for; None for the one the diary has reached."""
    on = read_day(typed) if typed else None
    return on if on is not None and on <= page.on else None
