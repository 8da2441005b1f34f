"""Finds the command that was named, reads its arguments, runs it, and words its errors."""

from __future__ import annotations

import argparse
import difflib
import inspect
import os
import pkgutil
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from types import ModuleType

from openipt import cli
from openipt.errors import ContentError, OpenIPTError, PersonError, SettingError

HELPERS = {"main", "django_setup", "files", "demo_welcome"}  # modules of this folder that are no commands

MISTYPED = 2
EXIT_CODES: dict[type[OpenIPTError], int] = {PersonError: 3, ContentError: 4, SettingError: 5}

NO_DATABASE = (
    "the database does not answer, or is behind. Run `openipt migrate`, "
    "and look at OPENIPT_HOME and OPENIPT_DATABASE_URL."
)

AddArguments = Callable[[argparse.ArgumentParser], None]
Run = Callable[[argparse.Namespace], int]


def command_names() -> list[str]:
    """Every command there is, in the order of the alphabet."""
    found = (module.name for module in pkgutil.iter_modules(cli.__path__))
    return sorted(name.replace("_", "-") for name in found if name not in HELPERS and name[0] != "_")


def parser_for(names: Sequence[str]) -> argparse.ArgumentParser:
    """The parser that knows these commands. Only their modules are imported."""
    parser = argparse.ArgumentParser(
        prog="openipt", description="Runs courses of interpersonal psychotherapy, session by session."
    )
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name in names:
        module = _module(name)
        command = commands.add_parser(
            name,
            help=module.help,
            description=inspect.getdoc(module) or module.help,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        _fill(command, module)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    words = list(sys.argv[1:] if argv is None else argv)
    names = command_names()
    named = words[0] if words else ""
    if named and named[0] != "-" and named not in names:
        return _unknown(named, names)
    args = parser_for([named] if named in names else names).parse_args(words)
    try:
        return int(args.run(args))
    except OpenIPTError as error:
        print(f"openipt: {error}", file=sys.stderr)
        return next((code for family, code in EXIT_CODES.items() if isinstance(error, family)), 1)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # the reader of our output went away, as in `openipt ... | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        if not _is_database(error):
            raise
        print(f"openipt: {NO_DATABASE}", file=sys.stderr)
        return EXIT_CODES[SettingError]


def _is_database(error: Exception) -> bool:
    """Whether the database refused us altogether, told without importing Django."""
    kinds = {f"{kind.__module__}.{kind.__name__}" for kind in type(error).__mro__}
    return bool(kinds & {"django.db.utils.OperationalError", "django.db.utils.ProgrammingError"})


def _module(name: str) -> ModuleType:
    return import_module(f"openipt.cli.{name.replace('-', '_')}")


def _fill(parser: argparse.ArgumentParser, module: ModuleType) -> None:
    parts: dict[str, tuple[str, AddArguments, Run]] | None = getattr(module, "COMMANDS", None)
    if parts is None:
        module.add_arguments(parser)
        parser.set_defaults(run=module.run)
        return
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name, (help_line, add_arguments, run) in parts.items():
        part = commands.add_parser(
            name,
            help=help_line,
            description=inspect.getdoc(run) or help_line,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        add_arguments(part)
        part.set_defaults(run=run)


def _unknown(named: str, names: Sequence[str]) -> int:
    near = difflib.get_close_matches(named, names, n=1)
    hint = f" Did you mean '{near[0]}'?" if near else " `openipt --help` lists the commands."
    print(f"openipt: there is no command '{named}'.{hint}", file=sys.stderr)
    return MISTYPED


if __name__ == "__main__":
    sys.exit(main())
