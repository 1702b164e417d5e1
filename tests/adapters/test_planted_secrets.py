"""Secrets planted in every store and sent through every channel turn up nowhere else.

Searched are all files of the profile and the keyring's, every log record of every library at
DEBUG, what repr, str and vars show of stores and channels, and the texts and tracebacks of all
errors, in the clear and as base64 (which is how SMTP sends them), UTF-16, hexadecimal,
percent-escaped and JSON text.
"""

import base64
import json
import logging
import traceback
from collections.abc import AsyncIterator, Awaitable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.fakes.alerts import ALERT
from tests.fakes.feed import ManualClock
from tests.fakes.keyring_session import keyring_session
from tests.fakes.mail_server import MailServer, mail_server, trust
from tests.fakes.webhook_server import Receiver, receiver
from vaultdesk.adapters.mail import SECRET as MAIL
from vaultdesk.adapters.mail import Account, MailChannel, Security
from vaultdesk.adapters.passphrase import LEAST_LOG2_N, PassphraseVault
from vaultdesk.adapters.secrets import KeyringSecrets, MemorySecrets
from vaultdesk.adapters.webhook import ADDRESS, WebhookChannel
from vaultdesk.adapters.webhook import SECRET as WEBHOOK
from vaultdesk.ports import KnownError, SecretStore

PASSWORD = "planted-mail-password"
KEY = "planted-webhook-kéy"
PATH = "planted-webhook-path"
PASSPHRASE = "planted-vault-passphrase"
PLANTED = (PASSWORD, KEY, PATH, PASSPHRASE)


def disguises(secret: str) -> Iterator[bytes]:
    """How a secret may look in a file or a log."""
    plain = secret.encode()
    yield plain
    yield secret.encode("utf-16-le")
    yield plain.hex().encode()
    yield quote(secret).encode()
    yield json.dumps(secret).strip('"').encode()
    # Behind 0, 1 or 2 other bytes base64 looks different; its ends depend on the neighbours.
    for before in range(3):
        coded = base64.b64encode(bytes(before) + plain)
        yield coded[4:-4]


def found(where: bytes) -> list[str]:
    """The planted secrets that stand there."""
    return [secret for secret in PLANTED if any(odd in where for odd in disguises(secret))]


def test_the_search_finds_what_is_there() -> None:
    for secret in PLANTED:
        assert found(f"User {secret}!".encode()) == [secret]
        assert found(base64.b64encode(f"\0user\0{secret}".encode())) == [secret]
        assert found(base64.b64encode(f"\0analyst\0{secret}".encode())) == [secret]
    assert found(b"nothing of the kind") == []


def shown(thing: object) -> bytes:
    """All that is written of a thing by those who print it."""
    own = getattr(thing, "__dict__", {})
    return "\n".join((repr(thing), str(thing), repr(own))).encode("utf-8", "replace")


async def plant(store: SecretStore) -> None:
    for name, secret in ((MAIL, PASSWORD), (WEBHOOK, KEY), (ADDRESS, PATH)):
        await store.set(name, secret)


class Stage:
    """Servers, stores and channels that know the secrets, and the errors they raised."""

    def __init__(self, mail: MailServer, hook: Receiver, store: SecretStore) -> None:
        self.mail, self.hook, self.store = mail, hook, store
        account = Account("127.0.0.1", mail.port, "a@b.c", ("d@e.f",), "user", Security.STARTTLS)
        clock = ManualClock()
        self.channels = (
            MailChannel(account, store, clock, tls=trust()),
            WebhookChannel(hook.address(f"/{PATH}"), store, clock),
        )
        self.errors: list[KnownError] = []

    async def send(self) -> None:
        for channel in self.channels:
            for sending in (channel.deliver(ALERT, "1"), channel.send_test()):
                try:
                    await sending
                except KnownError as error:
                    self.errors.append(error)


@asynccontextmanager
async def stage(store: SecretStore) -> AsyncIterator[Stage]:
    async with mail_server() as mail, receiver() as hook:
        mail.password = PASSWORD
        await plant(store)
        yield Stage(mail, hook, store)


