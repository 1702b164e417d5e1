"""What the strategy builder says, and how it reads the strikes that people type."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

from vaultdesk.core.hedge.templates import Anchor, How
from vaultdesk.core.hedge.vocabulary import SmileRule, Use
from vaultdesk.ui.format import ungrouped, units
from vaultdesk.ui.reading import Unreadable, amount
from vaultdesk.ui.translation import tr

if TYPE_CHECKING:
    from vaultdesk.core.hedge.board import Listed

USES = {
    Use.PLEDGED: (
        tr("Pledged beside the gold"),
        tr("The payoff is pledged with the lender: LTV = loan / (gold + payoff)."),
    ),
    Use.REPAYS: (
        tr("Repays the loan"),
        tr("The payoff repays the loan: LTV = (loan - payoff) / gold."),
    ),
    Use.BROKER: (
        tr("Stays at the broker"),
        tr("The payoff stays at the broker: the bank's LTV is what it is without a hedge."),
    ),
}
SMILE_WORDS = {
    SmileRule.STRIKE: tr("sticky strike"),
    SmileRule.MONEYNESS: tr("sticky moneyness"),
    SmileRule.DELTA: tr("sticky delta"),
}
"""What the rules are called."""
SMILES = {
    SmileRule.STRIKE: tr("each strike keeps its volatility"),
    SmileRule.MONEYNESS: tr("the smile moves with the price"),
    SmileRule.DELTA: tr("the smile moves and widens with time"),
}
STRIKE_HINT = tr(
    "A strike (350), per cent of the price (95 %), or a delta (25 delta); "
    "the nearest usable listed strike is taken"
)
SIDES = {"P": tr("put"), "C": tr("call")}
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
        return tr("{units} delta").format(units=units(100 * anchor.value))
    if anchor.how is How.MONEYNESS:
        return f"{units(100 * anchor.value)} %"
    return ungrouped(anchor.value)


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
    told = tr("buy {strike} {side}") if contracts > 0 else tr("sell {strike} {side}")
    return told.format(strike=ungrouped(listed.strike), side=SIDES[listed.right])


def _anchor(how: How, value: Decimal) -> Anchor:
    try:
        return Anchor(how, value)
    except ValueError as error:
        raise Unreadable(str(error)) from error
