"""Find: any strategy, technique or record of the manual, by typing part of its name."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from openipt.web.therapist.presenters_session_guide import form_address
from openipt.web.therapist.session_room import Room

SHOWN = 12
KINDS = {"strategy": "Strategy", "technique": "Technique", "record": "Record"}
NOT_OFFERED = frozenset({"rec_session", "rec_group_meeting"})


@dataclass(frozen=True)
class Found:
    """One thing of the manual: what it is, what it is called, where it opens."""

    kind: str
    id: str
    title: str
    note: str
    words: str
    address: str

    @property
    def kind_words(self) -> str:
        return KINDS[self.kind]


def everything(room: Room) -> tuple[Found, ...]:
    """All that can be found, strategies of the focus first."""
    focus = {found.area for found in room.guide.strategies}
    areas = sorted(room.manual.areas.values(), key=lambda area: area.id not in focus)
    strategies = [
        _found(
            "strategy",
            s.id,
            s.title,
            area.title,
            f"{s.title} {area.title}",
            room.address(f"open/strategy/{s.id}/"),
        )
        for area in areas
        for s in room.manual.strategies_of(area.id)
    ]
    techniques = [
        _found(
            "technique",
            t.id,
            _first_large(t.name),
            t.purpose,
            t.name,
            room.address(f"open/technique/{t.id}/"),
        )
        for t in room.manual.techniques.values()
    ]
    records = [
        _found("record", r.id, r.title, "" if r.plain_title == r.title else r.plain_title,
               f"{r.title} {r.plain_title}", form_address(room, r.id))
        for r in room.manual.record_types.values()
        if "therapist" in r.seen_by and r.id not in NOT_OFFERED and not room.is_locked(r.id)
    ]  # fmt: skip
    return (*strategies, *techniques, *records)


def _found(kind: str, id: str, title: str, note: str, words: str, address: str) -> Found:
    return Found(kind, id, title, note, plain(words), address)


def _first_large(words: str) -> str:
    return words[:1].upper() + words[1:]


def plain(words: str) -> str:
    """Words as they are compared: small letters, without accents."""
    apart = unicodedata.normalize("NFKD", words.casefold())
    return "".join(letter for letter in apart if not unicodedata.combining(letter)).strip()


def find(room: Room, typed: str) -> tuple[Found, ...]:
    """The best matches: every word typed begins a word of the name; then anywhere in it."""
    wanted = plain(typed).split()
    if not wanted:
        return ()
    ranked = [(rank, one) for one in everything(room) if (rank := _rank(wanted, one.words)) is not None]
    return tuple(one for _, one in sorted(ranked, key=lambda pair: pair[0])[:SHOWN])


def _rank(wanted: list[str], words: str) -> int | None:
    if not all(part in words for part in wanted):
        return None
    if words.startswith(wanted[0]):
        return 0
    return 1 if all(any(word.startswith(part) for word in words.split()) for part in wanted) else 2
