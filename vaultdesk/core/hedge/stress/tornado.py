"""Which assumption moves the LTV most: each moved alone, by a plausible amount, both ways."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

from vaultdesk.core.hedge.ltv import hedged_ltv
from vaultdesk.core.hedge.protection import owed
from vaultdesk.core.hedge.scenarios import stressed
from vaultdesk.core.hedge.scene import days_passed, foreign
from vaultdesk.core.hedge.stress.inputs import advance_of
from vaultdesk.core.hedge.stress.views import pointed
from vaultdesk.core.hedge.vocabulary import SmileRule, Use
from vaultdesk.core.loan.rules import LOWEST_RATE
from vaultdesk.core.loan.valuation import value_loan
from vaultdesk.core.money import plain

if TYPE_CHECKING:
    from collections.abc import Callable

    from vaultdesk.core.hedge.config import StrategyConfig
    from vaultdesk.core.hedge.position import Position
    from vaultdesk.core.hedge.stress.inputs import Stress
    from vaultdesk.core.hedge.stress.views import Point

GOLD_STEP, FX_STEP = Decimal("0.10"), Decimal("0.05")
VOL_STEP, DAYS_STEP = Decimal(10), 30
ADVANCE_STEP, RATE_STEP = Decimal("0.10"), Decimal("0.02")
LEAST_ADVANCE, MOST_ADVANCE = Decimal("0.05"), Decimal(1)


class Ratio(StrEnum):
    """What is measured."""

    LTV = "LTV"
    UTILISATION = "utilisation"

    def of(self, reached: Reached) -> Decimal | None:
        """Its value there."""
        return reached.ltv if self is Ratio.LTV else reached.utilisation


@dataclass(frozen=True, slots=True)
class Reached:
    """Where a loan comes to; ratios, None where nothing bounds them."""

    ltv: Decimal | None
    utilisation: Decimal | None


@dataclass(frozen=True, slots=True)
class Swing:
    """One input at its low and at its high end; the texts say what those are."""

    name: str
    low_text: str
    high_text: str
    low: Reached
    high: Reached


@dataclass(frozen=True, slots=True)
class Swings:
    """The hedged loan in a stress, and what moving each input from there does to it."""

    centre: Reached
    swings: tuple[Swing, ...]

    def bars(self, ratio: Ratio) -> tuple[tuple[Swing, Decimal, Decimal], ...]:
        """Each input that makes a difference to a ratio, and that ratio at both its ends.

        Where nothing bounds the ratio at one of the ends, the input is left out.
        """
        ends = ((swing, ratio.of(swing.low), ratio.of(swing.high)) for swing in self.swings)
        centre = ratio.of(self.centre)
        return tuple(
            (swing, low, high)
            for swing, low, high in ends
            if low is not None and high is not None and not low == high == centre
        )

    def idle(self, ratio: Ratio) -> tuple[str, ...]:
        """The names of the inputs that make none."""
        centre = ratio.of(self.centre)
        return tuple(
            swing.name
            for swing in self.swings
            if ratio.of(swing.low) == ratio.of(swing.high) == centre
        )


def swings_of(config: StrategyConfig, position: Position, stress: Stress) -> Swings:
    """Move each input of a stress that plays a part; some milliseconds an input.

    Interest on the loan is moved from now on: what has accrued stays.

    Raises:
        Unvalued: nothing is pledged on one of the days.
    """
    centre = pointed(config, position, stress)

    def at(**moved: object) -> Reached:
        return _reached(pointed(config, position, replace(stress, **moved)))  # type: ignore[arg-type]

    def swing(name: str, unit: str, **ends: tuple[object, object]) -> Swing:
        ((field, (low, high)),) = ends.items()
        return Swing(name, f"-{unit}", f"+{unit}", at(**{field: low}), at(**{field: high}))

    found = [swing("Gold", "10 %", gold=_times(stress.gold, GOLD_STEP)), _time(stress, at)]
    if position.legs:
        vol = stress.vol_pts
        found.append(swing("Volatility", "10 points", vol_pts=(vol - VOL_STEP, vol + VOL_STEP)))
        rules = (SmileRule.STRIKE, SmileRule.DELTA)
        ends = [at(smile=rule) for rule in rules]
        found.append(Swing("Smile", str(rules[0]), str(rules[1]), *ends))
    if currency := foreign(config.portfolio):
        found.append(swing(currency, "5 %", fx=_times(stress.fx, FX_STEP)))
    lent = stress.advance if stress.advance is not None else advance_of(config.portfolio)
    if lent is not None:
        both = max(lent - ADVANCE_STEP, LEAST_ADVANCE), min(lent + ADVANCE_STEP, MOST_ADVANCE)
        found.append(swing("Advance rate", "10 points", advance=both))
    if stress.days and any(tranche.since for tranche in config.portfolio.terms.tranches):
        found.append(_interest(config, position, centre))
    return Swings(_reached(centre), tuple(found))


def _time(stress: Stress, at: Callable[..., Reached]) -> Swing:
    earlier = min(DAYS_STEP, stress.days)
    low_text = f"-{earlier} days" if earlier else "now"
    low = at(days=stress.days - earlier)
    high = at(days=stress.days + DAYS_STEP)
    return Swing("Time", low_text, f"+{DAYS_STEP} days", low, high)


def _times(move: Decimal, step: Decimal) -> tuple[Decimal, Decimal]:
    return (1 + move) * (1 - step) - 1, (1 + move) * (1 + step) - 1


def _reached(point: Point) -> Reached:
    return Reached(point.hedged.hedged_ltv, point.hedged.utilisation)


def _interest(config: StrategyConfig, position: Position, centre: Point) -> Swing:
    usual = _accruing(config, centre)
    ends = [
        _with_debt(config, position, centre, _accruing(_at_rate(config, step), centre) - usual)
        for step in (-RATE_STEP, RATE_STEP)
    ]
    text = f"{plain(100 * RATE_STEP):f} points"
    return Swing("Loan interest", f"-{text}", f"+{text}", *ends)


def _accruing(config: StrategyConfig, centre: Point) -> Decimal:
    """Interest from now until the stress's day."""
    then, stress = days_passed(config, centre.stress.days), centre.stress
    moved = float(stress.fx), stress.advance
    return (
        stressed(config, stress.gold, then, *moved).loan
        - stressed(config, stress.gold, 0.0, *moved).loan
    )


def _at_rate(config: StrategyConfig, step: Decimal) -> StrategyConfig:
    state = config.portfolio
    tranches = tuple(
        replace(one, rate=min(max(one.rate + step, LOWEST_RATE), Decimal(1))) if one.since else one
        for one in state.terms.tranches
    )
    quotes = {quote.symbol: quote for quote in state.quotes}
    terms = replace(state.terms, tranches=tranches)
    return replace(config, portfolio=value_loan(terms, quotes, state.at, cure_to=state.cure_to))


def _with_debt(config: StrategyConfig, position: Position, centre: Point, more: Decimal) -> Reached:
    """Where the stress comes to if so much more is owed."""
    use, bare, payoff = config.rules.use, centre.bare, centre.hedged.payoff
    drawn = owed(config, position) - config.portfolio.loan
    ltv = hedged_ltv(use, bare.loan + drawn + more, bare.value, payoff)
    beside = payoff if use is Use.PLEDGED else Decimal(0)
    lending = bare.lending_value + beside
    used = None if ltv is None or lending <= 0 else ltv * (bare.value + beside) / lending
    return Reached(ltv, used)
