"""Imprecise dates: kept, read back, said in words and read from words; whatever is typed, nothing raises."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openipt.core.fields.when import Grain, When
from openipt.core.fields.when_typed import find_when, parse_when

TODAY = date(2026, 1, 5)
days = st.dates(date(1882, 1, 1), date(2110, 12, 31))


@st.composite
def whens(draw) -> When:
    """Every date that can be kept, spans among them."""
    grain = draw(st.sampled_from(Grain))
    on = draw(days)
    if grain is Grain.DAY:
        found = When(grain, on.year, on.month, on.day, about=draw(st.booleans()))
    elif grain is Grain.MONTH:
        found = When(grain, on.year, on.month, about=draw(st.booleans()))
    elif grain is Grain.SEASON:
        found = When(grain, on.year, draw(st.sampled_from((3, 6, 9, 12))))
    elif grain is Grain.DECADE:
        found = When(grain, on.year // 10 * 10)
    else:
        found = When(grain, on.year, about=grain is Grain.YEAR and draw(st.booleans()))
    match draw(st.sampled_from(("", "", "ongoing", "until"))):
        case "ongoing":
            return When(found.grain, found.year, found.month, found.day, found.about, ongoing=True)
        case "until":
            end = found.begins[1] + timedelta(days=draw(st.integers(0, 3000)))
            parts = (end.year, end.month, end.day)[: draw(st.integers(1, 3))]
            return When(found.grain, found.year, found.month, found.day, found.about, until=parts)
    return found


@given(whens())
def test_what_is_written_is_read_as_it_was(when):
    assert parse_when(when.words(), today=TODAY).when == when


@given(whens(), st.sampled_from(["lost the job", "moved to Leeds with Anna", "אבא מת", "😀 baby", "x"]))
def test_a_line_gives_its_date_and_its_words(when, text):
    for line in (f"{text}, {when.words()}", f"{when.words()}: {text}"):
        found = find_when(line, today=TODAY)
        assert (found.when, found.rest, found.fault) == (when, text, "")


@given(whens())
def test_what_is_kept_comes_back(when):
    assert When.of_values(when.values()) == when


@given(whens())
def test_bounds_are_ordered_and_hold_the_date(when):
    first, last = when.bounds
    assert first <= when.begins[0] <= when.begins[1] <= last
    assert first <= date(when.year, when.month or 1, when.day or 1) <= last


@given(whens(), whens())
def test_there_is_one_order(one, other):
    assert (one < other) + (other < one) + (one == other) == 1
    if one < other:
        assert one.bounds[0] <= other.bounds[0]


@given(st.text(max_size=700))
def test_no_text_raises(text):
    found = find_when(text, today=TODAY, birth_year=1984)
    assert found.when is None or not found.fault
    parse_when(text, today=TODAY)


PARTS = (
    "in on at since about from to between and or - – / , : . 31 30 29 12 3 February Feb march may 2025 1998 2000"
    " 3000 9999 1996 1997 '90s the early mid late summer winter fall 2019/20 2025-02-31 31/02/2025 12/25/2025"
    " when I was 12 age 130 today yesterday last week ago two years 1990s ish father died 0 00 0000 1880 2120 2121"
)


@given(st.lists(st.sampled_from(PARTS.split()), max_size=14).map(" ".join))
def test_no_line_made_of_parts_of_dates_raises(line):
    found = find_when(line, today=TODAY, birth_year=1984)
    if found.when:
        assert When.of_values(found.when.values()) == found.when


@given(st.dictionaries(st.sampled_from(["date", "precision", "until", "ongoing"]), st.one_of(st.text(), st.integers(), st.booleans(), st.none(), st.sampled_from(["2025", "2025-13", "2025-02-31", "season", "about", "decade"]))))  # fmt: skip
def test_whatever_was_kept_can_be_read(values):
    When.of_values(values)


@pytest.mark.parametrize(
    ("line", "words", "rest"),
    [
        ("lost job, March 2025", "March 2025", "lost job"),
        ("summer 2019 moved to Leeds with Anna", "summer 2019", "moved to Leeds with Anna"),
        ("about 1998: father died", "about 1998", "father died"),
        ("first episode 2008ish", "about 2008", "first episode"),
        ("2019-2021 lived in Leeds", "2019 to 2021", "lived in Leeds"),
        ("between 2001 and 2004 in prison", "2001 to 2004", "in prison"),
        ("Dec 2024 – Feb 2025: no sleep", "December 2024 to February 2025", "no sleep"),
        ("back pain since March 2019", "since March 2019", "back pain"),
        ("back pain, 2019 to now", "since 2019", "back pain"),
        ("when I was 12 my mother left", "1996 or 1997", "my mother left"),
        ("late '90s bullied", "1997 to 1999", "bullied"),
        ("early 2019 burnout", "January 2019 to April 2019", "burnout"),
        ("winter 2019 low", "winter 2019/20", "low"),
        ("argued with Anna yesterday", "4 January 2026", "argued with Anna"),
        ("moved two weeks ago", "about 22 December 2025", "moved"),
        ("3 March fell ill", "3 March 2025", "fell ill"),
        ("ran the march, may be late", "", "ran the march, may be late"),
        ("paid 3000 euro for it", "", "paid 3000 euro for it"),
        ("12.3.2025 quarrel", "12 March 2025", "quarrel"),
        ("lost the job in 2019, March 2025", "March 2025", "lost the job in 2019"),
    ],
)
def test_lines_as_people_type_them(line, words, rest):
    found = find_when(line, today=TODAY, birth_year=1984)
    assert (found.when.words() if found.when else "", found.rest, found.fault) == (words, rest, "")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("31 February 2025 fell", "31 February does not"),
        ("fell, 29 February 2025", "29 February 2025 does not"),
        ("2025-13 x", "There is no month 13"),
        ("12/25/2025 quarrel", "Write 25 December 2025, or 25/12/2025"),
        ("wedding, 3000", "year from 1880 to 2120"),
        ("in the year 3000", "year from 1880 to 2120"),
        ("2021 to 2019 Leeds", "Write the earlier date first"),
        ("summer 2019/20 x", "Only a winter"),
    ],
)
def test_a_date_that_cannot_be_is_refused_with_its_reason(line, reason):
    found = find_when(line, today=TODAY)
    assert found.when is None
    assert reason in found.fault


def test_an_age_asks_for_the_year_of_birth():
    assert "year of birth" in find_when("when she was 12 her mother left", today=TODAY).fault


def test_an_age_is_said_as_one_where_the_year_of_birth_is_known():
    found = find_when("when she was 12 her mother left", today=TODAY, birth_year=1984).when
    assert found and found.words_at_age(1984) == "1996 or 1997, aged 12"
    assert found.words_at_age(None) == "1996 or 1997"


def test_what_was_taken_for_granted_is_said():
    assert "3 December" in find_when("12/03/2025 quarrel", today=TODAY).notes[0]
    assert "13" not in " ".join(find_when("13/03/2025 quarrel", today=TODAY).notes)
    assert "No year" in find_when("3 March fell ill", today=TODAY).notes[0]
    assert "More than one date" in find_when("left 2019, back 2021", today=TODAY).notes[0]


def test_old_records_read_as_they_did():
    for kept, words in (
        ({"date": "2008", "precision": "year"}, "2008"),
        ({"date": "2025-01-15", "precision": "about"}, "about 15 January 2025"),
        ({"date": "2024-11-26"}, "26 November 2024"),
        ({"date": "2025-03-04", "precision": "month"}, "March 2025"),
        ({"date": "2008", "precision": "day"}, "2008"),
        ({"date": "2025-02", "precision": "season"}, "February 2025"),
    ):
        found = When.of_values(kept)
        assert found and found.words() == words
    assert When.of_values({"text": "some day"}) is None


def test_about_reaches_as_far_as_it_says():
    assert When(Grain.YEAR, 1998, about=True).bounds == (date(1997, 1, 1), date(1999, 12, 31))
    assert When(Grain.MONTH, 2025, 3, about=True).bounds == (date(2025, 2, 1), date(2025, 4, 30))
    assert When(Grain.DAY, 2025, 3, 10, about=True).bounds == (date(2025, 3, 3), date(2025, 3, 17))
    assert When(Grain.SEASON, 2019, 12).bounds == (date(2019, 12, 1), date(2020, 2, 29))


@pytest.mark.parametrize(
    "parts",
    [
        (Grain.DAY, 2025, 2, 31),
        (Grain.MONTH, 2025, 13),
        (Grain.SEASON, 2025, 4),
        (Grain.DECADE, 1995),
        (Grain.YEAR, 3000),
        (Grain.YEAR, 2020, 3),
    ],
)
def test_a_date_that_cannot_be_is_never_made(parts):
    with pytest.raises(ValueError):
        When(*parts)
