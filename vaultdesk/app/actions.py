"""What the user can tell the desk to do, beyond what the window and its panels do themselves."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QProcess

from vaultdesk.app import itself, parts
from vaultdesk.core.calendar import trading_date
from vaultdesk.core.market import EXERCISE_STYLES
from vaultdesk.events import ProblemRaised, QuoteChanged
from vaultdesk.ports import KnownError, StorageError
from vaultdesk.services.errands import Errands
from vaultdesk.ui.commands import Command
from vaultdesk.ui.pricing import STYLES
from vaultdesk.ui.translation import tr

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine
    from pathlib import Path

    from vaultdesk.adapters.recorded.recorder import RecordingFeed
    from vaultdesk.app.files.hedge import HedgeRecord
    from vaultdesk.app.preferences import Preferences
    from vaultdesk.core.hedge.compare import Comparison
    from vaultdesk.core.hedge.finder import FindRequest, Found
    from vaultdesk.core.hedge.inputs import HedgeInputs
    from vaultdesk.ui.loan.form import Proposal
    from vaultdesk.ui.window import DeskWindow

SHOWN_MS = 10_000


class Actions(QObject):
    """The handlers behind the desk's commands; they start work on the loop and return at once.

    A known error is told in the window's banner; anything else is a bug and goes to the loop's
    exception handler. `report_decision` keeps a decision's report and writes it to a file.
    """

    def __init__(
        self, profile: parts.Profile, services: parts.Services, feed: RecordingFeed
    ) -> None:
        super().__init__()
        self._profile = profile
        self._services = services
        self._feed = feed
        self._window: DeskWindow | None = None
        self._preferences: Preferences | None = None
        self.report_decision: Callable[[HedgeRecord, Path], Awaitable[None]] = _unopened
        self._errands = Errands(self.tell)

    def commands(self) -> list[Command]:
        """The desk's entries for menus, shortcuts and palette."""
        return [
            Command("loan.open", "&File", tr("&Loan…"), self.edit_loan, "Ctrl+L",
                    tr("Edit the loan")),
            Command(
                "settings.open", "&File", tr("&Settings…"), self.edit_settings, "Ctrl+,",
                tr("Change settings, mail, webhook and credentials"), group="settings",
            ),
            Command(
                "alerts.rules", "&File", tr("Alert &rules…"), self.edit_rules, "Ctrl+Shift+A",
                tr("What is told when, and by which channels"), group="settings",
            ),
            Command("loan.undo", "&File", tr("&Undo loan change"), self.undo_loan, "Ctrl+Z"),
            Command("demo.open", "&File", tr("Explore the &demonstration"), self.explore,
                    group="demo"),
            Command("market.refresh", "&Market", tr("&Refresh"), self.refresh, "F5; Ctrl+R"),
            Command(
                "market.earlier", "&Market", tr("&Earlier expiry"), lambda: self.step_expiry(-1),
                "Alt+Left", group="chain",
            ),
            Command(
                "market.later", "&Market", tr("&Later expiry"), lambda: self.step_expiry(1),
                "Alt+Right", group="chain",
            ),
            *(self._exercise(style) for style in EXERCISE_STYLES),
            Command(
                "market.record", "&Market", tr("Record the &market"), self.toggle_recording,
                meaning=tr("Write the market into a file that can be replayed"), group="record",
                checked=lambda: self._feed.recording is not None,
            ),
        ]  # fmt: skip

    def use(self, window: DeskWindow) -> None:
        """Show dialogs and messages in this window."""
        self._window = window

    def prefer(self, preferences: Preferences) -> None:
        """Open settings and rules by this."""
        self._preferences = preferences

    def spawn(self, work: Coroutine[object, object, object]) -> asyncio.Task[None]:
        """Run in the background until the desk closes."""
        return self._errands.begin(work)

    async def told(self, work: Coroutine[object, object, object]) -> None:
        """Await it; a known error is told in the banner."""
        await self._errands.told(work)

    async def close(self, patience_s: float) -> None:
        """Cancel what is under way and wait for it, but not for long."""
        self._errands.cancel()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._errands.settled(), patience_s)

    def tell(self, sentence: str) -> None:
        """Show a problem in the banner."""
        self._services.bus.tell(ProblemRaised("action", sentence))

    def say(self, sentence: str) -> None:
        """Show a sentence for a while in the status bar."""
        if self._window is not None:
            self._window.statusBar().showMessage(sentence, SHOWN_MS)

    def show_panel(self, key: str) -> None:
        """Put the keyboard into a panel."""
        if self._window is not None:
            self._window.focus_panel(key)

    def welcome(self) -> None:
        """Offer the two ways to begin."""
        from vaultdesk.ui.welcome import Welcome  # noqa: PLC0415 (after the first paint)

        dialog = Welcome(self._window)
        dialog.setup_chosen.connect(self.edit_loan)
        dialog.demo_chosen.connect(self.explore)
        dialog.finished.connect(dialog.deleteLater)
        dialog.show()

    def edit_loan(self) -> None:
        """Open the loan's dialog."""
        self.spawn(self._edit_loan())

    def edit_settings(self) -> None:
        """Open the settings."""
        if self._preferences is not None:
            self.spawn(self._preferences.open_settings(self._window))

    def edit_rules(self) -> None:
        """Open the alert rules."""
        if self._preferences is not None:
            self.spawn(self._preferences.open_rules(self._window))

    def undo_loan(self) -> None:
        """Go back to the loan's terms before the last change."""
        self.spawn(self._undo_loan())

    def explore(self) -> None:
        """Open the demonstration as a desk of its own, beside this one."""
        QProcess.startDetached(*itself.command("--demo"))

    def refresh(self) -> None:
        """Fetch the quote and the shown chain anew."""
        self.spawn(self._services.market.refresh())
        self._services.chain.refresh()

    def save_hedge(
        self,
        kind: str,
        inputs: HedgeInputs,
        request: FindRequest | None,
        answer: Comparison | Found,
    ) -> None:
        """Ask where to keep an answer: with all it was made from, or as a report to be read."""
        from vaultdesk.app.answers.hedges import record  # noqa: PLC0415 (after the first paint)
        from vaultdesk.ui.save_dialog import RECORD, REPORT, ask_where  # noqa: PLC0415

        if self._window is None:
            return
        kept = record(kind, inputs, request, answer)

        proposed = f"hedge-{kind}-{inputs.at:%Y-%m-%dT%H%M%SZ}"
        title = tr("Save the answer")
        work = partial(self._keep_hedge, kept)
        ask_where(
            self._window, kind, title, proposed, lambda p: self.spawn(work(p)), RECORD, REPORT
        )

    def step_expiry(self, by: int) -> None:
        """Show the chain of the next listed expiry, or the one before."""
        chain = self._services.chain
        today = trading_date(self._services.market.clock.now())
        coming = [expiry for expiry in chain.expirations if expiry >= today]
        if chain.expiry in coming:
            place = coming.index(chain.expiry) + by
            if 0 <= place < len(coming):
                chain.request(coming[place])

    def toggle_recording(self) -> None:
        """Begin to record into the profile's folder, or end it and say what the file holds."""
        if self._feed.recording:
            self.say(str(self._feed.stop()))
            return
        now = self._feed.clock.now()
        name = f"{self._services.market.symbol}-{now:%Y-%m-%dT%H%M%SZ}.market.jsonl.gz"
        path = self._profile.home / "recordings" / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._feed.start(path)
        except OSError as error:
            self.tell(
                tr(
                    "{parent} cannot be made ({strerror}): move away what is in its place, "
                    "or make the folder above it writable."
                ).format(parent=path.parent, strerror=error.strerror)
            )
        except KnownError as error:
            self.tell(str(error))
        else:
            self.say(tr("Recording into {path}").format(path=path))

    def _exercise(self, style: str) -> Command:
        chain = self._services.chain
        return Command(
            f"market.{style}", "&Market", tr("&{style} exercise").format(style=STYLES[style]),
            partial(chain.use_style, style), group="exercise",
            meaning=tr("Value options as {style} ones").format(style=STYLES[style]),
            checked=lambda: chain.style == style,
        )  # fmt: skip

    async def _keep_hedge(self, kept: HedgeRecord, path: Path) -> None:
        from vaultdesk.app.files.hedge import write  # noqa: PLC0415 (after the first paint)

        if path.suffix.lower() == ".pdf":
            self.say(tr("Writing the report…"))
            await self.report_decision(kept, path)
        else:
            await asyncio.to_thread(write, path, kept)
        self.say(tr("Kept in {path}").format(path=path))

    async def _edit_loan(self) -> None:
        from vaultdesk.ui.loan.dialog import LoanDialog  # noqa: PLC0415 (after the first paint)

        loan, market = self._services.loan, self._services.market
        dialog = LoanDialog(
            loan.terms,
            symbol=market.symbol,
            quote=market.quote,
            versions=await loan.versions(),
            now=parts.WallClock().now,
            preview=loan.valued,
            parent=self._window,
        )
        dialog.saved.connect(self._save_loan)
        dialog.undo_requested.connect(self.undo_loan)
        deaf = self._services.bus.subscribe(QuoteChanged, lambda e: dialog.set_quote(e.quote))
        dialog.finished.connect(lambda _result: deaf())
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _save_loan(self, proposal: Proposal) -> None:
        self.spawn(self._services.loan.save(proposal.at(parts.WallClock().now())))

    async def _undo_loan(self) -> None:
        if not await self._services.loan.undo():
            self.say(tr("There is no earlier version of the loan."))


async def _unopened(_record: HedgeRecord, _path: Path) -> None:
    raise StorageError(tr("The desk is still being opened: try again in a moment."))
