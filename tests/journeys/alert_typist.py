"""Alerts of a case: taken on in the evening, worked through where the next session asked about safety."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tests.browser import started
from tests.journeys.case_story import CaseStory, Told
from tests.journeys.case_words import RISK
from tests.journeys.record_typist import RecordTypist
from tests.journeys.room_typist import RoomTypist
from tests.journeys.windows import Windows


class AlertTypist:
    """Works alerts through."""

    def __init__(self, story: CaseStory, windows: Windows, records: RecordTypist, room: RoomTypist) -> None:
        self.story, self.windows, self.clock = story, windows, windows.served.clock
        self.desk, self.records, self.room = windows.desk, records, room

    def taken_on(self, row: Mapping[str, Any]) -> None:
        """The evening of an alert: seen on Today, taken on, the client called."""
        page = self.desk
        self._at_moment(row.get("therapist_acknowledged"))
        self.windows.open(page, "/today/")
        waiting = page.locator('section[aria-labelledby="needs-alerts"] .reason-decide a')
        if not waiting.count() and self.records.asked_about_safety:
            return  # worked through in the session of the same day
        waiting.first.click()
        self._alert_is_open()
        self.windows.send(page, page.get_by_role("button", name="I take this on"))
        started(page)
        if row.get("contact_by_phone"):
            self._at_moment(row["contact_by_phone"])
            self._act("contacted", "By phone.")

    def _at_moment(self, told: str | None) -> None:
        if told:
            moment = datetime.fromisoformat(told)
            self.clock.go_to(moment.date(), moment.hour, moment.minute)

    def _act(self, act: str, words: str) -> None:
        """One step of the alert's path, in words."""
        page = self.desk
        form = page.locator(f'form.alert-form:has(input[name="act"][value="{act}"])')
        field = form.locator(f'textarea[name="{act}_words"]')
        self.windows.open_around(field)
        field.fill(words)
        plan = form.locator('textarea[name="reason_without_plan"]')
        if plan.count():
            plan.fill("The plan stands and was looked at together.")
        self.windows.send(page, form.locator("button[type=submit]"))

    def close_alerts(self, told: Told, room: str) -> None:
        """Alerts on top of the room that the safety asked about in this session closes. Others stay."""
        self.room.be_in(room)
        links = self.desk.locator(".alert-banner").get_by_role("link", name=re.compile("^Work it through"))
        waiting = links.evaluate_all("links => links.map(link => link.getAttribute('href'))")
        for address in waiting if self.records.asked_about_safety else ():
            self._close(told, address)

    def _close(self, told: Told, address: str) -> None:
        page = self.desk
        self.windows.open(page, address)
        taking = page.get_by_role("button", name="I take this on")
        if taking.count():
            self.windows.send(page, taking)
            started(page)
        if page.get_by_text("First the assessment:").count():
            return  # this one asks for more than the case tells
        reasons = [e.values.get("reason") for e in told.records if e.record == RISK]
        self.clock.pass_minutes()
        self._act("resolve", next(filter(None, reasons), told.sentences[0]))

    def _alert_is_open(self) -> None:
        self.windows.arrive(self.desk, "**/alerts/**")
