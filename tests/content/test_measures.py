"""Every shipped measure: its words against their named sources, its numbers against `ipt.md` 10.2."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from tests.shared_data import shared

from openipt import library
from openipt.core.measures.definitions import Measure

KEPT = Path(__file__).parent / "wording_sources"

EVERY_ROW = {
    "ms_phq9": "L1",
    "ms_phq2": "L1",
    "ms_phqa": "L1",
    "ms_gad7": "L1",
    "ms_wsas": "L3",
    "ms_epds": "L2",
    "ms_who5": "L2",
    "ms_pcl5": "L1",
    "ms_auditc": "L1",
    "ms_ucla3": "L2",
    "ms_osss3": "L1",
    "ms_mspss": "L2",
    "ms_pg13r": "L2",
    "ms_cssrs": "L2",
    "ms_srm5": "L3",
    "ms_hark": "L1",
    "ms_hits": "L3",
    "ms_iip32": "L3",
    "ms_wai_sr": "L3",
    "ms_srs": "L3",
    "ms_prr": "L0",
    "ms_alliance3": "L0",
    "ms_focus_stress": "L0",
}
WITH_WORDS = {"ms_phq9", "ms_phq2", "ms_gad7", "ms_pcl5", "ms_prr", "ms_alliance3", "ms_focus_stress"}


@cache
def measures() -> dict[str, Measure]:
    """Measures of the shipped content, whatever else in it is at fault (other tests say that)."""
    found, faults = library.check()
    assert not [fault for fault in faults if fault.file.startswith(("measures", "ms_", "wording"))]
    return dict(found.measures)


def words_of(measure_id: str) -> tuple[str, list[str], list[str]]:
    wording = measures()[measure_id].wording()
    assert wording is not None
    return wording.instruction, list(wording.items), [option.label for option in wording.answers]


def fhir(name: str) -> Path:
    return shared(f"data/fhir_examples/{name}")


def test_every_row_of_the_table_is_there_with_its_licence() -> None:
    assert {id_: measure.licence.value for id_, measure in measures().items()} == EVERY_ROW


def test_words_stand_only_where_they_may_and_every_other_measure_says_why_not() -> None:
    assert {id_ for id_, measure in measures().items() if measure.wordings} == WITH_WORDS
    for id_, measure in measures().items():
        assert bool(measure.wordings) != bool(measure.why_no_items), id_
        assert measure.licence.may_ship_text or not measure.wordings, id_
        if measure.licence.value in ("L2", "L3") and id_ != "ms_ucla3":
            assert measure.entry.value == "total", id_


def test_phq9_is_the_named_file_character_by_character() -> None:
    questions: list[dict[str, Any]] = json.loads(
        fhir("lforms-r4-Questionnaire-phq9.json").read_text("utf-8")
    )["item"]
    _, items, labels = words_of("ms_phq9")
    assert items == [question["text"] for question in questions[:9]]
    for question in questions[:9]:
        assert labels == [option["valueCoding"]["display"] for option in question["answerOption"]]
    codes = [item.loinc for item in measures()["ms_phq9"].items]
    assert codes == [question["code"][0]["code"] for question in questions[:9]]
    wording = measures()["ms_phq9"].wording()
    assert wording is not None
    (difficulty,) = wording.extra_items
    assert difficulty.text == questions[10]["text"]
    assert [extra.loinc for extra in measures()["ms_phq9"].extra_items] == [questions[10]["code"][0]["code"]]
    assert measures()["ms_phq9"].text(10) == difficulty.text
    assert [option.label for option in difficulty.answers] == [
        option["valueCoding"]["display"] for option in questions[10]["answerOption"]
    ]


def test_phq9_instruction_is_the_named_file_character_by_character() -> None:
    text = fhir("sdc-questionnaire-sdc-profile-example-PHQ9.fsh").read_text("utf-8")
    assert f'text = "{words_of("ms_phq9")[0]}"' in text


def test_phq2_is_the_beginning_of_phq9() -> None:
    instruction, items, labels = words_of("ms_phq9")
    assert words_of("ms_phq2") == (instruction, items[:2], labels)


def test_gad7_is_the_named_file_character_by_character() -> None:
    text = fhir("phr-Questionnaire-ScoredAssessment-GAD7.fsh").read_text("utf-8")
    instruction, items, labels = words_of("ms_gad7")
    assert items == re.findall(r'^  \* text = "(.*)"$', text, re.MULTILINE)
    assert re.findall(r'valueCoding = \$CodeSystemLoinc#\S+ "(.*)"', text) == labels * 7
    codes = re.findall(r'^  \* linkId = "(.*)"$', text, re.MULTILINE)
    assert [item.loinc for item in measures()["ms_gad7"].items] == codes
    assert instruction == json.loads((KEPT / "gad7.json").read_text("utf-8"))["instruction"]


def test_pcl5_is_the_kept_copy_character_by_character() -> None:
    kept = json.loads((KEPT / "pcl5.json").read_text("utf-8"))
    instruction, items, labels = words_of("ms_pcl5")
    assert items == [re.sub(r"^\d+\. ?", "", text) for text in kept["items"]]
    assert (instruction, labels) == (kept["instruction"], kept["answers"])


@pytest.mark.parametrize("measure_id", ["ms_gad7", "ms_pcl5"])
def test_a_kept_copy_names_the_same_source_as_the_words(measure_id: str) -> None:
    kept = json.loads((KEPT / f"{measure_id.removeprefix('ms_')}.json").read_text("utf-8"))
    wording = measures()[measure_id].wording()
    assert wording is not None
    named = {(source.repository, source.file, source.commit) for source in wording.sources}
    assert (kept["repository"], kept["file"], kept["commit"]) in named


@pytest.mark.parametrize("measure_id", ["ms_phq9", "ms_phq2", "ms_gad7"])
def test_sources_are_those_the_shared_data_names(measure_id: str) -> None:
    readme = fhir("README.md").read_text("utf-8")
    wording = measures()[measure_id].wording()
    assert wording is not None
    from_shared = [source for source in wording.sources if "fhir_examples" in source.note]
    assert from_shared
    for source in from_shared:
        assert f"{source.repository}, commit {source.commit}" in readme
        assert fhir(source.file).exists()


def test_violence_and_suicide_screens_never_reach_a_client_device() -> None:
    for measure_id in ("ms_hark", "ms_hits", "ms_cssrs"):
        assert measures()[measure_id].private
    sent = {id_ for id_, measure in measures().items() if measure.may_go_to_client}
    assert sent == WITH_WORDS


def test_bands_cover_every_total_exactly_once_and_in_order() -> None:
    banded = [measure for measure in measures().values() if measure.bands]
    assert len(banded) >= 7
    for measure in banded:
        assert measure.lowest is not None and measure.highest is not None
        step = 100 if measure.method.value == "mean" else 1
        seen = []
        for point in range(round(measure.lowest * step), round(measure.highest * step) + 1):
            holding = [band.key for band in measure.bands if point / step in band]
            assert len(holding) == 1, (measure.id, point / step, holding)
            if not seen or seen[-1] != holding[0]:
                seen.append(holding[0])
        assert seen == [band.key for band in measure.bands]


def test_numbers_that_rules_stand_on() -> None:
    phq9, gad7 = measures()["ms_phq9"], measures()["ms_gad7"]
    assert phq9.reliable_change and phq9.reliable_change.points == 6
    assert gad7.reliable_change and gad7.reliable_change.points == 4
    assert (phq9.missing.allowed, gad7.missing.allowed) == (2, 1)
    assert phq9.cut_off("case").at_least == 10 and gad7.cut_off("case").at_least == 8
    assert [(item.number, item.alert.rule) for item in phq9.risk_items if item.alert] == [(9, "DR-01")]
    assert phq9.loinc == {"panel": "44249-1", "total": "44261-6"}
    assert gad7.loinc == {"panel": "69737-5", "total": "70274-6"}


def test_general_knowledge_and_project_defaults_stay_marked() -> None:
    assert measures()["ms_phqa"].marks == ("GKU",)
    assert measures()["ms_phq9"].missing.marks == ("DEFAULT",)
    assert measures()["ms_ucla3"].cut_off("lonely").marks == ("GKU",)
    assert measures()["ms_alliance3"].cut_off("talk").marks == ("DEFAULT",)


def test_our_own_measures_say_that_they_are_not_validated() -> None:
    for measure_id in ("ms_prr", "ms_alliance3", "ms_focus_stress"):
        measure = measures()[measure_id]
        wording = measure.wording()
        assert not measure.validated and wording is not None
        assert "not validated" in measure.licence_note and "not validated" in wording.note


def test_every_source_is_one_that_the_reference_names() -> None:
    known = set(library.check()[0].sources)
    for measure in measures().values():
        parts = [measure, *measure.cut_offs, *measure.important_change, measure.missing]
        parts += [measure.reliable_change] if measure.reliable_change else []
        assert {source for part in parts for source in part.sources} <= known, measure.id
