"""What every test has: the recorded market data, if it is there, and a home of its own."""

import os
from collections.abc import Callable, Generator
from pathlib import Path

import pytest
from hypothesis import settings
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

settings.register_profile("desk", deadline=None)  # speed is the benchmark's business
settings.load_profile("desk")
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")  # only the end-to-end tests want a screen

ROOT = Path(__file__).resolve().parent.parent
RECORDED = ROOT.parent / "shared" / "data"


@pytest.fixture(scope="session")
def recorded() -> Path:
    """The recorded market data beside the project."""
    return RECORDED


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty VAULTDESK_HOME."""
    monkeypatch.setenv("VAULTDESK_HOME", str(tmp_path))
    return tmp_path


HELD = "held_widgets"


class HoldingBot(QtBot):
    """Keeps what it is to close: pytest-qt only knows widgets weakly.

    After the test it lets Qt paint once more. A widget that only the test's own variables held is
    garbage by then, and to collect it while it is being painted ends the program.
    """

    def addWidget(  # noqa: N802
        self, widget: QWidget, *, before_close_func: Callable[[QWidget], None] | None = None
    ) -> None:
        """Close it after the test."""
        super().addWidget(widget, before_close_func=before_close_func)
        vars(self._request.node).setdefault(HELD, []).append(widget)


@pytest.fixture
def qtbot(qapp: QApplication, request: pytest.FixtureRequest) -> QtBot:
    """Drives widgets, and closes them when the test is over."""
    del qapp
    return HoldingBot(request)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None]:
    """Let the widgets go once they are closed: at once, as no event loop comes to delete them."""
    yield
    if vars(item).pop(HELD, None):
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what needs the recorded data where it is absent, saying so."""
    if RECORDED.is_dir():
        return
    skip = pytest.mark.skip(reason="the recorded market data does not lie beside the project")
    for item in items:
        if item.get_closest_marker("recorded"):
            item.add_marker(skip)
