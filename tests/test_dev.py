"""The developer's command line (packaging/dev.py): what it installs, where a window opens."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tomllib
import venv
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
PACKAGING = ROOT / "packaging"
LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-build.lock")

pytestmark = pytest.mark.skipif(os.name == "nt", reason="makes a tree with POSIX scripts")


def load(name: str) -> Any:  # noqa: ANN401 - a module by its path; packaging/ is no package
    spec = importlib.util.spec_from_file_location(name, PACKAGING / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


environment = load("dev_environment")
system = load("dev_system")
libraries = load("shared_libraries")
building = load("dev_build")
dev = load("dev")
Display = system.Display


# --- a small tree with a virtual environment in which `pip` is a script of ours -------------------

PIP = """
import pathlib, sys, time
with pathlib.Path("pip-calls").open("a") as calls:
    print(*sys.argv[1:], file=calls)
{then}
"""
DESK = "import sys; print('desk', *sys.argv[1:]); sys.exit(7)"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    root = tmp_path / "tree"
    (root / "packaging").mkdir(parents=True)
    for file in (*PACKAGING.glob("*.py"), PACKAGING / "debian.ini"):
        shutil.copy(file, root / "packaging")
    for name in LOCKS:
        (root / "packaging" / name).write_text("wheel==1\n")
    (root / "pyproject.toml").write_text("[project]\n")
    venv.create(root / ".venv", symlinks=True)
    script(root / ".venv/bin/pip", "exit 0")
    install_module(root, "pip", PIP.format(then=""))
    install_module(root, "vaultdesk", DESK)
    return root


def script(path: Path, line: str) -> None:
    path.write_text(f"#!/bin/sh\n{line}\n")
    path.chmod(0o755)


def install_module(root: Path, name: str, main: str) -> None:
    package = next((root / ".venv/lib").glob("python3*")) / "site-packages" / name
    package.mkdir(exist_ok=True)
    (package / "__init__.py").touch()
    (package / "__main__.py").write_text(main)


def start(root: Path, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(  # noqa: S603
        [sys.executable, root / "packaging/dev.py", *arguments],
        cwd=root,
        env={"PATH": str(root / "no-programs"), "HOME": str(root)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def call(root: Path, *arguments: str) -> tuple[int, str, str]:
    with start(root, *arguments) as process:
        out, err = process.communicate(timeout=60)
    return process.returncode, out, err


def pip_calls(root: Path) -> list[str]:
    calls = root / "pip-calls"
    return calls.read_text().splitlines() if calls.exists() else []


def complete(root: Path, lock: str) -> None:
    environment.stamp_of(root / ".venv").write_text(environment.fingerprint(root, lock))


# --- what is installed, and when ------------------------------------------------------------------


def test_the_first_run_installs_the_lock_by_its_hashes_and_then_the_project(tree: Path) -> None:
    call(tree, "run", "health")
    packages, project = pip_calls(tree)
    assert packages.startswith("install --no-deps --require-hashes -r ")
    assert packages.endswith("packaging/requirements.lock")
    assert project == f"install --no-deps --no-build-isolation -e {tree}"


def test_the_second_run_installs_nothing(tree: Path) -> None:
    call(tree, "run", "health")
    (tree / "pip-calls").unlink()
    code, out, err = call(tree, "run", "health", "--json")
    assert pip_calls(tree) == []
    assert (code, out, err) == (7, "desk health --json\n", "")


def test_what_was_installed_for_development_serves_running(tree: Path) -> None:
    complete(tree, "requirements-dev.lock")
    assert environment.is_installed(tree, "requirements.lock")


def test_what_was_installed_for_development_does_not_serve_a_bundle(tree: Path) -> None:
    venv.create(tree / ".venv-build", symlinks=True)
    script(tree / ".venv-build/bin/pip", "exit 0")
    stamp = environment.stamp_of(tree / ".venv-build")
    lock = "requirements-build.lock"
    stamp.write_text(environment.fingerprint(tree, "requirements-dev.lock"))
    assert not environment.is_installed(tree, lock, ".venv-build")
    stamp.write_text(environment.fingerprint(tree, lock))
    assert environment.is_installed(tree, lock, ".venv-build")


def test_what_was_installed_for_running_does_not_serve_development(tree: Path) -> None:
    complete(tree, "requirements.lock")
    assert environment.is_installed(tree, "requirements.lock")
    assert not environment.is_installed(tree, "requirements-dev.lock")


@pytest.mark.parametrize("name", ["pyproject.toml", "packaging/requirements.lock"])
def test_a_change_of_what_is_wanted_asks_for_an_install(tree: Path, name: str) -> None:
    complete(tree, "requirements.lock")
    (tree / name).write_text("changed\n")
    assert not environment.is_installed(tree, "requirements.lock")


def test_a_failed_install_says_so_and_leaves_no_stamp(tree: Path) -> None:
    install_module(tree, "pip", PIP.format(then="sys.exit('no route to the index')"))
    code, _out, err = call(tree, "run", "health")
    assert code == 1
    assert "no route to the index" in err
    assert "could not be installed" in err
    assert not environment.stamp_of(tree / ".venv").exists()
    assert environment.is_usable(tree)


def test_an_install_that_was_killed_leaves_no_stamp_and_an_unusable_venv(tree: Path) -> None:
    complete(tree, "requirements-dev.lock")
    (tree / "pyproject.toml").write_text("changed\n")
    started = "print('started', flush=True)\n" * 200
    install_module(tree, "pip", PIP.format(then=f"{started}time.sleep(60)"))
    calls = tree / "pip-calls"
    os.mkfifo(calls)  # opening it to read waits until pip is at work
    with start(tree, "run", "health") as process:
        calls.read_text()
        os.killpg(process.pid, signal.SIGKILL)
    assert not environment.stamp_of(tree / ".venv").exists()
    assert not environment.is_usable(tree)


# --- a .venv that cannot be used ------------------------------------------------------------------


def test_a_sound_venv_is_kept(tree: Path) -> None:
    assert environment.is_usable(tree)


@pytest.mark.parametrize("name", ["python", "pip"])
def test_a_venv_without_its_programs_is_not_usable(tree: Path, name: str) -> None:
    program = tree / ".venv/bin" / name
    program.unlink()
    assert not environment.is_usable(tree)
    program.symlink_to(tree / "gone")
    assert not environment.is_usable(tree)


def test_a_venv_of_another_python_is_not_usable(tree: Path) -> None:
    config = tree / ".venv/pyvenv.cfg"
    config.write_text(re.sub(r"(?m)^version = 3\.\d+", "version = 3.9", config.read_text()))
    assert not environment.is_usable(tree)


def test_a_venv_that_came_with_a_copied_tree_is_not_usable(tree: Path, tmp_path: Path) -> None:
    complete(tree, "requirements.lock")
    copy = tmp_path / "copy"
    shutil.copytree(tree, copy, symlinks=True)
    assert environment.is_usable(tree)
    assert not environment.is_usable(copy)


# --- Python and the system ------------------------------------------------------------------------


def test_the_pythons_are_those_of_pyproject() -> None:
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["requires-python"]
    bounds = re.fullmatch(r">=3\.(\d+),<3\.(\d+)", wanted)
    assert bounds is not None
    first, end = map(int, bounds.groups())
    accepted = [minor for minor in range(20) if environment.python_complaint(3, minor) is None]
    assert accepted == list(range(first, end))


def test_another_python_is_refused_in_one_sentence() -> None:
    complaint = environment.python_complaint(3, 10)
    assert complaint.startswith("VaultDesk needs Python 3.11, 3.12 or 3.13, and this is 3.10: ")
    assert complaint.count(". ") == 0
    assert "\n" not in complaint


def test_one_line_installs_what_is_missing_each_package_once() -> None:
    missing = {"libb.so.1": "libb1", "liba.so.1": "liba1", "liba-more.so.1": "liba1"}
    assert system.apt_line(missing) == "sudo apt-get install -y liba1 libb1"


@pytest.mark.skipif(sys.platform != "linux", reason="looks for what every Linux has")
@pytest.mark.parametrize("probe", ["libc.so.6", "sh", "/etc/pass*"])
def test_what_is_here_is_found(probe: str) -> None:
    assert system.is_here(probe)


@pytest.mark.parametrize("probe", ["libnowhere.so.1", "no-such-program", "/etc/no-such*"])
def test_what_is_not_here_is_missed(probe: str) -> None:
    assert not system.is_here(probe)


def test_the_library_that_starts_a_window_is_asked_for_where_a_window_is_wanted() -> None:
    assert system.packages("x11")["libxcb-cursor.so.0"] == "libxcb-cursor0"
    assert Display.VIRTUAL.needs == system.packages("x11", "screen")
    assert Display.OFFSCREEN.needs == {}


# --- where a window opens -------------------------------------------------------------------------

NOBODY = ":4711"  # a display that no X server of this machine has


@pytest.fixture
def x_display() -> Iterator[str]:
    """A display as `ssh -X` forwards it; the listener stands for its X server."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"127.0.0.1:{listener.getsockname()[1] - 6000}.0"


