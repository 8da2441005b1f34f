"""`openipt rules explain` tells every rule of one course on one day; `openipt rules list` all of them."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from datetime import date

import pytest

from openipt import library
from openipt.cli.main import main
from openipt.core.course.rules import rule_results
from openipt.core.portable.cases import from_case
from openipt.core.portable.episode_file import to_file
from tests.shared_data import shared

IDS = [f"DR-{n:02}" for n in range(1, 49)]
STATES = {"fired", "not_fired", "cannot_tell", "not_for_this_adaptation"}
DAY = "2025-11-03"


def path():
    return shared("cases") / "gr-missed-call.json"


def episode():
    return from_case(json.loads(path().read_text(encoding="utf-8")), record_types=library.record_types())


def explained(capsys, *words):
    assert main(["rules", "explain", *words, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_json_holds_every_rule_with_what_the_engine_says(capsys):
    found = explained(capsys, str(path()), "--on", DAY)
    assert (found["adaptation"], found["on"]) == ("ipt_acute", DAY)
    assert [rule["id"] for rule in found["rules"]] == IDS
    results = rule_results(library.manual("ipt_acute"), episode().course(), date.fromisoformat(DAY))
    for rule, result in zip(found["rules"], results, strict=True):
        assert rule["state"] in STATES
        told = "not_fired" if rule["state"] == "not_for_this_adaptation" else rule["state"]
        assert (told, rule["severity"]) == (result.state.value, result.severity.value)
        assert rule["inputs"] == json.loads(json.dumps(result.inputs))
        assert rule["why"].endswith(".") and (rule["sources"] or rule["section"] or rule["marks"])


def test_words_say_why_what_then_and_on_what_ground(capsys):
    assert main(["rules", "explain", str(path()), "--on", DAY]) == 0
    printed = capsys.readouterr().out
    assert re.findall(r"^(DR-\d\d)  ", printed, flags=re.M) == IDS
    first = printed.split("\n\n")[1]
    assert first.startswith("DR-01  FIRED  A risk answer is positive (warning)")
    assert "PHQ-9 item 9 is 2" in first and "Then: Start the risk protocol." in first and "S69" in first
    assert "DR-43  CANNOT TELL" in printed and "Missing: a rating of a session." in printed
    assert "DR-40  NOT FOR THIS ADAPTATION" in printed
    assert "project default" in printed and "general knowledge, unverified" in printed


def test_both_formats_and_standard_input_give_the_same_answer(tmp_path, capsys):
    ours = tmp_path / "episode.json"
    ours.write_text(json.dumps(to_file(episode())), encoding="utf-8")
    assert explained(capsys, str(path()), "--on", DAY) == explained(capsys, str(ours), "--on", DAY)
    words = [sys.executable, "-m", "openipt", "rules", "explain", "-", "--on", DAY, "--json"]
    done = subprocess.run(words, input=ours.read_text(), capture_output=True, text=True, timeout=60)
    assert json.loads(done.stdout)["rules"][0]["state"] == "fired"


def test_what_is_wrong_is_said_plainly(tmp_path, capsys):
    for words in (["nowhere.json"], [str(path()), "--on", "2025-02-31"], [str(path()), "--on", "yesterday"]):
        assert main(["rules", "explain", *words]) == 3
        assert capsys.readouterr().err.startswith("openipt: ")
    other = tmp_path / "other.json"
    other.write_text(json.dumps({**to_file(episode()), "adaptation": "tarot"}), encoding="utf-8")
    assert main(["rules", "explain", str(other), "--on", DAY]) == 3


def test_the_list_names_every_rule(capsys):
    assert main(["rules", "list"]) == 0
    printed = capsys.readouterr().out
    assert re.findall(r"^(DR-\d\d)  ", printed, flags=re.M) == IDS
    assert main(["rules", "list", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert [rule["id"] for rule in listed] == IDS
    assert listed[21]["parameters"]["ms_phq9_rise_from"] == 6


@pytest.mark.parametrize("words", [["rules", "list"], ["rules", "explain", "CASE", "--on", DAY]])
def test_a_reader_that_goes_away_is_no_error(words):
    """As in `openipt rules list | head -1`."""
    given = [str(path()) if word == "CASE" else word for word in words]
    process = subprocess.Popen(
        [sys.executable, "-m", "openipt", *given], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    process.stdout.readline()
    process.stdout.close()
    assert b"Traceback" not in process.stderr.read()
    process.stderr.close()
    process.wait(timeout=60)
