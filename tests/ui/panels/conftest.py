"""A dressed application and a desk of real services for every panel's test."""

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication

from tests.ui.panels.rig import Rig, rig
from vaultdesk.ui import theme


@pytest.fixture(autouse=True, scope="package")
def _dressed(qapp: QApplication) -> None:
    theme.apply(qapp, theme.DARK)


@pytest.fixture
def desk() -> Iterator[Rig]:
    """Real services on a scripted feed."""
    with rig() as made:
        yield made
