"""American option prices and Greeks: the European value and an early-exercise premium."""

from __future__ import annotations

from dataclasses import fields
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from vaultdesk.core.options import boundary, surface
from vaultdesk.core.options.contracts import Contracts
from vaultdesk.core.options.european import european
from vaultdesk.core.options.premium import Premium, Put, plain, rule, with_dividends
from vaultdesk.core.options.tree import leisen_reimer, tree_value
from vaultdesk.core.options.types import Valuation

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

    from vaultdesk.core.options.types import FloatArray

    IndexArray = npt.NDArray[np.intp]
    BoolArray = npt.NDArray[np.bool_]

NEAR = 0.4
"""Deviations from the boundary within which the premium's integrand has a step to resolve."""
FAR_NODES, NEAR_NODES = 24, 64
BATCH = 12_288
"""Quadrature points at a time: what is kept of each then stays in the second-level cache."""
AT_ONCE, SOLVED_AT_ONCE = 4096, 128
NOTHING = 1e-13
"""Interest over the whole life, as a fraction of the strike, that is not worth exercising for."""
BUMP, RATE_STEP = 1e-5, 1e-6
"""Steps for differences: of the volatility, relative; of the rate, at most."""
LEAST_RATE = 1e-9
"""An exercise that earns exactly nothing has the boundary of one that earns next to nothing."""
TREE_STEPS, TREE_BUMP, TREE_RATE_STEP = 501, 1e-2, 1e-4


def american(
    kind: npt.ArrayLike,
    spot: npt.ArrayLike,
    strike: npt.ArrayLike,
    years: npt.ArrayLike,
    rate: npt.ArrayLike,
    dividend_yield: npt.ArrayLike,
    volatility: npt.ArrayLike,
) -> Valuation:
    """Value American options: price, delta, gamma, theta, vega and rho.

    The European value plus the early-exercise premium of Kim (1990). A put's boundary comes from a
    table where the underlying pays no dividend, and otherwise from spectral collocation (Andersen,
    Lake and Offengenden 2016); a call is the put with spot and strike, and rate and yield,
    exchanged (McDonald and Schroder 1998); where both rates are negative and exercise pays between
    two boundaries, a binomial tree serves. Theta is what the Black-Scholes equation leaves of it;
    without dividends rho is the derivative of the integral, boundary included, and vega follows
    from P/K being a function of S/K, r/sigma² and sigma²T alone; with dividends both are taken by
    differences.

    Where early exercise brings nothing (a call without dividends, a put without interest) the
    answer is `european`'s to the last digit, as it is at expiry. Beyond the boundary the option is
    worth its intrinsic value: delta ±1, all other Greeks 0.

    Args:
        kind: +1 for a call, -1 for a put.
        spot: price of the underlying.
        strike: in the currency of spot.
        years: time to expiry in years of 365 days.
        rate: continuously compounded, per year; any sign.
        dividend_yield: continuously compounded, per year; any sign.
        volatility: 1.00 is 100 % a year.

    Returns:
        Float64 arrays of the arguments' broadcast shape; signs are those of a long option. NaN
        where `european` has NaN.

    Raises:
        ValueError: the shapes do not broadcast, or an argument is no number.
    """
    arguments = (kind, spot, strike, years, rate, dividend_yield, volatility)
    columns = np.broadcast_arrays(*(np.asarray(argument, np.float64) for argument in arguments))
    shape = columns[0].shape
    values = valued(Contracts(*(column.reshape(-1) for column in columns)))
    return Valuation(*(row.reshape(shape) for row in values))


def valued(contracts: Contracts, *, rho: bool = True) -> FloatArray:
    """The six rows of a `Valuation`; without `rho` that row is what saves time, not the answer."""
    held = european(*contracts)
    values = np.stack([getattr(held, field.name) for field in fields(held)])
    with np.errstate(all="ignore"):
        worth = worth_exercising(contracts, values[0])
        for chosen in _in_turn(np.flatnonzero(worth), AT_ONCE):
            values[:, chosen] = _early(contracts.of(chosen), values[:, chosen], rho=rho)
    return values


def worth_exercising(contracts: Contracts, price: FloatArray) -> BoolArray:
    """Which options may be worth more than the European ones."""
    earning, forgone = contracts.earning, contracts.forgone
    worth = (earning * contracts.years > NOTHING) | ((forgone < 0.0) & (forgone < earning))
    return np.isfinite(price) & (contracts.years > 0.0) & worth


