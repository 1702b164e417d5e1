"""Where the broker's positions are not the sum of the desk's own trades, and what that means."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from vaultdesk.core.money import plain

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vaultdesk.core.orders.broker import Held
    from vaultdesk.core.orders.instrument import Instrument

    Key = tuple[str, Instrument]
    """Account and instrument."""

NONE = Decimal(0)


@dataclass(frozen=True, slots=True)
class Difference:
    """One account and instrument of which broker and ledger say something else.

    `sentence` says how much of what, why that may be, and what to look at.
    """

    account: str
    instrument: Instrument
    broker: Decimal
    ledger: Decimal
    sentence: str

    @property
    def amount(self) -> Decimal:
        """What the broker has more; negative is less."""
        return self.broker - self.ledger

    @property
    def key(self) -> Key:
        """What it is counted under."""
        return self.account, self.instrument


def differences(broker: Iterable[Held], ledger: Iterable[Held]) -> tuple[Difference, ...]:
    """What the two do not agree on, by account and instrument; the broker's is what is true."""
    theirs, ours = _summed(broker), _summed(ledger)
    found = []
    for account, instrument in {**theirs, **ours}:
        there, here = (sums.get((account, instrument), NONE) for sums in (theirs, ours))
        if there != here:
            said = _said(instrument, there, here)
            found.append(Difference(account, instrument, there, here, said))
    return tuple(sorted(found, key=lambda one: (one.account, one.instrument.key)))


def key_of(held: Held) -> Key:
    """What a position is counted under."""
    return held.account, held.instrument


def _summed(held: Iterable[Held]) -> dict[Key, Decimal]:
    sums: dict[Key, Decimal] = {}
    for one in held:
        sums[key_of(one)] = sums.get(key_of(one), NONE) + one.quantity
    return sums


def _said(instrument: Instrument, broker: Decimal, ledger: Decimal) -> str:
    there, here = (f"{plain(one):f}" for one in (broker, ledger))
    more = plain(abs(broker - ledger))
    are = "was" if more == 1 else "were"
    text = f"The broker has {there} {instrument.words}, the desk's ledger {here}: "
    if not instrument.is_option:
        return text + (
            f"{more:f} {are} traded elsewhere, came by exercise or assignment, or a report is "
            "missing; look at the broker's own statement."
        )
    return text + (
        f"{more:f} {are} traded elsewhere or a report is missing; look at the broker's trades of "
        "the day."
    )
