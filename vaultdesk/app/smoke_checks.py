"""What `vaultdesk --smoke` tries, one check after the other."""

from __future__ import annotations

import asyncio
import os
import sys
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from vaultdesk.core.money import exact

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Mapping

    from PySide6.QtGui import QImage

    from vaultdesk.settings import Settings

    Check = Callable[["Trial"], str]

WINDOW_S = 2.0
"""After so long the window's picture is taken: panels, loan and chain are on it by then."""
SIZE = 1440, 900
LEAST_COLOURS = 100
"""A window without its fonts, style or panels has fewer."""

PUT = {"kind": -1, "spot": 350, "strike": 350, "years": 1.5, "rate": 0.043, "dividend_yield": 0}
AMERICAN, EUROPEAN, PUT_VOLATILITY = 22.4900, 20.0882, 0.18
TOLERANCE = 2e-3
"""What the American value may differ: it was taken from a tree of 4,000 steps."""

EXTRAS = ("vaultdesk.adapters.workers.cluster",)
"""Modules for which a library has to be installed that no bundle brings."""
LIBRARIES = (
    *("aiohttp", "aiosmtplib", "certifi", "curl_cffi", "exchange_calendars"),
    *("google.protobuf", "msgspec", "pandas", "peewee", "pyqtgraph", "qasync", "reportlab"),
    *("scipy.optimize", "sqlalchemy.dialects.sqlite", "tomlkit", "tzdata", "yfinance"),
)


class Wanting(Exception):  # noqa: N818 - what is wanting is no error of the program's
    """Something is there but not as it should be."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What the checks are given: a home to write to, and what the window wants for its help."""

    home: Path
    parser: Callable[[], argparse.ArgumentParser]


def _equal(what: str, found: object, expected: object) -> None:
    if found != expected:
        raise Wanting(f"{what} is {found}, not {expected}")


def _option(_: Trial) -> str:
    """Price the put of the worked values: 18 months at the money, 18 % volatility, 4.3 % a year."""
    from vaultdesk.core.options import american, european  # noqa: PLC0415

    price = float(american(**PUT, volatility=PUT_VOLATILITY).price)
    plain = float(european(**PUT, volatility=PUT_VOLATILITY).price)
    if abs(price - AMERICAN) > TOLERANCE:
        raise Wanting(f"the American put is worth {price:.4f}, not {AMERICAN:.4f}")
    _equal("the European put", round(plain, 4), EUROPEAN)
    return f"an American put is worth {price:.4f}, the European one {plain:.4f}"


def _database(trial: Trial) -> str:
    """Write a loan, close the file, and read it back."""
    from vaultdesk.app.demonstration import sample_terms  # noqa: PLC0415
    from vaultdesk.app.parts import WallClock  # noqa: PLC0415
    from vaultdesk.storage.database import MIGRATIONS, Database  # noqa: PLC0415
    from vaultdesk.storage.loan_store import SqlLoanStore  # noqa: PLC0415

    file, terms = trial.home / "smoke.db", sample_terms(datetime(2026, 7, 10, 16, tzinfo=UTC))
    database = Database(file)
    try:
        asyncio.run(SqlLoanStore(database, WallClock()).save(terms))
    finally:
        database.close()
    again = Database(file)
    try:
        kept = asyncio.run(SqlLoanStore(again, WallClock()).versions())
    finally:
        again.close()
    _equal("the loan that was read back", kept, (terms,))
    return f"a loan was written and read back, schema {len(MIGRATIONS)}"


def _keyring(_: Trial) -> str:
    """Find the system's keyring, or say why there is none; none is no fault of the bundle."""
    from vaultdesk.adapters.secrets import KeyringSecrets  # noqa: PLC0415

    async def described() -> str:
        secrets = KeyringSecrets("smoke", timeout_s=10)
        try:
            return await secrets.describe()
        finally:
            await secrets.close()

    return asyncio.run(described()).rstrip(".")


def _time(_: Trial) -> str:
    """Read the zones that come along, not the system's, and a half day of the exchange."""
    import zoneinfo  # noqa: PLC0415

    from vaultdesk.core.calendar import new_york_sessions  # noqa: PLC0415

    before = zoneinfo.TZPATH
    zoneinfo.reset_tzpath(())
    try:
        zone = zoneinfo.ZoneInfo.no_cache("America/New_York")
        names = len(zoneinfo.available_timezones())
    finally:
        zoneinfo.reset_tzpath(before)
    noon = datetime(2026, 7, 10, 12, tzinfo=zone).astimezone(UTC)
    _equal("noon in New York", noon, datetime(2026, 7, 10, 16, tzinfo=UTC))
    sessions = new_york_sessions(date(2026, 11, 23), date(2026, 11, 30))
    half = datetime(2026, 11, 27, 18, tzinfo=UTC)
    if half not in sessions.closes:
        raise Wanting(f"the exchange does not close at {half}, the day after Thanksgiving")
    return f"{names} time zones, New York's exchange with its half days"


def _report(trial: Trial) -> str:
    """Draw a page with a table, a curve and the fonts that come along."""
    from vaultdesk.adapters.documents import pdf  # noqa: PLC0415
    from vaultdesk.core.reports import document  # noqa: PLC0415
    from vaultdesk.ui import theme  # noqa: PLC0415

    ticks = document.Tick(0, "0"), document.Tick(1, "1")
    curve = document.Curve("a curve", ((0, 0), (1, 1)), document.Stroke.MAIN)
    chart = document.Chart("A chart", ticks, ticks, "x", "y", (curve,), ticks, ())
    parts = document.facts(("LTV", "70 %")), chart
    section = document.Section("A section", parts)
    report = document.Report("Smoke", "A page", "SIMULATED", (("LTV", "70 %"),), (section,), "End")
    drawn = pdf(report, theme.resources() / "fonts")
    (trial.home / "smoke.pdf").write_bytes(drawn)
    if not drawn.startswith(b"%PDF-") or drawn.count(b"/FontFile2") == 0:
        raise Wanting("the report is no PDF with fonts of its own")
    return f"a page was drawn, {len(drawn):,} bytes"


