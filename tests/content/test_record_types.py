"""Every record type we ship loads, means something, and takes what the worked cases hold."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.shared_data import shared

import openipt
from openipt.core.fields.check import check_entry
from openipt.core.fields.clean import clean
from openipt.core.fields.definitions import FieldType, RecordType, every_field, is_empty
from openipt.core.fields.load import load_record_type

FOLDER = Path(openipt.__file__).parent / "content" / "records"


def load_all() -> dict[str, RecordType]:
    loaded = {}
    for file in sorted(FOLDER.glob("*.toml")):
        record, faults = load_record_type(tomllib.loads(file.read_text(encoding="utf-8")), file.name)
        assert not faults, "\n".join(map(str, faults))
        assert record is not None and record.id == file.stem
        loaded[record.id] = record
    return loaded


RECORDS = load_all()


def records_named_in_the_reference() -> set[str]:
    text = shared("reference/ipt.md").read_text(encoding="utf-8")
    return set(re.findall(r"`(rec_[a-z_]+)[`.{]", text))


def test_every_record_the_reference_names_is_defined():
    missing = records_named_in_the_reference() - set(RECORDS)
    assert not missing


def fields_of_the_reference_table() -> Iterator[tuple[str, str]]:
    """(record, field) of section 3.12: the names at the top level of each row."""
    text = shared("reference/ipt.md").read_text(encoding="utf-8")
    table = text[text.index("### 3.12") : text.index("## 4. Adaptations")]
    for row in re.findall(r"^\| `(rec_.*)` \| (.*) \|$", table, flags=re.M):
        names, fields = row
        if "`" in names or re.search(
            r"11\.[34]|8\.4|section 6|3\.11|section 7|;|five anchor|s_01|item\{", fields
        ):
            continue
        flat = re.sub(r"\[[^\[\]{}]*\]|\{[^{}]*\}|\([^()]*\)", "", re.sub(r"\{[^{}]*\}", "", fields))
        for field in flat.split(","):
            yield names, re.sub(r"\[\]|\(.*|\[.*", "", field).strip()


def test_the_fields_have_the_names_of_the_reference():
    # "ring per person" and "moves since last" are told there in words; the cases name them.
    told_in_words = {"ring per person", "moves since last"}
    pairs = [(r, f) for r, f in fields_of_the_reference_table() if f not in told_in_words]
    assert len(pairs) > 150
    assert [(r, f) for r, f in pairs if f not in RECORDS[r]] == []


@pytest.mark.parametrize("record", RECORDS.values(), ids=RECORDS)
def test_the_quick_fields_alone_can_make_a_valid_record(record: RecordType):
    """A quick line offers every field that is required, and one of each group of which one is needed."""
    quick = set(record.quick_fields)
    assert quick
    assert {field.key for field in record.fields if field.required} <= quick
    for keys in record.needs_one_of:
        assert quick & set(keys)


@pytest.mark.parametrize("record", RECORDS.values(), ids=RECORDS)
def test_every_field_says_what_it_asks_in_plain_words(record: RecordType):
    assert record.title and record.plain_title and len(record.help) > 20
    for field in every_field(record.fields):
        assert field.label[0].isupper() and not field.label.endswith((".", ":"))
        if field.type is FieldType.ROWS:
            assert field.row_name, f"{record.id}.{field.key} names its rows"


def test_what_is_never_for_the_client():
    for record in ("rec_ipv_screen", "rec_risk", "rec_supervision_item", "rec_suitability"):
        assert "client" not in RECORDS[record].seen_by
        assert RECORDS[record].fields_for("client") == ()
    assert RECORDS["rec_ipv_screen"].never_on_client_device
    hidden = {
        "rec_inventory_person": "safety_concern",
        "rec_communication_analysis": "safety_flag",
        "rec_dispute_map": "danger",
        "rec_alliance": "repair_note",
        "rec_session": "note",
        "rec_safety_plan": "quality_0_2",
    }
    for record, key in hidden.items():
        assert key in RECORDS[record]
        assert key not in {field.key for field in RECORDS[record].fields_for("client")}


def test_cover_sees_risk_plan_and_contacts_and_nothing_of_the_therapy():
    seen = {record.id for record in RECORDS.values() if record.seen_in_cover}
    calls = {"rec_call_privacy", "rec_call_plan"}  # who may be listening, and what was agreed for a call
    assert seen == {"rec_risk", "rec_safety_plan", "rec_emergency", "rec_ipv_screen"} | calls


# What the worked cases hold ---------------------------------------------------------------------


def versions_of(document: dict[str, Any], later: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The first version, then each later one laid over the one before: how versions are kept."""
    made = [document]
    for change in later:
        made.append({**made[-1], **{k: v for k, v in change.items() if k not in ("session", "from")}})
    return made


