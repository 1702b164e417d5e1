"""A facility as a form: its texts, what is wrong with them, and what they would mean."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from vaultdesk.core.loan import rules
from vaultdesk.core.loan.cure import Zone
from vaultdesk.core.loan.prices import Unvalued
from vaultdesk.core.loan.state import LoanState
from vaultdesk.core.loan.terms import Facility, TermsError
from vaultdesk.core.loan.valuation import level_without_price, value_loan
from vaultdesk.core.loan.vocabulary import (
    GOLD,
    Asset,
    CureTerms,
    Lot,
    Reserve,
    Tranche,
)
from vaultdesk.ui import reading
from vaultdesk.ui.format import money, number, percent
from vaultdesk.ui.loan.fields import LENDER, LOT, RESERVE, TRANCHE, Entry
from vaultdesk.ui.translation import tr

if TYPE_CHECKING:
    from vaultdesk.core.market import Quote

Texts = dict[str, str]
EMPTY = "…"
"""Stands where nothing is typed yet."""
Value = Callable[[Facility], LoanState]
"""Values terms at the newest prices, or raises `Unvalued`."""


@dataclass(frozen=True, slots=True)
class Part:
    """A table of the form: its fields, the rules for a row, and a row that keeps to them."""

    key: str
    entries: tuple[Entry, ...]
    sound: Any
    problems: Callable[[Any], Iterable[tuple[str, str]]]


PARTS: Final = {
    "lots": Part("lots", LOT, Lot(Asset.FUND, "GLD", Decimal(1)), rules.lot_problems),
    "tranches": Part("tranches", TRANCHE, Tranche(Decimal(1)), rules.tranche_problems),
    "reserves": Part("reserves", RESERVE, Reserve(Decimal(1)), rules.reserve_problems),
}
SIMPLE = {
    "symbol": "lots.0.symbol",
    "units": "lots.0.quantity",
    "amount": "tranches.0.principal",
    "currency": "tranches.0.currency",
    "call_ltv": "call_ltv",
    "closeout_ltv": "closeout_ltv",
}
"""The fields of the simplest facility, and which they are of the whole one."""


@dataclass(slots=True)
class Sheet:
    """What is typed: the lender's terms, and the rows of each table."""

    lender: Texts
    lots: list[Texts]
    tranches: list[Texts]
    reserves: list[Texts]

    def rows(self, part: str) -> list[Texts]:
        """The rows of a table, by its key in `PARTS`."""
        rows: list[Texts] = getattr(self, part)
        return rows

    def place(self, field: str) -> tuple[Texts, str]:
        """Where the text of a field is kept, such as "lots.0.symbol"."""
        part, _, rest = field.partition(".")
        if part not in PARTS:
            return self.lender, field
        row, _, name = rest.partition(".")
        return self.rows(part)[int(row)], name


@dataclass(frozen=True, slots=True)
class Proposal:
    """Sound terms as typed; who keeps them adds when and by whom."""

    terms: Facility

    def at(self, since: datetime, who: str = "") -> Facility:
        """These as a version of terms."""
        return replace(self.terms, since=since, who=who)


def written(part: Part, row: object) -> Texts:
    """A row of a table as it would be typed."""
    return {entry.name: entry.write(getattr(row, entry.name)) for entry in part.entries}


def sheet_of(terms: Facility) -> Sheet:
    """Terms as they would be typed; when they hold from is told in the lender's time."""
    local = terms.effective and terms.effective.astimezone(ZoneInfo(terms.cure.zone))
    values: dict[str, Any] = {"effective": local.replace(tzinfo=None) if local else None}
    for entry in LENDER:
        owner, _, name = entry.name.rpartition(".")
        values.setdefault(entry.name, getattr(terms.cure if owner else terms, name, None))
    return Sheet(
        {entry.name: entry.write(values[entry.name]) for entry in LENDER},
        *([written(part, row) for row in getattr(terms, part.key)] for part in PARTS.values()),
    )


