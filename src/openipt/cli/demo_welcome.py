"""What the demo tells a person who has just started it: the logins and a path of five minutes."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec


def words(address: str) -> str:
    """The demo's own words, from `openipt.cli.demo.welcome(address)`; nothing on a live service."""
    from django.conf import settings

    if settings.ENVIRONMENT.is_live or find_spec("openipt.cli.demo") is None:
        return ""
    return str(import_module("openipt.cli.demo").welcome(address))
