"""What the pages of documentation link to, and what there is to link to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.architecture.source import ROOT, tracked_files
from tests.documentation.markdown import slug

FENCED = re.compile(r"^(`{3,})[^\n]*\n.*?^\1$", re.DOTALL | re.MULTILINE)
CODE = re.compile(r"`[^`\n]*`")
LINK = re.compile(r"(!?)\[(?:[^\]\[]|\[[^\]]*\])*\]\(([^)\s]+)(?:\s+\"[^\"]*\")?\)")
HEADING = re.compile(r"^#{1,6} (.+)$", re.MULTILINE)


def pages() -> list[Path]:
    return [path for path in tracked_files() if path.suffix == ".md"]


def words_of(page: Path) -> str:
    """The page without its blocks and bits of code."""
    return CODE.sub("", FENCED.sub("", page.read_text(encoding="utf-8")))


@cache
def anchors(page: Path) -> frozenset[str]:
    """The anchors of its headings, counted on where two are the same."""
    found: dict[str, int] = {}
    every = set()
    for heading in HEADING.findall(FENCED.sub("", page.read_text(encoding="utf-8"))):
        name = slug(heading)
        every.add(f"{name}-{found[name]}" if name in found else name)
        found[name] = found.get(name, 0) + 1
    return frozenset(every)


def links(page: Path) -> Iterator[tuple[bool, str]]:
    """Every link of a page: whether it is a picture, and where it leads."""
    for picture, target in LINK.findall(words_of(page)):
        yield bool(picture), target


def faults(page: Path, root: Path = ROOT) -> Iterator[str]:
    """Links that lead nowhere, and pictures that would be fetched from elsewhere."""
    for picture, target in links(page):
        where = f"{page.relative_to(root)} -> {target}"
        if "://" in target or target.startswith("mailto:"):
            if picture:
                yield f"{where}: a picture from elsewhere"
            continue
        name, _, anchor = target.partition("#")
        file = (page.parent / name).resolve() if name else page
        if not file.exists():
            yield f"{where}: is not there"
        elif anchor and file.suffix == ".md" and anchor not in anchors(file):
            yield f"{where}: no such heading"
