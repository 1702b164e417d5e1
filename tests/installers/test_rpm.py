"""The RPM package: what it holds and needs, and whether what it installs runs."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.installers.conftest import Built
from tests.installers.test_bundle import smoke
from vaultdesk import __version__

pytestmark = [
    pytest.mark.slow,
    pytest.mark.xdist_group("installers"),
    pytest.mark.skipif(shutil.which("rpm") is None, reason="rpm is not installed."),
]


def rpm(*words: str | Path) -> str:
    done = subprocess.run(  # noqa: S603
        ["rpm", *words],  # noqa: S607
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def listed(built: Built) -> set[str]:
    """The files of the .deb."""
    command = ["dpkg-deb", "--fsys-tarfile", str(built.deb)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as packed:  # noqa: S603
        told = subprocess.run(
            ["tar", "-t"],  # noqa: S607
            stdin=packed.stdout,
            capture_output=True,
            text=True,
            check=True,
        )
    return {line.removeprefix(".") for line in told.stdout.splitlines() if not line.endswith("/")}


def test_it_holds_the_files_of_the_debian_package(built: Built) -> None:
    folders = {str(Path(name).parent) for name in listed(built)}
    held = set(rpm("-qpl", built.rpm).splitlines())
    above = {str(parent) for name in folders for parent in (Path(name), *Path(name).parents)}
    assert held - above == listed(built)


def test_it_names_itself_and_what_it_needs(built: Built) -> None:
    told = rpm("-qp", "--qf", "%{NAME} %{VERSION} %{LICENSE} %{ARCH}", built.rpm)
    assert told.split()[:3] == ["vaultdesk", __version__, "MIT"]
    needed = rpm("-qp", "--requires", built.rpm)
    assert re.search(r"^libc\.so\.6\(GLIBC_2\.\d+\)", needed, re.MULTILINE)
    assert "libGL.so.1()" in needed
    assert "libQt6" not in needed


def test_what_it_installs_passes_the_smoke_and_is_removed_whole(
    built: Built, tmp_path: Path
) -> None:
    root = tmp_path / "root"
    root.mkdir()
    where = ("--root", root, "--nodeps")
    rpm(*where, "--ignorearch", "-i", built.rpm)
    program = root / "usr" / "lib" / "vaultdesk" / "vaultdesk"
    assert smoke(program, tmp_path / "home")["result"] == "all is well"
    assert (root / "usr" / "bin" / "vaultdesk").readlink() == Path("../lib/vaultdesk/vaultdesk")
    rpm(*where, "-e", "vaultdesk")
    assert [path for path in root.rglob("*vaultdesk*") if "/var/" not in str(path)] == []
