"""The finder's answers: worked values, uses, limits, what cannot be had and what could be."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
import pytest

from tests.core.hedge import boards
from vaultdesk.core.hedge.finder import FindRequest, Found, find
from vaultdesk.core.hedge.finder.columns import columns_for
from vaultdesk.core.hedge.finder.exact import Moment, cut, shortfall
from vaultdesk.core.hedge.finder.ground import demand, ground
from vaultdesk.core.hedge.position import HedgeLeg, Position
from vaultdesk.core.hedge.protection import protection_of
from vaultdesk.core.hedge.scene import Scene, days_passed, outlook
from vaultdesk.core.hedge.vocabulary import FeeSchedule, HedgeRules, SmileRule, Use
from vaultdesk.core.loan.vocabulary import Tranche
from vaultdesk.core.market import Quality, Quote

if TYPE_CHECKING:
    from vaultdesk.core.hedge.config import StrategyConfig

D = Decimal
EXPIRY = boards.EXPIRIES[1]
REQUEST = FindRequest(D("0.70"), D("0.30"), EXPIRY)
LATER = replace(REQUEST, horizon=date(2026, 10, 30))
NO_FEES = FeeSchedule(D(0), D(0))
TRADED = 5_000


def only(strike: str, *, use: Use, loan: str = "2100000") -> StrategyConfig:
    """10,000 shares at 350; one strike of one expiry is liquid enough."""
    chain = boards.chain(EXPIRY)
    rows = tuple(
        replace(row, open_interest=TRADED) if row.strike == D(strike) else row for row in chain.rows
    )
    rules = HedgeRules(use=use, fees=NO_FEES, max_spread=D(9), min_open_interest=TRADED)
    return boards.config(rules, boards.pledge(loan=D(loan)), (replace(chain, rows=rows),))


def contracts(found: Found) -> dict[str, int]:
    return {leg.listed.words: int(leg.contracts) for leg in found.position.legs}


def worst(config: StrategyConfig, position: Position, request: FindRequest) -> float:
    """By the views' own scenarios, on prices and days of its own."""
    last = (request.horizon - boards.NOW.date()).days
    spot = float(config.spot_price)
    strikes = [float(leg.listed.strike) for leg in position.legs]
    floor = spot * (1 - float(request.max_fall))
    prices = np.unique([*np.linspace(floor, spot, 97), *(k for k in strikes if floor < k < spot)])
    ends = [(leg.listed.expiry - boards.NOW.date()).days for leg in position.legs]
    days = sorted(
        {*range(0, last + 1, 3), last, *(d for e in ends for d in (e, e + 1) if d <= last)}
    )
    passed = [days_passed(config, day) for day in days]
    seen = outlook(config, position, prices, passed, Scene(smile=config.rules.smile))
    return float(seen.hedged.max())


@pytest.mark.parametrize(
    ("use", "strike", "count"),
    [
        (Use.PLEDGED, "350", 53),
        (Use.PLEDGED, "332.5", 63),
        (Use.PLEDGED, "315", 79),
        (Use.REPAYS, "350", 37),
        (Use.REPAYS, "332.5", 44),
        (Use.REPAYS, "315", 55),
    ],
)
def test_worked_values(use: Use, strike: str, count: int) -> None:
    found = find(only(strike, use=use), REQUEST)
    assert contracts(found) == {f"{D(strike).normalize():f} put of {EXPIRY}": count}
    assert found.problem == ""
    assert found.gap == 0.0
    assert found.worst_ltv <= 0.70


@pytest.mark.parametrize(("use", "count"), [(Use.PLEDGED, 105), (Use.REPAYS, 74)])
def test_worked_values_of_puts_too_far_below_for_smaller_falls(use: Use, count: int) -> None:
    """At -30 % they do, but from 300 down to 297.50 nothing pays and the LTV is above 70 %."""
    config = only("297.5", use=use)
    listed = next(x for x in config.board.of(EXPIRY, "P") if x.strike == D("297.5"))
    land, wish = ground(config, REQUEST), demand(config, REQUEST.max_ltv)
    moment = Moment(D(245), land.last)
    short = [
        shortfall(land, wish, Position((HedgeLeg(listed, D(n), D(n)),)), moment)
        for n in (count - 1, count)
    ]
    assert short[0] > 0 >= short[1]
    found = find(config, REQUEST)
    assert found.position.legs == ()
    assert (found.nearest_ltv, found.nearest_fall) == (D("0.706"), D("0.142"))


@pytest.mark.parametrize(
    ("loan", "count"),
    [("2100000.01", 45), ("2100000.0001", 45), ("2100000", 44), ("2099999.99", 44)],
)
def test_a_hair_of_loan_decides(loan: str, count: int) -> None:
    """44 contracts are exactly enough: HiGHS alone calls them enough for a hair more too."""
    found = find(only("332.5", use=Use.REPAYS, loan=loan), REQUEST)
    assert list(contracts(found).values()) == [count]


