"""Those who asked for help: who waits, without a word of theirs; and wiping what one of them wrote."""

from __future__ import annotations

import argparse
import json

from openipt.cli import django_setup

help = "list who asked for help and waits, or wipe one of them"


def _list_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--late", action="store_true", help="only those for whom something is late")
    parser.add_argument("--json", action="store_true", help="print JSON, with the whole id of each")


def _list(args: argparse.Namespace) -> int:
    """Print who asked for help and waits, the longest first: reference, day, waiting days, tries, what is late.

    No name and no word. Ends with 1 where something is late, so that a timer can tell of it.
    """
    django_setup.setup()
    from django.conf import settings

    from openipt.core.course.enquiry import late, waiting_days
    from openipt.records import audit
    from openipt.records.actors import this_operator
    from openipt.records.queries import enquiries
    from openipt.web import clock

    on, targets, operator = clock.today(), settings.ENVIRONMENT.asking.targets, this_operator()
    waits = [(wait, late(wait.known, on, targets)) for wait in enquiries.waits(operator, on)]
    audit.record_read(by=operator, at=clock.now(), act="enquiries-counted", ids=[w.id for w, _ in waits])
    shown = [
        {
            "id": str(wait.id),
            "reference": wait.reference,
            "asked_on": wait.known.asked_on.isoformat(),
            "waiting_days": waiting_days(wait.known, on),
            "tries": wait.known.tries,
            "reached": wait.known.reached,
            "late": [kind.value for kind in kinds],
        }
        for wait, kinds in waits
        if kinds or not args.late
    ]
    lines = "\n".join(_line(one) for one in shown) or "nobody waits"
    print(json.dumps(shown, indent=1) if args.json else lines)
    return 1 if any(kinds for _, kinds in waits) else 0


def _line(one: dict) -> str:
    late = f"  late: {', '.join(one['late'])}" if one["late"] else ""
    return (
        f"{one['reference']}  asked {one['asked_on']}  waits {one['waiting_days']} days  "
        f"tried {one['tries']}, reached {one['reached']}{late}"
    )


def _wipe_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("reference", help="the reference on the receipt")
    parser.add_argument("--yes", action="store_true", help="do it; without this, only say what would happen")


def _wipe(args: argparse.Namespace) -> int:
    """Destroy the key of who asked, and with it every word of the enquiry, by the reference on the receipt.

    Not once a therapist has the client (docs/how-to/intake.md).
    """
    django_setup.setup()
    from openipt.errors import NoAccess, NotAllowedNow
    from openipt.records.actions import clients
    from openipt.records.actors import this_operator
    from openipt.records.queries import enquiries
    from openipt.web import clock

    found = enquiries.of_reference(this_operator(), args.reference, clock.today())
    if found is None:
        raise NoAccess("There is no enquiry with this reference, or it was wiped already.")
    if found.episode_id is not None:
        raise NotAllowedNow(("A therapist has this client. See `openipt client erase`.",))
    if not args.yes:
        print("enquiry: every word of it would become unreadable for good. Add --yes to do it.")
        return 1
    clients.erase_client(client=found.client, by=this_operator(), at=clock.now())
    print("enquiry: wiped.")
    return 0


COMMANDS = {
    "list": ("list who waits, without a word", _list_arguments, _list),
    "wipe": ("destroy every word of one enquiry", _wipe_arguments, _wipe),
}
