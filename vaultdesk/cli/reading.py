"""How arguments of the command line are read: numbers, days, sizes, the profile they name."""

from __future__ import annotations

import argparse
from datetime import date
from typing import TYPE_CHECKING, Any

from vaultdesk import settings as layers
from vaultdesk.core.money import exact
from vaultdesk.ports import InputError

if TYPE_CHECKING:
    from decimal import Decimal

    from vaultdesk.app.parts import Profile

OK, FAILED, BAD_INPUT = 0, 1, 2


def profile(namespace: argparse.Namespace) -> Profile:
    """The profile that the flags, the variables and the settings file name."""
    from vaultdesk.app.parts import Profile  # noqa: PLC0415

    demo = is_demo(namespace)
    return Profile(layers.load(flags(namespace, demo=demo)), demo=demo)


def is_demo(namespace: argparse.Namespace) -> bool:
    """Whether it is the demonstration's."""
    return bool(getattr(namespace, "demo", False))


def flags(namespace: argparse.Namespace, *, demo: bool) -> dict[str, Any]:
    """The settings that were given as flags."""
    given = layers.flags_given(namespace)
    if demo and given.setdefault("feed", "simulated") != "simulated":
        raise InputError("--demo is the simulated market: leave --feed or --demo out.")
    return given


def required(flag: str, text: str | None) -> Decimal:
    """A number that has to be there."""
    value = decimal(flag, text)
    if value is None:
        raise InputError(f"{flag} is missing.")
    return value


def decimal(flag: str, text: str | None) -> Decimal | None:
    """A plain number, None where it was not given."""
    if text is None:
        return None
    try:
        return exact(text)
    except ValueError:
        raise InputError(f"{flag} takes a plain number such as 0.75, not '{text}'.") from None


def day(text: str) -> date:
    """A date, for argparse."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"'{text}' is no date: write it as 2026-06-01") from None


def seconds(text: str) -> float:
    """A length of time, for argparse."""
    value = float(text)
    if not 0 <= value <= 86_400:  # noqa: PLR2004
        raise argparse.ArgumentTypeError(f"'{text}' is not between 0 and 86400 seconds")
    return value


def size(text: str) -> tuple[int, int]:
    """The sides of a window, for argparse."""
    width, _, height = text.lower().partition("x")
    if not (width.isdecimal() and height.isdecimal()):
        raise argparse.ArgumentTypeError(f"'{text}' is no size: write it as 1280x800")
    size = int(width), int(height)
    if not all(320 <= side <= 16_384 for side in size):  # noqa: PLR2004
        raise argparse.ArgumentTypeError(f"'{text}' is out of range: sides are 320 to 16384")
    return size
