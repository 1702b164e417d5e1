"""The terms of a loan against pledged units, and the rules that terms must keep."""

import re
from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal

_SYMBOL = re.compile(r"[A-Z0-9][A-Z0-9.=^-]{0,14}")
_CURRENCY = re.compile(r"[A-Z]{3}")
_LARGEST = Decimal("1e15")


class TermsError(ValueError):
    """Terms break a rule; `field` names which, the text says how to mend it."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


@dataclass(frozen=True, slots=True)
class LoanTerms:
    """What is pledged and owed from one moment on.

    `units` of `symbol` are pledged against `amount` of `currency`. `call_ltv` and `closeout_ltv`
    are fractions of market value (0.75 is 75 %). `since` and `who` say when this version was
    written and by whom; a version is never edited.

    Raises:
        TermsError: A value breaks a rule.
    """

    symbol: str
    units: Decimal
    amount: Decimal
    currency: str
    call_ltv: Decimal
    closeout_ltv: Decimal
    since: datetime
    who: str = ""

    def __post_init__(self) -> None:
        if self.since.tzinfo is None:
            raise TermsError("since", "The time of a version of terms needs its time zone.")
        for name, sentence in problems(
            self.symbol, self.units, self.amount, self.currency, self.call_ltv, self.closeout_ltv
        ).items():
            raise TermsError(name, sentence)


def problems(
    symbol: str,
    units: Decimal,
    amount: Decimal,
    currency: str,
    call_ltv: Decimal,
    closeout_ltv: Decimal,
) -> dict[str, str]:
    """What is wrong with proposed terms: field name to a sentence; empty when they are sound."""
    wrong: dict[str, str] = {}
    if not _SYMBOL.fullmatch(symbol):
        wrong["symbol"] = "The symbol must be one listed symbol in capitals, such as GLD."
    if not 0 < units < _LARGEST:
        wrong["units"] = "The units pledged must be more than zero."
    if not 0 < amount < _LARGEST:
        wrong["amount"] = "The loan amount must be more than zero."
    if not _CURRENCY.fullmatch(currency):
        wrong["currency"] = "The currency must be a three-letter code such as USD."
    if not 0 < call_ltv < 1:
        wrong["call_ltv"] = "The margin-call LTV must lie between 0 % and 100 %."
    if not 0 < closeout_ltv <= 1:
        wrong["closeout_ltv"] = "The close-out LTV must lie between 0 % and 100 %."
    elif call_ltv >= closeout_ltv:
        wrong.setdefault("call_ltv", "The margin call must come before the close-out: lower it.")
    return wrong


def same_terms(first: LoanTerms, second: LoanTerms) -> bool:
    """Whether two versions differ in nothing but when and by whom they were written."""
    return all(
        getattr(first, field.name) == getattr(second, field.name)
        for field in fields(LoanTerms)
        if field.name not in ("since", "who")
    )
