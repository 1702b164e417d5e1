"""The columns of the Greeks' table: of one contract, of the position typed, and in which unit."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from vaultdesk.ui.format import MISSING, how_many, number, significant, units
from vaultdesk.ui.pricing import ESTIMATE, estimate
from vaultdesk.ui.tables.model import Column
from vaultdesk.ui.translation import tr

if TYPE_CHECKING:
    from vaultdesk.core.options.valued import Rung, ValuedChain
    from vaultdesk.ui.greeks.position import Position
    from vaultdesk.ui.greeks.units import Greek, Legs

LARGE = 10_000
"""From here on a figure of a position is printed without decimals."""
UNDEFINED = tr("The formula has no finite answer here.")
NO_POSITION = tr("No position: type contracts of the call or the put above.")


@dataclass(frozen=True, slots=True)
class Held:
    """A position in the call and the put of one rung of a view."""

    view: ValuedChain
    rung: Rung
    position: Position

    def legs(self, *sides: str) -> Legs:
        """The contracts held, by row; of these sides only."""
        held = {getattr(self.rung, side): getattr(self.position, side) for side in sides}
        return {row: count for row, count in held.items() if row is not None and count}

    def refusal(self, *sides: str) -> str:
        """Why these sides of the position have no value, empty where they have one."""
        held = self.held_sides(*sides)
        if not held:
            return NO_POSITION
        return next((why for side in held if (why := self.why(side))), "")

    def why(self, side: str) -> str:
        """Why one contract of this side has no value, empty where it has one."""
        row = getattr(self.rung, side)
        if row is None:
            return tr("No {side} is listed at {strike}.").format(
                side=side, strike=units(self.rung.strike)
            )
        return "" if self.view.estimated(row) else str(self.view.refusals[row])

    def estimates(self, *sides: str) -> tuple[str, ...]:
        """Why sides that are listed have no volatility of their own, and what serves instead."""
        rows = [getattr(self.rung, side) for side in sides]
        return tuple(
            f"{self.view.refusals[row]}\n{estimate(self.view, row)}"
            for row in rows
            if row is not None and self.view.estimated(row)
        )

    def held_sides(self, *sides: str) -> tuple[str, ...]:
        """Those sides of which contracts are held."""
        return tuple(side for side in sides if getattr(self.position, side))


@dataclass(frozen=True, slots=True)
class Line:
    """One Greek of the selected rung, of a contract and of the position."""

    greek: Greek
    held: Held

    def contract(self, side: str) -> str:
        """The figure of one contract of this side."""
        if self.held.why(side):
            return MISSING
        return self._marked(number(self._each(side), self.greek.places), side)

    def contract_hint(self, side: str) -> str:
        """Why there is no figure, or what it means and what it is for a share."""
        if why := self.held.why(side):
            return why
        if not math.isfinite(self._each(side)):
            return UNDEFINED
        share = self._each(side) / self.held.view.chain.multiplier
        meaning = tr("{meaning}\n{share} {unit} for one share").format(
            meaning=self.greek.meaning, share=significant(share, 6), unit=self.greek.unit
        )
        return "\n".join((meaning, *self.held.estimates(side)))

    def position(self, *sides: str) -> str:
        """The figure of the contracts held on these sides, all together; empty without any."""
        held = self.held.held_sides(*sides)
        if not held:
            return ""
        if self.held.refusal(*sides):
            return MISSING
        total = self.greek.held(self.held.view, self.held.legs(*sides))
        return self._marked(number(total, 0 if abs(total) >= LARGE else self.greek.places), *held)

    def position_hint(self, *sides: str) -> str:
        """Why there is no figure, or what it is the figure of."""
        held = [(getattr(self.held.position, side), side) for side in sides]
        named_legs = tr(" and ").join(
            f"{how_many(count, sign=True)} {side}s" for count, side in held if count
        )
        meaning = f"{self.greek.meaning}\n{named_legs}"
        notes = self.held.estimates(*self.held.held_sides(*sides))
        return self.held.refusal(*sides) or "\n".join((meaning, *notes))

    def _marked(self, text: str, *sides: str) -> str:
        return ESTIMATE + text if text != MISSING and self.held.estimates(*sides) else text

    def _each(self, side: str) -> float:
        return self.greek.per_contract(self.held.view, getattr(self.held.rung, side))


def _figures(name: str, heading: str, unit: str, rank: int, *sides: str) -> Column[Line]:
    """A column of figures: of one contract where `rank` is 0, else of the position."""
    text = Line.position if rank else Line.contract
    hint = Line.position_hint if rank else Line.contract_hint
    return Column(
        name,
        heading,
        unit,
        lambda line: text(line, *sides),
        sample="-0,000.00",
        rank=rank,
        hint=lambda line: hint(line, *sides),
    )


_LEFT = Qt.AlignmentFlag.AlignLeft
COLUMNS: tuple[Column[Line], ...] = (
    Column("greek", tr("Greek"), "", lambda line: line.greek.name, "", tr("Vomma"), _LEFT),
    _figures("call", tr("Call"), tr("per contract"), 0, "call"),
    _figures("put", tr("Put"), tr("per contract"), 0, "put"),
    _figures("call_held", tr("Call"), tr("position"), 2, "call"),
    _figures("put_held", tr("Put"), tr("position"), 2, "put"),
    _figures("held", tr("Both"), tr("position"), 1, "call", "put"),
    Column(
        "unit",
        tr("Unit"),
        "",
        lambda line: line.greek.unit,
        align=_LEFT,
        sample="shares/cal. day",
        tone=lambda _line: "muted",
    ),
)
