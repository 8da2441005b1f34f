"""A typed line of the time line, read back before it is kept: for the desk and for the client."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from django.http import QueryDict

from openipt import library
from openipt.core.course.timeline_line import Named, Understood, understood
from openipt.errors import FieldFault
from openipt.web.timeline_view import TIMELINE, TimePage

LONGEST_SHOWN = 600  # letters of a line that come back into the field; a longer one was pasted by mistake


class LinePage(TimePage, Protocol):
    """A page on which such a line is typed."""

    @property
    def people_to_pick(self) -> Mapping[str, str]: ...
    @property
    def relations(self) -> Mapping[str, str]: ...


@dataclass(frozen=True)
class Offer:
    """Somebody named in the line, who can be attached."""

    code: str
    label: str
    chosen: bool


@dataclass(frozen=True)
class LineRead:
    """The line as it was typed and how it was understood: one sentence, the choices, what was taken for granted."""

    line: str
    heard: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    fault: str = ""
    type: str = "event"
    kind: str = ""
    proposed: str = ""
    proposed_kind: str = ""
    offers: tuple[Offer, ...] = ()
    types: tuple[tuple[str, str], ...] = ()
    kinds: tuple[tuple[str, str], ...] = ()

    @property
    def is_read(self) -> bool:
        return bool(self.heard)

    @property
    def faults(self) -> tuple[FieldFault, ...]:
        return (FieldFault("line", self.fault),) if self.fault else ()


def read_line(page: LinePage, post: Mapping[str, str] | QueryDict) -> tuple[LineRead, dict[str, Any]]:
    """The line of a form, and the values that would be kept of it."""
    line = str(post.get("line", ""))
    said = _understood(page, line)
    kind = page.manual.record_types[TIMELINE]
    types = {str(option.value): option.label for option in kind.field("type").options}
    kinds = {str(option.value): option.label for option in kind.field("event_kind").options}
    type_ = _chosen(post, "type", said.proposal.type, types)
    # A kind is kept only where somebody could see it proposed: the form then sends it.
    event_kind = (
        _chosen(post, "event_kind", said.proposal.kind, {"": "", **kinds}) if type_ == "event" else ""
    )
    sent = post.getlist("people") if isinstance(post, QueryDict) else []
    attached = [code for code in dict.fromkeys(sent) if code in page.people_to_pick]
    named = list(dict.fromkeys((*attached, *(code for code in said.people if code in page.people_to_pick))))
    read = LineRead(
        line=line[:LONGEST_SHOWN],
        heard=_heard(page, said, types[type_], kinds.get(event_kind, ""), attached) if said.text else (),
        notes=said.notes,
        fault=said.fault,
        type=type_,
        kind=event_kind,
        proposed=said.proposal.type,
        proposed_kind=said.proposal.kind,
        offers=tuple(Offer(code, page.people_to_pick[code], code in attached) for code in named),
        types=tuple(types.items()),
        kinds=tuple(kinds.items()),
    )
    values: dict[str, Any] = {"text": said.text, "type": type_, **(said.when.values() if said.when else {})}
    if event_kind and "event_kind" in post:
        values["event_kind"] = event_kind
    if attached:
        values["people"] = attached
    return read, values


def _understood(page: LinePage, line: str) -> Understood:
    people = [Named(code, label, page.relations.get(code, "")) for code, label in page.people_to_pick.items()]
    return understood(
        line,
        people=people,
        kinds=library.event_kinds(),
        today=page.on,
        birth_year=page.episode.client.birth_year,
    )


def _chosen(post: Mapping[str, str], name: str, proposed: str, known: Mapping[str, str]) -> str:
    """What a person chose; where the form still says what was proposed before, what is proposed now."""
    sent = post.get(name)
    if sent is None or sent not in known or sent == post.get(f"proposed_{name}"):
        return proposed
    return sent


def _heard(page: LinePage, said: Understood, type_: str, kind: str, attached: list[str]) -> tuple[str, ...]:
    """ "Lost job", "March 2025 (month)", "Life event", "nobody attached"."""
    none = "" if said.fault else "no date yet"
    when = f"{said.when.words()} ({said.when.how_sure()})" if said.when else none
    people = ", ".join(page.people_to_pick[code] for code in attached)
    parts = (
        f"{said.text[0].upper()}{said.text[1:]}",
        when,
        {"Event": "life event"}.get(type_, type_.lower())
        + (f": {kind[0].lower()}{kind[1:]}" if kind else ""),
        f"with {people}" if people else "nobody attached",
    )
    return tuple(part for part in parts if part)
