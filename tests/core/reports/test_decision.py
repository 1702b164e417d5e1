"""The document of a decision says what the engine says, in words and numbers of one kind."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.hedge.boards import EXPIRIES, NOW, RATE, SPOT, chain, gold, pledge, requoted
from vaultdesk.core.hedge.compare import Profile, compare
from vaultdesk.core.hedge.finder import FindRequest, find
from vaultdesk.core.hedge.inputs import HedgeInputs, configured
from vaultdesk.core.hedge.pictures.payoff import Measure, curves
from vaultdesk.core.hedge.position import Position
from vaultdesk.core.hedge.strategies.protective_put import ProtectivePut
from vaultdesk.core.hedge.vocabulary import HedgeRules, Use
from vaultdesk.core.loan.vocabulary import Asset, Lot
from vaultdesk.core.market import Quality
from vaultdesk.core.reports.alternatives import worst_within
from vaultdesk.core.reports.decision import Made, comparison_report, found_report
from vaultdesk.core.reports.document import Chart, Heading, Paragraph, Points, Stroke, Table
from vaultdesk.core.reports.figures import age, moments, number, percent, price

if TYPE_CHECKING:
    from vaultdesk.core.hedge.compare import Comparison
    from vaultdesk.core.hedge.config import StrategyConfig
    from vaultdesk.core.hedge.finder import Found
    from vaultdesk.core.loan.terms import Facility
    from vaultdesk.core.market import Chain
    from vaultdesk.core.reports.document import Report, Section

CHAINS = tuple(chain(day) for day in EXPIRIES[:3])
REQUEST = FindRequest(Decimal("0.70"), Decimal("0.30"), EXPIRIES[2])
SHA = "ab" * 32


def inputs(
    chains: tuple[Chain, ...] = CHAINS,
    quality: Quality = Quality.LIVE,
    rules: HedgeRules | None = None,
    terms: Facility | None = None,
) -> HedgeInputs:
    quotes = (gold(quality=quality),)
    return HedgeInputs(terms or pledge(), quotes, chains, NOW, rules or HedgeRules(), RATE)


def compared(given: HedgeInputs) -> tuple[Report, Comparison]:
    comparison = compare(configured(given))
    return comparison_report(Made(given, "9.9", SHA), comparison), comparison


def searched(given: HedgeInputs, request: FindRequest = REQUEST) -> tuple[Report, Found]:
    config = configured(given)
    found = find(config, request)
    return found_report(Made(given, "9.9", SHA), found, compare(config)), found


def section(report: Report, title: str) -> Section:
    return next(one for one in report.sections if one.title == title)


def tables(part: Section) -> list[Table]:
    return [one for one in part.parts if isinstance(one, Table)]


def values(table: Table, column: int = 1) -> dict[str, str]:
    return {row[0]: row[column] for row in table.rows}


def words(part: Section) -> str:
    said: list[str] = []
    for one in part.parts:
        match one:
            case Heading(text) | Paragraph(text, _):
                said.append(text)
            case Points(items):
                said += items
            case Table(_, rows):
                said += [" ".join(row) for row in rows]
            case _:
                pass
    return "\n".join(said)


@given(
    st.decimals("-1e12", "1e12", places=6),
    st.integers(0, 4),
    st.booleans(),
)
def test_a_printed_number_reads_back_as_the_rounded_one(
    value: Decimal, places: int, signed: bool
) -> None:
    text = number(value, places, signed=signed)
    assert Decimal(text.replace(",", "")) == value.quantize(
        Decimal(1).scaleb(-places), ROUND_HALF_UP
    )
    assert re.fullmatch(r"[+-]?\d{1,3}(,\d{3})*(\.\d+)?", text)
    assert not re.fullmatch(r"[+-][0.,]+", text)
    assert (text[0] == "+") == (signed and Decimal(text.replace(",", "")) > 0)


def test_prices_keep_the_digits_of_their_source() -> None:
    assert [price(Decimal(x)) for x in ("350", "3.1", "0.1234")] == ["350.00", "3.10", "0.1234"]
    assert [percent(x) for x in (Decimal("0.6"), float("inf"), None)] == ["60.00 %", "none", "none"]


def test_times_are_told_by_both_clocks_and_ages_in_two_units() -> None:
    assert moments(NOW) == "2026-07-10 20:00:00 UTC (2026-07-10 16:00:00 New York)"
    told = [age(timedelta(seconds=s)) for s in (-3, 59, 60, 3_725, 90_061)]
    assert told == ["0 s", "59 s", "1 min 0 s", "1 h 2 min", "1 d 1 h"]


def test_a_comparison_tells_the_first_of_each_profile_and_every_sentence() -> None:
    report, comparison = compared(inputs())
    rationale = words(section(report, "Rationale"))
    summary = dict(report.summary)
    for profile in Profile:
        winner = comparison.winner(profile)
        assert winner is not None
        name = {"cost_sensitive": "Cost-sensitive"}.get(profile, profile.capitalize())
        assert summary[name] == winner.strategy.title
        assert section(report, f"Hedge: {winner.strategy.title}")
        for rank in comparison.ranks[profile]:
            assert rank.sentence in rationale
    assert sum(one.title.startswith("Hedge: ") for one in report.sections) < len(Profile)


def test_every_candidate_stands_among_the_alternatives_with_its_numbers() -> None:
    report, comparison = compared(inputs())
    part = section(report, "All hedges compared, and why others were rejected")
    rows = {row[0]: row for row in tables(part)[0].rows}
    assert list(rows) == [one.strategy.title for one in comparison.candidates]
    for one in comparison.candidates:
        row = rows[one.strategy.title]
        if one.cost is None or one.protection is None:
            assert row[-1] == f"not built: {one.problem}"
            continue
        assert row[1:6] == (
            number(one.cost.total),
            number(one.cost.annualised),
            percent(one.protection.hedged_ltv),
            percent(one.protection.worst_ltv),
            str(one.protection.guaranteed_until),
        )
        assert row[-1].startswith("dominated") == one.dominated
    assert {one.dominated for one in comparison.candidates} == {True, False}


def test_a_hedge_is_told_whole_and_before_rounding() -> None:
    report, comparison = compared(inputs(terms=pledge(Decimal(10_050))))
    winner = comparison.winner(Profile.CONSERVATIVE)
    assert winner is not None
    part = section(report, f"Hedge: {winner.strategy.title}")
    legs, costs, protections, *_ = tables(part)
    exact, floor = winner.strategy.calculate_cost(whole=False), winner.strategy.calculate_protection
    assert winner.cost is not None
    assert values(costs, 1)["Total"] == f"{number(winner.cost.total)} USD"
    assert values(costs, 2)["Total"] == f"{number(exact.total)} USD"
    assert values(costs, 1)["Total"] != values(costs, 2)["Total"]
    for column, whole in ((1, True), (2, False)):
        told = values(protections, column)["Least value at expiry"]
        assert told == f"{number(floor(whole=whole).floor_value)} USD"
    leg = winner.strategy.position.legs[0]
    assert legs.rows[0][1:5] == (
        price(leg.listed.quote.bid),
        price(leg.listed.quote.ask),
        price(leg.listed.mid),
        price(leg.price()),
    )
    assert f"{number(leg.ideal, 4)} contracts before rounding" in words(part)
    assert leg.wanted in words(part)


def test_every_figure_of_cost_and_protection_has_its_own_row() -> None:
    rules = HedgeRules(use=Use.BROKER, naked_calls=True, max_fall=Decimal("0.35"))
    report, comparison = compared(inputs(rules=rules, terms=pledge(Decimal(10_050))))
    winner = comparison.winner(Profile.COST_SENSITIVE)
    assert winner is not None
    assert winner.cost is not None
    assert winner.protection is not None
    cost, guard = winner.cost, winner.protection
    legs, costs, protections, *_ = tables(section(report, f"Hedge: {winner.strategy.title}"))
    assert len(cost.legs) == len(legs.rows) == 2
    for part, row in zip(cost.legs, legs.rows, strict=True):
        assert row[5] == percent(part.leg.listed.volatility)
        assert row[-2:] == (number(part.premium), number(part.mid))
    amounts = (cost.premium, cost.at_mid, cost.at_ask, cost.spread_cost, cost.commission)
    assert [row[1] for row in costs.rows] == [
        *(f"{number(amount)} USD" for amount in (*amounts, cost.total)),
        f"{number(cost.per_share, 4)} USD",
        str(cost.days),
        f"{number(cost.annualised)} USD",
        percent(cost.of_portfolio, 4),
        f"{number(cost.financing)} USD",
        percent(cost.break_even, 4),
        f"{number(cost.pays_below)} USD",
    ]
    assert [row[1] for row in protections.rows] == [
        f"{number(guard.threshold_price)} USD",
        f"{number(guard.payoff_at_threshold)} USD",
        percent(guard.hedged_ltv),
        percent(guard.economic_ltv),
        "lost",
        f"{number(guard.floor_value)} USD",
        str(guard.guaranteed_until),
        number(guard.protected_units, 4),
        number(guard.unprotected_units, 4),
        (
            f"{percent(guard.worst_ltv)} at {percent(guard.worst_move, signed=True)} "
            f"in {guard.worst_day} d"
        ),
        percent(guard.worst_unhedged),
    ]
    assert guard.hedged_ltv != guard.economic_ltv


def test_scenarios_are_the_ones_of_the_engine() -> None:
    report, comparison = compared(inputs())
    winner = comparison.winner(Profile.BALANCED)
    assert winner is not None
    ratios, amounts = tables(section(report, f"Hedge: {winner.strategy.title}"))[-2:]
    for one, ratio, amount in zip(
        winner.strategy.get_scenarios(), ratios.rows, amounts.rows, strict=True
    ):
        assert ratio[1:4] == (
            number(one.spot),
            percent(one.unhedged_ltv),
            percent(one.hedged_ltv),
        )
        assert (ratio[-1] == "avoided") == one.call_avoided
        assert (ratio[-1] == "no") == (not one.call_triggered)
        assert amount[1:] == tuple(
            number(x)
            for x in (
                *(one.payoff, one.intrinsic, one.after_spread),
                *(one.net_value, one.equity, one.cure),
            )
        )


def test_a_call_that_the_hedge_does_not_avoid_is_called() -> None:
    report, comparison = compared(inputs(rules=HedgeRules(use=Use.BROKER)))
    winner = comparison.winner(Profile.BALANCED)
    assert winner is not None
    ratios = tables(section(report, f"Hedge: {winner.strategy.title}"))[-2]
    assert ratios.rows[0][-1] == "called"


def test_the_chart_is_the_engines_curves_between_the_lenders_levels() -> None:
    report, comparison = compared(inputs())
    winner = comparison.winner(Profile.BALANCED)
    assert winner is not None
    assert winner.cost is not None
    part = section(report, f"Hedge: {winner.strategy.title}")
    chart = next(one for one in part.parts if isinstance(one, Chart))
    drawn = {curve.stroke: np.array(curve.points) for curve in chart.curves}
    spots = drawn[Stroke.MAIN][:, 0]
    engine = curves(comparison.config, winner.strategy.position, spots, [winner.cost.days, 0])
    np.testing.assert_array_equal(drawn[Stroke.MAIN][:, 1], engine.hedged(Measure.LTV))
    np.testing.assert_array_equal(drawn[Stroke.DASHED][:, 1], engine.hedged(Measure.LTV, 1))
    np.testing.assert_array_equal(drawn[Stroke.FAINT][:, 1], engine.unhedged(Measure.LTV))
    assert [tick.at for tick in chart.levels] == [0.75, 0.85]
    assert [tick.at for tick in chart.marks] == [float(SPOT)]
    ats = [tick.at for tick in chart.y]
    assert ats == sorted(ats)
    assert ats[0] <= engine.ltv.min()
    assert ats[-1] >= 0.85


def test_a_refused_quote_is_counted_with_its_reason() -> None:
    name = f"GLD{EXPIRIES[0]:%y%m%d}P00350000"
    without = requoted(CHAINS[0], name, None, "8.00")
    before, after = (
        tables(section(compared(inputs((first, *CHAINS[1:])))[0], "Inputs"))[1].rows[0]
        for first in (CHAINS[0], without)
    )
    assert int(before[5]) == int(after[5]) == len(without.rows)
    assert int(after[6]) == int(before[6]) - 1
    assert "ONE-SIDED" not in before[7]
    assert "1 ONE-SIDED" in after[7]
    counted = sum(int(count) for count in re.findall(r"\d+", after[7]))
    assert counted == int(after[5]) - int(after[6])


def test_ages_and_qualities_of_all_that_went_in() -> None:
    old = replace(CHAINS[0], at=NOW - timedelta(minutes=3), quality=Quality.DELAYED)
    report, _ = compared(inputs((old, *CHAINS[1:])))
    quotes, chains = tables(section(report, "Inputs"))
    assert quotes.rows[0][3:] == (*("350.00", "USD", "2026-07-10 20:00:00", "0 s", "LIVE", "made"),)
    assert chains.rows[0][:5] == (
        *(str(EXPIRIES[0]), "2026-07-10 19:57:00", "3 min 0 s", "DELAYED", "made"),
    )
    assert len(chains.rows) == len(CHAINS)
    assert report.mark == "DELAYED"


def test_rates_and_their_sources_are_told_for_each_expiry() -> None:
    report, comparison = compared(inputs())
    rates = tables(section(report, "Model and assumptions"))[0]
    for row, day in zip(rates.rows, EXPIRIES[:3], strict=True):
        smile = comparison.config.board.smiles[day]
        assert row[0] == str(day)
        assert row[2] == percent(smile.forward.rate)
        assert row[4].startswith(f"from parity of {smile.forward.pairs_used} pairs")
    one_sided = replace(CHAINS[0], rows=tuple(row for row in CHAINS[0].rows if row.right == "P"))
    report, _ = compared(inputs((one_sided, *CHAINS[1:])))
    rates = tables(section(report, "Model and assumptions"))[0]
    assert rates.rows[0][2] == percent(RATE)
    assert rates.rows[0][4].startswith("from the settings")


@pytest.mark.parametrize(
    ("quality", "mark"),
    [(Quality.LIVE, ""), (Quality.SIMULATED, "SIMULATED"), (Quality.CACHED, "CACHED")],
)
def test_what_is_not_live_is_marked(quality: Quality, mark: str) -> None:
    report, _ = compared(inputs(quality=quality))
    assert report.mark == mark
    assert report.footer == f"record SHA-256 {SHA}"


def test_a_recording_is_marked_by_its_source() -> None:
    played = tuple(replace(one, source="made (recorded)") for one in CHAINS)
    report, _ = compared(inputs(played))
    assert report.mark == "RECORDED"


def test_stale_prices_recommend_nothing_and_describe_no_hedge() -> None:
    report, comparison = compared(inputs(quality=Quality.STALE))
    assert comparison.problem
    assert comparison.problem in words(section(report, "Decision"))
    assert not [one for one in report.sections if one.title.startswith("Hedge: ")]
    assert dict(report.summary)["Balanced"] == "nothing is recommended"


def test_a_search_tells_its_hedge_its_proof_and_what_was_asked() -> None:
    report, found = searched(inputs())
    assert not found.problem
    assert found.position.legs
    decision = section(report, "Decision")
    assert f"{number(found.cost)} USD to pay" in words(decision)
    for leg in found.position.legs:
        assert f"uy {leg.contracts:f} of the {leg.listed.words}" in words(decision)
    asked = values(tables(decision)[0])
    assert asked["LTV never above"] == "70.00 %"
    assert asked["On every day until"] == str(REQUEST.horizon)
    rationale = section(report, "Rationale")
    assert Points(found.proof) in rationale.parts
    assert percent(found.worst_ltv, 3) in values(tables(rationale)[0])["Worst LTV"]


@pytest.mark.parametrize(("style", "words_of_it"), [("american", "any time"), ("european", "only")])
def test_the_model_says_how_options_are_exercised(style: str, words_of_it: str) -> None:
    report, _ = compared(replace(inputs(), style=style))
    said = words(section(report, "Model and assumptions"))
    assert f"Options are {style.capitalize()}: " in said
    assert words_of_it in said.partition("\n")[0]


def test_a_collar_is_told_as_one_sentence() -> None:
    report, comparison = compared(inputs(rules=HedgeRules(naked_calls=True)))
    winner = comparison.winner(Profile.COST_SENSITIVE)
    assert winner is not None
    assert winner.position is not None
    put, call = winner.position.legs
    said = words(section(report, "Decision"))
    assert f"Buy 100 of the {put.listed.words}, sell 100 of the {call.listed.words}, " in said
    warned = section(report, f"Hedge: {winner.strategy.title}")
    assert Points(winner.position.warnings) in warned.parts
    assert len(winner.position.warnings) > 1


def test_alternatives_to_a_search_hold_and_cost_more_or_do_not_hold() -> None:
    report, found = searched(inputs())
    rows = tables(section(report, "Rejected alternatives"))[0].rows
    verdicts = [row[-1] for row in rows if row[1] != "none"]
    assert any(verdict.startswith("holds, costs") for verdict in verdicts)
    assert any(verdict.startswith("does not hold: LTV up to") for verdict in verdicts)
    assert not any("less" in verdict for verdict in verdicts)
    assert found.gap == 0
    part = words(section(report, "Rejected alternatives"))
    assert "no other combination of them that holds costs less" in part


def test_a_search_in_vain_says_why_and_describes_no_hedge() -> None:
    report, found = searched(inputs(rules=HedgeRules(use=Use.BROKER)))
    assert found.problem
    assert found.problem in words(section(report, "Decision"))
    assert not [one for one in report.sections if one.title.startswith("Hedge: ")]
    assert "no other combination" not in words(section(report, "Rejected alternatives"))


def test_a_budget_that_is_too_small_leaves_alternatives_that_break_it() -> None:
    report, found = searched(inputs(), replace(REQUEST, budget=Decimal(5_000)))
    assert "more than the budget" in found.problem
    part = section(report, "Rejected alternatives")
    assert "no other combination" not in words(part)
    verdicts = [row[-1] for row in tables(part)[0].rows]
    assert "holds, but breaks a limit of the search" in verdicts


def test_a_request_that_cannot_be_looked_at_is_told_as_that() -> None:
    report, found = searched(inputs(), replace(REQUEST, horizon=NOW.date() - timedelta(days=1)))
    assert "is over" in found.problem
    verdicts = {row[-1] for row in tables(section(report, "Rejected alternatives"))[0].rows}
    assert "not looked at" in verdicts


def test_a_loan_that_holds_by_itself_needs_none() -> None:
    report, found = searched(inputs(), replace(REQUEST, max_fall=Decimal("0.05")))
    assert not found.problem
    assert "No hedge is needed" in words(section(report, "Decision"))
    assert "It has no legs" in words(section(report, "Hedge: cheapest that holds"))


def test_the_worst_within_a_request_counts_the_days_after_a_leg_has_ended() -> None:
    config: StrategyConfig = configured(inputs())
    put = compare(config).candidates[0].position
    assert put is not None
    until = put.guaranteed_until
    assert until is not None
    holds = worst_within(config, put, replace(REQUEST, horizon=until))
    after = worst_within(config, put, replace(REQUEST, horizon=until + timedelta(days=1)))
    alone = worst_within(config, Position(()), replace(REQUEST, horizon=until))
    assert holds < 0.61
    assert after == pytest.approx(alone) == pytest.approx(0.60 / 0.70)


def test_the_worst_within_a_request_looks_at_the_day_after_an_expiry_by_itself() -> None:
    """Two days later more gold is pledged: on no other day the loan stands as badly."""
    end = EXPIRIES[0]
    more = Lot(Asset.FUND, "GLD", Decimal(10_000), since=end + timedelta(days=2))
    terms = replace(pledge(), lots=(*pledge().lots, more))
    config = configured(inputs(terms=terms))
    strategy = ProtectivePut(config, days=(end - NOW.date()).days)
    assert strategy.position.guaranteed_until == end
    reached = worst_within(config, strategy.position, REQUEST)
    assert reached == pytest.approx(0.60 / 0.70)