def _twice_bounded(contracts: Contracts) -> BoolArray:
    """Where exercise costs something but saves a larger cost, between two boundaries.

    Rates below zero for both (Andersen and Lake 2021): neither table nor collocation knows them.
    """
    return (contracts.earning < 0.0) & (contracts.forgone < contracts.earning)


def _in_turn(chosen: IndexArray, most: int) -> Iterator[IndexArray]:
    return (chosen[at : at + most] for at in range(0, chosen.size, most))


def _early(contracts: Contracts, held: FloatArray, *, rho: bool) -> FloatArray:
    """The values of contracts worth exercising early; `held` are the European ones, by Greek."""
    values = _exercised(contracts)
    certain = contracts.volatility * np.sqrt(contracts.years) * contracts.spot * contracts.strike
    listed = (contracts.kind < 0.0) & (contracts.dividend_yield == 0.0) & (certain > 0.0)
    variance = contracts.volatility**2
    listed &= surface.covers(contracts.rate / variance, variance * contracts.years)
    twice = _twice_bounded(contracts)
    listed &= ~twice
    solved = partial(_solved, rho=rho)
    for part, method in (
        (listed, _looked_up),
        (~listed & ~twice & (certain > 0.0), solved),
        (certain == 0.0, _certain),
        (twice & (certain > 0.0), _on_a_tree),
    ):
        chosen = np.flatnonzero(part)
        if chosen.size:
            method(contracts.of(chosen), held[:, chosen], chosen, values)
    return values


def _exercised(contracts: Contracts) -> FloatArray:
    values = np.zeros((6, contracts.kind.size))
    values[0] = contracts.kind * (contracts.spot - contracts.strike)
    values[1] = contracts.kind
    return values


