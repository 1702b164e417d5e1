"""Files that the user asked for, at a place of the user's choice: whole, or not at all."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from vaultdesk.ports import StorageError

EVERYBODY, OWNER = 0o666, 0o600
"""Who may read a new file: those whom the user lets as a rule, or the user alone."""


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """What goes wrong within is told in one sentence that says what to do.

    Raises:
        StorageError: The system refused to write the file.
    """
    try:
        yield
    except OSError as error:
        raise StorageError(
            f"{path} cannot be written ({error.strerror or error}): choose another place."
        ) from error


@contextmanager
def whole(path: Path, *, private: bool = False) -> Iterator[Path]:
    """As `replacing`, told as by `writing`.

    Raises:
        StorageError: The system refused to write the file.
    """
    with writing(path), replacing(path, private=private) as beside:
        yield beside


@contextmanager
def replacing(path: Path, *, private: bool = False) -> Iterator[Path]:
    """A new file beside `path` to write into; what it holds at the end takes the path's place.

    It is on the disk then. Where anything goes wrong it is gone, and what stood at the path still
    stands there.

    Raises:
        OSError: The system refused.
    """
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY
    os.close(os.open(beside, flags, OWNER if private else EVERYBODY))
    try:
        yield beside
        sync(beside)
        beside.replace(path)
    except BaseException:
        with suppress(OSError):
            beside.unlink(missing_ok=True)
        raise
    sync(path.parent)


def sync(path: Path) -> None:
    """Have a file's bytes, or a folder's names, on the disk; Windows opens no folders.

    Raises:
        OSError: The disk refused.
    """
    if path.is_dir() and os.name != "posix":
        return
    handle = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
