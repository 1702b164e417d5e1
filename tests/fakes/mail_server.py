"""A mail server on loopback: TLS, log-in, and the faults a real one has."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default as modern

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.fakes.yahoo_tls import authority


def trust() -> ssl.SSLContext:
    """A client's TLS that trusts the servers of these tests and nobody else."""
    file, _ = authority()
    return ssl.create_default_context(cafile=str(file))


@dataclass
class MailServer:
    """What came, and how to answer: `data` and `recipient` are replies that refuse."""

    port: int = 0
    data: str = ""
    recipient: dict[str, str] = field(default_factory=dict)
    log_in_reply: str = ""
    logins: list[tuple[str, str, bool]] = field(default_factory=list)
    mails: list[EmailMessage] = field(default_factory=list)
    envelopes: list[tuple[str, list[str], bool]] = field(default_factory=list)
    password: str = "right"
    drop_on_data: bool = False

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        del server, session, options
        if address in self.recipient:
            return self.recipient[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        if self.drop_on_data:
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
            return "421 gone"
        if self.data:
            return self.data
        assert isinstance(envelope.content, bytes)
        assert envelope.mail_from is not None
        mail = message_from_bytes(envelope.content, policy=modern)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        tls = session.ssl is not None or _wrapped(server)
        self.envelopes.append((envelope.mail_from, list(envelope.rcpt_tos), tls))
        return "250 queued as 4711"

    def log_in(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object
    ) -> AuthResult:
        del envelope, mechanism
        assert isinstance(data, LoginPassword)
        tls = session.ssl is not None or _wrapped(server)
        self.logins.append((data.login.decode(), data.password.decode(), tls))
        if self.log_in_reply:
            return AuthResult(success=False, handled=False, message=self.log_in_reply)
        return AuthResult(success=data.password.decode() == self.password, handled=False)


def _wrapped(server: SMTP) -> bool:
    assert server.transport is not None
    return server.transport.get_extra_info("sslcontext") is not None


@asynccontextmanager
async def mail_server(
    *, starttls: bool = True, implicit: bool = False, log_in: bool = True
) -> AsyncIterator[MailServer]:
    """A server that takes mail only after STARTTLS, over TLS from the first byte, or in clear."""
    _, tls = authority()
    made = MailServer()
    loop = asyncio.get_running_loop()
    live: set[SMTP] = set()

    def protocol() -> SMTP:
        one = SMTP(
            made,
            hostname="mail.test",
            tls_context=tls if starttls and not implicit else None,
            require_starttls=starttls and not implicit,
            auth_required=log_in and starttls and not implicit,
            auth_require_tls=starttls and not implicit,
            authenticator=made.log_in,
            enable_SMTPUTF8=False,
            loop=loop,
        )
        live.add(one)
        return one

    server = await loop.create_server(protocol, "127.0.0.1", 0, ssl=tls if implicit else None)
    made.port = server.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        server.close()
        for one in live:
            # before Python 3.11.4 an SSL transport that was closed twice cannot be aborted
            if isinstance(one.transport, asyncio.Transport) and not one.transport.is_closing():
                one.transport.abort()
        await server.wait_closed()


@asynccontextmanager
async def talker(
    *lines: str, after_data: str = "", latency_s: float = 0
) -> AsyncIterator[tuple[int, list[str]]]:
    """A server that says these lines, one to each line it hears, and then keeps silent.

    With `after_data` it hears a whole message after its last line and says that too, before the
    silence; `latency_s` is how long each answer takes. Gives its port and what it hears.
    """
    heard: list[str] = []
    tasks: set[asyncio.Task[None]] = set()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        try:
            for line in lines:
                await asyncio.sleep(latency_s)
                writer.write(line.encode() + b"\r\n")
                await writer.drain()
                heard.append((await reader.readline()).decode().strip())
            if after_data:
                await reader.readuntil(b"\r\n.\r\n")
                writer.write(after_data.encode() + b"\r\n")
                heard.append((await reader.readline()).decode().strip())
            await asyncio.Event().wait()
        except (asyncio.CancelledError, OSError):
            return  # a task of a stream server that ends otherwise is logged as a bug
        finally:
            writer.transport.abort()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1], heard
    finally:
        server.close()
        for task in tuple(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await server.wait_closed()
