"""Templates as Python has compiled them, kept beside Python's own (`__pycache__`): a start need not compile them again."""

from __future__ import annotations

import hashlib
import os
import sys
from contextlib import suppress
from pathlib import Path

import jinja2
from jinja2.bccache import Bucket, BytecodeCache, FileSystemBytecodeCache

from openipt.web import lean_jinja

PLACE = Path(__file__).parent / "__pycache__"


class KeptTemplates(FileSystemBytecodeCache):
    """Kept under the template's name and what it was compiled by; used only while its source is the same.

    Where nothing can be kept, each start compiles.
    """

    def dump_bytecode(self, bucket: Bucket) -> None:
        with suppress(OSError):
            super().dump_bytecode(bucket)


def kept_templates(place: Path = PLACE) -> BytecodeCache | None:
    """None where Python was told to keep no compiled files, or where no folder can be made or written."""
    if sys.dont_write_bytecode:
        return None
    with suppress(OSError):
        place.mkdir(exist_ok=True)
    if not os.access(place, os.W_OK):
        return None
    return KeptTemplates(str(place), f"template-{_compiler()}-%s")


def _compiler() -> str:
    """A mark of everything but its source that shapes a compiled template."""
    ours = Path(lean_jinja.__file__).read_bytes()
    theirs = f"{jinja2.__version__} {sys.implementation.cache_tag}".encode()
    return hashlib.sha256(ours + theirs).hexdigest()[:12]
