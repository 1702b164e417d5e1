"""What the orders of a ticket come to together."""

from dataclasses import replace
from decimal import Decimal

from tests.ui.orders.samples import BUY, SELL, estimate
from vaultdesk.core.orders.totals import Totals, totals


def test_costs_slippage_and_commission_add_up() -> None:
    paid = estimate(BUY)
    received = estimate(SELL, cost=Decimal(-753), slippage=Decimal(2), commission=Decimal(1))
    assert totals((paid, received)) == Totals(Decimal(39_000), Decimal(380), Decimal("41.95"))


def test_one_order_without_a_price_leaves_the_sum_open_and_no_figure_is_made_up() -> None:
    sums = totals((estimate(BUY), replace(estimate(SELL), cost=None)))
    assert sums.cost is None
    assert sums.slippage == 756
    assert sums.commission == Decimal("81.90")


def test_no_orders_cost_nothing() -> None:
    assert totals(()) == Totals(Decimal(0), Decimal(0), Decimal(0))