def blank_sheet(symbol: str, currency: str) -> Sheet:
    """The simplest facility with nothing typed yet but the symbol and the currency."""
    lot, tranche = Lot(Asset.FUND, symbol, Decimal(1)), Tranche(Decimal(1), currency)
    long_ago = datetime.min.replace(tzinfo=UTC)
    terms = Facility((lot,), (tranche,), Decimal("0.5"), Decimal(1), long_ago, currency)
    sheet = sheet_of(terms)
    for field in ("lots.0.quantity", "tranches.0.principal", "call_ltv", "closeout_ltv"):
        texts, name = sheet.place(field)
        texts[name] = ""
    return sheet


def new_row(part: str, currency: str) -> Texts:
    """A row that is added: nothing typed yet but what is usual."""
    empty = {"lots": "quantity", "tranches": "principal", "reserves": "amount"}[part]
    texts = written(PARTS[part], PARTS[part].sound)
    if "currency" in texts:
        texts["currency"] = currency
    return texts | {empty: ""}


def adapted(lot: Texts, currency: str) -> Texts:
    """A lot whose class was just chosen, with the symbol and the unit of that class."""
    kind = lot["asset"]
    if kind == Asset.FUND:
        known = lot["symbol"] not in (GOLD, currency)
        return lot | {"symbol": lot["symbol"] if known else "GLD", "unit": "share"}
    if kind == Asset.BAR:
        return lot | {"symbol": GOLD, "unit": "kg", "ounces_each": "1 kg 999.9"}
    if kind == Asset.COIN:
        return lot | {"symbol": GOLD, "unit": "coin", "ounces_each": "1", "advance_rate": "50 %"}
    return lot | {"symbol": currency, "unit": currency, "advance_rate": "100 %"}


def judge(sheet: Sheet, now: datetime, value: Value) -> tuple[Proposal | None, Texts]:
    """The terms typed and, where they are not sound, a sentence for each field at fault.

    Where they can be valued, a loan of 100 % of the collateral's value is not sound.
    """
    wrong: Texts = {}
    parts: dict[str, Any] = {
        key: _rows(part, sheet.rows(key), wrong) for key, part in PARTS.items()
    }
    lender = _lender(sheet.lender, now, wrong)
    if wrong:
        return None, wrong
    try:
        terms = Facility(**parts, **lender, since=now)
    except TermsError as error:
        return None, {error.field: str(error)}
    owed = _overdrawn(terms, value)
    return (None, {"tranches.0.principal": owed}) if owed else (Proposal(terms), {})


def _rows(part: Part, rows: list[Texts], wrong: Texts) -> tuple[Any, ...]:
    made = []
    for place, texts in enumerate(rows):
        values, unread = _read(part.entries, texts)
        row = replace(part.sound, **values)
        found = dict(reversed(list(part.problems(row)))) | unread
        wrong |= {
            f"{part.key}.{place}.{entry.name}": found[entry.name]
            for entry in part.entries
            if entry.name in found
        }
        made.append(row)
    return tuple(made)


def _lender(texts: Texts, now: datetime, wrong: Texts) -> dict[str, Any]:
    values, unread = _read(LENDER, texts)
    cure = CureTerms(
        **{name.removeprefix("cure."): values[name] for name in values if name.startswith("cure.")}
    )
    terms = {name: value for name, value in values.items() if not name.startswith("cure.")}
    found = {f"cure.{name}": why for name, why in rules.cure_problems(cure)}
    levels = (terms.get("call_ltv", Decimal("0.5")), terms.get("closeout_ltv", Decimal(1)))
    found |= dict(reversed(list(rules.level_problems(*levels))))  # the first of a field counts
    if not rules.CURRENCY.fullmatch(terms["currency"]):
        found["currency"] = tr("The currency must be a three-letter code such as USD.")
    if terms.get("effective") is not None and "cure.zone" not in found:
        terms["effective"] = terms["effective"].replace(tzinfo=ZoneInfo(cure.zone))
        if terms["effective"] <= now:
            found["effective"] = tr("Terms hold from a later time, or from now: leave it empty.")
    found |= unread
    wrong |= {entry.name: found[entry.name] for entry in LENDER if entry.name in found}
    return terms | {"cure": cure}


