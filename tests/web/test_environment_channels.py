"""Settings of the channels: off until named, refused with a remedy where they would do harm."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from openipt.errors import SettingError
from openipt.web import environment

MAIL = {"OPENIPT_MAIL_URL": "smtp://mail.example.org", "OPENIPT_MAIL_FROM": "service@example.org"}
HOOK = {"OPENIPT_WEBHOOK_URL": "https://example.org/hook?x=1", "OPENIPT_WEBHOOK_SECRET": "s" * 16}
LIVE = {"OPENIPT_MODE": "live", "OPENIPT_HOSTS": "ipt.example.org,other.example.org"}


def channels(values: dict[str, str]) -> Any:
    return environment.read(values).channels


def test_every_channel_is_off_until_it_is_named() -> None:
    found = environment.read({})
    assert (found.channels.mail, found.channels.webhook, found.worker) == (None, None, True)
    assert found.channels.times.openings == ()
    assert found.channels.call_tree_step == timedelta(minutes=30)
    assert environment.read({"OPENIPT_WORKER": "0"}).worker is False


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://mail.example.org", ("mail.example.org", 587, "starttls")),
        ("smtp://mail.example.org:25?tls=none", ("mail.example.org", 25, "none")),
        ("smtps://mail.example.org", ("mail.example.org", 465, "implicit")),
        ("smtp://localhost:1025", ("localhost", 1025, "none")),
        ("smtp://localhost:1025?tls=starttls", ("localhost", 1025, "starttls")),
    ],
)
def test_a_mail_server(url: str, expected: tuple[str, int, str]) -> None:
    mail = channels(MAIL | {"OPENIPT_MAIL_URL": url}).mail
    assert (mail.host, mail.port, mail.tls) == expected


def test_a_login_at_the_mail_server_may_hold_any_letter_and_is_not_printed() -> None:
    mail = channels(MAIL | {"OPENIPT_MAIL_URL": "smtp://me%40x:p%2Fw@mail.example.org"}).mail
    assert (mail.username, mail.password) == ("me@x", "p/w")
    assert "p/w" not in repr(mail)


def test_a_webhook() -> None:
    hook = channels(HOOK).webhook
    assert (hook.host, hook.port, hook.path, hook.https) == ("example.org", 443, "/hook?x=1", True)
    assert "ssss" not in repr(hook)


def test_service_times_stand_in_the_services_own_zone() -> None:
    times = channels({"OPENIPT_SERVICE_TIMES": "mon-fri 09:00-17:00", "OPENIPT_TIME_ZONE": "Europe/Dublin"})
    assert times.times.in_words == "Monday to Friday, 9:00 to 17:00"
    assert str(times.times.zone) == "Europe/Dublin"


def test_links_lead_to_where_the_service_is_found() -> None:
    assert channels({}).address == "http://localhost:8000"
    assert channels({"PORT": "8055"}).address == "http://localhost:8055"
    assert channels(LIVE).address == "https://ipt.example.org"
    assert channels({"OPENIPT_ADDRESS": "https://other.example.org/"}).address == "https://other.example.org"


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({**MAIL, "OPENIPT_MAIL_URL": "mail.example.org"}, "OPENIPT_MAIL_URL is no mail server"),
        ({**MAIL, "OPENIPT_MAIL_URL": "smtp://mail.example.org:99999"}, "names no port"),
        ({**MAIL, "OPENIPT_MAIL_URL": "smtp://mail.example.org?tls=maybe"}, "says tls=maybe"),
        ({**MAIL, "OPENIPT_MAIL_URL": "smtp://u:p@mail.example.org?tls=none"}, "password in the clear"),
        ({**MAIL, "OPENIPT_MAIL_FROM": ""}, "OPENIPT_MAIL_FROM is not set"),
        ({**MAIL, "OPENIPT_MAIL_FROM": "a@b\nBcc: c@d"}, "OPENIPT_MAIL_FROM is not set"),
        ({**HOOK, "OPENIPT_WEBHOOK_SECRET": ""}, "OPENIPT_WEBHOOK_SECRET needs 16"),
        ({**HOOK, "OPENIPT_WEBHOOK_SECRET": "short"}, "OPENIPT_WEBHOOK_SECRET needs 16"),
        ({**HOOK, "OPENIPT_WEBHOOK_URL": "ftp://example.org"}, "OPENIPT_WEBHOOK_URL is no web address"),
        ({**HOOK, "OPENIPT_WEBHOOK_URL": "https://u:p@example.org"}, "holds a password"),
        ({**HOOK, **LIVE, "OPENIPT_WEBHOOK_URL": "http://example.org"}, "would send in the clear"),
        ({"OPENIPT_SERVICE_TIMES": "weekdays"}, "OPENIPT_SERVICE_TIMES: 'weekdays' is no day"),
        ({"OPENIPT_TIME_ZONE": "Mars/Olympus"}, "OPENIPT_TIME_ZONE is 'Mars/Olympus'"),
        ({"OPENIPT_CALL_TREE_MINUTES": "0"}, "OPENIPT_CALL_TREE_MINUTES is '0'"),
        ({"OPENIPT_CALL_TREE_MINUTES": "soon"}, "from 1 to 60"),
        ({"OPENIPT_ADDRESS": "ipt.example.org"}, "OPENIPT_ADDRESS is 'ipt.example.org'"),
    ],
)
def test_what_would_do_harm_is_refused_with_a_remedy(values: dict[str, str], said: str) -> None:
    with pytest.raises(SettingError, match=said):
        environment.read(values)
