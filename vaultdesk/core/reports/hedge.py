"""One hedge in a document: its legs, cost, protection, scenarios, curves and warnings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from vaultdesk.core.calendar import trading_date
from vaultdesk.core.hedge.costs import cost_of, protected_days
from vaultdesk.core.hedge.protection import protection_of
from vaultdesk.core.hedge.scenarios import scenarios_of
from vaultdesk.core.hedge.scene import Scene
from vaultdesk.core.reports.chart import ltv_chart
from vaultdesk.core.reports.document import (
    Column,
    Fit,
    Heading,
    Paragraph,
    Points,
    Section,
    Table,
)
from vaultdesk.core.reports.figures import MISSING, money, number, percent, price, quantity

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date
    from decimal import Decimal

    from vaultdesk.core.hedge.config import StrategyConfig
    from vaultdesk.core.hedge.position import HedgeLeg, Position
    from vaultdesk.core.hedge.views import Cost, LegCost, Protection, Scenario
    from vaultdesk.core.reports.document import Part

KEPT = {True: "kept", False: "lost", None: "no fall brings a call about"}


@dataclass(frozen=True, slots=True)
class Sheet:
    """A hedge to be described.

    Attributes:
        title: its name.
        position: its contracts, maybe none.
        day: calendar days from now that scenarios and curves are for; None is when it ends.
    """

    title: str
    position: Position
    day: int | None = None


def hedge_section(config: StrategyConfig, sheet: Sheet) -> Section:
    """Everything about one hedge.

    Raises:
        Unvalued: nothing is pledged any more on its day.
    """
    position = sheet.position
    day = protected_days(config, position) if sheet.day is None else sheet.day
    until = trading_date(config.at) + timedelta(days=day)
    views = [position, *([] if _is_whole(position) else [position.unrounded()])]
    warnings = position.warnings or ("There is nothing to warn of.",)
    legs: tuple[Part, ...] = (Paragraph("It has no legs: the loan is left as it is."),)
    if position.legs:
        legs = (_legs(config, position), *_snapped(position))
    return Section(
        f"Hedge: {sheet.title}",
        (
            *(Heading("Warnings"), Points(warnings)),
            *(Heading("Legs"), *legs),
            *(Heading("Cost"), _costs(config, [cost_of(config, one) for one in views])),
            Heading("Protection"),
            _protections(config, [protection_of(config, one) for one in views]),
            *(Heading(f"Scenarios on {until}"), *_scenarios(config, position, day)),
            *(Heading("Loan-to-value over the price"), ltv_chart(config, position, day)),
        ),
    )


def _is_whole(position: Position) -> bool:
    """Whether rounding to whole contracts changed nothing."""
    return all(leg.contracts == leg.ideal for leg in position.legs)


def deal(leg: HedgeLeg) -> str:
    """What is done: "Buy 100 of the 330 put of 2026-10-16"."""
    verb = "Buy" if leg.contracts > 0 else "Sell"
    return f"{verb} {quantity(abs(leg.contracts))} of the {leg.listed.words}"


def deals(position: Position) -> str:
    """What is done, as the beginning of a sentence."""
    first, *others = map(deal, position.legs)
    return ", ".join((first, *(one[:1].lower() + one[1:] for one in others)))


def _legs(config: StrategyConfig, position: Position) -> Table:
    home = config.portfolio.terms.currency
    columns = (
        *(Column("Leg", Fit.PROSE), Column("Bid"), Column("Ask"), Column("Mid")),
        *(Column("Natural"), Column("Volatility"), Column("Quality", Fit.WORDS)),
        *(Column(f"Premium, {home}"), Column(f"At mid, {home}")),
    )
    parts = cost_of(config, position).legs
    return Table(columns, tuple(_leg(part) for part in parts))


def _leg(part: LegCost) -> tuple[str, ...]:
    listed = part.leg.listed
    return (
        f"{deal(part.leg)} ({listed.quote.contract})",
        price(listed.quote.bid),
        price(listed.quote.ask),
        price(listed.mid),
        price(part.price),
        percent(listed.volatility),
        listed.quality.value,
        number(part.premium),
        number(part.mid),
    )


def _snapped(position: Position) -> tuple[Part, ...]:
    """How each contract came to be chosen, and what rounding made of its number."""
    said = [
        f"{leg.listed.words}: {leg.wanted or 'chosen as listed'}; "
        f"{number(leg.ideal, 4)} contracts before rounding, {quantity(leg.contracts)} whole."
        for leg in position.legs
    ]
    return Heading("How each leg was snapped"), Points(tuple(said))


def _costs(config: StrategyConfig, views: Sequence[Cost]) -> Table:
    home, listed = config.portfolio.terms.currency, config.portfolio.quote.currency
    return _side_by_side(
        views,
        ("Premium at natural prices", lambda one: money(one.premium, home)),
        ("Premium at mid", lambda one: money(one.at_mid, home)),
        ("Premium at the ask of every leg", lambda one: money(one.at_ask, home)),
        ("Cost of the spread", lambda one: money(one.spread_cost, home)),
        ("Commission", lambda one: money(one.commission, home)),
        ("Total", lambda one: money(one.total, home)),
        ("Premium for each share protected", lambda one: money(one.per_share, listed, 4)),
        ("Days protected", lambda one: str(one.days)),
        ("Total a year", lambda one: money(one.annualised, home)),
        ("Total by the value pledged", lambda one: percent(one.of_portfolio, 4)),
        ("Interest on the total", lambda one: money(one.financing, home)),
        ("Rise of gold that earns it back", lambda one: percent(one.break_even, 4)),
        ("Pays more than it costs below", lambda one: money(one.pays_below, listed)),
    )


def _protections(config: StrategyConfig, views: Sequence[Protection]) -> Table:
    home, listed = config.portfolio.terms.currency, config.portfolio.quote.currency
    worst: Callable[[Protection], str] = lambda one: (  # noqa: E731 - a row like the others
        f"{percent(one.worst_ltv)} at {percent(one.worst_move, signed=True)} in {one.worst_day} d"
    )
    return _side_by_side(
        views,
        ("Price of a call without it", lambda one: money(one.threshold_price, listed)),
        ("Payoff there at expiry", lambda one: money(one.payoff_at_threshold, home)),
        ("Hedged LTV there", lambda one: percent(one.hedged_ltv)),
        ("Economic LTV there", lambda one: percent(one.economic_ltv)),
        ("Distance from the call level", lambda one: KEPT[one.buffer_kept]),
        ("Least value at expiry", lambda one: money(one.floor_value, home)),
        ("Guaranteed until", lambda one: _day(one.guaranteed_until)),
        ("Shares protected", lambda one: number(one.protected_units, 4)),
        ("Shares not protected", lambda one: number(one.unprotected_units, 4)),
        ("Worst LTV, by the model", worst),
        ("Worst LTV without it", lambda one: percent(one.worst_unhedged)),
    )


def _day(day: date | None) -> str:
    return MISSING if day is None else day.isoformat()


def _side_by_side(views: Sequence[object], *rows: tuple[str, Callable[..., str]]) -> Table:
    """A row of each view's own figure; the second view is before rounding."""
    heads = ("Whole contracts", "Before rounding")[: len(views)]
    return Table(
        (Column("", Fit.WORDS), *map(Column, heads)),
        tuple((name, *(told(one) for one in views)) for name, told in rows),
    )


