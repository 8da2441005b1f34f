"""Hours of the demo's days, by the clock of the service."""

from __future__ import annotations

from datetime import date, datetime, time

from django.utils import timezone


def moment(on: date, hour: time) -> datetime:
    """That hour of that day, by the service's clock."""
    return timezone.make_aware(datetime.combine(on, hour))
