"""What may be typed into the chain's filter, and which rungs of the ladder it keeps.

    350  35           strikes that begin with these digits
    340-380           strikes from and to
    ±10%  +-10%       strikes within this much of the spot
    delta 0.2-0.5     size of the delta, of a call or a put
    spread<5%  iv>20  oi>100  volume>=10

Several terms, in any order, must all hold; those of contracts for the same call or put.
"""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from vaultdesk.ui.manner import current
from vaultdesk.ui.translation import tr

if TYPE_CHECKING:
    from vaultdesk.core.options.valued import Rung, ValuedChain

EXAMPLES = "340-380   ±10%   delta 0.2-0.5   spread<5%   oi>100"

_NUMBER = r"(\d+(?:\.\d+)?|\.\d+)"
_TO = r"\s*(?:-|\N{EN DASH}|\.\.|to)\s*"
_TERMS = re.compile(
    rf"""(?ix)
      (?P<around>(?:±|\+/?-)\s*(?P<width>{_NUMBER})(?:\s*%)?)
    | (?P<name>delta|spread|iv|oi|volume|vol)\s*
        (?: (?P<sign><=|>=|<|>|=)\s*(?P<bound>{_NUMBER})
          | (?P<low>{_NUMBER}){_TO}(?P<high>{_NUMBER}) )(?:\s*%)?
    | (?:strike\s*)? (?P<from>{_NUMBER}){_TO}(?P<to>{_NUMBER}) (?!\s*%)
    | (?:strike\s*)? (?P<digits>{_NUMBER}) (?!\s*%)
    """
)
_READ: dict[str, Callable[["ValuedChain", int], float]] = {
    "delta": lambda view, row: abs(float(view.greeks.delta[row])),
    "spread": lambda view, row: float(view.spread_pct[row]),
    "iv": lambda view, row: 100 * float(view.iv[row]),
    "oi": lambda view, row: _count(view.chain.rows[row].open_interest),
    "volume": lambda view, row: _count(view.chain.rows[row].volume),
}
Interval = tuple[float, float, bool]
"""From, to, and whether the ends themselves are outside."""


class NotUnderstood(ValueError):  # noqa: N818
    """The filter holds something that is no term; the text says what, and how to write it."""


@dataclass(frozen=True, slots=True)
class Filter:
    """Conditions on strikes and on contracts; empty keeps everything.

    `digits` begin a strike; `strikes` bound it; `around` is a distance from spot as a fraction;
    `contracts` are a name of `_READ` with its interval.
    """

    digits: str = ""
    strikes: tuple[Decimal, Decimal] | None = None
    around: Decimal | None = None
    contracts: tuple[tuple[str, Interval], ...] = ()

    def keeps(self, view: "ValuedChain", rung: "Rung") -> bool:
        """Whether the rung is shown."""
        if self.digits and not str(rung.strike).startswith(self.digits):
            return False
        if self.strikes and not self.strikes[0] <= rung.strike <= self.strikes[1]:
            return False
        if self.around is not None:
            spot = Decimal(repr(view.spot))
            if abs(rung.strike - spot) > self.around * spot:
                return False
        sides = [row for row in (rung.call, rung.put) if row is not None]
        return not self.contracts or any(self._holds(view, row) for row in sides)

    def _holds(self, view: "ValuedChain", row: int) -> bool:
        return all(_within(_READ[name](view, row), interval) for name, interval in self.contracts)


def parsed(text: str) -> Filter:
    """The filter a text stands for.

    Raises:
        NotUnderstood: Some of it is no term.
    """
    found = Filter()
    place, text = 0, _with_points(text.strip())
    while place < len(text):
        match = _TERMS.match(text, place)
        if match is None or (match.end() < len(text) and text[match.end()] not in " ,;"):
            raise NotUnderstood(
                tr("“{text}” is not understood. Write it like: {examples}").format(
                    text=text[place:], examples=EXAMPLES
                )
            )
        found = _with(found, match)
        place = match.end()
        while place < len(text) and text[place] in " ,;":
            place += 1
    return found


def _with_points(text: str) -> str:
    """Decimals after a point, where the user's come after a comma: 0,2-0,5."""
    return re.sub(r"(?<=\d),(?=\d)", ".", text) if current().point == "," else text


def _with(found: Filter, match: re.Match[str]) -> Filter:
    group = match.groupdict()
    digits, strikes, around = found.digits, found.strikes, found.around
    contracts = found.contracts
    if group["around"]:
        around = Decimal(group["width"]) / 100
    elif group["name"]:
        name = "volume" if group["name"].lower() == "vol" else group["name"].lower()
        contracts = (*contracts, (name, _interval(group)))
    elif group["from"]:
        ends = Decimal(group["from"]), Decimal(group["to"])
        strikes = min(ends), max(ends)
    else:
        digits = group["digits"]
    return Filter(digits, strikes, around, contracts)


def _interval(group: dict[str, str]) -> Interval:
    if group["sign"] is None:
        ends = float(group["low"]), float(group["high"])
        return min(ends), max(ends), False
    bound = float(group["bound"])
    return {
        "<": (-math.inf, bound, True),
        "<=": (-math.inf, bound, False),
        ">": (bound, math.inf, True),
        ">=": (bound, math.inf, False),
        "=": (bound, bound, False),
    }[group["sign"]]


def _within(value: float, interval: Interval) -> bool:
    low, high, open_ended = interval
    return low < value < high if open_ended else low <= value <= high


def _count(value: int | None) -> float:
    return math.nan if value is None else float(value)
