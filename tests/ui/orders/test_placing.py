"""Whether the button that sends may be pressed, and until when."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.feed import START
from tests.ui.orders.samples import ACCOUNT, BAG, ONE, TOO_MANY, WIDE, preview
from vaultdesk.core.orders.life import Mode
from vaultdesk.ui.orders import placing as module
from vaultdesk.ui.orders.placing import Placing, Standing, placing

OFF = "Orders are switched off: switch them on first."
FINE = Standing(ONE, preview(ONE, WIDE), "", Mode.PAPER, ACCOUNT)


def test_a_preview_just_made_can_be_sent_for_30_seconds() -> None:
    now = placing(FINE, START)
    assert now == Placing("Send to DUPAPER · paper", "", 30, 1.0, warnings=1)


@pytest.mark.parametrize(("age", "left"), [(0.1, 30), (1, 29), (29, 1), (29.9, 1)])
def test_the_countdown_is_rounded_up_so_that_it_never_says_zero_while_it_may_be_sent(
    age: float, left: int
) -> None:
    assert placing(FINE, START + timedelta(seconds=age)).left_s == left


def test_at_30_seconds_it_is_over() -> None:
    assert placing(FINE, START + timedelta(seconds=30)).why == module.OVER


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"ticket": None}, module.NO_TICKET),
        ({"preview": None}, module.NO_PREVIEW),
        ({"preview": preview(BAG)}, module.NO_PREVIEW),
        ({"preview": None, "busy": True}, module.BUSY),
        ({"busy": True}, module.BUSY),
        ({"used": True}, module.SENT),
        ({"preview": preview(ONE, WIDE, TOO_MANY)}, TOO_MANY.sentence),
        ({"mode": Mode.READ_ONLY, "forbidden": OFF}, OFF),
        ({"mode": Mode.LIVE}, module.CHANGED),
        ({"account": "DU7"}, module.CHANGED),
        ({"mode": Mode.READ_ONLY}, module.CHANGED),
    ],
)
def test_it_says_what_has_to_be_done_first(changes: dict[str, object], why: str) -> None:
    now = placing(replace(FINE, **changes), START)  # type: ignore[arg-type]
    assert now.why == why
    assert (now.left_s, now.share) == (0, 0.0)


def test_real_money_is_written_on_the_button() -> None:
    live = Standing(ONE, preview(mode=Mode.LIVE, account="U1"), "", Mode.LIVE, "U1")
    assert placing(live, START).text == "Send to U1 · LIVE"


@given(
    st.sampled_from([None, ONE, BAG]),
    st.sampled_from([None, preview(ONE), preview(ONE, TOO_MANY), preview(BAG, mode=Mode.LIVE)]),
    st.sampled_from(["", OFF]),
    st.sampled_from(Mode),
    st.sampled_from(["", ACCOUNT, "U1"]),
    st.booleans(),
    st.booleans(),
    st.integers(0, 60),
)
def test_it_is_only_ever_free_for_a_young_unused_unrefused_preview_of_what_stands_there(
    ticket: object,
    made: object,
    forbidden: str,
    mode: Mode,
    account: str,
    busy: bool,
    used: bool,
    age_s: int,
) -> None:
    standing = Standing(ticket, made, forbidden, mode, account, busy, used)  # type: ignore[arg-type]
    now = placing(standing, START + timedelta(seconds=age_s))
    if now.why:
        assert now.left_s == 0
        return
    seen = standing.preview
    assert seen is not None
    assert seen.ticket == ticket
    assert not seen.refused
    assert (seen.mode, seen.account) == (mode, account)
    assert not forbidden
    assert age_s < 30
    assert not busy
    assert not used
    assert now.left_s == 30 - age_s
    assert account in now.text
