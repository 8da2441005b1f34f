"""What goes with an adaptation, such as delivery by phone or video, as ticks of a form."""

from __future__ import annotations

from openipt import library
from openipt.core.manual.joined import joined
from openipt.web.sent import Sent

WITH = "with_"  # before the id in the name of a tick


def ticks() -> tuple[tuple[str, str, str], ...]:
    """Each one there is: the name of its tick, what it is called, what it brings."""
    return tuple((WITH + m.id, m.name, m.format_note.strip()) for m in library.modifiers().values())


def ticked(sent: Sent, adaptation: str) -> list[str]:
    """Those that were ticked and go with this adaptation."""
    return [name for name in library.modifiers_for(adaptation) if WITH + name in sent.values]


def with_ticked(sent: Sent, adaptation: str) -> str:
    """The adaptation with what was ticked; "" for none."""
    return joined(adaptation, ticked(sent, adaptation)) if adaptation else ""
