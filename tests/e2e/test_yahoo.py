"""The desk on the real Yahoo client against a server on loopback: live, hung, gone, refused."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.e2e.conftest import Launch
from tests.e2e.desktop import NOWHERE
from tests.e2e.program import App, quick
from tests.fakes.yahoo import FakeYahoo, Fault, serving

pytestmark = pytest.mark.e2e


@pytest.fixture
def yahoo() -> Iterator[FakeYahoo]:
    with serving() as fake:
        yield fake


def test_live_numbers_reach_the_window(launch: Launch, loan_home: Path, yahoo: FakeYahoo) -> None:
    desk = launch(variables=yahoo.variables())
    desk.wait_text("quote.last", r"^377\.01")
    desk.wait_text("quote.source", "(?i)yahoo")
    desk.wait_text("loan.ltv", r"^55\.7 %$")
    desk.wait_text("chain.status", r"^\d+ contracts")
    assert not desk.shows("desk.mark")
    assert desk.title() == "VaultDesk"
    assert loan_home.exists()


@pytest.mark.usefixtures("loan_home")
def test_the_last_good_quote_comes_back_as_stale_with_its_age(
    launch: Launch, yahoo: FakeYahoo
) -> None:
    yahoo.markets["GLD"].at = datetime.now(UTC)
    desk = launch(variables=yahoo.variables())
    last = desk.wait_text("quote.last", r"^377\.01")
    made = desk.text("quote.time")
    assert desk.quit() == 0
    again = launch()
    again.wait_text("quote.quality", "^STALE$")
    assert again.text("quote.last") == last
    assert again.text("quote.time") == made
    again.wait_text("quote.age", r"^\d.* · stale$")
    again.wait_text("loan.ltv", r"^55\.7 %$")
    again.wait_text("loan.quality", "^STALE$")
    again.wait_text("desk.problem", r"\w.*\.$")


@pytest.mark.usefixtures("loan_home")
def test_a_hung_feed_neither_stalls_the_window_nor_holds_up_quitting(
    launch: Launch, yahoo: FakeYahoo
) -> None:
    yahoo.faults.add(Fault.SLOW)

    def quits() -> float:
        asked = yahoo.data_requests()
        desk = launch(variables=yahoo.variables())
        yahoo.wait(lambda: yahoo.data_requests() > asked)
        desk.key("ctrl+k")
        desk.wait("palette.search", "focused")
        desk.key("Escape")
        desk.wait_gone("palette.search")
        return desk.seconds_to_quit()

    assert quick(quits)


def test_an_unknown_symbol_is_told(launch: Launch, yahoo: FakeYahoo) -> None:
    desk = launch("--symbol", "NOSUCH", variables=yahoo.variables())
    beyond_the_welcome(desk)
    told = desk.wait_text("desk.problem", "NOSUCH")
    assert re.search(r"\.$", told)
    desk.wait_text("quote.quality", "^NO PRICE$")


@pytest.mark.usefixtures("loan_home")
def test_a_chain_with_faulty_rows_is_shown_and_says_how_many(
    launch: Launch, yahoo: FakeYahoo
) -> None:
    yahoo.faults.add(Fault.ODD_ROWS)
    desk = launch(variables=yahoo.variables())
    desk.wait_text("chain.status", r"^\d+ contracts .*[1-9]\d* unreadable")


@pytest.mark.usefixtures("loan_home")
def test_a_lost_network_is_told_and_its_return_too(launch: Launch, yahoo: FakeYahoo) -> None:
    desk = launch("--poll-interval-s", "1", variables=yahoo.variables())
    desk.wait_text("quote.last", r"^377\.01")
    yahoo.faults |= {Fault.DROPPED, Fault.STREAM_REFUSED}
    desk.key("F5")
    desk.wait_text("desk.problem", r"\w.*\.$")
    desk.wait_text("quote.quality", "^(CACHED|STALE)$")
    desk.wait_text("quote.last", r"^377\.01")
    yahoo.faults.clear()
    desk.key("F5")
    desk.wait_gone("desk.problem")
    desk.wait_text("quote.quality", "^LIVE$")


def beyond_the_welcome(desk: App) -> None:
    """Choose neither of the two ways to begin."""
    desk.wait("welcome.setup", "enabled")
    desk.key("Escape")
    desk.wait_gone("welcome.setup")


def test_no_test_reaches_the_real_network() -> None:
    assert NOWHERE.startswith("http://127.0.0.1:")
