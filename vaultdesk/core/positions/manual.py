"""Positions held elsewhere, as they are entered by hand: what is wrong with one, what changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vaultdesk.core.money import plain
from vaultdesk.core.positions.difference import key_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vaultdesk.core.orders.broker import Held

Fault = tuple[str, str]
"""The field at fault, and a sentence that says what to enter."""


def fault(held: Sequence[Held]) -> Fault | None:
    """What is wrong with the first of them that cannot be kept; None where all can."""
    seen = set()
    for one in held:
        wrong = _fault(one)
        if wrong is None and key_of(one) in seen:
            wrong = (
                "instrument",
                f"The {one.instrument.words} at {one.account} is entered already: change that.",
            )
        if wrong is not None:
            return wrong
        seen.add(key_of(one))
    return None


def changes(before: Sequence[Held], after: Sequence[Held]) -> tuple[tuple[str, str], ...]:
    """What was added, changed and removed: the instrument's key and a sentence, for the audit."""
    old, new = ({key_of(one): one for one in each} for each in (before, after))
    return tuple(
        (key[1].key, _change(old.get(key), new.get(key)))
        for key in {**old, **new}
        if old.get(key) != new.get(key)
    )


def _fault(one: Held) -> Fault | None:
    instrument, cost = one.instrument, one.average_cost
    parts = (instrument.expiry, instrument.strike, instrument.right)
    whole = one.quantity.is_finite() and one.quantity == one.quantity.to_integral_value()
    strike = instrument.strike
    checks = (
        (bool(one.account.strip()), "account", "Enter where it is held, such as the bank's name."),
        (bool(instrument.symbol.strip()), "instrument", "Enter the symbol, such as GLD."),
        (all(parts) or not any(parts), "instrument", "Enter expiry, strike, and call or put."),
        (strike is None or strike > 0, "instrument", "Enter a strike above zero."),
        (instrument.multiplier > 0, "instrument", "Enter the shares of a contract, such as 100."),
        (one.quantity.is_finite() and one.quantity != 0, "quantity", "Enter how many, not zero."),
        (whole or not instrument.is_option, "quantity", "Enter whole contracts."),
        (cost is None or (cost.is_finite() and cost >= 0), "average_cost", "Enter what one cost."),
    )
    return next(((field, sentence) for good, field, sentence in checks if not good), None)


def _change(old: Held | None, new: Held | None) -> str:
    if new is None:
        assert old is not None  # noqa: S101 - one of the two is there
        return f"{_text(old)} at {old.account} was removed."
    if old is None:
        return f"{_text(new)} at {new.account} was entered."
    return f"{_text(old)} at {new.account} was changed to {_text(new)}."


def _text(one: Held) -> str:
    cost = "" if one.average_cost is None else f" for {plain(one.average_cost):f} each"
    return f"{plain(one.quantity):f} {one.instrument.words}{cost}"
