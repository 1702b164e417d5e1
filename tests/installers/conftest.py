"""What the tests of the installers have: those of this tree, built once, and a bare Debian."""

import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.installers import bare
from tests.installers.bare import ROOT, Bare
from vaultdesk import __version__

MACHINE = platform.machine()


@dataclass(frozen=True)
class Built:
    """The folder that `dev.py build` fills."""

    folder: Path

    @property
    def bundle(self) -> Path:
        """PyInstaller's folder."""
        return self.folder / "vaultdesk"

    @property
    def program(self) -> Path:
        """The executable in it."""
        return self.bundle / "vaultdesk"

    @property
    def deb(self) -> Path:
        """The Debian package."""
        return next(self.folder.glob(f"vaultdesk_{__version__}_*.deb"))

    @property
    def rpm(self) -> Path:
        """The RPM package."""
        return self.folder / f"vaultdesk-{__version__}-1.{MACHINE}.rpm"

    @property
    def tar(self) -> Path:
        """The archive."""
        return self.folder / f"vaultdesk-{__version__}-linux-{MACHINE}.tar.gz"

    @property
    def bill(self) -> Path:
        """The bill of materials."""
        return self.folder / f"vaultdesk-{__version__}.cdx.json"


@pytest.fixture(scope="session")
def built() -> Built:
    """The installers of this tree; those in the folder VAULTDESK_DIST where that is given."""
    if given := os.environ.get("VAULTDESK_DIST"):
        return Built(Path(given).absolute())
    if not sys.platform.startswith("linux"):
        pytest.skip("The installers are built on Linux only.")
    done = subprocess.run(  # noqa: S603
        [sys.executable, ROOT / "packaging" / "dev.py", "build"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return Built(ROOT / "dist")


@pytest.fixture(scope="module")
def debian() -> Iterator[Bare]:
    """A bare Debian 12; the tests skip and say why where it cannot be."""
    if reason := bare.missing():
        pytest.skip(reason)
    folder = Path(tempfile.mkdtemp(prefix="bare-"))
    try:
        made = Bare(folder)
        made.make()
        yield made
    finally:
        shutil.rmtree(folder, ignore_errors=True)