def _read(entries: tuple[Entry, ...], texts: Texts) -> tuple[dict[str, Any], Texts]:
    values: dict[str, Any] = {}
    unread: Texts = {}
    for entry in entries:
        try:
            values[entry.name] = entry.read(texts[entry.name])
        except reading.Unreadable as fault:
            unread[entry.name] = str(fault)
    return values, unread


def _overdrawn(terms: Facility, value: Value) -> str:
    try:
        state = value(terms)
    except Unvalued:
        return ""
    if state.ltv < 1:
        return ""
    return tr(
        "An LTV of 100 % or more: the pledge is worth {money}. Check the amount and the units."
    ).format(money=money(state.value, terms.currency))


def valued_at(quote: Quote | None, now: datetime) -> Value:
    """Values terms by one quote alone."""

    def value(terms: Facility) -> LoanState:
        return value_loan(terms, {quote.symbol: quote} if quote else {}, now)

    return value


def preview(proposal: Proposal | None, value: Value, now: datetime) -> str:
    """What these terms would mean at the present prices."""
    if proposal is None:
        return tr(
            "The LTV shows here once the terms are sound. Levels: 75, 75 % and 0.75 "
            "all mean 75 %. Amounts: 2,100,000 and 2.1M mean the same."
        )
    terms = proposal.terms
    try:
        state = value(terms)
    except Unvalued as fault:
        prices = (
            level_without_price(terms, one, now) for one in (terms.call_ltv, terms.closeout_ltv)
        )
        return " · ".join([str(fault).removesuffix("."), *_levels(terms.currency, *prices)])
    word = {Zone.CALL: tr("margin call"), Zone.CLOSEOUT: "close-out"}.get(
        state.zone, str(state.zone)
    )
    return " · ".join([
        f"LTV {percent(state.ltv)}",
        tr("{word} at {symbol} {price} ({quality})").format(word=word, symbol=terms.symbol,
                                                            price=number(state.price),
                                                            quality=state.quality),
        *_levels(state.quote.currency, state.call_price, state.closeout_price),
        tr("utilisation {utilisation}").format(utilisation=percent(state.utilisation)),
        tr("headroom {headroom}").format(headroom=money(state.headroom, terms.currency)),
    ])  # fmt: skip


def _levels(currency: str, call: Decimal | None, closeout: Decimal | None) -> list[str]:
    if call is None or closeout is None:
        return []
    return [
        tr("margin call at {call}, close-out at {closeout} {currency}").format(
            call=number(call), closeout=number(closeout), currency=currency
        )
    ]


def of_gold(quantity: str, unit: str) -> str:
    """So much gold: "2 kg of gold", "100 gold coins"."""
    if unit in ("kg", "oz"):
        return tr("{quantity} {unit} of gold").format(quantity=quantity, unit=unit)
    if unit == "bar":
        return tr("{n} gold bars", "{n} gold bar", int(quantity == "1") or 2).format(n=quantity)
    if unit == "coin":
        return tr("{n} gold coins", "{n} gold coin", int(quantity == "1") or 2).format(n=quantity)
    told = tr("{quantity} gold {unit}s", "{quantity} gold {unit}", int(quantity == "1") or 2)
    return told.format(quantity=quantity, unit=unit)


def summary(part: str, texts: Texts) -> str:
    """A row in one line, as typed: "10,000 GLD · 70 %"."""
    if part == "lots":
        listed = texts["asset"] in (Asset.FUND, Asset.CASH)
        quantity = texts["quantity"] or EMPTY
        held = f"{quantity} {texts['symbol']}" if listed else of_gold(quantity, texts["unit"])
        return f"{held} · {texts['advance_rate'] or EMPTY}"
    if part == "tranches":
        return f"{texts['principal'] or EMPTY} {texts['currency']} · {texts['rate'] or EMPTY}"
    return f"{texts['amount'] or EMPTY} {texts['currency']} · {texts['banking_days'] or EMPTY} d"
