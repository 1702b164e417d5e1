"""Sentences that are there only while there is something to say."""

from typing import TYPE_CHECKING

from vaultdesk.ui.readout import say

if TYPE_CHECKING:
    from PySide6.QtWidgets import QLabel


def tell(target: "QLabel", text: str) -> None:
    """Say it; "" hides the label."""
    say(target, text)
    target.setVisible(bool(text))
