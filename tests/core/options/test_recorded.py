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

from tests.core.options import quantlib_oracle
from vaultdesk.core.options import (
    american,
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

EUROPEAN = ("haug_bsm_european", "haug_bsm_greeks")
APPROXIMATE = {
    "haug_baw_american": (-0.037, 0.007),
    "bjerksund_stensland_american": (-5e-5, 0.039),
    "ju1999_american": (-0.074, 0.072),
}
"""Sets of American values made by approximations, and how far those lie from the truth.

Barone-Adesi and Whaley (1987) mostly above it, Bjerksund and Stensland (1993) always below, being
the value of one strategy of exercise; Ju and Zhong (1999) by 7 cents at most, at three years.
"""
EXTREME = 9.0
"""At a volatility of 1,000 % Bjerksund and Stensland's value is the European one."""


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


def published(table: str) -> list[dict[str, str]]:
    """One of the five sets of the 146 values in Haug (2007) and Ju and Zhong (1999)."""
    path = DATA / "reference" / "haug_quantlib_option_values.csv"
    with path.open(newline="") as lines:
        return [row for row in csv.DictReader(lines) if row["set"] == table]


def arguments(rows: list[dict[str, str]]) -> list[FloatArray]:
    kind = np.array([{"call": 1.0, "put": -1.0}[row["type"]] for row in rows])
    columns = ("spot", "strike", "t_years", "r", "q", "vol")
    return [kind, *(np.array([float(row[column]) for row in rows]) for column in columns)]


def values(rows: list[dict[str, str]]) -> FloatArray:
    return np.array([float(row["value"]) for row in rows])


def test_every_published_set_is_used() -> None:
    sizes = {table: len(published(table)) for table in (*EUROPEAN, *APPROXIMATE)}
    assert sum(sizes.values()) == 146, sizes


def test_published_european_prices() -> None:
    rows = published("haug_bsm_european")
    assert european(*arguments(rows)).price == pytest.approx(values(rows), abs=1e-4)


def test_published_european_greeks() -> None:
    rows = published("haug_bsm_greeks")
    value = european(*arguments(rows))
    _, spot, _, years, *_ = arguments(rows)
    ours = {
        "delta": value.delta,
        "gamma": value.gamma,
        "vega": value.vega,
        "rho": value.rho,
        "dividend_rho": -years * spot * value.delta,
        "theta_per_year": value.theta,
        "theta_per_day": value.theta / 365,
        "elasticity": value.delta * spot / value.price,
    }
    found = [ours[row["quantity"]][i] for i, row in enumerate(rows)]
    assert found == pytest.approx(values(rows), abs=1e-4)


@pytest.mark.parametrize("table", APPROXIMATE)
def test_published_american_prices(table: str) -> None:
    rows = [row for row in published(table) if float(row["vol"]) < EXTREME]
    difference = american(*arguments(rows)).price - values(rows)
    least, most = APPROXIMATE[table]
    assert least <= difference.min()
    assert difference.max() <= most


@pytest.mark.parametrize("table", APPROXIMATE)
def test_american_prices_of_the_published_sets_are_quantlibs(table: str) -> None:
    columns = arguments(published(table))
    oracle = quantlib_oracle.prices(quantlib_oracle.fixed_point, *columns)
    assert american(*columns).price == pytest.approx(oracle, abs=3e-5)


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
