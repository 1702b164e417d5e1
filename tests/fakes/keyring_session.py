"""A session with a real gnome-keyring, which can be locked and asks in a real window."""

import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import secretstorage

from tests.fakes.session_bus import PATIENCE_S, environment, message_bus, need, running, screen

PASSWORD = "opensesame"

TRIES = 10

PROMPTER = "/usr/share/dbus-1/services/org.gnome.keyring.SystemPrompter.service"


@dataclass(frozen=True)
class KeyringSession:
    """Where the session's programs find its bus, and its screen if it has one."""

    variables: dict[str, str]

    def lock(self) -> None:
        """Lock the keyring, as a screen saver may."""
        with closing(secretstorage.dbus_init()) as bus:
            secretstorage.get_default_collection(bus).lock()

    def asks(self) -> bool:
        """Whether a window asks for the password."""
        return bool(self._xdotool("search", "--onlyvisible", "--name", "."))

    def answer(self, *keys: str) -> None:
        """Press keys in the window once it asks, again if it was not ready, until it is gone."""
        assert _comes_about(self.asks, PATIENCE_S), "the keyring did not ask"
        for _ in range(TRIES):
            self._xdotool("key", "ctrl+a", *keys)
            if _comes_about(lambda: not self.asks(), PATIENCE_S / TRIES):
                return
        raise AssertionError("the keyring did not take the answer")

    def _xdotool(self, *words: str) -> str:
        done = subprocess.run(  # noqa: S603
            ["xdotool", *words],  # noqa: S607
            env=self.variables,
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )
        return done.stdout.strip()


def _comes_about(happened: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not (done := happened()) and time.monotonic() < deadline:
        time.sleep(0.02)
    return done


@contextmanager
def keyring_session(
    folder: Path, *, unlocked: bool = True, asks: bool = False
) -> Iterator[KeyringSession]:
    """A session of its own; `unlocked` has the login keyring open, else there is none yet.

    With `asks` the keyring can show its question; without, that counts as dismissed.
    """
    need("dbus-daemon", "gnome-keyring-daemon", "gdbus")
    with ExitStack() as parts:
        own = environment(folder)
        services = folder / "services"
        services.mkdir()
        if asks:
            need("Xvfb", "xdotool")
            if not Path(PROMPTER).exists():
                pytest.skip(
                    "the window that asks for the keyring's password (gcr) is not installed"
                )
            own["DISPLAY"] = parts.enter_context(screen(folder))
            (services / "prompter.service").write_bytes(Path(PROMPTER).read_bytes())
        where = f"<servicedir>{services}</servicedir>"
        own["DBUS_SESSION_BUS_ADDRESS"] = parts.enter_context(message_bus(folder, where, own))
        open_it = ["--unlock"] if unlocked else []
        command = ["gnome-keyring-daemon", "--foreground", "--components=secrets", *open_it]
        parts.enter_context(running(command, own, PASSWORD))
        wait = ["gdbus", "wait", "--session", "--timeout", "20", "org.freedesktop.secrets"]
        subprocess.run(wait, env=own, check=True, timeout=PATIENCE_S + 5)  # noqa: S603
        yield KeyringSession(own)
