"""The vault: what is in it comes out again by its passphrase only, and no change goes unnoticed."""

import asyncio
import json
import stat
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Coroutine
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from vaultdesk.adapters.passphrase import (
    LEAST_LOG2_N,
    LOG2_N,
    MAGIC,
    PassphraseVault,
    sealed,
    unsealed,
)
from vaultdesk.ports import SecretError, SecretFault

PASSPHRASE, SECRET = "correct horse battery", "planted-mail-password"
ROOT = Path(__file__).resolve().parents[2]
KEPT = {"mail": SECRET, "webhook": "ключ ☂"}
FILE = sealed(KEPT, PASSPHRASE, LEAST_LOG2_N)


@pytest.fixture
async def vault(tmp_path: Path) -> AsyncIterator[PassphraseVault]:
    made = PassphraseVault(tmp_path / "vault", LEAST_LOG2_N)
    yield made
    await made.close()


async def fault_of(vault: PassphraseVault, passphrase: str) -> SecretFault:
    with pytest.raises(SecretError) as error:
        await vault.unlock(passphrase)
    assert str(error.value).endswith(".")
    assert passphrase not in str(error.value)
    return error.value.fault


async def test_what_is_kept_is_there_at_the_next_start(vault: PassphraseVault) -> None:
    assert not vault.exists
    await vault.unlock(PASSPHRASE)
    await vault.set("mail", "first")
    await vault.set("mail", SECRET)
    await vault.set("webhook", "key")
    await vault.delete("webhook")
    await vault.delete("never kept")
    again = PassphraseVault(vault.path, LEAST_LOG2_N)
    assert (again.exists, again.is_open) == (True, False)
    await again.unlock(PASSPHRASE)
    assert await again.get("mail") == SECRET
    with pytest.raises(SecretError) as error:
        await again.get("webhook")
    assert error.value.fault is SecretFault.MISSING
    await again.close()


async def test_a_locked_vault_gives_and_takes_nothing(vault: PassphraseVault) -> None:
    await vault.unlock(PASSPHRASE)
    await vault.set("mail", SECRET)
    vault.lock()
    before = vault.path.read_bytes()
    for call in (vault.get("mail"), vault.set("mail", "new"), vault.delete("mail")):
        with pytest.raises(SecretError, match="locked") as error:
            await call
        assert error.value.fault is SecretFault.LOCKED
    assert vault.path.read_bytes() == before


async def test_a_wrong_passphrase_is_told_as_one_and_opens_nothing(vault: PassphraseVault) -> None:
    vault.path.write_bytes(FILE)
    assert await fault_of(vault, PASSPHRASE + " ") is SecretFault.LOCKED
    assert not vault.is_open
    await vault.unlock(PASSPHRASE)
    assert await fault_of(vault, "another") is SecretFault.LOCKED
    assert await vault.get("mail") == SECRET  # who had it open has it open


async def test_a_new_passphrase_has_a_least_length_and_an_old_one_is_not_asked_that(
    vault: PassphraseVault,
) -> None:
    assert await fault_of(vault, "1234567") is SecretFault.REFUSED
    assert not vault.exists
    vault.path.write_bytes(sealed({}, "short", LEAST_LOG2_N))
    await vault.unlock("short")


async def test_accents_may_be_typed_either_way(vault: PassphraseVault) -> None:
    await vault.unlock("caf\u00e9 au lait")
    vault.lock()
    await vault.unlock("cafe\u0301 au lait")
    assert vault.is_open


async def test_each_write_has_a_salt_and_a_nonce_of_its_own(vault: PassphraseVault) -> None:
    await vault.unlock(PASSPHRASE)
    heads = set()
    for _ in range(3):
        await vault.set("mail", SECRET)
        file = vault.path.read_bytes()
        heads |= {file[len(MAGIC) + 3 :][:16], file[len(MAGIC) + 19 :][:12]}
    assert len(heads) == 6


