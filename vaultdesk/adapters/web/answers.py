"""What the server asks of the desk; whoever answers knows the services, the server does not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import date

    from vaultdesk.adapters.web.shapes.alerts import AlertConfiguration
    from vaultdesk.adapters.web.shapes.health import Health
    from vaultdesk.adapters.web.shapes.options import OptionChain, Options
    from vaultdesk.adapters.web.shapes.portfolio import Portfolio
    from vaultdesk.adapters.web.shapes.reports import Reports
    from vaultdesk.adapters.web.shapes.strategies import Strategies


class Answers(Protocol):
    """Each may raise a KnownError: an InputError names what was asked for wrongly.

    Its field `symbol`, `expiry` or `id` means that there is no such thing, `version` that somebody
    else changed it meanwhile, and any other that this field of the body cannot be used. An empty
    `symbol` stands for the one the desk watches.
    """

    async def health(self) -> Health:
        """How the desk is."""

    async def portfolio(self, symbol: str) -> Portfolio:
        """The quote and the loan."""

    async def options(self, symbol: str) -> Options:
        """The listed expiries, and the shown one in short."""

    async def chain(self, symbol: str, expiry: date | None) -> OptionChain:
        """One expiry in full; None is the one the desk shows."""

    async def strategies(self, symbol: str) -> Strategies:
        """Hedges side by side."""

    async def alert_configuration(self) -> tuple[AlertConfiguration, str]:
        """The rules and quiet hours, and the version of that."""

    async def configure_alerts(
        self, wanted: AlertConfiguration, version: str
    ) -> tuple[AlertConfiguration, str]:
        """Go by these if nothing changed since `version`; "*" is any. Gives what holds then."""

    async def reports(self) -> Reports:
        """All that are kept."""

    async def report_pdf(self, number: str) -> bytes:
        """The file of a report."""
