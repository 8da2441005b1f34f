"""Looks at the pages that were built: nothing in them may be fetched from outside.

python -m tests.documentation.built build/docs
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

OUTSIDE = re.compile(r"^\s*(?:[a-z][a-z0-9+.-]*:)?//", re.IGNORECASE)
IN_STYLE = re.compile(r"(?:url\(|@import)\s*[\"']?\s*((?:[a-z]+:)?//[^\"')\s]+)", re.IGNORECASE)
LINKS = {"stylesheet", "icon", "shortcut", "preload", "prefetch", "preconnect", "dns-prefetch", "manifest"}


class Loads(HTMLParser):
    """What a browser would fetch for a page by itself."""

    def __init__(self) -> None:
        super().__init__()
        self.outside: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        fetched = [
            given.get("src", ""),
            given.get("srcset", ""),
            given.get("data", ""),
            given.get("poster", ""),
        ]
        if tag == "link" and LINKS & set(given.get("rel", "").lower().split()):
            fetched.append(given.get("href", ""))
        self.outside += [f"{tag} {one}" for one in fetched if OUTSIDE.match(one)]
        self.outside += IN_STYLE.findall(given.get("style", ""))


def outside(text: str, suffix: str) -> list[str]:
    """What a page or a sheet of style would ask of other machines."""
    found = IN_STYLE.findall(text)
    if suffix == ".html":
        loads = Loads()
        loads.feed(text)
        found += loads.outside
    return found


def faults(folder: Path) -> Iterator[str]:
    for path in sorted(folder.rglob("*")):
        if path.suffix in {".html", ".css", ".svg"}:
            for one in outside(path.read_text(encoding="utf-8"), path.suffix):
                yield f"{path.relative_to(folder)}: {one}"


def main(words: list[str]) -> int:
    found = list(faults(Path(words[0])))
    print("\n".join(found) if found else "Nothing in the built pages is fetched from outside.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
