"""Which adaptations a record leads to: the checklist and the facts, case by case of the clinical reference, 12."""

from __future__ import annotations

import pytest
from tests.spec.world import START, course, day

from openipt import library
from openipt.core.course.choosing import FACTS, Fit, Offer, may_choose, offer_of, offers
from openipt.core.course.course import Course, EpisodeStatus
from openipt.core.manual.names import CHOOSING_FACTS

STOPS = ("s_03", "s_04", "s_05", "s_06", "s_07", "s_08", "s_09")
CLEAR = {f"s_{n:02}": {"answer": "no"} for n in range(3, 14)} | {
    "s_01": {"answer": "yes", "disorder": "depression"},
    "s_02": {"answer": "yes"},
    "s_14": {"answer": "yes"},
    "s_15": {"answer": "yes"},
    "s_16": {"answer": "none"},
    "s_17": {"answer": "none"},
    "circumstances": ["none"],
}
ASKED_ALONE = ("rec_ipv_screen", 1, {"alone_confirmed": True, "answers": [0, 0, 0, 0], "positive": False})
EVERYTHING = frozenset(candidate.id for candidate in library.choosing().candidates)


def answered(*more, born: int | None = 1980, **answers) -> Course:
    """A course whose checklist is clear but for these answers."""
    values = {
        **CLEAR,
        **{k: {**CLEAR.get(k, {}), **v} if isinstance(v, dict) else v for k, v in answers.items()},
    }
    return course(records=[("rec_suitability", 1, values), *more], birth_year=born)


def found(made: Course, here=EVERYTHING) -> dict[str, Offer]:
    offered = offers(library.manual("ipt_acute"), made, day(1), library.choosing(), here)
    return {offer.candidate.id: offer for offer in offered}


def fits(made: Course) -> set[str]:
    return {name for name, offer in found(made).items() if offer.fit in (Fit.FITS, Fit.CONDITION)}


def test_depression_with_a_clear_checklist_fits_the_base_protocol_and_says_from_where():
    offer = found(answered())["ipt_acute"]
    assert offer.fit is Fit.FITS and not offer.against and not offer.conditions
    assert offer.leads[0].line.sources == ("S10",) and offer.leads[0].line.section == "3.1"


@pytest.mark.parametrize(
    ("disorder", "leads_to"),
    [
        ("bipolar", "ipsrt"),
        ("bulimia", "ipt_bn"),
        ("binge_eating", "ipt_bed_g"),
        ("social_anxiety", "ipt_sad"),
        ("ptsd", "ipt_ptsd"),
        ("borderline", "ipt_bpd"),
        ("persistent_depression", "ipt_d"),
        ("recurrent_remitted", "ipt_m"),
        ("distress", "ipc"),
    ],
)
def test_the_main_problem_leads_to_the_form_made_for_it_and_not_to_the_base_protocol(disorder, leads_to):
    made = answered(s_01={"disorder": disorder})
    assert leads_to in fits(made) and "ipt_acute" not in fits(made)


@pytest.mark.parametrize(
    ("circumstance", "leads_to"),
    [
        ("pregnant", "ipt_antepartum"),
        ("after_birth", "ipt_ppd"),
        ("few_sessions", "ipt_b"),
        ("primary_care", "ipt_est"),
        ("in_hospital", "ipt_inp"),
        ("group", "ipt_g_16"),
    ],
)
def test_circumstances_lead_to_the_form_made_for_them(circumstance, leads_to):
    assert leads_to not in fits(answered())
    assert leads_to in fits(answered(circumstances=[circumstance]))


@pytest.mark.parametrize("item", STOPS)
def test_a_stop_speaks_against_every_adaptation_but_the_form_made_for_it(item):
    made = found(answered(**{item: {"answer": "yes"}}))
    still = {name for name, offer in made.items() if not offer.against and not offer.candidate.modifier}
    assert still == ({"ipt_ll"} if item == "s_07" else set())
    assert may_choose(made["ipt_acute"], EpisodeStatus.ACTIVE) and made["ipt_acute"].asks_reason


