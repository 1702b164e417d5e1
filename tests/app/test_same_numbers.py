"""One loan, one state: panels, tray, history, alerts, CSV and `status` say the same LTV."""

import asyncio
import csv
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from tests.fakes.feed import START, ManualClock, ScriptedFeed, quote
from vaultdesk.app.answers.portfolio import numbers
from vaultdesk.core.alerts import Metric, Rule, Severity
from vaultdesk.core.loan.snapshots import snapshot
from vaultdesk.core.loan.terms import single_pledge
from vaultdesk.core.loan.vocabulary import Asset, Lot
from vaultdesk.core.market import Quality
from vaultdesk.core.money import rounded
from vaultdesk.events import AssetQuoted, Bus, QuoteChanged
from vaultdesk.services.alerts import AlertService
from vaultdesk.services.loan import LoanService
from vaultdesk.services.market import MarketService
from vaultdesk.storage.alert_store import SqlAlertStore
from vaultdesk.storage.database import Database
from vaultdesk.storage.loan_store import SqlLoanStore
from vaultdesk.ui.panels.loan import LoanPanel
from vaultdesk.ui.panels.quote import QuotePanel
from vaultdesk.ui.tray import tooltip

quantities = st.decimals("1", "1000000", places=2)
PLACES = ("loan.ltv", "quote.ltv")
levels = st.tuples(
    st.decimals("0.30", "0.80", places=3), st.decimals("0.01", "0.15", places=3)
).map(lambda pair: (pair[0], pair[0] + pair[1]))


@given(quantities, quantities, quantities, levels)
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_every_place_shows_the_same_ltv(
    qapp: QApplication,
    tmp_path: Path,
    units: Decimal,
    amount: Decimal,
    price: Decimal,
    level: tuple[Decimal, Decimal],
) -> None:
    del qapp
    file = tmp_path / "alerts.csv"
    ltv = asyncio.run(_everywhere(file, units, amount, price, level))
    assert _exported(file) == [ltv]


async def _everywhere(
    file: Path, units: Decimal, amount: Decimal, price: Decimal, level: tuple[Decimal, Decimal]
) -> Decimal:
    """The LTV that panels, tray, snapshot and status agree on."""
    cash = Lot(Asset.CASH, "EUR", Decimal(1_000), Decimal("0.9"), "EUR")
    plain = single_pledge("GLD", units, amount, "USD", *level, since=START, who="test")
    terms = replace(plain, lots=(*plain.lots, cash))
    exact = amount / (units * price + 1_250)
    clock, bus = ManualClock(), Bus()
    loan, alerts = LoanService(bus, clock, clock), AlertService(bus, clock, clock)
    market = MarketService(ScriptedFeed(clock=clock), bus, "GLD")
    panels = (
        LoanPanel(bus, loan, clock, lambda: None, lambda: None),
        QuotePanel(bus, market, timedelta(seconds=60)),
    )
    try:
        with Database(None) as database:
            await loan.use(SqlLoanStore(database, clock))
            await loan.save(terms)
            await alerts.use(SqlAlertStore(database))
            rule = Rule("same", Metric.LTV, exact * Decimal("0.999"), Severity.WARNING)
            await alerts.save_rule(rule)
            bus.tell(AssetQuoted(replace(quote("1.25"), symbol="EURUSD", quality=Quality.LIVE)))
            bus.tell(QuoteChanged(replace(quote(str(price)), quality=Quality.LIVE)))
            await alerts.settled()
            state = loan.state
            assert state is not None
            await alerts.export(file)
            shown = f"{rounded(100 * exact, 1):,} %"
            for panel, name in zip(panels, PLACES, strict=True):
                assert _label(panel, name).text() == shown
            assert f"LTV {shown}" in tooltip(state, None)
            assert snapshot(state, START, "hour").ltv == state.ltv
            assert Decimal(numbers(state)["ltv"]) == rounded(state.ltv, 8)
            assert abs(state.ltv - exact) < Decimal("1e-20")
            await alerts.close()
            return state.ltv
    finally:
        for panel in panels:
            panel.retire()
        loan.close()


def _exported(file: Path) -> list[Decimal]:
    rows = csv.DictReader(file.read_text().splitlines())
    return [Decimal(row["value"]) for row in rows if row["rule"] == "same"]


def _label(panel: QWidget, name: str) -> QLabel:
    found = panel.findChild(QLabel, name)
    assert isinstance(found, QLabel)
    return found
