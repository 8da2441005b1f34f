"""The one clock of the web and the command line. Tests and demos set it; a live service cannot."""

from __future__ import annotations

from datetime import date, datetime

from django.conf import settings
from django.utils import timezone


def now() -> datetime:
    """This moment, with its time zone; or the moment OPENIPT_CLOCK stands at."""
    return settings.ENVIRONMENT.clock or timezone.now()


def today() -> date:
    """Today in the service's time zone."""
    return timezone.localtime(now()).date()
