"""The stamp in the form for asking: which page it is and since when it is open, signed by this service.

A form sent faster than anybody reads, or so late that its page has gone stale, is not refused: the words stay and
a press sends them again. One page opens one enquiry, by the id in its stamp.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID, uuid4

from django.core import signing

SALT = "openipt.asking"
# Project defaults (DEFAULT): nobody reads the page in less, and a page left open overnight is asked about.
FASTEST = timedelta(seconds=3)
OLDEST = timedelta(hours=12)


class Verdict(StrEnum):
    GOOD = "good"
    TOO_FAST = "too_fast"
    TOO_OLD = "too_old"
    NOT_OURS = "not_ours"


@dataclass(frozen=True)
class Stamp:
    """A page that was opened, and when."""

    form: UUID
    opened_at: datetime

    def __str__(self) -> str:
        return signing.dumps([self.form.hex, self.opened_at.isoformat()], salt=SALT)

    def verdict(self, now: datetime) -> Verdict:
        open_for = now - self.opened_at
        if open_for < FASTEST:
            return Verdict.TOO_FAST
        return Verdict.TOO_OLD if open_for > OLDEST else Verdict.GOOD


def fresh(now: datetime) -> Stamp:
    return Stamp(uuid4(), now)


def read(text: str) -> Stamp | None:
    """The stamp, if this service wrote it."""
    try:
        form, opened_at = signing.loads(text, salt=SALT)
        return Stamp(UUID(form), datetime.fromisoformat(opened_at))
    except (signing.BadSignature, ValueError, TypeError):
        return None


def for_another_try(text: str, verdict: Verdict, now: datetime) -> Stamp:
    """The stamp of the same words shown again: too fast keeps its own, so that reading on is enough."""
    known = read(text)
    if known is not None and verdict is not Verdict.TOO_OLD:
        return known
    return Stamp(uuid4(), now - FASTEST) if known is not None else fresh(now)
