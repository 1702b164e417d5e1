"""A message bus of one's own, and the programs that live on one: keyring, dunst, a screen."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

PATIENCE_S = 20.0

_CONFIG = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path={socket}</listen>
  <auth>EXTERNAL</auth>
  {services}
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""


def need(*programs: str) -> None:
    """Skip the test where one of these programs is not installed, saying which."""
    if not sys.platform.startswith("linux"):
        pytest.skip("D-Bus is driven on Linux only")
    for program in programs:
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed")


def environment(folder: Path) -> dict[str, str]:
    """Nothing of the machine's own session; everything is written into `folder`."""
    return {
        "HOME": str(folder),
        "XDG_RUNTIME_DIR": str(folder),
        "PATH": os.environ.get("PATH", os.defpath),
        "LANG": "C.UTF-8",
    }


@contextmanager
def running(
    command: Sequence[str], variables: Mapping[str, str], said: str = ""
) -> Iterator["subprocess.Popen[str]"]:
    """A program that is ended with the test; `said` is what it reads first."""
    with subprocess.Popen(  # noqa: S603
        command,
        env=dict(variables),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    ) as process:
        assert process.stdin is not None
        process.stdin.write(said)
        process.stdin.close()
        process.stdin = None
        try:
            yield process
        finally:
            os.killpg(process.pid, signal.SIGTERM)  # also what it started itself
            process.wait(PATIENCE_S)


@contextmanager
def message_bus(
    folder: Path, services: str = "", variables: Mapping[str, str] | None = None
) -> Iterator[str]:
    """The address of a bus of its own; `services` is what of the machine's it may start."""
    config, socket = folder / "bus.conf", folder / "bus"
    config.write_text(_CONFIG.format(socket=socket, services=services), "utf-8")
    command = ["dbus-daemon", f"--config-file={config}", "--nofork", "--print-address=1"]
    with running(command, variables or environment(folder)) as daemon:
        assert daemon.stdout is not None
        address = daemon.stdout.readline().strip()
        assert address, "dbus-daemon ended at once"
        yield address


@contextmanager
def screen(folder: Path) -> Iterator[str]:
    """The name of a virtual screen."""
    command = ["Xvfb", "-displayfd", "1", "-noreset", "-screen", "0", "800x600x24"]
    with running(command, environment(folder)) as server:
        assert server.stdout is not None
        number = server.stdout.readline().strip()
        assert number, "Xvfb ended at once"
        yield f":{number}"
