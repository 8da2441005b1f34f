"""Examples for the style page: invented values that show every component in every state."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from openipt.core.fields.words import Line
from openipt.core.formulation.circle import Marks
from openipt.errors import FieldFault
from openipt.web.drawing.closeness_circle import Circle, Person, circle
from openipt.web.drawing.phase_track import Mark, PhaseTrack, phase_track
from openipt.web.drawing.symptom_line import (
    Band,
    ExpectedCourse,
    Happening,
    Jump,
    PhaseTime,
    Score,
    SymptomLine,
    drawings,
)
from openipt.web.keys import PLACES
from openipt.web.paper.blocks import Block, Paper, flat, items, lines, quote, section, table, words
from openipt.web.shell import AlertLine, EpisodeHeader, Link, episode_rooms

TITLES = {"initial": "Initial phase", "middle": "Middle phase", "ending": "Ending phase"}
TOKENS = (
    *("paper", "paper-raised", "ink", "ink-soft", "line", "teal", "teal-soft", "on-teal"),
    *("clay", "clay-soft", "danger", "danger-soft", "focus"),
)
START = date(2026, 1, 12)


def examples() -> dict[str, Any]:
    """What `public/style.html` needs."""
    track = _track(12, session=6, missed_after=(4,))
    line = _line()
    client_line = SymptomLine("PHQ-9", 0, 27, line.scores, happenings=line.happenings[:1])
    return {
        "header": _header(track),
        "calm_header": _header(_track(12, session=6), alerts=()),
        "tracks": (
            ("Three sessions", _track(3, session=1)),
            ("Twelve, one missed, today the sixth", track),
            ("Sixteen, two missed", _track(16, session=11, missed_after=(3, 8))),
            ("Thirty, four missed", _track(30, session=17, missed_after=(2, 9, 11, 15))),
            ("Twelve, not begun", _track(12, session=0)),
            ("Twelve, all held", _track(12, session=13)),
        ),
        "line": line,
        "line_drawings": drawings(line),
        "client_line": client_line,
        "client_drawings": drawings(client_line),
        "circles": (
            ("Every mark", circle(MARKED, id="marks", safety=True)),
            ("An empty ring, on the client's side", circle(MARKED[:3], id="empty", self_word="You")),
            ("Forty people", _crowd(40)),
            ("Nobody yet", circle((), id="nobody")),
        ),
        "empty_line": SymptomLine("PHQ-9", 0, 27, ()),
        "faults": (
            FieldFault("ended_on", "31 February does not exist. Write a day of the calendar."),
            FieldFault("who", "Choose who was there."),
        ),
        "long": LONG,
        "papers": _papers(),
        "places": PLACES,
        "tokens": TOKENS,
    }


LONG = {
    "title": "Rechtsschutzversicherungsgesellschaftsangestellte",
    "name": "Maria de los Ángeles Fernández-Villanueva y Gutiérrez de la Concepción",
    "hebrew": "שיחה עם אחותי על סוף השבוע",
    "arabic": "تحدثت مع أختي عن عطلة نهاية الأسبوع",
    "links": [(f"#full-{n}", f"Session {n}", "Middle phase, signed") for n in range(1, 13)],
}


def _papers() -> tuple[Paper, ...]:
    """A document to read and a sheet to fill by hand."""
    plan = (
        Line("signs", "Early signs", items=("awake at four", "not answering calls")),
        Line("who", "Who can help", text="Jonas"),
    )
    read = Paper(
        "Plan for staying well",
        "Maya R. · 30 March 2026",
        flat(
            section("What I keep", words("I ask for one evening a week.\n\nI say it before I am angry.")),
            section("In my words", quote("I can feel it coming now.")),
            section("Plan", lines(plan), items(("Call Jonas", "Call the practice"))),
            section("Scores", table("Scores", ("Measure", "First", "Last"), (("PHQ-9", "19", "6"),), (1, 2))),
        ),
        "Made on 30 March 2026 at 11:50.",
        notice="Draft, not agreed yet.",
        signed=("Client", "Therapist"),
    )
    fill = Paper(
        "What happened and how I felt",
        "",
        (
            Block("space", "What happened", note="A few words.", rules=2),
            Block("space", "Mood", items=("0 worst", "1", "2", "3 best")),
            Block("table", "Turns", head=("Who", "What was said"), rows=(("", ""), ("", "")), rules=1),
        ),
        "Keep this sheet where only you can read it.",
    )
    return read, fill


MARKED = (
    Person("a", "Ana", 1, 1, marks=Marks(2, 3)),
    Person("b", "Bento", 2, 1, marks=Marks(1, 1, conflict=True)),
    Person("c", "Grandmother Clara", 3, 3, marks=Marks(1, 0, has_died=True)),
    Person("d", "Dmitri", 4, 2, marks=Marks(0, 0, changed=True)),
    Person("e", "Elif", 5, 3, marks=Marks(1, 0, conflict=True, safety=True)),
    Person("f", "Fatou", 6, 2, marks=Marks(1, 4, conflict=True, changed=True)),
)


def _crowd(count: int) -> Circle:
    people = [Person(str(at), f"Person {at}", at, 1 + at % 3) for at in range(1, count + 1)]
    return circle(people, id="crowd")


def _track(planned: int, *, session: int, missed_after: tuple[int, ...] = ()) -> PhaseTrack:
    """A course of `planned` sessions at `session`; a meeting was missed after each number named."""
    initial = min(3, max(1, planned // 3))
    marks: list[Mark] = []
    for number in range(1, planned + 1):
        phase = "initial" if number <= initial else "ending" if number > planned - initial else "middle"
        state = "held" if number < session else "today" if number == session else "planned"
        marks.append(Mark(state, phase, number))
        if number in missed_after:
            marks.append(Mark("missed", phase))
    return phase_track(marks, session=min(session, planned), planned=planned, titles=TITLES)


def _header(track: PhaseTrack, *, alerts: tuple[AlertLine, ...] | None = None) -> EpisodeHeader:
    open_alerts = (
        AlertLine("PHQ-9 item 9 was answered above 0", "today 08:41", "#alert", detail="Answer: 1."),
        AlertLine("A check-in is overdue", "since 2 March", "#alert", grave=False),
    )
    return EpisodeHeader(
        episode="example",
        client="Maya R.",
        treatment="IPT for depression, weekly",
        phase="Middle phase",
        place="session 6 of 12",
        track=track,
        focus="Role transition: mother of a first child",
        risk="Low, asked 16 Feb",
        risk_tone="quiet",
        score="PHQ-9 13",
        score_on=date(2026, 2, 16),
        change="6 lower than at the start",
        rooms=tuple(Link("#rooms", link.title, link.here) for link in episode_rooms("example", "session")),
        alerts=open_alerts if alerts is None else alerts,
    )


def _line() -> SymptomLine:
    weeks = [START + timedelta(weeks=week) for week in range(12)]
    values = (19, 18, 18, 16, 17, 12, 13, 11)
    bands = (
        Band("minimal", 0, 4),
        Band("mild", 5, 9),
        Band("moderate", 10, 14),
        Band("moderately severe", 15, 19),
        Band("severe", 20, 27),
    )
    return SymptomLine(
        measure="PHQ-9",
        lowest=0,
        highest=27,
        scores=tuple(
            Score(
                weeks[at],
                value,
                at + 1,
                next(band.name for band in bands if band.lowest <= value <= band.highest),
                "one item missing, prorated" if at == 4 else "",
            )
            for at, value in enumerate(values)
        ),
        bands=bands,
        phases=(
            PhaseTime("Initial phase", weeks[0], weeks[3]),
            PhaseTime("Middle phase", weeks[3], weeks[9]),
            PhaseTime("Ending phase", weeks[9], weeks[11]),
        ),
        sessions=tuple(weeks[:8]),
        happenings=(
            Happening(weeks[2] + timedelta(days=3), "Back at work for one day"),
            Happening(weeks[4] + timedelta(days=1), "Quarrel with her mother", attention=True),
            Happening(weeks[6] + timedelta(days=2), "First evening out with Jonas"),
            Happening(weeks[3], "Sertraline 50 mg begun", kind="medication"),
        ),
        expected=(
            ExpectedCourse(
                "expected course (project default)",
                tuple((day, 19 * (1 - 0.5 * at / 11)) for at, day in enumerate(weeks)),
                band=6,
            ),
        ),
        jumps=(Jump(weeks[4], weeks[5], is_gain=True),),
        end=weeks[11],
        today=weeks[8],
    )
