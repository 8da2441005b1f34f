"""Starts Django for the commands that need the database, and only for those."""

from __future__ import annotations

import os


def setup() -> None:
    """Read the settings and load the models. Safe to call twice."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "openipt.web.settings")
    import django

    django.setup()
