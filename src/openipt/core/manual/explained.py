"""What the options of a record mean where the content tells it elsewhere: the stages of a dispute.

explained_by = "stages"     # each option is the id of a [[stage]] of an area
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from openipt.core.fields.definitions import FieldDefinition, Option, RecordType
from openipt.core.manual.model import Area, Stage
from openipt.errors import ContentFault


def explained(
    records: Mapping[str, RecordType], areas: Iterable[Area], faults: list[ContentFault]
) -> dict[str, RecordType]:
    """The record types, their options with what they mean; a fault for each that nothing explains."""
    stages = {stage.id: stage for area in areas for stage in area.stages}
    found = {}
    for name, record in records.items():
        fields = _of_fields(record.fields, stages, f"records/{name}.toml", "", faults)
        found[name] = replace(record, fields=fields) if fields != record.fields else record
    return found


def _of_fields(
    fields: tuple[FieldDefinition, ...],
    stages: Mapping[str, Stage],
    file: str,
    prefix: str,
    faults: list[ContentFault],
) -> tuple[FieldDefinition, ...]:
    made = []
    for field in fields:
        where = f"{prefix}{field.key}"
        if field.fields:
            field = replace(field, fields=_of_fields(field.fields, stages, file, f"{where}.", faults))
        if field.explained_by:
            for option in field.options:
                if option.value not in stages:
                    faults.append(_unexplained(file, where, option))
            field = replace(field, options=tuple(_option(option, stages) for option in field.options))
        made.append(field)
    return tuple(made)


def _option(option: Option, stages: Mapping[str, Stage]) -> Option:
    stage = stages.get(str(option.value))
    if stage is None:
        return option
    told = (("Markers", stage.markers), ("The work", stage.work))
    return replace(option, name=stage.title or option.label, meaning=stage.meaning, explained=told)


def _unexplained(file: str, where: str, option: Option) -> ContentFault:
    return ContentFault(
        file,
        f"{where}.explained_by",
        f'no area has a stage "{option.value}".',
        "Add a [[stage]] of that id to an area, or take explained_by out.",
    )
