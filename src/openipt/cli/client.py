"""Erases a client for good."""

from __future__ import annotations

import argparse

from openipt.cli import django_setup

help = "erase a client's record"


def _erase_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("id", help="the client's id")
    parser.add_argument("--yes", action="store_true", help="do it; without this, only say what would happen")


def _erase(args: argparse.Namespace) -> int:
    """Destroy a client's key: no word of the record can be read again, here or in any copy made from now on.

    There is no way back. Copies of the database made before still hold the wrapped key: let them expire
    (docs/how-to/back-up.md).
    """
    django_setup.setup()
    from django.core.exceptions import ValidationError

    from openipt.errors import NoAccess
    from openipt.records.actions import clients
    from openipt.records.actors import this_operator
    from openipt.records.models import Client
    from openipt.web import clock

    try:
        client = Client.objects.filter(pk=args.id).first()
    except ValidationError:
        client = None
    if client is None:
        raise NoAccess("There is no client with this id.")
    if not args.yes:
        print("client: every word of this client would become unreadable for good. Add --yes to do it.")
        return 1
    clients.erase_client(client=client, by=this_operator(), at=clock.now())
    print("client: erased. Copies of the database made before still hold the wrapped key: let them expire.")
    return 0


COMMANDS = {"erase": ("destroy a client's key, and with it every word", _erase_arguments, _erase)}
