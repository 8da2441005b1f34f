"""Static files as they are laid out for serving."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from whitenoise.storage import CompressedStaticFilesStorage

SHEET = "openipt/app.css"
_IMPORT = re.compile(r'^@import url\("(?P<file>[^"]+)"\) layer\((?P<layer>[a-z]+)\);$', re.MULTILINE)


class OneSheetStorage(CompressedStaticFilesStorage):
    """Joins the sheets into one before they are compressed: a page asks for one file rather than for thirty."""

    def post_process(self, paths: dict[str, Any], dry_run: bool = False, **options: Any) -> Any:
        if not dry_run and SHEET in paths:
            sheet = Path(self.path(SHEET))
            sheet.write_text(joined(sheet), encoding="utf-8")
        return super().post_process(paths, dry_run, **options)


def joined(sheet: Path) -> str:
    """The sheet with each sheet it imports in its place, in the same layer."""

    def written_out(found: re.Match[str]) -> str:
        words = (sheet.parent / found["file"]).read_text(encoding="utf-8")
        return f"@layer {found['layer']} {{\n{words}\n}}"

    return _IMPORT.sub(written_out, sheet.read_text(encoding="utf-8"))
