"""The id of an adaptation with what goes with it: `ipt_ppd+ipt_tele` is IPT after birth by phone or video.

Versions are joined in the same order: `1+2` is version 1 of the adaptation with version 2 of what goes with it.
"""

from __future__ import annotations

from collections.abc import Iterable

JOIN = "+"


def base_of(adaptation: str) -> str:
    """The adaptation itself."""
    return adaptation.split(JOIN)[0]


def modifiers_of(adaptation: str) -> tuple[str, ...]:
    """What goes with it."""
    return tuple(adaptation.split(JOIN)[1:])


def joined(base: str, modifiers: Iterable[str]) -> str:
    """One id for an adaptation and what goes with it, whatever the order in which that is named."""
    return JOIN.join((base, *sorted(set(modifiers))))
