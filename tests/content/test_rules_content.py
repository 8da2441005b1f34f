"""Decision rules, risk and evidence against the tables of the clinical reference."""

from __future__ import annotations

import re

import pytest
from tests.content.reference_tables import bare, cited, content, marked, rows, section

RULES = {rule["id"]: rule for rule in content("rules.toml")["rule"]}
RISK = content("risk.toml")
EVIDENCE = content("evidence.toml")


def rule_rows() -> dict[str, list[str]]:
    return {row[0]: row for row in rows("14. Decision rules") if row[0].startswith("DR-")}


def test_every_rule_is_there_in_order():
    assert list(RULES) == list(rule_rows()) == [f"DR-{n:02d}" for n in range(1, 49)]


@pytest.mark.parametrize("rule", sorted(RULES))
def test_severity_is_that_of_the_reference(rule):
    """Where the reference gives two severities, the rule holds the highest and says when each applies."""
    told = rule_rows()[rule][3]
    found = RULES[rule]
    assert found["severity"] == re.match(r"\w+", told)[0]
    assert ("severity_text" in found) == (told != found["severity"])


@pytest.mark.parametrize("rule", sorted(RULES))
def test_sources_marks_and_section_are_kept(rule):
    _, condition, then, _, ground = rule_rows()[rule]
    found = RULES[rule]
    assert set(found.get("sources", [])) == cited(ground)
    assert set(found.get("marks", [])) == marked(condition, then, ground)
    if not cited(ground) and not marked(ground):
        told = ground.removeprefix("section ")
        assert found["section"] == told


@pytest.mark.parametrize("rule", sorted(RULES))
def test_numbers_of_a_rule_are_among_its_parameters(rule):
    """A number in the IF column is a parameter, so that a service can see and change it in one place."""
    condition = re.sub(
        r"\(15\.3\)|PHQ-9|GAD-7|s_\d\d|PG-13-R|M12|E01|item 10|item 9 =|ceil\(N/2\)", "", rule_rows()[rule][1]
    )
    condition = condition.replace("item 9", "")
    numbers = {float(n) for n in re.findall(r"(?<![\w.])\d+(?:\.\d+)?", condition)}
    held = {float(v) for v in flat(RULES[rule].get("parameters", {})) if isinstance(v, (int, float))}
    assert numbers - held == set(), f"{rule} tests {numbers - held} which no parameter holds"


def flat(value):
    """Every plain value inside a table or list."""
    if isinstance(value, dict):
        return [inner for part in value.values() for inner in flat(part)]
    if isinstance(value, list):
        return [inner for part in value for inner in flat(part)]
    return [value]


@pytest.mark.parametrize("rule", sorted(RULES))
def test_a_rule_reads_as_sentences_under_a_short_title(rule):
    found = RULES[rule]
    assert len(found["title"]) <= 50
    assert found["if_text"].strip().endswith(".") and found["then_text"].strip().endswith(".")
    assert found["version"].isdecimal()


def test_every_reading_fixed_for_the_product_is_with_its_rule():
    named = {rule for row in rows("22.1") for rule in re.findall(r"DR-\d\d", row[0])}
    assert named == {
        "DR-02",
        "DR-03",
        "DR-14",
        "DR-15",
        "DR-20",
        "DR-21",
        "DR-23",
        "DR-25",
        "DR-26",
        "DR-29",
        "DR-37",
    }
    assert named <= {rule for rule, found in RULES.items() if found.get("reading")}


def test_the_levels_of_risk_with_their_triggers():
    expected = {row[0]: row for row in rows("11.2") if row[0] in ("green", "yellow", "orange", "red")}
    found = {level["id"]: level for level in RISK["level"]}
    assert list(found) == list(expected)
    for key, (_, interview, triggers) in expected.items():
        assert found[key]["interview"].split(", or ")[0].split(";")[0] in interview
        asked = re.search(r"item 9 = (\d)", triggers)
        assert found[key].get("item9") == (int(asked[1]) if asked else None)
    assert [level["order"] for level in RISK["level"]] == [0, 1, 2, 3]


def test_a_zero_proposes_no_level():
    """DR-02, 11.1: a zero is never clearance."""
    assert all(level.get("item9") != 0 for level in RISK["level"])


