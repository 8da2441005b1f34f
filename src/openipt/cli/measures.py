"""Scores answers to a measure, one set or a whole file, and lists the measures there are."""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import lru_cache
from io import TextIOWrapper
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING, TextIO

from openipt.errors import AnswersNotScorable, FieldFault, FileNotValid

if TYPE_CHECKING:
    from openipt.core.measures.definitions import Measure
    from openipt.core.measures.scoring import Score, ScoreAlert

AddedFor = Callable[[tuple[str, ...]], tuple[str, ...]]

help = "score answers to a measure, or list the measures"

MISSING = ("", "-")
ADDED = ("total", "band", "prorated", "missing", "alerts", "error")
FAULTS_SHOWN = 20
REMEMBERED = 4096  # answer sets whose score is kept at hand while a file is read
ROWS_LEFT_OUT = 1  # exit code: the file was written, and some of its rows could not be scored


# -- score ---------------------------------------------------------------------------------------


def add_score_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("measure", help="the measure's id, such as ms_phq9")
    way = parser.add_mutually_exclusive_group(required=True)
    way.add_argument(
        "--answers",
        metavar="LIST",
        help="answers in the order of the items, with commas between; an empty place or '-' is missing "
        "(write --answers=-,1,… where the first is missing)",
    )
    way.add_argument("--total", type=float, help="the total of an outside form")
    way.add_argument(
        "--csv",
        metavar="IN",
        help="a CSV file with the columns item_1, item_2 …; '-' reads standard input. Other columns are passed "
        f"through. Added: {', '.join(ADDED)}. A column of yours with one of these names is kept with "
        "'_given' after it. A row that cannot be scored is kept, its fault in 'error' and on standard error; "
        f"the exit code is then {ROWS_LEFT_OUT}.",
    )
    parser.add_argument("--out", metavar="OUT", help="where --csv writes; standard output without it")
    parser.add_argument("--json", action="store_true", help="print the score as JSON")


def score_answers(args: argparse.Namespace) -> int:
    """Score one set of answers, a total, or a whole file of answers.

    A whole file is read row by row: other columns are passed through, the total, the band and what applies are added,
    and a row that cannot be scored is kept, its fault beside it (docs/how-to/data-in-and-out.md).
    """
    from openipt.core.measures.scoring import score, score_total

    if args.out and args.csv is None:
        raise AnswersNotScorable("--out goes with --csv.")
    measure = _measure(args.measure)
    if args.csv is not None:
        return _score_file(measure, args.csv, args.out or "-")
    if args.total is not None:
        total = int(args.total) if args.total.is_integer() else args.total
        found = score_total(measure, total)
    else:
        found = score(measure, _answers(args.answers.split(",")))
    print(json.dumps(found.as_json()) if args.json else _in_words(measure, found))
    return 0


def _measure(measure_id: str) -> Measure:
    import difflib

    measures = _measures()
    if measure_id not in measures:
        near = difflib.get_close_matches(measure_id, list(measures), n=1)
        hint = f" Did you mean '{near[0]}'?" if near else " `openipt measures list` shows them."
        raise AnswersNotScorable(f"There is no measure '{measure_id}'.{hint}")
    return measures[measure_id]


def _measures() -> dict[str, Measure]:
    """Shipped measures and those of the service's own folder (`content/measures` in its home)."""
    from openipt import library
    from openipt.web import environment

    library.configure(extra=environment.read().home / "content" / "measures")
    return dict(library.measures())


def _answers(cells: Iterable[str]) -> list[int | None]:
    """Answers from what was typed. Names items, never repeats what stands there."""
    answers: list[int | None] = []
    wrong = []
    for number, cell in enumerate(cells, start=1):
        text = cell.strip()
        if text in MISSING:
            answers.append(None)
        elif text.isascii() and text.removeprefix("-").isdigit() and len(text) < 10:
            answers.append(int(text))
        else:
            wrong.append(f"item {number}")
    if wrong:
        raise AnswersNotScorable(f"Not a whole number: {', '.join(wrong)}. Leave a missing answer empty.")
    return answers


