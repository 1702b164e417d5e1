"""Files that the user asked for, at a place of the user's choice."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from vaultdesk.ports import StorageError


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
