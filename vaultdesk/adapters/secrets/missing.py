"""What is raised for a secret that nobody kept."""

from vaultdesk.ports import SecretError, SecretFault


def missing(name: str) -> SecretError:
    """The error, with a sentence that names the secret and where to enter it."""
    return SecretError(
        SecretFault.MISSING, f"No secret named '{name}' is kept: enter it in Settings, Credentials."
    )
