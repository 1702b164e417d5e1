"""One loan, one state: the panel, the tray, the history and `status` say the same LTV."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtWidgets import QApplication, QLabel

from tests.fakes.feed import START, ManualClock, quote
from vaultdesk.app.answers import _numbers
from vaultdesk.core.loan.terms import LoanTerms
from vaultdesk.core.loan.valuation import snapshot
from vaultdesk.core.market import Quality
from vaultdesk.core.money import rounded
from vaultdesk.events import Bus, QuoteChanged
from vaultdesk.services.loan import LoanService
from vaultdesk.storage.database import Database
from vaultdesk.storage.loan_store import SqlLoanStore
from vaultdesk.ui.panels.loan import LoanPanel
from vaultdesk.ui.tray import tooltip

quantities = st.decimals("1", "1000000", places=2)
levels = st.tuples(
    st.decimals("0.30", "0.80", places=3), st.decimals("0.01", "0.15", places=3)
).map(lambda pair: (pair[0], pair[0] + pair[1]))


@pytest.fixture(scope="module")
def database() -> Iterator[Database]:
    with Database(None) as opened:
        yield opened


@given(quantities, quantities, quantities, levels)
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_every_place_shows_the_same_ltv(
    qapp: QApplication,
    database: Database,
    units: Decimal,
    amount: Decimal,
    price: Decimal,
    level: tuple[Decimal, Decimal],
) -> None:
    del qapp
    clock, bus = ManualClock(), Bus()
    loan = LoanService(bus)
    terms = LoanTerms("GLD", units, amount, "USD", *level, since=START, who="test")
    panel = LoanPanel(bus, loan, clock, lambda: None, lambda: None)
    try:
        store = SqlLoanStore(database, clock)
        asyncio.run(store.save(terms))
        asyncio.run(loan.use(store))
        bus.tell(QuoteChanged(replace(quote(str(price)), quality=Quality.LIVE)))
        state = loan.state
        assert state is not None
        exact = amount / (units * price)
        shown = f"{rounded(100 * exact, 1):,} %"
        label = panel.findChild(QLabel, "loan.ltv")
        assert isinstance(label, QLabel)
        assert label.text() == shown
        assert f"LTV {shown}" in tooltip(state, None)
        assert snapshot(state, START, "hour").ltv == exact
        assert Decimal(_numbers(state)["ltv"]) == rounded(exact, 8)
    finally:
        panel.retire()
        loan.close()
