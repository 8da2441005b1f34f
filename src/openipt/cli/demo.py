"""The demo: a small service with invented people, to look around in."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from openipt.cli import django_setup

if TYPE_CHECKING:
    from openipt.records.demo import ToWrite

help = "lay the demo, or start it over"


def _no_arguments(parser: argparse.ArgumentParser) -> None:
    """Neither part takes any."""


def _load(args: argparse.Namespace) -> int:
    """Lay the demo where there is none. Where it lies already, what was typed into it stays.

    A small service with invented people, written by the product's own actions from the files under content/demo, its
    dates counted from the day of loading. It takes some ten seconds. `make run` does this. A live service refuses.
    """
    django_setup.setup()
    from openipt.records import demo
    from openipt.web import clock

    if demo.load(clock.now()):
        print("The demo is laid: its dates count from today.")
    else:
        print("The demo is there already, with what was typed into it. `openipt demo reset` starts over.")
    return 0


def _reset(args: argparse.Namespace) -> int:
    """Empty the demo's database and lay the demo anew, its dates counted from today.

    Refused on a live service, and where the database holds logins that no demo made.
    """
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
    from openipt.web import clock

    if not demo.is_laid():
        return ""
    service = demo.service()
    staff = [_login(person.username, person.role, person.shown) for person in service.people]
    clients = [_login(episode.login, "client", episode.shown) for episode in service.episodes]
    steps = [*_write_a_session(demo.session_to_write(clock.now())), *LOOK_AROUND]
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
            *(f"  {number}. {step}" for number, step in enumerate(steps, start=1)),
        ]
    )


LOOK_AROUND = (
    "As ruth.okafor, under “Who wants a look, and why”: at Nadia Verhoef open “See why, and what was decided”.",
    "As lena.marsh: late alerts with their clocks and no words, “Waits”, and under “Audit” press “Check now”.",
)
OVER = "No session is left to write today. `make demo-reset` lays the demo anew, with sessions today."


def _login(username: str, role: str, shown: str) -> str:
    return f"  {username:<14}{role:<15}{shown}"


def _write_a_session(found: ToWrite | None) -> list[str]:
    """The session of today from its beginning to what the client sees of it."""
    if found is None:
        return [OVER]
    return [
        f"Sign in as {found.therapist}. At {found.at}, {found.client}, session {found.number}: press “Begin”.",
        "Under “Step for the week” write a small thing to try; under “In your own words” two sentences.",
        f"Press “Sign session {found.number}”. Then “Today”: the alert at the side wants you as well.",
        f"As {found.login}, who is {found.client}: your step is there. Press “How did it go?” and answer.",
    ]
