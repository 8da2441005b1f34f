"""Prints the pages of docs/ that nobody writes by hand, from content, rules, tables and the commands' own help.

python -m tests.documentation.printed           print every page anew       (make docs-print)
python -m tests.documentation.printed --check   name the pages that differ, and end with 1
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import django

from tests.documentation import (
    page_access,
    page_adaptations,
    page_areas,
    page_commands,
    page_measures,
    page_next_steps,
    page_records,
    page_sources,
    page_techniques,
)
from tests.safety_case import printed as safety_case
from tests.spec import printed as rules

DOCS = Path(__file__).resolve().parents[2] / "docs"

PAGES: Mapping[str, Callable[[], str]] = {
    "reference/access.md": page_access.page,
    "reference/adaptations.md": page_adaptations.page,
    "reference/areas.md": page_areas.page,
    "reference/commands.md": page_commands.page,
    "reference/measures.md": page_measures.page,
    "reference/next-steps.md": page_next_steps.page,
    "reference/records.md": page_records.page,
    "reference/rules.md": rules.page,
    "reference/sources.md": page_sources.page,
    "reference/techniques.md": page_techniques.page,
    "safety/README.md": safety_case.page,
}


def differs(name: str) -> bool:
    path = DOCS / name
    return not path.exists() or path.read_text(encoding="utf-8") != PAGES[name]()


def main(words: list[str]) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    changed = [name for name in PAGES if differs(name)]
    for name in changed:
        print(f"docs/{name}")
        if "--check" not in words:
            (DOCS / name).write_text(PAGES[name](), encoding="utf-8")
    return 1 if changed and "--check" in words else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