async def test_the_file_is_the_owners_and_nothing_else_is_left(vault: PassphraseVault) -> None:
    await vault.unlock(PASSPHRASE)
    await vault.set("mail", SECRET)
    assert stat.S_IMODE(vault.path.stat().st_mode) == 0o600
    assert [path.name for path in vault.path.parent.iterdir()] == ["vault"]
    assert SECRET.encode() not in vault.path.read_bytes()


async def test_a_disk_that_refuses_changes_nothing(vault: PassphraseVault) -> None:
    await vault.unlock(PASSPHRASE)
    await vault.set("mail", SECRET)
    kept = vault.path.read_bytes()
    vault.path.unlink()
    vault.path.mkdir()  # nothing can take a folder's place
    with pytest.raises(SecretError, match="check the disk") as error:
        await vault.set("mail", "new")
    assert error.value.fault is SecretFault.REFUSED
    assert await vault.get("mail") == SECRET
    assert [path.name for path in vault.path.parent.iterdir()] == ["vault"]
    vault.path.rmdir()
    vault.path.write_bytes(kept)
    await vault.set("mail", "new")
    assert await vault.get("mail") == "new"


async def test_a_file_that_cannot_be_read_is_told(vault: PassphraseVault) -> None:
    vault.path.mkdir()
    assert await fault_of(vault, PASSPHRASE) is SecretFault.REFUSED


async def test_it_says_where_and_how_it_stands(vault: PassphraseVault) -> None:
    assert "not made yet" in await vault.describe()
    await vault.unlock(PASSPHRASE)
    assert "(open)" in await vault.describe()
    vault.lock()
    assert "(locked)" in await vault.describe()


def test_the_cost_of_guessing_has_a_floor() -> None:
    assert LOG2_N >= 15
    with pytest.raises(ValueError, match="2\\*\\*15"):
        PassphraseVault(Path("vault"), 14)


def test_the_file_is_what_its_description_says() -> None:
    """Read by the words of the module alone."""
    magic, rest = FILE[:18], FILE[18:]
    cost, salt, nonce, check, box = rest[:3], rest[3:19], rest[19:31], rest[31:63], rest[63:-32]
    assert (magic, tuple(cost)) == (b"VaultDesk vault 1\n", (15, 8, 1))
    made = Scrypt(salt=salt, length=64, n=2**15, r=8, p=1).derive(PASSPHRASE.encode())
    assert made[32:] == check
    assert json.loads(AESGCM(made[:32]).decrypt(nonce, box, FILE[:81])) == KEPT


@given(st.integers(0, len(FILE) - 1), st.integers(1, 255))
def test_no_byte_can_be_changed_unnoticed(place: int, change: int) -> None:
    changed = bytearray(FILE)
    changed[place] ^= change
    with pytest.raises(SecretError, match="damaged or was changed") as error:
        unsealed(bytes(changed), PASSPHRASE)
    assert error.value.fault is SecretFault.REFUSED


@given(st.integers(0, len(FILE) - 1))
def test_no_end_can_be_cut_off_unnoticed(length: int) -> None:
    with pytest.raises(SecretError, match="damaged or was changed"):
        unsealed(FILE[:length], PASSPHRASE)


@given(st.binary(max_size=300))
def test_any_other_file_is_refused(file: bytes) -> None:
    with pytest.raises(SecretError, match="damaged or was changed"):
        unsealed(file, PASSPHRASE)


@settings(max_examples=25)  # scrypt takes its time
@given(st.integers(0, len(FILE) - 33), st.integers(1, 255))
def test_who_knows_the_format_but_not_the_passphrase_changes_nothing_either(
    place: int, change: int
) -> None:
    """The sum at the end is made anew over the changed bytes."""
    from hashlib import sha256  # noqa: PLC0415

    changed = bytearray(FILE[:-32])
    changed[place] ^= change
    file = bytes(changed) + sha256(changed).digest()
    with pytest.raises(SecretError):
        unsealed(file, PASSPHRASE)


