"""The manual of an episode, and the definitions its records and measures are checked by."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from openipt import library
from openipt.core.fields.check import check_entry
from openipt.core.fields.clean import clean
from openipt.core.fields.definitions import RecordType, is_empty
from openipt.core.manual.joined import JOIN, base_of, joined, modifiers_of
from openipt.core.manual.model import Manual, Requirement, Task
from openipt.core.measures.definitions import Measure
from openipt.errors import EntryNotValid, FieldFault, NotAllowedNow
from openipt.records.models import Episode, PlanEvent
from openipt.records.prepared import Prepared

CODE_KINDS = (
    *("strategies", "techniques", "areas", "styles", "measures", "tasks"),
    *("rules", "off_track_reasons", "next_steps"),
)


_EARLIER = Prepared(
    lambda episode: (
        PlanEvent.objects.filter(episode=episode)
        .exclude(adaptation_from="")
        .values_list("adaptation_from", "version_from")
    ),
    UUID,
)


def manual_of(episode: Episode) -> Manual:
    """The manual this episode works by: the version it began with."""
    return library.manual(episode.adaptation, episode.manual_version)


def earlier_manuals(episode: Episode) -> tuple[Manual, ...]:
    """The manuals this episode went by before it was changed over: what they coded stays as it was written."""
    return tuple(library.manual(*named) for named in _EARLIER(episode.pk))


def known_manual(adaptation: str) -> Manual:
    """The manual of that id, or a refusal in words for one we do not have."""
    try:
        return library.manual(adaptation)
    except KeyError:
        raise NotAllowedNow((f"There is no treatment manual called '{adaptation[:40]}'.",)) from None


def manual_of_version(adaptation: str, episode: Episode) -> Manual:
    """The manual of that id in which the adaptation, and what stays with it, keep the versions of this episode."""
    names = (base_of(episode.adaptation), *modifiers_of(episode.adaptation))
    stood = dict(zip(names, episode.manual_version.split(JOIN), strict=True))
    present = {one.id: one.version for one in library.modifiers().values()}
    wanted = (base_of(adaptation), *modifiers_of(adaptation))
    return library.manual(adaptation, JOIN.join(stood.get(name) or present[name] for name in wanted))


def with_what_goes(episode: Episode, adaptation: str) -> str:
    """Another adaptation for this course, with what goes with the present one as far as it goes with that too."""
    stays = set(modifiers_of(episode.adaptation)) & set(library.modifiers_for(adaptation))
    return joined(adaptation, stays)


def record_type_of(manual: Manual, record: str) -> RecordType:
    """The record type of that id, or a refusal in words."""
    try:
        return manual.record_types[record]
    except KeyError:
        raise NotAllowedNow((f"There is no record called '{record[:60]}'.",)) from None


def measure_of(measure: str) -> Measure:
    """The measure of that id, or a refusal in words."""
    try:
        return library.measure(measure)
    except KeyError:
        raise NotAllowedNow((f"There is no measure called '{measure[:60]}'.",)) from None


def checked(
    manual: Manual,
    record_type: RecordType,
    payload: Mapping[str, Any],
    *,
    final: bool = False,
    earlier: Collection[Manual] = (),
) -> dict[str, Any]:
    """The values, tidied and without fault, ready to be kept. Raises `EntryNotValid` with every fault."""
    if not isinstance(payload, Mapping):
        raise EntryNotValid((FieldFault("", "A record is a set of fields."),))
    values = clean(record_type, payload)
    faults = check_entry(record_type, values, codes=codes_of(manual, *earlier), final=final)
    if faults:
        raise EntryNotValid(faults)
    return values


def final_faults(
    manual: Manual, record: str, payload: Mapping[str, Any], *, earlier: Collection[Manual] = ()
) -> tuple[FieldFault, ...]:
    """What this record still lacks before it can be signed."""
    codes = codes_of(manual, *earlier)
    return check_entry(record_type_of(manual, record), payload, codes=codes, final=True)


def codes_of(*manuals: Manual) -> Mapping[str, Collection[str]]:
    """The codes a record may hold: those of its manual, and of the ones the course went by before."""
    return {kind: frozenset(c for manual in manuals for c in manual.codes(kind)) for kind in CODE_KINDS}


def tasks_done_by(
    manual: Manual,
    phase: str,
    record: str,
    payload: Mapping[str, Any],
    for_task: str = "",
    number: int | None = None,
    kind: str = "",
) -> tuple[str, ...]:
    """Tasks this entry shows to be done in a session of this phase.

    The task it was written for; every task whose field it fills; and the task of the phase that this
    record shows by itself, where there is only one of them, or only one that is required, or where each of
    them belongs to one session, that of this `number`. Tasks that are the same act are shown together. In a meeting of
    another `kind` than the sessions these are the tasks that belong to it.
    """
    shown = [t for t in manual.tasks_shown_by(record) if t.is_in(phase) and t.beside == kind]
    whole = [task for task in shown if not task.field and is_empty(payload.get(task.not_with))]
    named = [for_task] if for_task and manual.has_task(for_task) else _alone(whole, number)
    same = [task.id for task in whole if set(task.same_as) & set(named)]
    of_named = {one for task in named for one in manual.task(task).same_as}
    same += [task.id for task in whole if task.id in of_named]
    filled = [one for one in _filled(manual, phase, record, payload) if manual.task(one).beside == kind]
    return tuple(dict.fromkeys([*named, *same, *filled]))


def _alone(whole: list[Task], number: int | None) -> list[str]:
    """The one task a record shows by itself; nothing where that is not plain."""
    acts = [task for task in whole if not task.same_as] or whole
    required = [task for task in acts if task.requirement is Requirement.REQUIRED]
    of_one_session = all(task.first_session == task.last_session > 0 for task in acts)
    here = [task for task in acts if of_one_session and task.first_session == number]
    return next(([found[0].id] for found in (acts, required, here) if len(found) == 1), [])


def _filled(manual: Manual, phase: str, record: str, payload: Mapping[str, Any]) -> list[str]:
    """Tasks of one field: those of this phase; the work of the middle goes on while it ends, and the end
    may be raised early."""
    fields = [task for task in manual.tasks_shown_by(record) if task.field]
    filled = [task for task in fields if not is_empty(payload.get(task.field))]
    here = {task.field for task in fields if task.is_in(phase)}
    return [
        task.id
        for task in filled
        if task.is_in(phase)
        or task.may_be_early
        or (phase == "ending" and task.phase == "middle" and task.field not in here)
    ]


def task_named(manual: Manual, task_id: str) -> Task:
    try:
        return manual.task(task_id)
    except KeyError:
        raise NotAllowedNow((f"There is no task called '{task_id[:20]}' in this manual.",)) from None
