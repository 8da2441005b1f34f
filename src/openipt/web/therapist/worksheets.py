"""The Worksheets room: start one, read those written, and type a talk as fast as it is told."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from openipt.core.fields.check import check_entry
from openipt.core.fields.clean import clean
from openipt.errors import EntryNotValid, NoAccess
from openipt.records.access import Act
from openipt.web.doors import roles
from openipt.web.sent import Sent
from openipt.web.therapist.common import EpisodePage, entry_of, episode_page, say, show
from openipt.web.therapist.presenters_worksheets import (
    TALK,
    present_talk,
    present_worksheets,
    work_address,
)
from openipt.web.therapist.room_parts import add_once

ROOM = "worksheets"
LONGEST_TALK = 50_000
# "C: I said nothing (looked away) [hurt]": who, what was said, tone in round and feeling in square brackets.
LINE = re.compile(r"^\s*(?P<who>[cCoO])\s*[:.\-]\s*(?P<rest>.+)$")
FEELING = re.compile(r"\[([^\]]*)\]")
TONE = re.compile(r"\(([^)]*)\)")


@roles("therapist", "supervisor")
def worksheets(request: HttpRequest, episode_id: UUID) -> HttpResponse:
    page = episode_page(request, episode_id, Act.SEE_EPISODE, room=ROOM)
    return show(request, "therapist/worksheets.html", page, worksheets=present_worksheets(page))


@roles("therapist", "supervisor")
def talk(request: HttpRequest, episode_id: UUID, entry_id: UUID) -> HttpResponse:
    """A communication analysis read as the dialogue it was."""
    page = episode_page(request, episode_id, Act.SEE_EPISODE, room=ROOM)
    entry = entry_of(page, entry_id)
    if entry.record_type != TALK:
        raise NoAccess
    return show(request, "therapist/worksheets_talk.html", page, talk=present_talk(page, entry))


@roles("therapist")
def talk_new(request: HttpRequest, episode_id: UUID) -> HttpResponse:
    """Type the talk line by line; then go on with what was felt, meant and heard."""
    page = episode_page(request, episode_id, Act.WRITE_RECORD, room=ROOM)
    if request.method != "POST":
        return _form(request, page, None)
    sent = Sent(request.POST)
    person = sent.choice("person", page.people_to_pick)
    context = sent.words("context", longest=500)
    turns = read_talk(sent)
    values = _values(page, person, context, turns)
    if not sent.faults:
        _check(page, sent, values)
    if sent.faults:
        return _form(request, page, sent)
    try:
        entry = add_once(page, TALK, values)
    except EntryNotValid as error:
        for fault in error.faults:
            sent.fault("talk", fault.message)
        return _form(request, page, sent)
    entry.episode = page.episode
    say(request, "The talk is kept. Go on with what was felt, meant and heard.")
    return HttpResponseRedirect(work_address(page, entry))


def _values(page: EpisodePage, person: str, context: str, turns: list[dict[str, Any]]) -> dict[str, Any]:
    values = {"other_person_id": person, "context": context, "turns": turns, "date": page.on.isoformat()}
    return clean(page.manual.record_types[TALK], {key: value for key, value in values.items() if value})


def _check(page: EpisodePage, sent: Sent, values: dict[str, Any]) -> None:
    """Faults of the record, at the one field they were typed into."""
    for fault in check_entry(page.manual.record_types[TALK], values, codes=page.codes):
        place = fault.path.split(".")
        line = f"Line {place[1]}: " if place[0] == "turns" and len(place) > 1 else ""
        sent.fault("context" if place[0] == "context" else "talk", f"{line}{fault.message}")


def read_talk(sent: Sent) -> list[dict[str, Any]]:
    """The turns of a talk typed with C: and O: at the beginning of each line. A line without goes on."""
    text = sent.words("talk", required="Write at least one line of the talk.", longest=LONGEST_TALK)
    turns: list[dict[str, Any]] = []
    for number, line in enumerate(text.splitlines(), start=1):
        found = LINE.match(line)
        if found:
            speaker = "client" if found["who"] in "cC" else "other"
            turns.append({"order": len(turns) + 1, "speaker": speaker, **_said(found["rest"])})
        elif line.strip() and turns:
            turns[-1]["said"] = f"{turns[-1]['said']} {line.strip()}".strip()
        elif line.strip():
            sent.fault("talk", f"Line {number}: begin with C: for the client or O: for the other.")
            return []
    return turns


def _said(rest: str) -> dict[str, str]:
    feeling, tone = FEELING.search(rest), TONE.search(rest)
    said = " ".join(TONE.sub("", FEELING.sub("", rest, count=1), count=1).split())
    # A line that is all tone, "O: (left the room)", is said without words.
    parts = {"said": said or (f"({tone[1].strip()})" if tone else "…")}
    if feeling and feeling[1].strip():
        parts["client_felt"] = feeling[1].strip()
    if tone and said and tone[1].strip():
        parts["tone_or_nonverbal"] = tone[1].strip()
    return parts


def _form(request: HttpRequest, page: EpisodePage, sent: Sent | None) -> HttpResponse:
    return show(
        request,
        "therapist/worksheets_talk_new.html",
        page,
        people=tuple(page.people_to_pick.items()),
        values=sent.values if sent else {},
        faults=tuple(sent.faults) if sent else (),
        status=422 if sent else 200,
    )
