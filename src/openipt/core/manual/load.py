"""From parsed content files to a `Content`: every manual, area, technique, record type, measure, rule.

Values in, values out: the tables come as arguments, keyed by their path in the content folder
("manual/ipc/tasks.toml"). Everything is read, then everything is checked, and every fault of every
file is named together.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, TypeVar

from openipt.core import tables
from openipt.core.fields.definitions import Caution, RecordType
from openipt.core.fields.load import load_record_type
from openipt.core.manual import check, inheritance
from openipt.core.manual.explained import explained
from openipt.core.manual.inheritance import Parts, Placed
from openipt.core.manual.joined import JOIN, base_of, modifiers_of
from openipt.core.manual.model import (
    AgendaBlock,
    Area,
    Card,
    Fact,
    LeaderTool,
    Length,
    Manual,
    Modifier,
    NextStep,
    OffTrackReason,
    Page,
    Phase,
    Rule,
    ScheduleItem,
    SessionPlan,
    Source,
    Style,
    Task,
    Technique,
)
from openipt.core.manual.modifiers import added_only, is_modifier, put_on
from openipt.core.measures.definitions import Measure
from openipt.core.measures.load import load_measures, with_site_measures
from openipt.errors import ContentFault

T = TypeVar("T")
Taught = TypeVar("Taught", Technique, Page)
Table = Mapping[str, Any]
Files = Mapping[str, Table]
Faults = list[ContentFault]

AREAS, TECHNIQUES, RECORDS, MEASURES, WORDING = (
    "areas/",
    "techniques/",
    "records/",
    "measures/",
    "measures/wording/",
)
MANUALS, CARD = "manual/", "manual.toml"
LEADER_TOOLS = "leader_tools.toml"
SOURCES, STYLES, PSYCHOEDUCATION, RULES = "sources.toml", "styles.toml", "psychoeducation.toml", "rules.toml"
NEXT_STEPS = "next_steps.toml"


@dataclass(frozen=True)
class Content:
    """All content of the treatment, read and checked. Mappings are by id.

    `older_manuals` are those kept for episodes that began with them, by id and version: the folder
    `manual/ipt_acute@1` holds version 1 once `manual/ipt_acute` has a later one. `modifiers` are what goes with
    them, and `parts` the tables of every folder, from which `manual` lays the two together.
    """

    sources: Mapping[str, Source]
    areas: Mapping[str, Area]
    techniques: Mapping[str, Technique]
    styles: Mapping[str, Style]
    facts: Mapping[str, Fact]
    leader_tools: Mapping[str, LeaderTool]
    pages: Mapping[str, Page]
    rules: Mapping[str, Rule]
    off_track_reasons: Mapping[str, OffTrackReason]
    next_steps: Mapping[str, NextStep]
    record_types: Mapping[str, RecordType]
    measures: Mapping[str, Measure]
    manuals: Mapping[str, Manual]
    older_manuals: Mapping[tuple[str, str], Manual]
    modifiers: Mapping[str, Modifier]
    parts: Mapping[str, Parts] = dataclasses.field(repr=False, default_factory=dict)

    def manual(self, manual_id: str, version: str = "") -> Manual:
        """One adaptation, with what goes with it where the id names that. KeyError where there is none."""
        if JOIN in manual_id:
            return self._joined(manual_id, version)
        present = self.manuals.get(manual_id)
        if present is not None and version in ("", present.version):
            return present
        return self.older_manuals[manual_id, version]

    def _joined(self, manual_id: str, version: str) -> Manual:
        names = (base_of(manual_id), *modifiers_of(manual_id))
        versions = version.split(JOIN) if version else [""] * len(names)
        if len(versions) != len(names):
            raise KeyError(manual_id)
        folders = [self._folder(*named) for named in zip(names, versions, strict=True)]
        for name in names[1:]:
            if name not in self.modifiers or not self.modifiers[name].goes_with(names[0]):
                raise KeyError(manual_id)
        faults: Faults = []
        whole = laid_together([self.parts[folder] for folder in folders], faults)
        found = _manual(whole, self, faults)
        if found is None or found.id != manual_id:
            raise KeyError(manual_id)
        return found

    def _folder(self, name: str, version: str) -> str:
        """The folder that holds this version of it. KeyError where there is none."""
        for folder in (name, f"{name}@{version}"):
            if folder in self.parts and version in ("", str(self.parts[folder].card.table.get("version"))):
                return folder
        raise KeyError(name, version)


def load(files: Files, site_files: Files | None = None) -> tuple[Content, tuple[ContentFault, ...]]:
    """All content, and everything that is wrong with it; what has faults may be missing from it.

    `site_files` are a site's own measures ("measures/ms_own.toml", "measures/wording/ms_own.en.toml").
    """
    faults: Faults = []
    library = _library(files, site_files or {}, faults)
    parts = _manual_parts(files, faults)
    added = {name: part for name, part in parts.items() if is_modifier(part)}
    manuals = {name: _manual(part, library, faults) for name, part in parts.items() if name not in added}
    read = {name: manual for name, manual in manuals.items() if manual is not None}
    content = dataclasses.replace(
        library,
        manuals=_frozen({manual.id: manual for name, manual in read.items() if "@" not in name}),
        older_manuals=MappingProxyType({(m.id, m.version): m for name, m in read.items() if "@" in name}),
        modifiers=_modifiers(added, faults),
        parts=_frozen(parts),
    )
    faults += check.everything(content, read, parts, files)
    return content, tuple(dict.fromkeys(faults))


# -- everything but the manuals ------------------------------------------------------------------


def _library(files: Files, site_files: Files, faults: Faults) -> Content:
    education = files.get(PSYCHOEDUCATION, {})
    next_steps = files.get(NEXT_STEPS, {})
    areas = _folder(Area, files, AREAS, faults)
    return Content(
        sources=_sources(files.get(SOURCES, {}), faults),
        areas=areas,
        techniques=_folder(Technique, files, TECHNIQUES, faults),
        styles=_rows(Style, files.get(STYLES, {}), "style", STYLES, faults),
        facts=_rows(Fact, education, "fact", PSYCHOEDUCATION, faults),
        leader_tools=_rows(LeaderTool, files.get(LEADER_TOOLS, {}), "tool", LEADER_TOOLS, faults),
        pages=_rows(Page, education, "page", PSYCHOEDUCATION, faults),
        rules=_rows(Rule, files.get(RULES, {}), "rule", RULES, faults),
        off_track_reasons=_rows(OffTrackReason, next_steps, "reason", NEXT_STEPS, faults),
        next_steps=_rows(NextStep, next_steps, "step", NEXT_STEPS, faults),
        record_types=_frozen(explained(_record_types(files, faults), areas.values(), faults)),
        measures=_measures(files, site_files, faults),
        manuals=_frozen({}),
        older_manuals=MappingProxyType({}),
        modifiers=_frozen({}),
    )


def _sources(table: Table, faults: Faults) -> Mapping[str, Source]:
    found = {}
    for name, row in table.items():
        if not isinstance(row, Mapping):
            faults.append(ContentFault(SOURCES, name, "must be a table.", f"Write [{name}]."))
            continue
        source, wrong = tables.read(Source, {"id": name, **row}, file=SOURCES, at=name)
        faults += wrong
        if source is not None:
            found[name] = source
    return _frozen(found)


def _folder(kind: Callable[..., T], files: Files, folder: str, faults: Faults) -> Mapping[str, T]:
    """One file, one item, named after its id."""
    found: dict[str, T] = {}
    for file, table in _in(files, folder):
        item, wrong = tables.read(kind, table, file=file)  # type: ignore[arg-type]
        faults += wrong
        if item is not None and _named_after_id(file, item, faults):
            found[item.id] = item  # type: ignore[attr-defined]
    return _frozen(found)


def _record_types(files: Files, faults: Faults) -> Mapping[str, RecordType]:
    found: dict[str, RecordType] = {}
    for file, table in _in(files, RECORDS):
        record, wrong = load_record_type(table, file)
        faults += wrong
        if record is not None and _named_after_id(file, record, faults):
            found[record.id] = record
    return _frozen(found)


def _named_after_id(file: str, item: Any, faults: Faults) -> bool:
    stem = file.rsplit("/", 1)[-1].removesuffix(".toml")
    if item.id != stem:
        faults.append(ContentFault(file, "id", f'is "{item.id}".', f"Name the file {item.id}.toml."))
    return bool(item.id == stem)


def _rows(kind: Callable[..., T], table: Table, name: str, file: str, faults: Faults) -> Mapping[str, T]:
    """Many items in one file, each with its id."""
    found: dict[str, T] = {}
    for number, row in enumerate(table.get(name, ()), start=1):
        ident = str(row.get("id", number) if isinstance(row, Mapping) else number)
        item, wrong = tables.read(kind, row, file=file, at=f"{name}[{ident}]")  # type: ignore[arg-type]
        faults += wrong
        if item is not None and ident in found:
            faults.append(ContentFault(file, f"{name}[{ident}]", "is there twice.", "Keep one of the two."))
        elif item is not None:
            found[ident] = item
    return _frozen(found)


def _measures(files: Files, site_files: Files, faults: Faults) -> Mapping[str, Measure]:
    shipped, wrong = load_measures(_under(files, MEASURES), _under(files, WORDING))
    faults += _in_folder(wrong, MEASURES)
    own, wrong = load_measures(_under(site_files, MEASURES), _under(site_files, WORDING), shipped=False)
    faults += _in_folder(wrong, f"site/{MEASURES}")
    together, wrong = with_site_measures(shipped, own)
    faults += _in_folder(wrong, f"site/{MEASURES}")
    return _frozen(together)


def _in_folder(faults: Iterable[ContentFault], folder: str) -> list[ContentFault]:
    return [dataclasses.replace(fault, file=f"{folder}{fault.file}") for fault in faults]


# -- the manuals ---------------------------------------------------------------------------------


def _manual_parts(files: Files, faults: Faults) -> dict[str, Parts]:
    """Each manual's tables, whole: a delta is laid over what it inherits from."""
    own: dict[str, Parts] = {}
    for name in sorted({file.split("/")[1] for file in files if file.startswith(MANUALS)}):
        folder = f"{MANUALS}{name}/"
        if folder + CARD not in files:
            faults.append(ContentFault(folder, CARD, "is missing.", "Add the adaptation's card."))
            continue
        own[name], wrong = inheritance.split(dict(_in(files, folder)), folder + CARD)
        faults += wrong
    whole: dict[str, Parts] = {}
    for name, parts in own.items():
        if is_modifier(parts):
            whole[name] = parts
            faults += added_only(parts)
        else:
            _inherit(name, own, whole, (), faults)
    return {name: whole[name] for name in own if name in whole}