def _looked_up(
    contracts: Contracts, held: FloatArray, into: IndexArray, values: FloatArray
) -> None:
    """Puts without dividends, whose boundary the surface knows."""
    put = contracts.put()
    variance = contracts.volatility**2
    stencil = surface.locate(contracts.rate / variance, variance * contracts.years)
    away = put.x / put.deviation + surface.distance(stencil)
    near = (away > 0.0) & (away < NEAR)
    for part, nodes in ((near, NEAR_NODES), (away >= NEAR, FAR_NODES)):
        for chosen in _in_turn(np.flatnonzero(part), BATCH // nodes):
            some = Put(*(column[chosen] for column in put))
            premium = plain(some, surface.path(stencil.of(chosen), nodes), rule(nodes))
            values[:, into[chosen]] = _kept(contracts.of(chosen), held[:, chosen], premium)


def _kept(contracts: Contracts, held: FloatArray, premium: Premium) -> FloatArray:
    """Values short of the boundary; vega by scaling, which holds without dividends."""
    price, delta, gamma, theta = _first(contracts, held, premium)
    _, _, strike, years, rate, _, volatility = contracts
    rho = held[5] + strike * years * premium.by_rate
    vega = -2.0 / volatility * (years * theta + rate * rho)
    return np.stack([price, delta, gamma, theta, vega, rho])


def _first(
    contracts: Contracts, held: FloatArray, premium: Premium
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Price, delta, gamma, and theta by the Black-Scholes equation."""
    kind, spot, strike, _, rate, dividend_yield, volatility = contracts
    unit = contracts.unit
    price = np.maximum(held[0] + unit * premium.value, kind * (spot - strike))
    moved = np.where(kind < 0.0, strike / spot * premium.slope, premium.value - premium.slope)
    delta = np.clip(held[1] + moved, -1.0, 1.0)
    gamma = held[2] + unit / spot**2 * (premium.bend - premium.slope)
    drift = (rate - dividend_yield) * spot * delta
    theta = rate * price - drift - 0.5 * (volatility * spot) ** 2 * gamma
    return price, delta, gamma, theta


def _solved(
    contracts: Contracts, held: FloatArray, into: IndexArray, values: FloatArray, *, rho: bool
) -> None:
    """Options whose boundary has to be solved for."""
    for some in _in_turn(np.arange(into.size), SOLVED_AT_ONCE):
        few, base = contracts.of(some), held[:, some]
        h = boundary.collocate(_rates(few))
        premium, away = _over(few, h)
        found = np.stack([*_first(few, base, premium), base[4], base[5]])
        small = np.where(few.earning > 0.0, 0.1 * few.earning, RATE_STEP)
        steps = {"volatility": BUMP * few.volatility, "rate": np.minimum(RATE_STEP, small)}
        if not rho:
            del steps["rate"]
        for row, slope in enumerate(_differences(few, h, steps), start=4):
            found[row] += slope
        keep = away > 0.0
        values[:, into[some[keep]]] = found[:, keep]
        lost = np.flatnonzero(~np.isfinite(away) | (keep & ~np.isfinite(found).all(axis=0)))
        if lost.size:  # rates so near 0 that the equations give out
            values[0, into[some[lost]]] = np.maximum(values[0, into[some[lost]]], 0.0)
            _on_a_tree(few.of(lost), base[:, lost], into[some[lost]], values)


def _rates(contracts: Contracts) -> boundary.Rates:
    variance = contracts.volatility**2
    earning = np.maximum(contracts.earning, LEAST_RATE)
    return boundary.Rates(
        earning / variance, contracts.forgone / variance, variance * contracts.years
    )


def _over(contracts: Contracts, h: FloatArray) -> tuple[Premium, FloatArray]:
    """The premium over a boundary, and the deviations between it and spot."""
    put, rates = contracts.put(), _rates(contracts)
    begin = boundary.start(rates.rho, rates.kappa)
    away = (put.x + begin + h[:, -1]) / put.deviation
    nodes = NEAR_NODES if (np.abs(away) < NEAR).any() else FAR_NODES
    path = boundary.path(h, begin, put.deviation, nodes)
    return with_dividends(put, path, rule(nodes)), away


def _differences(
    contracts: Contracts, h: FloatArray, steps: dict[str, FloatArray]
) -> list[FloatArray]:
    """Derivatives of the premium in the arguments named, over boundaries that move with them."""
    pairs = [
        tuple(
            contracts._replace(**{name: getattr(contracts, name) + way * step})
            for way in (1.0, -1.0)
        )
        for name, step in steps.items()
    ]
    rates = [(_rates(up), _rates(down)) for up, down in pairs]
    shifts = boundary.moved(_rates(contracts), h, rates, boundary.ACCURATE.quadrature)
    results = []
    for (up, down), shift, step in zip(pairs, shifts, steps.values(), strict=True):
        more, less = _over(up, h + shift)[0], _over(down, h - shift)[0]
        results.append(contracts.unit * (more.value - less.value) / (2.0 * step))
    return results


def _on_a_tree(
    contracts: Contracts, held: FloatArray, into: IndexArray, values: FloatArray
) -> None:
    """Options with two boundaries."""
    kind, spot, strike, _, rate, dividend_yield, volatility = contracts
    tree = tree_value(*contracts, steps=TREE_STEPS)
    price = np.maximum(tree.price, held[0])
    drift = (rate - dividend_yield) * spot * tree.delta
    theta = rate * price - drift - 0.5 * (volatility * spot) ** 2 * tree.gamma
    found = [price, tree.delta, tree.gamma, theta]
    for name, step in (("volatility", TREE_BUMP * volatility), ("rate", TREE_RATE_STEP)):
        at = getattr(contracts, name)
        up, down = (
            leisen_reimer(*contracts._replace(**{name: at + way * step}), steps=TREE_STEPS)
            for way in (1.0, -1.0)
        )
        found.append((up - down) / (2.0 * step))
    inside = price <= kind * (spot - strike)
    values[:, into] = np.where(inside, values[:, into], np.stack(found))


def _certain(contracts: Contracts, held: FloatArray, into: IndexArray, values: FloatArray) -> None:
    """Options without uncertainty: exercised at the best moment, which may be the last."""
    kind, spot, strike, years, rate, dividend_yield, _ = contracts
    put, call = kind < 0.0, kind > 0.0
    earned = contracts.earning * np.where(put, strike, spot)
    missed = contracts.forgone * np.where(call, strike, spot)
    pause = np.log(missed / earned) / (contracts.forgone - contracts.earning)
    later = np.where(contracts.forgone > contracts.earning, np.minimum(pause, years), years)
    moment = np.where(earned >= missed, 0.0, later)
    best = european(kind, spot, strike, moment, rate, dividend_yield, 0.0)
    at_best = np.stack([best.price, best.delta, *np.zeros((3, kind.size)), best.rho])
    better = (moment < years) & (best.price > held[0])
    values[:, into] = np.where(better, at_best, held)
