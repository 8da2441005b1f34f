"""The adaptations that are deltas of the base protocol, held to their cards in the clinical reference, section 4."""

from __future__ import annotations

import re

import pytest
from tests.content.reference_tables import bare, cited, content, marked, rows, section

from openipt import library

# Adaptation -> its heading in the reference, the prefix of its tasks, the row of its table where several share one.
CARDS = {
    "ipt_b": ("4.3 `ipt_b`", "IB", ""),
    "ipt_est": ("4.5 `ipt_est`", "EST", ""),
    "ipt_ast": ("4.9 `ipt_ast`", "AST", ""),
    "fb_ipt": ("4.10 `fb_ipt`", "FB", ""),
    "ipt_ppd": ("4.11 `ipt_ppd`", "PP", ""),
    "ipt_antepartum": ("4.12 `ipt_antepartum`", "AN", "ipt_antepartum"),
    "ipt_ptsd": ("4.14 `ipt_ptsd`", "PT", ""),
    "ipt_bpd": ("4.18 `ipt_bpd`", "BP", ""),
    "ipt_sud_adj": ("4.17 `ipt_sud_adj`", "SU", ""),
    "ipt_cm": ("4.19 `ipt_ll`", "CM", "ipt_cm"),
    "pa_ipt": ("4.12 `ipt_antepartum`", "PA", "pa_ipt"),
    "ipt_bn": ("4.15 Eating", "ED", "ipt_bn"),
    "ipt_sad": ("4.16 `ipt_sad`", "SA", ""),
    "ipt_ll": ("4.19 `ipt_ll`", "LL", "ipt_ll"),
    "ipt_d": ("4.19 `ipt_ll`", "D", "ipt_d"),
    "ipt_sr": ("4.1 `ipt_sr`", "SR", ""),
    "dit": ("4.20 `dit`", "DIT", ""),
}
NAMES = sorted(CARDS)
# The index counts the engagement conversation of ipt_b, which is number 0 here; the booster of ipt_sad is a follow-up.
SESSIONS = {
    "ipt_b": (8, 8, 8),
    "ipt_est": (3, 3, 3),
    "ipt_ast": (8, 8, 8),
    "fb_ipt": (14, 14, 14),
    "ipt_ppd": (12, 12, 12),
    "ipt_antepartum": (16, 16, 16),
    "ipt_ptsd": (14, 14, 14),
    "ipt_bpd": (34, 34, 34),
    "ipt_sud_adj": (8, 16, 24),
    "ipt_cm": (12, 16, 16),
    "pa_ipt": (8, 8, 8),
    "ipt_bn": (19, 20, 20),
    "ipt_sad": (14, 14, 16),
    "ipt_ll": (12, 16, 20),
    "ipt_d": (16, 16, 16),
    "ipt_sr": (6, 12, 20),
    "dit": (16, 16, 16),
}


def card(name: str) -> str:
    """All that the reference says of it: its section, or its row where a table holds several."""
    title, _, row = CARDS[name]
    if not row:
        return section(title)
    found = " | ".join(next(cells for cells in rows(title) if bare(cells[0]) == row))
    _, added, tasks = section(title).partition("Tasks added")
    return found + added + tasks


def index(name: str) -> list[str]:
    return next(cells for cells in rows("4.0 Index") if bare(cells[0]) == name)


@pytest.mark.parametrize("name", NAMES)
def test_every_task_of_the_card_is_there_or_said_to_be_left_undone(name):
    manual, prefix = library.manual(name), CARDS[name][1]
    told = set(re.findall(rf"\b{prefix}-\d\d\b", card(name)))
    own = {task.id for task in manual.tasks if re.fullmatch(rf"{prefix}-\d\d", task.id)}
    said = {i for line in (*manual.not_done, manual.format_note) for i in re.findall(r"[A-Z]+-\d\d", line)}
    assert told == own | said and told
    assert not own & said


@pytest.mark.parametrize("name", NAMES)
def test_records_and_requirements_are_those_of_the_card(name):
    manual, prefix = library.manual(name), CARDS[name][1]
    for told in re.split(rf"(?=\b{prefix}-\d\d\b)", card(name))[1:]:
        task_id = told[: len(prefix) + 3]
        if not manual.has_task(task_id):
            continue
        task, words = manual.task(task_id), re.split(r";| \|", told)[0]
        if record := re.search(r"`(rec_\w+)[`.]", words):
            assert task.record == record[1], task_id
        else:
            assert "DEFAULT" in task.marks, task_id
        if requirement := re.search(r"[( ,](R|C|O)[),]", words):
            assert task.requirement.value == requirement[1], task_id


