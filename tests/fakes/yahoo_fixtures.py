"""Fixtures of a fake Yahoo in good order and of a feed that the environment leads to it."""

from collections.abc import AsyncIterator, Iterator
from datetime import date
from pathlib import Path

import pytest

from tests.fakes.yahoo import FakeYahoo, ShiftedClock, serving
from tests.fakes.yahoo_market import generated_gld
from vaultdesk.adapters.yahoo import YahooFeed


@pytest.fixture(scope="session")
def fake_yahoo_server() -> Iterator[FakeYahoo]:
    with serving() as yahoo:
        yield yahoo


@pytest.fixture
def fake_yahoo(fake_yahoo_server: FakeYahoo) -> Iterator[FakeYahoo]:
    """Serves a generated GLD with expiries from 2026-12-04 on."""
    fake_yahoo_server.reset(generated_gld(date(2026, 11, 21)))
    with fake_yahoo_server.environment():
        yield fake_yahoo_server
    fake_yahoo_server.reset()


@pytest.fixture(scope="session")
def yahoo_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The one folder yfinance has in a process."""
    return tmp_path_factory.mktemp("yahoo")


@pytest.fixture
async def yahoo_feed(fake_yahoo: FakeYahoo, yahoo_folder: Path) -> AsyncIterator[YahooFeed]:
    feed = YahooFeed(ShiftedClock(), yahoo_folder)
    yield feed
    fake_yahoo.release()
    await feed.close()
