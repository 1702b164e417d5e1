"""What the help remembers from one day to the next: the page, its size, where the border is."""

import re
from dataclasses import dataclass

from vaultdesk.ui.help.pages import FIRST, PAGES

LEFT, RIGHT = 190, 560
"""Pixels of the list and of the page, at first."""
_WRITTEN = re.compile(r"^([a-z-]+) (\d{2,3}) (\d{1,5}) (\d{1,5})\Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class Kept:
    """A page by its name, the size of its text in per cent, the widths of list and page."""

    page: str = FIRST
    zoom: int = 100
    left: int = LEFT
    right: int = RIGHT


def written(kept: Kept) -> str:
    """As text, to be parsed."""
    return f"{kept.page} {kept.zoom} {kept.left} {kept.right}"


def parsed(text: str) -> Kept:
    """What was written; the beginning's where it is something else."""
    match = _WRITTEN.match(text)
    if match is None or match[1] not in PAGES:
        return Kept()
    return Kept(match[1], int(match[2]), int(match[3]), int(match[4]))