@pytest.mark.parametrize("name", NAMES)
def test_lengths_grade_sources_and_figures_are_those_of_the_card(name):
    manual = library.manual(name)
    assert (manual.sessions.min, manual.sessions.typical, manual.sessions.max) == SESSIONS[name]
    first, _, more = index(name)[3].partition("+")
    counts = {int(n) for n in re.findall(r"\d+", first + more if "individual" in first else first)}
    assert {manual.sessions.min, manual.sessions.max} <= counts
    assert manual.evidence.grade == index(name)[4][0]
    kept = {*manual.sources, *manual.evidence.sources, *(s for task in manual.tasks for s in task.sources)}
    assert cited(card(name)) <= kept
    figures = re.findall(r"\d+\.\d+ %|\d+\.\d+", _figures(name))
    assert all(figure.removesuffix(" %") in manual.evidence.text for figure in figures)


def _figures(name: str) -> str:
    for cells in rows(CARDS[name][0]):
        if cells[0] == "figures":
            return re.sub(r"\[S\d+\]", "", cells[1])
        if bare(cells[0]) == CARDS[name][2] != "" and len(cells) > 4:
            return re.sub(r"\[S\d+\]", "", cells[-2])
    return ""


@pytest.mark.parametrize("name", NAMES)
def test_a_task_that_is_the_teams_own_choice_says_so(name):
    """Only what the card itself grounds goes without a mark."""
    tasks = content(f"manual/{name}/manual.toml")["task"]
    unmarked = {task["id"] for task in tasks if not task.get("marks") and not task.get("sources")}
    assert unmarked == set()


# Tasks whose own line cites nothing, and whose ground another row of the card gives.
BY_THE_CARD = {"A-01", "A-02", "A-03", "A-07", "A-09", "IB-01"}


def test_a_task_whose_line_cites_nothing_is_told_as_general_knowledge():
    """Section 4: without a mark the content of a task is general knowledge; what is cited there is kept."""
    told = {}
    for piece in re.split(r"(?=\b(?:[A-Z]+-|G)\d\d\b)", section("4. Adaptations"))[1:]:
        task_id = re.match(r"(?:[A-Z]+-|G)\d\d", piece)[0]
        own_row = re.match(r"(\.\.\d\d)? \|", piece.removeprefix(task_id))
        told.setdefault(task_id, re.split(r"\n" if own_row else r"[;|\n]", piece)[0])
    named = {}
    for manual in (*library.manuals().values(), library.manual("ipt_acute+ipt_tele")):
        for task in (one for one in manual.tasks if one.id in told):
            named[task.id] = told[task.id]
            assert cited(told[task.id]) <= set(task.sources), (manual.id, task.id)
            assert not marked(told[task.id]) - set(task.marks), (manual.id, task.id)
            grounded = cited(told[task.id]) or task.id in BY_THE_CARD
            assert grounded or "GKU" in task.marks, (manual.id, task.id)
    assert len(named) > 100


def test_where_a_card_is_silent_what_speaks_against_ipt_stands():
    """Section 4: a silent card inherits the contraindications of section 12. Groups have those of 4.6."""
    silent = {
        name
        for title in re.findall(r"^### (4\.[1-9]\d? .*)$", section("4. Adaptations"), re.MULTILINE)
        if "ontraindication" not in section(title)
        for name in re.findall(r"`(\w+)`", title)
    }
    kept = silent & set(library.manuals()) - {"dit", "mit", "mit_g", "ipt_g_16", "rose"}
    assert {"ipt_ast", "fb_ipt", "ipt_inp", "ipt_cm", "pa_ipt", "ipt_sud_adj", "ipt_bpd"} <= kept
    for name in kept:
        said = " ".join(library.manual(name).contraindications)
        for word in ("psychotic depression", "mania", "addiction care|dependence", "dangerous", "untested"):
            assert re.search(word, said), (name, word)
    group = set(library.manual("ipt_g_who").contraindications)
    assert group == set(library.manual("ipt_g_16").contraindications)
    assert group <= set(library.manual("rose").contraindications)


def test_a_meeting_with_somebody_else_is_conditional_where_the_reference_says_so():
    """3.5: I15 is optional, and conditional in these three."""
    row = next(cells for cells in rows("3.5 Task library") if cells[0] == "I15")
    conditional = set(re.findall(r"`(\w+)`", row[5])) & set(library.manuals())
    found = {
        m.id
        for m in library.manuals().values()
        if m.has_task("I15") and m.task("I15").requirement.value == "C"
    }
    assert found == conditional == {"ipt_a", "fb_ipt", "pa_ipt"}


