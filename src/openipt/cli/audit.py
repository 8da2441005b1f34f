"""Checks that nothing in the audit was changed, removed or cut off."""

from __future__ import annotations

import argparse

from openipt.cli import django_setup

help = "check the audit chains"


def _verify_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--quiet", action="store_true", help="print nothing unless something is broken")


def _verify(args: argparse.Namespace) -> int:
    """Walk every chain of the audit and compare its ends with the anchor file in OPENIPT_HOME.

    Names the first broken place of each chain that is not whole, and ends with 1.
    """
    django_setup.setup()
    from openipt.records import audit
    from openipt.records.actors import this_operator
    from openipt.web import clock

    found = audit.verify()
    if found:
        audit.compact_anchor()
    audit.record_read(by=this_operator(), at=clock.now(), act="audit-verified")
    if not args.quiet or not found:
        print(f"audit: {found.events} events in {found.chains} chains.")
    for fault in found.faults:
        print(f"broken: {fault}")
    if found and not args.quiet:
        print("audit: every chain is whole and reaches its anchor.")
    return 0 if found else 1


COMMANDS = {"verify": ("check every chain and the anchor file", _verify_arguments, _verify)}
