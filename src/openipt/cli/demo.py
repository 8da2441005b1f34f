"""The demo: a small service with invented people, to look around in."""

from __future__ import annotations

import argparse

from openipt.cli import django_setup

help = "lay the demo, or start it over"


def _no_arguments(parser: argparse.ArgumentParser) -> None:
    """Neither part takes any."""


def _load(args: argparse.Namespace) -> int:
    """Lay the demo where there is none. What was typed into one that is there stays."""
    django_setup.setup()
    from openipt.records import demo
    from openipt.web import clock

    if demo.load(clock.now()):
        print("The demo is laid: its dates count from today.")
    else:
        print("The demo is there already, with what was typed into it. `openipt demo reset` starts over.")
    return 0


def _reset(args: argparse.Namespace) -> int:
    """Empty the demo's database and lay the demo anew, its dates counted from today."""
    django_setup.setup()
    from openipt.records import demo
    from openipt.web import clock

    demo.reset(clock.now())
    print("The demo starts over: its dates count from today.")
    return 0


COMMANDS = {
    "load": ("lay the demo where there is none", _no_arguments, _load),
    "reset": ("empty the demo and lay it anew", _no_arguments, _reset),
}


def welcome(address: str) -> str:
    """Who can sign in, and what to see in five minutes. Nothing where no demo is laid."""
    from openipt.records import demo

    if not demo.is_laid():
        return ""
    service = demo.service()
    staff = [f"  {person.username:<14}{person.role:<15}{person.shown}" for person in service.people]
    clients = [f"  {episode.login:<14}{'client':<15}{episode.shown}" for episode in service.episodes]
    therapist = service.people[0]
    alerted = next(episode for episode in service.episodes if episode.file == "gr-missed-call.json")
    waiting = next(episode for episode in service.episodes if episode.file == "rd-silent-house.json")
    return "\n".join(
        [
            "This is a demo: every person in it is invented, every phone number reserved for fiction.",
            "",
            f"Staff sign in at {address}login/ and clients at {address}me/login/ (both at once in one browser).",
            f"One password for all: {service.password}",
            "",
            *staff,
            *clients,
            "",
            "Five minutes:",
            f"  1. As {therapist.username}: Today shows three sessions, and an alert of last night. Open it.",
            "  2. Open the first session and begin it: the guide on the left, the note on the right.",
            f"  3. As {waiting.login}, on a phone or beside it: answer the check-in. It is with the therapist at once.",
            f"  4. As {alerted.login}: Help now, My line; nothing else of the record.",
            "  5. As ruth.okafor: who is not on track and why; as lena.marsh: an overdue alert without its words.",
        ]
    )
