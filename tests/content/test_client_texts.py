"""What clients read: easy, true to the reference, and promising nothing."""

from __future__ import annotations

import re

import pytest
from tests.content.reference_tables import content, content_folder, marked, rows

TAUGHT = content("psychoeducation.toml")
PAGES = {page["id"]: page for page in TAUGHT["page"]}
FACTS = {fact["id"]: fact for fact in TAUGHT["fact"]}

# Words a client should never have to look up.
JARGON = (
    "affect", "alliance", "anhedonia", "assertive", "attachment", "baseline", "clinical", "cognitive",
    "compliance", "comorbid", "conjoint", "contract", "contraindication", "diagnosis", "dissolution",
    "dysfunction", "episode", "formulation", "homework", "ideation", "impasse", "intervention",
    "inventory", "maintenance", "onset", "patient", "prescriber", "prognosis", "psychoeducation",
    "rehearse", "relapse", "remission", "renegotiation", "risk level", "role play", "sensitivity",
    "sick role", "suicidality", "symptom", "therapeutic", "transition", "trauma", "failed",
)  # fmt: skip


def lines(page: dict) -> list[str]:
    return [line for part in page["part"] for line in part["lines"]]


def whole(page: dict) -> str:
    """All a client reads on a page."""
    headings = [part["heading"] for part in page["part"]]
    return " ".join([page["title"], *headings, *lines(page)])


def syllables(word: str) -> int:
    """Groups of vowels, a silent final e left out: rough, and never lower than 1."""
    letters = re.sub(r"[^a-z]", "", word.lower())
    groups = len(re.findall(r"[aeiouy]+", letters))
    silent = letters.endswith("e") and not letters.endswith(("le", "ee")) and groups > 1
    return max(1, groups - silent)


def grade(page: dict) -> float:
    """Flesch-Kincaid grade of the sentences of a page; a list number is no word."""
    text = [re.sub(r"^\d+\. ", "", line) for line in lines(page)]
    sentences = [s for line in text for s in re.split(r"(?<=[.!?])\s+", line) if s]
    words = re.findall(r"[A-Za-z0-9'-]+", " ".join(text))
    return 0.39 * len(words) / len(sentences) + 11.8 * sum(map(syllables, words)) / len(words) - 15.59


def test_the_grade_tells_easy_from_hard():
    easy = {"part": [{"lines": ["We talk. You pick one step to try."]}]}
    hard = {"part": [{"lines": ["Interpersonal psychotherapy conceptualises symptomatology relationally."]}]}
    assert grade(easy) < 3 < 12 < grade(hard)


def test_every_page_of_the_reference_is_there():
    expected = [row[0] for row in rows("21. Client portal") if row[0].startswith("p_")]
    assert list(PAGES) == expected == [f"p_{n}" for n in range(1, 15)]


@pytest.mark.parametrize("page", PAGES)
def test_a_page_reads_at_the_age_of_eleven_or_twelve(page):
    assert grade(PAGES[page]) <= 7


@pytest.mark.parametrize("page", PAGES)
def test_no_sentence_runs_long(page):
    for line in lines(PAGES[page]):
        for sentence in re.split(r"(?<=[.!?])\s+", line):
            assert len(sentence.split()) <= 24, sentence


@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_short_and_in_parts(page):
    assert 60 <= len(whole(PAGES[page]).split()) <= 320
    assert all(part["heading"] and part["lines"] for part in PAGES[page]["part"])


@pytest.mark.parametrize("page", PAGES)
def test_a_page_promises_nothing_that_is_forbidden(page):
    for word in content("evidence.toml")["forbidden"]:
        assert not re.search(rf"\b{word}", whole(PAGES[page]), re.IGNORECASE), word


@pytest.mark.parametrize("page", PAGES)
def test_a_page_uses_no_jargon(page):
    for word in JARGON:
        assert not re.search(rf"\b{word}", whole(PAGES[page]), re.IGNORECASE), word


def test_plain_words_of_facts_are_as_plain():
    for fact in FACTS.values():
        for word in (*JARGON, *content("evidence.toml")["forbidden"]):
            assert not re.search(rf"\b{word}", fact.get("plain", ""), re.IGNORECASE), (fact["id"], word)


def test_what_a_client_reads_of_the_evidence_is_as_plain():
    """The names of other disorders and treatments stand as people call them."""
    told = [row["plain"] for row in content("evidence.toml")["evidence"] if row.get("plain")]
    assert len(told) >= 18 and grade({"part": [{"lines": told}]}) <= 7
    allowed = {"cognitive", "trauma"}
    for line in told:
        assert all(len(s.split()) <= 24 for s in re.split(r"(?<=[.!?])\s+", line)), line
        for word in (*JARGON, *content("evidence.toml")["forbidden"]):
            assert word in allowed or not re.search(rf"\b{word}", line, re.IGNORECASE), (word, line)


def test_where_a_statement_tells_of_something_better_so_do_its_plain_words():
    """What does better elsewhere is not left out for clients (ipt.md 16)."""
    for row in content("evidence.toml")["evidence"]:
        told = row.get("plain", "")
        if told and re.search(r"better|less than|weaker|slower", row["statement"]):
            assert row["told"] == "other", row["id"]


@pytest.mark.parametrize("page", PAGES)
def test_a_page_names_where_its_facts_stand(page):
    found = PAGES[page]
    assert found["section"]
    assert set(found.get("facts", [])) <= set(FACTS)
    assert set(found.get("techniques", [])) <= set(content_folder("techniques"))
    assert set(found.get("areas", [])) <= set(content_folder("areas"))


@pytest.mark.parametrize("page", PAGES)
def test_a_page_carries_the_marks_of_the_facts_it_restates(page):
    found = PAGES[page]
    techniques = content_folder("techniques")
    restated = [FACTS[key] for key in found.get("facts", [])]
    restated += [techniques[key] for key in found.get("techniques", [])]
    assert {mark for item in restated for mark in item.get("marks", [])} <= set(found.get("marks", []))


@pytest.mark.parametrize("page", ["p_5", "p_6", "p_7"])
def test_a_practice_page_has_the_steps_of_its_technique(page):
    technique = content_folder("techniques")[PAGES[page]["techniques"][0]]
    numbered = [line for line in lines(PAGES[page]) if re.match(r"\d+\. ", line)]
    assert len(numbered) == len(technique["steps"])


def test_the_page_on_harm_has_a_quick_exit_and_every_sign():
    page = PAGES["p_12"]
    assert page["quick_exit"] is True
    signs = next(part["lines"] for part in page["part"] if part["heading"].startswith("Signs"))
    for word in ("afraid", "watch", "from other people", "insult", "force", "fault", "money", "children"):
        assert any(word in sign for sign in signs), word


def test_the_safety_page_has_the_six_parts_of_a_plan():
    numbered = [line for line in lines(PAGES["p_10"]) if re.match(r"\d\. ", line)]
    assert len(numbered) == len(content("risk.toml")["plan_part"]) == 6


def test_facts_of_the_core_model_keep_their_marks():
    for heading, prefix in (("1.2", "core_"), ("1.3", "mech_"), ("1.4", "stance_")):
        told = {row[0]: row for row in rows(heading) if row[0].startswith(prefix)}
        assert set(told) <= set(FACTS)
        for key, row in told.items():
            assert set(FACTS[key].get("marks", [])) == marked(*row), key


def test_every_thing_that_ipt_is_not_is_said():
    told = [row for row in rows("1.5") if len(row) == 2][1:]
    assert sum(fact["kind"] == "not" for fact in FACTS.values()) == len(told)
