"""Small values shared by the whole core."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Decision:
    """May this be done now? No reasons mean yes; each reason is a sentence for the person who asks."""

    reasons: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return not self.reasons
