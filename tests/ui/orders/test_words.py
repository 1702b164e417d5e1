"""Orders in words: nobody has to know a sign, a colour or a code."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from tests.fakes.orders import CALL, COLLAR, PUT, order
from tests.ui.orders.samples import BUY, SELL
from vaultdesk.core.orders.broker import BrokerState
from vaultdesk.core.orders.draft import OrderDraft, OrderLeg, Origin
from vaultdesk.core.orders.instrument import Instrument
from vaultdesk.core.orders.life import Mode, OrderState
from vaultdesk.ui.orders import words


@pytest.mark.parametrize(
    ("limit", "said"),
    [("3.20", "pay 3.20"), ("-0.45", "receive 0.45"), ("0", "even"), (None, "market")],
)
def test_a_net_price_says_who_pays(limit: str | None, said: str) -> None:
    assert words.net(None if limit is None else Decimal(limit)) == said


def test_a_contract_is_told_by_strike_side_and_day() -> None:
    assert words.contracts(BUY) == "GLD 332.5 put 2026-12-18"
    assert words.contract(Instrument("GLD")) == "GLD shares"


def test_a_combo_names_its_day_once_and_each_leg_with_its_sign() -> None:
    assert words.contracts(COLLAR) == "GLD +1 332.5 put, -1 385 call of 2026-12-18"
    later = OrderLeg(replace(PUT, expiry=date(2027, 1, 15)), 1)
    roll = OrderDraft((OrderLeg(PUT, -1), later), 10, Decimal(1))
    assert words.contracts(roll) == "GLD -1 332.5 put 2026-12-18, +1 332.5 put 2027-01-15"
    covered = OrderDraft((OrderLeg(Instrument("GLD"), 100), OrderLeg(CALL, -1)), 1, Decimal(1))
    assert words.contracts(covered).startswith("GLD +100 shares, -1 385 call 2026-12-18")


def test_sides_are_words_with_a_shape() -> None:
    assert [words.side(one).text for one in (BUY, SELL, COLLAR)] == ["▲ buy", "▼ sell", "◆ combo"]


def test_how_much_is_filled_and_where_it_went() -> None:
    assert words.filled(order(filled=Decimal(21))) == "21 of 63"
    assert words.account("DU1", Mode.PAPER) == "DU1 · paper"
    assert words.account("U1", Mode.LIVE) == "U1 · LIVE"


def test_a_figure_that_was_not_given_is_no_zero() -> None:
    assert words.given(None, "USD") == "not given"
    assert words.given(Decimal(0), "USD") == "0.00 USD"


def test_every_state_mode_connection_and_origin_has_words() -> None:
    assert words.STATES.keys() == set(OrderState)
    assert words.MODES.keys() == words.MEANINGS.keys() == set(Mode)
    assert words.CONNECTIONS.keys() == set(BrokerState)
    assert words.ORIGINS.keys() == set(Origin)


def test_no_two_states_read_the_same() -> None:
    said = [sign.word for sign in words.STATES.values()]
    assert len(set(said)) == len(said)
