"""A wish becomes windows, windows become a history; what is missing is told in a sentence."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from tests.core.hedge.positions import leg
from tests.core.hedge.rolls import AT_95, closes, same
from tests.fakes.workers import HereWorkers
from tests.ui.panels.rig import Rig, priced, rig
from vaultdesk.adapters.workers import PoolWorkers
from vaultdesk.core.hedge.position import Position
from vaultdesk.core.hedge.rolling.policy import RollPolicy, Rung
from vaultdesk.core.hedge.vocabulary import FeeSchedule, HedgeRules, Use
from vaultdesk.ports import FeedError, FeedFault, InputError, WorkerError, Workers
from vaultdesk.services.hedge import HedgeService
from vaultdesk.services.hedge_history import HedgeHistoryService, RollWish

D = Decimal
RULES = HedgeRules(fees=FeeSchedule(D("0.50"), D(2)))


@pytest.fixture
def desk() -> Iterator[Rig]:
    with rig() as made:
        made.feed.daily = closes(500)
        yield made


@pytest.fixture
def workers() -> HereWorkers:
    return HereWorkers()


def hedging(desk: Rig) -> HedgeService:
    return HedgeService(desk.chains, desk.bus, desk.market, desk.loan, desk.chain, rules=RULES)


def service(desk: Rig, workers: Workers) -> HedgeHistoryService:
    return HedgeHistoryService(desk.feed, desk.loan, hedging(desk), workers, rate=0.05)


async def pledged(desk: Rig) -> None:
    await desk.pledge()
    await desk.quote(priced("350.00"))


def wish(made: HedgeHistoryService, **changes: object) -> RollWish:
    return replace(RollWish(AT_95, made.model, months=6), **changes)  # type: ignore[arg-type]


def unheard(_done: int, _total: int) -> None:
    """Progress that nobody looks at."""


async def test_the_loan_on_the_desk_goes_through_the_feeds_closes(
    desk: Rig, workers: HereWorkers
) -> None:
    await pledged(desk)
    made = service(desk, workers)
    told: list[tuple[int, int]] = []
    found = await made.run(wish(made), lambda done, total: told.append((done, total)))
    count = len(found.results)
    assert told == [(done, count) for done in range(count + 1)]
    assert count == 14
    loan = found.request.loan
    assert (loan.units, loan.start_ltv, loan.call_ltv) == (D(10_000), D("0.6"), D("0.75"))
    assert found.request.model.fees == RULES.fees
    assert found.request.model.rate == 0.05
    assert found.source == "daily closes of GLD, test"
    assert (found.first, found.last) == (closes(500)[0].day, closes(500)[-1].day)
    assert desk.feed.asked[-1] == "closes GLD"


async def test_another_ltv_may_be_begun_from(desk: Rig, workers: HereWorkers) -> None:
    await pledged(desk)
    made = service(desk, workers)
    found = await made.run(wish(made, start_ltv=D("0.5")), unheard)
    assert found.results[0].unhedged.ltv[0] == 0.5


async def test_processes_give_the_same_history(desk: Rig, workers: HereWorkers) -> None:
    await pledged(desk)
    pool = PoolWorkers(2)
    made, pooled = service(desk, workers), service(desk, pool)
    here = await made.run(wish(made), unheard)
    there = await pooled.run(wish(pooled), unheard)
    await pooled.close()
    assert all(same(*pair) for pair in zip(here.results, there.results, strict=True))
    assert here.summary == there.summary


async def test_a_cancelled_run_computes_no_further_window(desk: Rig, workers: HereWorkers) -> None:
    await pledged(desk)
    made = service(desk, workers)
    workers.go.clear()
    run = asyncio.ensure_future(made.run(wish(made), unheard))
    await workers.begun.wait()
    run.cancel()
    with pytest.raises(asyncio.CancelledError):
        await run
    assert workers.computed == 0


async def test_without_a_loan_nothing_is_asked(desk: Rig, workers: HereWorkers) -> None:
    made = service(desk, workers)
    with pytest.raises(InputError, match="enter its terms"):
        await made.run(wish(made), unheard)
    assert desk.feed.asked == []


async def test_faults_of_feed_and_workers_are_passed_on(desk: Rig, workers: HereWorkers) -> None:
    await pledged(desk)
    made = service(desk, workers)
    workers.error = WorkerError("No process.")
    with pytest.raises(WorkerError):
        await made.run(wish(made), unheard)
    desk.feed.daily = FeedError(FeedFault.NO_DATA, "No closes.")
    with pytest.raises(FeedError, match="No closes"):
        await made.run(wish(made), unheard)


async def test_a_feed_without_enough_closes_is_told(desk: Rig, workers: HereWorkers) -> None:
    await pledged(desk)
    made = service(desk, workers)
    desk.feed.daily = closes(100)
    with pytest.raises(InputError, match="take a longer history"):
        await made.run(wish(made), unheard)
    desk.feed.daily = ()
    with pytest.raises(InputError, match="no prices"):
        await made.run(wish(made), unheard)


async def test_a_file_of_closes_serves_in_place_of_the_feed(
    desk: Rig, workers: HereWorkers, tmp_path: Path
) -> None:
    await pledged(desk)
    made = service(desk, workers)
    file = tmp_path / "mine.csv"
    rows = "".join(f"{one.day},{one.close}\n" for one in closes(500))
    file.write_text(f"Date,Close\n{rows}", encoding="utf-8")
    by_feed = await made.run(wish(made), unheard)
    desk.feed.daily = ()
    by_file = await made.run(wish(made, file=file), unheard)
    assert by_file.source == "daily closes of mine.csv"
    assert all(same(*pair) for pair in zip(by_feed.results, by_file.results, strict=True))


async def test_a_file_that_cannot_be_used_is_named(
    desk: Rig, workers: HereWorkers, tmp_path: Path
) -> None:
    await pledged(desk)
    made = service(desk, workers)
    wrong, binary, large = tmp_path / "wrong.csv", tmp_path / "odd.csv", tmp_path / "large.csv"
    wrong.write_text("Date,Open\n", encoding="utf-8")
    binary.write_bytes(b"\xff\xfe\x00Date")
    with large.open("wb") as file:
        file.truncate(17 * 2**20)
    for path, words in (
        (tmp_path / "none.csv", r"none.csv cannot be read \(No such file or directory\)"),
        (tmp_path, "cannot be read"),
        (wrong, "wrong.csv: The first line must name"),
        (binary, "odd.csv is not a table of text"),
        (large, "large.csv is too large"),
    ):
        with pytest.raises(InputError, match=words):
            await made.run(wish(made, file=path), unheard)


async def test_the_hedge_on_the_desk_becomes_a_policy(desk: Rig, workers: HereWorkers) -> None:
    await pledged(desk)
    hedge = hedging(desk)
    made = HedgeHistoryService(desk.feed, desk.loan, hedge, workers)
    base = RollPolicy(roll_at=10, use=Use.REPAYS)
    with pytest.raises(InputError, match="No hedge is on the desk"):
        made.desk_policy(base)
    await hedge.refresh()
    assert hedge.config is not None
    hedge.choose(Position((leg("P", "350", 50),)), "Half of it")
    found = made.desk_policy(base)
    assert found.puts == (Rung(D(1), D(50)),)
    assert (found.cover, found.roll_at, found.use) == (D("0.5"), 10, Use.REPAYS)
    hedge.choose(Position((leg("C", "350", -50),)), "Calls")
    with pytest.raises(InputError, match="buys no puts"):
        made.desk_policy(base)
    hedge.close()


async def test_closing_stops_the_workers(desk: Rig, workers: HereWorkers) -> None:
    await service(desk, workers).close()
    assert workers.closed
