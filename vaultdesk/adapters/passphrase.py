"""A vault for passwords where there is no keyring: one file, opened by a passphrase.

The file, in this order: the line `MAGIC`; scrypt's cost as log2 n, r and p, a byte each; the salt
(16 bytes); the nonce (12); a check of the passphrase (32); the secrets as JSON under AES-256-GCM;
SHA-256 of all before. scrypt (RFC 7914) makes 64 bytes of the passphrase: the key, then what the
check is, so that a wrong passphrase can be told from a changed file. Everything before the secrets
is authenticated with them. Salt and nonce are new at each write.
"""

import asyncio
import hashlib
import hmac
import json
import secrets
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from vaultdesk.ports import SecretError, SecretFault
from vaultdesk.services.files import replacing

T = TypeVar("T")

MAGIC = b"VaultDesk vault 1\n"
LOG2_N, LEAST_LOG2_N, MOST_LOG2_N = 17, 15, 20
"""scrypt's cost: 128 MiB and about 0.3 s; OWASP's first choice. Less than 15 is not written."""
R, P = 8, 1
SALT, NONCE, CHECK, SUM, KEY = 16, 12, 32, 32, 32
LEAST_PASSPHRASE = 8
"""Characters of a new passphrase."""

_HEAD = len(MAGIC) + 3 + SALT + NONCE
_TAG = 16


@dataclass(frozen=True, slots=True, repr=False)
class _Opened:
    """An open vault: never shown."""

    passphrase: str
    kept: dict[str, str]


def sealed(kept: dict[str, str], passphrase: str, log2_n: int) -> bytes:
    """The file that holds these secrets."""
    cost = bytes((log2_n, R, P))
    head = MAGIC + cost + secrets.token_bytes(SALT) + secrets.token_bytes(NONCE)
    key, check = _derived(passphrase, head)
    box = AESGCM(key).encrypt(head[-NONCE:], json.dumps(kept).encode(), head + check)
    whole = head + check + box
    return whole + hashlib.sha256(whole).digest()


def unsealed(file: bytes, passphrase: str) -> dict[str, str]:
    """The secrets a file holds.

    Raises:
        SecretError: The passphrase is wrong (LOCKED), or the file was changed (REFUSED).
    """
    whole, digest = file[:-SUM], file[-SUM:]
    head, check, box = whole[:_HEAD], whole[_HEAD : _HEAD + CHECK], whole[_HEAD + CHECK :]
    if len(box) < _TAG or hashlib.sha256(whole).digest() != digest or not _is_ours(head):
        raise _changed()
    key, expected = _derived(passphrase, head)
    if not hmac.compare_digest(check, expected):
        raise SecretError(
            SecretFault.LOCKED, "This is not the vault's passphrase: check Caps Lock and try again."
        )
    try:
        kept: dict[str, str] = json.loads(AESGCM(key).decrypt(head[-NONCE:], box, head + check))
    except InvalidTag:
        raise _changed() from None
    return kept


def _is_ours(head: bytes) -> bool:
    log2_n, r, p = head[len(MAGIC) : len(MAGIC) + 3]
    sound = LEAST_LOG2_N <= log2_n <= MOST_LOG2_N and (r, p) == (R, P)
    return head.startswith(MAGIC) and sound


def _derived(passphrase: str, head: bytes) -> tuple[bytes, bytes]:
    """The key, and the check of the passphrase.

    The passphrase is taken in Unicode's form NFKC: keyboards compose accents differently.
    """
    log2_n, r, p = head[len(MAGIC) : len(MAGIC) + 3]
    salt = head[-NONCE - SALT : -NONCE]
    typed = unicodedata.normalize("NFKC", passphrase).encode("utf-8", "surrogatepass")
    made = Scrypt(salt=salt, length=KEY + CHECK, n=1 << log2_n, r=r, p=p).derive(typed)
    return made[:KEY], made[KEY:]


def _changed() -> SecretError:
    return SecretError(
        SecretFault.REFUSED,
        "The vault's file is damaged or was changed by someone else: put a copy of it back, or "
        "remove it and enter the passwords again.",
    )


