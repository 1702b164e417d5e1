"""Defaults, file, variables and flags laid over each other, and which of them won."""

import argparse
import os
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import msgspec

from vaultdesk.settings.declared import Settings, SettingsError, declared, written
from vaultdesk.settings.file import FILE, from_file, home
from vaultdesk.settings.sentences import explained, reason


class Origin(StrEnum):
    """Where the value that holds comes from; flags and variables win over the file."""

    DEFAULT = "default"
    FILE = "file"
    VARIABLE = "variable"
    FLAG = "flag"


@dataclass(frozen=True, slots=True)
class Layered:
    """The settings that hold and the layer of each; `problem` says why a layer was left out."""

    settings: Settings
    origins: Mapping[str, Origin]
    problem: str = ""


def load(flags: Mapping[str, Any]) -> Settings:
    """The settings from all layers; `flags` holds those given on the command line.

    Raises:
        SettingsError: A layer holds something unusable; the sentence says which and what to do.
    """
    file, variables = from_file(), _from_environment()
    try:
        return msgspec.convert({**file, **variables, **flags}, Settings, strict=False)
    except msgspec.ValidationError as error:
        raise SettingsError(explained(str(error), home() / FILE, file, variables, flags)) from None


def load_or_default(flags: Mapping[str, Any]) -> tuple[Settings, str]:
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
            raise SettingsError(explained(str(own), home() / FILE, {}, {}, flags)) from None


def origins(flags: Mapping[str, Any]) -> dict[str, Origin]:
    """Which layer each setting comes from, by name.

    Raises:
        SettingsError: The file cannot be read.
    """
    layers = ((Origin.FLAG, flags), (Origin.VARIABLE, _from_environment()))
    told = (*layers, (Origin.FILE, from_file()))
    return {
        setting.name: next(
            (origin for origin, layer in told if setting.name in layer), Origin.DEFAULT
        )
        for setting in declared()
    }


def layered(flags: Mapping[str, Any]) -> Layered:
    """What holds now and why, also where the file cannot be used. Blocking: not on the loop.

    Raises:
        SettingsError: The flags themselves are unusable.
    """
    settings, problem = load_or_default(flags)
    if problem:  # the flags alone hold
        given = {s.name: Origin.FLAG if s.name in flags else Origin.DEFAULT for s in declared()}
        return Layered(settings, given, problem)
    return Layered(settings, origins(flags))


def revised(settings: Settings, changes: Mapping[str, Any]) -> Settings:
    """The settings with some of them changed; None is the default.

    Raises:
        SettingsError: A change cannot be used.
    """
    defaults = {setting.name: setting.default for setting in declared()}
    given = {name: defaults[name] if new is None else new for name, new in changes.items()}
    try:
        return msgspec.convert(
            {**msgspec.structs.asdict(settings), **given}, Settings, strict=False
        )
    except msgspec.ValidationError as error:
        raise SettingsError(f"This cannot be used: {reason(str(error))}.") from None


def refusal(name: str, value: object) -> str:
    """Why a setting cannot have this value, in a few words; empty where it can."""
    try:
        msgspec.convert({name: value}, Settings, strict=False)
    except msgspec.ValidationError as error:
        return reason(str(error))
    return ""


def add_flags(parser: argparse.ArgumentParser) -> None:
    """Give the parser a flag for every setting; one not given leaves no trace."""
    group = parser.add_argument_group("settings")
    for setting in declared():
        group.add_argument(
            setting.flag,
            dest=setting.name,
            default=argparse.SUPPRESS,
            metavar=setting.name.rsplit("_", 1)[-1].upper(),
            help=f"{setting.sentence} [{written(setting.default) or 'empty'}]".replace("%", "%%"),
        )


def flags_given(namespace: argparse.Namespace) -> dict[str, Any]:
    """The settings that were given as flags."""
    given = {setting.name: getattr(namespace, setting.name, None) for setting in declared()}
    return {name: value for name, value in given.items() if value is not None}


def _from_environment() -> dict[str, str]:
    return {
        setting.name: os.environ[setting.variable]
        for setting in declared()
        if setting.variable in os.environ
    }
