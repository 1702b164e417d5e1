"""Files that are written wholly or not at all."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from vaultdesk.services.files import writing


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """A new file beside `path` to write into; what it holds at the end takes the path's place.

    It is on the disk, and readable by its owner only. Where anything goes wrong it is gone, and
    what stood at the path still stands there.

    Raises:
        StorageError: the system refused to write the file.
    """
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
        os.close(handle)
        beside = Path(name)
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
        OSError: the disk refused.
    """
    if path.is_dir() and os.name != "posix":
        return
    handle = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