@pytest.mark.parametrize("item", STOPS)
@pytest.mark.parametrize("answer", ["unsure", ""])
def test_a_stop_that_is_not_known_is_never_taken_for_a_no(item, answer):
    offer = found(answered(**{item: {"answer": answer}}))["ipt_acute"]
    assert offer.fit is Fit.OPEN and len(offer.missing) == 1 and item in offer.missing[0]


def test_an_empty_checklist_leads_nowhere():
    assert fits(course(phq9=[15])) == set()


def test_a_bipolar_history_leads_to_rhythm_therapy_with_a_prescriber_alone():
    made = found(answered(s_04={"answer": "history"}))
    assert fits(answered(s_04={"answer": "history"})) == {"ipsrt"}
    assert made["ipsrt"].fit is Fit.CONDITION and "prescriber" in made["ipsrt"].candidate.needs[0]
    assert "GKU" in made["ipt_acute"].against[0].line.marks


def test_dependence_is_never_treated_by_ipt_alone():
    alone = {"answer": "no", "main_problem": "yes", "addiction_care": "no"}
    cared_for = {"answer": "no", "main_problem": "yes", "addiction_care": "yes"}
    assert fits(answered(s_06=alone)) == set()
    assert "ipt_sud_adj" in fits(answered(s_06=cared_for))
    unasked = answered(s_01={"disorder": "substance"}, s_06={"answer": ""})
    assert found(unasked)["ipt_sud_adj"].fit is Fit.OPEN


def test_work_with_a_partner_waits_for_a_screen_alone_and_is_barred_by_danger():
    couple = {"circumstances": ["partner_dispute"]}
    assert found(answered(**couple))["ipt_cm"].fit is Fit.OPEN
    assert found(answered(ASKED_ALONE, **couple))["ipt_cm"].fit is Fit.CONDITION
    feared = ("rec_inventory_person", 1, {"label": "Jo", "safety_concern": True})
    assert found(answered(ASKED_ALONE, feared, **couple))["ipt_cm"].fit is Fit.NOT


def test_partner_assisted_work_around_a_birth_asks_for_the_partner():
    alone = answered(ASKED_ALONE, circumstances=["after_birth"])
    together = answered(ASKED_ALONE, circumstances=["after_birth", "partner_takes_part"])
    assert found(alone)["pa_ipt"].against and found(together)["pa_ipt"].fit is Fit.CONDITION


def test_age_leads_to_the_form_made_for_it_and_its_edge_cannot_be_told():
    year = START.year
    assert "ipt_ll" in fits(answered(born=year - 70)) and "ipt_ll" not in fits(answered(born=year - 40))
    assert "ipt_a" in fits(answered(born=year - 15)) and found(answered())["ipt_a"].fit is Fit.NOT
    assert found(answered(born=year - 60))["ipt_ll"].fit is Fit.OPEN


def test_what_was_made_for_depression_asks_to_look_first_at_what_is_made_for_the_main_problem():
    """Age, birth, setting or group alone lead to no form for depression while another problem is the main one."""
    young, trauma = START.year - 15, {"disorder": "ptsd"}
    for name, born, more in (
        ("ipt_a", young, {}),
        ("ipt_ll", START.year - 70, {}),
        ("ipt_ppd", 1990, {"circumstances": ["after_birth"]}),
        ("ipt_g_16", 1980, {"circumstances": ["group"]}),
    ):
        signs = [r.line.sign for r in found(answered(born=born, s_01=trauma, **more))[name].conditions]
        assert "another-disorder" in signs, name
        signs = [r.line.sign for r in found(answered(born=born, **more))[name].conditions]
        assert "another-disorder" not in signs, name
    assert not found(answered(s_01=trauma))["ipt_ptsd"].conditions


