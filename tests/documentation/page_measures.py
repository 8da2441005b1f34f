"""Every measure: who may print it, how it is answered, what its score means and when it has changed."""

from __future__ import annotations

from collections.abc import Iterator

from openipt import library
from openipt.core.measures.definitions import CutOff, Direction, Item, Measure, Threshold
from tests.documentation.markdown import cell, facts, ground, number, printed_from, slug, span, table

DIRECTION = {Direction.HIGHER_IS_WORSE: "higher is worse", Direction.HIGHER_IS_BETTER: "higher is better"}


def page() -> str:
    measures = library.measures().values()
    overview = table(
        ["measure", "name", "licence", "items", "entered as", "by the client"],
        (
            [
                f"[{one.id}](#{slug(one.id)})",
                one.title,
                one.licence.value,
                len(one.items) or "",
                one.entry.value.replace("-", " "),
                "yes" if one.may_go_to_client else "no",
            ]
            for one in measures
        ),
    )
    opening = f"""# Measures

{printed_from("`src/openipt/content/measures/`")}
`openipt measures list` lists them on the command line, `openipt measures score` scores answers. A service adds its own
beside them: [add a measure](../how-to/add-a-measure.md).

Licence classes: {_licences()}

"""
    return opening + overview + "\n" + "\n".join(map(_section, measures)).rstrip() + "\n"


def _licences() -> str:
    kinds = {one.licence for one in library.measures().values()}
    return " ".join(f"**{kind.value}** {kind.in_words}" for kind in sorted(kinds))


def _section(one: Measure) -> str:
    lines = [f"## {one.id}\n", f"**{cell(one.full_title)}.** {cell(one.purpose)}\n", facts(_facts(one))]
    if one.bands:
        rows = [
            [band.title, span(band.lowest, band.highest), ", ".join(_marks(band.marks))] for band in one.bands
        ]
        lines += [table(["band", "total", "mark"], rows)]
    if one.cut_offs:
        rows = [[cut.meaning, _limit(cut), cut.applies_to, ground(cut)] for cut in one.cut_offs]
        lines += [table(["cut-off means", "total", "for", "ground"], rows)]
    return "\n".join(lines)


def _facts(one: Measure) -> Iterator[tuple[str, object]]:
    yield "Version", one.version
    yield "Licence", f"{one.licence.value}: {one.licence_note}"
    yield "Words shipped in", ", ".join(sorted(one.wordings))
    yield "Why no words", one.why_no_items
    yield "From", one.citation
    yield "Asked about", one.recall
    yield "Answered by", one.rater + (", asked alone with the client" if one.private else "")
    yield "Items", _items(one.items)
    yield "Printed with it, never counted", "; ".join(f"{extra.key}" for extra in one.extra_items)
    yield "Score", _score(one)
    yield "Missing answers", _missing(one)
    yield (
        "Groups of items",
        "; ".join(f"{group.title} ({', '.join(map(str, group.items))})" for group in one.clusters),
    )
    yield "Reliable change", _change(one.reliable_change)
    yield "Change that matters", "; ".join(map(_change, one.important_change))
    yield "Alert", "; ".join(_alerts(one))
    yield "Notes", " ".join(one.notes)
    yield "Not validated", "" if one.validated else "these words were never tested as a measure"
    yield "Ground", ground(one)


def _items(items: tuple[Item, ...]) -> str:
    if not items:
        return ""
    ranges = dict.fromkeys(span(item.lowest, item.highest) for item in items)
    turned = [str(item.number) for item in items if item.reversed]
    return f"{len(items)}, each {' or '.join(ranges)}" + (
        f"; counted from the other end: {', '.join(turned)}" if turned else ""
    )


def _score(one: Measure) -> str:
    times = f" times {one.multiplier}" if one.multiplier != 1 else ""
    reach = f", {span(one.lowest, one.highest)}" if one.lowest is not None else ""
    return f"{one.method.value}{times}{reach}; {DIRECTION[one.direction]}"


def _missing(one: Measure) -> str:
    if not one.items:
        return ""
    if not one.missing.allowed:
        return "none may be missing"
    told = ground(one.missing)
    return f"{one.missing.allowed} may be missing; the mean of the others stands in" + (
        f" ({told})" if told else ""
    )


def _change(change: Threshold | None) -> str:
    if change is None:
        return ""
    sizes = [f"{number(change.points)} points" if change.points is not None else ""]
    sizes += [f"{number(change.percent)} % of the start" if change.percent is not None else ""]
    told = " or ".join(size for size in sizes if size)
    return f"{told}{'; ' + change.note if change.note else ''}" + (
        f" ({ground(change)})" if ground(change) else ""
    )


def _alerts(one: Measure) -> Iterator[str]:
    if one.alert:
        yield f"total of {one.alert.at_least} or more: {_rule(one.alert.rule)}"
    for item in one.risk_items:
        assert item.alert is not None
        critical = item.alert.critical_from
        graver = "" if critical is None or critical == item.alert.at_least else f", critical from {critical}"
        yield f"item {item.number} of {item.alert.at_least} or more: {_rule(item.alert.rule)}{graver}"


def _rule(rule_id: str) -> str:
    return f"[{rule_id}](rules.md#{slug(f'{rule_id} {library.rules()[rule_id].title}')})"


def _limit(cut: CutOff) -> str:
    below = f"below {number(cut.below)}" if cut.below is not None else ""
    return below or span(cut.at_least, cut.at_most)


def _marks(marks: tuple[str, ...]) -> list[str]:
    from tests.documentation.markdown import MARKS

    return [MARKS.get(mark, mark) for mark in marks]
