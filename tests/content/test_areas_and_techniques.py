"""Areas, techniques, styles, ranking and suitability against the tables of the clinical reference."""

from __future__ import annotations

import re

import pytest
from tests.content.reference_tables import bare, cited, content, content_folder, marked, rows, section

AREAS = content_folder("areas")
TECHNIQUES = content_folder("techniques")
STYLES = content("styles.toml")
RANKING = content("ranking.toml")
SUITABILITY = content("suitability.toml")
RECORDS = content_folder("records")

HEADINGS = {
    "grief": "2.1",
    "role_dispute": "2.2",
    "role_transition": "2.3",
    "interpersonal_sensitivity": "2.4",
}


def card(area: str) -> dict[str, str]:
    """The field table of an area: field name -> content."""
    return {row[0]: row[1] for row in rows(HEADINGS[area]) if len(row) == 2}


def words(text: str) -> list[str]:
    """Words alone, without marks, sources and punctuation, to compare two wordings of one list."""
    text = re.sub(r"\[S[^\]]*\]|\(GKU\)|`", "", text)
    return re.findall(r"[a-z0-9'-]+", text.lower())


ADDITIONAL = {bare(row[0]): row for row in rows("2.5") if row[0].startswith("`")}


def test_there_are_the_four_areas_of_the_reference_and_those_of_some_adaptations():
    assert set(HEADINGS) <= set(AREAS) <= {*HEADINGS, *ADDITIONAL}


@pytest.mark.parametrize("area", sorted(set(AREAS) - set(HEADINGS)))
def test_an_area_of_one_adaptation_is_as_the_reference_defines_it(area):
    """2.5: its definition and its work; the adaptation that uses it names it, and only one that does."""
    _, used_in, definition, work, source = ADDITIONAL[area]
    found, manual = AREAS[area], content(f"manual/{bare(used_in)}/manual.toml")
    assert set(words(definition)) - {"in", "which"} <= set(words(found["definition"]))
    told = words(" ".join([*found["goals"], *found["exclude"], *(s["text"] for s in found["strategy"])]))
    assert {word for word in words(work) if len(word) > 3} - {"exposure"} <= set(told)
    assert set(found["sources"]) == cited(source) and area in manual["problem_areas"]
    assert set(found["techniques"]) <= set(TECHNIQUES) and found["default_techniques"]


@pytest.mark.parametrize("area", HEADINGS)
def test_every_strategy_stands_in_its_place(area):
    expected = [(int(r[0]), r[1], r[3]) for r in rows(HEADINGS[area]) if len(r) == 4 and r[0].isdigit()]
    found = [(s["order"], s["id"], s["done_when"]) for s in AREAS[area]["strategy"]]
    assert [(order, key) for order, key, _ in found] == [(order, key) for order, key, _ in expected]
    for (_, key, written), (_, _, told) in zip(found, expected, strict=True):
        assert words(written) == words(told.replace("rec_dispute_map", "dispute map")), key


@pytest.mark.parametrize("area", HEADINGS)
def test_every_strategy_reads_on_a_button_and_as_a_sentence(area):
    for strategy in AREAS[area]["strategy"]:
        assert len(strategy["title"]) <= 40, strategy["id"]
        assert strategy["text"].strip().endswith("."), strategy["id"]


@pytest.mark.parametrize("area", HEADINGS)
def test_every_typical_question_is_there_and_serves_a_strategy(area):
    fields = card(area)
    told = fields.get("typical questions (own words)") or fields["typical questions"]
    expected = [question.strip() for question in re.findall(r"[^?]+\?|[^?.]+\.", told)]
    assert AREAS[area]["questions"] == expected
    served = {question for strategy in AREAS[area]["strategy"] for question in strategy["questions"]}
    assert served == set(expected)
    assert all(strategy["questions"] for strategy in AREAS[area]["strategy"])


@pytest.mark.parametrize("area", HEADINGS)
@pytest.mark.parametrize("part", ["include", "exclude", "risks", "subtypes"])
def test_every_line_of_a_list_is_there(area, part):
    fields = card(area)
    told = fields.get(part) or fields["subtypes by theme"]
    for line in AREAS[area][part]:
        key_words = [word for word in words(re.sub(r"\(.*?\)", "", line)) if len(word) > 3]
        assert set(key_words) <= set(words(told)), line
    left_out = set(words(told)) - {word for line in AREAS[area][part] for word in words(line)}
    assert left_out <= {"11", "5", "see", "role_transition", "role"}, f"{area}.{part} leaves out {left_out}"