class PassphraseVault:
    """The vault in one file; locked until `unlock`, and nothing of it is on disk in the clear.

    While it is open the passphrase stays in memory, as each write makes a new key of it.
    """

    def __init__(self, path: Path, log2_n: int = LOG2_N) -> None:
        if log2_n < LEAST_LOG2_N:
            raise ValueError(f"scrypt's cost is at least 2**{LEAST_LOG2_N}.")
        self.path = path
        self._log2_n = log2_n
        self._opened: _Opened | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="vault")

    @property
    def exists(self) -> bool:
        """Whether the file is there; without one, `unlock` makes it."""
        return self.path.exists()

    @property
    def is_open(self) -> bool:
        """Whether secrets can be read and kept now."""
        return self._opened is not None

    async def unlock(self, passphrase: str) -> None:
        """Open the vault, or make a new one that this passphrase opens.

        Raises:
            SecretError: The passphrase is wrong or too short, the file changed or not readable.
        """
        await self._run(lambda: self._unlock(passphrase))

    def lock(self) -> None:
        """Forget the passphrase and the secrets; the file stays."""
        self._opened = None

    async def get(self, name: str) -> str:
        """The secret of this name; SecretError if there is none or the vault is locked."""
        kept = self._open().kept
        if name not in kept:
            raise SecretError(
                SecretFault.MISSING,
                f"No secret named '{name}' is in the vault: enter it in Settings, Credentials.",
            )
        return kept[name]

    async def set(self, name: str, secret: str) -> None:
        """Keep a secret; it is on disk, encrypted, when this returns.

        Raises:
            SecretError: The vault is locked, or its file cannot be written; nothing was changed.
        """
        await self._run(lambda: self._write({**self._open().kept, name: secret}))

    async def delete(self, name: str) -> None:
        """Forget the name; one that is not kept is no error.

        Raises:
            SecretError: The vault is locked, or its file cannot be written; nothing was changed.
        """

        def forget() -> None:
            kept = self._open().kept
            if name in kept:
                self._write({key: value for key, value in kept.items() if key != name})

        await self._run(forget)

    async def describe(self) -> str:
        """Where secrets are kept."""
        state = "open" if self.is_open else "locked" if self.exists else "not made yet"
        return f"Passwords are kept in a vault opened by your passphrase ({state}): {self.path}."

    async def close(self) -> None:
        """Lock the vault; what is being written is finished first."""
        self.lock()
        self._thread.shutdown(wait=False)

    def _open(self) -> _Opened:
        if self._opened is None:
            raise SecretError(
                SecretFault.LOCKED,
                "The vault is locked: open it with its passphrase in Settings, Credentials.",
            )
        return self._opened

    def _unlock(self, passphrase: str) -> None:
        try:
            file = self.path.read_bytes()
        except FileNotFoundError:
            self._make(passphrase)
        else:
            self._opened = _Opened(passphrase, unsealed(file, passphrase))

    def _make(self, passphrase: str) -> None:
        if len(passphrase) < LEAST_PASSPHRASE:
            raise SecretError(
                SecretFault.REFUSED,
                f"Choose a passphrase of at least {LEAST_PASSPHRASE} characters.",
            )
        _replace(self.path, sealed({}, passphrase, self._log2_n))
        self._opened = _Opened(passphrase, {})

    def _write(self, kept: dict[str, str]) -> None:
        opened = self._open()
        _replace(self.path, sealed(kept, opened.passphrase, self._log2_n))
        if self._opened is opened:  # else it was locked meanwhile
            self._opened = _Opened(opened.passphrase, kept)

    async def _run(self, work: Callable[[], T]) -> T:
        """One piece of work after the other in the vault's thread: scrypt takes its time."""
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, work)
        except OSError as error:
            raise SecretError(
                SecretFault.REFUSED,
                f"The vault at {self.path} cannot be used: check the disk and the file's rights "
                f"({error.strerror}).",
            ) from error


def _replace(path: Path, content: bytes) -> None:
    """Put content in a file's place, whole or not at all, readable by its owner only."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path, private=True) as beside:
        beside.write_bytes(content)