@pytest.fixture
def wayland(tmp_path: Path) -> Iterator[dict[str, str]]:
    with contextlib.closing(socket.socket(socket.AF_UNIX)) as listener:
        listener.bind(str(tmp_path / "w"))
        yield {"XDG_RUNTIME_DIR": str(tmp_path), "WAYLAND_DISPLAY": "w"}


def choose(environ: dict[str, str], *lacking: str) -> Any:  # noqa: ANN401 - a Display
    return system.choose_display(environ, has=lambda probe: probe not in lacking, system="linux")


def test_an_x_display_that_answers_is_used(x_display: str) -> None:
    assert choose({"DISPLAY": x_display}) is Display.X11


def test_a_display_where_nobody_answers_is_replaced_by_a_private_one() -> None:
    assert choose({"DISPLAY": NOBODY}) is Display.VIRTUAL


@pytest.mark.parametrize("name", ["", "nonsense", ":", "host:x"])
def test_a_display_that_is_none_is_replaced_by_a_private_one(name: str) -> None:
    assert choose({"DISPLAY": name}) is Display.VIRTUAL


def test_a_wayland_display_is_used_without_the_x_libraries(wayland: dict[str, str]) -> None:
    assert choose(wayland, "libxcb-cursor.so.0") is Display.WAYLAND


