"""What the end-to-end tests have: one desktop for all of them, a home and programs for each."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import pytest

from tests.e2e import desktop as private
from tests.e2e.desktop import Desktop, private_desktop
from tests.e2e.program import App, command_line, start

LOAN = "--symbol GLD --units 10000 --amount 2100000 --call-ltv 0.75 --closeout-ltv 0.85".split()


class Launch(Protocol):
    """Opens a desk; `home` is the test's own unless another is named."""

    def __call__(self, *arguments: str, home: Path | None = None, **variables: str) -> App: ...


@pytest.fixture(scope="session")
def desktop() -> Iterator[Desktop]:
    """A private desktop; the tests skip and say why where it cannot be."""
    reason = private.missing()
    if reason:
        pytest.skip(reason)
    folder = Path(tempfile.mkdtemp(prefix="desk-"))  # short: the path of a socket has 107 bytes
    try:
        with private_desktop(folder) as made:
            yield made
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def own_home(tmp_path: Path) -> Path:
    """Where the program of this test keeps what it writes; not there yet."""
    return tmp_path / "home"


@pytest.fixture
def loan_home(desktop: Desktop, own_home: Path) -> Path:
    """A home with the reference loan: 10,000 GLD for 2.1 M, called at 75 %, closed out at 85 %."""
    done = command_line(desktop, own_home, "loan", "set", *LOAN)
    assert done.returncode == 0, done.stderr
    return own_home


@pytest.fixture
def launch(desktop: Desktop, own_home: Path, tmp_path: Path) -> Iterator[Launch]:
    """Opens desks that are gone after the test, and holds that none of them logged an error."""
    opened: list[App] = []

    def open_desk(*arguments: str, home: Path | None = None, **variables: str) -> App:
        output = tmp_path / f"said-{len(opened)}.txt"
        app = start(desktop, home or own_home, output, arguments, variables)
        opened.append(app)
        return app

    yield open_desk
    for app in opened:
        app.end()
    assert [line for app in opened for line in app.trouble()] == []


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: "pytest.CallInfo[None]"
) -> Iterator[Any]:
    """Save a picture of the screen where a test fails, and name it in the report."""
    report = yield
    desk: Desktop | None = getattr(item, "funcargs", {}).get("desktop")
    if desk is not None and call.when == "call" and report.failed:
        file = item.funcargs["tmp_path"] / "screen.png"
        desk.save_picture(file)
        report.sections.append(("The screen at the failure", str(file)))
    return report
