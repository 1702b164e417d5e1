"""What the end-to-end tests have: one desktop for all of them, a home and programs for each."""

import shutil
import tempfile
from collections.abc import Generator, Iterator, Mapping
from pathlib import Path
from typing import Protocol

import pytest

from tests.e2e import desktop as private
from tests.e2e.desktop import Desktop, private_desktop
from tests.e2e.program import App, command_line, start
from tests.fakes.tape import tape

LOAN = ("--symbol", "GLD", "--units", "10000", "--amount", "2100000")
LEVELS = ("--call-ltv", "0.75", "--closeout-ltv", "0.85")


NO_VARIABLES: Mapping[str, str] = {}


class Launch(Protocol):
    """Opens a desk; `home` is the test's own unless another is named."""

    def __call__(
        self, *arguments: str, home: Path | None = None, variables: Mapping[str, str] = NO_VARIABLES
    ) -> App: ...


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


@pytest.fixture(scope="session")
def reference_home(desktop: Desktop, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the reference loan: 10,000 GLD for 2.1 M, called at 75 %, closed out at 85 %."""
    home = tmp_path_factory.mktemp("reference") / "home"
    done = command_line(desktop, home, "loan", "set", *LOAN, *LEVELS)
    assert done.returncode == 0, done.stderr
    return home


@pytest.fixture
def loan_home(reference_home: Path, own_home: Path) -> Path:
    """The test's own home, with the reference loan."""
    return Path(shutil.copytree(reference_home, own_home))


@pytest.fixture
def gld_at_350(tmp_path: Path) -> tuple[str, str]:
    """The flags of a recorded market that holds one quote: GLD at 350.00."""
    return "--feed", f"recorded:{tape(tmp_path / 'gld.jsonl', ('GLD', '350.00'))}"


@pytest.fixture(scope="module")
def demonstration(desktop: Desktop, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """The demonstration desk at five ticks a second, shared by the tests of a file."""
    folder = tmp_path_factory.mktemp("demonstration")
    arguments = ("--demo", "--simulated-ticks-per-s", "5")
    app = start(desktop, folder / "home", folder / "said.txt", arguments, {})
    yield app
    app.end()
    assert app.trouble() == []


@pytest.fixture
def launch(desktop: Desktop, own_home: Path, tmp_path: Path) -> Iterator[Launch]:
    """Opens desks that are gone after the test, and holds that none of them logged an error."""
    opened: list[App] = []

    def open_desk(
        *arguments: str, home: Path | None = None, variables: Mapping[str, str] = NO_VARIABLES
    ) -> App:
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
    item: pytest.Function, call: "pytest.CallInfo[None]"
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Save a picture of the screen where a test fails, and name it in the report."""
    report = yield
    desk = item.funcargs.get("desktop")
    if isinstance(desk, Desktop) and call.when == "call" and report.failed:
        own = item.funcargs.get("tmp_path")
        file = (own if isinstance(own, Path) else Path(tempfile.mkdtemp())) / "screen.png"
        desk.save_picture(file)
        report.sections.append(("The screen at the failure", str(file)))
    return report