def _inherit(
    name: str, own: Mapping[str, Parts], whole: dict[str, Parts], seen: tuple[str, ...], faults: Faults
) -> None:
    """Fill `whole[name]`; left out where what it inherits from is not there or leads back to itself."""
    card = own[name].card
    parent = card.table.get("inherits", "")
    if name in whole:
        return
    if not parent:
        whole[name] = own[name]
    elif parent not in own:
        reason = f'names "{parent}", which is no manual.'
        faults.append(ContentFault(card.file, "inherits", reason, tables.suggestion(str(parent), own)))
    elif parent in (*seen, name):
        reason = f"leads back to itself: {' > '.join((*seen, name, parent))}."
        faults.append(ContentFault(card.file, "inherits", reason, "Let one of them inherit from none."))
    else:
        _inherit(parent, own, whole, (*seen, name), faults)
        if parent in whole:
            whole[name], wrong = inheritance.lay_over(whole[parent], own[name])
            faults += wrong


def _manual(parts: Parts, library: Content, faults: Faults) -> Manual | None:
    card, wrong = tables.read(Card, parts.card.table, file=parts.card.file)
    faults += wrong
    lists = {
        "lengths": _items(Length, parts, "length", faults),
        "phases": _items(Phase, parts, "phase", faults),
        "tasks": _items(Task, parts, "task", faults),
        "agenda": _items(AgendaBlock, parts, "agenda", faults),
        "schedule": _items(ScheduleItem, parts, "schedule", faults),
        "session_plans": _items(SessionPlan, parts, "session_plan", faults),
    }
    if card is None:
        return None
    own = {field.name: getattr(card, field.name) for field in dataclasses.fields(Card)}
    return Manual(
        **own,
        **lists,  # type: ignore[arg-type]
        areas=_frozen({a: library.areas[a] for a in card.problem_areas if a in library.areas}),
        techniques=_of_model(library.techniques, card.model),
        styles=library.styles,
        facts=library.facts,
        leader_tools=library.leader_tools,
        pages=_of_model(library.pages, card.model),
        rules=library.rules,
        off_track_reasons=library.off_track_reasons,
        next_steps=library.next_steps,
        source_list=library.sources,
        record_types=_record_types_of(card, library),
        measure_list=library.measures,
    )


