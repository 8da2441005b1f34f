"""Files that a person names on the command line."""

from __future__ import annotations

import sys
from pathlib import Path

from openipt.errors import FieldFault, FileNotValid


def read_text(name: str) -> str:
    """The text of the file `name`, or of standard input for `-`.

    Raises `FileNotValid` naming the file when it cannot be read or is not text.
    """
    try:
        if name == "-":
            return sys.stdin.read().removeprefix("\ufeff")
        return Path(name).read_text(encoding="utf-8-sig")
    except OSError as error:
        raise FileNotValid((FieldFault(name, f"cannot be read: {error.strerror}."),)) from None
    except UnicodeDecodeError:
        raise FileNotValid((FieldFault(name, "is not a text file in UTF-8."),)) from None
