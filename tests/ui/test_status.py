"""The status bar's two sentences."""

import math
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from pytestqt.qtbot import QtBot

from tests.ui.desk import NOW, quote
from vaultdesk.core.calendar import Hours
from vaultdesk.core.market import FeedState, FeedStatus
from vaultdesk.events import (
    Bus,
    ChainLoading,
    FeedStatusChanged,
    HoursChanged,
    PricingChanged,
    QuoteChanged,
)
from vaultdesk.ui.status import StatusLine, feed_sentence, market_sentence, moment

VIENNA = timezone(timedelta(hours=1))


def test_without_a_feed_it_says_so() -> None:
    assert feed_sentence(None, None, NOW) == "No feed yet"


def test_the_feed_tells_state_quota_and_age() -> None:
    status = FeedStatus("Yahoo", FeedState.POLLING, requests_left=118)
    assert feed_sentence(status, quote(), NOW) == (
        "Yahoo: polling · 118 requests left · GLD price 8 s old"
    )


def test_a_troubled_feed_tells_why_and_when_it_tries_again() -> None:
    status = FeedStatus(
        "Yahoo", FeedState.BACKING_OFF, "Yahoo limits us", retry_at=NOW + timedelta(seconds=90)
    )
    sentence = feed_sentence(status, None, NOW)
    assert sentence == "Yahoo: backing off · Yahoo limits us · next try in 1 min"


def test_a_retry_that_is_past_is_not_announced() -> None:
    status = FeedStatus("Yahoo", FeedState.OFFLINE, retry_at=NOW - timedelta(seconds=1))
    assert "next try" not in feed_sentence(status, None, NOW)


@pytest.mark.parametrize(
    ("hours", "sentence"),
    [
        (None, "New York: hours not known yet"),
        (
            Hours(True, NOW - timedelta(days=1), datetime(2026, 11, 20, 21, 0, tzinfo=UTC)),
            "New York open · closes 22:00 (in 5 h 27 min)",
        ),
        (
            Hours(False, NOW, datetime(2026, 11, 23, 14, 30, tzinfo=UTC)),
            "New York closed · opens Mon 15:30 (in 2 d 22 h)",
        ),
    ],
)
def test_the_market_tells_its_next_change_in_local_time(hours: Hours | None, sentence: str) -> None:
    assert market_sentence(hours, NOW, VIENNA) == sentence


def test_a_moment_more_than_six_days_away_carries_its_date() -> None:
    assert moment(NOW + timedelta(days=6), NOW, UTC) == "Thu 15:32"
    assert moment(NOW + timedelta(days=7), NOW, UTC) == "2026-11-27 15:32"


class Desk:
    """A status line whose clock is turned by hand."""

    def __init__(self, qtbot: QtBot) -> None:
        self.now = NOW
        self.bus = Bus()
        self.line = StatusLine(self.bus, lambda: self.now, UTC)
        qtbot.addWidget(self.line)


@pytest.fixture
def turned(qtbot: QtBot) -> Desk:
    return Desk(qtbot)


def test_the_line_hears_feed_quote_and_hours(turned: Desk) -> None:
    turned.bus.tell(FeedStatusChanged(FeedStatus("Yahoo", FeedState.STREAMING)))
    turned.bus.tell(QuoteChanged(quote()))
    turned.bus.tell(HoursChanged(Hours(True, NOW, NOW + timedelta(hours=1))))
    assert turned.line.feed.text() == "Yahoo: streaming · GLD price 8 s old"
    assert turned.line.market.text() == "New York open · closes 16:32 (in 1 h 00 min)"


def test_a_narrow_line_keeps_room_for_the_feed(turned: Desk) -> None:
    turned.line.show()
    for width, seen in ((1280, True), (640, False), (1000, True)):
        turned.line.resize(width, 24)
        assert turned.line.model.isVisible() == seen


PRICED = PricingChanged(
    "GLD", date(2027, 1, 15), "american", 0.0, 0.0448, "from parity of 31 pairs", 0.0012
)


def test_the_line_says_what_options_are_priced_by(turned: Desk) -> None:
    assert turned.line.model.text() == ""
    turned.bus.tell(PRICED)
    assert turned.line.model.text() == "American, q = 0, r 4.48 % from parity"
    assert turned.line.model.property("role") == "muted"
    assert "parity of 31 pairs\nGLD 2027-01-15" in turned.line.model.toolTip()
    turned.bus.tell(replace(PRICED, style="european", rate_error=math.nan))
    assert turned.line.model.text() == "European, q = 0, r 4.48 % from the settings"
    assert turned.line.model.property("role") == "warning"


@pytest.mark.parametrize(
    ("loading", "left"),
    [
        (ChainLoading("GLD", date(2027, 1, 15)), "American, q = 0, r 4.48 % from parity"),
        (ChainLoading("GLD", date(2028, 1, 21)), ""),
        (ChainLoading("IAU", None), ""),
    ],
)
def test_what_priced_one_chain_is_not_said_of_the_next(
    turned: Desk, loading: ChainLoading, left: str
) -> None:
    turned.bus.tell(PRICED)
    turned.bus.tell(loading)
    assert turned.line.model.text() == left


def test_the_age_goes_on_by_itself(turned: Desk) -> None:
    turned.bus.tell(FeedStatusChanged(FeedStatus("Yahoo", FeedState.STREAMING)))
    turned.bus.tell(QuoteChanged(quote()))
    turned.now += timedelta(seconds=7)
    assert turned.line.tick.isActive()
    assert turned.line.tick.interval() == 1000
    turned.line.tick.timeout.emit()
    assert turned.line.feed.text() == "Yahoo: streaming · GLD price 15 s old"


@pytest.mark.parametrize(
    ("state", "role"), [(FeedState.OFFLINE, "warning"), (FeedState.POLLING, "muted")]
)
def test_trouble_is_coloured_beside_its_word(turned: Desk, state: FeedState, role: str) -> None:
    turned.bus.tell(FeedStatusChanged(FeedStatus("Yahoo", state)))
    assert str(state) in turned.line.feed.text()
    assert turned.line.feed.property("role") == role


def test_a_retired_line_hears_nothing(turned: Desk) -> None:
    turned.line.retire()
    assert not turned.line.tick.isActive()
    turned.bus.tell(FeedStatusChanged(FeedStatus("Yahoo", FeedState.STREAMING)))
    assert turned.line.feed.text() == "No feed yet"


def test_a_passing_message_does_not_hide_what_the_feed_does(turned: Desk) -> None:
    turned.line.show()
    turned.line.showMessage("Recording into a file", 10_000)
    assert turned.line.note.text() == "Recording into a file"
    assert turned.line.feed.isVisible()
    turned.line.clearMessage()
    assert turned.line.note.text() == ""
