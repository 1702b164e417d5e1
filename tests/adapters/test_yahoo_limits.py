"""Rate limits, quota and sessions: when Yahoo is not asked, and how it is asked again."""

import os
import random
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

import pytest

from tests.fakes.yahoo import FakeYahoo, Fault, ShiftedClock, forget_the_session
from tests.fakes.yahoo_asking import CHART, EXPIRY, failure
from vaultdesk.adapters.yahoo import YahooFeed
from vaultdesk.core.market import FeedState
from vaultdesk.ports import FeedFault
from vaultdesk.services.pacing import TokenBucket

pytest_plugins = ["tests.fakes.yahoo_fixtures"]


async def test_a_rate_limit_stops_all_requests_until_a_probe_succeeds(
    fake_yahoo: FakeYahoo, yahoo_feed: YahooFeed
) -> None:
    clock = yahoo_feed.clock
    assert isinstance(clock, ShiftedClock)
    await yahoo_feed.quote("GLD")
    fake_yahoo.paths.clear()
    fake_yahoo.faults = {Fault.RATE_LIMITED}
    error = await failure(yahoo_feed.quote("GLD"))
    assert error.retry_at is not None
    wait = error.retry_at - clock.now()
    assert timedelta(seconds=59) < wait <= timedelta(seconds=72)
    status = yahoo_feed.status()
    assert (status.state, status.retry_at) == (FeedState.BACKING_OFF, error.retry_at)
    assert f"{error.retry_at:%H:%M:%S} UTC" in status.sentence

    again = await failure(yahoo_feed.chain("GLD", EXPIRY))
    assert (again.fault, again.retry_at) == (FeedFault.RATE_LIMITED, error.retry_at)
    assert fake_yahoo.paths == {CHART: 1}, "the open breaker lets nothing through"

    clock.shift += timedelta(seconds=73)
    probe = await failure(yahoo_feed.quote("GLD"))
    assert probe.retry_at is not None
    assert probe.retry_at - clock.now() > timedelta(seconds=119), "twice as long"
    clock.shift += timedelta(seconds=145)
    fake_yahoo.faults = set()
    await yahoo_feed.quote("GLD")
    assert yahoo_feed.status().state is FeedState.POLLING


async def test_a_probe_that_does_not_get_through_tells_nothing_about_the_limit(
    fake_yahoo: FakeYahoo, yahoo_feed: YahooFeed
) -> None:
    clock = yahoo_feed.clock
    assert isinstance(clock, ShiftedClock)
    fake_yahoo.faults = {Fault.RATE_LIMITED}
    await failure(yahoo_feed.quote("GLD"))
    clock.shift += timedelta(seconds=73)
    with patch.dict(os.environ, {"HTTPS_PROXY": "http://127.0.0.1:1"}):
        assert (await failure(yahoo_feed.quote("GLD"))).fault is FeedFault.OFFLINE
    again = await failure(yahoo_feed.quote("GLD"))
    assert again.retry_at is not None
    assert again.retry_at - clock.now() > timedelta(seconds=119)


@pytest.mark.parametrize("fault", [Fault.CRUMB_LIMITED, Fault.CRUMB_LIMITED_POLITELY])
async def test_a_limit_on_the_crumb_alone_is_told_as_a_limit(
    fake_yahoo: FakeYahoo, yahoo_feed: YahooFeed, fault: Fault
) -> None:
    await yahoo_feed.quote("GLD")
    forget_the_session()
    feed = YahooFeed(yahoo_feed.clock, Path(), rng=random.Random(1))  # noqa: S311
    fake_yahoo.faults = {fault}
    assert (await feed.quote("GLD")).last, "quotes are served without a crumb"
    assert (await failure(feed.expirations("GLD"))).fault is FeedFault.RATE_LIMITED
    await feed.close()


async def test_a_crumb_that_expired_is_renewed_within_the_call(
    fake_yahoo: FakeYahoo, yahoo_feed: YahooFeed
) -> None:
    await yahoo_feed.expirations("GLD")
    with patch.object(fake_yahoo, "crumb", "another"):
        await yahoo_feed.expirations("GLD")
    await yahoo_feed.expirations("GLD")


async def test_a_session_that_is_rejected_is_replaced_at_the_next_call(
    fake_yahoo: FakeYahoo, yahoo_feed: YahooFeed
) -> None:
    await yahoo_feed.expirations("GLD")
    with patch.multiple(fake_yahoo, cookie="d=another", crumb="another"):
        error = await failure(yahoo_feed.expirations("GLD"))
        assert error.fault is FeedFault.AUTH_STALE
        await yahoo_feed.expirations("GLD")
    await failure(yahoo_feed.expirations("GLD"))
    await yahoo_feed.expirations("GLD")


async def test_the_desk_s_own_quota_is_shown_and_kept(
    fake_yahoo: FakeYahoo, yahoo_feed: YahooFeed, yahoo_folder: Path
) -> None:
    await yahoo_feed.quote("GLD")
    before = yahoo_feed.status().requests_left
    assert before is not None
    await yahoo_feed.quote("GLD")
    assert yahoo_feed.status().requests_left == before - 1

    quota = TokenBucket(capacity=2, every=timedelta(minutes=1))
    feed = YahooFeed(ShiftedClock(), yahoo_folder, quota=quota)
    await feed.quote("GLD")
    await feed.quote("GLD")
    fake_yahoo.paths.clear()
    error = await failure(feed.quote("GLD"))
    assert (error.fault, feed.status().requests_left) == (FeedFault.RATE_LIMITED, 0)
    assert error.retry_at is not None
    assert not fake_yahoo.paths
    await feed.close()
