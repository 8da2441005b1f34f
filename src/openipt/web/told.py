"""One telling in words: what is known of it by its channel, and no more.

"Accepted by the mail server" is no "delivered", "shown" is no "read".
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from openipt.records.models import Channel, Delivery, DeliveryState, Event
from openipt.web.jinja import clock_time, plural, short_day

CHANNEL_WORDS = {
    Channel.APP: "in the app",
    Channel.EMAIL: "by e-mail",
    Channel.WEBHOOK: "by webhook",
}


@dataclass(frozen=True)
class HowTold:
    """One channel: what is known of it. `tone`: done, quiet, attention or danger."""

    channel: str
    state: str
    tone: str


def how_told(row: Delivery, now: datetime) -> HowTold:
    """Accepted by the mail server 14:02; shown 14:05; not accepted yet, tried 3 times ..."""
    state, tone = _state(row, now)
    return HowTold(CHANNEL_WORDS[Channel(row.channel)], state, tone)


def _state(row: Delivery, now: datetime) -> tuple[str, str]:
    match DeliveryState(row.state):
        case DeliveryState.SHOWN:
            return f"shown {_when(row, Event.SHOWN, now)}", "done"
        case DeliveryState.ACKNOWLEDGED:
            return f"taken on {_when(row, Event.ACKNOWLEDGED, now)}", "done"
        case DeliveryState.ACCEPTED:
            return f"accepted by the mail server {_when(row, Event.ACCEPTED, now)}", "done"
        case DeliveryState.OPENED:
            return f"link opened {_when(row, Event.OPENED, now)}", "done"
        case DeliveryState.ANSWERED:
            return f"answered {row.code} {_when(row, Event.ANSWERED, now)}", "done"
        case DeliveryState.CALLED_OFF:
            return "not sent: no longer needed", "quiet"
        case DeliveryState.GIVEN_UP:
            return f"not sent: given up after {plural(row.attempts, 'try', 'tries')}{_said(row)}", "danger"
        case DeliveryState.SENDING:
            return "being sent", "quiet"
        case _ if row.channel == Channel.APP:
            return "not shown yet", "quiet"
        case _ if row.attempts:
            tried = plural(row.attempts, "time")
            return (
                f"not sent yet, tried {tried}{_said(row)}, again {moment_told(row.next_at, now)}",
                "attention",
            )
        case _:
            return "waits to be sent", "quiet"


@dataclass(frozen=True)
class KnownOf:
    """One telling as a line of a table: what is known of it, how often it was tried, when something last happened."""

    state: str
    tries: str
    last: str


KNOWN = {
    DeliveryState.SHOWN: "shown",
    DeliveryState.ACKNOWLEDGED: "taken on",
    DeliveryState.ACCEPTED: "accepted by the mail server",
    DeliveryState.OPENED: "link opened",
    DeliveryState.ANSWERED: "answered",
    DeliveryState.CALLED_OFF: "not sent: no longer needed",
    DeliveryState.SENDING: "being sent",
}


def known_of(row: Delivery, now: datetime) -> KnownOf:
    """The same as `how_told`, with its times and tries apart."""
    state = DeliveryState(row.state)
    words = KNOWN.get(state, "waits to be sent")
    if state is DeliveryState.ANSWERED:
        words = f"answered {row.code}"
    elif state is DeliveryState.GIVEN_UP:
        words = f"not sent: given up{_said(row)}"
    elif state is DeliveryState.WAITING and row.channel == Channel.APP:
        words = "not shown yet"
    elif state is DeliveryState.WAITING and row.attempts:
        words = f"not sent yet{_said(row)}, again {moment_told(row.next_at, now)}"
    at = [event.at for event in row.events.all()]
    tries = "" if row.channel == Channel.APP else str(row.attempts)
    return KnownOf(words, tries, moment_told(max(at), now) if at else "")


def _said(row: Delivery) -> str:
    """What the other side answered last, where it answered."""
    if row.code is not None:
        return f" (answer {row.code})"
    words = {"timeout": " (no answer in time)", "no-address": " (no address)", "too-late": " (too late)"}
    whys = [event.why for event in row.events.all() if event.why]
    return words.get(whys[-1], " (no answer)") if whys else ""


def _when(row: Delivery, event: Event, now: datetime) -> str:
    found = [one.at for one in row.events.all() if one.event == event]
    return moment_told(found[-1], now) if found else ""


def moment_told(at: datetime | None, now: datetime) -> str:
    if at is None:
        return ""
    return clock_time(at) if short_day(at) == short_day(now) else f"{short_day(at)}, {clock_time(at)}"
