"""Every kind of hedge: what it buys and sells, its golden views, and what any of them keeps."""

from __future__ import annotations

import itertools
import json
import math
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.hedge import boards
from tests.core.hedge.positions import CONFIG
from tests.core.hedge.shape import check_shape, views
from vaultdesk.core.hedge.anchored import Anchored, Wish
from vaultdesk.core.hedge.board import Lacking
from vaultdesk.core.hedge.candidates import KINDS, candidates
from vaultdesk.core.hedge.position import At, Position
from vaultdesk.core.hedge.strategies.calendar_roll import CalendarRoll
from vaultdesk.core.hedge.strategies.collar import Collar
from vaultdesk.core.hedge.strategies.custom import Custom
from vaultdesk.core.hedge.strategies.ladder import THIRDS, Ladder
from vaultdesk.core.hedge.strategies.leaps import Leaps
from vaultdesk.core.hedge.strategies.protective_put import ProtectivePut
from vaultdesk.core.hedge.strategies.put_spread import PutSpread
from vaultdesk.core.hedge.strategies.zero_cost_collar import ZeroCostCollar
from vaultdesk.core.hedge.vocabulary import HedgeRules
from vaultdesk.core.options.american import american

if TYPE_CHECKING:
    from vaultdesk.core.hedge.config import StrategyConfig
    from vaultdesk.core.hedge.strategy import Strategy
    from vaultdesk.core.market import Right

IDS = (
    "protective_put_atm",
    "protective_put_otm_95",
    "protective_put_otm_90",
    "laddered_put_50_50_atm_otm95",
    "laddered_put_33_33_33_atm_otm95_otm90",
    "lease_duration_analysis",
    "collar_95_110",
    "zero_cost_collar_95",
    "put_spread_95_80",
    "put_spread_collar_95_80_110",
    "calendar_roll_95",
)
GOLDENS = Path(__file__).parent / "goldens"
SEPTEMBER = boards.EXPIRIES[1]
FREE = HedgeRules(free_units=Decimal(20_000), days=90)
CHAINS = tuple(boards.chain(day) for day in boards.EXPIRIES)


def allowed(units: str = "10050", **rules: object) -> StrategyConfig:
    """Gold that does not make whole contracts; calls may be sold, the shares lie at the broker."""
    terms = boards.pledge(units=Decimal(units))
    return boards.config(replace(FREE, **rules), terms)  # type: ignore[arg-type]


def listed(strategy: Strategy) -> list[tuple[Right, Decimal, int]]:
    """What it holds."""
    return [(x.listed.right, x.listed.strike, int(x.contracts)) for x in strategy.position.legs]


def test_the_candidates_are_the_six_of_the_seed_and_the_family() -> None:
    assert tuple(one.name for one in candidates(CONFIG)) == IDS


@pytest.mark.parametrize("name", IDS)
def test_a_candidate_says_what_its_golden_file_says(name: str) -> None:
    strategy = next(one for one in candidates(allowed()) if one.name == name)
    golden = json.loads((GOLDENS / f"{name}.json").read_text(encoding="utf-8"))
    assert json.loads(json.dumps(views(strategy))) == golden


@pytest.mark.parametrize("name", IDS)
@pytest.mark.parametrize("units", ["10050", "10000", "333.3"])
def test_a_candidate_has_the_shape_of_a_strategy(name: str, units: str) -> None:
    config = allowed(units)
    check_shape(next(one for one in candidates(config) if one.name == name), config)


@dataclass(frozen=True, eq=False)
class Strangle(Anchored):
    """A plug-in as a user might write it."""

    @property
    def name(self) -> str:
        return "my_strangle"

    @property
    def title(self) -> str:
        return "My strangle"

    def wishes(self) -> tuple[Wish, ...]:
        return Wish("P", Decimal("0.9")), Wish("C", Decimal("1.1"))


class HalfShares(ProtectivePut):
    """A plug-in that gets its contracts wrong."""

    def build(self) -> Position:
        built = super().build()
        return replace(built, legs=tuple(replace(x, contracts=x.contracts / 3) for x in built.legs))


def test_a_plug_in_is_compared_like_the_others() -> None:
    config = allowed()
    found = candidates(config, (Strangle,))
    assert [one.name for one in found] == [*IDS, "my_strangle"]
    check_shape(found[-1], config)


def test_a_plug_in_that_breaks_the_shape_is_found_out() -> None:
    with pytest.raises(AssertionError):
        check_shape(HalfShares(allowed()), allowed())


