"""A whole episode out to a file, or in from one."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from openipt.cli import django_setup

help = "export or import a whole episode"


def _export_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("id", help="the episode's id")
    parser.add_argument("--out", metavar="FILE", help="write here instead of printing")


def _export(args: argparse.Namespace) -> int:
    """Print one whole episode as an episode file (docs/reference/episode-file.md).

    Private notes and what the client did not share stay out. The read is written into the audit under your name.
    """
    django_setup.setup()
    from openipt.core.portable.episode_file import to_file
    from openipt.records import audit, convert
    from openipt.records.access import Act
    from openipt.records.actors import this_operator
    from openipt.records.queries.episodes import episode_for
    from openipt.web import clock

    operator = this_operator()
    episode = episode_for(operator, args.id, clock.today(), Act.EXPORT)
    audit.record_read(by=operator, at=clock.now(), episode=episode, act="episode-exported")
    data = to_file(convert.portable(episode, operator, clock.today()))
    text = json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    if args.out:
        path = Path(args.out)
        path.touch(mode=0o600)
        path.write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)
    return 0


def _import_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", help="an episode file or a worked case; - for standard input")
    parser.add_argument("--therapist", required=True, metavar="USERNAME", help="who takes the episode on")


def _import(args: argparse.Namespace) -> int:
    """Read a whole episode in for a new client, and print the id of the episode.

    A file with a fault is refused with every fault named, and nothing is written.
    """
    django_setup.setup()
    from openipt.cli.course import read_episode
    from openipt.errors import NoAccess
    from openipt.records.actions.transfer import import_episode
    from openipt.records.actors import this_operator
    from openipt.records.models import Role, User
    from openipt.web import clock

    portable = read_episode(args.file, to_keep=True)
    name = args.therapist.strip().lower()
    therapist = User.objects.filter(username=name, role=Role.THERAPIST).first()
    if therapist is None:
        raise NoAccess(f"There is no therapist whose username is '{name}'.")
    episode = import_episode(portable=portable, therapist=therapist, by=this_operator(), at=clock.now())
    print(episode.pk)
    for remark in portable.remarks:
        print(f"note: {remark}", file=sys.stderr)
    return 0


COMMANDS = {
    "export": ("print one whole episode as a file", _export_arguments, _export),
    "import": ("read one whole episode in from a file", _import_arguments, _import),
}
