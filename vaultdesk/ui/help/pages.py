"""The pages of the help: which there are, what is written on them, which goes with which panel."""

import re
import unicodedata

from vaultdesk.ui import theme
from vaultdesk.ui.translation import tr

PAGES = {
    "start": tr("First loan"),
    "loan": tr("Reading the loan"),
    "alerts": tr("Alerts"),
    "chain": tr("Reading a chain"),
    "hedge": tr("Building a hedge"),
    "orders": tr("Sending orders"),
    "tws": tr("Paper orders with TWS"),
    "positions": tr("Positions and cover"),
    "audit": tr("The audit log"),
    "reports": tr("Reports"),
    "quality": tr("Quality marks"),
    "model": tr("How the numbers are made"),
    "keyboard": tr("Keyboard"),
    "settings": tr("Settings"),
    "backup": tr("Backup and moving"),
    "remote-access": tr("Reaching it from elsewhere"),
    "health": tr("Health and support"),
    "command-line": tr("Command line"),
    "ids": tr("Accessible ids"),
    "about": tr("About"),
}
"""By the name of the file: what the list calls the page, in the order of the list."""

FIRST = "start"
REFERENCE = frozenset({"keyboard", "settings", "command-line", "ids"})
"""Pages to look things up on; where a page explains the same, that one is read first."""

OF_PANEL = {
    "loan": "loan",
    "quote": "quality",
    "chain": "chain",
    "greeks": "chain#units",
    "history": "loan#history",
    "alerts": "alerts",
    "strategy": "hedge#strategy",
    "compare": "hedge#compare",
    "finder": "hedge#finder",
    "whatif": "hedge#what-if",
    "orders": "orders",
    "positions": "positions",
    "audit": "audit",
}
"""The page, and the place on it, that tells of each panel."""

_DROPPED = re.compile(r"[^\w\- ]")


def page_text(page: str) -> str:
    """The written part of a page, Markdown."""
    return (theme.resources() / "help" / f"{page}.md").read_text(encoding="utf-8")


def slug(heading: str) -> str:
    """A heading as a link names it: "Call price" is `#call-price`, as on the usual web pages."""
    plain = unicodedata.normalize("NFC", heading).casefold().strip()
    return _DROPPED.sub("", plain).replace(" ", "-")


def target(link: str, page: str) -> tuple[str, str] | None:
    """The page and the place a link on `page` leads to; None where it leads out of the help.

    `loan.md#call-price`, `loan.md` and `#call-price` are links of the help.
    """
    file, _, anchor = link.partition("#")
    if not file:
        return page, anchor
    name, _, ending = file.rpartition(".")
    return (name, anchor) if ending == "md" and name in PAGES else None