def test_two_strategies_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="Two strategies are named protective_put_atm"):
        candidates(CONFIG, (ProtectivePut,))


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_built_by_its_parameters(kind: str) -> None:
    config, one = allowed(), KINDS[kind]
    values = {parameter.name: parameter.default for parameter in one.parameters}
    built, told = one.build(config), one.build(config, **values)
    assert views(built) == views(told)
    check_shape(built, config)
    later = one.build(config, days=560)
    ends = {leg.listed.expiry for leg in later.position.legs}
    assert ends == ({boards.EXPIRIES[0]} if kind == "calendar_roll" else {boards.EXPIRIES[4]})


def test_puts_are_on_whole_hundreds_of_the_gold_and_the_rounding_is_shown() -> None:
    put = ProtectivePut(allowed(), Decimal("0.94"))
    (leg,) = put.position.legs
    assert (leg.contracts, leg.ideal) == (Decimal(100), Decimal("100.5"))
    assert leg.listed.strike == 330
    assert leg.wanted == "94 % of 350 is 329.00, 330 is listed"
    assert put.name == "protective_put_otm_94"
    assert put.calculate_protection().unprotected_units == 50
    assert put.calculate_protection(whole=False).unprotected_units == 0
    per_contract = leg.premium() / 100
    assert (
        put.calculate_cost(whole=False).premium - put.calculate_cost().premium == per_contract / 2
    )


def test_a_part_of_the_gold_can_be_covered() -> None:
    half = ProtectivePut(allowed(cover=Decimal("0.5")))
    assert half.position.legs[0].contracts == 50
    assert half.position.legs[0].ideal == Decimal("50.25")


def test_less_gold_than_one_contract_cannot_be_hedged() -> None:
    with pytest.raises(Lacking, match=r"makes 99\.90 shares, less than one contract of 100"):
        _ = ProtectivePut(
            boards.config(terms=boards.pledge(Decimal("99.9"), Decimal(1000)))
        ).position


@given(
    units=st.decimals(300, 50_000, places=2),
    weights=st.lists(st.decimals(0, 9, places=1), min_size=1, max_size=5).filter(any),
)
def test_a_ladder_loses_no_contract(units: Decimal, weights: list[Decimal]) -> None:
    steps = tuple(1 - Decimal("0.05") * i for i in range(len(weights)))
    config = boards.config(FREE, boards.pledge(units, Decimal(10_000)))
    legs = Ladder(config, steps, tuple(weights)).position.legs
    assert sum(leg.contracts for leg in legs) == units // 100
    assert float(sum(leg.ideal for leg in legs)) == pytest.approx(float(units) / 100, rel=1e-15)
    assert all(abs(leg.contracts - leg.ideal) < 2 for leg in legs)
    assert len(legs) == sum(1 for weight in weights if weight)


def test_a_ladder_of_thirds_gives_the_odd_contract_to_the_first() -> None:
    thirds = Ladder(allowed(), (Decimal(1), Decimal("0.95"), Decimal("0.9")), THIRDS)
    assert [n for _, _, n in listed(thirds)] == [34, 33, 33]
    assert [one.weight for one in thirds.calculate_cost().legs] == [
        Decimal("0.34"),
        Decimal("0.33"),
        Decimal("0.33"),
    ]


