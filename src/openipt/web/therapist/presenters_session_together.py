"""The screen turned to the client: what client and therapist look at together.

Everything here is made from what a client may see: plain titles, the client's words, no level of risk,
no alert, no private note, no band of a score. The page has no staff header, so nothing staff-only can
slip in with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from openipt.core.course import known
from openipt.core.course.scores import PHQ9, answers_of, total_of
from openipt.core.fields.words import Line, in_words
from openipt.core.manual.model import Area
from openipt.core.manual.names import PHASES_AFTER
from openipt.core.measures.definitions import Measure
from openipt.records.access import Act
from openipt.web.circle_standing import people_of
from openipt.web.drawing.closeness_circle import Circle, circle
from openipt.web.drawing.phase_track import PhaseTrack
from openipt.web.drawing.symptom_line import Drawing, Score, SymptomLine, drawings
from openipt.web.jinja import plural
from openipt.web.meeting_words import kind_name, meeting_title, title_in_course
from openipt.web.shown_line import (
    EXPECTED,
    EXPECTED_NOTE,
    ITEMS,
    ITEMS_NOTE,
    SHOWN,
    ItemSeries,
    expected_for_client,
    item_series,
    parts_on,
)
from openipt.web.therapist.presenters_circle import standing_now
from openipt.web.therapist.presenters_header import present_track
from openipt.web.therapist.session_room import Room

RINGS = ((1, "Closest"), (2, "Close"), (3, "Further away"))
NOT_A_WORKSHEET = frozenset(
    {"rec_session", "rec_quote", "rec_action_plan", "rec_formulation", "rec_contract", "rec_closeness_circle",
     "rec_inventory_person", "rec_consent", "rec_safety_plan", "rec_measure", "rec_outcome", "rec_discharge",
     "rec_line_shown"}
)  # fmt: skip


@dataclass(frozen=True)
class Ring:
    """One ring of the circle with the people in it."""

    title: str
    people: tuple[str, ...]


@dataclass(frozen=True)
class Worksheet:
    """Something written together today."""

    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class More:
    """Something more of the line that can be looked at together."""

    part: str
    title: str
    shown: bool


@dataclass(frozen=True)
class Together:
    """Everything on the turned screen."""

    title: str
    where: str
    track: PhaseTrack
    focus: tuple[str, ...]
    formulation: str
    goals: tuple[str, ...]
    rings: tuple[Ring, ...]
    circle: Circle | None
    draw_address: str
    line: SymptomLine
    drawings: tuple[Drawing, ...]
    more: tuple[More, ...]
    series: ItemSeries | None
    line_note: str
    worksheets: tuple[Worksheet, ...]
    step: tuple[Line, ...]
    words: tuple[str, ...]
    back: str


def present_together(room: Room) -> Together:
    parts = shown_parts(room)
    line = client_line(room, parts)
    series = item_series(_main(room), room.course, room.episode.client.language) if ITEMS in parts else None
    formulation = known.agreed_formulation(room.course)
    values = formulation.values if formulation else {}
    paragraph = formulation_in_words(room, values) if formulation else ""
    goals = tuple(known.words(values.get("goals")))
    return Together(
        title=_title(room),
        where=_where(room),
        track=present_track(room.page),
        focus=tuple(_plain(room.manual.areas[area]) for area in known.focus(room.course) if area in room.manual.areas),
        formulation=paragraph,
        goals=tuple(goal for goal in goals if goal not in paragraph),
        rings=rings(room),
        circle=circle_for_client(room),
        draw_address=_draw_address(room),
        line=line,
        drawings=drawings(line),
        more=_more(room, parts) if room.may_write else (),
        series=series,
        line_note=" ".join(filter(None, (EXPECTED_NOTE if line.expected else "", ITEMS_NOTE if series else ""))),
        worksheets=_worksheets(room),
        step=_step(room),
        words=tuple(str(e.payload["words"]) for e in room.entries if e.record_type == "rec_quote" and e.payload.get("words")),
        back=room.address(),
    )  # fmt: skip


def _title(room: Room) -> str:
    if room.kind:
        return kind_name(room.manual, room.kind, room.of_kind)
    if room.guide.phase in PHASES_AFTER:
        return title_in_course(room.manual, room.course, room.number, room.guide.phase)
    if room.number:
        return f"Meeting {room.number}"
    return meeting_title(0, room.before_phase) if room.before_phase else "Our first meeting"


def _where(room: Room) -> str:
    left = room.guide.remaining_after
    if room.kind:
        return room.guide.remaining_words
    if room.number == 0:
        return f"We plan {plural(room.guide.planned_sessions, 'meeting')} together."
    if room.guide.phase in PHASES_AFTER:
        return "We meet again after the end, to look at how it is."
    rest = "This is our last one." if left == 0 else f"After today we have {plural(left, 'meeting')} more."
    return f"This is meeting {room.number} of {room.guide.planned_sessions}. {rest}"


def _plain(area: Area) -> str:
    return area.plain_title or area.title


def formulation_in_words(room: Room, values: Mapping[str, Any]) -> str:
    """The paragraph of the manual with the agreed words in it; a gap where a word is still missing."""
    areas = [room.manual.areas[a] for a in known.words(values.get("problem_area")) if a in room.manual.areas]
    said = {
        "name": values.get("name"),
        "disorder": values.get("disorder"),
        "onset": values.get("onset"),
        "event": values.get("event"),
        "person": values.get("person"),
        "event_area": values.get("event_area"),
        "N": values.get("N") or room.guide.planned_sessions,
        "problem_area": " and ".join(_plain(area).lower() for area in areas),
        "goals": "; ".join(known.words(values.get("goals"))),
    }
    if not all(said[key] for key in ("disorder", "event", "problem_area")):
        return str(values.get("event") or "")
    words = {key: str(value) if value else "…" for key, value in said.items()}
    return " ".join(room.manual.formulation.format_map(words).split())


def circle_for_client(room: Room) -> Circle | None:
    """The circle as it stands, for a screen the client sees: nothing of safety is in it."""
    people = [one for one in people_of(room.page, standing_now(room.page).places) if one.ring is not None]
    return circle(people, safety=False, self_word="You") if people else None


def _draw_address(room: Room) -> str:
    """Where the circle is drawn together, coming back to this screen; "" for somebody who only reads."""
    if not room.page.may(Act.WRITE_RECORD):
        return ""
    return f"{room.page.address('people/circle/together/')}?{urlencode({'next': room.address('together/')})}"


def rings(room: Room) -> tuple[Ring, ...]:
    """The same in words."""
    places = standing_now(room.page).places
    placed = [one for one in people_of(room.page, places) if one.ring is not None]
    return tuple(
        Ring(title, tuple(one.label for one in placed if one.ring == ring)) for ring, title in RINGS if placed
    )


def shown_parts(room: Room) -> frozenset[str]:
    """What of the line is being looked at together in this session: shown on its day."""
    return parts_on(room.page.entries(SHOWN), room.session.held_on)


def _main(room: Room) -> Measure:
    return room.manual.measure_list[PHQ9]


def _more(room: Room, parts: frozenset[str]) -> tuple[More, ...]:
    """What there is to show beside the numbers: each by a press, and kept as a record."""
    offers = [(ITEMS, "Look at the answers, question by question")]
    if expected_for_client(room.manual, room.course, room.day):
        offers.insert(0, (EXPECTED, "Look at what may be expected"))
    return tuple(More(part, title, part in parts) for part, title in offers)


def client_line(room: Room, parts: frozenset[str] = frozenset()) -> SymptomLine:
    """The client's own line: scores by day, no bands; what may be expected only where that is shown together."""
    measure = _main(room)
    scores = tuple(
        Score(answers.on, total)
        for answers in answers_of(room.course, PHQ9)
        if answers.finished and (total := total_of(room.manual, answers)) is not None
    )
    expected = expected_for_client(room.manual, room.course, room.day) if EXPECTED in parts else ()
    return SymptomLine(
        "How low you have felt", measure.lowest or 0, measure.highest or 27, scores, expected=expected
    )


def _worksheets(room: Room) -> tuple[Worksheet, ...]:
    found = []
    for entry in room.entries:
        kind = room.manual.record_types[entry.record_type]
        if "client" in kind.seen_by and kind.id not in NOT_A_WORKSHEET and not kind.never_on_client_device:
            lines = _lines(room, entry.record_type, entry.payload)
            found += [Worksheet(kind.plain_title, lines)] if lines else []
    return tuple(found)


def _lines(room: Room, record: str, values: Mapping[str, Any]) -> tuple[Line, ...]:
    kind = room.manual.record_types[record]
    return in_words(kind, values, people=room.page.people, codes=room.page.codes, role="client")


def _step(room: Room) -> tuple[Line, ...]:
    own = [entry for entry in room.own_entries if entry.record_type == "rec_action_plan"]
    if own:
        return _lines(room, "rec_action_plan", own[-1].payload)
    return ()
