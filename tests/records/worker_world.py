"""A worker at its desk: a clock that a test moves, channels that a test switches on, an alert to tell of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from openipt.core.safety.hours import read
from openipt.records.actions import checkins, tellings
from openipt.records.channels import Message, Outcome, Sender
from openipt.records.models import Alert, Channel, CheckIn, Delivery, Episode, Role, User
from openipt.records.worker import Worker
from openipt.web.environment_channels import Channels, MailServer, Webhook
from tests import factories as make

MAIL = MailServer("mail.example.org", 25, "service@example.org")
HOOK = Webhook("hook.example.org", 443, "/", True, b"sixteen letters here")


@dataclass
class Clock:
    """The service's clock, where a test puts it; and seconds that only go on."""

    at: datetime
    seconds: float = 0.0

    def now(self) -> datetime:
        return self.at

    def tick(self) -> float:
        return self.seconds

    def passes(self, **time: float) -> None:
        """Time passes, for the clock and for the seconds."""
        span = timedelta(**time)
        self.at += span
        self.seconds += span.total_seconds()


@dataclass
class Taken:
    """A channel that keeps what it is given, and answers as told: one answer after the other, the last for good."""

    answers: list[Outcome] = field(default_factory=lambda: [Outcome(True, 250)])
    messages: list[Message] = field(default_factory=list)
    meanwhile: Callable[[], None] = lambda: None

    def __call__(self, message: Message) -> Outcome:
        self.messages.append(message)
        self.meanwhile()
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    @property
    def to(self) -> list[str]:
        return [message.to for message in self.messages]


def switch_on(django_settings: Any, *, times: str = "", **channels: Any) -> None:
    """These channels are on from now. `times`: when the service is there, in its zone."""
    zone = channels.pop("zone", None) or make.START.tzinfo
    made = Channels(
        times=read(times, zone),
        address="https://ipt.example.org",
        **{"mail": MAIL, "webhook": HOOK, **channels},
    )
    django_settings.ENVIRONMENT = replace(settings.ENVIRONMENT, channels=made)


@dataclass
class House:
    """Everybody whom a call tree reaches, and a client in the middle of PHQ-9."""

    episode: Episode
    client: User
    check_in: CheckIn
    therapist: User
    cover: User
    supervisor: User
    lead: User

    def answer(self, value: int, at: datetime) -> Alert:
        given = {"check_in": self.check_in, "measure": "ms_phq9", "item": 9, "by": self.client, "at": at}
        found = checkins.record_answer(**given, value=value)
        assert found is not None
        return found

    @property
    def names(self) -> dict[Any, str]:
        return {
            user.pk: name for name, user in vars(self).items() if isinstance(user, User) and name != "client"
        }


def house(*, covered_days: int = 20) -> House:
    """A therapist with one client, somebody who covers from the first day on, a supervisor, a service lead."""
    episode, _ = make.active_episode()
    therapist = episode.therapist
    client = make.client_login(episode)
    found = House(
        episode=episode,
        client=client,
        check_in=checkins.open_checkin(episode=episode, measures=["ms_phq9"], by=client, at=make.at_day()),
        therapist=therapist,
        cover=make.covered(therapist, 0, covered_days),
        supervisor=make.supervised(therapist),
        lead=make.staff(Role.MANAGER),
    )
    for user in (found.therapist, found.cover, found.supervisor, found.lead):
        tellings.set_alert_email(user=user, address=f"{user.username}@example.org", by=user, at=make.START)
        user.refresh_from_db()
    return found


def worker(clock: Clock, channels: Mapping[Channel, Sender] | None = None, holder: str = "one") -> Worker:
    return Worker(
        now=clock.now, tick=clock.tick, holder=holder, channels=channels or {}, in_line=True, gentle=False
    )


def settle(*workers: Worker, most: int = 60) -> None:
    """Turn after turn until nothing is left that is due now."""
    for _ in range(most):
        turns = [one.turn() for one in workers]
        if not any(turns):
            return
    raise AssertionError("the worker does not come to rest")


def told(alert: Alert, of: House) -> set[tuple[str, str, str]]:
    """(who, by which channel, why) of every telling of this alert."""
    rows = Delivery.objects.filter(alert=alert)
    return {(of.names.get(row.recipient_id, "machine"), row.channel, row.reason) for row in rows}
