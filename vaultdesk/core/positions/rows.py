"""What is held line by line: what the broker, the ledger, the market and the calendar say of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from vaultdesk.core.positions.difference import key_of
from vaultdesk.core.positions.ledger import order

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from vaultdesk.core.orders.broker import Held
    from vaultdesk.core.orders.instrument import Instrument
    from vaultdesk.core.positions.countdown import Countdown
    from vaultdesk.core.positions.difference import Difference
    from vaultdesk.core.positions.exposure import Line


@dataclass(frozen=True, slots=True)
class Row:
    """One position.

    Attributes:
        held: what is counted: the broker's, the ledger's where the broker has told nothing, or
            what was entered by hand; of a quantity of 0 where only the ledger has it.
        elsewhere: it was entered by hand.
        broker: its quantity; None where it has told nothing, or is not concerned.
        ledger: the desk's own quantity; None where it is not concerned.
        difference: between the two.
        line: its market; None where nothing is valued.
        countdown: of an option.
    """

    held: Held
    elsewhere: bool = False
    broker: Decimal | None = None
    ledger: Decimal | None = None
    difference: Difference | None = None
    line: Line | None = None
    countdown: Countdown | None = None

    @property
    def account(self) -> str:
        """Whose, or where."""
        return self.held.account

    @property
    def instrument(self) -> Instrument:
        """What."""
        return self.held.instrument

    @property
    def quantity(self) -> Decimal:
        """What is counted."""
        return self.held.quantity


def rows(
    truth: Iterable[Held] | None,
    booked: Iterable[Held],
    manual: Iterable[Held],
    apart: Iterable[Difference],
) -> tuple[Row, ...]:
    """By account and instrument, those entered by hand last.

    Args:
        truth: the broker's; None where it has told nothing.
        booked: the ledger's.
        manual: held elsewhere.
        apart: where the two first differ.
    """
    ours, wrong = {key_of(one): one for one in booked}, {one.key: one for one in apart}
    if truth is None:
        own = [Row(one, ledger=one.quantity) for one in ours.values()]
    else:
        theirs = {key_of(one): one for one in truth}
        gone = {
            key: replace(one, quantity=Decimal(0)) for key, one in ours.items() if key not in theirs
        }
        own = [
            Row(
                held=one,
                broker=one.quantity,
                ledger=ours[key].quantity if key in ours else Decimal(0),
                difference=wrong.get(key),
            )
            for key, one in {**gone, **theirs}.items()
        ]
    own.sort(key=lambda row: order(row.held))
    return (*own, *(Row(one, elsewhere=True) for one in sorted(manual, key=order)))


def seen(
    found: Iterable[Row], lines: Mapping[Held, Line], ends: Mapping[date, Countdown]
) -> tuple[Row, ...]:
    """The rows with their market and their last day, where there is one."""
    return tuple(
        replace(
            row,
            line=lines.get(row.held),
            countdown=ends.get(row.instrument.expiry) if row.instrument.expiry else None,
        )
        for row in found
    )