def test_the_risk_protocol_has_its_ten_steps_and_limits():
    expected = [row for row in rows("11.3") if row[0].isdigit()]
    assert [step["order"] for step in RISK["step"]] == [int(row[0]) for row in expected] == list(range(1, 11))
    limits = {step["id"]: step.get("within", {}) for step in RISK["step"]}
    assert limits["assess"] == {
        "item9_3_hours": 0,
        "item9_2_hours": 24,
        "item9_1_hours": 7 * 24,
        "item9_1_next_session": True,
    }
    assert limits["tell"] == {"orange_hours": 24, "red_hours": 0}
    assert limits["follow_up"] == {"orange_hours": 72, "red_hours_after_handover": 24}
    for step, row in zip(RISK["step"], expected, strict=True):
        assert step["marks"] == ["DEFAULT"]
        named = re.match(r"`(rec_\w+)(?:\.(\w+))?`", row[4])
        assert step.get("record") == (named[1] if named else None)
        assert step.get("part") == (named[2] if named else None)
    assert f"within {RISK['call_tree']['after_minutes']} minutes" in section("11.3")


def test_rules_on_violence_keep_their_ids_and_marks():
    expected = {row[0]: row for row in rows("11.5") if row[0].startswith("ipv_")}
    found = {rule["id"]: rule for rule in RISK["violence_rule"]}
    assert list(found) == list(expected)
    for key, row in expected.items():
        assert set(found[key].get("marks", [])) == marked(*row)
        assert set(found[key].get("sources", [])) == cited(*row)


def test_facts_and_steps_of_risk_are_complete():
    assert len(RISK["fact"]) == len(list(rows("11.1"))) - 1
    for fact, row in zip(RISK["fact"], list(rows("11.1"))[1:], strict=True):
        assert set(fact["sources"]) == cited(*row)
    assert len(RISK["harmful_step"]) == len(list(rows("17."))) - 1
    assert len(RISK["plan_part"]) == sum(row[0].isdigit() for row in rows("11.4")) == 6


def test_every_statement_of_evidence_keeps_its_grade_and_sources():
    expected = {row[0]: row for row in rows("16. Evidence") if row[0].startswith("ev_")}
    found = {row["id"]: row for row in EVIDENCE["evidence"]}
    assert list(found) == list(expected)
    for key, row in expected.items():
        assert found[key]["grade"] == row[4]
        assert set(found[key]["sources"]) == cited(row[5])
        assert found[key]["statement"].strip().endswith(".")
        for number in re.findall(r"\d+\.\d+(?![^,;]*section)", row[3]):
            if not re.fullmatch(r"4\.\d+", number):
                assert number in found[key]["figures"], f"{key} leaves out {number}"


def test_figures_found_elsewhere_in_the_reference_are_true_to_it():
    """Where section 16 points to another section, every number restated stands there."""
    told = section("4. Adaptations")
    for row in rows("16. Evidence"):
        if row[0].startswith("ev_") and re.fullmatch(r"4\.\d+(, 4\.\d+)*", row[3]):
            figures = next(e["figures"] for e in EVIDENCE["evidence"] if e["id"] == row[0])
            for number in re.findall(r"\d+(?:\.\d+)?", re.sub(r"\[S\d+\]", "", figures)):
                assert number in told, f"{row[0]}: {number}"


def test_forbidden_wording_is_that_of_the_reference_and_is_not_used():
    told = re.search(r"Forbidden wording: (.*)\.", section("16. Evidence"))[1]
    assert EVIDENCE["forbidden"] == told.split(", ")
    for row in EVIDENCE["evidence"]:
        for word in EVIDENCE["forbidden"]:
            assert not re.search(rf"\b{word}", row["statement"], re.IGNORECASE), row["id"]


def test_every_benefit_client_texts_may_state():
    expected = {row[0]: row for row in rows("16.1") if row[0].startswith("b_")}
    found = {f["id"]: f for f in content("psychoeducation.toml")["fact"] if f["kind"] == "benefit"}
    assert list(found) == list(expected)


def test_every_source_cited_by_the_content_is_listed():
    listed = {bare(part) for row in rows("23. Sources") for part in row[0].split(",")}
    for name in ("rules", "risk", "evidence", "ranking", "suitability", "psychoeducation", "styles"):
        for table in tables(content(f"{name}.toml")):
            assert set(table.get("sources", [])) <= listed, f"{name}: {table.get('id')}"


def tables(value):
    """Every table inside a content file, the file itself included."""
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from tables(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from tables(inner)
