"""Orders in words: states, prices paid or received, contracts, modes and connections."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from vaultdesk.core.orders.broker import BrokerState
from vaultdesk.core.orders.draft import Origin
from vaultdesk.core.orders.life import Mode, OrderState
from vaultdesk.ui.format import dated, how_many, money, price, ungrouped, units
from vaultdesk.ui.translation import tr

if TYPE_CHECKING:
    from decimal import Decimal

    from vaultdesk.core.orders.broker import Account
    from vaultdesk.core.orders.draft import OrderDraft, OrderLeg
    from vaultdesk.core.orders.instrument import Instrument
    from vaultdesk.core.orders.life import Order

NOT_GIVEN = tr("not given")
"""Stands where the broker gave no figure; it is never a zero."""


FUNDS = (
    ("cash", "cash"),
    ("equity", "equity"),
    ("buying_power", tr("buying power")),
    ("maintenance_margin", tr("margin kept")),
)
"""An account's figures and what they are called."""


def funds(account: Account) -> str:
    """Its money, figure by figure: "Cash 990,000.00 USD, equity not given"."""
    said = []
    for name, called in FUNDS:
        amount: Decimal | None = getattr(account, name)
        told = NOT_GIVEN if amount is None else money(amount, account.currency)
        said.append(f"{called} {told}")
    text = ", ".join(said)
    return text[0].upper() + text[1:]


class Sign(NamedTuple):
    """A shape, a word and a colour of the theme: nobody has to tell the colours apart."""

    shape: str
    word: str
    tone: str

    @property
    def text(self) -> str:
        """Shape and word."""
        return f"{self.shape} {self.word}"


STATES = {
    OrderState.DRAFT: Sign("◇", tr("Draft"), "muted"),
    OrderState.PREVIEWED: Sign("◇", tr("Previewed"), "muted"),
    OrderState.CONFIRMED: Sign("…", tr("Confirmed"), "accent"),
    OrderState.SENDING: Sign("…", tr("Sending"), "accent"),
    OrderState.WORKING: Sign("▶", tr("Working"), "accent"),
    OrderState.PARTIAL: Sign("▶", tr("Partly filled"), "accent"),
    OrderState.CANCEL_REQUESTED: Sign("…", tr("Cancelling"), "warning"),
    OrderState.UNKNOWN: Sign("?", tr("Unknown"), "down"),
    OrderState.FILLED: Sign("✓", tr("Filled"), "up"),
    OrderState.CANCELLED: Sign("◇", tr("Cancelled"), "muted"),
    OrderState.REJECTED: Sign("✕", tr("Rejected"), "down"),
}

MODES = {
    Mode.READ_ONLY: Sign("◇", tr("READ-ONLY"), "muted"),
    Mode.PAPER: Sign("●", "PAPER", "accent"),
    Mode.LIVE: Sign("■", "LIVE", "down"),
}

MEANINGS = {
    Mode.READ_ONLY: tr("No order is sent."),
    Mode.PAPER: tr("Orders go to a practice account; no money is at stake."),
    Mode.LIVE: tr("Orders are traded with real money."),
}
"""What each mode means, in a sentence."""

CONNECTIONS = {
    BrokerState.OFFLINE: Sign("✕", tr("Offline"), "down"),
    BrokerState.CONNECTING: Sign("…", tr("Connecting"), "warning"),
    BrokerState.SYNCING: Sign("…", tr("Syncing"), "warning"),
    BrokerState.READY: Sign("✓", tr("Ready"), "up"),
    BrokerState.DEGRADED: Sign("▲", tr("Degraded"), "warning"),
    BrokerState.READ_ONLY: Sign("◇", tr("Read-only"), "warning"),
}

ORIGINS = {
    Origin.STRATEGY: tr("from the hedge on the desk"),
    Origin.CHAIN: tr("from the option chain"),
    Origin.ROLL: tr("a roll"),
    Origin.CLOSE: tr("closes a position"),
    Origin.HAND: tr("by hand"),
}


def given(value: Decimal | None, currency: str) -> str:
    """An amount of money the broker told, or that it did not."""
    return NOT_GIVEN if value is None else money(value, currency)


def net(value: Decimal | None) -> str:
    """A net price per share in words: "pay 3.20", "receive 0.45", "even", "market" for none."""
    if value is None:
        return tr("market")
    if not value:
        return tr("even")
    told = tr("pay {price}") if value > 0 else tr("receive {price}")
    return told.format(price=price(abs(value)))


def contract(instrument: Instrument) -> str:
    """The shortest that tells one from another: "GLD 350 put 2026-12-18"."""
    if instrument.expiry is None or instrument.strike is None:
        return instrument.words
    return f"{instrument.symbol} {_option(instrument)} {dated(instrument.expiry)}"


def contracts(draft: OrderDraft) -> str:
    """What an order trades in one line; each leg of several with its sign and ratio."""
    if not draft.combo:
        return contract(draft.legs[0].instrument)
    symbol, expiry = draft.legs[0].instrument.symbol, draft.legs[0].instrument.expiry
    alike = all(leg.instrument.expiry == expiry for leg in draft.legs)
    legs = ", ".join(_leg(leg, with_day=not alike) for leg in draft.legs)
    if not alike or not expiry:
        return f"{symbol} {legs}"
    return tr("{symbol} {legs} of {expiry}").format(symbol=symbol, legs=legs, expiry=dated(expiry))


def side(draft: OrderDraft) -> Sign:
    """Whether it buys, sells, or does both."""
    if one_sided(draft):
        sold = draft.legs[0].ratio < 0
        return Sign("▼", tr("sell"), "down") if sold else Sign("▲", tr("buy"), "up")
    return Sign("◆", tr("combo"), "text")


def one_sided(draft: OrderDraft) -> bool:
    """Whether all legs are bought or all are sold, so that the price has one sign only."""
    return len({leg.ratio < 0 for leg in draft.legs}) == 1


def filled(order: Order) -> str:
    """How much of it was traded: "0 of 63"."""
    return tr("{filled} of {quantity}").format(
        filled=units(order.filled), quantity=how_many(order.draft.quantity)
    )


def account(name: str, mode: Mode) -> str:
    """Where orders go: "DUPAPER · paper"."""
    return f"{name} · {'LIVE' if mode is Mode.LIVE else mode}"


def _option(instrument: Instrument) -> str:
    kind = tr("call") if instrument.right == "C" else tr("put")
    strike = "" if instrument.strike is None else f"{ungrouped(instrument.strike)} "
    return f"{strike}{kind}"


def _leg(leg: OrderLeg, *, with_day: bool) -> str:
    one = leg.instrument
    what = _option(one) if one.expiry else tr("shares")
    on = f" {dated(one.expiry)}" if with_day and one.expiry else ""
    return f"{leg.ratio:+d} {what}{on}"
