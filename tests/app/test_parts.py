"""What the settings say reaches the services that go by it."""

from datetime import timedelta

from tests.fakes.feed import START, ScriptedFeed, chain
from vaultdesk.app.parts import Profile, build_services
from vaultdesk.core.market import Quality
from vaultdesk.events import Bus
from vaultdesk.settings import Settings


def test_chains_age_by_the_settings() -> None:
    chosen = Settings(fresh_for_s=30, chain_ttl_s=120)
    feed = ScriptedFeed()
    services = build_services(Profile(chosen), feed, Bus(), "GLD")
    fetched = chain((START + timedelta(days=70)).date())
    left = []
    for seconds in (30, 1, 89, 1):  # after 30 s, 31 s, 120 s and 121 s
        feed.clock.advance(seconds)
        left.append(services.chains.quality_left(fetched, None))
    assert left == [Quality.LIVE, Quality.CACHED, Quality.CACHED, Quality.STALE]
