"""The loan's terms as a form: its fields as data, what is wrong with them, what they would mean."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from vaultdesk.core.loan import terms as rules
from vaultdesk.core.loan.terms import LoanTerms
from vaultdesk.core.loan.valuation import Unvalued, Zone, level_price, value_loan
from vaultdesk.core.market import Quote
from vaultdesk.ui import reading
from vaultdesk.ui.format import number, percent, units


def level(fraction: Decimal) -> str:
    """An LTV level in per cent, with all of its digits."""
    return f"{units(100 * fraction)} %"


@dataclass(frozen=True, slots=True)
class Proposal:
    """Sound terms as typed; who keeps them adds when and by whom."""

    symbol: str
    units: Decimal
    amount: Decimal
    currency: str
    call_ltv: Decimal
    closeout_ltv: Decimal

    def at(self, since: datetime) -> LoanTerms:
        """These as a version of terms."""
        return LoanTerms(
            self.symbol,
            self.units,
            self.amount,
            self.currency,
            self.call_ltv,
            self.closeout_ltv,
            since,
        )


@dataclass(frozen=True, slots=True)
class Entry:
    """One field: its name in the rules, its label, an example, how it is read and echoed."""

    name: str
    label: str
    example: str
    meaning: str
    read: Callable[[str], Decimal] | None = None
    echo: Callable[[Decimal], str] = units


FIELDS = (
    Entry("symbol", "S&ymbol pledged", "GLD", "The listed symbol that is pledged"),
    Entry("units", "&Units pledged", "10,000", "How many units are pledged", reading.amount),
    Entry("amount", "Loan &amount", "2,100,000 or 2.1M", "What is owed", reading.amount),
    Entry("currency", "C&urrency", "USD", "The loan's currency, three letters"),
    Entry(
        "call_ltv",
        "Margin &call at LTV",
        "75, 75 % or 0.75",
        "The loan-to-value ratio at which the bank calls",
        reading.level,
        level,
    ),
    Entry(
        "closeout_ltv",
        "C&lose-out at LTV",
        "85, 85 % or 0.85",
        "The ratio at which the bank sells the collateral",
        reading.level,
        level,
    ),
)


def judge(typed: dict[str, str], quote: Quote | None) -> tuple[Proposal | None, dict[str, str]]:
    """The terms typed and, where they are not sound, a sentence for each field at fault.

    With a price of the symbol at hand, a loan of 100 % of the collateral's value is not sound.
    """
    values: dict[str, Decimal] = {}
    wrong: dict[str, str] = {}
    for entry in FIELDS:
        if entry.read is not None:
            try:
                values[entry.name] = entry.read(typed[entry.name])
            except reading.Unreadable as fault:
                wrong[entry.name] = str(fault)
    symbol, currency = typed["symbol"].strip().upper(), typed["currency"].strip().upper()
    found = rules.problems(
        symbol,
        values.get("units", Decimal(1)),
        values.get("amount", Decimal(1)),
        currency,
        values.get("call_ltv", Decimal("0.5")),
        values.get("closeout_ltv", Decimal(1)),
    )
    wrong = found | wrong
    if wrong:
        return None, {entry.name: wrong[entry.name] for entry in FIELDS if entry.name in wrong}
    proposal = Proposal(symbol=symbol, currency=currency, **values)
    worth = _worth(proposal, quote)
    if worth is not None and proposal.amount >= worth:
        return None, {
            "amount": f"An LTV of 100 % or more: the pledge is worth {number(worth)} {currency}. "
            "Check the amount and the units."
        }
    return proposal, {}


def preview(proposal: Proposal | None, quote: Quote | None, now: datetime) -> str:
    """What these terms would mean at the present price."""
    if proposal is None:
        return (
            "The LTV shows here once the terms are sound. "
            "Levels: 75, 75 % and 0.75 all mean 75 %. Amounts: 2,100,000 and 2.1M mean the same."
        )
    terms = proposal.at(now)
    levels = (
        f"margin call at {number(level_price(terms, terms.call_ltv))}, "
        f"close-out at {number(level_price(terms, terms.closeout_ltv))} {terms.currency}"
    )
    if quote is None:
        return f"No price of {terms.symbol} yet · {levels}"
    try:
        state = value_loan(terms, quote)
    except Unvalued as fault:
        return f"{fault} · {levels}"
    word = {Zone.CALL: "margin call", Zone.CLOSEOUT: "close-out"}.get(state.zone, str(state.zone))
    return (
        f"LTV {percent(state.ltv)} · {word} at {terms.symbol} {number(state.price)} "
        f"({state.quality}) · {levels}"
    )


def _worth(proposal: Proposal, quote: Quote | None) -> Decimal | None:
    if quote is None or (quote.symbol, quote.currency) != (proposal.symbol, proposal.currency):
        return None
    return proposal.units * quote.price if quote.price else None


def echo(entry: Entry, text: str) -> str:
    """What stands beside a field: the value as it was read, "" when it could not be."""
    if entry.read is None:
        return ""
    try:
        return f"= {entry.echo(entry.read(text))}"
    except reading.Unreadable:
        return ""