def payloads(case: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """(where, record type, values) of everything in a case that is a record."""
    for place, session in enumerate(case["sessions"]):
        for record in session.get("records", []):
            values = {key: value for key, value in record.items() if key != "type"}
            yield f"sessions.{place}", record["type"], values
    for place, entry in enumerate(case["client_entries"]):
        where = f"client_entries.{place}"
        if entry["kind"] == "worksheet":
            yield where, entry["worksheet"], entry["fields"]
        if entry["kind"] == "journal":
            told = {k: v for k, v in entry.items() if k not in ("date", "kind", "shared")}
            yield where, "rec_journal", told
    yield "suitability", "rec_suitability", case["suitability"]
    for section, record in (
        ("medication", "rec_medication"),
        ("inventory", "rec_inventory_person"),
        ("timeline", "rec_timeline"),
        ("issues", "rec_issue"),
        ("issues_at_midpoint", "rec_issue"),
    ):
        for place, values in enumerate(case.get(section, [])):
            yield f"{section}.{place}", record, values
    formulation = {k: v for k, v in case["formulation"].items() if k != "later_versions"}
    for values in versions_of(formulation, case["formulation"].get("later_versions", [])):
        yield "formulation", "rec_formulation", values
    contract = {k: v for k, v in case["contract"].items() if not k.startswith("focus_from_session_")}
    later = [{"focus": v} for k, v in case["contract"].items() if k.startswith("focus_from_session_")]
    for values in versions_of(contract, later):
        yield "contract", "rec_contract", values
    yield "ending.relapse_plan", "rec_relapse_plan", case["ending"]["relapse_plan"]
    yield "ending.next_step", "rec_next_step", case["ending"]["next_step"]


CASES = ("rt-closed-branch", "rd-silent-house", "gr-missed-call", "ipc-new-town")


@pytest.fixture(params=CASES)
def case(request) -> dict[str, Any]:
    return json.loads(shared(f"cases/{request.param}.json").read_text(encoding="utf-8"))


def test_every_record_of_a_case_is_valid_as_it_stands(case):
    faults = [
        f"{where}: {record}: {fault}"
        for where, record, values in payloads(case)
        for fault in check_entry(RECORDS[record], values, codes={})
    ]
    assert not faults, "\n".join(faults)


def test_the_documents_of_a_case_are_complete_enough_to_be_agreed(case):
    final = {"rec_formulation", "rec_contract", "rec_relapse_plan", "rec_communication_analysis"}
    for where, record, values in payloads(case):
        if record in final and not where.startswith("client_entries"):
            assert check_entry(RECORDS[record], values, codes={}, final=True) == (), where


def without_empty(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: without_empty(one) for key, one in value.items() if not is_empty(one)}
    if isinstance(value, list):
        return [without_empty(one) for one in value if not is_empty(one)]
    return value


def test_cleaning_a_record_of_a_case_only_leaves_out_what_is_empty(case):
    for where, record, values in payloads(case):
        assert clean(RECORDS[record], values) == without_empty(values), where


# Quick lines ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("record", "values"),
    [
        ("rec_event_mood_link", {"link_text": "after her call I lie awake"}),
        ("rec_emotion_log", {"first_word": "numb"}),
        ("rec_action_plan", {"step": "ask for Tuesday"}),
        ("rec_risk", {"thoughts": False}),
        ("rec_risk", {"level": "green"}),
        ("rec_session", {"opening": "a better week"}),
        ("rec_session", {"remaining_stated": 9}),
        ("rec_strategy_progress", {"strategy_id": "rt_1_link"}),
        ("rec_inventory_person", {"label": "Dana", "relation": "wife"}),
        ("rec_quote", {"words": "It has a name and it is not me."}),
    ],
)
def test_a_quick_line_is_a_valid_record(record, values):
    assert check_entry(RECORDS[record], values, codes={}) == ()


def test_a_communication_analysis_needs_two_turns_before_signing():
    record = RECORDS["rec_communication_analysis"]
    turn = {"speaker": "client", "said": "Fine.", "client_felt": "hurt"}
    values = {"other_person_id": "p_dana", "turns": [turn], "alternatives": [{"line": "I mind."}]}
    assert check_entry(record, values, codes={}) == ()
    (fault,) = check_entry(record, values, codes={}, final=True)
    assert (fault.path, fault.message) == ("turns", "Add at least 2 turns.")
    assert check_entry(record, {**values, "turns": [turn, turn]}, codes={}, final=True) == ()


def test_a_contract_without_number_and_end_date_is_not_complete():
    faults = check_entry(RECORDS["rec_contract"], {"focus": ["grief"]}, codes={}, final=True)
    assert {"sessions_planned", "end_date", "goals"} <= {fault.path for fault in faults}
