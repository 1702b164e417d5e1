"""The chain's columns: what stands where, in which unit, in which colour, and why it may not."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import Qt

from vaultdesk.core.market import Flag
from vaultdesk.ui.format import MISSING, how_many, number, significant, units
from vaultdesk.ui.greeks.units import THETA, VEGA
from vaultdesk.ui.pricing import ESTIMATE, estimate
from vaultdesk.ui.tables.model import Column
from vaultdesk.ui.tables.view import Grounds
from vaultdesk.ui.translation import tr

if TYPE_CHECKING:
    from vaultdesk.core.options.valued import Rung, ValuedChain

Side = Literal["call", "put"]

GROUNDS: Grounds = {
    "inside": ("accent", 0.10),
    "ladder": ("raised", 1.0),
    "money": ("accent", 0.30),
}
"""In the money, the column of strikes, and the strike at the money."""

WORDS = {
    Flag.NO_QUOTE: tr("empty"),
    Flag.ONE_SIDED: "1-sided",
    Flag.ZERO_BID: tr("0 bid"),
    Flag.CROSSED: "crossed",
    Flag.BELOW_INTRINSIC: tr("too low"),
    Flag.STALE: "stale",
}
"""A flag in the few letters that the column of volatilities has room for."""

WHY = {
    Flag.OK: "",
    Flag.NO_QUOTE: tr("neither bid nor ask"),
    Flag.ONE_SIDED: tr("only one of bid and ask"),
    Flag.ZERO_BID: tr("nobody bids: its mid would be fiction"),
    Flag.CROSSED: tr("the bid is above the ask"),
    Flag.BELOW_INTRINSIC: tr("the price is below what exercising brings, so no volatility exists"),
    Flag.STALE: tr("the quote is too old"),
}


TRADES = {("bid",
           "call"): tr("Click to sell this call in the builder (Shift+S), with Ctrl to order it "
"(Ctrl+Shift+O)."),
          ("ask", "call"): tr(
              "Click to buy this call in the builder (Shift+B), with Ctrl to order it "
"(Shift+O)."),
          ("bid", "put"): tr("Click to sell this put in the builder (S), with Ctrl to order it "
"(Ctrl+O)."),
          ("ask", "put"): tr(
              "Click to buy this put in the builder (B), with Ctrl to order it (O).")}  # fmt: skip
"""What a click on a price does, by field and side."""


@dataclass(frozen=True, slots=True)
class Line:
    """One rung of a valued chain, as a row of the table; `position` counts along the ladder."""

    view: "ValuedChain"
    position: int

    @property
    def rung(self) -> "Rung":
        """The strike, and where its contracts stand."""
        return self.view.ladder[self.position]


def columns() -> tuple[Column[Line], ...]:
    """Calls on the left, the ladder of strikes, puts on the right."""
    strike: Column[Line] = Column(
        field="strike",
        heading=tr("Strike"),
        unit="$",
        text=_strike,
        sample="▸ 000",
        align=Qt.AlignmentFlag.AlignHCenter,
        tone=lambda _line: "accent",
        ground=lambda line: "money" if _at_the_money(line) else "ladder",
        hint=_strike_hint,
        meaning=tr("▸ marks the strike nearest to the money"),
    )
    return (*_side("call"), strike, *_side("put"))


@dataclass(frozen=True, slots=True)
class _Figure:
    """A figure of one contract; `read` prints it from the view and the contract's row.

    One that is `own` was computed here from an honest quote: of a refused one it is an estimate.
    """

    field: str
    heading: str
    unit: str
    sample: str
    rank: int
    read: Callable[["ValuedChain", int], str]
    meaning: str
    own: bool = False

    @property
    def greek(self) -> bool:
        """Whether a refused quote's may be estimated."""
        return self.own and self.field != "iv"


def _float(value: float, places: int) -> str:
    return MISSING if math.isnan(value) else number(value, places)


def _count(value: int | None) -> str:
    return MISSING if value is None else how_many(value)


def _iv(view: "ValuedChain", row: int) -> str:
    """The volatility, or in its place a word for why there is none."""
    if not math.isnan(view.iv[row]):
        return number(100 * float(view.iv[row]))
    return WORDS.get(view.flags[row], MISSING if view.verdict else tr("no vol"))


def _vendor_iv(view: "ValuedChain", row: int) -> str:
    iv = view.chain.rows[row].vendor.iv
    return MISSING if iv is None else number(100 * iv, 2)


def _vendor(name: str) -> Callable[["ValuedChain", int], str]:
    """A Greek as the source gives it, in the source's own unit."""

    def read(view: "ValuedChain", row: int) -> str:
        value = getattr(view.chain.rows[row].vendor, name)
        return MISSING if value is None else significant(value, 4)

    return read


