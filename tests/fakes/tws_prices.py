"""A fake TWS with more of a market: pairs, adjusted options, trade times, history, slow answers."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from decimal import Decimal

from tests.fakes.tws import FakeTws, Listed, Market, Quote, dispatch, gld_market, quotes
from tests.fakes.tws.frame import Frames
from tests.fakes.tws.messages import Message
from tests.fakes.tws.requests import Asked, Fields, asked, market_data
from tests.fakes.tws.session import Session
from tests.fakes.tws.world import problem

EURUSD = Listed(
    12_087_792, "EUR", "CASH", exchange="IDEALPRO", local_symbol="EUR.USD", trading_class="EUR.USD"
)
XAUUSD = Listed(69_067_924, "XAUUSD", "CMDTY", local_symbol="XAUUSD", trading_class="XAUUSD")
NEAR = 10
"""How far the strikes lie from the price: few, because the library sends only so many a second."""
TRADED_AT = datetime(2026, 3, 20, 15, 30, 1, tzinfo=UTC)


@dataclass
class WideMarket(Market):
    """GLD and its options, currencies, gold, and options that a corporate action has adjusted."""

    others: tuple[Listed, ...] = (EURUSD, XAUUSD)
    bars: dict[date, str] = field(default_factory=dict)
    """Closes by their days, as text."""

    @property
    def expiries(self) -> list[str]:
        return sorted({each.expiry for each in self.options if each.trading_class == "GLD"})

    def by_id(self, con_id: int) -> Listed:
        for listed in self.others:
            if listed.con_id == con_id:
                return listed
        return super().by_id(con_id)

    def matching(self, wanted: Asked) -> list[Listed]:
        found = [
            each
            for each in self.others
            if wanted.con_id == each.con_id
            or (not wanted.con_id and (wanted.symbol, wanted.sec_type) == _name(each))
        ]
        return found + super().matching(wanted)


Options = tuple[Listed, ...]


def wide_market(
    listing: Callable[[Options], Options] = lambda near: near, reach: int = NEAR
) -> WideMarket:
    """GLD at 310 with five strikes an expiry, the euro at 1.0851, gold at 3365.5.

    The strikes lie within `reach` of the price; `listing` makes of these options what is listed.
    """
    gld = gld_market()
    near = tuple(each for each in gld.options if abs(each.strike - gld.spot) <= reach)
    market = WideMarket(gld.spot, gld.today, gld.stock, listing(near))
    market.by_hand[EURUSD.con_id] = Quote(Decimal("1.0850"), Decimal("1.0852"), 1_000_000, 500_000)
    market.by_hand[XAUUSD.con_id] = Quote(Decimal("3365.4"), Decimal("3365.6"), 100, 100)
    return market


class PricesTws(FakeTws):
    """Besides what the fake TWS does: a time with each last trade, none for pairs, and history.

    `silent` are contracts whose snapshots bring a bid and never end. `history_refusal` is the text
    of an error 162; without `history` the question for it is never answered. `series` are listed
    besides GLD's own at SMART: exchange, class, multiplier and expiry of each.
    """

    def __init__(self, market: WideMarket | None = None, *, port: int = 0) -> None:
        self.wide = market or wide_market()
        super().__init__(market=self.wide, port=port)
        self.traded_at: datetime | None = TRADED_AT
        self.frozen = False
        self.silent: set[int] = set()
        self.history, self.history_refusal = True, ""
        self.series: list[tuple[str, str, str, str]] = []

    def say(self, con_id: int, *messages: Message) -> None:
        """Send ticks to all who subscribed to the contract; the request's number goes third."""
        for session in self.world.sessions:
            for req_id, (listed, _) in session.quotes.items():
                if listed.con_id == con_id:
                    session.send(
                        *((kind, version, req_id, *rest) for kind, version, *rest in messages)
                    )

    async def _read(self, reader: asyncio.StreamReader, session: Session) -> None:
        frames = Frames()
        while data := await reader.read(65536):
            for fields in frames.feed(data):
                self._take(session, fields)
                self._news.set()

    def _take(self, session: Session, fields: list[str]) -> None:
        if fields[0] == "1":
            self.journal.add("market_data", session.client_id, fields)
            session.send(*self._ticks(session, fields))
        elif fields[0] == "20":
            self.journal.add("history", session.client_id, fields)
            if self.history:
                session.send(self._history(fields))
        else:
            if fields[0] == "78":
                session.send(*((75, fields[1], exchange, 9001, name, size, 1, day, 1, "300")
                               for exchange, name, size, day in self.series))  # fmt: skip
            dispatch.take(self.world, session, fields)

    def _ticks(self, session: Session, fields: list[str]) -> list[Message]:
        messages = list(quotes.requested(self.world, session, fields))
        request = market_data(fields)
        found = self.market.matching(request.contract)
        if len(messages) == 1:  # a refusal
            return messages
        if self.frozen:
            messages = [(58, 1, request.req_id, 2) if each[0] == 58 else each for each in messages]
        if found[0].con_id in self.silent:
            return messages[:4]
        if found[0] in self.wide.others:
            return [each for each in messages if not _is_last(each)]
        if self.traded_at is not None:
            delayed = any(each[0] == 1 and each[3] == 68 for each in messages)
            kind = 88 if delayed else 45
            messages.insert(2, (46, 6, request.req_id, kind, str(int(self.traded_at.timestamp()))))
        return messages

    def _history(self, fields: list[str]) -> Message:
        req_id, contract = int(fields[1]), asked(Fields(fields[2:]))
        if self.history_refusal:
            return problem(req_id, 162, self.history_refusal)
        if not self.market.matching(contract):
            return problem(req_id, 200)
        bars: list[str] = []
        for day, close in self.wide.bars.items():
            bars += [f"{day:%Y%m%d}", close, close, close, close, "1000", close, "10"]
        return 17, req_id, "", "", len(self.wide.bars), *bars


def adjusted(options: Options, trading_class: str, multiplier: str) -> Options:
    """The same options once more, as a corporate action leaves them."""
    return tuple(
        replace(
            each,
            con_id=each.con_id + 500_000,
            multiplier=multiplier,
            local_symbol=f"{trading_class} {each.local_symbol[4:]}",
            trading_class=trading_class,
        )
        for each in options
    )


def _name(listed: Listed) -> tuple[str, str]:
    return listed.symbol, listed.sec_type


def _is_last(message: Message) -> bool:
    return message[0] == 1 and message[3] in {4, 68}
