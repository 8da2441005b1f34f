"""Starts Django for the commands that need the database, and only for those."""

from __future__ import annotations

import os


def setup() -> None:
    """Read the settings and load the models. Safe to call twice.

    The home and what is written into it are its owner's alone: dates and scores lie clear in it.
    """
    os.umask(0o077)
    from openipt.web import environment

    environment.read().home.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "openipt.web.settings")
    import django

    django.setup()
