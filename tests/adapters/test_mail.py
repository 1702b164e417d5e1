"""Alerts by mail, handed to a real SMTP server on loopback that refuses, drops and hangs."""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from email.utils import parsedate_to_datetime

import pytest

from tests.fakes.alerts import ALERT
from tests.fakes.feed import START, ManualClock
from tests.fakes.mail_server import MailServer, mail_server, talker, trust
from vaultdesk.adapters.mail import SECRET, Account, MailChannel, Security
from vaultdesk.adapters.secrets import MemorySecrets
from vaultdesk.core.market import Quality
from vaultdesk.ports import DeliveryError

DELIVERY = "0e8f2f1e-6f5c-5b43-9a51-8f7d2a3c4b5d"
RIGHT = "right"
ME, YOU, OTHER = "desk@example.com", "you@example.com", "other@example.com"


def account(port: int, **changes: object) -> Account:
    made = Account("127.0.0.1", port, ME, (YOU,), user="analyst", security=Security.STARTTLS)
    return replace(made, **changes)  # type: ignore[arg-type]


async def channel(account: Account, password: str = RIGHT, timeout_s: float = 5) -> MailChannel:
    secrets = MemorySecrets()
    if password:
        await secrets.set(SECRET, password)
    return MailChannel(account, secrets, ManualClock(), tls=trust(), timeout_s=timeout_s)


@pytest.fixture
async def server() -> AsyncIterator[MailServer]:
    async with mail_server() as made:
        yield made


async def refusal(mail: MailChannel) -> DeliveryError:
    with pytest.raises(DeliveryError) as error:
        await mail.deliver(ALERT, DELIVERY)
    told = error.value
    assert told.__cause__ is None  # nothing foreign goes along
    assert told.__suppress_context__ or told.__context__ is None
    return error.value


async def test_a_mail_goes_over_starttls_after_a_log_in(server: MailServer) -> None:
    mail = await channel(account(server.port, recipients=(YOU, OTHER)))
    assert await mail.deliver(ALERT, DELIVERY) == "127.0.0.1: queued as 4711"
    assert server.logins == [("analyst", "right", True)]
    assert server.envelopes == [(ME, [YOU, OTHER], True)]


async def test_a_mail_says_what_the_alert_was_made_from(server: MailServer) -> None:
    await (await channel(account(server.port))).deliver(ALERT, DELIVERY)
    (mail,) = server.mails
    assert mail["Subject"] == "VaultDesk: Critical"
    assert (mail["From"], mail["To"]) == (ME, YOU)
    assert mail["Message-ID"] == f"<{DELIVERY}@example.com>"
    assert mail["X-VaultDesk-Delivery"] == DELIVERY
    assert mail["Auto-Submitted"] == "auto-generated"
    assert parsedate_to_datetime(mail["Date"]) == START
    assert mail.get_content().splitlines() == [
        ALERT.sentence,
        "",
        "Value:     75.31 % (exactly 0.7531)",
        "Threshold: 75 %",
        "Price:     278.85 from test, 2 s old, LIVE",
        "Rule:      ltv-75, crossed, critical",
        "Time:      2026-07-10 15:00:00 UTC",
        f"Delivery:  {DELIVERY}",
    ]


async def test_the_same_delivery_has_the_same_message_id_whenever_it_is_sent(
    server: MailServer,
) -> None:
    clock, secrets = ManualClock(), MemorySecrets()
    await secrets.set(SECRET, "right")
    mail = MailChannel(account(server.port), secrets, clock, tls=trust())
    await mail.deliver(ALERT, DELIVERY)
    clock.advance(3600)
    await mail.deliver(ALERT, DELIVERY)
    await mail.deliver(ALERT, "another")
    first, again, other = server.mails
    assert first["Message-ID"] == again["Message-ID"] != other["Message-ID"]
    assert parsedate_to_datetime(again["Date"]) == START + timedelta(hours=1)


async def test_a_sentence_with_any_characters_arrives_as_it_is(server: MailServer) -> None:
    odd = replace(ALERT, sentence="LTV ≥ 75 % … “cure it”\r\n.\r\nQUIT", quality=Quality.SIMULATED)
    await (await channel(account(server.port))).deliver(odd, DELIVERY)
    (mail,) = server.mails
    assert mail["Subject"] == "VaultDesk: Simulated: Critical"
    assert mail.get_content().splitlines()[:3] == ["LTV ≥ 75 % … “cure it”", ".", "QUIT"]


async def test_a_test_mail_says_it_is_one(server: MailServer) -> None:
    assert await (await channel(account(server.port))).send_test() == "127.0.0.1: queued as 4711"
    (mail,) = server.mails
    assert mail["Subject"] == "VaultDesk: Test"
    assert "This is a test" in mail.get_content()


