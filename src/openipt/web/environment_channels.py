"""What the environment says about telling people: mail server, webhook, service times, the call tree.

Every channel is off until it is named, and a channel that would send in the clear is refused unless that
is asked for in words.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from openipt.core.safety.escalation import STEP
from openipt.core.safety.hours import ServiceTimes, read
from openipt.errors import SettingError

LOOPBACK = ("localhost", "127.0.0.1", "::1")
MAIL_EXAMPLE = "smtp://user:password@mail.example.org:587"
SECRET_LETTERS = 16  # of a webhook's secret, at least
_ADDRESS = re.compile(r"[^@\s<>,;]+@[^@\s<>,;]+")


@dataclass(frozen=True)
class MailServer:
    """Where letters are handed in. `tls`: implicit, starttls, or none (only where it was asked for)."""

    host: str
    port: int
    sender: str
    username: str = ""
    password: str = field(default="", repr=False)
    tls: str = "starttls"


@dataclass(frozen=True)
class Webhook:
    """A machine that is told by a signed message."""

    host: str
    port: int
    path: str
    https: bool
    secret: bytes = field(repr=False)


@dataclass(frozen=True)
class Channels:
    """How people are told besides the pages themselves, and when the service is there."""

    mail: MailServer | None = None
    webhook: Webhook | None = None
    times: ServiceTimes = field(default_factory=ServiceTimes)
    call_tree_step: timedelta = STEP
    address: str = ""


def channels(values: Mapping[str, str], *, mode: str, hosts: tuple[str, ...], https: bool) -> Channels:
    """Read and check. Raises `SettingError` naming the variable and the remedy."""
    return Channels(
        mail=_mail(values.get("OPENIPT_MAIL_URL", ""), values.get("OPENIPT_MAIL_FROM", "")),
        webhook=_webhook(
            values.get("OPENIPT_WEBHOOK_URL", ""), values.get("OPENIPT_WEBHOOK_SECRET", ""), mode
        ),
        times=_times(values.get("OPENIPT_SERVICE_TIMES", ""), values.get("OPENIPT_TIME_ZONE") or "UTC"),
        call_tree_step=_minutes(values.get("OPENIPT_CALL_TREE_MINUTES", "")),
        address=_address(values, hosts, https),
    )


def _mail(url: str, sender: str) -> MailServer | None:
    if not url:
        return None
    parts = urlsplit(url)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise SettingError(f"OPENIPT_MAIL_URL is no mail server. Write it like {MAIL_EXAMPLE}, or unset it.")
    if not _ADDRESS.fullmatch(sender):
        raise SettingError(
            "OPENIPT_MAIL_FROM is not set. Name the address that letters come from, "
            "as in OPENIPT_MAIL_FROM=service@example.org."
        )
    tls = "implicit" if parts.scheme == "smtps" else _tls(parts.query, parts.hostname)
    if parts.username and tls == "none" and parts.hostname not in LOOPBACK:
        raise SettingError("OPENIPT_MAIL_URL would send its password in the clear. Leave tls=none out.")
    return MailServer(
        host=parts.hostname,
        port=_port(parts, "OPENIPT_MAIL_URL") or {"implicit": 465, "starttls": 587, "none": 25}[tls],
        sender=sender,
        username=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        tls=tls,
    )


def _tls(query: str, host: str) -> str:
    asked = parse_qs(query).get("tls", [""])[-1]
    if asked not in ("", "starttls", "none"):
        raise SettingError(f"OPENIPT_MAIL_URL says tls={asked}. Write tls=starttls or tls=none, or leave it.")
    return asked or ("none" if host in LOOPBACK else "starttls")


def _port(parts: SplitResult, name: str) -> int | None:
    try:
        return parts.port
    except ValueError:
        raise SettingError(f"{name} names no port from 1 to 65535.") from None


def _webhook(url: str, secret: str, mode: str) -> Webhook | None:
    if not url:
        return None
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise SettingError(
            "OPENIPT_WEBHOOK_URL is no web address. Write it like https://example.org/hook, or unset it."
        )
    if parts.scheme == "http" and mode == "live" and parts.hostname not in LOOPBACK:
        raise SettingError(
            "OPENIPT_WEBHOOK_URL would send in the clear. A live service needs https:// there."
        )
    if parts.username or parts.password:
        raise SettingError(
            "OPENIPT_WEBHOOK_URL holds a password. The signature is proof enough: leave it out."
        )
    if len(secret) < SECRET_LETTERS:
        raise SettingError(
            f"OPENIPT_WEBHOOK_SECRET needs {SECRET_LETTERS} letters or more: messages are signed with it."
        )
    https = parts.scheme == "https"
    port = _port(parts, "OPENIPT_WEBHOOK_URL") or (443 if https else 80)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Webhook(parts.hostname, port, path, https, secret.encode())


def _times(text: str, zone: str) -> ServiceTimes:
    try:
        return read(text, ZoneInfo(zone))
    except (ZoneInfoNotFoundError, OSError):
        raise SettingError(
            f"OPENIPT_TIME_ZONE is '{zone}'. Name a zone such as Europe/Dublin, or leave it for UTC."
        ) from None
    except ValueError as error:
        raise SettingError(f"OPENIPT_SERVICE_TIMES: {error}.") from None


def _minutes(text: str) -> timedelta:
    if not text:
        return STEP
    if not (text.isascii() and text.isdecimal()) or not 1 <= int(text) <= 60:
        raise SettingError(
            f"OPENIPT_CALL_TREE_MINUTES is '{text}'. Set it to a number from 1 to 60; the project's default is 30."
        )
    return timedelta(minutes=int(text))


def _address(values: Mapping[str, str], hosts: tuple[str, ...], https: bool) -> str:
    """Where the service is found from outside: what links in letters begin with."""
    given = values.get("OPENIPT_ADDRESS", "").strip().rstrip("/")
    if given:
        parts = urlsplit(given)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise SettingError(
                f"OPENIPT_ADDRESS is '{given}'. Write it like https://ipt.example.org, or leave it out."
            )
        return given
    host = hosts[0]
    if host in LOOPBACK or host == "[::1]":
        port = values.get("PORT") or "8000"
        host = f"{host}:{port}"
    return f"{'https' if https else 'http'}://{host}"
