"""What a person says where the case names a task or a field and gives no words of its own for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.journeys.case_story import CaseStory, Told

from openipt import library
from openipt.core.course.course import Answers
from openipt.core.fields.definitions import FieldDefinition, FieldType
from openipt.core.manual.model import Task
from openipt.core.portable.episode import PortableEntry

ISSUES, RISK, SESSION = "rec_issue_ranking", "rec_risk", "rec_session"


def total_of(answers: Answers) -> float:
    """What is entered of a measure of which the service keeps the total only."""
    if answers.total is not None:
        return answers.total
    return sum(filter(None, answers.items)) * library.measure(answers.measure).multiplier


class CaseWords:
    """Words of one case."""

    def __init__(self, story: CaseStory) -> None:
        self.story = story

    def words_for(self, told: Told, task: Task, part: FieldDefinition) -> Any:
        """Words of the case for a field of which it gives no record of its own."""
        if task.record == SESSION and (said := self._said_in_session(told, part.key)):
            return said
        if task.record == "rec_action_plan" and part.key == "step":
            return told.next_step or told.sentences[-1]
        if task.record == RISK and part.key == "level":
            return self.level(told)
        if task.record == "rec_next_step":
            given = (self.story.raw.get("ending") or {}).get("next_step") or {}
            if given.get(part.key):
                return given[part.key]
        match part.type:
            case FieldType.PERSON | FieldType.PEOPLE:
                return next(iter(self.story.people))
            case FieldType.TEXT | FieldType.LONG_TEXT:
                return told.sentences[sum(map(ord, task.id + part.key)) % len(told.sentences)][:200]
            case FieldType.YES_NO | FieldType.YES_NO_WORDS:
                return task.record != RISK
            case FieldType.CHOICE:
                return part.options[0].value
            case FieldType.CODE if part.codes_from == "measures":
                return "ms_phq9"
            case FieldType.NUMBER if part.key == "change":
                return self._change(told)
            case FieldType.CODE if part.codes_from == "areas":
                return self._focus()[0]
            case FieldType.CODES if part.codes_from == "areas":
                return self._focus()
            case FieldType.DATE | FieldType.PARTIAL_DATE:
                return told.on.isoformat()
            case FieldType.SCALE | FieldType.INTEGER:
                return int(part.minimum or 0)
            case FieldType.GROUP:
                return {part.fields[0].key: self.words_for(told, task, part.fields[0])}
            case FieldType.LIST:
                return told.sentences[:1]
            case FieldType.ROWS:
                rows = max(1, part.final_min_rows, part.min_rows)
                lines = [one for one in part.fields if one.type in (FieldType.TEXT, FieldType.LONG_TEXT)]
                chosen = [one for one in part.fields if one.required and one.type is FieldType.CHOICE]
                inner = [one for one in lines if one.required or one.final_required] or lines[:1]
                return [
                    {one.key: one.options[0].value for one in chosen}
                    | {
                        one.key: told.sentences[(n + m) % len(told.sentences)][:200]
                        for m, one in enumerate(inner)
                    }
                    for n in range(rows)
                ]
        return None

    def _focus(self) -> list[str]:
        given = (self.story.raw.get("formulation") or {}).get("problem_area")
        return given or list(self.story.manual.areas)[:1]

    def _said_in_session(self, told: Told, key: str) -> Any:
        values = [entry.values.get(key) for entry in told.records if entry.record == SESSION]
        return next(filter(None, values), None)

    def _change(self, told: Told) -> int:
        """The PHQ-9 of that day against the first."""
        rows = [a for a in self.story.told.answers if a.measure == "ms_phq9" and a.on <= told.on]
        totals = [sum(filter(None, a.items)) if a.items else int(a.total or 0) for a in rows]
        return totals[-1] - totals[0] if totals else 0

    def level(self, told: Told) -> str:
        """The level as the case last gave it: a new look does not change it."""
        rows = [
            r
            for r in self.story.raw.get("safety") or ()
            if r.get("level") and r["date"] <= told.on.isoformat()
        ]
        return max(rows, key=lambda row: row["date"])["level"] if rows else "green"

    def why_go_on(self, values: Mapping[str, Any]) -> str:
        """A point of the checklist that speaks against the contract asks for a reason: what is said beside it."""
        points = [values.get(f"s_{number:02}") or {} for number in range(3, 10)]
        against = [
            point.get("comment") or "Agreed together." for point in points if point.get("answer") == "yes"
        ]
        return " ".join(against) if self.story.raw.get("contract") else ""

    def reason_for_focus(self) -> str:
        """A choice outside the rules asks for its reason: the case's own, else what the client said of it."""
        told = self.story.raw
        ranking, formulation = told.get("expected_ranking") or {}, told.get("formulation") or {}
        return ranking.get("reason_for_difference") or formulation.get("client_words") or "Agreed together."

    def left_open(self, told: Told, entry: PortableEntry) -> dict[str, Any]:
        """What must be said before it is agreed or signed, where the story leaves it open."""
        task = next((one for one in self.story.manual.tasks if entry.record in one.records), None)
        if task is None:
            return {}
        kind = self.story.manual.record_types[entry.record]
        asked = [part for part in kind.fields if part.final_required or part.final_min_rows]
        words = {part.key: self.words_for(told, task, part) for part in asked}
        return {key: value for key, value in words.items() if value is not None}
