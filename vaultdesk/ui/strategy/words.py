"""What the strategy builder says, and how it reads the strikes that people type."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

from vaultdesk.core.hedge.templates import Anchor, How
from vaultdesk.core.hedge.vocabulary import SmileRule, Use
from vaultdesk.ui.format import units
from vaultdesk.ui.reading import Unreadable, amount

if TYPE_CHECKING:
    from vaultdesk.core.hedge.board import Listed

USES = {
    Use.PLEDGED: (
        "Pledged beside the gold",
        "The payoff is pledged with the lender: LTV = loan / (gold + payoff).",
    ),
    Use.REPAYS: (
        "Repays the loan",
        "The payoff repays the loan: LTV = (loan - payoff) / gold.",
    ),
    Use.BROKER: (
        "Stays at the broker",
        "The payoff stays at the broker: the bank's LTV is what it is without a hedge.",
    ),
}
SMILES = {
    SmileRule.STRIKE: "each strike keeps its volatility",
    SmileRule.MONEYNESS: "the smile moves with the price",
    SmileRule.DELTA: "the smile moves and widens with time",
}
STRIKE_HINT = (
    "A strike (350), per cent of the price (95 %), or a delta (25 delta); the nearest usable "
    "listed strike is taken"
)
SIDES = {"P": "put", "C": "call"}
_DELTA = re.compile(r"(?i)(delta|Δ|δ|∆|d\b|(?<=[0-9])d)")
HALF, DOUBLE = Decimal("0.5"), Decimal(2)
LEAST_PERCENT, MOST_PERCENT = 20, 200


def strike_read(text: str, spot: Decimal) -> Anchor:
    """The strike typed.

    A number alone is a fraction of the price up to 2, a strike between half and double of the
    price, and else per cent of it.

    Raises:
        Unreadable: it is none of these.
    """
    typed = text.strip()
    body = _DELTA.sub(" ", typed)
    if body != typed:
        value = abs(amount(body.removesuffix("%").strip()))
        return _anchor(How.DELTA, value / 100 if value >= 1 else value)
    if typed.endswith("%"):
        return _anchor(How.MONEYNESS, amount(typed.removesuffix("%").strip()) / 100)
    value = amount(typed)
    if HALF * spot <= value <= DOUBLE * spot:
        return _anchor(How.STRIKE, value)
    if 0 < value <= DOUBLE:
        return _anchor(How.MONEYNESS, value)
    if LEAST_PERCENT <= value <= MOST_PERCENT:
        return _anchor(How.MONEYNESS, value / 100)
    return _anchor(How.STRIKE, value)


def strike_text(anchor: Anchor) -> str:
    """As it would be typed."""
    if anchor.how is How.DELTA:
        return f"{units(100 * anchor.value)} delta"
    if anchor.how is How.MONEYNESS:
        return f"{units(100 * anchor.value)} %"
    return f"{anchor.value.normalize():f}"


def strikes_read(text: str, spot: Decimal) -> tuple[Anchor, ...]:
    """Strikes parted by semicolons or slashes, or by commas followed by a space.

    Raises:
        Unreadable: one of them is none.
    """
    return tuple(strike_read(one, spot) for one in re.split(r"[;/]|,\s", text) if one.strip())


def weights_read(text: str) -> tuple[Decimal, ...]:
    """Weights parted by slashes, in any unit: 50/50.

    Raises:
        Unreadable: one of them is no number.
    """
    return tuple(amount(one.removesuffix("%").strip()) for one in text.split("/") if one.strip())


def weights_text(weights: tuple[Decimal, ...]) -> str:
    """As they would be typed; shares that add up to 1 in per cent."""
    times = 100 if sum(weights) == 1 else 1
    return " / ".join(units(times * one) for one in weights)


def leg_words(listed: Listed, contracts: Decimal) -> str:
    """What is done with a contract: "buy 358 put"."""
    side = "buy" if contracts > 0 else "sell"
    return f"{side} {listed.strike.normalize():f} {SIDES[listed.right]}"


def _anchor(how: How, value: Decimal) -> Anchor:
    try:
        return Anchor(how, value)
    except ValueError as error:
        raise Unreadable(str(error)) from error