@pytest.mark.parametrize("area", HEADINGS)
def test_goals_techniques_and_records_are_those_of_the_reference(area):
    fields = card(area)
    numbered = [words(goal) for goal in re.split(r"(?:^|;)\s*\d ", fields["goals"]) if goal.strip()]
    assert [words(goal) for goal in AREAS[area]["goals"]] == numbered
    assert AREAS[area]["techniques"] == re.findall(r"`(tq_\w+)`", fields["techniques"])
    assert AREAS[area]["records"] == re.findall(r"`(rec_\w+)`", fields["records"])


@pytest.mark.parametrize("area", HEADINGS)
def test_default_techniques_are_among_those_of_the_area(area):
    assert AREAS[area]["default_techniques"]
    assert set(AREAS[area]["default_techniques"]) <= set(AREAS[area]["techniques"]) <= set(TECHNIQUES)


@pytest.mark.parametrize("area", HEADINGS)
def test_every_source_cited_for_an_area_is_kept(area):
    expected = cited(*(cell for row in rows(HEADINGS[area]) for cell in row))
    citations = AREAS[area].get("citation", []) + AREAS[area].get("stage", [])
    kept = {source for citation in citations for source in citation.get("sources", [])}
    assert expected <= kept


def test_the_stages_of_a_dispute():
    expected = {
        bare(row[0]): row for row in rows("2.2") if row[0].startswith("`") and not row[0].startswith("`tq")
    }
    stages = {stage["id"]: stage for stage in AREAS["role_dispute"]["stage"]}
    assert set(stages) == set(expected) == {"renegotiation", "impasse", "dissolution"}
    for key, (_, _, markers, _) in expected.items():
        assert words(stages[key]["markers"]) == words(markers)
        assert set(stages[key]["sources"]) == {"S_CITC", "S_RD"}


def technique_rows() -> dict[str, list[str]]:
    return {bare(row[0]): row for row in rows("6. Techniques") if row[0].startswith("`tq_")}


def expected_steps(technique: str, told: str) -> int:
    """How many steps the reference gives: numbered, listed with commas, or in another section."""
    if technique == "tq_communication_analysis":
        return len(re.findall(r"(?:^|; )\d+ ", section("8.3").strip()))
    if technique == "tq_balance_sheet":
        return 4  # "four cells: gains and losses of old, of new"
    numbered = re.findall(r"(?:^|; )\d ", told)
    return len(numbered) or len(told.split(","))


def test_every_technique_is_there_and_no_other():
    assert set(TECHNIQUES) == set(technique_rows())


@pytest.mark.parametrize("technique", sorted(TECHNIQUES))
def test_a_technique_has_the_steps_of_the_reference(technique):
    told = technique_rows()[technique][3]
    if technique == "tq_supportive_listening":
        assert told == "section 9"
        assert len(TECHNIQUES[technique]["steps"]) >= 5
        return
    assert len(TECHNIQUES[technique]["steps"]) == expected_steps(technique, told)


@pytest.mark.parametrize("technique", sorted(TECHNIQUES))
def test_a_technique_names_its_record_and_its_fields(technique):
    told = technique_rows()[technique][5]
    expected = re.findall(r"`(rec_\w+)(?:\.(\w+))?`", told)
    found = TECHNIQUES[technique]
    assert [found["record"], *found.get("also_records", [])] == [r for r, _ in expected] or told == "none"
    for _, field in expected:
        assert not field or field in found["worksheet_fields"]
    if ":" in told:
        listed = re.sub(r"\[\{.*?\}\]", "", told.split(":", 1)[1])
        assert found["worksheet_fields"] == [name.strip() for name in listed.split(",")]


@pytest.mark.parametrize("technique", sorted(TECHNIQUES))
def test_a_technique_keeps_its_cautions_and_its_ground(technique):
    row = technique_rows()[technique]
    found = TECHNIQUES[technique]
    assert bool(found["cautions"]) == bool(row[6])
    confirmed = {
        "tq_exploration": ["S01"],
        "tq_direct_elicitation": ["S01"],
        "tq_encourage_affect": ["S01"],
        "tq_communication_analysis": ["S06"],
    }
    assert found.get("sources", []) == confirmed.get(technique, [])
    assert found.get("marks", []) == ([] if technique in confirmed else ["GKU"])


def test_every_communication_style_is_there_with_its_mark():
    expected = {row[0]: row for row in rows("8.1") if row[0].startswith("cs_")}
    found = {style["id"]: style for style in STYLES["style"]}
    assert list(found) == list(expected)
    for key, style in found.items():
        assert words(style["name"]) == words(expected[key][1])
        assert style["marks"] == ["GKU"]
        assert style["markers"] and style["effect"] and style["answer"]