def _in_words(measure: Measure, found: Score) -> str:
    band = f" ({found.band})" if found.band else ""
    lines = [
        f"{measure.title}: {found.total:g}{band}" if found.total is not None else f"{measure.title}: no total"
    ]
    if found.why_no_total:
        lines.append(found.why_no_total)
    if found.prorated:
        lines.append(
            "Prorated: the mean of the answers given stands in for the missing ones (project default)."
        )
    if found.missing:
        lines.append(f"Missing: item {', '.join(map(str, found.missing))}.")
    lines += [f"Alert: {_alert(alert)}." for alert in found.alerts]
    return "\n".join(lines)


def _alert(alert: ScoreAlert) -> str:
    where = f" (item {alert.item})" if alert.item is not None else ""
    return f"{alert.rule} {alert.severity}{where}"


# -- a whole file --------------------------------------------------------------------------------


def _score_file(measure: Measure, source: str, target: str) -> int:
    """Stream a CSV file through the measure, one row at a time whatever its length."""
    faults = 0
    with _reading(source) as given, _writing(target) as out:
        rows = csv.reader(given, strict=True)
        header = _next(rows, source) or []
        width, columns = len(header), _item_columns(measure, header, source)
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow([*_kept_names(header), *ADDED])
        scored = lru_cache(maxsize=REMEMBERED)(lambda cells: _added(measure, cells))
        while (row := _next(rows, source)) is not None:
            if not row:
                continue
            added = _row(row, width, columns, scored)
            if added[-1]:
                faults += 1
                _say(f"line {rows.line_num}: {added[-1]}", faults)
            writer.writerow([*(row + [""] * width)[:width], *added])
    if faults:
        what = "row" if faults == 1 else "rows"
        print(f"openipt: {faults} {what} could not be scored; see the column 'error'.", file=sys.stderr)
    return ROWS_LEFT_OUT if faults else 0


def _next(rows: Iterator[list[str]], source: str) -> list[str] | None:
    try:
        return next(rows, None)
    except csv.Error as error:
        line = getattr(rows, "line_num", 0)
        raise FileNotValid((FieldFault(source, f"line {line} is not CSV: {error}."),)) from None
    except UnicodeDecodeError:
        line = getattr(rows, "line_num", 0) + 1
        fault = f"is not text in UTF-8, near line {line} or after it."
        raise FileNotValid((FieldFault(source, fault),)) from None


def _item_columns(measure: Measure, header: Sequence[str], source: str) -> list[int]:
    """Where the items stand in a row. Refuses a file that lacks one or has one twice."""
    if not measure.entry.takes_items:
        raise AnswersNotScorable(f"{measure.title} is kept as a total only: {measure.why_no_items}")
    names = [name.strip() for name in header]
    wanted = [f"item_{item.number}" for item in measure.items]
    faults = [
        FieldFault(source, f"has no column '{name}'." if name not in names else f"has column '{name}' twice.")
        for name in wanted
        if names.count(name) != 1
    ]
    if faults:
        raise FileNotValid(tuple(faults))
    return [names.index(name) for name in wanted]


def _kept_names(header: Sequence[str]) -> list[str]:
    """The names of the columns passed through; one that has a name of ours is marked as given."""
    taken = {*header, *ADDED}
    kept = []
    for name in header:
        if name in ADDED:
            while name in taken:
                name = f"{name}_given"
            taken.add(name)
        kept.append(name)
    return kept


def _row(row: list[str], width: int, columns: list[int], scored: AddedFor) -> tuple[str, ...]:
    if len(row) != width:
        return ("",) * (len(ADDED) - 1) + (
            f"has {len(row)} cells where the header has {width}; no more than that is kept.",
        )
    return scored(tuple(row[column] for column in columns))


