"""A first draft of formulation and contract, written from the record; every part says where it comes from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from openipt.core.course import known
from openipt.core.course.agreeing import last_day
from openipt.core.course.known import first_day
from openipt.core.course.phases import planned_sessions
from openipt.core.course.progress import CASE_FROM
from openipt.core.course.scores import PHQ9, start_score
from openipt.core.fields.words import date_in_words
from openipt.core.manual.model import midpoint
from openipt.records.models import Entry
from openipt.web.circle_standing import PERSON, latest_values
from openipt.web.therapist.common import EpisodePage
from openipt.web.therapist.presenters_agreeing import CONTRACT, FORMULATION
from openipt.web.therapist.presenters_ranking import issue_values, open_issues, ranking_of
from openipt.web.timeline_view import TIMELINE

# What the illness makes harder in turn, by problem area (ipt.md 3.11 names the place, the words are ours).
HARDER = {
    "grief": "mourning",
    "role_dispute": "finding new terms with each other",
    "role_transition": "finding a new role",
    "interpersonal_sensitivity": "being with people",
}
SIGNED_BY = ("client", "therapist")


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


# -- contract ----------------------------------------------------------------------------------------


def draft_contract(page: EpisodePage) -> Draft:
    """The contract as the formulation, the plan and the manual suggest it, dates worked out weekly."""
    draft = _begun(page)
    formulation = latest(page, FORMULATION)
    said = formulation.visible if formulation else {}
    planned = said.get("N") or planned_sessions(page.course)
    first = next((meeting.on for meeting in page.course.held), None) or _first_planned(page) or page.on
    draft.add("focus", "Focus", list(said.get("problem_area") or ()), "the formulation")
    draft.add("goals", "Goals", [{"text": goal} for goal in said.get("goals") or ()], "the formulation")
    draft.add("sessions_planned", "Meetings", planned, "the formulation, else the plan of this course")
    draft.add("first_date", "First meeting", first.isoformat(), "the first session held or planned")
    draft.add(
        "end_date", "Last meeting", last_day(first, planned).isoformat(), f"{planned} meetings, one each week"
    )
    draft.add("minutes", "Minutes", page.manual.minutes, "the manual")
    draft.add("measures", "Measures", _measures(page), "the manual, each session")
    draft.add("review_sessions", "Reviews", [midpoint(planned)], "half of the meetings, rounded up (M12)")
    draft.values |= {"frequency": "weekly", "format": "individual", "signed_by": list(SIGNED_BY)}
    return draft


def _first_planned(page: EpisodePage) -> date | None:
    from_now = [m.on for m in page.course.meetings if m.number is None and m.on >= page.on]
    return min(from_now, default=None)


def _measures(page: EpisodePage) -> list[str]:
    listed = (one for item in page.manual.due_at("session") for one in item.measures)
    return list(dict.fromkeys(listed))