def test_a_wayland_display_that_is_gone_is_replaced(tmp_path: Path) -> None:
    gone = {"XDG_RUNTIME_DIR": str(tmp_path), "WAYLAND_DISPLAY": "wayland-0"}
    assert choose(gone) is Display.VIRTUAL


def test_without_xvfb_the_desk_is_painted_offscreen() -> None:
    assert choose({}, "Xvfb") is Display.OFFSCREEN


def test_without_the_x_libraries_a_real_display_is_of_no_use(x_display: str) -> None:
    assert choose({"DISPLAY": x_display}, "libxcb-cursor.so.0") is Display.OFFSCREEN


def test_a_wish_for_offscreen_counts_more_than_a_display(x_display: str) -> None:
    wish = {"DISPLAY": x_display, "QT_QPA_PLATFORM": "offscreen"}
    assert choose(wish) is Display.OFFSCREEN


@pytest.mark.parametrize("name", ["darwin", "win32"])
def test_other_systems_bring_their_own_display(name: str) -> None:
    assert system.choose_display({}, has=lambda _probe: False, system=name) is Display.NATIVE


@pytest.mark.skipif(
    not all(map(system.is_here, system.packages("screen"))), reason="needs xvfb and xauth"
)
def test_the_private_screen_answers_only_while_it_is_wanted() -> None:
    with system.virtual_screen() as variables:
        assert choose({"DISPLAY": variables["DISPLAY"]}) is Display.X11
        assert variables["QT_QPA_PLATFORM"] == "xcb"
    assert choose({"DISPLAY": variables["DISPLAY"]}) is Display.VIRTUAL


# --- the commands ---------------------------------------------------------------------------------


@pytest.mark.parametrize("arguments", [[], ["--feed", "yahoo"], ["desk"]])
def test_these_arguments_open_a_window(arguments: list[str]) -> None:
    assert dev.opens_window(arguments)


@pytest.mark.parametrize("arguments", [["health"], ["report", "--pdf"], ["--help"], ["--version"]])
def test_these_arguments_only_print(arguments: list[str]) -> None:
    assert not dev.opens_window(arguments)


def test_a_desk_that_nobody_sees_is_told_to_leave_a_picture_and_end() -> None:
    wanted = ["--screenshot", "vaultdesk-screenshot.png", "--after", "6", "--demo"]
    assert dev.with_picture(["--demo"]) == (wanted, Path("vaultdesk-screenshot.png"))


@pytest.mark.parametrize("given", [["--screenshot", "my.png"], ["--screenshot=my.png"]])
def test_a_picture_asked_for_by_name_keeps_its_name(given: list[str]) -> None:
    assert dev.with_picture([*given, "--after=2"]) == ([*given, "--after=2"], Path("my.png"))


def test_check_runs_every_check_even_when_one_fails(tree: Path) -> None:
    complete(tree, "requirements-dev.lock")
    for name, line in (
        ("ruff", "exit 3"),
        ("mypy", "echo typed"),
        ("lint-imports", "echo layered"),
    ):
        script(tree / ".venv/bin" / name, line)
    code, out, _err = call(tree, "check")
    assert code == 1
    assert "typed" in out
    assert "layered" in out
    assert out.endswith("Failed: ruff format --check ., ruff check .\n")


def test_an_unknown_command_shows_those_there_are(tree: Path) -> None:
    code, out, _err = call(tree, "tests")
    assert code == 2
    assert all(name in out for name in ("setup", "run", "test", "check", "bench", "build", "lock"))


# --- the locks ------------------------------------------------------------------------------------


def pins(lock: str) -> dict[str, str]:
    """The lines of a lock, continued lines joined, by `name==version ; marker`."""
    lines = (PACKAGING / lock).read_text().replace("\\\n", "").splitlines()
    return {line.partition(" --hash")[0].strip(): line for line in lines}


