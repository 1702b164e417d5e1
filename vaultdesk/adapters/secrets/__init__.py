"""Passwords in the system's own keyring, or in this session's memory where there is none."""

from vaultdesk.adapters.secrets.memory import MemorySecrets
from vaultdesk.adapters.secrets.store import KeyringSecrets

__all__ = ["KeyringSecrets", "MemorySecrets"]
