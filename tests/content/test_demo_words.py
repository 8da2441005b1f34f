"""The demo's people are people: no two say the same sentence, and the numbers they name are their own."""

from __future__ import annotations

import json
import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from importlib.resources import files as package_files
from itertools import pairwise
from typing import Any

import pytest

from openipt.records.demo import files

FOLDER = package_files("openipt") / "content" / "demo"
SERVICE = files.service()
FILES = [episode.file for episode in SERVICE.episodes]
CODE = re.compile(r"[a-z0-9_-]+|\d{4}-\d\d.*")
NUMBERS_FOR_FICTION = ("phone", "callback_number")
SHORTEST, RUN = 3, 5  # words of a sentence; words in a row that no two may share
ODD_DAYS = [
    date(2028, 2, 29),
    date(2027, 12, 31),
    date(2027, 1, 1),
    *(date(2027, 3, 27) + timedelta(days=n) for n in range(7)),
]


def read(file: str) -> dict[str, Any]:
    return json.loads((FOLDER / file).read_text(encoding="utf-8"))


def texts(value: Any, key: str = "") -> Iterator[str]:
    """Every word a person wrote or said: no ids, codes, days or telephone numbers."""
    if isinstance(value, dict):
        for name, part in value.items():
            yield from texts(part, name)
    elif isinstance(value, list):
        for part in value:
            yield from texts(part, key)
    elif isinstance(value, str) and key not in NUMBERS_FOR_FICTION and not CODE.fullmatch(value):
        yield value


def sentences(value: Any) -> Iterator[tuple[str, ...]]:
    """The sentences of some texts as their words alone: no stop, comma or capital makes two of one."""
    for text in texts(value):
        for sentence in re.split(r"[.!?;:\n“”]+", text):
            words = tuple(re.findall(r"\w+", sentence.lower().replace("’", "").replace("'", "")))
            if len(words) >= SHORTEST:
                yield words


def told_of() -> dict[str, set[tuple[str, ...]]]:
    """What is said of each client: in their file, and in what the service's file adds to it."""
    table = tomllib.loads((FOLDER / "service.toml").read_text(encoding="utf-8"))
    added = {
        row["file"]: [
            row["shown"],
            row.get("plan_reason", ""),
            *(n["text"] for n in row.get("private_note", ())),
        ]
        for row in table["episode"]
    }
    return {file: set(sentences([read(file), *added[file]])) for file in FILES}


def shared(said: dict[str, set[tuple[str, ...]]]) -> dict[str, list[str]]:
    """The words that more than one of them says, and who does."""
    by: dict[str, set[str]] = defaultdict(set)
    for file, all_of_it in said.items():
        for words in all_of_it:
            by[" ".join(words)].add(file)
            for start in range(len(words) - RUN + 1):
                by[" ".join(words[start : start + RUN])].add(file)
    return {words: sorted(who) for words, who in by.items() if len(who) > 1}


def test_no_two_clients_share_a_sentence_or_five_words_in_a_row() -> None:
    assert shared(told_of()) == {}


def test_two_that_share_one_are_found() -> None:
    """The control: one of the sentences of a client, in other dress, in the mouth of another."""
    said = told_of()
    one, other = FILES[:2]
    words = max(said[one], key=len)
    again = set(sentences(f"So it was. {' '.join(words).upper()}, again!"))
    assert set(shared({one: said[one], other: said[other] | again})) >= {" ".join(words[:RUN])}


def test_every_file_in_the_folder_is_an_episode_of_the_service() -> None:
    assert sorted(FILES) == sorted(path.name for path in FOLDER.iterdir() if path.name.endswith(".json"))


# -- numbers ---------------------------------------------------------------------------------------------


def totals(told: dict[str, Any], measure: str) -> dict[int, int]:
    """The sum of the answers to one measure, by session."""
    rows = [a for a in told["answers"] if a["measure"] == measure and a.get("items") and a.get("session")]
    return {row["session"]: sum(row["items"]) for row in rows}


@pytest.mark.parametrize("file", FILES)
def test_a_total_is_the_sum_of_its_items(file: str) -> None:
    for row in read(file)["answers"]:
        if row.get("items") and row.get("total") is not None:
            assert sum(row["items"]) == row["total"], row


