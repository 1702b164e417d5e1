"""Paper first: which accounts orders may go to, and what has to be done before they do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vaultdesk.core.alerts import Market
from vaultdesk.core.orders.life import Mode

if TYPE_CHECKING:
    from collections.abc import Collection

DESK_ACCOUNT = "DUPAPER"
"""The account of the desk's own paper broker: nothing in it is real."""
PAPER_PREFIX = "DU"
"""What the name of every paper account at IBKR begins with; ports get swapped, names do not."""


def is_paper(account: str) -> bool:
    """Whether nothing but play money is in it."""
    return account.startswith(PAPER_PREFIX)


def paper_only(accounts: Collection[str]) -> bool:
    """Whether the connection reaches paper accounts and no others."""
    return bool(accounts) and all(is_paper(account) for account in accounts)


def forbids_paper(accounts: Collection[str], *, market: Market) -> str:
    """Why orders cannot be switched on for paper accounts; empty where they can."""
    if not accounts:
        return "The broker has told no account yet: connect it first."
    if market is Market.SIMULATED and set(accounts) != {DESK_ACCOUNT}:
        return (
            "The prices are made up, so orders go to the desk's own paper broker only: open the "
            "desk on a real market for this one."
        )
    if not paper_only(accounts):
        real = next(account for account in accounts if not is_paper(account))
        return (
            f"{real} is not a paper account: log the broker's program in to paper trading, or "
            "unlock live orders."
        )
    return ""


def forbids_live(account: str, typed: str, *, allowed: bool, market: Market) -> str:
    """Why orders with real money cannot be unlocked; empty where they can."""
    if not allowed:
        return "Live orders are switched off: switch on live_orders in the settings first."
    if market is not Market.REAL:
        return f"The prices are {market.value}: no order with real money can follow them."
    if not account:
        return "The broker has told no account yet: connect it first."
    if is_paper(account):
        return f"{account} is a paper account: switch orders on instead."
    if typed != account:
        return f"Type the account exactly as it is written, {account}, to unlock it."
    return ""


def forbids_order(mode: Mode, account: str, accounts: Collection[str], *, market: Market) -> str:
    """Why no order may be sent in this mode to this account; empty where one may."""
    if mode is Mode.READ_ONLY:
        return "Orders are switched off: switch them on first."
    if account not in accounts:
        return f"The broker does not have the account {account or 'yet'}: choose another."
    if mode is Mode.PAPER:
        return forbids_paper(accounts, market=market)
    if is_paper(account) or market is not Market.REAL:
        return f"Live orders are not meant for {account}: switch them off and on again."
    return ""
