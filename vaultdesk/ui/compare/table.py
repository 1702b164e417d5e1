"""The columns of the comparison: a hedge's contracts, cost, protection and place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from vaultdesk.core.hedge.position import At
from vaultdesk.ui.format import (
    MISSING,
    dated,
    money,
    number,
    percent,
    signed_percent,
    ungrouped,
    units,
)
from vaultdesk.ui.strategy.words import SIDES
from vaultdesk.ui.tables.model import Column
from vaultdesk.ui.translation import tr

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from decimal import Decimal

    from vaultdesk.core.hedge.compare import Comparison
    from vaultdesk.core.hedge.pictures.side_by_side import Line, Priced
    from vaultdesk.core.hedge.position import HedgeLeg, Position
    from vaultdesk.core.hedge.recommend import Profile, Rank

LEFT = Qt.AlignmentFlag.AlignLeft
GROUNDS = {"first": ("accent", 0.14), "desk": ("selection", 0.8)}
FRACTIONS = 2
"""Decimals of contracts before they are rounded."""
UNRANKED = tr("It has no place: only the candidates are ranked.")


@dataclass(frozen=True, slots=True)
class Row:
    """A hedge with its price of the kind that is shown, and its place.

    Attributes:
        line: what was computed.
        priced: None where there is a problem.
        rank: in the chosen profile; None without a place.
        currency: the facility's.
    """

    line: Line
    priced: Priced | None
    rank: Rank | None
    currency: str

    @property
    def status(self) -> str:
        """What is to be known before its figures, in a word or a few."""
        words = [
            *([tr("on desk")] if self.line.on_desk else []),
            *(["first"] if self.rank is not None and self.rank.place == 1 else []),
            *(["dominated"] if self.line.dominated else []),
            *([tr("not built")] if self.line.problem else []),
        ]
        return ", ".join(words)

    @property
    def own(self) -> bool:
        """Whether it is the hedge on the desk and none of the candidates."""
        return self.line.on_desk and self.line.name == "own_legs"

    @property
    def name(self) -> str:
        """On screen; one's own legs say that they are."""
        return tr("Own legs") if self.own else self.line.title

    @property
    def hint(self) -> str:
        """Why it stands where it stands, or why it cannot be built."""
        if self.line.problem:
            return self.line.problem
        parts = [self.rank.sentence if self.rank else UNRANKED]
        if self.line.dominated:
            parts.append(tr("Dominated: another hedge costs no more a year and protects no worse."))
        return "\n".join(parts)


def counted(leg: HedgeLeg) -> str:
    """So many contracts of a leg: with a sign where they are sold."""
    exact = leg.contracts == leg.contracts.to_integral_value()
    return number(leg.contracts, 0 if exact else FRACTIONS).replace("-", "\N{MINUS SIGN}")


def in_words(position: Position) -> str:
    """Contracts, strikes and sides: "50 x 350 put, -50 x 385 call"; sold ones are negative."""
    return ", ".join(
        f"{counted(leg)} × {ungrouped(leg.listed.strike)} "  # noqa: RUF001
        f"{SIDES[leg.listed.right]}"
        for leg in position.legs
    )


def expiries(position: Position) -> str:
    """The last day, or the first and how many there are."""
    days = sorted({leg.listed.expiry for leg in position.legs})
    if not days:
        return MISSING
    first = dated(days[0])
    return first if len(days) == 1 else f"{first} +{len(days) - 1}"


def in_full(position: Position, *, chosen: bool = False) -> str:
    """The legs with their expiries; `chosen` adds how each was, on a line of its own."""
    legs = [f"{counted(leg)} × {leg.listed.words}" for leg in position.legs]  # noqa: RUF001
    if not chosen:
        return ", ".join(legs)
    how = (f": {leg.wanted}" if leg.wanted else "" for leg in position.legs)
    return "\n".join(map("".join, zip(legs, how, strict=True)))


def _tone(row: Row) -> str:
    return "muted" if row.line.dominated or row.line.problem else "text"


def _ground(row: Row) -> str:
    return "desk" if row.line.on_desk else "first" if row.rank and row.rank.place == 1 else ""


def _figure(
    field: str,
    heading: str,
    unit: str,
    rank: int,
    text: Callable[[Row], str],
    meaning: str,
    sample: str = "00.0 %",
    hint: Callable[[Row], str] | None = None,
) -> Column[Row]:
    def shown(row: Row) -> str:
        return MISSING if row.line.problem else text(row)

    def said(row: Row) -> str:
        return row.line.problem or (hint(row) if hint else row.hint)

    return Column(
        field, heading, unit, shown, sample=sample, rank=rank, tone=_tone, ground=_ground,
        hint=said, meaning=meaning,
    )  # fmt: skip


def _words(
    field: str, heading: str, rank: int, text: Callable[[Row], str], sample: str, meaning: str,
    *, hint: Callable[[Row], str] | None = None, prose: bool = False,
) -> Column[Row]:  # fmt: skip
    return Column(
        field, heading, "", text, sample=sample, align=LEFT, rank=rank, tone=_tone,
        ground=_ground, hint=hint or (lambda row: row.hint), meaning=meaning, prose=prose,
    )  # fmt: skip


def _money(get: Callable[[Priced], Decimal]) -> Callable[[Row], str]:
    return lambda row: number(get(row.priced), 0) if row.priced else MISSING


