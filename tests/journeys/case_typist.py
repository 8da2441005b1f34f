"""Two people at two browsers type a worked case into the product: the therapist at a desk, the client on a phone.

Only what a person can press and fill is used; nothing reaches the database another way. The service's
clock is moved from day to day.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from tests.browser import started
from tests.journeys.alert_typist import AlertTypist
from tests.journeys.case_story import CaseStory, Told
from tests.journeys.case_words import CaseWords, total_of
from tests.journeys.client_typist import ClientTypist
from tests.journeys.conftest import check_accessibility, sign_in
from tests.journeys.rank_typist import RankTypist
from tests.journeys.record_typist import RecordTypist
from tests.journeys.room_typist import RoomTypist
from tests.journeys.served import PASSWORD
from tests.journeys.windows import Windows

from openipt.core.course.course import Answers, StatusChange

THERAPIST = "maren"
FICTION = "+44 1632 960 123"  # a number reserved for fiction
LOOKED_AT = 1  # the meeting after the intake is scanned for barriers


@dataclass(frozen=True)
class Reading:
    """What the Overview said at the end of a day."""

    on: date
    number: int
    treatment: str  # as the header calls it
    phase: str
    place: str
    due: tuple[str, ...]
    overdue: tuple[str, ...]
    measures: str  # those due, by their titles
    rules: tuple[str, ...]
    off_track: tuple[str, ...]  # on the card of a course that is not on track, until it was decided


class CaseTypist:
    """Types one case, day by day."""

    def __init__(self, story: CaseStory, windows: Windows) -> None:
        self.story, self.windows, self.clock = story, windows, windows.served.clock
        self.desk, self.phone = windows.desk, windows.phone
        self.words, self.client = CaseWords(story), ClientTypist(story, windows)
        self.records = RecordTypist(story, windows, self.words)
        self.ranking = RankTypist(story, windows, self.records)
        self.room = RoomTypist(story, windows, self.words, self.records)
        self.alerts = AlertTypist(story, windows, self.records, self.room)
        self.login: tuple[str, str] = ("", "")
        self.readings: list[Reading] = []

    def whole_course(self) -> None:
        """From taking on to the last session, in the order in which it happened."""
        sign_in(self.desk, THERAPIST, PASSWORD)
        first = self.story.sessions[0]
        self.clock.go_to(first.on - timedelta(days=7), 9)
        self.take_on(first)
        self.give_login()
        for _, _, do in sorted(self._days(), key=lambda step: step[:2]):
            do()

    def _days(self) -> list[tuple[date, int, Callable[[], None]]]:
        steps: list[tuple[date, int, Callable[[], None]]] = []
        for place, told in enumerate(self.story.sessions):
            steps.append((told.on, 2, lambda told=told, place=place: self.session(told, place)))
        words = {e.on: e for e in self.story.client_entries if e.kind == "checkin" and e.shared}
        held = {told.on for told in self.story.sessions}
        for on in {*self.story.by_client, *words}:
            hour = 1 if on in held else 3
            steps.append((on, hour, lambda on=on: self.client.check_in(on, words.get(on), on in held)))
        for row in self.story.alerts:
            seen_on = date.fromisoformat(row["therapist_acknowledged"][:10])
            steps.append((seen_on, 5, lambda row=row: self.alerts.taken_on(row)))
        for entry in self.story.client_entries:
            if entry.kind != "checkin" or not entry.shared and entry.values.get("event"):
                steps.append((entry.on, 4, lambda entry=entry: self.client.written(entry)))
        for on, days in self.story.diary.items():
            for entry in days:
                steps.append((on, 6, lambda entry=entry: self.client.a_day(entry)))
        for change in self.story.changes:
            steps.append((change.on, 7, lambda change=change: self.change_status(change)))
        return steps

    def take_on(self, first: Told) -> None:
        page, told = self.desk, self.story.told
        self.windows.open(page, "/clients/")
        page.get_by_role("link", name=re.compile("Take on")).first.click()
        typed = {"name": told.client.name, "pronouns": told.client.pronouns, "callback_number": FICTION}
        typed |= {
            "birth_year": str(told.client.birth_year or ""),
            "planned_sessions": str(told.planned_sessions),
        }
        typed |= {"first_on": first.on.isoformat(), "first_time": "10:00"}
        if told.people:
            typed |= {
                "contact_person": f"{told.people[0].label}, {FICTION}",
                "relation": told.people[0].relation,
            }
        for name, words in typed.items():
            page.locator(f'main [name="{name}"]').fill(words)
        adaptation, _, modifier = told.adaptation.partition("+")
        page.locator(f'label:has(> input[name="adaptation"][value="{adaptation}"])').click()
        if modifier:
            page.locator(f'input[name="with_{modifier}"]').check()
        page.get_by_role("button", name="Take on").click()
        page.wait_for_url(re.compile(r"/episodes/[0-9a-f-]+/$"), wait_until="domcontentloaded")
        self.windows.episode = re.search(r"/episodes/[0-9a-f-]+/", page.url)[0]

    def give_login(self) -> None:
        page = self.desk
        self.windows.open(page, f"{self.windows.episode}course/")
        page.get_by_role("button", name="Give the client a login").click()
        page.get_by_role("heading", name="A login for the client").wait_for()
        rows = page.locator("main .card dl")
        _, username, password = (one.strip() for one in rows.locator("dd").all_inner_texts())
        self.login = (username, password)
        sign_in(self.phone, *self.login, client=True)

    def change_status(self, change: StatusChange) -> None:
        """The course goes on to maintenance, or ends."""
        self.clock.go_to(change.on, 9)
        page = self.desk
        self.windows.open(page, f"{self.windows.episode}course/")
        form = page.locator("#status form")
        form.get_by_label("Reason", exact=True).fill("As agreed in the last meeting.")
        if change.reason:
            form.locator('select[name="end_reason"]').select_option(change.reason)
        self.windows.send(page, form.locator(f'button[name="status"][value="{change.status.value}"]'))

    def session(self, told: Told, place: int) -> None:
        self.clock.go_to(told.on, 10)
        if not told.is_held:
            self.absent(told)
        else:
            room = self.begin(told)
            self.answers_from_paper(told)
            self.records.all_of(told, room)
            self.ranking.rank(told)
            self.room.all_of(told, room)
            self.alerts.close_alerts(told, room)
            self.room.be_in(room)
            if place == LOOKED_AT:
                self.look()
            self.room.note(told, room)
        if place == 0:
            self.plan_the_rest(told)
        if told.is_held and told.number:
            self.readings.append(self.read_overview(told))

    def look(self) -> None:
        """Pages with much on them hold no barrier: the room at work, the phone, wide and narrow."""
        for page in (self.desk, self.phone):
            check_accessibility(page)

    def open_meeting(self, told: Told) -> None:
        """The meeting stands on Today under the client's name; where the plan has another day, it is moved first."""
        page = self.desk
        self.windows.open(page, "/today/")
        if not self._on_today().count():
            self._planned_for(told)
            self.windows.open(page, "/today/")
        self.windows.at = ""
        self._on_today().first.click()
        self.windows.arrive(page, "**/sessions/**")

    def _on_today(self) -> Any:
        return self.desk.locator(".day-client").get_by_role("link", name=self.story.client)

    def begin(self, told: Told) -> str:
        """Begun in one press. Returns the address of the room."""
        page = self.desk
        self.open_meeting(told)
        room = page.url.split("#")[0]
        if told.attendance == "late":
            page.get_by_label("The client came late").check()
        if told.number and page.locator('input[name="intake"]').count():
            page.locator('label:has(> input[name="intake"][value="no"])').click()
        self.windows.send(
            page, page.locator(f'section.session-begin button[name="format"][value="{told.format}"]')
        )
        started(page)
        details = page.locator("#session-details")
        if details.locator('input[name="minutes"]').input_value() != str(told.minutes):
            details.locator("summary").click()
            details.get_by_label("Minutes").fill(str(told.minutes))
            self.windows.send(page, details.get_by_role("button", name="Save"))
        return room

    def absent(self, told: Told) -> None:
        page = self.desk
        self.open_meeting(told)
        page.locator("#not-held summary").click()
        page.get_by_label("Reason").fill(told.note or told.attendance)
        self.windows.send(page, page.get_by_role("button", name=told.attendance.capitalize(), exact=True))
        page.get_by_text("This meeting did not take place").wait_for()

    def plan_the_rest(self, told: Told) -> None:
        """After the first meeting: the series agreed. A date that is cancelled later is planned anew then."""
        rest = [one for one in self.story.held if one.on > told.on]
        if rest:
            apart = (rest[1].on - rest[0].on).days if len(rest) > 1 else 7
            agreed = self.story.told.planned_sessions - (told.number or 0)
            self._plan(rest[0].on, min(len(rest), agreed), apart, rest[-1].minutes or 50)

    def _plan(self, first: date, count: int, apart: int, minutes: int) -> None:
        page = self.desk
        self.windows.open(page, f"{self.windows.episode}sessions/")
        card = page.locator("#plan")
        typed = {"First day": first.isoformat(), "Time": "10:00", "How many": str(count)}
        for label, words in (typed | {"Days between": str(max(1, apart)), "Minutes": str(minutes)}).items():
            card.get_by_label(label).fill(words)
        self.windows.send(page, card.get_by_role("button", name="Plan", exact=True))

    def _planned_for(self, told: Told) -> None:
        """The next one planned is moved to the day it was held; one more is planned where none is left."""
        page = self.desk
        self.windows.open(page, f"{self.windows.episode}sessions/")
        coming = page.locator(".session-slot:has(.day-more)").first
        if not coming.count():
            self._plan(told.on, 1, 7, told.minutes or 50)
            return
        coming.locator("summary").click()
        coming.get_by_label("Day").fill(told.on.isoformat())
        self.windows.send(page, coming.get_by_role("button", name="Move", exact=True))

    def answers_from_paper(self, told: Told) -> None:
        left = self.client.from_paper.pop(told.on, [])
        given = [*self.story.by_therapist(told.number), *left]
        if told is self.story.held[0] and told.number:
            self._enter(self.story.by_therapist(0), "Baseline")  # a case without an intake
        self._enter(given, "Baseline" if told.number == 0 else self._called(told))

    def _called(self, told: Told) -> str:
        """A session by its number; a meeting after the contract by its place among these, where there may be more."""
        manual = self.story.manual
        if manual.phase_after is None or told.phase != manual.phase_after.id:
            return f"Session {told.number}"
        before = [one for one in self.story.held if one.phase == told.phase and one.on <= told.on]
        return f"Booster {len(before)}" if manual.most_after > 1 else "Booster"

    def _enter(self, given: list[Answers], words: str) -> None:
        if not given:
            return
        page = self.desk
        self.windows.open(
            page, f"{self.windows.episode}measures/enter/?measures={','.join(a.measure for a in given)}"
        )
        place = page.locator('select[name="belongs"]')
        options = [one.strip() for one in place.locator("option").all_text_contents()]
        named = [one for one in options if re.match(rf"{words}\b", one)]
        # A booster has a name of its own: the meeting begun last stands below the next one.
        place.select_option(label=[*named, options[1]][0])
        for answers in given:
            if answers.items and page.locator(f'input[name="{answers.measure}-1"]').count():
                for item, value in enumerate(answers.items, start=1):
                    if value is not None:
                        name = f"{answers.measure}-{item}"
                        page.locator(f'label:has(> input[name="{name}"][value="{value}"])').click()
            else:
                total = page.locator(f'input[name="{answers.measure}-total"]')
                self.windows.open_around(total)
                total.fill(f"{total_of(answers):g}")
        self.windows.send(page, page.get_by_role("button", name="Save the answers"))
        self.clock.pass_minutes()

    def read_overview(self, told: Told) -> Reading:
        page = self.desk
        self.windows.open(page, self.windows.episode)
        where = page.locator("#where")
        return Reading(
            on=told.on,
            number=told.number or 0,
            treatment=page.locator(".episode-treatment").inner_text().strip(),
            phase=where.locator("strong").first.inner_text().strip(),
            place=where.locator("p").first.inner_text().strip(),
            due=self._tasks_in("#due"),
            overdue=self._tasks_in("#overdue"),
            measures=" ".join(page.locator('#due a[href$="/measures/"]').all_inner_texts()),
            rules=self._rules_in("#rules > .reason-card .reason-source"),
            off_track=self._rules_in("#off-track .reason-source"),
        )

    def _rules_in(self, css: str) -> tuple[str, ...]:
        words = self.desk.locator(css).all_inner_texts()
        return tuple(rule for line in words for rule in re.findall(r"DR-\d+", line))

    def _tasks_in(self, css: str) -> tuple[str, ...]:
        lines = self.desk.locator(f"{css} .task-list .quiet.small").all_inner_texts()
        return tuple(match[0] for line in lines if (match := re.match(r"[A-Z]+-?\d+", line.strip())))
