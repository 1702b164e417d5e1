"""The desk with its window: builds it, runs it on one loop, and takes it down again."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import sys
from functools import cached_property
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QApplication
from qasync import QEventLoop

from vaultdesk.adapters.recorded.recorder import RecordingFeed
from vaultdesk.app import parts
from vaultdesk.app.actions import Actions
from vaultdesk.app.checkup import Checkup
from vaultdesk.app.defence import Defence
from vaultdesk.app.demonstration import prepare_demonstration
from vaultdesk.app.hedging import Hedging
from vaultdesk.app.helping import Helping
from vaultdesk.app.keep_commands import KeepCommands
from vaultdesk.app.panels import Panels
from vaultdesk.app.reporting import Reporting
from vaultdesk.app.screen import Forgetful, Painted, has_display, save_picture
from vaultdesk.app.trading import Trading
from vaultdesk.app.window_server import WindowServer
from vaultdesk.core.market import EXERCISE_STYLES
from vaultdesk.events import Bus, ExerciseStyleChanged, LoanChanged, ProblemRaised
from vaultdesk.ports import KnownError
from vaultdesk.storage.window_files import WindowFiles
from vaultdesk.ui import theme
from vaultdesk.ui.single_instance import SingleInstance
from vaultdesk.ui.window import DeskWindow

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Mapping

    from vaultdesk.app.alarm import Alarm
    from vaultdesk.core.loan.terms import Facility

SETTLED_S = (10.0, 60.0)
"""What is loaded by then stays: looking through it for garbage held the loop up for 60 ms."""

GARBAGE = (20_000, 20, 100)
"""How often it is looked for: by Python's own measure the loop stood still for 25 to 50 ms each
time while 100,000 records were written to a file."""

TURN_S = 0.001
"""How long a thread that computes may keep the interpreter from the loop. Each callback waits so
long, and ten at Python's own 5 ms made 50 to 90 ms while 10,000 events of orders came in."""

PATIENCE_S = 1.0
"""How long quitting waits for what is still running."""


def run(
    profile: parts.Profile,
    shot: parts.Screenshot | None,
    size: tuple[int, int] | None,
    problem: str,
    flags: Mapping[str, Any],
    parser: Callable[[], argparse.ArgumentParser],
) -> int:
    """Open the desk and give the exit code once it is closed.

    `problem` is what was wrong with the settings, shown in the window; `flags` are those settings
    that the command line gave, `parser` makes its parser for the help.

    Raises:
        KnownError: The desk cannot be opened at all; the sentence says what to do.
    """
    application = _application(offscreen=shot is not None)
    instance = SingleInstance(profile.home)
    if shot is None and not instance.acquire():
        if instance.served:
            raise KnownError(
                f"This profile is served without a window already ({instance.holder}): end that "
                "with Ctrl+C, then open the desk."
            )
        print("VaultDesk is open already; its window was raised.")  # noqa: T201
        return 0
    defence = Defence(profile.home, profile.settings.log_level)
    defence.install()
    try:
        desk = Desk(application, profile, defence, shot, size, flags, parser)
        instance.raise_requested.connect(desk.window.bring_up)
        with asyncio.Runner(loop_factory=lambda: QEventLoop(application)) as runner:
            runner.get_loop().set_exception_handler(defence.on_loop)
            return runner.run(desk.main(problem))
    finally:
        instance.release()
        defence.stand_down()


def _application(*, offscreen: bool) -> QApplication:
    if not has_display():
        if not offscreen:
            raise KnownError(
                "There is no display here: set DISPLAY, or add --screenshot FILE to paint "
                "without one."
            )
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    application = QApplication(sys.argv[:1])
    application.setApplicationName("VaultDesk")
    application.setDesktopFileName("vaultdesk")
    application.setQuitOnLastWindowClosed(False)
    return application


