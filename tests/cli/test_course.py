"""`openipt course status` answers from a file, without a database."""

from __future__ import annotations

import json
from datetime import date

import pytest

from openipt import library
from openipt.cli.main import main
from openipt.core.course.status import course_status
from openipt.core.portable.cases import from_case
from openipt.core.portable.episode_file import to_file
from tests.shared_data import shared

KEYS = [
    "status",
    "phase",
    "session_number",
    "planned_sessions",
    "remaining",
    "other_meetings",
    "due",
    "done",
    "overdue",
    "not_applicable",
    "measures_due",
    "transitions",
    "rules",
    "exit_criteria",
]


def path():
    return shared("cases") / "gr-missed-call.json"


def episode():
    return from_case(json.loads(path().read_text(encoding="utf-8")), record_types=library.record_types())


def test_json_holds_what_the_engine_says(capsys):
    assert main(["course", "status", str(path()), "--on", "2025-11-03", "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert list(printed) == KEYS
    assert (
        printed == course_status(library.manual("ipt_acute"), episode().course(), date(2025, 11, 3)).as_json()
    )
    rules = {rule["id"]: rule for rule in printed["rules"]}
    assert rules["DR-01"]["state"] == "fired"
    assert set(rules["DR-01"]) == {"id", "state", "severity", "inputs", "why"}


def test_both_formats_give_the_same_answer(tmp_path, capsys):
    ours = tmp_path / "episode.json"
    ours.write_text(json.dumps(to_file(episode())), encoding="utf-8")
    for day in ("2025-09-01", "2025-10-06", "2025-11-17", "2025-12-22", "2026-03-01"):
        main(["course", "status", str(path()), "--on", day, "--json"])
        main(["course", "status", str(ours), "--on", day, "--json"])
        theirs, mine = capsys.readouterr().out.split("\n}\n")[:2]
        assert theirs == mine


def test_words_for_people(capsys):
    assert main(["course", "status", str(path()), "--on", "2025-11-10"]) == 0
    out = capsys.readouterr().out
    assert "middle phase, session 6 of 12, 6 remaining" in out
    assert "DR-25" in out
    assert "Tavares" not in out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--on", "2025-02-31"], "no day of the calendar"),
        (["--on", "yesterday"], "such as 2025-03-21"),
        (["--on", "9999-12-31"], "a year from 1880 to 2120"),
    ],
)
def test_an_impossible_day_is_said_plainly(arguments, said, capsys):
    assert main(["course", "status", str(path()), *arguments]) == 3
    assert said in capsys.readouterr().err


def test_a_bad_file_names_every_fault(tmp_path, capsys):
    data = to_file(episode())
    data["planned_sessions"] = 0
    data["meetings"][0]["on"] = "2025-02-30"
    bad = tmp_path / "bad.json"
    bad.write_text(json.dumps(data), encoding="utf-8")
    assert main(["course", "status", str(bad), "--on", "2025-11-03"]) == 3
    said = capsys.readouterr().err
    assert "planned_sessions" in said
    assert "meetings.1.on" in said


NOT_ONE_EPISODE = [
    "{",
    "[]",
    "",
    "null",
    "\ufeff",
    '{"adaptation": 3, "sessions": []}',
    "[" * 100_000 + "]" * 100_000,
    '{"sessions":' * 3000 + "1" + "}" * 3000,
    '{"sessions": ' + "9" * 6000 + "}",
    '{"sessions": NaN}',
    '{"client": {"pseudonym": "A"}}',
]


@pytest.mark.parametrize("text", NOT_ONE_EPISODE, ids=range(len(NOT_ONE_EPISODE)))
def test_what_is_no_episode_is_refused(text, tmp_path, capsys):
    bad = tmp_path / "bad.json"
    bad.write_text(text, encoding="utf-8")
    assert main(["course", "status", str(bad), "--on", "2025-11-03"]) == 3
    assert "Traceback" not in capsys.readouterr().err


def test_an_unknown_adaptation_says_which_there_are(tmp_path, capsys):
    data = {**to_file(episode()), "adaptation": "cbt"}
    other = tmp_path / "other.json"
    other.write_text(json.dumps(data), encoding="utf-8")
    assert main(["course", "status", str(other), "--on", "2025-11-03"]) == 3
    assert "ipt_acute" in capsys.readouterr().err


def test_a_file_that_is_not_there(capsys):
    assert main(["course", "status", "nowhere.json", "--on", "2025-11-03"]) == 3
    assert "cannot be read" in capsys.readouterr().err


def test_a_key_that_stands_twice_loses_nothing_in_silence(tmp_path, capsys):
    twice = tmp_path / "twice.json"
    twice.write_text(path().read_text(encoding="utf-8").rstrip()[:-1] + ', "sessions": []}', encoding="utf-8")
    assert main(["course", "status", str(twice), "--on", "2025-11-03"]) == 3
    assert "sessions: stands twice" in capsys.readouterr().err


def test_a_file_with_the_mark_of_utf_8_is_read(tmp_path, capsys):
    marked = tmp_path / "marked.json"
    marked.write_text("\ufeff" + path().read_text(encoding="utf-8"), encoding="utf-8")
    assert main(["course", "status", str(marked), "--on", "2025-11-03"]) == 0


@pytest.mark.parametrize("raw", [b"\xff\xfe{\x00}\x00", b'{"title": "caf\xe9"}'])
def test_what_is_no_text_is_said_plainly(raw, tmp_path, capsys):
    other = tmp_path / "other.json"
    other.write_bytes(raw)
    assert main(["course", "status", str(other), "--on", "2025-11-03"]) == 3
    assert "UTF-8" in capsys.readouterr().err
