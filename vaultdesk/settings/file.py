"""The file of settings: read as TOML, written so that comments and order stay as they are."""

import os
import tempfile
import tomllib
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec

from vaultdesk.settings.declared import PREFIX, Settings, SettingsError
from vaultdesk.settings.sentences import explained

FILE = "settings.toml"


def home() -> Path:
    """The folder everything is written to: `VAULTDESK_HOME`, else the platform's data folder."""
    chosen = os.environ.get(f"{PREFIX}HOME")
    if chosen:
        return Path(chosen).expanduser().absolute()
    from platformdirs import user_data_path  # noqa: PLC0415

    return user_data_path("vaultdesk", appauthor=False)


def from_file() -> dict[str, Any]:
    """What the file sets; nothing where there is none.

    Raises:
        SettingsError: It cannot be read.
    """
    return tomllib.loads(_text(home() / FILE))


def save(changes: Mapping[str, Any]) -> None:
    """Write these settings into the file and leave everything else in it as it is.

    A setting that becomes None is taken out of the file: its default holds again. Text is read as
    the setting's type. The file is replaced as a whole or not at all. Blocking: not on the loop.

    Raises:
        SettingsError: What the file would hold cannot be used, or it cannot be written.
    """
    import tomlkit  # noqa: PLC0415 (nothing before the first paint writes settings)

    path = home() / FILE
    document = tomlkit.parse(_text(path))
    kept = {name: value for name, value in document.unwrap().items() if name not in changes}
    given = {name: value for name, value in changes.items() if value is not None}
    try:
        sound = msgspec.convert({**kept, **given}, Settings, strict=False)
    except msgspec.ValidationError as error:
        raise SettingsError(explained(str(error), path, {**kept, **given}, {}, {})) from None
    for name in changes:
        if name in given:
            document[name] = getattr(sound, name)
        else:
            document.pop(name, None)
    _replace(path, tomlkit.dumps(document))


def _text(path: Path) -> str:
    """The file's text, which is TOML; empty where there is no file."""
    try:
        text = path.read_text(encoding="utf-8")
        tomllib.loads(text)
    except FileNotFoundError:
        return ""
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(
            f"{path} is not valid TOML ({error}): mend that line or remove the file."
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} cannot be read ({error}): mend or remove it.") from None
    return text


def _replace(path: Path, text: str) -> None:
    """Put the text in the file's place; one that is a link stays a link."""
    target = path.resolve()
    beside: Path | None = None
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", newline="", dir=target.parent, prefix=FILE, delete=False
        ) as file:
            beside = Path(file.name)
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        if target.exists():
            beside.chmod(target.stat().st_mode & 0o777)
        beside.replace(target)
    except OSError as error:
        if beside is not None:
            with suppress(OSError):
                beside.unlink(missing_ok=True)
        raise SettingsError(
            f"{path} was not written ({error.strerror}): free some space or make its folder "
            "writable."
        ) from None
