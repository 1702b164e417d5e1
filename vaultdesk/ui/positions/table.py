"""The columns of the list of positions, and what stands in them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from vaultdesk.core.market import Quality
from vaultdesk.core.positions.countdown import span
from vaultdesk.core.positions.difference import key_of
from vaultdesk.ui.format import MISSING, age, money, new_york, number, price, signed, units
from vaultdesk.ui.greeks.units import DELTA, GAMMA, RHO, THETA, VEGA, Greek
from vaultdesk.ui.orders.words import contract
from vaultdesk.ui.tables.model import Column
from vaultdesk.ui.translation import tr

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable
    from datetime import datetime
    from decimal import Decimal

    from vaultdesk.core.positions.rows import Row
    from vaultdesk.ui.tables.view import Grounds

    Now = Callable[[], datetime]
    Text = Callable[[Row], str]

LEFT, RIGHT = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight
GROUNDS: Grounds = {"apart": ("down", 0.14), "elsewhere": ("accent", 0.08)}
"""What broker and ledger do not agree on, and what was entered by hand."""
TONES = {
    Quality.LIVE: "text",
    Quality.DELAYED: "warning",
    Quality.CACHED: "warning",
    Quality.STALE: "down",
    Quality.SIMULATED: "muted",
    Quality.HYPOTHETICAL: "muted",
}
SOON, VERY_SOON = 21, 7
"""Days from which on an end is coloured."""
ROLL_DAYS = 45
"""Days from which on puts are proposed to be rolled, as in core.positions.roll."""
LAST_HOURS = timedelta(hours=48)
"""Before the last trade, in which hours and minutes count."""
NOT_TOLD = tr("not told")
UNVALUED = tr("Nothing is valued without the option chains.")


def key(row: Row) -> Hashable:
    """What tells a position from all others."""
    return row.elsewhere, key_of(row.held)


def place(row: Row) -> str:
    """The account, or where else it is held."""
    return tr("{account} (elsewhere)").format(account=row.account) if row.elsewhere else row.account


def difference(row: Row) -> str:
    """A sign and a word: "▲ 2 more" than the desk's ledger has."""
    if row.elsewhere:
        return MISSING
    if row.broker is None:
        return NOT_TOLD
    if row.difference is None:
        return tr("✓ agrees")
    amount = row.difference.amount
    return (
        tr("▲ {amount} more").format(amount=units(amount))
        if amount > 0
        else tr("▼ {amount} fewer").format(amount=units(-amount))
    )


def difference_hint(row: Row) -> str:
    """What it means and what to look at."""
    if row.elsewhere:
        return tr("Entered by hand: no broker of the desk knows it.")
    if row.broker is None:
        return tr(
            "The broker has not told its positions yet, so the desk's own ledger stands here."
        )
    return row.difference.sentence if row.difference else tr("Broker and ledger say the same.")


def _difference_tone(row: Row) -> str:
    if row.difference is not None:
        return "down"
    return "up" if row.broker is not None else "muted"


def _quantity(value: Decimal | None) -> str:
    return MISSING if value is None else units(value)


def _quality(row: Row) -> str:
    quality = row.line.quality if row.line else None
    return str(quality) if quality else MISSING


def _market_tone(row: Row) -> str:
    quality = row.line.quality if row.line else None
    return TONES[quality] if quality else "muted"


def _why(row: Row) -> str:
    """What keeps a position from being valued; empty where nothing does."""
    if row.line is None:
        return UNVALUED
    return tr("No mark: {why}.").format(why=row.line.why) if row.line.why else ""


def _mark_hint(row: Row, now: datetime) -> str:
    line = row.line
    if line is None or line.mark is None or line.at is None:
        return _why(row)
    return tr("{mark} by {source}, {quality}, {age} old").format(
        mark=price(line.mark), source=line.source, quality=line.quality, age=age(now - line.at)
    )


def _pnl(row: Row) -> Decimal | None:
    return row.line.pnl if row.line else None


def _pnl_tone(row: Row) -> str:
    pnl = _pnl(row)
    return "text" if not pnl else "up" if pnl > 0 else "down"


def _pnl_hint(row: Row) -> str:
    if _pnl(row) is not None:
        return money(_pnl(row), row.instrument.currency)
    return _why(row) or tr("What it cost is not known.")


def _days(row: Row, now: datetime) -> str:
    """Days; in the end hours and minutes to the last trade."""
    if row.countdown is None:
        return MISSING
    if row.countdown.left(now) < LAST_HOURS:
        return _until(row.countdown.last_trade, now)
    return f"{row.countdown.days} d"


def _until(end: datetime | None, now: datetime) -> str:
    if end is None:
        return MISSING
    return span(end - now) if end > now else "over"


def _days_tone(row: Row) -> str:
    if row.countdown is None or row.countdown.days > SOON:
        return "text"
    return "down" if row.countdown.days <= VERY_SOON else "warning"