def _added(measure: Measure, cells: tuple[str, ...]) -> tuple[str, ...]:
    """The added columns of one row."""
    from openipt.core.measures.scoring import score

    try:
        found = score(measure, _answers(cells))
    except AnswersNotScorable as error:
        return ("",) * (len(ADDED) - 1) + (str(error),)
    return (
        "" if found.total is None else f"{found.total:g}",
        found.band or "",
        "yes" if found.prorated else "no",
        " ".join(map(str, found.missing)),
        "; ".join(map(_alert, found.alerts)),
        "",
    )


def _say(message: str, count: int) -> None:
    if count <= FAULTS_SHOWN:
        print(f"openipt: {message}", file=sys.stderr)
    elif count == FAULTS_SHOWN + 1:
        print("openipt: … further faults stand in the column 'error' only.", file=sys.stderr)


def _reading(source: str) -> AbstractContextManager[TextIO]:
    if source == "-":
        return nullcontext(_standard_input())
    try:
        return Path(source).open(encoding="utf-8-sig", newline="")
    except OSError as error:
        raise FileNotValid((FieldFault(source, f"cannot be read: {error.strerror}."),)) from None


def _standard_input() -> TextIO:
    """Read as a file is: without its mark of UTF-8 at the start, and line breaks inside a cell as they are."""
    raw = getattr(sys.stdin, "buffer", None)
    return sys.stdin if raw is None else TextIOWrapper(raw, encoding="utf-8-sig", newline="")


@contextmanager
def _writing(target: str) -> Iterator[TextIO]:
    """Writes beside the target and puts it in place at the end, so that nothing half-done stays."""
    if target == "-":
        yield sys.stdout
        return
    path = Path(target).resolve()
    if path.exists() and not path.is_file():  # a device or a pipe is written to, never replaced
        with _plainly(path, target) as out:
            yield out
        return
    try:
        out = NamedTemporaryFile(  # noqa: SIM115 - kept past its closing, then moved or removed
            "w", encoding="utf-8", newline="", dir=path.parent, prefix=f".{path.name}.", delete=False
        )
    except OSError as error:
        raise FileNotValid((FieldFault(target, f"cannot be written: {error.strerror}."),)) from None
    written = Path(out.name)
    try:
        with out:
            yield out
        written.chmod(0o600)
        written.replace(path)
    except OSError as error:
        raise FileNotValid((FieldFault(target, f"cannot be written: {error.strerror}."),)) from None
    finally:
        written.unlink(missing_ok=True)


def _plainly(path: Path, target: str) -> TextIO:
    try:
        return path.open("w", encoding="utf-8", newline="")
    except OSError as error:
        raise FileNotValid((FieldFault(target, f"cannot be written: {error.strerror}."),)) from None


# -- list ----------------------------------------------------------------------------------------


def add_list_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print the list as JSON")


def list_measures(args: argparse.Namespace) -> int:
    """Print the measures there are, each with its licence class, the service's own among them."""
    rows = [_listed(measure) for _, measure in sorted(_measures().items())]
    if args.json:
        print(json.dumps(rows, ensure_ascii=False))
        return 0
    for row in rows:
        print(f"{row['id']:<16} {row['licence']}  {row['entry']:<14} {row['title']}: {row['licence_note']}")
        if row["why_no_items"]:
            print(f"{'':<20} No item text: {row['why_no_items']}")
    return 0


def _listed(measure: Measure) -> dict[str, object]:
    return {
        "id": measure.id,
        "version": measure.version,
        "title": measure.title,
        "licence": measure.licence.value,
        "licence_note": measure.licence_note,
        "entry": measure.entry.value,
        "items": len(measure.items),
        "languages": sorted(measure.wordings),
        "private": measure.private,
        "shipped": measure.shipped,
        "why_no_items": measure.why_no_items,
    }


COMMANDS = {
    "score": ("score one set of answers, a total, or a CSV file", add_score_arguments, score_answers),
    "list": ("list the measures with their licence class", add_list_arguments, list_measures),
}