def test_a_limit_that_is_the_ltv_of_today_is_kept_exactly() -> None:
    request = replace(REQUEST, max_ltv=D("0.60"), max_fall=D(0))
    found = find(boards.config(), request)
    assert found.position.legs == ()
    assert found.problem == ""
    assert found.cost == 0
    assert found.worst_ltv == 0.60
    assert "holds without a hedge" in found.proof[0]


@pytest.mark.parametrize("use", [Use.PLEDGED, Use.REPAYS])
@pytest.mark.parametrize("smile", list(SmileRule))
def test_the_hedge_holds_by_the_views_own_scenarios(use: Use, smile: SmileRule) -> None:
    config = boards.config(HedgeRules(use=use, smile=smile))
    found = find(config, LATER)
    assert found.problem == ""
    assert found.gap == 0.0
    assert worst(config, found.position, LATER) <= 0.70 + 1e-5
    assert found.cost == found.position.cost(config.rules.fees)


def test_worst_ltv_is_what_the_protection_view_says() -> None:
    config = boards.config(HedgeRules(max_fall=D("0.30")))
    found = find(config, REQUEST)
    view = protection_of(config, found.position)
    assert found.worst_ltv == pytest.approx(view.worst_ltv, abs=1e-6)


def test_the_payoff_at_the_broker_helps_no_bank() -> None:
    found = find(boards.config(HedgeRules(use=Use.BROKER)), LATER)
    assert found.position.legs == ()
    assert "broker" in found.problem
    assert found.nearest_ltv == D("0.858")
    assert found.nearest_fall == D("0.142")
    again = find(boards.config(HedgeRules(use=Use.BROKER)), replace(LATER, max_ltv=D("0.858")))
    assert again.problem == ""


def test_too_small_a_budget_says_what_it_buys() -> None:
    config = boards.config()
    dear = find(config, LATER)
    request = replace(LATER, budget=(dear.cost / 2).quantize(D(1)))
    found = find(config, request)
    assert found.position.legs == ()
    assert found.cost == 0
    assert f"{dear.cost:,.2f} USD" in found.problem
    assert found.nearest_ltv is not None
    assert found.nearest_fall is not None
    assert f"{float(100 * found.nearest_ltv):g} %" in found.problem
    assert f"{float(100 * found.nearest_fall):g} %" in found.problem
    step = D("0.001")
    assert find(config, replace(request, max_ltv=found.nearest_ltv)).problem == ""
    assert find(config, replace(request, max_fall=found.nearest_fall)).problem == ""
    assert find(config, replace(request, max_ltv=found.nearest_ltv - step)).problem
    assert find(config, replace(request, max_fall=found.nearest_fall + step)).problem


def test_a_budget_that_is_the_cost_is_enough() -> None:
    config = boards.config()
    found = find(config, LATER)
    assert find(config, replace(LATER, budget=found.cost)).cost == found.cost
    assert find(config, replace(LATER, budget=found.cost - D("0.01"))).problem


def test_a_horizon_behind_the_last_expiry_is_not_protected() -> None:
    """A leg that has expired before a date protects nothing on it."""
    config = boards.config(chains=(boards.chain(EXPIRY),))
    assert find(config, REQUEST).problem == ""
    found = find(config, replace(REQUEST, horizon=EXPIRY + timedelta(1)))
    assert found.problem
    assert found.nearest_ltv == D("0.858")


def test_a_later_expiry_is_taken_where_an_earlier_one_ends_too_soon() -> None:
    config = boards.config(chains=tuple(boards.chain(day) for day in boards.EXPIRIES[1:3]))
    found = find(config, replace(REQUEST, horizon=EXPIRY + timedelta(1)))
    assert found.problem == ""
    assert {leg.listed.expiry for leg in found.position.legs} == {boards.EXPIRIES[2]}


def test_a_premium_drawn_on_the_loan_has_to_be_carried_too() -> None:
    rules = HedgeRules(drawn=True)
    config = boards.config(rules)
    paid, drawn = find(boards.config(), LATER), find(config, LATER)
    assert drawn.problem == ""
    assert drawn.cost > paid.cost
    assert worst(config, drawn.position, LATER) <= 0.70 + 1e-5
    assert worst(config, paid.position, LATER) > 0.70


def test_a_facility_in_francs() -> None:
    """The premium and the budget are dollars, loan and pledge francs."""
    rate = Quote("USDCHF", None, None, D("0.80"), boards.NOW, boards.NOW, "made", Quality.LIVE)
    terms = boards.pledge(loan=D("1680000"), currency="CHF")
    config = boards.config(terms=terms, quotes=(boards.gold(), rate))
    assert config.fx == D("0.80")
    dollars = find(boards.config(), LATER)
    found = find(config, LATER)
    assert found.cost == dollars.cost
    assert found.worst_ltv == pytest.approx(dollars.worst_ltv, abs=1e-9)


def test_interest_makes_the_horizon_the_hardest_day() -> None:
    terms = boards.pledge()
    tranche = Tranche(D(2_100_000), rate=D("0.06"), since=boards.NOW.date())
    config = boards.config(terms=replace(terms, tranches=(tranche,)))
    without, found = find(boards.config(), LATER), find(config, LATER)
    assert found.cost > without.cost
    assert worst(config, found.position, LATER) <= 0.70 + 1e-5


