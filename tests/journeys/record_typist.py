"""The records a case gives, each typed where a therapist would write it."""

from __future__ import annotations

import re
from dataclasses import replace

from tests.journeys.case_story import CaseStory, Told
from tests.journeys.case_words import ISSUES, RISK, SESSION, CaseWords
from tests.journeys.form_typist import CannotBeTyped, FormTypist
from tests.journeys.windows import Windows

from openipt.core.fields.definitions import is_empty
from openipt.core.manual.model import Task
from openipt.core.portable.episode import PortableEntry

AGREED = "It is agreed: show it to the client"
CHANGES_OF_PERSON = {"person_id", "label", "relation", "closeness_ring_1_3"}


class RecordTypist:
    """Types records, and keeps which tasks they show."""

    def __init__(self, story: CaseStory, windows: Windows, words: CaseWords) -> None:
        self.story, self.windows, self.clock = story, windows, windows.served.clock
        self.desk, self.words = windows.desk, words
        self.covered: set[str] = set()  # tasks that a record of this session shows
        self.asked_about_safety = False  # in the last session
        self.written_down: set[str] = set()  # persons in the inventory

    def all_of(self, told: Told, room: str) -> None:
        """The records the case gives for this session, each where a therapist would write it."""
        self.covered = set()
        self.asked_about_safety = False
        for entry in told.records:
            if entry.record not in (ISSUES, SESSION):  # ranked together; typed in the lines of the guide
                self._record(told, room, entry)

    def task_of(self, told: Told, entry: PortableEntry) -> str:
        """The task for which a record is written: the first the case calls done that has no record yet."""
        manual = self.story.manual
        tasks = [manual.task(one) for one in told.tasks]
        able = [task for task in tasks if entry.record in task.records and not task.field]
        free = [task for task in able if task.id not in self.covered]
        chosen = (free or able or [None])[0]
        if chosen is None:
            return ""
        self.cover(chosen)
        return chosen.id

    def cover(self, task: Task) -> None:
        """It is done, and whatever is the same act."""
        self.covered |= {task.id, *task.same_as}
        self.covered |= {one.id for one in self.story.manual.tasks if task.id in one.same_as}

    def _record(self, told: Told, room: str, entry: PortableEntry) -> None:
        task = self.task_of(told, entry)
        whole = replace(entry, values={**self.words.left_open(told, entry), **entry.values})
        match entry.record:
            case "rec_formulation":
                self._document(whole, "formulation/write/")
            case "rec_contract" if entry.values.get("covers") == "maintenance":
                self._contract_of_maintenance(whole)
            case "rec_contract":
                self._document(whole, "formulation/contract/")
            case "rec_safety_plan":
                self._safety_plan(entry)
            case "rec_inventory_person" if self._is_known(entry):
                self._rate_again(entry)
            case _:
                self._any_record(room, whole, task)
        self.clock.pass_minutes()

    def _any_record(self, room: str, entry: PortableEntry, task: str) -> None:
        session = room.rstrip("/").rsplit("/", 1)[1]
        self.windows.open(
            self.desk, f"{self.windows.episode}records/{entry.record}/new/?session={session}&task={task}"
        )
        self._type(entry)
        self.save("Save")

    def _type(self, entry: PortableEntry) -> None:
        kind = self.story.manual.record_types[entry.record]
        form = self.desk.locator("main form.record-form")
        self.asked_about_safety |= entry.record == RISK
        values = {key: value for key, value in entry.values.items() if not is_empty(value)}
        if entry.record == "rec_suitability" and (why := self.words.why_go_on(values)):
            values.setdefault("override_reason", why)
        FormTypist(form, self.story.names).type(kind, values)

    def save(self, button: str) -> None:
        form = self.desk.locator("main form.record-form")
        self.windows.send(self.desk, form.get_by_role("button", name=button, exact=True))

    def _contract_of_maintenance(self, entry: PortableEntry) -> None:
        """Where an adaptation keeps one beside that of its acute part, it is begun from a place of its own."""
        page = self.desk
        self.windows.open(page, f"{self.windows.episode}formulation/")
        begin = page.locator("#maintenance").get_by_role("link", name=re.compile("^(Agree|Change) it$"))
        if begin.count():
            entry = replace(entry, values={k: v for k, v in entry.values.items() if k != "covers"})
            self._document(entry, begin.get_attribute("href"))
        else:
            self._document(entry, "formulation/contract/")

    def _document(self, entry: PortableEntry, address: str) -> None:
        """Formulation or contract: the draft is overwritten by the words agreed."""
        self.windows.open(
            self.desk, address if address.startswith("/") else f"{self.windows.episode}{address}"
        )
        self._type(entry)
        try:
            self.save(AGREED)
        except CannotBeTyped as refused:
            if "Write the reason for it." not in str(refused):
                raise
            self.desk.locator('textarea[name="reason_for_focus"]').fill(self.words.reason_for_focus())
            self.save(AGREED)

    def _safety_plan(self, entry: PortableEntry) -> None:
        self.windows.open(self.desk, f"{self.windows.episode}safety/plan/")
        self._type(entry)
        self.save("Save as a new version")

    def _is_known(self, entry: PortableEntry) -> bool:
        """Whether this only says where somebody written down before stands now."""
        person = entry.values.get("person_id") or entry.values.get("label")
        is_new = person not in self.written_down
        self.written_down.add(person)
        return not is_new and set(entry.values) <= CHANGES_OF_PERSON

    def _rate_again(self, entry: PortableEntry) -> None:
        page, label = self.desk, self.story.people[entry.values["person_id"]]
        self.windows.open(page, f"{self.windows.episode}people/")
        page.get_by_role("link", name=f"Rate again: {label}", exact=True).click()
        self.windows.arrive(page, "**/records/**")
        FormTypist(page.locator("main form.record-form"), self.story.names).press(
            "closeness_ring_1_3", str(entry.values["closeness_ring_1_3"])
        )
        self.save("Save")

    def for_task(self, told: Told, room: str, task: Task) -> None:
        """The whole record of a task, with as much as signing asks for."""
        records = sorted(task.records, key=lambda one: not self.may_be_signed(one, self._needed(one)))
        record = next((one for one in records if one == "rec_role_play"), records[0])
        kind = self.story.manual.record_types[record]
        values = {"level": self.words.level(told), "reason": told.sentences[0]} if record == RISK else {}
        alone = [task.field, *(part.key for part in kind.fields if part.required)]
        enough = task.field and self.may_be_signed(record, alone)
        for key in alone if enough else dict.fromkeys([*filter(None, [task.field]), *self._needed(record)]):
            value = self.words.words_for(told, task, kind.field(key))
            if value is not None:
                values[key] = value
        if not values:
            raise CannotBeTyped(f"{task.id}: the case has no words for any field of {record}")
        session = room.rstrip("/").rsplit("/", 1)[1]
        self.windows.open(
            self.desk, f"{self.windows.episode}records/{record}/new/?session={session}&task={task.id}"
        )
        self.asked_about_safety |= record == RISK
        FormTypist(self.desk.locator("main form.record-form"), self.story.names).type(kind, values)
        self.save("Save")
        self.clock.pass_minutes()

    def _needed(self, record: str) -> list[str]:
        kind = self.story.manual.record_types[record]
        asked = [f.key for f in kind.fields if f.required or f.final_required or f.final_min_rows]
        return list(dict.fromkeys([*asked, *kind.quick_fields]))

    def may_be_signed(self, record: str, keys: list[str]) -> bool:
        """Whether a record with these fields alone may stand in a signed session."""
        if record == RISK:
            return True  # its line asks for the level too
        fields = self.story.manual.record_types[record].fields
        return not [f for f in fields if (f.final_required or f.final_min_rows) and f.key not in keys]
