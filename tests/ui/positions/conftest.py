"""A dressed application for the parts of the positions panel."""

import pytest
from PySide6.QtWidgets import QApplication

from vaultdesk.ui import theme


@pytest.fixture(autouse=True, scope="package")
def _dressed(qapp: QApplication) -> None:
    theme.apply(qapp, theme.DARK)
