"""The same targets guided by coverage: `python -m tests.fuzz.atheris_targets TARGET [libFuzzer's]`.

Needs atheris, which the project does not install; `dev.py fuzz` says how.
"""

import sys
import tempfile
from pathlib import Path

import atheris  # type: ignore[import-untyped]

LONGEST_S = 20
"""What takes longer hangs; libFuzzer ends the process and keeps the input."""


def main() -> None:
    """Fuzz one target, from its sound inputs, until libFuzzer's own limits end it."""
    name = sys.argv.pop(1)
    with atheris.instrument_imports(include=["vaultdesk", "tests.fuzz"]):
        from tests.fuzz.targets import TARGETS, seeds  # noqa: PLC0415

        for seed in seeds(name):
            TARGETS[name](seed)  # whatever it needs is imported now, and so followed
    with tempfile.TemporaryDirectory(prefix="corpus-") as corpus:
        for number, seed in enumerate(seeds(name)):
            (Path(corpus) / str(number)).write_bytes(seed)
        options = [f"-timeout={LONGEST_S}", f"-artifact_prefix={tempfile.gettempdir()}/{name}-"]
        atheris.Setup([*sys.argv, *options, corpus], TARGETS[name])
        atheris.Fuzz()


if __name__ == "__main__":
    main()