async def test_implicit_tls_needs_no_starttls() -> None:
    async with mail_server(implicit=True) as server:
        mail = await channel(account(server.port, security=Security.TLS))
        await mail.deliver(ALERT, DELIVERY)
        assert server.envelopes == [(ME, [YOU], True)]


async def test_in_clear_no_password_is_ever_sent_or_even_read() -> None:
    async with mail_server(starttls=False, log_in=False) as server:
        mail = await channel(account(server.port, security=Security.NONE), password="")
        await mail.deliver(ALERT, DELIVERY)
        assert server.logins == []
        assert server.envelopes == [(ME, [YOU], False)]


async def test_a_server_without_starttls_gets_neither_password_nor_mail() -> None:
    async with mail_server(starttls=False) as server:
        error = await refusal(await channel(account(server.port)))
        assert error.permanent
        assert "offers no STARTTLS" in str(error)
        assert (server.logins, server.mails) == ([], [])


async def test_a_stripped_starttls_offer_is_no_way_to_the_password() -> None:
    """A man in the middle answers as a server that offers a log-in in clear."""
    async with talker("220 mail", "250-mail\r\n250 AUTH PLAIN LOGIN", "250 OK") as (port, heard):
        await refusal(await channel(account(port, security=Security.STARTTLS), timeout_s=1))
    assert not [line for line in heard if line.startswith("AUTH")]


async def test_a_certificate_nobody_vouches_for_is_refused_before_the_password() -> None:
    for security, implicit in ((Security.STARTTLS, False), (Security.TLS, True)):
        async with mail_server(implicit=implicit) as server:
            secrets = MemorySecrets()
            await secrets.set(SECRET, "right")
            mail = MailChannel(account(server.port, security=security), secrets, ManualClock())
            error = await refusal(mail)
            assert "certificate of 127.0.0.1 is not trusted" in str(error)
            assert not error.permanent
            assert server.logins == []


async def test_tls_to_a_server_that_speaks_none_is_told() -> None:
    async with mail_server() as server:
        error = await refusal(await channel(account(server.port, security=Security.TLS)))
        assert "speaks no TLS" in str(error)


async def test_a_wrong_password_is_for_good_and_says_what_to_do(server: MailServer) -> None:
    error = await refusal(await channel(account(server.port), password="wrong"))
    assert error.permanent
    assert "refused the user name or password (535)" in str(error)
    assert "wrong" not in str(error)
    assert server.mails == []


async def test_a_log_in_that_cannot_be_checked_now_is_tried_again(server: MailServer) -> None:
    server.log_in_reply = "454 4.7.0 Temporary authentication failure: right"
    error = await refusal(await channel(account(server.port)))
    assert not error.permanent
    assert "454" in str(error)
    assert "right" not in str(error)  # the server repeated the password


async def test_a_user_without_a_kept_password_is_told_where_to_enter_it(
    server: MailServer,
) -> None:
    error = await refusal(await channel(account(server.port), password=""))
    assert not error.permanent
    assert "Settings, Credentials" in str(error)


async def test_without_a_user_nobody_logs_in() -> None:
    async with mail_server(log_in=False) as server:
        await (await channel(account(server.port, user=""), password="")).deliver(ALERT, DELIVERY)
        assert server.logins == []
        assert len(server.mails) == 1


async def test_a_server_that_wants_a_log_in_from_nobody_says_so(server: MailServer) -> None:
    error = await refusal(await channel(account(server.port, user="")))
    assert error.permanent
    assert "user name or password (530)" in str(error)


@pytest.mark.parametrize(
    ("reply", "permanent"),
    [
        ("451 4.3.0 Try later", False),
        ("421 4.3.2 Shutting down", False),
        ("452 4.2.2 Full", False),
        ("554 5.7.1 Spam", True),
        ("550 5.7.1 No", True),
    ],
)
async def test_4yz_is_tried_again_and_5yz_is_for_good(
    server: MailServer, reply: str, permanent: bool
) -> None:
    server.data = reply
    error = await refusal(await channel(account(server.port)))
    assert error.permanent is permanent
    assert reply[:3] in str(error)
    server.data = ""
    await (await channel(account(server.port))).deliver(ALERT, DELIVERY)
    assert len(server.mails) == 1


@pytest.mark.parametrize(("reply", "permanent"), [("450 greylisted", False), ("550 no", True)])
async def test_a_mail_nobody_may_have_is_refused(
    server: MailServer, reply: str, permanent: bool
) -> None:
    server.recipient = {YOU: reply}
    error = await refusal(await channel(account(server.port)))
    assert error.permanent is permanent
    assert YOU in str(error)


