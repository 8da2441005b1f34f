"""The guide of a session in words: blocks of the hour, rows of tasks, strategies, techniques."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property, lru_cache
from urllib.parse import urlencode

from django.utils import timezone

from openipt.core.course import known
from openipt.core.course.diary import asks_for_diary
from openipt.core.course.guide import GuideTask, strategy_progress
from openipt.core.course.known import words
from openipt.core.course.narrative import collects_episodes
from openipt.core.course.phases import ORDER
from openipt.core.course.tasks import State
from openipt.core.fields.definitions import Caution, RecordType, is_empty
from openipt.core.manual.model import Manual, Requirement, Strategy, Task, Technique
from openipt.web.jinja import day
from openipt.web.meeting_words import meeting_title, where_it_stands
from openipt.web.therapist.presenters_records import EntryLine, entry_line
from openipt.web.therapist.session_lines import Line, lines_of
from openipt.web.therapist.session_room import Room

MARKS = {"DEFAULT": "project default", "GKU": "unverified"}
REQUIRED_WORDS = {
    Requirement.REQUIRED: "asked for",
    Requirement.CONDITIONAL: "if it fits",
    Requirement.OPTIONAL: "if you like",
}
BLOCK_OF_RECORD = {
    "rec_action_plan": "step",
    "rec_risk": "measures_and_risk",
    "rec_measure": "measures_and_risk",
    "rec_ipv_screen": "measures_and_risk",
}
BLOCK_OF_FIELD = {
    "opening": "opening",
    "summary": "summary",
    "remaining_stated": "summary",
    "credit": "summary",
}
ALERT_OPEN = "alert-open"  # the condition of M17
STRATEGIES = "rec_strategy_progress"
ONE_A_SESSION = frozenset({"rec_action_plan", "rec_risk", "rec_alliance", "rec_review", "rec_ipv_screen"})
# Records that have a room of their own, where they are easier to write than in a form.
ROOM_OF_RECORD = {
    "rec_closeness_circle": ("people/circle/", "Draw the circle"),
    "rec_formulation": ("formulation/", "Open the formulation"),
    "rec_ipaf": ("formulation/", "Open the focus"),
    "rec_episode": ("schema/", "Open the episodes"),
    "rec_schema": ("schema/", "Open the schema"),
    "rec_contract": ("formulation/", "Open the contract"),
    "rec_issue_ranking": ("formulation/", "Open the ranking"),
    "rec_measure": ("measures/", "Open the measures"),
    "rec_safety_plan": ("safety/", "Open the safety plan"),
    "rec_discharge": ("documents/", "Open the documents"),
    "rec_rhythm_day": ("rhythm/", "Look at the days"),
    "rec_rhythm_target": ("rhythm/#targets", "Set it beside the week"),
    "rec_rhythm_trigger": ("rhythm/#triggers", "Write it beside the week"),
    "rec_phone_contact": ("carers/#call", "Write down the call"),
}


@dataclass(frozen=True)
class Ground:
    """Where a task comes from: its sources in full, and what is ours or unverified."""

    sources: tuple[str, ...]
    marks: tuple[str, ...]


@dataclass(frozen=True)
class StrategyCard:
    """A strategy of the focus: what is done, what to ask, when it is done, and how far it has come."""

    id: str
    title: str
    text: str
    area: str
    questions: tuple[str, ...]
    done_when: str
    progress: str
    used: bool
    address: str
    ground: Ground


@dataclass(frozen=True)
class TechniqueCard:
    """A technique to hand."""

    id: str
    name: str
    purpose: str
    when: str
    steps: tuple[str, ...]
    cautions: tuple[str, ...]
    used: bool
    locked: str
    address: str
    record: str
    ground: Ground


@dataclass(frozen=True)
class TaskRow:
    """One task, or several that one line of one record does. `look` chooses how it is drawn:
    line, say (one press), strategies, open (the whole form only), locked."""

    id: str
    record: str
    look: str
    title: str
    also: tuple[str, ...]
    action: str
    asked: str
    why: str
    done: bool
    overdue: bool
    lines: tuple[Line, ...]
    more: str
    room: tuple[str, str]
    ground: Ground
    locked: str = ""
    say: str = ""
    say_value: str = ""
    said: str = ""
    hint: str = ""
    lead: str = ""
    lead_words: str = ""
    can_add: bool = False
    folded: bool = False
    records: tuple[EntryLine, ...] = ()
    cautions: tuple[Caution, ...] = ()


@dataclass(frozen=True)
class GuideBlock:
    """A part of the hour with its rows."""

    id: str
    title: str
    minutes: int
    rows: tuple[TaskRow, ...]


@dataclass
class GuideView:
    """Everything the left side shows, each part made when it is asked for: a save needs one row of it.

    `extra`: blank lines wanted per task; `sent`: a line that came back; `shows_all`: every technique is
    written out. Rows that stand folded (what is
    left from before, what may fit, what is done) offer the whole form and no quick line.
    """

    room: Room
    extra: dict[str, int] = field(default_factory=dict)
    sent: Line | None = None
    shows_all: bool = False

    @property
    def title(self) -> str:
        return session_title(self.room)

    @property
    def phase(self) -> str:
        return self.room.guide.phase_title

    @property
    def phase_id(self) -> str:
        return self.room.guide.phase

    @property
    def began_at(self) -> datetime | None:
        return self.room.session.began_at

    @property
    def began_today(self) -> bool:
        """The clock runs on the day itself: of a note written days later it would say nothing."""
        return self.began_at is not None and timezone.localtime(self.began_at).date() == self.room.page.on

    @cached_property
    def _tasks(self) -> tuple[Task, ...]:
        return tuple(self.room.manual.task(found.id) for found in self.room.guide.tasks)

    @cached_property
    def _here(self) -> list[Task]:
        """The tasks of this hour: of this phase, and not done once and for all before today."""
        tasks = [task for task in self._tasks if not _is_left(self.room, task)]
        return [task for task in tasks if not _done_earlier(self.room, task)]

    @cached_property
    def joined(self) -> list[tuple[Task, ...]]:
        """The tasks of each row of the hour."""
        return _joined(self._here)

    def tasks_of_row(self, task_id: str) -> tuple[Task, ...]:
        """The tasks of the row that begins with this one."""
        alone = (self.room.manual.task(task_id),)
        return next((tasks for tasks in self.joined if tasks[0].id == task_id), alone)

    def row(self, task_id: str) -> TaskRow:
        """One row by its first task, with its lines."""
        folded = all(tasks[0].id != task_id for tasks in self.joined)
        return self._made(self.tasks_of_row(task_id), folded=folded, lines=True)

    def _made(self, tasks: tuple[Task, ...], *, folded: bool = False, lines: bool = True) -> TaskRow:
        wanted = self.extra.get(tasks[0].id, 0)
        asked_for = bool(wanted or (self.sent is not None and self.sent.task == tasks[0].id))
        row = row_of(self.room, tasks, extra=wanted, with_lines=lines or asked_for, folded=folded)
        return _with(self.sent, row)

    def _folded(self, tasks: Iterable[Task]) -> tuple[TaskRow, ...]:
        return tuple(self._made((task,), folded=True, lines=False) for task in tasks)

    @cached_property
    def blocks(self) -> tuple[GuideBlock, ...]:
        return _blocks(self.room, [self._made(tasks) for tasks in self.joined])

    @property
    def tells_episodes(self) -> bool:
        return collects_episodes(self.room.manual)

    @property
    def keeps_diary(self) -> bool:
        return asks_for_diary(self.room.manual)

    @property
    def has_carers(self) -> bool:
        return bool(self.room.manual.carer_points)

    @cached_property
    def if_it_fits(self) -> tuple[TaskRow, ...]:
        return self._folded(_conditional(self.room))

    @cached_property
    def optional(self) -> tuple[TaskRow, ...]:
        """What may be done; in the ending phase with the lines of what every session before had."""
        return tuple(self._made((task,), lines=self.phase_id == "ending") for task in _optional(self.room))

    @cached_property
    def left(self) -> tuple[TaskRow, ...]:
        left = [task for task in self._tasks if _is_left(self.room, task)]
        return tuple(self._made((t,), lines=False) for t in left if not _done_earlier(self.room, t))

    @cached_property
    def earlier(self) -> tuple[TaskRow, ...]:
        return self._folded(task for task in self._tasks if _done_earlier(self.room, task))

    @cached_property
    def _asked(self) -> list[Task]:
        return [task for task in self._here if task.requirement is not Requirement.OPTIONAL]

    @property
    def asked(self) -> int:
        return len(self._asked)

    @property
    def done(self) -> int:
        return sum(self.room.is_done_here(task) for task in self._asked)

    @cached_property
    def _strategies(self) -> tuple[tuple[StrategyCard, ...], tuple[StrategyCard, ...]]:
        return strategy_cards(self.room)

    @property
    def strategies(self) -> tuple[StrategyCard, ...]:
        return self._strategies[0]

    @property
    def more_strategies(self) -> tuple[StrategyCard, ...]:
        return self._strategies[1]

    @cached_property
    def techniques(self) -> tuple[TechniqueCard, ...]:
        """Those to try first, with those used today."""
        return technique_cards(self.room, to_hand=True)

    @cached_property
    def more_techniques(self) -> tuple[TechniqueCard, ...]:
        return technique_cards(self.room, to_hand=False)

    @property
    def has_more_techniques(self) -> bool:
        return len(self.techniques) < len(self.room.manual.techniques)

    @cached_property
    def records(self) -> tuple[EntryLine, ...]:
        return tuple(entry_line(self.room.page, entry) for entry in self.room.entries)


def session_title(room: Room) -> str:
    if room.is_absent:
        return f"Meeting of {day(room.session.on)}"
    if room.number == 0 and not room.kind:
        return meeting_title(0, room.before_phase)
    words = room.title_apart or where_it_stands(room.manual, room.number, room.guide.planned_sessions)
    return words[:1].upper() + words[1:]


# -- rows --------------------------------------------------------------------------------------------


def row_of(
    room: Room, tasks: tuple[Task, ...], *, extra: int = 0, with_lines: bool = True, folded: bool = False
) -> TaskRow:
    """One row: a task, with those that the same line does."""
    first, card = tasks[0], _card(room, tasks[0])
    locked = room.why_locked(first.record)
    writes = with_lines and room.may_write and not room.is_locked(first.record)
    lines = lines_of(room, tasks, extra=extra) if writes else ()
    look = _look(room, first, lines)
    kind = room.manual.record_types[first.record]
    due = [task for task in tasks if _is_due(room, task)]
    return TaskRow(
        id=first.id,
        record=first.record,
        look=look,
        title=first.title,
        also=tuple(task.title for task in tasks[1:]),
        action=first.action[:1].upper() + first.action[1:] + ".",
        asked=_asked(first),
        why=card.why if card else "",
        done=all(room.is_done_here(task) for task in due or tasks),
        overdue=bool(card and card.overdue),
        lines=() if look == "open" else lines,
        more="" if look == "locked" or not room.may_write else form_address(room, first.record, first.id),
        room=_room_of(room, first.record),
        ground=ground(room.manual, first.sources, first.marks),
        locked=locked,
        can_add=look == "line" and _is_repeated(kind) and bool(lines and lines[-1].is_saved),
        folded=folded,
        records=_records(room, first),
        cautions=kind.cautions if writes else (),
        **_own_words(room, first),
    )


def _records(room: Room, task: Task) -> tuple[EntryLine, ...]:
    """What stands recorded, for somebody who only reads: whoever writes has it in the lines."""
    if room.may_write:
        return ()
    return tuple(entry_line(room.page, entry) for entry in room.entries_of(task))


def _is_repeated(kind: RecordType) -> bool:
    """One record holds one thing, and there are several: people, symptoms, duties."""
    return kind.many and kind.belongs != "episode" and kind.id not in ONE_A_SESSION


def _look(room: Room, task: Task, lines: tuple[Line, ...]) -> str:
    if room.is_locked(task.record):
        return "locked"
    if task.field == "remaining_stated" and lines:
        return "say"
    if task.record == STRATEGIES and task.is_in(room.phase):
        return "strategies"
    return "line" if lines else "open"


def _own_words(room: Room, task: Task) -> dict[str, str]:
    """What a row says beyond its record: the count to say aloud, why risk is asked about today."""
    if task.field == "remaining_stated":
        said = next(
            (e.payload["remaining_stated"] for e in room.entries_of(task)
             if not is_empty(e.payload.get("remaining_stated"))), None,
        )  # fmt: skip
        left = room.guide.remaining_after
        return {
            "say": room.guide.remaining_words,
            "say_value": str(left),
            "said": "" if said is None else f"Said aloud: {said} after today.",
        }
    if task.record == "rec_risk":
        return {"hint": room.guide.recheck_risk}
    if task.condition == ALERT_OPEN:
        return _off_track(room, task)
    if task.recalls:
        return {"hint": _recalled(room, task)}
    return {}


def _recalled(room: Room, task: Task) -> str:
    """What was written earlier and is to be at hand: the last words of each field the task recalls."""
    found = []
    for record, _, name in (recall.partition(".") for recall in task.recalls):
        written = [entry.visible[name] for entry in room.page.entries(record) if entry.visible.get(name)]
        if written:
            field = room.manual.record_types[record].field(name)
            said = (field.option_label(one) or one for one in words(written[-1]))
            found.append(f"{field.label}: {'; '.join(said)}.")
    return " ".join(found)


def _off_track(room: Room, task: Task) -> dict[str, str]:
    """The open review: why it is open, and the page on which it is decided."""
    state = next((state for state in room.states if state.task.id == task.id), None)
    if state is None or state.state is not State.DUE:
        return {}
    return {"hint": state.why, "lead": room.page.address("progress/"), "lead_words": "See why, and decide"}


def _asked(task: Task) -> str:
    if task.requirement is Requirement.CONDITIONAL and task.condition_text:
        return f"if {task.condition_text}"
    if task.each_second_session:
        return "at least every second session"
    return REQUIRED_WORDS[task.requirement]


def _card(room: Room, task: Task) -> GuideTask | None:
    found = room.cards.get(task.id)
    if found is not None:
        return found
    return next((_card_of(state.task, state.why) for state in room.states if state.task.id == task.id), None)


def _card_of(task: Task, why: str) -> GuideTask:
    return GuideTask(
        task.id, task.title, task.action, task.record, task.field, task.quick, task.requirement,
        False, False, why, task.sources, task.marks,
    )  # fmt: skip


def _joined(tasks: list[Task]) -> list[tuple[Task, ...]]:
    """Tasks in their order; one that only fills a field of another's record, or the same field, joins its line.

    Those that are done by the strategies share their list: it stands once.
    """
    whole = {task.record: task for task in reversed(tasks) if not task.field and not _heavy_record(task)}
    rows: dict[str, list[Task]] = {}
    first: dict[tuple[str, str], str] = {}
    for task in tasks:
        host = whole.get(task.record) if task.field and task.record != "rec_session" else None
        joins = host is not None and bool(set(host.phases) & set(task.phases))
        shares = task.field or task.record == STRATEGIES
        own = first.setdefault((task.record, task.field), task.id) if shares else task.id
        rows.setdefault(host.id if joins and host else own, []).append(task)
    return [tuple(sorted(row, key=lambda task: bool(task.field))) for row in rows.values()]


def _heavy_record(task: Task) -> bool:
    return task.record in ("rec_timeline", "rec_session")


def _is_due(room: Room, task: Task) -> bool:
    """Asked for in this session, so that its row is not done before it is."""
    return any(card.id == task.id for card in room.guide.tasks)


def _is_left(room: Room, task: Task) -> bool:
    """Left over from a phase that is behind us: kept in view, but not in the way of this hour."""
    return ORDER.index(task.phases[-1]) < ORDER.index(room.guide.phase)


def _done_earlier(room: Room, task: Task) -> bool:
    """Done once and for all, in a session before this one."""
    card = next((card for card in room.guide.tasks if card.id == task.id), None)
    return bool(card and card.done) and not room.is_done_here(task)


def _conditional(room: Room) -> list[Task]:
    """Tasks of this phase that are there if they fit, and that nothing in the record asks for yet."""
    shown = {card.id for card in room.guide.tasks}
    return [
        state.task
        for state in room.states
        if state.state is State.NOT_APPLICABLE
        and state.task.is_in(room.guide.phase)
        and state.task.requirement is Requirement.CONDITIONAL
        and state.task.id not in shown
    ]


def _optional(room: Room) -> list[Task]:
    """What may be done, and in the ending phase what was done in every session before, as needed."""
    found = [room.manual.task(card.id) for card in room.guide.optional]
    if room.guide.phase != "ending":
        return found
    before = next(phase for phase in reversed(ORDER[: ORDER.index("ending")]) if room.manual.tasks_of(phase))
    usual = [
        t
        for t in room.manual.tasks_of(before)
        if t.each_session and t.requirement is Requirement.REQUIRED and "ending" not in t.phases
    ]
    return [*usual, *found]


def _room_of(room: Room, record: str) -> tuple[str, str]:
    tail, words = ROOM_OF_RECORD.get(record, ("", ""))
    return (room.page.address(tail), words) if tail else ("", "")


def _with(sent: Line | None, row: TaskRow) -> TaskRow:
    """The row with the line as it was sent in place of the stored one."""
    if sent is None or sent.task != row.id:
        return row
    lines = [sent if line.index == sent.index else line for line in row.lines]
    return replace(row, lines=tuple(lines) if any(line is sent for line in lines) else (*lines, sent))


# -- blocks of the hour ------------------------------------------------------------------------------


def _blocks(room: Room, rows: Iterable[TaskRow]) -> tuple[GuideBlock, ...]:
    homes: dict[str, list[TaskRow]] = {}
    agenda = room.guide.agenda
    for row in rows:
        homes.setdefault(block_of(room, room.manual.task(row.id)), []).append(row)
    known = {block.id for block in agenda}
    spare = [row for home, found in homes.items() if home not in known for row in found]
    blocks = [GuideBlock(b.id, b.title, b.minutes, tuple(homes.get(b.id, ()))) for b in agenda]
    if spare:
        blocks.append(GuideBlock("other", "Also due", 0, tuple(spare)))
    return tuple(blocks)


def block_of(room: Room, task: Task) -> str:
    """The part of the hour a task belongs to: as the manual says, else by what its record is about."""
    for block in room.manual.agenda:
        if any(task.id in tasks for tasks in block.tasks.values()):
            return block.block
    if task.field in BLOCK_OF_FIELD:
        return BLOCK_OF_FIELD[task.field]
    return BLOCK_OF_RECORD.get(task.record, "core_work")


# -- strategies and techniques -----------------------------------------------------------------------


def strategy_cards(room: Room) -> tuple[tuple[StrategyCard, ...], tuple[StrategyCard, ...]]:
    """The next ones of the focus, with those used today; and all others of the focus, in order."""
    progress = strategy_progress(room.course)
    following = {found.strategy.id for found in room.guide.strategies} | room.strategies_used
    areas = list(dict.fromkeys(found.area for found in room.guide.strategies)) or list(focus_areas(room))
    every = [
        strategy_card(room, strategy, progress.get(strategy.id, ""))
        for area in areas
        for strategy in room.manual.strategies_of(area)
    ]
    extra = [
        strategy_card(room, room.manual.strategy(code), progress.get(code, ""))
        for code in sorted(room.strategies_used - {card.id for card in every})
    ]
    first = [card for card in every if card.id in following]
    return (*first, *extra), tuple(card for card in every if card.id not in following)


def focus_areas(room: Room) -> tuple[str, ...]:
    return known.focus(room.course)


def strategy_card(room: Room, strategy: Strategy, progress: str) -> StrategyCard:
    area = room.manual.area_of_strategy(strategy.id)
    return StrategyCard(
        id=strategy.id,
        title=strategy.title,
        text=strategy.text,
        area=area.title,
        questions=strategy.questions,
        done_when=strategy.done_when,
        progress=progress,
        used=strategy.id in room.strategies_used,
        address=room.address(f"strategies/{strategy.id}/"),
        ground=ground(room.manual, strategy.sources or area.sources, strategy.marks),
    )


def technique_cards(room: Room, *, to_hand: bool) -> tuple[TechniqueCard, ...]:
    """Those to try first, with those used today; or every other one."""
    first = {technique.id for technique in room.guide.techniques} | room.techniques_used
    every = room.manual.techniques.values()
    return tuple(technique_card(room, one) for one in every if (one.id in first) is to_hand)


def technique_card(room: Room, technique: Technique) -> TechniqueCard:
    record = technique.record if technique.record in room.manual.record_types else ""
    return TechniqueCard(
        id=technique.id,
        name=technique.name[:1].upper() + technique.name[1:],
        purpose=technique.purpose,
        when=technique.when,
        steps=technique.steps,
        cautions=technique.cautions,
        used=technique.id in room.techniques_used,
        locked=room.why_locked(record) if record else "",
        address=room.address(f"techniques/{technique.id}/"),
        record=form_address(room, record) if record and record != "rec_session" and room.may_write else "",
        ground=ground(room.manual, technique.sources, technique.marks),
    )


@lru_cache(maxsize=4096)
def ground(manual: Manual, sources: tuple[str, ...], marks: tuple[str, ...]) -> Ground:
    """Sources as they are cited, and marks in words."""
    cited = [manual.source_list[source].citation for source in sources if source in manual.source_list]
    return Ground(tuple(cited), tuple(MARKS[mark] for mark in marks if mark in MARKS))


def form_address(room: Room, record: str, task: str = "") -> str:
    """The whole form of a record: the one that shows this task here, else a new one of this session."""
    if (
        task
        and (found := room.entries_of(room.manual.task(task)))
        and room.manual.task(task).record == record
    ):
        return room.page.address(f"records/{found[0].pk}/edit/?next={room.address()}")
    query = {"session": str(room.session.pk), "next": room.address()} | ({"task": task} if task else {})
    return room.page.address(f"records/{record}/new/?{urlencode(query, safe='/')}")
