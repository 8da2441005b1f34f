"""Crisis contacts by region: configuration of the service, never code.

They stand in OPENIPT_HOME/crisis.toml:

    [[contact]]
    region = "gb"          # empty or left out: shown everywhere
    name = "Emergency"
    phone = "999"
    hours = "day and night"
    note = "..."           # optional
    emergency = true       # optional: shown first

A demo without that file shows numbers reserved for fiction, marked as such. A live service without
contacts for a client's region takes on no client there.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings

from openipt.errors import SettingError


@dataclass(frozen=True)
class CrisisContact:
    """Somebody a person in danger can reach now."""

    name: str
    phone: str
    hours: str = ""
    note: str = ""
    region: str = ""
    emergency: bool = False
    demo: bool = False


# Numbers that Ofcom keeps for drama: nobody answers them.
DEMO_CONTACTS = (
    CrisisContact("Emergency", "01632 960999", "day and night", "demo: not real", emergency=True, demo=True),
    CrisisContact("Crisis line", "0808 157 0192", "day and night", "demo: not real", demo=True),
)


def contacts(region: str = "") -> tuple[CrisisContact, ...]:
    """Contacts for a region, emergency numbers first; those for everywhere after the region's own."""
    configured = _configured()
    if not configured and not settings.ENVIRONMENT.is_live:
        return DEMO_CONTACTS
    fitting = [contact for contact in configured if contact.region in ("", region)]
    return tuple(sorted(fitting, key=lambda contact: (not contact.emergency, contact.region == "")))


def regions() -> tuple[str, ...]:
    """Every region that has contacts of its own, in alphabetical order."""
    return tuple(sorted({contact.region for contact in _configured()} - {""}))


def path() -> Path:
    return settings.ENVIRONMENT.home / "crisis.toml"


def _configured() -> tuple[CrisisContact, ...]:
    file = path()
    return _read(file, file.stat().st_mtime_ns) if file.exists() else ()


@lru_cache(maxsize=4)
def _read(file: Path, changed: int) -> tuple[CrisisContact, ...]:
    try:
        tables = tomllib.loads(file.read_text(encoding="utf-8")).get("contact", [])
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingError(f"{file.name} cannot be read: {error}. Mend the file and start again.") from None
    return tuple(_contact(table, place) for place, table in enumerate(tables, start=1))


def _contact(table: dict[str, Any], place: int) -> CrisisContact:
    known = {field.name for field in fields(CrisisContact)} - {"demo"}
    unknown = sorted(set(table) - known)
    if unknown:
        raise SettingError(
            f"crisis.toml: contact {place}: '{unknown[0]}' is not known. Use: {', '.join(sorted(known))}."
        )
    if not str(table.get("name", "")).strip() or not str(table.get("phone", "")).strip():
        raise SettingError(f"crisis.toml: contact {place}: give it a name and a phone.")
    return CrisisContact(**table)
