"""What to read before a ticket is sent, and what lets it not be sent at all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from vaultdesk.core.calendar import NEW_YORK, trading_date
from vaultdesk.core.hedge.cautions import most_exercised, naked_calls
from vaultdesk.core.market import Quality, mid, worst
from vaultdesk.core.money import plain, rounded
from vaultdesk.core.orders.draft import Tif
from vaultdesk.core.orders.legs import filled, position
from vaultdesk.core.orders.life import OrderState
from vaultdesk.core.orders.limits import beyond
from vaultdesk.core.orders.modes import DESK_ACCOUNT
from vaultdesk.core.orders.preview import Caution, Warned

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from decimal import Decimal

    from vaultdesk.core.calendar import Hours
    from vaultdesk.core.hedge.config import StrategyConfig
    from vaultdesk.core.hedge.vocabulary import HedgeRules
    from vaultdesk.core.orders.draft import OrderLeg, Ticket
    from vaultdesk.core.orders.instrument import Instrument, InstrumentQuote
    from vaultdesk.core.orders.life import Order
    from vaultdesk.core.orders.limits import Limits
    from vaultdesk.core.orders.preview import Estimate

MADE_UP = (Quality.SIMULATED, Quality.HYPOTHETICAL)


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a ticket is judged by.

    Attributes:
        account: that it would go to.
        at: the moment, by the market's clock.
        held: what this account holds.
        orders: of the desk, those that are over left out.
        limits: the user's own.
        rules: the borrower's, about any hedge.
        config: the hedge desk's; None where it has none.
        hours: the exchange's; None where they are not known.
    """

    account: str
    at: datetime
    held: Mapping[Instrument, Decimal]
    orders: Sequence[Order]
    limits: Limits
    rules: HedgeRules
    config: StrategyConfig | None
    hours: Hours | None


def warnings_of(
    ticket: Ticket, estimates: Sequence[Estimate], seen: Circumstances
) -> tuple[Warned, ...]:
    """Every warning that applies, what refuses first."""
    found = [
        *unresolved(ticket, seen.account, seen.orders),
        *_naked(ticket, seen),
        *_exercise(ticket, seen),
    ]
    for estimate in estimates:
        found += beyond(seen.limits, estimate, seen.held)
        found += [one for quote in estimate.quotes for one in _quote(quote, seen)]
        found += _broker(estimate)
    found += [*_session(ticket, seen), *_legging(ticket)]
    return tuple(sorted(dict.fromkeys(found), key=lambda one: not one.refuses))


def unresolved(ticket: Ticket, account: str, orders: Sequence[Order]) -> list[Warned]:
    """Orders of the same contracts that may be at the broker: sent again, they may be double."""
    unknown = {
        order.draft.legs: order
        for order in orders
        if order.state is OrderState.UNKNOWN and order.account == account
    }
    return [
        Warned(
            Caution.UNRESOLVED,
            f"{unknown[draft.legs].title} was sent before and nobody knows yet whether it "
            "arrived: decide that order first, or you may have it twice.",
            refuses=True,
        )
        for draft in ticket.orders
        if draft.legs in unknown
    ]


def _naked(ticket: Ticket, seen: Circumstances) -> list[Warned]:
    config, symbols = seen.config, _symbols(ticket)
    after = filled(seen.held, ticket)
    sells = any(leg.ratio < 0 and leg.instrument.right == "C" for leg in _legs(ticket))
    short = any(quantity < 0 and one.right == "C" for one, quantity in after.items())
    if not (sells and short):
        return []
    if config is None or symbols != {config.board.symbol}:
        return [
            Warned(
                Caution.NAKED_CALL,
                "Calls would be sold, and what covers them cannot be judged without the loan and "
                "its option chains: wait until the hedge desk has them.",
                refuses=not seen.rules.naked_calls,
            )
        ]
    symbol = config.board.symbol
    naked = naked_calls(config, position(after, symbol))
    if naked <= naked_calls(config, position(seen.held, symbol)):
        return []
    return [
        Warned(
            Caution.NAKED_CALL,
            f"{plain(naked):f} sold calls would be a naked short: the gold is pledged elsewhere, "
            "the broker asks for margin, and a rise has to be paid in cash.",
            refuses=not seen.rules.naked_calls,
        )
    ]


def _exercise(ticket: Ticket, seen: Circumstances) -> list[Warned]:
    after = filled(seen.held, ticket)
    found = []
    for symbol in sorted(_symbols(ticket)):
        most = most_exercised(position(after, symbol))
        before = most_exercised(position(seen.held, symbol))
        if most > max(before, seen.rules.free_units):
            found.append(
                Warned(
                    Caution.SHORT_EXERCISE,
                    f"Puts on {plain(most):,f} shares that end in the money are exercised into a "
                    "short of them, as the gold lies elsewhere: sell them before the close of "
                    "their last day, or file a contrary instruction by 17:30 New York.",
                )
            )
    return found


