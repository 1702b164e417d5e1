"""Every setting once: name, type, default and a sentence; set by file, variable or flag.

A later layer wins: defaults, then `settings.toml` in the desk's home, then `VAULTDESK_…`
variables, then command-line flags.
"""

import argparse
import os
import re
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

FILE = "settings.toml"
PREFIX = "VAULTDESK_"
_PATH_OF_ERROR = re.compile(r"^(?P<reason>.*?)(?: - at `\$\.(?P<name>\w+)`)?$")
_UNKNOWN = re.compile(r"unknown field `(?P<name>[^`]+)`")


class SettingsError(ValueError):
    """A setting cannot be used; the text names it, where it stands and what is allowed."""


class Settings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The desk's settings; each is also a flag and a variable of the same name."""

    feed: Annotated[
        str,
        Meta(
            pattern=r"^(yahoo|simulated|recorded:.+)$",
            description="Where prices come from: yahoo, simulated or recorded:PATH.",
        ),
    ] = "yahoo"
    symbol: Annotated[
        str,
        Meta(
            pattern=r"^[A-Z0-9][A-Z0-9.=^-]{0,14}$",
            description="The symbol shown while no loan names another, in capitals.",
        ),
    ] = "GLD"
    poll_interval_s: Annotated[
        float, Meta(ge=1, le=3600, description="Seconds between two polls of a feed.")
    ] = 30
    fresh_for_s: Annotated[
        float,
        Meta(ge=1, le=3600, description="Seconds after which a price in session is stale."),
    ] = 60
    chain_ttl_s: Annotated[
        float, Meta(ge=0, le=86_400, description="Seconds for which a fetched chain is kept.")
    ] = 300
    chain_days: Annotated[
        int, Meta(ge=1, le=1000, description="The chain opened first is nearest to these days.")
    ] = 60
    risk_free_rate: Annotated[
        float,
        Meta(
            gt=-0.05,
            lt=0.25,
            description="Rate per year, a fraction, used where the chain itself implies none.",
        ),
    ] = 0.04
    exercise_style: Annotated[
        Literal["", "american", "european"],
        Meta(
            description="How options are exercised, american or european; empty for what was last "
            "chosen in the window, american at first."
        ),
    ] = ""
    gold_symbol: Annotated[
        str, Meta(description="Gold per ounce at the feed, for the premium; empty to ask none.")
    ] = "GC=F"
    replay_speed: Annotated[
        float,
        Meta(gt=0, le=100_000, description="How many times faster than life a recording plays."),
    ] = 1
    simulated_seed: Annotated[int, Meta(description="The simulated market's seed.")] = 7
    simulated_start: Annotated[
        str,
        Meta(description="When the simulated market starts (ISO-8601 with offset); empty for now."),
    ] = ""
    simulated_ticks_per_s: Annotated[
        float, Meta(gt=0, le=100, description="The simulated market's ticks per second.")
    ] = 1
    theme: Annotated[
        Literal["", "dark", "light"],
        Meta(description="The look, dark or light; empty for the one last chosen in the window."),
    ] = ""
    request_timeout_s: Annotated[
        float, Meta(ge=1, le=120, description="Seconds a source may take to answer.")
    ] = 15
    log_level: Annotated[
        Literal["debug", "info", "warning", "error"],
        Meta(description="How much is written to the log file."),
    ] = "info"


class Setting(Struct, frozen=True):
    """One setting as the command line, the help and the dialogs show it."""

    name: str
    default: Any
    sentence: str

    @property
    def flag(self) -> str:
        """Its command-line flag."""
        return "--" + self.name.replace("_", "-")

    @property
    def variable(self) -> str:
        """Its environment variable."""
        return PREFIX + self.name.upper()


def declared() -> tuple[Setting, ...]:
    """Every setting with its default and its sentence, in order."""
    return tuple(
        Setting(field.name, field.default, _description(field.type))
        for field in msgspec.structs.fields(Settings)
    )


def home() -> Path:
    """The folder everything is written to: `VAULTDESK_HOME`, else the platform's data folder."""
    chosen = os.environ.get(f"{PREFIX}HOME")
    if chosen:
        return Path(chosen).expanduser().absolute()
    from platformdirs import user_data_path  # noqa: PLC0415

    return user_data_path("vaultdesk", appauthor=False)


def load(flags: dict[str, Any]) -> Settings:
    """The settings from all layers; `flags` holds those given on the command line.

    Raises:
        SettingsError: A layer holds something unusable; the sentence says which and what to do.
    """
    file, variables = _from_file(home() / FILE), _from_environment()
    try:
        return msgspec.convert({**file, **variables, **flags}, Settings, strict=False)
    except msgspec.ValidationError as error:
        raise SettingsError(_sentence(str(error), file, variables, flags)) from None


def load_or_default(flags: dict[str, Any]) -> tuple[Settings, str]:
    """The settings; where file or environment are unusable, those of the flags and the sentence.

    Raises:
        SettingsError: The flags themselves are unusable.
    """
    try:
        return load(flags), ""
    except SettingsError as error:
        try:
            return msgspec.convert(flags, Settings, strict=False), f"{error} The defaults are used."
        except msgspec.ValidationError as own:
            raise SettingsError(_sentence(str(own), {}, {}, flags)) from None


def add_flags(parser: argparse.ArgumentParser) -> None:
    """Give the parser a flag for every setting; one not given leaves no trace."""
    group = parser.add_argument_group("settings")
    for setting in declared():
        default = "empty" if setting.default == "" else setting.default
        group.add_argument(
            setting.flag,
            dest=setting.name,
            default=argparse.SUPPRESS,
            metavar=setting.name.rsplit("_", 1)[-1].upper(),
            help=f"{setting.sentence} [{default}]".replace("%", "%%"),
        )


def flags_given(namespace: argparse.Namespace) -> dict[str, Any]:
    """The settings that were given as flags."""
    given = {setting.name: getattr(namespace, setting.name, None) for setting in declared()}
    return {name: value for name, value in given.items() if value is not None}


def _from_file(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(
            f"{path} is not valid TOML ({error}): mend that line or remove the file."
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} cannot be read ({error}): mend or remove it.") from None


def _from_environment() -> dict[str, str]:
    return {
        setting.name: os.environ[setting.variable]
        for setting in declared()
        if setting.variable in os.environ
    }


def _sentence(
    error: str, file: dict[str, Any], variables: dict[str, str], flags: dict[str, Any]
) -> str:
    path = home() / FILE
    if unknown := _UNKNOWN.search(error):
        return (
            f"{path} has '{unknown['name']}', which is no setting: correct its name or remove it."
        )
    match = _PATH_OF_ERROR.match(error)
    name = (match and match["name"]) or "?"
    setting = next((s for s in declared() if s.name == name), Setting(name, None, ""))
    if name in flags:
        where, value = setting.flag, flags[name]
    elif name in variables:
        where, value = setting.variable, variables[name]
    else:
        where, value = f"'{name}' in {path}", file.get(name)
    reason = _plain(match["reason"] if match else error)
    return f"{where} cannot be '{value}' ({reason}). {setting.sentence}".strip()


def _plain(reason: str) -> str:
    if "matching regex" in reason:
        return "not one of those allowed"
    return (reason[:1].lower() + reason[1:]).replace("`", "")


def _description(annotated: Any) -> str:  # noqa: ANN401
    for part in getattr(annotated, "__metadata__", ()):
        if isinstance(part, Meta) and part.description:
            return part.description
    return ""
