"""A recording of one moment: a price and the chains of some expiries, priced by a skewed smile."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np

from tests.fakes.tapes import write_tape
from vaultdesk.core.calendar import years_to_expiry
from vaultdesk.core.options.american import american

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

AT = datetime.fromisoformat("2026-07-10T15:30:00-04:00")
EXPIRIES = (date(2026, 8, 21), date(2026, 10, 16), date(2026, 12, 18), date(2027, 9, 17))
RATE = 0.044


def hedge_tape(
    path: Path,
    spot: str = "350",
    expiries: Sequence[date] = EXPIRIES,
    *,
    spread: str = "0.10",
    zeros: bool = False,
) -> Path:
    """Strikes of 5 from 55 % to 130 % of spot; with `zeros` no put has a bid any more."""
    quote = {"symbol": "GLD", "bid": None, "ask": None, "last": spot, "source": "test"}
    dates = [expiry.isoformat() for expiry in expiries]
    events: list[dict[str, Any]] = [
        {"at": AT.isoformat(), "quote": quote},
        {"at": AT.isoformat(), "expirations": {"symbol": "GLD", "dates": dates}},
    ]
    events += [_chain(spot, expiry, Decimal(spread), zeros=zeros) for expiry in expiries]
    return write_tape(path, *events)


def _chain(spot: str, expiry: date, spread: Decimal, *, zeros: bool) -> dict[str, Any]:
    price = float(spot)
    strikes = np.arange(5 * round(0.55 * price / 5), 1.3 * price, 5.0)
    years = years_to_expiry(expiry, AT)
    volatility = 0.21 - 0.12 * np.log(strikes / price)
    rows = []
    for right, kind in (("C", 1), ("P", -1)):
        values = american(kind, price, strikes, years, RATE, 0.0, volatility).price
        for strike, value in zip(strikes.tolist(), values.tolist(), strict=True):
            middle = max(Decimal(str(round(value, 2))), spread)
            bid = None if zeros and right == "P" else f"{middle - spread / 2}"
            rows.append(
                {
                    "contract": f"GLD{expiry:%y%m%d}{right}{int(strike):05d}000",
                    "right": right,
                    "strike": f"{strike:g}",
                    "bid": bid,
                    "ask": f"{middle + spread / 2}",
                    "last": None,
                    "volume": 10,
                    "open_interest": 500,
                }
            )
    chain = {"symbol": "GLD", "expiry": expiry.isoformat(), "multiplier": 100, "source": "test"}
    return {"at": AT.isoformat(), "chain": {**chain, "rows": rows}}
