"""Logins of staff from the command line: how a new service gets its first administrator."""

from __future__ import annotations

import argparse
import getpass
import sys

from openipt.cli import django_setup
from openipt.errors import EntryNotValid, FieldFault, NoAccess

help = "add a staff login, or set its password"

ROLES = ("therapist", "supervisor", "manager", "administrator")


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("username", help="how the person signs in")
    parser.add_argument("--role", required=True, choices=ROLES, help="what the person is in the service")
    parser.add_argument("--name", default="", help="how others see the person")


def _add(args: argparse.Namespace) -> int:
    """Add a login of the staff.

    Its password is asked for, or read from standard input where there is no terminal. So a new service gets its
    first administrator.
    """
    django_setup.setup()
    from openipt.records.actions.accounts import create_user
    from openipt.records.actors import this_operator
    from openipt.web import clock

    user = create_user(
        username=args.username,
        role=args.role,
        display_name=args.name,
        password=_asked_password(),
        by=this_operator(),
        at=clock.now(),
    )
    print(f"account: {user.username} may sign in as {args.role}.")
    return 0


def _password_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("username", help="whose password it is")


def _password(args: argparse.Namespace) -> int:
    """Set the password of a login. It is asked for, or read from standard input where there is no terminal."""
    django_setup.setup()
    from openipt.records.actions.accounts import set_password
    from openipt.records.actors import this_operator
    from openipt.records.models import User
    from openipt.web import clock

    user = User.objects.filter(username=args.username.strip().lower()).first()
    if user is None:
        raise NoAccess("There is no login of that name.")
    set_password(user=user, password=_asked_password(), by=this_operator(), at=clock.now())
    print(f"account: the password of {user.username} is set.")
    return 0


def _asked_password() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n") or _refuse("Give the password on standard input.")
    first = getpass.getpass("Password (12 characters or more): ")
    if first != getpass.getpass("The same once more: "):
        return _refuse("The two passwords differ.")
    return first or _refuse("Give a password.")


def _refuse(message: str) -> str:
    raise EntryNotValid((FieldFault("password", message),))


COMMANDS = {
    "add": ("add a staff login", _add_arguments, _add),
    "password": ("set the password of a login", _password_arguments, _password),
}
