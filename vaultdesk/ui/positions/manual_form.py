"""A position held elsewhere as it is typed: its fields, how they are read, and written back."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from vaultdesk.core.orders.broker import Held
from vaultdesk.core.orders.instrument import Instrument
from vaultdesk.ui import reading
from vaultdesk.ui.format import dated, in_manner, ungrouped
from vaultdesk.ui.loan.fields import Entry, capitals, day, plain_text, whole
from vaultdesk.ui.translation import tr

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

    from vaultdesk.core.market import Right

Texts = dict[str, str]

SHARES = tr("Shares")
KINDS: tuple[tuple[str, Right | None], ...] = ((tr("Put"), "P"), (tr("Call"), "C"), (SHARES, None))
LEFT_OUT: dict[str, Any] = {"expiry": None, "strike": None, "multiplier": 1}
"""Fields that say nothing about shares, and what they are then."""
NEEDED = (
    ("expiry", tr("Enter the option's last day, such as 2026-12-18.")),
    ("strike", tr("Enter the strike, such as 335.")),
)


def _maybe(text: str) -> Decimal | None:
    """A number; None where nothing was typed.

    Raises:
        reading.Unreadable: it is no number.
    """
    return reading.amount(text) if text.strip() else None


def _written(value: Decimal | None) -> str:
    return "" if value is None else ungrouped(value)


ENTRIES = (
    Entry("account", tr("&Held at"), tr("Private bank"),
          tr("Where it is held: the bank's or broker's name"),
          plain_text),
    Entry("symbol", tr("&Symbol"), "GLD", tr("Of the share, or of the share the option is on"),
          capitals),
    Entry("kind", tr("&Kind"), "", tr("A put, a call, or shares"), plain_text,
          choices=tuple((word, right) for word, right in KINDS)),
    Entry("expiry", tr("E&xpiry"), "2026-12-18", tr("The option's last day"), day,
          lambda value: dated(value) if value else ""),
    Entry("strike", tr("S&trike"), "335", tr("Per share"), _maybe, _written),
    Entry("multiplier", tr("Shares of a &contract"), "100",
          tr("How many shares a contract stands for"),
          whole),
    Entry("quantity", tr("&Quantity"), "63", tr("Contracts or shares, negative when sold"),
          reading.amount,
          _written),
    Entry("average_cost", tr("C&ost"), in_manner("4.35"),
          tr("What one share cost; may be left empty"), _maybe,
          _written),
)  # fmt: skip

BLANK: Texts = {
    "account": "", "symbol": "GLD", "kind": tr("Put"), "expiry": "", "strike": "",
    "multiplier": "100", "quantity": "", "average_cost": "",
}  # fmt: skip


def texts_of(held: Held) -> Texts:
    """A position as it would be typed."""
    one = held.instrument
    kind = next(word for word, right in KINDS if right == one.right)
    values = {
        "account": held.account, "symbol": one.symbol, "kind": kind, "expiry": one.expiry,
        "strike": one.strike, "multiplier": one.multiplier if one.is_option else 100,
        "quantity": held.quantity, "average_cost": held.average_cost,
    }  # fmt: skip
    return {entry.name: entry.write(values[entry.name]) for entry in ENTRIES}


def judge(texts: Mapping[str, str], before: Held | None = None) -> tuple[Held | None, Texts]:
    """The position typed; where it cannot be read, a sentence for each field at fault.

    Currency and trading class are those of `before`, which is changed.
    """
    values: dict[str, Any] = {}
    wrong: Texts = {}
    shares = texts["kind"] == SHARES
    for entry in ENTRIES:
        if shares and entry.name in LEFT_OUT:
            values[entry.name] = LEFT_OUT[entry.name]
            continue
        try:
            values[entry.name] = entry.read(texts[entry.name])
        except reading.Unreadable as fault:
            wrong[entry.name] = str(fault)
    for name, sentence in () if shares else NEEDED:
        if name not in wrong and values[name] is None:
            wrong[name] = sentence
    return (None, wrong) if wrong else (_held(values, before), {})


def _held(values: Mapping[str, Any], before: Held | None) -> Held:
    same = before.instrument if before else None
    instrument = Instrument(
        symbol=values["symbol"],
        expiry=values["expiry"],
        strike=values["strike"],
        right=dict(KINDS)[values["kind"]],
        multiplier=values["multiplier"],
    )
    if same is not None and same.symbol == instrument.symbol:
        instrument = replace(instrument, currency=same.currency, trading_class=same.trading_class)
    return Held(values["account"], instrument, values["quantity"], values["average_cost"])
