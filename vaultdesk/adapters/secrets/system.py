"""The system's keyring through the keyring library; blocking, and loaded in its thread only.

Only the keyrings of the operating systems are used. Whatever else the library could find or be
told to use, such as files in plain text, is refused.
"""

from collections.abc import Callable, Mapping
from configparser import Error as ConfigError
from contextlib import suppress
from typing import TypeVar

import keyring.core
from keyring.backend import KeyringBackend
from keyring.backends import SecretService, Windows, kwallet, macOS
from keyring.errors import (
    InitError,
    KeyringError,
    KeyringLocked,
    NoKeyringError,
    PasswordDeleteError,
)

from vaultdesk.ports import SecretError, SecretFault

T = TypeVar("T")

_SYSTEM: Mapping[type[KeyringBackend], str] = {
    SecretService.Keyring: "the system's keyring (Secret Service)",
    kwallet.DBusKeyring: "KDE's wallet",
    macOS.Keyring: "the Mac's keychain",
    Windows.WinVaultKeyring: "the Windows Credential Manager",
}


def _asked(question: Callable[[KeyringBackend], T]) -> T:
    """Look for the keyring anew each time, some ms: it may have come or gone meanwhile."""
    try:
        return question(_found())
    except SecretError:
        raise
    except _FOREIGN as error:
        raise _ours(error) from None  # what was raised may quote the secret


def _found() -> KeyringBackend:
    """The best of the system's keyrings that are there, or the one configured."""
    try:
        named = keyring.core.load_env() or keyring.core.load_config()
    except (ImportError, AttributeError, ValueError, RuntimeError, ConfigError) as error:
        raise SecretError(
            SecretFault.NO_BACKEND,
            "The keyring named by PYTHON_KEYRING_BACKEND or keyringrc.cfg cannot be used: "
            f"remove that setting ({_short(error)}).",
        ) from None
    if named is not None:
        return _trusted(named)
    there = [kind for kind in _SYSTEM if kind.viable]
    if not there:
        raise NoKeyringError(_why_none())
    return max(there, key=lambda kind: float(kind.priority))()


def _trusted(named: KeyringBackend) -> KeyringBackend:
    kind = type(named)
    if kind in _SYSTEM:
        return named
    raise SecretError(
        SecretFault.REFUSED,
        f"The keyring is set to {kind.__module__}.{kind.__name__}, which is not the system's own: "
        "remove that from PYTHON_KEYRING_BACKEND or keyringrc.cfg.",
    )


def _why_none() -> str:
    """What the Secret Service says of its absence: the bus or the daemon is missing."""
    try:
        return f"its priority is {SecretService.Keyring.priority}"
    except (RuntimeError, OSError) as error:
        return _short(error)


def _ours(error: BaseException) -> SecretError:
    """A keyring's error as the fault it is and what to do about it."""
    if isinstance(error, NoKeyringError):
        return SecretError(
            SecretFault.NO_BACKEND,
            "This session has no keyring: start one such as gnome-keyring, or keep passwords for "
            f"this session or in a vault ({_short(error)}).",
        )
    if _dismissed(error) or _dismissed(error.__cause__):
        return SecretError(
            SecretFault.DISMISSED,
            "The keyring's question was dismissed or could not be shown: try again and answer it.",
        )
    if isinstance(error, KeyringLocked):
        return SecretError(
            SecretFault.LOCKED,
            "The keyring is locked, as its question was dismissed or could not be shown: try again "
            "and answer it.",
        )
    if isinstance(error, UnicodeError):
        return SecretError(
            SecretFault.REFUSED, "The keyring takes no such characters: enter the password again."
        )
    fault = SecretFault.NO_BACKEND if isinstance(error, InitError) else SecretFault.REFUSED
    kind = type(error).__name__
    return SecretError(fault, f"The keyring refused ({kind}): check it, then try again.")


def _dismissed(error: BaseException | None) -> bool:
    return type(error).__name__ == "PromptDismissedException"


def _short(error: BaseException) -> str:
    return " ".join(str(error).split())[:120].rstrip(".")


def _foreign() -> tuple[type[BaseException], ...]:
    """What the libraries behind the keyrings of this system raise besides KeyringError."""
    kinds: list[type[BaseException]] = [KeyringError, OSError, EOFError, UnicodeError]
    with suppress(ImportError):
        from jeepney import DBusErrorResponse  # noqa: PLC0415
        from secretstorage.exceptions import SecretStorageException  # noqa: PLC0415

        kinds += [DBusErrorResponse, SecretStorageException]
    with suppress(ImportError):
        from dbus import DBusException  # noqa: PLC0415

        kinds.append(DBusException)
    with suppress(ImportError):
        from win32ctypes.pywin32 import pywintypes  # noqa: PLC0415

        kinds.append(pywintypes.error)
    return tuple(kinds)


_FOREIGN = _foreign()


class SystemKeyring:
    """One service's secrets; whatever goes wrong is a SecretError."""

    def __init__(self, service: str) -> None:
        self._service = service

    def password(self, name: str) -> str | None:
        """What is kept under the name, if anything; asks to unlock where that is needed."""
        return _asked(lambda backend: backend.get_password(self._service, name))

    def keep(self, name: str, secret: str) -> None:
        """Keep a secret in place of what was there."""
        _asked(lambda backend: backend.set_password(self._service, name, secret))

    def forget(self, name: str) -> None:
        """Forget the name, if it is kept."""

        def delete(backend: KeyringBackend) -> None:
            try:
                backend.delete_password(self._service, name)
            except PasswordDeleteError:
                # The libraries say the same of what is not there and what cannot be removed.
                if backend.get_password(self._service, name) is not None:
                    raise

        _asked(delete)

    def where(self) -> str:
        """What the keyring is called; it is not unlocked by that."""
        return _asked(lambda backend: _SYSTEM[type(backend)])