async def test_of_several_recipients_a_refused_one_is_named_and_the_others_have_it(
    server: MailServer,
) -> None:
    server.recipient = {OTHER: "550 unknown"}
    mail = await channel(account(server.port, recipients=(YOU, OTHER)))
    assert await mail.deliver(ALERT, DELIVERY) == f"127.0.0.1: queued as 4711; refused for {OTHER}"
    assert server.envelopes == [(ME, [YOU], True)]


async def test_a_dropped_connection_is_tried_again(server: MailServer) -> None:
    server.drop_on_data = True
    error = await refusal(await channel(account(server.port)))
    assert not error.permanent
    assert "hung up" in str(error)


async def test_a_port_where_nobody_listens_is_tried_again() -> None:
    async with talker() as (port, _):
        pass
    error = await refusal(await channel(account(port)))
    assert not error.permanent
    assert "cannot be reached" in str(error)


@pytest.mark.parametrize("lines", [(), ("220 mail",), ("220 mail", "250-mail\r\n250 STARTTLS")])
async def test_a_server_that_falls_silent_is_given_up_in_time(lines: tuple[str, ...]) -> None:
    async with talker(*lines) as (port, _):
        started = time.monotonic()
        error = await refusal(await channel(account(port), timeout_s=0.3))
        assert not error.permanent
        assert "in time" in str(error)
        assert time.monotonic() - started < 2


async def test_a_server_that_drips_cannot_stretch_the_time_out() -> None:
    """Each of its answers comes in time, all of them together do not."""
    lines = ("220 mail", "250 mail", "250 sender", "250 recipient", "354 go on")
    async with talker(*lines, after_data="250 taken", latency_s=0.15) as (port, _):
        error = await refusal(await channel(account(port, security=Security.NONE), timeout_s=0.4))
        assert "in time" in str(error)


@pytest.mark.parametrize("steps", range(40))
async def test_a_delivery_can_be_cancelled_at_any_moment_with_the_server_hanging(
    steps: int,
) -> None:
    """At each of the loop's first steps, thus also when the answer waited for has just come."""
    async with talker("220 mail", "250-mail\r\n250 STARTTLS") as (port, _):
        mail = await channel(account(port), timeout_s=60)
        sending = asyncio.create_task(mail.deliver(ALERT, DELIVERY))
        for _ in range(steps):
            await asyncio.sleep(0)
        sending.cancel()
        done, _ = await asyncio.wait([sending], timeout=5)
        assert done
        assert sending.cancelled()


async def test_a_server_that_does_not_say_goodbye_has_taken_the_mail() -> None:
    lines = ("220 mail", "250 mail", "250 sender", "250 recipient", "354 go on")
    async with talker(*lines, after_data="250 taken") as (port, heard):
        mail = await channel(account(port, security=Security.NONE), timeout_s=1)
        assert await mail.deliver(ALERT, DELIVERY) == "127.0.0.1: taken"
        assert heard[-1] == "QUIT"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"host": ""}, "Enter the mail server"),
        ({"sender": ""}, "the address alerts come from"),
        ({"recipients": ()}, "an address alerts go to"),
        ({"recipients": ("a@b.c\nBcc: all@b.c",)}, "cannot be used"),
    ],
)
async def test_an_incomplete_account_is_told_without_asking_anybody(
    changes: dict[str, object], said: str
) -> None:
    error = await refusal(await channel(account(9, **changes)))
    assert error.permanent
    assert said in str(error)


async def test_an_address_outside_ascii_needs_a_server_that_can(server: MailServer) -> None:
    error = await refusal(await channel(account(server.port, recipients=("jürg@example.com",))))
    assert error.permanent


async def test_a_document_goes_along_as_a_pdf(server: MailServer) -> None:
    mail = await channel(account(server.port, recipients=(YOU, OTHER)))
    data = b"%PDF-1.4 " + bytes(range(256)) * 40
    said = await mail.send_document("VaultDesk: Loan status", "See the file.\n", "loan.pdf", data)
    assert said == "127.0.0.1: queued as 4711"
    (came,) = server.mails
    (attached,) = came.iter_attachments()
    assert attached.get_content_type() == "application/pdf"
    assert attached.get_filename() == "loan.pdf"
    assert attached.get_payload(decode=True) == data
    body = came.get_body()
    assert body is not None
    assert body.get_content().splitlines() == ["See the file."]
    assert came["Subject"] == "VaultDesk: Loan status"
    assert server.envelopes == [(ME, [YOU, OTHER], True)]
    assert came["Message-ID"].startswith("<report.20260710150000")


async def test_a_document_without_a_server_says_what_to_enter(server: MailServer) -> None:
    mail = await channel(account(server.port, host=""))
    with pytest.raises(DeliveryError, match="Enter the mail server in Settings, Mail"):
        await mail.send_document("VaultDesk", "See the file.\n", "loan.pdf", b"%PDF")
    assert server.mails == []