def _quote(quote: InstrumentQuote, seen: Circumstances) -> list[Warned]:
    words = quote.instrument.words
    if quote.bid is None and quote.ask is None:
        sentence = f"There is no quote of the {words}: refresh its chain before you send."
        return [Warned(Caution.QUOTE_STALE, sentence, refuses=True)]
    found = _quality(quote, seen.account)
    middle = mid(quote.bid, quote.ask)
    if middle is None or quote.bid is None or quote.ask is None:
        sentence = f"The {words} has no honest bid and ask, so no mid to measure a limit by."
        return [*found, Warned(Caution.SPREAD_WIDE, sentence)]
    spread = (quote.ask - quote.bid) / middle
    if spread > seen.rules.max_spread:
        sentence = (
            f"The spread of the {words} is {rounded(100 * spread, 0):f} % of its mid, more than "
            f"the {plain(100 * seen.rules.max_spread):f} % you allow: try a price between bid "
            "and ask first."
        )
        found.append(Warned(Caution.SPREAD_WIDE, sentence))
    return found


def _quality(quote: InstrumentQuote, account: str) -> list[Warned]:
    words = quote.instrument.words
    if quote.quality in MADE_UP and account != DESK_ACCOUNT:
        sentence = f"The quote of the {words} is made up: nothing is sent to {account} by it."
        return [Warned(Caution.QUOTE_STALE, sentence, refuses=True)]
    if quote.quality is Quality.STALE:
        sentence = f"The quote of the {words} is stale: refresh its chain before you send."
        return [Warned(Caution.QUOTE_STALE, sentence, refuses=True)]
    if quote.quality in (Quality.DELAYED, Quality.CACHED):
        sentence = (
            f"The quote of the {words} is {quote.quality.lower()}: the market may have moved."
        )
        return [Warned(Caution.QUOTE_STALE, sentence)]
    return []


def _broker(estimate: Estimate) -> list[Warned]:
    told = estimate.what_if
    if told.rejected:
        said = told.why or "The broker would reject the order: change it."
        return [Warned(Caution.BROKER, said, refuses=True)]
    found = [Warned(Caution.BROKER, told.why)] if told.why else []
    if told.initial_after is None or told.equity_after is None:
        return found
    if told.initial_after > told.equity_after:
        sentence = (
            f"The margin asked for, {rounded(told.initial_after, 0):,f}, would be more than the "
            f"account's equity of {rounded(told.equity_after, 0):,f}: the broker may sell "
            "positions by itself."
        )
        found.append(Warned(Caution.MARGIN, sentence))
    return found


def _session(ticket: Ticket, seen: Circumstances) -> list[Warned]:
    today = trading_date(seen.at)
    instruments = [leg.instrument for leg in _legs(ticket)]
    found = [
        Warned(Caution.OUTSIDE_SESSION, f"The {one.words} has expired.", refuses=True)
        for one in instruments
        if one.expiry is not None and one.expiry < today
    ]
    if seen.hours is None or seen.hours.in_session:
        return found
    opens = seen.hours.next_change.astimezone(NEW_YORK)
    if any(draft.limit is None for draft in ticket.orders):
        wait = "and a market order would be filled at whatever price it opens with"
    elif any(draft.tif is Tif.DAY for draft in ticket.orders):
        wait = "and a day order waits for that session"
    else:
        wait = "and the order waits until then"
    sentence = f"The exchange is closed until {opens:%A %d %B %H:%M} New York, {wait}."
    return [*found, Warned(Caution.OUTSIDE_SESSION, sentence)]


def _legging(ticket: Ticket) -> list[Warned]:
    count = len(ticket.orders)
    if count < 2:  # noqa: PLR2004 - legging takes two
        return []
    sentence = (
        f"These are {count} orders of their own: one may be filled and another not, or only later "
        "and at another price."
    )
    return [Warned(Caution.LEGGING, sentence)]


def _legs(ticket: Ticket) -> list[OrderLeg]:
    return [leg for draft in ticket.orders for leg in draft.legs]


def _symbols(ticket: Ticket) -> set[str]:
    return {leg.instrument.symbol for leg in _legs(ticket)}


def quality_of(estimates: Sequence[Estimate]) -> Quality:
    """The worst of all the quotes."""
    return worst(*(quote.quality for one in estimates for quote in one.quotes))
