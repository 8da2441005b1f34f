"""Pages as accessible PDF, drawings as pictures: a typst template beside this file, filled with plain values.

The gate of PDF/UA-1 is on: a picture without words for it, a table without a head or a letter that no font can
show makes no file. Nothing is written to disk, and nothing is fetched.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from openipt.errors import NotAllowedNow

FOLDER = Path(__file__).parent
STANDARD = "ua-1"
UNSHOWN = "□"  # stands for a letter that no font of this machine has
MOST_UNSHOWN = 24  # different letters, each at the price of a whole setting; beyond that, see `_plain`
SHARP = 144.0  # two dots for each unit of a drawing, which is one point
NO_PICTURE = "This cannot be made into a picture here. Take the SVG instead, or print the page."
CANNOT = "This cannot be made into a PDF here. Print the page instead."

_MISSING = re.compile(r'the text `"(.+?)"` could not be displayed', re.DOTALL)
_BY_NUMBER = re.compile(r"\\u\{([0-9a-f]+)\}")  # how a letter is told that cannot be seen


def pdf(template: str, data: Mapping[str, Any], at: datetime) -> bytes:
    """The PDF of a template with these values, dated `at`. The same values make the same file."""
    source = (FOLDER / f"{template}.typ").read_bytes()
    text = json.dumps(data, ensure_ascii=False)
    for _ in range(MOST_UNSHOWN):
        made, missing = _compiled(source, text, at)
        if made is not None:
            return made
        if not missing or missing == UNSHOWN:
            break
        text = text.replace(missing, UNSHOWN)
    made, _ = _compiled(source, _plain(text), at)
    if made is None:
        raise NotAllowedNow((CANNOT,))
    return made


def png(svg: str, width: float) -> bytes:
    """A drawing as a picture, twice as large as it is drawn. Nothing is written to disk."""
    import typst

    try:
        made: bytes = typst.compile(
            (FOLDER / "circle.typ").read_bytes(),
            format="png",
            ppi=SHARP,
            sys_inputs={"svg": svg, "width": f"{width:g}"},
        )
    except typst.TypstError:
        raise NotAllowedNow((NO_PICTURE,)) from None
    return made


def _compiled(source: bytes, text: str, at: datetime) -> tuple[bytes | None, str]:
    """The file, or the letters that no font can show. What went wrong names words: it goes nowhere else."""
    import typst  # large, and needed by few pages

    try:
        made = typst.compile(
            source,
            format="pdf",
            pdf_standards=[STANDARD],
            sys_inputs={"data": text},
            timestamp=int(at.timestamp()),
        )
    except typst.TypstError as error:
        found = _MISSING.search(str(error))
        return None, _BY_NUMBER.sub(lambda told: chr(int(told[1], 16)), found[1]) if found else ""
    return made, ""


def _plain(text: str) -> str:
    """Latin, Greek and Cyrillic letters and common signs as they are, anything else as unshown."""
    return "".join(c if c == UNSHOWN or _is_common(c) else UNSHOWN for c in text)


def _is_common(letter: str) -> bool:
    """A letter of the widest known scripts; not one of the gaps that Unicode leaves between them."""
    known = ord(letter) < 0x0530 or 0x2010 <= ord(letter) <= 0x2044
    return known and unicodedata.category(letter) != "Cn"
