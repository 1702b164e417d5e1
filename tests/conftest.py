"""What every test has: the recorded market data, if it is there, and a home of its own."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

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


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what needs the recorded data where it is absent, saying so."""
    if RECORDED.is_dir():
        return
    skip = pytest.mark.skip(reason="the recorded market data does not lie beside the project")
    for item in items:
        if item.get_closest_marker("recorded"):
            item.add_marker(skip)
