"""Reads content/demo: who is in the demo service, and the episodes with their dates moved."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from importlib.resources import files as package_files
from typing import Any

from openipt import library
from openipt.core.portable.episode import PortableEpisode
from openipt.core.portable.episode_file import from_file
from openipt.records.manuals import codes_of

FOLDER = "demo"
THE_EVE = timedelta(days=1)  # what was answered the evening before today's session lies on yesterday
DAY = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")
MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}.*")


@dataclass(frozen=True)
class DemoPerson:
    """Somebody on the staff of the demo service."""

    username: str
    role: str
    name: str
    shown: str


@dataclass(frozen=True)
class Pair:
    """A therapist and who supervises or covers for them; days count from the day of loading."""

    therapist: str
    other: str
    from_day: int = 0
    to_day: int = 0


@dataclass(frozen=True)
class Moved:
    """A session that was planned for another day first, and the day on which it was moved."""

    on: date
    planned_for: date
    told: date


@dataclass(frozen=True)
class DemoEpisode:
    """One episode file, and what the file cannot say: whose it is, when and where they meet."""

    file: str
    therapist: str
    login: str
    today: date
    time: time
    place: str
    shown: str
    private_notes: tuple[tuple[int, str], ...] = ()
    moves: tuple[Moved, ...] = ()
    plan_reason: str = ""  # why the plan or the phase was changed, where the file tells of that

    def told(self, value: Any, today: date) -> Any:
        """What the file tells, with its days moved so that the chosen one is `today`."""
        return moved(value, today - self.today, pinned=self.today - THE_EVE)

    def moved_for(self, today: date) -> dict[date, Moved]:
        """The sessions that were moved, by their day, with every day counted from `today`."""
        days = [
            [
                date.fromisoformat(self.told(on.isoformat(), today))
                for on in (row.on, row.planned_for, row.told)
            ]
            for row in self.moves
        ]
        return {on: Moved(on, planned_for, told) for on, planned_for, told in days}


@dataclass(frozen=True)
class Service:
    """The demo service as its file names it."""

    password: str
    people: tuple[DemoPerson, ...]
    supervisions: tuple[Pair, ...]
    covers: tuple[Pair, ...]
    episodes: tuple[DemoEpisode, ...]

    def of_role(self, role: str) -> tuple[DemoPerson, ...]:
        return tuple(person for person in self.people if person.role == role)

    @property
    def usernames(self) -> tuple[str, ...]:
        """Everybody who can sign in: the staff, then the clients."""
        return (*(person.username for person in self.people), *(row.login for row in self.episodes))

    def only(self, episode_files: Collection[str]) -> Service:
        """The same service with these episodes alone: for whoever needs a demo, and not all of it."""
        return replace(self, episodes=tuple(row for row in self.episodes if row.file in episode_files))


def service() -> Service:
    """The people, ties and episodes of service.toml."""
    table = tomllib.loads(_text("service.toml"))
    return Service(
        password=table["password"],
        people=tuple(DemoPerson(**row) for row in table["person"]),
        supervisions=tuple(Pair(row["therapist"], row["supervisor"]) for row in table["supervision"]),
        covers=tuple(
            Pair(row["therapist"], row["cover"], row["from_day"], row["to_day"]) for row in table["cover"]
        ),
        episodes=tuple(_episode(row) for row in table["episode"]),
    )


def _episode(row: Mapping[str, Any]) -> DemoEpisode:
    own = {key: value for key, value in row.items() if key not in ("private_note", "moved", "time")}
    notes = tuple((note["session"], note["text"]) for note in row.get("private_note", ()))
    moves = tuple(Moved(**move) for move in row.get("moved", ()))
    return DemoEpisode(**own, time=time.fromisoformat(row["time"]), private_notes=notes, moves=moves)


def portable(episode: DemoEpisode, today: date) -> PortableEpisode:
    """The episode of a file, moved so that its chosen day is `today`. Checked whole, like any import."""
    data = episode.told(json.loads(_text(episode.file)), today)
    return from_file(
        data,
        record_types=library.record_types(),
        codes=codes_of(library.manual(data["adaptation"])),
    )


def client_name(episode: DemoEpisode) -> str:
    """The pseudonym in the file."""
    return str(json.loads(_text(episode.file))["client"]["name"])


def moved(value: Any, by: timedelta, pinned: date = date.min) -> Any:
    """The same values, every day, month and moment in them moved. Years alone stay.

    Days from `pinned` on are moved by exactly `by`; days before it by whole weeks, so that the Sunday of a
    diary stays a Sunday whatever the day of loading: the last of these weeks may become longer, never shorter.
    """
    weeks = timedelta(days=by.days // 7 * 7) if pinned > date.min else by

    def on(day: date) -> date:
        return day + (by if day >= pinned else weeks)

    return _moved(value, on)


def _moved(value: Any, on: Callable[[date], date]) -> Any:
    if isinstance(value, dict):
        found = {key: _moved(part, on) for key, part in value.items()}
        if value.get("precision") == "season":
            found["date"] = _season(str(found.get("date", "")))
        return found
    if isinstance(value, list):
        return [_moved(part, on) for part in value]
    if not isinstance(value, str):
        return value
    if MONTH.fullmatch(value):
        return on(date.fromisoformat(f"{value}-15")).isoformat()[:7]
    if MOMENT.fullmatch(value):
        then = datetime.fromisoformat(value)
        return datetime.combine(on(then.date()), then.timetz()).isoformat()
    return DAY.sub(lambda day: on(date.fromisoformat(day.group())).isoformat(), value)


def _season(month: str) -> str:
    """The first month of the season a month lies in: a season that was moved stays one."""
    if not MONTH.fullmatch(month):
        return month
    year, number = int(month[:4]), int(month[5:])
    return f"{year - 1}-12" if number < 3 else f"{year}-{number // 3 * 3:02}"


def _text(name: str) -> str:
    return package_files("openipt").joinpath("content", FOLDER, name).read_text(encoding="utf-8")
