"""One table, one value: what is read, and every fault that is named."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openipt.core.tables import freeze, nearest, read, suggestion


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


@dataclass(frozen=True)
class Room:
    id: str
    seats: int = field(default=1, metadata={"min": 1, "max": 20})


@dataclass(frozen=True)
class House:
    id: str = field(metadata={"pattern": "h_[a-z]+"})
    height: float
    built: date
    colour: Colour = Colour.RED
    rooms: tuple[Room, ...] = field(default=(), metadata={"table": "room"})
    span: tuple[int, int] = (1, 2)
    letters: tuple[str, ...] = field(default=(), metadata={"names": ("a", "b")})
    open: bool = False
    cellar: Room | None = None
    kind: Literal["flat", "hut"] = "flat"
    names: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    other: Any = None
    size: int | str = 1

    def __post_init__(self) -> None:
        if self.height > 1000:
            raise ValueError("is taller than any house.")


GOOD = {"id": "h_one", "height": 4, "built": date(1990, 5, 1)}


def faults_of(**changes):
    _, faults = read(House, {**GOOD, **changes}, file="h.toml")
    return faults


def test_a_good_table_becomes_a_frozen_value():
    house, faults = read(
        House,
        {
            **GOOD,
            "colour": "blue",
            "room": [{"id": "hall"}, {"id": "bath", "seats": 2}],
            "span": [3, 4],
            "letters": ["a", "b"],
            "cellar": {"id": "deep"},
            "names": {"x": 1},
            "other": {"deep": [1, [2]]},
            "size": "big",
        },
        file="h.toml",
    )
    assert faults == ()
    assert house.height == 4.0
    assert isinstance(house.height, float)
    assert house.colour is Colour.BLUE
    assert house.rooms == (Room("hall"), Room("bath", 2))
    assert house.span == (3, 4)
    assert house.cellar == Room("deep")
    assert house.names == {"x": 1}
    assert house.other["deep"] == (1, (2,))
    assert house.size == "big"
    with pytest.raises(TypeError):
        house.names["x"] = 2
    with pytest.raises(dataclasses.FrozenInstanceError):
        house.id = "h_two"


def test_five_faults_are_all_named_at_once():
    """Unknown key, wrong type, missing key, out of range, unknown name: none hides another."""
    house, faults = read(
        House,
        {
            "id": "h_one",
            "hight": 3,
            "built": date(1990, 5, 1),
            "open": "yes",
            "room": [{"id": "hall", "seats": 99}],
            "colour": "green",
        },
        file="h.toml",
        at="house",
    )
    assert house is None
    found = {fault.key: fault for fault in faults}
    assert set(found) == {
        "house.hight",
        "house.height",
        "house.open",
        "house.room[hall].seats",
        "house.colour",
    }
    assert found["house.hight"].remedy == 'Did you mean "height"?'
    assert "missing" in found["house.height"].reason
    assert "true or false" in found["house.open"].reason
    assert "99" in found["house.room[hall].seats"].reason
    assert "red" in found["house.colour"].remedy
    assert {fault.file for fault in faults} == {"h.toml"}


@pytest.mark.parametrize(
    ("changes", "key", "says"),
    [
        ({"id": 5}, "id", "a text, not 5"),
        ({"id": "house"}, "id", "not written as it should be"),
        ({"height": "tall"}, "height", "a number"),
        ({"height": True}, "height", "not true"),
        ({"height": 2000}, "House", "taller than any house"),
        ({"built": datetime(1990, 5, 1, 12)}, "built", "a date"),
        ({"built": "1990-05-01"}, "built", "a date"),
        ({"span": [1]}, "span", "2 values, not 1"),
        ({"span": [1, "x"]}, "span[2]", "a whole number"),
        ({"span": 3}, "span", "a list, not 3"),
        ({"letters": ["a", "z"]}, "letters", '"z" is not a known name'),
        ({"room": {"id": "hall"}}, "room", "a list, not a table"),
        ({"room": ["hall"]}, "room[1]", "a table"),
        ({"room": [{"seats": 3}]}, "room[1].id", "missing"),
        ({"room": [{"id": "x", "seats": True}]}, "room[x].seats", "a whole number, not true"),
        ({"room": [{"id": "x", "seats": 0}]}, "room[x].seats", "below"),
        ({"cellar": {"id": 1}}, "cellar.id", "a text"),
        ({"kind": "tent"}, "kind", "not one of the allowed"),
        ({"names": {"x": "one"}}, "names.x", "a whole number"),
        ({"names": [1]}, "names", "a table, not a list"),
        ({"size": 1.5}, "size", "a whole number or a text"),
    ],
)
def test_each_kind_of_fault_names_its_key(changes, key, says):
    (fault,) = faults_of(**changes)
    assert fault.key == key
    assert says in fault.reason


def test_what_is_no_table_at_all_is_a_fault():
    value, faults = read(House, ["no"], file="h.toml", at="house")
    assert value is None
    assert [fault.key for fault in faults] == ["house"]


def test_the_nearest_name_is_offered_and_a_far_one_is_not():
    assert nearest("middel", ["initial", "middle"]) == "middle"
    assert nearest("zzz", ["initial", "middle"]) == ""
    assert suggestion("zzz", ["b", "a"]) == "Known: a, b."
    assert suggestion("zzz", [str(n) for n in range(30)]) == ""


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from([f.name for f in dataclasses.fields(House)] + ["room", "x"]), JSON))
def test_any_table_gives_a_value_or_a_fault_and_never_breaks(table):
    value, faults = read(House, table, file="h.toml")
    assert (value is None) == bool(faults)


@given(JSON)
def test_freezing_keeps_what_was_said(value):
    def thawed(frozen):
        if isinstance(frozen, Mapping):
            return {key: thawed(inner) for key, inner in frozen.items()}
        return [thawed(inner) for inner in frozen] if isinstance(frozen, tuple) else frozen

    assert thawed(freeze(value)) == value
