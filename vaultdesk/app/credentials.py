"""Where the desk's passwords are, as the setting `secrets_in` has it; it may change any time.

Each that passes here is learned by the log's redactor and never written there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vaultdesk.app.redaction import REDACTOR
from vaultdesk.ports import SecretError, SecretFault

if TYPE_CHECKING:
    from pathlib import Path

    from vaultdesk.adapters.passphrase import PassphraseVault
    from vaultdesk.adapters.secrets import KeyringSecrets, MemorySecrets

KEYRING, SESSION, VAULT = "keyring", "session", "vault"
VAULT_FILE = "secrets.vault"


class Credentials:
    """One SecretStore out of three; what is kept in one is not carried over to another.

    The keyring is first looked for when something is asked of it. `profile` sets apart the
    demonstration's entries.
    """

    def __init__(self, home: Path, place: str, profile: str = "") -> None:
        self._home, self._place, self._profile = home, place, profile
        self._keyring: KeyringSecrets | None = None
        self._session: MemorySecrets | None = None
        self._vault: PassphraseVault | None = None

    def use(self, place: str) -> None:
        """Keep secrets there from now on."""
        self._place = place

    async def get(self, name: str) -> str:
        """The secret of this name, or SecretError."""
        secret = await self._store().get(name)
        REDACTOR.learn(secret)
        return secret

    async def set(self, name: str, secret: str) -> None:
        """Keep a secret, or SecretError."""
        REDACTOR.learn(secret)
        await self._store().set(name, secret)

    async def delete(self, name: str) -> None:
        """Forget a name, or SecretError."""
        await self._store().delete(name)

    async def describe(self) -> str:
        """Where secrets are kept, or why nowhere."""
        return await self._store().describe()

    async def check(self) -> None:
        """Whether secrets can be read now.

        Raises:
            SecretError: They cannot; the sentence says what to do.
        """
        if self._place == KEYRING:
            await self._of_keyring().check()
        elif self._place == VAULT and not self._of_vault().is_open:
            raise SecretError(
                SecretFault.LOCKED,
                "The vault is locked: open it with its passphrase in Settings, Credentials.",
            )

    async def keeps(self, name: str) -> bool:
        """Whether there is a secret of this name; SecretError where that cannot be read."""
        try:
            await self.get(name)
        except SecretError as error:
            if error.fault is SecretFault.MISSING:
                return False
            raise
        return True

    def awaits_passphrase(self) -> str:
        """The vault's state while it waits for a passphrase: "new" or "locked"; else empty."""
        if self._place != VAULT or self._of_vault().is_open:
            return ""
        return "locked" if self._of_vault().exists else "new"

    async def unlock(self, passphrase: str) -> None:
        """Open the vault, or make it; SecretError if this is not its passphrase."""
        REDACTOR.learn(passphrase)
        await self._of_vault().unlock(passphrase)

    async def close(self) -> None:
        """Lock the vault and let the keyring's thread go."""
        for store in (self._keyring, self._vault):
            if store is not None:
                await store.close()

    def _store(self) -> KeyringSecrets | MemorySecrets | PassphraseVault:
        if self._place == SESSION:
            return self._of_session()
        return self._of_vault() if self._place == VAULT else self._of_keyring()

    def _of_keyring(self) -> KeyringSecrets:
        if self._keyring is None:
            from vaultdesk.adapters.secrets import KeyringSecrets  # noqa: PLC0415 (0.1 s)

            self._keyring = KeyringSecrets(self._profile)
        return self._keyring

    def _of_session(self) -> MemorySecrets:
        if self._session is None:
            from vaultdesk.adapters.secrets import MemorySecrets  # noqa: PLC0415

            self._session = MemorySecrets()
        return self._session

    def _of_vault(self) -> PassphraseVault:
        if self._vault is None:
            from vaultdesk.adapters.passphrase import PassphraseVault  # noqa: PLC0415

            self._vault = PassphraseVault(self._home / VAULT_FILE)
        return self._vault
