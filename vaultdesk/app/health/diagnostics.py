"""The text for whoever is to help: what runs here and how it is, and nothing that is a secret."""

from __future__ import annotations

import platform
import sys
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

from vaultdesk import __version__
from vaultdesk.app.redaction import GONE, REDACTOR, masked
from vaultdesk.settings import declared, written

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime
    from pathlib import Path

    from vaultdesk.settings import Layered

LINES = 200
"""Of the log, the newest."""

LIBRARIES = (
    "PySide6-Essentials",
    "qasync",
    "SQLAlchemy",
    "msgspec",
    "numpy",
    "scipy",
    "pandas",
    "yfinance",
    "ib_insync",
    "aiohttp",
    "keyring",
    "reportlab",
)

PRIVATE = frozenset(
    {
        "cluster_address",
        "ibkr_host",
        "mail_from",
        "mail_host",
        "mail_to",
        "mail_user",
        "report_mail_to",
        "serve_origins",
        "share_folder",
        "webhook_url",
    }
)
"""Settings that tell whose desk it is: only that they are set is told."""


def diagnostics(
    health: str, held: Layered, log: Iterable[str], *, made: datetime, home: Path
) -> str:
    """All of it as one text; `health` and `log` may hold anything, and are redacted here.

    Args:
        health: the health, a line each.
        held: the settings that hold, and why.
        log: the newest lines of the log.
        made: when.
        home: the user's home folder, which becomes `~`.
    """
    parts = (
        f"VaultDesk diagnostics, {made:%Y-%m-%d %H:%M:%S} UTC",
        _section("Program", _program()),
        _section("Settings that differ from the defaults", _settings(held)),
        _section("Health", [health]),
        _section(f"The last {LINES} lines of the log", log),
    )
    text = "\n\n".join(parts)
    for private in sorted(_private(held), key=len, reverse=True):
        text = text.replace(private, GONE)
    return masked(REDACTOR.clean(text), home) + "\n"


def _section(title: str, lines: Iterable[str]) -> str:
    return "\n".join((f"## {title}", *lines))


def _program() -> Iterator[str]:
    yield f"VaultDesk {__version__}{' (bundle)' if getattr(sys, 'frozen', False) else ''}"
    yield f"Python {platform.python_version()} on {platform.platform()}"
    for name in LIBRARIES:
        try:
            yield f"{name} {version(name)}"
        except PackageNotFoundError:
            yield f"{name} is not installed"


def _settings(held: Layered) -> Iterator[str]:
    changed = [s for s in declared() if getattr(held.settings, s.name) != s.default]
    for setting in changed:
        value = written(getattr(held.settings, setting.name))
        told = "(set)" if setting.name in PRIVATE else value or "empty"
        yield f"{setting.name} = {told} ({held.origins[setting.name]})"
    if not changed:
        yield "none"
    if held.problem:
        yield held.problem


def _private(held: Layered) -> Iterator[str]:
    """The values of private settings, each address of a list by itself."""
    for setting in declared():
        value = getattr(held.settings, setting.name)
        if setting.name in PRIVATE and value != setting.default:
            yield from (part.strip() for part in str(value).split(",") if len(part.strip()) > 2)  # noqa: PLR2004
