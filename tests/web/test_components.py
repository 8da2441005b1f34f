"""The drawings say what is so, in place and in words; the components stand in every state."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as some

from openipt.web import style_guide
from openipt.web.drawing.phase_track import EDGE, WIDTH, Mark, phase_track
from openipt.web.drawing.symptom_line import (
    NARROW,
    WIDE,
    Band,
    ExpectedCourse,
    Happening,
    PhaseTime,
    Score,
    SymptomLine,
    draw,
)

TITLES = {"initial": "Initial phase", "middle": "Middle phase", "ending": "Ending phase"}
MONDAY = date(2026, 1, 5)


def course_of(planned: int, today: int, missed: int = 0) -> list[Mark]:
    marks = []
    for number in range(1, planned + 1):
        phase = "initial" if number <= 1 else "ending" if number == planned else "middle"
        marks.append(
            Mark("held" if number < today else "today" if number == today else "planned", phase, number)
        )
        if number <= missed:
            marks.append(Mark("missed", phase))
    return marks


@given(planned=some.integers(3, 30), data=some.data())
def test_the_end_is_always_in_view(planned: int, data: some.DataObject) -> None:
    today, missed = data.draw(some.integers(1, planned)), data.draw(some.integers(0, 6))
    marks = course_of(planned, today, missed)
    track = phase_track(marks, session=today, planned=planned, titles=TITLES)
    assert len(track.dots) == len(marks)
    assert track.dots[-1].x + track.dots[-1].radius <= WIDTH
    assert track.dots[0].x >= EDGE
    assert track.width <= WIDTH + 0.1


@given(planned=some.integers(3, 30), today=some.integers(1, 30))
def test_dots_never_lie_on_one_another(planned: int, today: int) -> None:
    dots = phase_track(
        course_of(planned, min(today, planned), 4), session=1, planned=planned, titles=TITLES
    ).dots
    assert all(
        right.x - left.x >= left.radius + right.radius - 0.2
        for left, right in zip(dots, dots[1:], strict=False)
    )


def test_the_track_says_itself_in_words() -> None:
    marks = [
        Mark("held", "initial", 1),
        Mark("missed", "initial", on="12 Jan"),
        Mark("today", "middle", 2),
        Mark("planned", "ending", 3),
    ]
    track = phase_track(marks, session=2, planned=3, titles=TITLES)
    assert track.words == (
        "Session 2 of 3. Initial phase: 1 held, 1 missed. Middle phase: one today. Ending phase: 1 to come."
    )
    assert [dot.words for dot in track.dots][1] == "Meeting: missed, 12 Jan"
    assert [span.current for span in track.spans] == [False, True, False]


def test_missed_ones_are_smaller_and_todays_is_larger() -> None:
    dots = phase_track(style_guide_marks(), session=2, planned=3, titles=TITLES).dots
    held, missed, today, planned = (dot.radius for dot in dots)
    assert missed < held == planned < today


def style_guide_marks() -> list[Mark]:
    return [
        Mark("held", "initial", 1),
        Mark("missed", "initial"),
        Mark("today", "middle", 2),
        Mark("planned", "ending", 3),
    ]


def test_a_track_of_nothing_stands() -> None:
    assert phase_track([], session=0, planned=12, titles={}).words == "Before session 1 of 12."


def line_of(*values: float, **more: object) -> SymptomLine:
    scores = tuple(Score(MONDAY + timedelta(weeks=at), value, at + 1) for at, value in enumerate(values))
    return SymptomLine("PHQ-9", 0, 27, scores, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("shape", [WIDE, NARROW], ids=["wide", "narrow"])
@given(values=some.lists(some.integers(0, 27), min_size=1, max_size=30))
def test_every_score_stands_inside_and_higher_means_higher(shape, values: list[int]) -> None:
    points = draw(line_of(*values), shape).points
    assert len(points) == len(values)
    for point in points:
        assert shape.left <= point.x <= shape.width - shape.right
        assert shape.top <= point.y <= shape.height - shape.bottom
    for (value, point), (other, another) in zip(
        zip(values, points, strict=True), list(zip(values, points, strict=True))[1:], strict=False
    ):
        assert (value < other) == (point.y > another.y)
        assert point.x < another.x


def test_bands_cover_the_paper_without_gap_or_overlap() -> None:
    bands = (Band("minimal", 0, 4), Band("mild", 5, 9), Band("rest", 10, 27))
    fields = draw(line_of(3, bands=bands), WIDE).bands
    assert fields[0].y + fields[0].height == WIDE.height - WIDE.bottom
    assert fields[-1].y == WIDE.top
    for below, above in zip(fields, fields[1:], strict=False):
        assert abs(above.y + above.height - below.y) < 0.11


def test_a_point_says_day_session_score_band_and_note() -> None:
    score = Score(MONDAY, 13, 6, "moderate", "one item missing, prorated")
    point = draw(SymptomLine("PHQ-9", 0, 27, (score,)), WIDE).points[0]
    assert point.words == (
        "5 Jan 2026, session 6: PHQ-9 13 of 27 points, moderate, one item missing, prorated"
    )
    assert point.flagged


def test_events_that_fall_together_are_moved_apart_and_keep_their_order() -> None:
    happenings = tuple(Happening(MONDAY + timedelta(days=at), f"event {at}") for at in (1, 0, 1))
    drawing = draw(line_of(9, 8, 7, happenings=happenings), WIDE)
    assert [event.number for event in drawing.events] == [1, 2, 3]
    assert drawing.events[0].words == "5 Jan 2026: event 0"
    marks = drawing.lanes[0].marks
    assert all(right.x - left.x >= 20 for left, right in zip(marks, marks[1:], strict=False))


def test_the_ribbon_is_drawn_for_those_who_are_given_it() -> None:
    days = tuple((MONDAY + timedelta(weeks=at), 10.0 - at) for at in range(3))
    expected = (ExpectedCourse("expected", days, band=6),)
    assert draw(line_of(9, 8, 7, expected=expected), WIDE).ribbon.endswith("Z")
    assert draw(line_of(9, 8, 7), WIDE).ribbon == ""


def test_phase_names_are_shortened_where_there_is_no_room() -> None:
    phases = (
        PhaseTime("Middle phase", MONDAY, MONDAY + timedelta(weeks=10)),
        PhaseTime("Ending phase", MONDAY + timedelta(weeks=10), MONDAY + timedelta(weeks=10, days=2)),
    )
    names = [phase.label.words for phase in draw(line_of(9, phases=phases), NARROW).phases]
    assert names == ["Middle phase", ""]


def test_the_axis_has_whole_numbers_without_bands() -> None:
    assert [tick.words for tick in draw(line_of(9), WIDE).values] == ["0", "9", "18", "27"]


# The style page shows all of it


@pytest.fixture
def page() -> str:
    return Client(SERVER_NAME="localhost").get("/style/").content.decode()


@pytest.mark.django_db
def test_the_style_page_stands_without_repeated_ids(page: str) -> None:
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids))


@pytest.mark.django_db
def test_every_described_or_labelled_field_finds_its_words(page: str) -> None:
    ids = set(re.findall(r'\sid="([^"]+)"', page))
    named = re.findall(r'(?:for|aria-describedby|aria-labelledby)="([^"]+)"', page)
    assert {one for names in named for one in names.split()} <= ids
    assert set(re.findall(r'<a href="#(f-[^"]+)"', page)) <= ids


@pytest.mark.django_db
def test_drawings_carry_presentation_attributes_only(page: str) -> None:
    assert "style=" not in page
    assert page.count("<svg") == page.count("</svg>")


@pytest.mark.django_db
def test_the_line_has_its_table(page: str) -> None:
    line = style_guide.examples()["line"]
    table = page[page.index("The same as a table") :]
    for score in line.scores:
        assert f'<td class="cell-number">{score.value:g}</td>' in table
