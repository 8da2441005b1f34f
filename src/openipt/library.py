"""Reads the content folder, once, and answers from it: `library.manual("ipt_acute")`.

The only place that reads content files. Nothing it gives can be changed. A service's own measures
may stand beside the shipped ones: `configure(extra=...)` names their folder before the first question.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files as package_files
from importlib.resources.abc import Traversable
from pathlib import Path
from types import MappingProxyType
from typing import Any

from openipt.core.course.enquiry_words import FILE as DANGER_WORDS
from openipt.core.course.enquiry_words import DangerWords, read_danger_words
from openipt.core.course.event_kinds import FILE as EVENT_KINDS
from openipt.core.course.event_kinds import EventKinds, read_kinds
from openipt.core.course.note_patterns import FILE as NOTE_SENTENCES
from openipt.core.course.note_patterns import Patterns, read_patterns
from openipt.core.fields.definitions import RecordType
from openipt.core.manual.choosing import EVIDENCE_FILE, Choosing, read_choosing
from openipt.core.manual.choosing import FILE as CHOOSING
from openipt.core.manual.joined import JOIN, joined
from openipt.core.manual.load import Content, faults_of_each, load
from openipt.core.manual.model import Area, Fact, Manual, Modifier, Page, Rule, Source, Style, Task, Technique
from openipt.core.manual.names import IN_PERSON
from openipt.core.measures.definitions import Measure
from openipt.core.portable.clear import KnownCodes
from openipt.core.tables import freeze
from openipt.errors import ContentError, ContentFault

Table = Mapping[str, Any]

_extra: Path | None = None


def configure(*, extra: Path | None) -> None:
    """Use the measures in this folder (`ms_own.toml`, `wording/ms_own.en.toml`) beside the shipped ones.

    Read anew at the next question. A folder that does not exist holds none.
    """
    global _extra
    _extra = extra
    content.cache_clear()
    known_codes.cache_clear()
    _joined.cache_clear()


@cache
def content() -> Content:
    """All content, whole. Raises `ContentError` with every fault if anything is wrong."""
    found, faults = _read(_shipped())[1:]
    if faults:
        raise ContentError(faults)
    return found


def check(folder: Traversable | None = None) -> tuple[Content, tuple[ContentFault, ...]]:
    """Read everything afresh: what could be read, and every fault of every file, each modifier laid over each
    adaptation it goes with.

    `folder` is another content folder than the shipped one.
    """
    tables, found, faults = _read(folder or _shipped())
    return found, faults or faults_of_each(found, tables)


def _read(folder: Traversable) -> tuple[dict[str, Table], Content, tuple[ContentFault, ...]]:
    """The files as they stand, what they hold, and what is wrong with them."""
    tables, unread = read_folder(folder)
    site, site_unread = read_site(_extra) if _extra else ({}, [])
    found, faults = load(tables, site)
    _, of_sentences = read_patterns(tables.get(NOTE_SENTENCES, {}), found.record_types)
    _, of_kinds = read_kinds(tables.get(EVENT_KINDS, {}), found.record_types)
    _, of_danger = read_danger_words(tables.get(DANGER_WORDS, {}))
    _, of_choosing = read_choosing(
        tables.get(CHOOSING, {}), tables.get(EVIDENCE_FILE, {}), found.record_types, found.rules
    )
    of_each = (*of_sentences, *of_kinds, *of_danger, *of_choosing)
    return tables, found, (*unread, *site_unread, *faults, *of_each)


def manual(manual_id: str, version: str = "") -> Manual:
    """One adaptation, whole, in its present version or the one named. KeyError where there is none.

    An episode asks for the version it began with. `ipt_ppd+ipt_tele` is one with what goes with it.
    """
    return _joined(manual_id, version) if JOIN in manual_id else content().manual(manual_id, version)


def has_manual(manual_id: str) -> bool:
    """Is there an adaptation of that id, with what goes with it where the id names that?"""
    try:
        return manual(manual_id) is not None
    except KeyError:
        return False


@cache
def _joined(manual_id: str, version: str) -> Manual:
    return content().manual(manual_id, version)


def modifiers() -> Mapping[str, Modifier]:
    """What goes with adaptations, such as delivery by phone or video."""
    return content().modifiers


def modifiers_for(adaptation: str) -> Mapping[str, Modifier]:
    """What goes with this one."""
    return MappingProxyType({m.id: m for m in modifiers().values() if m.goes_with(adaptation)})


def brought_by(modifier_id: str) -> tuple[Manual, tuple[Task, ...]]:
    """The tasks that this brings to an adaptation, as they stand in the first one it goes with. KeyError: no such."""
    modifier = modifiers()[modifier_id]
    base = next(one for one in manuals().values() if modifier.goes_with(one.id))
    laid = manual(joined(base.id, (modifier_id,)))
    return laid, tuple(task for task in laid.tasks if not base.has_task(task.id))


def usual_format(manual: Manual) -> str:
    """How its sessions are held unless somebody says otherwise: in person, or as what goes with it says."""
    found = modifiers()
    return next((f for one in manual.modifiers if one in found for f in found[one].formats), IN_PERSON)


def formats_ready(format: str) -> tuple[str, ...]:
    """What a client has at hand for a meeting that is held so, in plain words."""
    return tuple(line for each in modifiers().values() if format in each.formats for line in each.ready)


def manuals() -> Mapping[str, Manual]:
    """The adaptations a new episode can begin with, in their present versions."""
    return content().manuals


def offered() -> Mapping[str, Manual]:
    """Those that a form offers: what is for research only is begun within a study, by a choice with its reason."""
    return MappingProxyType({name: manual for name, manual in manuals().items() if not manual.research})


def measure(measure_id: str) -> Measure:
    """KeyError where there is none."""
    return content().measures[measure_id]


def measures() -> Mapping[str, Measure]:
    return content().measures


def record_type(record_id: str) -> RecordType:
    """KeyError where there is none."""
    return content().record_types[record_id]


def record_types() -> Mapping[str, RecordType]:
    return content().record_types


def areas() -> Mapping[str, Area]:
    return content().areas


def techniques() -> Mapping[str, Technique]:
    return content().techniques


def styles() -> Mapping[str, Style]:
    return content().styles


def facts() -> Mapping[str, Fact]:
    return content().facts


def pages() -> Mapping[str, Page]:
    return content().pages


def rules() -> Mapping[str, Rule]:
    return content().rules


def sources() -> Mapping[str, Source]:
    return content().sources


@cache
def known_codes() -> KnownCodes:
    """Every code that may lie in the clear, of every manual there is or was."""
    found = content()
    every = (*found.manuals.values(), *found.older_manuals.values())
    laid = [brought_by(one)[0] for one in found.modifiers]
    return KnownCodes.of((*every, *laid), found.measures, found.rules, found.record_types, found.modifiers)


@cache
def note_sentences() -> Patterns:
    """How recorded things are said in the draft of a note, by record type or kind of thing."""
    stem = NOTE_SENTENCES.removesuffix(".toml")
    patterns, faults = read_patterns(table(stem), content().record_types)
    if faults:
        raise ContentError(faults)
    return patterns


@cache
def event_kinds() -> EventKinds:
    """The words by which the kind of a line on the time line is proposed."""
    kinds, faults = read_kinds(table(EVENT_KINDS.removesuffix(".toml")), content().record_types)
    if faults:
        raise ContentError(faults)
    return kinds


@cache
def danger_words() -> DangerWords:
    """The words in an enquiry that bring whom to call nearer."""
    words, faults = read_danger_words(table(DANGER_WORDS.removesuffix(".toml")))
    if faults:
        raise ContentError(faults)
    return words


@cache
def choosing() -> Choosing:
    """What leads to an adaptation and what speaks against one, with the evidence of each."""
    found, faults = read_choosing(
        table(CHOOSING.removesuffix(".toml")),
        table(EVIDENCE_FILE.removesuffix(".toml")),
        content().record_types,
        content().rules,
    )
    if faults:
        raise ContentError(faults)
    return found


@cache
def table(name: str) -> Table:
    """A shipped content file as it stands, for content that is no part of a manual: `table("ranking")`."""
    file = _shipped() / f"{name}.toml"
    parsed, faults = _parse(file, f"{name}.toml")
    if parsed is None:
        raise ContentError(faults)
    return MappingProxyType({key: freeze(value) for key, value in parsed.items()})


# -- reading -------------------------------------------------------------------------------------


def read_folder(folder: Traversable, below: str = "") -> tuple[dict[str, Table], list[ContentFault]]:
    """Every TOML file under a folder, by its path there, and a fault for each that is no TOML."""
    found: dict[str, Table] = {}
    faults: list[ContentFault] = []
    for entry in sorted(folder.iterdir(), key=lambda each: each.name):
        path = f"{below}{entry.name}"
        if entry.is_dir():
            inner, wrong = read_folder(entry, f"{path}/")
            found |= inner
            faults += wrong
        elif entry.name.endswith(".toml"):
            parsed, wrong_here = _parse(entry, path)
            faults += wrong_here
            if parsed is not None:
                found[path] = parsed
    return found, faults


def read_site(folder: Path) -> tuple[dict[str, Table], list[ContentFault]]:
    """A service's own measures, keyed as the shipped ones are."""
    return read_folder(folder, "measures/") if folder.is_dir() else ({}, [])


def _parse(file: Traversable, name: str) -> tuple[Table | None, tuple[ContentFault, ...]]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8")), ()
    except tomllib.TOMLDecodeError as error:
        reason, remedy = f"is no TOML: {error}.", "Mend the line; quotes and brackets come in pairs."
    except UnicodeDecodeError:
        reason, remedy = "is not in UTF-8.", "Save it as UTF-8."
    except OSError as error:
        reason, remedy = f"cannot be read: {error.strerror}.", "Check that the file is there and may be read."
    return None, (ContentFault(name, "the file", reason, remedy),)


def _shipped() -> Traversable:
    return package_files("openipt") / "content"
