"""The people of the inventory sorted by one question: who is safe, who pulls which way."""

from __future__ import annotations

from dataclasses import dataclass

from openipt.core.fields.definitions import FieldDefinition, FieldType
from openipt.errors import FieldFault
from openipt.web.circle_standing import PERSON, entries_by_person, latest_values
from openipt.web.sent import Sent
from openipt.web.therapist.common import EpisodePage
from openipt.web.therapist.people_asked import answers_in_words, choices_of, questions
from openipt.web.therapist.presenters_people import PersonView, people_views
from openipt.web.therapist.room_parts import may_write

NOT_SAID = "Not said yet"


@dataclass(frozen=True)
class Sorting:
    """One way to look at the inventory: by ring, or by a question."""

    words: str
    address: str
    is_shown: bool


@dataclass(frozen=True)
class SortedPerson:
    """One person with the answer that stands, or was just sent."""

    view: PersonView
    value: str
    was: str
    words: str
    fault: str


@dataclass(frozen=True)
class SortedGroup:
    """People who are answered alike."""

    title: str
    people: tuple[SortedPerson, ...]


@dataclass(frozen=True)
class SortedPeople:
    """The inventory by one question. `choices` are (value, label); a scale says what its ends mean."""

    key: str
    title: str
    help: str
    is_scale: bool
    choices: tuple[tuple[str, str], ...]
    ends: str
    groups: tuple[SortedGroup, ...]
    may_write: bool
    faults: tuple[FieldFault, ...] = ()


def sortings(page: EpisodePage, by: str) -> tuple[Sorting, ...]:
    """By ring first; nothing where there is but one way."""
    asked = questions(page)
    if not asked:
        return ()
    shown = [one.key for one in asked if one.key == by]
    rings = Sorting("By ring", page.address("people/"), not shown)
    more = (
        Sorting(f"By {_in_a_line(one)}", page.address(f"people/?by={one.key}"), one.key == by)
        for one in asked
    )
    return (rings, *more)


def _in_a_line(asked: FieldDefinition) -> str:
    return asked.label[:1].lower() + asked.label[1:]


def present_sorted(page: EpisodePage, by: str, sent: Sent | None = None) -> SortedPeople | None:
    """The inventory by one question; None where the adaptation does not ask it."""
    asked = next((one for one in questions(page) if one.key == by), None)
    if asked is None:
        return None
    said = entries_by_person(page)
    people = [
        _person(asked, view, latest_values(said.get(view.code, [])).get(asked.key), sent)
        for view in people_views(page)
        if view.code in page.people_to_pick
    ]
    return SortedPeople(
        key=asked.key,
        title=f"By {_in_a_line(asked)}",
        help=asked.help,
        is_scale=asked.type is FieldType.SCALE,
        choices=tuple((value, label) for value, _, label in choices_of(asked)),
        ends=_ends(asked),
        groups=_groups(asked, people),
        may_write=may_write(page, PERSON),
        faults=tuple(sent.faults) if sent else (),
    )


def _person(asked: FieldDefinition, view: PersonView, known: object, sent: Sent | None) -> SortedPerson:
    stands = "" if known is None else str(known)
    name = f"value-{view.code}"
    return SortedPerson(
        view=view,
        value=sent.values.get(name, stands) if sent else stands,
        was=sent.values.get(f"was-{view.code}", stands) if sent else stands,
        words=answers_in_words(asked).get(stands, ""),
        fault=next((fault.message for fault in sent.faults if fault.path == name), "") if sent else "",
    )


def _ends(asked: FieldDefinition) -> str:
    """`0: none. 10: safe with them.`"""
    ends = ((asked.minimum, asked.low), (asked.maximum, asked.high))
    return " ".join(f"{int(at or 0)}: {words[:1].lower()}{words[1:]}." for at, words in ends if words)


def _groups(asked: FieldDefinition, people: list[SortedPerson]) -> tuple[SortedGroup, ...]:
    """A choice has a group for each answer; a scale is one list, the most first. Who was not asked stands last."""
    said = [one for one in people if one.was]
    silent = SortedGroup(NOT_SAID, tuple(one for one in people if not one.was))
    if asked.type is FieldType.SCALE:
        most_first = sorted(said, key=lambda one: -int(one.was))
        groups = [SortedGroup(f"{asked.label}, most first", tuple(most_first))]
    else:
        groups = [
            SortedGroup(label, tuple(one for one in said if one.was == value))
            for value, _, label in choices_of(asked)
        ]
    return tuple(group for group in (*groups, silent) if group.people or (group is not silent and said))
