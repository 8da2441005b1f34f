"""Whom to call now, as a page shows it: one region's contacts, or every region's where nobody knows which."""

from __future__ import annotations

from dataclasses import dataclass

from openipt.records import crisis


@dataclass(frozen=True)
class RegionContacts:
    """Whom to call in one region; without a title where there is only one."""

    title: str
    contacts: tuple[crisis.CrisisContact, ...]


def regions_shown(own: str = "") -> tuple[RegionContacts, ...]:
    """The contacts of one's own region, else of every region there is."""
    regions = crisis.regions()
    shown = (own,) if own and (own in regions or not regions) else regions or ("",)
    named = len(shown) > 1
    return tuple(RegionContacts(region.upper() if named else "", crisis.contacts(region)) for region in shown)


def has_any() -> bool:
    """Is there anybody to call at all, in some region?"""
    return any(region.contacts for region in regions_shown())
