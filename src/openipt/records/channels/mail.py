"""A letter: that something waits, and where to sign in. What is known is that the mail server took it.

No picture that reports back, no name, no reason. The link leads to the sign-in and names the letter by
its random id; that it was opened is noted when its own recipient has signed in.
"""

from __future__ import annotations

import smtplib
import ssl
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlsplit

from openipt.records.channels import DEADLINE, TIMEOUT, Kind, Message, Outcome, deadline, why_not

SUBJECTS = {
    Kind.LOOK_NOW: "Please sign in now",
    Kind.LOOK_TODAY: "Please sign in today",
    Kind.LOOK_THIS_WEEK: "Please sign in",
    Kind.TRIAL: "A trial message",
    Kind.REMINDER: "My notes",
}
WORDS = {
    Kind.LOOK_NOW: "Something waits for you that should be seen now.",
    Kind.LOOK_TODAY: "Something waits for you that should be seen today.",
    Kind.LOOK_THIS_WEEK: "Something waits for you.",
    Kind.TRIAL: "You asked for this message, to see that it arrives. Open the link to confirm it.",
    Kind.REMINDER: "There is something new for you in your pages.",
}
STAFF_END = "This message says nothing about anybody. Its link asks you to sign in, and works once."
CLIENT_END = "You asked for this message. To end them, sign in and switch them off."


class Mail:
    """Hands letters to one mail server, each in a conversation of its own."""

    def __init__(
        self, server: Any, address: str, *, timeout: float = TIMEOUT, total: float = DEADLINE
    ) -> None:
        self.server, self.address, self.timeout, self.total = server, address, timeout, total

    def __call__(self, message: Message) -> Outcome:
        if not message.to:
            return Outcome(False, None, "no-address", for_good=True)
        try:
            return self._send(letter(message, self.server.sender, self.address))
        except smtplib.SMTPRecipientsRefused as error:
            code = next(iter(error.recipients.values()))[0]
            return Outcome(False, code, "refused", for_good=500 <= code < 600)
        except smtplib.SMTPResponseException as error:
            return Outcome(False, error.smtp_code, "refused")
        except (smtplib.SMTPException, OSError, ValueError) as error:
            return Outcome(False, None, why_not(error))

    def _send(self, made: EmailMessage) -> Outcome:
        kind = smtplib.SMTP_SSL if self.server.tls == "implicit" else smtplib.SMTP
        more: dict[str, Any] = {"context": _context()} if self.server.tls == "implicit" else {}
        host = urlsplit(self.address).hostname or "localhost"
        connection = kind(timeout=self.timeout, local_hostname=host, **more)
        with deadline(connection, self.total):
            try:
                connection._host = self.server.host  # type: ignore[union-attr]  (what TLS checks the name against)
                code, said = connection.connect(self.server.host, self.server.port)
                if code != 220:
                    raise smtplib.SMTPConnectError(code, said)
                if self.server.tls == "starttls":
                    connection.starttls(context=_context())
                if self.server.username:
                    connection.login(self.server.username, self.server.password)
                connection.send_message(made)
            except BaseException:
                connection.close()
                raise
            _part(connection)
        return Outcome(True, 250)


def _context() -> ssl.SSLContext:
    return ssl.create_default_context()


def _part(connection: smtplib.SMTP) -> None:
    """The letter is taken: that the good-bye fails changes nothing."""
    try:
        connection.quit()
    except (smtplib.SMTPException, OSError):
        connection.close()


def letter(message: Message, sender: str, address: str) -> EmailMessage:
    """The whole letter. The same message makes the same letter, whenever it is made."""
    made = EmailMessage()
    made["From"] = Address(addr_spec=sender)
    made["To"] = Address(addr_spec=message.to)
    made["Subject"] = SUBJECTS[message.kind]
    made["Date"] = format_datetime(message.at)
    made["Message-ID"] = f"<{message.id}@{urlsplit(address).hostname or 'localhost'}>"
    made["Auto-Submitted"] = "auto-generated"
    made["X-Auto-Response-Suppress"] = "All"
    end = CLIENT_END if message.kind is Kind.REMINDER else STAFF_END
    link = f"{address}/me/" if message.kind is Kind.REMINDER else f"{address}/letters/{message.id}/"
    made.set_content(f"{WORDS[message.kind]}\n\n{link}\n\n{end}\n", cte="7bit")
    return made