def test_limits_of_spread_and_open_interest() -> None:
    tight = HedgeRules(max_spread=D("0.02"))
    found = find(boards.config(tight), LATER)
    assert all(leg.listed.spread <= D("0.02") for leg in found.position.legs if leg.listed.spread)
    assert found.cost >= find(boards.config(), LATER).cost
    none = find(boards.config(HedgeRules(min_open_interest=501)), LATER)
    assert "no listed put is within your limits" in none.problem
    assert none.nearest_ltv == D("0.858")


def test_collars_without_cover_sell_nothing_and_say_so() -> None:
    config = boards.config()
    found, puts = find(config, replace(LATER, collars=True)), find(config, LATER)
    assert found.cost == puts.cost
    assert all(leg.contracts > 0 for leg in found.position.legs)
    assert any("No calls are sold" in said for said in found.proof)


@pytest.mark.parametrize(
    ("rules", "cover"),
    [(HedgeRules(free_units=D(1_050)), 10), (HedgeRules(naked_calls=True), 100)],
)
def test_collars_sell_no_more_calls_than_are_covered(rules: HedgeRules, cover: int) -> None:
    config = boards.config(rules)
    found, puts = find(config, replace(LATER, collars=True)), find(config, LATER)
    sold = [leg for leg in found.position.legs if leg.contracts < 0]
    assert sum(-leg.contracts for leg in sold) == cover
    assert found.cost < puts.cost
    assert all(leg.listed.kind > 0 and leg.listed.strike >= boards.SPOT for leg in sold)
    for expiry in {leg.listed.expiry for leg in sold}:
        of = [leg for leg in found.position.legs if leg.listed.expiry == expiry]
        assert sum(leg.shares for leg in of) >= 0
    assert worst(config, found.position, LATER) <= 0.70 + 1e-5
    assert any("Rises of gold were not looked at" in said for said in found.proof)


def test_the_proof_names_each_legs_part_and_it_is_true() -> None:
    config = boards.config()
    found = find(config, LATER)
    for number, leg in enumerate(found.position.legs):
        less = replace(leg, contracts=leg.contracts - 1)
        legs = (*found.position.legs[:number], less, *found.position.legs[number + 1 :])
        ltv = worst(config, Position(tuple(one for one in legs if one.contracts)), LATER)
        assert ltv > 0.70
        said = next(one for one in found.proof if f"at {leg.listed.strike.normalize():f} of" in one)
        assert said.startswith("Without")
        reaches = re.search(r"reaches ([0-9.]+) %", said)
        assert reaches
        assert float(reaches[1]) == pytest.approx(100 * ltv, abs=0.02)
    text = " ".join(found.proof)
    for part in (
        "What decides",
        "that is proven, the gap is 0 %",
        "binomial tree",
        "sticky strike",
    ):
        assert part in text


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"max_ltv": D(0)}, "above 0 %"),
        ({"max_fall": D(1)}, "less than 100 %"),
        ({"max_fall": D("-0.1")}, "at least 0 %"),
        ({"max_ltv": D("NaN")}, "numbers"),
        ({"horizon": date(2026, 7, 9)}, "is over"),
        ({"horizon": date(2099, 1, 1)}, "ten years"),
    ],
)
def test_requests_that_make_no_sense(changes: dict[str, object], words: str) -> None:
    found = find(boards.config(), replace(REQUEST, **changes))  # type: ignore[arg-type]
    assert words in found.problem
    assert found.position.legs == ()


def test_nothing_is_found_by_stale_prices() -> None:
    stale = tuple(boards.chain(day, quality=Quality.STALE) for day in boards.EXPIRIES)
    found = find(boards.config(chains=stale), REQUEST)
    assert "stale" in found.problem


def test_it_can_be_stopped() -> None:
    found = find(boards.config(), REQUEST, lambda: True)
    assert "stopped" in found.problem
    assert found.position.legs == ()


def test_no_time_at_all_is_said() -> None:
    found = find(boards.config(), LATER, seconds=0.0)
    assert found.problem or found.gap > 0.0
    if found.gap:
        assert any("cut short" in said for said in found.proof)
    else:
        assert "time" in found.problem


@pytest.mark.parametrize(("loan", "need"), [("2100000", 44), ("2100000.0001", 45)])
def test_a_cut_counts_in_whole_contracts(loan: str, need: int) -> None:
    config = only("332.5", use=Use.REPAYS, loan=loan)
    land, wish = ground(config, REQUEST), demand(config, D("0.70"))
    made = cut(land, wish, columns_for(config, REQUEST), np.zeros(1), Moment(D(245), land.last))
    assert made is not None
    assert (made.gain.tolist(), made.need) == ([1.0], float(need))


def test_exact_needs_no_rounding() -> None:
    config = only("332.5", use=Use.REPAYS)
    listed = next(x for x in config.board.of(EXPIRY, "P") if x.strike == D("332.5"))
    land, wish = ground(config, REQUEST), demand(config, D("0.70"))
    legs = Position((HedgeLeg(listed, D(44), D(44)),))
    assert shortfall(land, wish, legs, Moment(D(245), land.last)) == Fraction(0)