def test_brief_ipt_begins_with_the_engagement_conversation_and_leaves_sensitivity_out():
    manual = library.manual("ipt_b")
    assert manual.phase_split(8) == {"initial": (1, 2), "middle": (3, 6), "ending": (7, 8)}
    assert manual.window(manual.task("IB-01"), 8) == (0, 0)
    assert "interpersonal_sensitivity" not in manual.areas and len(manual.areas) == 3


def test_bulimia_follows_the_split_of_twenty_and_nineteen_the_same_shape():
    manual = library.manual("ipt_bn")
    assert manual.phase_split(20) == {"initial": (1, 4), "middle": (5, 17), "ending": (18, 20)}
    assert manual.phase_split(19) == {"initial": (1, 4), "middle": (5, 16), "ending": (17, 19)}


def test_after_birth_an_hour_and_the_scale_for_that_time():
    manual = library.manual("ipt_ppd")
    assert manual.minutes == 60 == sum(minutes for _, minutes in manual.agenda_of("middle"))
    assert all("ms_epds" in item.measures for when in ("baseline", "end") for item in manual.due_at(when))


def test_with_ptsd_feelings_are_named_in_each_session_of_the_first_half():
    manual = library.manual("ipt_ptsd")
    task = manual.task("PT-02")
    assert task.phases == ("initial", "middle") and task.each_session and task.until == "midpoint"
    assert "trust_0_10" not in manual.record_types["rec_inventory_person"].unasked
    assert "trust_0_10" in library.manual("ipt_acute").record_types["rec_inventory_person"].unasked


def test_borderline_has_an_acute_part_and_what_continues_it():
    manual = library.manual("ipt_bpd")
    assert [(part.id, part.first, part.last) for part in manual.parts] == [
        ("acute", 1, 18),
        ("continuation", 19, 34),
    ]
    assert (
        manual.part_of(18).id == "acute" and manual.part_of(19).id == manual.part_of(40).id == "continuation"
    )
    assert manual.task("BP-04").phases == ("initial", "middle", "ending")


def test_stuart_and_robertson_space_the_last_meetings_and_go_on():
    manual = library.manual("ipt_sr")
    assert manual.rhythm(12) == (("weekly", 8), ("fortnightly", 2), ("monthly", 2))
    assert all(2 <= sum(n for f, n in manual.rhythm(planned)[1:]) <= 4 for planned in manual.allowed_lengths)
    assert manual.ways_from("ending") == ("maintenance",)
    assert {manual.task(task).requirement.value for task in ("I08", "I17")} == {"R"}


def test_maintenance_is_held_to_its_card():
    """Continuation from weekly to monthly over about four months, then 24 to 36 months; X01 to X05 in both."""
    manual, told = library.manual("ipt_m"), section("4.2 `ipt_m`")
    assert [phase.id for phase in manual.phases] == ["pre", "continuation", "maintenance"]
    assert manual.rhythm(32) == (("weekly", 3), ("fortnightly", 3), ("monthly", 26))
    monthly = [manual.phase_split(n)["maintenance"] for n in (manual.sessions.min, manual.sessions.max)]
    assert [last - first + 1 for first, last in monthly] == [24, 36]
    own = {task.id for task in manual.tasks if task.phase != "pre"}
    assert own == {"X01", "X02", "X03", "X04", "X05"}
    assert all(manual.task(task).phases == ("continuation", "maintenance") for task in own)
    assert cited(told) <= {*manual.sources, *manual.evidence.sources}
    figures = [row[1] for row in rows("4.2 `ipt_m`") if row[0] == "figures"][0]
    numbers = re.findall(r"\d+ %|\d+\.\d+", re.sub(r"\[S\d+\]", "", figures))
    assert numbers and all(number in manual.evidence.text for number in numbers)


def test_dynamic_interpersonal_therapy_mixes_in_nothing_of_ipt():
    """Beside what a service asks before any treatment, no task, area, technique or page of IPT is in it."""
    manual, base = library.manual("dit"), library.manual("ipt_acute")
    assert manual.phase_split(16) == {"initial": (1, 4), "middle": (5, 12), "ending": (13, 16)}
    assert [task.id for task in manual.tasks if task.phase != "pre"] == [f"DIT-{n:02}" for n in range(1, 10)]
    assert not manual.areas and not manual.techniques and base.techniques
    assert {"p_1", "p_3"} <= set(base.pages) - set(manual.pages)
    assert manual.due_at("session")[0].measures == ("ms_phq9", "ms_gad7")
