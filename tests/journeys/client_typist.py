"""What the client of a case types on the phone: check-ins, journal, worksheets, the diary of days."""

from __future__ import annotations

import re
from datetime import date

from tests.journeys.case_story import CaseStory
from tests.journeys.form_typist import FormTypist
from tests.journeys.windows import Windows

from openipt.core.course.course import Answers
from openipt.core.portable.episode import PortableClientEntry, PortableEntry


class ClientTypist:
    """The client of one case."""

    def __init__(self, story: CaseStory, windows: Windows) -> None:
        self.story, self.windows, self.clock = story, windows, windows.served.clock
        self.phone = windows.phone
        self.asked: dict[date, set[str]] = {}  # measures, by the day of the check-in
        self.from_paper: dict[date, list[Answers]] = {}  # what the phone did not ask

    def check_in(self, on: date, words: PortableClientEntry | None, before_session: bool) -> None:
        """The client answers on the phone: in the morning before a session, else in the evening."""
        self.clock.go_to(on, 8 if before_session else 19, 0 if before_session else 40)
        page = self.phone
        self.windows.open(page, "/me/check-in/")
        page.get_by_role("button", name=re.compile("all on one page", re.IGNORECASE)).click()
        self.windows.arrive(page, re.compile(r"/me/check-in/[0-9a-f-]+/$"))
        self.asked[on] = self._answer({a.measure: a for a in self.story.by_client.get(on, [])})
        values = dict(words.values) if words else {}
        if words and (mood := values.get("mood_0_10", words.mood_after)) is not None:
            self._choose("mood", str(mood))
        for name in ("event", "talk_about"):
            if values.get(name):
                page.locator(f'textarea[name="{name}"]').fill(str(values[name]))
        page.get_by_role("button", name="Send", exact=True).click()
        as_it_is = page.get_by_role("button", name="Send it as it is")
        page.get_by_role("heading", name="Sent", exact=True).or_(as_it_is).wait_for()
        if as_it_is.is_visible():
            as_it_is.click()
        page.get_by_role("heading", name="Sent", exact=True).wait_for()
        left = [a for a in self.story.by_client.get(on, []) if a.measure not in self.asked[on]]
        self.from_paper[on] = left

    def _answer(self, given: dict[str, Answers]) -> set[str]:
        """Each choice by its label. Returns the measures that were asked."""
        page = self.phone
        names = page.locator("fieldset input[type=radio]").evaluate_all(
            "inputs => [...new Set(inputs.map(input => input.name))]"
        )
        asked = set()
        for name in names:
            measure, _, item = name.rpartition(".")
            asked |= {measure} - {""}
            if measure not in given:
                continue
            if int(item) > len(given[measure].items):
                continue  # asked beside what counts; the case tells nothing of it
            value = given[measure].items[int(item) - 1]
            self._choose(name, "declined" if value is None else str(value))
        return asked

    def _choose(self, name: str, value: str) -> None:
        self.phone.locator(f'label:has(> input[name="{name}"][value="{value}"])').click()

    def written(self, entry: PortableClientEntry) -> None:
        """A journal entry or a worksheet, shared or not. What a client keeps from a check-in goes into the journal."""
        self.clock.go_to(entry.on, 20, 10)
        page = self.phone
        if entry.kind == "worksheet":
            return self._worksheet(entry)
        self.windows.open(page, "/me/journal/new/")
        page.get_by_label("What happened?").fill(entry.text or str(entry.values.get("event") or ""))
        if entry.people:
            names = ", ".join(self.story.people.get(one, one) for one in entry.people)
            page.get_by_label("With whom?").fill(names)
        after = entry.values.get("mood_0_10", entry.mood_after)
        for name, value in (("mood_before", entry.mood_before), ("mood_after", after)):
            if value is not None:
                self._choose(name, str(value))
        self._share(entry.shared)
        return self.windows.send(page, page.get_by_role("button", name="Keep"))

    def a_day(self, entry: PortableEntry) -> None:
        """The client's diary of daily times, at bedtime."""
        self.clock.go_to(entry.on, 21, 30)
        page = self.phone
        self.windows.open(page, f"/me/days/?day={entry.values['date']}")
        for key, value in entry.values.items():
            if isinstance(value, dict):
                page.locator(f'input[name="{key}"]').fill(value["time"])
                if value.get("alone_or_with"):
                    self._choose(f"{key}_company", value["alone_or_with"])
            elif key != "date":
                self._choose(key, str(value))
        self._share(shared=True)
        self.windows.send(page, page.get_by_role("button", name="Keep", exact=True))

    def _worksheet(self, entry: PortableClientEntry) -> None:
        page = self.phone
        self.windows.open(page, "/me/practice/")
        sheet = page.locator(f'a[href$="/practice/new/{entry.worksheet}/"]')
        if not sheet.is_visible():
            page.locator("summary", has_text="More sheets").click()
        sheet.click()
        self.windows.arrive(page, "**/practice/new/**")
        form = page.locator("main form.record-form")
        kind = self.story.manual.record_types[entry.worksheet]
        FormTypist(form, self.story.names).type(kind, entry.values, role="client")
        self._share(entry.shared)
        self.windows.send(page, page.get_by_role("button", name="Keep"))

    def _share(self, shared: bool) -> None:
        box = self.phone.get_by_label(re.compile("^Share this"))
        if box.is_checked() != shared:
            box.click()
