"""What is to be read before a ticket is sent, and what lets nothing be sent."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from tests.core.hedge import boards
from tests.core.orders.test_life import order
from tests.fakes.broker import buying, collar, market_of, option, ticket
from tests.fakes.feed import START
from vaultdesk.core.calendar import Hours
from vaultdesk.core.hedge.vocabulary import FeeSchedule, HedgeRules
from vaultdesk.core.market import Quality
from vaultdesk.core.orders.broker import WhatIf
from vaultdesk.core.orders.draft import OrderDraft, OrderLeg, Ticket, Tif
from vaultdesk.core.orders.estimate import estimated
from vaultdesk.core.orders.life import OrderState
from vaultdesk.core.orders.limits import Limits
from vaultdesk.core.orders.modes import DESK_ACCOUNT
from vaultdesk.core.orders.preview import Caution, Warned
from vaultdesk.core.orders.warnings import Circumstances, warnings_of

if TYPE_CHECKING:
    from vaultdesk.core.orders.instrument import InstrumentQuote

PUT, CALL = option(), option("380", "C")
QUOTES = {PUT: market_of(PUT), CALL: market_of(CALL, "7.20", "7.40")}
CONFIG = boards.config()
CLOSED = Hours(in_session=False, last_close=START, next_change=START.replace(day=13, hour=13))
OPEN = Hours(in_session=True, last_close=START, next_change=START.replace(hour=20))


def seen(**changes: Any) -> Circumstances:  # noqa: ANN401
    usual = Circumstances(
        account="DU1",
        at=START,
        held={},
        orders=(),
        limits=Limits(),
        rules=HedgeRules(),
        config=CONFIG,
        hours=OPEN,
    )
    rules = changes.get("rules", usual.rules)
    config = changes.pop("config", replace(CONFIG, rules=rules))
    return replace(usual, config=config, **changes)


def sell(instrument: Any, quantity: int, limit: str) -> OrderDraft:  # noqa: ANN401
    return OrderDraft((OrderLeg(instrument, -1),), quantity, Decimal(limit))


def found(
    what: Ticket, told: WhatIf | None = None, quotes: dict[Any, InstrumentQuote] | None = None,
    **changes: Any,  # noqa: ANN401
) -> tuple[Warned, ...]:  # fmt: skip
    market = QUOTES | (quotes or {})
    estimates = [
        estimated(
            draft, [market[leg.instrument] for leg in draft.legs], FeeSchedule(), told or WhatIf()
        )
        for draft in what.orders
    ]
    return warnings_of(what, estimates, seen(**changes))


def about(warnings: tuple[Warned, ...]) -> set[tuple[Caution, bool]]:
    return {(one.about, one.refuses) for one in warnings}


FREE = HedgeRules(free_units=Decimal(10_000))


def test_puts_covered_by_free_shares_are_sent_without_a_word() -> None:
    assert found(ticket(), rules=FREE) == ()


def test_puts_on_pledged_gold_are_exercised_into_a_short() -> None:
    (one,) = found(ticket())
    assert (one.about, one.refuses) == (Caution.SHORT_EXERCISE, False)
    assert "Puts on 500 shares" in one.sentence


def test_closing_puts_warns_of_no_exercise() -> None:
    closing = ticket(sell(PUT, 5, "-8.50"))
    assert found(closing, held={PUT: Decimal(63)}) == ()


def test_calls_that_nothing_covers_are_refused_unless_the_rules_allow_them() -> None:
    assert (Caution.NAKED_CALL, True) in about(found(ticket(collar())))
    allowed = found(ticket(collar()), rules=HedgeRules(naked_calls=True))
    assert (Caution.NAKED_CALL, False) in about(allowed)
    covered = found(ticket(collar(3)), rules=HedgeRules(free_units=Decimal(300)))
    assert Caution.NAKED_CALL not in {one.about for one in covered}


def test_selling_the_call_that_covers_another_is_naked_too() -> None:
    lower = option("360", "C")
    held = {lower: Decimal(3), CALL: Decimal(-3)}
    selling = ticket(sell(lower, 3, "-7.30"))
    quotes = {lower: market_of(lower, "7.20", "7.40")}
    assert (Caution.NAKED_CALL, True) in about(found(selling, quotes=quotes, held=held))


def test_buying_back_a_naked_call_is_never_refused() -> None:
    assert found(ticket(buying(CALL, 3, "7.30")), held={CALL: Decimal(-3)}) == ()
    part = found(ticket(buying(CALL, 2, "7.30")), held={CALL: Decimal(-3)})
    assert part == ()


@pytest.mark.parametrize("naked", [False, True])
def test_calls_are_not_sold_where_their_cover_cannot_be_judged(naked: bool) -> None:
    rules = HedgeRules(naked_calls=naked)
    warnings = found(ticket(collar()), config=None, rules=rules)
    assert (Caution.NAKED_CALL, not naked) in about(warnings)
    assert Caution.NAKED_CALL not in {one.about for one in found(ticket(), config=None)}


def test_a_wide_spread_is_said() -> None:
    wide = {PUT: market_of(PUT, "6.00", "10.00")}
    (one,) = found(ticket(buying(PUT, 5, "8.00")), quotes=wide, rules=FREE)
    assert one.about is Caution.SPREAD_WIDE
    assert "50 % of its mid" in one.sentence


@pytest.mark.parametrize(
    ("quality", "account", "refuses"),
    [
        (Quality.DELAYED, "DU1", False),
        (Quality.CACHED, "DU1", False),
        (Quality.STALE, "DU1", True),
        (Quality.SIMULATED, "DU1", True),
        (Quality.SIMULATED, "U1", True),
        (Quality.HYPOTHETICAL, "U1", True),
    ],
)
def test_quotes_that_do_not_show_the_market_are_said(
    quality: Quality, account: str, refuses: bool
) -> None:
    quotes = {PUT: market_of(PUT, quality=quality)}
    (one,) = found(ticket(), quotes=quotes, account=account, rules=FREE)
    assert (one.about, one.refuses) == (Caution.QUOTE_STALE, refuses)


def test_made_up_quotes_are_good_for_the_desks_own_paper() -> None:
    quotes = {PUT: market_of(PUT, quality=Quality.SIMULATED)}
    assert found(ticket(), quotes=quotes, account=DESK_ACCOUNT, rules=FREE) == ()


def test_nothing_is_sent_without_a_quote() -> None:
    quotes = {PUT: market_of(PUT, None, None)}
    (one,) = found(ticket(), quotes=quotes, rules=FREE)
    assert one.refuses


@pytest.mark.parametrize(
    ("draft", "words"),
    [
        (buying(PUT), "a day order waits for that session"),
        (replace(buying(PUT), tif=Tif.GTC), "the order waits until then"),
        (buying(PUT, 5, None), "whatever price it opens with"),
    ],
)
def test_a_closed_exchange_is_said(draft: OrderDraft, words: str) -> None:
    limits = Limits(market_orders=True)
    warnings = found(ticket(draft), hours=CLOSED, limits=limits, rules=FREE)
    (one,) = (one for one in warnings if one.about is Caution.OUTSIDE_SESSION)
    assert words in one.sentence
    assert "Monday 13 July 09:00 New York" in one.sentence
    assert not one.refuses


def test_what_has_expired_is_not_traded() -> None:
    past = option(expiry=date(2026, 7, 9))
    last = option(expiry=date(2026, 7, 10))
    assert about(found(ticket(buying(past)), quotes={past: market_of(past)}, rules=FREE)) == {
        (Caution.OUTSIDE_SESSION, True)
    }
    assert found(ticket(buying(last)), quotes={last: market_of(last)}, rules=FREE) == ()


def test_several_orders_may_be_filled_apart() -> None:
    other = option("315")
    ladder = ticket(buying(PUT), buying(other))
    (one,) = found(ladder, quotes={other: market_of(other)}, rules=FREE)
    assert one.about is Caution.LEGGING
    assert "2 orders" in one.sentence


def test_margin_beyond_the_equity_is_said() -> None:
    told = WhatIf(initial_after=Decimal(120_000), equity_after=Decimal(100_000))
    (one,) = found(ticket(), told, rules=FREE)
    assert (one.about, one.refuses) == (Caution.MARGIN, False)
    assert "120,000" in one.sentence
    assert found(ticket(), WhatIf(initial_after=Decimal(1), equity_after=None), rules=FREE) == ()


def test_the_brokers_own_words_are_passed_on_and_its_rejection_refuses() -> None:
    assert about(found(ticket(), WhatIf(why="Not given."), rules=FREE)) == {(Caution.BROKER, False)}
    assert about(found(ticket(), WhatIf(rejected=True), rules=FREE)) == {(Caution.BROKER, True)}


def test_an_unknown_order_of_the_same_contracts_holds_the_next_back() -> None:
    unknown = replace(order(ticket().orders[0], OrderState.UNKNOWN), title="Protect")
    warnings = found(ticket(), orders=(unknown,), rules=FREE)
    assert about(warnings) == {(Caution.UNRESOLVED, True)}
    assert found(ticket(), orders=(replace(unknown, account="DU2"),), rules=FREE) == ()
    working = replace(unknown, state=OrderState.WORKING)
    assert found(ticket(), orders=(working,), rules=FREE) == ()


@pytest.mark.parametrize(
    ("draft", "limits", "caution"),
    [
        (buying(PUT, 6), Limits(max_contracts=5), Caution.LIMIT),
        (collar(3), Limits(max_contracts=5), Caution.LIMIT),
        (buying(PUT, 5), Limits(max_notional=Decimal(4_249)), Caution.LIMIT),
        (buying(PUT, 5, "9.40"), Limits(max_from_mid=Decimal("0.10")), Caution.LIMIT),
        (buying(PUT, 5, "7.60"), Limits(max_from_mid=Decimal("0.10")), Caution.LIMIT),
        (buying(PUT, 5, "8.52"), Limits(), Caution.TICK),
        (buying(PUT, 5, None), Limits(), Caution.MARKET_ORDER),
        (buying(PUT, 5), Limits(close_only=True), Caution.CLOSE_ONLY),
        (sell(PUT, 64, "-8.50"), Limits(close_only=True), Caution.CLOSE_ONLY),
    ],
)
def test_ones_own_limits_refuse(draft: OrderDraft, limits: Limits, caution: Caution) -> None:
    rules = HedgeRules(free_units=Decimal(10_000), naked_calls=True)
    held = {PUT: Decimal(63)}
    warnings = found(ticket(draft), limits=limits, rules=rules, held=held)
    assert (caution, True) in about(warnings)
    assert warnings[0].refuses


@pytest.mark.parametrize(
    ("draft", "limits"),
    [
        (buying(PUT, 5), Limits(max_contracts=5)),
        (buying(PUT, 5), Limits(max_notional=Decimal(4_250))),
        (buying(PUT, 5, "9.35"), Limits(max_from_mid=Decimal("0.10"))),
        (sell(PUT, 63, "-8.50"), Limits(close_only=True)),
        (collar(3, "1.20"), Limits(max_from_mid=Decimal("0.01"))),
    ],
)
def test_what_is_just_within_the_limits_is_sent(draft: OrderDraft, limits: Limits) -> None:
    rules = HedgeRules(free_units=Decimal(10_000))
    warnings = found(ticket(draft), limits=limits, rules=rules, held={PUT: Decimal(63)})
    assert [one for one in warnings if one.refuses] == []


def test_an_off_tick_limit_names_the_next_legal_one() -> None:
    (one,) = found(ticket(buying(PUT, 5, "8.52")), rules=FREE)
    assert one.sentence.endswith("the next that does is 8.5.")


def test_market_orders_may_be_allowed() -> None:
    limits = Limits(market_orders=True)
    assert about(found(ticket(buying(PUT, 5, None)), limits=limits, rules=FREE)) == {
        (Caution.MARKET_ORDER, False)
    }
