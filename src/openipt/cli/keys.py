"""The service keys: which there are, and a new one under which every client's key is wrapped anew."""

from __future__ import annotations

import argparse

from openipt.cli import django_setup

help = "look after the service keys"


def _rotate_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--rewrap-only",
        action="store_true",
        help="make no new key: only wrap every client's key under the current one",
    )


def _rotate(args: argparse.Namespace) -> int:
    """Make a new service key and wrap every client's key anew. Run again, it goes on where it was.

    Keep a copy of keys/service.keys apart from the database.
    """
    django_setup.setup()
    from openipt.records.actions import rotation
    from openipt.records.actors import this_operator
    from openipt.web import clock

    if not args.rewrap_only:
        print(f"keys: made the service key {rotation.add_key(by=this_operator(), at=clock.now())}.")
    count = rotation.rewrap_all(by=this_operator(), at=clock.now())
    print(f"keys: wrapped {count} keys anew. Keep a copy of keys/service.keys apart from the database.")
    return 0


def _list_arguments(parser: argparse.ArgumentParser) -> None:
    return None


def _list(args: argparse.Namespace) -> int:
    """Print the ids of the service keys and how many keys each one wraps."""
    django_setup.setup()
    from openipt.records import keys
    from openipt.records.models import ClientKey

    ring = keys.service_ring()
    for key_id, _ in ring.keys:
        count = ClientKey.objects.filter(service_key_id=key_id, destroyed_at=None).count()
        mark = ", current" if key_id == ring.current[0] else ""
        print(f"{key_id}: wraps {count} clients' keys{mark}")
    return 0


COMMANDS = {
    "rotate": ("make a new service key and rewrap every client's key", _rotate_arguments, _rotate),
    "list": ("print the ids of the service keys", _list_arguments, _list),
}
