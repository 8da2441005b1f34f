"""A first draft of formulation and contract, written from the record; every part says where it comes from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from openipt.core.course import known
from openipt.core.course.agreeing import days_of
from openipt.core.course.known import first_day
from openipt.core.course.phases import MAINTENANCE, planned_sessions, sessions_before
from openipt.core.course.progress import CASE_FROM
from openipt.core.course.scores import PHQ9, start_score
from openipt.core.course.taper import proposed, stretches
from openipt.core.fields.words import date_in_words
from openipt.core.manual.model import midpoint
from openipt.records.models import Entry
from openipt.web.circle_standing import PERSON, latest_values
from openipt.web.therapist.common import EpisodePage
from openipt.web.therapist.presenters_agreeing import (
    CONTRACT,
    FORMULATION,
    contract_days,
    latest_contract,
)
from openipt.web.therapist.presenters_ranking import issue_values, open_issues, ranking_of
from openipt.web.timeline_view import TIMELINE

# What the illness makes harder in turn, by problem area (ipt.md 3.11 names the place, the words are ours).
HARDER = {
    "grief": "mourning",
    "role_dispute": "finding new terms with each other",
    "role_transition": "finding a new role",
    "trauma_transition": "feeling and trusting with people",
    "interpersonal_sensitivity": "being with people",
    "loss_of_healthy_self": "living a life that is worth it",
}
SIGNED_BY = ("client", "therapist")
HELP_FIELDS = ("asks_for_help_how", "gives_help_how", "accepts_help_how")
TAPER = "taper"
MONTH = 28  # days, as the rhythm of a contract has it
MEETINGS_OF_A_YEAR = 12  # of maintenance, to begin with: a year of monthly meetings (DEFAULT)


@dataclass
class Draft:
    """Values for the form, and for each the words that say where it comes from."""

    codes: Mapping[str, str] = field(default_factory=dict)  # id -> title, for the words of the sources
    values: dict[str, Any] = field(default_factory=dict)
    sources: list[tuple[str, str]] = field(default_factory=list)

    def add(self, key: str, label: str, value: Any, source: str) -> None:
        if value in (None, "", [], ()):
            return
        self.values[key] = value
        self.sources.append((label, f"{self._said(value)} ({source})"))

    def _said(self, value: Any) -> str:
        """A value in a few words, for the list of sources: titles for ids, days in words."""
        if isinstance(value, list):
            return ", ".join(
                self._said(one.get("text", "")) if isinstance(one, dict) else self._said(one) for one in value
            )
        words = str(value)
        return self.codes.get(words) or (date_in_words(words) if isinstance(value, str) else words)


def _begun(page: EpisodePage) -> Draft:
    return Draft(codes={**page.codes["areas"], **page.codes["measures"]})


def latest(page: EpisodePage, record: str) -> Entry | None:
    found = page.entries(record)
    return found[-1] if found else None


def draft_formulation(page: EpisodePage) -> Draft:
    """What the record already says for each part of the paragraph. Nothing recorded, nothing written."""
    draft = _begun(page)
    draft.add("name", "Name", page.episode.client.name.split(" ")[0], "the client's details")
    _disorder(page, draft)
    _onset_and_event(page, draft)
    area = _area(page, draft)
    draft.add("event_area", "What it makes harder", HARDER.get(area, ""), "the problem area")
    draft.add("N", "Meetings", planned_sessions(page.course), "the plan of this course")
    _goals(page, draft, area)
    if "attachment" in page.manual.asks_for.get(FORMULATION, ()):
        draft.add(
            "attachment", "Attachment", _with_help(page), "how the client asks for, gives and takes help"
        )
    draft.values |= {"date": page.on.isoformat()}
    if page.status.session_number:
        draft.values["agreed_on_session"] = page.status.session_number
    return draft


def _disorder(page: EpisodePage, draft: Draft) -> None:
    start = start_score(page.manual, page.course, PHQ9)
    if start is not None and start >= CASE_FROM[PHQ9]:
        title = page.manual.measure_list[PHQ9].title
        draft.add("disorder", "Illness", "depression", f"{title} {start:g} at the start")


def _onset_and_event(page: EpisodePage, draft: Draft) -> None:
    """The symptoms' first day and the event nearest to it: tied to a symptom first, else just before."""
    items = [entry.visible for entry in page.entries(TIMELINE) if entry.visible.get("text")]
    symptoms = [one for one in items if one.get("type") == "symptom" and first_day(one.get("date"))]
    if symptoms:
        first = min(symptoms, key=lambda one: first_day(one["date"]) or date.max)
        words = date_in_words(str(first["date"]))
        draft.add("onset", "Onset", words, f"the first symptom on the time line: {first['text']}")
    event, source = _event(page, items, symptoms)
    if event is not None:
        draft.add("event", "Event", str(event["text"]).rstrip("."), source)
        people = [page.people.get(code, str(code)) for code in event.get("people") or ()]
        draft.add("person", "With whom", " and ".join(people), "who was part of it on the time line")
    if "person" not in draft.values:
        draft.add("person", "With whom", _changed_person(page), "a change near onset in the inventory")


