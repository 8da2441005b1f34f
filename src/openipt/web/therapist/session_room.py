"""The Session room's ground: one session of one episode, the course as it stands for it, its guide.

A session is looked at from its own day: an older one shows what was due then, not what is due now.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any
from uuid import UUID

from django.http import HttpRequest

from openipt.core.course import call, known
from openipt.core.course.course import Attendance, Course, EpisodeStatus
from openipt.core.course.guide import Guide, GuideTask, guide_beside, session_guide
from openipt.core.course.locks import LOCKED_FIELDS
from openipt.core.course.phases import (
    after_words,
    awaits_before,
    beside_words,
    meetings_before,
    session_number,
)
from openipt.core.course.tasks import TaskState, task_states
from openipt.core.fields.definitions import is_empty
from openipt.core.manual.model import Manual, Task
from openipt.core.manual.names import PHASES_AFTER, PHASES_BEFORE
from openipt.records.access import Act
from openipt.records.models import (
    Entry,
    EntryState,
    Episode,
    Session,
    StrategyUse,
    TaskMark,
    TechniqueUse,
    User,
)
from openipt.records.prepared import Prepared
from openipt.web.therapist.common import EpisodePage, episode_page, role_of, session_of

# Records of which each save in a new session is a new version of one document of the episode.
DOCUMENTS = frozenset(
    {
        "rec_formulation",
        "rec_ipaf",
        "rec_schema",
        "rec_contract",
        "rec_safety_plan",
        "rec_relapse_plan",
        "rec_goodbye",
    }
)
CONJOINT = "rec_conjoint_session"

_ENTRIES = Prepared(
    lambda session: (
        Entry.objects.filter(session=session).exclude(state=EntryState.WITHDRAWN).order_by("order")
    ),
    UUID,
)


def _codes(model: Any, column: str) -> Prepared[str]:
    """What stands marked in a session, by its code."""
    return Prepared(
        lambda session: (
            model.objects.filter(session=session, withdrawn_at=None)
            .order_by("at")
            .values_list(column, flat=True)
        ),
        UUID,
    )


_MARKS, _STRATEGIES = _codes(TaskMark, "task_id"), _codes(StrategyUse, "code")
_TECHNIQUES = _codes(TechniqueUse, "code")


@dataclass
class Room:
    """One session as the room needs it. What costs something is worked out when it is first asked for."""

    page: EpisodePage
    session: Session

    @property
    def episode(self) -> Episode:
        return self.page.episode

    @property
    def user(self) -> User:
        return self.page.user

    @property
    def manual(self) -> Manual:
        return self.page.manual

    @property
    def kind(self) -> str:
        """Of a meeting beside the sessions: which; "" of a session."""
        return self.session.kind

    @cached_property
    def of_kind(self) -> int:
        """Its number within its kind; for one that has not begun, the number it will get."""
        return self.session.of_kind or len(self.page.course.held_beside(self.kind)) + 1

    @cached_property
    def may_write(self) -> bool:
        """Held, not signed, and this person may write: otherwise the guide is read only."""
        return self.session.is_held and not self.session.is_signed and self.may_begin

    @cached_property
    def may_begin(self) -> bool:
        return bool(self.page.may(Act.WRITE_RECORD))

    @cached_property
    def number(self) -> int:
        """The session's number; for one that has not begun, and for a meeting beside them, the number to come."""
        if self.session.number is not None:
            return self.session.number
        if self.kind:
            return session_number(self.course if self.session.is_held else self.page.course) + 1
        held = [m.number for m in self.page.course.meetings if m.number is not None]
        if held and not self.before_phase:
            return max(held) + 1
        return 0 if self.is_intake_next or self.before_phase else 1

    @property
    def is_intake_next(self) -> bool:
        """The first meeting of an episode that is not active yet is the intake, unless said otherwise."""
        before = self.episode.status in (EpisodeStatus.ENQUIRY, EpisodeStatus.ASSESSMENT)
        return before and not any(m.number is not None for m in self.page.course.meetings)

    @property
    def may_be_before(self) -> bool:
        """Could the next meeting be one before session 1, of the phase that is for them?"""
        phase, course = self.manual.phase_before, self.page.course
        return phase is not None and not course.held and len(meetings_before(course)) < phase.meetings[1]

    @cached_property
    def before_phase(self) -> str:
        """The phase of a meeting before session 1; of one that has not begun, while the fewest are not held."""
        if self.kind:
            return ""
        if self.session.is_held:
            return self.session.phase if self.session.phase in PHASES_BEFORE else ""
        if self.is_intake_next or self.is_absent:
            return ""
        return awaits_before(self.manual, self.page.course)

    @property
    def before_words(self) -> str:
        """What a meeting before session 1 is called."""
        phase = self.manual.phase_before
        return PHASES_BEFORE[phase.id] if phase else ""

    @property
    def is_alone(self) -> bool:
        """Of a treatment in a group: a meeting with this member alone, after it, before it or beside it."""
        if kind := self.manual.kind(self.kind):
            return kind.format == "individual"
        return self.guide.phase in PHASES_AFTER or bool(self.before_phase)

    @cached_property
    def title_apart(self) -> str:
        """What a meeting apart from the contract is called, as `booster 2 of up to 4` or `ward group 3 of 8`; "" of a
        session.
        """
        if self.kind:
            return beside_words(self.manual, self.course, self.kind, self.of_kind)
        if self.guide.phase not in PHASES_AFTER:
            return ""
        return after_words(self.manual, self.course, self.number)

    @cached_property
    def day(self) -> date:
        """The day the guide is read on: today for the last session, its own day for an earlier one."""
        return self.session.on if self._has_later else max(self.page.on, self.session.held_on or self.page.on)

    @cached_property
    def _has_later(self) -> bool:
        if self.kind:
            met = (*self.page.course.meetings, *self.page.course.beside)
            return self.session.is_held and any(m.attendance.is_held and m.on > self.session.on for m in met)
        held = [m for m in self.page.course.meetings if m.number is not None]
        if self.number == 0 and self.session.is_held:  # several meetings may come before session 1
            return any(m.number or m.on > self.session.on for m in held)
        return any((m.number or 0) > self.number for m in held)

    @cached_property
    def course(self) -> Course:
        """The course up to this session."""
        course = self.page.course
        if not self._has_later:
            return course
        known_by_then = course.as_of(self.day)
        if self.kind:
            return known_by_then
        meetings = tuple(m for m in known_by_then.meetings if (m.number or 0) <= self.number)
        entries = tuple(e for e in known_by_then.entries if (e.session or 0) <= self.number)
        return replace(known_by_then, meetings=meetings, entries=entries)

    @cached_property
    def before(self) -> Course:
        """The course as it stood before this session, answers given for it included."""
        course = self.course
        if self.kind:
            return course
        meetings = tuple(m for m in course.meetings if m.number is None or m.number < self.number)
        entries = tuple(e for e in course.entries if e.session is None or e.session < self.number)
        return replace(course, meetings=meetings, entries=entries)

    @cached_property
    def last_held(self) -> date | None:
        """The day of the session before this one."""
        held = [m.on for m in self.before.meetings if m.attendance.is_held]
        return max(held, default=None)

    @cached_property
    def guide(self) -> Guide:
        session = self.session
        if self.kind:
            return guide_beside(self.manual, self.course, self.day, self.kind, self.of_kind)
        return session_guide(
            self.manual, self.course, self.day, self.number, self.before_phase, session.format
        )

    @cached_property
    def cards(self) -> dict[str, GuideTask]:
        """Task -> what the guide says of it."""
        return {card.id: card for card in (*self.guide.optional, *self.guide.tasks)}

    @cached_property
    def states(self) -> tuple[TaskState, ...]:
        if self.course is self.page.course and self.day == self.page.on:
            found = self.page.status.tasks
        else:
            found = task_states(self.manual, self.course, self.day)
        return tuple(state for state in found if state.task.beside == self.kind)

    @cached_property
    def entries(self) -> list[Entry]:
        """The records of this session that still count, in the order they were made."""
        found = []
        for entry in _ENTRIES(self.session.pk):
            kind = self.manual.record_types[entry.record_type]
            hidden = entry.by_role == "client" and not entry.shared
            if not hidden and role_of(self.page) in kind.seen_by:
                entry.episode, entry.session = self.episode, self.session
                entry.visible = kind.values_for(role_of(self.page), entry.payload)
                found.append(entry)
        return found

    @cached_property
    def own_entries(self) -> list[Entry]:
        """Those that staff wrote here, without later words on a record of another session."""
        return [entry for entry in self.entries if entry.by_role != "client" and entry.amends_id is None]

    @cached_property
    def tasks_marked(self) -> frozenset[str]:
        return frozenset(_MARKS(self.session.pk))

    @cached_property
    def strategies_used(self) -> frozenset[str]:
        return frozenset(_STRATEGIES(self.session.pk))

    @cached_property
    def techniques_used(self) -> frozenset[str]:
        return frozenset(_TECHNIQUES(self.session.pk))

    @cached_property
    def danger(self) -> known.Danger:
        return known.danger(self.course)

    @cached_property
    def phase(self) -> str:
        return self.session.phase or self.guide.phase

    @property
    def is_absent(self) -> bool:
        return self.session.attendance in (Attendance.MISSED, Attendance.CANCELLED)

    def address(self, tail: str = "") -> str:
        return f"/episodes/{self.episode.pk}/sessions/{self.session.pk}/{tail}"

    def forget(self) -> None:
        """What was read is read anew: something has been saved."""
        self.session.refresh_from_db()
        self.session.episode = self.episode
        for read in (self, self.page):
            kept = ("page", "session", "episode", "user", "room", "on", "at")
            for name in [name for name in vars(read) if name not in kept]:
                del vars(read)[name]

    def entries_of(self, task: Task) -> list[Entry]:
        """The records of this session that show a task, or would if they were filled."""
        if task.id not in self._entries_by_task:
            self._entries_by_task[task.id] = self._read_entries_of(task)
        return self._entries_by_task[task.id]

    @cached_property
    def _entries_by_task(self) -> dict[str, list[Entry]]:
        return {}

    def _read_entries_of(self, task: Task) -> list[Entry]:
        of_record = [entry for entry in self.own_entries if entry.record_type in task.records]
        if task.field:
            # A record may say other things too: the ones that say this, else the last, in which it is then said.
            keys = {task.field, *task.quick}
            says = [e for e in of_record if any(not is_empty(e.payload.get(key)) for key in keys)]
            return says or of_record[-1:]
        named = [entry for entry in of_record if entry.for_task == task.id]
        rivals = [t for t in self.manual.tasks_shown_by(task.record) if t.is_in(self.phase) and not t.field]
        unnamed = [e for e in of_record if not e.for_task] if len(rivals) <= 1 else []
        return sorted([*named, *unnamed], key=lambda entry: entry.order)

    def is_done_here(self, task: Task) -> bool:
        """Its record stands in this session."""
        if task.id in self.tasks_marked:
            return True
        shown = self.entries_of(task)
        return any(not is_empty(e.payload.get(task.field)) for e in shown) if task.field else bool(shown)

    @cached_property
    def not_private(self) -> str:
        """Why questions about violence wait in this session, by phone or video (TE-05); "" where they may be asked."""
        if not self.session.is_held:
            return ""
        meeting = call.meeting_at(self.course, self.session.number, self.session.on)
        return call.why_not_private(self.course, meeting)

    def why_locked(self, record: str) -> str:
        """Why danger from another person locks this record (DR-06, ipt.md 22.1), or who may hear; "" where nothing does."""
        if record == call.SCREEN and self.not_private:
            return f"{self.not_private} {call.WAY_ON}"
        if not self.danger.grounds or record not in LOCKED_FIELDS:
            return ""
        named = " and ".join(filter(None, (self.page.people.get(one, "") for one in self.danger.persons)))
        if self.danger.persons:
            return f"Danger is on record (DR-06): not with {named or 'the person named'}. With others it may go on."
        if record == CONJOINT:
            return "Danger is on record, and not from whom (DR-06): no meeting with another person."
        return (
            "Danger is on record, and not from whom (DR-06): no rehearsal with a partner, ex-partner or "
            "anybody of the household."
        )

    def is_locked(self, record: str) -> bool:
        """No way in at all: no meeting together until it is on record from whom the danger comes, no questions
        about violence where somebody may hear.
        """
        if record == call.SCREEN and self.not_private:
            return True
        return record == CONJOINT and bool(self.danger.grounds) and not self.danger.persons


def open_room(request: HttpRequest, episode_id: UUID, session_id: UUID, act: Act = Act.SEE_EPISODE) -> Room:
    """The session for somebody who may do `act` there; `NoAccess` for anybody else."""
    page = episode_page(request, episode_id, act, room="session")
    return Room(page, session_of(page, session_id))
