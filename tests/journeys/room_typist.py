"""A meeting of a case in the Session room: strategies, techniques, tasks, the note."""

from __future__ import annotations

import re
from typing import Any

from tests.journeys.case_story import CaseStory, Told
from tests.journeys.case_words import RISK, SESSION, CaseWords
from tests.journeys.form_typist import CannotBeTyped, FormTypist
from tests.journeys.record_typist import RecordTypist
from tests.journeys.windows import Windows

from openipt.core.fields.definitions import is_empty
from openipt.core.manual.model import Task


class RoomTypist:
    """What is pressed and typed in the room."""

    def __init__(self, story: CaseStory, windows: Windows, words: CaseWords, records: RecordTypist) -> None:
        self.story, self.windows, self.clock = story, windows, windows.served.clock
        self.desk, self.words, self.records = windows.desk, words, records

    def all_of(self, told: Told, room: str) -> None:
        """Strategies and techniques by their press; each task the case calls done, where it has no record yet."""
        self.be_in(room)
        for code in told.strategies:
            self._press("strategy", code)
        for code in told.techniques:
            self._press("technique", code)
        if told.next_step and "M08" not in told.tasks:
            self._step_without_task(told, room)
        for task_id in told.tasks:
            self._task(told, room, task_id)

    def be_in(self, room: str) -> None:
        """Back in the Session room, if another page was opened meanwhile."""
        if self.windows.at != room:
            self.windows.open(self.desk, room)

    def _press(self, kind: str, code: str) -> None:
        """Press “Work on it today” or “Used today”; what the guide does not show is found by its name."""
        page = self.desk
        button = page.locator(f"#{kind}-{code}-press")
        if not button.count():
            button = self._find(kind, code)
        self.windows.open_around(button)
        if button.get_attribute("aria-pressed") != "true":
            pressed = page.locator(f'[id$="{kind}-{code}-press"][aria-pressed="true"]')
            self._press_and_wait(button, pressed)

    def _find(self, kind: str, code: str) -> Any:
        """Typed into the find box and opened above the guide."""
        page = self.desk
        page.locator("#find").fill(self._title(kind, code))
        page.locator(f"#find-{kind}-{code}").click()
        opened = page.locator(f'#guide-opened button[id$="{kind}-{code}-press"]')
        opened.wait_for()
        return opened

    def _title(self, kind: str, code: str) -> str:
        manual = self.story.manual
        return manual.strategy(code).title if kind == "strategy" else manual.techniques[code].name

    def _press_and_wait(self, button: Any, shown: Any) -> None:
        """Press what saves itself, and see what the page then shows."""
        asked = button.evaluate("button => button.form.action")
        with self.desk.expect_response(
            lambda one: one.url == asked and one.request.method == "POST"
        ) as answer:
            button.click()
        assert answer.value.ok, f"{answer.value.url} answered {answer.value.status}"
        shown.first.wait_for(state="attached")

    def _step_without_task(self, told: Told, room: str) -> None:
        session = room.rstrip("/").rsplit("/", 1)[1]
        page = self.desk
        self.windows.open(page, f"{self.windows.episode}records/rec_session/new/?session={session}")
        FormTypist(page.locator("main form.record-form"), {}).fill("next_step", told.next_step)
        self.records.save("Save")

    def _task(self, told: Told, room: str, task_id: str) -> None:
        """Write what a task is done by, where the records of the case do not show it yet."""
        page, task = self.desk, self.story.manual.task(task_id)
        if self._shows(told, task):
            return
        self.records.cover(task)
        self.be_in(room)
        line = self._line_of(task)
        if line is None:
            self.records.for_task(told, room, task)
            return
        self.windows.open_around(line)
        say = line.locator(".say-press")
        if say.count():
            self._press_and_wait(say, line.locator(".say-said"))
        elif page.locator(f"#{line.get_attribute('id')} .say-said").count():
            return
        elif not self._fill_line(told, line, task):
            self.records.for_task(told, room, task)

    def _shows(self, told: Told, task: Task) -> bool:
        """Whether what was typed for this session shows the task."""
        if task.record == "rec_strategy_progress" and told.strategies:
            return True  # its press in the guide
        if task.record == "rec_measure" and not task.field:
            return any(a.session == told.number for a in self.story.told.answers)
        if task.record == "rec_emergency":
            return True  # asked when the client is taken on
        if task.field:
            typed = [
                entry for entry in told.records if entry.record != SESSION
            ]  # its lines stand in the guide
            of_record = [entry for entry in typed if entry.record in task.records]
            return any(not is_empty(entry.values.get(task.field)) for entry in of_record)
        return task.id in self.records.covered

    def _line_of(self, task: Task) -> Any | None:
        """The quick line of the task, also where its row joins several tasks of one record."""
        page = self.desk
        keys = [task.field] if task.field else self._quick(task)
        if not self.records.may_be_signed(task.record, keys):
            return None
        own = page.locator(f"#line-{task.id}-0")
        if own.count():
            return own
        title = page.locator(
            "article.task .task-also", has_text=re.compile(f", {re.escape(task.title)}$", re.I)
        )
        row = page.locator("article.task").filter(has=title)
        line = row.locator("form.quick-line")
        return line.first if line.count() else None

    def _quick(self, task: Task) -> list[str]:
        return list(task.quick or self.story.manual.record_types[task.record].quick_fields)

    def _fill_line(self, told: Told, line: Any, task: Task) -> bool:
        """Whether the line offered a field for which the case has words."""
        kind = self.story.manual.record_types[task.record]
        typist = FormTypist(line, self.story.names)
        keys = [task.field] if task.field else self._quick(task)
        if task.record == RISK:
            judged = ("level", "reason")  # first, where the line is about something that alone says no level
            keys = [*judged, *keys] if task.field else [*keys, *judged]
            self.records.asked_about_safety = True
        typed = False
        for key in dict.fromkeys(keys):
            if not line.locator(f'[name="{key}"]').count():
                continue
            value = self.words.words_for(told, task, kind.field(key))
            if value is not None:
                typist.field(kind.field(key), key, value)
                self.desk.keyboard.press("Tab")
                self._line_is_saved(line, f"{task.id}.{key}")
                typed = True
        return typed

    def _line_is_saved(self, line: Any, what: str) -> None:
        saved = line.locator("[data-save-status]", has_text=re.compile("^Saved"))
        wrong = line.locator(".quick-errors, .quick-conflict")
        saved.or_(wrong).first.wait_for()
        if wrong.count():
            raise CannotBeTyped(f"{what}: {wrong.inner_text()}")

    def note(self, told: Told, room: str) -> None:
        page = self.desk
        page.locator("#note-own").fill(told.note)
        page.locator("#note-own").blur()
        page.locator("#session-note [data-save-status]").first.filter(
            has_text=re.compile("^Saved")
        ).wait_for()
        if told.private_note:
            if not page.locator("#private-text").is_visible():
                page.locator("#note-private summary").click()
            page.locator("#private-text").fill(told.private_note)
            self.windows.send(page, page.get_by_role("button", name="Save for me"))
            self.be_in(room)
        self.clock.go_to(told.on, 11, 30)
        without_plan = page.locator('#note-sign textarea[name="reason_without_plan"]')
        if without_plan.count():
            without_plan.fill(told.sentences[0])
        page.locator("#note-sign-button").click()
        page.locator(".note-stop, .note-signed, [data-signed]").or_(
            page.get_by_text("Signed by")
        ).first.wait_for()
        if page.locator(".note-stop").count():
            raise CannotBeTyped(f"not signed: {page.locator('.note-stop').inner_text()}")
