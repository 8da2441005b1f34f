"""Links, anchors and pictures of every page lead somewhere, and none of what is shown comes from outside."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.architecture.source import ROOT
from tests.documentation import built
from tests.documentation.links import faults, links, pages

MOST_BYTES = 120_000  # of one picture


def test_every_link_leads_somewhere() -> None:
    assert len(pages()) > 30
    assert [fault for page in pages() for fault in faults(page)] == []


def test_what_leads_nowhere_is_found(tmp_path: Path) -> None:
    made = tmp_path / "page.md"
    made.write_text(
        "# One\n\n[a](#two) [b](absent.md) ![c](https://example.org/c.png) [d](https://example.org) `[e](x)`\n\n"
        "```text\n[f](absent.md)\n```\n\n[g](#one)\n"
    )
    said = [fault.rsplit(": ")[-1] for fault in faults(made, tmp_path)]
    assert said == ["no such heading", "is not there", "a picture from elsewhere"]


def test_pictures_are_small_and_each_is_shown() -> None:
    shown = {
        (page.parent / target).resolve() for page in pages() for picture, target in links(page) if picture
    }
    there = set((ROOT / "docs" / "images").iterdir())
    assert there == {path for path in shown if path.parent == ROOT / "docs" / "images"}
    assert [path.name for path in there if path.stat().st_size > MOST_BYTES] == []


def test_what_is_ours_of_the_look_asks_nothing_of_outside() -> None:
    assert list(built.faults(ROOT / "docs")) == []


@pytest.mark.parametrize(
    ("text", "suffix", "outside"),
    [
        ('<script src="https://example.org/a.js"></script><img src="//example.org/a.png">', ".html", 2),
        ('<link rel="stylesheet" href="https://example.org/a.css">', ".html", 1),
        (
            '<a href="https://example.org">there</a><link rel="next" href="b.html"><img src="a.png">',
            ".html",
            0,
        ),
        ("@font-face { src: url('https://example.org/a.woff2') } p { background: url(a.png) }", ".css", 1),
    ],
)
def test_what_a_built_page_would_fetch_from_outside_is_found(text: str, suffix: str, outside: int) -> None:
    """`make docs` looks at every built page so."""
    assert len(built.outside(text, suffix)) == outside
