"""What no single file can show: that everything content names is there, and that the parts fit.

A name counts as there when its item stands in a file, even if that item has a fault of its own: one
mistake is named once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from openipt.core.fields.definitions import RecordType, every_field
from openipt.core.manual.inheritance import Parts, place
from openipt.core.manual.model import (
    NOWHERE,
    Area,
    Manual,
    Phase,
    Requirement,
    ScheduleItem,
    Task,
    Technique,
)
from openipt.core.manual.names import END, MARKS, MEASURE_CONDITIONS, PHASES, PHASES_AFTER, PHASES_BEFORE
from openipt.core.tables import suggestion
from openipt.errors import ContentFault

if TYPE_CHECKING:
    from openipt.core.manual.load import Content

Found = Iterator[ContentFault]
Files = Mapping[str, Mapping[str, Any]]


def everything(
    content: Content, manuals: Mapping[str, Manual], parts: Mapping[str, Parts], files: Files
) -> list[ContentFault]:
    """Every fault between the parts of the content. Manuals and their parts are by folder."""
    known = _Known(content, files)
    faults: list[ContentFault] = []
    for file, table in sorted(files.items()):
        faults += _sources_and_marks(table, file, "", known)
    for area in content.areas.values():
        faults += _area(area, f"areas/{area.id}.toml", known)
    faults += _strategy_ids(content.areas.values())
    for technique in content.techniques.values():
        faults += _technique(technique, f"techniques/{technique.id}.toml", known)
    faults += _pages(content, known)
    faults += _next_steps(content, known)
    for folder, manual in manuals.items():
        faults += _Manual(manual, parts[folder], known).faults()
    return faults


def known_in(content: Content, files: Files) -> _Known:
    """What may be named."""
    return _Known(content, files)


def one_manual(manual: Manual, parts: Parts, known: _Known) -> list[ContentFault]:
    """Every fault of a manual that was laid together of parts which stand in the content."""
    return list(_Manual(manual, parts, known).faults())


class _Known:
    """The ids that stand in the files, by kind, whether or not what they name is right."""

    def __init__(self, content: Content, files: Files) -> None:
        self.records: Mapping[str, RecordType] = content.record_types
        self.measures = content.measures
        self.models = {manual.id: manual.model for manual in content.manuals.values()}
        self._ids = {
            "source": set(files.get("sources.toml", {})),
            "area": _stems(files, "areas/"),
            "technique": _stems(files, "techniques/"),
            "record": _stems(files, "records/"),
            "measure": _stems(files, "measures/") | set(content.measures),
            "rule": set(content.rules) | _row_ids(files, "rules.toml", "rule"),
            "fact": set(content.facts) | _row_ids(files, "psychoeducation.toml", "fact"),
            "manual": {file.split("/")[1] for file in files if file.startswith("manual/")},
        }

    def __call__(self, kind: str, names: str | Collection[str], file: str, key: str) -> Found:
        """A fault for each name that is not there."""
        for name in [names] if isinstance(names, str) else names:
            if name and name not in self._ids[kind]:
                reason = f'names the {kind} "{name}", which is not there.'
                yield ContentFault(file, key, reason, suggestion(name, self._ids[kind]) or f"Add the {kind}.")

    def field(self, record: str, names: Iterable[str], file: str, key: str) -> Found:
        """A fault for each name that is no field, or field within a row, of the record."""
        if record not in self.records:
            return
        keys = {field.key for field in every_field(self.records[record].fields)}
        for name in names:
            if name and name not in keys:
                reason = f'names the field "{name}", which {record} does not have.'
                yield ContentFault(file, key, reason, suggestion(name, keys) or f"Name a field of {record}.")


def _stems(files: Files, folder: str) -> set[str]:
    names = {file[len(folder) :] for file in files if file.startswith(folder)}
    return {name.removesuffix(".toml") for name in names if "/" not in name}


def _row_ids(files: Files, file: str, name: str) -> set[str]:
    return {str(row.get("id")) for row in files.get(file, {}).get(name, ()) if isinstance(row, Mapping)}


# -- sources and marks, wherever they stand ------------------------------------------------------


def _sources_and_marks(value: Any, file: str, at: str, known: _Known) -> Found:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            path = f"{at}.{key}" if at else str(key)
            if key == "sources" and _is_words(inner):
                yield from known("source", inner, file, path)
            elif key == "marks" and _is_words(inner):
                yield from _unknown_marks(inner, file, path)
            else:
                yield from _sources_and_marks(inner, file, path, known)
    elif isinstance(value, (list, tuple)):
        for number, inner in enumerate(value, start=1):
            name = inner.get("id") or inner.get("key") if isinstance(inner, Mapping) else None
            yield from _sources_and_marks(inner, file, f"{at}[{name or number}]", known)


def _unknown_marks(marks: Iterable[str], file: str, key: str) -> Found:
    for mark in marks:
        if mark not in MARKS:
            yield ContentFault(file, key, f'"{mark}" is not a known mark.', suggestion(mark, MARKS))


def _is_words(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(word, str) for word in value)


# -- areas, techniques, pages --------------------------------------------------------------------


def _area(area: Area, file: str, known: _Known) -> Found:
    yield from known("technique", area.techniques, file, "techniques")
    yield from known("technique", area.default_techniques, file, "default_techniques")
    yield from known("record", area.records, file, "records")
    orders = [strategy.order for strategy in area.strategies]
    if orders != list(range(1, len(orders) + 1)):
        yield ContentFault(
            file, "strategy", f"has the order {orders}.", "Number strategies 1, 2, 3 … as they stand."
        )
    if not area.strategies:
        yield ContentFault(file, "strategy", "is missing.", "An area needs its strategies in order.")
    for strategy in area.strategies:
        for question in strategy.questions:
            if question not in area.questions:
                key = f"strategy[{strategy.id}].questions"
                yield ContentFault(
                    file, key, f'"{question}" is no question of the area.', "Word both the same."
                )


def _strategy_ids(areas: Iterable[Area]) -> Found:
    first: dict[str, str] = {}
    for area in areas:
        for strategy in area.strategies:
            if strategy.id in first:
                reason = f"has the id of a strategy of {first[strategy.id]}."
                yield ContentFault(
                    f"areas/{area.id}.toml", f"strategy[{strategy.id}]", reason, "Give it its own."
                )
            first.setdefault(strategy.id, area.id)


def _technique(technique: Technique, file: str, known: _Known) -> Found:
    yield from known("record", technique.record, file, "record")
    yield from known("record", technique.also_records, file, "also_records")
    yield from known.field(technique.record, technique.worksheet_fields, file, "worksheet_fields")


def _pages(content: Content, known: _Known) -> Found:
    for page in content.pages.values():
        for kind, names in (("fact", page.facts), ("area", page.areas), ("technique", page.techniques)):
            yield from known(kind, names, "psychoeducation.toml", f"page[{page.id}].{kind}s")


def _next_steps(content: Content, known: _Known) -> Found:
    """Reasons and steps name what is there; every reason has its place, and every step its ground."""
    file = "next_steps.toml"
    for reason in content.off_track_reasons.values():
        yield from known("rule", reason.rules, file, f"reason[{reason.id}].rules")
    for step in content.next_steps.values():
        key = f"step[{step.id}]"
        for kind, names in (
            ("rule", step.rules),
            ("area", step.areas),
            ("technique", step.techniques),
            ("manual", step.adaptations),
        ):
            yield from known(kind, names, file, f"{key}.{kind if kind != 'manual' else 'adaptation'}s")
        if not step.when:
            yield ContentFault(file, f"{key}.when", "is empty.", "Say when it is offered.")
        if "answers-a-reason" in step.when and not step.answers:
            reason_why = "says answers-a-reason, and answers none."
            yield ContentFault(file, f"{key}.answers", reason_why, "Name the reasons it answers.")
        if not (step.rules or step.section):
            yield ContentFault(file, key, "has no ground.", "Name its rules, or the section it stands in.")


# -- one manual ----------------------------------------------------------------------------------


class _Manual:
    """Checks one whole manual; each fault names the file in which the item stands, its own or inherited."""

    def __init__(self, manual: Manual, parts: Parts, known: _Known) -> None:
        self.manual = manual
        self.parts = parts
        self.known = known
        self.task_ids = {str(key) for key in parts.items.get("task", {})}
        self.phase_ids = {str(key) for key in parts.items.get("phase", {})}

    def faults(self) -> Found:
        yield from self.card()
        yield from self.beside()
        yield from self.asks_for()
        yield from self.phases()
        for task in self.manual.tasks:
            yield from self.task(task)
        yield from self.lengths()
        yield from self.agenda()
        for item in self.manual.schedule:
            yield from self.schedule(item)
        yield from self.session_plans()

    def file(self, kind: str, key: Any) -> str:
        return self.parts.items[kind][key].file

    def card(self) -> Found:
        manual, file = self.manual, self.parts.card.file
        yield from self.known("area", manual.problem_areas, file, "problem_areas")
        yield from self.known("measure", manual.measures, file, "measures")
        yield from self.parts_fit(file)
        for number, caution in enumerate(manual.cautions, start=1):
            at = f"caution[{number}]"
            yield from self.known("record", caution.records, file, f"{at}.records")
            shown = [self.known.records[r] for r in caution.records if r in self.known.records]
            if not caution.plain and any(kind.client_may_write for kind in shown):
                reason = "is missing: a client may write one of these records."
                yield ContentFault(file, f"{at}.plain", reason, "Say it to the client as well.")
        for point in manual.carer_points:
            yield from self.tasks_exist((point.task,), file, f"carer_point[{point.id}].task")
        yield from self.other_model()
        folder = file.split("/")[1]
        if folder not in (manual.base, f"{manual.base}@{manual.version}"):
            remedy = f'Name the folder "{manual.id}", or "{manual.id}@{manual.version}" for an older version.'
            yield ContentFault(file, "id", f'is "{manual.id}".', remedy)
        sessions = manual.sessions
        if not sessions.min <= sessions.typical <= sessions.max:
            reason = f"are {sessions.min}, {sessions.typical}, {sessions.max}."
            yield ContentFault(file, "sessions", reason, "Let min, typical and max rise.")

    def parts_fit(self, file: str) -> Found:
        """Parts follow each other without a gap, from the first session to the last."""
        due = 1
        for part in self.manual.parts:
            if part.first != due or part.last < part.first:
                reason = f"holds sessions {part.first} to {part.last}; it should begin with {due}."
                yield ContentFault(
                    file, f"part[{part.id}]", reason, "Let each begin where the last one ended."
                )
            due = part.last + 1
        if self.manual.parts and due - 1 != self.manual.sessions.max:
            reason = f"end with session {due - 1}; there are up to {self.manual.sessions.max}."
            yield ContentFault(file, "part", reason, "Let the last part end with the last session.")

    def beside(self) -> Found:
        """Kinds of meetings beside the sessions, each with its own id and a task to do in them."""
        file, seen = self.parts.card.file, set()
        for kind in self.manual.kinds:
            key = f"beside[{kind.id}]"
            if kind.id in seen or kind.id in PHASES:
                yield ContentFault(file, key, "is an id that is taken.", "Give it its own.")
            seen.add(kind.id)
            if not 0 <= kind.fewest <= kind.most or not kind.most:
                reason = f"are {kind.fewest} to {kind.most}."
                yield ContentFault(file, f"{key}.meetings", reason, "Say the fewest, then the most.")
            if not any(task.beside == kind.id for task in self.manual.tasks):
                yield ContentFault(file, key, "has no task.", f'Add one with beside = "{kind.id}".')

    def other_model(self) -> Found:
        """Models are not mixed: one that inherits from another model says which tasks it keeps of it."""
        parent = self.known.models.get(self.manual.inherits, self.manual.model)
        if parent != self.manual.model and not self.manual.keeps_tasks:
            reason = f'is missing: it is of the model "{self.manual.model}" and inherits from "{parent}".'
            remedy = "Name the inherited tasks that belong to both models."
            yield ContentFault(self.parts.card.file, "keeps_tasks", reason, remedy)

    def phases(self) -> Found:
        for phase in self.manual.phases:
            file, key = self.file("phase", phase.id), place("phase", phase.id)
            yield from self.tasks_exist(phase.exit_tasks, file, f"{key}.exit_tasks")
            for name in phase.exit_tasks:
                if not self.manual.has_task(name):
                    continue
                there = self.manual.task(name).phase
                if not self.manual.task(name).is_in(phase.id) and there in self.phase_ids:
                    reason = f'names "{name}", a task of the phase {there}.'
                    yield ContentFault(file, f"{key}.exit_tasks", reason, "Name tasks of this phase.")

            yield from self.own_meetings(phase, file, key)
            for to in phase.leads_to:
                if to not in (*self.phase_ids, END):
                    reason = f'names "{to}", a phase this manual does not have.'
                    yield ContentFault(file, f"{key}.leads_to", reason, suggestion(to, self.phase_ids))

    def own_meetings(self, phase: Phase, file: str, key: str) -> Found:
        """Meetings before session 1, or after the contract, belong to one phase that is for them."""
        (fewest, most), beside = phase.meetings, phase.is_before or phase.is_after
        for name, none in (("meetings", NOWHERE), ("minutes", 0), ("weeks", NOWHERE)):
            if getattr(phase, name) != none and not (phase.is_after or beside and name != "weeks"):
                where = "after the contract" if beside else "before session 1, or after the contract"
                reason = f"is for a phase {where}{'' if beside else ': it counts the sessions of this one'}."
                yield ContentFault(file, f"{key}.{name}", reason, "Take it out.")
        if not beside:
            return
        if phase.meetings == NOWHERE:
            if phase.id == "engagement":  # it may be one task of the intake, and no meeting of its own
                return
            yield ContentFault(file, f"{key}.meetings", "is missing.", "Say the fewest and the most: [1, 2].")
        elif fewest > most:
            reason = f"are {fewest} to {most}."
            yield ContentFault(file, f"{key}.meetings", reason, "Say the fewest, then the most.")
        if phase.weeks[0] > phase.weeks[1]:
            reason = f"are {phase.weeks[0]} to {phase.weeks[1]}."
            yield ContentFault(file, f"{key}.weeks", reason, "Say the earliest, then the latest.")
        if phase.is_before and self.manual.phase_before not in (None, phase):
            yield ContentFault(file, key, "is a second phase before session 1.", "Keep one of the two.")
        if phase.is_after and not any(
            phase.id in self.manual.ways_from(one.id) for one in self.manual.phases
        ):
            reason = "is a phase that no other one leads to."
            yield ContentFault(file, key, reason, "Name it in leads_to of the ending phase.")

    def asks_for(self) -> Found:
        """Fields that stand in a form only where they are asked for, named by record."""
        file = self.parts.card.file
        yield from self.known("record", self.manual.asks_for, file, "asks_for")
        for record, names in self.manual.asks_for.items():
            fields = self.known.records[record].fields if record in self.known.records else ()
            asked = [field.key for field in fields if field.where_asked]
            for name in names:
                if fields and name not in asked:
                    reason = f'names "{name}", which is no field of {record} marked where_asked.'
                    yield ContentFault(file, f"asks_for.{record}", reason, suggestion(name, asked))

    def task(self, task: Task) -> Found:
        file, key = self.file("task", task.id), place("task", task.id)
        for phase in task.phases:
            if phase not in self.phase_ids:
                where = "phase" if phase == task.phase else "also_in"
                reason = f'is "{phase}", a phase this manual does not have.'
                yield ContentFault(file, f"{key}.{where}", reason, suggestion(phase, self.phase_ids))
        yield from self.known("record", task.records, file, f"{key}.record")
        yield from self.known.field(task.record, (task.field,), file, f"{key}.field")
        yield from self.known.field(task.record, (task.not_with,), file, f"{key}.not_with")
        yield from self.has_field(task, file, f"{key}.field")
        yield from self.quick_line(task, file, f"{key}.quick")
        for record, _, name in (recall.partition(".") for recall in task.recalls):
            yield from self.known("record", record, file, f"{key}.recalls")
            yield from self.known.field(record, (name,), file, f"{key}.recalls")
        for same in task.same_as:
            if same not in self.task_ids:
                reason = f'names "{same}", which is no task of this manual.'
                yield ContentFault(file, f"{key}.same_as", reason, suggestion(same, self.task_ids))
        shown_to = (
            self.known.records[task.record].seen_by if task.record in self.known.records else ("client",)
        )
        if task.client_visible and "client" not in shown_to:
            remedy = f"Let {task.record} be seen by the client, or remove client_visible."
            yield ContentFault(file, f"{key}.client_visible", "shows what the client may not see.", remedy)
        if task.requirement is Requirement.CONDITIONAL and not task.condition:
            remedy = "Name one of names.TASK_CONDITIONS."
            yield ContentFault(file, f"{key}.condition", "is missing: the task is required under it.", remedy)
        yield from self.timing(task, file, key)

    def has_field(self, task: Task, file: str, key: str) -> Found:
        """The field that shows a task is one that this adaptation asks."""
        here = self.manual.record_types.get(task.record)
        if here and task.field in here.unasked:
            reason = f'names "{task.field}", which this adaptation does not ask for.'
            yield ContentFault(file, key, reason, f"Name it in asks_for.{task.record}.")

    def quick_line(self, task: Task, file: str, key: str) -> Found:
        """A quick line makes a record that may be kept; for a task of one field, it holds that field."""
        record = self.manual.record_types.get(task.record)
        if record is None or not task.quick:
            return
        for name in task.quick:
            if name not in record or name in record.unasked:
                reason = f'names the field "{name}", which {record.id} does not have at its top.'
                yield ContentFault(file, key, reason, suggestion(name, [f.key for f in record.fields]))
        needed = [(field.key,) for field in record.fields if field.required and not task.field]
        either = ((task.field,),) if task.field in record else () if task.field else record.needs_one_of
        for keys in (*needed, *either):
            if not set(keys) & set(task.quick):
                reason = f"makes no {record.id} that may be kept: it lacks {' or '.join(keys)}."
                yield ContentFault(file, key, reason, f"Add {keys[0]}.")

    def timing(self, task: Task, file: str, key: str) -> Found:
        ways = [
            task.has_window or task.first_session > 0,
            task.each_session,
            task.each_second_session,
            bool(task.at),
            bool(task.in_last),
            bool(task.every_months),
        ]
        if sum(ways) > 1:
            remedy = "Keep one of: a window of sessions, each_session, each_second_session, at, in_last, every_months."
            yield ContentFault(file, key, "says in more than one way when it is due.", remedy)
        if task.beside and not self.manual.kind(task.beside):
            reason = f'names "{task.beside}", a kind of meeting this manual does not have.'
            kinds = [kind.id for kind in self.manual.kinds]
            yield ContentFault(file, f"{key}.beside", reason, suggestion(task.beside, kinds))
        if task.beside and any(ways):
            reason = "is said to be due in sessions, and it belongs to meetings beside them."
            yield ContentFault(file, key, reason, "Let it be due in each of them.")
        if task.phase in PHASES_AFTER and any(ways) and not task.each_session:
            reason = "is said to be due in sessions, and its phase lies after the contract."
            yield ContentFault(file, key, reason, "Let it be due once, or in each meeting of its phase.")
        if task.phase in PHASES_BEFORE and any(ways):
            reason = "is said to be due in sessions, and its phase lies before session 1."
            yield ContentFault(file, key, reason, "Let it be due once in its phase.")
        if task.until and not task.each_session:
            reason = "is said of a task that is not of every session."
            yield ContentFault(file, f"{key}.until", reason, "Add each_session = true, or take it out.")
        if task.first_session > task.last_session:
            reason = f"is {task.first_session}, after last_session, {task.last_session}."
            yield ContentFault(file, f"{key}.first_session", reason, "Let the window begin before it ends.")

    def lengths(self) -> Found:
        for length in self.manual.lengths:
            key = (length.planned, length.format)
            yield from _cover(length.split, length.planned, self.file("length", key), place("length", key))
        listed = {length.planned for length in self.manual.lengths if not length.format}
        listed |= {length.planned for length in self.manual.lengths if length.format == self.manual.format}
        for planned in self.manual.allowed_lengths:
            if planned not in listed:
                split = self.manual.phase_split(planned)
                yield from _cover(split, planned, self.parts.card.file, f"other_lengths (N = {planned})")

    def agenda(self) -> Found:
        for phase in ("initial", "middle", "ending"):
            total = sum(minutes for _, minutes in self.manual.agenda_of(phase))
            if self.manual.agenda and total != self.manual.minutes:
                reason = f"has {total} minutes in the phase {phase}; a session has {self.manual.minutes}."
                yield ContentFault(self.parts.card.file, "agenda", reason, "Let the blocks add up.")
        for phase_beside in filter(None, (self.manual.phase_before, self.manual.phase_after)):
            yield from self.agenda_beside(phase_beside)
        for block in self.manual.agenda:
            file, key = self.file("agenda", block.block), place("agenda", block.block)
            for phase, names in block.tasks.items():
                yield from self.tasks_exist(names, file, f"{key}.tasks.{phase}")

    def agenda_beside(self, phase: Phase) -> Found:
        """A meeting beside the contract goes in its own way, or its time is not laid out at all."""
        total = sum(minutes for _, minutes in self.manual.agenda_of(phase.id))
        minutes, where = self.manual.minutes_in(phase.id), "before session 1" if phase.is_before else "after"
        if total not in (0, minutes):
            reason = f"has {total} minutes {where}; such a meeting has {minutes}."
            yield ContentFault(self.parts.card.file, "agenda", reason, "Let the blocks add up.")

    def schedule(self, item: ScheduleItem) -> Found:
        file, key = self.file("schedule", item.when), place("schedule", item.when)
        yield from self.known("measure", (*item.measures, *item.private), file, f"{key}.measures")
        for name in item.measures:
            if name in self.known.measures and self.known.measures[name].private:
                reason = f'holds "{name}", which is asked by the clinician alone with the client.'
                yield ContentFault(file, f"{key}.measures", reason, "Move it to private.")
        for name, condition in item.conditions.items():
            path = f"{key}.conditions.{name}"
            if name not in (*item.measures, *item.private):
                yield ContentFault(file, path, "is for a measure that is not in this set.", "Remove it.")
            if condition not in MEASURE_CONDITIONS:
                remedy = suggestion(condition, MEASURE_CONDITIONS)
                yield ContentFault(file, path, f'"{condition}" is not a known condition.', remedy)

    def session_plans(self) -> Found:
        for plan in self.manual.session_plans:
            key = (plan.first, plan.last)
            at = f"{place('session_plan', key)}.tasks"
            yield from self.tasks_exist(plan.tasks, self.file("session_plan", key), at)

    def tasks_exist(self, names: Iterable[str], file: str, key: str) -> Found:
        for name in names:
            if name not in self.task_ids:
                reason = f'names the task "{name}", which this manual does not have.'
                yield ContentFault(file, key, reason, suggestion(name, self.task_ids))


def _cover(split: Mapping[str, tuple[int, int]], planned: int, file: str, key: str) -> Found:
    """The phases hold every session of a length exactly once."""
    for session in range(1, max([planned, *(last for _, last in split.values())]) + 1):
        holding = [phase for phase, (first, last) in split.items() if first <= session <= last]
        if session > planned:
            reason = f"{' and '.join(holding)} go on after session {planned}."
            yield ContentFault(file, key, reason, "End the last phase with the last session.")
            return
        if len(holding) != 1:
            reason = f"session {session} is in {' and in '.join(holding) or 'no phase'}."
            yield ContentFault(file, key, reason, "Let each session fall in exactly one phase.")
