"""Starts and changes of medication as the record tells them."""

from __future__ import annotations

from datetime import date

from tests.spec.world import course, day

from openipt import library
from openipt.core.course.medication import medication_events
from openipt.core.course.transitions import exit_criteria


def drug(session: int, **said):
    return ("rec_medication", session, said)


def told(*records):
    return [(e.on, e.drug, e.before, e.dose) for e in medication_events(course(8, records=records))]


def test_a_drug_begins_on_the_day_it_was_taken_since() -> None:
    assert told(drug(1, drug="sertraline", dose="50 mg", since="2025-05-12")) == [
        (date(2025, 5, 12), "sertraline", "", "50 mg")
    ]
    event = medication_events(course(8, records=[drug(1, drug="lithium", since="2019")]))[0]
    assert (event.on, event.since, event.is_start) == (date(2019, 1, 1), "2019", True)


def test_without_a_day_it_begins_when_it_was_written_down() -> None:
    assert told(drug(3, drug="sertraline")) == [(day(3), "sertraline", "", "")]


def test_another_dose_is_a_change_and_the_same_again_is_none() -> None:
    assert told(
        drug(1, drug="Sertraline", dose="50 mg", since="2025-05-12"),
        drug(2, drug="sertraline", dose="50  mg", wish="keep"),
        drug(4, drug="sertraline", dose="100 mg"),
        drug(5, drug="sertraline", wish="keep"),
        drug(6, drug="sertraline", dose="100 mg"),
    ) == [(date(2025, 5, 12), "Sertraline", "", "50 mg"), (day(4), "sertraline", "50 mg", "100 mg")]


def test_a_dose_that_was_not_known_before_is_no_change() -> None:
    assert told(drug(1, drug="sertraline"), drug(4, drug="sertraline", dose="100 mg")) == [
        (day(1), "sertraline", "", "")
    ]


def test_a_wish_alone_is_no_drug() -> None:
    assert told(drug(1, wish="none for now"), drug(2, drug=None, wish="wait"), drug(3, drug=" ")) == []


def test_rhythm_therapy_leads_on_only_once_somebody_prescribes() -> None:
    """Medication is a condition of it (ipt.md 4.13, 18); of no other adaptation it is asked."""
    words = [drug(1, drug="lithium"), drug(2, drug="lithium", prescriber="Dr Sund")]
    for records, met in ((words[:1], False), (words, True)):
        found = exit_criteria(library.manual("ipsrt"), course(4, records=records), day(4), "initial")
        (prescriber,) = (one for one in found.criteria if one.id == "prescriber-on-record")
        assert prescriber.met is met
    others = [m for m in library.manuals().values() if m.id != "ipsrt"]
    assert not any("prescriber-on-record" in phase.exit_conditions for m in others for phase in m.phases)
