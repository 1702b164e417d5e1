"""The hedges that are compared, and the kinds that one can be built of."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

from vaultdesk.core.hedge.strategies.calendar_roll import CalendarRoll
from vaultdesk.core.hedge.strategies.collar import Collar
from vaultdesk.core.hedge.strategies.ladder import THIRDS, Ladder
from vaultdesk.core.hedge.strategies.leaps import Leaps
from vaultdesk.core.hedge.strategies.protective_put import ProtectivePut
from vaultdesk.core.hedge.strategies.put_spread import PutSpread
from vaultdesk.core.hedge.strategies.put_spread_collar import PutSpreadCollar
from vaultdesk.core.hedge.strategies.zero_cost_collar import ZeroCostCollar

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from vaultdesk.core.hedge.config import StrategyConfig
    from vaultdesk.core.hedge.strategy import Strategy

What = Literal["moneyness", "moneynesses", "weights", "days"]
Value = Decimal | tuple[Decimal, ...] | int

MONEY, OTM_95, OTM_90, OTM_80, CAP = (Decimal(x) / 100 for x in (100, 95, 90, 80, 110))


@dataclass(frozen=True, slots=True)
class Parameter:
    """Something a kind of strategy is told.

    Attributes:
        name: of the argument.
        title: on screen.
        what: "moneyness" is a fraction of spot, "moneynesses" several; "weights" one for each of
            those; "days" of life.
        default: what it is unless it is said.
        right: "P" or "C" where it is a strike, empty otherwise.
    """

    name: str
    title: str
    what: What
    default: Value
    right: Literal["P", "C", ""] = ""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of strategy.

    Attributes:
        title: on screen.
        parameters: what it is told, besides the days of life, `days`, which all are.
        make: the strategy, of a configuration and the parameters by name.
    """

    title: str
    parameters: tuple[Parameter, ...]
    make: Callable[..., Strategy]

    def build(self, config: StrategyConfig, **values: Value | None) -> Strategy:
        """One of this kind; what is not said is the default.

        Args:
            config: what it is built from.
            values: by name; `days` among them, None for those of the rules.

        Raises:
            ValueError: values contradict each other; the text says how to mend them.
        """
        return self.make(config, **values)


def _put(title: str = "Put strike", default: Decimal = OTM_95, name: str = "put") -> Parameter:
    return Parameter(name, title, "moneyness", default, "P")


CALL = Parameter("call", "Call strike", "moneyness", CAP, "C")
SOLD = _put("Put sold", OTM_80, "sold")

KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "protective_put": Kind(
            "Protective put", (_put(default=MONEY, name="moneyness"),), ProtectivePut
        ),
        "ladder": Kind(
            "Put ladder",
            (
                Parameter("moneynesses", "Put strikes", "moneynesses", (MONEY, OTM_95), "P"),
                Parameter("weights", "Weights", "weights", (Decimal("0.5"), Decimal("0.5"))),
            ),
            Ladder,
        ),
        "leaps": Kind("LEAPS put", (_put(default=MONEY, name="moneyness"),), Leaps),
        "collar": Kind("Collar", (_put(), CALL), Collar),
        "zero_cost_collar": Kind("Zero-cost collar", (_put(),), ZeroCostCollar),
        "put_spread": Kind("Put spread", (_put(), SOLD), PutSpread),
        "put_spread_collar": Kind("Put-spread collar", (_put(), SOLD, CALL), PutSpreadCollar),
        "calendar_roll": Kind(
            "Calendar roll",
            (_put(name="moneyness"), Parameter("near", "Days of each put", "days", 30)),
            CalendarRoll,
        ),
    }
)
"""By kind, in the order they are offered."""


def candidates(
    config: StrategyConfig, extra: Sequence[Callable[[StrategyConfig], Strategy]] = ()
) -> tuple[Strategy, ...]:
    """What is compared unless something else is asked for.

    Args:
        config: shared by all.
        extra: what plug-ins add: each makes a strategy of a configuration.

    Returns:
        The six puts and ladders, the family of collars, spreads and rolls, and the extra ones.

    Raises:
        ValueError: an extra one has the name of another.
    """
    found = (
        ProtectivePut(config),
        ProtectivePut(config, OTM_95),
        ProtectivePut(config, OTM_90),
        Ladder(config),
        Ladder(config, (MONEY, OTM_95, OTM_90), THIRDS),
        Leaps(config),
        Collar(config),
        ZeroCostCollar(config),
        PutSpread(config),
        PutSpreadCollar(config),
        CalendarRoll(config),
        *(make(config) for make in extra),
    )
    names = [one.name for one in found]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise ValueError(f"Two strategies are named {twice}: rename the one that was added.")
    return found
