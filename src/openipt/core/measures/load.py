"""From the tables of a measure's files to a `Measure`, checked whole; every fault is named.

DR-48: item text of a measure outside L0 and L1 is refused in what we ship. A site may keep such text
in its own folder when its file says which licence it holds (`licence_held`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from math import isclose
from types import MappingProxyType
from typing import Any

from openipt.core import tables
from openipt.core.measures.definitions import Item, Licence, Measure, Method, Wording
from openipt.errors import ContentFault

Table = Mapping[str, Any]
Faults = tuple[ContentFault, ...]

NOT_FROM_FILES = ("wordings", "shipped")


def load_measure(
    table: Table, wording_tables: Mapping[str, Table], file: str, *, shipped: bool = True
) -> tuple[Measure | None, Faults]:
    """One measure from its table and its wording tables by language, or None with what is wrong.

    `shipped` is False for a file of the site's own folder.
    """
    strange = tuple(
        ContentFault(file, key, "is not a known key.", "Remove it.") for key in NOT_FROM_FILES if key in table
    )
    measure, faults = tables.read(Measure, table, file=file)
    wordings, wording_faults = _wordings(wording_tables, file)
    faults = (*strange, *faults, *wording_faults)
    if measure is None or faults:
        return None, faults
    measure = replace(measure, wordings=MappingProxyType(wordings), shipped=shipped)
    faults = tuple(_faults(measure, file))
    return (None, faults) if faults else (measure, ())


def load_measures(
    measure_tables: Mapping[str, Table], wording_tables: Mapping[str, Table], *, shipped: bool = True
) -> tuple[dict[str, Measure], Faults]:
    """All measures of a folder. Keys are file names: `ms_phq9.toml`, and `ms_phq9.en.toml` for words."""
    measures: dict[str, Measure] = {}
    faults: list[ContentFault] = []
    for file, table in sorted(measure_tables.items()):
        name = file.removesuffix(".toml")
        measure, found = load_measure(table, _of(name, wording_tables), file, shipped=shipped)
        faults += found
        if measure is not None and measure.id != name:
            faults.append(
                ContentFault(file, "id", f'is "{measure.id}".', f"Name the file {measure.id}.toml.")
            )
        elif measure is not None:
            measures[measure.id] = measure
    known = {file.removesuffix(".toml") for file in measure_tables}
    for file in wording_tables:
        if file.split(".")[0] not in known:
            faults.append(
                ContentFault(file, "measure", "has no measure beside it.", "Add the measure's file.")
            )
    return measures, tuple(faults)


def with_site_measures(
    shipped: Mapping[str, Measure], own: Mapping[str, Measure]
) -> tuple[dict[str, Measure], Faults]:
    """Shipped measures and the site's own. Its file may stand in for ours, under a version of its own."""
    faults = tuple(
        ContentFault(
            f"{id_}.toml",
            "version",
            f'is "{own[id_].version}", the version of the shipped measure of this id.',
            "Give it a version of its own, so that records tell the two apart.",
        )
        for id_ in own
        if id_ in shipped and shipped[id_].version == own[id_].version
    )
    return {**shipped, **own}, faults


def _of(name: str, wording_tables: Mapping[str, Table]) -> dict[str, Table]:
    """The wording tables of one measure, by language."""
    parts = ((file.split("."), table) for file, table in wording_tables.items())
    return {part[1]: table for part, table in parts if part[0] == name and len(part) == 3}


def _wordings(wording_tables: Mapping[str, Table], file: str) -> tuple[dict[str, Wording], Faults]:
    found: dict[str, Wording] = {}
    faults: list[ContentFault] = []
    for language, table in wording_tables.items():
        name = f"wording/{file.removesuffix('.toml')}.{language}.toml"
        wording, wrong = tables.read(Wording, table, file=name)
        faults += wrong
        if wording is None:
            continue
        if wording.language != language:
            remedy = "Let name and language agree."
            faults.append(ContentFault(name, "language", f'is "{wording.language}".', remedy))
        found[language] = wording
    return found, tuple(faults)


