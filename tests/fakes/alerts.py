"""Alerts, and a channel that does what a test wrote down."""

import asyncio
from dataclasses import dataclass, field, replace
from decimal import Decimal

from tests.fakes.feed import START
from vaultdesk.core.alerts import Alert, Event, Metric, Severity
from vaultdesk.core.market import Quality
from vaultdesk.ports import DeliveryError

ALERT = Alert(
    id="ltv-75.1.crossed",
    rule="ltv-75",
    event=Event.CROSSED,
    severity=Severity.CRITICAL,
    at=START,
    metric=Metric.LTV,
    subject="",
    value=Decimal("0.7531"),
    threshold=Decimal("0.75"),
    sentence="LTV 75.31 % has reached 75 %: GLD 278.85, margin call at 280.00; repay.",
    price=Decimal("278.85"),
    source="test",
    quality=Quality.LIVE,
    age_s=2.5,
    channels=frozenset({"desktop", "mail"}),
)


def numbered(number: int, **changes: object) -> Alert:
    """The alert of another crossing."""
    own = {"id": f"ltv-75.{number}.crossed", "crossing": number}
    return replace(ALERT, **(own | changes))  # type: ignore[arg-type]


@dataclass
class ScriptedChannel:
    """Takes notices, unless the script says otherwise: an error is raised, "hang" never answers."""

    name: str = "mail"
    script: list[DeliveryError | str] = field(default_factory=list)
    got: list[tuple[str, str]] = field(default_factory=list)
    sentences: list[str] = field(default_factory=list)
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def deliver(self, alert: Alert, delivery_id: str) -> str:
        self.got.append((alert.id, delivery_id))
        self.sentences.append(alert.sentence)
        self.changed.set()
        answer = self.script.pop(0) if self.script else "250 OK"
        if isinstance(answer, DeliveryError):
            raise answer
        if answer == "hang":
            await asyncio.Event().wait()
        return answer
