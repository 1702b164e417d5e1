"""Where secrets may be kept, and what to offer where the keyring cannot be used."""

from dataclasses import dataclass
from enum import StrEnum

from vaultdesk.ports import SecretError, SecretFault

_PASSING = (SecretFault.LOCKED, SecretFault.DISMISSED, SecretFault.TIMEOUT)
"""What the user can mend at once by unlocking."""


class Place(StrEnum):
    """Where secrets are kept, as the setting `secrets_in` has it."""

    KEYRING = "keyring"
    SESSION = "session"
    VAULT = "vault"


@dataclass(frozen=True, slots=True)
class Choice:
    """Where secrets are kept: `place` is None until the user chose one of the `offers`.

    `reason` says in one sentence why the place that was wanted cannot be used.
    """

    place: Place | None
    reason: str = ""
    offers: tuple[Place, ...] = ()


def choice(wanted: Place, trouble: SecretError | None) -> Choice:
    """Where secrets go, given what the settings want and what `KeyringSecrets.check` raised.

    A keyring that is only locked is offered again, first; without one the desk does not decide by
    itself between forgetting passwords and asking for a passphrase.
    """
    if wanted is not Place.KEYRING or trouble is None:
        return Choice(wanted)
    others = (Place.SESSION, Place.VAULT)
    again = (Place.KEYRING,) if trouble.fault in _PASSING else ()
    return Choice(None, str(trouble), again + others)


def missing(name: str) -> SecretError:
    """What is raised for a secret that nobody kept."""
    return SecretError(
        SecretFault.MISSING, f"No secret named '{name}' is kept: enter it in Settings, Credentials."
    )