def _faults(measure: Measure, file: str) -> Iterator[ContentFault]:
    for check in (_items, _range, _bands, _entry, _licence, _alerts, _clusters):
        yield from check(measure, file)
    for wording in measure.wordings.values():
        yield from _wording(measure, wording, f"wording/{measure.id}.{wording.language}.toml")


def _items(measure: Measure, file: str) -> Iterator[ContentFault]:
    if [item.number for item in measure.items] != list(range(1, len(measure.items) + 1)):
        yield ContentFault(file, "item", "numbers do not run 1, 2, 3 …", "Number items in order from 1.")
    for item in measure.items:
        if item.lowest >= item.highest:
            key = f"item[{item.number}]"
            yield ContentFault(file, key, "lowest is not below highest.", "Give the range of the answers.")
    if measure.missing.allowed and measure.missing.allowed >= len(measure.items):
        yield ContentFault(file, "missing.allowed", "leaves no item to score.", "Allow fewer.")
    if measure.missing.allowed and measure.method in (Method.COUNT, Method.HIGHEST):
        yield ContentFault(file, "missing.allowed", "does not fit a count of yes answers.", "Remove it.")


def _range(measure: Measure, file: str) -> Iterator[ContentFault]:
    stated = (measure.lowest, measure.highest)
    if (measure.lowest is None) != (measure.highest is None):
        yield ContentFault(file, "lowest", "stands without highest, or highest without it.", "Give both.")
    elif measure.items and stated != (found := possible_totals(measure)):
        remedy = f"The items give {found[0]:g} to {found[1]:g}."
        yield ContentFault(file, "lowest", f"and highest say {stated[0]} to {stated[1]}.", remedy)


def possible_totals(measure: Measure) -> tuple[float, float]:
    """The least and the greatest total that the items allow."""
    if measure.method in (Method.COUNT, Method.HIGHEST):
        return 0, len(measure.items)
    share = len(measure.items) if measure.method is Method.MEAN else 1
    low = measure.multiplier * sum(item.lowest for item in measure.items) / share
    high = measure.multiplier * sum(item.highest for item in measure.items) / share
    return low, high


def _bands(measure: Measure, file: str) -> Iterator[ContentFault]:
    """Bands cover the range exactly once: each begins one step after the one before ends."""
    if not measure.bands:
        return
    step = 0.01 if measure.method is Method.MEAN else 1
    expected = measure.lowest
    for band in measure.bands:
        key = f"band[{band.key}]"
        if band.lowest > band.highest:
            yield ContentFault(file, key, "ends before it begins.", "Give lowest first.")
        if expected is not None and not isclose(band.lowest, expected):
            reason = f"starts at {band.lowest:g}; {expected:g} comes next."
            yield ContentFault(file, key, reason, "Let every score fall in exactly one band.")
        expected = band.highest + step
    if measure.highest is None or not isclose(measure.bands[-1].highest, measure.highest):
        reason = f"ends at {measure.bands[-1].highest:g}, the range at {measure.highest}."
        yield ContentFault(file, f"band[{measure.bands[-1].key}]", reason, "Let the last band reach the end.")


def _entry(measure: Measure, file: str) -> Iterator[ContentFault]:
    if measure.entry.takes_items and not measure.items:
        yield ContentFault(file, "entry", "asks for items, and there are none.", 'Add items or use "total".')
    if measure.wordings and not measure.entry.takes_items:
        yield ContentFault(file, "entry", "is a total, yet there are words of items.", 'Use "items".')
    if not measure.wordings and not measure.why_no_items:
        remedy = "Add wording, or say in why_no_items why there is none."
        yield ContentFault(file, "why_no_items", "is missing: no item has its words.", remedy)


