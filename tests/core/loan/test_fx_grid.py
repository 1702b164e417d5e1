"""The grid over gold and a currency against the valuation itself."""

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.loan.test_facility import BARS, CASH, EURUSD, GLD, OTHER, SHARES, XAU, quote
from tests.fakes.loans import terms, valued
from vaultdesk.core.loan.fx_grid import exposure, gold_at, ltv_grid
from vaultdesk.core.loan.terms import Facility
from vaultdesk.core.loan.vocabulary import Tranche
from vaultdesk.core.market import Quote

SPY = quote("SPY", "650.00")
QUOTES = (GLD, EURUSD, XAU, SPY)
TRANCHES = (Tranche(Decimal(1_000_000), "EUR"), Tranche(Decimal(900_000), "USD"))


def moved(one: Quote, by: float) -> Quote:
    assert one.last is not None
    return replace(one, last=one.last * Decimal(str(1 + by)))


def facility(currency: str = "USD") -> Facility:
    return replace(terms(), lots=(SHARES, BARS, CASH, OTHER), tranches=TRANCHES, currency=currency)


@given(st.floats(-0.4, 0.2), st.floats(-0.2, 0.2))
def test_each_cell_is_the_ltv_at_the_moved_prices(gold: float, euro: float) -> None:
    state = valued(facility(), *QUOTES)
    cell = ltv_grid(exposure(state, "EUR"), np.array([gold]), np.array([euro]))[0, 0]
    prices = (moved(GLD, gold), moved(EURUSD, euro), moved(XAU, gold), SPY)
    assert cell == pytest.approx(float(valued(facility(), *prices).ltv), rel=1e-12)


@given(st.floats(-0.4, 0.2), st.floats(-0.2, 0.2))
def test_gold_in_dollars_against_a_facility_in_euros(gold: float, dollar: float) -> None:
    """A dollar that gains 25 % is a EURUSD that falls by a fifth."""
    state = valued(facility("EUR"), *QUOTES)
    cell = ltv_grid(exposure(state, "USD"), np.array([gold]), np.array([dollar]))[0, 0]
    prices = (moved(GLD, gold), moved(EURUSD, 1 / (1 + dollar) - 1), moved(XAU, gold), SPY)
    assert cell == pytest.approx(float(valued(facility("EUR"), *prices).ltv), rel=1e-12)


def test_rows_are_the_currencys_moves_and_columns_golds() -> None:
    state = valued(facility(), *QUOTES)
    grid = ltv_grid(exposure(state, "EUR"), np.linspace(-0.4, 0.2, 7), np.linspace(-0.2, 0.2, 5))
    assert grid.shape == (5, 7)
    assert np.all(np.diff(grid, axis=1) < 0)
    assert np.all(np.diff(grid, axis=0) > 0)


@given(st.floats(0.3, 0.95), st.floats(-0.2, 0.2))
def test_the_contour_lies_where_the_grid_reaches_the_level(level: float, euro: float) -> None:
    parts = exposure(valued(facility(), *QUOTES), "EUR")
    gold = gold_at(parts, level, np.array([euro]))
    assert ltv_grid(parts, gold, np.array([euro]))[0, 0] == pytest.approx(level, rel=1e-12)


def test_where_cash_alone_is_enough_there_is_no_contour() -> None:
    """80,000 EUR at 1.25 are 100,000 USD: a loan of 10,000 never reaches 75 %."""
    safe = replace(terms(), lots=(SHARES, CASH), tranches=(Tranche(Decimal(10_000)),))
    parts = exposure(valued(safe, *QUOTES), "EUR")
    assert np.isnan(gold_at(parts, 0.75, np.array([0.0]))).all()


def test_the_call_price_is_the_contour_at_unmoved_currencies() -> None:
    state = valued(facility(), *QUOTES)
    assert state.call_price is not None
    gold = gold_at(exposure(state, "EUR"), float(state.terms.call_ltv), np.array([0.0]))[0]
    assert 350 * (1 + gold) == pytest.approx(float(state.call_price), rel=1e-12)
