"""Worksheets by technique: what each is for, those written, and a talk as the dialogue it was."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from openipt.core.course import known
from openipt.core.course.locks import LOCKED_FIELDS, InLife, lock_faults
from openipt.core.fields.words import Line
from openipt.core.manual.model import Technique
from openipt.records.models import Entry
from openipt.web.sheet_pictures import Picture, picture_of
from openipt.web.sheet_told import told_by
from openipt.web.therapist.common import EpisodePage
from openipt.web.therapist.presenters_records import EntryLine, entry_line, lines_of
from openipt.web.therapist.presenters_sheets import turned_address, writing_address
from openipt.web.therapist.room_parts import edit_address, may_write, new_address

TALK = "rec_communication_analysis"
# Records a technique fills that have a room of their own, or are part of a session.
ELSEWHERE = frozenset(
    {
        "rec_session",
        "rec_closeness_circle",
        "rec_alliance",
        "rec_symptom_review",
        "rec_rhythm_day",
        "rec_inventory_person",
    }
)
LAST_FOUR, TREND_FROM = 4, 3  # ipt.md 8.2: the mean over the last four analyses; a trend from the third on
SAID_IN_DIALOGUE = ("turns", "date", "session", "break_point", "id")
NEARLY_THE_SAME = 0.25  # project default: a mean that moves by less than this is called unchanged


@dataclass(frozen=True)
class WorksheetView:
    """One worksheet: the techniques it serves, and those written, the newest first."""

    record: str
    title: str
    plain_title: str
    purpose: str
    techniques: tuple[str, ...]
    cautions: tuple[str, ...]
    warned: tuple[str, ...]
    steps: tuple[str, ...]
    entries: tuple[EntryLine, ...]
    new_address: str
    locked: bool
    of_focus: bool
    picture: Picture | None = None
    turned_address: str = ""
    writing_address: str = ""


@dataclass(frozen=True)
class StyleLine:
    """How much of one style the client showed: the mean of the last analyses, and which way it goes."""

    name: str
    mean: str
    trend: str


@dataclass(frozen=True)
class WorksheetsPage:
    """The Worksheets room. `shared` is what the client wrote and chose to show."""

    focus: tuple[WorksheetView, ...]
    others: tuple[WorksheetView, ...]
    shared: tuple[EntryLine, ...]
    styles: tuple[StyleLine, ...]
    analyses: int
    talk_address: str


@dataclass(frozen=True)
class Turn:
    """One thing said, with what lay beneath it."""

    number: int
    speaker: str
    by_client: bool
    said: str
    tone: str
    beneath: tuple[tuple[str, str], ...]
    is_break: bool


@dataclass(frozen=True)
class TalkView:
    """A communication analysis as the dialogue it was."""

    title: str
    on: date
    turns: tuple[Turn, ...]
    rest: tuple[Line, ...]
    break_point: int | None
    address: str
    edit_address: str


def present_worksheets(page: EpisodePage) -> WorksheetsPage:
    of_focus = _records_of_focus(page)
    techniques = _techniques_by_record(page, of_focus)
    drawn = [kind.id for kind in page.manual.record_types.values() if kind.sheet and kind.sheet.picture]
    written = _written(page, {*techniques, *drawn, TALK})
    for record in drawn:  # what is drawn shows whatever the focus is
        if record in written:
            techniques.setdefault(record, [])
    views = tuple(
        _view(page, record, serves, written.get(record, []), of_focus=record in of_focus)
        for record, serves in techniques.items()
    )
    sheets = [entry for view in views for entry in written.get(view.record, ())]
    shared = [entry_line(page, entry) for entry in sheets if entry.by_role == "client"]
    analyses = written.get(TALK, [])
    return WorksheetsPage(
        focus=tuple(view for view in views if view.of_focus),
        others=tuple(view for view in views if not view.of_focus),
        shared=tuple(sorted(shared, key=lambda line: line.on, reverse=True)),
        styles=style_lines(page, analyses),
        analyses=len(analyses),
        talk_address=page.address("worksheets/talk/") if new_address(page, TALK) else "",
    )


def _techniques_by_record(page: EpisodePage, of_focus: frozenset[str]) -> dict[str, list[Technique]]:
    """Every record a technique fills, a focus area names or a client writes between sessions."""
    found: dict[str, list[Technique]] = {}
    for technique in page.manual.techniques.values():
        for record in (technique.record, *technique.also_records):
            if record in page.manual.record_types and record not in ELSEWHERE:
                found.setdefault(record, []).append(technique)
    for record in (*of_focus, *_records_of_the_middle(page)):
        if record in page.manual.record_types and record not in ELSEWHERE:
            found.setdefault(record, [])
    return found


def _written(page: EpisodePage, records: Iterable[str]) -> dict[str, list[Entry]]:
    """What was written of these records. No other is opened: a diary of two years has a room of its own."""
    kinds = tuple(sorted(records))
    page.read(*kinds)
    return {kind: rows for kind in kinds if (rows := page.entries(kind))}


def _records_of_focus(page: EpisodePage) -> frozenset[str]:
    areas = [page.manual.areas[area] for area in known.focus(page.course) if area in page.manual.areas]
    by_technique = (page.manual.techniques[t].record for area in areas for t in area.techniques)
    return frozenset([*(record for area in areas for record in area.records), *by_technique])


def _records_of_the_middle(page: EpisodePage) -> tuple[str, ...]:
    """What the tasks of this adaptation have a client write between sessions."""
    kinds = (page.manual.record_types[task.record] for task in page.manual.tasks)
    return tuple(kind.id for kind in kinds if kind.client_may_write and kind.group == "middle")


def _view(
    page: EpisodePage, record: str, techniques: list[Technique], written: list[Entry], *, of_focus: bool
) -> WorksheetView:
    kind = page.manual.record_types[record]
    opens = partial(edit_address, page)
    return WorksheetView(
        record=record,
        title=kind.title,
        plain_title=kind.plain_title,
        purpose=techniques[0].purpose if techniques else kind.help,
        techniques=tuple(technique.name for technique in techniques),
        cautions=tuple(dict.fromkeys(c for technique in techniques for c in technique.cautions)),
        warned=tuple(caution.text for caution in kind.cautions),
        steps=techniques[0].steps if techniques else (),
        entries=tuple(_line(page, entry) for entry in reversed(written)),
        new_address=new_address(page, record),
        locked=record in LOCKED_FIELDS and bool(known.danger(page.course).grounds),
        of_focus=of_focus,
        picture=picture_of(kind, told_by(written, opens), page.manual, page.people),
        turned_address=turned_address(page, kind) if written else "",
        writing_address=writing_address(page, kind),
    )


def _line(page: EpisodePage, entry: Entry) -> EntryLine:
    """A talk opens as a dialogue, everything else as its record."""
    line = entry_line(page, entry)
    if entry.record_type != TALK:
        return line
    return EntryLine(
        address=page.address(f"worksheets/talk/{entry.pk}/"),
        title=line.title,
        gist=line.gist,
        on=line.on,
        session=line.session,
        state=line.state,
        by_client=line.by_client,
    )


# -- styles ------------------------------------------------------------------------------------------


def style_lines(page: EpisodePage, analyses: list[Entry]) -> tuple[StyleLine, ...]:
    """The client's styles: mean over the last four analyses, with a trend from the third (8.2)."""
    rated = [ratings for entry in analyses if (ratings := _ratings(entry.visible))]
    last, before = rated[-LAST_FOUR:], rated[:-1][-LAST_FOUR:]
    seen = dict.fromkeys(style for ratings in last for style, rating in ratings.items() if rating)
    lines = []
    for style in seen:
        mean = _mean(last, style)
        trend = _trend(_mean(before, style), mean) if len(rated) >= TREND_FROM else ""
        lines.append(StyleLine(page.codes["styles"].get(style, style), f"{mean:.1f}", trend))
    return tuple(lines)