class Desk:
    """Every part of one desk; `main` is its life from the first paint to the last write."""

    def __init__(
        self,
        application: QApplication,
        profile: parts.Profile,
        defence: Defence,
        shot: parts.Screenshot | None,
        size: tuple[int, int] | None,
        flags: Mapping[str, Any],
        parser: Callable[[], argparse.ArgumentParser] | None = None,
    ) -> None:
        self.profile, self.defence, self.shot, self.flags = profile, defence, shot, flags
        self.bus = Bus(defence.guard)
        self.quit = asyncio.Event()
        self.source = parts.build_feed(profile)
        self.feed = RecordingFeed(self.source, tell=self._recording_broke)
        symbol = parts.symbol_of(self.source, profile.settings.symbol)
        self.services = parts.build_services(profile, self.feed, self.bus, symbol)
        self.actions = Actions(profile, self.services, self.feed)
        self.files = WindowFiles(profile.home / "window")
        theme.apply(application, _theme(self._chosen("theme")))
        self.services.chain.use_style(_exercise_style(self._chosen("exercise_style")))
        shared = (profile, self.services, self.actions, self.files, self._keep)
        self.trading = Trading(*shared, self.source)
        self.hedging = Hedging(*shared, self.trading.order_hedge)
        self.reporting = Reporting(*shared, self.trading, lambda: self.alarm)
        self.server = WindowServer(
            profile,
            self.services,
            self.actions,
            defence,
            self.trading,
            self.reporting,
            lambda: self.alarm,
        )
        health = lambda: self.server.facade.health()  # noqa: E731, PLW0108 (made later)
        checkup = Checkup(profile, flags, health, lambda: self.server.at)
        self.keeping = KeepCommands(profile, self.actions, self.quit.set)
        self.helping = Helping(self.bus, self.files, self._keep, parser, checkup)
        self.window = self._open_window()
        if size is not None:
            self.window.resize(*size)
        self._connect()

    def _open_window(self) -> DeskWindow:
        """The window with all its panels and commands, which the rooms show their dialogs in."""
        panels = Panels(
            self.services,
            lambda: self.alarm.alerting.alerts,
            self.actions,
            self.hedging,
            self.files,
            self._keep,
            self.profile.settings.fresh_for_s,
        )
        rooms = (
            *(self.actions, self.trading, self.helping),
            *(self.reporting, self.keeping, self.server),
        )
        window = DeskWindow(
            self.bus,
            [*panels.all(), *self.trading.panels(), *self.helping.panels()],
            [command for room in rooms for command in room.commands()],
            Forgetful() if self.shot else self.files,
            now=self.feed.clock.now,
            mark=self.profile.mark,
            tray_holds=lambda: self.alarm.tray_holds(),  # noqa: PLW0108 (made later)
        )
        self.actions.use(window)
        self.helping.use(window)
        self.keeping.use(window)
        self.reporting.show_in(window)
        return window

    @cached_property
    def alarm(self) -> Alarm:
        """Loaded and built when first asked for: the first paint does not wait for it."""
        from vaultdesk.app.alarm import Alarm  # noqa: PLC0415

        return Alarm(self.profile, self.services, self.actions, self.window, self.flags)

    def _chosen(self, setting: str) -> str:
        """A setting that is empty leaves the choice to what was chosen in the window."""
        return str(getattr(self.profile.settings, setting)) or self.files.choice(setting)

    def _connect(self) -> None:
        self.defence.show = lambda sentence: self.bus.tell(ProblemRaised("bug", sentence))
        self.window.quit_requested.connect(self.quit.set)
        theme.notifier().changed.connect(lambda chosen: self._keep("theme", chosen.name))
        self.bus.subscribe(
            ExerciseStyleChanged, lambda event: self._keep("exercise_style", event.style)
        )

    async def main(self, problem: str) -> int:
        """Paint, open, watch, and at the end take everything down; gives the exit code."""
        sys.setswitchinterval(TURN_S)
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(self.quit.set))
        painted = Painted(self.window)
        self.window.show()
        await painted.wait()
        self.actions.prefer(self.alarm.preferences)
        self.trading.audit_settings(self.alarm.preferences)
        self.live_frame = self.trading.frame(self.window)
        for panel in self.window.waiting():
            panel.fill()
            await asyncio.sleep(0)  # keys and paints are heard between two panels
        self.window.complete()
        gc.set_threshold(*GARBAGE)
        gc.enable()
        if problem:
            self.bus.tell(ProblemRaised("settings", problem))
        stores = await asyncio.to_thread(parts.open_stores, self.profile)
        try:
            await self._open(stores)
            return await self._life()
        finally:
            await self._close(stores)

    async def _open(self, stores: parts.Stores) -> None:
        """Bring back what was kept and set everything going; the window is on screen already."""
        services, told = self.services, self.actions.told
        if stores.problem:
            sentence = f"{stores.problem} Until then nothing entered here is kept."
            self.bus.tell(ProblemRaised("database", sentence))
        services.chains.use(stores.market)
        services.history.use(stores.snapshots)
        await told(services.loan.use(stores.loan))
        self._follow(services.loan.terms)
        await told(services.market.use(stores.market))
        if self.profile.demo:
            await told(prepare_demonstration(services, self.source))
        elif services.loan.terms is None and self.shot is None:
            self.actions.welcome()
        await told(self.alarm.alerting.start(stores.alerts, self.defence.keep_alive))
        self.actions.spawn(self._judge_by_sessions())
        await told(self.hedging.use(stores))
        self.reporting.use(stores)
        await told(self.trading.use(stores, self.defence.keep_alive))
        if self.shot is None:
            self.server.use(stores)
        self._watch()  # nothing is awaited from here to the tray, which hears the first price
        for part in (services.loan, services.call_risk, services.hedge):
            self.actions.spawn(self.defence.keep_alive(part.run))
        self.bus.subscribe(LoanChanged, self._hear_loan)
        loop = asyncio.get_running_loop()
        for after_s in SETTLED_S:
            loop.call_later(after_s, gc.freeze)

    def _watch(self) -> None:
        self._watching = self.actions.spawn(self.defence.keep_alive(self.services.market.run))
        self.services.chain.open()

    def _follow(self, terms: Facility | None) -> bool:
        """Watch the loan's symbol, where the feed has it; False when it is watched already."""
        wanted = terms.symbol if terms else self.profile.settings.symbol
        symbol = parts.symbol_of(self.source, wanted)
        if symbol == self.services.market.symbol:
            return False
        self.services.market.watch(symbol)
        self.services.chain.watch(symbol)
        return True

    def _hear_loan(self, event: LoanChanged) -> None:
        if self._follow(event.terms):
            self._watching.cancel()
            self._watch()

    async def _judge_by_sessions(self) -> None:
        sessions = await asyncio.to_thread(parts.trading_sessions, self.source)
        self.services.market.use_sessions(sessions)

    async def _life(self) -> int:
        if self.shot is None:
            self.alarm.show_tray(self.quit.set)
            await self.quit.wait()
            return 0
        try:
            await asyncio.wait_for(self.quit.wait(), self.shot.after_s)
        except TimeoutError:
            save_picture(self.window, self.shot.file)
        return 0

    async def _close(self, stores: parts.Stores) -> None:
        """Take down in the reverse order; nothing may hold the desk up for long."""
        self.window.retire()
        self.live_frame.retire()
        self.window.hide()
        self.alarm.retire()
        await asyncio.wait([asyncio.ensure_future(self.server.close())], timeout=PATIENCE_S)
        await self.actions.close(PATIENCE_S)
        services = self.services
        services.loan.close()
        services.call_risk.close()
        services.hedge.close()
        services.market.close()
        closing = (
            services.chain.close(),
            services.history.close(),
            self.feed.close(),
            self.hedging.close(),
            self.trading.close(),
            self.actions.told(self.alarm.alerting.close()),
        )
        await asyncio.wait([asyncio.ensure_future(part) for part in closing], timeout=PATIENCE_S)
        await asyncio.to_thread(stores.close)

    def _keep(self, name: str, chosen: str) -> None:
        """Remember a choice made in the window, except while a picture is taken."""
        if self.shot is not None:
            return
        try:
            self.files.keep_choice(name, chosen)
        except KnownError as error:
            self.actions.tell(str(error))

    def _recording_broke(self, sentence: str) -> None:
        self.bus.tell(ProblemRaised("recording", sentence))


def _theme(name: str) -> theme.Theme:
    return theme.LIGHT if name == theme.LIGHT.name else theme.DARK


def _exercise_style(name: str) -> str:
    return name if name in EXERCISE_STYLES else EXERCISE_STYLES[0]