def _worst(row: Row) -> str:
    seen = row.line.protection
    if seen is None:
        return ""
    days = tr("{n} days", "{n} day", seen.worst_day).format(n=seen.worst_day)
    return tr(
        "{worst_ltv} at {worst_move} in {days}, by the model; without the hedge "
        "up to {worst_unhedged}."
    ).format(
        worst_ltv=percent(seen.worst_ltv),
        worst_move=signed_percent(seen.worst_move, 1),
        days=days,
        worst_unhedged=percent(seen.worst_unhedged),
    )


def _cost_hint(row: Row) -> str:
    cost = row.line.cost
    if cost is None:
        return ""
    return tr(
        "Natural price {premium}, at mid {at_mid}, commission {commission}, for {days} days."
    ).format(
        premium=money(cost.premium, row.currency),
        at_mid=money(cost.at_mid, row.currency),
        commission=money(cost.commission, row.currency),
        days=cost.days,
    )


def _covered(row: Row) -> str:
    seen = row.line.protection
    return number(seen.protected_units, 0) if seen else MISSING


def _open(row: Row) -> str:
    seen = row.line.protection
    return number(seen.unprotected_units, 0) if seen else MISSING


def _shares(row: Row) -> str:
    seen = row.line.protection
    if seen is None:
        return ""
    return tr("{protected_units} shares under puts, {unprotected_units} without.").format(
        protected_units=units(seen.protected_units), unprotected_units=units(seen.unprotected_units)
    )


def _chosen(row: Row) -> str:
    return in_full(row.line.seen, chosen=True) if row.line.seen else row.line.problem


COLUMNS: tuple[Column[Row], ...] = (
    _words("name", tr("Hedge"), 0, lambda row: row.name, tr("Protective p"), tr("The strategy"),
           prose=True),
    _words("status", "", 0, lambda row: row.status, "dominated",
           tr("First in the profile, dominated by another, on the desk, or not to be "
"built")),
    _figure("annual", tr("Cost"), tr("a year"), 0, _money(lambda p: p.annualised),
            tr("Total cost by the days it protects, times 365"), "-00,000", _cost_hint),
    _figure("hedged_ltv", tr("Hedged"), "LTV", 0,
            lambda row: percent(row.line.protection.hedged_ltv)
            if row.line.protection else MISSING,
            tr("The bank's LTV at the call price, options at what they pay at expiry")),
    _figure("place", tr("Place"), "", 1, lambda row: str(row.rank.place) if row.rank else MISSING,
            tr("In the chosen profile"), "00"),
    _figure("worst_ltv", tr("Worst"), "LTV", 2,
            lambda row: percent(row.line.protection.worst_ltv)
            if row.line.protection else MISSING,
            tr("The highest LTV at any fall that is looked at, on any day until the "
"protection ends, by the model"), hint=_worst),
    _figure("total", tr("Cost"), tr("total"), 3, _money(lambda p: p.total),
            tr("Premium and commission; negative is received"), "-00,000", _cost_hint),
    _figure("share", tr("Cost"), tr("of pledge"), 4,
            lambda row: percent(row.priced.of_portfolio, 2) if row.priced else MISSING,
            tr("Total cost by the market value of the pledge"), "-0.00 %", _cost_hint),
    _figure("until", tr("Guaranteed"), tr("until"), 5,
            lambda row: dated(row.line.protection.guaranteed_until)
            if row.line.protection else MISSING,
            tr("The last day on which all of the protection is there"), "2026-12-18"),
    _words("legs", tr("Contracts"), 6,
           lambda row: in_words(row.line.seen) if row.line.seen else row.line.problem,
           "00 × 000 put, 00", tr("Bought, and sold where negative"),  # noqa: RUF001
           hint=_chosen,
           prose=True),
    _words("expiry", tr("Expiry"), 7,
           lambda row: expiries(row.line.seen) if row.line.seen else MISSING,
           "2026-12-18", tr("Of its contracts; the first, and how many more")),
    _figure("floor", tr("Floor"), tr("pledge + options"), 8,
            lambda row: number(row.line.protection.floor_value, 0)
            if row.line.protection else MISSING,
            tr("The least that pledge and options are worth at expiry at any fall "
"looked at"),
            "0,000,000"),
    _figure("covered", tr("Protected"), tr("shares"), 9, _covered, tr("Shares under long puts"),
            "00,000", _shares),
    _figure("open", tr("Unprotected"), tr("shares"), 9, _open, tr("The other shares"), "00,000",
            _shares),
)  # fmt: skip
"""All of them; as many are shown as there is room for."""


def rows(
    lines: Sequence[Line], comparison: Comparison, profile: Profile, *, mid: bool
) -> list[Row]:
    """The lines by their places in a profile, those without a place behind."""
    from vaultdesk.core.hedge.pictures.side_by_side import priced  # noqa: PLC0415 (NumPy)

    places = {rank.name: rank for rank in comparison.ranks.get(profile, ())}
    portfolio = comparison.config.portfolio
    at = At.MID if mid else At.NATURAL
    made = [
        Row(
            line=line,
            priced=priced(line.cost, portfolio.value, at) if line.cost else None,
            rank=places.get(line.name),
            currency=portfolio.terms.currency,
        )
        for line in lines
    ]
    return sorted(made, key=lambda row: row.rank.place if row.rank else len(places) + 1)
