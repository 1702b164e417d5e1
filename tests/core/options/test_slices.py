"""A chain as arrays: bid and ask where the quote is honest, and a code where it is not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from tests.fakes.feed import START, chain
from vaultdesk.core.calendar import weekday_sessions, years_to_expiry
from vaultdesk.core.market import Flag, Quality
from vaultdesk.core.options.slices import FAULTS, ChainSlice, Fault, chain_slice, quotes_slice

EXPIRY = date(2026, 9, 18)


def with_row(index: int, **changes: Any) -> ChainSlice:  # noqa: ANN401
    made = chain(EXPIRY)
    rows = list(made.rows)
    rows[index] = replace(rows[index], **changes)
    return chain_slice(replace(made, rows=tuple(rows)), None)


def test_an_honest_chain_keeps_every_number() -> None:
    made = chain(EXPIRY)
    quotes = chain_slice(made, None)
    assert quotes.kind.tolist() == [1.0] * 7 + [-1.0] * 7
    assert quotes.strike.tolist() == [float(row.strike) for row in made.rows]
    assert quotes.bid.tolist() == [float(row.bid or 0) for row in made.rows]
    assert quotes.ask.tolist() == [float(row.ask or 0) for row in made.rows]
    assert not np.any(quotes.fault)
    assert (quotes.spot, quotes.verdict) == (350.0, None)
    assert quotes.years == years_to_expiry(EXPIRY, START)


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"bid": None, "ask": None}, Fault.NO_QUOTE),
        ({"ask": None}, Fault.ONE_SIDED),
        ({"bid": Decimal(0)}, Fault.ZERO_BID),
        ({"bid": Decimal(99)}, Fault.CROSSED),
        ({"bid": Decimal(1), "ask": Decimal(2)}, Fault.BELOW_INTRINSIC),
    ],
)
def test_a_faulty_quote_loses_bid_and_ask_and_keeps_its_fault(
    changes: dict[str, Any], fault: Fault
) -> None:
    quotes = with_row(0, **changes)
    assert quotes.fault.tolist() == [fault] + [Fault.OK] * 13
    assert np.isnan([quotes.bid[0], quotes.ask[0]]).all()
    assert np.isfinite(quotes.bid[1:] + quotes.ask[1:]).all()


def test_every_flag_of_the_market_has_a_fault_of_its_name() -> None:
    assert {flag.name for flag in Flag} <= {fault.name for fault in Fault}
    assert FAULTS.keys() == set(Fault)


def test_a_stale_chain_has_no_quotes() -> None:
    quotes = chain_slice(replace(chain(EXPIRY), quality=Quality.STALE), None)
    assert set(quotes.fault.tolist()) == {Fault.STALE}
    assert np.isnan(quotes.bid).all()


def test_from_a_degenerate_chain_no_quote_is_taken_and_each_says_why() -> None:
    made = chain(EXPIRY)
    rows = tuple(replace(row, bid=None) if i % 3 else row for i, row in enumerate(made.rows))
    quotes = chain_slice(replace(made, rows=rows), None)
    assert quotes.verdict is not None
    expected = [Fault.ONE_SIDED if i % 3 else Fault.DEGENERATE for i in range(14)]
    assert quotes.fault.tolist() == expected
    assert np.isnan(quotes.bid).all()


def test_spot_is_the_chain_s_own_and_else_the_given_one() -> None:
    made = chain(EXPIRY)
    without = replace(made, spot=None)
    assert chain_slice(made, Decimal(340)).spot == 350.0
    assert chain_slice(without, Decimal(340)).spot == 340.0
    assert np.isnan(chain_slice(without, None).spot)


def test_an_empty_chain_is_an_empty_slice_with_a_verdict() -> None:
    quotes = chain_slice(replace(chain(EXPIRY), rows=()), None)
    assert quotes.strike.shape == quotes.fault.shape == (0,)
    assert quotes.verdict is not None


def test_time_runs_to_the_close_of_the_last_session_up_to_the_expiry() -> None:
    sunday = date(2026, 9, 20)
    sessions = weekday_sessions(date(2026, 7, 1), date(2026, 9, 30))
    to_friday = years_to_expiry(EXPIRY, START)
    assert chain_slice(chain(EXPIRY), None, sessions).years == to_friday
    assert chain_slice(chain(sunday), None, sessions).years == to_friday
    assert chain_slice(chain(sunday), None).years > to_friday


@pytest.mark.parametrize(
    ("bid", "ask"),
    [(0.0, 1.0), (np.nan, 1.0), (1.0, np.nan), (2.0, 1.0), (1.0, np.inf), (-1.0, 1.0)],
)
def test_plain_numbers_without_an_honest_market_are_missing(bid: float, ask: float) -> None:
    quotes = quotes_slice([1, -1], [100, 100], [bid, 3.0], [ask, 3.5], 100, 0.5)
    assert quotes.fault.tolist() == [Fault.MISSING, Fault.OK]
    assert np.isnan([quotes.bid[0], quotes.ask[0]]).all()
    assert (quotes.bid[1], quotes.ask[1]) == (3.0, 3.5)


def test_the_caller_s_arrays_are_neither_kept_nor_changed() -> None:
    strike, bid = np.array([100.0, 110.0]), np.array([0.0, 3.0])
    quotes = quotes_slice([1, 1], strike, bid, [1.0, 4.0], 100, 0.5)
    strike[:] = 7.0
    assert bid.tolist() == [0.0, 3.0]
    assert quotes.strike.tolist() == [100.0, 110.0]


@pytest.mark.parametrize("ask", [[1.0], [[1.0, 2.0]], 1.0])
def test_columns_of_different_lengths_are_refused(ask: Any) -> None:  # noqa: ANN401
    with pytest.raises(ValueError, match="one length"):
        quotes_slice([1, 1], [100, 110], [1.0, 2.0], ask, 100, 0.5)
