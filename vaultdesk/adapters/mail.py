"""Alerts by e-mail: one SMTP submission each, over TLS unless told otherwise."""

import asyncio
import ssl
from contextlib import suppress
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import format_datetime
from enum import StrEnum
from typing import Any

import aiosmtplib

from vaultdesk.core.alerts import Alert
from vaultdesk.core.alerts.facts import facts, headline
from vaultdesk.ports import Clock, DeliveryError, SecretError, SecretStore

SECRET = "mail"  # noqa: S105 - the name of the password, not the password
"""The name under which the password is kept."""

TIMEOUT_S = 30.0
AGAIN_S = 0.05
GOODBYE_S = 2.0
"""How long the server may take to end a session in which it has taken the message."""

_GREETING = "[127.0.0.1]"
"""What EHLO says: an address literal (RFC 5321, 4.1.3) that tells nothing of this machine."""

_NO_CREDENTIALS = (530, 534, 535)
"""Log-in needed, too weak, refused (RFC 4954, 6)."""

_FOR_GOOD = 500
"""4yz passes, 5yz stays (RFC 5321, 4.2.1)."""


class Security(StrEnum):
    """How the connection is protected; a password is sent over the first two only."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Account:
    """Where mail is handed in, by whom and for whom; `user` is empty where nobody logs in."""

    host: str
    port: int
    sender: str
    recipients: tuple[str, ...]
    user: str = ""
    security: Security = Security.STARTTLS


class MailChannel:
    """Sends each alert as a mail of its own; a receiver knows a repeated one by its Message-ID.

    `tls` replaces the system's trust, for a server with a certificate of its own.
    """

    name = "mail"

    def __init__(
        self,
        account: Account,
        secrets: SecretStore,
        clock: Clock,
        *,
        tls: ssl.SSLContext | None = None,
        timeout_s: float = TIMEOUT_S,
    ) -> None:
        self._account, self._secrets, self._clock = account, secrets, clock
        self._tls, self._timeout_s = tls, timeout_s

    async def deliver(self, alert: Alert, delivery_id: str) -> str:
        """Hand the alert in and give what the server said.

        Raises:
            DeliveryError: It was not taken.
        """
        return await self._sent(
            self._message(headline(alert), _body(alert, delivery_id), delivery_id)
        )

    async def send_test(self) -> str:
        """Hand in a mail that says it is a test, and give what the server said.

        Raises:
            DeliveryError: It was not taken; the sentence says what to change.
        """
        text = "This is a test from the settings of VaultDesk. Alerts will come this way.\n"
        stamp = f"test.{self._clock.now():%Y%m%d%H%M%S%f}"
        return await self._sent(self._message("VaultDesk: Test", text, stamp))

    async def send_document(self, subject: str, text: str, name: str, data: bytes) -> str:
        """Hand in a mail with a PDF, by its file's name, and give what the server said.

        Raises:
            DeliveryError: It was not taken.
        """
        stamp = f"report.{self._clock.now():%Y%m%d%H%M%S%f}"
        message = self._message(subject, text, stamp)
        message.add_attachment(data, maintype="application", subtype="pdf", filename=name)
        return await self._sent(message)

    def _message(self, subject: str, text: str, delivery_id: str) -> EmailMessage:
        account = self._account
        _complete(account)
        message = EmailMessage()
        try:
            message["From"], message["To"] = account.sender, ", ".join(account.recipients)
        except ValueError:
            raise _hopeless(
                "An e-mail address cannot be used: enter it again in Settings, Mail."
            ) from None
        message["Subject"] = subject
        message["Date"] = format_datetime(self._clock.now())
        message["Message-ID"] = f"<{delivery_id}@{account.sender.rpartition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no automatic answers, please
        message["X-VaultDesk-Delivery"] = delivery_id
        message.set_content(text)
        return message

    async def _sent(self, message: EmailMessage) -> str:
        account, password = self._account, await self._password()
        client = aiosmtplib.SMTP(
            hostname=account.host,
            port=account.port,
            local_hostname=_GREETING,
            use_tls=account.security is Security.TLS,
            start_tls=account.security is Security.STARTTLS,
            tls_context=self._tls,
            timeout=self._timeout_s,
        )
        talk = asyncio.create_task(_talk(client, message, account.user, password))
        try:
            await asyncio.wait([talk], timeout=self._timeout_s)
            if not talk.done():
                raise TimeoutError
            refused, said = talk.result()
            with suppress(aiosmtplib.SMTPException, OSError):  # it has the mail, whatever comes now
                await client.quit(timeout=GOODBYE_S)
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            raise _ours(account, error) from None  # what was raised may quote the log-in
        finally:
            await _end(talk, client)
        but = f"; refused for {', '.join(sorted(refused))}" if refused else ""
        return f"{account.host}: {_short(said)}{but}"

    async def _password(self) -> str | None:
        """Read before connecting: the keyring may have to ask for it, which no server waits for."""
        if not self._account.user or self._account.security is Security.NONE:
            return None
        try:
            return await self._secrets.get(SECRET)
        except SecretError as error:
            raise DeliveryError(str(error)) from None


async def _talk(
    client: aiosmtplib.SMTP, message: EmailMessage, user: str, password: str | None
) -> tuple[dict[str, aiosmtplib.SMTPResponse], str]:
    """The session until the mail is taken; the recipients refused, and what the server said."""
    await client.connect()
    if password is not None:
        await client.login(user, password)
    return await client.send_message(message)


async def _end(talk: asyncio.Task[Any], client: aiosmtplib.SMTP) -> None:
    """Hang up and see the session end, however it stands.

    A single cancellation may be lost: `asyncio.wait_for` of Python 3.11, on which aiosmtplib
    rests, drops one that comes together with the answer waited for.
    """
    while not talk.done():
        talk.cancel()
        client.close()
        await asyncio.wait([talk], timeout=AGAIN_S)
    client.close()
    if not talk.cancelled():
        talk.exception()  # seen, so that nobody logs it: who was cancelled does not ask


def _body(alert: Alert, delivery_id: str) -> str:
    rows = (*facts(alert), ("Delivery", delivery_id))
    return "\n".join((alert.sentence, "", *(f"{name + ':':<11}{text}" for name, text in rows), ""))


def _complete(account: Account) -> None:
    for given, what in (
        (account.host, "the mail server"),
        (account.sender, "the address alerts come from"),
        (account.recipients, "an address alerts go to"),
    ):
        if not given:
            raise _hopeless(f"Enter {what} in Settings, Mail.")


def _ours(account: Account, error: Exception) -> DeliveryError:
    """What to do about an error of the mail server, or of the way to it."""
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        return _refused_recipients(account.host, error)
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return _refused(account.host, error)
    if isinstance(error, OSError):  # as aiosmtplib's own are, of connections and time-outs
        return _unreachable(account, error)
    return _unsupported(account, error)


def _refused(host: str, error: aiosmtplib.SMTPResponseException) -> DeliveryError:
    """A log-in's refusal is told without the server's words, which may repeat it."""
    is_log_in = isinstance(error, aiosmtplib.SMTPAuthenticationError)
    if error.code in _NO_CREDENTIALS or (is_log_in and error.code >= _FOR_GOOD):
        return _hopeless(
            f"{host} refused the user name or password ({error.code}): enter them again in "
            "Settings; a provider with two-step log-in wants an app password."
        )
    said = str(error.code) if is_log_in else f"{error.code} {_short(error.message)}"
    if error.code < _FOR_GOOD:
        return DeliveryError(f"{host} does not take the mail now ({said}): it is tried again.")
    return _hopeless(f"{host} refused the mail ({said}): check Settings, Mail.")


def _refused_recipients(host: str, error: aiosmtplib.SMTPRecipientsRefused) -> DeliveryError:
    first = error.recipients[0]
    if any(one.code < _FOR_GOOD for one in error.recipients):
        return DeliveryError(f"{host} takes no mail for {first.recipient} now ({first.code}).")
    return _hopeless(
        f"{host} takes no mail for {first.recipient} ({first.code}): check the addresses in "
        "Settings, Mail."
    )


def _unreachable(account: Account, error: OSError) -> DeliveryError:
    host, port = account.host, account.port
    cause = error if isinstance(error, ssl.SSLError) else error.__cause__
    if isinstance(cause, ssl.SSLCertVerificationError):
        return DeliveryError(
            f"The certificate of {host} is not trusted: check the server's name in Settings, Mail."
        )
    if isinstance(cause, ssl.SSLError):
        return DeliveryError(
            f"{host} speaks no TLS on port {port}: check port and security in Settings, Mail."
        )
    if isinstance(error, TimeoutError):
        return DeliveryError(f"{host} did not answer in time: it is tried again.")
    return DeliveryError(f"{host} cannot be reached or hung up: it is tried again.")


def _unsupported(account: Account, error: Exception) -> DeliveryError:
    if "STARTTLS" in str(error):
        return _hopeless(
            f"{account.host} offers no STARTTLS on port {account.port}: choose tls with port 465, "
            "or another server, in Settings, Mail."
        )
    if "AUTH" in str(error) or "auth" in str(error):
        return _hopeless(
            f"{account.host} takes no log-in on port {account.port}: try port 587, or empty the "
            "user name, in Settings, Mail."
        )
    return _hopeless(f"{account.host} cannot take such a mail: check the addresses in Settings.")


def _hopeless(sentence: str) -> DeliveryError:
    return DeliveryError(sentence, permanent=True)


def _short(said: str) -> str:
    """A server's words on one line, printable, at most 120 characters."""
    return "".join(char for char in " ".join(said.split()) if char.isprintable())[:120]
