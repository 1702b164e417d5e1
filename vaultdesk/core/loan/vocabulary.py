"""The parts a facility is made of: pledged lots, loans drawn, money in reserve, time to cure."""

from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from enum import StrEnum

GOLD_FUNDS = frozenset({"GLD", "GLDM", "IAU", "IAUM", "SGOL", "AAAU", "BAR", "OUNZ", "PHYS"})
"""Listed funds whose price is that of gold, times what a share holds."""
GOLD = "XAU"
ADVANCE_RATE = Decimal("0.70")
"""Of gold, where nothing else was agreed: what lenders advance on bars and large gold funds."""
OUNCES_PER_KILOGRAM = Decimal("32.1507465686")
"""Troy ounces of 31.1034768 g."""
OUNCES_PER_GRAM = OUNCES_PER_KILOGRAM / 1000


class Asset(StrEnum):
    """A class of collateral; lenders set an advance rate for each."""

    FUND = "fund"
    BAR = "bar"
    COIN = "coin"
    CASH = "cash"


class DayCount(StrEnum):
    """How interest counts days: 30/360 is the European one, every month has thirty."""

    ACT_360 = "act/360"
    ACT_365 = "act/365"
    THIRTY_360 = "30/360"


@dataclass(frozen=True, slots=True)
class Lot:
    """One pledged asset.

    Attributes:
        asset: its class.
        symbol: listed symbol of a fund, "XAU" of bars and coins, currency of cash.
        quantity: shares, bars or weights, coins, or an amount of money.
        advance_rate: fraction of the market value that the lender advances on it, its lending
            value; 1 less this is the haircut.
        unit: of the quantity: "share", "oz", "kg", "coin", or a currency.
        ounces_each: fine troy ounces of gold in one unit of a bar or coin; unused otherwise.
        since: first day on which it is pledged; None for always.
        until: first day on which it is not any more; None for never.
        name: as the lender calls it, may be empty.
    """

    asset: Asset
    symbol: str
    quantity: Decimal
    advance_rate: Decimal = ADVANCE_RATE
    unit: str = "share"
    ounces_each: Decimal = Decimal(1)
    since: date | None = None
    until: date | None = None
    name: str = ""

    @property
    def is_gold(self) -> bool:
        """Whether its price moves with gold's."""
        return self.asset in (Asset.BAR, Asset.COIN) or self.symbol in GOLD_FUNDS


@dataclass(frozen=True, slots=True)
class Tranche:
    """One loan drawn under the facility.

    Attributes:
        principal: what was drawn, in `currency`.
        currency: three letters.
        rate: interest per year, a fraction.
        day_count: how days are counted.
        capitalising: interest due is added to the principal; else it is paid from elsewhere.
        period_months: interest is due every so many months from `since`; 0 is at the end.
        since: the day interest runs from; None runs none.
        until: the day it is repaid; None where that is open.
        fees: owed besides, in `currency`.
        name: as the lender calls it, may be empty.
    """

    principal: Decimal
    currency: str = "USD"
    rate: Decimal = Decimal(0)
    day_count: DayCount = DayCount.ACT_360
    capitalising: bool = False
    period_months: int = 0
    since: date | None = None
    until: date | None = None
    fees: Decimal = Decimal(0)
    name: str = ""


@dataclass(frozen=True, slots=True)
class Reserve:
    """Money of one's own elsewhere, and how many banking days it takes to reach the lender."""

    amount: Decimal
    currency: str = "USD"
    banking_days: int = 1
    name: str = ""


@dataclass(frozen=True, slots=True)
class CureTerms:
    """How long a margin call may stand before the lender sells.

    `count` banking days, or hours if `hours`, from a notice; one that comes after the `cut_off`
    (in `zone`) counts from the next banking day. `calendar` names the exchange whose holidays
    stand for the bank's. 0 lets the lender sell without notice.
    """

    count: int = 2
    hours: bool = False
    cut_off: time = time(16, 0)
    zone: str = "Europe/Zurich"
    calendar: str = "XSWX"

    def reached_by(self, reserve: Reserve) -> bool:
        """Whether money comes in time, counted in banking days or in days of 24 hours."""
        allowed = self.count // 24 if self.hours else self.count
        return reserve.banking_days <= allowed


TWO_BANKING_DAYS = CureTerms()
"""Swiss practice."""