def test_prevention_treats_no_disorder():
    """A score alone asks first whether there is one; a named one speaks against the skills training."""
    young, expecting = START.year - 15, {"circumstances": ["pregnant"]}
    unnamed = {**CLEAR, **expecting, "s_01": {"answer": "yes"}}
    scored = course(records=[("rec_suitability", 1, unnamed)], phq9=[12], birth_year=young)
    for name in ("ipt_ast", "rose"):
        assert {reason.line.sign for reason in found(scored)[name].conditions} >= {"phq9-case"}
        named = found(answered(born=young, s_01={"disorder": "persistent_depression"}, **expecting))[name]
        assert named.against


def test_girls_with_loss_of_control_over_eating_are_twelve_to_seventeen():
    binges = {"s_01": {"disorder": "binge_eating"}}
    assert found(answered(born=START.year - 15, **binges))["ipt_wm"].fit is Fit.CONDITION
    assert found(answered(born=None, **binges))["ipt_wm"].fit is Fit.OPEN
    assert all(found(answered(born=START.year - age, **binges))["ipt_wm"].against for age in (10, 30))


def test_what_avoids_sensitivity_or_has_no_areas_is_not_sent_to_work_on_it():
    made = found(answered(s_02={"answer": "no"}))
    assert {reason.line.sign for reason in made["ipt_b"].against} == {"no-area"}
    assert not any(r.line.sign == "no-area" for name in ("dit", "mit") for r in made[name].conditions)
    assert [reason.line.sign for reason in made["ipt_acute"].conditions] == ["no-area"]


def test_without_means_for_crises_a_group_for_personality_disorders_is_no_way():
    severe = answered(s_01={"disorder": "personality"}, s_10={"answer": "yes"})
    assert found(severe)["mit"].fit is Fit.CONDITION and found(severe)["mit_g"].against


def test_severe_depression_asks_about_medication_and_steps_up_from_counselling():
    made = found(answered(s_11={"answer": "yes"}, circumstances=["primary_care"]))
    assert made["ipt_acute"].fit is Fit.CONDITION and made["ipt_acute"].conditions[0].line.sources == ("S18",)
    assert made["ipc"].fit is Fit.NOT
    scored = course(records=[("rec_suitability", 1, CLEAR)], phq9=[22], birth_year=START.year - 15)
    assert {reason.line.sign for reason in found(scored)["ipt_a"].conditions} == {"severe-score"}


def test_where_cbt_or_grief_therapy_did_better_it_is_told_first():
    bulimia = found(answered(s_01={"disorder": "bulimia"}, s_13={"answer": "yes"}))["ipt_bn"]
    assert {reason.line.sign for reason in bulimia.conditions} == {"cbt-better"}
    grief = found(answered(s_12={"answer": "yes"}))["ipt_acute"]
    assert grief.fit is Fit.CONDITION and "S67" in grief.conditions[0].line.sources


def test_research_is_never_among_what_fits_first_and_insomnia_is_not_offered():
    made = found(answered(s_01={"disorder": "body_dysmorphic"}))
    assert list(made)[-2:] == ["ipt_bdd", "ipt_insomnia"]
    assert may_choose(made["ipt_bdd"], EpisodeStatus.ASSESSMENT) and made["ipt_bdd"].asks_reason
    assert not may_choose(made["ipt_insomnia"], EpisodeStatus.ASSESSMENT)
    sleepless = found(answered(s_01={"disorder": "insomnia"}))
    assert {offer.fit for offer in sleepless.values()} == {Fit.NOT}


def test_what_is_not_here_yet_is_named_and_cannot_be_chosen():
    made = found(answered(), here={"ipc"})
    assert made["ipt_acute"].fit is Fit.FITS and not made["ipt_acute"].here
    assert "not available here yet" in may_choose(made["ipt_acute"], EpisodeStatus.ACTIVE).reasons[0]
    assert not may_choose(offer_of(tuple(made.values()), "ipc"), EpisodeStatus.ENDED)


def test_every_named_fact_is_a_function():
    assert set(FACTS) == set(CHOOSING_FACTS)
