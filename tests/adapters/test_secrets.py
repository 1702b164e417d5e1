"""Passwords in a real gnome-keyring: open, locked, asking, missing, and none at all."""

import asyncio
import gc
import subprocess
import sys
import threading
import traceback
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import keyring.backend
import pytest
import secretstorage

from tests.fakes.keyring_session import PASSWORD, KeyringSession, keyring_session
from tests.fakes.plaintext_keyring import PlaintextKeyring
from tests.fakes.session_bus import message_bus, need
from vaultdesk.adapters.secrets import (
    KeyringSecrets,
    MemorySecrets,
)
from vaultdesk.ports import SecretError, SecretFault, SecretStore

ROOT = Path(__file__).resolve().parents[2]
SECRET = "pässwörd ☂ \n 1"


@pytest.fixture(autouse=True)
def own_session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test sees this machine's keyring or its configuration."""
    for name in ("PYTHON_KEYRING_BACKEND", "DBUS_SESSION_BUS_ADDRESS", "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))


def use(session: KeyringSession, monkeypatch: pytest.MonkeyPatch) -> KeyringSession:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", session.variables["DBUS_SESSION_BUS_ADDRESS"])
    return session


@pytest.fixture
def session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[KeyringSession]:
    with keyring_session(tmp_path) as made:
        yield use(made, monkeypatch)


@pytest.fixture
async def secrets() -> AsyncIterator[KeyringSecrets]:
    made = KeyringSecrets("test", timeout_s=20)
    yield made
    await made.close()


async def fault_of(store: SecretStore, name: str = "mail") -> SecretFault:
    with pytest.raises(SecretError) as error:
        await store.get(name)
    assert str(error.value).endswith(".")
    return error.value.fault


@pytest.mark.usefixtures("session")
class TestOpen:
    async def test_what_is_kept_is_given_back_and_replaced(self, secrets: KeyringSecrets) -> None:
        await secrets.set("mail", "first")
        await secrets.set("mail", SECRET)
        assert await secrets.get("mail") == SECRET
        assert await secrets.describe() == (
            "Passwords are kept in the system's keyring (Secret Service)."
        )

    async def test_what_nobody_kept_is_missing(self, secrets: KeyringSecrets) -> None:
        assert await fault_of(secrets) is SecretFault.MISSING

    async def test_what_is_forgotten_is_gone_and_may_be_forgotten_twice(
        self, secrets: KeyringSecrets
    ) -> None:
        await secrets.set("mail", SECRET)
        await secrets.delete("mail")
        await secrets.delete("mail")
        assert await fault_of(secrets) is SecretFault.MISSING

    async def test_another_profile_has_secrets_of_its_own(self, secrets: KeyringSecrets) -> None:
        await secrets.set("mail", SECRET)
        other = KeyringSecrets("demo")
        assert await fault_of(other) is SecretFault.MISSING
        await other.close()

    async def test_other_programs_see_whose_it_is(self, secrets: KeyringSecrets) -> None:
        await secrets.set("mail", SECRET)
        bus = secretstorage.dbus_init()
        (item,) = secretstorage.search_items(bus, {"service": "VaultDesk test"})
        assert item.get_attributes()["username"] == "mail"
        assert SECRET not in item.get_label()
        bus.close()

    async def test_all_calls_run_in_one_thread_that_ends(self, secrets: KeyringSecrets) -> None:
        await asyncio.gather(*(secrets.set(f"name-{n}", str(n)) for n in range(10)))
        running = [thread for thread in threading.enumerate() if thread.name == "keyring"]
        assert len(running) == 1
        assert running[0].daemon
        await secrets.close()
        await asyncio.to_thread(running[0].join, 10)
        assert not running[0].is_alive()


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # keyring leaves its connection open then
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
class TestLocked:
    @pytest.fixture(autouse=True)
    def _collected(self) -> Iterator[None]:
        """What is left open is found here, where it is known, not in a later test."""
        yield
        gc.collect()

    async def test_a_locked_keyring_that_cannot_ask_is_told_as_locked(
        self, session: KeyringSession, secrets: KeyringSecrets
    ) -> None:
        await secrets.set("mail", SECRET)
        session.lock()
        assert await fault_of(secrets) is SecretFault.LOCKED
        for call in (secrets.set("mail", "new"), secrets.delete("mail")):
            with pytest.raises(SecretError) as error:
                await call
            assert error.value.fault is SecretFault.LOCKED

    async def test_a_keyring_that_was_never_made_and_is_not_now_was_dismissed(
        self, tmp_path: Path, secrets: KeyringSecrets, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with keyring_session(tmp_path, unlocked=False) as made:
            use(made, monkeypatch)
            assert await fault_of(secrets) is SecretFault.DISMISSED

    async def test_its_question_is_given_up_in_time_and_works_once_answered(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        secrets = KeyringSecrets("test", timeout_s=20)
        with keyring_session(tmp_path, asks=True) as made:
            session = use(made, monkeypatch)
            await secrets.set("mail", SECRET)
            session.lock()
            hurried = KeyringSecrets("test", timeout_s=0.5)
            assert await fault_of(hurried) is SecretFault.TIMEOUT
            assert await fault_of(hurried) is SecretFault.TIMEOUT  # behind the first, in time too
            await asyncio.to_thread(session.answer, *PASSWORD, "Return")
            assert await secrets.get("mail") == SECRET
            await hurried.close()
            await secrets.close()

    async def test_a_question_dismissed_by_hand_leaves_it_locked(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, secrets: KeyringSecrets
    ) -> None:
        with keyring_session(tmp_path, asks=True) as made:
            session = use(made, monkeypatch)
            await secrets.set("mail", SECRET)
            session.lock()
            asked = asyncio.create_task(fault_of(secrets))
            await asyncio.to_thread(session.answer, "Escape")
            assert await asked is SecretFault.LOCKED

    async def test_what_was_given_up_before_its_turn_is_never_done(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with keyring_session(tmp_path, asks=True) as made:
            session = use(made, monkeypatch)
            secrets = KeyringSecrets("test", timeout_s=0.5)
            await secrets.set("mail", SECRET)
            session.lock()
            assert await fault_of(secrets) is SecretFault.TIMEOUT
            with pytest.raises(SecretError):
                await secrets.set("mail", "changed my mind")
            await asyncio.to_thread(session.answer, *PASSWORD, "Return")
            patient = KeyringSecrets("test", timeout_s=20)
            await secrets.get("mail")
            assert await patient.get("mail") == SECRET
            await secrets.close()
            await patient.close()


class TestNone:
    async def test_without_a_bus_there_is_none_and_it_says_why(
        self, secrets: KeyringSecrets
    ) -> None:
        assert await fault_of(secrets) is SecretFault.NO_BACKEND
        assert "DBUS_SESSION_BUS_ADDRESS" in await secrets.describe()

    async def test_on_a_bus_without_a_keyring_there_is_none_till_one_comes(
        self, tmp_path: Path, secrets: KeyringSecrets, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        need("dbus-daemon")
        with message_bus(tmp_path) as address:
            monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
            with pytest.raises(SecretError, match="neither running") as error:
                await secrets.check()
            assert error.value.fault is SecretFault.NO_BACKEND
        (tmp_path / "later").mkdir()
        with keyring_session(tmp_path / "later") as made:
            use(made, monkeypatch)
            await secrets.check()
            await secrets.set("mail", SECRET)
            assert await secrets.get("mail") == SECRET

    async def test_a_keyring_that_goes_away_is_told_and_found_again(
        self, tmp_path: Path, secrets: KeyringSecrets, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for folder in (tmp_path / "a", tmp_path / "b"):
            folder.mkdir()
            with keyring_session(folder) as made:
                use(made, monkeypatch)
                await secrets.set("mail", SECRET)
                assert await secrets.get("mail") == SECRET
            assert await fault_of(secrets) is SecretFault.NO_BACKEND

    @pytest.mark.parametrize(
        "name",
        [
            "keyring.backends.null.Keyring",
            "keyring.backends.fail.Keyring",
            "keyring.backends.chainer.ChainerBackend",
            "tests.fakes.plaintext_keyring.PlaintextKeyring",
        ],
    )
    async def test_an_unsafe_keyring_is_refused_even_if_it_is_asked_for(
        self,
        session: KeyringSession,
        secrets: KeyringSecrets,
        monkeypatch: pytest.MonkeyPatch,
        name: str,
    ) -> None:
        del session
        monkeypatch.setenv("PYTHON_KEYRING_BACKEND", name)
        with pytest.raises(SecretError) as error:
            await secrets.set("mail", SECRET)
        assert error.value.fault is SecretFault.REFUSED
        assert name in str(error.value)
        assert await secrets.describe() == str(error.value)

    async def test_an_unsafe_keyring_in_the_configuration_is_refused(
        self, tmp_path: Path, secrets: KeyringSecrets
    ) -> None:
        folder = tmp_path / "config" / "python_keyring"
        folder.mkdir(parents=True)
        (folder / "keyringrc.cfg").write_text(
            "[backend]\ndefault-keyring=keyring.backends.null.Keyring\n", "utf-8"
        )
        assert await fault_of(secrets) is SecretFault.REFUSED

    @pytest.mark.parametrize("name", ["nothing.Here", "", "keyring.backends.macOS.Keyring"])
    async def test_a_named_keyring_that_is_not_there_is_told(
        self, secrets: KeyringSecrets, monkeypatch: pytest.MonkeyPatch, name: str
    ) -> None:
        monkeypatch.setenv("PYTHON_KEYRING_BACKEND", name)
        with pytest.raises(SecretError, match="PYTHON_KEYRING_BACKEND") as error:
            await secrets.get("mail")
        assert error.value.fault is SecretFault.NO_BACKEND

    async def test_an_unsafe_keyring_that_is_merely_installed_is_never_chosen(
        self, secrets: KeyringSecrets
    ) -> None:
        assert PlaintextKeyring in keyring.backend.KeyringBackend._classes
        assert float(PlaintextKeyring.priority) > 1
        assert await fault_of(secrets) is SecretFault.NO_BACKEND

    async def test_characters_no_keyring_takes_are_not_quoted(
        self, session: KeyringSession, secrets: KeyringSecrets
    ) -> None:
        del session
        odd = "planted" + chr(0xDCFF)
        with pytest.raises(SecretError, match="characters") as error:
            await secrets.set("mail", odd)
        assert error.value.__cause__ is None  # whose repr quotes it
        assert odd[:7] not in "".join(traceback.format_exception(error.value))


def test_the_library_is_loaded_in_the_thread_that_uses_it() -> None:
    """It takes 0.1 s, which would hold up the loop."""
    code = "import sys, vaultdesk.adapters.secrets; sys.exit('keyring' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False)  # noqa: S603
    assert done.returncode == 0


class TestMemory:
    async def test_it_keeps_gives_replaces_and_forgets(self) -> None:
        store = MemorySecrets()
        assert await fault_of(store) is SecretFault.MISSING
        await store.set("mail", "first")
        await store.set("mail", SECRET)
        assert await store.get("mail") == SECRET
        await store.delete("mail")
        await store.delete("mail")
        assert await fault_of(store) is SecretFault.MISSING
        assert "this session only" in await store.describe()
