"""Which accounts orders may go to."""

from __future__ import annotations

import pytest

from vaultdesk.core.alerts import Market
from vaultdesk.core.orders.life import Mode
from vaultdesk.core.orders.modes import (
    DESK_ACCOUNT,
    forbids_live,
    forbids_order,
    forbids_paper,
    paper_only,
)


@pytest.mark.parametrize(
    ("accounts", "paper"),
    [((), False), (("DU1",), True), (("DU1", "DU2"), True), (("DU1", "U2"), False),
     (("DF1",), False), (("du1",), False), ((DESK_ACCOUNT,), True)],
)  # fmt: skip
def test_paper_is_when_every_account_is(accounts: tuple[str, ...], paper: bool) -> None:
    assert paper_only(accounts) is paper
    assert (forbids_paper(accounts, market=Market.REAL) == "") is paper


def test_made_up_prices_go_to_the_desks_own_paper_alone() -> None:
    assert forbids_paper((DESK_ACCOUNT,), market=Market.SIMULATED) == ""
    assert "made up" in forbids_paper(("DU1",), market=Market.SIMULATED)
    assert "made up" in forbids_paper((DESK_ACCOUNT, "DU1"), market=Market.SIMULATED)


@pytest.mark.parametrize(
    ("account", "typed", "allowed", "real"),
    [("U1", "U1", False, True), ("U1", "U1", True, False), ("", "", True, True),
     ("DU1", "DU1", True, True), ("U1", "u1", True, True), ("U1", " U1", True, True)],
)  # fmt: skip
def test_live_stays_locked(account: str, typed: str, allowed: bool, real: bool) -> None:
    assert forbids_live(
        account, typed, allowed=allowed, market=Market.REAL if real else Market.SIMULATED
    )


def test_live_is_unlocked_by_the_account_itself() -> None:
    assert forbids_live("U1", "U1", allowed=True, market=Market.REAL) == ""


@pytest.mark.parametrize(
    ("mode", "account", "accounts", "sent"),
    [
        (Mode.READ_ONLY, "DU1", ("DU1",), False),
        (Mode.PAPER, "DU1", ("DU1",), True),
        (Mode.PAPER, "DU1", ("DU1", "U1"), False),
        (Mode.PAPER, "U1", ("U1",), False),
        (Mode.PAPER, "DU2", ("DU1",), False),
        (Mode.PAPER, "", (), False),
        (Mode.LIVE, "U1", ("U1", "DU1"), True),
        (Mode.LIVE, "DU1", ("DU1",), False),
        (Mode.LIVE, "U2", ("U1",), False),
    ],
)
def test_each_mode_sends_to_its_accounts(
    mode: Mode, account: str, accounts: tuple[str, ...], sent: bool
) -> None:
    assert (forbids_order(mode, account, accounts, market=Market.REAL) == "") is sent
