"""What is held at its market: sums, units, what has no price, the loan with and without it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.hedge import boards
from tests.core.positions.holdings import SHARES, call, held, option, put
from vaultdesk.core.hedge.vocabulary import HedgeRules, Use
from vaultdesk.core.market import Quality
from vaultdesk.core.options.american import american
from vaultdesk.core.positions.exposure import Exposure, exposure, hedged_ltv_delta

if TYPE_CHECKING:
    from vaultdesk.core.orders.broker import Held

DECEMBER = boards.EXPIRIES[2]
CONFIG = boards.config()


def seen(*holdings: Held, **rules: object) -> Exposure:
    """At the made-up market, by the rules given."""
    return exposure(replace(CONFIG, rules=replace(HedgeRules(), **rules)), holdings)  # type: ignore[arg-type]


def test_a_long_put_in_the_units_the_desk_prints() -> None:
    (line,) = seen(put("332.5", "63")).lines
    (listed,) = [x for x in CONFIG.board.of(DECEMBER, "P") if x.strike == Decimal("332.5")]
    own = american(-1, 350, 332.5, listed.years, listed.rate, 0, listed.volatility)
    assert line.greeks is not None
    assert line.greeks.delta == pytest.approx(6_300 * float(own.delta))
    assert line.greeks.theta == pytest.approx(6_300 * float(own.theta) / 365)
    assert line.greeks.vega == pytest.approx(6_300 * float(own.vega) / 100)
    assert line.greeks.rho == pytest.approx(6_300 * float(own.rho) / 100)
    assert line.greeks.delta < 0 < line.greeks.vega
    assert line.mark == listed.mid
    assert line.value == 6_300 * (listed.mid or 0)
    assert (line.source, line.quality, line.at) == ("made", Quality.LIVE, boards.NOW)


def test_profit_is_value_less_cost_and_turns_round_when_short() -> None:
    long = held(option("332.5"), "10", cost="1")
    short = held(option("332.5"), "-10", cost="1")
    first, second = seen(long, short).lines
    assert first.mark is not None
    assert first.pnl == (first.mark - 1) * 1_000
    assert second.pnl == -first.pnl
    assert seen(put("332.5", "10")).lines[0].pnl is None


def test_net_is_the_sum_and_shares_have_a_delta_of_one() -> None:
    both = seen(put("332.5", "63"), call("400", "-63"), held(SHARES, "100"))
    assert both.net is not None
    for name in ("value", "delta", "gamma", "theta", "vega", "rho"):
        parts = [getattr(line.greeks, name) for line in both.lines]
        assert getattr(both.net, name) == pytest.approx(sum(parts))
    assert both.lines[2].greeks is not None
    assert both.lines[2].greeks.delta == 100
    assert both.lines[2].value == 35_000


def test_the_loans_own_greek_by_hand() -> None:
    """A rise of 1 % makes 60 % 2.1 / 3.535 = 59.4059 %: 0.5941 points less."""
    nothing = seen()
    assert nothing.ltv_per_pct is not None
    assert round(nothing.ltv_per_pct, 4) == Decimal("-0.5941")
    assert nothing.ltv_per_pct_hedged == nothing.ltv_per_pct
    assert nothing.net is not None
    assert nothing.net.delta == 0


@pytest.mark.parametrize(
    ("use", "points"),
    [
        # 2.1 M / (3.5 M + 0.1 M) = 58.3333 %, 2.1 M / (3.535 M + 0.0790 M) = 58.1074 %
        (Use.PLEDGED, "-0.2260"),
        # 2.0 M / 3.5 M = 57.1429 %, 2.021 M / 3.535 M = 57.1711 %
        (Use.REPAYS, "0.0283"),
        (Use.BROKER, "-0.5941"),
    ],
)
def test_the_loan_with_options_by_the_use_of_the_payoff(use: Use, points: str) -> None:
    """Options worth 100,000 that lose 6,000 shares' worth when gold rises."""
    moved = hedged_ltv_delta(use, CONFIG.portfolio, Decimal(100_000), Decimal(-6_000))
    assert moved is not None
    assert round(moved, 4) == Decimal(points)