# fmt: off
FIGURES = (
    _Figure("bid", tr("Bid"), "$", "000.00", 0, lambda v, i: number(v.chain.rows[i].bid),
            tr("Highest bid per share")),
    _Figure("ask", tr("Ask"), "$", "000.00", 0, lambda v, i: number(v.chain.rows[i].ask),
            tr("Lowest ask per share")),
    _Figure("mid", tr("Mid"), "$", "000.00", 1, lambda v, i: _float(v.mid[i], 2),
            tr("Half-way between bid and ask, per share")),
    _Figure("spread", tr("Spread"), "%", "000.0", 2, lambda v, i: _float(v.spread_pct[i], 1),
            tr("Ask less bid, in per cent of the mid")),
    _Figure("iv", "IV", tr("% a year"), "crossed", 0, _iv,
            tr("The desk's own volatility, solved from the mid"), own=True),
    _Figure("vendor_iv", tr("Src IV"), tr("% a year"), "00.00", 5, _vendor_iv,
            tr("The volatility the source gives; nothing is priced with it")),
    _Figure("delta", tr("Delta"), tr("per share"), "-0.00", 0, lambda v,
            i: _float(v.greeks.delta[i], 2),
            tr("Change of the option's price per share when the share rises by $1"), own=True),
    _Figure("gamma", tr("Gamma"), tr("/share/$1"), "0.0000", 4, lambda v,
            i: _float(v.greeks.gamma[i], 4),
            tr("Change of delta when the share rises by $1"), own=True),
    _Figure("theta", tr("Theta"), tr("$/day/ctr"), "-00.00", 3,
            lambda v, i: _float(THETA.per_contract(v, i), 2),
            tr("Change of one contract's price per calendar day"), own=True),
    _Figure("vega", tr("Vega"), tr("$/pt/ctr"), "000.00", 3,
            lambda v, i: _float(VEGA.per_contract(v, i), 2),
            tr("Change of one contract's price per point of volatility"), own=True),
    _Figure("oi", "OI", tr("ctr"), "00,000", 0, lambda v, i: _count(v.chain.rows[i].open_interest),
            tr("Open interest, in contracts")),
    _Figure("volume", tr("Volume"), tr("ctr"), "00,000", 5, lambda v,
            i: _count(v.chain.rows[i].volume),
            tr("Contracts traded today")),
    _Figure("vendor_delta", tr("Src delta"), tr("per share"), "-0.0000", 7, _vendor("delta"),
            tr("The delta the source gives; nothing is computed with it")),
    _Figure("vendor_gamma", tr("Src gamma"), tr("its unit"), "0.00000", 7, _vendor("gamma"),
            tr("The gamma the source gives; nothing is computed with it")),
    _Figure("vendor_theta", tr("Src theta"), tr("its unit"), "-0.0000", 7, _vendor("theta"),
            tr("The theta the source gives; nothing is computed with it")),
    _Figure("vendor_vega", tr("Src vega"), tr("its unit"), "0.0000", 7, _vendor("vega"),
            tr("The vega the source gives; nothing is computed with it")),
    _Figure("flag", tr("Quote"), "flag", "ZERO-BID", 6, lambda v, i: v.flags[i].value,
            tr("OK, or what is wrong with the quote")),
)
# fmt: on


SIDES: dict[Side, str] = {"call": tr("Call"), "put": tr("Put")}


def _side(side: Side) -> tuple[Column[Line], ...]:
    return tuple(
        Column(
            field=figure.field,
            heading=figure.heading,
            unit=figure.unit,
            text=partial(_text, figure, side),
            group=SIDES[side],
            side=side,
            sample=figure.sample,
            rank=figure.rank,
            tone=partial(_tone, figure, side),
            ground=partial(_ground, side),
            hint=partial(_hint, figure, side),
            meaning=figure.meaning,
        )
        for figure in FIGURES
    )


def _row(line: Line, side: Side) -> int | None:
    return line.rung.call if side == "call" else line.rung.put


def _text(figure: _Figure, side: Side, line: Line) -> str:
    row = _row(line, side)
    if row is None:
        return MISSING
    text = figure.read(line.view, row)
    guessed = figure.greek and text != MISSING and line.view.estimated(row)
    return ESTIMATE + text if guessed else text


def _tone(figure: _Figure, side: Side, line: Line) -> str:
    row = _row(line, side)
    if row is None or figure.field.startswith("vendor_"):
        return "muted"
    fine = not line.view.refusals[row]
    if figure.field in ("iv", "flag"):
        return "text" if fine else "warning"
    if not fine:
        return "muted"
    if figure.field == "delta":
        return "up" if side == "call" else "down"
    return "text"


def _ground(side: Side, line: Line) -> str:
    strike, spot = line.rung.strike, line.view.spot
    return "inside" if (strike < spot if side == "call" else strike > spot) else ""


def _hint(figure: _Figure, side: Side, line: Line) -> str:
    row = _row(line, side)
    if row is None:
        return tr("No {side} is listed at {strike}.").format(
            side=side, strike=units(line.rung.strike)
        )
    view = line.view
    if view.refusals[row] and (figure.own or figure.field == "flag"):
        flag = view.flags[row]
        why = f"{flag.value}: {WHY[flag]}." if WHY[flag] else view.refusals[row]
        return "\n".join(filter(None, (why, estimate(view, row))))
    if figure.read(view, row) == MISSING:
        return tr("{source} gave nothing to show here.").format(source=view.chain.source)
    return TRADES.get((figure.field, side), "")


def _at_the_money(line: Line) -> bool:
    return line.position == line.view.at_the_money


def _strike(line: Line) -> str:
    strike = units(line.rung.strike)
    return f"▸ {strike}" if _at_the_money(line) else strike


def _strike_hint(line: Line) -> str:
    return tr("The strike nearest to the money") if _at_the_money(line) else ""
