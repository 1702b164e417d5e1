"""Options of every ordinary sort, for properties that must hold for them all."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from hypothesis import strategies as st


class Deal(NamedTuple):
    """Arguments of `european` after kind."""

    spot: float
    strike: float
    years: float
    rate: float
    dividend_yield: float
    volatility: float


KINDS = st.sampled_from([1, -1])
DEALS = st.builds(
    Deal,
    spot=st.floats(1.0, 1000.0),
    strike=st.floats(1.0, 1000.0),
    years=st.floats(1 / 365, 5.0),
    rate=st.floats(-0.05, 0.15),
    dividend_yield=st.floats(0.0, 0.10),
    volatility=st.floats(0.01, 2.0),
)


def held(deal: Deal) -> float:
    return float(deal.spot * np.exp(-deal.dividend_yield * deal.years))


def owed(deal: Deal) -> float:
    return float(deal.strike * np.exp(-deal.rate * deal.years))
