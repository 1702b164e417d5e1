"""A collar whose calls pay for its puts."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from vaultdesk.core.hedge.anchored import Anchored, Wish, legs, percent
from vaultdesk.core.hedge.board import Lacking
from vaultdesk.core.hedge.choosing import Pick, by_moneyness
from vaultdesk.core.hedge.position import Position
from vaultdesk.core.money import plain

if TYPE_CHECKING:
    from vaultdesk.core.hedge.board import Listed


@dataclass(frozen=True, eq=False)
class ZeroCostCollar(Anchored):
    """The listed call whose bid pays for the put's ask, and gives up least for it.

    Attributes:
        put: moneyness of the put's strike.
    """

    put: Decimal = Decimal("0.95")

    @property
    def name(self) -> str:
        """The put's strike in per cent of spot."""
        return f"zero_cost_collar_{percent(self.put)}"

    @property
    def title(self) -> str:
        """Its name on screen."""
        return f"Zero-cost collar from {percent(self.put)} %"

    def wishes(self) -> tuple[Wish, ...]:
        """The put; the call follows from its price."""
        return (Wish("P", self.put),)

    def build(self) -> Position:
        """The smallest credit at natural price, else the smallest debit; the higher of equals."""
        board, expiry = self.config.board, self.expiry
        put = by_moneyness(board, "P", expiry, self.put)
        calls = [one for one in self._calls() if one.usable and one.strike > put.listed.strike]
        if not calls:
            raise Lacking(f"No call of {expiry} at or above spot has an honest bid and ask.")
        call = min(calls, key=lambda one: _order(put.listed, one))
        picks = (put, Pick(call, _wording(put.listed, call)))
        return Position(legs(self.config, picks, (Decimal(1), Decimal(-1))))

    def considered(self) -> tuple[Listed, ...]:
        """What lies near the put's strike, and every call at or above spot."""
        return super().considered() + self._calls()

    def _calls(self) -> tuple[Listed, ...]:
        board = self.config.board
        return tuple(one for one in board.of(self.expiry, "C") if one.strike >= board.spot)


def credit(put: Listed, call: Listed) -> Decimal:
    """What buying the one and selling the other brings per share; negative has to be paid."""
    assert call.quote.bid is not None and put.quote.ask is not None  # noqa: PT018, S101 - usable
    return call.quote.bid - put.quote.ask


def _order(put: Listed, call: Listed) -> tuple[bool, Decimal, Decimal]:
    left = credit(put, call)
    return left < 0, abs(left), -call.strike


def _wording(put: Listed, call: Listed) -> str:
    left = credit(put, call)
    amount = f"{plain(abs(left)):f} a share"
    if left < 0:
        return f"no bid pays for the put's ask of {put.quote.ask}: a debit of {amount} is least"
    over = f"a credit of {amount}" if left else "nothing left over"
    return f"the bid of {call.quote.bid} pays for the put's ask of {put.quote.ask}: {over}"