def _ratings(values: Mapping[str, Any]) -> dict[str, int]:
    rows = values.get("styles_client") or ()
    return {str(row.get("id")): row["rating"] for row in rows if isinstance(row.get("rating"), int)}


def _mean(ratings: list[dict[str, int]], style: str) -> float:
    """The mean over these analyses; a style that was not marked in one counts 0 there."""
    return sum(one.get(style, 0) for one in ratings) / len(ratings)


def _trend(before: float, now: float) -> str:
    if abs(now - before) < NEARLY_THE_SAME:
        return "unchanged"
    return "more than before" if now > before else "less than before"


# -- one talk ----------------------------------------------------------------------------------------


def present_talk(page: EpisodePage, entry: Entry, sent: Mapping[str, Any] | None = None) -> TalkView:
    """The talk as it was kept, or as it was just sent."""
    values = entry.visible if sent is None else sent
    kind = page.manual.record_types[TALK]
    code = str(values.get("other_person_id") or "")
    other = page.people.get(code, code) or "The other"
    broke = values.get("break_point")
    return TalkView(
        title=f"A talk with {other}" if code else "A talk, line by line",
        on=entry.on,
        turns=tuple(
            _turn(row, number, other, broke) for number, row in enumerate(values.get("turns") or (), start=1)
        ),
        rest=lines_of(page, kind, {key: v for key, v in values.items() if key not in SAID_IN_DIALOGUE}),
        break_point=broke if isinstance(broke, int) else None,
        address=page.address(f"records/{entry.pk}/"),
        edit_address=work_address(page, entry),
    )