def _scenarios(config: StrategyConfig, position: Position, day: int) -> tuple[Part, ...]:
    home = config.portfolio.terms.currency
    listed = config.portfolio.quote.currency
    rows = scenarios_of(config, position, days=day, scene=Scene(smile=config.rules.smile))
    said = f"Amounts are in {home}, prices in {listed}; cure is what has to be repaid, hedged."
    ratios = ("Gold", "Price", "LTV alone", "LTV hedged", "Economic LTV", "Utilisation", "Call")
    amounts = ("Gold", "Payoff", "Intrinsic", "After spread", "Net value", "Equity", "Cure")
    return (
        Paragraph(said),
        Table(tuple(map(Column, ratios)), tuple(_ratios(one) for one in rows)),
        Table(tuple(map(Column, amounts)), tuple(_amounts(one) for one in rows)),
    )


def _ratios(one: Scenario) -> tuple[str, ...]:
    return (
        percent(one.change, 0, signed=True),
        number(one.spot),
        percent(one.unhedged_ltv),
        percent(one.hedged_ltv),
        percent(one.economic_ltv),
        percent(one.utilisation),
        "avoided" if one.call_avoided else _called(one),
    )


def _called(one: Scenario) -> str:
    """Without the hedge there may be a call that it does not avoid."""
    return "called" if one.call_triggered else "no"


def _amounts(one: Scenario) -> tuple[str, ...]:
    amounts = (one.payoff, one.intrinsic, one.after_spread, one.net_value, one.equity, one.cure)
    return percent(one.change, 0, signed=True), *map(number, amounts)


def cost_in_words(total: Decimal, currency: str) -> str:
    """What is paid or received."""
    return f"{money(abs(total), currency)} {'to pay' if total >= 0 else 'received'}"
