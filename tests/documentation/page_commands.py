"""The commands, from what each says of itself."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator

from openipt.cli import main
from tests.documentation.markdown import printed_from, table

OPENING = f"""# Commands

{printed_from("what each command says of itself")}
`.venv/bin/openipt COMMAND --help` tells the same. `python -m openipt` is the same command.

Exit codes: 0 well; 1 the answer is no; 2 the command was mistyped; 3 something a person can mend; 4 content
files are wrong; 5 a setting is wrong. What is wrong is said on standard error, results on standard output.
"""


def page() -> str:
    parser = main.parser_for(main.command_names())
    return "\n".join([OPENING, *(_section(words, one) for words, one in _leaves(parser))]).rstrip() + "\n"


def _leaves(parser: argparse.ArgumentParser) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    """Every command that does something, by the words that name it."""
    parts = [one for one in parser._actions if isinstance(one, argparse._SubParsersAction)]
    if not parts:
        yield parser.prog, parser
    for part in parts:
        for one in part.choices.values():
            yield from _leaves(one)


def _section(words: str, parser: argparse.ArgumentParser) -> str:
    arguments = [one for one in parser._actions if not isinstance(one, argparse._HelpAction)]
    usage = " ".join([words, *map(_usage, arguments)])
    lines = [f"## {words}\n", f"```text\n{usage}\n```\n", _linked(parser.description or "") + "\n"]
    if arguments:
        lines += [table(["argument", "is"], ([f"`{_named(one)}`", _help(one)] for one in arguments))]
    return "\n".join(lines)


def _usage(one: argparse.Action) -> str:
    if not one.option_strings:
        return f"[{_value(one)}]" if one.nargs == "?" else _value(one)
    return _named(one) if one.required else f"[{_named(one)}]"


def _named(one: argparse.Action) -> str:
    if not one.option_strings:
        return _value(one)
    return one.option_strings[-1] if one.nargs == 0 else f"{one.option_strings[-1]} {_value(one)}"


def _value(one: argparse.Action) -> str:
    return str(one.metavar or one.dest.upper())


def _help(one: argparse.Action) -> str:
    return f"{one.help or ''}; one of {', '.join(map(str, one.choices))}" if one.choices else one.help or ""


def _linked(text: str) -> str:
    """A page of the documentation that is named becomes a link."""
    return re.sub(r"docs/([\w/-]+)/([\w-]+)\.md", r"[\2](../\1/\2.md)", text)