def work_address(page: EpisodePage, entry: Entry) -> str:
    """Where a talk is gone on with: line by line while it may change, else as its record."""
    closed = (entry.session is not None and entry.session.is_signed) or entry.by_role == "client"
    if closed or not may_write(page, TALK):
        return edit_address(page, entry)
    return page.address(f"worksheets/talk/{entry.pk}/work/")


@dataclass(frozen=True)
class StyleChoice:
    """One style of 8.1 with its markers, and how much each of the two shows it (0 to 2)."""

    id: str
    name: str
    markers: str
    answer: str
    client: str
    other: str

    @property
    def is_seen(self) -> bool:
        return bool(self.client or self.other)


def style_choices(page: EpisodePage, values: Mapping[str, Any]) -> tuple[StyleChoice, ...]:
    rated = {who: _rated(values.get(f"styles_{who}")) for who in ("client", "other")}
    return tuple(
        StyleChoice(
            style.id, style.name, style.markers, style.answer, rated["client"].get(style.id, ""),
            rated["other"].get(style.id, ""),
        )
        for style in page.manual.styles.values()
    )  # fmt: skip


def _rated(rows: Any) -> dict[str, str]:
    return {
        str(row.get("id")): str(row["rating"]) for row in rows or () if isinstance(row.get("rating"), int)
    }


def styles_sent(page: EpisodePage, post: Mapping[str, str], who: str) -> list[dict[str, Any]]:
    """The styles marked for one speaker, in the order of 8.1; one that was not marked is left out."""
    sent = {style: post.get(f"style-{who}-{style}", "") for style in page.manual.styles}
    return [{"id": style, "rating": int(value)} for style, value in sent.items() if value in ("0", "1", "2")]


def why_locked(page: EpisodePage, values: Mapping[str, Any]) -> str:
    """Why other words and rehearsal wait (DR-06), and the way on; "" where they do not."""
    tried = {**values, "alternatives": [{"line": "…"}]}
    people = {
        code: InLife(label, page.relations.get(code, "")) for code, label in page.people_to_pick.items()
    }
    faults = lock_faults(TALK, tried, None, known.danger(page.course), people)
    return faults[0].message if faults else ""


BENEATH = (
    ("client_felt", "Felt"),
    ("client_intended", "Wanted to be understood"),
    ("other_heard", "Probably heard"),
    ("client_understood", "The client heard"),
)


def _turn(row: Mapping[str, Any], number: int, other: str, broke: Any) -> Turn:
    by_client = row.get("speaker") != "other"
    beneath = [(label, str(row[key])) for key, label in BENEATH if row.get(key)]
    if row.get("checked") is not None:
        beneath.append(("Checked by asking", "yes" if row["checked"] else "no"))
    return Turn(
        number=number,
        speaker="Client" if by_client else other,
        by_client=by_client,
        said=str(row.get("said") or ""),
        tone=str(row.get("tone_or_nonverbal") or ""),
        beneath=tuple(beneath),
        is_break=broke == number,
    )
