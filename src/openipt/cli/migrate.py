"""Brings the database up to date. Safe to run at every start."""

from __future__ import annotations

import argparse

from openipt.cli import django_setup

help = "create the database or bring it up to date"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--check", action="store_true", help="only say whether a change is waiting (exit 1)")


def run(args: argparse.Namespace) -> int:
    """Apply the migrations that are waiting, or with --check only look for them."""
    django_setup.setup()
    from django.core.management import call_command

    if args.check:
        return _say(waiting_migrations())
    call_command("migrate", interactive=False, verbosity=0)
    print("openipt: the database is up to date.")
    return 0


def _say(waiting: list[str]) -> int:
    for name in waiting:
        print(f"waiting: {name}")
    return 1 if waiting else 0


def waiting_migrations() -> list[str]:
    """The migrations that the database has not seen yet."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    connection.close()
    return [f"{migration.app_label} {migration.name}" for migration, _ in plan]
