"""How the window was left and what was chosen in it: small files, read before the database is.

Window states are Qt's own opaque bytes and are worth nothing to anyone else; they must be there
for the first paint, before the database module is even loaded.
"""

from pathlib import Path
from urllib.parse import quote, unquote

from vaultdesk.ports import StorageError

SUFFIX = ".workspace"
CHOICE = ".txt"


class WindowFiles:
    """Workspaces by name and choices by theirs ("theme"), in one folder of the profile."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def load(self, name: str) -> bytes | None:
        """What was saved under this name, or None."""
        try:
            return self._file(name).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise StorageError(
                f"How the window was left cannot be read ({error.strerror}): make {self._folder} "
                "a readable folder, or move it away."
            ) from error

    def save(self, name: str, data: bytes) -> None:
        """Keep this under the name, in place of what was there, wholly or not at all."""
        self._write(self._file(name), data)

    def names(self) -> tuple[str, ...]:
        """Every name something is kept under."""
        files = sorted(self._folder.glob(f"*{SUFFIX}"))
        return tuple(unquote(file.name.removesuffix(SUFFIX)) for file in files)

    def delete(self, name: str) -> None:
        """Forget the name; one that is not kept is no error."""
        try:
            self._file(name).unlink(missing_ok=True)
        except OSError as error:
            raise StorageError(f"The workspace “{name}” cannot be deleted ({error}).") from error

    def choice(self, name: str) -> str:
        """What was chosen last in the window, empty before the first time."""
        try:
            return (self._folder / (name + CHOICE)).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            return ""

    def keep_choice(self, name: str, chosen: str) -> None:
        """Start with this choice next time."""
        self._write(self._folder / (name + CHOICE), chosen.encode())

    def _file(self, name: str) -> Path:
        return self._folder / (quote(name, safe=" ()") + SUFFIX)

    def _write(self, path: Path, data: bytes) -> None:
        beside = path.with_name(path.name + ".new")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            beside.write_bytes(data)
            beside.replace(path)
        except OSError as error:
            raise StorageError(
                f"How the window is arranged was not kept ({error.strerror}): free some space or "
                f"make {self._folder} writable."
            ) from error
