"""`python3 packaging/dev.py fuzz [TARGET …] --seconds N`: each target under atheris for so long."""

import argparse
import importlib.util
import subprocess
import sys

from tests.fuzz.targets import TARGETS

HOW = (
    "atheris is not installed here: put it beside the tests with "
    "`.venv/bin/python -m pip install atheris`, on Linux. Without it, "
    "`python3 packaging/dev.py test tests/fuzz` fuzzes the same targets unguided."
)


def say(line: str) -> None:
    """Print before the children do."""
    print(line, flush=True)  # noqa: T201


def main() -> int:
    """Fuzz, and give 1 when a target crashed or hung; the input's file is named by libFuzzer."""
    parser = argparse.ArgumentParser(prog="dev.py fuzz", description=__doc__)
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=", ".join(sorted(TARGETS)))
    parser.add_argument("--seconds", type=int, default=60, help="for each target")
    chosen = parser.parse_args()
    if unknown := sorted(set(chosen.targets) - set(TARGETS)):
        parser.error(f"there is no target {unknown[0]}; there are {', '.join(sorted(TARGETS))}")
    if importlib.util.find_spec("atheris") is None:
        say(HOW)
        return 2
    failed = []
    for name in chosen.targets or sorted(TARGETS):
        command = [sys.executable, "-m", "tests.fuzz.atheris_targets", name]
        say(f"==> {name}")
        if subprocess.call([*command, f"-max_total_time={chosen.seconds}", "-verbosity=0"]):  # noqa: S603
            failed.append(name)
    say(f"Failed: {', '.join(failed)}" if failed else "No target crashed, and none hung.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
