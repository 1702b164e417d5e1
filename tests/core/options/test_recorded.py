"""Published tables and a recorded chain, where the recorded data stand beside the project."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from vaultdesk.core.options import (
    Valuation,
    european,
    implied_forward,
    implied_volatility,
    quotes_slice,
)

if TYPE_CHECKING:
    from vaultdesk.core.options.types import FloatArray

DATA = Path(__file__).resolve().parents[3].parent / "shared" / "data"
pytestmark = [
    pytest.mark.recorded,
    pytest.mark.skipif(not DATA.is_dir(), reason="no recorded market data beside the project"),
]


def vollib() -> dict[str, FloatArray]:
    """Columns of py_vollib's own test table: 101 spots, Greeks per year and per 1.00."""
    table = json.loads((DATA / "reference" / "py_vollib_bs.json").read_text())
    return dict(zip(table["columns"], np.array(table["data"], dtype=float).T, strict=True))


@pytest.mark.parametrize(("kind", "letter", "column"), [(1, "C", "bs_call"), (-1, "P", "bs_put")])
def test_vollib_table(kind: int, letter: str, column: str) -> None:
    t = vollib()
    value = european(kind, t["S"], t["K"], t["t"], t["R"], 0.0, t["v"])
    pairs = [(value.price, column), (value.delta, "D"), (value.gamma, "G")]
    pairs += [(value.theta, "T"), (value.vega, "V"), (value.rho, "R")]
    assert t["S"].size == 101
    for computed, name in pairs:
        expected = t[name if name == column else letter + name]
        # the table has nine digits or ten decimals
        assert computed == pytest.approx(expected, rel=1e-8, abs=6e-10), name


def haug(table: str) -> list[dict[str, str]]:
    path = DATA / "reference" / "haug_quantlib_option_values.csv"
    with path.open(newline="") as lines:
        return [row for row in csv.DictReader(lines) if row["set"] == table]


def valued(row: dict[str, str]) -> Valuation:
    kind = {"call": 1, "put": -1}[row["type"]]
    columns = ("spot", "strike", "t_years", "r", "q", "vol")
    return european(kind, *(float(row[column]) for column in columns))


def test_haug_european_prices() -> None:
    rows = haug("haug_bsm_european")
    assert len(rows) == 43
    for row in rows:
        expected = pytest.approx(float(row["value"]), abs=float(row["tolerance_used_by_quantlib"]))
        assert valued(row).price == expected, row


def test_haug_european_greeks() -> None:
    seen = 0
    for row in haug("haug_bsm_greeks"):
        value = valued(row)
        ours = {
            "delta": value.delta,
            "gamma": value.gamma,
            "vega": value.vega,
            "rho": value.rho,
            "theta_per_year": value.theta,
            "theta_per_day": value.theta / 365,
            "elasticity": value.delta * float(row["spot"]) / value.price,
        }
        if row["quantity"] in ours:
            expected = pytest.approx(float(row["value"]), abs=1e-4)
            assert ours[row["quantity"]] == expected, row
            seen += 1
    assert seen == 10


DAY = dt.date(2026, 7, 10)
SPOT = 377.01


@pytest.fixture(scope="module")
def chain() -> dict[str, Any]:
    """Mids of the two-sided quotes of GLD on 2026-07-10: {expiry: {right: {strike: mid}}}."""
    expiries: dict[str, Any] = {}
    with gzip.open(DATA / "options" / "GLD-2026-07-10.market.jsonl.gz", "rt") as lines:
        for chain in (json.loads(line).get("chain") for line in lines):
            if chain is not None:
                expiries[chain["expiry"]] = {
                    right: {
                        float(row["strike"]): 0.5 * (float(row["bid"]) + float(row["ask"]))
                        for row in chain["rows"]
                        if row["right"] == right and float(row["bid"] or 0) > 0 and row["ask"]
                    }
                    for right in "CP"
                }
    return expiries


@pytest.mark.parametrize(
    ("expiry", "rate", "call", "put"),
    [
        ("2026-08-21", 4.53, 21.85, 22.06),
        ("2026-09-18", 4.15, 22.13, 22.08),
        ("2026-12-18", 4.07, 23.13, 23.06),
        ("2027-06-17", 3.88, 23.53, 23.48),
        ("2028-01-21", 3.91, 23.89, 23.98),
        ("2028-12-15", 3.88, 25.12, 25.06),
    ],
)
def test_a_real_chain_taken_for_european_gives_its_rate_and_volatility(
    chain: dict[str, Any], expiry: str, rate: float, call: float, put: float
) -> None:
    """Computed independently: European parity and medians within 4 % of spot, in per cent."""
    years = (dt.date.fromisoformat(expiry) - DAY).days / 365
    sides = {1: chain[expiry]["C"], -1: chain[expiry]["P"]}
    columns = [(kind, strike, mid) for kind, side in sides.items() for strike, mid in side.items()]
    kinds, strikes, mids = (np.array(column) for column in zip(*columns, strict=True))
    quotes = quotes_slice(kinds, strikes, mids, mids, SPOT, years)
    implied = implied_forward(quotes, style="european", prior_error=np.inf)
    assert implied.pairs_used >= 6
    assert 100 * implied.rate == pytest.approx(rate, abs=0.15)
    for kind, expected in ((1, call), (-1, put)):
        near = (kinds == kind) & (np.abs(strikes / SPOT - 1) <= 0.04)
        terms = (kind, mids[near], SPOT, strikes[near], years, implied.rate, 0.0)
        solved = implied_volatility(*terms, style="european")
        assert 100 * np.median(solved.volatility) == pytest.approx(expected, abs=0.3)