@pytest.mark.parametrize("file", FILES)
def test_the_score_a_session_opens_with_is_the_one_that_was_answered(file: str) -> None:
    told = read(file)
    sums = totals(told, "ms_phq9")
    for row in told["entries"]:
        named = [int(number) for number in re.findall(r"\d+", row["values"].get("opening", ""))]
        if row["record"] == "rec_session" and named:
            assert sums[row["session"]] in named, row["values"]["opening"]


@pytest.mark.parametrize("file", FILES)
def test_reviews_and_outcomes_say_what_was_answered(file: str) -> None:
    told = read(file)
    for row in told["entries"]:
        values, session = row["values"], row.get("session")
        if row["record"] == "rec_review":
            asked = {measure: totals(told, measure)[session] for measure in values["scores"]}
            assert values["scores"] == asked
        if row["record"] == "rec_outcome":
            sums = totals(told, values["measure"])
            assert (values["start"], values["end"]) == (sums[1], sums[session])
            assert values["change"] == values["end"] - values["start"]


@pytest.mark.parametrize("file", FILES)
def test_no_score_leaps_from_one_session_to_the_next(file: str) -> None:
    """Less than the reliable change of the PHQ-9 in a week (ipt.md 10.3): nobody is well overnight."""
    sums = totals(read(file), "ms_phq9")
    assert all(abs(after - before) < 6 for before, after in pairwise(sums.values()))


# -- the days --------------------------------------------------------------------------------------------


def meetings(file: str, today: date) -> list[dict[str, Any]]:
    planned = next(episode for episode in SERVICE.episodes if episode.file == file)
    return planned.told(read(file)["meetings"], today)


@pytest.mark.parametrize("today", ODD_DAYS, ids=str)
def test_every_therapist_has_a_session_on_whatever_day_it_is_laid(today: date) -> None:
    with_one = {
        episode.therapist
        for episode in SERVICE.episodes
        if any(
            m["on"] == today.isoformat() and m["attendance"] == "planned"
            for m in meetings(episode.file, today)
        )
    }
    assert with_one == {person.username for person in SERVICE.of_role("therapist")}


@pytest.mark.parametrize("today", ODD_DAYS[-7:], ids=str)
def test_what_was_on_a_sunday_stays_on_a_sunday(today: date) -> None:
    """The words name days of the week, so what lies back is moved by whole weeks; the order of things stays."""
    for file in FILES:
        before = [date.fromisoformat(m["on"]) for m in read(file)["meetings"] if m["attendance"] != "planned"]
        after = [date.fromisoformat(m["on"]) for m in meetings(file, today)]
        assert [day.weekday() for day in before] == [day.weekday() for day in after[: len(before)]]
        assert after == sorted(after)
        assert all(day < today for day in after[: len(before)])


def test_one_course_ends_within_a_week() -> None:
    today = date(2027, 3, 28)
    week = [(today + timedelta(days=n)).isoformat() for n in range(1, 8)]
    last = {
        file: max(m["on"] for m in rows)
        for file in FILES
        if (rows := [m for m in meetings(file, today) if m["attendance"] == "planned"])
    }
    with_plan = [f for f in last if any(row["record"] == "rec_relapse_plan" for row in read(f)["entries"])]
    assert [file for file in with_plan if last[file] in week] == ["rt-midwife-abroad.json"]


def test_eight_clients_or_more_have_four_signed_sessions_or_more() -> None:
    signed = [sum(1 for m in read(file)["meetings"] if m.get("signed") and m["number"]) for file in FILES]
    assert sum(count >= 4 for count in signed) >= 8


def test_the_service_is_whole() -> None:
    roles = [person.role for person in SERVICE.people]
    assert roles.count("therapist") == 3
    assert {"supervisor", "manager", "administrator"} < set(roles)
    assert len(SERVICE.episodes) >= 14
    assert {pair.therapist for pair in SERVICE.supervisions} == {
        p.username for p in SERVICE.of_role("therapist")
    }


def test_every_problem_area_is_the_focus_of_somebody() -> None:
    areas = {
        area
        for file in FILES
        for row in read(file)["entries"]
        if row["record"] == "rec_formulation"
        for area in row["values"]["problem_area"]
    }
    assert areas == {"grief", "role_dispute", "role_transition", "interpersonal_sensitivity"}