def test_a_hedge_makes_the_loan_answer_less() -> None:
    hedged = seen(put("350", "100"))
    assert hedged.ltv_per_pct is not None
    assert hedged.ltv_per_pct_hedged is not None
    assert hedged.ltv_per_pct < hedged.ltv_per_pct_hedged < 0
    at_broker = seen(put("350", "100"), use=Use.BROKER)
    assert at_broker.ltv_per_pct_hedged == at_broker.ltv_per_pct


def test_shares_at_the_broker_are_no_payoff() -> None:
    assert seen(held(SHARES, "1000")).ltv_per_pct_hedged == seen().ltv_per_pct


def test_what_has_no_price_is_named_and_nothing_is_summed_without_it() -> None:
    chain = boards.chain(DECEMBER)
    name = "GLD261218P00332500"
    config = boards.config(chains=(boards.requoted(chain, name, "0", "4.00"),))
    found = exposure(config, [put("332.5", "63"), put("350", "1"), put("331", "2")])
    assert found.net is None
    assert found.ltv_per_pct_hedged is None
    assert found.ltv_per_pct is not None
    assert found.missing == (
        "GLD 332.5 put of 2026-12-18 (ZERO-BID)",
        "GLD 331 put of 2026-12-18 (not on the board)",
    )
    assert [line.mark is None for line in found.lines] == [True, False, True]


def test_other_symbols_and_adjusted_contracts_are_kept_apart() -> None:
    found = seen(
        put("332.5", "63"),
        held(option("50", symbol="IAU"), "1"),
        held(option("350", multiplier=10), "1"),
    )
    assert found.others == ("IAU 50 put of 2026-12-18",)
    assert found.missing == ("GLD 350 put of 2026-12-18 (not on the board)",)
    assert seen(held(option("350", trading_class="GLD1"), "1")).others == (
        "GLD 350 put of 2026-12-18",
    )


def test_doubt_is_contagious() -> None:
    chain = replace(boards.chain(DECEMBER), quality=Quality.DELAYED)
    config = boards.config(chains=(chain,))
    found = exposure(config, [put("332.5", "63"), held(SHARES, "1")])
    assert found.quality is Quality.DELAYED
    assert [line.quality for line in found.lines] == [Quality.DELAYED, Quality.LIVE]
    simulated = boards.config(quotes=(boards.gold(quality=Quality.SIMULATED),))
    assert exposure(simulated, [put("332.5", "63")]).lines[0].quality is Quality.SIMULATED


def test_delta_is_the_slope_of_the_value() -> None:
    """The net delta against finite differences of the pricing formula."""
    held_puts = [put("332.5", "63"), put("300", "-63")]
    net = exposure(CONFIG, held_puts).net
    assert net is not None
    value = 0.0
    for one in held_puts:
        (listed,) = [x for x in CONFIG.board.of(DECEMBER, "P") if x.strike == one.instrument.strike]
        strike = float(listed.strike)
        terms = (strike, listed.years, listed.rate, 0.0, listed.volatility)
        up, down = (float(np.asarray(american(-1, 350 + h, *terms).price)) for h in (0.5, -0.5))
        value += float(one.quantity) * 100 * (up - down)
    assert net.delta == pytest.approx(value, rel=1e-3)


COUNTS = st.integers(-50, 50).filter(bool).map(str)
STRIKES = st.sampled_from(["300", "332.5", "350", "375"])


@given(st.lists(st.builds(put, STRIKES, COUNTS), max_size=5))
def test_the_opposite_of_everything_cancels(holdings: list[Held]) -> None:
    opposite = [replace(one, quantity=-one.quantity) for one in holdings]
    found = exposure(CONFIG, [*holdings, *opposite])
    assert found.net is not None
    assert abs(found.net.delta) < 1e-6
    assert sum((line.value or Decimal(0)) for line in found.lines) == 0
