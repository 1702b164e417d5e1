"""`vaultdesk --smoke`: tries whether a bundle has all that the desk needs, in a home of its own.

Each check does a little of the real thing and gives a sentence on what it found; one that fails
does not keep the others from running. Neither the user's profile nor the network is touched.
"""

from __future__ import annotations

import faulthandler
import os
import platform
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from vaultdesk import __version__
from vaultdesk.app import itself
from vaultdesk.app.smoke_checks import CHECKS, Trial

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator, Mapping

    from vaultdesk.app.smoke_checks import Check

LONGEST_S = 120
"""A check that hangs is a failure too: the stacks are printed then, and the program ends with 1."""


def smoke(
    parser: Callable[[], argparse.ArgumentParser], checks: Mapping[str, Check] | None = None
) -> int:
    """Try everything, print a line on each, and give the exit code: 0 when nothing failed.

    `parser` makes the command line's parser, for the help; `checks` are `CHECKS` unless given.
    """
    checks = CHECKS if checks is None else checks
    faulthandler.dump_traceback_later(LONGEST_S, exit=True)
    failures = 0
    kind = "bundle" if itself.FROZEN else "source tree"
    _say("VaultDesk", f"{__version__}, {kind}, Python {platform.python_version()}")
    with _elsewhere() as home:
        for name, check in checks.items():
            try:
                _say(name, check(Trial(home, parser)))
            except Exception as error:  # noqa: BLE001 - whatever a bundle may lack, and all of it
                failures += 1
                _say(name, f"FAILED, {type(error).__name__}: {error}")
    faulthandler.cancel_dump_traceback_later()
    _say("result", f"{failures} of {len(checks)} checks failed" if failures else "all is well")
    return 1 if failures else 0


def _say(name: str, sentence: str) -> None:
    print(f"{name}: {sentence}", flush=True)  # noqa: T201


@contextmanager
def _elsewhere() -> Iterator[Path]:
    """A temporary home without the user's settings, and without a screen."""
    before = dict(os.environ)
    with TemporaryDirectory(prefix="vaultdesk-smoke-") as folder:
        for name in [name for name in os.environ if name.startswith("VAULTDESK_")]:
            del os.environ[name]
        os.environ.update(
            VAULTDESK_HOME=folder, XDG_CACHE_HOME=f"{folder}/cache", QT_QPA_PLATFORM="offscreen"
        )
        try:
            yield Path(folder)
        finally:
            os.environ.clear()
            os.environ.update(before)
