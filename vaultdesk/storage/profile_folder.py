"""What a profile is made of: the files in its folder that are worth keeping, and their names."""

import re
from collections.abc import Iterator
from pathlib import Path

from vaultdesk.settings import FILE
from vaultdesk.storage.window_files import CHOICE, SUFFIX

DATABASE = "desk.db"
BESIDE_DATABASE = ("desk.db-wal", "desk.db-shm")
"""What SQLite keeps beside a database that is open, or was when the machine stopped."""
SETTINGS = FILE
WINDOW = "window"
VAULT = "secrets.vault"
"""Passwords, encrypted by a passphrase; only where the user chose to keep them so."""

PENDING = "incoming.json"
"""Lies there while another profile waits to come in the present one's place."""

_WINDOW_FILE = re.compile(rf"{WINDOW}/[^/\\:.\x00-\x1f][^/\\:\x00-\x1f]*({SUFFIX}|{CHOICE})")


def is_member(name: str) -> bool:
    """Whether a file of this name, with "/" between its parts, can be one of a profile's."""
    return name in (DATABASE, SETTINGS, VAULT) or bool(_WINDOW_FILE.fullmatch(name))


def members(home: Path, *, vault: bool) -> Iterator[tuple[str, Path]]:
    """The names and places of the profile's files besides its database."""
    for name in (SETTINGS, VAULT) if vault else (SETTINGS,):
        if (home / name).is_file():
            yield name, home / name
    for path in sorted((home / WINDOW).glob("*")):
        name = f"{WINDOW}/{path.name}"
        if is_member(name) and path.is_file():
            yield name, path
