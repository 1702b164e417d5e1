#!/usr/bin/env python3
"""Installs, starts, tests and checks VaultDesk from its source tree; needs Python and nothing else.

Everything lands in `.venv`, from the hashed locks beside this file. What Qt wants of the system
(`debian.ini`) is installed where we are root and have apt; elsewhere one line says how.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from dev_build import build
from dev_environment import (
    BIN,
    BUILD_LOCK,
    DEV_LOCK,
    PYTHON,
    PYTHONS,
    ROOT,
    RUN_LOCK,
    hand_over,
    install,
    python_complaint,
    say,
    venv_environ,
)
from dev_system import Display, choose_display, packages, prepare_system, virtual_screen

if TYPE_CHECKING:
    from collections.abc import Callable

PICTURE = "vaultdesk-screenshot.png"
CHECKS = (
    ("ruff", "format", "--check", "."),
    ("ruff", "check", "."),
    ("mypy",),
    ("lint-imports",),
)
COMPILE = (
    *("pip", "compile", "pyproject.toml", "--universal", "--python-version", PYTHONS[0]),
    *("--generate-hashes", "--no-header", "--no-annotate", "--quiet", "--group", "build"),
)


def with_picture(arguments: list[str]) -> tuple[list[str], Path]:
    """Arguments that also ask for a picture and an end, and where that picture will be.

    Ours come first: `--demo status` ends in a subcommand, which knows neither.
    """
    given = dict(argument.partition("=")[::2] for argument in arguments)
    picture = [] if "--screenshot" in given else ["--screenshot", PICTURE]
    end = [] if "--after" in given else ["--after", "6"]
    wanted = [*picture, *end, *arguments]
    if not (path := given.get("--screenshot", "")):
        path = (*wanted, PICTURE)[wanted.index("--screenshot") + 1]
    return wanted, Path(path)


def paint_unseen(display: Display, arguments: list[str]) -> int:
    """Runs the desk where nobody sees it, long enough for a picture; returns its exit code."""
    arguments, picture = with_picture(arguments)
    started = time.time()
    with contextlib.ExitStack() as stack:
        screen = {"QT_QPA_PLATFORM": "offscreen"}
        if display is Display.VIRTUAL:
            screen = stack.enter_context(virtual_screen())
        command = [PYTHON, "-m", "vaultdesk", *arguments]
        code = subprocess.call(command, env={**venv_environ(), **screen})
    code = 128 - code if code < 0 else code  # ended by a signal, as a shell counts it
    painted = picture.is_file() and picture.stat().st_mtime >= started - 1
    if painted:
        print(f"No display here: painted {display.value[0]} and saved {picture}")
    elif code:
        say(f"No display here: no picture came {display.value[0]}")
    return code


def opens_window(arguments: list[str]) -> bool:
    """Whether these arguments of the program ask for the desk, not for a printed answer."""
    asks = {"-h", "--help", "--version"}.intersection(arguments)
    return not asks and all(first == "desk" or first[:1] == "-" for first in arguments[:1])


# --- the commands ---------------------------------------------------------------------------------


def setup(_arguments: list[str]) -> int:
    """Installs everything that `run` needs."""
    likes = choose_display(os.environ, has=bool).needs
    prepare_system(packages("qt"), likes, "VaultDesk will run without a window.")
    install(RUN_LOCK)
    say("VaultDesk is set up. Start it: python3 packaging/dev.py run")
    return 0


def run(arguments: list[str]) -> int:
    """Opens the desk with demo data, or runs `vaultdesk` with the arguments given."""
    if not opens_window(arguments):
        prepare_system({})
        install(RUN_LOCK)
        hand_over("-m", "vaultdesk", *arguments)
    likes = choose_display(os.environ, has=bool).needs
    prepare_system(packages("qt"), likes, "Going on without a window.")
    install(RUN_LOCK)
    arguments = arguments or ["--demo"]
    display = choose_display(os.environ)
    if display in {Display.VIRTUAL, Display.OFFSCREEN}:
        return paint_unseen(display, arguments)
    return hand_over("-m", "vaultdesk", *arguments)


def shared_out(arguments: list[str]) -> list[str]:
    """Arguments of pytest that also ask for all processors, a file's tests in one process.

    Ours come first, so `-n 0` among those given counts more. A debugger wants one process.
    """
    if {"--pdb", "--trace", "-s", "--capture=no"}.intersection(arguments):
        return arguments
    return ["-n", "logical", "--maxprocesses", "4", "--dist", "loadfile", *arguments]


def test(arguments: list[str]) -> int:
    """Runs pytest on all processors, with the arguments given; `-n 0` keeps it to one."""
    likes = packages("x11", "screen", "tests")
    prepare_system(packages("qt"), likes, "End-to-end tests will be skipped.")
    install(DEV_LOCK)
    os.chdir(ROOT)
    unseen = os.environ.get("QT_QPA_PLATFORM") or "offscreen"
    hand_over("-m", "pytest", *shared_out(arguments), QT_QPA_PLATFORM=unseen)


def check(_arguments: list[str]) -> int:
    """Format, lint, types and import rules, all of them even when one fails."""
    prepare_system({})
    install(DEV_LOCK)
    failed = []
    for command in CHECKS:
        print(f"==> {' '.join(command)}", flush=True)
        started = time.monotonic()
        code = subprocess.call([BIN / command[0], *command[1:]], cwd=ROOT, env=venv_environ())
        took = time.monotonic() - started
        print(f"==> {'FAILED' if code else 'passed'} in {took:.1f} s\n", flush=True)
        failed += [" ".join(command)] if code else []
    print(f"Failed: {', '.join(failed)}" if failed else "All checks passed.", flush=True)
    return 1 if failed else 0


def bench(arguments: list[str]) -> int:
    """Measures the program; takes the arguments of tests/bench."""
    prepare_system(packages("qt"))
    install(DEV_LOCK)
    os.chdir(ROOT)
    hand_over("-m", "tests.bench", *arguments)


def soak(arguments: list[str]) -> int:
    """Runs desks under faults; takes --minutes N, --seed S and --every SECONDS."""
    likes = packages("x11", "screen", "tests", "soak")
    prepare_system(packages("qt"), likes, "Faults this machine cannot have are left out.")
    install(DEV_LOCK)
    os.chdir(ROOT)
    hand_over("-m", "tests.soak", *arguments)


def fuzz(arguments: list[str]) -> int:
    """Fuzzes what is read from outside, guided by coverage; takes targets and --seconds N."""
    prepare_system(packages("qt"))
    install(DEV_LOCK)
    os.chdir(ROOT)
    hand_over("-m", "tests.fuzz", *arguments)


def screenshots(_arguments: list[str]) -> int:
    """Paints the pictures of the README into resources/screenshots."""
    prepare_system(packages("qt"))
    install(RUN_LOCK)
    os.chdir(ROOT)
    hand_over("packaging/screenshots.py")


def lock(arguments: list[str]) -> int:
    """Resolves pyproject.toml into the locks with uv; `--upgrade` moves to the newest versions."""
    uv = shutil.which("uv", path=venv_environ()["PATH"])
    if uv is None:
        raise SystemExit(f"`lock` needs uv; this brings it: {PYTHON} -m pip install uv")
    more = {RUN_LOCK: (), DEV_LOCK: ("--group", "dev"), BUILD_LOCK: ("--group", "bundle")}
    for name, groups in more.items():
        say(f"Resolving packaging/{name} …")
        bound = ("-c", f"packaging/{RUN_LOCK}") if groups else ()
        command = [uv, *COMPILE, *groups, *bound, *arguments, "-o", f"packaging/{name}"]
        subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    return 0


COMMANDS: tuple[Callable[[list[str]], int], ...] = (
    setup,
    run,
    test,
    check,
    bench,
    soak,
    fuzz,
    build,
    screenshots,
    lock,
)


def main(argv: list[str]) -> int:
    """Does one command and returns its exit code."""
    if complaint := python_complaint(*sys.version_info[:2]):
        raise SystemExit(complaint)
    commands = {command.__name__: command for command in COMMANDS}
    if not argv or argv[0] not in commands:
        if argv and not argv[0].startswith("-"):
            print(f"There is no command {argv[0]!r}.")
        print("Usage: python3 packaging/dev.py COMMAND [arguments]\n")
        for name, command in commands.items():
            print(f"  {name:12}{command.__doc__}")
        return 0 if {"-h", "--help"}.intersection(argv) else 2
    signal.signal(signal.SIGTERM, lambda number, _frame: sys.exit(128 + number))
    try:
        return commands[argv[0]](argv[1:])
    except KeyboardInterrupt:
        return 130
    except subprocess.CalledProcessError as error:
        return error.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
