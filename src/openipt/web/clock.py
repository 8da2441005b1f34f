"""The one clock of the web and the command line. Tests and demos set it; a live service cannot."""

from __future__ import annotations

from datetime import date, datetime

from django.conf import settings
from django.utils import timezone

from openipt.web.environment import read_moment


def now() -> datetime:
    """This moment, with its time zone; or the moment OPENIPT_CLOCK or the file of OPENIPT_CLOCK_FILE tells.

    The file is read anew each time, so that weeks can pass while a service runs.
    """
    told = settings.ENVIRONMENT.clock_file
    if told is not None:
        return read_moment(told.read_text(), "OPENIPT_CLOCK_FILE")
    return settings.ENVIRONMENT.clock or timezone.now()


def today() -> date:
    """Today in the service's time zone."""
    return now().astimezone(timezone.get_default_timezone()).date()
