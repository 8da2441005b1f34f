"""Measure files are checked whole, and what may not be printed is refused."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from tests.core.measures.conftest import CONTENT, shipped, tables

from openipt.core.measures.load import load_measure, load_measures, with_site_measures

WORDS = tables(CONTENT / "wording")


def file_of(measure_id: str) -> dict[str, Any]:
    return deepcopy(tables(CONTENT)[f"{measure_id}.toml"])


def faults_of(table: dict[str, Any], words: dict[str, Any] | None = None, *, ours: bool = True) -> str:
    measure, faults = load_measure(table, words or {}, f"{table['id']}.toml", shipped=ours)
    assert (measure is None) == bool(faults)
    return "\n".join(map(str, faults))


def wsas_with_words() -> tuple[dict[str, Any], dict[str, Any]]:
    """A site's own file for a measure whose words we may not ship; these words are invented."""
    table = {**file_of("ms_wsas"), "version": "site-1", "entry": "items-or-total"}
    words = {
        "measure": "ms_wsas",
        "language": "en",
        "version": "site-1",
        "instruction": "Invented.",
        "items": [f"Invented question {number}" for number in range(1, 6)],
        "answers": [{"value": 0, "label": "none"}, {"value": 8, "label": "all"}],
    }
    return table, {"en": words}


def test_words_without_a_licence_to_print_them_are_refused_in_what_we_ship() -> None:
    table, words = wsas_with_words()
    assert "ms_wsas.toml: licence: is L3, and item text is configured (DR-48)." in faults_of(table, words)
    table["licence_held"] = "anything"
    assert "DR-48" in faults_of(table, words)


def test_a_site_may_keep_words_once_it_states_the_licence_it_holds() -> None:
    table, words = wsas_with_words()
    assert "licence_held: is missing" in faults_of(table, words, ours=False)
    table["licence_held"] = "Agreement 7 with the holder, 2026-01-05"
    assert faults_of(table, words, ours=False) == ""


def test_a_site_adds_a_measure_as_a_file_and_may_stand_in_for_ours() -> None:
    table, words = wsas_with_words()
    table["licence_held"] = "Agreement 7"
    new = {**file_of("ms_srs"), "id": "ms_our_own"}
    own, faults = load_measures(
        {"ms_wsas.toml": table, "ms_our_own.toml": new}, {"ms_wsas.en.toml": words["en"]}, shipped=False
    )
    assert not faults
    together, faults = with_site_measures(shipped(), own)
    assert not faults and set(together) == {*shipped(), "ms_our_own"}
    assert together["ms_wsas"].may_go_to_client and not shipped()["ms_wsas"].may_go_to_client
    assert together["ms_wsas"].text(2) == "Invented question 2"
    assert [option.label for option in together["ms_wsas"].options(1)] == ["none", *[""] * 7, "all"]


def test_a_stand_in_needs_a_version_of_its_own() -> None:
    same, _ = load_measures({"ms_srs.toml": file_of("ms_srs")}, {}, shipped=False)
    _, faults = with_site_measures(shipped(), same)
    assert [fault.key for fault in faults] == ["version"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"band": [{"key": "a", "title": "A", "lowest": 0, "highest": 26}]}, "ends at 26"),
        (
            {
                "band": [
                    {"key": "a", "title": "A", "lowest": 0, "highest": 4},
                    {"key": "b", "title": "B", "lowest": 6, "highest": 27},
                ]
            },
            "band[b]: starts at 6; 5 comes next.",
        ),
        (
            {
                "band": [
                    {"key": "a", "title": "A", "lowest": 0, "highest": 5},
                    {"key": "b", "title": "B", "lowest": 5, "highest": 27},
                ]
            },
            "band[b]: starts at 5; 6 comes next.",
        ),
        ({"highest": 30}, "The items give 0 to 27."),
        ({"missing": {"allowed": 9}}, "leaves no item to score"),
        ({"licence": "L9"}, '"L9" is not one of the allowed values'),
        ({"shipped": False}, "shipped: is not a known key."),
        ({"lisence": "L1"}, "lisence: is not a known key."),
        ({"cluster": [{"key": "x", "title": "X", "items": [10]}]}, "names item 10"),
        ({"alert": {"rule": "DR-01", "at_least": 1}}, "fits only counts"),
        ({"alert": {"rule": "9", "at_least": 1}}, "alert.rule"),
    ],
)
def test_each_fault_is_named_with_its_key(change: dict[str, Any], said: str) -> None:
    table = {**file_of("ms_phq9"), **change}
    assert said in faults_of(table, {"en": WORDS["ms_phq9.en.toml"]})


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"items": ["One"]}, "has 1 texts for 9 items"),
        ({"items": [""] * 9}, "items[1]: is empty"),
        ({"answers": [{"value": 0, "label": "Never"}]}, "answers: of item 1 are [0]"),
        ({"version": "2"}, "Words belong to one version"),
        ({"language": "de"}, 'language: is "de"'),
        ({"measure": "ms_gad7"}, 'Use "ms_phq9"'),
        ({"source": []}, "exact wording names its source"),
        ({"extra_item": []}, "extra_item: does not match"),
        (
            {
                "extra_item": [
                    {"key": "difficulty", "text": "How?", "answers": [{"value": 0, "label": "Not"}]}
                ]
            },
            "extra_item.answers: of difficulty are [0]; it takes 0 to 3",
        ),
    ],
)
def test_each_fault_of_the_words_is_named(change: dict[str, Any], said: str) -> None:
    assert said in faults_of(file_of("ms_phq9"), {"en": {**WORDS["ms_phq9.en.toml"], **change}})


def test_all_faults_are_reported_at_once() -> None:
    said = faults_of({**file_of("ms_phq9"), "highest": 30, "missing": {"allowed": 9}})
    assert len(said.splitlines()) >= 3  # range, missing rule, and no words


def test_files_and_ids_agree_and_no_words_stand_alone() -> None:
    _, faults = load_measures({"ms_other.toml": file_of("ms_srs")}, {"ms_gone.en.toml": {}})
    assert {fault.file for fault in faults} == {"ms_other.toml", "ms_gone.en.toml"}
