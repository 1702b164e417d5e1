"""The LTV history: a line of a million and of ten million points panned, and a chart read.

Panning is from the new range to the painted window, our line beside pyqtgraph's own in one
process; reading is 90 days out of a million rows on disk, beside the rows as SQLAlchemy gives them.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtWidgets import QApplication

from vaultdesk.ui import theme

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import Connection

    from vaultdesk.core.loan.series import LtvSeries

ROUNDS = 15
WIDTH, HEIGHT = 1500, 600
LIMITS_MS = {1_000_000: 5.0, 10_000_000: 12.0}
ROWS, DAYS = 1_000_000, 90
CHART_LIMIT_S = 0.3
START = datetime(2026, 1, 1, tzinfo=UTC)


def run() -> None:
    """Print both."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = QApplication.instance() or QApplication([])
    assert isinstance(application, QApplication)
    theme.apply(application, theme.DARK)
    print(f"a line panned, from its range to the painted {WIDTH} x {HEIGHT} pixels:")
    for count, limit in LIMITS_MS.items():
        _pan(count, limit)
    with tempfile.TemporaryDirectory() as folder:
        series = asyncio.run(_read(Path(folder) / "desk.db"))
    _paint(series)


def _pan(count: int, limit_ms: float) -> None:
    import pyqtgraph as pg  # noqa: PLC0415

    from vaultdesk.core.loan.series import line  # noqa: PLC0415
    from vaultdesk.ui.charts.curve import Curve  # noqa: PLC0415

    random = np.random.default_rng(7)
    times = np.arange(count, dtype=np.float64)
    values = np.cumsum(random.standard_normal(count))
    pen = pg.mkPen("y", width=1)
    begun = time.perf_counter()
    drawn = line(times, values)
    prepared_ms = 1000 * (time.perf_counter() - begun)
    curve = Curve(drawn, pen)
    ours, plain = _window(curve, drawn), _window(pg.PlotDataItem(times, values, pen=pen), drawn)
    taken: dict[str, list[float]] = {"ours": [], "plain": []}
    for shift in range(ROUNDS):
        for name, window in (("ours", ours), ("plain", plain)):
            taken[name].append(_moved(window, 0.001 * shift * count, count))
    _moved(ours, 0, count)
    kept = {int(values.argmin()), int(values.argmax())} <= set(curve.shown.tolist())
    own, other = statistics.median(taken["ours"]), statistics.median(taken["plain"])
    print(
        f"  {count:>10,} points: {own:.1f} ms, worst {max(taken['ours']):.1f} (limit "
        f"{limit_ms:g}); pyqtgraph {other:.1f} ms; extremes kept: {kept}; "
        f"{len(curve.shown):,} points drawn, prepared in {prepared_ms:.0f} ms"
    )
    for window in (ours, plain):
        window.close()


def _window(item: Any, drawn: Any) -> Any:  # noqa: ANN401
    import pyqtgraph as pg  # noqa: PLC0415

    window = pg.PlotWidget()
    window.resize(WIDTH, HEIGHT)
    window.addItem(item)
    window.setYRange(float(drawn.values.min()), float(drawn.values.max()))
    window.show()
    QApplication.processEvents()
    return window


def _moved(window: Any, start: float, count: int) -> float:  # noqa: ANN401
    """Milliseconds from a new range to its pixels."""
    begun = time.perf_counter()
    window.setXRange(start, start + count, padding=0)
    window.viewport().repaint()
    return 1000 * (time.perf_counter() - begun)


async def _read(path: Path) -> LtvSeries:
    from vaultdesk.storage.database import Database  # noqa: PLC0415
    from vaultdesk.storage.snapshot_store import SqlSnapshotStore  # noqa: PLC0415

    with Database(path) as database:
        written_s, _ = await _timed(lambda: database.run(_filled))
        store = SqlSnapshotStore(database)
        taken = [await _timed(lambda: store.series(START)) for _ in range(ROUNDS)]
        rows_s, rows = await _timed(lambda: store.since(START))
    series: LtvSeries = taken[-1][1]
    ratios = [float(row.ltv) for row in rows]
    kept = (series.ltv.min(), series.ltv.max()) == (min(ratios), max(ratios))
    ends = (series.first, series.last) == (rows[0], rows[-1])
    print(
        f"{DAYS} days of {len(rows):,} snapshots (written in {written_s:.1f} s) as arrays of "
        f"{len(series.times):,} points:\n  {statistics.median(s for s, _ in taken):.3f} s, the "
        f"first time {taken[0][0]:.3f}; SQLAlchemy rows {rows_s:.1f} s; extremes kept: {kept}; "
        f"first and last to the digit: {ends}"
    )
    return series


def _paint(series: LtvSeries) -> None:
    """The arrays on screen; the first chart also imports pyqtgraph, which panning did before."""
    from vaultdesk.ui.charts.time_chart import TimeChart  # noqa: PLC0415
    from vaultdesk.ui.history.view import View, plot_of  # noqa: PLC0415

    chart = TimeChart()
    chart.resize(WIDTH, HEIGHT)
    chart.show()
    QApplication.processEvents()
    taken = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        chart.show_plot(plot_of(series, View(price=True, loan=True), float(series.times[-1])))
        chart.canvas().viewport().repaint()
        taken.append(time.perf_counter() - begun)
    print(
        f"  painted with price and loan: {statistics.median(taken):.3f} s, the first time "
        f"{taken[0]:.3f} (limit of reading and painting {CHART_LIMIT_S})"
    )
    chart.close()


async def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    begun = time.perf_counter()
    done = await work()
    return time.perf_counter() - begun, done


def _filled(connection: Connection) -> None:
    """Through the driver: the rows as the store writes them, in one statement."""
    columns = (
        "at, reason, symbol, price, value, amount, ltv, zone, call_ltv, closeout_ltv, currency, "
        "source, quality, price_at, lending_value"
    )
    statement = f"INSERT INTO snapshots ({columns}) VALUES ({', '.join('?' * 15)})"  # noqa: S608
    raw = connection.connection.driver_connection
    assert raw is not None
    raw.executemany(statement, _rows())


def _rows() -> Iterator[tuple[object, ...]]:
    prices = 350 * np.exp(np.cumsum(np.random.default_rng(7).standard_normal(ROWS) * 1e-4))
    step = timedelta(days=DAYS) / ROWS
    for number, price in enumerate(np.round(prices, 2).tolist()):
        at = (START + number * step).isoformat(timespec="microseconds")
        reason = "hour" if number % 1000 else "zone"
        yield (
            *(at, reason, "GLD", f"{price:.2f}", f"{price * 10_000:.2f}", "2100000"),
            *(f"{210 / price:.28f}", "safe", "0.75", "0.85", "USD", "bench", "LIVE", at, None),
        )