def _licence(measure: Measure, file: str) -> Iterator[ContentFault]:
    if not measure.wordings or measure.licence.may_ship_text:
        return
    if measure.shipped:
        reason = f"is {measure.licence.value}, and item text is configured (DR-48)."
        yield ContentFault(file, "licence", reason, "Remove the wording; ship it as a total.")
    elif not measure.licence_held.strip():
        reason = f"is missing: {measure.licence.value} item text needs the licence you hold (DR-48)."
        remedy = 'Add licence_held = "holder, number, date", or remove the wording.'
        yield ContentFault(file, "licence_held", reason, remedy)


def _alerts(measure: Measure, file: str) -> Iterator[ContentFault]:
    yes_no = measure.method in (Method.COUNT, Method.HIGHEST)
    if measure.alert and not yes_no and measure.entry.takes_items:
        remedy = "Put it on the item that raises it."
        yield ContentFault(file, "alert", "on the total fits only counts of yes answers.", remedy)
    for item in measure.risk_items:
        if item.alert and not item.lowest <= item.alert.at_least <= item.highest:
            key = f"item[{item.number}].alert.at_least"
            yield ContentFault(file, key, "is outside the item's range.", "Use a value an answer can have.")


def _clusters(measure: Measure, file: str) -> Iterator[ContentFault]:
    for cluster in measure.clusters:
        for number in cluster.items:
            if not 1 <= number <= len(measure.items):
                yield ContentFault(file, f"cluster[{cluster.key}]", f"names item {number}.", "Name an item.")


def _wording(measure: Measure, wording: Wording, file: str) -> Iterator[ContentFault]:
    if wording.measure != measure.id:
        yield ContentFault(file, "measure", f'is "{wording.measure}".', f'Use "{measure.id}".')
    if wording.version != measure.version:
        remedy = f'Words belong to one version: use "{measure.version}", or give the measure a new one.'
        yield ContentFault(file, "version", f'is "{wording.version}".', remedy)
    if len(wording.items) != len(measure.items):
        reason = f"has {len(wording.items)} texts for {len(measure.items)} items."
        yield ContentFault(file, "items", reason, "Give each item its words.")
    for number, text in enumerate(wording.items, start=1):
        if not text.strip():
            yield ContentFault(file, f"items[{number}]", "is empty.", "Give the item its words.")
    for item in measure.items:
        yield from _options(item, wording, file)
    if {extra.key for extra in wording.extra_items} != {extra.key for extra in measure.extra_items}:
        remedy = "Name the same extra items in both files."
        yield ContentFault(file, "extra_item", "does not match the measure's.", remedy)
    else:
        yield from _extra_options(measure, wording, file)
    if measure.licence is not Licence.L0 and measure.shipped and not wording.sources:
        remedy = "Name repository, file and commit of what was copied."
        yield ContentFault(file, "source", "is missing: exact wording names its source.", remedy)


def _extra_options(measure: Measure, wording: Wording, file: str) -> Iterator[ContentFault]:
    for extra in measure.extra_items:
        said = wording.extra_wording(extra.key)
        values = sorted(option.value for option in said.answers if option.label.strip())
        if values != list(extra.values) or not said.text.strip():
            reason = f"of {extra.key} are {values}; it takes {extra.lowest} to {extra.highest}."
            yield ContentFault(file, "extra_item.answers", reason, "Give the text and every value its label.")


def _options(item: Item, wording: Wording, file: str) -> Iterator[ContentFault]:
    values = [option.value for option in wording.options(item.number)]
    labelled = [option for option in wording.options(item.number) if option.label.strip()]
    whole = sorted(values) == list(item.values) and len(labelled) == len(values)
    ends_only = set(values) == {item.lowest, item.highest} and len(labelled) == 2
    if not whole and not ends_only:
        reason = f"of item {item.number} are {values}; the item takes {item.lowest} to {item.highest}."
        remedy = "Give every value a label once, or label only the two ends of a scale."
        yield ContentFault(file, "answers", reason, remedy)
