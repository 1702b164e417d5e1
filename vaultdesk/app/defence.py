"""The last line of defence: what nobody foresaw is logged, shown once, and the desk lives on."""

import asyncio
import contextlib
import faulthandler
import logging
import sys
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from vaultdesk.app import log_file
from vaultdesk.app.redaction import REDACTOR, CleanFormatter

if TYPE_CHECKING:
    from PySide6.QtCore import QMessageLogContext, QtMsgType

log = logging.getLogger("vaultdesk")

_LOGGERS = (log, logging.getLogger("yfinance"))
"""Whose messages belong in the log file, and not on a terminal nobody reads."""

BREATH_S = 5.0
"""How long work that failed by a bug rests before it is begun again."""

_NOISE = "This plugin does not support"
"""What Qt's offscreen platform says of every window it has no place for."""

_LEVELS = {
    "QtDebugMsg": logging.DEBUG,
    "QtInfoMsg": logging.INFO,
    "QtWarningMsg": logging.WARNING,
    "QtCriticalMsg": logging.ERROR,
    "QtFatalMsg": logging.CRITICAL,
}


class Defence:
    """Catches what escapes slots, timers, threads, tasks, Qt and the interpreter itself.

    `show` gets one sentence for each kind of bug, once; the traceback goes to the log. Without a
    window, `qt` is False and Qt is not loaded.
    """

    def __init__(self, home: Path, level: str, *, qt: bool = True) -> None:
        self._qt = qt
        self.show: Callable[[str], None] = lambda sentence: log.warning("unseen: %s", sentence)
        self._seen: set[str] = set()
        folder = home / log_file.FOLDER
        self._log_file = folder / log_file.FILE
        self._faults = None
        log.setLevel(level.upper())
        try:
            folder.mkdir(parents=True, exist_ok=True)
            handler: logging.Handler = log_file.LogFile(self._log_file)
            self._faults = log_file.faults_file(folder)
        except OSError:
            handler = logging.StreamHandler()
            handler.setFormatter(CleanFormatter(log_file.LINE))
        self._handler = handler
        for logger in _LOGGERS:
            logger.addHandler(handler)
            logger.propagate = False

    def install(self) -> None:
        """Stand guard over the process."""
        if self._faults is not None:
            faulthandler.enable(self._faults)
        sys.excepthook = self._on_exception
        threading.excepthook = self._on_thread
        if self._qt:
            from PySide6.QtCore import qInstallMessageHandler  # noqa: PLC0415

            qInstallMessageHandler(self._on_qt)

    def stand_down(self) -> None:
        """Give every hook back, and close the log."""
        if self._qt:
            from PySide6.QtCore import qInstallMessageHandler  # noqa: PLC0415

            qInstallMessageHandler(None)
        sys.excepthook = sys.__excepthook__
        threading.excepthook = threading.__excepthook__
        if self._faults is not None:
            faulthandler.disable()
            with contextlib.suppress(OSError):
                self._faults.close()
        for logger in _LOGGERS:
            logger.removeHandler(self._handler)
            logger.propagate = True
        self._handler.close()

    def guard(self, handler: Callable[[Any], None], event: object) -> None:
        """Call a bus handler; its bug is reported and the other handlers still hear the event."""
        try:
            handler(event)
        except Exception as error:  # noqa: BLE001  the last line of defence
            self.report(error)

    async def keep_alive(self, work: Callable[[], Awaitable[None]]) -> None:
        """Do work that should never end; a bug in it is reported, and it is begun again."""
        while True:
            try:
                await work()
            except Exception as error:  # noqa: BLE001  the last line of defence
                self.report(error)
                await asyncio.sleep(BREATH_S)
            else:
                return

    def on_loop(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """The event loop's exception handler."""
        del loop
        error = context.get("exception")
        if isinstance(error, Exception):
            self.report(error)
        else:
            log.error("%s", context.get("message"))

    def report(self, error: BaseException) -> None:
        """Log a bug with its traceback and show its sentence, unless it was shown before."""
        log.error("A bug", exc_info=(type(error), error, error.__traceback__))
        kind = REDACTOR.clean(f"{type(error).__name__}: {error}")
        if kind not in self._seen:
            self._seen.add(kind)
            self.show(
                f"Something in VaultDesk failed ({kind[:120]}); the rest goes on. "
                f"The details are in {self._log_file}."
            )

    def _on_exception(
        self,
        kind: type[BaseException],
        error: BaseException,
        trace: TracebackType | None,
    ) -> None:
        if isinstance(error, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        self.report(error)

    def _on_thread(self, arguments: threading.ExceptHookArgs) -> None:
        if arguments.exc_value is not None:
            self.report(arguments.exc_value)

    def _on_qt(self, kind: "QtMsgType", context: "QMessageLogContext", message: str) -> None:
        del context
        if not message.startswith(_NOISE):
            log.log(_LEVELS.get(kind.name, logging.WARNING), "Qt: %s", message)