def _event(page: EpisodePage, items: list[Any], symptoms: list[Any]) -> tuple[Any, str]:
    events = {str(one["text"]): one for one in items if one.get("type") == "event"}
    links = [
        (row.get("strength_0_3") or 0, str(row.get("event")))
        for entry in page.entries(TIMELINE)
        for row in entry.visible.get("links") or ()
    ]
    tied = [(strength, text) for strength, text in links if text in events and strength]
    if tied:
        strength, text = max(tied)
        return events[text], f"tied to a symptom on the time line, strength {strength} of 3"
    onset = min((first_day(one["date"]) or date.max for one in symptoms), default=None)
    before = [
        (on, text)
        for text, one in events.items()
        if (on := first_day(one.get("date"))) and onset and on.replace(day=1) <= onset
    ]
    if not before:
        return None, ""
    return events[max(before)[1]], "the last event before the first symptom on the time line"


def _changed_person(page: EpisodePage) -> str:
    by_person: dict[str, list[Entry]] = {}
    for entry in page.entries(PERSON):
        by_person.setdefault(str(entry.visible.get("person_id")), []).append(entry)
    for code, entries in by_person.items():
        change = latest_values(entries).get("change_near_onset")
        if isinstance(change, dict) and change.get("changed") is True:
            return page.people.get(code, "")
    return ""


def _area(page: EpisodePage, draft: Draft) -> str:
    """The area of the issue agreed first, else proposed first, else of the area rated as focus."""
    values = open_issues(issue_values(page))
    ranked = [
        (entry.values["final_rank"], str(entry.values.get("issue")))
        for entry in known.latest_ranking_entries(page.course)
        if entry.values.get("final_rank") and str(entry.values.get("issue")) in values
    ]
    name = min(ranked)[1] if ranked else ranking_of(values).proposed
    area = str(values.get(name or "", {}).get("area") or "")
    source = "the issue agreed first" if ranked else "the issue that scores first"
    if not area:
        rated = [
            e.visible for e in page.entries("rec_problem_area_rating") if e.visible.get("recommended_focus")
        ]
        area, source = (str(rated[-1].get("area")), "the area rated as focus") if rated else ("", "")
    draft.add("problem_area", "Focus", [area] if area else [], source)
    return area


def _goals(page: EpisodePage, draft: Draft, area: str) -> None:
    contract = latest(page, CONTRACT)
    agreed = (
        [row["text"] for row in (contract.visible.get("goals") or ()) if row.get("text")] if contract else []
    )
    if agreed:
        draft.add("goals", "Goals", agreed, "the contract")
    elif area in page.manual.areas:
        usual = list(page.manual.areas[area].goals[:2])
        draft.add(
            "goals", "Goals", usual, "the usual goals of this area: put the client's own in their place"
        )


def _with_help(page: EpisodePage) -> str:
    """The map of attachment (I17) in one line."""
    entry = latest(page, "rec_attachment")
    if entry is None:
        return ""
    said = (str(entry.visible.get(key) or "").strip().rstrip(".") for key in HELP_FIELDS)
    return "; ".join(filter(None, said))


# -- contract ----------------------------------------------------------------------------------------


