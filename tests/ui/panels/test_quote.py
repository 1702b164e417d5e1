"""The quote panel: the number itself, and exactly how old and how good it is."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from tests.ui.panels.rig import Rig, label, priced, running, text
from vaultdesk.core.calendar import weekday_sessions
from vaultdesk.core.market import FeedState, FeedStatus, Quality
from vaultdesk.events import FeedStatusChanged
from vaultdesk.ui.panels.quote import QuotePanel

Build = Callable[[], QuotePanel]
SESSIONS = weekday_sessions(datetime(2026, 7, 1, tzinfo=UTC), datetime(2026, 7, 31, tzinfo=UTC))


@pytest.fixture
def build(desk: Rig, qtbot: QtBot) -> Build:
    def made() -> QuotePanel:
        panel = QuotePanel(desk.bus, desk.market, timedelta(seconds=60))
        panel.resize(290, 320)
        qtbot.addWidget(panel, before_close_func=lambda p: p.retire())
        panel.show()
        return panel

    return made


def figures(panel: QuotePanel, *names: str) -> list[str]:
    return [text(panel, f"quote.{name}") for name in names]


async def test_the_prices_are_exactly_the_numbers(desk: Rig, build: Build) -> None:
    panel = build()
    await desk.quote(priced("377.01"))
    assert figures(panel, "symbol", "last", "bid", "ask") == ["GLD", "377.01", "376.99", "377.02"]


async def test_a_price_keeps_every_digit_the_source_gave(desk: Rig, build: Build) -> None:
    panel = build()
    await desk.quote(priced("377.0150"))
    assert text(panel, "quote.last") == "377.015"


async def test_times_are_the_exchanges_and_ours_with_their_zones(desk: Rig, build: Build) -> None:
    panel = build()
    await desk.quote(priced("377.01"))
    assert text(panel, "quote.time") == "2026-07-10 10:59:56 EDT"
    received = datetime.strptime(text(panel, "quote.received")[:19], "%Y-%m-%d %H:%M:%S")  # noqa: DTZ007
    assert received.astimezone().astimezone(UTC) == datetime(2026, 7, 10, 14, 59, 57, tzinfo=UTC)
    assert label(panel, "quote.received").toolTip() == "2026-07-10 10:59:57 EDT"


@pytest.mark.parametrize(
    ("before", "shown", "role"),
    [
        ("375.17", "▲ +1.84\n+0.49 %", "up"),
        ("380.00", "▼ -2.99\n-0.79 %", "down"),
        ("377.01", "■ 0.00\n0.00 %", "muted"),
    ],
)
async def test_the_day_change_has_an_arrow_a_sign_and_a_colour(
    desk: Rig, build: Build, before: str, shown: str, role: str
) -> None:
    panel = build()
    await desk.quote(priced("377.01", previous_close=Decimal(before)))
    assert text(panel, "quote.change") == shown
    assert label(panel, "quote.change").property("role") == role


async def test_what_the_source_did_not_give_is_a_dash_with_the_reason(
    desk: Rig, build: Build
) -> None:
    panel = build()
    await desk.quote(priced("377.01", bid=None, previous_close=None))
    assert text(panel, "quote.bid") == "—"
    assert label(panel, "quote.bid").toolTip() == "No bid: yahoo gave none with this quote."
    assert text(panel, "quote.change") == "change —"
    assert label(panel, "quote.ask").toolTip() == ""


@pytest.mark.parametrize("quality", list(Quality))
async def test_the_quality_is_a_word_and_a_colour_of_its_own(
    desk: Rig, build: Build, quality: Quality
) -> None:
    panel = build()
    await desk.quote(priced("377.01", quality))
    assert text(panel, "quote.quality") == quality.value
    assert label(panel, "quote.quality").styleSheet()


async def test_simulated_never_wears_the_colour_of_anything_real(desk: Rig, build: Build) -> None:
    panel, worn = build(), {}
    for quality in Quality:
        await desk.quote(priced("377.01", quality))
        worn[quality] = label(panel, "quote.quality").styleSheet()
    real = {quality for quality in Quality if worn[quality] != worn[Quality.SIMULATED]}
    assert real == {Quality.LIVE, Quality.DELAYED, Quality.CACHED, Quality.STALE}


async def test_the_age_moves_on_and_turns_stale(desk: Rig, build: Build) -> None:
    panel = build()
    await desk.quote(priced("377.01"))
    assert text(panel, "quote.age") == "4 s · fresh"
    desk.clock.advance(55)
    panel.tick()
    assert text(panel, "quote.age") == "59 s · fresh"
    desk.clock.advance(1)
    panel.tick()
    assert text(panel, "quote.age") == "1 min · stale"
    assert label(panel, "quote.age").property("role") == "down"


async def test_out_of_hours_an_old_price_is_not_called_stale(desk: Rig, build: Build) -> None:
    closed = datetime(2026, 7, 11, 15, 0, tzinfo=UTC)  # a Saturday
    last_trade = datetime(2026, 7, 10, 19, 59, 58, tzinfo=UTC)
    desk.clock.time = closed
    desk.market.use_sessions(SESSIONS)
    panel = build()
    await desk.quote(priced("377.01", at=last_trade, received=closed))
    assert text(panel, "quote.age") == "19 h 00 min · market closed"
    assert text(panel, "quote.quality") == "LIVE"


async def test_before_the_first_price_a_sentence_stands_and_no_number(
    desk: Rig, build: Build
) -> None:
    panel = build()
    assert text(panel, "quote.problem") == "Waiting for the first price of GLD."
    assert set(figures(panel, "last", "bid", "ask", "time", "source", "age")) == {"—"}
    limited = FeedStatus("yahoo", FeedState.BACKING_OFF, "Yahoo limits us until 14:42.")
    desk.bus.tell(FeedStatusChanged(limited))
    assert text(panel, "quote.problem") == "No price yet; why stands above."
    last = panel.findChild(QLabel, "quote.last")
    assert isinstance(last, QLabel)
    assert last.toolTip() == "Yahoo limits us until 14:42."


async def test_gold_behind_a_share_and_its_premium(desk: Rig, build: Build) -> None:
    panel = build()
    await desk.quote(priced("377.01"))
    assert text(panel, "quote.ounces") == "0.091764 oz"
    assert text(panel, "quote.premium") == "—"
    assert "no price of gold" in label(panel, "quote.premium").toolTip()
    desk.market.gold = priced("4105.30", Quality.DELAYED, symbol="GC=F")
    panel.refresh()
    assert text(panel, "quote.premium") == "+0.08 %"
    assert label(panel, "quote.premium").toolTip() == "Against GC=F 4105.30 yahoo · DELAYED"


async def test_nothing_is_clipped_at_the_narrowest(desk: Rig, build: Build) -> None:
    panel = build()
    await desk.quote(priced("377.01"))
    panel.resize(panel.minimumSizeHint())
    for name in ("last", "bid", "ask", "time", "received", "age", "ounces"):
        figure = label(panel, f"quote.{name}")
        assert figure.width() >= figure.fontMetrics().horizontalAdvance(figure.text()), name


async def test_retired_it_hears_nothing_and_nothing_ticks(desk: Rig, build: Build) -> None:
    panel = build()
    assert len(running(panel)) == 1
    await desk.quote(priced("377.01"))
    panel.retire()
    await desk.quote(priced("300.00"))
    assert text(panel, "quote.last") == "377.01"
    assert running(panel) == []
