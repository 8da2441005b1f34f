"""Letters and signed messages: what is sent, what can be known of it, and that nothing hangs."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import timedelta

import pytest

from openipt.records.channels import Kind, Message, Outcome
from openipt.records.channels.mail import Mail, letter
from openipt.records.channels.webhook import WebhookSender
from openipt.web.environment_channels import MailServer, Webhook
from tests import factories as make
from tests.outside import Machine, closed_port, machine, mail_server

ADDRESS = "https://ipt.example.org"
SECRET = b"a secret of sixteen letters"


def message(kind: Kind = Kind.LOOK_NOW, **more: str) -> Message:
    given = {"to": "mira@example.org", "round": "1.raised", "about": "alert-id", **more}
    return Message(id="d-1", kind=kind, at=make.at_day(), sent_at=make.at_day(0, 1), **given)


def mail(port: int, **more: float) -> Mail:
    return Mail(MailServer("127.0.0.1", port, "service@example.org", tls="none"), ADDRESS, **more)


def hook(to: Machine, path: str = "/hook", **more: float) -> WebhookSender:
    return WebhookSender(Webhook("127.0.0.1", to.port, path, False, SECRET), **more)


# -- letters -------------------------------------------------------------------------------------------


def test_a_letter_is_taken_by_the_mail_server() -> None:
    with mail_server() as server:
        assert mail(server.port)(message()) == Outcome(True, 250)
    (taken,) = server.letters
    assert server.recipients == ["mira@example.org"]
    assert taken["From"] == "service@example.org"
    assert taken["Message-ID"] == "<d-1@ipt.example.org>"
    assert "https://ipt.example.org/letters/d-1/" in taken.get_content()


@pytest.mark.parametrize("kind", list(Kind))
def test_a_letter_names_nobody_and_nothing_and_reports_nothing_back(kind: Kind) -> None:
    made = letter(message(kind), "service@example.org", ADDRESS)
    text = f"{made['Subject']}\n{made.get_content()}".lower()
    for word in ("alert", "client", "risk", "safety", "suicid", "phq", "therap", "crisis", "depress", "ipt "):
        assert word not in text.replace(ADDRESS, "")
    assert made.get_content_type() == "text/plain"
    assert not made.is_multipart()
    assert "<" not in text and "alert-id" not in str(made)


def test_the_same_telling_makes_the_same_letter_at_every_attempt() -> None:
    later = Message(**{**message().__dict__, "sent_at": make.at_day(3)})
    made = [str(letter(one, "service@example.org", ADDRESS)) for one in (message(), later)]
    assert made[0] == made[1]


def test_an_address_cannot_smuggle_in_a_header() -> None:
    with mail_server() as server:
        outcome = mail(server.port)(message(to="a@example.org\nBcc: b@example.org"))
    assert not outcome.ok
    assert server.letters == []


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({"rcpt": "550 nobody of that name"}, Outcome(False, 550, "refused", for_good=True)),
        ({"rcpt": "451 try later"}, Outcome(False, 451, "refused")),
        ({"data": "554 no"}, Outcome(False, 554, "refused")),
        ({"sent": "452 full"}, Outcome(False, 452, "refused")),
        ({"connect": "421 busy"}, Outcome(False, 421, "refused")),
        ({"mail": ""}, Outcome(False, None, "no-answer")),
    ],
)
def test_what_the_mail_server_answers_is_known(answers: dict[str, str], expected: Outcome) -> None:
    with mail_server() as server:
        server.answers = answers
        assert mail(server.port)(message()) == expected


def test_without_an_address_nothing_is_sent() -> None:
    assert mail(closed_port())(message(to="")) == Outcome(False, None, "no-address", for_good=True)


def test_a_mail_server_that_is_down_or_silent_is_let_go() -> None:
    assert mail(closed_port())(message()).why == "refused"
    with mail_server() as server:
        server.hangs_at = "connect"
        assert mail(server.port, timeout=0.2)(message()) == Outcome(False, None, "timeout")


def test_a_mail_server_that_answers_drop_by_drop_is_let_go() -> None:
    with mail_server() as server:
        server.drips = True
        assert not mail(server.port, timeout=5, total=0.3)(message()).ok


def test_a_password_is_never_sent_in_the_clear() -> None:
    """The server offers no STARTTLS: the conversation ends before the letter."""
    server_setting = MailServer("127.0.0.1", 0, "service@example.org", "user", "password", tls="starttls")
    with mail_server() as server:
        sender = Mail(MailServer(**{**server_setting.__dict__, "port": server.port}), ADDRESS)
        assert not sender(message()).ok
    assert server.letters == []
    assert "password" not in repr(server_setting)


# -- signed messages -------------------------------------------------------------------------------------


def test_a_machine_is_told_in_ids_and_codes_and_can_check_who_speaks() -> None:
    with machine() as told:
        assert hook(told)(message()) == Outcome(True, 200)
    ((headers, body),) = told.calls
    said = json.loads(body)
    assert said == {
        "id": "d-1",
        "event": "alert",
        "urgency": "now",
        "alert": "alert-id",
        "round": "1.raised",
        "at": make.at_day().isoformat(),
    }
    assert headers["Idempotency-Key"] == "d-1"
    seconds, given = (part.split("=")[1] for part in headers["OpenIPT-Signature"].split(","))
    assert int(seconds) == int(make.at_day(0, 1).timestamp())
    assert given == hmac.new(SECRET, f"{seconds}.".encode() + body, hashlib.sha256).hexdigest()
    assert b"mira" not in body


@pytest.mark.parametrize("code", [199 + 1, 204, 299])
def test_any_yes_is_a_yes(code: int) -> None:
    with machine() as told:
        told.code = code
        assert hook(told)(message()) == Outcome(True, code)


@pytest.mark.parametrize("code", [301, 302, 307, 400, 410, 500, 503])
def test_any_other_answer_is_tried_again_and_no_redirect_is_followed(code: int) -> None:
    with machine() as other, machine() as told:
        told.code, told.location = code, f"http://127.0.0.1:{other.port}/elsewhere"
        assert hook(told)(message()) == Outcome(False, code, "answer")
    assert len(told.calls) == 1
    assert other.calls == []


def test_a_machine_that_hangs_is_let_go() -> None:
    with machine() as told:
        told.hangs = True
        assert hook(told, timeout=0.2)(message()) == Outcome(False, None, "timeout")
        assert not hook(told, timeout=9, total=0.2)(message()).ok


def test_a_machine_that_is_not_there() -> None:
    with machine() as told:
        pass
    assert hook(told)(message()) == Outcome(False, None, "refused")


def test_the_moment_of_the_letter_is_when_it_was_made_and_not_when_it_was_tried() -> None:
    made = letter(message(), "service@example.org", ADDRESS)
    assert made["Date"].datetime == make.at_day()
    assert message().sent_at - message().at == timedelta(hours=1)