def names(lock: str) -> set[str]:
    return {pin.partition("==")[0] for pin in pins(lock)}


def wanted_names(requirements: list[str]) -> set[str]:
    return {re.split(r"[\s<>=!~\[;]", text)[0].lower() for text in requirements}


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_host(lock: str) -> None:
    assert "//" not in (PACKAGING / lock).read_text()


@pytest.mark.parametrize("lock", LOCKS)
def test_every_requirement_is_pinned_and_hashed(lock: str) -> None:
    form = re.compile(r"[a-z0-9-]+==\S+( ; [^#]+?)?\s+(--hash=sha256:[0-9a-f]{64}\s*)+")
    assert pins(lock)
    assert [line for line in pins(lock).values() if not form.fullmatch(line)] == []


def test_the_locks_hold_what_pyproject_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    groups = project["dependency-groups"]
    run = wanted_names(project["project"]["dependencies"]) | wanted_names(groups["build"])
    assert run - names("requirements.lock") == set()
    assert wanted_names(groups["dev"]) - names("requirements-dev.lock") == set()
    assert wanted_names(groups["bundle"]) - names("requirements-build.lock") == set()


@pytest.mark.parametrize("lock", LOCKS[1:])
def test_the_other_locks_hold_all_that_running_takes(lock: str) -> None:
    assert pins("requirements.lock").keys() - pins(lock).keys() == set()


def test_a_bundle_is_made_of_nothing_that_only_the_tests_want() -> None:
    only_tests = {"pytest", "hypothesis", "quantlib", "mypy", "pytest-qt", "dask"}
    assert only_tests <= names("requirements-dev.lock")
    assert only_tests & names("requirements-build.lock") == set()


# --- the installers -------------------------------------------------------------------------------


def test_the_tests_are_shared_out_unless_told_otherwise() -> None:
    shared = dev.shared_out(["-k", "loan"])
    assert shared[:2] == ["-n", "logical"]
    assert shared[-2:] == ["-k", "loan"]
    assert dev.shared_out(["-n", "0"])[-2:] == ["-n", "0"]


@pytest.mark.parametrize("argument", ["--pdb", "--trace", "-s"])
def test_a_debugger_has_the_tests_in_its_own_process(argument: str) -> None:
    assert dev.shared_out([argument]) == [argument]


def test_what_is_built_is_named_by_version_and_machine() -> None:
    release = building.Release("1.2.3", "x86_64", 0)
    assert release.deb.name == "vaultdesk_1.2.3_amd64.deb"
    assert release.rpm.name == "vaultdesk-1.2.3-1.x86_64.rpm"
    assert release.tar.name == "vaultdesk-1.2.3-linux-x86_64.tar.gz"


@pytest.mark.parametrize("arguments", [["--only", "dep"], ["--only"], ["deb"], ["--only=onedir,"]])
def test_a_build_of_something_unknown_is_refused_in_one_sentence(arguments: list[str]) -> None:
    with pytest.raises(SystemExit, match=r"`build` takes --only with some of onedir,"):
        building.build(arguments)


def test_the_c_library_is_asked_for_by_its_version_alone() -> None:
    ours = ["libc.so.6", "libm.so.6", "ld-linux-x86-64.so.2", "libpthread.so.0"]
    assert all(map(libraries.OF_THE_C_LIBRARY.match, ours))
    assert not any(
        map(libraries.OF_THE_C_LIBRARY.match, ["libcap.so.2", "libGL.so.1", "libmd.so.0"])
    )


@pytest.mark.skipif(shutil.which("objdump") is None, reason="needs objdump")
def test_what_a_program_links_and_its_folder_lacks_is_found(tmp_path: Path) -> None:
    here = tmp_path / "bundle"
    here.mkdir()
    shutil.copy(shutil.which("openssl") or pytest.skip("needs openssl"), here)
    needed, glibc = libraries.missing(here)
    assert {name.partition(".")[0] for name in needed} == {"libssl", "libcrypto"}
    assert re.fullmatch(r"2\.\d+", glibc)
    (here / min(needed)).touch()
    assert libraries.missing(here)[0] == needed - {min(needed)}


def test_a_library_of_debian_ini_is_in_the_package_named_there() -> None:
    assert libraries.debian_packages(["libGL.so.1"]) == {"libGL.so.1": "libgl1"}


@pytest.mark.skipif(shutil.which("dpkg") is None, reason="needs dpkg")
def test_a_library_nobody_knows_ends_the_build_with_its_name() -> None:
    with pytest.raises(SystemExit, match=r"libnowhere\.so\.1, and no package here has it"):
        libraries.debian_packages(["libnowhere.so.1"])
