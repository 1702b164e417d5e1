"""Secrets for this session only."""

from vaultdesk.adapters.secrets.missing import missing


class MemorySecrets:
    """Secrets that are forgotten when the desk closes."""

    def __init__(self) -> None:
        self._kept: dict[str, str] = {}

    async def get(self, name: str) -> str:
        """The secret of this name; SecretError if there is none."""
        if name not in self._kept:
            raise missing(name)
        return self._kept[name]

    async def set(self, name: str, secret: str) -> None:
        """Keep a secret until the desk closes."""
        self._kept[name] = secret

    async def delete(self, name: str) -> None:
        """Forget the name."""
        self._kept.pop(name, None)

    async def describe(self) -> str:
        """Where secrets are kept."""
        return "Passwords are kept for this session only and forgotten when the desk closes."
