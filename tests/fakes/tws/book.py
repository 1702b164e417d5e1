"""What the broker knows: orders, executions, positions and the numbers it gives out next."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal

from tests.fakes.tws.market import Listed, Market
from tests.fakes.tws.records import BAG_ID, BrokerOrder, Execution, Position, Refused
from tests.fakes.tws.requests import Asked, Leg, OrderRequest


@dataclass
class Book:
    """The broker's memory, which neither a client's end nor a restart of TWS wipes."""

    accounts: tuple[str, ...]
    market: Market
    next_id: int = 1
    orders: list[BrokerOrder] = field(default_factory=list)
    executions: list[Execution] = field(default_factory=list)
    positions: dict[tuple[str, int], Position] = field(default_factory=dict)
    cash: Decimal = Decimal(1_000_000)
    told_from: int = 0
    """The first execution of the day: those before are remembered and not told."""
    _fills: int = 0

    def listed(self, asked: Asked) -> Listed:
        """Raises: Refused: 200, when no contract, or more than one, answers to it."""
        if asked.sec_type == "BAG":
            return Listed(BAG_ID, asked.symbol, "BAG", local_symbol=str(BAG_ID),
                          trading_class="COMB")  # fmt: skip
        found = self.market.matching(asked)
        if len(found) != 1:
            raise Refused(200)
        return found[0]

    def place(self, client_id: int, request: OrderRequest) -> BrokerOrder:
        """A new order, or the change of the live one that has this id.

        Raises:
            Refused: The id was used (103), or is that of a live order of another kind (105).
        """
        contract = self.listed(request.contract)
        for leg in request.legs:
            self.market.by_id(leg.con_id)
        known = self.by_id(client_id, request.order_id)
        if known is not None:
            return _changed(known, contract, request)
        self.next_id = max(self.next_id, request.order_id + 1)
        order = BrokerOrder(
            client_id=client_id,
            order_id=request.order_id,
            perm_id=1_800_000_001 + len(self.orders),
            order_ref=request.order_ref,
            account=request.account or self.accounts[0],
            contract=contract,
            legs=request.legs,
            action=request.action,
            quantity=request.quantity,
            order_type=request.order_type,
            limit=request.limit,
            tif=request.tif or "DAY",
        )
        self.orders.append(order)
        return order

    def by_id(self, client_id: int, order_id: int) -> BrokerOrder | None:
        """The order that this client knows by this id."""
        for order in reversed(self.orders):
            if order_id and (order.client_id, order.order_id) == (client_id, order_id):
                return order
        return None

    def with_ref(self, order_ref: str) -> list[BrokerOrder]:
        return [order for order in self.orders if order.order_ref == order_ref]

    def execution(self, exec_id: str) -> Execution:
        """Raises: KeyError: There is none."""
        for execution in reversed(self.executions):
            if execution.exec_id == exec_id:
                return execution
        raise KeyError(exec_id)

    def forget_ids(self, next_id: int) -> None:
        """TWS after a restart: done orders have no id any more, and the next may be a used one."""
        for order in self.orders:
            if not order.alive:
                order.order_id = 0
        self.next_id = next_id

    def new_day(self) -> None:
        """What is done is not told any more; positions, live orders and ids stay."""
        self.told_from = len(self.executions)
        for order in self.orders:
            order.of_today = order.alive

    def natural(self, order: BrokerOrder) -> Decimal:
        """What it costs a share to trade at once: the ask when bought, the bid when sold."""
        if not order.legs:
            quote = self.market.quote(order.contract.con_id)
            return quote.ask if order.action == "BUY" else quote.bid
        total = Decimal(0)
        for leg in order.legs:
            quote, sign = self.market.quote(leg.con_id), 1 if leg.action == "BUY" else -1
            bought = (leg.action == "BUY") == (order.action == "BUY")
            total += sign * leg.ratio * (quote.ask if bought else quote.bid)
        return total

    def displayed(self, order: BrokerOrder) -> Decimal:
        """Contracts that could trade at once, at the natural price."""
        sizes = []
        for leg in order.legs or (Leg(order.contract.con_id, 1, "BUY", ""),):
            quote = self.market.quote(leg.con_id)
            bought = (leg.action == "BUY") == (order.action == "BUY")
            sizes.append((quote.ask_size if bought else quote.bid_size) // leg.ratio)
        return Decimal(min(sizes))

    def fill(
        self, order: BrokerOrder, contracts: Decimal, price: Decimal, at: datetime
    ) -> list[Execution]:
        """Trade so much of it: the order, the executions and the positions change."""
        order.filled += contracts
        order.paid += contracts * price
        order.last_price = price
        if order.remaining == 0:
            order.status, order.done_at = "Filled", at
        self._fills += 1
        made = list(self._rows(order, contracts, price, at))
        for execution in made:
            self._book(execution)
        return made

    def _rows(
        self, order: BrokerOrder, contracts: Decimal, price: Decimal, at: datetime
    ) -> Sequence[Execution]:
        side = "BOT" if order.action == "BUY" else "SLD"
        whole = Execution(
            self._exec_id(1), order.order_ref, order.order_id, order.client_id, order.perm_id,
            order.account, order.contract, side, contracts, price, order.filled, order.average,
            at, None if order.legs else contracts * Decimal("0.65"),
        )  # fmt: skip
        return [whole, *self._leg_rows(order, whole)]

    def _leg_rows(self, order: BrokerOrder, whole: Execution) -> Sequence[Execution]:
        """The legs at their middles, but the first, which makes up the price of the whole."""
        rows, left = [], whole.price
        for number, leg in reversed(list(enumerate(order.legs))):
            sign = 1 if leg.action == "BUY" else -1
            price = self.market.quote(leg.con_id).mid if number else sign * left / leg.ratio
            left -= sign * leg.ratio * price
            shares = whole.shares * leg.ratio
            side = "BOT" if (leg.action == "BUY") == (order.action == "BUY") else "SLD"
            rows.append(
                replace(
                    whole,
                    exec_id=self._exec_id(number + 2),
                    side=side,
                    shares=shares,
                    contract=self.market.by_id(leg.con_id),
                    price=price,
                    average=price,
                    cumulated=order.filled * leg.ratio,
                    commission=shares * Decimal("0.65"),
                )
            )
        return rows[::-1]

    def _exec_id(self, row: int) -> str:
        return f"0000e0d5.{0x65A00000 + self._fills:08x}.{row:02d}.01"

    def correct(self, exec_id: str, contracts: Decimal | None, price: Decimal | None) -> Execution:
        """The execution as it should have been, under the next number of its last group."""
        old = self.execution(exec_id)
        root, _, number = exec_id.rpartition(".")
        new = replace(
            old,
            exec_id=f"{root}.{int(number) + 1:02d}",
            shares=old.shares if contracts is None else contracts,
            price=old.price if price is None else price,
        )
        self._book(replace(old, side="SLD" if old.side == "BOT" else "BOT"), keep=False)
        self._book(new)
        for order in self.orders:
            if (order.perm_id, order.contract) == (old.perm_id, old.contract):
                order.filled += new.shares - old.shares
                order.paid += new.shares * new.price - old.shares * old.price
        return new

    def _book(self, execution: Execution, *, keep: bool = True) -> None:
        if keep:
            self.executions.append(execution)
        if execution.contract.sec_type == "BAG":
            return
        self.cash -= execution.signed * execution.price * execution.contract.size
        cost = execution.price * execution.contract.size
        self.move(execution.account, execution.contract, execution.signed, cost)

    def move(self, account: str, contract: Listed, contracts: Decimal, cost: Decimal) -> Position:
        """Add to a position; its cost is the mean of what was added on the same side."""
        held = self.positions.get((account, contract.con_id))
        before = held.contracts if held else Decimal(0)
        after = before + contracts
        if held and before * contracts < 0:
            cost = held.cost
        elif held and after:
            cost = (held.cost * before + cost * contracts) / after
        position = Position(account, contract, after, cost)
        self.positions[account, contract.con_id] = position
        return position


def _changed(known: BrokerOrder, contract: Listed, request: OrderRequest) -> BrokerOrder:
    if not known.alive:
        raise Refused(103)
    if (known.contract, known.legs, known.action) != (contract, request.legs, request.action):
        raise Refused(105)
    known.quantity, known.limit = request.quantity, request.limit
    known.order_type = request.order_type
    return known
