"""Everything said of what is held at once: what is counted, line by line, board or none."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.hedge import boards
from tests.core.positions.holdings import DECEMBER, SHARES, call, held, put
from vaultdesk.core.alerts.hedges import Hedges
from vaultdesk.core.calendar import trading_date
from vaultdesk.core.hedge.vocabulary import HedgeRules
from vaultdesk.core.positions.survey import NOTHING, Given, Survey, survey
from vaultdesk.core.positions.watched import watched

if TYPE_CHECKING:
    from vaultdesk.core.orders.broker import Held

CONFIG = boards.config()
ELSEWHERE = replace(put("332.5", "37"), account="Private bank")


def looked(truth: tuple[Held, ...] | None, *manual: Held, **other: object) -> Survey:
    """With 60 puts in the desk's own book, unless said otherwise."""
    parts: dict[str, object] = {
        "held": truth,
        "booked": (put("332.5", "60"),),
        "manual": manual,
        "state": CONFIG.portfolio,
        "config": CONFIG,
        "rules": HedgeRules(),
        "now": boards.NOW,
    }
    return survey(Given(**(parts | other)))  # type: ignore[arg-type]


def test_the_brokers_truth_counts_and_the_ledger_stands_beside_it() -> None:
    seen = looked((put("332.5", "63"),), ELSEWHERE)
    assert [(row.quantity, row.broker, row.ledger, row.elsewhere) for row in seen.rows] == [
        (Decimal(63), Decimal(63), Decimal(60), False),
        (Decimal(37), None, None, True),
    ]
    first, second = seen.rows
    assert first.difference is not None
    assert first.difference.amount == 3
    assert second.difference is None
    assert seen.coverage is not None
    assert seen.coverage.today.protected == 10_000
    assert seen.exposure is not None
    assert first.line == seen.exposure.lines[0]
    assert first.countdown is not None
    assert first.countdown.expiry == DECEMBER


def test_until_the_broker_has_told_the_ledger_stands_in() -> None:
    seen = looked(None)
    assert [(row.quantity, row.broker, row.ledger) for row in seen.rows] == [
        (Decimal(60), None, Decimal(60))
    ]
    assert seen.differences == ()
    assert seen.coverage is not None
    assert seen.coverage.today.protected == 6_000


def test_what_only_the_ledger_has_is_a_row_of_nothing() -> None:
    seen = looked(())
    (row,) = seen.rows
    assert (row.quantity, row.broker, row.ledger) == (Decimal(0), Decimal(0), Decimal(60))
    assert row.difference is not None
    assert seen.counted == ()


def test_options_that_have_ended_are_gone_from_both() -> None:
    over = boards.NOW + timedelta(days=161, hours=3)  # 18:00 in New York, on the last day
    seen = looked((put("332.5", "63"), held(SHARES, "1")), ELSEWHERE, now=over)
    assert [row.instrument for row in seen.rows] == [SHARES]
    assert (seen.ledger, seen.countdowns) == ((), ())
    still = looked((put("332.5", "63"),), now=over - timedelta(hours=1))
    assert len(still.rows) == 1


def test_without_a_board_there_are_neither_marks_nor_rolls_but_coverage_and_advice() -> None:
    august = boards.EXPIRIES[0]
    seen = looked((put("360", "63", august),), config=None)
    assert (seen.exposure, seen.rolls) == (None, ())
    assert seen.rows[0].line is None
    assert seen.coverage is not None
    assert seen.coverage.today.protected == 6_300
    assert [one.sure for one in seen.advice] == [True]
    assert looked((put("360", "63", august),)).rolls != ()


def test_without_a_loan_there_is_no_coverage() -> None:
    assert looked(None, state=None, config=None).coverage is None


def test_paper_protects_nothing_and_that_is_said() -> None:
    on_paper = replace(put("332.5", "63"), account="DUPAPER")
    assert looked((on_paper,)).note.startswith("63 of the puts counted are held on paper")
    assert looked((put("332.5", "63"),), ELSEWHERE).note == ""


def test_nothing_is_nothing() -> None:
    seen = looked((), booked=(), config=None, state=None)
    assert seen == NOTHING


def test_alerts_watch_every_expiry_and_what_protects_after_one_that_is_near() -> None:
    august = boards.EXPIRIES[0]
    seen = looked((put("332.5", "40", august), put("332.5", "60"), call("400", "-1", august)))
    found = watched(seen, Hedges(), known=True)
    assert [(one.subject, one.days(boards.NOW)) for one in found.endings] == [
        ("GLD 2026-08-21", 42),
        ("GLD 2026-12-18", 161),
    ]
    after = august + timedelta(days=1)
    assert (found.hedged, found.protected, found.on) == (True, Decimal("0.6"), after)


@pytest.mark.parametrize(("held", "protected"), [("100", "1"), ("63", "0.63")])
def test_what_comes_after_an_expiry_that_is_far_is_no_matter_yet(held: str, protected: str) -> None:
    found = watched(looked((put("332.5", held),)), Hedges(), known=True)
    today = trading_date(boards.NOW)
    assert (found.protected, found.on) == (Decimal(protected), today)


def test_calls_alone_are_no_hedge() -> None:
    found = watched(looked((call("400", "-1"),), booked=()), Hedges(), known=True)
    assert (found.hedged, found.protected) == (False, None)
    assert len(found.endings) == 1


def test_while_nothing_values_the_loan_a_hedge_stays_one() -> None:
    unvalued = looked((put("332.5", "63"),), state=None, config=None)
    assert watched(unvalued, Hedges(hedged=True), known=True).hedged
    assert not watched(unvalued, Hedges(), known=True).hedged


COUNTS = st.integers(-9, 9).filter(bool).map(str)
HOLDINGS = st.lists(
    st.builds(
        put,
        st.sampled_from(["300", "332.5", "400"]),
        COUNTS,
        st.sampled_from([DECEMBER, date(2026, 9, 18)]),
    ),
    max_size=4,
    unique_by=lambda one: one.instrument,
)


@given(HOLDINGS, HOLDINGS)
def test_rows_are_all_that_is_held_or_booked(truth: list[Held], bought: list[Held]) -> None:
    seen = looked(tuple(truth), booked=tuple(bought), config=None)
    assert {row.instrument for row in seen.rows} == {one.instrument for one in (*truth, *bought)}
    assert sum(row.broker or 0 for row in seen.rows) == sum(one.quantity for one in truth)
    assert sum(row.ledger or 0 for row in seen.rows) == sum(one.quantity for one in bought)
    assert all((row.difference is None) is (row.broker == row.ledger) for row in seen.rows)