def draft_contract(page: EpisodePage) -> Draft:
    """The contract as the formulation, the plan and the manual suggest it, dates in the manual's rhythm."""
    draft = _begun(page)
    formulation = latest(page, FORMULATION)
    said = formulation.visible if formulation else {}
    before = sessions_before(page.course)
    planned = (said.get("N") if page.manual.is_acute else None) or planned_sessions(page.course) - before
    held = (meeting.on for meeting in page.course.held if (meeting.number or 0) > before)
    first = next(held, None) or _first_planned(page) or page.on
    rhythm = _rhythm(page, planned)
    last = days_of(first, stretches(rhythm))[-1]
    draft.add("focus", "Focus", list(said.get("problem_area") or ()), "the formulation")
    draft.add("goals", "Goals", [{"text": goal} for goal in said.get("goals") or ()], "the formulation")
    draft.add("sessions_planned", "Meetings", planned, "the formulation, else the plan of this course")
    draft.add("first_date", "First meeting", first.isoformat(), "the first session held or planned")
    in_words = "one each week" if rhythm["frequency"] == "weekly" and "taper" not in rhythm else "spaced"
    draft.add("end_date", "Last meeting", last.isoformat(), f"{planned} meetings, {in_words}")
    draft.add("minutes", "Minutes", page.manual.minutes, "the manual")
    draft.add("measures", "Measures", _measures(page), "the manual, each session")
    if page.manual.has_task("M12"):
        draft.add("review_sessions", "Reviews", [midpoint(planned)], "half of the meetings, rounded up (M12)")
    if not page.manual.is_acute:
        _look_ahead(page, draft, known.months_after(first, 12))
    draft.values |= {**rhythm, "format": "individual", "signed_by": list(SIGNED_BY)}
    return draft


def _rhythm(page: EpisodePage, planned: int) -> dict[str, Any]:
    """How often they meet, as the manual has it: with a taper where the adaptation asks for one."""
    frequency = page.manual.rhythm(planned)[0][0]
    values = {"sessions_planned": planned, "frequency": "weekly" if frequency == "as_agreed" else frequency}
    if TAPER in page.manual.asks_for.get(CONTRACT, ()):
        values[TAPER] = spaced_by_manual(page, values)
    return values


def spaced_by_manual(page: EpisodePage, values: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The rows of a taper for this number of meetings, as the manual spaces them."""
    number = values.get("sessions_planned")
    if not isinstance(number, int) or not 1 <= number <= 200:
        return []
    return [{"meetings": one.meetings, "frequency": one.frequency} for one in proposed(page.manual, number)]


def _look_ahead(page: EpisodePage, draft: Draft, review: date) -> None:
    """When maintenance is looked at again, and which signs mean meeting more often."""
    draft.add("review_date", "Review", review.isoformat(), "the review of the year (X05)")
    relapse = latest(page, "rec_relapse_plan")
    signs = list(relapse.visible.get("early_signs") or ()) if relapse else []
    draft.add("signals", "Signs", signs, "the early signs of the relapse plan")


def draft_maintenance(page: EpisodePage) -> Draft:
    """The contract of maintenance: what was agreed goes on, once a month, from a month after the last meeting."""
    draft = _begun(page)
    acute = latest_contract(page)
    said = acute.visible if acute else {}
    held = [meeting.on for meeting in page.course.held]
    days = contract_days(said)
    first = max([*held[-1:], *days[-1:]], default=page.on) + timedelta(days=MONTH)
    values = {"sessions_planned": MEETINGS_OF_A_YEAR, "frequency": "monthly"}
    last = days_of(first, stretches(values))[-1]
    draft.add("focus", "Focus", list(said.get("focus") or ()), "the contract of the acute part")
    draft.add("goals", "Goals", list(said.get("goals") or ()), "the contract of the acute part")
    draft.add(
        "first_date", "First meeting", first.isoformat(), "a month after the last meeting of the acute part"
    )
    draft.add("end_date", "Last meeting", last.isoformat(), f"{MEETINGS_OF_A_YEAR} meetings, one each month")
    draft.add(
        "minutes", "Minutes", said.get("minutes") or page.manual.minutes, "the contract of the acute part"
    )
    _look_ahead(page, draft, last)
    draft.values |= {**values, "covers": MAINTENANCE, "format": "individual", "signed_by": list(SIGNED_BY)}
    return draft


def _first_planned(page: EpisodePage) -> date | None:
    from_now = [m.on for m in page.course.meetings if m.number is None and m.on >= page.on]
    return min(from_now, default=None)


def _measures(page: EpisodePage) -> list[str]:
    listed = (one for item in page.manual.due_at("session") for one in item.measures)
    return list(dict.fromkeys(listed))
