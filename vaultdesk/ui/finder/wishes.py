"""What is asked of the finder: how each field is read, and what is wrong with one."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from vaultdesk.ui import reading
from vaultdesk.ui.format import dated, number, units
from vaultdesk.ui.loan.fields import Entry, level, whole
from vaultdesk.ui.manner import FILES, Manner, current, following
from vaultdesk.ui.translation import tr

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from vaultdesk.core.hedge.finder import FindRequest
    from vaultdesk.core.hedge.vocabulary import HedgeRules, Use

BELOW_CALL = Decimal("0.05")
"""The usual limit is this much below the lender's call level."""
USUAL_FALL, USUAL_DAYS = Decimal("0.30"), 90


def _between(low: Decimal, high: Decimal, text: str, why: str) -> Decimal:
    value = reading.level(text)
    if not low <= value <= high:
        raise reading.Unreadable(why)
    return value


def _limit(text: str) -> Decimal:
    why = tr("The LTV is between 1 % and 100 %.")
    return _between(Decimal("0.01"), Decimal(1), text, why)


def _fall(text: str) -> Decimal:
    return _between(Decimal(0), Decimal("0.95"), text, tr("The fall is between 0 % and 95 %."))


def _spread(text: str) -> Decimal:
    return _between(
        Decimal(0), Decimal(2), text, tr("The spread is between 0 % and 200 % of the mid.")
    )


def _budget(text: str) -> Decimal | None:
    if not text.strip():
        return None
    value = reading.amount(text)
    if value < 0:
        raise reading.Unreadable(tr("The budget is not below 0; leave it empty for any."))
    return value


def _interest(text: str) -> int:
    value = whole(text)
    if value < 0:
        raise reading.Unreadable(tr("Open interest is not below 0."))
    return value


ENTRIES = (
    Entry("max_ltv", tr("LTV at &most"), "70 %", tr("The bank's LTV is to stay at or below this"),
          _limit,
          level),
    Entry("max_fall", tr("For every &fall to"), "30 %",
          tr("How far gold may fall from its price of now"),
          _fall, level),
    Entry("budget", tr("&Budget"), tr("any"),
          tr("The most that premium and commission may come to; empty for any"), _budget,
          lambda value: "" if value is None else units(value)),
    Entry("max_spread", tr("&Widest spread"), "25 %",
          tr("Contracts with a wider spread, in per cent of their mid, are left out"), _spread,
          level),
    Entry("min_open_interest", tr("Least &open interest"), "0",
          tr("Contracts of which fewer are open are left out"), _interest),
)  # fmt: skip
"""The fields that are typed."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """All that is asked for; ratios are fractions, the budget is in the options' currency."""

    max_ltv: Decimal
    max_fall: Decimal
    horizon: date
    budget: Decimal | None
    collars: bool
    use: Use
    max_spread: Decimal
    min_open_interest: int

    def request(self) -> FindRequest:
        """The part that is the finder's."""
        from vaultdesk.core.hedge.finder import FindRequest  # noqa: PLC0415 (NumPy, SciPy)

        return FindRequest(self.max_ltv, self.max_fall, self.horizon, self.budget, self.collars)

    def rules(self, rules: HedgeRules) -> HedgeRules:
        """The rules with the part that is theirs."""
        return replace(
            rules,
            use=self.use,
            max_spread=self.max_spread,
            min_open_interest=self.min_open_interest,
        )

    @property
    def words(self) -> str:
        """What is asked for, in one sentence."""
        budget = (
            ""
            if self.budget is None
            else tr(" for {budget} at most").format(budget=number(self.budget, 0))
        )
        return tr(
            "The cheapest hedge with an LTV of {max_ltv} at most, for every fall "
            "down to {max_fall}, on every day until {horizon}{budget}."
        ).format(
            max_ltv=level(self.max_ltv),
            max_fall=level(self.max_fall),
            horizon=dated(self.horizon),
            budget=budget,
        )


def read_all(texts: Mapping[str, str]) -> tuple[dict[str, object], dict[str, str]]:
    """The typed fields by name, and for those that are not understood, why."""
    values: dict[str, object] = {}
    wrong: dict[str, str] = {}
    for entry in ENTRIES:
        try:
            values[entry.name] = entry.read(texts[entry.name])
        except reading.Unreadable as error:
            wrong[entry.name] = str(error)
    return values, wrong


def collars_sentence(rules: HedgeRules, *, allowed: bool) -> str:
    """What selling calls would mean."""
    if not allowed:
        return tr("Puts only: nothing is sold.")
    if rules.naked_calls:
        return tr(
            "Calls may be sold that no free share covers: a naked short, for which "
            "the broker asks margin, and which a rise of gold has to be paid for in "
            "cash."
        )
    if rules.free_units:
        return tr("Calls are sold only as far as your {free_units} free shares cover.").format(
            free_units=units(rules.free_units)
        )
    return tr(
        "No call can be sold yet: the gold is pledged and covers none. Enter "
        "free shares or allow naked calls in the Strategy panel."
    )


def written(texts: Mapping[str, str]) -> str:
    """What was typed, as one line of text, its numbers as files have them."""
    return json.dumps(_converted(texts, current(), FILES))


def parsed(text: str) -> dict[str, str]:
    """The texts of such a line; empty for anything else."""
    try:
        kept = json.loads(text or "{}")
    except ValueError:
        return {}
    if not isinstance(kept, dict):
        return {}
    known = {entry.name for entry in ENTRIES} | {"collars"}
    texts = {name: text for name, text in kept.items() if name in known and isinstance(text, str)}
    return _converted(texts, FILES, current())


def _converted(texts: Mapping[str, str], old: Manner, new: Manner) -> dict[str, str]:
    """Texts of fields in another manner; those that are not understood stay as they are."""
    made = dict(texts)
    for entry in ENTRIES if old != new else ():
        with suppress(KeyError, reading.Unreadable):
            with following(old):
                value = entry.read(texts[entry.name])
            with following(new):
                made[entry.name] = entry.write(value)
    return made