def _end_hint(row: Row, now: datetime) -> str:
    if row.countdown is None:
        return tr("It does not expire.")
    ends = row.countdown
    return tr(
        "{now}\nLast trade {last_trade}\nLast instruction to exercise or not {cut_off}"
    ).format(
        now=ends.words(now), last_trade=new_york(ends.last_trade), cut_off=new_york(ends.cut_off)
    )


def _last_trade(row: Row) -> datetime | None:
    return row.countdown.last_trade if row.countdown else None


def _cut_off(row: Row) -> datetime | None:
    return row.countdown.cut_off if row.countdown else None


def _greek(greek: Greek, rank: int) -> Column[Row]:
    name = greek.key

    def text(row: Row) -> str:
        greeks = row.line.greeks if row.line else None
        return number(None if greeks is None else getattr(greeks, name), greek.places)

    return _of(name, greek.name, text, "-0,000.00", rank,
               tr("{meaning}; of all that is held").format(meaning=greek.meaning),
               RIGHT, _why, unit=greek.unit)  # fmt: skip


def _of(
    field: str, heading: str, text: Text, sample: str, rank: int, meaning: str,
    align: Qt.AlignmentFlag = RIGHT, hint: Text | None = None, tone: Text | None = None,
    unit: str = "",
) -> Column[Row]:  # fmt: skip
    return Column(
        field, heading, unit, text, sample=sample, rank=rank, meaning=meaning, align=align,
        hint=hint, tone=tone, ground=_ground,
    )  # fmt: skip


def _ground(row: Row) -> str:
    if row.difference is not None:
        return "apart"
    return "elsewhere" if row.elsewhere else ""


def columns(now: Now) -> tuple[Column[Row], ...]:
    """Contract, quantity and the difference first; then the rest, as there is room."""
    return (
        Column("contract", tr("Contract"), "", lambda r: contract(r.instrument), align=LEFT,
               prose=True,
               sample="GLD 350 put", ground=_ground, meaning=tr("What is held"),
               hint=lambda r: f"{r.instrument.words}, {place(r)}"),
        _of("held", tr("Held"), lambda r: units(r.quantity), "-000", 0,
            tr("Contracts or shares that are counted, negative when sold")),
        _of("difference", tr("Against ledger"), difference, tr("▼ 00 fewer"), 1,
            tr("What the broker has more or fewer than the sum of the desk's own trades"), LEFT,
            difference_hint, _difference_tone),
        _of("days", tr("Left"), lambda r: _days(r, now()), "000 d", 1,
            tr("Calendar days to the last day of trading, or hours to its end"), RIGHT,
            lambda r: _end_hint(r, now()), _days_tone),
        _of("pnl", "P&L", lambda r: signed(_pnl(r), 0), "-000,000", 2,
            tr("Value less what it cost, commissions left out"), RIGHT, _pnl_hint, _pnl_tone, "$"),
        _of("place", tr("Held at"), place, "DUPAPER", 3,
            tr("The account, or where else it is held"), LEFT),
        _of("mark", tr("Mark"), lambda r: number(r.line.mark if r.line else None), "000.00", 3,
            tr("Half-way between bid and ask, per share"), RIGHT, lambda r: _mark_hint(r, now()),
            _market_tone, "$"),
        _of("value", tr("Value"), lambda r: number(r.line.value if r.line else None, 0), "000,000",
            4,
            tr("At the mark, negative when sold"), RIGHT, _why, None, "$"),
        _of("average", tr("Cost"), lambda r: price(r.held.average_cost), "00.00", 5,
            tr("What one share cost on average"), RIGHT, None, None, "$"),
        _greek(DELTA, 6),
        _of("quality", tr("Quality"), _quality, "SIMULATED", 7,
            tr("How far the mark may be trusted"), LEFT,
            lambda r: _mark_hint(r, now()), _market_tone),
        _of("broker", tr("Broker"), lambda r: _quantity(r.broker), "-000", 8,
            tr("What the broker says is held")),
        _of("ledger", tr("Ledger"), lambda r: _quantity(r.ledger), "-000", 8,
            tr("The sum of the desk's own trades")),
        _of("last_trade", tr("Trades for"), lambda r: _until(_last_trade(r), now()), "000 d 00 h",
            9,
            tr("Time to the last trade, 16:00 New York on most days"), RIGHT,
            lambda r: _end_hint(r, now()), _days_tone),
        _of("cut_off", tr("Instructions"), lambda r: _until(_cut_off(r), now()), "000 d 00 h", 10,
            tr("Time to the last instruction to exercise or not, 17:30 New York on most "
"days"), RIGHT,
            lambda r: _end_hint(r, now()), _days_tone),
        _greek(GAMMA, 11),
        _greek(THETA, 11),
        _greek(VEGA, 11),
        _greek(RHO, 12),
    )  # fmt: skip
