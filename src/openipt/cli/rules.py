"""Explains the decision rules: what each says of one course on one day, and why; or lists them all."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from openipt import library
from openipt.cli import django_setup
from openipt.cli.course import day, manual_on, read_episode
from openipt.core.course.course import Course
from openipt.core.course.rules.explain import ANSWERS, Explained, explain
from openipt.core.manual.model import Manual, Rule

help = "explain the decision rules on one course, or list them"

MARKS = {"DEFAULT": "project default", "GKU": "general knowledge, unverified"}


# -- explain ----------------------------------------------------------------------------------------


def _explain_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "episode", help="an episode's id, an episode file or a worked case; - for standard input"
    )
    parser.add_argument("--on", metavar="DATE", help="the day, as 2025-03-21; today if none is named")
    parser.add_argument("--json", action="store_true", help="print JSON")


def _explain(args: argparse.Namespace) -> int:
    """Print every decision rule as it answers for one course at the end of a day, with why and its ground.

    Fired, cannot tell (with what is missing), not fired, or not for this adaptation; each with the inputs it looked
    at, its severity and its mark. A read of the database is written into the audit under your name.

    Three rules look beyond one course: DR-40 needs the group, DR-43 ratings, DR-44 the therapist's practice; until a
    room gives them they cannot tell. DR-48 is read when content is loaded (`openipt manual check`).
    """
    on = day(args.on) if args.on else None
    manual, course, on = (
        _of_file(args.episode, on) if _is_file(args.episode) else _of_record(args.episode, on)
    )
    found = explain(manual, course, on)
    if args.json:
        print(json.dumps(_as_json(manual, on, found), ensure_ascii=False, indent=2))
    else:
        print("\n".join(_told(manual, on, found)))
    return 0


def _is_file(name: str) -> bool:
    """A name that is no id is a file, there or not; an id may still be that of a file that is there."""
    try:
        UUID(name)
    except ValueError:
        return True
    return Path(name).is_file()


def _of_file(name: str, on: date | None) -> tuple[Manual, Course, date]:
    course, on = read_episode(name).course(), on or date.today()
    return manual_on(course, on), course, on


def _of_record(episode_id: str, on: date | None) -> tuple[Manual, Course, date]:
    """The episode as the database has it. The read is written into the audit under the operator's name."""
    django_setup.setup()
    from openipt.records import audit, convert
    from openipt.records.access import Act
    from openipt.records.actors import this_operator
    from openipt.records.manuals import manual_of
    from openipt.records.queries.episodes import episode_for
    from openipt.web import clock

    operator = this_operator()
    episode = episode_for(operator, episode_id, clock.today(), Act.EXPORT)
    audit.record_read(by=operator, at=clock.now(), episode=episode, act="rules-explained")
    return manual_of(episode), convert.course(episode), on or clock.today()


def _as_json(manual: Manual, on: date, found: Iterable[Explained]) -> dict[str, Any]:
    return {
        "adaptation": manual.id,
        "manual_version": manual.version,
        "on": on.isoformat(),
        "rules": [one.as_json() for one in found],
    }


def _told(manual: Manual, on: date, found: tuple[Explained, ...]) -> Iterable[str]:
    counts = {answer: sum(1 for one in found if one.answer == answer) for answer in ANSWERS}
    told = ", ".join(f"{counts[answer]} {words}" for answer, words in ANSWERS.items())
    yield f"{manual.title or manual.name}, at the end of {on}: {told}."
    for one in found:
        yield ""
        yield f"{one.rule.id}  {ANSWERS[one.answer].upper()}  {one.rule.title}{_severity(one)}"
        yield f"  {one.why}"
        if one.answer == "fired":
            yield f"  Then: {_line(one.rule.then_text)}"
        if one.result.inputs:
            yield f"  Inputs: {', '.join(f'{key} = {_value(v)}' for key, v in one.result.inputs.items())}"
        yield f"  Ground: {one.ground}{_marked(one.rule)}"


def _severity(one: Explained) -> str:
    return f" ({one.result.severity.value})"


def _marked(rule: Rule) -> str:
    marks = [MARKS[mark] for mark in rule.marks if mark in MARKS]
    if rule.reading and "project default" not in marks:
        marks.append("reading: project default")
    return f" ({', '.join(marks)})" if marks else ""


def _value(value: Any) -> str:
    if value is None:
        return "not known"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_value(one) for one in value) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_value(one)}" for key, one in value.items()) + "}"
    return str(value)


def _line(text: str) -> str:
    return " ".join(text.split())


# -- list -------------------------------------------------------------------------------------------


def _list_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print JSON")


def _list(args: argparse.Namespace) -> int:
    """Print every rule with its severity, what it asks for and its ground (docs/reference/rules.md)."""
    rules = library.rules().values()
    if args.json:
        print(json.dumps([_rule_as_json(rule) for rule in rules], ensure_ascii=False, indent=2))
        return 0
    for rule in rules:
        print(f"{rule.id}  {rule.severity.value:8}  {rule.title}{_marked(rule)}")
        print(f"  If: {_line(rule.if_text)}")
        print(f"  Then: {_line(rule.then_text)}")
    return 0


def _rule_as_json(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "title": rule.title,
        "version": rule.version,
        "severity": rule.severity.value,
        "severity_text": rule.severity_text,
        "if": _line(rule.if_text),
        "then": _line(rule.then_text),
        "reading": _line(rule.reading),
        "parameters": dict(rule.parameters),
        "marks": list(rule.marks),
        "sources": list(rule.sources),
        "section": rule.section,
    }


COMMANDS = {
    "explain": ("what every rule says of one course on one day, and why", _explain_arguments, _explain),
    "list": ("every rule with its severity and its ground", _list_arguments, _list),
}