# -- what goes with them -------------------------------------------------------------------------


def laid_together(parts: Iterable[Parts], faults: Faults) -> Parts:
    """An adaptation's tables with those of what goes with it laid over them, one after another."""
    whole, *added = parts
    for one in added:
        whole, wrong = put_on(whole, one)
        faults += wrong
    return whole


def _modifiers(added: Mapping[str, Parts], faults: Faults) -> Mapping[str, Modifier]:
    found: dict[str, Modifier] = {}
    for name, parts in added.items():
        modifier, wrong = tables.read(Modifier, parts.card.table, file=parts.card.file)
        faults += wrong
        if modifier is not None and "@" not in name:
            found[modifier.id] = modifier
    return _frozen(found)


def faults_of_each(content: Content, files: Files) -> tuple[ContentFault, ...]:
    """What does not fit where a modifier goes with an adaptation: each is laid over every one it names."""
    faults: Faults = []
    known = check.known_in(content, files)
    for modifier in content.modifiers.values():
        for manual in content.manuals.values():
            if modifier.id in content.parts and modifier.goes_with(manual.id):
                both = (content.parts[manual.id], content.parts[modifier.id])
                whole = laid_together(both, faults)
                laid = _manual(whole, content, faults)
                faults += check.one_manual(laid, whole, known) if laid is not None else []
    return tuple(dict.fromkeys(faults))


