"""A file may hold a word in any place. What is kept of it is sealed, or the file is refused and says where."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import transaction

from openipt import library
from openipt.cli.course import read_episode
from openipt.core.course.rules.codes import INPUT_NAMES
from openipt.core.portable.blank_ids import is_blank
from openipt.core.portable.episode import PortableEntry
from openipt.core.portable.episode_file import to_file
from openipt.errors import EntryNotValid, FileNotValid, PersonError
from openipt.records.actions import people
from openipt.records.actions.transfer import import_episode
from openipt.records.models import Episode, Person
from tests import factories as make
from tests.records.test_transfer import lived, out  # noqa: F401
from tests.shared_data import shared

pytestmark = pytest.mark.django_db

WORD = "zqbeatrizxz"
# As a person would write it, and as an id, a rule, a date could be written.
FORMS = (WORD, f"p_{WORD}", f"ms_{WORD}", f"rec_{WORD}", f"DR-{WORD}", f"2025-01-01 {WORD}")


class Undo(Exception):
    """Nothing of an import that was looked at stays."""


@dataclass(frozen=True)
class Place:
    """One place in the file; `is_key`: the word is put in as the name of a field."""

    steps: tuple[Any, ...]
    is_key: bool = False

    @property
    def kind(self) -> tuple[Any, ...]:
        return (*("*" if isinstance(step, int) else step for step in self.steps), self.is_key)

    @property
    def path(self) -> str:
        return ".".join(str(step + 1) if isinstance(step, int) else step for step in self.steps)

    def put(self, data: Any, word: str) -> Any:
        changed = copy.deepcopy(data)
        here = changed
        for step in self.steps[: len(self.steps) - (0 if self.is_key else 1)]:
            here = here[step]
        here[word if self.is_key else self.steps[-1]] = 1 if self.is_key else word
        return changed


def places(value: Any, steps: tuple[Any, ...] = ()) -> Iterator[Place]:
    """Every value in the file, and every object that could get another key."""
    if isinstance(value, dict):
        yield Place(steps, is_key=True)
        for key, part in value.items():
            yield from places(part, (*steps, key))
    elif isinstance(value, list):
        for number, part in enumerate(value):
            yield from places(part, (*steps, number))
        if steps:
            yield Place(steps)
    else:
        yield Place(steps)


def one_of_each(data: Any) -> list[Place]:
    found: dict[tuple[Any, ...], Place] = {}
    for place in places(data):
        found.setdefault(place.kind, place)
    return list(found.values())


def in_the_clear() -> set[str]:
    """Every column of every table in which the word can be read, as text or as bytes."""
    return {
        f"{model.__name__}.{name}"
        for model in apps.get_models()
        for row in model._default_manager.values()
        for name, value in row.items()
        if WORD in _text(value)
    }


def _text(value: Any) -> str:
    raw = bytes(value).decode("latin-1") if isinstance(value, bytes | memoryview) else str(value)
    return raw.lower()


def found_after(file: Path, therapist: Any) -> set[str] | None:
    """Where the word stands once the file is read in; None where it was refused, with nothing written."""
    found: set[str] | None = None
    try:
        with transaction.atomic():
            portable = read_episode(str(file), to_keep=True)
            import_episode(portable=portable, therapist=therapist, by=make.OPERATOR, at=make.at_day(400))
            found = in_the_clear()
            raise Undo
    except Undo:
        return found
    except PersonError as refused:
        assert not isinstance(refused, FileNotValid) or refused.faults
        return None


def whole_file(episode: Episode) -> dict[str, Any]:
    """An episode file with something at every place that a clear column is filled from."""
    data = json.loads(json.dumps(to_file(out(episode))))
    first = data["meetings"][0]
    data["meetings"][0] = {**first, "tasks_done": ["I01"], "strategies": ["gr_1_link"], "format": "phone"}
    data["entries"][0] |= {"for_task": "I02", "at": "2025-01-02T10:00"}
    data["client_entries"].append({"on": "2025-01-02", "kind": "worksheet", "shared": True})
    data["client_entries"][-1] |= {"worksheet": "rec_emotion_log", "values": {"first_word": "sad"}}
    data["alerts"].append(
        {
            "rule": "DR-01",
            "severity": "warning",
            "raised_at": "2025-01-02T10:00",
            "session": 1,
            "inputs": {"record": "rec_risk", "answers": ["plan"], "level": "red", "item_9": 2},
        }
    )
    data["firings"].append(
        {
            "rule": "DR-06",
            "severity": "critical",
            "rule_version": "1",
            "manual_version": "1",
            "first_seen_on": "2025-01-02",
            "first_seen_at": "2025-01-02T10:00",
            "last_seen_on": "2025-01-02",
            "last_seen_at": "2025-01-02T10:00",
            "why": "x",
            "inputs": {"grounds": ["ms_hark"], "persons": 1, "focus": {"grief": 2}},
        }
    )
    return data


def test_a_word_at_any_place_of_an_episode_file_is_sealed_or_refused(
    lived: Episode,  # noqa: F811
    tmp_path: Path,
) -> None:
    data, therapist, file = whole_file(lived), make.therapist(), tmp_path / "episode.json"
    file.write_text(json.dumps(data), encoding="utf-8")
    assert found_after(file, therapist) == set()  # as it stands it comes in
    leaks, sealed = {}, 0
    for place in one_of_each(data):
        for form in FORMS:
            file.write_text(json.dumps(place.put(data, form)), encoding="utf-8")
            found = found_after(file, therapist)
            sealed += found == set()
            if found:
                leaks[place.path, form] = found
    assert leaks == {}
    assert sealed > 50  # names, labels, notes and records came in


def test_every_place_that_would_lie_clear_is_named_at_once(lived: Episode, tmp_path: Path) -> None:  # noqa: F811
    data, file = whole_file(lived), tmp_path / "episode.json"
    data["client"]["language"] = WORD
    data["meetings"][0]["tasks_done"] = [WORD]
    data["meetings"][0]["strategies"] = ["gr_1_link", WORD]
    data["meetings"][0]["techniques"] = [WORD]
    data["answers"][0] |= {"measure": f"ms_{WORD}", "version": WORD, "rater": WORD}
    data["entries"][0] |= {"version": WORD, "for_task": WORD, "by_role": WORD}
    data["alerts"][0] |= {"rule": f"DR-{WORD}", "inputs": {"choices": [{WORD: 1}]}}
    data["firings"][0] |= {
        "rule": WORD,
        "rule_version": WORD,
        "manual_version": WORD,
        "inputs": {"gap": WORD},
    }
    file.write_text(json.dumps(data), encoding="utf-8")
    with pytest.raises(FileNotValid) as refused:
        read_episode(str(file), to_keep=True)
    told = {fault.path for fault in refused.value.faults}
    assert told >= {
        *("client.language", "meetings.1.tasks_done.1", "meetings.1.strategies.2", "meetings.1.techniques.1"),
        *("answers.1.measure", "answers.1.version", "answers.1.rater"),
        *("entries.1.version", "entries.1.for_task", "entries.1.by_role"),
        *("alerts.1.rule", f"alerts.1.inputs.choices.1.{WORD}"),
        *("firings.1.rule", "firings.1.rule_version", "firings.1.manual_version", "firings.1.inputs.gap"),
    }


def test_a_word_at_any_place_of_a_case_is_sealed_or_refused(tmp_path: Path) -> None:
    data = json.loads(shared("cases/gr-missed-call.json").read_text(encoding="utf-8"))
    therapist, file = make.therapist(), tmp_path / "case.json"
    keys = {"client", "safety", "inventory", "baseline_measures", "client_entries", "sessions"}
    small = {key: value for key, value in data.items() if key in keys}
    leaks = {}
    for place in [place for place in one_of_each(small) if place.steps]:
        for form in FORMS[:2]:
            file.write_text(json.dumps(place.put(data, form)), encoding="utf-8")
            if found := found_after(file, therapist):
                leaks[place.path, form] = found
    assert leaks == {}


def test_whoever_a_file_calls_by_name_gets_an_id_that_says_nothing(tmp_path: Path) -> None:
    """`p_lucia` is a name, and ids lie in the clear, in addresses too. Every record follows."""
    portable = read_episode(str(shared("cases/gr-missed-call.json")), to_keep=True)
    made = import_episode(
        portable=portable, therapist=make.therapist(), by=make.OPERATOR, at=make.at_day(400)
    )
    codes = {person.label: person.code for person in Person.objects.filter(episode=made)}
    assert len(codes) == len(portable.people)
    assert all(is_blank(code) for code in codes.values())
    told = json.dumps([entry.payload for entry in made.entries.all()], ensure_ascii=False)
    assert not [person.id for person in portable.people if f'"{person.id}"' in told]
    kept = [e.payload for e in made.entries.filter(record_type="rec_inventory_person")]
    assert {payload["person_id"] for payload in kept} == set(codes.values())


def test_an_id_the_service_makes_says_nothing_and_stays() -> None:
    assert all(is_blank(people.new_code()) for _ in range(200))
    for name in ("p_lucia", "p_bertrand", "p_mgrsmth", "mother", "p_23456789x", "p_MRTVXZ23"):
        assert not is_blank(name)


def test_a_language_is_a_code_wherever_it_comes_from() -> None:
    for language in ("en", "pt", "pt-BR", "zh-hant", "es-419"):
        assert make.episode(language=language).client.language == language.lower()
    for word in ("beatriz", "e", "en-beatriz", "pt br"):
        with pytest.raises(EntryNotValid, match="language code"):
            make.episode(language=word)


def test_a_region_is_a_code_or_one_of_the_service() -> None:
    """A place is sealed with the profile; what lies clear is whom to call where."""
    assert make.episode(region=" GB-sct ").client.region == "gb-sct"
    for place in ("Little Compton", "beatriz", "gb-london"):
        with pytest.raises(EntryNotValid, match="code of a region"):
            make.episode(region=place)


def test_a_step_that_was_chosen_is_counted_by_its_code_alone() -> None:
    made, _ = make.active_episode()
    portable = out(made)
    chosen = {"id": "d1", "rules": ["DR-20"], "steps": [WORD, "contact"]}
    entry = PortableEntry("rec_off_track_decision", make.day(), chosen, order=99)
    taken = import_episode(
        portable=replace(portable, entries=(entry,)),
        therapist=make.therapist(),
        by=make.OPERATOR,
        at=make.at_day(9),
    )
    assert [row.code for row in taken.steps_chosen.all()] == ["contact"]
    assert in_the_clear() == set()


def test_every_input_a_rule_gives_is_a_known_name() -> None:
    """Else what a service itself exports would be refused where it comes in."""
    import ast

    from openipt.core.course import rules

    verdicts = {"fired", "fired_as", "not_fired", "cannot_tell", "not_for_this"}
    used = set()
    for file in Path(rules.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in verdicts:
                used |= {keyword.arg for keyword in node.keywords if keyword.arg}
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "inputs":
                parts = [each for each in ast.walk(node) if isinstance(each, ast.Dict)]
                used |= {key.value for each in parts for key in each.keys if isinstance(key, ast.Constant)}
    assert used
    known = library.known_codes()
    assert {name for name in used if name not in INPUT_NAMES and not known.is_input(name)} == set()
