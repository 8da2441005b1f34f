"""Two people at two browsers type a worked case into the product: the therapist at a desk, the client on a phone.

Only what a person can press and fill is used; nothing reaches the database another way. The service's
clock is moved from day to day.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.browser import PATIENCE, started
from tests.journeys.case_story import CaseStory, Told
from tests.journeys.conftest import check_accessibility, sign_in
from tests.journeys.form_typist import CannotBeTyped, FormTypist
from tests.journeys.served import PASSWORD, Served

from openipt import library
from openipt.core.course.course import Answers
from openipt.core.fields.definitions import FieldDefinition, FieldType, is_empty
from openipt.core.manual.model import Task
from openipt.core.portable.episode import PortableClientEntry, PortableEntry

THERAPIST = "maren"
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}
FICTION = "+44 1632 960 123"  # a number reserved for fiction
LOOKED_AT = 1  # the meeting after the intake is scanned for barriers
ISSUES, RISK, SESSION = "rec_issue_ranking", "rec_risk", "rec_session"
MAY_ASK_FOR_REASON = ("/formulation/contract/", "/formulation/write/")
AGREED = "It is agreed: show it to the client"
CHANGES_OF_PERSON = {"person_id", "label", "relation", "closeness_ring_1_3"}


def total_of(answers: Answers) -> float:
    """What is entered of a measure of which the service keeps the total only."""
    if answers.total is not None:
        return answers.total
    return sum(filter(None, answers.items)) * library.measure(answers.measure).multiplier


@dataclass(frozen=True)
class Reading:
    """What the Overview said at the end of a day."""

    on: date
    number: int
    phase: str
    place: str
    due: tuple[str, ...]
    overdue: tuple[str, ...]
    rules: tuple[str, ...]
    off_track: tuple[str, ...]  # on the card of a course that is not on track, until it was decided


class CaseTypist:
    """Types one case, day by day."""

    def __init__(self, story: CaseStory, served: Served, browser: Any) -> None:
        self.story, self.served, self.clock = story, served, served.clock
        self.complaints: list[str] = []
        self.desk = self._window(browser, DESK)
        self.phone = self._window(browser, PHONE, has_touch=True, is_mobile=True)
        self.at = ""  # address of the page the therapist looks at, as long as it was not left
        self.episode = ""  # address of the episode, "/episodes/<id>/"
        self.login: tuple[str, str] = ("", "")
        self.asked_about_safety = False  # in the last session
        self.from_paper: dict[date, list[Answers]] = {}  # what the phone did not ask
        self.written_down: set[str] = set()  # persons in the inventory
        self.readings: list[Reading] = []
        self.rankings: dict[int, dict[str, tuple[float, float]]] = {}

    def _window(self, browser: Any, viewport: dict[str, int], **more: Any) -> Any:
        context = browser.new_context(
            base_url=self.served.address, viewport=viewport, reduced_motion="reduce", **more
        )
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))
        page.on("console", lambda line: self._heard(page.url, line))
        return page

    def _heard(self, address: str, line: Any) -> None:
        """What the browser complains of, but for a form that asked for a reason first."""
        if line.type == "error" and not ("422" in line.text and address.endswith(MAY_ASK_FOR_REASON)):
            self.complaints.append(f"{address}: {line.text}")

    def close(self) -> None:
        for page in (self.desk, self.phone):
            page.context.close()

    def picture(self, folder: Path) -> None:
        """What both saw when something could not be typed."""
        for name, page in (("desk", self.desk), ("phone", self.phone)):
            page.screenshot(path=folder / f"{name}.png", full_page=True)
            print(f"{name} at {page.url}: {folder / name}.png")

    # -- pages and forms -------------------------------------------------------------------------------

    def _open(self, page: Any, address: str) -> None:
        """Open a page and wait until its script listens: nobody types within the first hundredth of a second."""
        page.goto(address, wait_until="domcontentloaded")
        self._listening(page)
        self.at = address if page is self.desk else self.at

    def _listening(self, page: Any) -> None:
        started(page)

    def _send(self, page: Any, button: Any) -> None:
        """Press a button that sends its form. It was taken when the answer leads on; else the page says why not."""
        before = page.url
        self.at = "" if page is self.desk else self.at
        with page.expect_navigation(wait_until="commit") as arrived:
            button.click(no_wait_after=True)
        if arrived.value.request.redirected_from is None:
            wrong = page.locator("[data-error-summary], [role=alert].message, .note-stop").first
            wrong.wait_for()
            raise CannotBeTyped(f"{before} refused: {wrong.inner_text()}")

    # -- the whole course ------------------------------------------------------------------------------

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
            steps.append((on, hour, lambda on=on: self.check_in(on, words.get(on), on in held)))
        for row in self.story.alerts:
            seen_on = date.fromisoformat(row["therapist_acknowledged"][:10])
            steps.append((seen_on, 5, lambda row=row: self.taken_on(row)))
        for entry in self.story.client_entries:
            if entry.kind != "checkin" or not entry.shared and entry.values.get("event"):
                steps.append((entry.on, 4, lambda entry=entry: self.written(entry)))
        for on, days in self.story.diary.items():
            for entry in days:
                steps.append((on, 6, lambda entry=entry: self.a_day(entry)))
        return steps

    # -- taking on -------------------------------------------------------------------------------------

    def take_on(self, first: Told) -> None:
        page, told = self.desk, self.story.told
        self._open(page, "/clients/")
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
        self.episode = re.search(r"/episodes/[0-9a-f-]+/", page.url)[0]

    def give_login(self) -> None:
        page = self.desk
        self._open(page, f"{self.episode}course/")
        page.get_by_role("button", name="Give the client a login").click()
        page.get_by_role("heading", name="A login for the client").wait_for()
        rows = page.locator("main .card dl")
        _, username, password = (one.strip() for one in rows.locator("dd").all_inner_texts())
        self.login = (username, password)
        sign_in(self.phone, *self.login, client=True)

    # -- the client ------------------------------------------------------------------------------------

    def check_in(self, on: date, words: PortableClientEntry | None, before_session: bool) -> None:
        """The client answers on the phone: in the morning before a session, else in the evening."""
        self.clock.go_to(on, 8 if before_session else 19, 0 if before_session else 40)
        page = self.phone
        self._open(page, "/me/check-in/")
        page.get_by_role("button", name=re.compile("all on one page", re.IGNORECASE)).click()
        page.wait_for_url(re.compile(r"/me/check-in/[0-9a-f-]+/$"), wait_until="domcontentloaded")
        self._listening(page)
        asked = self._answer({a.measure: a for a in self.story.by_client.get(on, [])})
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
        self._not_asked(on, asked)

    def _answer(self, given: dict[str, Answers]) -> set[str]:
        """Each choice by its label. Returns the measures that were asked."""
        page = self.phone
        names = page.locator("fieldset input[type=radio]").evaluate_all(
            "inputs => [...new Set(inputs.map(input => input.name))]"
        )
        asked = set()
        for name in names:
            measure, _, item = name.rpartition(".")
            if measure not in given:
                continue
            asked.add(measure)
            if int(item) > len(given[measure].items):
                continue  # asked beside what counts; the case tells nothing of it
            value = given[measure].items[int(item) - 1]
            self._choose(name, "declined" if value is None else str(value))
        return asked

    def _choose(self, name: str, value: str) -> None:
        self.phone.locator(f'label:has(> input[name="{name}"][value="{value}"])').click()

    def _not_asked(self, on: date, asked: set[str]) -> None:
        left = [a for a in self.story.by_client.get(on, []) if a.measure not in asked]
        self.from_paper[on] = left

    def written(self, entry: PortableClientEntry) -> None:
        """A journal entry or a worksheet, shared or not. What a client keeps from a check-in goes into the journal."""
        self.clock.go_to(entry.on, 20, 10)
        page = self.phone
        if entry.kind == "worksheet":
            return self._worksheet(entry)
        self._open(page, "/me/journal/new/")
        page.get_by_label("What happened?").fill(entry.text or str(entry.values.get("event") or ""))
        if entry.people:
            names = ", ".join(self.story.people.get(one, one) for one in entry.people)
            page.get_by_label("With whom?").fill(names)
        after = entry.values.get("mood_0_10", entry.mood_after)
        for name, value in (("mood_before", entry.mood_before), ("mood_after", after)):
            if value is not None:
                self._choose(name, str(value))
        self._share(entry.shared)
        return self._send(page, page.get_by_role("button", name="Keep"))

    def a_day(self, entry: PortableEntry) -> None:
        """The client's diary of daily times, at bedtime."""
        self.clock.go_to(entry.on, 21, 30)
        page = self.phone
        self._open(page, f"/me/days/?day={entry.values['date']}")
        for key, value in entry.values.items():
            if isinstance(value, dict):
                page.locator(f'input[name="{key}"]').fill(value["time"])
                if value.get("alone_or_with"):
                    self._choose(f"{key}_company", value["alone_or_with"])
            elif key != "date":
                self._choose(key, str(value))
        self._share(shared=True)
        self._send(page, page.get_by_role("button", name="Keep", exact=True))

    def _worksheet(self, entry: PortableClientEntry) -> None:
        page = self.phone
        self._open(page, "/me/practice/")
        sheet = page.locator(f'a[href$="/practice/new/{entry.worksheet}/"]')
        if not sheet.is_visible():
            page.locator("summary", has_text="More sheets").click()
        sheet.click()
        page.wait_for_url("**/practice/new/**", wait_until="domcontentloaded")
        self._listening(page)
        form = page.locator("main form.record-form")
        kind = self.story.manual.record_types[entry.worksheet]
        FormTypist(form, self.story.names).type(kind, entry.values, role="client")
        self._share(entry.shared)
        self._send(page, page.get_by_role("button", name="Keep"))

    def _share(self, shared: bool) -> None:
        box = self.phone.get_by_label(re.compile("^Share this"))
        if box.is_checked() != shared:
            box.click()

    # -- a session ---------------------------------------------------------------------------------------

    def session(self, told: Told, place: int) -> None:
        self.clock.go_to(told.on, 10)
        if not told.is_held:
            self.absent(told)
        else:
            room = self.begin(told)
            self.answers_from_paper(told)
            self.records(told, room)
            self.in_the_room(told, room)
            self.close_alerts(told, room)
            self._in_room(room)
            if place == LOOKED_AT:
                self.look()
            self.note(told, room)
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
        self._open(page, "/today/")
        if not self._on_today().count():
            self._planned_for(told)
            self._open(page, "/today/")
        self.at = ""
        self._on_today().first.click()
        page.wait_for_url("**/sessions/**", wait_until="domcontentloaded")
        self._listening(page)

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
        self._send(page, page.locator(f'section.session-begin button[name="format"][value="{told.format}"]'))
        self._listening(page)
        details = page.locator("#session-details")
        if details.locator('input[name="minutes"]').input_value() != str(told.minutes):
            details.locator("summary").click()
            details.get_by_label("Minutes").fill(str(told.minutes))
            self._send(page, details.get_by_role("button", name="Save"))
        return room

    def absent(self, told: Told) -> None:
        page = self.desk
        self.open_meeting(told)
        page.locator("#not-held summary").click()
        page.get_by_label("Reason").fill(told.note or told.attendance)
        self._send(page, page.get_by_role("button", name=told.attendance.capitalize(), exact=True))
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
        self._open(page, f"{self.episode}sessions/")
        card = page.locator("#plan")
        typed = {"First day": first.isoformat(), "Time": "10:00", "How many": str(count)}
        for label, words in (typed | {"Days between": str(max(1, apart)), "Minutes": str(minutes)}).items():
            card.get_by_label(label).fill(words)
        self._send(page, card.get_by_role("button", name="Plan", exact=True))

    def _planned_for(self, told: Told) -> None:
        """The next one planned is moved to the day it was held; one more is planned where none is left."""
        page = self.desk
        self._open(page, f"{self.episode}sessions/")
        coming = page.locator(".session-slot:has(.day-more)").first
        if not coming.count():
            self._plan(told.on, 1, 7, told.minutes or 50)
            return
        coming.locator("summary").click()
        coming.get_by_label("Day").fill(told.on.isoformat())
        self._send(page, coming.get_by_role("button", name="Move", exact=True))

    # -- answers that the therapist enters ---------------------------------------------------------------

    def answers_from_paper(self, told: Told) -> None:
        left = self.from_paper.pop(told.on, [])
        given = [*self.story.by_therapist(told.number), *left]
        if told is self.story.held[0] and told.number:
            self._enter(self.story.by_therapist(0), "Baseline")  # a case without an intake
        self._enter(given, "Baseline" if told.number == 0 else f"Session {told.number}")

    def _enter(self, given: list[Answers], words: str) -> None:
        if not given:
            return
        page = self.desk
        self._open(page, f"{self.episode}measures/enter/?measures={','.join(a.measure for a in given)}")
        place = page.locator('select[name="belongs"]')
        options = [one.strip() for one in place.locator("option").all_text_contents()]
        place.select_option(label=next(one for one in options if re.match(rf"{words}\b", one)))
        for answers in given:
            if answers.items and page.locator(f'input[name="{answers.measure}-1"]').count():
                for item, value in enumerate(answers.items, start=1):
                    if value is not None:
                        name = f"{answers.measure}-{item}"
                        page.locator(f'label:has(> input[name="{name}"][value="{value}"])').click()
            else:
                total = page.locator(f'input[name="{answers.measure}-total"]')
                self._open_around(total)
                total.fill(f"{total_of(answers):g}")
        self._send(page, page.get_by_role("button", name="Save the answers"))
        self.clock.pass_minutes()

    # -- records -----------------------------------------------------------------------------------------

    def records(self, told: Told, room: str) -> None:
        """The records the case gives for this session, each where a therapist would write it."""
        self.covered: set[str] = set()
        self.asked_about_safety = False
        issues = [entry for entry in told.records if entry.record == ISSUES]
        for entry in told.records:
            if entry.record == ISSUES:
                continue
            if entry.record == SESSION:
                continue  # its lines stand in the guide
            self._record(told, room, entry)
        if issues:
            self.rank(told, issues)

    def _task_of(self, told: Told, entry: PortableEntry) -> str:
        """The task for which a record is written: the first the case calls done that has no record yet."""
        manual = self.story.manual
        tasks = [manual.task(one) for one in told.tasks]
        able = [task for task in tasks if entry.record in task.records and not task.field]
        free = [task for task in able if task.id not in self.covered]
        chosen = (free or able or [None])[0]
        if chosen is None:
            return ""
        self._cover(chosen)
        return chosen.id

    def _cover(self, task: Task) -> None:
        """It is done, and whatever is the same act."""
        self.covered |= {task.id, *task.same_as}
        self.covered |= {one.id for one in self.story.manual.tasks if task.id in one.same_as}

    def _record(self, told: Told, room: str, entry: PortableEntry) -> None:
        task = self._task_of(told, entry)
        whole = replace(entry, values={**self._left_open(told, entry), **entry.values})
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
        self._open(self.desk, f"{self.episode}records/{entry.record}/new/?session={session}&task={task}")
        self._type(entry)
        self._save("Save")

    def _type(self, entry: PortableEntry) -> None:
        kind = self.story.manual.record_types[entry.record]
        form = self.desk.locator("main form.record-form")
        self.asked_about_safety |= entry.record == RISK
        values = {key: value for key, value in entry.values.items() if not is_empty(value)}
        if entry.record == "rec_suitability" and (why := self._why_go_on(values)):
            values.setdefault("override_reason", why)
        FormTypist(form, self.story.names).type(kind, values)

    def _why_go_on(self, values: Mapping[str, Any]) -> str:
        """A point of the checklist that speaks against the contract asks for a reason: what is said beside it."""
        points = [values.get(f"s_{number:02}") or {} for number in range(3, 10)]
        against = [
            point.get("comment") or "Agreed together." for point in points if point.get("answer") == "yes"
        ]
        return " ".join(against) if self.story.raw.get("contract") else ""

    def _save(self, button: str) -> None:
        form = self.desk.locator("main form.record-form")
        self._send(self.desk, form.get_by_role("button", name=button, exact=True))

    def _contract_of_maintenance(self, entry: PortableEntry) -> None:
        """Where an adaptation keeps one beside that of its acute part, it is begun from a place of its own."""
        page = self.desk
        self._open(page, f"{self.episode}formulation/")
        begin = page.locator("#maintenance").get_by_role("link", name=re.compile("^(Agree|Change) it$"))
        if begin.count():
            entry = replace(entry, values={k: v for k, v in entry.values.items() if k != "covers"})
            self._document(entry, begin.get_attribute("href"))
        else:
            self._document(entry, "formulation/contract/")

    def _document(self, entry: PortableEntry, address: str) -> None:
        """Formulation or contract: the draft is overwritten by the words agreed."""
        self._open(self.desk, address if address.startswith("/") else f"{self.episode}{address}")
        self._type(entry)
        try:
            self._save(AGREED)
        except CannotBeTyped as refused:
            if "Write the reason for it." not in str(refused):
                raise
            self.desk.locator('textarea[name="reason_for_focus"]').fill(self._reason_for_focus())
            self._save(AGREED)

    def _left_open(self, told: Told, entry: PortableEntry) -> dict[str, Any]:
        """What must be said before it is agreed or signed, where the story leaves it open."""
        task = next((one for one in self.story.manual.tasks if entry.record in one.records), None)
        if task is None:
            return {}
        kind = self.story.manual.record_types[entry.record]
        asked = [part for part in kind.fields if part.final_required or part.final_min_rows]
        words = {part.key: self.words_for(told, task, part) for part in asked}
        return {key: value for key, value in words.items() if value is not None}

    def _reason_for_focus(self) -> str:
        """A choice outside the rules asks for its reason: the case's own, else what the client said of it."""
        told = self.story.raw
        ranking, formulation = told.get("expected_ranking") or {}, told.get("formulation") or {}
        return ranking.get("reason_for_difference") or formulation.get("client_words") or "Agreed together."

    def _safety_plan(self, entry: PortableEntry) -> None:
        self._open(self.desk, f"{self.episode}safety/plan/")
        self._type(entry)
        self._save("Save as a new version")

    def _is_known(self, entry: PortableEntry) -> bool:
        """Whether this only says where somebody written down before stands now."""
        person = entry.values.get("person_id") or entry.values.get("label")
        is_new = person not in self.written_down
        self.written_down.add(person)
        return not is_new and set(entry.values) <= CHANGES_OF_PERSON

    def _rate_again(self, entry: PortableEntry) -> None:
        page, label = self.desk, self.story.people[entry.values["person_id"]]
        self._open(page, f"{self.episode}people/")
        page.get_by_role("link", name=f"Rate again: {label}", exact=True).click()
        page.wait_for_url("**/records/**", wait_until="domcontentloaded")
        self._listening(page)
        FormTypist(page.locator("main form.record-form"), self.story.names).press(
            "closeness_ring_1_3", str(entry.values["closeness_ring_1_3"])
        )
        self._save("Save")

    def rank(self, told: Told, entries: list[PortableEntry]) -> None:
        """Each issue with its ratings on the issue page, then the order agreed."""
        self._task_of(told, entries[0])
        page = self.desk
        for entry in entries:
            text = entry.values.get("text")
            self._open(page, f"{self.episode}formulation/")
            known = page.locator("#ranking .rank-list").get_by_role("link", name=text, exact=True)
            if known.count():
                known.first.click()
            else:
                page.locator("#ranking").get_by_role("link", name="Add an issue").click()
            page.wait_for_url("**/formulation/issue/**", wait_until="domcontentloaded")
            self._listening(page)
            self._issue(entry)
            self._save("Keep the ratings")
            self.clock.pass_minutes()
        self._open(page, f"{self.episode}formulation/")
        self.rankings[told.number or 0] = self._scores()
        self._order(told, entries)
        self.clock.pass_minutes()

    def _issue(self, entry: PortableEntry) -> None:
        kind = self.story.manual.record_types["rec_issue"]
        wanted = ("text", "area", "factors", "evidence")
        values = {key: entry.values[key] for key in wanted if not is_empty(entry.values.get(key))}
        FormTypist(self.desk.locator("main form.record-form"), self.story.names).type(kind, values)

    def _scores(self) -> dict[str, tuple[float, float]]:
        """Score and score with equal weights of each issue, as the page says them."""
        found = {}
        for item in self.desk.locator("#ranking .rank-list > li").all():
            text = re.sub(r"^\d+\.\s*", "", item.locator("h3").inner_text().strip())
            numbers = re.findall(r"\d+(?:\.\d+)?", item.locator(".rank-score").locator("..").inner_text())
            found[text] = (float(numbers[0]), float(numbers[-1]))
        return found

    def _order(self, told: Told, entries: list[PortableEntry]) -> None:
        """The agreed places; where the case gives none, as the expected ranking says."""
        page = self.desk
        midway = "issues_at_midpoint" in self.story.raw and told.number != self._first_ranked()
        expected = self.story.raw.get("expected_ranking_at_midpoint" if midway else "expected_ranking", {})
        final = expected.get("final_order") or expected.get("order") or []
        reasons = []
        for entry in entries:
            values, text = entry.values, entry.values.get("text")
            row = page.locator(".rank-inputs", has_text=text)
            place = values.get("final_rank") or (final.index(values["issue"]) + 1 if final else None)
            if values.get("client_rank"):
                row.get_by_label("Client’s place").fill(str(values["client_rank"]))
            if place:
                row.get_by_label("Agreed place").fill(str(place))
            if values.get("reason_for_difference"):
                reasons.append(values["reason_for_difference"])
        reason = " ".join(dict.fromkeys([*reasons, *filter(None, [expected.get("reason_for_difference")])]))
        if reason:
            page.get_by_label("Reason, if it differs from the score").fill(reason)
        self._send(page, page.get_by_role("button", name="Keep this order"))

    def _first_ranked(self) -> int:
        return min(self.rankings)

    # -- in the Session room -----------------------------------------------------------------------------

    def in_the_room(self, told: Told, room: str) -> None:
        """Strategies and techniques by their press; each task the case calls done, where it has no record yet."""
        self._in_room(room)
        for code in told.strategies:
            self._press("strategy", code)
        for code in told.techniques:
            self._press("technique", code)
        if told.next_step and "M08" not in told.tasks:
            self._step_without_task(told, room)
        for task_id in told.tasks:
            self._task(told, room, task_id)

    def _in_room(self, room: str) -> None:
        """Back in the Session room, if another page was opened meanwhile."""
        if self.at != room:
            self._open(self.desk, room)

    def _press(self, kind: str, code: str) -> None:
        """Press “Work on it today” or “Used today”; what the guide does not show is found by its name."""
        page = self.desk
        button = page.locator(f"#{kind}-{code}-press")
        if not button.count():
            button = self._find(kind, code)
        self._open_around(button)
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

    def _open_around(self, target: Any) -> None:
        """Unfold what hides it."""
        for _ in range(4):
            if target.is_visible():
                return
            closed = target.locator("xpath=ancestor::details[not(@open)]").first
            closed.locator("xpath=./summary").click()
        raise CannotBeTyped("it stays hidden")

    def _step_without_task(self, told: Told, room: str) -> None:
        session = room.rstrip("/").rsplit("/", 1)[1]
        page = self.desk
        self._open(page, f"{self.episode}records/rec_session/new/?session={session}")
        FormTypist(page.locator("main form.record-form"), {}).fill("next_step", told.next_step)
        self._save("Save")

    def _task(self, told: Told, room: str, task_id: str) -> None:
        """Write what a task is done by, where the records of the case do not show it yet."""
        page, task = self.desk, self.story.manual.task(task_id)
        if self._shows(told, task):
            return
        self._cover(task)
        self._in_room(room)
        line = self._line_of(task)
        if line is None:
            self._record_for_task(told, room, task)
            return
        self._open_around(line)
        say = line.locator(".say-press")
        if say.count():
            self._press_and_wait(say, line.locator(".say-said"))
        elif page.locator(f"#{line.get_attribute('id')} .say-said").count():
            return
        elif not self._fill_line(told, line, task):
            self._record_for_task(told, room, task)

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
        return task.id in self.covered

    def _line_of(self, task: Task) -> Any | None:
        """The quick line of the task, also where its row joins several tasks of one record."""
        page = self.desk
        keys = [task.field] if task.field else self._quick(task)
        if not self._may_be_signed(task.record, keys):
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

    def _may_be_signed(self, record: str, keys: list[str]) -> bool:
        """Whether a record with these fields alone may stand in a signed session."""
        if record == RISK:
            return True  # its line asks for the level too
        fields = self.story.manual.record_types[record].fields
        return not [f for f in fields if (f.final_required or f.final_min_rows) and f.key not in keys]

    def _fill_line(self, told: Told, line: Any, task: Task) -> bool:
        """Whether the line offered a field for which the case has words."""
        kind = self.story.manual.record_types[task.record]
        typist = FormTypist(line, self.story.names)
        keys = [task.field] if task.field else self._quick(task)
        if task.record == RISK:
            judged = ("level", "reason")  # first, where the line is about something that alone says no level
            keys = [*judged, *keys] if task.field else [*keys, *judged]
            self.asked_about_safety = True
        typed = False
        for key in dict.fromkeys(keys):
            if not line.locator(f'[name="{key}"]').count():
                continue
            value = self.words_for(told, task, kind.field(key))
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

    def words_for(self, told: Told, task: Task, part: FieldDefinition) -> Any:
        """Words of the case for a field of which it gives no record of its own."""
        if task.record == SESSION and (said := self._said_in_session(told, part.key)):
            return said
        if task.record == "rec_action_plan" and part.key == "step":
            return told.next_step or told.sentences[-1]
        if task.record == RISK and part.key == "level":
            return self._level(told)
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

    def _level(self, told: Told) -> str:
        """The level as the case last gave it: a new look does not change it."""
        rows = [
            r
            for r in self.story.raw.get("safety") or ()
            if r.get("level") and r["date"] <= told.on.isoformat()
        ]
        return max(rows, key=lambda row: row["date"])["level"] if rows else "green"

    def _record_for_task(self, told: Told, room: str, task: Task) -> None:
        """The whole record of a task, with as much as signing asks for."""
        records = sorted(task.records, key=lambda one: not self._may_be_signed(one, self._needed(one)))
        record = next((one for one in records if one == "rec_role_play"), records[0])
        kind = self.story.manual.record_types[record]
        values = {"level": self._level(told), "reason": told.sentences[0]} if record == RISK else {}
        alone = [task.field, *(part.key for part in kind.fields if part.required)]
        enough = task.field and self._may_be_signed(record, alone)
        for key in alone if enough else dict.fromkeys([*filter(None, [task.field]), *self._needed(record)]):
            value = self.words_for(told, task, kind.field(key))
            if value is not None:
                values[key] = value
        if not values:
            raise CannotBeTyped(f"{task.id}: the case has no words for any field of {record}")
        session = room.rstrip("/").rsplit("/", 1)[1]
        self._open(self.desk, f"{self.episode}records/{record}/new/?session={session}&task={task.id}")
        self.asked_about_safety |= record == RISK
        FormTypist(self.desk.locator("main form.record-form"), self.story.names).type(kind, values)
        self._save("Save")
        self.clock.pass_minutes()

    def _needed(self, record: str) -> list[str]:
        kind = self.story.manual.record_types[record]
        asked = [f.key for f in kind.fields if f.required or f.final_required or f.final_min_rows]
        return list(dict.fromkeys([*asked, *kind.quick_fields]))

    # -- alerts --------------------------------------------------------------------------------------------

    def taken_on(self, row: Mapping[str, Any]) -> None:
        """The evening of an alert: seen on Today, taken on, the client called."""
        page = self.desk
        self._at_moment(row.get("therapist_acknowledged"))
        self._open(page, "/today/")
        waiting = page.locator('section[aria-labelledby="needs-alerts"] .reason-decide a')
        if not waiting.count() and self.asked_about_safety:
            return  # worked through in the session of the same day
        waiting.first.click()
        self._alert_is_open()
        self._send(page, page.get_by_role("button", name="I take this on"))
        self._listening(page)
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
        self._open_around(field)
        field.fill(words)
        plan = form.locator('textarea[name="reason_without_plan"]')
        if plan.count():
            plan.fill("The plan stands and was looked at together.")
        self._send(page, form.locator("button[type=submit]"))

    def close_alerts(self, told: Told, room: str) -> None:
        """Alerts on top of the room that the safety asked about in this session closes. Others stay."""
        self._in_room(room)
        links = self.desk.locator(".alert-banner").get_by_role("link", name=re.compile("^Work it through"))
        waiting = links.evaluate_all("links => links.map(link => link.getAttribute('href'))")
        for address in waiting if self.asked_about_safety else ():
            self._close(told, address)

    def _close(self, told: Told, address: str) -> None:
        page = self.desk
        self._open(page, address)
        taking = page.get_by_role("button", name="I take this on")
        if taking.count():
            self._send(page, taking)
            self._listening(page)
        if page.get_by_text("First the assessment:").count():
            return  # this one asks for more than the case tells
        reasons = [e.values.get("reason") for e in told.records if e.record == RISK]
        self.clock.pass_minutes()
        self._act("resolve", next(filter(None, reasons), told.sentences[0]))

    def _alert_is_open(self) -> None:
        self.desk.wait_for_url("**/alerts/**", wait_until="domcontentloaded")
        self._listening(self.desk)

    # -- the note ------------------------------------------------------------------------------------------

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
            self._send(page, page.get_by_role("button", name="Save for me"))
            self._in_room(room)
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

    # -- reading -------------------------------------------------------------------------------------------

    def read_overview(self, told: Told) -> Reading:
        page = self.desk
        self._open(page, self.episode)
        where = page.locator("#where")
        return Reading(
            on=told.on,
            number=told.number or 0,
            phase=where.locator("strong").first.inner_text().strip(),
            place=where.locator("p").first.inner_text().strip(),
            due=self._tasks_in("#due"),
            overdue=self._tasks_in("#overdue"),
            rules=self._rules_in("#rules > .reason-card .reason-source"),
            off_track=self._rules_in("#off-track .reason-source"),
        )

    def _rules_in(self, css: str) -> tuple[str, ...]:
        words = self.desk.locator(css).all_inner_texts()
        return tuple(rule for line in words for rule in re.findall(r"DR-\d+", line))

    def _tasks_in(self, css: str) -> tuple[str, ...]:
        lines = self.desk.locator(f"{css} .task-list .quiet.small").all_inner_texts()
        return tuple(match[0] for line in lines if (match := re.match(r"[A-Z]+-?\d+", line.strip())))