@settings(max_examples=10)
@given(st.dictionaries(st.text(), st.text(), max_size=5), st.text())
def test_any_secrets_under_any_passphrase_come_out_as_they_went_in(
    kept: dict[str, str], passphrase: str
) -> None:
    assert unsealed(sealed(kept, passphrase, LEAST_LOG2_N), passphrase) == kept


def test_kill_9_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    with subprocess.Popen(  # noqa: S603
        [sys.executable, "-c", WRITING, str(tmp_path / "vault")],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    ) as writer:
        assert writer.stdout is not None
        for acknowledged in range(5):
            assert writer.stdout.readline() == f"{acknowledged}\n"
        writer.kill()
        writer.stdout.read()
    kept = unsealed((tmp_path / "vault").read_bytes(), PASSPHRASE)
    assert int(kept["mail"]) >= acknowledged


WRITING = f"""
import asyncio, itertools, sys
from pathlib import Path
from vaultdesk.adapters.passphrase import PassphraseVault

async def main():
    vault = PassphraseVault(Path(sys.argv[1]), {LEAST_LOG2_N})
    await vault.unlock({PASSPHRASE!r})
    for number in itertools.count():
        await vault.set("mail", str(number))
        print(number, flush=True)

asyncio.run(main())
"""


class VaultAndADictionary(RuleBasedStateMachine):
    """The vault gives what a dictionary would, whatever is done to it in between."""

    names = st.sampled_from(["mail", "webhook", "broker"])

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.Runner()
        self.folder = tempfile.TemporaryDirectory()
        self.kept: dict[str, str] = {}
        self.is_open = True

    @initialize()
    def make(self) -> None:
        self.vault = PassphraseVault(Path(self.folder.name) / "vault", LEAST_LOG2_N)
        self.loop.run(self.vault.unlock(PASSPHRASE))

    @rule(name=names, secret=st.text())
    def keep(self, name: str, secret: str) -> None:
        if self._works(self.vault.set(name, secret)):
            self.kept[name] = secret

    @rule(name=names)
    def forget(self, name: str) -> None:
        if self._works(self.vault.delete(name)):
            self.kept.pop(name, None)

    @rule()
    def lock(self) -> None:
        self.vault.lock()
        self.is_open = False

    @rule()
    def restart(self) -> None:
        self.loop.run(self.vault.close())
        self.vault = PassphraseVault(self.vault.path, LEAST_LOG2_N)
        self.is_open = False

    @rule(right=st.booleans())
    def unlock(self, right: bool) -> None:
        wrong = not right
        fault = self._fault(self.vault.unlock("another one" if wrong else PASSPHRASE))
        assert fault is (SecretFault.LOCKED if wrong else None)
        self.is_open |= right

    @invariant()
    def it_gives_what_was_kept(self) -> None:
        if not hasattr(self, "vault"):
            return
        assert self.vault.is_open == self.is_open
        for name in ("mail", "webhook", "broker"):
            if self.is_open and name in self.kept:
                assert self.loop.run(self.vault.get(name)) == self.kept[name]
            else:
                missing = SecretFault.MISSING if self.is_open else SecretFault.LOCKED
                assert self._fault(self.vault.get(name)) is missing

    def _works(self, call: Coroutine[None, None, None]) -> bool:
        assert self._fault(call) is (None if self.is_open else SecretFault.LOCKED)
        return self.is_open

    def _fault(self, call: Coroutine[None, None, object]) -> SecretFault | None:
        try:
            self.loop.run(call)
        except SecretError as error:
            return error.fault
        return None

    def teardown(self) -> None:
        self.loop.run(self.vault.close())
        self.loop.close()
        self.folder.cleanup()


TestVaultAndADictionary = VaultAndADictionary.TestCase
TestVaultAndADictionary.settings = settings(max_examples=8, stateful_step_count=15)