def _record_types_of(card: Card, library: Content) -> Mapping[str, RecordType]:
    """Each record with the fields this adaptation asks for, and with what it warns of."""
    cautions: dict[str, tuple[Caution, ...]] = {}
    for caution in card.cautions:
        for record in caution.records:
            cautions[record] = (*cautions.get(record, ()), Caution(caution.text, caution.plain))
    return _frozen(
        {
            key: kind.in_adaptation(
                card.asks_for.get(key, ()), cautions.get(key, ()), has_areas=bool(card.problem_areas)
            )
            for key, kind in library.record_types.items()
        }
    )


def _of_model(items: Mapping[str, Taught], model: str) -> Mapping[str, Taught]:
    """Those of one model of treatment, and those that belong to every one."""
    return _frozen({name: item for name, item in items.items() if not item.models or model in item.models})


def _items(kind: type[T], parts: Parts, name: str, faults: Faults) -> tuple[T, ...]:
    found = []
    for key, placed in parts.items.get(name, {}).items():
        item = _item(kind, inheritance.place(name, key), placed, faults)
        if item is not None:
            found.append(item)
    return tuple(found)


def _item(kind: type[T], at: str, placed: Placed, faults: Faults) -> T | None:
    item, wrong = tables.read(kind, placed.table, file=placed.file, at=at)
    faults += wrong
    return item


# -- small things --------------------------------------------------------------------------------


def _in(files: Files, folder: str) -> list[tuple[str, Table]]:
    """Files that stand right in a folder, with their whole path."""
    return [(f, t) for f, t in sorted(files.items()) if f.startswith(folder) and "/" not in f[len(folder) :]]


def _under(files: Files, folder: str) -> dict[str, Table]:
    """The same by file name alone."""
    return {file[len(folder) :]: table for file, table in _in(files, folder)}


def _frozen(mapping: Mapping[str, T]) -> Mapping[str, T]:
    return MappingProxyType(dict(mapping))