def _libraries(_: Trial) -> str:
    """Import every module of the program, and the libraries that are loaded when first wanted."""
    from importlib import import_module  # noqa: PLC0415
    from pkgutil import walk_packages  # noqa: PLC0415

    import vaultdesk  # noqa: PLC0415
    from vaultdesk.adapters.ibkr import _library as tws  # noqa: PLC0415

    async def loaded() -> int:
        library = tws.load()
        library.IB()
        names = [found.name for found in walk_packages(vaultdesk.__path__, "vaultdesk.")]
        if sys.platform == "linux":
            names += ["secretstorage", "jeepney"]
        names = [name for name in (*LIBRARIES, *names) if name not in EXTRAS]
        for name in names:
            import_module(name)
        return len(names)

    count = asyncio.run(loaded())
    from curl_cffi import Curl  # noqa: PLC0415

    client = Curl()
    try:
        version = client.version().decode().split()[0]
    finally:
        client.close()
    return f"{count} modules were imported, {version} answers"


def _surroundings(_: Trial) -> str:
    """See that other programs get the system's libraries, and that servers can be trusted."""
    import ssl  # noqa: PLC0415

    inside = str(getattr(sys, "_MEIPASS", ""))
    if inside and inside in os.environ.get("LD_LIBRARY_PATH", ""):
        raise Wanting("other programs would be started with the bundle's libraries")
    places = ssl.get_default_verify_paths()
    if not places.cafile and not any(Path(places.capath or os.devnull).glob("*")):
        raise Wanting("there are no certificates of authorities: no server would be trusted")
    return f"authorities' certificates from {places.cafile or places.capath}"


def _workers(_: Trial) -> str:
    """Let two processes of this program compute something."""
    from vaultdesk.adapters.workers.pool import PoolWorkers  # noqa: PLC0415

    tasks = [f"{number}.50" for number in range(8)]

    async def answered() -> list[object]:
        workers = PoolWorkers(2)
        try:
            return list(await workers.run(exact, tasks, lambda _done: None))
        finally:
            await workers.close()

    _equal("what the processes answer", asyncio.run(answered()), [exact(text) for text in tasks])
    return f"two processes answered {len(tasks)} times"


def _window(trial: Trial) -> str:
    """Open the demonstration's window, let it live for a moment, and look at its picture."""
    from PySide6.QtGui import QImage  # noqa: PLC0415

    from vaultdesk.app.desk import run  # noqa: PLC0415
    from vaultdesk.app.parts import Profile, Screenshot  # noqa: PLC0415

    picture = trial.home / "window.png"
    profile = Profile(_quiet(), demo=True)
    shot = Screenshot(picture, WINDOW_S)
    _equal("the exit code", run(profile, shot, SIZE, "", {}, trial.parser), 0)
    log = (profile.home / "log" / "desk.log").read_text("utf-8")
    errors = [line for line in log.splitlines() if " ERROR " in line or " CRITICAL " in line]
    if errors:
        raise Wanting(f"the log ends with: {log.rstrip().splitlines()[-1]}")
    colours = _colours(QImage(str(picture)))
    if colours < LEAST_COLOURS:
        raise Wanting(f"the window's picture has {colours} colours")
    return f"painted in {colours} colours"


def _quiet() -> Settings:
    """The simulated market, and no notice outside the window."""
    from vaultdesk.settings import Settings  # noqa: PLC0415

    return Settings(feed="simulated", notify_desktop=False, notify_sound=False)


def _colours(image: QImage) -> int:
    """How many colours there are on every fourth line of a picture."""
    width, height = image.width(), image.height()
    return len({image.pixel(x, y) for y in range(0, height, 4) for x in range(width)})


def _resources(_: Trial) -> str:
    """Load the fonts, icons and help pages."""
    from PySide6.QtGui import QFontDatabase, QIcon  # noqa: PLC0415
    from PySide6.QtWidgets import QApplication  # noqa: PLC0415

    from vaultdesk.ui import theme  # noqa: PLC0415

    application = QApplication.instance() or QApplication(sys.argv[:1])
    folder = theme.resources()
    fonts = sorted((folder / "fonts").glob("*.[ot]tf"))
    icons = sorted((folder / "icons").rglob("*.svg"))
    pages = sorted((folder / "help").glob("*.md"))
    for files, what in ((fonts, "fonts"), (icons, "icons"), (pages, "help pages")):
        if not files:
            raise Wanting(f"there are no {what} in {folder}")
    for font in fonts:
        if QFontDatabase.addApplicationFont(str(font)) < 0:
            raise Wanting(f"{font.name} is no font that Qt can use")
    for icon in icons:
        if QIcon(str(icon)).pixmap(32, 32).isNull():
            raise Wanting(f"{icon.name} is no picture that Qt can draw")
    empty = [page.name for page in pages if not page.read_text("utf-8").strip()]
    _equal("the list of empty help pages", empty, [])
    del application
    return f"{len(fonts)} fonts, {len(icons)} icons and {len(pages)} help pages"


CHECKS: Mapping[str, Check] = {
    "option": _option,
    "database": _database,
    "window": _window,
    "resources": _resources,
    "time": _time,
    "report": _report,
    "libraries": _libraries,
    "keyring": _keyring,
    "surroundings": _surroundings,
    "processes": _workers,
}
"""By the name that is printed. The window is opened while no other Qt application is there."""
