"""Checks the content of the treatment and shows any part of it.

`openipt manual check` reads every content file and names every fault at once: file, key, what is
wrong, what would mend it; then it walks courses through each adaptation. `openipt manual show ID` prints
a manual, or one of its parts by id. `openipt manual worksheets` writes its worksheets to fill by hand.
`openipt manual outline ID` writes its outline on one page. `openipt manual diff A B` sets two adaptations side by side.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from openipt import library
from openipt.cli import _manual_text as text
from openipt.core.course.walks import sample_faults, walk_faults
from openipt.core.manual.compare import compare
from openipt.core.manual.joined import JOIN, base_of, joined, modifiers_of
from openipt.core.manual.load import Content
from openipt.core.manual.model import Manual
from openipt.core.tables import suggestion
from openipt.errors import ContentFault, PersonError

help = "check the content of the treatment, or show a part of it"

CONTENT_WRONG = 4  # the exit code of a ContentError


WALKS = 5


def add_check_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "ids", metavar="ID", nargs="*", help="adaptations to walk courses through (default: every one)"
    )
    parser.add_argument(
        "--walks",
        metavar="N",
        type=int,
        default=WALKS,
        help=f"random courses walked through each adaptation, beside one of each length ({WALKS}); "
        "0: none at all, the files alone are read",
    )


def check(args: argparse.Namespace) -> int:
    """Read every content file and name every fault at once: file, key, what is wrong, what would mend it.

    Then walk courses through each adaptation, or those named, one of every allowed length with everything on its day and
    some by chance, and name every dead end, every required task that is never due, whatever stays overdue
    and every error. What goes with adaptations, such as delivery by phone or video, is laid over every one it goes
    with, and a sample of courses is walked through each. The measures of the service's own folder count too. Prints what there is when there is
    no fault.
    """
    _use_site_measures()
    content, faults = library.check()
    if faults:
        for line in _told(faults):
            print(line, file=sys.stderr)
        return CONTENT_WRONG
    walked = _walked(content, args.ids, args.walks)
    if walked:
        for fault in walked:
            print(fault, file=sys.stderr)
        return CONTENT_WRONG
    print("The content is good.")
    for line in _counts(content):
        print(line)
    return 0


def _walked(content: Content, ids: Iterable[str], walks: int) -> list[str]:
    """What courses through these adaptations came upon; through all of them, and what goes with each."""
    wanted = list(ids) or [*content.manuals, *content.modifiers]
    named = [_named_manual(content, one) for one in wanted if one not in content.modifiers]
    laid = [manual for one in wanted if one in content.modifiers for manual in _laid_over_each(content, one)]
    if walks <= 0:
        return []
    chances = [random.Random(seed) for seed in range(walks)]  # noqa: S311 (walks, no secrets)
    found = [fault for manual in named for fault in walk_faults(manual, chances)]
    return [str(fault) for fault in (*found, *(f for m in laid for f in sample_faults(m, chances[:1])))]


def _laid_over_each(content: Content, modifier: str) -> list[Manual]:
    with_it = content.modifiers[modifier].goes_with
    return [content.manual(joined(base, (modifier,))) for base in content.manuals if with_it(base)]


def _named_manual(content: Content, id_: str) -> Manual:
    """The adaptation of that id, with what goes with it where the id names that."""
    try:
        return content.manual(id_)
    except KeyError:
        pass
    unknown = [one for one in modifiers_of(id_) if one not in content.modifiers]
    if unknown and base_of(id_) in content.manuals:
        near = suggestion(unknown[0], content.modifiers)
        raise PersonError(f"Nothing that goes with an adaptation has the id '{unknown[0]}'. {near}")
    near = suggestion(base_of(id_), content.manuals) or f"There are: {', '.join(content.manuals)}."
    raise PersonError(f"No adaptation has the id '{id_}'. {near}")


def add_show_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "id",
        metavar="ID",
        help="a manual (ipt_acute, ipt_ppd+ipt_tele), task (I07, or ipc:I07), area, strategy, technique, record type, "
        "measure, rule, next step, style, fact, page or source",
    )
    parser.add_argument("--json", action="store_true", help="print it as JSON")


def show(args: argparse.Namespace) -> int:
    """Print a manual, or one of its parts by id, with its sources and marks."""
    _use_site_measures()
    content = library.content()
    items = _items(content)
    if JOIN in args.id:
        items = {args.id: _named_manual(content, args.id)}
    if args.id not in items:
        near = suggestion(args.id, items) or "Try `openipt manual show ipt_acute`."
        raise PersonError(f"Nothing in the content has the id '{args.id}'. {near}")
    item = items[args.id]
    if args.json:
        print(json.dumps(text.as_json(item), ensure_ascii=False, indent=2))
    else:
        print("\n".join(text.in_words(item)))
    return 0


def add_worksheets_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "id", metavar="ID", nargs="?", default="ipt_acute", help="a manual (default: ipt_acute)"
    )
    parser.add_argument("--out", metavar="FOLDER", type=Path, required=True, help="where the files go")


def worksheets(args: argparse.Namespace) -> int:
    """Write every worksheet of a manual as an accessible PDF with room to write.

    Nothing of anybody stands on them; files of the same name are written anew.
    """
    manual = _named_manual(library.content(), args.id)
    from openipt.web.paper.blank import blank_sheet
    from openipt.web.plain import worksheets as sheets_of

    try:
        args.out.mkdir(parents=True, exist_ok=True)
        for kind in sheets_of(manual):
            file = args.out / f"{kind.id.removeprefix('rec_').replace('_', '-')}.pdf"
            file.write_bytes(blank_sheet(kind).pdf(datetime.now(UTC)))
            print(file)
    except OSError as error:
        raise PersonError(f"Cannot write to {args.out}: {error.strerror}.") from None
    return 0


def add_outline_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "id", metavar="ID", help="an adaptation (ipt_acute, ipt_ppd+ipt_tele), or what goes with one"
    )
    parser.add_argument(
        "--out", metavar="FILE", type=Path, help="the file to write (default: ID-outline.pdf in this folder)"
    )


def outline(args: argparse.Namespace) -> int:
    """Write the outline of an adaptation as an accessible PDF of one page A4.

    What it is, and phase by phase what is required in it. A file of the same name is written anew.
    """
    from openipt.web.paper.outline import modifier_pdf, outline_pdf

    _use_site_measures()
    content, at = library.content(), datetime.now(UTC)
    if args.id in content.modifiers:
        laid, brought = library.brought_by(args.id)
        made = modifier_pdf(content.modifiers[args.id], brought, laid, at)
    else:
        made = outline_pdf(_named_manual(content, args.id), at)
    file = args.out or Path(f"{args.id}-outline.pdf")
    try:
        file.write_bytes(made)
    except OSError as error:
        raise PersonError(f"Cannot write to {file}: {error.strerror}.") from None
    print(file)
    return 0


def add_diff_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("left", metavar="A", help="an adaptation, such as ipt_acute")
    parser.add_argument("right", metavar="B", help="another, such as ipc")
    parser.add_argument("--json", action="store_true", help="print it as JSON")


def diff(args: argparse.Namespace) -> int:
    """Set two adaptations side by side: what differs, in words, in the order in which a manual is read.

    The same stands on the page `/adaptations/`, for every member of staff.
    """
    _use_site_measures()
    content = library.content()
    left, right = _named_manual(content, args.left), _named_manual(content, args.right)
    parts = compare(left, right)
    if args.json:
        print(json.dumps(text.as_json(parts), ensure_ascii=False, indent=2))
    else:
        print("\n".join(text.side_by_side(left, right, parts)))
    return 0


COMMANDS = {
    "check": ("name every fault of the content files", add_check_arguments, check),
    "diff": ("set two adaptations side by side", add_diff_arguments, diff),
    "outline": ("write the outline of an adaptation as a PDF of one page", add_outline_arguments, outline),
    "show": ("show a manual or one of its parts", add_show_arguments, show),
    "worksheets": ("write its worksheets as PDFs to fill by hand", add_worksheets_arguments, worksheets),
}


def _use_site_measures() -> None:
    """Measures that the service added to its own folder count too."""
    from openipt.web import environment

    library.configure(extra=environment.read().home / "content" / "measures")


def _told(faults: tuple[ContentFault, ...]) -> Iterable[str]:
    for fault in faults:
        yield f"{fault.file}: {fault.key}: {fault.reason}"
        if fault.remedy:
            yield f"  {fault.remedy}"
    count = len({fault.file for fault in faults})
    yield f"{_many(len(faults), 'fault')} in {_many(count, 'file')}."


def _many(count: int, word: str, plural: str = "") -> str:
    return f"{count} {word if count == 1 else plural or word + 's'}"


def _counts(content: Content) -> Iterable[str]:
    for manual in content.manuals.values():
        yield f"  {manual.id}: {_many(len(manual.phases), 'phase')}, {_many(len(manual.tasks), 'task')}"
    for modifier in content.modifiers.values():
        laid = _laid_over_each(content, modifier.id)
        base = content.manuals[laid[0].base]
        tasks = _many(len(laid[0].tasks) - len(base.tasks), "task")
        yield f"  {modifier.id}: goes with {_many(len(laid), 'adaptation')}, {tasks}"
    strategies = sum(len(area.strategies) for area in content.areas.values())
    yield f"  {_many(len(content.areas), 'area')} with {_many(strategies, 'strategy', 'strategies')}"
    for word, found in (
        ("technique", content.techniques),
        ("record type", content.record_types),
        ("measure", content.measures),
        ("rule", content.rules),
        ("next step", content.next_steps),
        ("communication style", content.styles),
        ("fact", content.facts),
        ("page", content.pages),
        ("source", content.sources),
    ):
        yield f"  {_many(len(found), word)}"


def _items(content: Content) -> Mapping[str, Any]:
    """Everything that has an id. A task that manuals tell differently also answers to `ipc:I18`."""
    items: dict[str, Any] = {}
    manuals = sorted(content.manuals.values(), key=lambda manual: (bool(manual.inherits), manual.id))
    for manual in manuals:
        for task in manual.tasks:
            items.setdefault(task.id, task)
            items[f"{manual.id}:{task.id}"] = task
        for phase in manual.phases:
            items[f"{manual.id}:{phase.id}"] = phase
    for modifier in content.modifiers:
        for laid in _laid_over_each(content, modifier)[:1]:
            items |= {t.id: t for t in laid.tasks if t.id not in items}
    for area in content.areas.values():
        items |= {strategy.id: strategy for strategy in area.strategies}
    for found in (
        content.sources,
        content.facts,
        content.pages,
        content.styles,
        content.rules,
        content.off_track_reasons,
        content.next_steps,
        content.techniques,
        content.areas,
        content.measures,
        content.record_types,
        content.modifiers,
        content.manuals,
    ):
        items |= found
    return items