@asynccontextmanager
async def every_store(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[tuple[SecretStore, ...]]:
    async with AsyncExitStack() as ends:
        vault = PassphraseVault(folder / "vault", LEAST_LOG2_N)
        ends.push_async_callback(vault.close)
        await vault.unlock(PASSPHRASE)
        own = folder.parent / "session"  # where gnome-keyring writes
        own.mkdir()
        session = ends.enter_context(keyring_session(own))
        monkeypatch.delenv("PYTHON_KEYRING_BACKEND", raising=False)
        monkeypatch.setenv(
            "DBUS_SESSION_BUS_ADDRESS", session.variables["DBUS_SESSION_BUS_ADDRESS"]
        )
        system = KeyringSecrets("test", timeout_s=20)
        ends.push_async_callback(system.close)
        yield MemorySecrets(), vault, system


async def go_wrong(stage: Stage) -> None:
    """Every way a channel fails while it holds its secret, the receiver quoting it."""
    await stage.send()
    stage.mail.log_in_reply = f"535 5.7.8 not {PASSWORD}"
    stage.hook.status, stage.hook.body = 404, f"Cannot POST /{PATH} {KEY}"
    await stage.send()
    stage.mail.log_in_reply = f"454 4.7.0 try {PASSWORD} later"
    await stage.send()
    stage.mail.log_in_reply, stage.mail.drop_on_data = "", True
    stage.hook.drops = True
    await stage.send()
    stage.mail.drop_on_data, stage.mail.data = False, "554 no"
    stage.hook.drops, stage.hook.status, stage.hook.body = False, 500, KEY
    await stage.send()
    stage.hook.status, stage.hook.headers = 302, {"Location": f"/{PATH}/{KEY}"}
    await stage.send()


async def test_no_planted_secret_is_told_logged_or_left_anywhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    profile = tmp_path / "profile"
    profile.mkdir()
    monkeypatch.setenv("HOME", str(profile))
    monkeypatch.setenv("TMPDIR", str(profile))
    caplog.set_level(logging.DEBUG)
    logging.getLogger("mail.log").setLevel(logging.WARNING)  # the fake server's own, not ours
    errors: list[KnownError] = []
    things: list[object] = []
    async with every_store(profile, monkeypatch) as stores:
        for store in stores:
            async with stage(store) as one:
                await go_wrong(one)
                assert one.mail.logins, "the password was used"
                assert one.hook.posted, "the address was used"
                errors += one.errors
                things += [store, *one.channels]
        (vault,) = (store for store in stores if isinstance(store, PassphraseVault))
        errors += [await refused(vault.unlock(f"not {PASSPHRASE}"))]
        vault.path.write_bytes(vault.path.read_bytes()[:-1] + b"?")
        errors += [await refused(vault.unlock(PASSPHRASE))]
        (system,) = (store for store in stores if isinstance(store, KeyringSecrets))
        errors += [await refused(system.set(MAIL, f"{PASSWORD}\udcff"))]
    assert len(errors) == 3 * 20 + 3  # of each store 5 failures in 2 channels by 2 calls
    for thing in things:
        if not isinstance(thing, MemorySecrets | WebhookChannel):
            assert found(shown(thing)) == []
        assert found(repr(thing).encode()) == []
    for error in errors:
        written = "".join(traceback.format_exception(error)) + repr(error) + repr(error.args)
        assert found(written.encode("utf-8", "replace")) == []
    logged = "\n".join(f"{record.getMessage()} {record.args}" for record in caplog.records)
    assert logged
    assert found(logged.encode("utf-8", "replace")) == []
    files = contents(tmp_path)
    assert {"vault", "login.keyring"} <= {path.name for path in files}
    assert [path for path, content in files.items() if found(content)] == []


def contents(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


async def refused(call: Awaitable[object]) -> KnownError:
    with pytest.raises(KnownError) as error:
        await call
    return error.value
