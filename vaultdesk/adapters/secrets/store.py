"""The keyring as a store whose every call runs in one thread and ends in time."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeVar

from vaultdesk.adapters.secrets.missing import missing
from vaultdesk.ports import SecretError, SecretFault
from vaultdesk.services.worker import Worker

if TYPE_CHECKING:
    from collections.abc import Callable

    from vaultdesk.adapters.secrets.system import SystemKeyring

T = TypeVar("T")

TIMEOUT_S = 60.0
"""How long a keyring may take; time enough to type the password it asks for."""


class KeyringSecrets:
    """Secrets in the system's keyring, under a service of their own for each profile.

    The keyring may ask the user to unlock it and blocks until that is answered, so every call runs
    in one thread and is given up after `timeout_s`. While a question stands unanswered, further
    calls wait behind it; one that was given up before its turn is never made.
    """

    def __init__(self, profile: str = "", timeout_s: float = TIMEOUT_S) -> None:
        self.service = f"VaultDesk {profile}".strip()
        self._timeout_s = timeout_s
        self._worker = Worker("keyring")

    async def get(self, name: str) -> str:
        """The secret of this name; asks to unlock where that is needed.

        Raises:
            SecretError: There is none, or the keyring cannot be read.
        """
        found = await self._asked(lambda system: system.password(name))
        if found is None:
            raise missing(name)
        return found

    async def set(self, name: str, secret: str) -> None:
        """Keep a secret in place of what was there.

        Raises:
            SecretError: It was not kept; after a time-out it may still be, once unlocked.
        """
        await self._asked(lambda system: system.keep(name, secret))

    async def delete(self, name: str) -> None:
        """Forget the name; one that is not kept is no error.

        Raises:
            SecretError: The keyring cannot be written.
        """
        await self._asked(lambda system: system.forget(name))

    async def check(self) -> None:
        """Whether there is a keyring; it is not unlocked by that.

        Raises:
            SecretError: There is none that the desk would use.
        """
        await self._asked(lambda system: system.where())

    async def describe(self) -> str:
        """Where secrets are kept, or why nowhere."""
        try:
            where = await self._asked(lambda system: system.where())
        except SecretError as error:
            return str(error)
        return f"Passwords are kept in {where}."

    async def close(self) -> None:
        """Let the thread end; a question it waits with does not hold up the program."""
        self._worker.retire()

    async def _asked(self, question: Callable[[SystemKeyring], T]) -> T:
        try:
            async with asyncio.timeout(self._timeout_s):
                return await self._worker.run(lambda: question(_system(self.service)))
        except TimeoutError:
            raise SecretError(
                SecretFault.TIMEOUT,
                "The keyring did not answer in time: answer its question, then try again.",
            ) from None


def _system(service: str) -> SystemKeyring:
    """The library takes 0.1 s to load, which is the thread's to wait for."""
    from vaultdesk.adapters.secrets.system import SystemKeyring  # noqa: PLC0415

    return SystemKeyring(service)