@pytest.mark.parametrize(
    ("weights", "sentence"),
    [
        ((Decimal(1),), "one weight for each strike"),
        ((Decimal(0), Decimal(0)), "one of them is above 0"),
        ((Decimal(2), Decimal(-1)), "not negative"),
    ],
)
def test_weights_that_do_not_fit_are_refused(weights: tuple[Decimal, ...], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        KINDS["ladder"].build(CONFIG, weights=weights)


def test_a_collar_sells_as_many_calls_as_it_buys_puts() -> None:
    assert listed(Collar(allowed())) == [
        ("P", Decimal("332.5"), 100),
        ("C", Decimal("385.0"), -100),
    ]


def test_a_collar_on_pledged_gold_is_refused_until_naked_calls_are_allowed() -> None:
    for strategy in candidates(allowed(free_units=Decimal(0))):
        calls = "collar" in strategy.name
        if calls:
            with pytest.raises(Lacking, match="without shares to deliver"):
                _ = strategy.position
        else:
            assert strategy.position.legs
    naked = Collar(allowed(free_units=Decimal(0), naked_calls=True))
    assert any("naked short" in said for said in naked.position.warnings)


def test_strikes_too_close_to_tell_apart_are_refused() -> None:
    spread = PutSpread(allowed(), Decimal("0.950"), Decimal("0.949"))
    with pytest.raises(Lacking, match=r"332\.5 put of 2026-09-18 is nearest to both strikes"):
        _ = spread.position


def enumerated(config: StrategyConfig, put: Decimal) -> tuple[Decimal, Decimal]:
    """The strike and the credit a share by looking at every call, the highest of the cheapest."""
    puts = [x for x in config.board.of(SEPTEMBER, "P") if x.usable]
    bought = min(puts, key=lambda x: (abs(x.strike - put * config.board.spot), x.strike))
    ask = bought.quote.ask
    assert ask is not None
    brought = [
        (x.quote.bid - ask, x.strike)
        for x in config.board.of(SEPTEMBER, "C")
        if x.usable and x.quote.bid is not None
        if x.strike >= config.board.spot and x.strike > bought.strike
    ]
    paid = [one for one in brought if one[0] >= 0]
    if paid:
        least = min(credit for credit, _ in paid)
        return max(strike for credit, strike in paid if credit == least), least
    best = max(credit for credit, _ in brought)
    return max(strike for credit, strike in brought if credit == best), best


@given(
    put=st.decimals("0.90", "0.999", places=3),
    skew=st.sampled_from((-0.30, -0.10, 0.0, 0.20)),
    spread=st.sampled_from(("0.10", "0.60", "2.00")),
)
def test_a_zero_cost_collar_is_the_best_of_all_calls(
    put: Decimal, skew: float, spread: str
) -> None:
    config = boards.config(
        FREE, chains=(boards.chain(SEPTEMBER, skew=skew, spread=Decimal(spread)),)
    )
    collar = ZeroCostCollar(config, put)
    strike, credit = enumerated(config, put)
    bought, sold = collar.position.legs
    assert sold.listed.strike == strike
    assert sold.contracts == -bought.contracts
    assert collar.calculate_cost().premium == -credit * 100 * bought.contracts
    assert ("pays for the put's ask" in sold.wanted) or credit < 0
    assert f"Above {strike.normalize():f}" in "\n".join(collar.position.warnings)


def test_a_put_no_call_pays_for_takes_the_smallest_debit_and_says_so() -> None:
    september = boards.requoted(CHAINS[1], "GLD260918P00350000", "40.00", "42.00")
    collar = ZeroCostCollar(boards.config(FREE, chains=(september,)), Decimal(1))
    config_calls = [
        x for x in collar.config.board.of(SEPTEMBER, "C") if x.usable and x.strike > 350
    ]
    best = max(x.quote.bid for x in config_calls if x.quote.bid is not None)
    assert collar.position.legs[1].listed.quote.bid == best
    assert f"a debit of {42 - best:f} a share is least" in collar.position.legs[1].wanted
    assert collar.calculate_cost().premium == (42 - best) * 10_000


def test_of_calls_that_pay_the_same_the_higher_gives_up_less() -> None:
    september = boards.requoted(CHAINS[1], "GLD260918P00332500", "4.60", "4.80")
    for strike in ("00370000", "00372500"):
        september = boards.requoted(september, f"GLD260918C{strike}", "4.85", "5.05")
    collar = ZeroCostCollar(boards.config(FREE, chains=(september,)))
    sold = collar.position.legs[1]
    assert sold.listed.strike == Decimal("372.5")
    assert sold.wanted == "the bid of 4.85 pays for the put's ask of 4.80: a credit of 0.05 a share"


def test_leaps_take_the_life_that_costs_least_a_year() -> None:
    leaps = Leaps(allowed())
    found = leaps.durations()
    assert [one.expiry for one in found] == [boards.EXPIRIES[4]]
    both = Leaps(allowed(), days=300)
    lives = both.durations()
    assert [one.expiry for one in lives] == list(boards.EXPIRIES[3:])
    assert [one.days for one in lives] == [342, 560]
    for one in lives:
        assert one.total is not None
        assert one.annualised == one.total / one.days * 365
        assert one.per_day == one.total / one.days
    cheapest = min(lives, key=lambda one: one.annualised or math.inf)
    assert both.position.guaranteed_until == cheapest.expiry
    assert both.calculate_cost().annualised == cheapest.annualised
    assert "the least of 2 lives" in both.position.legs[0].wanted


def test_without_a_year_listed_leaps_take_the_longest() -> None:
    config = boards.config(FREE, chains=CHAINS[:3])
    assert [one.expiry for one in Leaps(config).durations()] == [boards.EXPIRIES[2]]


def test_a_life_without_quotes_is_shown_with_what_it_lacks() -> None:
    names = [f"GLD270617P{int(k * 1000):08d}" for k in boards.STRIKES if 340 <= k <= 360]
    june = CHAINS[3]
    for name in names:
        june = boards.requoted(june, name, None, "30.00")
    leaps = Leaps(boards.config(FREE, chains=(june, CHAINS[4])), days=300)
    first, second = leaps.durations()
    assert (first.position, first.total, first.annualised, first.per_day) == (None,) * 4
    assert "350 put of 2027-06-17 (ONE-SIDED)" in first.problem
    assert leaps.position.guaranteed_until == second.expiry
    alone = Leaps(boards.config(FREE, chains=(*CHAINS[:1], june)), days=300)
    with pytest.raises(Lacking, match="350 put of 2027-06-17"):
        _ = alone.position


def test_a_calendar_roll_has_no_day_without_protection() -> None:
    roll = CalendarRoll(allowed(days=342), Decimal("0.95"))
    days = roll.days_between()
    assert days == (boards.EXPIRIES[0], *boards.EXPIRIES[1:4])
    rolls = roll.rolls()
    assert [(one.begins, one.ends) for one in rolls] == list(itertools.pairwise(days))
    assert roll.position.guaranteed_until == days[0]
    assert roll.expiry == days[0]


def test_what_a_roll_may_cost_is_priced_by_the_forward_variance() -> None:
    """Both smiles made from one curve: the forward volatility is that curve's, a little skewed."""
    roll = CalendarRoll(allowed(days=70))
    (one,) = roll.rolls()
    leg = roll.position.legs[0]
    years = (one.ends - one.begins).days / 365
    assert one.volatility == pytest.approx(boards.volatility(332.5, 0.20, -0.10), abs=0.004)
    price = american(-1, 350.0, 332.5, years, boards.RATE, 0.0, one.volatility).price
    half = leg.price() - leg.price(At.MID)
    assert float(one.price) == pytest.approx(float(price) + float(half), abs=1e-3)
    assert one.cost == one.price * leg.shares + FREE.fees.commission(leg.contracts)
    said = roll.position.warnings[0]
    assert said.startswith("Protection is bought until 2026-08-21 only: replace it by then, once ")
    assert f"about {one.cost:,.0f} USD more" in said


def test_without_a_smile_a_roll_says_that_it_cannot_be_estimated() -> None:
    config = allowed(days=70)
    bare = replace(config, board=replace(config.board, smiles={}))
    assert CalendarRoll(bare).rolls() == ()
    assert "cannot be estimated" in CalendarRoll(bare).position.warnings[0]


def test_a_roll_that_need_not_roll_is_a_put() -> None:
    near = allowed(days=42)
    assert CalendarRoll(near).rolls() == ()
    assert listed(CalendarRoll(near)) == listed(ProtectivePut(near, Decimal("0.95")))


def test_legs_picked_by_hand_are_those_at_the_quotes_of_the_board() -> None:
    config = allowed()
    picked = Collar(config).position.legs
    custom = Custom(config, picked, "my_collar")
    check_shape(custom, config)
    assert custom.position.legs == picked
    assert custom.title == "My collar"
    dearer = boards.requoted(CHAINS[1], "GLD260918P00332500", "7.00", "7.50")
    moved = replace(custom, config=boards.config(FREE, chains=(dearer,)))
    assert moved.position.legs[0].price() == Decimal("7.50")
    gone = boards.requoted(CHAINS[1], "GLD260918P00332500", None, "7.50")
    with pytest.raises(Lacking, match=r"332\.5 put of 2026-09-18 \(ONE-SIDED\)"):
        _ = replace(custom, config=boards.config(FREE, chains=(gone,))).position


def outcome(strategy: Strategy) -> object:
    """The legs, or what is lacking."""
    try:
        return strategy.position.legs
    except Lacking as lacking:
        return str(lacking)


@given(data=st.data())
def test_what_is_considered_is_all_that_the_choice_rests_on(data: st.DataObject) -> None:
    """A board of only those contracts gives the same legs, whatever the strikes wished for."""
    money = st.decimals("0.8", "1.15", places=3)
    config = allowed(days=data.draw(st.sampled_from((30, 90, 200, 400))))
    strategy = data.draw(
        st.one_of(
            st.builds(lambda m: ProtectivePut(config, m), money),
            st.builds(lambda m: Ladder(config, (m, m - Decimal("0.1"))), money),
            st.builds(lambda m: ZeroCostCollar(config, m), st.decimals("0.85", "1", places=3)),
            st.builds(lambda m: Leaps(config, m, days=300), money),
            st.builds(lambda m: CalendarRoll(config, m), money),
            st.builds(lambda m: Collar(config, m, m + Decimal("0.1")), money),
        )
    )
    # and one contract of each other expiry, so that none goes out of sight
    some = [config.board.of(e, "P")[60] for e in boards.EXPIRIES]
    kept = {x.quote.contract for x in (*strategy.considered(), *some)}
    few = replace(
        config.board, listed=tuple(x for x in config.board.listed if x.quote.contract in kept)
    )
    pruned = replace(strategy, config=replace(config, board=few))
    assert outcome(pruned) == outcome(strategy)