def test_factors_anchors_and_weights_of_the_ranking():
    expected = {row[0]: row for row in rows("7.2") if row[0].startswith("f_")}
    found = {factor["id"]: factor for factor in RANKING["factor"]}
    assert list(found) == list(expected)
    for key, (_, _, *anchors, weight) in expected.items():
        assert [words(anchor) for anchor in found[key]["anchors"]] == [words(anchor) for anchor in anchors]
        if weight.isdigit():
            assert found[key]["weight"] == int(weight)
        else:
            assert found[key]["gate"] is True and "weight" not in found[key]


def test_the_worked_check_of_the_ranking_comes_out():
    """7.3: issue A is 80.6, issue B is 66.7 with the weights of the content."""
    weights = {factor["id"]: factor["weight"] for factor in RANKING["factor"] if "weight" in factor}
    order = ["f_link", "f_priority", "f_severity", "f_affect", "f_change"]

    def score(*ratings: int) -> float:
        points = sum(weights[factor] * rating for factor, rating in zip(order, ratings, strict=True))
        return round(100 * points / (RANKING["highest_rating"] * sum(weights.values())), 1)

    assert (score(3, 2, 3, 2, 2), score(1, 3, 2, 3, 1)) == (80.6, 66.7)


def test_thresholds_of_the_ranking_are_those_of_its_method():
    method = section("7.3")
    steps = re.findall(r"^\d\. ", method, re.MULTILINE)
    assert len(RANKING["step"]) == len(steps)
    assert f"less than {RANKING['close_call_below']} points" in method
    assert f"f_safety >= {RANKING['safety_gate_from']}" in method
    assert f"scores >= {RANKING['sensitivity_only_below']}" in method
    assert f"Tie-break: {', then '.join(RANKING['tie_break'])}" in method
    assert RANKING["label"] in section("7.4")
    assert "up to six issues" in method and RANKING["most_issues"] == 6
    assert "At least four of five" in method and RANKING["least_rated"] == 4


def test_rules_for_choosing_an_area_keep_their_marks():
    expected = {row[0]: row for row in rows("2. Problem areas") if row[0].startswith("pa_rule_")}
    found = {rule["id"]: rule for rule in RANKING["area_rule"]}
    assert list(found) == list(expected)
    for key, row in expected.items():
        assert set(found[key].get("marks", [])) == marked(*row)
        assert set(found[key].get("sources", [])) == cited(*row)


def test_every_suitability_item_is_there_with_its_sources():
    expected = {row[0]: row for row in rows("12.1") if row[0].startswith("s_")}
    found = {item["id"]: item for item in SUITABILITY["item"]}
    assert list(found) == list(expected)
    for key, item in found.items():
        assert item["question"].endswith("?")
        assert set(item["attention"]) < set(item["answers"])
        assert item["leads_to"].strip()
        assert set(item.get("sources", [])) == cited(*expected[key])


def test_the_stop_items_are_those_of_the_rule_that_stops():
    stops = [item["id"] for item in SUITABILITY["item"] if item.get("stop")]
    rule = next(r for r in content("rules.toml")["rule"] if r["id"] == SUITABILITY["override"]["rule"])
    assert stops == rule["parameters"]["items"] == [f"s_{n:02d}" for n in range(3, 10)]
    assert SUITABILITY["override"]["reason_required"] is True


def test_the_checklist_offers_the_answers_its_record_takes():
    fields = {field["key"]: field for field in RECORDS["rec_suitability"]["field"]}
    for item in SUITABILITY["item"]:
        answer = next(field for field in fields[item["id"]]["field"] if field["key"] == "answer")
        assert item["answers"] == [option["value"] for option in answer["options"]], item["id"]
    decided = [option["value"] for option in fields["decision"]["options"]]
    assert [decision["value"] for decision in SUITABILITY["decision"]] == decided


def test_the_fields_a_worksheet_shows_are_fields_of_its_record():
    for technique in TECHNIQUES.values():
        if technique["record"]:
            held = {field["key"] for field in RECORDS[technique["record"]]["field"]}
            assert set(technique["worksheet_fields"]) <= held, technique["id"]


def test_the_records_an_area_names_are_there():
    for area in AREAS.values():
        assert set(area["records"]) <= set(RECORDS), area["id"]


def test_the_parts_of_a_safety_plan_are_fields_of_its_record():
    held = {field["key"] for field in RECORDS["rec_safety_plan"]["field"]}
    assert {part["field"] for part in content("risk.toml")["plan_part"]} <= held
