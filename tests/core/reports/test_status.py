"""The document on a loan says what the engine says of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from tests.fakes.reports import NOW, TERMS, alert, gold, put, snapshot
from vaultdesk.core.loan.prices import Unvalued
from vaultdesk.core.loan.valuation import value_loan
from vaultdesk.core.market import Quality
from vaultdesk.core.orders.broker import Held
from vaultdesk.core.reports.document import Chart, Paragraph, Report, Section, Table
from vaultdesk.core.reports.figures import money, number, percent
from vaultdesk.core.reports.records import HISTORY, LoanRecord, point
from vaultdesk.core.reports.status import CALM, NOTHING_HELD, loan_report

PATH = tuple(
    point(snapshot(NOW - timedelta(days=80) + timedelta(hours=h), "340")) for h in range(50)
)
RECORD = LoanRecord(
    terms=TERMS,
    quotes=(gold("290"),),
    at=NOW + timedelta(seconds=75),
    zone="Europe/Zurich",
    program="9.9",
    path=PATH,
    held=(Held("DP1", put(), Decimal(100), Decimal("8.37")),),
    alerts=(alert(),),
)


def section(report: Report, title: str) -> Section:
    return next(one for one in report.sections if one.title == title)


def rows(part: Section) -> dict[str, tuple[str, ...]]:
    return {row[0]: row[1:] for one in part.parts if isinstance(one, Table) for row in one.rows}


def test_the_figures_are_the_engines() -> None:
    report = loan_report(RECORD, "ab")
    state = value_loan(TERMS, {"GLD": gold("290")}, RECORD.at)
    loan, cures = rows(section(report, "The loan")), rows(section(report, "Cures"))
    assert loan["LTV"] == (f"{percent(state.ltv)} (warning)",)
    assert loan["Headroom"] == (money(state.headroom, "USD"),)
    assert cures["Repay"] == (money(state.cure.repay, "USD"),)
    pledge = f"{money(state.cure.pledge, 'USD')}, {number(state.cure.pledge_units)} of GLD"
    assert cures["Pledge more"] == (pledge,)
    assert state.cure.sell is not None
    assert cures["Sell and repay with it"][0].startswith(money(state.cure.sell, "USD"))
    assert dict(report.summary)["Margin call at a price of"] == (
        "280.00 USD (GLD is at 290.00, from test)"
    )


def test_each_price_has_source_quality_and_age() -> None:
    (row,) = rows(section(loan_report(RECORD, "ab"), "Prices")).values()
    assert row[-3:] == ("1 min 15 s", "LIVE", "test")


def test_history_hedges_and_alerts_are_in_it() -> None:
    report = loan_report(RECORD, "ab")
    history = section(report, "LTV of the last 90 days")
    (chart,) = [part for part in history.parts if isinstance(part, Chart)]
    assert chart.x[-1].at - chart.x[0].at == HISTORY.total_seconds()
    assert rows(section(report, "Hedges held")) == {
        "GLD 300 put of 2026-12-18": ("100", "8.37", "USD", "161", "DP1")
    }
    (alerts,) = rows(section(report, "Alerts open")).values()
    assert alerts[:2] == ("Warning", "LIVE")


def test_without_them_it_says_so() -> None:
    report = loan_report(replace(RECORD, path=(), held=(), alerts=()), "ab")
    said = [part.text for one in report.sections for part in one.parts
            if isinstance(part, Paragraph)]  # fmt: skip
    assert {NOTHING_HELD, CALM} <= set(said)
    assert any("did not watch" in one for one in said)


@pytest.mark.parametrize("quality", [Quality.DELAYED, Quality.STALE, Quality.SIMULATED])
def test_a_doubtful_price_or_past_marks_every_page(quality: Quality) -> None:
    assert loan_report(RECORD, "ab").mark == ""
    assert loan_report(replace(RECORD, quotes=(gold("290", quality),)), "ab").mark == quality.value
    past = (*PATH, replace(PATH[0], quality=quality))
    assert loan_report(replace(RECORD, path=past), "ab").mark == quality.value


def test_a_record_without_its_price_is_refused() -> None:
    with pytest.raises(Unvalued):
        loan_report(replace(RECORD, quotes=()), "ab")
